//! What makes and changes snapshots: prepare, view, commit.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::fcntl::{Flock, FlockArg};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::clock;
use crate::content::{Labels, check_labels, to_json};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::gc;

use super::remote::Asked;
use super::remove::{FILLING, doom};
use super::{Driver, Found, Kind, Mount, REF_LABEL, Snapshotter, Usage, remap, tree};

/// The time of a top folder that nobody has given its looks: should its layer be put on another
/// afterwards, it takes those of that one.
fn untouched() -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(1)
}

/// What a committed snapshot has in place of what it had when it was active.
pub(super) struct Turned<'a> {
    pub name: &'a str,
    pub parent: &'a str,
    pub labels: &'a Labels,
    pub usage: Usage,
    /// The boot in which its files are not known to be on the disk, or `""`.
    pub unsynced: &'a str,
}

impl Snapshotter {
    /// Makes a writable snapshot on `parent` (`""` for none). With `lease` that lease holds it.
    pub fn prepare(
        &self,
        ns: &str,
        key: &str,
        parent: &str,
        labels: &Labels,
        lease: Option<&str>,
    ) -> Result<Vec<Mount>> {
        self.create(ns, key, parent, Kind::Active, labels, lease)
    }

    /// Makes a read-only snapshot of `parent`.
    pub fn view(
        &self,
        ns: &str,
        key: &str,
        parent: &str,
        labels: &Labels,
        lease: Option<&str>,
    ) -> Result<Vec<Mount>> {
        self.create(ns, key, parent, Kind::View, labels, lease)
    }

    fn create(
        &self,
        ns: &str,
        key: &str,
        parent: &str,
        kind: Kind,
        labels: &Labels,
        lease: Option<&str>,
    ) -> Result<Vec<Mount>> {
        if key.is_empty() {
            return Err(Error::invalid("snapshot key must not be empty: invalid argument"));
        }
        check_labels(labels).map_err(|e| e.context("info.Labels"))?;
        if let Some(proxy) = self.proxy() {
            return self.create_there(proxy, Asked { ns, labels, lease }, key, parent, kind);
        }
        let owner = remap::root(labels)?;
        // While a copy is being made its folder has no row yet: cleanup keeps out.
        let _filling = self.lock(FlockArg::LockShared)?;
        let copy = match self.driver {
            Driver::Native => match self.copy_parent(ns, labels, key, parent) {
                Ok(made) => Some(made),
                Err(e) => {
                    // What is there already goes before what is wrong with the parent.
                    let asked = Asked { ns, labels, lease };
                    self.store.write_ahead(true, |tx| self.may_create(tx, asked, key))??;
                    return Err(e);
                }
            },
            _ => None,
        };
        // What expires is worth nothing until something names it, and that waits for the disk.
        let ahead = gc::has_expiry(labels) || self.store.read(|c| gc::expires(c, ns, lease))?;
        let resource = format!("snapshots/{}", self.name);
        let out = self.store.write_ahead(ahead, |tx| {
            if let Err(e) = self.may_create(tx, Asked { ns, labels, lease }, key)? {
                return Ok(Err(e));
            }
            let below = match parent {
                "" => None,
                _ => Some(self.committed_parent(tx, ns, parent)?),
            };
            let dir = self.insert(tx, ns, key, parent, kind, labels)?;
            gc::hold(tx, ns, lease, &resource, key)?;
            let at = self.dir(dir);
            // Only a crash between the folder and the commit of its row leaves one here.
            if at.exists() {
                doom(&at)?;
            }
            match &copy {
                Some(made) => fs::rename(made, &at)?,
                None => make_layer(&at, below.map(|b| self.dir(b)).as_deref(), kind)
                    .map_err(|e| Error::from(e).context(format!("make {}", at.display())))?,
            }
            if let Some((uid, gid)) = owner.filter(|_| kind == Kind::Active) {
                chown(at.join("fs"), Some(uid), Some(gid))?;
            }
            self.mounts_of(tx, ns, &self.find(tx, ns, key)?).map(Ok)
        });
        let out = out.unwrap_or_else(Err);
        if let (Err(_), Some(made)) = (&out, &copy) {
            let _ = tree::remove(made);
        }
        out
    }

