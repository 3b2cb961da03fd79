//! Which hierarchies there are and where in each the container's own cgroup lies; pure.
//!
//! A hierarchy is known from two files: `/proc/self/mountinfo` says where it can be reached and
//! which part of it is visible there (a bind mount or a cgroup namespace shows only a part), and
//! `/proc/self/cgroup` says where this process is within it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use super::dir::Dir;

/// The container's place in one hierarchy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hierarchy {
    /// Where the hierarchy is mounted.
    pub mount: PathBuf,
    /// The container's cgroup, relative to the mount point.
    pub below: String,
    /// The same within the whole hierarchy, as `/proc/self/cgroup` would name it.
    pub path: String,
    /// cgroup v1: the controllers bound to it, or `name=systemd`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controllers: Vec<String>,
    #[serde(default)]
    pub v2: bool,
    /// The directory, once it was opened.
    #[serde(skip)]
    pub opened: Rc<OnceCell<Dir>>,
    /// The mount point, likewise.
    #[serde(skip)]
    pub top: Rc<OnceCell<Dir>>,
}

impl Hierarchy {
    /// `cpu,cpuacct`, or `systemd` for a named hierarchy.
    pub fn name(&self) -> String {
        let joined = self.controllers.join(",");
        match joined.strip_prefix("name=") {
            Some(name) => name.to_owned(),
            None => joined,
        }
    }

    pub fn dir_path(&self) -> PathBuf {
        self.mount.join(&self.below)
    }
}

struct Mount {
    device: String,
    root: String,
    point: PathBuf,
    v2: bool,
    options: Vec<String>,
}

