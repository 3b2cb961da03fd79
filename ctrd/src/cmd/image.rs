//! `ctrd image`, but for the import and for what images take.

use anyhow::Result;
use prost_types::FieldMask;
use serde_json::{Value, json};

use super::{Session, each, extent, import, label_changes, mounting};
use crate::api::images::{CreateImageRequest, Image, UpdateImageRequest};
use crate::cli::{ImageCommand, ImageRemove, ImageTag};
use crate::client::{Client, across, image, snapshotter, take, unpack};
use crate::error::{Error, Kind};
use crate::image::{Platform, normalize};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: ImageCommand) -> Result<i32> {
    let client = &session.client;
    match command {
        ImageCommand::Import(args) => import::import(session, args).await,
        ImageCommand::Export(args) => super::export::export(session, args).await,
        ImageCommand::Ls(list) => {
            let quiet = list.list.quiet;
            let rows = async |client: &Client| rows(client, quiet).await;
            session.list(&list, &["IMAGE", "DIGEST", "SIZE", "UPDATED"], rows).await
        }
        ImageCommand::Tag(args) => tag(client, &args).await,
        ImageCommand::Copy(args) => {
            let to = client.in_namespace(&args.to)?;
            let act = async |name: String| across::copy(client, &to, &name, args.force).await;
            each("image copy", &args.images, act).await
        }
        ImageCommand::Label { image: name, labels } => {
            let name = image::find(client, &name).await?.name;
            let labels = label_changes(&labels)?;
            let paths = labels.keys().map(|key| format!("labels.{key}")).collect();
            let request = UpdateImageRequest {
                image: Some(Image { name, labels, ..Image::default() }),
                update_mask: Some(FieldMask { paths }),
                ..UpdateImageRequest::default()
            };
            take(client.images().update(request).await)?;
            Ok(0)
        }
        ImageCommand::Usage { snapshotter, images, list } => {
            let snapshotter = snapshotter::choose(client, snapshotter.as_deref()).await?;
            extent::usage(client, &snapshotter, &images, &list).await
        }
        ImageCommand::Check { snapshotter, images, list } => {
            let snapshotter = snapshotter::choose(client, snapshotter.as_deref()).await?;
            extent::check(client, &snapshotter, &images, &list).await
        }
        ImageCommand::Unpack { snapshotter, quiet, images } => {
            let snapshotter = snapshotter::choose(client, snapshotter.as_deref()).await?;
            let act = async |name: String| -> Result<(), Error> {
                let opened = image::open(client, image::find(client, &name).await?).await?;
                let bar = import::layers(opened.chain().len(), quiet);
                unpack::unpack(client, &opened, &snapshotter, |n| bar.at(n as u64 + 1)).await
            };
            each("image unpack", &images, act).await
        }
        ImageCommand::Mount { rw, platform, snapshotter, image, target } => {
            let snapshotter = snapshotter::choose(client, snapshotter.as_deref()).await?;
            let platform = platform.as_deref().map(Platform::parse).transpose()?;
            mounting::mount(client, snapshotter, &image, platform, &target, rw).await
        }
        ImageCommand::Unmount { keep, snapshotter, targets } => {
            let snapshotter = snapshotter::choose(client, snapshotter.as_deref()).await?;
            let act = async |target: String| mounting::unmount(client, &snapshotter, &target, keep).await;
            each("image unmount", &targets, act).await
        }
        ImageCommand::Rm(args) => rm(session, &args).await,
        ImageCommand::Inspect { images } => {
            let act = async |name: String| inspect(session, &name).await.map_err(|e| shorten(e, &name));
            each("image inspect", &images, act).await
        }
    }
}

