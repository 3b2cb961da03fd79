//! The metadata: one SQLite file below the root, in WAL mode, that several processes may open.
//!
//! Each domain keeps its own tables (`schema/*.sql`) and its own queries; this file opens the
//! database and hands out transactions. What a committed [`Store::write`] did is on disk.

pub mod containers;
pub mod images;
pub mod leases;
mod log;
pub mod namespaces;
pub mod sandboxes;

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Error, Result};
use log::Log;

/// Steps from one schema version to the next; `PRAGMA user_version` counts those taken.
/// A step that has been released is never edited: add another.
const STEPS: &[&[&str]] = &[
    &[
        include_str!("schema/content.sql"),
        include_str!("schema/snapshots.sql"),
        include_str!("schema/objects.sql"),
    ],
    &[include_str!("schema/unsynced.sql"), include_str!("schema/collect.sql")],
    &[include_str!("schema/sandboxes.sql")],
    &[include_str!("schema/remote.sql")],
    &[include_str!("schema/ephemeral.sql")],
    &[include_str!("schema/content_there.sql")],
];

/// The folder of the metadata below ctrd's root, and the file in it.
pub const DIR: &str = "io.containerd.metadata.v1.sqlite";
pub const FILE: &str = "meta.db";

/// How long one process waits for another that writes, unless the configuration says so.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// So many connections are kept for reading, and so many are open at the same time: each has descriptors, and those of
/// one that was closed are SQLite's until all others are closed too.
const READERS: usize = 2;
const READERS_MOST: usize = 8;

/// So many statements that were read once are kept: more than the calls of a container's life have.
const STATEMENTS: usize = 48;

/// After so many pages the log goes into the database.
const LOG_PAGES: u32 = 256;

/// An open metadata database.
pub struct Store {
    path: PathBuf,
    patience: Duration,
    conn: Mutex<Connection>,
    log: Log,
    /// For those who would read while the other is taken; opened when first wanted.
    readers: Mutex<Readers>,
    freed: Condvar,
    changes: AtomicU64,
    /// Hears of every so many changes.
    watcher: OnceLock<(u64, Box<dyn Fn() + Send + Sync>)>,
}

impl Store {
    /// Opens the database at `path`, creating it and its tables where they are missing.
    /// Another process that writes is waited for, but not longer than `patience`.
    pub fn open(path: &Path, patience: Duration) -> Result<Store> {
        let at = |e: rusqlite::Error| Error::from(e).context(format!("open {}", path.display()));
        let mut conn = Connection::open(path).map_err(at)?;
        conn.busy_timeout(patience).map_err(at)?;
        write_ahead(&conn, path)?;
        // A commit does not wait for the disk: we do, after it.
        conn.pragma_update(None, "synchronous", "NORMAL").map_err(at)?;
        conn.pragma_update(None, "foreign_keys", true).map_err(at)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        keep_log(&conn).map_err(at)?;
        migrate(&mut conn).map_err(|e| e.context(format!("open {}", path.display())))?;
        let log = Log::open(path, &mut conn)?;
        Ok(Store {
            path: path.to_path_buf(),
            patience,
            conn: Mutex::new(conn),
            log,
            readers: Mutex::default(),
            freed: Condvar::new(),
            changes: AtomicU64::new(0),
            watcher: OnceLock::new(),
        })
    }

    /// Opens the database below ctrd's `root`, which must be there.
    pub fn existing(root: &Path) -> Result<Store> {
        let path = root.join(DIR).join(FILE);
        if !path.exists() {
            return Err(Error::not_found(format!("no metadata at {}: not found", path.display())));
        }
        Store::open(&path, PATIENCE)
    }

    /// What is wrong with the database itself.
    pub fn problems(&self) -> Result<Vec<String>> {
        self.view(|c| {
            let mut query = c.prepare("PRAGMA quick_check(20)")?;
            let rows = query.query_map([], |r| r.get::<_, String>(0))?;
            let all: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
            Ok(all.into_iter().filter(|row| row != "ok").collect())
        })
    }

    /// Runs queries that change nothing. It does not wait for who writes right now.
    pub fn read<T>(&self, f: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match self.conn.try_lock() {
            Ok(conn) => f(&conn),
            Err(TryLockError::Poisoned(conn)) => f(&conn.into_inner()),
            Err(TryLockError::WouldBlock) => self.view(f),
        }
    }

