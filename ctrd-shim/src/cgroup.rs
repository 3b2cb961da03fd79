//! Which control groups a process is in, as folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cgroups {
    /// A folder for each controller; a hybrid host counts as version 1.
    V1(BTreeMap<String, PathBuf>),
    V2(PathBuf),
}

/// Where hierarchies are mounted: their lines of mountinfo, of which there are thousands at times.
pub struct Mounted(String);

impl Mounted {
    pub fn look() -> Mounted {
        let mountinfo = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        Mounted(mountinfo.lines().filter(|line| line.contains(" - cgroup")).flat_map(|l| [l, "\n"]).collect())
    }

    /// The groups of a process; none where they are not to be seen.
    pub fn of(&self, pid: u32) -> Option<Cgroups> {
        locate(&fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?, &self.0)
    }
}

/// Puts the two together: where in each hierarchy, and where each is mounted. Pure.
fn locate(membership: &str, mountinfo: &str) -> Option<Cgroups> {
    let mut v1 = BTreeMap::new();
    let mut v2 = None;
    for line in membership.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        if controllers.is_empty() {
            v2 = mounts(mountinfo).find(|m| m.kind == "cgroup2").and_then(|m| m.below(path));
            continue;
        }
        for controller in controllers.split(',').filter(|c| !c.starts_with("name=")) {
            let mount = mounts(mountinfo).find(|m| m.kind == "cgroup" && m.has(controller));
            if let Some(dir) = mount.and_then(|m| m.below(path)) {
                v1.insert(controller.to_owned(), dir);
            }
        }
    }
    if v1.is_empty() { v2.map(Cgroups::V2) } else { Some(Cgroups::V1(v1)) }
}

struct Mount<'a> {
    root: &'a str,
    point: &'a str,
    kind: &'a str,
    options: &'a str,
}

fn mounts(mountinfo: &str) -> impl Iterator<Item = Mount<'_>> {
    mountinfo.lines().filter_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let mut left = left.split(' ').skip(3);
        let mut right = right.split(' ');
        Some(Mount {
            root: left.next()?,
            point: left.next()?,
            kind: right.next()?,
            options: right.nth(1).unwrap_or_default(),
        })
    })
}

impl Mount<'_> {
    fn has(&self, controller: &str) -> bool {
        self.options.split(',').any(|o| o == controller)
    }

    fn below(&self, path: &str) -> Option<PathBuf> {
        // `/..` leads out of what our own cgroup namespace shows.
        if path.contains("..") {
            return None;
        }
        let inside = Path::new(path).strip_prefix(self.root).ok()?;
        Some(Path::new(self.point).join(inside))
    }
}

/// Puts a process into a group of this path, in every hierarchy that has one. None is an error.
pub fn join(pid: u32, path: &str) -> std::io::Result<()> {
    let mountinfo = fs::read_to_string("/proc/self/mountinfo")?;
    let relative = path.trim_start_matches('/');
    let mut joined = Err(Errno::ENOENT.into());
    for mount in mounts(&mountinfo).filter(|m| m.kind == "cgroup" || m.kind == "cgroup2") {
        let dir = Path::new(mount.point).join(relative);
        if dir.is_dir() {
            fs::write(dir.join("cgroup.procs"), pid.to_string())?;
            joined = Ok(());
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = "30 25 0:26 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
31 25 0:27 /box /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
32 25 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";

    #[test]
    fn hybrid_is_version_1() {
        let membership = "5:memory:/web\n4:cpu,cpuacct:/box/web\n1:name=systemd:/web\n0::/web\n";
        let Some(Cgroups::V1(dirs)) = locate(membership, V1) else { panic!("version 1") };
        let got: Vec<_> = dirs.iter().map(|(c, d)| (c.as_str(), d.to_str().unwrap())).collect();
        assert_eq!(
            got,
            [
                ("cpu", "/sys/fs/cgroup/cpu,cpuacct/web"),
                ("cpuacct", "/sys/fs/cgroup/cpu,cpuacct/web"),
                ("memory", "/sys/fs/cgroup/memory/web"),
            ]
        );
    }

    #[test]
    fn version_2_alone() {
        let mountinfo = "32 25 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        assert_eq!(locate("0::/a/b\n", mountinfo), Some(Cgroups::V2("/sys/fs/cgroup/a/b".into())));
        assert_eq!(locate("0::/../b\n", mountinfo), None);
        assert_eq!(locate("0::/a\n", ""), None);
    }
}
