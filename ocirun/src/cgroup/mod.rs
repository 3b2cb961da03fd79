//! The control groups of one container, through the file system: cgroup v1, v2, and both at once.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::{Result, bail};
use oci_spec::runtime::LinuxResources;
use serde::{Deserialize, Serialize};

/// The directories of one container; goes into state.json before the first of them is made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cgroup {}

/// What a child needs to be born in, or to put itself into, the container's cgroups.
#[derive(Debug, Default)]
pub struct Join {
    /// The child writes `0` to each, while it has one thread.
    pub tasks: Vec<OwnedFd>,
    /// A directory for CLONE_INTO_CGROUP.
    pub into: Option<OwnedFd>,
}

/// Decides the directories of container `id`; makes nothing.
pub fn plan(_id: &str, _cgroups_path: Option<&Path>, _rootless: bool) -> Result<Cgroup> {
    bail!("unwritten")
}

impl Cgroup {
    /// Whether any of its directories is there with processes in it.
    pub fn exists(&self) -> bool {
        false
    }
    pub fn create(&self) -> Result<()> {
        bail!("unwritten")
    }
    pub fn join(&self) -> Result<Join> {
        bail!("unwritten")
    }
    /// Sub-cgroups as `exec --cgroup` names them: `[controller[,controller]:]path`.
    pub fn join_sub(&self, _sub: &[String]) -> Result<Join> {
        bail!("unwritten")
    }
    pub fn apply(&self, _r: &LinuxResources) -> Result<()> {
        bail!("unwritten")
    }
    pub fn update(&self, _r: &LinuxResources) -> Result<()> {
        bail!("unwritten")
    }
    pub fn pids(&self) -> Result<Vec<i32>> {
        bail!("unwritten")
    }
    pub fn freeze(&self) -> Result<()> {
        bail!("unwritten")
    }
    pub fn thaw(&self) -> Result<()> {
        bail!("unwritten")
    }
    pub fn frozen(&self) -> Result<bool> {
        bail!("unwritten")
    }
    pub fn kill(&self, _signal: i32) -> Result<()> {
        bail!("unwritten")
    }
    pub fn remove(&self) -> Result<()> {
        bail!("unwritten")
    }
    pub fn mount_paths(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    pub fn oom_kills(&self) -> Result<u64> {
        bail!("unwritten")
    }
    pub fn stats(&self) -> Result<serde_json::Value> {
        bail!("unwritten")
    }
}
