//! Where a command finds the server, and the folders it uses when there is none.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cli::Global;

/// Paths and the namespace, all decided.
pub struct Place {
    pub address: PathBuf,
    pub root: PathBuf,
    pub state: PathBuf,
    pub namespace: String,
}

impl Place {
    pub fn of(global: &Global) -> Result<Place> {
        let root_user = nix::unistd::geteuid().is_root();
        let state = match &global.state {
            Some(state) => absolute(state.clone())?,
            None if root_user => PathBuf::from("/run/ctrd"),
            None => xdg("XDG_RUNTIME_DIR", None)?.join("ctrd"),
        };
        let root = match &global.root {
            Some(root) => absolute(root.clone())?,
            None if root_user => PathBuf::from("/var/lib/ctrd"),
            None => xdg("XDG_DATA_HOME", Some(".local/share"))?.join("ctrd"),
        };
        // ctr's variables stand in where ours are not set.
        let address = match global.address.clone().or_else(|| set("CONTAINERD_ADDRESS").map(PathBuf::from)) {
            Some(address) => absolute(address)?,
            None => state.join("ctrd.sock"),
        };
        let namespace = global.namespace.clone().or_else(|| set("CONTAINERD_NAMESPACE"));
        Ok(Place { address, root, state, namespace: namespace.unwrap_or_else(|| "default".to_string()) })
    }
}

fn set(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|value| !value.is_empty())
}

fn absolute(path: PathBuf) -> Result<PathBuf> {
    let text = path.to_str().and_then(|text| text.strip_prefix("unix://")).map(PathBuf::from);
    let path = text.unwrap_or(path);
    std::path::absolute(&path).with_context(|| format!("path {}", path.display()))
}

fn xdg(variable: &str, below_home: Option<&str>) -> Result<PathBuf> {
    if let Some(value) = set(variable) {
        return Ok(PathBuf::from(value));
    }
    let home = below_home.and_then(|below| Some(PathBuf::from(set("HOME")?).join(below)));
    home.with_context(|| format!("{variable} is not set (name the folder by a flag)"))
}
