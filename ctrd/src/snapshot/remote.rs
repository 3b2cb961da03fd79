//! Snapshots that a server behind a socket keeps. Their rows are here, as those of every snapshotter are;
//! the server knows each by a name that no other has, `<namespace>/<number>/<key>`.
//!
//! A name is written down before the server hears of it, and struck out when it is gone there. What has
//! no row any more, or never got one, is removed by [`Snapshotter::cleanup`]:
//!
//! ```text
//! name, no row ─▶ Prepare ─▶ name of a row ─▶ … ─▶ name, no row ─▶ Remove ─▶ nothing
//! ```

use std::sync::Arc;

use nix::fcntl::FlockArg;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::change::{Turned, inherited};
use super::{Driver, Found, Kind, Mount, REF_LABEL, Snapshotter, Usage};
use crate::api::snapshots as api;
use crate::client::remote::Remote;
use crate::clock;
use crate::config;
use crate::content::Labels;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::gc;
use crate::service::message;
use crate::store::Store;

/// Whose snapshot is made, what it says of itself, and what is to hold it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub ns: &'a str,
    pub labels: &'a Labels,
    pub lease: Option<&'a str>,
}

/// The server, and what it can do beyond what every snapshotter does.
#[derive(Clone)]
pub struct Proxy {
    remote: Remote,
    /// What the server calls it.
    name: String,
    pub(super) capabilities: Vec<String>,
}

impl Snapshotter {
    /// The snapshotter of this name that a server does the work of.
    pub fn remote(
        root: &std::path::Path,
        name: &'static str,
        store: Arc<Store>,
        remote: Remote,
        proxy: &config::Proxy,
    ) -> Result<Snapshotter> {
        let capabilities = proxy.capabilities.clone();
        let proxy = Proxy { remote, name: proxy.there(name), capabilities };
        Self::open(root, name, store, Driver::Remote(proxy))
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        match &self.driver {
            Driver::Remote(proxy) => Some(proxy),
            _ => None,
        }
    }

    pub(super) fn create_there(
        &self,
        proxy: &Proxy,
        asked: Asked<'_>,
        key: &str,
        parent: &str,
        kind: Kind,
    ) -> Result<Vec<Mount>> {
        let Asked { ns, labels, lease } = asked;
        let _making = self.lock(FlockArg::LockShared)?;
        let resource = format!("snapshots/{}", self.name);
        let target = labels.get(REF_LABEL);
        let begun = self.store.write(|tx| {
            if let Err(e) = self.may_create(tx, asked, key)? {
                return Ok(Err(e));
            }
            let below = self.below(tx, ns, parent)?;
            Ok(Ok((self.announce(tx, ns, key)?, below)))
        })?;
        let (name, below) = begun?;
        let given = message::map(inherited(labels));
        let mounts = match proxy.make(&proxy.name, ns, &name, &below, kind, given) {
            Ok(mounts) => mounts,
            Err(e) => {
                self.strike(&name)?;
                // It has at once what was to be unpacked there.
                if let (ErrorKind::AlreadyExists, Some(target)) = (e.kind, target) {
                    self.adopt(proxy, asked, target, parent, &below)?;
                }
                return Err(e.context(format!("snapshotter {}", self.name)));
            }
        };
        self.store.write(|tx| {
            self.check_absent(tx, ns, key)?;
            let dir = self.insert(tx, ns, key, parent, kind, labels)?;
            self.name_row(tx, &name, dir)?;
            gc::hold(tx, ns, lease, &resource, key)
        })?;
        Ok(mounts)
    }

    /// Takes a snapshot that the server made by itself into the metadata: the committed one that bears
    /// the name of the `target`.
    fn adopt(&self, proxy: &Proxy, asked: Asked<'_>, target: &str, parent: &str, below: &str) -> Result<()> {
        let Asked { ns, labels, lease } = asked;
        let found = proxy.list(&proxy.name, ns, &format!("labels.{REF_LABEL:?}=={target:?}"))?;
        let found = found.into_iter().find(|info| {
            info.kind == api::Kind::Committed as i32
                && info.parent == below
                && info.labels.get(REF_LABEL).map(String::as_str) == Some(target)
        });
        let Some(found) = found else {
            let text = format!("snapshotter {}: target snapshot {target:?} in backend: not found", self.name);
            return Err(Error::not_found(text));
        };
        let mut all: Labels = found.labels.into_iter().collect();
        all.extend(labels.clone());
        self.store.write(|tx| {
            if self.find(tx, ns, target).is_err() {
                let dir = self.insert(tx, ns, target, parent, Kind::Committed, &all)?;
                tx.execute(
                    "INSERT OR REPLACE INTO remote_names (snapshotter, name, namespace) VALUES (?1, ?2, ?3)",
                    params![self.name, found.name, ns],
                )?;
                self.name_row(tx, &found.name, dir)?;
            }
            gc::hold(tx, ns, lease, &format!("snapshots/{}", self.name), target)
        })
    }

