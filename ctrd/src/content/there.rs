//! Blobs that a server behind a socket keeps. What a namespace has, and what it says of it, is here, as it is without
//! one; an upload is written here too, and goes there in one piece when it becomes a blob. Whoever reads a blob has a
//! copy of it, verified, that has no name and goes when it is closed.
//!
//! ```text
//! row of content_there ─▶ Write … COMMIT ─▶ row of content ─▶ … ─▶ none ─▶ Delete ─▶ no row of content_there
//! ```
//!
//! So nothing is removed there that was not brought by this program.

use std::fs::File;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use rusqlite::{Connection, params};
use tokio::time::Instant;

use super::keeper::{Limits, There, at};
use super::{Content, Reader};
use crate::client::remote::Remote;
use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// What a blob bears there that was begun to be brought then.
fn mark(begun: i64) -> String {
    clock::rfc3339(begun)
}

impl Content {
    /// The same store, whose blobs a server keeps.
    pub fn there(self, remote: Remote) -> Content {
        Content { there: Some(There::new(remote, Limits::default())), ..self }
    }

    /// Brings a blob to the server, while nobody removes there what nobody has. It stays until it is let go of: a row
    /// of the namespace's is to be made before.
    pub(super) fn bring(
        &self,
        there: &There,
        ns: &str,
        digest: &Digest,
        file: &File,
        size: u64,
    ) -> Result<Bringing> {
        let lock = File::options().create(true).append(true).open(self.root.join("lock"))?;
        let lock = Flock::lock(lock, FlockArg::LockShared).map_err(|(_, e)| Error::from(e))?;
        // Where it was begun before, the mark is that of then: it may be there.
        let begun = self.store.write(|tx| {
            let sql = "INSERT OR IGNORE INTO content_there (namespace, digest, begun) VALUES (?1, ?2, ?3)";
            tx.execute(sql, params![ns, digest.as_str(), clock::now()])?;
            let sql = "SELECT begun FROM content_there WHERE namespace = ?1 AND digest = ?2";
            Ok(tx.query_row(sql, [ns, digest.as_str()], |r| r.get(0))?)
        })?;
        there.put(ns, digest, file, size, &mark(begun))?;
        Ok(Bringing { _lock: lock })
    }

    /// Removes at the server what no namespace has any more. One that does not answer is asked no further: neither the
    /// rest of the collection nor those who bring blobs are to wait for it once for each blob. Of one that is slow the
    /// next collection asks the rest.
    pub(super) fn collect_there(&self, there: &There) -> Result<()> {
        let lock = File::options().create(true).append(true).open(self.root.join("lock"))?;
        let _alone = match Flock::lock(lock, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => lock,
            // Somebody is bringing one: the next time.
            Err((_, Errno::EWOULDBLOCK)) => return Ok(()),
            Err((_, e)) => return Err(e.into()),
        };
        let mut refused = 0;
        let end = Instant::now() + there.limits.collection;
        for (n, (ns, digest, begun)) in self.store.read(left)?.into_iter().enumerate() {
            // One at least, however slow.
            if n > 0 && Instant::now() >= end {
                tracing::info!("remove content: its server is slow: the rest is left to the next collection");
                break;
            }
            let known = Digest::parse(&digest);
            match known.and_then(|digest| there.remove(&ns, &digest, &mark(begun))) {
                Ok(()) => {}
                Err(e) if matches!(e.kind, Kind::Unavailable | Kind::DeadlineExceeded) => {
                    tracing::warn!("remove content: {e}");
                    return Ok(());
                }
                Err(e) => {
                    if refused == 0 {
                        tracing::warn!("remove content: {e}");
                    }
                    refused += 1;
                    continue;
                }
            }
            let sql = "DELETE FROM content_there WHERE namespace = ?1 AND digest = ?2";
            self.store.write(|tx| Ok(tx.execute(sql, params![ns, digest])?))?;
        }
        if refused > 1 {
            tracing::warn!("remove content: so it is with {} more blobs", refused - 1);
        }
        Ok(())
    }

    /// A copy of a blob that is there already, and its size: in the namespace of an `owner`, or in this one, which may
    /// have lost it, or never had it from us.
    pub(super) fn shared_there(
        &self,
        there: &There,
        ns: &str,
        owner: Option<&str>,
        digest: &Digest,
    ) -> Result<Option<(File, u64)>> {
        let own = Some(ns).filter(|_| !self.isolated);
        for ns in [own, owner].into_iter().flatten() {
            if let Some(size) = there.size(ns, digest)? {
                return Ok(Some((there.fetch(ns, digest, size, &self.root.join("ingest"))?, size)));
            }
        }
        Ok(None)
    }

    /// Who keeps a blob of the namespace, where that is not in a file here.
    pub(super) fn keeper(&self, ns: &str, digest: &Digest) -> Result<Option<&There>> {
        let Some(there) = &self.there else { return Ok(None) };
        Ok(self.store.read(|c| is_there(c, ns, digest))?.then_some(there))
    }

    /// Why a blob has no file here, where that is no loss.
    pub(super) fn not_here<T>(&self, ns: &str, digest: &Digest, e: Error) -> Result<T> {
        if e.kind == Kind::DataLoss && self.store.read(|c| is_there(c, ns, digest))? {
            let text = "a server keeps it, and no plugin of the configuration names one";
            return Err(at(Error::precondition(text), digest));
        }
        Err(e)
    }

    /// A copy of a blob for whoever reads it.
    pub(super) fn copy(&self, there: &There, ns: &str, digest: &Digest, size: u64) -> Result<Reader> {
        Reader::of(there.fetch(ns, digest, size, &self.root.join("ingest"))?, digest)
    }
}

/// A blob is there that no row may speak of yet.
pub(super) struct Bringing {
    _lock: Flock<File>,
}

fn is_there(c: &Connection, ns: &str, digest: &Digest) -> Result<bool> {
    let sql = "SELECT 1 FROM content_there WHERE namespace = ?1 AND digest = ?2";
    Ok(c.prepare_cached(sql)?.exists([ns, digest.as_str()])?)
}

fn left(c: &Connection) -> Result<Vec<(String, String, i64)>> {
    let mut query = c.prepare_cached(
        "SELECT namespace, digest, begun FROM content_there
         WHERE NOT EXISTS (SELECT 1 FROM content AS c
                           WHERE c.namespace = content_there.namespace AND c.digest = content_there.digest)
         -- Those that are refused slowly are not always the first.
         ORDER BY random()",
    )?;
    let rows = query.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests;
