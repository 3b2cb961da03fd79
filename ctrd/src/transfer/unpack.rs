//! An image's layers made into snapshots, within this process.

use crate::api::event::{SnapshotCommit, SnapshotPrepare};
use crate::clock;
use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::image::{Descriptor, Resolved, chain_ids};
use crate::snapshot::{REF_LABEL, Snapshotter};
use crate::unpack;

use super::Work;

/// Unpacks every layer that is not there yet, lowest first, and ties the snapshots to the image.
/// `done` hears of each layer that was unpacked.
pub fn unpack(
    work: &Work,
    image: &Resolved,
    snapshotter: &Snapshotter,
    mut done: impl FnMut(&Descriptor),
) -> Result<()> {
    let chain = chain_ids(&image.config.rootfs.diff_ids);
    let mut parent = "";
    for ((layer, diff), name) in image.layers()?.into_iter().zip(&chain) {
        if snapshotter.stat(&work.namespace, name.as_str()).is_err() {
            apply(work, snapshotter, layer, diff, parent, name.as_str())?;
            done(layer);
        }
        work.hold(&format!("snapshots/{}", snapshotter.name()), name.as_str())?;
        parent = name.as_str();
    }
    if let Some(top) = chain.last() {
        let label = format!("containerd.io/gc.ref.snapshot.{}", snapshotter.name());
        work.label(&image.manifest.config.digest, &label, top.as_str())?;
    }
    Ok(())
}

/// One layer: a snapshot on top of `parent`, the layer's archive applied to it, committed.
fn apply(
    work: &Work,
    snapshotter: &Snapshotter,
    layer: &Descriptor,
    diff: &Digest,
    parent: &str,
    name: &str,
) -> Result<()> {
    // Two may unpack one layer at once: each under a key of its own, and the first to commit wins.
    let key = format!("extract-{}-{} {name}", clock::now(), std::process::id());
    let labels = Labels::from([(REF_LABEL.to_string(), name.to_string())]);
    let (ns, lease) = (work.namespace.as_str(), Some(work.lease.as_str()));
    let mounts = match snapshotter.prepare(ns, &key, parent, &labels, lease) {
        Err(e) if e.kind == Kind::AlreadyExists => return Ok(()),
        made => made?,
    };
    let own_name = snapshotter.name().to_string();
    let event = SnapshotPrepare { key: key.clone(), parent: parent.into(), snapshotter: own_name.clone() };
    work.publish("/snapshot/prepare", &event)?;
    let filled = work.content.reader(ns, &layer.digest).and_then(|blob| {
        let applied = unpack::apply(blob, &layer.media_type, Some(&layer.digest), &mounts)
            .map_err(|e| e.context(format!("apply layer {}", layer.digest)))?;
        if applied.diff_id != *diff {
            let text = format!("layer {}: unpacks to {}, not to {diff}", layer.digest, applied.diff_id);
            return Err(Error::new(Kind::DataLoss, text));
        }
        snapshotter.commit(ns, name, &key, "", &labels, lease)
    });
    match filled {
        Ok(()) => {
            let event = SnapshotCommit { key, name: name.into(), snapshotter: own_name };
            work.publish("/snapshot/commit", &event)?;
            work.label(&layer.digest, "containerd.io/uncompressed", diff.as_str())
        }
        Err(e) => {
            // The first error is the one to report; what this leaves, the collector takes.
            let _ = snapshotter.remove(ns, &key);
            if e.kind == Kind::AlreadyExists { Ok(()) } else { Err(e) }
        }
    }
}