    /// Runs queries that all see the same moment, without a hindrance to who writes, however long it takes.
    pub fn view<T>(&self, f: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut turn = Turn::take(self);
        let mut conn = match turn.conn.take() {
            Some(conn) => conn,
            None => self.reader()?,
        };
        let out = {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Deferred)?;
            let out = f(&tx);
            tx.finish()?;
            out
        };
        turn.conn = Some(conn);
        out
    }

    fn reader(&self) -> Result<Connection> {
        let at = |e: rusqlite::Error| Error::from(e).context(format!("open {}", self.path.display()));
        let conn = Connection::open(&self.path).map_err(at)?;
        conn.busy_timeout(self.patience).map_err(at)?;
        conn.pragma_update(None, "query_only", true).map_err(at)?;
        // In kibibytes, by its sign.
        conn.pragma_update(None, "cache_size", -256).map_err(at)?;
        keep_log(&conn).map_err(at)?;
        Ok(conn)
    }

    /// Waits for whoever does the same in any process.
    pub fn alone(&self, what: &str) -> Result<Flock<File>> {
        let path = self.path.with_extension(what);
        let at = |e: std::io::Error| Error::from(e).context(format!("lock {}", path.display()));
        let file = File::options().create(true).append(true).open(&path).map_err(at)?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, e)| at(e.into()))
    }

    /// Calls `f` after every `count` changes, from the thread that made the last one. The first to ask
    /// is the one who is told.
    pub fn watch(&self, count: u64, f: impl Fn() + Send + Sync + 'static) {
        let _ = self.watcher.set((count.max(1), Box::new(f)));
    }

    /// Runs `f` in one transaction: all of it is on disk when this returns `Ok`, none otherwise. So is what
    /// was written before, even where `f` fails.
    pub fn write<T>(&self, f: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
        self.log.check()?;
        let out = self.write_ahead(true, f);
        self.log.sync()?;
        let out = out?;
        self.changed();
        Ok(out)
    }

    /// Waits for the disk for what was written ahead, which counts as a change from now on.
    pub fn finish(&self) -> Result<()> {
        self.log.sync()?;
        self.changed();
        Ok(())
    }

    /// So many transactions are known to be on the disk, of so many.
    #[cfg(test)]
    pub fn synced(&self) -> (u64, u64) {
        (self.log.synced(), self.log.entered())
    }

    fn changed(&self) {
        let changes = self.changes.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some((count, told)) = self.watcher.get()
            && changes.is_multiple_of(*count)
        {
            told();
        }
    }

    /// The same, `ahead` without the wait for the disk: it outlives this process at once, and a loss of
    /// power from the next [`Store::write`] on, in their order. For what is worth nothing until then.
    pub fn write_ahead<T>(&self, ahead: bool, f: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
        if !ahead {
            return self.write(f);
        }
        self.log.check()?;
        let mut conn = self.lock();
        // Who writes may read beside it: those who read may wait for the writer's connection.
        let _use = Use::begin();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let out = f(&tx)?;
        tx.commit()?;
        self.log.enter();
        Ok(out)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in a query rolled its transaction back: the connection is sound.
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connections for reading that nobody uses, and how many are used.
#[derive(Default)]
struct Readers {
    kept: Vec<Connection>,
    used: usize,
}

thread_local! {
    /// How many connections this thread uses.
    static USED: Cell<usize> = const { Cell::new(0) };
}

/// This thread's use of a connection.
struct Use;

impl Use {
    fn begin() -> Use {
        USED.set(USED.get() + 1);
        Use
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        USED.set(USED.get() - 1);
    }
}

/// Somebody's use of a connection for reading; its end lets the next one in.
struct Turn<'a> {
    store: &'a Store,
    conn: Option<Connection>,
    _use: Use,
}

impl<'a> Turn<'a> {
    /// Waits while as many as may be are used; but not a thread that uses one already, which others may wait for.
    fn take(store: &'a Store) -> Turn<'a> {
        let readers = store.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |readers: &mut Readers| USED.get() == 0 && readers.used >= READERS_MOST;
        let mut readers = store.freed.wait_while(readers, full).unwrap_or_else(PoisonError::into_inner);
        readers.used += 1;
        Turn { store, conn: readers.kept.pop(), _use: Use::begin() }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut readers = self.store.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.used -= 1;
        if readers.kept.len() < READERS {
            readers.kept.extend(self.conn.take());
        }
        self.store.freed.notify_one();
    }
}

/// Has the log outlive the last connection. To put it into the database and remove it at each end of a command
/// without a server would be three waits for the disk more, and a log that has its size already is synced in a tenth
/// of the time of one that grows. Short, as the next one to open the database reads all of it.
fn keep_log(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    conn.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)
}

/// Has the database keep a log of what is written. Of several who make one at the same time SQLite has one wait for the
/// others in all but this: the folder's lock does.
fn write_ahead(conn: &Connection, path: &Path) -> Result<()> {
    let at = |e: Error| e.context(format!("open {}", path.display()));
    let mode: rusqlite::Result<String> = conn.pragma_query_value(None, "journal_mode", |row| row.get(0));
    if mode.map_err(|e| at(e.into()))? == "wal" {
        return Ok(());
    }
    let folder = File::open(path.parent().unwrap_or(Path::new("."))).map_err(|e| at(e.into()))?;
    let _alone = Flock::lock(folder, FlockArg::LockExclusive).map_err(|(_, e)| at(e.into()))?;
    conn.pragma_update(None, "journal_mode", "WAL").map_err(|e| at(e.into()))
}

