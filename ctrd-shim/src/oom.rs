//! Kills for want of memory. The kernel wakes us when something may have happened; what counts
//! is the number of kills, so one kill is one event however often it woke us.

mod report;

use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};
use nix::unistd::read;

use crate::cgroup::Cgroups;
use crate::serve::Shim;

pub use report::Report;

pub struct Watch {
    key: u64,
    wake: OwnedFd,
    dir: PathBuf,
    /// The file whose line `oom_kill` counts, open: it is read on the way of every exit.
    counter: File,
    /// What it said at first.
    base: u64,
    /// Kills since then, and how many of them were told.
    kills: u64,
    told: u64,
    victims: report::Victims,
    log: report::Log,
    /// When the watch began, in microseconds since the boot.
    begun: u64,
}

impl Watch {
    /// Watches these groups. Without a memory controller there is nothing to see.
    pub fn new(shim: &mut Shim, id: &str, cgroups: &Cgroups) -> Option<Watch> {
        let (dir, (wake, counter)) = match cgroups {
            Cgroups::V1(dirs) => dirs.get("memory").and_then(|dir| Some((dir, v1(dir)?)))?,
            Cgroups::V2(dir) => (dir, v2(dir)?),
        };
        let key = match shim.watch_oom(id, wake.as_fd()) {
            Ok(key) => key,
            Err(e) => {
                shim.log.warn(format_args!("watch the memory of {id}: {}", e.desc()));
                return None;
            }
        };
        let (dir, base) = (dir.clone(), kills(&counter).unwrap_or(0));
        let microseconds = |t: TimeSpec| t.tv_sec() as u64 * 1_000_000 + t.tv_nsec() as u64 / 1_000;
        let begun = clock_gettime(ClockId::CLOCK_MONOTONIC_RAW).map_or(0, microseconds);
        let (victims, log) = Default::default();
        Some(Watch { key, wake, dir, counter, base, kills: 0, told: 0, victims, log, begun })
    }

    /// After a wake-up, or at the end: the number of kills that were not told yet.
    pub fn untold(&mut self) -> u64 {
        while read(&self.wake, &mut [0; 4096]).is_ok_and(|n| n > 0) {}
        self.look();
        let untold = self.kills - self.told;
        self.told = self.kills;
        untold
    }

    /// What is known of the kills, if there were any.
    pub fn report(&mut self) -> Option<Report> {
        self.look();
        if self.kills == 0 {
            return None;
        }
        let (limit, events) = report::numbers(&self.dir);
        Some(Report { kills: self.kills, limit, events, victims: self.victims.counted(self.kills) })
    }

    fn look(&mut self) {
        // A group that is gone counts no more.
        let Some(now) = kills(&self.counter) else { return };
        let kills = now.saturating_sub(self.base);
        if kills > self.kills {
            // A kill is logged before it is counted: the next one may be among them.
            self.log.read_on(&self.dir, self.begun, &mut self.victims);
            self.kills = kills;
        }
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
