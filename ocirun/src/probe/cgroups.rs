//! Which cgroup hierarchies there are, with which controllers, and whether this caller may use them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Missing;
use super::caller::Caller;
use crate::cgroup::systemd;
use crate::error;

/// What is mounted.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hierarchies {
    /// Controllers of cgroup v1, with their mount points.
    pub v1: BTreeMap<String, PathBuf>,
    /// The mount point of cgroup v2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v2: Option<PathBuf>,
    /// The controllers that it has.
    pub v2_controllers: Vec<String>,
}

impl Hierarchies {
    pub fn here() -> Hierarchies {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mut found = of(&mounts, &own);
        if let Some(top) = &found.v2 {
            let controllers = fs::read_to_string(top.join("cgroup.controllers")).unwrap_or_default();
            found.v2_controllers = controllers.split_whitespace().map(str::to_owned).collect();
        }
        found
    }

    pub fn has(&self, controller: &str) -> bool {
        // What v1 has a controller for is at hand in v2 without one.
        let inherent = ["devices", "freezer"].contains(&controller) && self.v2.is_some();
        inherent
            || self.v1.contains_key(controller)
            || self.v2_controllers.iter().any(|c| c == if controller == "blkio" { "io" } else { controller })
    }
}

/// By the texts of /proc/self/mountinfo and /proc/self/cgroup.
fn of(mountinfo: &str, own: &str) -> Hierarchies {
    let mut found = Hierarchies::default();
    let names: Vec<&str> =
        own.lines().filter_map(|line| line.split(':').nth(1)).flat_map(|names| names.split(',')).collect();
    for line in mountinfo.lines() {
        let Some((front, back)) = line.split_once(" - ") else { continue };
        let (Some(point), Some(kind)) = (front.split(' ').nth(4), back.split(' ').next()) else { continue };
        match kind {
            "cgroup2" => found.v2 = Some(point.into()),
            "cgroup" => {
                let words = back.split(' ').nth(2).unwrap_or_default().split(',');
                for name in words.filter(|word| names.contains(word) && !word.starts_with("name=")) {
                    found.v1.insert(name.to_owned(), point.into());
                }
            }
            _ => {}
        }
    }
    found
}

/// The controllers that the limits of config.json need, and those limits.
const CONTROLLERS: [(&str, &str); 8] = [
    ("cpu", "resources.cpu"),
    ("cpuset", "resources.cpu.cpus"),
    ("memory", "resources.memory"),
    ("pids", "resources.pids"),
    ("blkio", "resources.blockIO"),
    ("devices", "resources.devices"),
    ("freezer", "pause"),
    ("hugetlb", "resources.hugepageLimits"),
];

pub fn look(caller: &Caller, out: &mut Vec<Missing>) {
    let here = Hierarchies::here();
    if here.v1.is_empty() {
        out.push(Missing::new("linux.cgroup.v1", "no hierarchy of cgroup v1 is mounted"));
    }
    if here.v2.is_none() {
        out.push(Missing::new("linux.cgroup.v2", "cgroup v2 is not mounted"));
    }
    if here.v1.is_empty() && here.v2.is_none() {
        let message = "no cgroup file system is mounted, so there are no limits and no pause";
        let hint = "mount -t cgroup2 cgroup2 /sys/fs/cgroup, or use --cgroup-manager disabled";
        out.push(Missing::new("linux.resources", message).hint(hint));
    } else {
        for (controller, limits) in CONTROLLERS.iter().filter(|(c, _)| !here.has(c)) {
            let message = format!("no hierarchy that is mounted has the controller {controller}");
            let what = if *limits == "pause" { "pause".to_owned() } else { format!("linux.{limits}") };
            out.push(Missing::new(what, message).hint(mount_hint(&here, controller)));
        }
    }
    if !here.has("rdma") {
        out.push(Missing::new("linux.cgroup.rdma", "no hierarchy that is mounted has the controller rdma"));
    }
    writable(caller, &here, out);
    for (what, user) in [("linux.cgroup.systemd", false), ("linux.cgroup.systemdUser", true)] {
        if let Err(why) = systemd::reachable(user) {
            out.push(Missing::new(what, error::line(&why)));
        }
    }
}

fn mount_hint(here: &Hierarchies, controller: &str) -> String {
    let known = fs::read_to_string("/proc/cgroups").unwrap_or_default();
    if !known.lines().any(|line| line.split('\t').next() == Some(controller)) {
        return "build the kernel with it".into();
    }
    if here.v1.is_empty() {
        return format!("enable it in each folder above: echo +{controller} >cgroup.subtree_control");
    }
    format!("mount -t cgroup -o {controller} cgroup /sys/fs/cgroup/{controller}")
}

/// Whether cgroups can be made beside this process's own.
fn writable(caller: &Caller, here: &Hierarchies, out: &mut Vec<Missing>) {
    if caller.uid == 0 {
        return;
    }
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(top) = &here.v2 else { return };
    let path = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    // Joining nothing would leave a slash at the end.
    let folder = if path.is_empty() { top.clone() } else { top.join(path) };
    let parent = folder.parent().filter(|parent| parent.starts_with(top)).unwrap_or(&folder);
    if !may_write(parent) {
        let message = format!("{} belongs to somebody else", parent.display());
        let hint = "have systemd delegate a cgroup: systemd-run --user --scope -p Delegate=yes, or use --systemd-cgroup";
        out.push(Missing::new("linux.resources", message).hint(hint));
    }
}

fn may_write(path: &Path) -> bool {
    nix::unistd::access(path, nix::unistd::AccessFlags::W_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
32 31 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
33 31 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn hierarchies_are_read() {
        let own = "3:name=systemd:/\n2:cpu,cpuacct:/\n0::/\n";
        let found = of(HYBRID, own);
        assert_eq!(found.v1.keys().collect::<Vec<_>>(), ["cpu", "cpuacct"]);
        assert_eq!(found.v2.as_deref(), Some(Path::new("/sys/fs/cgroup/unified")));
        assert!(found.has("cpu") && found.has("devices") && !found.has("memory"));
        assert_eq!(of("", ""), Hierarchies::default());
        let v2 = Hierarchies { v2_controllers: vec!["io".into()], ..Hierarchies::default() };
        assert!(v2.has("blkio") && !v2.has("devices"));
    }
}
