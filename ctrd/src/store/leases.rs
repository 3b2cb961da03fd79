//! Leases: each keeps the resources that it lists from being collected.

use std::borrow::Cow;

use rusqlite::{Connection, params};

use crate::clock;
use crate::content::{Labels, check_labels, from_json, to_json};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::filter::{Fields, entry, present};

/// A lease. Times are nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    pub id: String,
    pub labels: Labels,
    pub created_at: i64,
}

/// What a lease holds: `content`, `snapshots/<snapshotter>`, `ingests` or `images`, and its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub kind: String,
    pub id: String,
}

impl Fields for Lease {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["id"] => present(&self.id),
            ["labels", key @ ..] => entry(&self.labels, key),
            _ => None,
        }
    }
}

pub fn create(c: &Connection, ns: &str, id: &str, labels: Labels) -> Result<Lease> {
    if id.is_empty() {
        return Err(Error::invalid("lease id must be provided: invalid argument"));
    }
    check_labels(&labels)?;
    let created_at = clock::now();
    let sql = "INSERT OR IGNORE INTO leases (namespace, id, labels, created_at) VALUES (?1, ?2, ?3, ?4)";
    match c.execute(sql, params![ns, id, to_json(&labels), created_at])? {
        0 => Err(Error::already_exists(format!("lease {id:?}: already exists"))),
        _ => Ok(Lease { id: id.to_string(), labels, created_at }),
    }
}

pub fn delete(c: &Connection, ns: &str, id: &str) -> Result<()> {
    match c.execute("DELETE FROM leases WHERE namespace = ?1 AND id = ?2", [ns, id])? {
        0 => Err(missing(id)),
        _ => Ok(()),
    }
}

/// The leases of a namespace that `keep` accepts, by id.
pub fn list(c: &Connection, ns: &str, mut keep: impl FnMut(&Lease) -> bool) -> Result<Vec<Lease>> {
    let sql = "SELECT id, labels, created_at FROM leases WHERE namespace = ?1 ORDER BY id";
    let mut query = c.prepare_cached(sql)?;
    let rows = query.query_map([ns], |r| {
        Ok(Lease { id: r.get(0)?, labels: from_json(&r.get::<_, String>(1)?), created_at: r.get(2)? })
    })?;
    let all: Vec<Lease> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(all.into_iter().filter(|lease| keep(lease)).collect())
}

pub fn add(c: &Connection, ns: &str, lease: &str, resource: &Resource) -> Result<()> {
    exists(c, ns, lease)?;
    check(resource)?;
    c.execute(
        "INSERT OR IGNORE INTO lease_resources (namespace, lease, type, id) VALUES (?1, ?2, ?3, ?4)",
        [ns, lease, &resource.kind, &resource.id],
    )?;
    Ok(())
}

pub fn remove(c: &Connection, ns: &str, lease: &str, resource: &Resource) -> Result<()> {
    exists(c, ns, lease)?;
    check(resource)?;
    c.execute(
        "DELETE FROM lease_resources WHERE namespace = ?1 AND lease = ?2 AND type = ?3 AND id = ?4",
        [ns, lease, &resource.kind, &resource.id],
    )?;
    Ok(())
}

pub fn resources(c: &Connection, ns: &str, lease: &str) -> Result<Vec<Resource>> {
    exists(c, ns, lease)?;
    let sql = "SELECT type, id FROM lease_resources WHERE namespace = ?1 AND lease = ?2 ORDER BY type, id";
    let mut query = c.prepare_cached(sql)?;
    let rows = query.query_map([ns, lease], |r| Ok(Resource { kind: r.get(0)?, id: r.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn exists(c: &Connection, ns: &str, lease: &str) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM leases WHERE namespace = ?1 AND id = ?2)";
    if c.query_row(sql, [ns, lease], |r| r.get(0))? { Ok(()) } else { Err(missing(lease)) }
}

fn check(resource: &Resource) -> Result<()> {
    let Resource { kind, id } = resource;
    match kind.split_once('/') {
        Some(("snapshots", snapshotter)) if !snapshotter.is_empty() && !snapshotter.contains('/') => {}
        None if kind == "content" => {
            Digest::parse(id).map_err(|e| e.context(format!("invalid content resource id {id:.200}")))?;
        }
        None if kind == "ingests" || kind == "images" => {}
        _ if kind.starts_with("snapshots") => {
            return Err(Error::invalid(format!(
                "invalid snapshot resource type {kind:.200}: invalid argument"
            )));
        }
        Some(_) => {
            return Err(Error::invalid(format!("invalid resource type {kind:.200}: invalid argument")));
        }
        None => {
            let text = format!("resource type {kind:.200} not supported yet: not implemented");
            return Err(Error::new(Kind::Unimplemented, text));
        }
    }
    Ok(())
}

fn missing(id: &str) -> Error {
    Error::not_found(format!("lease {id:?}: not found"))
}
