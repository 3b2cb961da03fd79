//! Mounts that the server makes for clients and keeps until they are let go of.
//!
//! ```text
//! <state>/io.containerd.mount-manager.v1.sqlite/t/<number>/<n>    the n-th mount of an activation
//! ```
//!
//! A row and its folder are made in one transaction, and the row goes before the folder: a folder that no row speaks
//! of is what a crash left, and a row without its folder is from before the machine started. While an activation is
//! under way its row has no record, and its folder is locked (`flock`); the kernel drops the lock with the process, so
//! that a row without a record whose folder nobody holds is that of a server that died.

mod folder;
mod held;
mod image;
mod transform;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use prost::Message;
use rusqlite::{Connection, OptionalExtension, params};

use crate::api::types::{ActivationInfo, ActiveMount};
use crate::clock;
use crate::content::{Labels, check_labels, make_dir};
use crate::error::{Error, Kind, Result};
use crate::filter::{Fields, entry, present};
use crate::service::message;
use crate::snapshot::Mount;
use crate::store::Store;
use crate::timestamp;

use folder::{Claim, claim, remove, wait};
use held::Led;
use transform::Plan;

/// Below the state, as containerd's is called.
pub const DIR: &str = "io.containerd.mount-manager.v1.sqlite";

/// More than this in one activation nobody needs.
const MAX: usize = 255;

/// The keeper of mounts. Cheap to clone.
#[derive(Clone)]
pub struct Mounts {
    store: Arc<Store>,
    targets: PathBuf,
    /// The folder below which directories may be made.
    root: PathBuf,
    /// The rows of which it was told that they cannot be read.
    told: Arc<Mutex<HashSet<i64>>>,
}

/// An activation that is under way.
struct Begun {
    number: i64,
    dir: PathBuf,
    _claim: Claim,
}

impl Fields for ActivationInfo {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["name"] => present(&self.name),
            ["labels", key @ ..] => entry(&self.labels, key),
            _ => None,
        }
    }
}

impl Mounts {
    pub fn open(root: &Path, state: &Path, store: Arc<Store>) -> Result<Mounts> {
        let targets = state.join(DIR).join("t");
        make_dir(&targets)?;
        Ok(Mounts { store, targets, root: root.into(), told: Arc::default() })
    }

    /// Makes those of the mounts that only this program can make, or all of them for a `temporary`
    /// activation; the others are for whoever asked. `Unimplemented` where he can make all himself.
    pub fn activate(
        &self,
        ns: &str,
        name: &str,
        mounts: Vec<Mount>,
        labels: Labels,
        temporary: bool,
        lease: Option<&str>,
    ) -> Result<ActivationInfo> {
        if name.is_empty() {
            return Err(Error::invalid("mount name must not be empty: invalid argument"));
        }
        if mounts.len() > MAX {
            return Err(Error::invalid(format!("mount {name}: more than {MAX} mounts: invalid argument")));
        }
        check_labels(&labels)?;
        let plan = Plan::of(mounts, temporary)?;
        if plan.ours.is_empty() && plan.last.is_none() {
            let text = format!("mount {name}: nothing that only the server can do: not implemented");
            return Err(Error::new(Kind::Unimplemented, text));
        }
        let begun = self.begin(ns, name, lease)?;
        let mut info =
            ActivationInfo { name: name.into(), labels: message::map(labels), ..Default::default() };
        let made = self.make(&begun.dir, plan, temporary, &mut info).and_then(|()| self.keep(&begun, &info));
        match made {
            Ok(()) => Ok(info),
            Err(e) => {
                self.undo(&begun);
                Err(e.context(format!("activate {name}")))
            }
        }
    }

    /// Takes the name, and makes the folder; what another server died over goes.
    fn begin(&self, ns: &str, name: &str, lease: Option<&str>) -> Result<Begun> {
        let (begun, dead) = self.store.write(|tx| {
            let dead = self.dead(tx, ns, name)?;
            let number = enter(tx, ns, name, lease)?;
            let dir = self.folder(number);
            make_dir(&dir)?;
            let busy = || Error::new(Kind::Unavailable, format!("{}: somebody removes it", dir.display()));
            let _claim = claim(&dir)?.ok_or_else(busy)?;
            Ok((Begun { number, dir, _claim }, dead))
        })?;
        if let Some((dir, _claim)) = dead
            && let Err(e) = remove(&dir)
        {
            // The next collection finds it.
            tracing::warn!("activate {name}: what a server left that died: {e}");
        }
        Ok(begun)
    }

    /// Frees a name that another server died over. Its folder is to be removed, and is claimed until then.
    fn dead(&self, tx: &Connection, ns: &str, name: &str) -> Result<Option<(PathBuf, Claim)>> {
        let sql = "SELECT number FROM mounts WHERE namespace = ?1 AND name = ?2 AND length(record) = 0";
        let number: Option<i64> = tx.query_row(sql, [ns, name], |r| r.get(0)).optional()?;
        let Some(number) = number else { return Ok(None) };
        let dir = self.folder(number);
        let Some(claim) = claim(&dir)? else { return Ok(None) };
        tx.execute("DELETE FROM mounts WHERE number = ?1", [number])?;
        Ok(Some((dir, claim)))
    }

