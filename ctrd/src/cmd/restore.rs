//! `ctrd restore`: a container made of a saved one, by us or by `ctr`, and started.

use std::collections::HashMap;

use anyhow::{Context, Result};
use prost_types::Any;
use serde_json::Value;

use super::checkpoint::{self, part, unpacked};
use super::{Session, lifecycle};
use crate::api::containers::container::Runtime;
use crate::api::containers::{Container, CreateContainerRequest};
use crate::api::diff::ApplyRequest;
use crate::api::images::Image;
use crate::api::types::Mount;
use crate::cli::Restore;
use crate::client::image::to_proto;
use crate::client::{Client, container, image, lease, take};
use crate::error::{Error, Kind};
use crate::image::{Index, is_index, is_manifest, media};
use crate::listing;

pub async fn restore(session: &Session, args: &Restore) -> Result<i32> {
    let all = !(args.rw || args.live);
    let index = checkpoint::open(&session.client, &args.image).await?;
    let what = "its hooks, mounts and privileges are taken";
    checkpoint::vouch(&session.client, &args.image, args.trust, what).await?;
    let saved = part(&index, media::CHECKPOINT).map(to_proto);
    if args.live && saved.is_none() {
        return Err(Error::invalid(format!("image {}: no processes were saved in it", args.image)).into());
    }
    let lease = lease::make(&session.client, "restore").await.context("make a lease")?;
    let made = make(&session.client.under_lease(&lease)?, args, &index, args.rw || all).await;
    let released = lease::release(&session.client, lease, made.is_err()).await;
    made?;
    released.context("delete the lease")?;
    let saved = saved.filter(|_| args.live || all);
    if let Err(e) = lifecycle::in_background(session, &args.container, saved).await {
        session
            .undo(async |client| container::remove(client, &args.container, true, false).await.map(drop))
            .await;
        return Err(e.into());
    }
    listing::line(&args.container)?;
    Ok(0)
}

/// Makes the container's record and its root; what an error interrupts is undone.
async fn make(client: &Client, args: &Restore, index: &Index, rw: bool) -> Result<()> {
    let id = &args.container;
    crate::id::validate(id)?;
    let annotation = |name: &str| index.annotations.get(name).cloned().unwrap_or_default();
    let spec = part(index, media::CHECKPOINT_CONFIG).context("the image has no specification")?;
    let spec = renamed(unpacked(client, spec).await?, id)?;
    let options = match part(index, media::CHECKPOINT_RUNTIME) {
        Some(options) => Some(unpacked(client, options).await?),
        None => None,
    };
    let name = annotation(checkpoint::IMAGE);
    let snapshotter = annotation(checkpoint::SNAPSHOTTER);
    let labels: HashMap<String, String> = match index.annotations.get(checkpoint::LABELS) {
        Some(text) => serde_json::from_str(text).context("read the saved labels")?,
        None => HashMap::new(),
    };
    let mut record = Container {
        id: id.clone(),
        labels,
        runtime: Some(Runtime { name: annotation(checkpoint::RUNTIME), options }),
        spec: Some(spec),
        ..Container::default()
    };
    let mut mounts = Vec::new();
    if !name.is_empty() {
        let image = base(client, index, &name).await?;
        mounts = container::prepare(client, id, &image::open(client, image).await?, &snapshotter).await?;
        (record.image, record.snapshotter, record.snapshot_key) = (name, snapshotter, id.clone());
    }
    let prepared = !record.snapshot_key.is_empty();
    let snapshotter = record.snapshotter.clone();
    let made = async {
        if rw && prepared {
            changes(client, index, mounts).await?;
        }
        let request = CreateContainerRequest { container: Some(record) };
        match take(client.containers().create(request).await) {
            Err(e) if e.kind == Kind::AlreadyExists => {
                Err(Error::already_exists(format!("container {id}: already exists")))
            }
            other => other.map(drop),
        }
    };
    let made = made.await;
    if made.is_err() && prepared {
        // The first error is the one to report.
        let _ = container::remove_snapshot(client, &snapshotter, id).await;
    }
    Ok(made?)
}

/// The image that the container was made from; where it is not known, the one that was saved with it
/// gets its name.
async fn base(client: &Client, index: &Index, name: &str) -> Result<Image, Error> {
    let missing = match image::find(client, name).await {
        Err(e) if e.kind == Kind::NotFound => e,
        other => return other,
    };
    let saved = index.manifests.iter().find(|m| is_index(&m.media_type) || is_manifest(&m.media_type));
    let Some(saved) = saved else { return Err(missing) };
    let image = Image { name: name.to_string(), target: Some(to_proto(saved)), ..Image::default() };
    image::store(client, image.clone()).await?;
    Ok(image)
}

/// Applies the layer of what was changed.
async fn changes(client: &Client, index: &Index, mounts: Vec<Mount>) -> Result<(), Error> {
    let Some(layer) = part(index, media::LAYER_GZIP) else { return Ok(()) };
    let request = ApplyRequest { diff: Some(to_proto(layer)), mounts, ..ApplyRequest::default() };
    take(client.diff().apply(request).await).map(drop).map_err(|e| e.context("bring back what was changed"))
}

/// The specification with a control group of the new container's own.
fn renamed(mut spec: Any, id: &str) -> Result<Any> {
    let mut json: Value = serde_json::from_slice(&spec.value).context("read the saved specification")?;
    let group = json.pointer_mut("/linux/cgroupsPath");
    let Some(path) = group.as_ref().and_then(|path| path.as_str()) else { return Ok(spec) };
    // systemd's form is slice:prefix:name.
    let Some(at) = path.rfind(if path.contains(':') { ':' } else { '/' }) else { return Ok(spec) };
    let path = format!("{}{id}", &path[..=at]);
    if let Some(group) = group {
        *group = path.into();
    }
    spec.value = serde_json::to_vec(&json).context("write the specification")?;
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restored_container_has_a_group_of_its_own() {
        for (path, want) in
            [("/default/old", "/default/new"), ("system.slice:ctrd:old", "system.slice:ctrd:new")]
        {
            let value = format!(r#"{{"linux":{{"cgroupsPath":"{path}"}}}}"#).into_bytes();
            let spec = renamed(Any { type_url: "t".into(), value }, "new").unwrap();
            let json: Value = serde_json::from_slice(&spec.value).unwrap();
            assert_eq!((spec.type_url.as_str(), &json["linux"]["cgroupsPath"]), ("t", &Value::from(want)));
        }
        let none = Any { type_url: "t".into(), value: b"{ }".to_vec() };
        assert_eq!(renamed(none.clone(), "new").unwrap(), none);
        assert!(renamed(Any { type_url: "t".into(), value: b"x".to_vec() }, "new").is_err());
    }
}