    pub(super) fn commit_there(
        &self,
        proxy: &Proxy,
        asked: Asked<'_>,
        name: &str,
        key: &str,
        parent: &str,
    ) -> Result<()> {
        let Asked { ns, labels, lease } = asked;
        let _making = self.lock(FlockArg::LockShared)?;
        let resource = format!("snapshots/{}", self.name);
        let begun = self.store.write(|tx| {
            let found = match self.may_commit(tx, asked, name, key)? {
                Ok(found) => found,
                Err(e) => return Ok(Err(e)),
            };
            let rebased = found.info.parent.is_empty() && !parent.is_empty();
            let may = proxy.capabilities.iter().any(|can| can == "rebase");
            if (rebased && !may) || (!rebased && !parent.is_empty() && parent != found.info.parent) {
                let own = &found.info.parent;
                let text = format!("cannot rebase snapshot from {own:?} to {parent:?}: invalid argument");
                return Err(Error::invalid(text));
            }
            let below = if rebased { self.below(tx, ns, parent)? } else { String::new() };
            let above = if rebased { parent.to_string() } else { found.info.parent.clone() };
            Ok(Ok((self.name_of(tx, &found)?, self.announce(tx, ns, name)?, below, above, found)))
        })?;
        let (old, new, below, above, found) = begun?;
        let committed = proxy.commit(&proxy.name, ns, &new, &old, &below, message::map(inherited(labels)));
        if let Err(e) = committed {
            self.strike(&new)?;
            return Err(e.context(format!("snapshotter {}", self.name)));
        }
        // Of one that cannot tell it is asked again when somebody wants to know.
        let usage = proxy.usage(&proxy.name, ns, &new).unwrap_or_default();
        self.store.write(|tx| {
            self.check_absent(tx, ns, name)?;
            self.turn(tx, found.dir, Turned { name, parent: &above, labels, usage, unsynced: "" })?;
            let sql = "DELETE FROM remote_names WHERE snapshotter = ?1 AND name = ?2";
            tx.execute(sql, params![self.name, old])?;
            self.name_row(tx, &new, found.dir)?;
            gc::let_go(tx, ns, lease, &resource, key)?;
            gc::hold(tx, ns, lease, &resource, name)
        })
    }

    pub(super) fn mounts_there(&self, proxy: &Proxy, ns: &str, found: &Found) -> Result<Vec<Mount>> {
        let name = self.store.read(|c| self.name_of(c, found))?;
        let request = api::MountsRequest { snapshotter: proxy.name.clone(), key: name };
        let mut client = proxy.remote.client(ns)?.snapshots();
        Ok(message::mounts_from(proxy.remote.wait(client.mounts(request))?.mounts))
    }

    pub(super) fn usage_there(&self, proxy: &Proxy, ns: &str, found: &Found) -> Result<Usage> {
        let name = self.store.read(|c| self.name_of(c, found))?;
        proxy.usage(&proxy.name, ns, &name)
    }

