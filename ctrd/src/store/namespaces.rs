//! Namespaces: names, and labels that clients read their defaults from.

use rusqlite::{Connection, OptionalExtension, params};

use crate::content::{Labels, check_labels, from_json, to_json};
use crate::error::{Error, Result};
use crate::id;

pub fn create(c: &Connection, name: &str, labels: &Labels) -> Result<()> {
    id::validate(name)?;
    check_labels(labels).map_err(|e| e.context("namespace.Labels"))?;
    let sql = "INSERT OR IGNORE INTO namespaces (name, labels) VALUES (?1, ?2)";
    match c.execute(sql, params![name, to_json(labels)])? {
        0 => Err(Error::already_exists(format!("namespace {name:?}: already exists"))),
        _ => Ok(()),
    }
}

/// The labels of a namespace; of one that is not there, none.
pub fn labels(c: &Connection, name: &str) -> Result<Labels> {
    let found = c
        .query_row("SELECT labels FROM namespaces WHERE name = ?1", [name], |r| r.get::<_, String>(0))
        .optional()?;
    Ok(found.map(|text| from_json(&text)).unwrap_or_default())
}

/// Sets the labels, making the namespace where it is missing. An empty label is none.
pub fn set_labels(c: &Connection, name: &str, mut labels: Labels) -> Result<()> {
    id::validate(name)?;
    labels.retain(|_, value| !value.is_empty());
    check_labels(&labels).map_err(|e| e.context("namespace.Labels"))?;
    let sql = "INSERT INTO namespaces (name, labels) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET labels = ?2";
    c.execute(sql, params![name, to_json(&labels)])?;
    Ok(())
}

/// Every namespace with its labels, by name.
pub fn list(c: &Connection) -> Result<Vec<(String, Labels)>> {
    let mut query = c.prepare_cached("SELECT name, labels FROM namespaces ORDER BY name")?;
    let rows = query.query_map([], |r| Ok((r.get(0)?, from_json(&r.get::<_, String>(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Removes a namespace that holds nothing but leases, and these with it.
pub fn delete(c: &Connection, name: &str) -> Result<()> {
    let left = left_in(c, name)?;
    if !left.is_empty() {
        return Err(Error::precondition(format!(
            "namespace {name:?} must be empty, but it still has {}: failed precondition",
            left.join(", ")
        )));
    }
    c.execute("DELETE FROM leases WHERE namespace = ?1", [name])?;
    match c.execute("DELETE FROM namespaces WHERE name = ?1", [name])? {
        0 => Err(Error::not_found(format!("namespace {name:?}: not found"))),
        _ => Ok(()),
    }
}

/// The kinds of objects that are still in a namespace.
fn left_in(c: &Connection, name: &str) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for (table, kind) in [("images", "images"), ("content", "blobs"), ("containers", "containers")] {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE namespace = ?1)");
        if c.query_row(&sql, [name], |r| r.get::<_, bool>(0))? {
            out.push(kind.to_string());
        }
    }
    let mut query = c.prepare_cached(
        "SELECT DISTINCT snapshotter FROM snapshots WHERE namespace = ?1 ORDER BY snapshotter",
    )?;
    let snapshotters = query.query_map([name], |r| r.get::<_, String>(0))?;
    for snapshotter in snapshotters {
        out.push(format!("snapshots on {:?} snapshotter", snapshotter?));
    }
    Ok(out)
}
