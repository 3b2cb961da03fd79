//! The server that keeps blobs, asked. It may hang, answer in drops or send without an end: each answer is waited for so
//! long and no longer, and a blob takes no more time and no more room than one of its size does.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status};

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

/// How long a server is waited for.
#[derive(Clone, Copy)]
pub struct Limits {
    /// For an answer, or the next piece of one. It may have to wait for its disk.
    pub answer: Duration,
    /// For all of a blob, and for its way to the disk: for each mebibyte of it so long more.
    pub mebibyte: Duration,
    /// For all that one collection removes. Who brings blobs waits for it.
    pub collection: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let answer = Duration::from_secs(15);
        Limits { answer, mebibyte: Duration::from_secs(1), collection: answer }
    }
}

/// The server. Cheap to clone.
#[derive(Clone)]
pub struct There {
    remote: Remote,
    pub(super) limits: Limits,
}

impl There {
    pub fn new(remote: Remote, limits: Limits) -> There {
        There { remote, limits }
    }

    /// Whether it has the blob, and its size.
    pub fn size(&self, ns: &str, digest: &Digest) -> Result<Option<u64>> {
        Ok(self.info(ns, digest)?.map(|info| info.size.unsigned_abs()))
    }

    fn info(&self, ns: &str, digest: &Digest) -> Result<Option<api::Info>> {
        let mut client = self.remote.client(ns)?.content();
        match self.ask(client.info(api::InfoRequest { digest: digest.to_string() })) {
            Ok(reply) => Ok(reply.info),
            Err(e) if e.kind == Kind::NotFound => Ok(None),
            Err(e) => Err(at(e, digest)),
        }
    }

