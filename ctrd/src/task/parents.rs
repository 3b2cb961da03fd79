//! The control groups that those of a namespace's containers are made in: `/default` of `/default/web`.
//!
//! The runtime makes one with the first container and removes it with the last, a dozen folders of version 1 each time.
//! While a server runs they stay: it makes them before, and removes them at its end. What it made bears a mark; where a
//! server was killed, the next one knows them by it.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{XattrFlags, getxattr, setxattr};

use crate::cgroup;

const MARK: &str = "trusted.ctrd.made";

/// What ocirun removes with the last container in it bears this one.
const OCIRUNS: &str = "trusted.ocirun.made";

/// Those that are kept, by namespace.
pub struct Parents {
    hierarchies: Vec<PathBuf>,
    made: Mutex<BTreeSet<String>>,
}

impl Parents {
    /// Keeps those that an earlier server made for these namespaces, too.
    pub fn new(namespaces: impl Iterator<Item = String>) -> Parents {
        Parents::below(cgroup::mounted().unwrap_or_default(), namespaces)
    }

    fn below(hierarchies: Vec<PathBuf>, namespaces: impl Iterator<Item = String>) -> Parents {
        let left = |name: &String| hierarchies.iter().any(|h| is_marked(&h.join(name)));
        let made = namespaces.filter(left).collect();
        Parents { hierarchies, made: Mutex::new(made) }
    }

    /// Makes the one that a container of this namespace with this specification is going to be in, unless it has been.
    /// What cannot be made here is the runtime's to make, or to complain of.
    pub fn keep(&self, namespace: &str, spec: &[u8]) {
        let wanted = format!("\"cgroupsPath\":\"/{namespace}/");
        if !spec.windows(wanted.len()).any(|window| window == wanted.as_bytes()) {
            return;
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if !made.insert(namespace.to_string()) {
            return;
        }
        for hierarchy in &self.hierarchies {
            let dir = hierarchy.join(namespace);
            if DirBuilder::new().mode(0o755).create(&dir).is_ok()
                && (setxattr(&dir, MARK, b"1", XattrFlags::empty()).is_err()
                    || cgroup::inherit_cpuset(hierarchy, namespace).is_err())
            {
                // Nobody would know whose it is, or could use it.
                _ = fs::remove_dir(&dir);
            }
        }
    }

    /// Removes those that have no container in them, at the end of the server; the others are the runtime's from then on.
    pub fn release(&self) {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        for dir in self.hierarchies.iter().flat_map(|h| made.iter().map(|name| h.join(name))) {
            if is_marked(&dir) && fs::remove_dir(&dir).is_err() {
                _ = setxattr(&dir, OCIRUNS, b"1", XattrFlags::empty());
            }
        }
    }
}

fn is_marked(dir: &Path) -> bool {
    has(dir, MARK)
}

fn has(dir: &Path, mark: &str) -> bool {
    getxattr(dir, mark, &mut [0u8; 8]).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_stay_as_long_as_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let hierarchies: Vec<PathBuf> = ["cpu", "memory"].map(|name| dir.path().join(name)).into();
        hierarchies.iter().for_each(|h| fs::create_dir(h).unwrap());
        if setxattr(dir.path(), MARK, b"1", XattrFlags::empty()).is_err() {
            return eprintln!("skipped: this user, or this file system, has no trusted attributes");
        }
        let is_there = |name: &str| hierarchies.iter().filter(|h| h.join(name).exists()).count();
        let spec = |path: &str| format!("{{\"linux\":{{\"cgroupsPath\":\"{path}\"}}}}").into_bytes();
        fs::create_dir(hierarchies[0].join("theirs")).unwrap();
        let below =
            |names: &[&str]| Parents::below(hierarchies.clone(), names.iter().map(ToString::to_string));
        let parents = below(&[]);
        for path in ["/elsewhere/web", "system.slice:ctrd:web", "/web"] {
            parents.keep("default", &spec(path));
        }
        assert_eq!(is_there("default"), 0);
        for name in ["default", "used", "killed", "theirs"] {
            parents.keep(name, &spec(&format!("/{name}/web")));
            assert_eq!(is_there(name), 2, "{name}");
        }
        fs::create_dir(hierarchies[1].join("used/web")).unwrap();
        // One that was killed has done nothing at its end.
        drop(parents);
        below(&["killed", "default", "none"]).release();
        assert_eq!((is_there("killed"), is_there("default"), is_there("used")), (0, 0, 2));
        below(&["used", "theirs"]).release();
        assert_eq!((is_there("used"), is_there("theirs")), (1, 1));
        assert!(has(&hierarchies[1].join("used"), OCIRUNS) && !has(&hierarchies[0].join("theirs"), OCIRUNS));
    }
}
