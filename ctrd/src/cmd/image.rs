//! `ctrd image`, but for the import.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Session, each, import};
use crate::api::images::Image;
use crate::cli::{ImageCommand, ImageRemove, List};
use crate::client::image;
use crate::error::{Error, Kind};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: ImageCommand) -> Result<i32> {
    match command {
        ImageCommand::Import(args) => import::import(session, args).await,
        ImageCommand::Export(args) => super::export::export(session, args).await,
        ImageCommand::Ls(list) => ls(session, &list).await,
        ImageCommand::Rm(args) => rm(session, &args).await,
        ImageCommand::Inspect { images } => {
            let act = async |name: String| inspect(session, &name).await.map_err(|e| shorten(e, &name));
            each("image inspect", &images, act).await
        }
    }
}

pub fn verb(command: &ImageCommand) -> &'static str {
    match command {
        ImageCommand::Import(_) => "import",
        ImageCommand::Export(_) => "export",
        ImageCommand::Ls(_) => "ls",
        ImageCommand::Rm(_) => "rm",
        ImageCommand::Inspect { .. } => "inspect",
    }
}

async fn ls(session: &Session, list: &List) -> Result<i32> {
    let mut rows = Vec::new();
    for found in image::list(&session.client).await? {
        let name = found.name.clone();
        let mut object = brief(&found);
        let digest = found.target.as_ref().map(|t| t.digest.clone()).unwrap_or_default();
        let updated = listing::time(found.updated_at.as_ref());
        // An image whose documents are not there has no size; that it is there can be said.
        let size = match list.quiet {
            true => None,
            false => image::open(&session.client, found).await.ok().map(|opened| size(&opened)),
        };
        object["layersSize"] = json!(size);
        let size = size.map_or("-".to_string(), listing::size);
        let short = digest.get(..19).unwrap_or(&digest).to_string();
        rows.push(Row { cells: vec![name.clone(), short, size, updated], name, object });
    }
    listing::print(list, &["IMAGE", "DIGEST", "SIZE", "UPDATED"], &rows)?;
    Ok(0)
}

/// What the image's own layers take, packed.
fn size(opened: &image::Opened) -> u64 {
    opened.resolved.manifest.layers.iter().map(|layer| layer.size).sum()
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

async fn inspect(session: &Session, name: &str) -> Result<(), Error> {
    let found = image::find(&session.client, name).await?;
    let mut object = brief(&found);
    let opened = image::open(&session.client, found).await?;
    let fault = |e: serde_json::Error| Error::invalid(format!("image {name}: {e}"));
    object["manifest"] = serde_json::to_value(&opened.resolved.manifest).map_err(fault)?;
    object["config"] = serde_json::from_slice(&opened.resolved.config_bytes).map_err(fault)?;
    listing::object(&object).map_err(Error::from)
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
