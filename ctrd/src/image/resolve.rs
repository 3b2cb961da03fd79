//! From a target to the manifest and config of one platform, and the chain ids of its layers.

use std::collections::{BTreeMap, HashSet};

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::snapshot;

use super::document::{
    Config, Descriptor, MAX_DOCUMENT, Manifest, Platform, is_index, is_layer, is_manifest, parse_config,
    parse_index, parse_manifest,
};

/// An index within an index, and so on, so deep; and so many descriptors in all.
pub const MAX_DEPTH: usize = 8;
pub const MAX_DESCRIPTORS: usize = 10_000;

/// An image for one platform.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The manifest's descriptor.
    pub target: Descriptor,
    pub manifest: Manifest,
    pub config: Config,
    /// The config as it is written.
    pub config_bytes: Vec<u8>,
}

impl Resolved {
    /// Each layer with the digest that its uncompressed tar must have, lowest first.
    pub fn layers(&self) -> Result<Vec<(&Descriptor, &Digest)>> {
        let diff_ids = &self.config.rootfs.diff_ids;
        let layers: Vec<_> = self.manifest.layers.iter().filter(|l| is_layer(&l.media_type)).collect();
        if layers.len() != diff_ids.len() {
            return Err(Error::invalid(format!(
                "image {}: {} layers but {} diff ids: mismatched image rootfs and manifest layers",
                self.target.digest,
                layers.len(),
                diff_ids.len()
            )));
        }
        Ok(layers.into_iter().zip(diff_ids).collect())
    }
}

/// The key of the snapshot of each layer: it names the layer and all below it.
pub fn chain_ids(diff_ids: &[Digest]) -> Vec<Digest> {
    let mut chain: Vec<Digest> = Vec::with_capacity(diff_ids.len());
    for diff_id in diff_ids {
        chain.push(match chain.last() {
            None => diff_id.clone(),
            Some(below) => Digest::of(format!("{below} {diff_id}").as_bytes()),
        });
    }
    chain
}

/// The labels of the snapshot `name` that a layer is unpacked into, as containerd gives them: by these a snapshotter may
/// have the layer already, or find it elsewhere. Of the layer's annotations those go along that are for snapshotters and
/// may be an image's.
pub fn snapshot_labels<'a>(
    annotations: impl IntoIterator<Item = (&'a String, &'a String)>,
    name: &str,
    diff_id: &str,
    parent: &str,
) -> BTreeMap<String, String> {
    let inherited = annotations.into_iter().filter(|(key, _)| snapshot::may_be_an_images(key));
    let mut labels: BTreeMap<String, String> =
        inherited.map(|(key, value)| (key.clone(), value.clone())).collect();
    labels.insert(snapshot::REF_LABEL.into(), name.into());
    labels.insert("containerd.io/snapshot/diff-id".into(), diff_id.into());
    if !parent.is_empty() {
        labels.insert("containerd.io/snapshot/parent-chain-id".into(), parent.into());
    }
    labels
}

/// Finds manifest and config for `platform` (`None`: this machine's). `read` gives the bytes of
/// a document, of which none is asked for that announces more than [`MAX_DOCUMENT`] bytes.
pub fn resolve(
    target: &Descriptor,
    platform: Option<&Platform>,
    read: &mut dyn FnMut(&Digest) -> Result<Vec<u8>>,
) -> Result<Resolved> {
    let host = Platform::host();
    let wanted = platform.unwrap_or(&host);
    let mut search = Search { wanted, read, seen: HashSet::new(), missing: None };
    match search.descend(target, 0)? {
        Some(found) => Ok(found),
        None => Err(search.missing.unwrap_or_else(|| {
            Error::not_found(format!("image {}: nothing for platform {wanted}: not found", target.digest))
        })),
    }
}

struct Search<'a> {
    wanted: &'a Platform,
    read: &'a mut dyn FnMut(&Digest) -> Result<Vec<u8>>,
    seen: HashSet<Digest>,
    missing: Option<Error>,
}