fn migrate(conn: &mut Connection) -> Result<()> {
    let taken =
        |c: &Connection| c.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0).map(|n| n as usize));
    if taken(conn)? == STEPS.len() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have taken the steps while this one waited for the lock.
    let from = taken(&tx)?;
    if from > STEPS.len() {
        return Err(Error::precondition(format!(
            "schema version {from} is newer than this program's {}",
            STEPS.len()
        )));
    }
    for sql in STEPS[from..].iter().flat_map(|step| step.iter()) {
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "user_version", STEPS.len() as i64)?;
    tx.commit()?;
    Ok(())
}

/// What an update of the field `labels.KEY`, or of another map's, does: the key gets the value that
/// `from` has for it, and goes where that has none.
fn merge_key<V: Clone>(to: &mut HashMap<String, V>, from: &HashMap<String, V>, key: &str) {
    match from.get(key) {
        Some(value) => to.insert(key.to_string(), value.clone()),
        None => to.remove(key),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reopens_and_refuses_a_newer_schema() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("meta.db");
        Store::open(&path, PATIENCE).unwrap();
        let store = Store::open(&path, PATIENCE).unwrap();
        store.write(|tx| Ok(tx.pragma_update(None, "user_version", 99)?)).unwrap();
        let err = Store::open(&path, PATIENCE).err().unwrap();
        assert!(err.message.contains("schema version 99"), "{err}");
    }

    #[test]
    fn several_make_it_at_once() {
        for _ in 0..50 {
            let dir = tempfile::tempdir().unwrap();
            let (path, together) = (dir.path().join("meta.db"), std::sync::Barrier::new(8));
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        together.wait();
                        Store::open(&path, PATIENCE).unwrap().write(|_| Ok(())).unwrap();
                    });
                }
            });
        }
    }

    #[test]
    fn a_write_waits_for_those_ahead_of_it_though_it_fails() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("meta.db"), PATIENCE).unwrap();
        store.write_ahead(true, |_| Ok(())).unwrap();
        store.write_ahead(true, |_| Ok(())).unwrap();
        assert_eq!(store.log.synced(), 0);
        let failed: Result<()> = store.write(|_| Err(Error::not_found("no")));
        assert!(failed.is_err());
        assert_eq!(store.log.synced(), 2);
        store.write_ahead(false, |_| Ok(())).unwrap();
        assert_eq!(store.log.synced(), 3);
    }

    /// Another process is one connection more, as it is here.
    #[test]
    fn who_writes_is_waited_for_as_long_as_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let open = |patience| Store::open(&dir.path().join("meta.db"), patience).unwrap();
        let holder = open(PATIENCE);
        let (hasty, patient) = (open(Duration::from_millis(10)), open(Duration::from_secs(3600)));
        let (tell, told) = std::sync::mpsc::channel();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                holder.write(|_| {
                    tell.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok(())
                })
            });
            told.recv().unwrap();
            assert_eq!(hasty.write(|_| Ok(())).unwrap_err().kind, crate::error::Kind::Unavailable);
            let waiting = scope.spawn(|| patient.write(|_| Ok(())));
            go.send(()).unwrap();
            waiting.join().unwrap().unwrap();
        });
    }

    #[test]
    fn connections_for_reading_are_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("meta.db"), PATIENCE).unwrap();
        let inside = AtomicU64::new(0);
        // As many as may be meet inside, again and again; one more each would be too many.
        let meet = std::sync::Barrier::new(READERS_MOST);
        std::thread::scope(|scope| {
            for _ in 0..4 * READERS_MOST {
                scope.spawn(|| {
                    let seen = store.view(|_| {
                        let seen = inside.fetch_add(1, Ordering::SeqCst) + 1;
                        meet.wait();
                        // Who is inside is not kept from another one.
                        store.view(|_| Ok(()))?;
                        meet.wait();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        Ok(seen)
                    });
                    assert!(seen.unwrap() <= READERS_MOST as u64);
                });
            }
        });
        let readers = store.readers.lock().unwrap();
        assert_eq!((readers.used, readers.kept.len()), (0, READERS));
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("meta.db"), PATIENCE).unwrap();
        let out: Result<()> = store.write(|tx| {
            tx.execute_batch("CREATE TABLE half (x)")?;
            Err(Error::unknown("no"))
        });
        assert!(out.is_err());
        let n: i64 = store
            .read(|c| {
                Ok(c.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |r| r.get(0))?)
            })
            .unwrap();
        assert_eq!(n, 0);
    }
}
