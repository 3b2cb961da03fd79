//! Word of the kernel that a container runs out of memory.
//!
//! cgroup v1 writes to an eventfd, at each want of memory and when the cgroup is removed; v2
//! counts the processes that it kills in `memory.events`, and wakes who polls that file.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::dir::Dir;
use super::{Cgroup, stats};

/// Tells of each want of memory since it was made.
pub enum Watch {
    V1 { bell: EventFd, control: OwnedFd },
    V2 { events: OwnedFd, seen: u64 },
}

impl Cgroup {
    /// Nothing where no controller counts memory.
    pub fn watch_oom(&self) -> Result<Option<Watch>> {
        Ok(match self.controller("memory")? {
            Some((dir, false)) => Some(watch_v1(dir)?),
            Some((dir, true)) => Some(watch_v2(dir)?),
            None => None,
        })
    }
}

fn watch_v1(dir: &Dir) -> Result<Watch> {
    let context = || format!("watch {}/memory.oom_control", dir.path().display());
    let bell =
        EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK).context("make an eventfd")?;
    let control = dir.open("memory.oom_control", OFlag::O_RDONLY).with_context(context)?;
    let line = format!("{} {}", bell.as_fd().as_raw_fd(), control.as_raw_fd());
    dir.try_write("cgroup.event_control", &line).with_context(context)?;
    Ok(Watch::V1 { bell, control })
}

fn watch_v2(dir: &Dir) -> Result<Watch> {
    let context = || format!("watch {}/memory.events", dir.path().display());
    let events = dir.open("memory.events", OFlag::O_RDONLY).with_context(context)?;
    // To read it is what makes the next change count for poll(2).
    let seen = kills(&events).with_context(context)?;
    Ok(Watch::V2 { events, seen })
}

impl Watch {
    /// To be waited on.
    pub fn poll_fd(&self) -> PollFd<'_> {
        match self {
            Watch::V1 { bell, .. } => PollFd::new(bell.as_fd(), PollFlags::POLLIN),
            Watch::V2 { events, .. } => PollFd::new(events.as_fd(), PollFlags::POLLPRI),
        }
    }

    /// Whether memory has run out since this was last asked. It does not wait.
    pub fn rang(&mut self) -> Result<bool> {
        match self {
            Watch::V1 { bell, control } => match bell.read() {
                // The removal of the cgroup rings once.
                Ok(times) => Ok(times > u64::from(removed(control))),
                Err(Errno::EAGAIN) => Ok(false),
                Err(e) => Err(e).context("read an eventfd"),
            },
            Watch::V2 { events, seen } => match kills(events) {
                Ok(now) => Ok(now > std::mem::replace(seen, now)),
                Err(Errno::ENODEV) => Ok(false),
                Err(e) => Err(e).context("read memory.events"),
            },
        }
    }
}

fn removed(control: &OwnedFd) -> bool {
    nix::sys::uio::pread(control, &mut [0; 64], 0) == Err(Errno::ENODEV)
}

fn kills(events: &OwnedFd) -> nix::Result<u64> {
    let mut buffer = [0; 512];
    let n = nix::sys::uio::pread(events, &mut buffer, 0)?;
    Ok(stats::number(&String::from_utf8_lossy(&buffer[..n]), "oom_kill").unwrap_or(0))
}
