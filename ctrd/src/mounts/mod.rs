//! Mounts that the server makes for clients and keeps until they are let go of.
//!
//! ```text
//! <state>/io.containerd.mount-manager.v1.sqlite/t/<number>/<n>    the n-th mount of an activation
//! ```
//!
//! A row in the metadata comes before the folder and goes before it: a folder that no row speaks of
//! is what a crash left, and a row without its folder is from before the machine started.

mod image;
mod transform;

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::mount::{MntFlags, umount2};
use prost::Message;
use rusqlite::{Connection, OptionalExtension, params};

use crate::api::types::{ActivationInfo, ActiveMount};
use crate::clock;
use crate::content::{Labels, check_labels, make_dir};
use crate::error::{Error, Kind, Result};
use crate::filter::{Fields, entry, present};
use crate::gc::is_led_to;
use crate::service::message;
use crate::snapshot::Mount;
use crate::store::Store;
use crate::timestamp;

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
        Ok(Mounts { store, targets, root: root.into() })
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
        let number = self.store.write(|tx| enter(tx, ns, name, lease))?;
        let dir = self.targets.join(number.to_string());
        let mut info =
            ActivationInfo { name: name.into(), labels: message::map(labels), ..Default::default() };
        let made = self.make(&dir, plan, temporary, &mut info).and_then(|()| {
            self.store.write(|tx| {
                let sql = "UPDATE mounts SET record = ?2 WHERE number = ?1";
                Ok(tx.execute(sql, params![number, info.encode_to_vec()])?)
            })
        });
        match made {
            Ok(_) => Ok(info),
            Err(e) => {
                self.store.write(|tx| Ok(tx.execute("DELETE FROM mounts WHERE number = ?1", [number])?))?;
                remove(&dir)?;
                Err(e.context(format!("activate {name}")))
            }
        }
    }

    fn make(&self, dir: &Path, plan: Plan, temporary: bool, info: &mut ActivationInfo) -> Result<()> {
        make_dir(dir)?;
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

    /// Unmounts what was made under that name, the last first.
    pub fn deactivate(&self, ns: &str, name: &str) -> Result<()> {
        let number = self.store.write(|tx| {
            let sql = "DELETE FROM mounts WHERE namespace = ?1 AND name = ?2 RETURNING number";
            let number = tx.query_row(sql, [ns, name], |r| r.get::<_, i64>(0)).optional()?;
            number.ok_or_else(|| missing(name))
        })?;
        remove(&self.targets.join(number.to_string()))
    }

    pub fn info(&self, ns: &str, name: &str) -> Result<ActivationInfo> {
        self.store.read(|c| {
            let sql = "SELECT record FROM mounts WHERE namespace = ?1 AND name = ?2 AND length(record) > 0";
            let record = c.query_row(sql, [ns, name], |r| r.get::<_, Vec<u8>>(0)).optional()?;
            decode(name, &record.ok_or_else(|| missing(name))?)
        })
    }

    /// Sets the labels named by `paths`, or all of them; nothing else of an activation can change.
    pub fn update(&self, ns: &str, from: ActivationInfo, paths: &[String]) -> Result<ActivationInfo> {
        let mut info = self.info(ns, &from.name)?;
        let mut labels = message::labels(info.labels);
        let object = format!("mount {:?}", from.name);
        crate::content::merge_labels(&object, &mut labels, &message::labels(from.labels), paths)?;
        info.labels = message::map(labels);
        self.store.write(|tx| {
            let sql = "UPDATE mounts SET record = ?3 WHERE namespace = ?1 AND name = ?2";
            match tx.execute(sql, params![ns, info.name, info.encode_to_vec()])? {
                0 => Err(missing(&info.name)),
                _ => Ok(()),
            }
        })?;
        Ok(info)
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
    /// under, and by any object that its labels have lead to it; what never had either stays until it is let go of.
    pub fn collect(&self) -> Result<()> {
        for number in self.store.read(unheld)? {
            // Looked at once more, for what was labelled meanwhile.
            self.store.write(|tx| {
                let still = unheld(tx)?.contains(&number);
                Ok(still && tx.execute("DELETE FROM mounts WHERE number = ?1", [number])? > 0)
            })?;
        }
        for entry in fs::read_dir(&self.targets)? {
            let entry = entry?;
            // The row is there before the folder is.
            if let Ok(number) = entry.file_name().to_string_lossy().parse::<i64>()
                && !self.store.read(|c| known(c, number))?
            {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Forgets what was mounted before the machine started.
    pub fn recover(&self) -> Result<()> {
        let numbers: Vec<i64> = self.store.read(|c| {
            let mut query = c.prepare_cached("SELECT number FROM mounts")?;
            let numbers = query.query_map([], |r| r.get(0))?;
            Ok(numbers.collect::<rusqlite::Result<_>>()?)
        })?;
        for number in numbers {
            if !self.targets.join(number.to_string()).exists() {
                self.store.write(|tx| Ok(tx.execute("DELETE FROM mounts WHERE number = ?1", [number])?))?;
            }
        }
        Ok(())
    }
}

/// The mounts whose lease is gone, and that none of what they name by their labels holds.
fn unheld(c: &Connection) -> Result<Vec<i64>> {
    let mut query = c.prepare_cached(
        "SELECT number, namespace, record, lease IS NOT NULL,
           EXISTS (SELECT 1 FROM leases WHERE leases.namespace = mounts.namespace AND leases.id = mounts.lease)
         FROM mounts",
    )?;
    let mut rows = query.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, ns): (i64, String) = (row.get(0)?, row.get(1)?);
        let (record, leased, held): (Vec<u8>, bool, bool) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let labels = message::labels(decode(&number.to_string(), &record)?.labels);
        let led_to = if held { Some(true) } else { is_led_to(c, &ns, &labels)? };
        if !led_to.unwrap_or(!leased) {
            out.push(number);
        }
    }
    Ok(out)
}

/// Takes the name; one that another server died over is free again.
fn enter(c: &Connection, ns: &str, name: &str, lease: Option<&str>) -> Result<i64> {
    c.execute("DELETE FROM mounts WHERE namespace = ?1 AND name = ?2 AND length(record) = 0", [ns, name])?;
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

fn known(c: &Connection, number: i64) -> Result<bool> {
    Ok(c.prepare_cached("SELECT 1 FROM mounts WHERE number = ?1")?.exists([number])?)
}

/// Unmounts all in the folder of an activation and removes it; never through a mount.
fn remove(dir: &Path) -> Result<()> {
    let at = |e: std::io::Error| Error::from(e).context(format!("unmount {}", dir.display()));
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(at)?,
    };
    let mut targets: Vec<PathBuf> =
        entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>().map_err(at)?;
    targets.sort();
    for target in targets.iter().rev() {
        if let Ok(device) = fs::read_link(target) {
            // After a restart of the machine there is none.
            if let Err(e) = image::detach(&device) {
                tracing::warn!("{e}");
            }
            fs::remove_file(target).map_err(at)?;
            continue;
        }
        loop {
            match umount2(target, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW) {
                Ok(()) => {}
                // Nothing, or nothing more, is mounted there.
                Err(nix::errno::Errno::EINVAL | nix::errno::Errno::ENOENT) => break,
                Err(e) => return Err(at(e.into())),
            }
        }
        fs::remove_dir(target).map_err(at)?;
    }
    fs::remove_dir(dir).map_err(at)
}

fn missing(name: &str) -> Error {
    Error::not_found(format!("mount {name:?}: not found"))
}

fn decode(name: &str, record: &[u8]) -> Result<ActivationInfo> {
    ActivationInfo::decode(record)
        .map_err(|e| Error::unknown(format!("mount {name:?}: record in the metadata: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::leases;

    /// Each of them mounted: what a collection leaves is what is held.
    #[test]
    fn what_nothing_holds_is_let_go_of() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&dir.path().join("meta.db"), crate::store::PATIENCE).unwrap());
        let mounts = Mounts::open(dir.path(), dir.path(), store.clone()).unwrap();
        store.write(|tx| leases::create(tx, "n", "l", Labels::new())).unwrap();
        let image = "INSERT INTO images (namespace, name, target, created_at, updated_at)
                     VALUES ('n', 'i', '{}', 0, 0)";
        store.write(|tx| Ok(tx.execute(image, [])?)).unwrap();
        let source = dir.path().display().to_string();
        let tmpfs = Mount { kind: "tmpfs".into(), source, ..Mount::default() };
        for (name, label, lease) in [
            ("leased", "other", Some("l")),
            ("both", "containerd.io/gc.bref.image.x", Some("l")),
            ("led-to", "containerd.io/gc.bref.image", None),
            ("free", "other", None),
        ] {
            let labels = Labels::from([(label.to_string(), "i".to_string())]);
            mounts.activate("n", name, vec![tmpfs.clone()], labels, true, lease).unwrap();
        }
        let left = || -> Vec<String> {
            mounts.collect().unwrap();
            let left = mounts.list("n", |_| true).unwrap();
            assert_eq!(fs::read_dir(&mounts.targets).unwrap().count(), left.len());
            left.into_iter().map(|info| info.name).collect()
        };
        assert_eq!(left(), ["both", "free", "leased", "led-to"]);
        store.write(|tx| leases::delete(tx, "n", "l")).unwrap();
        assert_eq!(left(), ["both", "free", "led-to"]);
        store.write(|tx| Ok(tx.execute("DELETE FROM images", [])?)).unwrap();
        assert_eq!(left(), ["free"]);
        mounts.deactivate("n", "free").unwrap();
        assert_eq!(left(), [] as [&str; 0]);
    }
}