    fn ask<T>(&self, call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T> {
        self.remote.block_on(Clock::new(self.limits, 0).answer(async { answer(call.await) }))
    }

    /// A copy of a blob of this size in a file below `dir` that has no name there.
    pub fn fetch(&self, ns: &str, digest: &Digest, size: u64, dir: &Path) -> Result<File> {
        let mut file = tempfile::tempfile_in(dir)?;
        let mut client = self.remote.client(ns)?.content();
        let request = api::ReadContentRequest { digest: digest.to_string(), ..Default::default() };
        let mut hash = digest.hasher();
        let mut left = size;
        let copied: Result<()> = self.remote.block_on(async {
            let mut clock = Clock::new(self.limits, size);
            let mut stream = clock.answer(async { answer(client.read(request).await) }).await?;
            while let Some(piece) = clock.piece(async { stream.message().await.map_err(failure) }).await? {
                let longer =
                    || Error::new(Kind::DataLoss, format!("its server sends more than {size} bytes"));
                left = left.checked_sub(piece.data.len() as u64).ok_or_else(longer)?;
                // What brings nothing is no sign of life.
                if !piece.data.is_empty() {
                    clock.wind();
                }
                clock.stand(|| {
                    hash.update(&piece.data);
                    file.write_all(&piece.data)
                })?;
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

    /// Brings a blob there, unless the namespace has it there already. One that is brought bears the mark. Of one that
    /// could not be brought the server is told that it need not keep the beginning.
    pub fn put(&self, ns: &str, digest: &Digest, file: &File, size: u64, mark: &str) -> Result<()> {
        let reference = format!("{digest}-{}-{}", clock::now(), std::process::id());
        match self.send(ns, digest, &reference, file, size, mark) {
            Err(e) if e.kind != Kind::AlreadyExists => {
                let mut client = self.remote.client(ns)?.content();
                if let Err(e) = self.ask(client.abort(api::AbortRequest { r#ref: reference }))
                    && e.kind != Kind::NotFound
                {
                    tracing::debug!("content digest {digest}: give up the upload: {e}");
                }
                Err(at(e, digest))
            }
            _ => Ok(()),
        }
    }

    fn send(
        &self,
        ns: &str,
        digest: &Digest,
        reference: &str,
        file: &File,
        size: u64,
        mark: &str,
    ) -> Result<()> {
        let mut client = self.remote.client(ns)?.content();
        let first = api::WriteContentRequest {
            action: api::WriteAction::Stat.into(),
            r#ref: reference.to_string(),
            total: size as i64,
            expected: digest.to_string(),
            ..Default::default()
        };
        self.remote.block_on(async {
            let mut clock = Clock::new(self.limits, size);
            let (send, requests) = mpsc::channel(1);
            let gone = |_| Error::new(Kind::Unavailable, "the connection to the server broke");
            send.send(first.clone()).await.map_err(gone)?;
            let call = async { answer(client.write(ReceiverStream::new(requests)).await) };
            let mut answers = clock.answer(call).await?;
            let mut next = async || match answers.message().await.map_err(failure)? {
                Some(reply) => Ok(reply.offset.unsigned_abs()),
                None => Err(Error::new(Kind::Unavailable, "the server ended the upload")),
            };
            // All of it, where another namespace has the blob there.
            let mut offset = clock.answer(next()).await?;
            while offset < size {
                let mut data = vec![0; PIECE.min((size - offset) as usize)];
                clock.stand(|| file.read_exact_at(&mut data, offset))?;
                let end = offset + data.len() as u64;
                let action = api::WriteAction::Write.into();
                let data = data.into();
                let request =
                    api::WriteContentRequest { action, data, offset: offset as i64, ..first.clone() };
                let written = async {
                    send.send(request).await.map_err(gone)?;
                    next().await
                };
                offset = clock.answer(written).await?;
                if offset != end {
                    let text = format!("the server has {offset} bytes of it after {end} were sent");
                    return Err(Error::new(Kind::DataLoss, text));
                }
            }
            let request = api::WriteContentRequest {
                action: api::WriteAction::Commit.into(),
                offset: offset as i64,
                labels: HashMap::from([(ROOT.to_string(), mark.to_string())]),
                ..first
            };
            let committed = async {
                send.send(request).await.map_err(gone)?;
                next().await
            };
            Clock::new(self.limits, size).whole(committed).await.map(drop)
        })
    }

    /// Removes a blob with this mark, if it is there: one without is somebody else's.
    pub fn remove(&self, ns: &str, digest: &Digest, mark: &str) -> Result<()> {
        if self.info(ns, digest)?.is_none_or(|info| info.labels.get(ROOT).is_none_or(|own| own != mark)) {
            return Ok(());
        }
        let mut client = self.remote.client(ns)?.content();
        match self.ask(client.delete(api::DeleteContentRequest { digest: digest.to_string() })) {
            Err(e) if e.kind != Kind::NotFound => Err(at(e, digest)),
            _ => Ok(()),
        }
    }
}

/// Until when a server is waited for: for its next answer, and for all of them.
struct Clock {
    limits: Limits,
    next: Instant,
    end: Instant,
}

impl Clock {
    /// For a blob of this size, from now on.
    fn new(limits: Limits, size: u64) -> Clock {
        let now = Instant::now();
        let mebibytes = u32::try_from(size >> 20).unwrap_or(u32::MAX);
        let end = now + limits.answer + limits.mebibyte.saturating_mul(mebibytes);
        Clock { limits, next: now + limits.answer, end }
    }

    /// The server has done something.
    fn wind(&mut self) {
        self.next = Instant::now() + self.limits.answer;
    }

    /// Does work of our own: for our disk no server is late.
    fn stand<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        let took = begun.elapsed();
        self.next += took;
        self.end += took;
        done
    }

    /// Waits for an answer, which is a sign of life.
    async fn answer<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.wind();
        within(self.next.min(self.end), work).await
    }

    /// Waits for one that may be none.
    async fn piece<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let end = self.next.min(self.end);
        // Of what is always there no clock is asked else.
        if Instant::now() >= end { Err(late()) } else { within(end, work).await }
    }

    /// Waits for one that may take as long as all of the blob.
    async fn whole<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        within(self.end, work).await
    }
}

async fn within<T>(end: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout_at(end, work).await.unwrap_or_else(|_| Err(late()))
}

fn late() -> Error {
    Error::new(Kind::Unavailable, "its server does not answer in time")
}

pub fn at(e: Error, digest: &Digest) -> Error {
    e.context(format!("content digest {digest}"))
}

fn lost(digest: &Digest, why: &str) -> Error {
    Error::new(Kind::DataLoss, format!("content digest {digest}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_makes_no_server_late() {
        let [answer, mebibyte] = [Duration::from_millis(1); 2];
        let mut clock = Clock::new(Limits { answer, mebibyte, ..Limits::default() }, 1 << 20);
        let (next, end) = (clock.next, clock.end);
        let took = clock.stand(|| {
            let begun = Instant::now();
            while begun.elapsed() < 5 * answer {}
            begun.elapsed()
        });
        assert!(took > 2 * answer && clock.next >= next + took && clock.end >= end + took);
    }
}
