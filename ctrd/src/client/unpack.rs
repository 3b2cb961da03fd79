//! An image's layers made into a chain of snapshots, each named by its chain id.
//!
//! A chain id is the digest of all layers up to one, so that images share what they have in
//! common, and a layer that is unpacked already is found by its name.
//!
//! Where the snapshotter can put a layer on its parent afterwards, several are unpacked at once, each
//! on nothing; one that turns out to need those below waits for them and begins again.

use std::collections::HashMap;
use std::collections::VecDeque;

use tokio::task::JoinHandle;

use super::image::{Opened, to_proto};
use super::{Client, content, lease, take};
use crate::api::diff::ApplyRequest;
use crate::api::leases::{AddResourceRequest, Resource};
use crate::api::snapshots::{
    CommitSnapshotRequest, PrepareSnapshotRequest, RemoveSnapshotRequest, StatSnapshotRequest,
};
use crate::api::types::{Descriptor, Mount};
use crate::error::{Error, Kind, Result};
use crate::image::snapshot_labels;
use crate::unpack::APART;

/// So many layers are unpacked at once, at least and at most: each keeps two threads busy and takes
/// two or three megabytes.
const AT_ONCE: (usize, usize) = (2, 4);

/// The snapshotter that puts a layer on its parent when it is committed.
const REBASES: &str = "overlayfs";

/// A layer that is to be unpacked, and where it belongs.
#[derive(Clone)]
struct Layer {
    snapshotter: String,
    blob: Descriptor,
    diff_id: String,
    /// The name of the snapshot below, or none.
    parent: String,
    name: String,
}

impl Layer {
    fn labels(&self) -> HashMap<String, String> {
        snapshot_labels(&self.blob.annotations, &self.name, &self.diff_id, &self.parent).into_iter().collect()
    }
}

/// Unpacks every layer that is not there yet, and ties the snapshots to the image.
/// `done` hears of each layer that is there, by its number from zero.
pub async fn unpack(client: &Client, image: &Opened, snapshotter: &str, done: impl Fn(usize)) -> Result<()> {
    if client.lease().is_some() {
        return held(client, image, snapshotter, done).await;
    }
    // Until they are tied to the image, nothing else keeps the layers from the collector.
    let lease = lease::make(client, "unpack").await?;
    let unpacked = held(&client.under_lease(&lease)?, image, snapshotter, done).await;
    let released = lease::release(client, lease, false).await;
    unpacked.and(released)
}

async fn held(client: &Client, image: &Opened, snapshotter: &str, done: impl Fn(usize)) -> Result<()> {
    let chain = image.chain();
    let Some(top) = chain.last() else { return Ok(()) };
    if !hold(client, snapshotter, top.as_str()).await? {
        let layers = image.resolved.layers()?;
        // What is there is the lower part of the chain: no snapshot outlives its parent.
        let mut there = 0;
        while there < chain.len() && hold(client, snapshotter, chain[there].as_str()).await? {
            done(there);
            there += 1;
        }
        let missing: Vec<Layer> = (there..chain.len())
            .map(|n| Layer {
                snapshotter: snapshotter.to_string(),
                blob: to_proto(layers[n].0),
                diff_id: layers[n].1.to_string(),
                parent: n.checked_sub(1).map(|below| chain[below].to_string()).unwrap_or_default(),
                name: chain[n].to_string(),
            })
            .collect();
        unpack_all(client, missing, |n| done(there + n)).await?;
    }
    let labels = HashMap::from([(format!("containerd.io/gc.ref.snapshot.{snapshotter}"), top.to_string())]);
    content::label(client, image.resolved.manifest.config.digest.as_str(), labels).await
}

/// How many layers are unpacked at once with this snapshotter.
pub fn at_once(snapshotter: &str) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if snapshotter == REBASES { processors.clamp(AT_ONCE.0, AT_ONCE.1) } else { 1 }
}

