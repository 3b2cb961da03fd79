//! `ctrd snapshot diff`: what one snapshot has beside another, as a layer.

use std::collections::HashMap;
use std::io::{self, Write};

use anyhow::{Context, Result};
use serde_json::json;

use super::{settings, snapshot};
use crate::api::diff::DiffRequest;
use crate::api::snapshots::{Kind, MountsRequest, RemoveSnapshotRequest, ViewSnapshotRequest};
use crate::api::types::{Descriptor, Mount};
use crate::client::{Client, content, take};
use crate::error::{Error, Kind as Fault};
use crate::{clock, listing};

/// How long what a killed command leaves is kept.
const GRACE: i64 = 3600 * 1_000_000_000;

/// Which layer is wanted, and what becomes of it.
pub struct Wanted {
    pub media_type: String,
    pub keep: bool,
    pub key: String,
    pub with: Option<String>,
}

pub async fn diff(client: &Client, snapshotter: &str, wanted: Wanted) -> Result<i32> {
    let layer = make(client, snapshotter, &wanted).await?;
    match wanted.keep {
        true => keep(client, &layer).await,
        false => print(client, &layer).await,
    }
}

/// Makes the layer, which expires unless something keeps it.
pub async fn make(client: &Client, snapshotter: &str, wanted: &Wanted) -> Result<Descriptor, Error> {
    let info = snapshot::stat(client, snapshotter, &wanted.key).await?;
    let lower = wanted.with.clone().unwrap_or(info.parent);
    let mut views = Views::new(client, snapshotter);
    let made = async {
        let left = if lower.is_empty() { Vec::new() } else { views.mounts(&lower).await? };
        let right = views.mounts(&wanted.key).await?;
        let request = DiffRequest {
            left,
            right,
            media_type: wanted.media_type.clone(),
            r#ref: format!("diff-{}-{}", clock::now(), settings::made_up_id().map_err(unknown)?),
            labels: expiring(),
            ..DiffRequest::default()
        };
        Ok(take(client.diff().diff(request).await)?.diff.unwrap_or_default())
    };
    let made = made.await;
    views.remove().await;
    made
}

fn unknown(e: anyhow::Error) -> Error {
    Error::unknown(e.to_string())
}

fn expiring() -> HashMap<String, String> {
    HashMap::from([("containerd.io/gc.expire".to_string(), clock::rfc3339(clock::now() + GRACE))])
}

/// Read-only views of committed snapshots, which have no mounts of their own.
pub struct Views<'a> {
    client: &'a Client,
    snapshotter: &'a str,
    made: Vec<String>,
}

impl<'a> Views<'a> {
    pub fn new(client: &'a Client, snapshotter: &'a str) -> Views<'a> {
        Views { client, snapshotter, made: Vec::new() }
    }

    pub async fn mounts(&mut self, key: &str) -> Result<Vec<Mount>, Error> {
        let snapshotter = self.snapshotter.to_string();
        if snapshot::stat(self.client, self.snapshotter, key).await?.kind() != Kind::Committed {
            let request = MountsRequest { snapshotter, key: key.to_string() };
            return Ok(take(self.client.snapshots().mounts(request).await)?.mounts);
        }
        let view = format!("diff-{}-{}", clock::now(), settings::made_up_id().map_err(unknown)?);
        let request = ViewSnapshotRequest {
            snapshotter,
            key: view.clone(),
            parent: key.to_string(),
            labels: expiring(),
        };
        let mounts = take(self.client.snapshots().view(request).await)?.mounts;
        self.made.push(view);
        Ok(mounts)
    }

    /// What this leaves expires.
    pub async fn remove(self) {
        for key in self.made {
            let request = RemoveSnapshotRequest { snapshotter: self.snapshotter.to_string(), key };
            let _ = self.client.snapshots().remove(request).await;
        }
    }
}

async fn keep(client: &Client, layer: &Descriptor) -> Result<i32> {
    let labels = HashMap::from([
        ("containerd.io/gc.root".to_string(), clock::rfc3339(clock::now())),
        ("containerd.io/gc.expire".to_string(), String::new()),
    ]);
    content::label(client, &layer.digest, labels).await?;
    listing::object(&json!({
        "mediaType": layer.media_type, "digest": layer.digest, "size": layer.size, "annotations": layer.annotations,
    }))?;
    Ok(0)
}

async fn print(client: &Client, layer: &Descriptor) -> Result<i32> {
    let mut out = io::stdout().lock();
    let mut lost = None;
    let write = |bytes: &[u8]| {
        out.write_all(bytes).map_err(|e| {
            lost = Some(e);
            Error::new(Fault::Cancelled, "write")
        })
    };
    let read = content::read(client, &layer.digest, write).await;
    // The blob is left to its expiry: somebody else may have the same.
    match lost {
        Some(e) => return Err(e).context("write standard output"),
        None => read?,
    }
    out.flush()?;
    Ok(0)
}
