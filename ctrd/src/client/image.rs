//! Images: found by the names people give them, read down to their layers and configuration.

use std::collections::{HashMap, HashSet};

use tokio::runtime::Handle;

use super::content::document;
use super::{Client, elsewhere, take};
use crate::api::images::{
    CreateImageRequest, DeleteImageRequest, GetImageRequest, Image, ListImagesRequest, UpdateImageRequest,
};
use crate::api::types;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::image::{
    Descriptor, MAX_DEPTH, MAX_DESCRIPTORS, Platform, Resolved, chain_ids, is_index, normalize, parse_index,
    resolve,
};

/// An image with its documents for this machine.
pub struct Opened {
    pub image: Image,
    pub resolved: Resolved,
}

impl Opened {
    /// The snapshot of each layer, lowest first.
    pub fn chain(&self) -> Vec<Digest> {
        chain_ids(&self.resolved.config.rootfs.diff_ids)
    }
}

pub async fn list(client: &Client) -> Result<Vec<Image>> {
    Ok(take(client.images().list(ListImagesRequest { filters: Vec::new() }).await)?.images)
}

/// Finds an image by its exact name, or by the full form of a short one: `busybox` is
/// `docker.io/library/busybox:latest` as well.
pub async fn find(client: &Client, name: &str) -> Result<Image> {
    if let Some(found) = find_here(client, name).await? {
        return Ok(found);
    }
    let known = list(client).await.unwrap_or_default();
    let near = known.iter().map(|image| image.name.as_str()).find(|known| resembles(known, name));
    let near = near.map(|known| format!(" (there is {known})")).unwrap_or_default();
    let error = Error::not_found(format!("image {name}: not found{near}"));
    let look = async |there: &Client| {
        let found = find_here(there, name).await?;
        found.ok_or_else(|| Error::not_found(""))
    };
    Err(elsewhere::hint(client, error, look).await)
}

async fn find_here(client: &Client, name: &str) -> Result<Option<Image>> {
    for spelling in spellings(name) {
        match take(client.images().get(GetImageRequest { name: spelling }).await) {
            Ok(reply) => return reply.image.map(Some).ok_or_else(|| Error::unknown("an empty reply")),
            Err(e) if e.kind == Kind::NotFound => {}
            Err(e) => return Err(e.context(format!("image {name}"))),
        }
    }
    Ok(None)
}

/// Creates the image, or points the one of that name at the new target.
pub async fn store(client: &Client, image: Image) -> Result<()> {
    let name = image.name.clone();
    let create = CreateImageRequest { image: Some(image.clone()), source_date_epoch: None };
    let reply = match take(client.images().create(create).await) {
        Err(e) if e.kind == Kind::AlreadyExists => {
            let update = UpdateImageRequest { image: Some(image), ..UpdateImageRequest::default() };
            take(client.images().update(update).await).map(drop)
        }
        other => other.map(drop),
    };
    reply.map_err(|e| e.context(format!("image {name}")))
}

pub async fn remove(client: &Client, name: &str, sync: bool) -> Result<()> {
    let request = DeleteImageRequest { name: name.to_string(), sync, ..DeleteImageRequest::default() };
    take(client.images().delete(request).await).map(drop)
}

/// Reads the manifest for this machine and its configuration.
pub async fn open(client: &Client, image: Image) -> Result<Opened> {
    open_for(client, image, None).await
}

/// Reads the manifest for a platform, `None` being this machine's, and its configuration.
pub async fn open_for(client: &Client, image: Image, platform: Option<Platform>) -> Result<Opened> {
    let at = format!("image {}", image.name);
    let target = from_proto(image.target.clone().unwrap_or_default()).map_err(|e| e.context(&at))?;
    let resolved = search(client, &target, platform.as_ref()).await.map_err(|e| e.context(&at))?;
    Ok(Opened { image, resolved })
}

/// More documents than an image needs mostly.
const FEW: usize = 16;

