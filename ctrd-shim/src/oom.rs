//! Kills for want of memory. The kernel wakes us when something may have happened; what counts
//! is the number of kills, so one kill is one event however often it woke us.

use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;

use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::unistd::read;

use crate::cgroup::Cgroups;
use crate::serve::Shim;

pub struct Watch {
    key: u64,
    wake: OwnedFd,
    /// The file whose line `oom_kill` counts, open: it is read on the way of every exit.
    counter: File,
    count: u64,
}

impl Watch {
    /// Watches these groups. Without a memory controller there is nothing to see.
    pub fn new(shim: &mut Shim, id: &str, cgroups: &Cgroups) -> Option<Watch> {
        let (wake, counter) = match cgroups {
            Cgroups::V1(dirs) => v1(dirs.get("memory")?)?,
            Cgroups::V2(dir) => v2(dir)?,
        };
        let key = match shim.watch_oom(id, wake.as_fd()) {
            Ok(key) => key,
            Err(e) => {
                shim.log.warn(format_args!("watch the memory of {id}: {}", e.desc()));
                return None;
            }
        };
        let count = kills(&counter).unwrap_or(0);
        Some(Watch { key, wake, counter, count })
    }

    /// After a wake-up, or at the end: whether there were kills that were not told yet.
    pub fn has_grown(&mut self) -> bool {
        while read(&self.wake, &mut [0; 4096]).is_ok_and(|n| n > 0) {}
        // A group that is gone counts no more.
        let Some(now) = kills(&self.counter) else { return false };
        let grown = now > self.count;
        self.count = now;
        grown
    }

    pub fn stop(&self, shim: &mut Shim) {
        shim.unwatch(self.key, self.wake.as_fd());
    }
}

/// An event counter that the memory controller adds to.
fn v1(dir: &Path) -> Option<(OwnedFd, File)> {
    let control = File::open(dir.join("memory.oom_control")).ok()?;
    let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
    let wake = EventFd::from_flags(flags).ok()?;
    let line = format!("{} {}", wake.as_fd().as_raw_fd(), control.as_raw_fd());
    fs::write(dir.join("cgroup.event_control"), line).ok()?;
    Some((wake.into(), control))
}

/// The file itself, which changes.
fn v2(dir: &Path) -> Option<(OwnedFd, File)> {
    let counter = dir.join("memory.events");
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok()?;
    inotify.add_watch(&counter, AddWatchFlags::IN_MODIFY).ok()?;
    Some((inotify.into(), File::open(counter).ok()?))
}

fn kills(counter: &File) -> Option<u64> {
    // A few lines of a name and a number.
    let mut text = [0; 512];
    let n = counter.read_at(&mut text, 0).ok()?;
    let text = std::str::from_utf8(&text[..n]).ok()?;
    text.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
}
