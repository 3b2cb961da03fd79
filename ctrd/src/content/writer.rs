//! Writing a blob: append to an ingest, then commit what was written if it is what was promised.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;

use nix::fcntl::Flock;
use rusqlite::params;

use crate::clock;
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::gc;

use super::keeper::There;
use super::{Content, Labels, Status, check_labels, info, ingest, make_dir, sync_dir, to_json, writeback};

/// So much is written between two nudges to the kernel to start writing back: the fsync at
/// the end then finds little to wait for.
const WRITE_BACK: u64 = 8 << 20;

/// The one writer of a reference. Dropping it keeps what was written, for a later one to resume.
pub struct Writer {
    content: Content,
    ns: String,
    status: Status,
    source: Source,
}

// One for each upload: its size does not matter.
#[allow(clippy::large_enum_variant)]
enum Source {
    /// Bytes come in.
    Ingest { dir: Flock<File>, file: File, hash: Hasher, flushed: u64 },
    /// Another namespace has the expected blob: there is nothing to send. The open file outlasts
    /// a collection in which that namespace loses it.
    Shared(File),
    /// Committed, or given up.
    Closed,
}

impl Content {
    /// Opens the upload `reference`, resuming what an earlier writer left. `total` 0 is unknown.
    ///
    /// `AlreadyExists` where the namespace has `expected` already; `Unavailable` while another
    /// writer has the reference. A blob that only other namespaces have counts as written.
    /// `lease` holds the upload, and what is there already.
    pub fn writer(
        &self,
        ns: &str,
        reference: &str,
        total: u64,
        expected: Option<&Digest>,
        lease: Option<&str>,
    ) -> Result<Writer> {
        if reference.is_empty() {
            return Err(Error::invalid("ref must not be empty: invalid argument"));
        }
        if let Some(digest) = expected
            && self.has(ns, digest)
            && self.hold(ns, lease, digest)?
        {
            // What is there of the upload may be somebody's who is writing it.
            return Err(exists(digest));
        }
        if lease.is_some() {
            self.store.write_ahead(true, |tx| gc::hold(tx, ns, lease, "ingests", reference))?;
        }
        if let Some(digest) = expected
            && let Some((file, size)) = self.shared(ns, digest)?
            && (total == 0 || total == size)
        {
            // Nothing is written into it: it says that the upload was begun, and may be given up.
            make_dir(&self.ingest(ns, reference))?;
            let now = clock::now();
            let status = Status {
                reference: reference.to_string(),
                offset: size,
                total: size,
                expected: Some(digest.clone()),
                started_at: now,
                updated_at: now,
            };
            let (content, ns) = (self.clone(), ns.to_string());
            return Ok(Writer { content, ns, status, source: Source::Shared(file) });
        }
        let hash = expected.map_or_else(Hasher::default, Digest::hasher);
        self.ingesting(ns, reference, total, expected, hash)
    }

    /// Lets a lease hold a blob, if that is still there.
    pub fn hold(&self, ns: &str, lease: Option<&str>, digest: &Digest) -> Result<bool> {
        if lease.is_none() {
            return Ok(true);
        }
        let ahead = self.store.read(|c| gc::expires(c, ns, lease))?;
        self.store.write_ahead(ahead, |tx| match info(tx, ns, digest) {
            Ok(_) => gc::hold(tx, ns, lease, "content", digest.as_str()).map(|()| true),
            Err(e) if e.kind == Kind::NotFound => Ok(false),
            Err(e) => Err(e),
        })
    }

    fn ingesting(
        &self,
        ns: &str,
        reference: &str,
        total: u64,
        expected: Option<&Digest>,
        mut hash: Hasher,
    ) -> Result<Writer> {
        let path = self.ingest(ns, reference);
        let (dir, mut status) = ingest::open(&path, ns, reference, total)?;
        let mut file = OpenOptions::new().read(true).write(true).open(path.join("data"))?;
        let mut buf = vec![0; 1 << 20];
        status.offset = 0;
        loop {
            let n = file.read(&mut buf)?;
            if n == 0 {
                break;
            }
            hash.update(&buf[..n]);
            status.offset += n as u64;
        }
        status.expected = expected.cloned();
        let source = Source::Ingest { dir, file, hash, flushed: status.offset };
        Ok(Writer { content: self.clone(), ns: ns.to_string(), status, source })
    }

