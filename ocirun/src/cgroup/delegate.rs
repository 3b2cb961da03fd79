//! What of its cgroup a container may manage itself, on v2 alone: on v1 that is not safe.

use std::fs;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, bail, ensure};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::unistd::{Uid, fchown, fchownat};

use super::dir::{Dir, plain};
use super::{Cgroup, opened};

/// Files that the owner of a delegated directory may write, where the kernel does not tell.
const FILES: &str = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";

impl Cgroup {
    /// Gives the container's directory of v2 to a user (runtime-spec, config-linux.md, "Cgroup
    /// ownership"), so that it may divide what it has. Its limits stay the host's.
    pub fn give_to(&self, uid: u32) -> Result<()> {
        let Some(h) = self.v2() else { return Ok(()) };
        match opened(h)? {
            Some(dir) => give(dir, uid),
            None => Ok(()),
        }
    }

    /// Makes a directory below the container's own, for its processes; limits stand above it. What
    /// comes back is the file that takes a process there.
    pub fn delegate(&self, name: &str, owner: Option<u32>) -> Result<OwnedFd> {
        ensure!(plain(name), "delegated cgroup {name:?}: not a file name");
        let Some(h) = self.v2() else { bail!("delegated cgroup {name:?}: cgroup v2 is not mounted") };
        let said = || format!("make delegated cgroup {}", h.dir_path().join(name).display());
        let Some(above) = opened(h)? else { bail!("{}: the container has none there", said()) };
        above.mkdir(name).with_context(said)?;
        let dir = above.sub(name).with_context(said)?;
        if let Some(uid) = owner {
            give(&dir, uid)?;
        }
        dir.open("cgroup.procs", OFlag::O_WRONLY).with_context(said)
    }
}

fn give(dir: &Dir, uid: u32) -> Result<()> {
    let said = || format!("give {} to user {uid}", dir.path().display());
    let owner = Some(Uid::from_raw(uid));
    fchown(dir.as_fd(), owner, None).with_context(said)?;
    let files = fs::read_to_string("/sys/kernel/cgroup/delegate").unwrap_or_else(|_| FILES.to_owned());
    for file in files.lines().filter(|file| plain(file)) {
        match fchownat(dir.as_fd(), file, owner, None, AtFlags::AT_SYMLINK_NOFOLLOW) {
            // A newer kernel's file of a controller that is not on here.
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(error).with_context(said),
        }
    }
    Ok(())
}
