//! Garbage collection: what leases, images and containers lead to stays, the rest goes.
//!
//! The graph is containerd's: an edge is a label `containerd.io/gc.ref.content…`,
//! `…gc.ref.snapshot.<name>…` or `…gc.ref.image…`, a snapshot's parent, an image's target.

use rusqlite::{Transaction, params};

use crate::error::{Error, Result};

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

/// Takes an object that is gone out of every lease.
pub fn let_go(tx: &Transaction, ns: &str, kind: &str, id: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM lease_resources WHERE namespace = ?1 AND type = ?2 AND id = ?3",
        params![ns, kind, id],
    )?;
    Ok(())
}
