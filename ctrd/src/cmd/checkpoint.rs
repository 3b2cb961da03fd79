//! `ctrd checkpoint`: a container as an image, in containerd's form, so that `ctr containers restore`
//! takes it too.
//!
//! ```text
//! index ─▶ the container's image                       --image
//!       ─▶ CRIU's images of its processes, a tar       --task
//!       ─▶ its specification
//!       ─▶ the options of the checkpoint, of its runtime
//!       ─▶ a layer of what was changed                 --rw
//! ```

use std::collections::HashMap;

use anyhow::{Context, Result};
use ctrd_shim::any;
use ctrd_shim::api::runc::CheckpointOptions;
use prost::Message;
use prost_types::Any;

use super::layer::{self, Wanted};
use super::{Session, lifecycle};
use crate::api::containers::Container;
use crate::api::images::Image;
use crate::api::task::Status;
use crate::api::tasks::{CheckpointTaskRequest, PauseTaskRequest, ResumeTaskRequest};
use crate::cli::Checkpoint;
use crate::client::image::{from_proto, to_proto};
use crate::client::{Client, container, content, image, lease, process, take, upload};
use crate::error::{Error, Kind};
use crate::image::{Descriptor, Index, Platform, is_index, is_manifest, media, normalize, parse_index};
use crate::{api, clock, listing};

/// Annotations of the index, by containerd's names.
pub const IMAGE: &str = "org.opencontainers.image.ref.name";
pub const RUNTIME: &str = "io.containerd.checkpoint.runtime";
pub const SNAPSHOTTER: &str = "io.containerd.checkpoint.snapshotter";
/// The container's labels, a JSON object: of ours, which others pass over.
pub const LABELS: &str = "io.containerd.ctrd.checkpoint.labels";

/// The label of an image that was made of a container here: no archive brings it along.
const MADE: &str = "containerd.io/checkpoint";

/// Which parts are wanted.
struct Parts {
    rw: bool,
    image: bool,
    /// None: where there is one.
    task: Option<bool>,
    options: CheckpointOptions,
}

pub async fn checkpoint(session: &Session, args: &Checkpoint) -> Result<i32> {
    let name = normalize(&args.image)?;
    let all = !(args.rw || args.with_image || args.task);
    let parts = Parts {
        rw: args.rw || all,
        image: args.with_image || all,
        task: if all { None } else { Some(args.task) },
        options: CheckpointOptions {
            exit: args.exit,
            open_tcp: args.tcp_established,
            external_unix_sockets: args.ext_unix_sk,
            file_locks: true,
            ..CheckpointOptions::default()
        },
    };
    let digest = make(session, &args.container, &name, &parts).await?;
    listing::line(&digest)?;
    Ok(0)
}

/// `ctrd task checkpoint` without a folder: an image that is named after the container and the time.
pub async fn of_task(session: &Session, id: &str, options: CheckpointOptions) -> Result<i32> {
    let name = format!("containerd.io/checkpoint/{id}:{}", clock::now() / 1_000_000_000);
    let options = CheckpointOptions { file_locks: true, ..options };
    let parts = Parts { rw: true, image: true, task: Some(true), options };
    make(session, id, &name, &parts).await?;
    listing::line(&name)?;
    Ok(0)
}

async fn make(session: &Session, id: &str, name: &str, parts: &Parts) -> Result<String> {
    let lease = lease::make(&session.client, "checkpoint").await.context("make a lease")?;
    let made = under_lease(&session.client.under_lease(&lease)?, id, name, parts).await;
    let released = lease::release(&session.client, lease, made.is_err()).await;
    let digest = made?;
    released.context("delete the lease")?;
    if parts.options.exit {
        lifecycle::ended(session, id).await.context("wait for its end")?;
    }
    Ok(digest)
}

async fn under_lease(client: &Client, id: &str, name: &str, parts: &Parts) -> Result<String> {
    let container = container::get(client, id).await?;
    let task = match process::status(client, id).await {
        Ok(task) if matches!(task.status(), Status::Running | Status::Paused) => Some(task.status()),
        Ok(_) => None,
        Err(e) if e.kind == Kind::NotFound => None,
        Err(e) => return Err(e.into()),
    };
    if task.is_none() && (parts.task == Some(true) || parts.options.exit) {
        return Err(Error::precondition(format!("container {id}: no running task")).into());
    }
    let paused = task == Some(Status::Running);
    if paused {
        let request = PauseTaskRequest { container_id: id.to_string() };
        take(client.tasks().pause(request).await).context("freeze the container")?;
    }
    let with_task = task.is_some() && parts.task != Some(false);
    let manifests = save(client, &container, parts, with_task).await;
    if paused {
        let request = ResumeTaskRequest { container_id: id.to_string() };
        match take(client.tasks().resume(request).await) {
            // Ended on purpose.
            Err(_) if parts.options.exit => {}
            // Of errors the first is the one to report.
            Err(_) if manifests.is_err() => {}
            other => other.context("let the container go on")?,
        }
    }
    let index = index(&container, manifests?)?;
    let target = upload::document(client, media::INDEX, serde_json::to_vec(&index)?).await?;
    let image = Image {
        name: name.to_string(),
        target: Some(target.clone()),
        labels: HashMap::from([(MADE.to_string(), "true".to_string())]),
        ..Image::default()
    };
    image::store(client, image).await?;
    Ok(target.digest)
}

