//! `ctrd commit`: a container's changes as one more layer on its image.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Session;
use super::layer::{self, Wanted};
use crate::api::images::Image;
use crate::api::task::Status;
use crate::api::tasks::{PauseTaskRequest, ResumeTaskRequest};
use crate::api::types::Descriptor;
use crate::cli::Commit;
use crate::client::image::Opened;
use crate::client::{Client, container, content, image, lease, process, take, upload};
use crate::image::{media, normalize};
use crate::{clock, listing};

/// The label by which a compressed layer says what is in it.
const UNCOMPRESSED: &str = "containerd.io/uncompressed";

pub async fn commit(session: &Session, args: &Commit) -> Result<i32> {
    let name = normalize(&args.image)?;
    let lease = lease::make(&session.client, "commit").await.context("make a lease")?;
    let made = under_lease(&session.client.under_lease(&lease)?, args, &name).await;
    let released = lease::release(&session.client, lease, false).await;
    let digest = made?;
    released.context("delete the lease")?;
    listing::line(&digest)?;
    Ok(0)
}

async fn under_lease(client: &Client, args: &Commit, name: &str) -> Result<String> {
    let container = container::get(client, &args.container).await?;
    if container.snapshot_key.is_empty() || container.image.is_empty() {
        bail!("it was not made from an image");
    }
    let opened = image::open(client, image::find(client, &container.image).await?).await?;
    let docker = opened.resolved.manifest.media_type.as_str() == media::DOCKER_MANIFEST;
    let wanted = Wanted {
        media_type: if docker { media::DOCKER_LAYER_GZIP } else { media::LAYER_GZIP }.to_string(),
        keep: true,
        key: container.snapshot_key.clone(),
        with: None,
    };
    let paused = !args.no_pause && pause(client, &args.container).await?;
    let layer = layer::make(client, &container.snapshotter, &wanted).await;
    if paused {
        let request = ResumeTaskRequest { container_id: args.container.clone() };
        take(client.tasks().resume(request).await).context("let the container go on")?;
    }
    let layer = layer.context("make the layer")?;
    let info = content::info(client, &layer.digest).await?;
    let diff_id = info.labels.get(UNCOMPRESSED).cloned().unwrap_or_else(|| layer.digest.clone());
    let config = config(&opened, args, &diff_id)?;
    let (config_type, manifest_type) = match docker {
        true => (media::DOCKER_CONFIG, media::DOCKER_MANIFEST),
        false => (media::CONFIG, media::MANIFEST),
    };
    let config = store(client, config_type, &config).await?;
    let mut manifest = serde_json::to_value(&opened.resolved.manifest).context("write the manifest")?;
    manifest["mediaType"] = json!(manifest_type);
    manifest["config"] = described(&config);
    if let Some(layers) = manifest["layers"].as_array_mut() {
        layers.push(described(&layer));
    }
    let target = store(client, manifest_type, &manifest).await?;
    let image = Image { name: name.to_string(), target: Some(target.clone()), ..Image::default() };
    image::store(client, image).await?;
    Ok(target.digest)
}

/// Freezes a container that runs, so that what is written is of one moment.
async fn pause(client: &Client, id: &str) -> Result<bool> {
    match process::status(client, id).await {
        Ok(task) if task.status() == Status::Running => {
            let request = PauseTaskRequest { container_id: id.to_string() };
            take(client.tasks().pause(request).await).context("freeze the container")?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// The image's configuration with one more layer, and who made it when.
fn config(opened: &Opened, args: &Commit, diff_id: &str) -> Result<Value> {
    let mut config: Value =
        serde_json::from_slice(&opened.resolved.config_bytes).context("read the image's configuration")?;
    let now = clock::rfc3339(clock::now());
    let mut entry = json!({"created": now, "created_by": format!("ctrd commit {}", args.container)});
    if let Some(author) = &args.author {
        entry["author"] = json!(author);
        config["author"] = json!(author);
    }
    if let Some(message) = &args.message {
        entry["comment"] = json!(message);
    }
    config["created"] = json!(now);
    let Some(diffs) = config.pointer_mut("/rootfs/diff_ids").and_then(Value::as_array_mut) else {
        bail!("the image's configuration has no rootfs.diff_ids");
    };
    diffs.push(json!(diff_id));
    match config["history"].as_array_mut() {
        Some(history) => history.push(entry),
        None => config["history"] = json!([entry]),
    }
    Ok(config)
}

fn described(descriptor: &Descriptor) -> Value {
    json!({"mediaType": descriptor.media_type, "digest": descriptor.digest, "size": descriptor.size})
}

async fn store(client: &Client, media_type: &str, document: &Value) -> Result<Descriptor> {
    let bytes = serde_json::to_vec(document).context("write the document")?;
    Ok(upload::document(client, media_type, bytes).await?)
}
