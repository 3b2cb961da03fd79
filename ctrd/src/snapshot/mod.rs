//! Snapshots: layers of a file system, each on its parent, as directories that can be mounted.
//!
//! ```text
//! io.containerd.snapshotter.v1.<name>/
//!   snapshots/<n>/fs       what the snapshot holds (overlayfs: its own changes; native: all)
//!   snapshots/<n>/work     overlayfs, active ones only
//! ```
//!
//! The rows are in the metadata; `<n>` is the row's number and never used twice. A row and its
//! folder appear in one transaction and disappear in one, in that order of visibility: a row
//! always has its folder, and a folder without a row is left over from a crash and collected
//! by [`Snapshotter::cleanup`].

mod change;
mod check;
mod mount;
mod remap;
mod remote;
mod remove;
mod settle;
pub mod tree;

pub use remove::Doomed;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use crate::clock;
use crate::content::{Labels, from_json, make_dir, merge_labels, to_json};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::store::Store;

pub use mount::{Mount, Mounted, accept};

/// The label by which a client names what a prepared snapshot is going to be.
pub const REF_LABEL: &str = "containerd.io/snapshot.ref";

/// Whether a label is for the snapshotter as well.
pub fn is_inherited(key: &str) -> bool {
    key.starts_with("containerd.io/snapshot/") || key == REF_LABEL
}

/// Whether an image may give this label to the snapshots of its layers: none that says whom the files belong to or where
/// they are, for a snapshot is that of all images with the layer.
pub fn may_be_an_images(key: &str) -> bool {
    is_inherited(key) && key != UPPER_LABEL && !remap::is_map(key)
}

/// Where the configuration wants it, a snapshot bears its upper folder under this label.
const UPPER_LABEL: &str = "containerd.io/snapshot/overlay.upperdir";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    View = 1,
    Active = 2,
    Committed = 3,
}

/// What is known of a snapshot. Times are nanoseconds since 1970; no parent is `""`.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    pub key: String,
    pub parent: String,
    pub kind: Kind,
    pub labels: Labels,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What a snapshot itself takes, without its parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    pub size: u64,
    pub inodes: u64,
}

/// How a snapshot comes by what its parents hold.
#[derive(Clone)]
enum Driver {
    /// By an overlay mount over them.
    Overlay { index_off: bool, userxattr: bool, remaps: bool },
    /// By copying them.
    Native,
    /// A server behind a socket sees to it.
    Remote(remote::Proxy),
}

/// A snapshotter, open. Cheap to clone.
#[derive(Clone)]
pub struct Snapshotter {
    name: &'static str,
    root: PathBuf,
    store: Arc<Store>,
    driver: Driver,
    /// Of every overlay mount, beside its own.
    options: Vec<String>,
    tells_upper: bool,
}

struct Found {
    dir: i64,
    info: Info,
    usage: Usage,
}

impl Snapshotter {
    /// The overlayfs snapshotter below ctrd's `root`; see [`overlay_supported`].
    pub fn overlayfs(root: &Path, store: Arc<Store>) -> Result<Snapshotter> {
        let driver = Driver::Overlay {
            index_off: Path::new("/sys/module/overlay/parameters/index").exists(),
            userxattr: in_user_namespace(),
            remaps: remap::possible(root),
        };
        Self::open(root, "overlayfs", store, driver)
    }

    /// The snapshotter that copies, for file systems on which overlay cannot be had.
    pub fn native(root: &Path, store: Arc<Store>) -> Result<Snapshotter> {
        Self::open(root, "native", store, Driver::Native)
    }

    fn open(root: &Path, name: &'static str, store: Arc<Store>, driver: Driver) -> Result<Snapshotter> {
        let root = root.join(format!("io.containerd.snapshotter.v1.{name}"));
        make_dir(&root)?;
        make_dir(&root.join("snapshots"))?;
        let snapshotter = Snapshotter { name, root, store, driver, options: Vec::new(), tells_upper: false };
        snapshotter.recover()?;
        Ok(snapshotter)
    }

    /// With further options of its overlay mounts; `tells_upper`: with a label that tells where what is written to a
    /// snapshot lies.
    pub fn with_settings(self, options: Vec<String>, tells_upper: bool) -> Snapshotter {
        Snapshotter { options, tells_upper, ..self }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What clients may ask of it beyond what every snapshotter does.
    pub fn capabilities(&self) -> Vec<String> {
        match &self.driver {
            Driver::Overlay { remaps, .. } => {
                // A layer may be put on its parent when it is committed: so several are unpacked at once.
                let all = [("rebase", true), ("remap-ids", *remaps)];
                all.into_iter().filter(|(_, can)| *can).map(|(name, _)| name.to_string()).collect()
            }
            Driver::Native => Vec::new(),
            Driver::Remote(proxy) => proxy.capabilities.clone(),
        }
    }

    /// The folder of this snapshotter.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn stat(&self, ns: &str, key: &str) -> Result<Info> {
        Ok(self.told(self.store.read(|c| self.find(c, ns, key))?))
    }

