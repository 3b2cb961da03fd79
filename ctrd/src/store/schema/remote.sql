-- What snapshots are called at a server behind a socket that keeps them. A name whose `dir` is null is
-- being made there, or to be removed.
CREATE TABLE remote_names (
  snapshotter TEXT NOT NULL,
  name        TEXT NOT NULL,
  namespace   TEXT NOT NULL,
  dir         INTEGER,                     -- snapshots.dir
  PRIMARY KEY (snapshotter, name)
) WITHOUT ROWID, STRICT;
CREATE INDEX remote_names_dir ON remote_names (dir);

CREATE TRIGGER remote_names_left AFTER DELETE ON snapshots
BEGIN UPDATE remote_names SET dir = NULL WHERE dir = OLD.dir; END;
