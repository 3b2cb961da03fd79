//! An image's layers made into snapshots, within this process: several at once where the snapshotter
//! can put a layer on its parent afterwards, as a client does it ([`crate::client::unpack`]).

use std::collections::VecDeque;
use std::thread::{self, ScopedJoinHandle};

use crate::api::event::{SnapshotCommit, SnapshotPrepare};
use crate::client::unpack::at_once;
use crate::clock;
use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::image::{Descriptor, Resolved, chain_ids, snapshot_labels};
use crate::snapshot::{Mount, Snapshotter};
use crate::unpack::{APART, Payloads};

use super::Work;

/// A layer that is to be unpacked, and where it belongs.
struct Layer<'a> {
    blob: &'a Descriptor,
    diff_id: &'a Digest,
    /// The name of the snapshot below, or none.
    parent: &'a str,
    name: &'a str,
}

impl Layer<'_> {
    fn labels(&self) -> Labels {
        snapshot_labels(&self.blob.annotations, self.name, self.diff_id.as_str(), self.parent)
    }
}

/// Unpacks every layer that is not there yet, and ties the snapshots to the image.
/// `done` hears of each layer that was unpacked, lowest first.
pub fn unpack(
    work: &Work,
    image: &Resolved,
    snapshotter: &Snapshotter,
    mut done: impl FnMut(&Descriptor),
) -> Result<()> {
    let chain = chain_ids(&image.config.rootfs.diff_ids);
    let layers = image.layers()?;
    let mut missing = VecDeque::new();
    for (n, ((blob, diff_id), name)) in layers.into_iter().zip(&chain).enumerate() {
        // No snapshot outlives its parent: what is there is below what is not.
        if missing.is_empty() {
            // Held before it is looked for: what is there by then stays.
            work.hold(&format!("snapshots/{}", snapshotter.name()), name.as_str())?;
            if snapshotter.stat(&work.namespace, name.as_str()).is_ok() {
                continue;
            }
        }
        let parent = n.checked_sub(1).map_or("", |below| chain[below].as_str());
        missing.push_back(Layer { blob, diff_id, parent, name: name.as_str() });
    }
    unpack_all(work, snapshotter, missing, &mut done)?;
    if let Some(top) = chain.last() {
        let label = format!("containerd.io/gc.ref.snapshot.{}", snapshotter.name());
        work.label(&image.manifest.config.digest, &label, top.as_str())?;
    }
    Ok(())
}

fn unpack_all(
    work: &Work,
    snapshotter: &Snapshotter,
    layers: VecDeque<Layer>,
    done: &mut dyn FnMut(&Descriptor),
) -> Result<()> {
    let at_once = at_once(snapshotter.name());
    let mut waiting = layers.into_iter().enumerate();
    thread::scope(|scope| {
        let mut running: VecDeque<(Layer, ScopedJoinHandle<Result<Option<String>>>)> = VecDeque::new();
        let mut failed = None;
        loop {
            if failed.is_none() {
                failed = work.wanted_still().err();
            }
            while failed.is_none()
                && running.len() < at_once
                && let Some((n, layer)) = waiting.next()
            {
                let apart = n > 0 && at_once > 1;
                let Layer { blob, diff_id, parent, name } = layer;
                let own = Layer { blob, diff_id, parent, name };
                let thread = thread::Builder::new().name("unpack".into());
                match thread.spawn_scoped(scope, move || fill(work, snapshotter, &own, apart)) {
                    Ok(handle) => running.push_back((layer, handle)),
                    Err(e) => failed = Some(e.into()),
                }
            }
            let Some((layer, filled)) = running.pop_front() else { break };
            let mut filled = filled.join().unwrap_or_else(|_| Err(Error::unknown("unpack: the thread died")));
            if failed.is_some() {
                // Of errors the first is the one to report.
                if let Ok(Some(key)) = filled {
                    let _ = snapshotter.remove(&work.namespace, &key, Some(&work.lease));
                }
                continue;
            }
            if matches!(&filled, Err(e) if e.kind == Kind::Aborted) {
                filled = fill(work, snapshotter, &layer, false);
            }
            let put = match filled {
                Ok(Some(key)) => commit(work, snapshotter, &layer, &key),
                Ok(None) => Ok(()),
                Err(e) => Err(e),
            };
            let held = put.and_then(|()| work.hold(&format!("snapshots/{}", snapshotter.name()), layer.name));
            match held {
                Ok(()) => done(layer.blob),
                Err(e) => failed = Some(e),
            }
        }
        failed.map_or(Ok(()), Err)
    })
}