/// Makes the parts, of one moment where the container is frozen, or ends with the first of them.
async fn save(
    client: &Client,
    container: &Container,
    parts: &Parts,
    with_task: bool,
) -> Result<Vec<api::types::Descriptor>> {
    let mut all = Vec::new();
    if parts.image && !container.image.is_empty() {
        let image = image::find(client, &container.image).await?;
        all.push(image.target.with_context(|| format!("image {}: has no target", image.name))?);
    }
    match with_task {
        true => {
            let options = any::pack(&parts.options);
            let request = CheckpointTaskRequest {
                container_id: container.id.clone(),
                options: Some(options.clone()),
                ..CheckpointTaskRequest::default()
            };
            all.extend(take(client.tasks().checkpoint(request).await)?.descriptors);
            all.push(upload::document(client, media::CHECKPOINT_OPTIONS, options.encode_to_vec()).await?);
        }
        false => {
            let spec = container.spec.clone().unwrap_or_default();
            all.push(upload::document(client, media::CHECKPOINT_CONFIG, spec.encode_to_vec()).await?);
        }
    }
    let runtime = container.runtime.as_ref().and_then(|runtime| runtime.options.as_ref());
    if let Some(options) = runtime.filter(|options| !options.value.is_empty()) {
        all.push(upload::document(client, media::CHECKPOINT_RUNTIME, options.encode_to_vec()).await?);
    }
    if parts.rw && !container.snapshot_key.is_empty() {
        let wanted = Wanted {
            media_type: media::LAYER_GZIP.to_string(),
            keep: true,
            key: container.snapshot_key.clone(),
            with: None,
        };
        let layer = layer::make(client, &container.snapshotter, &wanted).await;
        all.push(layer.context("save what was changed")?);
    }
    Ok(all)
}

fn index(container: &Container, parts: Vec<api::types::Descriptor>) -> Result<Index, Error> {
    let part = |part: api::types::Descriptor| -> Result<Descriptor, Error> {
        let annotations = part.annotations.clone().into_iter().collect();
        Ok(Descriptor { annotations, platform: Some(Platform::host()), ..from_proto(part)? })
    };
    let runtime = container.runtime.as_ref().map(|runtime| runtime.name.clone()).unwrap_or_default();
    let mut labels = container.labels.clone();
    labels.remove(super::logs::LABEL);
    let labels = serde_json::to_string(&labels).map_err(|e| Error::unknown(e.to_string()))?;
    Ok(Index {
        schema_version: 2,
        media_type: media::INDEX.to_string(),
        manifests: parts.into_iter().map(part).collect::<Result<_, Error>>()?,
        annotations: [
            (IMAGE, container.image.clone()),
            (RUNTIME, runtime),
            (SNAPSHOTTER, container.snapshotter.clone()),
            (LABELS, labels),
        ]
        .map(|(name, value)| (name.to_string(), value))
        .into(),
    })
}

/// The index of an image that was made of a container.
pub async fn open(client: &Client, name: &str) -> Result<Index, Error> {
    let image = image::find(client, name).await?;
    let target = image.target.unwrap_or_default();
    let bytes = content::document(client, &target.digest).await?;
    let index = parse_index(&bytes).ok().filter(Index::is_checkpoint);
    index.ok_or_else(|| Error::invalid(format!("image {name}: was not made of a container")))
}

/// Refuses an image that was not made of a container here, unless it is trusted: `what` of it is taken as it is.
pub async fn vouch(client: &Client, name: &str, trust: bool, what: &str) -> Result<(), Error> {
    if trust || image::find(client, name).await?.labels.contains_key(MADE) {
        return Ok(());
    }
    let why = format!("was not saved here; {what} with --trust alone");
    Err(Error::precondition(format!("image {name}: {why}")))
}

/// Whether an image is a saved container without the image that it was made from: then there is
/// nothing to unpack.
pub async fn is_bare(client: &Client, image: &Image) -> bool {
    let target = image.target.clone().unwrap_or_default();
    let index = content::document(client, &target.digest).await.ok().and_then(|b| parse_index(&b).ok());
    let is_image = |part: &Descriptor| is_index(&part.media_type) || is_manifest(&part.media_type);
    index.is_some_and(|index| index.is_checkpoint() && !index.manifests.iter().any(is_image))
}

/// The part of this type, if there is one.
pub fn part<'a>(index: &'a Index, media_type: &str) -> Option<&'a Descriptor> {
    index.manifests.iter().find(|part| part.media_type == media_type)
}

/// The saved processes in an image. Their memory is code, that runs with what the container may do.
pub async fn processes(client: &Client, name: &str, trust: bool) -> Result<api::types::Descriptor, Error> {
    let index = open(client, name).await?;
    vouch(client, name, trust, "its processes go on").await?;
    let none = || Error::invalid(format!("image {name}: no processes were saved in it"));
    Ok(to_proto(part(&index, media::CHECKPOINT).ok_or_else(none)?))
}

/// What was packed into a part.
pub async fn unpacked(client: &Client, part: &Descriptor) -> Result<Any, Error> {
    let bytes = content::document(client, part.digest.as_str()).await?;
    Any::decode(bytes.as_slice()).map_err(|e| Error::invalid(format!("read {}: {e}", part.digest)))
}
