//! Containers: made from an image or a folder, and removed with their snapshots.

use std::collections::HashMap;

use ctrd_shim::api::runc::Options as RuncOptions;
use oci_spec::image::Config as ImageConfig;
use prost::Message;
use prost_types::{Any, FieldMask};
use serde::Deserialize;

use super::image::Opened;
use super::{Client, elsewhere, image, maker, process, root, snapshotter, take, unpack};
use crate::api::containers::container::Runtime;
use crate::api::containers::{
    Container, CreateContainerRequest, DeleteContainerRequest, GetContainerRequest, ListContainersRequest,
    UpdateContainerRequest,
};
use crate::api::snapshots::{
    Info, MountsRequest, PrepareSnapshotRequest, RemoveSnapshotRequest, StatSnapshotRequest,
    UpdateSnapshotRequest,
};
use crate::api::types::Mount;
use crate::error::{Error, Kind, Result};
use crate::{clock, restart, spec};

/// How long a snapshot that no container names yet is kept from the garbage collector.
const GRACE: i64 = 3600 * 1_000_000_000;

/// The label that keeps an object until a time.
const EXPIRE: &str = "containerd.io/gc.expire";

/// What a container is to be made of.
pub struct Wish {
    pub options: spec::Options,
    /// The image's name, unless the options name a folder.
    pub image: Option<String>,
    pub labels: HashMap<String, String>,
    /// None is the server's best one.
    pub snapshotter: Option<String>,
    pub runtime: String,
    /// The sandbox that it is in; empty for none.
    pub sandbox: String,
    /// The OCI runtime that the shim is to run, where it is not the shim's own choice.
    pub runc_binary: Option<String>,
}

/// A container just made, and what to mount as its root.
pub struct Made {
    pub id: String,
    pub record: Container,
    pub mounts: Vec<Mount>,
    /// Labels that the image has and the container has not.
    pub dropped: Vec<String>,
}

/// Makes a container; what an error interrupts is undone.
pub async fn create(client: &Client, wish: &Wish) -> Result<Made> {
    let id = &wish.options.id;
    crate::id::validate(id)?;
    let Some(name) = &wish.image else {
        let folder = wish.options.rootfs.as_deref().unwrap_or("/".as_ref());
        let user = spec::user::resolve(folder, spec::user_name(&wish.options, None))?;
        let spec = spec::config(&wish.options, None, &user)?;
        let record = record(client, wish, None, HashMap::new(), &spec).await?;
        return Ok(Made { id: id.clone(), record, mounts: Vec::new(), dropped: Vec::new() });
    };
    let (opened, snapshotter) = tokio::join!(
        async { image::open(client, image::find(client, name).await?).await },
        snapshotter::choose(client, wish.snapshotter.as_deref()),
    );
    let (opened, snapshotter) = (opened?, snapshotter?);
    let config = image_config(&opened)?;
    let mounts = prepare(client, id, &opened, &snapshotter).await?;
    let spec::label::Labels { kept, dropped } = spec::label::from_image(&config);
    let recorded = async {
        let root = root::open(&mounts)?;
        let user = spec::user::resolve_at(std::os::fd::AsFd::as_fd(&root), {
            spec::user_name(&wish.options, Some(&config))
        })?;
        drop(root);
        let spec = spec::config(&wish.options, Some(&config), &user)?;
        record(client, wish, Some((&opened, &snapshotter)), kept, &spec).await
    };
    match recorded.await {
        Ok(record) => Ok(Made { id: id.clone(), record, mounts, dropped }),
        Err(e) => {
            // The first error is the one to report.
            let _ = remove_snapshot(client, &snapshotter, id).await;
            Err(e)
        }
    }
}

fn image_config(opened: &Opened) -> Result<ImageConfig> {
    #[derive(Deserialize)]
    struct Document {
        config: Option<ImageConfig>,
    }
    let document: Document = serde_json::from_slice(&opened.resolved.config_bytes)
        .map_err(|e| Error::invalid(format!("image {}: read its configuration: {e}", opened.image.name)))?;
    Ok(document.config.unwrap_or_default())
}

