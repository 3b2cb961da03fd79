//! Removes the directories of a container, with those that it made below.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::errno::Errno;

use super::dir::Dir;
use super::freeze::wait_event;
use super::hierarchy::Hierarchy;
use super::mark;
use super::{Cgroup, opened, top};

/// A killed process counts until it has gone through its exit.
const PATIENCE: Duration = Duration::from_millis(900);

impl Cgroup {
    /// Removes what has no processes; says whether that was all. Stops where there are some, those
    /// directories first in which they would be looked for.
    pub fn remove_empty(&self) -> bool {
        // systemd has a unit to forget, too.
        self.systemd.is_none()
            && self.emptied_first().all(|h| match top(h).map(|top| whole(top, &h.below)) {
                Ok(done) => matches!(done, Ok(()) | Err(Errno::ENOENT | Errno::ENODEV)),
                Err(_) => false,
            })
    }

    /// v2 tells when its last process is gone, and that is the same moment for v1; there the freezer
    /// knows them all.
    fn emptied_first(&self) -> impl Iterator<Item = &Hierarchy> {
        let rank = |h: &&Hierarchy| (!h.v2, !h.controllers.iter().any(|c| c == "freezer"));
        let mut all: Vec<_> = self.hierarchies.iter().collect();
        all.sort_by_key(rank);
        all.into_iter()
    }

    /// Directories that are not there are no failure. All are tried before the first is told.
    pub fn remove(&self) -> Result<()> {
        let mut result = self.systemd.as_ref().map_or(Ok(()), |unit| unit.stop());
        let deadline = Instant::now() + PATIENCE;
        for h in self.emptied_first() {
            let removed =
                remove(h, deadline).with_context(|| format!("remove cgroup {}", h.dir_path().display()));
            result = result.and(removed);
        }
        result
    }
}

fn remove(h: &Hierarchy, deadline: Instant) -> Result<()> {
    let top = match top(h) {
        // The file system itself is gone, and the directory with it.
        Err(e) if e.downcast_ref() == Some(&Errno::ENOENT) => return Ok(()),
        other => other?,
    };
    let mut wait = Duration::from_millis(1);
    loop {
        match whole(top, &h.below) {
            Ok(()) | Err(Errno::ENOENT | Errno::ENODEV) => return Ok(()),
            // What is not there cannot be removed: so says the kernel first.
            Err(Errno::EROFS) if matches!(top.sub(&h.below), Err(Errno::ENOENT)) => return Ok(()),
            Err(Errno::EBUSY) if Instant::now() < deadline => {}
            Err(e) => return Err(e.into()),
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let told =
            h.v2 && opened(h)?.is_some_and(|dir| wait_event(dir, "populated", 0, left).unwrap_or(false));
        if !told || wait > Duration::from_millis(1) {
            sleep(wait.min(left));
        }
        wait *= 2;
    }
}

/// A container's directory, and those above it that were made for the likes of it alone.
fn whole(top: &Dir, below: &str) -> nix::Result<()> {
    let removed = tree(top, below);
    let mut path = below;
    while removed.is_ok() || removed == Err(Errno::ENOENT) {
        let Some((parent, _)) = path.rsplit_once('/') else { break };
        if !top.sub(parent).is_ok_and(|dir| mark::is_set(dir.as_fd())) || top.rmdir(parent).is_err() {
            break;
        }
        path = parent;
    }
    removed
}

/// The leaf first, for mostly there is nothing below it.
fn tree(parent: &Dir, below: &str) -> nix::Result<()> {
    match parent.rmdir(below) {
        Err(Errno::EBUSY | Errno::ENOTEMPTY) => {}
        other => return other,
    }
    let dir = parent.sub(below)?;
    for name in dir.subdirs()? {
        match tree(&dir, &name) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(e) => return Err(e),
        }
    }
    parent.rmdir(below)
}
