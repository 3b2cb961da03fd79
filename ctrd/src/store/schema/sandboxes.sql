-- Sandboxes, and the mounts that the server keeps for clients.
CREATE TABLE sandboxes (
  namespace TEXT NOT NULL,
  id        TEXT NOT NULL,
  record    BLOB NOT NULL,                 -- containerd.types.Sandbox
  PRIMARY KEY (namespace, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE mounts (
  number    INTEGER PRIMARY KEY AUTOINCREMENT,  -- the folder below the mount manager's state
  namespace TEXT NOT NULL,
  name      TEXT NOT NULL,
  lease     TEXT,
  record    BLOB NOT NULL,                 -- containerd.types.ActivationInfo
  UNIQUE (namespace, name)
) STRICT;

CREATE TRIGGER sandboxes_namespace AFTER INSERT ON sandboxes
BEGIN INSERT OR IGNORE INTO namespaces (name) VALUES (NEW.namespace); END;