/// A snapshot of its own on top of the image's, which is unpacked first where it is not yet.
pub async fn prepare(client: &Client, id: &str, opened: &Opened, snapshotter: &str) -> Result<Vec<Mount>> {
    let request = PrepareSnapshotRequest {
        snapshotter: snapshotter.to_string(),
        key: id.to_string(),
        parent: opened.chain().last().map(ToString::to_string).unwrap_or_default(),
        // Until the container's record names the snapshot, nothing else keeps it.
        labels: HashMap::from([(EXPIRE.to_string(), clock::rfc3339(clock::now() + GRACE)), maker::label()]),
    };
    let mut reply = take(client.snapshots().prepare(request.clone()).await);
    if reply.as_ref().is_err_and(|e| e.kind == Kind::AlreadyExists) && is_left(client, id, snapshotter).await
    {
        remove_snapshot(client, snapshotter, id).await?;
        reply = take(client.snapshots().prepare(request.clone()).await);
    }
    if reply.as_ref().is_err_and(|e| e.kind == Kind::NotFound) && !request.parent.is_empty() {
        unpack::unpack(client, opened, snapshotter, |_| {}).await?;
        reply = take(client.snapshots().prepare(request).await);
    }
    match reply {
        Ok(reply) => Ok(reply.mounts),
        Err(e) if e.kind == Kind::AlreadyExists => match get(client, id).await {
            Ok(_) => Err(Error::already_exists(format!("container {id}: already exists"))),
            Err(_) => Err(e),
        },
        Err(e) => Err(e.context("prepare the snapshot")),
    }
}

/// Whether the snapshot `id` is one that somebody made for a container and died before there was a record of it.
async fn is_left(client: &Client, id: &str, snapshotter: &str) -> bool {
    let request = StatSnapshotRequest { snapshotter: snapshotter.to_string(), key: id.to_string() };
    let found = take(client.snapshots().stat(request).await).ok().and_then(|reply| reply.info);
    let dead = found.is_some_and(|info| maker::is_dead(&info.labels));
    dead && get(client, id).await.is_err_and(|e| e.kind == Kind::NotFound)
}

async fn record(
    client: &Client,
    wish: &Wish,
    image: Option<(&Opened, &str)>,
    mut labels: HashMap<String, String>,
    config: &oci_spec::runtime::Spec,
) -> Result<Container> {
    labels.extend(wish.labels.clone());
    let id = wish.options.id.clone();
    let container = Container {
        id: id.clone(),
        labels,
        image: image.map(|(opened, _)| opened.image.name.clone()).unwrap_or_default(),
        runtime: Some(Runtime {
            name: wish.runtime.clone(),
            options: wish.runc_binary.as_deref().map(options),
        }),
        spec: Some(Any { type_url: spec::TYPE_URL.to_string(), value: spec::to_json(config)? }),
        snapshotter: image.map(|(_, name)| name.to_string()).unwrap_or_default(),
        snapshot_key: image.map(|_| id.clone()).unwrap_or_default(),
        sandbox: wish.sandbox.clone(),
        ..Container::default()
    };
    let request = CreateContainerRequest { container: Some(container.clone()) };
    match take(client.containers().create(request).await) {
        Err(e) if e.kind == Kind::AlreadyExists => {
            Err(Error::already_exists(format!("container {id}: already exists")))
        }
        other => other.map(|_| container),
    }
}

fn options(binary: &str) -> Any {
    let options = RuncOptions { binary_name: binary.to_string(), ..RuncOptions::default() };
    Any { type_url: "containerd.runc.v1.Options".to_string(), value: options.encode_to_vec() }
}

pub async fn list(client: &Client) -> Result<Vec<Container>> {
    Ok(take(client.containers().list(ListContainersRequest { filters: Vec::new() }).await)?.containers)
}

pub async fn get(client: &Client, id: &str) -> Result<Container> {
    match get_here(client, id).await {
        Err(e) => Err(elsewhere::hint(client, e, async |there| get_here(there, id).await).await),
        found => found,
    }
}

async fn get_here(client: &Client, id: &str) -> Result<Container> {
    let reply = take(client.containers().get(GetContainerRequest { id: id.to_string() }).await);
    match reply {
        Ok(reply) => Ok(reply.container.unwrap_or_default()),
        Err(e) if e.kind == Kind::NotFound => Err(Error::not_found(format!("container {id}: not found"))),
        Err(e) => Err(e),
    }
}

