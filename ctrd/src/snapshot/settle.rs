//! Committed snapshots on their way to the disk: thousands of files for which nobody waits.
//!
//! Each bears the boot in which it was committed until [`Snapshotter::settle`] has seen it on the
//! disk. One that the machine stopped before that may have lost its files, which nothing tells: it
//! goes, and is unpacked anew from its blob; unless something is built on it.

use std::fs::File;

use rusqlite::params;

use crate::clock::boot;
use crate::error::{Error, Result};

use super::{Kind, Snapshotter};

impl Snapshotter {
    /// Waits until every snapshot that was committed before is on the disk.
    pub fn settle(&self) -> Result<()> {
        let sql = "SELECT dir FROM snapshots WHERE unsynced = ?1 AND snapshotter = ?2";
        let pending: Vec<i64> = self.store.read(|c| {
            let mut query = c.prepare_cached(sql)?;
            let rows = query.query_map(params![boot(), self.name], |r| r.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        if pending.is_empty() {
            return Ok(());
        }
        let at = |e: std::io::Error| Error::from(e).context(format!("sync {}", self.root.display()));
        rustix::fs::syncfs(File::open(&self.root).map_err(at)?).map_err(|e| at(e.into()))?;
        self.store.write_ahead(true, |tx| {
            for dir in &pending {
                tx.execute("UPDATE snapshots SET unsynced = '' WHERE dir = ?1", [dir])?;
            }
            Ok(())
        })
    }

    /// Forgets what an earlier boot did not see on the disk and nothing is built on.
    pub(super) fn recover(&self) -> Result<()> {
        let marked = "snapshotter = ?1 AND unsynced NOT IN ('', ?2)";
        let any = format!("SELECT EXISTS (SELECT 1 FROM snapshots WHERE unsynced <> '' AND {marked})");
        if !self.store.read(|c| Ok(c.query_row(&any, params![self.name, boot()], |r| r.get(0))?))? {
            return Ok(());
        }
        let leaves = format!(
            "DELETE FROM snapshots WHERE {marked} AND kind = {} AND NOT EXISTS (SELECT 1 FROM snapshots AS child
             WHERE child.namespace = snapshots.namespace AND child.snapshotter = ?1 AND child.parent = snapshots.key)",
            Kind::Committed as i64
        );
        let gone = self.store.write(|tx| {
            let mut gone = 0;
            // From the top of each chain downwards.
            while let n @ 1.. = tx.execute(&leaves, params![self.name, boot()])? {
                gone += n;
            }
            Ok(gone)
        })?;
        if gone > 0 {
            tracing::warn!(
                snapshotter = self.name,
                "{gone} snapshots did not reach the disk before the machine stopped: forgotten"
            );
        }
        Ok(())
    }
}
