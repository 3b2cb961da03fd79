//! Snapshots on their way out, and the cleanup after a crash.
//!
//! First the row goes, then the folder gets a name that is no snapshot's, then it is removed. For the last step, of
//! thousands of files maybe, nobody has to wait.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use rusqlite::{Connection, params};

use crate::clock;
use crate::error::{Error, Result};
use crate::gc;

use super::{Driver, Kind, Snapshotter, tree};

/// Folders of these names are not snapshots: one being filled, and one being removed.
pub(super) const FILLING: &str = "new-";
const DOOMED: &str = "rm-";

/// The folder of a snapshot that is gone.
pub struct Doomed {
    path: PathBuf,
    /// As long as it is held this is no leftover.
    _removing: Flock<File>,
}

impl Doomed {
    /// Removes the folder with all that is in it. What outlives a crash here is removed by the next cleanup.
    pub fn remove(self) -> Result<()> {
        tree::remove(&self.path)
    }
}

impl Snapshotter {
    /// Removes a snapshot, and its folder; one that others are based on stays. With `lease` that lease lets go of it.
    pub fn remove(&self, ns: &str, key: &str, lease: Option<&str>) -> Result<()> {
        let mut removed = Ok(());
        self.remove_by(ns, key, lease, false, |doomed| removed = doomed.remove())?;
        removed
    }

    /// The same, and the folder is for `by` to remove, now or later. The snapshot is gone for good when this returns
    /// `Ok`; `ahead`, a loss of power may bring it back until the next change, as empty as it was made.
    pub fn remove_by(
        &self,
        ns: &str,
        key: &str,
        lease: Option<&str>,
        ahead: bool,
        by: impl FnOnce(Doomed),
    ) -> Result<()> {
        let (dir, anew) = self.store.write_ahead(true, |tx| {
            let found = self.find(tx, ns, key)?;
            let sql = "SELECT 1 FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 AND parent = ?3";
            if tx.prepare_cached(sql)?.exists(params![ns, self.name, key])? {
                return Err(Error::precondition(format!(
                    "cannot remove snapshot with child: failed precondition: {key}"
                )));
            }
            let anew = found.info.kind != Kind::Committed && self.is_made_anew(tx, found.dir)?;
            tx.prepare_cached("DELETE FROM snapshots WHERE dir = ?1")?.execute([found.dir])?;
            gc::let_go(tx, ns, lease, &format!("snapshots/{}", self.name), key)?;
            Ok((self.dir(found.dir), anew))
        })?;
        if let Some(proxy) = self.proxy() {
            self.store.finish()?;
            return self.cleanup_there(proxy);
        }
        // The files may only go before the row is known to be gone where a loss of power that brings back the one
        // brings back the other.
        if !anew {
            self.store.finish()?;
        }
        let removing = self.lock(FlockArg::LockShared)?;
        match doom(&dir) {
            Ok(path) => by(Doomed { path, _removing: removing }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::from(e).context(format!("remove {}", dir.display()))),
        }
        if anew && !ahead { self.store.finish() } else { Ok(()) }
    }

    /// Whether the folders of a snapshot that is written to are made anew should the machine stop now.
    fn is_made_anew(&self, c: &Connection, dir: i64) -> Result<bool> {
        let marked: String = c
            .prepare_cached("SELECT unsynced FROM snapshots WHERE dir = ?1")?
            .query_row([dir], |r| r.get(0))?;
        Ok(matches!(self.driver, Driver::Overlay { .. }) && marked == clock::boot())
    }

    /// Removes the folders that no row speaks of.
    pub fn cleanup(&self) -> Result<()> {
        if let Some(proxy) = self.proxy() {
            return self.cleanup_there(proxy);
        }
        let mut doomed = Vec::new();
        let filling = self.try_lock()?;
        for entry in fs::read_dir(self.root.join("snapshots"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match name.parse::<i64>() {
                Ok(dir) if !self.store.read(|c| self.exists(c, dir))? => {
                    doomed.extend(self.doom_orphan(dir, &entry.path())?);
                }
                Err(_) if name.starts_with(DOOMED) || (name.starts_with(FILLING) && filling.is_some()) => {
                    doomed.push(entry.path());
                }
                _ => {}
            }
        }
        drop(filling);
        doomed.iter().try_for_each(|path| tree::remove(path))
    }

    /// Whether a folder that is no snapshot was left over by somebody who died.
    pub(super) fn is_left_over(&self, name: &str) -> Result<bool> {
        let named = name.starts_with(DOOMED) || name.starts_with(FILLING);
        Ok(named && self.try_lock()?.is_some())
    }

    /// Looks for the row again, under the write lock: a snapshot being made has it not committed yet.
    fn doom_orphan(&self, dir: i64, path: &Path) -> Result<Option<PathBuf>> {
        self.store.write_ahead(true, |tx| match self.exists(tx, dir)? {
            true => Ok(None),
            false => match doom(path) {
                Ok(path) => Ok(Some(path)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(Error::from(e).context(format!("remove {}", path.display()))),
            },
        })
    }
}

/// Renames a folder so that it counts as deleted, and says what it is called now.
pub(super) fn doom(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let doomed = path.with_file_name(format!("{DOOMED}{name}-{}-{}", std::process::id(), clock::now()));
    fs::rename(path, &doomed)?;
    Ok(doomed)
}