/// What to mount as the root of a container that exists.
pub async fn mounts(client: &Client, container: &Container) -> Result<Vec<Mount>> {
    if container.snapshot_key.is_empty() {
        return Ok(Vec::new());
    }
    let request =
        MountsRequest { snapshotter: container.snapshotter.clone(), key: container.snapshot_key.clone() };
    Ok(take(client.snapshots().mounts(request).await)?.mounts)
}

/// Sets labels of a container and leaves its others alone; an empty value takes one away.
pub async fn label(client: &Client, id: &str, mut labels: HashMap<String, String>) -> Result<()> {
    get(client, id).await?;
    let paths = labels.keys().map(|key| format!("labels.{key}")).collect();
    labels.retain(|_, value| !value.is_empty());
    let request = UpdateContainerRequest {
        container: Some(Container { id: id.to_string(), labels, ..Container::default() }),
        update_mask: Some(FieldMask { paths }),
    };
    take(client.containers().update(request).await).map(drop)
}

/// Removes a container's record and its snapshot; with `force`, after killing what runs. Returns
/// the record.
pub async fn remove(client: &Client, id: &str, force: bool, keep_snapshot: bool) -> Result<Container> {
    let container = get(client, id).await?;
    match process::status(client, id).await {
        Ok(_) if force => {
            // Nobody is to start it again meanwhile.
            if container.labels.contains_key(restart::STATUS) {
                let stopped = [(restart::STATUS.to_string(), "stopped".to_string())].into();
                label(client, id, stopped).await?;
            }
            process::destroy(client, id).await?;
        }
        Ok(process) if process.status() == crate::api::task::Status::Stopped => {
            process::delete(client, id, None).await?;
        }
        Ok(_) => {
            return Err(Error::precondition(format!(
                "container {id}: its task is running (--force kills it)"
            )));
        }
        Err(e) if e.kind == Kind::NotFound => {}
        Err(e) if !force => return Err(e),
        Err(_) => drop(process::destroy(client, id).await?),
    }
    forget(client, &container, keep_snapshot).await?;
    Ok(container)
}

/// Removes the record and the snapshot of a container without a task; or keeps the snapshot, which nothing
/// else does from then on.
pub async fn forget(client: &Client, container: &Container, keep_snapshot: bool) -> Result<()> {
    if keep_snapshot && !container.snapshot_key.is_empty() {
        let root = "containerd.io/gc.root".to_string();
        let info = Info {
            name: container.snapshot_key.clone(),
            labels: HashMap::from([(root.clone(), clock::rfc3339(clock::now()))]),
            ..Info::default()
        };
        let request = UpdateSnapshotRequest {
            snapshotter: container.snapshotter.clone(),
            info: Some(info),
            update_mask: Some(FieldMask { paths: vec![format!("labels.{root}")] }),
        };
        take(client.snapshots().update(request).await)?;
    }
    let request = DeleteContainerRequest { id: container.id.clone() };
    if keep_snapshot || container.snapshot_key.is_empty() {
        return take(client.containers().delete(request).await);
    }
    // The removal of the snapshot waits for the disk, for both.
    take(client.ahead().containers().delete(request).await)?;
    match remove_snapshot(client, &container.snapshotter, &container.snapshot_key).await {
        Err(e) if e.kind != Kind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// The same for one that was made to be removed at its end: both at once, for nobody waits for the disk.
pub async fn discard(client: &Client, container: &Container) -> Result<()> {
    if container.snapshot_key.is_empty() {
        return forget(client, container, false).await;
    }
    let request = DeleteContainerRequest { id: container.id.clone() };
    let (record, snapshot) = tokio::join!(
        async { take(client.containers().delete(request).await) },
        remove_snapshot(client, &container.snapshotter, &container.snapshot_key),
    );
    match snapshot {
        Err(e) if e.kind != Kind::NotFound => record.and(Err(e)),
        _ => record,
    }
}

pub async fn remove_snapshot(client: &Client, snapshotter: &str, key: &str) -> Result<()> {
    let request = RemoveSnapshotRequest { snapshotter: snapshotter.to_string(), key: key.to_string() };
    take(client.snapshots().remove(request).await).map(drop)
}