    /// Sets labels by field paths, as [`crate::content::merge_labels`] has it.
    pub fn update(&self, ns: &str, key: &str, labels: &Labels, paths: &[String]) -> Result<Info> {
        self.store.write(|tx| {
            let mut found = self.find(tx, ns, key)?;
            merge_labels(&format!("snapshot {key:?}"), &mut found.info.labels, labels, paths)?;
            found.info.updated_at = clock::now();
            tx.execute(
                "UPDATE snapshots SET labels = ?2, updated_at = ?3 WHERE dir = ?1",
                params![found.dir, to_json(&found.info.labels), found.info.updated_at],
            )?;
            Ok(self.told(found))
        })
    }

    /// What clients are told.
    fn told(&self, mut found: Found) -> Info {
        if self.tells_upper {
            let upper = self.dir(found.dir).join("fs").to_string_lossy().into_owned();
            found.info.labels.insert(UPPER_LABEL.to_string(), upper);
        }
        found.info
    }

    /// The snapshots of a namespace that `keep` accepts, by key.
    pub fn list(&self, ns: &str, mut keep: impl FnMut(&Info) -> bool) -> Result<Vec<Info>> {
        self.store.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT dir, key, parent, kind, labels, created_at, updated_at, size, inodes
                 FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 ORDER BY key",
            )?;
            let mut rows = query.query(params![ns, self.name])?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                let info = self.told(from_row(row)?);
                if keep(&info) {
                    out.push(info);
                }
            }
            Ok(out)
        })
    }

    /// What the snapshot takes; of a committed one as it was when it was committed.
    pub fn usage(&self, ns: &str, key: &str) -> Result<Usage> {
        let found = self.store.read(|c| self.find(c, ns, key))?;
        match (found.info.kind, self.proxy()) {
            (Kind::Committed, _) if found.usage != Usage::default() => Ok(found.usage),
            (_, Some(proxy)) => self.usage_there(proxy, ns, &found),
            // Of a view nothing is its own.
            (Kind::Committed | Kind::View, _) => Ok(found.usage),
            (Kind::Active, _) => tree::usage(&self.dir(found.dir).join("fs")),
        }
    }

    /// The mounts by which an active snapshot or a view is seen.
    pub fn mounts(&self, ns: &str, key: &str) -> Result<Vec<Mount>> {
        let mountable = |c: &Connection| {
            let found = self.find(c, ns, key)?;
            if found.info.kind == Kind::Committed {
                return Err(Error::precondition(format!(
                    "snapshot {key} is committed: it cannot be mounted: failed precondition"
                )));
            }
            Ok(found)
        };
        if let Some(proxy) = self.proxy() {
            return self.mounts_there(proxy, ns, &self.store.read(mountable)?);
        }
        self.store.read(|c| {
            let found = mountable(c)?;
            self.mounts_of(c, ns, &found)
        })
    }

    fn mounts_of(&self, c: &Connection, ns: &str, found: &Found) -> Result<Vec<Mount>> {
        let view = found.info.kind == Kind::View;
        let fs = |dir: i64| self.dir(dir).join("fs").to_string_lossy().into_owned();
        let mut options = match self.driver {
            Driver::Overlay { remaps: true, .. } => remap::options(&found.info.labels),
            _ => Vec::new(),
        };
        let mapped = options.clone();
        let bind = |dir: i64| {
            let access = if view { "ro" } else { "rw" };
            let mut options = mapped.clone();
            options.extend([access.to_string(), "rbind".to_string()]);
            if let Driver::Native = self.driver {
                options.reverse();
            }
            vec![Mount { kind: "bind".into(), source: fs(dir), options, ..Mount::default() }]
        };
        let Driver::Overlay { index_off, userxattr, .. } = self.driver else {
            return Ok(bind(found.dir));
        };
        let parents = self.ancestors(c, ns, &found.info.parent)?;
        match parents.as_slice() {
            [] => return Ok(bind(found.dir)),
            [only] if view => return Ok(bind(*only)),
            _ => {}
        }
        if !view {
            options.push(format!("workdir={}", self.dir(found.dir).join("work").display()));
            options.push(format!("upperdir={}", fs(found.dir)));
        }
        let lower: Vec<String> = parents.into_iter().map(fs).collect();
        options.push(format!("lowerdir={}", lower.join(":")));
        let set = |name: &str| self.options.iter().any(|o| o.split('=').next() == Some(name));
        if index_off && !set("index") {
            options.push("index=off".to_string());
        }
        if userxattr && !set("userxattr") {
            options.push("userxattr".to_string());
        }
        options.extend(self.options.clone());
        Ok(vec![Mount { kind: "overlay".into(), source: "overlay".into(), options, ..Mount::default() }])
    }

    /// The folders of `key` and of all that is below it, nearest first.
    fn ancestors(&self, c: &Connection, ns: &str, key: &str) -> Result<Vec<i64>> {
        let mut out = Vec::new();
        let mut at = key.to_string();
        while !at.is_empty() {
            let found = self.find(c, ns, &at)?;
            if out.contains(&found.dir) {
                return Err(Error::new(
                    ErrorKind::DataLoss,
                    format!("snapshot {key}: its parents form a ring"),
                ));
            }
            out.push(found.dir);
            at = found.info.parent;
        }
        Ok(out)
    }

    fn find(&self, c: &Connection, ns: &str, key: &str) -> Result<Found> {
        let mut query = c.prepare_cached(
            "SELECT dir, key, parent, kind, labels, created_at, updated_at, size, inodes
             FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 AND key = ?3",
        )?;
        let mut rows = query.query(params![ns, self.name, key])?;
        match rows.next()? {
            Some(row) => from_row(row),
            None => Err(Error::not_found(format!("snapshot {key} does not exist: not found"))),
        }
    }

    fn dir(&self, dir: i64) -> PathBuf {
        self.root.join("snapshots").join(dir.to_string())
    }
}

