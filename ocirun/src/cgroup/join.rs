//! How a process gets into the container's cgroups: by its own hand.
//!
//! Writing the id of another process to `cgroup.procs` of v1 waits for an RCU grace period, some
//! milliseconds. A process with one thread that writes `0`, itself, to `tasks` does not wait; on
//! v2 it can be born in the right place (CLONE_INTO_CGROUP).

use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use nix::errno::Errno;
use nix::fcntl::OFlag;

use super::dir::{self, Dir};
use super::hierarchy::{Hierarchy, components};
use super::placeholder::Placeholder;
use super::systemd::Unit;
use super::{Cgroup, opened, v2};

/// What a child needs to be born in, or to put itself into, the container's cgroups.
#[derive(Debug, Default)]
pub struct Join {
    /// The child writes `0` to each, while it has one thread.
    pub tasks: Vec<OwnedFd>,
    /// A directory for CLONE_INTO_CGROUP.
    pub into: Option<OwnedFd>,
    /// Keeps a scope of systemd until the child is in it.
    pub holder: Option<Placeholder>,
    /// The user may not move a process there; systemd does it, to this place below the scope.
    pub attach: Option<(Unit, String)>,
}

impl Cgroup {
    /// For the container's first process.
    pub fn join(&self) -> Result<Join> {
        self.join_places(&vec![String::new(); self.hierarchies.len()], None)
    }

    /// For a further process, beside `init`: where the container has divided its cgroup of v2, so
    /// that this one may hold no processes any more, the place of `init` is taken.
    pub fn join_beside(&self, init: i32) -> Result<Join> {
        let mut subs = Vec::new();
        for h in &self.hierarchies {
            let divided = h.v2 && divided(h)?;
            subs.push(if divided { below(h, init)? } else { String::new() });
        }
        self.join_places(&subs, Some(init))
    }

    /// Sub-cgroups as `exec --cgroup` names them: `path` for all hierarchies, or
    /// `controller[,controller]:path`, several times.
    pub fn join_sub(&self, sub: &[String]) -> Result<Join> {
        self.join_places(&self.sub_paths(sub)?, None)
    }

