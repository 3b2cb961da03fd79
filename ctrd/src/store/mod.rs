//! The metadata: one SQLite file below the root, in WAL mode, that several processes may open.
//!
//! Each domain keeps its own tables (`schema/*.sql`) and its own queries; this file opens the
//! database and hands out transactions. What a committed [`Store::write`] did is on disk.

pub mod containers;
pub mod images;
pub mod leases;
pub mod namespaces;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Error, Result};

/// Steps from one schema version to the next; `PRAGMA user_version` counts those taken.
/// A step that has been released is never edited: add another.
const STEPS: &[&[&str]] = &[
    &[
        include_str!("schema/content.sql"),
        include_str!("schema/snapshots.sql"),
        include_str!("schema/objects.sql"),
    ],
    &[include_str!("schema/unsynced.sql")],
];

/// An open metadata database.
pub struct Store {
    conn: Mutex<Connection>,
}

impl Store {
    /// Opens the database at `path`, creating it and its tables where they are missing.
    pub fn open(path: &Path) -> Result<Store> {
        let at = |e: rusqlite::Error| Error::from(e).context(format!("open {}", path.display()));
        let mut conn = Connection::open(path).map_err(at)?;
        conn.busy_timeout(Duration::from_secs(10)).map_err(at)?;
        conn.pragma_update(None, "journal_mode", "WAL").map_err(at)?;
        conn.pragma_update(None, "synchronous", "FULL").map_err(at)?;
        conn.pragma_update(None, "foreign_keys", true).map_err(at)?;
        migrate(&mut conn).map_err(|e| e.context(format!("open {}", path.display())))?;
        Ok(Store { conn: Mutex::new(conn) })
    }

    /// Runs queries that change nothing.
    pub fn read<T>(&self, f: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        f(&self.lock())
    }

    /// Runs `f` in one transaction: all of it is on disk when this returns `Ok`, none otherwise.
    pub fn write<T>(&self, f: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
        transact(&mut self.lock(), f)
    }

    /// The same, `ahead` without the wait for the disk: it outlives this process at once, and a loss of
    /// power from the next [`Store::write`] on, in their order. For what is worth nothing until then.
    pub fn write_ahead<T>(&self, ahead: bool, f: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
        if !ahead {
            return self.write(f);
        }
        let mut conn = self.lock();
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        let out = transact(&mut conn, f);
        conn.pragma_update(None, "synchronous", "FULL")?;
        out
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in a query rolled its transaction back: the connection is sound.
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn transact<T>(conn: &mut Connection, f: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let out = f(&tx)?;
    tx.commit()?;
    Ok(out)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reopens_and_refuses_a_newer_schema() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("meta.db");
        Store::open(&path).unwrap();
        let store = Store::open(&path).unwrap();
        store.write(|tx| Ok(tx.pragma_update(None, "user_version", 99)?)).unwrap();
        let err = Store::open(&path).err().unwrap();
        assert!(err.message.contains("schema version 99"), "{err}");
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("meta.db")).unwrap();
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
