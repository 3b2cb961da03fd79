//! Sandboxes: the records of pods, each kept as the message that the API has for it.

use std::borrow::Cow;

use prost::Message;
use rusqlite::{Connection, OptionalExtension, params};

use crate::api::types::Sandbox;
use crate::clock;
use crate::content::{Labels, check_labels};
use crate::error::{Error, Result};
use crate::filter::{Fields, entry, present};
use crate::id;
use crate::timestamp;

use super::merge_key;

impl Fields for Sandbox {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["id"] => present(&self.sandbox_id),
            ["labels", key @ ..] => entry(&self.labels, key),
            _ => None,
        }
    }
}

pub fn get(c: &Connection, ns: &str, id: &str) -> Result<Sandbox> {
    let mut query = c.prepare_cached("SELECT record FROM sandboxes WHERE namespace = ?1 AND id = ?2")?;
    match query.query_row([ns, id], |r| r.get::<_, Vec<u8>>(0)).optional()? {
        Some(record) => decode(id, &record),
        None => Err(missing(id)),
    }
}

/// The sandboxes of a namespace that `keep` accepts, by id.
pub fn list(c: &Connection, ns: &str, mut keep: impl FnMut(&Sandbox) -> bool) -> Result<Vec<Sandbox>> {
    let mut query = c.prepare_cached("SELECT id, record FROM sandboxes WHERE namespace = ?1 ORDER BY id")?;
    let mut rows = query.query([ns])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let sandbox = decode(&row.get::<_, String>(0)?, &row.get::<_, Vec<u8>>(1)?)?;
        if keep(&sandbox) {
            out.push(sandbox);
        }
    }
    Ok(out)
}

pub fn create(c: &Connection, ns: &str, mut sandbox: Sandbox) -> Result<Sandbox> {
    validate(&sandbox).map_err(|e| e.context("failed to validate sandbox"))?;
    sandbox.created_at = Some(timestamp::to_proto(clock::now()));
    sandbox.updated_at = sandbox.created_at;
    sandbox.labels.retain(|_, value| !value.is_empty());
    let sql = "INSERT OR IGNORE INTO sandboxes (namespace, id, record) VALUES (?1, ?2, ?3)";
    match c.execute(sql, params![ns, sandbox.sandbox_id, sandbox.encode_to_vec()])? {
        0 => Err(Error::already_exists(format!("sandbox {:?}: already exists", sandbox.sandbox_id))),
        _ => Ok(sandbox),
    }
}

/// Sets the fields named by `paths`, or all that may change.
pub fn update(c: &Connection, ns: &str, from: Sandbox, paths: &[String]) -> Result<Sandbox> {
    let mut sandbox = get(c, ns, &from.sandbox_id)?;
    if paths.is_empty() {
        let name = |s: &Sandbox| s.runtime.as_ref().map_or(String::new(), |r| r.name.clone());
        if name(&sandbox) != name(&from) {
            return Err(Error::invalid("sandbox.Runtime.Name field is immutable: invalid argument"));
        }
        for path in ["labels", "extensions", "spec", "runtime"] {
            merge(&mut sandbox, &from, path)?;
        }
    }
    for path in paths {
        merge(&mut sandbox, &from, path)?;
    }
    sandbox.labels.retain(|_, value| !value.is_empty());
    validate(&sandbox)?;
    sandbox.updated_at = Some(timestamp::to_proto(clock::now()));
    c.execute(
        "UPDATE sandboxes SET record = ?3 WHERE namespace = ?1 AND id = ?2",
        params![ns, sandbox.sandbox_id, sandbox.encode_to_vec()],
    )?;
    Ok(sandbox)
}

pub fn delete(c: &Connection, ns: &str, id: &str) -> Result<()> {
    match c.execute("DELETE FROM sandboxes WHERE namespace = ?1 AND id = ?2", [ns, id])? {
        0 => Err(missing(id)),
        _ => Ok(()),
    }
}

fn merge(to: &mut Sandbox, from: &Sandbox, path: &str) -> Result<()> {
    if let Some(key) = path.strip_prefix("labels.") {
        merge_key(&mut to.labels, &from.labels, key);
    } else if let Some(key) = path.strip_prefix("extensions.") {
        merge_key(&mut to.extensions, &from.extensions, key);
    } else {
        match path {
            "labels" => to.labels = from.labels.clone(),
            "extensions" => to.extensions = from.extensions.clone(),
            "runtime" => to.runtime = from.runtime.clone(),
            "spec" => to.spec = from.spec.clone(),
            _ => {
                return Err(Error::invalid(format!(
                    "cannot update {path:?} field on sandbox {:?}: invalid argument",
                    to.sandbox_id
                )));
            }
        }
    }
    Ok(())
}

fn validate(sandbox: &Sandbox) -> Result<()> {
    id::validate(&sandbox.sandbox_id).map_err(|e| e.context("invalid sandbox ID"))?;
    let labels: Labels = sandbox.labels.clone().into_iter().collect();
    check_labels(&labels).map_err(|e| e.context("sandbox.Labels"))
}

fn missing(id: &str) -> Error {
    Error::not_found(format!("sandbox {id:?}: not found"))
}

fn decode(id: &str, record: &[u8]) -> Result<Sandbox> {
    Sandbox::decode(record)
        .map_err(|e| Error::unknown(format!("sandbox {id:?}: record in the metadata: {e}")))
}