/// The places of a container: an absolute `inner` path is meant from the top of each hierarchy
/// (as far as it is mounted), a relative one from this process's own cgroup; on v2 from the
/// parent of that, because a cgroup with processes passes no controllers down.
pub fn places(mountinfo: &str, own: &str, inner: &Path) -> Result<Vec<Hierarchy>> {
    let inner_text = components(inner)?.join("/");
    ensure!(
        !inner_text.is_empty(),
        "invalid cgroup path {:?}: it names no cgroup of its own",
        inner.display().to_string()
    );
    let mounts = mounts(mountinfo);
    let mut places = Vec::new();
    for line in own.lines() {
        // hierarchy id : controllers : path
        let mut fields = line.splitn(3, ':');
        let (Some(_), Some(names), Some(own)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let v2 = names.is_empty();
        let controllers: Vec<String> = names.split(',').map(str::to_owned).collect();
        // Of the hierarchies without controllers only systemd's own counts.
        if names.starts_with("name=") && names != "name=systemd" {
            continue;
        }
        let of_this =
            |m: &&Mount| m.v2 == v2 && (v2 || controllers.iter().all(|c| m.options.iter().any(|o| o == c)));
        // A hierarchy may be mounted several times; best where this process is in sight.
        let Some(mount) = mounts
            .iter()
            .filter(of_this)
            .find(|m| relative(own, &m.root).is_some())
            .or_else(|| mounts.iter().find(of_this))
        else {
            continue;
        };
        let base = if inner.is_absolute() {
            ""
        } else if v2 {
            let parent = own.rsplit_once('/').map_or("", |(parent, _)| parent);
            relative(parent, &mount.root).unwrap_or_default()
        } else {
            relative(own, &mount.root).unwrap_or_default()
        };
        let below = if base.is_empty() { inner_text.clone() } else { format!("{base}/{inner_text}") };
        places.push(Hierarchy {
            path: format!("{}/{below}", mount.root.trim_end_matches('/')),
            mount: mount.point.clone(),
            below,
            controllers: if v2 { Vec::new() } else { controllers },
            v2,
            opened: Rc::default(),
            top: Rc::default(),
        });
    }
    Ok(places)
}

/// The components of a cgroup path. `..` is refused rather than resolved.
pub fn components(path: &Path) -> Result<Vec<&str>> {
    let shown = path.display().to_string();
    let text = path.to_str().unwrap_or("..");
    let parts: Vec<&str> = text.split('/').filter(|c| !c.is_empty() && *c != ".").collect();
    ensure!(!parts.contains(&".."), "invalid cgroup path {shown:?}: .. is not allowed");
    ensure!(!text.contains(['\0', '\n']), "invalid cgroup path {shown:?}: bad character");
    Ok(parts)
}

/// `path` seen from `root`, without a slash at either end; nothing if it is not below.
fn relative<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(root.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/'))
}

/// The cgroup mounts. Of several on one mount point only the last can be reached.
fn mounts(mountinfo: &str) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for line in mountinfo.lines() {
        let Some((front, back)) = line.split_once(" - ") else {
            continue;
        };
        let front: Vec<&str> = front.split(' ').collect();
        let back: Vec<&str> = back.split(' ').collect();
        if front.len() < 6 || back.is_empty() {
            continue;
        }
        let point = PathBuf::from(unescape(front[4]));
        mounts.retain(|m| m.point != point);
        let v2 = match back[0] {
            "cgroup" => false,
            "cgroup2" => true,
            _ => continue,
        };
        mounts.push(Mount {
            device: front[2].to_owned(),
            root: unescape(front[3]),
            point,
            v2,
            options: back.get(2).map(|o| o.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        });
    }
    mounts.dedup_by(|b, a| a.device == b.device && a.root == b.root);
    mounts
}

/// mountinfo writes space, tab, newline and backslash as `\ooo`.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let octal = tail
            .get(..3)
            .filter(|_| first == b'\\')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        match octal {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
42 31 0:39 / /sys/fs/cgroup/mine rw - cgroup cgroup rw,name=mine
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";
    const HYBRID_OWN: &str = "\
9:name=systemd:/
8:name=mine:/
7:pids:/
4:memory:/pod/web
2:cpu,cpuacct:/
0::/pod/ctl
";

    fn found(mountinfo: &str, own: &str, inner: &str) -> Vec<(String, String, String)> {
        places(mountinfo, own, Path::new(inner))
            .unwrap()
            .into_iter()
            .map(|h| {
                let name = h.name();
                (name, h.dir_path().display().to_string(), h.path)
            })
            .collect()
    }

    #[test]
    fn table_of_places() {
        type Case<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str, &'a str)]);
        let cases: &[Case] = &[
            (
                HYBRID,
                HYBRID_OWN,
                "/a/b",
                &[
                    ("systemd", "/sys/fs/cgroup/systemd/a/b", "/a/b"),
                    ("memory", "/sys/fs/cgroup/memory/a/b", "/a/b"),
                    ("cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/a/b", "/a/b"),
                    ("", "/sys/fs/cgroup/unified/a/b", "/a/b"),
                ],
            ),
            (
                HYBRID,
                HYBRID_OWN,
                "./x//y/",
                &[
                    ("systemd", "/sys/fs/cgroup/systemd/x/y", "/x/y"),
                    ("memory", "/sys/fs/cgroup/memory/pod/web/x/y", "/pod/web/x/y"),
                    ("cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/x/y", "/x/y"),
                    ("", "/sys/fs/cgroup/unified/pod/x/y", "/pod/x/y"),
                ],
            ),
            // A bind mount shows only the part below /docker/c1.
            (
                "30 20 0:26 /docker/c1 /sys/fs/cgroup/memory\\040x ro - cgroup cgroup rw,memory\n",
                "4:memory:/docker/c1/in\n",
                "web",
                &[("memory", "/sys/fs/cgroup/memory x/in/web", "/docker/c1/in/web")],
            ),
            // v2, at the root of a cgroup namespace, and where the parent is out of sight.
            (
                "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw,nsdelegate\n",
                "0::/\n",
                "web",
                &[("", "/sys/fs/cgroup/web", "/web")],
            ),
            (
                "30 20 0:26 /box /sys/fs/cgroup rw - cgroup2 cgroup rw\n",
                "0::/box\n",
                "web",
                &[("", "/sys/fs/cgroup/web", "/box/web")],
            ),
            // Mounted over: the first is out of reach.
            (
                "30 20 0:26 / /c rw - cgroup2 cgroup rw\n31 30 0:27 / /c rw - tmpfs tmpfs rw\n",
                "0::/\n",
                "web",
                &[],
            ),
            // Two mounts of one hierarchy: the one that shows this process.
            (
                "30 20 0:26 /other /c rw - cgroup2 cgroup rw\n31 20 0:26 / /d rw - cgroup2 cgroup rw\n",
                "0::/a/b\n",
                "web",
                &[("", "/d/a/web", "/a/web")],
            ),
            // The mount's root is above this namespace's.
            (
                "30 20 0:26 /../.. /c rw - cgroup2 cgroup rw\n",
                "0::/\n",
                "/web",
                &[("", "/c/web", "/../../web")],
            ),
        ];
        for (mountinfo, own, inner, wanted) in cases {
            let wanted: Vec<_> =
                wanted.iter().map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string())).collect();
            assert_eq!(found(mountinfo, own, inner), wanted, "{inner} in {mountinfo}");
        }
    }

    #[test]
    fn bad_paths() {
        for bad in ["../x", "/a/../b", "/", "", ".", "a\nb"] {
            assert!(places(HYBRID, HYBRID_OWN, Path::new(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn state_file() {
        let place = &places(HYBRID, HYBRID_OWN, Path::new("/web")).unwrap()[1];
        let json = serde_json::to_string(place).unwrap();
        assert_eq!(
            json,
            r#"{"mount":"/sys/fs/cgroup/memory","below":"web","path":"/web","controllers":["memory"],"v2":false}"#
        );
        let back: Hierarchy = serde_json::from_str(&json).unwrap();
        assert_eq!(back.dir_path(), place.dir_path());
    }

    #[test]
    fn any_mountinfo_and_path_stays_below() {
        crate::chance::cases(20_000, |c| {
            let words = ["\\040", "\\", " - cgroup cgroup rw,memory", " - cgroup2 cgroup2 rw", "0:1", "\n"];
            let mut mountinfo = HYBRID.to_owned();
            let at = c.below(mountinfo.len());
            mountinfo.insert_str(at, &c.text(&words));
            let own = format!("{HYBRID_OWN}{}", c.text(&["5:memory:", "0::/", "/a", "..", "\n"]));
            let inner = c.text(&["/", "..", "a", ".", "it-x", "\n"]);
            for place in places(&mountinfo, &own, Path::new(&inner)).into_iter().flatten() {
                let text = &place.below;
                assert!(
                    !text.is_empty()
                        && text.ends_with(components(Path::new(&inner)).unwrap().last().unwrap())
                );
                if Path::new(&inner).is_absolute() {
                    assert!(!text.split('/').any(|part| matches!(part, "" | "." | "..")), "{text:?}");
                }
            }
        });
    }
}
