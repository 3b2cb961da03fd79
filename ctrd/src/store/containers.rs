//! Containers: the records from which tasks are made.
//!
//! A record is kept as the message that the API has for it, so that what a client put into it
//! comes back whole: its spec byte for byte, and fields that this program does not know of.

use std::borrow::Cow;

use prost::Message;
use rusqlite::{Connection, OptionalExtension, params};

use crate::api::containers::Container;
use crate::clock;
use crate::content::{Labels, check_labels};
use crate::error::{Error, Kind, Result};
use crate::filter::{Fields, entry, present};
use crate::id;
use crate::timestamp;

use super::{Store, merge_key};

impl Fields for Container {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["id"] => present(&self.id),
            ["image"] => present(&self.image),
            ["runtime", "name"] => present(&self.runtime.as_ref()?.name),
            ["labels", key @ ..] => entry(&self.labels, key),
            _ => None,
        }
    }
}

pub fn get(c: &Connection, ns: &str, id: &str) -> Result<Container> {
    let mut query = c.prepare_cached("SELECT record FROM containers WHERE namespace = ?1 AND id = ?2")?;
    match query.query_row([ns, id], |r| r.get::<_, Vec<u8>>(0)).optional()? {
        Some(record) => decode(id, &record),
        None => Err(Error::not_found(format!("container {id:?} in namespace {ns:?}: not found"))),
    }
}

/// The containers of a namespace that `keep` accepts, by id.
pub fn list(c: &Connection, ns: &str, mut keep: impl FnMut(&Container) -> bool) -> Result<Vec<Container>> {
    let mut query = c.prepare_cached("SELECT id, record FROM containers WHERE namespace = ?1 ORDER BY id")?;
    let mut rows = query.query([ns])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let container = decode(&row.get::<_, String>(0)?, &row.get::<_, Vec<u8>>(1)?)?;
        if keep(&container) {
            out.push(container);
        }
    }
    Ok(out)
}

/// Enters a new record. With `boot`, not `""`, it is not to outlive that one ([`forget`]).
pub fn create(c: &Connection, ns: &str, mut container: Container, boot: &str) -> Result<Container> {
    container.labels.retain(|_, value| !value.is_empty());
    validate(&container).map_err(|e| e.context("create container failed validation"))?;
    let now = clock::now();
    container.created_at = Some(timestamp::to_proto(now));
    container.updated_at = container.created_at;
    let sql = "INSERT OR IGNORE INTO containers (namespace, id, record, created_at, updated_at, boot)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5)";
    let row = params![ns, container.id, container.encode_to_vec(), now, boot];
    let entered = c.prepare_cached(sql)?.execute(row)?;
    match entered {
        0 => Err(Error::already_exists(format!("container {:?}: already exists", container.id))),
        _ => Ok(container),
    }
}

/// Sets the fields named by `paths`, or all that may change.
pub fn update(c: &Connection, ns: &str, from: Container, paths: &[String]) -> Result<Container> {
    let mut container = get(c, ns, &from.id)?;
    if paths.is_empty() {
        let name = |c: &Container| c.runtime.as_ref().map_or(String::new(), |r| r.name.clone());
        if container.snapshotter != from.snapshotter {
            return Err(Error::invalid("container.Snapshotter field is immutable: invalid argument"));
        }
        if name(&container) != name(&from) {
            return Err(Error::invalid("container.Runtime.Name field is immutable: invalid argument"));
        }
        for path in ["labels", "spec", "extensions", "image", "snapshotkey"] {
            merge(&mut container, &from, path)?;
        }
    }
    for path in paths {
        merge(&mut container, &from, path)?;
    }
    container.labels.retain(|_, value| !value.is_empty());
    validate(&container).map_err(|e| e.context("update failed validation"))?;
    let now = clock::now();
    container.updated_at = Some(timestamp::to_proto(now));
    c.execute(
        "UPDATE containers SET record = ?3, updated_at = ?4 WHERE namespace = ?1 AND id = ?2",
        params![ns, container.id, container.encode_to_vec(), now],
    )?;
    Ok(container)
}

/// Of each container of a namespace its id, its snapshotter, and the key of its snapshot there.
pub fn snapshots(c: &Connection, ns: &str) -> Result<Vec<(String, String, String)>> {
    let of = |container: Container| (container.id, container.snapshotter, container.snapshot_key);
    Ok(list(c, ns, |_| true)?.into_iter().map(of).collect())
}

/// Removes a record; whether it named a snapshot.
pub fn delete(c: &Connection, ns: &str, id: &str) -> Result<bool> {
    let found = get(c, ns, id).map_err(|e| match e.kind {
        Kind::NotFound => Error::not_found(format!("container {id:?}: not found")),
        _ => e,
    })?;
    let sql = "DELETE FROM containers WHERE namespace = ?1 AND id = ?2";
    match c.prepare_cached(sql)?.execute([ns, id])? {
        0 => Err(Error::not_found(format!("container {id:?}: not found"))),
        _ => Ok(!found.snapshot_key.is_empty()),
    }
}

/// Removes the records that were not to outlive another boot than `boot`.
pub fn forget(store: &Store, boot: &str) -> Result<()> {
    const WHICH: &str = "FROM containers WHERE boot NOT IN ('', ?1)";
    let any = format!("SELECT EXISTS (SELECT 1 {WHICH})");
    match store.view(|c| Ok(c.query_row(&any, [boot], |r| r.get(0))?))? {
        false => Ok(()),
        true => store.write_ahead(true, |tx| {
            tx.execute(&format!("DELETE {WHICH}"), [boot])?;
            Ok(())
        }),
    }
}

fn merge(to: &mut Container, from: &Container, path: &str) -> Result<()> {
    if let Some(key) = path.strip_prefix("labels.") {
        merge_key(&mut to.labels, &from.labels, key);
    } else if let Some(key) = path.strip_prefix("extensions.") {
        merge_key(&mut to.extensions, &from.extensions, key);
    } else {
        match path {
            "labels" => to.labels = from.labels.clone(),
            "spec" => to.spec = from.spec.clone(),
            "extensions" => to.extensions = from.extensions.clone(),
            "image" => to.image = from.image.clone(),
            "snapshotkey" => to.snapshot_key = from.snapshot_key.clone(),
            _ => {
                return Err(Error::invalid(format!(
                    "cannot update {path:?} field on {:?}: invalid argument",
                    to.id
                )));
            }
        }
    }
    Ok(())
}

fn validate(container: &Container) -> Result<()> {
    id::validate(&container.id).map_err(|e| e.context("container.ID"))?;
    if container.extensions.contains_key("") {
        return Err(Error::invalid("container.Extension keys must not be zero-length: invalid argument"));
    }
    let labels: Labels = container.labels.clone().into_iter().collect();
    check_labels(&labels).map_err(|e| e.context("containers.Labels"))?;
    if container.runtime.as_ref().is_none_or(|r| r.name.is_empty()) {
        return Err(Error::invalid("container.Runtime.Name must be set: invalid argument"));
    }
    if container.spec.is_none() {
        return Err(Error::invalid("container.Spec must be set: invalid argument"));
    }
    if !container.snapshot_key.is_empty() && container.snapshotter.is_empty() {
        return Err(Error::invalid(
            "container.Snapshotter must be set if container.SnapshotKey is set: invalid argument",
        ));
    }
    Ok(())
}

fn decode(id: &str, record: &[u8]) -> Result<Container> {
    Container::decode(record)
        .map_err(|e| Error::unknown(format!("container {id:?}: record in the metadata: {e}")))
}
