-- Namespaces, images, containers, leases.
CREATE TABLE namespaces (
  name   TEXT PRIMARY KEY,
  labels TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID, STRICT;

CREATE TABLE images (
  namespace  TEXT NOT NULL,
  name       TEXT NOT NULL,
  target     TEXT NOT NULL,                -- OCI descriptor as JSON
  labels     TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (namespace, name)
) WITHOUT ROWID, STRICT;

CREATE TABLE containers (
  namespace  TEXT NOT NULL,
  id         TEXT NOT NULL,
  record     BLOB NOT NULL,                -- containerd.services.containers.v1.Container
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE leases (
  namespace  TEXT NOT NULL,
  id         TEXT NOT NULL,
  labels     TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE lease_resources (
  namespace TEXT NOT NULL,
  lease     TEXT NOT NULL,
  type      TEXT NOT NULL,                 -- content, snapshots/<name>, ingests, images
  id        TEXT NOT NULL,
  PRIMARY KEY (namespace, lease, type, id),
  FOREIGN KEY (namespace, lease) REFERENCES leases (namespace, id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

-- Whatever is put into a namespace makes it: it need not be created before, and it stays when
-- the last object in it goes.
CREATE TRIGGER content_namespace AFTER INSERT ON content
BEGIN INSERT OR IGNORE INTO namespaces (name) VALUES (NEW.namespace); END;
CREATE TRIGGER snapshots_namespace AFTER INSERT ON snapshots
BEGIN INSERT OR IGNORE INTO namespaces (name) VALUES (NEW.namespace); END;
CREATE TRIGGER images_namespace AFTER INSERT ON images
BEGIN INSERT OR IGNORE INTO namespaces (name) VALUES (NEW.namespace); END;
CREATE TRIGGER containers_namespace AFTER INSERT ON containers
BEGIN INSERT OR IGNORE INTO namespaces (name) VALUES (NEW.namespace); END;
CREATE TRIGGER leases_namespace AFTER INSERT ON leases
BEGIN INSERT OR IGNORE INTO namespaces (name) VALUES (NEW.namespace); END;
