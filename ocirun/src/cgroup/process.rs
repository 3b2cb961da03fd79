//! The processes of a container: which they are, and a signal to all of them.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::dir::Dir;
use super::{Cgroup, opened};
use crate::pidfd;

/// How often the list is read again for processes that were made meanwhile, where the container
/// cannot be frozen. Each round kills all that it finds, so a fork bomb loses ground.
const ROUNDS: usize = 1000;

impl Cgroup {
    /// All processes, those of sub-cgroups included, in ascending order.
    pub fn pids(&self) -> Result<Vec<i32>> {
        let mut pids = BTreeSet::new();
        if let Some((_, dir)) = self.main()? {
            collect(dir, &mut pids).with_context(|| format!("list processes of {}", dir.path().display()))?;
        }
        Ok(pids.into_iter().collect())
    }

    /// Sends a signal to every process.
    pub fn kill(&self, signal: i32) -> Result<()> {
        let deadly = signal == libc::SIGKILL;
        if deadly && self.kill_v2()? {
            return Ok(());
        }
        let was_frozen = self.frozen().unwrap_or(false);
        let still = was_frozen || self.freeze().is_ok();
        let result = self.signal_all(signal, deadly && !still);
        // Whatever happened, nothing may stay frozen that was not; and the dead must thaw to die.
        let thawed = if still && (deadly || !was_frozen) { self.thaw() } else { Ok(()) };
        result.and(thawed)
    }

    /// The kernel kills a whole tree of v2 in one step, and what forks meanwhile with it. Says
    /// whether that was all.
    fn kill_v2(&self) -> Result<bool> {
        let Some(dir) = self.v2().map(opened).transpose()?.flatten() else {
            return Ok(false);
        };
        let context = || format!("kill the processes of {}", dir.path().display());
        let alone = self.hierarchies.len() == 1;
        let mut known = BTreeSet::new();
        if !alone {
            collect(dir, &mut known).with_context(context)?;
        }
        match dir.try_write("cgroup.kill", "1") {
            Ok(()) if alone => return Ok(true),
            Ok(()) => {}
            // Since Linux 5.14; absent from a threaded cgroup.
            Err(Errno::ENOENT | Errno::EOPNOTSUPP | Errno::ENODEV) => return Ok(false),
            Err(e) => Err(e).with_context(context)?,
        }
        // On a host with both versions a process may have been put into one of v1 alone, and one
        // that is frozen there dies only when it thaws.
        if self.frozen()? {
            self.thaw()?;
        }
        Ok(self.pids()?.iter().all(|pid| known.contains(pid)))
    }

    fn signal_all(&self, signal: i32, repeat: bool) -> Result<()> {
        // Those of real time have no names.
        let named = Signal::try_from(signal).ok();
        let mut done = BTreeSet::new();
        for _ in 0..ROUNDS {
            let new: Vec<i32> = self.pids()?.into_iter().filter(|pid| done.insert(*pid)).collect();
            for pid in &new {
                let sent = match named {
                    Some(signal) => kill(Pid::from_raw(*pid), signal),
                    None => pidfd::signal_pid(*pid, signal),
                };
                match sent {
                    Ok(()) | Err(Errno::ESRCH) => {}
                    Err(e) => Err(e).with_context(|| format!("kill process {pid}"))?,
                }
            }
            if new.is_empty() || !repeat {
                break;
            }
        }
        Ok(())
    }
}

fn collect(dir: &Dir, pids: &mut BTreeSet<i32>) -> nix::Result<()> {
    let list = match dir.try_read("cgroup.procs") {
        Ok(list) => list,
        // A threaded cgroup lists its processes at the top of its domain only.
        Err(Errno::EOPNOTSUPP) => String::new(),
        // Removed since it was opened.
        Err(Errno::ENODEV | Errno::ENOENT) => return Ok(()),
        Err(e) => return Err(e),
    };
    // 0 stands for a process that this pid namespace cannot name.
    let named = list.lines().filter_map(|l| l.parse::<i32>().ok());
    pids.extend(named.filter(|pid| *pid > 0));
    let subdirs = match dir.subdirs() {
        Err(Errno::ENODEV | Errno::ENOENT) => return Ok(()),
        other => other?,
    };
    for name in subdirs {
        match dir.sub(&name) {
            Ok(sub) => collect(&sub, pids)?,
            Err(Errno::ENOENT) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