impl Search<'_> {
    fn descend(&mut self, at: &Descriptor, depth: usize) -> Result<Option<Resolved>> {
        if depth > MAX_DEPTH {
            return Err(Error::invalid(format!("index {}: nested too deep", at.digest)));
        }
        if !self.seen.insert(at.digest.clone()) {
            return Ok(None);
        }
        if self.seen.len() > MAX_DESCRIPTORS {
            return Err(Error::invalid(format!("index {}: refers to too much", at.digest)));
        }
        if is_manifest(&at.media_type) {
            return self.manifest(at, depth);
        }
        if !is_index(&at.media_type) {
            if depth == 0 {
                return Err(Error::invalid(format!(
                    "{}: neither index nor manifest but {:.200}",
                    at.digest, at.media_type
                )));
            }
            return Ok(None);
        }
        let mut fitting: Vec<Descriptor> = parse_index(&self.document(at)?)?
            .manifests
            .into_iter()
            .filter(|m| m.platform.as_ref().is_none_or(|p| p.fits(self.wanted)))
            .filter(|m| !m.annotations.contains_key("vnd.docker.reference.type"))
            .collect();
        // Exactly the wanted variant before one that will do, an unnamed platform last.
        fitting.sort_by_key(|m| match &m.platform {
            Some(p) if p.variant() == self.wanted.variant() => 0,
            Some(_) => 1,
            None => 2,
        });
        // Nothing else is kept of what may be wide while what is below is walked.
        let mut named = HashSet::new();
        fitting.retain(|m| !self.seen.contains(&m.digest) && named.insert(m.digest.clone()));
        fitting.shrink_to_fit();
        drop(named);
        for next in fitting {
            match self.descend(&next, depth + 1) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                // An archive for one platform may lack the manifests of all others.
                Err(e) if e.kind == crate::error::Kind::NotFound => self.missing = Some(e),
                Err(e) => return Err(e),
            }
        }
        Ok(None)
    }

    fn manifest(&mut self, at: &Descriptor, depth: usize) -> Result<Option<Resolved>> {
        let manifest = parse_manifest(&self.document(at)?)?;
        let config_bytes = self.document(&manifest.config)?;
        let config = match parse_config(&config_bytes) {
            Ok(config) => config,
            // Beside images an index may hold other artifacts.
            Err(_) if depth > 0 && at.platform.is_none() => return Ok(None),
            Err(e) => return Err(e),
        };
        // Where the index did not say for what it is, the config does. A single manifest that
        // somebody named is meant, whatever it is for.
        if depth > 0 && at.platform.is_none() && !config.platform.fits(self.wanted) {
            return Ok(None);
        }
        Ok(Some(Resolved { target: at.clone(), manifest, config, config_bytes }))
    }

    fn document(&mut self, at: &Descriptor) -> Result<Vec<u8>> {
        if at.size > MAX_DOCUMENT {
            return Err(Error::invalid(format!(
                "{}: {} bytes are too many for a document",
                at.digest, at.size
            )));
        }
        let bytes = (self.read)(&at.digest)?;
        if bytes.len() as u64 != at.size {
            return Err(Error::invalid(format!(
                "{}: {} bytes but announced with {}",
                at.digest,
                bytes.len(),
                at.size
            )));
        }
        Ok(bytes)
    }
}

impl Platform {
    /// This machine's.
    pub fn host() -> Platform {
        let (architecture, variant) = match std::env::consts::ARCH {
            "x86_64" => ("amd64", ""),
            "aarch64" => ("arm64", "v8"),
            "arm" => ("arm", "v7"),
            "x86" => ("386", ""),
            "powerpc64" if cfg!(target_endian = "little") => ("ppc64le", ""),
            "loongarch64" => ("loong64", ""),
            other => (other, ""),
        };
        Platform {
            architecture: architecture.to_string(),
            os: "linux".to_string(),
            variant: variant.to_string(),
            os_version: String::new(),
            os_features: Vec::new(),
        }
    }

    /// Reads `os/architecture[/variant]`.
    pub fn parse(text: &str) -> Result<Platform> {
        let parts: Vec<&str> = text.split('/').collect();
        let (os, arch, variant) = match parts.as_slice() {
            [os, arch] => (os, arch, ""),
            [os, arch, variant] => (os, arch, *variant),
            _ => return Err(Error::invalid(format!("invalid platform {text:?}: not os/architecture"))),
        };
        let architecture = match *arch {
            "x86_64" | "x86-64" => "amd64",
            "aarch64" => "arm64",
            "armhf" | "armel" => "arm",
            "i386" | "i686" => "386",
            other => other,
        };
        Ok(Platform {
            architecture: architecture.to_string(),
            os: os.to_string(),
            variant: variant.to_string(),
            os_version: String::new(),
            os_features: Vec::new(),
        })
    }

    /// Whether it runs on the platform asked for, `None` being this machine's.
    pub(super) fn is_wanted(&self, asked: Option<&Platform>) -> bool {
        self.fits(asked.unwrap_or(&Platform::host()))
    }

    fn variant(&self) -> &str {
        match (self.architecture.as_str(), self.variant.as_str()) {
            ("arm64", "" | "8") => "v8",
            ("arm", "") => "v7",
            ("amd64", "v1") => "",
            (_, variant) => variant,
        }
    }

    /// Whether what is made for `self` runs on `on`.
    fn fits(&self, on: &Platform) -> bool {
        let older = |a: &str, b: &str| a.trim_start_matches('v') <= b.trim_start_matches('v');
        self.os == on.os
            && self.architecture == on.architecture
            && (self.variant() == on.variant()
                || self.variant().is_empty()
                || (self.architecture.starts_with("arm") && older(self.variant(), on.variant())))
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, "/{}", self.variant) }
    }
}
