-- The garbage collector looks through everything without a lock. While it does, there is a row in
-- `collecting`, and what is touched meanwhile is noted in `touched`: to nothing else can a new
-- reference lead.
CREATE TABLE collecting (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
CREATE TABLE touched (
  namespace TEXT NOT NULL,
  type      TEXT NOT NULL,                 -- as that of a lease's resource; and containers
  id        TEXT NOT NULL,
  PRIMARY KEY (namespace, type, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX lease_resources_id ON lease_resources (namespace, type, id);

CREATE TRIGGER content_made AFTER INSERT ON content WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'content', NEW.digest); END;
CREATE TRIGGER content_changed AFTER UPDATE OF labels ON content WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'content', NEW.digest); END;
CREATE TRIGGER snapshots_made AFTER INSERT ON snapshots WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'snapshots/' || NEW.snapshotter, NEW.key); END;
CREATE TRIGGER snapshots_changed AFTER UPDATE OF key, parent, labels ON snapshots
WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'snapshots/' || NEW.snapshotter, NEW.key); END;
CREATE TRIGGER images_made AFTER INSERT ON images WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'images', NEW.name); END;
CREATE TRIGGER images_changed AFTER UPDATE ON images WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'images', NEW.name); END;
CREATE TRIGGER containers_made AFTER INSERT ON containers WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'containers', NEW.id); END;
CREATE TRIGGER containers_changed AFTER UPDATE ON containers WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, 'containers', NEW.id); END;
CREATE TRIGGER leased AFTER INSERT ON lease_resources WHEN EXISTS (SELECT 1 FROM collecting)
BEGIN INSERT OR IGNORE INTO touched VALUES (NEW.namespace, NEW.type, NEW.id); END;
