//! The documents of an image: index, manifest, config, in the forms of OCI and of Docker.
//!
//! They come from strangers: each is bounded in size, must be one thing and not two, and is
//! what its media type says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Error, Result};

/// No document may be larger.
pub const MAX_DOCUMENT: u64 = 4 << 20;

/// Media types.
pub mod media {
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    pub const LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
    pub const LAYER_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
    pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
    pub const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar";
    pub const DOCKER_LAYER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    pub const DOCKER_LAYER_ZSTD: &str = "application/vnd.docker.image.rootfs.diff.tar.zstd";
    /// What a saved container is made of, under containerd's names.
    pub const CHECKPOINT: &str = "application/vnd.containerd.container.criu.checkpoint.criu.tar";
    pub const CHECKPOINT_CONFIG: &str = "application/vnd.containerd.container.checkpoint.config.v1+proto";
    pub const CHECKPOINT_OPTIONS: &str = "application/vnd.containerd.container.checkpoint.options.v1+proto";
    pub const CHECKPOINT_RUNTIME: &str =
        "application/vnd.containerd.container.checkpoint.runtime.options+proto";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    #[serde(default)]
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "nullable")]
    pub annotations: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
}

impl Descriptor {
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Descriptor {
        Descriptor {
            media_type: media_type.to_string(),
            digest,
            size,
            platform: None,
            annotations: Labels::new(),
            artifact_type: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Platform {
    pub architecture: String,
    pub os: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
    #[serde(default, rename = "os.version", skip_serializing_if = "String::is_empty")]
    pub os_version: String,
    #[serde(default, rename = "os.features", skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub schema_version: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    pub config: Descriptor,
    #[serde(deserialize_with = "nullable")]
    pub layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "nullable")]
    pub annotations: Labels,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    pub schema_version: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    #[serde(deserialize_with = "nullable")]
    pub manifests: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "nullable")]
    pub annotations: Labels,
}

impl Index {
    /// Whether this is a saved container, and not an image for several platforms.
    pub fn is_checkpoint(&self) -> bool {
        let saved = [media::CHECKPOINT, media::CHECKPOINT_CONFIG];
        self.manifests.iter().any(|part| saved.contains(&part.media_type.as_str()))
    }
}

/// Of an image's config only what is needed to unpack it; who runs it reads the rest itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    #[serde(flatten)]
    pub platform: Platform,
    pub rootfs: RootFs,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RootFs {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(deserialize_with = "nullable")]
    pub diff_ids: Vec<Digest>,
}

pub fn is_index(media_type: &str) -> bool {
    matches!(media_type, media::INDEX | media::DOCKER_LIST)
}

pub fn is_manifest(media_type: &str) -> bool {
    matches!(media_type, media::MANIFEST | media::DOCKER_MANIFEST)
}

/// Whether a blob of this type is a file system layer, and not something attached to an image.
pub fn is_layer(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.oci.image.layer.")
        || media_type.starts_with("application/vnd.docker.image.rootfs.diff.tar")
        || media_type.starts_with("application/vnd.docker.image.rootfs.foreign.diff.tar")
}

pub fn parse_manifest(bytes: &[u8]) -> Result<Manifest> {
    check_one_thing(bytes, "manifest")?;
    let manifest: Manifest = parse(bytes, "manifest")?;
    if !manifest.media_type.is_empty() && !is_manifest(&manifest.media_type) {
        return Err(Error::invalid(format!("parse manifest: it is of type {:.200}", manifest.media_type)));
    }
    Ok(manifest)
}

pub fn parse_index(bytes: &[u8]) -> Result<Index> {
    check_one_thing(bytes, "index")?;
    let index: Index = parse(bytes, "index")?;
    if !index.media_type.is_empty() && !is_index(&index.media_type) {
        return Err(Error::invalid(format!("parse index: it is of type {:.200}", index.media_type)));
    }
    Ok(index)
}

pub fn parse_config(bytes: &[u8]) -> Result<Config> {
    parse(bytes, "image config")
}

/// The labels by which the garbage collector sees what a document refers to.
pub fn gc_labels(media_type: &str, bytes: &[u8]) -> Result<Labels> {
    const REF: &str = "containerd.io/gc.ref.content";
    let mut labels = Labels::new();
    if is_manifest(media_type) {
        let manifest = parse_manifest(bytes)?;
        labels.insert(format!("{REF}.config"), manifest.config.digest.to_string());
        for (n, layer) in manifest.layers.iter().enumerate() {
            labels.insert(format!("{REF}.l.{n}"), layer.digest.to_string());
        }
    } else if is_index(media_type) {
        for (n, manifest) in parse_index(bytes)?.manifests.iter().enumerate() {
            labels.insert(format!("{REF}.m.{n}"), manifest.digest.to_string());
        }
    }
    Ok(labels)
}

/// A document that could be read as a manifest and as an index means one thing to whom it was
/// shown and another to whom it is run by: refused.
fn check_one_thing(bytes: &[u8], what: &str) -> Result<()> {
    #[derive(Deserialize)]
    struct Keys {
        manifests: Option<serde::de::IgnoredAny>,
        config: Option<serde::de::IgnoredAny>,
        layers: Option<serde::de::IgnoredAny>,
        #[serde(rename = "fsLayers")]
        fs_layers: Option<serde::de::IgnoredAny>,
    }
    let keys: Keys = parse(bytes, what)?;
    if keys.fs_layers.is_some() {
        return Err(Error::invalid(format!("parse {what}: schema 1 is not supported")));
    }
    if keys.manifests.is_some() && (keys.config.is_some() || keys.layers.is_some()) {
        return Err(Error::invalid(format!("parse {what}: it is an index and a manifest at once")));
    }
    Ok(())
}

pub(super) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T> {
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(Error::invalid(format!("parse {what}: {} bytes are too many", bytes.len())));
    }
    serde_json::from_slice(bytes).map_err(|e| Error::invalid(format!("parse {what}: {e}")))
}

/// Go writes empty lists and maps as `null`.
fn nullable<'de, D, T>(d: D) -> std::result::Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}