/// A new snapshot with the layer's archive applied to it: its key, or none where another was faster.
/// `apart` on nothing, as if the layers below were there.
fn fill(work: &Work, snapshotter: &Snapshotter, layer: &Layer, apart: bool) -> Result<Option<String>> {
    // Two may unpack one layer at once: each under a key of its own, and the first to commit wins.
    let key = format!("extract-{}-{} {}", clock::now(), std::process::id(), layer.name);
    let labels = layer.labels();
    let (ns, lease) = (work.namespace.as_str(), Some(work.lease.as_str()));
    let parent = if apart { "" } else { layer.parent };
    let mut mounts = match snapshotter.prepare(ns, &key, parent, &labels, lease) {
        Err(e) if e.kind == Kind::AlreadyExists => return Ok(None),
        made => made?,
    };
    if apart {
        mounts = mounts.into_iter().map(uppermost).collect();
    }
    let snapshotter_name = snapshotter.name().to_string();
    let event = SnapshotPrepare { key: key.clone(), parent: parent.into(), snapshotter: snapshotter_name };
    work.publish("/snapshot/prepare", &event)?;
    let filled = work.content.reader(ns, &layer.blob.digest).and_then(|blob| {
        let Descriptor { media_type, digest, .. } = layer.blob;
        let applied = work
            .processors
            .apply(blob, media_type, &Payloads::new(), digest, &mounts)
            .map_err(|e| e.context(format!("apply layer {}", layer.blob.digest)))?;
        if applied.diff_id != *layer.diff_id {
            let (digest, got, want) = (&layer.blob.digest, applied.diff_id, layer.diff_id);
            return Err(Error::new(
                Kind::DataLoss,
                format!("layer {digest}: unpacks to {got}, not to {want}"),
            ));
        }
        Ok(())
    });
    if let Err(e) = filled {
        // The first error is the one to report; what this leaves, the collector takes.
        let _ = snapshotter.remove(ns, &key, Some(&work.lease));
        return Err(e);
    }
    Ok(Some(key))
}

/// A snapshot on nothing is a plain folder; as what it is going to be, the upper folder of an overlay.
fn uppermost(folder: Mount) -> Mount {
    let options = vec![APART.to_string(), format!("upperdir={}", folder.source)];
    Mount { kind: "overlay".into(), source: "overlay".into(), options, ..Mount::default() }
}

fn commit(work: &Work, snapshotter: &Snapshotter, layer: &Layer, key: &str) -> Result<()> {
    let labels = layer.labels();
    let (ns, lease) = (work.namespace.as_str(), Some(work.lease.as_str()));
    match snapshotter.commit(ns, layer.name, key, layer.parent, &labels, lease) {
        Ok(()) => {
            let (key, name) = (key.to_string(), layer.name.to_string());
            let event = SnapshotCommit { key, name, snapshotter: snapshotter.name().to_string() };
            work.publish("/snapshot/commit", &event)?;
            work.label(&layer.blob.digest, "containerd.io/uncompressed", layer.diff_id.as_str())
        }
        Err(e) => {
            let _ = snapshotter.remove(ns, key, lease);
            if e.kind == Kind::AlreadyExists { Ok(()) } else { Err(e) }
        }
    }
}