/// Resolves what it can, and asks for the document that was missing, until there is none. Where there are many, it is
/// not begun anew for each: a thread waits for them.
async fn search(client: &Client, target: &Descriptor, platform: Option<&Platform>) -> Result<Resolved> {
    let mut known: HashMap<Digest, Result<Vec<u8>>> = HashMap::new();
    while known.len() < FEW {
        let mut missing = None;
        let resolved = resolve(target, platform, &mut |digest| match known.get(digest) {
            Some(document) => document.clone(),
            None => {
                missing = Some(digest.clone());
                Err(Error::new(Kind::Cancelled, "a document is missing"))
            }
        });
        let Some(digest) = missing else { return resolved };
        let document = document(client, digest.as_str()).await;
        known.insert(digest, document);
    }
    let (client, target, platform) = (client.clone(), target.clone(), platform.cloned());
    let runtime = Handle::current();
    let resolved = tokio::task::spawn_blocking(move || {
        resolve(&target, platform.as_ref(), &mut |digest| match known.remove(digest) {
            Some(document) => document,
            None => runtime.block_on(document(&client, digest.as_str())),
        })
    });
    resolved.await.map_err(|e| Error::unknown(format!("resolve: {e}")))?
}

/// The platforms of which an image has the documents, each once, in the order of its indexes.
pub async fn platforms(client: &Client, image: &Image) -> Result<Vec<Platform>> {
    let target = from_proto(image.target.clone().unwrap_or_default())?;
    let (mut found, mut told) = (Vec::new(), HashSet::new());
    let mut level = vec![target];
    // Indexes may name one another again and again.
    let (mut walked, mut count) = (HashSet::new(), 0);
    // And one blob for many platforms.
    let mut there: HashMap<Digest, bool> = HashMap::new();
    for _ in 0..MAX_DEPTH {
        let mut below = Vec::new();
        for at in level.iter().filter(|at| is_index(&at.media_type)) {
            if !walked.insert(at.digest.clone()) {
                continue;
            }
            let bytes = match document(client, at.digest.as_str()).await {
                Err(e) if e.kind == Kind::NotFound => continue,
                other => other?,
            };
            let manifests = parse_index(&bytes)?.manifests;
            count += manifests.len();
            if count > MAX_DESCRIPTORS {
                return Err(Error::invalid(format!("index {}: refers to too much", at.digest)));
            }
            below.extend(manifests);
        }
        for at in &below {
            let Some(platform) = at.platform.clone() else { continue };
            let attached = at.annotations.contains_key("vnd.docker.reference.type");
            if attached || told.contains(&platform) {
                continue;
            }
            let is_there = match there.get(&at.digest) {
                Some(known) => *known,
                None => super::content::info(client, at.digest.as_str()).await.is_ok(),
            };
            there.insert(at.digest.clone(), is_there);
            if is_there {
                told.insert(platform.clone());
                found.push(platform);
            }
        }
        level = below;
    }
    Ok(found)
}

/// A descriptor as it comes over the wire.
pub fn from_proto(descriptor: types::Descriptor) -> Result<Descriptor> {
    let digest = Digest::parse(&descriptor.digest)?;
    Ok(Descriptor::new(&descriptor.media_type, digest, descriptor.size.unsigned_abs()))
}

/// A descriptor as it goes over the wire.
pub fn to_proto(descriptor: &Descriptor) -> types::Descriptor {
    types::Descriptor {
        media_type: descriptor.media_type.clone(),
        digest: descriptor.digest.to_string(),
        size: descriptor.size as i64,
        annotations: descriptor.annotations.clone().into_iter().collect(),
    }
}

/// The names that `name` may stand for, the exact one first.
fn spellings(name: &str) -> Vec<String> {
    let mut names = vec![name.to_string()];
    names.extend(normalize(name).ok().filter(|full| full != name));
    names
}

/// Whether somebody who asked for `asked` may have meant `known`: the same last part, another
/// host, folder or tag.
fn resembles(known: &str, asked: &str) -> bool {
    let last = |name: &str| {
        let name = name.split('@').next().unwrap_or_default();
        name.rsplit('/').next().unwrap_or_default().split(':').next().unwrap_or_default().to_string()
    };
    !last(asked).is_empty() && last(known) == last(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_have_longer_forms() {
        let cases: [(&str, &[&str]); 3] = [
            ("busybox", &["busybox", "docker.io/library/busybox:latest"]),
            ("docker.io/library/busybox:latest", &["docker.io/library/busybox:latest"]),
            ("Not A Name", &["Not A Name"]),
        ];
        for (name, want) in cases {
            assert_eq!(spellings(name), want, "{name}");
        }
    }

    #[test]
    fn hints_are_about_the_same_image() {
        assert!(resembles("docker.io/library/busybox:1.36", "busybox"));
        assert!(resembles("localhost/busybox:latest", "docker.io/library/busybox:latest"));
        assert!(!resembles("docker.io/library/debian:12", "busybox"));
    }
}
