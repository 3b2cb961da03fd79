//! Blobs on their way to the disk.
//!
//! What is committed under a lease that expires does not wait for the disk: it is worth nothing until
//! an image or the end of the lease says so, and then [`Content::settle`] waits once for all of it.
//! Should the power fail before, the row may have come to the disk and its file not: the next boot
//! finds the row marked, and looks.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;

use rusqlite::params;

use crate::clock::boot;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

use super::{Content, Reader};

impl Content {
    /// Waits until every blob that was committed before is on the disk, and says whether there was one
    /// to wait for. That a row says so is itself there with the next [`crate::store::Store::write`].
    pub fn settle(&self) -> Result<bool> {
        let pending = self.marked("SELECT DISTINCT digest FROM content WHERE unsynced <> ''", [])?;
        if pending.is_empty() {
            return Ok(false);
        }
        let mut folders = BTreeSet::new();
        for digest in &pending {
            let path = self.blob(digest);
            match File::open(&path).and_then(|blob| blob.sync_all()) {
                Ok(()) => folders.extend(path.parent().map(|p| p.to_path_buf())),
                // Collected meanwhile, and its row with it.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(Error::from(e).context(format!("sync {}", path.display()))),
            }
        }
        for folder in folders {
            super::sync_dir(&folder)?;
        }
        self.store.write_ahead(true, |tx| {
            for digest in &pending {
                tx.execute("UPDATE content SET unsynced = '' WHERE digest = ?1", [digest.as_str()])?;
            }
            Ok(true)
        })
    }

    /// Looks at the blobs that an earlier boot did not see on the disk: those that are not whole are
    /// forgotten, so that whoever needs them brings them again.
    pub(super) fn recover(&self) -> Result<()> {
        let sql = "SELECT DISTINCT digest FROM content WHERE unsynced <> '' AND unsynced <> ?1";
        for digest in self.marked(sql, params![boot()])? {
            let path = self.blob(&digest);
            let whole = match fs::metadata(&path) {
                Ok(meta) => match Reader::open(&path, &digest, meta.len())?.verify() {
                    Ok(()) => true,
                    Err(e) if e.kind == Kind::DataLoss => false,
                    Err(e) => return Err(e),
                },
                Err(_) => false,
            };
            if !whole {
                tracing::warn!(%digest, "a blob did not reach the disk before the machine stopped: forgotten");
            }
            self.store.write(|tx| {
                if whole {
                    tx.execute("UPDATE content SET unsynced = '' WHERE digest = ?1", [digest.as_str()])?;
                } else {
                    tx.execute("DELETE FROM content WHERE digest = ?1", [digest.as_str()])?;
                    fs::remove_file(&path).or_else(super::gone)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn marked(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Digest>> {
        let texts: Vec<String> = self.store.read(|c| {
            let mut query = c.prepare_cached(sql)?;
            let rows = query.query_map(values, |r| r.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        texts.iter().map(|text| Digest::parse(text)).collect()
    }
}
