//! Blobs that a server behind a socket keeps. What a namespace has, and what it says of it, is here, as it is without
//! one; an upload is written here too, and goes there in one piece when it becomes a blob. Whoever reads a blob has a
//! copy of it, verified, that has no name and goes when it is closed.
//!
//! ```text
//! row of content_there ─▶ Write … COMMIT ─▶ row of content ─▶ … ─▶ none ─▶ Delete ─▶ no row of content_there
//! ```
//!
//! So nothing is removed there that was not brought by this program.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use rusqlite::{Connection, params};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Content, Reader};
use crate::api::content as api;
use crate::client::failure;
use crate::client::remote::{Remote, answer};
use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// So much goes in one message.
const PIECE: usize = 1 << 20;

/// The server's own collector keeps what bears this label.
const ROOT: &str = "containerd.io/gc.root";

/// The server. Cheap to clone.
#[derive(Clone)]
pub struct There(Remote);

impl There {
    pub fn new(remote: Remote) -> There {
        There(remote)
    }

    /// Whether it has the blob, and its size.
    pub fn size(&self, ns: &str, digest: &Digest) -> Result<Option<u64>> {
        Ok(self.info(ns, digest)?.map(|info| info.size.unsigned_abs()))
    }

    fn info(&self, ns: &str, digest: &Digest) -> Result<Option<api::Info>> {
        let mut client = self.0.client(ns)?.content();
        match self.0.wait(client.info(api::InfoRequest { digest: digest.to_string() })) {
            Ok(reply) => Ok(reply.info),
            Err(e) if e.kind == Kind::NotFound => Ok(None),
            Err(e) => Err(at(e, digest)),
        }
    }

    /// A copy of the blob in a file below `dir` that has no name there.
    pub fn fetch(&self, ns: &str, digest: &Digest, dir: &Path) -> Result<File> {
        let mut file = tempfile::tempfile_in(dir)?;
        let mut client = self.0.client(ns)?.content();
        let request = api::ReadContentRequest { digest: digest.to_string(), ..Default::default() };
        let mut hash = digest.hasher();
        let copied: Result<()> = self.0.block_on(async {
            let mut stream = answer(client.read(request).await)?;
            while let Some(piece) = stream.message().await.map_err(failure)? {
                hash.update(&piece.data);
                file.write_all(&piece.data)?;
            }
            Ok(())
        });
        match copied {
            Err(e) if e.kind == Kind::NotFound => return Err(lost(digest, "its server has it no more")),
            done => done.map_err(|e| at(e, digest))?,
        }
        let found = hash.finish();
        if found != *digest {
            return Err(lost(digest, &format!("corrupt blob: its server's bytes are those of {found}")));
        }
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// Brings a blob there, unless the namespace has it there already. One that is brought bears the mark.
    fn put(&self, ns: &str, digest: &Digest, file: &File, size: u64, mark: &str) -> Result<()> {
        let mut client = self.0.client(ns)?.content();
        let first = api::WriteContentRequest {
            action: api::WriteAction::Stat.into(),
            r#ref: format!("{digest}-{}-{}", clock::now(), std::process::id()),
            total: size as i64,
            expected: digest.to_string(),
            ..Default::default()
        };
        let sent: Result<()> = self.0.block_on(async {
            let (send, requests) = mpsc::channel(1);
            let gone = |_| Error::new(Kind::Unavailable, "the connection to the server broke");
            send.send(first.clone()).await.map_err(gone)?;
            let mut answers = answer(client.write(ReceiverStream::new(requests)).await)?;
            let mut next = async || match answers.message().await.map_err(failure)? {
                Some(reply) => Ok(reply.offset.unsigned_abs()),
                None => Err(Error::new(Kind::Unavailable, "the server ended the upload")),
            };
            let mut offset = next().await?;
            while offset < size {
                let mut data = vec![0; PIECE.min((size - offset) as usize)];
                file.read_exact_at(&mut data, offset)?;
                let action = api::WriteAction::Write.into();
                let data = data.into();
                let request =
                    api::WriteContentRequest { action, data, offset: offset as i64, ..first.clone() };
                send.send(request).await.map_err(gone)?;
                offset = next().await?;
            }
            let request = api::WriteContentRequest {
                action: api::WriteAction::Commit.into(),
                offset: offset as i64,
                labels: HashMap::from([(ROOT.to_string(), mark.to_string())]),
                ..first
            };
            send.send(request).await.map_err(gone)?;
            next().await.map(drop)
        });
        match sent {
            Err(e) if e.kind != Kind::AlreadyExists => Err(at(e, digest)),
            _ => Ok(()),
        }
    }

    /// Removes a blob with this mark, if it is there: one without is somebody else's.
    fn remove(&self, ns: &str, digest: &Digest, mark: &str) -> Result<()> {
        if self.info(ns, digest)?.is_none_or(|info| info.labels.get(ROOT).is_none_or(|own| own != mark)) {
            return Ok(());
        }
        let mut client = self.0.client(ns)?.content();
        match self.0.wait(client.delete(api::DeleteContentRequest { digest: digest.to_string() })) {
            Err(e) if e.kind != Kind::NotFound => Err(at(e, digest)),
            _ => Ok(()),
        }
    }
}

/// What a blob bears there that was begun to be brought then.
fn mark(begun: i64) -> String {
    clock::rfc3339(begun)
}

fn at(e: Error, digest: &Digest) -> Error {
    e.context(format!("content digest {digest}"))
}

fn lost(digest: &Digest, why: &str) -> Error {
    Error::new(Kind::DataLoss, format!("content digest {digest}: {why}"))
}

impl Content {
    /// The same store, whose blobs a server keeps.
    pub fn there(self, remote: Remote) -> Content {
        Content { there: Some(There::new(remote)), ..self }
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

    /// Removes at the server what no namespace has any more.
    pub(super) fn collect_there(&self, there: &There) -> Result<()> {
        let lock = File::options().create(true).append(true).open(self.root.join("lock"))?;
        let _alone = match Flock::lock(lock, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => lock,
            // Somebody is bringing one: the next time.
            Err((_, Errno::EWOULDBLOCK)) => return Ok(()),
            Err((_, e)) => return Err(e.into()),
        };
        for (ns, digest, begun) in self.store.read(left)? {
            let known = Digest::parse(&digest);
            if let Err(e) = known.and_then(|digest| there.remove(&ns, &digest, &mark(begun))) {
                // A server that is not there must not keep the rest from being collected.
                tracing::warn!("remove content: {e}");
                return Ok(());
            }
            let sql = "DELETE FROM content_there WHERE namespace = ?1 AND digest = ?2";
            self.store.write(|tx| Ok(tx.execute(sql, params![ns, digest])?))?;
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
                return Ok(Some((there.fetch(ns, digest, &self.root.join("ingest"))?, size)));
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
    pub(super) fn copy(&self, there: &There, ns: &str, digest: &Digest) -> Result<Reader> {
        Reader::of(there.fetch(ns, digest, &self.root.join("ingest"))?, digest)
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
                           WHERE c.namespace = content_there.namespace AND c.digest = content_there.digest)",
    )?;
    let rows = query.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