    /// Says what was made, for all to find.
    fn keep(&self, begun: &Begun, info: &ActivationInfo) -> Result<()> {
        self.store.write(|tx| {
            let sql = "UPDATE mounts SET record = ?2 WHERE number = ?1";
            match tx.execute(sql, params![begun.number, info.encode_to_vec()])? {
                0 => Err(Error::new(Kind::Aborted, "deactivated meanwhile")),
                _ => Ok(()),
            }
        })
    }

    /// Unmounts what a failed activation has made so far, and frees the name.
    fn undo(&self, begun: &Begun) {
        let forgotten = self.store.write(|tx| {
            let sql = "DELETE FROM mounts WHERE number = ?1";
            Ok(tx.execute(sql, [begun.number])?)
        });
        // What fails here the next collection does, once this process lets go of the folder.
        if let Err(e) = forgotten.and_then(|_| remove(&begun.dir)) {
            tracing::warn!("undo an activation: {e}");
        }
    }

    fn folder(&self, number: i64) -> PathBuf {
        self.targets.join(number.to_string())
    }

    fn make(&self, dir: &Path, plan: Plan, temporary: bool, info: &mut ActivationInfo) -> Result<()> {
        for (n, step) in plan.ours.into_iter().enumerate() {
            let mount = step.resolve(&info.active, &self.root)?;
            let target = dir.join(format!("{:03}", n + 1));
            if mount.kind == image::LOOP {
                image::attach(&mount, &target)?;
            } else {
                make_dir(&target)?;
                mount.mount(&target)?;
            }
            info.active.push(ActiveMount {
                mount: message::mounts(vec![mount]).pop(),
                mounted_at: Some(timestamp::to_proto(clock::now())),
                mount_point: target.display().to_string(),
                data: Default::default(),
            });
        }
        let mut system = Vec::new();
        if let Some(step) = plan.last {
            system.push(step.resolve(&info.active, &self.root)?);
        }
        system.extend(plan.rest);
        if let (true, Some(last)) = (temporary, info.active.last()) {
            let options = vec!["rbind".to_string()];
            system.push(Mount {
                kind: "bind".into(),
                source: last.mount_point.clone(),
                options,
                ..Mount::default()
            });
        }
        info.system = message::mounts(system);
        Ok(())
    }