/// Whether overlay mounts work on the file system of `root`: tried, since nothing else tells.
pub fn overlay_supported(root: &Path) -> Result<()> {
    make_dir(root)?;
    let scratch = tempfile::Builder::new().prefix(".overlay-check-").tempdir_in(root)?;
    let at = |name: &str| scratch.path().join(name);
    for name in ["lower1", "lower2", "upper", "work"] {
        fs::create_dir(at(name))?;
    }
    if !tells_kinds(scratch.path())? {
        // overlayfs mounts there, and then shows what was deleted.
        let text =
            format!("use overlayfs in {}: its file system tells no kinds of files (d_type)", root.display());
        return Err(Error::precondition(text));
    }
    let mut options = vec![
        format!("workdir={}", at("work").display()),
        format!("upperdir={}", at("upper").display()),
        format!("lowerdir={}:{}", at("lower1").display(), at("lower2").display()),
    ];
    if in_user_namespace() {
        options.push("userxattr".to_string());
    }
    let overlay = Mount { kind: "overlay".into(), source: "overlay".into(), options, ..Mount::default() };
    Mounted::new(&[overlay]).map(drop).map_err(|e| e.context(format!("use overlayfs in {}", root.display())))
}

/// Whether a listing of `dir`, which has folders, says that they are folders.
fn tells_kinds(dir: &Path) -> Result<bool> {
    let flags = nix::fcntl::OFlag::O_RDONLY | nix::fcntl::OFlag::O_DIRECTORY | nix::fcntl::OFlag::O_CLOEXEC;
    let mut listing = nix::dir::Dir::open(dir, flags, nix::sys::stat::Mode::empty())?;
    for entry in listing.iter() {
        let entry = entry?;
        if !entry.file_name().to_bytes().starts_with(b".") && entry.file_type().is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether user ids are mapped, so that the `trusted.` attributes cannot be set.
pub fn in_user_namespace() -> bool {
    fs::read_to_string("/proc/self/uid_map")
        .is_ok_and(|map| map.split_whitespace().collect::<Vec<_>>() != ["0", "0", "4294967295"])
}

fn from_row(row: &Row) -> Result<Found> {
    Ok(Found {
        dir: row.get(0)?,
        info: Info {
            key: row.get(1)?,
            parent: row.get(2)?,
            kind: match row.get::<_, i64>(3)? {
                1 => Kind::View,
                2 => Kind::Active,
                _ => Kind::Committed,
            },
            labels: from_json(&row.get::<_, String>(4)?),
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        },
        usage: Usage { size: row.get::<_, i64>(7)? as u64, inodes: row.get::<_, i64>(8)? as u64 },
    })
}

#[cfg(test)]
mod tests;
