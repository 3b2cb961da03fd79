//! Garbage collection: what leases, images and containers lead to stays, the rest goes.
//!
//! The graph is containerd's: an edge is a label (`label`), a snapshot's parent, an image's target.
//!
//! Nobody waits for it. It is looked through as it stands at one moment, without a lock; meanwhile
//! the metadata notes what is touched. Then the garbage goes a few objects at a time, less what the
//! touched lead to by then: only to them can something new lead. Files go last, when it is on the disk
//! that nothing speaks of them.

mod graph;
mod label;

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::clock;
use crate::content::{Content, from_json};
use crate::error::{Error, Result};
use crate::snapshot::Snapshotter;
use crate::store::{Store, containers};

pub use graph::{Garbage, Node, is_led_to, led_to};
pub use label::has_expiry;

/// So many objects go in one transaction: it takes less than a millisecond.
const BATCH: usize = 64;

/// What was removed from the metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    pub content: usize,
    pub snapshots: usize,
    pub leases: usize,
    pub images: usize,
}

/// Removes what nothing leads to: from the metadata first, then the files. Each object that has gone is `told`, with
/// its namespace.
pub fn collect(
    store: &Store,
    content: &Content,
    snapshotters: &[Snapshotter],
    told: &mut dyn FnMut(&str, &Node),
) -> Result<Collected> {
    content.settle()?;
    let alone = store.alone("collect")?;
    containers::forget(store, clock::boot())?;
    let collected = unreachable(store, || Ok(()), told)?;
    drop(alone);
    content.collect()?;
    for snapshotter in snapshotters {
        snapshotter.cleanup()?;
    }
    Ok(collected)
}

/// Removes from the metadata what nothing leads to. `marked` is called between the look at it all and
/// the removal.
fn unreachable(
    store: &Store,
    marked: impl FnOnce() -> Result<()>,
    told: &mut dyn FnMut(&str, &Node),
) -> Result<Collected> {
    // From here on whatever is touched is noted.
    store.write_ahead(true, |tx| {
        tx.execute("DELETE FROM touched", [])?;
        tx.execute("INSERT OR IGNORE INTO collecting VALUES (1)", [])?;
        Ok(())
    })?;
    let now = clock::now();
    let found: Vec<(String, Garbage)> = store.view(|c| {
        let of = |ns: String| graph::garbage(c, &ns, now).map(|garbage| (ns, garbage));
        namespaces(c)?.into_iter().map(of).collect()
    })?;
    marked()?;
    let mut collected = Collected::default();
    for (ns, garbage) in found {
        for ids in garbage.leases.chunks(BATCH) {
            store.write_ahead(true, |tx| {
                for id in ids {
                    collected.leases +=
                        tx.execute("DELETE FROM leases WHERE namespace = ?1 AND id = ?2", [&ns, id])?;
                }
                Ok(())
            })?;
        }
        let mut kept = HashSet::new();
        for batch in garbage.objects.chunks(BATCH) {
            let gone = store.write_ahead(true, |tx| {
                let mut from = touched(tx, &ns)?;
                from.extend(graph::sandboxes(tx, &ns)?);
                kept.extend(graph::reachable(from, |node| graph::edges(tx, &ns, node))?);
                let mut gone = Vec::new();
                for node in batch.iter().filter(|node| !kept.contains(node)) {
                    if remove(tx, &ns, node, &mut collected)? {
                        gone.push(node);
                    }
                }
                Ok(gone)
            })?;
            gone.into_iter().for_each(|node| told(&ns, node));
        }
    }
    // Files must not go before the rows are gone for good.
    let nothing = collected == Collected::default();
    store.write_ahead(nothing, |tx| {
        tx.execute("DELETE FROM collecting", [])?;
        tx.execute("DELETE FROM touched", [])?;
        Ok(())
    })?;
    Ok(collected)
}

/// Takes the notes of what was touched in a namespace.
fn touched(tx: &Transaction, ns: &str) -> Result<Vec<Node>> {
    let mut query = tx.prepare_cached("DELETE FROM touched WHERE namespace = ?1 RETURNING type, id")?;
    let rows = query.query_map([ns], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
    let all: Vec<(String, String)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(all.into_iter().filter_map(|(kind, id)| Node::resource(&kind, id)).collect())
}

/// Removes an object, and says whether it was still there.
fn remove(tx: &Transaction, ns: &str, node: &Node, collected: &mut Collected) -> Result<bool> {
    let (count, removed) = match node {
        Node::Content(digest) => {
            let sql = "DELETE FROM content WHERE namespace = ?1 AND digest = ?2";
            (&mut collected.content, tx.prepare_cached(sql)?.execute([ns, digest])?)
        }
        Node::Snapshot(name, key) => {
            let sql = "DELETE FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 AND key = ?3";
            (&mut collected.snapshots, tx.prepare_cached(sql)?.execute([ns, name, key])?)
        }
        Node::Image(name) => {
            let sql = "DELETE FROM images WHERE namespace = ?1 AND name = ?2";
            (&mut collected.images, tx.prepare_cached(sql)?.execute([ns, name])?)
        }
        Node::Container(_) | Node::Flat(_) => return Ok(false),
    };
    *count += removed;
    Ok(removed > 0)
}

fn namespaces(c: &Connection) -> Result<Vec<String>> {
    let mut query = c.prepare(
        "SELECT namespace FROM content UNION SELECT namespace FROM snapshots
         UNION SELECT namespace FROM leases UNION SELECT namespace FROM images",
    )?;
    let names = query.query_map([], |r| r.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Lets `lease`, where there is one, hold an object that the same transaction makes.
pub fn hold(tx: &Transaction, ns: &str, lease: Option<&str>, kind: &str, id: &str) -> Result<()> {
    let Some(lease) = lease else { return Ok(()) };
    let known = tx
        .prepare_cached("SELECT 1 FROM leases WHERE namespace = ?1 AND id = ?2")?
        .exists(params![ns, lease])?;
    if !known {
        return Err(Error::not_found(format!("lease {lease}: not found")));
    }
    tx.execute(
        "INSERT OR IGNORE INTO lease_resources (namespace, lease, type, id) VALUES (?1, ?2, ?3, ?4)",
        params![ns, lease, kind, id],
    )?;
    Ok(())
}

/// Whether a lease ends by itself: what is made under it is worth nothing until something else holds it.
pub fn expires(c: &Connection, ns: &str, lease: Option<&str>) -> Result<bool> {
    let Some(lease) = lease else { return Ok(false) };
    let mut query = c.prepare_cached("SELECT labels FROM leases WHERE namespace = ?1 AND id = ?2")?;
    let labels: Option<String> = query.query_row([ns, lease], |r| r.get(0)).optional()?;
    Ok(labels.is_some_and(|text| has_expiry(&from_json(&text))))
}

/// Lets `lease`, that of the call which has an object go, list it no more. Others that hold the object go on
/// listing it, as in containerd: of one that is made anew under its name they are the first to know.
pub fn let_go(c: &Connection, ns: &str, lease: Option<&str>, kind: &str, id: &str) -> Result<()> {
    let Some(lease) = lease else { return Ok(()) };
    let sql = "DELETE FROM lease_resources WHERE namespace = ?1 AND lease = ?2 AND type = ?3 AND id = ?4";
    c.prepare_cached(sql)?.execute(params![ns, lease, kind, id])?;
    Ok(())
}

#[cfg(test)]
mod tests;
