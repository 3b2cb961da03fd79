//! Plugins: the parts that a server is made of, each with what it needs and how it begins.
//!
//! [`list`] has all of them to be read from top to bottom. [`load`] puts them in order, leaves out
//! those that the configuration disables and begins the others one by one; what a plugin provides
//! goes into [`Parts`], typed, where the later ones find it. One that fails or does not fit this
//! machine is noted and the rest goes on without it, unless the configuration requires it.

mod graph;
pub mod list;
mod litter;
mod overlay;
mod parts;
mod proxy;
mod services;
mod shims;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::error::{Error, Result};

pub use list::{CHECKS, MIGRATIONS, SECTIONS};
pub use parts::Parts;
pub use proxy::with_proxies;

/// A part of the server, as [`list`] has it.
pub struct Registration {
    /// The type, such as `io.containerd.snapshotter.v1`.
    pub kind: &'static str,
    pub id: &'static str,
    /// Types that begin before this one does; `*` is all others.
    pub requires: &'static [&'static str],
    pub init: fn(&mut Init) -> Result<Meta, Failure>,
}

/// What a plugin tells of itself to clients.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// The platform that it is bound to, as `os/architecture`; empty is this machine's.
    pub platform: Option<String>,
    pub exports: BTreeMap<String, String>,
    pub capabilities: Vec<String>,
}

/// Why a plugin is not there.
#[derive(Debug, Clone)]
pub enum Failure {
    /// It does not fit this machine: nobody need worry.
    Skip(String),
    Error(Error),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Failure::Error(e)
    }
}

impl Failure {
    /// The error that clients are shown; they know a skipped plugin by its text.
    pub fn error(&self) -> Error {
        match self {
            Failure::Skip(reason) => Error::unknown(format!("{reason}: skip plugin")),
            Failure::Error(e) => e.clone(),
        }
    }
}

/// How a plugin's beginning ended.
pub struct Outcome {
    pub registration: &'static Registration,
    pub meta: Meta,
    pub failure: Option<Failure>,
}

/// What a plugin has while it begins.
pub struct Init<'a> {
    pub config: &'a Config,
    pub parts: &'a mut Parts,
    uri: String,
}

impl Init<'_> {
    /// The folder for what this plugin keeps for good.
    pub fn root(&self) -> PathBuf {
        self.config.root.join(&self.uri)
    }

    /// The plugin's own section of the configuration.
    pub fn section<T: DeserializeOwned + Default>(&self) -> Result<T> {
        self.config.section(&self.uri)
    }
}

impl Registration {
    pub fn uri(&self) -> String {
        format!("{}.{}", self.kind, self.id)
    }
}

/// Begins the plugins of `registrations` in order, and returns what they provide.
///
/// Fails only where the configuration requires what did not begin.
pub fn load(config: &Config, registrations: &'static [Registration]) -> Result<(Parts, Vec<Outcome>)> {
    let known = |uri: &String| registrations.iter().any(|r| r.uri() == *uri);
    let enabled = |r: &Registration| !config.disabled_plugins.contains(&r.uri());
    for uri in &config.required_plugins {
        if !known(uri) || config.disabled_plugins.contains(uri) {
            return Err(Error::precondition(format!("required plugin {uri} is not included")));
        }
    }
    let mut parts = Parts::default();
    let mut outcomes = Vec::new();
    for registration in graph::order(registrations, enabled) {
        let uri = registration.uri();
        let mut init = Init { config, parts: &mut parts, uri: uri.clone() };
        let (meta, failure) = match (registration.init)(&mut init) {
            Ok(meta) => (meta, None),
            Err(failure) => {
                let reason = failure.error();
                if config.required_plugins.contains(&uri) {
                    return Err(reason.context(format!("begin required plugin {uri}")));
                }
                match failure {
                    Failure::Skip(_) => tracing::info!(plugin = uri, "{reason}"),
                    Failure::Error(_) => tracing::warn!(plugin = uri, "{reason}"),
                }
                (Meta::default(), Some(failure))
            }
        };
        outcomes.push(Outcome { registration, meta, failure });
    }
    Ok((parts, outcomes))
}

#[cfg(test)]
mod tests;
