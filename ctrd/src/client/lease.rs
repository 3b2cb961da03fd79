//! Leases of commands: they hold what is made until something else does.

use std::collections::HashMap;

use super::{Client, take};
use crate::api::leases::{CreateRequest, DeleteRequest, ListResourcesRequest};
use crate::clock;
use crate::error::Result;

/// How long what a killed command leaves is kept.
pub const GRACE: i64 = 24 * 3600 * 1_000_000_000;

/// Makes a lease for this kind of work.
pub async fn make(client: &Client, work: &str) -> Result<String> {
    let id = format!("{work}-{}-{}", clock::now(), std::process::id());
    let labels =
        HashMap::from([("containerd.io/gc.expire".to_string(), clock::rfc3339(clock::now() + GRACE))]);
    take(client.leases().create(CreateRequest { id: id.clone(), labels }).await)?;
    Ok(id)
}

/// Ends it; with `sync` once what nothing else holds is gone.
pub async fn release(client: &Client, id: String, sync: bool) -> Result<()> {
    take(client.leases().delete(DeleteRequest { id, sync }).await).map(drop)
}

/// What it holds is left to whoever does the same work again, until the lease ends by itself; one that holds nothing is
/// ended.
pub async fn leave(client: &Client, id: String) -> Result<()> {
    let held = take(client.leases().list_resources(ListResourcesRequest { id: id.clone() }).await)?;
    if held.resources.is_empty() { release(client, id, false).await } else { Ok(()) }
}
