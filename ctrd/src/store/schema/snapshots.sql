-- Snapshots of every snapshotter. `dir` numbers the folder `snapshots/<dir>` of that snapshotter
-- and is never used again.
CREATE TABLE snapshots (
  dir         INTEGER PRIMARY KEY AUTOINCREMENT,
  namespace   TEXT NOT NULL,
  snapshotter TEXT NOT NULL,
  key         TEXT NOT NULL,
  kind        INTEGER NOT NULL,            -- 1 view, 2 active, 3 committed, as in the API
  parent      TEXT NOT NULL DEFAULT '',
  labels      TEXT NOT NULL DEFAULT '{}',
  size        INTEGER NOT NULL DEFAULT 0,  -- of a committed one
  inodes      INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  UNIQUE (namespace, snapshotter, key)
) STRICT;
CREATE INDEX snapshots_parent ON snapshots (namespace, snapshotter, parent);