    /// A blob that a namespace has which shares it, and its size. Where namespaces share all, also one that none has
    /// any more and that nobody has collected yet.
    fn shared(&self, ns: &str, digest: &Digest) -> Result<Option<(File, u64)>> {
        // Of the largest, should they differ: SQLite takes the other columns from the same row.
        let sql = "SELECT max(size), namespace FROM content LEFT JOIN namespaces ON name = namespace WHERE digest = ?1
                   AND (?2 OR json_extract(namespaces.labels, '$.\"containerd.io/namespace.shareable\"') = 'true')";
        let (known, owner): (Option<i64>, Option<String>) = self.store.read(|c| {
            let mut query = c.prepare_cached(sql)?;
            Ok(query.query_row(params![digest.as_str(), !self.isolated], |r| Ok((r.get(0)?, r.get(1)?)))?)
        })?;
        if let Some(there) = &self.there {
            return self.shared_there(there, ns, owner.as_deref(), digest);
        }
        let Ok(file) = File::open(self.blob(digest)) else { return Ok(None) };
        let size = file.metadata()?.len();
        let whole = match known {
            Some(known) => size == known as u64,
            // Nothing tells its size, nor whether it has reached the disk: its bytes do.
            None => !self.isolated && self.is_whole(digest)?,
        };
        Ok(whole.then_some((file, size)))
    }
}

impl Writer {
    pub fn status(&self) -> &Status {
        &self.status
    }

    pub fn offset(&self) -> u64 {
        self.status.offset
    }

    /// The digest of what was written so far.
    pub fn digest(&self) -> Digest {
        match (&self.source, &self.status.expected) {
            (Source::Ingest { hash, .. }, _) => hash.clone().finish(),
            (_, Some(expected)) => expected.clone(),
            (_, None) => Digest::of(b""),
        }
    }

    /// Writes at `offset` as the Write call has it: 0 starts anew, else it must be the end.
    pub fn write_at(&mut self, offset: u64, data: &[u8]) -> Result<()> {
        if offset == 0 && self.status.offset > 0 {
            self.truncate(0)?;
        } else if offset != self.status.offset {
            return Err(Error::new(
                Kind::OutOfRange,
                format!("write @{offset} must occur at current offset {}", self.status.offset),
            ));
        }
        self.append(data)
    }

