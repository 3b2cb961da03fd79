//! An image's layers made into a chain of snapshots, each named by its chain id.
//!
//! A chain id is the digest of all layers up to one, so that images share what they have in
//! common, and a layer that is unpacked already is found by its name.

use std::collections::HashMap;

use super::image::{Opened, to_proto};
use super::{Client, content, take};
use crate::api::diff::ApplyRequest;
use crate::api::snapshots::{
    CommitSnapshotRequest, PrepareSnapshotRequest, RemoveSnapshotRequest, StatSnapshotRequest,
};
use crate::api::types::Descriptor;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// Unpacks every layer that is not there yet, and ties the snapshots to the image.
/// `done` hears of each layer that is there, by its number from zero.
pub async fn unpack(client: &Client, image: &Opened, snapshotter: &str, done: impl Fn(usize)) -> Result<()> {
    let chain = image.chain();
    let Some(top) = chain.last() else { return Ok(()) };
    if !exists(client, snapshotter, top.as_str()).await? {
        let mut parent = "";
        for (n, ((layer, diff), name)) in image.resolved.layers()?.into_iter().zip(&chain).enumerate() {
            if !exists(client, snapshotter, name.as_str()).await? {
                apply(client, snapshotter, to_proto(layer), diff, parent, name.as_str()).await?;
            }
            parent = name.as_str();
            done(n);
        }
    }
    let labels = HashMap::from([(format!("containerd.io/gc.ref.snapshot.{snapshotter}"), top.to_string())]);
    content::label(client, image.resolved.manifest.config.digest.as_str(), labels).await
}

async fn exists(client: &Client, snapshotter: &str, key: &str) -> Result<bool> {
    let request = StatSnapshotRequest { snapshotter: snapshotter.to_string(), key: key.to_string() };
    match take(client.snapshots().stat(request).await) {
        Ok(_) => Ok(true),
        Err(e) if e.kind == Kind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// One layer: a new snapshot on top of `parent`, the layer's archive applied to it, committed.
async fn apply(
    client: &Client,
    snapshotter: &str,
    layer: Descriptor,
    diff: &Digest,
    parent: &str,
    name: &str,
) -> Result<()> {
    // Two commands may unpack the same layer at once: each under a key of its own, and the
    // first to commit wins.
    let key = format!("extract-{}-{} {name}", crate::clock::now(), std::process::id());
    let labels = HashMap::from([("containerd.io/snapshot.ref".to_string(), name.to_string())]);
    let prepare = PrepareSnapshotRequest {
        snapshotter: snapshotter.to_string(),
        key: key.clone(),
        parent: parent.to_string(),
        labels,
    };
    let mounts = match take(client.snapshots().prepare(prepare).await) {
        Ok(reply) => reply.mounts,
        Err(e) if e.kind == Kind::AlreadyExists => return Ok(()),
        Err(e) => return Err(e),
    };
    let digest = layer.digest.clone();
    let filled = async {
        let request = ApplyRequest { diff: Some(layer), mounts, ..ApplyRequest::default() };
        let applied = take(client.diff().apply(request).await)?.applied.unwrap_or_default();
        if applied.digest != diff.as_str() {
            let got = applied.digest;
            return Err(Error::new(
                Kind::DataLoss,
                format!("layer {digest}: unpacks to {got}, not to {diff}"),
            ));
        }
        let commit = CommitSnapshotRequest {
            snapshotter: snapshotter.to_string(),
            name: name.to_string(),
            key: key.clone(),
            ..CommitSnapshotRequest::default()
        };
        take(client.snapshots().commit(commit).await).map(drop)
    };
    match filled.await {
        Ok(()) => {
            let labels = HashMap::from([("containerd.io/uncompressed".to_string(), diff.to_string())]);
            content::label(client, &digest, labels).await
        }
        Err(e) => {
            let request = RemoveSnapshotRequest { snapshotter: snapshotter.to_string(), key };
            // The first error is the one to report; what this leaves, the collector takes.
            let _ = client.snapshots().remove(request).await;
            if e.kind == Kind::AlreadyExists { Ok(()) } else { Err(e) }
        }
    }
}
