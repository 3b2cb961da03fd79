//! Makes the directories of a container.

use anyhow::{Context, Result};
use nix::errno::Errno;

use super::dir::Dir;
use super::hierarchy::Hierarchy;
use super::mark;
use super::placeholder::Placeholder;
use super::{Cgroup, top};

impl Cgroup {
    /// The answer, if any, has to live until the container's first process is in its place.
    pub fn create(&self, id: &str) -> Result<Option<Placeholder>> {
        let is_v2 = self.hierarchies.iter().all(|h| h.v2);
        let holder = self.systemd.as_ref().map(|unit| unit.start(id, is_v2)).transpose()?;
        for h in &self.hierarchies {
            match make_again(h) {
                Err(e) if self.may_lack(&e) => {}
                other => other.context("applying cgroup configuration")?,
            }
        }
        Ok(holder)
    }

    /// A user without privileges gets the cgroups that may be had, unless config.json names them.
    fn may_lack(&self, e: &anyhow::Error) -> bool {
        let forbidden = matches!(
            e.downcast_ref::<Errno>(),
            Some(Errno::EACCES | Errno::EPERM | Errno::EROFS | Errno::ENOENT)
        );
        self.rootless && !self.explicit && forbidden
    }
}

/// So many times another container that ends may take a directory away that this one needs.
const TRIES: usize = 8;

fn make_again(h: &Hierarchy) -> Result<()> {
    let mut made = make(h);
    for _ in 1..TRIES {
        match &made {
            Err(e) if matches!(e.downcast_ref(), Some(Errno::ENOENT | Errno::ENODEV)) => made = make(h),
            _ => break,
        }
    }
    made
}

fn make(h: &Hierarchy) -> Result<()> {
    let top = top(h)?;
    let cpuset = h.controllers.iter().any(|c| c == "cpuset");
    let context = || format!("make cgroup {}", h.dir_path().display());
    // A plain hierarchy wants nothing of the directories above, which mostly exist.
    if !h.v2 && !cpuset {
        match top.mkdir(&h.below) {
            Err(Errno::ENOENT) => {}
            other => {
                other.with_context(context)?;
                let _ = h.opened.set(top.sub(&h.below).with_context(context)?);
                return Ok(());
            }
        }
    }
    let mut made: Option<Dir> = None;
    for name in h.below.split('/') {
        let parent = made.as_ref().unwrap_or(top);
        if h.v2 {
            pass_down(parent)?;
        }
        let new = parent.mkdir(name).with_context(context)?;
        let child = parent.sub(name).with_context(context)?;
        if cpuset {
            inherit(parent, &child, new)?;
        }
        if new && made_on_the_way(&child, h) {
            mark::set(child.as_fd());
        }
        made = Some(child);
    }
    if let Some(dir) = made {
        let _ = h.opened.set(dir);
    }
    Ok(())
}

/// Whether this is a directory above the container's own.
fn made_on_the_way(dir: &Dir, h: &Hierarchy) -> bool {
    dir.path() != h.dir_path()
}

/// cgroup v2: gives the children of a cgroup all controllers that it has itself. One that cannot
/// be given is missed where a limit needs it.
fn pass_down(dir: &Dir) -> Result<()> {
    let has = dir.read("cgroup.controllers")?;
    let given = dir.read("cgroup.subtree_control")?;
    let lacking: Vec<String> = has
        .split_whitespace()
        .filter(|c| !given.split_whitespace().any(|g| g == *c))
        .map(|c| format!("+{c}"))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    match dir.try_write("cgroup.subtree_control", &lacking.join(" ")) {
        // It has processes. Some controllers could be given even so, but that would make its
        // children threaded, and these take no process.
        Ok(()) | Err(Errno::EBUSY) => return Ok(()),
        Err(_) => {}
    }
    for word in &lacking {
        if dir.try_write("cgroup.subtree_control", word) == Err(Errno::EBUSY) {
            break;
        }
    }
    Ok(())
}

/// cgroup v1: a new cpuset is empty, and takes no process before it has processors and memory.
fn inherit(parent: &Dir, child: &Dir, new: bool) -> Result<()> {
    for file in ["cpuset.cpus", "cpuset.mems"] {
        if !new && !child.read(file)?.is_empty() {
            continue;
        }
        child.write(file, &parent.read(file)?)?;
    }
    Ok(())
}