async fn unpack_all(client: &Client, layers: Vec<Layer>, done: impl Fn(usize)) -> Result<()> {
    let at_once = layers.first().map_or(1, |layer| at_once(&layer.snapshotter));
    let mut waiting: VecDeque<(bool, Layer)> =
        layers.into_iter().enumerate().map(|(n, l)| (n > 0, l)).collect();
    let mut running: VecDeque<(Layer, JoinHandle<Result<Option<String>>>)> = VecDeque::new();
    let mut failed = None;
    let mut count = 0;
    loop {
        while failed.is_none()
            && running.len() < at_once
            && let Some((has_parent, layer)) = waiting.pop_front()
        {
            let (client, apart) = (client.clone(), has_parent && at_once > 1);
            let own = layer.clone();
            running.push_back((layer, tokio::spawn(async move { fill(&client, &own, apart).await })));
        }
        let Some((layer, filled)) = running.pop_front() else { break };
        let mut filled = filled.await.map_err(|e| Error::unknown(format!("unpack: {e}")))?;
        if failed.is_some() {
            // Of errors the first is the one to report.
            if let Ok(Some(key)) = filled {
                remove(client, &layer, key).await;
            }
            continue;
        }
        if matches!(&filled, Err(e) if e.kind == Kind::Aborted) {
            filled = fill(client, &layer, false).await;
        }
        let put = match filled {
            Ok(Some(key)) => commit(client, &layer, key).await,
            Ok(None) => Ok(()),
            Err(e) => Err(e),
        };
        match put {
            Ok(()) => done(count),
            Err(e) => failed = Some(e),
        }
        count += 1;
    }
    failed.map_or(Ok(()), Err)
}

/// Whether a snapshot is there; and then the lease holds it, where there is one.
async fn hold(client: &Client, snapshotter: &str, key: &str) -> Result<bool> {
    if let Some(lease) = client.lease() {
        let (id, r#type) = (key.to_string(), format!("snapshots/{snapshotter}"));
        let request = AddResourceRequest { id: lease.to_string(), resource: Some(Resource { id, r#type }) };
        // Before it is looked for: what is there by then stays.
        take(client.leases().add_resource(request).await)?;
    }
    let request = StatSnapshotRequest { snapshotter: snapshotter.to_string(), key: key.to_string() };
    match take(client.snapshots().stat(request).await) {
        Ok(_) => Ok(true),
        Err(e) if e.kind == Kind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// A new snapshot with the layer's archive applied to it: its key, or none where another was faster.
/// `apart` on nothing, as if the layers below were there.
async fn fill(client: &Client, layer: &Layer, apart: bool) -> Result<Option<String>> {
    // Two commands may unpack the same layer at once: each under a key of its own, and the
    // first to commit wins.
    let key = format!("extract-{}-{} {}", crate::clock::now(), std::process::id(), layer.name);
    let prepare = PrepareSnapshotRequest {
        snapshotter: layer.snapshotter.clone(),
        key: key.clone(),
        parent: if apart { String::new() } else { layer.parent.clone() },
        labels: layer.labels(),
    };
    let mut mounts = match take(client.snapshots().prepare(prepare).await) {
        Ok(reply) => reply.mounts,
        Err(e) if e.kind == Kind::AlreadyExists => return Ok(None),
        Err(e) => return Err(e),
    };
    if apart {
        mounts = mounts.into_iter().map(uppermost).collect();
    }
    let digest = layer.blob.digest.clone();
    let request = ApplyRequest { diff: Some(layer.blob.clone()), mounts, ..ApplyRequest::default() };
    let applied = match take(client.diff().apply(request).await) {
        Ok(reply) => reply.applied.unwrap_or_default().digest,
        Err(e) => {
            remove(client, layer, key).await;
            return Err(e);
        }
    };
    if applied != layer.diff_id {
        remove(client, layer, key).await;
        let text = format!("layer {digest}: unpacks to {applied}, not to {}", layer.diff_id);
        return Err(Error::new(Kind::DataLoss, text));
    }
    Ok(Some(key))
}

/// A snapshot on nothing is a plain folder; as what it is going to be, the upper folder of an overlay.
fn uppermost(folder: Mount) -> Mount {
    let options = vec![APART.to_string(), format!("upperdir={}", folder.source)];
    Mount { r#type: "overlay".into(), source: "overlay".into(), target: String::new(), options }
}

async fn commit(client: &Client, layer: &Layer, key: String) -> Result<()> {
    let request = CommitSnapshotRequest {
        snapshotter: layer.snapshotter.clone(),
        name: layer.name.clone(),
        key: key.clone(),
        parent: layer.parent.clone(),
        labels: layer.labels(),
    };
    match take(client.snapshots().commit(request).await) {
        Ok(_) => {
            let labels = HashMap::from([("containerd.io/uncompressed".to_string(), layer.diff_id.clone())]);
            content::label(client, &layer.blob.digest, labels).await
        }
        Err(e) => {
            remove(client, layer, key).await;
            if e.kind == Kind::AlreadyExists { Ok(()) } else { Err(e) }
        }
    }
}

/// Gives up a snapshot. What even this leaves, the collector takes.
async fn remove(client: &Client, layer: &Layer, key: String) {
    let request = RemoveSnapshotRequest { snapshotter: layer.snapshotter.clone(), key };
    let _ = client.snapshots().remove(request).await;
}