    /// Removes at the server what has no row here.
    pub(super) fn cleanup_there(&self, proxy: &Proxy) -> Result<()> {
        // Somebody is just making one: the next time.
        let Some(_alone) = self.try_lock()? else { return Ok(()) };
        let mut left: Vec<(String, String)> = self.store.read(|c| {
            let sql = "SELECT namespace, name FROM remote_names WHERE snapshotter = ?1 AND dir IS NULL";
            let mut query = c.prepare_cached(sql)?;
            let rows = query.query_map([self.name], |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        // What others are built on goes when they have gone.
        loop {
            let before = left.len();
            let mut refused = Ok(());
            let mut kept = Vec::new();
            for (ns, name) in left {
                match proxy.remove(&proxy.name, &ns, &name) {
                    Ok(()) => self.strike(&name)?,
                    Err(e) => {
                        refused = Err(e.context(format!("snapshotter {}: remove {name}", self.name)));
                        kept.push((ns, name));
                    }
                }
            }
            left = kept;
            if let Err(e) = refused
                && left.len() == before
            {
                // A server that is not there must not keep the rest from being collected.
                tracing::warn!("{e}");
                return Ok(());
            }
            if left.is_empty() {
                return Ok(());
            }
        }
    }

    /// What the parent is called there.
    fn below(&self, c: &Connection, ns: &str, parent: &str) -> Result<String> {
        if parent.is_empty() {
            return Ok(String::new());
        }
        self.committed_parent(c, ns, parent)?;
        let found = self.find(c, ns, parent)?;
        self.name_of(c, &found)
    }

    fn name_of(&self, c: &Connection, found: &Found) -> Result<String> {
        let sql = "SELECT name FROM remote_names WHERE snapshotter = ?1 AND dir = ?2";
        let name =
            c.prepare_cached(sql)?.query_row(params![self.name, found.dir], |r| r.get(0)).optional()?;
        let missing = || format!("snapshot {}: it has no name at the server: not found", found.info.key);
        name.ok_or_else(|| Error::not_found(missing()))
    }

    /// Writes a new name down, before anything of it is there.
    fn announce(&self, tx: &Transaction, ns: &str, key: &str) -> Result<String> {
        let name = format!("{ns}/{}/{key}", clock::now());
        let sql = "INSERT INTO remote_names (snapshotter, name, namespace) VALUES (?1, ?2, ?3)";
        tx.execute(sql, params![self.name, name, ns])?;
        Ok(name)
    }

    fn name_row(&self, tx: &Transaction, name: &str, dir: i64) -> Result<()> {
        let sql = "UPDATE remote_names SET dir = ?3 WHERE snapshotter = ?1 AND name = ?2";
        tx.execute(sql, params![self.name, name, dir])?;
        Ok(())
    }

    pub(super) fn strike(&self, name: &str) -> Result<()> {
        let sql = "DELETE FROM remote_names WHERE snapshotter = ?1 AND name = ?2 AND dir IS NULL";
        self.store.write(|tx| Ok(tx.execute(sql, params![self.name, name])?)).map(drop)
    }
}

type Words = std::collections::HashMap<String, String>;

/// The calls.
impl Proxy {
    fn make(
        &self,
        snapshotter: &str,
        ns: &str,
        key: &str,
        parent: &str,
        kind: Kind,
        labels: Words,
    ) -> Result<Vec<Mount>> {
        let mut client = self.remote.client(ns)?.snapshots();
        let (snapshotter, key, parent) = (snapshotter.to_string(), key.to_string(), parent.to_string());
        let mounts = match kind {
            Kind::View => {
                let request = api::ViewSnapshotRequest { snapshotter, key, parent, labels };
                self.remote.wait(client.view(request))?.mounts
            }
            _ => {
                let request = api::PrepareSnapshotRequest { snapshotter, key, parent, labels };
                self.remote.wait(client.prepare(request))?.mounts
            }
        };
        Ok(message::mounts_from(mounts))
    }

    fn commit(
        &self,
        snapshotter: &str,
        ns: &str,
        name: &str,
        key: &str,
        parent: &str,
        labels: Words,
    ) -> Result<()> {
        let mut client = self.remote.client(ns)?.snapshots();
        let request = api::CommitSnapshotRequest {
            snapshotter: snapshotter.into(),
            name: name.into(),
            key: key.into(),
            labels,
            parent: parent.into(),
        };
        self.remote.wait(client.commit(request))
    }

    fn usage(&self, snapshotter: &str, ns: &str, key: &str) -> Result<Usage> {
        let mut client = self.remote.client(ns)?.snapshots();
        let request = api::UsageRequest { snapshotter: snapshotter.into(), key: key.into() };
        let usage = self.remote.wait(client.usage(request))?;
        Ok(Usage { size: usage.size.max(0) as u64, inodes: usage.inodes.max(0) as u64 })
    }

    /// Removes one; it need not be there.
    pub(super) fn remove(&self, snapshotter: &str, ns: &str, key: &str) -> Result<()> {
        let mut client = self.remote.client(ns)?.snapshots();
        let request = api::RemoveSnapshotRequest { snapshotter: snapshotter.into(), key: key.into() };
        match self.remote.wait(client.remove(request)) {
            Err(e) if e.kind != ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    fn list(&self, snapshotter: &str, ns: &str, filter: &str) -> Result<Vec<api::Info>> {
        let mut client = self.remote.client(ns)?.snapshots();
        let request =
            api::ListSnapshotsRequest { snapshotter: snapshotter.into(), filters: vec![filter.into()] };
        self.remote.block_on(async {
            let mut stream = crate::client::remote::answer(client.list(request).await)?;
            let mut all = Vec::new();
            while let Some(batch) = stream.message().await.map_err(crate::client::failure)? {
                all.extend(batch.info);
            }
            Ok(all)
        })
    }
}
