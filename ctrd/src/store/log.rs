//! The log of the metadata and its way to the disk: one wait serves all whose transactions it holds by
//! then, and nobody has to hold up the others' transactions meanwhile.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The log beside a database.
pub struct Log {
    file: File,
    /// So many transactions of ours are in it.
    entered: AtomicU64,
    synced: Mutex<Synced>,
}

/// How far the log is known to be on the disk.
#[derive(Default)]
struct Synced {
    number: u64,
    /// What the kernel has dropped it does not tell twice: no later sync can be believed.
    failed: bool,
}

impl Log {
    /// Opens the log of the database at `path`, which has been opened before.
    pub fn open(path: &Path) -> io::Result<Log> {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let file = File::open(PathBuf::from(log))?;
        Ok(Log { file, entered: AtomicU64::new(0), synced: Mutex::default() })
    }

    /// Counts a transaction that is in the log now.
    pub fn enter(&self) {
        self.entered.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until all that is in the log is on the disk.
    pub fn sync(&self) -> io::Result<()> {
        let wanted = self.entered.load(Ordering::SeqCst);
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if synced.failed {
            return Err(io::Error::other("the log of the metadata did not reach the disk"));
        }
        // Whoever we waited for may have waited for ours too.
        if synced.number >= wanted {
            return Ok(());
        }
        let number = self.entered.load(Ordering::SeqCst);
        let done = self.file.sync_data();
        *synced = Synced { number, failed: done.is_err() };
        done
    }

    /// So many transactions are known to be on the disk.
    #[cfg(test)]
    pub fn synced(&self) -> u64 {
        self.synced.lock().unwrap().number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_serves_all_that_were_in_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("meta.db");
        File::create(dir.path().join("meta.db-wal")).unwrap();
        let log = Log::open(&path).unwrap();
        let number = || log.synced();
        log.enter();
        log.enter();
        log.sync().unwrap();
        assert_eq!(number(), 2);
        let turn = log.synced.lock().unwrap();
        log.enter();
        std::thread::scope(|threads| {
            let waiting = [(); 3].map(|()| threads.spawn(|| log.sync()));
            drop(turn);
            waiting.into_iter().for_each(|one| one.join().unwrap().unwrap());
        });
        assert_eq!(number(), 3);
    }

    #[test]
    fn after_a_failure_nothing_is_believed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("meta.db");
        File::create(dir.path().join("meta.db-wal")).unwrap();
        // A pipe cannot be synced.
        let (pipe, _other) = std::io::pipe().unwrap();
        let mut log = Log::open(&path).unwrap();
        let file = std::mem::replace(&mut log.file, File::from(std::os::fd::OwnedFd::from(pipe)));
        log.enter();
        assert!(log.sync().is_err());
        log.file = file;
        assert!(log.sync().is_err());
    }
}