    /// Writes at the end.
    pub fn append(&mut self, data: &[u8]) -> Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        if let Source::Shared(_) = self.source {
            self.unshare(self.status.offset)?;
        }
        let Source::Ingest { file, hash, flushed, .. } = &mut self.source else {
            return Err(closed());
        };
        file.write_all(data)
            .map_err(|e| Error::from(e).context(format!("write ref {}", self.status.reference)))?;
        hash.update(data);
        self.status.offset += data.len() as u64;
        self.status.updated_at = clock::now();
        if self.status.offset - *flushed >= WRITE_BACK {
            writeback::start(file, *flushed, self.status.offset - *flushed);
            *flushed = self.status.offset;
        }
        Ok(())
    }

    /// Cuts what was written down to `size` bytes.
    pub fn truncate(&mut self, size: u64) -> Result<()> {
        if size > self.status.offset {
            return Err(Error::new(
                Kind::OutOfRange,
                format!("truncate to {size}: only {} bytes are written: out of range", self.status.offset),
            ));
        }
        if let Source::Shared(_) = self.source {
            return self.unshare(size);
        }
        let fresh = self.status.expected.as_ref().map_or_else(Hasher::default, Digest::hasher);
        let Source::Ingest { file, hash, flushed, .. } = &mut self.source else {
            return Err(closed());
        };
        file.set_len(size)?;
        file.seek(SeekFrom::Start(0))?;
        *hash = fresh;
        let mut buf = vec![0; 1 << 20];
        loop {
            let n = file.read(&mut buf)?;
            if n == 0 {
                break;
            }
            hash.update(&buf[..n]);
        }
        *flushed = size;
        self.status.offset = size;
        Ok(())
    }

    /// Makes a blob of what was written, verified: `size` 0 and `expected` `None` are not
    /// compared. With `lease` the blob is held by it from the first moment on.
    pub fn commit(
        &mut self,
        size: u64,
        expected: Option<&Digest>,
        labels: &Labels,
        lease: Option<&str>,
    ) -> Result<Digest> {
        check_labels(labels).map_err(|e| e.context("info.Labels"))?;
        let expected = expected.or(self.status.expected.as_ref()).cloned();
        if size > 0 && size != self.status.offset {
            return Err(Error::precondition(format!(
                "unexpected commit size {}, expected {size}: failed precondition",
                self.status.offset
            )));
        }
        // The promised digest decides the algorithm; a hash of another one was begun at most
        // where the promise came only now.
        if let (Source::Ingest { hash, .. }, Some(want)) = (&self.source, &expected)
            && std::mem::discriminant(hash) != std::mem::discriminant(&want.hasher())
        {
            self.status.expected = Some(want.clone());
            self.truncate(self.status.offset)?;
        }
        let digest = self.digest();
        if let Some(want) = expected
            && want != digest
        {
            return Err(Error::precondition(format!(
                "unexpected commit digest {digest}, expected {want}: failed precondition"
            )));
        }
        if let Some(there) = self.content.there.clone() {
            return self.bring(&there, &digest, labels, lease).map(|()| digest);
        }
        match std::mem::replace(&mut self.source, Source::Closed) {
            Source::Ingest { dir, file, .. } => self.publish(&digest, Some((&dir, &file)), labels, lease)?,
            Source::Shared(file) => match self.publish(&digest, None, labels, lease) {
                // Collected since: there is the open file to make it of once more.
                Err(e) if e.kind == Kind::Aborted => {
                    self.source = Source::Shared(file);
                    self.made_again()?;
                    return self.commit(size, Some(&digest), labels, lease);
                }
                done => done?,
            },
            Source::Closed => return Err(closed()),
        }
        Ok(digest)
    }

    fn publish(
        &self,
        digest: &Digest,
        from: Option<(&Flock<File>, &File)>,
        labels: &Labels,
        lease: Option<&str>,
    ) -> Result<()> {
        let blob = self.content.blob(digest);
        let path = self.content.ingest(&self.ns, &self.status.reference);
        let at = |e: io::Error| Error::from(e).context(format!("commit ref {}", self.status.reference));
        let store = &self.content.store;
        let ahead = store.read(|c| gc::expires(c, &self.ns, lease))?;
        if let Some((_, file)) = from {
            file.set_permissions(fs::Permissions::from_mode(0o444)).map_err(at)?;
            make_dir(blob.parent().unwrap_or(&blob))?;
            match ahead {
                true => writeback::start(file, 0, 0),
                false => file.sync_all().map_err(at)?,
            }
        } else if !ahead {
            self.content.settle()?;
        }
        let out = store.write_ahead(ahead, |tx| {
            let now = clock::now();
            // Of a shared blob it is known already, if anybody has it still.
            let known: Option<String> = match from {
                Some(_) => None,
                None => tx.query_row(
                    "SELECT max(unsynced) FROM content WHERE digest = ?1",
                    [digest.as_str()],
                    |r| r.get(0),
                )?,
            };
            if known.is_none() && from.is_none() && !ahead && blob.exists() {
                File::open(&blob).and_then(|file| file.sync_all()).map_err(at)?;
                sync_dir(blob.parent().unwrap_or(&blob))?;
            }
            let unsynced =
                known.unwrap_or_else(|| if ahead { clock::boot().to_string() } else { String::new() });
            let inserted = tx.execute(
                "INSERT OR IGNORE INTO content
                 (namespace, digest, size, labels, created_at, updated_at, unsynced)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
                params![self.ns, digest.as_str(), self.status.offset as i64, to_json(labels), now, unsynced],
            )?;
            gc::hold(tx, &self.ns, lease, "content", digest.as_str())?;
            gc::let_go(tx, &self.ns, lease, "ingests", &self.status.reference)?;
            // Known but not there: it is brought anew.
            if inserted == 0 && (from.is_none() || self.content.has_file(digest, self.status.offset)) {
                return Ok(false);
            }
            match from {
                Some((dir, _)) => {
                    // By the descriptor of the locked folder: its name may be another's by now.
                    nix::fcntl::renameat(&**dir, "data", nix::fcntl::AT_FDCWD, &blob)
                        .map_err(|e| at(e.into()))?;
                    if !ahead {
                        sync_dir(blob.parent().unwrap_or(&blob))?;
                    }
                    Ok(true)
                }
                None if blob.exists() => Ok(true),
                None => {
                    Err(Error::new(Kind::Aborted, format!("content {digest}: removed meanwhile: aborted")))
                }
            }
        });
        // Whether it became a blob or was one already: the ingest has done its work.
        match from {
            Some((dir, _)) if out.is_ok() && is_at(dir, &path) => _ = ingest::remove(&path),
            // What another left there stays.
            None if out.is_ok() => _ = fs::remove_dir(&path),
            _ => {}
        }
        if out? { Ok(()) } else { Err(exists(digest)) }
    }

    /// Has the server that keeps the blobs have this one, and then the namespace. What could not be brought there is
    /// kept, to be committed later.
    fn bring(&mut self, there: &There, digest: &Digest, labels: &Labels, lease: Option<&str>) -> Result<()> {
        let (file, dir) = match &self.source {
            Source::Ingest { file, dir, .. } => (file, Some(dir)),
            Source::Shared(file) => (file, None),
            Source::Closed => return Err(closed()),
        };
        let (ns, size) = (self.ns.as_str(), self.status.offset);
        let brought = self.content.bring(there, ns, digest, file, size)?;
        let inserted = self.content.store.write(|tx| {
            let inserted = tx.execute(
                "INSERT OR IGNORE INTO content (namespace, digest, size, labels, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                params![ns, digest.as_str(), size as i64, to_json(labels), clock::now()],
            )?;
            gc::hold(tx, ns, lease, "content", digest.as_str())?;
            gc::let_go(tx, ns, lease, "ingests", &self.status.reference)?;
            Ok(inserted)
        })?;
        drop(brought);
        let path = self.content.ingest(ns, &self.status.reference);
        match dir {
            Some(dir) if is_at(dir, &path) => _ = ingest::remove(&path),
            Some(_) => {}
            None => _ = fs::remove_dir(&path),
        }
        self.source = Source::Closed;
        if inserted == 0 { Err(exists(digest)) } else { Ok(()) }
    }

    /// Turns a shared writer into one with all of the blob in it. Nobody holds the ref of a shared one: where somebody
    /// else has begun to write under it meanwhile, it is under another.
    fn made_again(&mut self) -> Result<()> {
        match self.unshare(self.status.offset) {
            Err(e) if e.kind == Kind::Unavailable => {
                self.status.reference += &format!("-{}-{}", std::process::id(), clock::now());
                self.unshare(self.status.offset)
            }
            done => done,
        }
    }

    /// Turns a shared writer into one that takes bytes, with the first `size` of the blob in it.
    fn unshare(&mut self, size: u64) -> Result<()> {
        let (Some(digest), Source::Shared(blob)) = (self.status.expected.clone(), &self.source) else {
            return Err(closed());
        };
        let mut from = blob.take(size);
        let mut fresh =
            self.content.ingesting(&self.ns, &self.status.reference, 0, Some(&digest), digest.hasher())?;
        fresh.truncate(0)?;
        let mut buf = vec![0; 1 << 20];
        loop {
            let n = from.read(&mut buf)?;
            if n == 0 {
                break;
            }
            fresh.append(&buf[..n])?;
        }
        *self = fresh;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Source::Ingest { dir, .. } = &self.source {
            let path = self.content.ingest(&self.ns, &self.status.reference);
            if is_at(dir, &path) {
                let _ = fs::write(path.join("updatedat"), self.status.updated_at.to_string());
            }
        }
    }
}

fn is_at(dir: &File, path: &std::path::Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (dir.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

fn exists(digest: &Digest) -> Error {
    Error::already_exists(format!("content {digest}: already exists"))
}

fn closed() -> Error {
    Error::precondition("writer is closed: failed precondition")
}
