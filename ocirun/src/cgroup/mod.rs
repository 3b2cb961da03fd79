//! The control groups of one container, through the file system: cgroup v1, v2, and both at once.
//!
//! A container has a cgroup of the same name in every hierarchy that is mounted; on a host with
//! both versions that includes the one of v2. [`plan`] decides where they are, and makes nothing,
//! so that the answer can be on disk before the first of them is. Then, in this order,
//! [`Cgroup::create`], [`Cgroup::apply`], and [`Cgroup::join`] by the container's first process.

mod bpf;
mod create;
mod dbus;
mod delegate;
mod device;
mod device_bpf;
mod dir;
mod freeze;
mod hierarchy;
mod join;
mod mark;
pub mod merge;
pub mod move_in;
mod oom;
mod placeholder;
mod process;
mod property;
mod remove;
mod resources;
mod setting;
mod stats;
pub mod systemd;
pub(crate) mod v1;
mod v2;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use crate::text;

use self::dir::Dir;
use self::hierarchy::Hierarchy;
pub use self::join::Join;
pub use self::oom::Watch;
pub use self::resources::in_user_namespace;
pub use self::stats::Stats;

/// The directories of one container; goes into state.json before the first of them is made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cgroup {
    hierarchies: Vec<Hierarchy>,
    /// A user without privileges runs this: what permissions forbid is left out where config.json
    /// does not ask for it.
    #[serde(default)]
    rootless: bool,
    /// config.json names the path.
    #[serde(default)]
    explicit: bool,
    /// systemd makes and removes it, and is told the limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    systemd: Option<systemd::Unit>,
}

/// Decides the directories of container `id`; makes nothing.
///
/// An absolute `cgroupsPath` counts from the top of each hierarchy, a relative one, or the id in
/// its absence, from the cgroup of the calling process (on v2 from that one's parent).
pub fn plan(id: &str, cgroups_path: Option<&Path>, rootless: bool) -> Result<Cgroup> {
    let explicit = cgroups_path.filter(|p| !p.as_os_str().is_empty());
    let read = |file| text::read(file).with_context(|| format!("read {file}"));
    let hierarchies = hierarchy::places(
        &read("/proc/self/mountinfo")?,
        &read("/proc/self/cgroup")?,
        explicit.unwrap_or(Path::new(id)),
    )?;
    ensure!(rootless || !hierarchies.is_empty(), "no cgroup file system is mounted");
    Ok(Cgroup { hierarchies, rootless, explicit: explicit.is_some(), systemd: None })
}

/// Whether this host has cgroup v2 alone, in its usual place.
pub fn only_v2() -> bool {
    fs::exists("/sys/fs/cgroup/cgroup.controllers").unwrap_or(false)
}

impl Cgroup {
    /// Whether any of its directories is there with processes in it.
    pub fn exists(&self) -> bool {
        self.pids().is_ok_and(|pids| !pids.is_empty())
    }

    /// The paths of all directories, for messages and for `state`.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.hierarchies.iter().map(Hierarchy::dir_path).collect()
    }

    /// For a mount of cgroup v1 inside the container: each hierarchy by its controllers
    /// (`cpu,cpuacct`; `systemd` for the named one), and the container's path in it.
    pub fn mount_paths(&self) -> BTreeMap<String, String> {
        self.hierarchies.iter().filter(|h| !h.v2).map(|h| (h.name(), h.path.clone())).collect()
    }

    /// How many processes in it the kernel has killed for want of memory.
    pub fn oom_kills(&self) -> Result<u64> {
        let file = match self.controller("memory")? {
            Some((dir, false)) => dir.read("memory.oom_control")?,
            Some((dir, true)) => dir.read("memory.events")?,
            None => return Ok(0),
        };
        Ok(stats::number(&file, "oom_kill").unwrap_or(0))
    }

    fn v2(&self) -> Option<&Hierarchy> {
        self.hierarchies.iter().find(|h| h.v2)
    }

    fn v1(&self, controller: &str) -> Option<&Hierarchy> {
        self.hierarchies.iter().find(|h| h.controllers.iter().any(|c| c == controller))
    }

    /// The directory where a controller, by its name on v1, is at work; and whether that is v2.
    fn controller(&self, name: &str) -> Result<Option<(&Dir, bool)>> {
        if let Some(h) = self.v1(name) {
            return Ok(opened(h)?.map(|dir| (dir, false)));
        }
        let (Some(h), Some(name)) = (self.v2(), v2::controller(name)) else {
            return Ok(None);
        };
        let Some(dir) = opened(h)? else {
            return Ok(None);
        };
        let active = dir.read("cgroup.controllers")?;
        let found = active.split(' ').any(|c| c == name);
        Ok(found.then_some((dir, true)))
    }

    /// The directory that knows all processes best: v2, else the freezer, else any.
    fn main(&self) -> Result<Option<(&Hierarchy, &Dir)>> {
        let first = self
            .v2()
            .filter(|_| self.hierarchies.len() == 1)
            .or_else(|| self.v1("freezer"))
            .or_else(|| self.v1("devices"));
        for h in first.into_iter().chain(&self.hierarchies) {
            if let Some(dir) = opened(h)? {
                return Ok(Some((h, dir)));
            }
        }
        Ok(None)
    }
}

/// The mount point of a hierarchy.
fn top(h: &Hierarchy) -> Result<&Dir> {
    if let Some(dir) = h.top.get() {
        return Ok(dir);
    }
    // A record that somebody wrote may name the whole hierarchy, and with it every process there is.
    let own = hierarchy::components(Path::new(&h.below))?;
    ensure!(!own.is_empty(), "invalid cgroup path {:?}: it names no cgroup of its own", h.below);
    let dir = dir::open_mount(&h.mount, h.v2)?;
    Ok(h.top.get_or_init(|| dir))
}

/// The container's directory in a hierarchy; nothing if it does not exist.
fn opened(h: &Hierarchy) -> Result<Option<&Dir>> {
    if let Some(dir) = h.opened.get() {
        return Ok(Some(dir));
    }
    match top(h)?.sub(&h.below) {
        Ok(dir) => Ok(Some(h.opened.get_or_init(|| dir))),
        Err(Errno::ENOENT) => Ok(None),
        Err(e) => Err(e).with_context(|| format!("open {}", h.dir_path().display())),
    }
}
