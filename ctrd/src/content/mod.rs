//! The content store: blobs by digest, and the ingests that become blobs.
//!
//! ```text
//! io.containerd.content.v1.content/
//!   blobs/sha256/<hex>              0444, complete and verified, shared by all namespaces
//!   ingest/<sha256 of ns/ref>/      one upload: ref, data, startedat, updatedat, total
//! ```
//!
//! A blob belongs to a namespace by its row in the metadata. Its file appears and disappears
//! inside a metadata transaction, so that a process that commits a blob and another that
//! collects it cannot miss one another.

mod check;
mod ingest;
mod keeper;
pub mod make;
mod reader;
mod settle;
mod there;
mod writeback;
mod writer;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::gc;
use crate::store::Store;

pub use ingest::Status;
use keeper::There;
pub use reader::Reader;
pub use writer::Writer;

/// The folder of the content store below ctrd's root.
pub const DIR: &str = "io.containerd.content.v1.content";

pub type Labels = BTreeMap<String, String>;

/// A content store, open. Cheap to clone.
#[derive(Clone)]
pub struct Content {
    root: PathBuf,
    store: Arc<Store>,
    /// A namespace has what was sent to it, and not what others have.
    isolated: bool,
    /// Who keeps the blobs, where these are not files below the root.
    there: Option<There>,
}

/// What a namespace knows of a blob. Times are nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    pub digest: Digest,
    pub size: u64,
    pub labels: Labels,
    pub created_at: i64,
    pub updated_at: i64,
}

impl Content {
    /// Opens the content store below ctrd's `root`, making its folders.
    pub fn open(root: &Path, store: Arc<Store>) -> Result<Content> {
        let root = root.join(DIR);
        for dir in [&root, &root.join("blobs"), &root.join("ingest")] {
            make_dir(dir)?;
        }
        let content = Content { root, store, isolated: false, there: None };
        content.recover()?;
        Ok(content)
    }

    /// The same store, in which a blob of another namespace counts as there only where that one is
    /// labelled `containerd.io/namespace.shareable=true`.
    pub fn isolated(self) -> Content {
        Content { isolated: true, ..self }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn info(&self, ns: &str, digest: &Digest) -> Result<Info> {
        self.store.read(|c| info(c, ns, digest))
    }

    /// Sets labels. With `paths` empty all are replaced; `labels` replaces all, `labels.K` sets
    /// or (where the value is empty or absent) removes one. `lease` is that of the call.
    pub fn update(
        &self,
        ns: &str,
        digest: &Digest,
        labels: &Labels,
        paths: &[String],
        lease: Option<&str>,
    ) -> Result<Info> {
        let ahead = self.store.read(|c| gc::expires(c, ns, lease))?;
        self.store.write_ahead(ahead, |tx| {
            let mut found = info(tx, ns, digest)?;
            let object = format!("content info {:?}", digest.as_str());
            merge_labels(&object, &mut found.labels, labels, paths)?;
            found.updated_at = clock::now();
            tx.execute(
                "UPDATE content SET labels = ?3, updated_at = ?4 WHERE namespace = ?1 AND digest = ?2",
                params![ns, digest.as_str(), to_json(&found.labels), found.updated_at],
            )?;
            Ok(found)
        })
    }

    /// The blobs of a namespace that `keep` accepts, by digest.
    pub fn list(&self, ns: &str, mut keep: impl FnMut(&Info) -> bool) -> Result<Vec<Info>> {
        self.store.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT digest, size, labels, created_at, updated_at FROM content
                 WHERE namespace = ?1 ORDER BY digest",
            )?;
            let mut rows = query.query([ns])?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                let info = from_row(row)?;
                if keep(&info) {
                    out.push(info);
                }
            }
            Ok(out)
        })
    }

    /// Forgets the blob in this namespace. The file goes with [`Content::collect`], when no
    /// namespace has it; until then another one may claim it. With `lease` that lease lets go of it.
    pub fn delete(&self, ns: &str, digest: &Digest, lease: Option<&str>) -> Result<()> {
        self.store.write(|tx| {
            let n = tx.execute(
                "DELETE FROM content WHERE namespace = ?1 AND digest = ?2",
                params![ns, digest.as_str()],
            )?;
            if n == 0 {
                return Err(missing(digest));
            }
            gc::let_go(tx, ns, lease, "content", digest.as_str())
        })
    }

    /// Whether the namespace has the blob, as far as its size tells.
    pub fn has(&self, ns: &str, digest: &Digest) -> bool {
        let Ok(info) = self.info(ns, digest) else { return false };
        match self.keeper(ns, digest) {
            Ok(Some(there)) => there.size(ns, digest).is_ok_and(|size| size == Some(info.size)),
            _ => self.has_file(digest, info.size),
        }
    }

    fn has_file(&self, digest: &Digest, size: u64) -> bool {
        fs::metadata(self.blob(digest)).is_ok_and(|meta| meta.len() == size)
    }

    /// Removes the file of a blob that is not what its name says, so that it may be brought anew.
    pub fn discard_corrupt(&self, digest: &Digest) -> Result<()> {
        if self.there.is_some() {
            // Each copy is verified before it is read: the server has others to look after what it keeps.
            return Ok(());
        }
        match self.is_whole(digest)? {
            true => Ok(()),
            false => self.store.write_ahead(true, |_| Ok(fs::remove_file(self.blob(digest)).or_else(gone)?)),
        }
    }

    /// Opens a blob of the namespace for reading.
    pub fn reader(&self, ns: &str, digest: &Digest) -> Result<Reader> {
        let info = self.info(ns, digest)?;
        match self.keeper(ns, digest)? {
            Some(there) => self.copy(there, ns, digest, info.size),
            None => {
                Reader::open(&self.blob(digest), digest, info.size).or_else(|e| self.not_here(ns, digest, e))
            }
        }
    }

    /// Opens a blob of the namespace if that takes no wait for the disk.
    pub fn reader_cached(&self, ns: &str, digest: &Digest) -> Result<Option<Reader>> {
        let info = self.info(ns, digest)?;
        if self.there.is_some() {
            return Ok(None);
        }
        Ok(Reader::open_cached(&self.blob(digest), digest, info.size))
    }

    /// Reads a whole small blob, verified; one larger than `limit` is refused.
    pub fn read(&self, ns: &str, digest: &Digest, limit: u64) -> Result<Vec<u8>> {
        self.reader(ns, digest)?.read_verified(limit)
    }

    /// Removes the blob files that no namespace has, and the ingests that nobody continued for
    /// a day unless a lease holds them. Returns the bytes freed.
    pub fn collect(&self) -> Result<u64> {
        if let Some(there) = &self.there {
            self.collect_there(there)?;
        }
        Ok(self.collect_blobs()? + self.collect_ingests()?)
    }

    fn collect_blobs(&self) -> Result<u64> {
        let mut freed = 0;
        for alg in read_dir(&self.root.join("blobs"))? {
            let algorithm = alg.file_name().to_string_lossy().into_owned();
            for file in read_dir(&alg.path())? {
                let name = format!("{algorithm}:{}", file.file_name().to_string_lossy());
                let Ok(digest) = Digest::parse(&name) else { continue };
                if self.store.read(|c| anywhere(c, &digest))? {
                    continue;
                }
                // Looked at again under the write lock: another process may be committing it.
                freed += self.store.write_ahead(true, |tx| {
                    if anywhere(tx, &digest)? {
                        return Ok(0);
                    }
                    let size = file.metadata().map_or(0, |m| m.len());
                    fs::remove_file(file.path())?;
                    Ok(size)
                })?;
            }
        }
        Ok(freed)
    }

    /// Where the bytes of `digest` are, or would be.
    fn blob(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs").join(digest.algorithm()).join(digest.hex())
    }
}

