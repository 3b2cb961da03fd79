//! `ctrd image usage` and `ctrd image check`: what there is of images, packed and unpacked.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::json;

use crate::api::images::Image;
use crate::api::snapshots::UsageRequest;
use crate::cli::List;
use crate::client::{Client, content, image, take};
use crate::error::{Error, Kind};
use crate::image::Descriptor;
use crate::listing::{self, Row};

async fn wanted(client: &Client, names: &[String]) -> Result<Vec<Image>> {
    if names.is_empty() {
        return Ok(image::list(client).await?);
    }
    let mut found = Vec::new();
    for name in names {
        found.push(image::find(client, name).await?);
    }
    Ok(found)
}

/// The blobs of an image for this machine, with their sizes; what several names share is one.
fn blobs(opened: &image::Opened) -> BTreeMap<String, u64> {
    let manifest = &opened.resolved.manifest;
    let named = |d: &Descriptor| (d.digest.to_string(), d.size);
    let mut blobs: BTreeMap<String, u64> = manifest.layers.iter().map(named).collect();
    blobs.extend([named(&manifest.config)]);
    if let Some(target) = &opened.image.target {
        blobs.insert(target.digest.clone(), target.size.unsigned_abs());
    }
    blobs
}

/// A manifest may tell of any sizes.
fn whole(blobs: &BTreeMap<String, u64>) -> u64 {
    blobs.values().copied().fold(0, u64::saturating_add)
}

/// What the snapshots of an image take, and how many of them are there.
async fn unpacked(client: &Client, snapshotter: &str, opened: &image::Opened) -> Result<(u64, usize), Error> {
    let (mut size, mut count) = (0, 0);
    for name in opened.chain() {
        let request = UsageRequest { snapshotter: snapshotter.to_string(), key: name.to_string() };
        match take(client.snapshots().usage(request).await) {
            Ok(usage) => (size, count) = (size + usage.size.unsigned_abs(), count + 1),
            Err(e) if e.kind == Kind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok((size, count))
}

pub async fn usage(client: &Client, snapshotter: &str, names: &[String], list: &List) -> Result<i32> {
    let mut rows = Vec::new();
    for found in wanted(client, names).await? {
        let name = found.name.clone();
        let opened = image::open(client, found).await?;
        let packed = whole(&blobs(&opened));
        let (size, count) = unpacked(client, snapshotter, &opened).await?;
        let object = json!({"name": name, "content": packed, "snapshots": size, "unpackedLayers": count});
        let cells = vec![
            name.clone(),
            listing::size(packed),
            listing::size(size),
            listing::size(packed.saturating_add(size)),
        ];
        rows.push(Row { name, cells, object });
    }
    listing::print(list, &["IMAGE", "CONTENT", "SNAPSHOTS", "TOTAL"], &rows)?;
    Ok(0)
}

/// The exit status is 1 where an image lacks something.
pub async fn check(client: &Client, snapshotter: &str, names: &[String], list: &List) -> Result<i32> {
    let mut rows = Vec::new();
    let mut whole = true;
    for found in wanted(client, names).await? {
        let name = found.name.clone();
        let (state, cells, object) = match image::open(client, found).await {
            Ok(opened) => of(client, snapshotter, &opened).await?,
            // Its documents are not there, or are none.
            Err(e) => {
                let reason = e.message.strip_prefix(&format!("image {name}: ")).unwrap_or(&e.message);
                ("broken", vec!["-".into(), "-".into(), "-".into()], json!({"error": reason}))
            }
        };
        whole &= state == "complete";
        let mut object = object;
        object["name"] = json!(name);
        object["status"] = json!(state);
        rows.push(Row { cells: [vec![name.clone(), state.to_string()], cells].concat(), name, object });
    }
    listing::print(list, &["IMAGE", "STATUS", "BLOBS", "SIZE", "UNPACKED"], &rows)?;
    Ok(if whole { 0 } else { 1 })
}

async fn of(
    client: &Client,
    snapshotter: &str,
    opened: &image::Opened,
) -> Result<(&'static str, Vec<String>, serde_json::Value)> {
    let blobs = blobs(opened);
    let mut missing = Vec::new();
    let mut present = 0;
    for (digest, size) in &blobs {
        match content::info(client, digest).await {
            Ok(info) if info.size.unsigned_abs() == *size => present += size,
            Ok(_) => missing.push(digest.clone()),
            Err(e) if e.kind == Kind::NotFound => missing.push(digest.clone()),
            Err(e) => return Err(e.into()),
        }
    }
    let total = whole(&blobs);
    let layers = opened.chain().len();
    let (_, count) = unpacked(client, snapshotter, opened).await?;
    let state = if missing.is_empty() { "complete" } else { "incomplete" };
    let cells = vec![
        format!("{}/{}", blobs.len() - missing.len(), blobs.len()),
        format!("{}/{}", listing::size(present), listing::size(total)),
        if count == layers { "yes".to_string() } else { format!("{count}/{layers}") },
    ];
    let object = json!({
        "blobs": blobs.len(), "missing": missing, "present": present, "size": total,
        "unpacked": count == layers, "snapshotter": snapshotter,
    });
    Ok((state, cells, object))
}
