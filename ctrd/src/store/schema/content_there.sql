-- Blobs at a server behind a socket that keeps them. One that the namespace does not have, or not any more, is being
-- brought there, or to be removed where it was brought by us: that bears a label with the time at which
-- that was begun, in nanoseconds since 1970.
CREATE TABLE content_there (
  namespace TEXT NOT NULL,
  digest    TEXT NOT NULL,
  begun     INTEGER NOT NULL,
  PRIMARY KEY (namespace, digest)
) WITHOUT ROWID, STRICT;
