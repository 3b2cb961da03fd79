//! The log of the metadata and its way to the disk: one wait serves all whose transactions it holds by
//! then, and nobody has to hold up the others' transactions meanwhile.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Kind, Result};

/// The log beside a database.
pub struct Log {
    path: PathBuf,
    file: File,
    /// So many transactions of ours are in it.
    entered: AtomicU64,
    /// So many are known to be on the disk.
    synced: Mutex<u64>,
    /// What the kernel has dropped it does not tell twice: no later sync can be believed.
    failed: AtomicBool,
}

impl Log {
    /// Opens the log of the database at `path`, which `conn` has open.
    pub fn open(path: &Path, conn: &mut Connection) -> Result<Log> {
        let path = beside(path, "-wal");
        let at = |e: io::Error| Error::from(e).context(format!("open {}", path.display()));
        let file = File::options().read(true).write(true).open(&path).map_err(at)?;
        let (entered, synced, failed) = (AtomicU64::new(0), Mutex::new(0), AtomicBool::new(false));
        let log = Log { path, file, entered, synced, failed };
        if log.mark().exists()
            && let Err(e) = log.mend(conn)
        {
            // Who only reads may.
            tracing::warn!("write {} anew: {e}", log.path.display());
            log.failed.store(true, Ordering::SeqCst);
        }
        Ok(log)
    }

    /// Stands beside the log when a part of it did not reach the disk, for whoever opens it next.
    fn mark(&self) -> PathBuf {
        beside(&self.path, "-unsynced")
    }

    /// Writes the log anew, as the kernel shows it. After a failed sync it holds that for written which is not: a
    /// later sync would skip it, and what came after it in the log would be lost with it.
    fn mend(&self, conn: &mut Connection) -> Result<()> {
        // Nobody else writes it meanwhile.
        let _alone = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let bytes = fs::read(&self.path)?;
        self.file.write_all_at(&bytes, 0)?;
        self.file.sync_data()?;
        fs::remove_file(self.mark())?;
        Ok(())
    }

    /// Whether changes may be made: there is none after one that did not reach the disk.
    pub fn check(&self) -> Result<()> {
        if !self.failed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let text = "an earlier change did not reach the disk: no change is taken until ctrd is started anew";
        Err(Error::new(Kind::Unavailable, format!("{}: {text}", self.path.display())))
    }

    /// Counts a transaction that is in the log now.
    pub fn enter(&self) {
        self.entered.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until all that is in the log is on the disk.
    pub fn sync(&self) -> Result<()> {
        let wanted = self.entered.load(Ordering::SeqCst);
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        // Whoever we waited for may have waited for ours too.
        if *synced >= wanted {
            return Ok(());
        }
        let number = self.entered.load(Ordering::SeqCst);
        self.file.sync_data().map_err(|e| {
            self.failed.store(true, Ordering::SeqCst);
            let _ = File::create(self.mark());
            let text = "this change may be lost, and none is taken until ctrd is started anew";
            let e = Error::from(e).context(format!("sync {}", self.path.display()));
            Error::new(e.kind, format!("{}: {text}", e.message))
        })?;
        *synced = number;
        Ok(())
    }

    #[cfg(test)]
    pub fn entered(&self) -> u64 {
        self.entered.load(Ordering::SeqCst)
    }

    /// So many transactions are known to be on the disk.
    #[cfg(test)]
    pub fn synced(&self) -> u64 {
        *self.synced.lock().unwrap()
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> (Connection, Log) {
        let path = dir.join("meta.db");
        let mut conn = Connection::open(&path).unwrap();
        conn.pragma_update(None, "journal_mode", "WAL").unwrap();
        conn.execute_batch("CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1)").unwrap();
        let log = Log::open(&path, &mut conn).unwrap();
        (conn, log)
    }

    #[test]
    fn a_wait_serves_all_that_were_in_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let (_conn, log) = open(dir.path());
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
    fn after_a_failure_nothing_is_believed_until_it_is_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        let (conn, mut log) = open(dir.path());
        log.check().unwrap();
        // A pipe cannot be synced.
        let (pipe, _other) = std::io::pipe().unwrap();
        let file = std::mem::replace(&mut log.file, File::from(std::os::fd::OwnedFd::from(pipe)));
        log.enter();
        let first = log.sync().unwrap_err().message;
        assert!(first.contains("meta.db-wal: Invalid argument: this change may be lost"), "{first}");
        log.file = file;
        for refused in [log.sync(), log.check()] {
            let e = refused.unwrap_err();
            assert!(e.kind == Kind::Unavailable && e.message.ends_with("until ctrd is started anew"), "{e}");
        }
        let mark = log.mark();
        assert!(mark.exists());
        let rows = |conn: &Connection| -> i64 {
            conn.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
        };
        assert_eq!(rows(&conn), 1);
        let (next, log) = open(dir.path());
        log.check().unwrap();
        assert!(!mark.exists() && rows(&next) == 2);
        let whole: String = next.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
    }
}
