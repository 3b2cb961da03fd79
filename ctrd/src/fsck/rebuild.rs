//! Metadata that are broken or lost, made anew: of the old ones what can still be read, of the blobs
//! what they say themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::clock;
use crate::content::{Content, Labels};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::image::{self, Descriptor, MAX_DOCUMENT, media};
use crate::store::images::{self, Image, Target};
use crate::store::{DIR, FILE, PATIENCE, Store};

/// The tables that are worth something, those first that others point to.
const TABLES: [&str; 7] =
    ["namespaces", "leases", "images", "containers", "content", "snapshots", "lease_resources"];

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where the broken metadata are now, if there were any.
    pub aside: Option<PathBuf>,
    /// Rows that could still be read.
    pub rows: usize,
    /// Images whose names are lost, under the ones that they got.
    pub images: Vec<String>,
}

/// Makes the metadata below `root` anew. What is sound is refused; `ns` is where images go of which
/// only the blobs are left.
pub fn rebuild(root: &Path, ns: &str) -> Result<Rebuilt> {
    let path = root.join(DIR).join(FILE);
    if !root.join(crate::content::DIR).is_dir() {
        return Err(Error::not_found(format!("no blobs below {}: not found", root.display())));
    }
    if path.exists()
        && Store::open(&path, PATIENCE).and_then(|store| store.problems()).is_ok_and(|p| p.is_empty())
    {
        return Err(Error::precondition(format!("{} is sound: failed precondition", path.display())));
    }
    let mut rebuilt = Rebuilt { aside: set_aside(&path)?, ..Rebuilt::default() };
    crate::content::make_dir(&root.join(DIR))?;
    let store = Arc::new(Store::open(&path, PATIENCE)?);
    if let Some(old) = &rebuilt.aside {
        rebuilt.rows = copy_readable(old, &store)?;
    }
    let content = Content::open(root, store.clone())?;
    adopt(&content, &store, ns, &mut rebuilt)?;
    Ok(rebuilt)
}

/// Moves the database away with the files beside it.
fn set_aside(path: &Path) -> Result<Option<PathBuf>> {
    let beside = |path: &Path, suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
    let aside = beside(path, &format!(".broken-{}", clock::now()));
    let mut found = None;
    for suffix in ["-wal", "-shm", ""] {
        let from = beside(path, suffix);
        if from.exists() {
            fs::rename(&from, beside(&aside, suffix))
                .map_err(|e| Error::from(e).context(format!("move {}", from.display())))?;
            found = Some(aside.clone());
        }
    }
    Ok(found)
}

/// Copies each table row by row, up to the first that cannot be read.
fn copy_readable(old: &Path, store: &Store) -> Result<usize> {
    let Ok(old) = Connection::open_with_flags(old, OpenFlags::SQLITE_OPEN_READ_WRITE) else { return Ok(0) };
    let mut copied = 0;
    for table in TABLES {
        let Ok(mut query) = old.prepare(&format!("SELECT * FROM {table}")) else { continue };
        let columns: Vec<String> = query.column_names().map(str::to_string).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        let Ok(mut rows) = query.query([]) else { continue };
        copied += store.write(|tx| {
            let mut insert = tx.prepare(&sql)?;
            let mut count = 0;
            while let Ok(Some(row)) = rows.next() {
                let values: rusqlite::Result<Vec<Value>> = (0..columns.len()).map(|n| row.get(n)).collect();
                // What a check of the new tables refuses was no good any more.
                count += values.and_then(|values| insert.execute(params_from_iter(values))).unwrap_or(0);
            }
            Ok(count)
        })?;
    }
    Ok(copied)
}

/// Makes images known again of which there are only blobs.
fn adopt(content: &Content, store: &Store, ns: &str, rebuilt: &mut Rebuilt) -> Result<()> {
    let mut documents: BTreeMap<Digest, (&'static str, Vec<u8>)> = BTreeMap::new();
    for digest in content.strays()? {
        if !content.is_whole(&digest)? {
            continue;
        }
        content.adopt(ns, &digest)?;
        if let Ok(bytes) = content.read(ns, &digest, MAX_DOCUMENT) {
            let kind = if image::parse_manifest(&bytes).is_ok() {
                media::MANIFEST
            } else if image::parse_index(&bytes).is_ok() {
                media::INDEX
            } else {
                continue;
            };
            documents.insert(digest, (kind, bytes));
        }
    }
    let mut inner = BTreeSet::new();
    for (digest, (kind, bytes)) in &documents {
        let labels: Labels = image::gc_labels(kind, bytes)?;
        inner.extend(labels.values().cloned());
        let paths: Vec<String> = labels.keys().map(|key| format!("labels.{key}")).collect();
        content.update(ns, digest, &labels, &paths, None)?;
    }
    for (digest, (kind, bytes)) in &documents {
        if inner.contains(digest.as_str()) {
            continue;
        }
        let name = format!("recovered/{}:latest", &digest.hex()[..12]);
        let descriptor = Descriptor::new(told(bytes).unwrap_or(kind), digest.clone(), bytes.len() as u64);
        let target = Target {
            media_type: descriptor.media_type,
            digest: descriptor.digest.to_string(),
            size: descriptor.size as i64,
            annotations: Labels::new(),
        };
        let image = Image { name: name.clone(), target, labels: Labels::new(), created_at: 0, updated_at: 0 };
        store.write(|tx| images::create(tx, ns, image, None, None))?;
        rebuilt.images.push(name);
    }
    Ok(())
}

/// The media type that a document says of itself, if it is one of those.
fn told(bytes: &[u8]) -> Option<&'static str> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let told = value.get("mediaType")?.as_str()?;
    [media::MANIFEST, media::INDEX, media::DOCKER_MANIFEST, media::DOCKER_LIST]
        .into_iter()
        .find(|kind| *kind == told)
}
