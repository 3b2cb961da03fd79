//! Ingests: uploads that have not become blobs yet, each a folder that its writer has locked.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use rusqlite::{OptionalExtension, params};

use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::gc;

use super::{Content, gone, make_dir, read_dir};

/// An ingest that nobody continued for this long may be collected.
const EXPIRES_AFTER: i64 = 24 * 3600 * 1_000_000_000;

/// The name that a folder gets before it is deleted, so that a half deleted one is known.
const DOOMED: &str = ".rm-";

/// How far an upload is. Times are nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub reference: String,
    pub offset: u64,
    pub total: u64,
    pub expected: Option<Digest>,
    pub started_at: i64,
    pub updated_at: i64,
}

impl Content {
    /// The state of one upload.
    pub fn status(&self, ns: &str, reference: &str) -> Result<Status> {
        match read_status(&self.ingest(ns, reference))? {
            Some((_, status)) => Ok(status),
            None => Err(no_ref(reference)),
        }
    }

    /// The uploads of a namespace that `keep` accepts, by reference.
    pub fn statuses(&self, ns: &str, mut keep: impl FnMut(&Status) -> bool) -> Result<Vec<Status>> {
        let mut out = Vec::new();
        for dir in read_dir(&self.root.join("ingest"))? {
            if let Some((owner, status)) = read_status(&dir.path())?
                && owner == ns
                && keep(&status)
            {
                out.push(status);
            }
        }
        out.sort_by(|a, b| a.reference.cmp(&b.reference));
        Ok(out)
    }

    /// Drops an upload and what it wrote.
    pub fn abort(&self, ns: &str, reference: &str, lease: Option<&str>) -> Result<()> {
        let dir = self.ingest(ns, reference);
        match remove(&dir) {
            Ok(()) => self.store.write_ahead(true, |tx| gc::let_go(tx, ns, lease, "ingests", reference)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(no_ref(reference)),
            Err(e) => Err(Error::from(e).context(format!("remove {}", dir.display()))),
        }
    }

    pub(super) fn collect_ingests(&self) -> Result<u64> {
        let mut freed = 0;
        for dir in read_dir(&self.root.join("ingest"))? {
            if self.stale(&dir)?.is_some() {
                freed += self.collect_ingest(&dir)?;
            }
        }
        Ok(freed)
    }

    /// Why nobody is going to end an upload, if so.
    pub(super) fn stale(&self, dir: &fs::DirEntry) -> Result<Option<&'static str>> {
        if dir.file_name().to_string_lossy().starts_with(DOOMED) {
            return Ok(Some("half removed"));
        }
        // A folder without a ref was made by a process that died right then.
        let (held, at, why) = match read_status(&dir.path())? {
            Some((ns, s)) => {
                (self.leased(&ns, &s.reference)?, s.updated_at, "nobody has continued it for a day")
            }
            None => (false, dir.metadata().map_or(0, |m| m.mtime() * 1_000_000_000), "it was never begun"),
        };
        Ok((!held && clock::now() - at >= EXPIRES_AFTER).then_some(why))
    }

    /// Removes an upload, unless somebody writes it right now. Returns the bytes freed.
    pub(super) fn collect_ingest(&self, dir: &fs::DirEntry) -> Result<u64> {
        let path = dir.path();
        if dir.file_name().to_string_lossy().starts_with(DOOMED) {
            fs::remove_dir_all(&path).or_else(gone)?;
            return Ok(0);
        }
        let size = fs::metadata(path.join("data")).map_or(0, |m| m.len());
        match lock_dir(&path) {
            Ok(Some(_lock)) => {
                remove(&path).or_else(gone)?;
                Ok(size)
            }
            _ => Ok(0),
        }
    }

    fn leased(&self, ns: &str, reference: &str) -> Result<bool> {
        self.store.read(|c| {
            let sql = "SELECT 1 FROM lease_resources WHERE namespace = ?1 AND type = 'ingests' AND id = ?2";
            Ok(c.query_row(sql, params![ns, reference], |_| Ok(())).optional()?.is_some())
        })
    }