    /// Makes of the active snapshot `key` the committed one `name`; `key` is gone then.
    /// Where the snapshot was prepared on nothing, `parent` puts it on that one afterwards.
    pub fn commit(
        &self,
        ns: &str,
        name: &str,
        key: &str,
        parent: &str,
        labels: &Labels,
        lease: Option<&str>,
    ) -> Result<()> {
        check_labels(labels).map_err(|e| e.context("info.Labels"))?;
        if name.is_empty() {
            return Err(Error::invalid("snapshot name must not be empty: invalid argument"));
        }
        if let Some(proxy) = self.proxy() {
            return self.commit_there(proxy, Asked { ns, labels, lease }, name, key, parent);
        }
        let usage = match self.store.read(|c| self.find(c, ns, key)) {
            Ok(found) => tree::usage(&self.dir(found.dir).join("fs"))?,
            // Whether that is the reason to be told of, the transaction decides.
            Err(e) if e.kind == ErrorKind::NotFound => Usage::default(),
            Err(e) => return Err(e),
        };
        let ahead = self.store.read(|c| gc::expires(c, ns, lease))?;
        // What is no layer on its way has no blob to be made anew from: its files are on the disk before its row is.
        let unsynced = match ahead {
            true => clock::boot(),
            false => {
                self.sync()?;
                ""
            }
        };
        let resource = format!("snapshots/{}", self.name);
        let committed = self.store.write_ahead(ahead, |tx| {
            let found = match self.may_commit(tx, Asked { ns, labels, lease }, name, key)? {
                Ok(found) => found,
                Err(e) => return Ok(Err(e)),
            };
            let below = self.rebase(tx, ns, &found, parent)?;
            self.turn(tx, found.dir, Turned { name, parent: &below, labels, usage, unsynced })?;
            gc::let_go(tx, ns, lease, &resource, key)?;
            gc::hold(tx, ns, lease, &resource, name).map(Ok)
        });
        committed?
    }

    pub(super) fn check_absent(&self, c: &Connection, ns: &str, key: &str) -> Result<()> {
        match self.find(c, ns, key) {
            Ok(_) => Err(Error::already_exists(format!("snapshot {key:?}: already exists"))),
            Err(e) if e.kind == ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
        }
    }

    pub(super) fn committed_parent(&self, c: &Connection, ns: &str, parent: &str) -> Result<i64> {
        let found = self.find(c, ns, parent).map_err(|e| match e.kind {
            ErrorKind::NotFound => {
                Error::not_found(format!("parent snapshot {parent} does not exist: not found"))
            }
            _ => e,
        })?;
        if found.info.kind != Kind::Committed {
            return Err(Error::invalid(format!(
                "parent {parent:?} is not committed snapshot: invalid argument"
            )));
        }
        Ok(found.dir)
    }

    fn rebase(&self, c: &Connection, ns: &str, found: &Found, wanted: &str) -> Result<String> {
        let own = found.info.parent.as_str();
        match (own, wanted) {
            (_, "") => Ok(own.to_string()),
            ("", _) if matches!(self.driver, Driver::Overlay { .. }) => {
                let below = self.dir(self.committed_parent(c, ns, wanted)?).join("fs");
                let fs = self.dir(found.dir).join("fs");
                if fs.symlink_metadata()?.modified()? == untouched() {
                    look_like(&fs, &below)?;
                }
                Ok(wanted.to_string())
            }
            _ if own == wanted => Ok(own.to_string()),
            _ => Err(Error::invalid(format!(
                "cannot rebase snapshot from {own:?} to {wanted:?}: invalid argument"
            ))),
        }
    }

