//! What other programs do for the server: plugins behind a socket, and processors of layers.
//!
//! ```toml
//! [proxy_plugins.stargz]
//! type = "snapshot"
//! address = "/run/containerd-stargz-grpc/containerd-stargz-grpc.sock"
//! [stream_processors."io.containerd.ocicrypt.decoder.v1.tar"]
//! accepts = ["application/vnd.oci.image.layer.v1.tar+encrypted"]
//! returns = "application/vnd.oci.image.layer.v1.tar"
//! path = "ctd-decoder"
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::media;

/// A plugin whose work a server behind a Unix socket does.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    #[serde(rename = "type")]
    pub kind: String,
    pub address: PathBuf,
    /// What the server calls it; empty is the plugin's own name.
    pub remote: String,
    /// `linux/amd64` and the like; empty is this machine's.
    pub platform: String,
    pub exports: BTreeMap<String, String>,
    pub capabilities: Vec<String>,
}

/// What a proxy can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    Snapshot,
    Content,
    Diff,
    Sandbox,
}

impl Proxy {
    /// What it stands for, by the short name or by the plugin's type.
    pub fn stands_for(&self) -> Option<ProxyKind> {
        match self.kind.as_str() {
            "snapshot" | "io.containerd.snapshotter.v1" => Some(ProxyKind::Snapshot),
            "content" | "io.containerd.content.v1" => Some(ProxyKind::Content),
            "diff" | "io.containerd.differ.v1" => Some(ProxyKind::Diff),
            "sandbox" | "io.containerd.sandbox.controller.v1" => Some(ProxyKind::Sandbox),
            _ => None,
        }
    }

    /// What the server calls the plugin of this name.
    pub fn there(&self, name: &str) -> String {
        if self.remote.is_empty() { name.to_string() } else { self.remote.clone() }
    }

    pub fn check(&self, name: &str) -> Result<()> {
        let at = |text: String| Err(Error::invalid(format!("proxy_plugins.{name:?}: {text}")));
        if self.stands_for().is_none() {
            return at(format!("type {:?}: not snapshot, content, diff or sandbox", self.kind));
        }
        if !self.address.is_absolute() {
            return at(format!("address {:?}: not the path of a socket", self.address.display()));
        }
        if crate::id::validate(name).is_err() {
            return at("not a name for a plugin".to_string());
        }
        Ok(())
    }
}

/// A program that makes a stream of one media type of one of another.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Processor {
    pub accepts: Vec<String>,
    pub returns: String,
    pub path: String,
    pub args: Vec<String>,
    /// `NAME=VALUE`, beside those of the server.
    pub env: Vec<String>,
}

impl Processor {
    pub fn check(&self, id: &str) -> Result<()> {
        let at = |text: String| Err(Error::invalid(format!("stream_processors.{id:?}: {text}")));
        if self.path.is_empty() || self.accepts.is_empty() || self.returns.is_empty() {
            return at("accepts, returns and path must be given".to_string());
        }
        if self.accepts.contains(&self.returns) {
            return at(format!("it accepts what it returns: {}", self.returns));
        }
        if let Some(bad) = self.env.iter().find(|text| !text.contains('=') || text.starts_with('=')) {
            return at(format!("env {bad:?}: not NAME=VALUE"));
        }
        Ok(())
    }

    /// Whether what it returns is a plain layer, after which no processor comes.
    pub fn is_last(&self) -> bool {
        self.returns == media::LAYER
    }
}