/// Applies a label update by field paths, as every service of the API has it, to `object`.
pub fn merge_labels(object: &str, to: &mut Labels, from: &Labels, paths: &[String]) -> Result<()> {
    if paths.is_empty() {
        to.clone_from(from);
    }
    for path in paths {
        if path == "labels" {
            to.clone_from(from);
        } else if let Some(key) = path.strip_prefix("labels.") {
            match from.get(key) {
                Some(value) if !value.is_empty() => to.insert(key.to_string(), value.clone()),
                _ => to.remove(key),
            };
        } else {
            return Err(Error::invalid(format!(
                "cannot update {path:?} field on {object}: invalid argument"
            )));
        }
    }
    check_labels(to).map_err(|e| e.context("info.Labels"))
}

/// Refuses a label whose key and value together exceed 4096 bytes.
pub fn check_labels(labels: &Labels) -> Result<()> {
    for (key, value) in labels {
        if key.is_empty() {
            return Err(Error::invalid("label key must not be empty: invalid argument"));
        }
        let size = key.len() + value.len();
        if size > 4096 {
            return Err(Error::invalid(format!(
                "label key and value length ({size} bytes) greater than maximum size (4096 bytes), key: {key:.64}: invalid argument"
            )));
        }
    }
    Ok(())
}

fn info(c: &Connection, ns: &str, digest: &Digest) -> Result<Info> {
    let mut query = c.prepare_cached(
        "SELECT digest, size, labels, created_at, updated_at FROM content
         WHERE namespace = ?1 AND digest = ?2",
    )?;
    let mut rows = query.query(params![ns, digest.as_str()])?;
    rows.next()?.map_or_else(|| Err(missing(digest)), from_row)
}

fn from_row(row: &rusqlite::Row) -> Result<Info> {
    Ok(Info {
        digest: Digest::parse(&row.get::<_, String>(0)?)?,
        size: row.get::<_, i64>(1)? as u64,
        labels: from_json(&row.get::<_, String>(2)?),
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
    })
}

/// Whether some namespace has the blob.
fn anywhere(c: &Connection, digest: &Digest) -> Result<bool> {
    let mut query = c.prepare_cached("SELECT 1 FROM content WHERE digest = ?1 LIMIT 1")?;
    Ok(query.query_row([digest.as_str()], |_| Ok(())).optional()?.is_some())
}

fn missing(digest: &Digest) -> Error {
    Error::not_found(format!("content digest {digest}: not found"))
}

pub(crate) fn to_json(labels: &Labels) -> String {
    serde_json::to_string(labels).unwrap_or_else(|_| "{}".to_string())
}

pub(crate) fn from_json(text: &str) -> Labels {
    serde_json::from_str(text).unwrap_or_default()
}

/// Makes a folder that only its owner may enter, with its parents.
pub(crate) fn make_dir(dir: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|e| Error::from(e).context(format!("make {}", dir.display())))
}

fn sync_dir(dir: &Path) -> Result<()> {
    fs::File::open(dir)
        .and_then(|d| d.sync_all())
        .map_err(|e| Error::from(e).context(format!("sync {}", dir.display())))
}

fn gone(e: std::io::Error) -> std::io::Result<()> {
    if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) }
}

fn read_dir(dir: &Path) -> Result<Vec<fs::DirEntry>> {
    let at = |e: std::io::Error| Error::from(e).context(format!("read {}", dir.display()));
    fs::read_dir(dir).map_err(at)?.collect::<std::io::Result<_>>().map_err(at)
}

#[cfg(test)]
mod tests;
