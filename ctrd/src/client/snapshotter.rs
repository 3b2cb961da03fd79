//! Which snapshotter a command uses where none is named.

use super::{Client, take};
use crate::api::introspection::PluginsRequest;
use crate::error::Result;

/// In the order of preference: the first that works on this machine is taken.
const PREFERRED: [&str; 2] = ["overlayfs", "native"];

/// The snapshotter of this name, or else the best one that the server has.
pub async fn choose(client: &Client, named: Option<&str>) -> Result<String> {
    if let Some(name) = named {
        return Ok(name.to_string());
    }
    let request = PluginsRequest { filters: vec!["type==io.containerd.snapshotter.v1".to_string()] };
    let plugins = take(client.introspection().plugins(request).await)?.plugins;
    let works = |name: &&str| plugins.iter().any(|p| p.id == **name && p.init_err.is_none());
    // Where none works, the first one says why.
    Ok(PREFERRED.iter().copied().find(works).unwrap_or(PREFERRED[0]).to_string())
}