    pub(super) fn insert(
        &self,
        tx: &Transaction,
        ns: &str,
        key: &str,
        parent: &str,
        kind: Kind,
        labels: &Labels,
    ) -> Result<i64> {
        let sql = "INSERT INTO snapshots
             (namespace, snapshotter, key, kind, parent, labels, created_at, updated_at, unsynced)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)";
        let row =
            params![ns, self.name, key, kind as i64, parent, to_json(labels), clock::now(), self.mark()];
        tx.prepare_cached(sql)?.execute(row)?;
        Ok(tx.last_insert_rowid())
    }

    /// Whether a snapshot of this key may be made. Where what is to be unpacked in it is there already, that is held
    /// from now on, for who asked.
    pub(super) fn may_create(&self, tx: &Transaction, asked: Asked<'_>, key: &str) -> Result<Result<()>> {
        let held = |tx: &Transaction, key: &str| {
            gc::hold(tx, asked.ns, asked.lease, &format!("snapshots/{}", self.name), key)
        };
        if let Some(target) = asked.labels.get(REF_LABEL)
            && self.find(tx, asked.ns, target).is_ok()
        {
            held(tx, target)?;
            return Ok(Err(Error::already_exists(format!("target snapshot {target:?}: already exists"))));
        }
        match self.check_absent(tx, asked.ns, key) {
            Err(e) if e.kind == ErrorKind::AlreadyExists => held(tx, key).map(|()| Err(e)),
            other => other.map(Ok),
        }
    }

    /// The snapshot `key`, if it may be committed as `name`. Where another was faster, what that made is held for this
    /// one too.
    pub(super) fn may_commit(
        &self,
        tx: &Transaction,
        asked: Asked<'_>,
        name: &str,
        key: &str,
    ) -> Result<Result<Found>> {
        match self.check_absent(tx, asked.ns, name) {
            Err(e) if e.kind == ErrorKind::AlreadyExists => {
                gc::hold(tx, asked.ns, asked.lease, &format!("snapshots/{}", self.name), name)?;
                return Ok(Err(e));
            }
            other => other?,
        }
        let found = self.find(tx, asked.ns, key)?;
        if found.info.kind != Kind::Active {
            return Err(Error::precondition(format!("snapshot {key} is not active: failed precondition")));
        }
        Ok(Ok(found))
    }

    /// Makes of an active snapshot's row the committed one's.
    pub(super) fn turn(&self, tx: &Transaction, dir: i64, into: Turned<'_>) -> Result<()> {
        tx.execute(
            "UPDATE snapshots SET key = ?2, parent = ?3, kind = ?4, labels = ?5, size = ?6, inodes = ?7,
             created_at = ?8, updated_at = ?8, unsynced = ?9 WHERE dir = ?1",
            params![
                dir,
                into.name,
                into.parent,
                Kind::Committed as i64,
                to_json(into.labels),
                into.usage.size as i64,
                into.usage.inodes as i64,
                clock::now(),
                into.unsynced
            ],
        )?;
        Ok(())
    }

    pub(super) fn exists(&self, c: &Connection, dir: i64) -> Result<bool> {
        let sql = "SELECT 1 FROM snapshots WHERE dir = ?1 AND snapshotter = ?2";
        Ok(c.prepare_cached(sql)?.query_row(params![dir, self.name], |_| Ok(())).optional()?.is_some())
    }

    /// Copies the parent's tree to a folder that becomes the snapshot's.
    fn copy_parent(&self, ns: &str, labels: &Labels, key: &str, parent: &str) -> Result<PathBuf> {
        let below = self.store.read(|c| {
            self.check_absent(c, ns, key)?;
            labels.get(REF_LABEL).map_or(Ok(()), |target| self.check_absent(c, ns, target))?;
            match parent {
                "" => Ok(None),
                _ => self.committed_parent(c, ns, parent).map(Some),
            }
        })?;
        let made = tempfile::Builder::new().prefix(FILLING).tempdir_in(self.root.join("snapshots"))?;
        let fs = made.path().join("fs");
        DirBuilder::new().mode(0o755).create(&fs)?;
        if let Some(dir) = below {
            tree::copy(&self.dir(dir).join("fs"), &fs)?;
        }
        Ok(made.keep())
    }

    pub(super) fn lock(&self, how: FlockArg) -> Result<Flock<File>> {
        let path = self.root.join("lock");
        let file = File::options().create(true).append(true).open(&path)?;
        Flock::lock(file, how).map_err(|(_, e)| Error::from(e).context(format!("lock {}", path.display())))
    }

    pub(super) fn try_lock(&self) -> Result<Option<Flock<File>>> {
        let path = self.root.join("lock");
        let file = File::options().create(true).append(true).open(&path)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(lock)),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, e)) => Err(Error::from(e).context(format!("lock {}", path.display()))),
        }
    }
}

/// The labels that a committed snapshot takes over from the active one.
pub(super) fn inherited(labels: &Labels) -> Labels {
    labels
        .iter()
        .filter(|(key, _)| super::is_inherited(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Makes the folders of an overlay layer. The top folder of a container's root is the
/// uppermost layer's, so each new layer's looks as its parent's does.
pub(super) fn make_layer(at: &Path, parent: Option<&Path>, kind: Kind) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(at)?;
    let fs = at.join("fs");
    DirBuilder::new().mode(0o755).create(&fs)?;
    fs::set_permissions(&fs, fs::Permissions::from_mode(0o755))?;
    match parent {
        Some(parent) => look_like(&fs, &parent.join("fs"))?,
        None => File::open(&fs)?.set_modified(untouched())?,
    }
    if kind == Kind::Active {
        DirBuilder::new().mode(0o711).create(at.join("work"))?;
    }
    Ok(())
}

fn look_like(fs: &Path, other: &Path) -> std::io::Result<()> {
    let like = other.symlink_metadata()?;
    chown(fs, Some(like.uid()), Some(like.gid()))?;
    fs::set_permissions(fs, fs::Permissions::from_mode(like.mode() & 0o7777))?;
    let times = fs::FileTimes::new().set_accessed(like.accessed()?).set_modified(like.modified()?);
    File::open(fs)?.set_times(times)
}