    /// The path below the container's own cgroup, for each hierarchy.
    fn sub_paths(&self, args: &[String]) -> Result<Vec<String>> {
        let mut subs = vec![None; self.hierarchies.len()];
        for arg in args {
            let (names, path) = match arg.split_once(':') {
                Some((names, path)) => (names.split(',').collect(), path),
                None if args.len() == 1 => (Vec::new(), arg.as_str()),
                None => bail!("invalid --cgroup argument: {arg} (missing <controller>: prefix)"),
            };
            let Ok(parts) = components(Path::new(path)) else {
                bail!("bad sub cgroup path: {path}");
            };
            let path = parts.join("/");
            if names.is_empty() {
                subs.fill(Some(path.clone()));
            }
            for name in names {
                ensure!(!name.is_empty(), "invalid --cgroup argument: {arg} (empty <controller> prefix)");
                let Some(at) = self.hierarchies.iter().position(|h| h.controllers.iter().any(|c| c == name))
                else {
                    bail!("unknown controller {name} in --cgroup {arg}");
                };
                // Two controllers of one hierarchy may be named for one place only.
                ensure!(
                    subs[at].as_ref().is_none_or(|p| *p == path),
                    "invalid --cgroup argument(s): controller {name} specified multiple times"
                );
                subs[at] = Some(path.clone());
            }
        }
        Ok(subs.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn join_places(&self, subs: &[String], init: Option<i32>) -> Result<Join> {
        let mut join = Join::default();
        for (h, sub) in self.hierarchies.iter().zip(subs) {
            let found = match (place(h, sub), init) {
                // The first process was moved, and the container's own cgroup taken away.
                (Err(Errno::ENOENT), Some(init)) if h.v2 && sub.is_empty() && !self.rootless => {
                    place_of(h, init)
                }
                (found, _) => found,
            };
            match found {
                Ok(fd) if h.v2 => match self.systemd.as_ref().filter(|u| u.is_users() && !reachable(h)) {
                    Some(unit) => join.attach = Some((unit.clone(), sub.clone())),
                    None => join.into = Some(fd),
                },
                Ok(fd) => join.tasks.push(fd),
                Err(Errno::ENOENT | Errno::EACCES | Errno::EPERM | Errno::EROFS)
                    if self.rootless && sub.is_empty() => {}
                Err(e) => Err(e).with_context(|| {
                    format!("adding pid 0 to cgroups: open {}/{sub}", h.dir_path().display())
                })?,
            }
        }
        Ok(join)
    }
}

fn place(h: &Hierarchy, sub: &str) -> nix::Result<OwnedFd> {
    let own = match opened(h) {
        Ok(own) => own.ok_or(Errno::ENOENT)?,
        Err(e) => return Err(e.downcast_ref().copied().unwrap_or(Errno::EINVAL)),
    };
    let within: Dir;
    let dir = if sub.is_empty() {
        own
    } else {
        within = own.sub(sub)?;
        &within
    };
    if h.v2 {
        dir.as_fd().try_clone_to_owned().map_err(|_| Errno::EMFILE)
    } else {
        dir.open("tasks", OFlag::O_WRONLY)
    }
}

/// Where `pid` is in this hierarchy of v2, wherever that is.
fn place_of(h: &Hierarchy, pid: i32) -> nix::Result<OwnedFd> {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let path = text.lines().find_map(|line| line.strip_prefix("0::")).ok_or(Errno::ENOENT)?;
    let root = h.path.strip_suffix(h.below.as_str()).unwrap_or_default().trim_end_matches('/');
    let below = path.strip_prefix(root).ok_or(Errno::ENOENT)?.trim_start_matches('/');
    let top = dir::open_mount(&h.mount, true).map_err(|_| Errno::ENOENT)?;
    top.sub(below)?.as_fd().try_clone_to_owned().map_err(|_| Errno::EMFILE)
}

/// Whether this process may move one of its own there: that takes the right to write to the
/// nearest cgroup above both places.
fn reachable(h: &Hierarchy) -> bool {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let own = own.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    let Some(common) = common(own, &h.path, &h.below) else {
        return false;
    };
    let above = dir::open_mount(&h.mount, true).and_then(|top| Ok(top.sub(&common)?));
    above.is_ok_and(|dir| dir.open("cgroup.procs", OFlag::O_WRONLY).is_ok())
}

/// The nearest cgroup above both, relative to the mount point, if it can be seen there.
fn common(own: &str, path: &str, below: &str) -> Option<String> {
    let root = path.strip_suffix(below)?.trim_end_matches('/');
    let own = own.strip_prefix(root).filter(|rest| rest.starts_with('/'))?;
    let pairs = own.trim_matches('/').split('/').zip(below.split('/'));
    Some(pairs.take_while(|(a, b)| a == b).map(|(a, _)| a).collect::<Vec<_>>().join("/"))
}

/// Whether the cgroup passes down a controller that keeps processes out of it.
fn divided(h: &Hierarchy) -> Result<bool> {
    let Some(dir) = opened(h)? else {
        return Ok(false);
    };
    let given = dir.read("cgroup.subtree_control")?;
    Ok(given.split_whitespace().any(|c| !v2::threaded(c)))
}

/// Where below the container's cgroup a process is.
fn below(h: &Hierarchy, pid: i32) -> Result<String> {
    let file = format!("/proc/{pid}/cgroup");
    let text = fs::read_to_string(&file).with_context(|| format!("read {file}"))?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::"));
    let rest = path.and_then(|p| p.strip_prefix(h.path.as_str()));
    Ok(rest.unwrap_or_default().trim_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cgroup() -> Cgroup {
        let v1 = |names: &[&str]| Hierarchy {
            controllers: names.iter().map(|n| n.to_string()).collect(),
            ..Hierarchy::default()
        };
        let v2 = Hierarchy { v2: true, ..Hierarchy::default() };
        Cgroup { hierarchies: vec![v1(&["cpu", "cpuacct"]), v1(&["memory"]), v2], ..Cgroup::default() }
    }

    fn subs(args: &[&str]) -> Result<Vec<String>, String> {
        let args: Vec<String> = args.iter().map(|a| a.to_string()).collect();
        cgroup().sub_paths(&args).map_err(|e| e.to_string())
    }

    #[test]
    fn nearest_above() {
        for (own, path, below, wanted) in [
            ("/u/s1", "/u/m/x", "u/m/x", Some("u")),
            ("/u/m/y", "/u/m/x", "u/m/x", Some("u/m")),
            ("/ux", "/u/x", "u/x", Some("")),
            ("/box/a", "/box/a/x", "a/x", Some("a")),
            ("/other", "/box/a", "a", None),
        ] {
            assert_eq!(common(own, path, below).as_deref(), wanted, "{own} {path}");
        }
    }

    #[test]
    fn sub_cgroups() {
        for (args, wanted) in [
            (&["x/y"][..], ["x/y", "x/y", "x/y"]),
            (&["/"], ["", "", ""]),
            (&["memory:m"], ["", "m", ""]),
            (&["cpu,cpuacct:c", "memory:/m/"], ["c", "m", ""]),
        ] {
            assert_eq!(subs(args).unwrap(), wanted, "{args:?}");
        }
        for (args, wanted) in [
            (&[".."][..], "bad sub cgroup path: .."),
            (&["cpu:a/../../.."], "bad sub cgroup path: a/../../.."),
            (&["what:/"], "unknown controller what in --cgroup what:/"),
            (&["a", "memory:b"], "invalid --cgroup argument: a (missing <controller>: prefix)"),
            (&[":b"], "invalid --cgroup argument: :b (empty <controller> prefix)"),
            (
                &["memory:a", "memory:b"],
                "invalid --cgroup argument(s): controller memory specified multiple times",
            ),
        ] {
            assert_eq!(subs(args).unwrap_err(), wanted, "{args:?}");
        }
    }
}
