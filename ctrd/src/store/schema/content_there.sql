-- Blobs at a server behind a socket that keeps them. One that the namespace does not have, or not any more, is being
-- brought there, or to be removed where it was brought by us: that bears a label with the time in `own`, when it was begun.
CREATE TABLE content_there (
  namespace TEXT NOT NULL,
  digest    TEXT NOT NULL,
  own       INTEGER NOT NULL,
  PRIMARY KEY (namespace, digest)
) WITHOUT ROWID, STRICT;