    /// Unmounts what was made under that name, the last first. What is under way yet fails, and undoes itself.
    pub fn deactivate(&self, ns: &str, name: &str) -> Result<()> {
        let (number, made) = self.store.write(|tx| {
            let sql =
                "DELETE FROM mounts WHERE namespace = ?1 AND name = ?2 RETURNING number, length(record) > 0";
            let row = tx.query_row(sql, [ns, name], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, bool>(1)?)));
            row.optional()?.ok_or_else(|| missing(name))
        })?;
        let dir = self.folder(number);
        // A collection may be at it, now that there is no row: what it detaches might be another's device by then.
        let claim = if made { Some(wait(&dir)?) } else { claim(&dir)? };
        if claim.is_some() { remove(&dir) } else { Ok(()) }
    }

    pub fn info(&self, ns: &str, name: &str) -> Result<ActivationInfo> {
        self.store.read(|c| find(c, ns, name))
    }

    /// Sets the labels named by `paths`, or all of them; nothing else of an activation can change.
    pub fn update(&self, ns: &str, from: ActivationInfo, paths: &[String]) -> Result<ActivationInfo> {
        let object = format!("mount {:?}", from.name);
        let new = message::labels(from.labels);
        self.store.write(|tx| {
            let mut info = find(tx, ns, &from.name)?;
            let mut labels = message::labels(std::mem::take(&mut info.labels));
            crate::content::merge_labels(&object, &mut labels, &new, paths)?;
            info.labels = message::map(labels);
            let sql = "UPDATE mounts SET record = ?3 WHERE namespace = ?1 AND name = ?2";
            tx.execute(sql, params![ns, info.name, info.encode_to_vec()])?;
            Ok(info)
        })
    }

    /// The activations of a namespace that `keep` accepts, by name.
    pub fn list(&self, ns: &str, keep: impl Fn(&ActivationInfo) -> bool) -> Result<Vec<ActivationInfo>> {
        self.store.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT name, record FROM mounts WHERE namespace = ?1 AND length(record) > 0 ORDER BY name",
            )?;
            let rows = query.query_map([ns], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Vec<u8>>(1)?)))?;
            let all =
                rows.map(|row| row.map_err(Error::from).and_then(|(name, record)| decode(&name, &record)));
            Ok(all.collect::<Result<Vec<_>>>()?.into_iter().filter(|info| keep(info)).collect())
        })
    }

    /// Lets go of what nothing holds any more, and of what a crash left. A mount is held by the lease that it was made
    /// under, by any object that its labels have lead to it, and by any whose labels lead to it. As containerd's
    /// collector does, which leaves alone what is under way. One that cannot be collected keeps no other from it.
    pub fn collect(&self) -> Result<()> {
        let mut failed = None;
        let mut note = |done: Result<()>| {
            if let Err(e) = done
                && failed.get_or_insert_with(|| e.clone()).message != e.message
            {
                tracing::warn!("collect mounts: {e}");
            }
        };
        let looked = self.store.view(|c| {
            let mut led = Led::default();
            let each = numbers(c)?.into_iter().map(|number| (number, self.is_free(c, number, &mut led)));
            Ok(each.collect::<Vec<_>>())
        })?;
        for (number, free) in looked {
            note(free.and_then(|free| if free { self.collect_row(number) } else { Ok(()) }));
        }
        for entry in fs::read_dir(&self.targets)? {
            if let Ok(number) = entry?.file_name().to_string_lossy().parse::<i64>() {
                note(self.collect_folder(number));
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Lets go of what was found to be free.
    fn collect_row(&self, number: i64) -> Result<()> {
        let dir = self.folder(number);
        let Some(_claim) = claim(&dir)? else { return Ok(()) };
        let gone = self.store.write(|tx| {
            // Looked at once more, for what was made or labelled meanwhile.
            let free = self.is_free(tx, number, &mut Led::default())?;
            Ok(free && tx.execute("DELETE FROM mounts WHERE number = ?1", [number])? > 0)
        })?;
        if gone { remove(&dir) } else { Ok(()) }
    }

    fn collect_folder(&self, number: i64) -> Result<()> {
        if self.store.read(|c| known(c, number))? {
            return Ok(());
        }
        let dir = self.folder(number);
        // In a transaction, for a folder is made in that of its row.
        let claim = self.store.write(|tx| if known(tx, number)? { Ok(None) } else { claim(&dir) })?;
        if claim.is_some() { remove(&dir) } else { Ok(()) }
    }

    /// Whether nothing holds what a row speaks of, if there is one; of one that is under way only its lock says so.
    fn is_free(&self, c: &Connection, number: i64, led: &mut Led) -> Result<bool> {
        let told = |e| {
            if self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(number) {
                tracing::warn!("collect mounts: {e}");
            }
        };
        Ok(!held::is_held(c, number, led, told)?)
    }

    /// Forgets what was mounted before the machine started.
    pub fn recover(&self) -> Result<()> {
        for number in self.store.read(numbers)? {
            if !self.folder(number).exists() {
                self.store.write(|tx| Ok(tx.execute("DELETE FROM mounts WHERE number = ?1", [number])?))?;
            }
        }
        Ok(())
    }
}

/// Takes the name.
fn enter(c: &Connection, ns: &str, name: &str, lease: Option<&str>) -> Result<i64> {
    if let Some(lease) = lease
        && !c.prepare_cached("SELECT 1 FROM leases WHERE namespace = ?1 AND id = ?2")?.exists([ns, lease])?
    {
        return Err(Error::not_found(format!("lease {lease}: not found")));
    }
    let sql = "INSERT OR IGNORE INTO mounts (namespace, name, lease, record) VALUES (?1, ?2, ?3, x'')";
    match c.execute(sql, params![ns, name, lease])? {
        0 => Err(Error::already_exists(format!("mount {name:?}: already exists"))),
        _ => Ok(c.last_insert_rowid()),
    }
}

fn find(c: &Connection, ns: &str, name: &str) -> Result<ActivationInfo> {
    let sql = "SELECT record FROM mounts WHERE namespace = ?1 AND name = ?2 AND length(record) > 0";
    let record = c.query_row(sql, [ns, name], |r| r.get::<_, Vec<u8>>(0)).optional()?;
    decode(name, &record.ok_or_else(|| missing(name))?)
}

fn numbers(c: &Connection) -> Result<Vec<i64>> {
    let mut query = c.prepare_cached("SELECT number FROM mounts ORDER BY number")?;
    let numbers = query.query_map([], |r| r.get(0))?;
    Ok(numbers.collect::<rusqlite::Result<_>>()?)
}

fn known(c: &Connection, number: i64) -> Result<bool> {
    Ok(c.prepare_cached("SELECT 1 FROM mounts WHERE number = ?1")?.exists([number])?)
}

fn missing(name: &str) -> Error {
    Error::not_found(format!("mount {name:?}: not found"))
}

fn decode(name: &str, record: &[u8]) -> Result<ActivationInfo> {
    ActivationInfo::decode(record)
        .map_err(|e| Error::unknown(format!("mount {name:?}: record in the metadata: {e}")))
}

#[cfg(test)]
mod tests;