    pub(super) fn ingest(&self, ns: &str, reference: &str) -> PathBuf {
        let name = Digest::of(format!("{ns}/{reference}").as_bytes());
        self.root.join("ingest").join(name.hex())
    }
}

/// Makes or finds the folder of an ingest and locks it for one writer; with it comes its status
/// as it was left.
pub(super) fn open(dir: &Path, ns: &str, reference: &str, total: u64) -> Result<(Flock<File>, Status)> {
    let lock = loop {
        make_dir(dir)?;
        match lock_dir(dir) {
            Ok(Some(lock)) => break lock,
            Ok(None) => return Err(locked(dir, reference)),
            // Removed between the two: make it again.
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(Error::from(e).context(format!("lock {}", dir.display()))),
        }
    };
    // What was written of something of another size is of no use: it begins anew.
    let same = |status: &Status| total == 0 || status.total == 0 || total == status.total;
    if let Some((_, mut status)) = read_status(dir)?.filter(|(_, status)| same(status)) {
        // Kept is what the upload began with: what a later writer promises holds for that one, as in containerd.
        if status.total == 0 {
            status.total = total;
        }
        return Ok((lock, status));
    }
    let now = clock::now();
    fs::write(dir.join("startedat"), now.to_string())?;
    fs::write(dir.join("updatedat"), now.to_string())?;
    if total > 0 {
        fs::write(dir.join("total"), total.to_string())?;
    }
    fs::write(dir.join("data"), b"")?;
    // Last: an ingest exists once its ref can be read.
    fs::write(dir.join("ref.new"), format!("{ns}/{reference}"))?;
    fs::rename(dir.join("ref.new"), dir.join("ref"))?;
    let status = Status {
        reference: reference.to_string(),
        offset: 0,
        total,
        expected: None,
        started_at: now,
        updated_at: now,
    };
    Ok((lock, status))
}

/// Locks a folder without waiting: `None` where another has it.
fn lock_dir(dir: &Path) -> io::Result<Option<Flock<File>>> {
    let lock = match Flock::lock(File::open(dir)?, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => lock,
        Err((_, nix::errno::Errno::EWOULDBLOCK)) => return Ok(None),
        Err((_, e)) => return Err(e.into()),
    };
    // The lock may be on a folder that was removed, and made anew, since it was opened.
    let (ours, there) = (lock.metadata()?, fs::metadata(dir)?);
    if (ours.dev(), ours.ino()) != (there.dev(), there.ino()) {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(Some(lock))
}

/// Namespace and status of the ingest in `dir`; `None` where there is none.
fn read_status(dir: &Path) -> Result<Option<(String, Status)>> {
    let text = |name: &str| fs::read_to_string(dir.join(name)).unwrap_or_default();
    let whole = text("ref");
    let Some((ns, reference)) = whole.split_once('/') else {
        return Ok(None);
    };
    let started_at = text("startedat").trim().parse().unwrap_or(0);
    Ok(Some((
        ns.to_string(),
        Status {
            reference: reference.to_string(),
            offset: fs::metadata(dir.join("data")).map_or(0, |m| m.len()),
            total: text("total").trim().parse().unwrap_or(0),
            expected: None,
            started_at,
            updated_at: text("updatedat").trim().parse().unwrap_or(started_at),
        },
    )))
}

/// Removes an ingest's folder: by a rename first, so that nobody sees half of it.
pub(super) fn remove(dir: &Path) -> io::Result<()> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let doomed = dir.with_file_name(format!("{DOOMED}{name}-{}-{}", std::process::id(), clock::now()));
    fs::rename(dir, &doomed)?;
    fs::remove_dir_all(&doomed)
}

fn locked(dir: &Path, reference: &str) -> Error {
    let since = fs::read_to_string(dir.join("updatedat")).ok().and_then(|t| t.trim().parse().ok());
    let since = since.map_or("now".to_string(), clock::rfc3339);
    Error::new(Kind::Unavailable, format!("ref {reference} locked (since {since}): unavailable"))
}

fn no_ref(reference: &str) -> Error {
    Error::not_found(format!("reference {reference}: not found"))
}
