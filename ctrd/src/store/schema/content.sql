-- Blobs known to a namespace; the bytes are files below the content root.
CREATE TABLE content (
  namespace  TEXT NOT NULL,
  digest     TEXT NOT NULL,
  size       INTEGER NOT NULL,
  labels     TEXT NOT NULL DEFAULT '{}',   -- JSON object
  created_at INTEGER NOT NULL,             -- nanoseconds since 1970, UTC, as every time here
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (namespace, digest)
) WITHOUT ROWID, STRICT;
CREATE INDEX content_digest ON content (digest);
