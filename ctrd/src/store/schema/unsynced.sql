-- What was made under a lease that expires need not be on the disk yet: `unsynced` is the boot in
-- which it was written, and empty once it is.
ALTER TABLE content ADD COLUMN unsynced TEXT NOT NULL DEFAULT '';
CREATE INDEX content_unsynced ON content (unsynced) WHERE unsynced <> '';
ALTER TABLE snapshots ADD COLUMN unsynced TEXT NOT NULL DEFAULT '';
CREATE INDEX snapshots_unsynced ON snapshots (unsynced) WHERE unsynced <> '';
