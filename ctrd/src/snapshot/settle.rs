//! Committed snapshots on their way to the disk: thousands of files for which nobody waits. Those that are no layers,
//! for they are made under no lease that ends, are waited for when they are committed.
//!
//! Each of the others bears the boot in which it was committed until [`Snapshotter::settle`] has seen it on the
//! disk. One that the machine stopped before that may have lost its files, which nothing tells: it
//! goes, and is unpacked anew from its blob; unless something is built on it.
//!
//! So does one that is written to, from its beginning: its row may come to the disk before its folders.
//! Those are made anew then, as empty as they were.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, chown};

use rusqlite::params;

use crate::clock::boot;
use crate::error::{Error, Result};

use super::change::make_layer;
use super::{Driver, Found, Kind, Snapshotter, from_row, remap, tree};

impl Snapshotter {
    /// What a new snapshot that is written to bears; a copy is only what it is as long as it is whole.
    pub(super) fn mark(&self) -> &'static str {
        if matches!(self.driver, Driver::Overlay { .. }) { boot() } else { "" }
    }

    /// Waits until every snapshot that was committed before is on the disk.
    pub fn settle(&self) -> Result<()> {
        let sql = "SELECT dir, kind FROM snapshots WHERE unsynced = ?1 AND snapshotter = ?2";
        let pending: Vec<(i64, i64)> = self.store.read(|c| {
            let mut query = c.prepare_cached(sql)?;
            let rows = query.query_map(params![boot(), self.name], |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        // The others can be made anew.
        if !pending.iter().any(|(_, kind)| *kind == Kind::Committed as i64) {
            return Ok(());
        }
        self.sync()?;
        self.store.write_ahead(true, |tx| {
            for (dir, _) in &pending {
                tx.execute("UPDATE snapshots SET unsynced = '' WHERE dir = ?1", [dir])?;
            }
            Ok(())
        })
    }

    /// Takes the files of all snapshots to the disk.
    pub(super) fn sync(&self) -> Result<()> {
        let at = |e: std::io::Error| Error::from(e).context(format!("sync {}", self.root.display()));
        rustix::fs::syncfs(File::open(&self.root).map_err(at)?).map_err(|e| at(e.into()))
    }

    /// Forgets what an earlier boot did not see on the disk and nothing is built on.
    pub(super) fn recover(&self) -> Result<()> {
        let marked = "snapshotter = ?1 AND unsynced NOT IN ('', ?2)";
        let any = format!("SELECT EXISTS (SELECT 1 FROM snapshots WHERE unsynced <> '' AND {marked})");
        if !self.store.read(|c| Ok(c.query_row(&any, params![self.name, boot()], |r| r.get(0))?))? {
            return Ok(());
        }
        self.make_anew(marked)?;
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

    /// Makes the folders of those that are written to and did not reach the disk.
    fn make_anew(&self, marked: &str) -> Result<()> {
        let which = format!("{marked} AND kind <> {}", Kind::Committed as i64);
        let sql = format!(
            "SELECT dir, key, parent, kind, labels, created_at, updated_at, size, inodes, namespace
             FROM snapshots WHERE {which}"
        );
        let rows: Vec<(String, Found)> = self.store.read(|c| {
            let mut query = c.prepare(&sql)?;
            let mut rows = query.query(params![self.name, boot()])?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push((row.get(9)?, from_row(row)?));
            }
            Ok(out)
        })?;
        for (ns, found) in rows {
            let made = self.mend(&ns, &found);
            made.map_err(|e| e.context(format!("make snapshot {} anew", found.info.key)))?;
        }
        self.store.write_ahead(true, |tx| {
            tx.execute(
                &format!("UPDATE snapshots SET unsynced = '' WHERE {which}"),
                params![self.name, boot()],
            )?;
            Ok(())
        })
    }

    fn mend(&self, ns: &str, found: &Found) -> Result<()> {
        let at = self.dir(found.dir);
        if at.join("fs").is_dir() {
            let work = at.join("work");
            if found.info.kind == Kind::Active && !work.is_dir() {
                DirBuilder::new().mode(0o711).create(&work)?;
            }
            return Ok(());
        }
        if at.exists() {
            tree::remove(&at)?;
        }
        let below = match found.info.parent.as_str() {
            "" => None,
            // One that is lost has been told of.
            parent => self.store.read(|c| self.find(c, ns, parent)).ok().map(|below| self.dir(below.dir)),
        };
        let below = below.filter(|below| below.join("fs").is_dir());
        make_layer(&at, below.as_deref(), found.info.kind)?;
        match remap::root(&found.info.labels)? {
            Some((uid, gid)) if found.info.kind == Kind::Active => {
                Ok(chown(at.join("fs"), Some(uid), Some(gid))?)
            }
            _ => Ok(()),
        }
    }
}
