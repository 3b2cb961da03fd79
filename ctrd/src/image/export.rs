//! Writing an archive of images: an OCI layout that `docker load` takes too, the same bytes for the
//! same images.
//!
//! ```text
//! blobs/sha256/…   documents and layers, by name, each once
//! index.json       an entry for each name
//! manifest.json    Docker's own list, where each image is for one platform
//! oci-layout
//! ```

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Read, Write};

use serde_json::json;

use super::archive::{IMAGE_NAME, REF_NAME};
use super::document::{
    Descriptor, Index, MAX_DOCUMENT, Manifest, is_index, is_layer, is_manifest, parse_index, parse_manifest,
};
use super::resolve::{MAX_DEPTH, MAX_DESCRIPTORS};
use super::{Platform, resolve};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::unpack::TarWriter;

/// Gives the blobs of an export.
pub trait BlobSource {
    /// Reads a whole small blob; one larger than `limit` is an error.
    fn document(&mut self, digest: &Digest, limit: u64) -> Result<Vec<u8>>;

    /// Writes a blob of `size` bytes to `out`.
    fn copy(&mut self, digest: &Digest, size: u64, out: &mut dyn Write) -> Result<()>;
}

/// An image to be exported under its name.
#[derive(Debug, Clone)]
pub struct Exported {
    pub name: String,
    pub target: Descriptor,
}

/// Which platforms of an image go into the archive.
#[derive(Debug, Clone, Default)]
pub enum Platforms {
    /// This machine's.
    #[default]
    Host,
    /// These; where none is there, an error.
    These(Vec<Platform>),
    /// All that its index names, and each must be there.
    All,
}

/// Writes an archive of `images`.
pub fn export(
    images: &[Exported],
    platforms: &Platforms,
    source: &mut dyn BlobSource,
    out: impl Write,
) -> Result<()> {
    write(images, platforms, Plan { docker: Some(Vec::new()), ..Plan::default() }, source, out)
}

/// The same, without Docker's list.
pub fn export_layout(
    images: &[Exported],
    platforms: &Platforms,
    source: &mut dyn BlobSource,
    out: impl Write,
) -> Result<()> {
    write(images, platforms, Plan::default(), source, out)
}