/// The verb and its image, for the line that reports a failure.
pub fn title(command: &ImageCommand) -> String {
    match command {
        ImageCommand::Import(_) => "import".into(),
        ImageCommand::Export(_) => "export".into(),
        ImageCommand::Ls(_) => "ls".into(),
        ImageCommand::Rm(_) => "rm".into(),
        ImageCommand::Tag(args) => format!("tag {}", args.image),
        ImageCommand::Copy(_) => "copy".into(),
        ImageCommand::Label { image, .. } => format!("label {image}"),
        ImageCommand::Usage { .. } => "usage".into(),
        ImageCommand::Check { .. } => "check".into(),
        ImageCommand::Unpack { .. } => "unpack".into(),
        ImageCommand::Mount { image, .. } => format!("mount {image}"),
        ImageCommand::Unmount { .. } => "unmount".into(),
        ImageCommand::Inspect { .. } => "inspect".into(),
    }
}

/// A name that another image has is taken with `force` alone.
async fn tag(client: &Client, args: &ImageTag) -> Result<i32> {
    let found = image::find(client, &args.image).await?;
    let act = async |name: String| -> Result<(), Error> {
        let name = normalize(&name)?;
        let image = Image {
            name: name.clone(),
            target: found.target.clone(),
            labels: found.labels.clone(),
            ..Image::default()
        };
        if args.force {
            return image::store(client, image).await;
        }
        let request = CreateImageRequest { image: Some(image), source_date_epoch: None };
        match take(client.images().create(request).await) {
            Err(e) if e.kind == Kind::AlreadyExists => {
                Err(Error::already_exists("another image has this name (--force takes it)"))
            }
            other => other.map(drop),
        }
    };
    each("image tag", &args.names, act).await
}

async fn rows(client: &Client, quiet: bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for found in image::list(client).await? {
        let name = found.name.clone();
        let mut object = brief(&found);
        let digest = found.target.as_ref().map(|t| t.digest.clone()).unwrap_or_default();
        let updated = listing::time(found.updated_at.as_ref());
        // An image whose documents are not there has no size; that it is there can be said.
        let size = match quiet {
            true => None,
            false => image::open(client, found).await.ok().map(|opened| size(&opened)),
        };
        object["layersSize"] = json!(size);
        let size = size.map_or("-".to_string(), listing::size);
        rows.push(Row { cells: vec![name.clone(), digest, size, updated], name, object });
    }
    Ok(rows)
}

/// What the image's own layers take, packed.
fn size(opened: &image::Opened) -> u64 {
    opened.resolved.manifest.layers.iter().map(|layer| layer.size).fold(0, u64::saturating_add)
}

fn brief(image: &Image) -> Value {
    let target =
        image.target.as_ref().map(|t| json!({"mediaType": t.media_type, "digest": t.digest, "size": t.size}));
    json!({
        "name": image.name,
        "target": target,
        "labels": image.labels,
        "createdAt": listing::time_json(image.created_at.as_ref()),
        "updatedAt": listing::time_json(image.updated_at.as_ref()),
    })
}

pub async fn inspect(session: &Session, name: &str) -> Result<(), Error> {
    let found = image::find(&session.client, name).await?;
    let mut object = brief(&found);
    let opened = image::open(&session.client, found).await?;
    let fault = |e: serde_json::Error| Error::invalid(format!("image {name}: {e}"));
    object["manifest"] = serde_json::to_value(&opened.resolved.manifest).map_err(fault)?;
    object["config"] = serde_json::from_slice(&opened.resolved.config_bytes).map_err(fault)?;
    listing::tell_object(&object)
}

async fn rm(session: &Session, args: &ImageRemove) -> Result<i32> {
    let act = async |name: String| {
        let removed = async {
            let found = image::find(&session.client, &name).await?;
            image::remove(&session.client, &found.name, args.sync).await
        };
        match removed.await {
            Err(e) if e.kind == Kind::NotFound && args.force => Ok(()),
            Err(e) => Err(shorten(e, &name)),
            Ok(()) => Ok(()),
        }
    };
    each("image rm", &args.images, act).await
}

/// The image's name stands before the error already.
fn shorten(mut error: Error, name: &str) -> Error {
    if let Some(rest) = error.message.strip_prefix(&format!("image {name}: ")) {
        error.message = rest.to_string();
    }
    error
}