fn write(
    images: &[Exported],
    platforms: &Platforms,
    mut plan: Plan,
    source: &mut dyn BlobSource,
    out: impl Write,
) -> Result<()> {
    for image in images {
        plan.image(image, platforms, source).map_err(|e| e.context(format!("image {}", image.name)))?;
    }
    let mut tar = TarWriter::new(out);
    let at = |e: io::Error| Error::from(e).context("write archive");
    let mut folders = BTreeSet::new();
    tar.folder("blobs/").map_err(at)?;
    for (digest, size) in &plan.blobs {
        if folders.insert(digest.algorithm()) {
            tar.folder(&format!("blobs/{}/", digest.algorithm())).map_err(at)?;
        }
        let name = format!("blobs/{}/{}", digest.algorithm(), digest.hex());
        tar.file(&name, *size, |out| source.copy(digest, *size, out))
            .map_err(|e| e.context(format!("write {digest}")))?;
    }
    let index = Index {
        schema_version: 2,
        media_type: super::media::INDEX.to_string(),
        manifests: plan.entries,
        annotations: BTreeMap::new(),
    };
    let encode = |value: serde_json::Result<Vec<u8>>| value.map_err(|e| Error::unknown(e.to_string()));
    let mut documents = vec![("index.json", encode(serde_json::to_vec(&index))?)];
    if let Some(docker) = &plan.docker {
        documents.push(("manifest.json", encode(serde_json::to_vec(docker))?));
    }
    documents.push(("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
    for (name, bytes) in documents {
        tar.file(name, bytes.len() as u64, |out| Ok(out.write_all(&bytes)?))?;
    }
    tar.finish().map_err(at)
}

/// What goes into the archive.
#[derive(Default)]
struct Plan {
    entries: Vec<Descriptor>,
    /// Sizes by digest, and so each blob once and in order.
    blobs: BTreeMap<Digest, u64>,
    /// The documents that were looked into: what many indexes name is walked once.
    walked: HashSet<Digest>,
    /// `None` where it is not wanted, and once an image has no form that Docker's list can say.
    docker: Option<Vec<serde_json::Value>>,
}

impl Plan {
    fn image(&mut self, image: &Exported, platforms: &Platforms, source: &mut dyn BlobSource) -> Result<()> {
        let host = [Platform::host()];
        let wanted = match platforms {
            Platforms::All => {
                self.tree(&image.target, 0, source)?;
                self.entry(image, &image.target);
                // Docker's list has one manifest for a name.
                return match is_index(&image.target.media_type) {
                    true => {
                        self.docker = None;
                        Ok(())
                    }
                    false => self.docker_entry(image, &image.target, source),
                };
            }
            // All of a saved container is for one machine.
            _ if is_checkpoint(&image.target, source)? => {
                self.checkpoint(&image.target, source)?;
                self.entry(image, &image.target);
                self.docker = None;
                return Ok(());
            }
            Platforms::These(these) => these.as_slice(),
            Platforms::Host => &host,
        };
        for platform in wanted {
            let mut read = |digest: &Digest| source.document(digest, MAX_DOCUMENT);
            let resolved = resolve(&image.target, Some(platform), &mut read)?;
            self.tree(&resolved.target, 0, source)?;
            let mut target = resolved.target.clone();
            if target.platform.is_none() {
                target.platform = Some(resolved.config.platform.clone());
            }
            self.entry(image, &target);
            match wanted.len() {
                1 => self.docker_entry(image, &target, source)?,
                _ => self.docker = None,
            }
        }
        Ok(())
    }

    /// Takes a saved container: its parts, and of the image that it was made from what this machine has.
    fn checkpoint(&mut self, target: &Descriptor, source: &mut dyn BlobSource) -> Result<()> {
        self.blobs.insert(target.digest.clone(), target.size);
        for part in parse_index(&document(target, source)?)?.manifests {
            if !is_index(&part.media_type) {
                self.tree(&part, 1, source)?;
                continue;
            }
            self.blobs.insert(part.digest.clone(), part.size);
            let mut read = |digest: &Digest| source.document(digest, MAX_DOCUMENT);
            let resolved = resolve(&part, None, &mut read)?;
            self.tree(&resolved.target, 1, source)?;
        }
        Ok(())
    }

    /// Takes a descriptor and all that it leads to.
    fn tree(&mut self, at: &Descriptor, depth: usize, source: &mut dyn BlobSource) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::invalid(format!("index {}: nested too deep", at.digest)));
        }
        if self.blobs.len() > MAX_DESCRIPTORS {
            return Err(Error::invalid(format!("index {}: refers to too much", at.digest)));
        }
        self.blobs.insert(at.digest.clone(), at.size);
        let is_document = is_index(&at.media_type) || is_manifest(&at.media_type);
        if !is_document || !self.walked.insert(at.digest.clone()) {
            return Ok(());
        }
        if is_index(&at.media_type) {
            for next in parse_index(&document(at, source)?)?.manifests {
                self.tree(&next, depth + 1, source)?;
            }
        } else {
            let manifest = parse_manifest(&document(at, source)?)?;
            self.blobs.insert(manifest.config.digest.clone(), manifest.config.size);
            for layer in manifest.layers {
                // One that may not be passed on is fetched from where it says, by who needs it.
                if !is_foreign(&layer) {
                    self.blobs.insert(layer.digest, layer.size);
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self, image: &Exported, target: &Descriptor) {
        let mut entry = target.clone();
        entry.annotations.insert(IMAGE_NAME.to_string(), image.name.clone());
        let last = image.name.rsplit('/').next().unwrap_or_default();
        if let Some((_, tag)) = last.split_once(':')
            && !last.contains('@')
        {
            entry.annotations.insert(REF_NAME.to_string(), tag.to_string());
        }
        self.entries.push(entry);
    }

    fn docker_entry(
        &mut self,
        image: &Exported,
        target: &Descriptor,
        source: &mut dyn BlobSource,
    ) -> Result<()> {
        let manifest: Manifest = parse_manifest(&document(target, source)?)?;
        let path = |digest: &Digest| format!("blobs/{}/{}", digest.algorithm(), digest.hex());
        let plain = manifest.layers.iter().all(|l| is_layer(&l.media_type) && !is_foreign(l));
        let Some(docker) = self.docker.as_mut().filter(|_| plain) else {
            self.docker = None;
            return Ok(());
        };
        let config = path(&manifest.config.digest);
        // Two names of one image are two tags of it.
        let same = docker.iter_mut().find(|entry| entry["Config"] == config.as_str());
        if let Some(serde_json::Value::Array(tags)) = same.map(|entry| &mut entry["RepoTags"]) {
            tags.push(json!(image.name));
            return Ok(());
        }
        let layers: Vec<String> = manifest.layers.iter().map(|layer| path(&layer.digest)).collect();
        docker.push(json!({ "Config": config, "RepoTags": [image.name], "Layers": layers }));
        Ok(())
    }
}

fn is_checkpoint(target: &Descriptor, source: &mut dyn BlobSource) -> Result<bool> {
    Ok(is_index(&target.media_type) && parse_index(&document(target, source)?)?.is_checkpoint())
}

fn is_foreign(layer: &Descriptor) -> bool {
    layer.media_type.contains(".nondistributable.") || layer.media_type.contains(".foreign.")
}

fn document(at: &Descriptor, source: &mut dyn BlobSource) -> Result<Vec<u8>> {
    if at.size > MAX_DOCUMENT {
        return Err(Error::invalid(format!("{}: {} bytes are too many for a document", at.digest, at.size)));
    }
    source.document(&at.digest, MAX_DOCUMENT)
}

/// Copies what a reader gives, which must be just `size` bytes.
pub fn copy_exactly(from: &mut dyn Read, size: u64, out: &mut dyn Write) -> Result<()> {
    let copied = io::copy(&mut from.take(size), out)?;
    if copied < size {
        return Err(Error::new(Kind::DataLoss, format!("it ends after {copied} of {size} bytes")));
    }
    Ok(())
}
