//! The only place that waits for processes: children of ours and whatever is left to us as the
//! subreaper.

use std::collections::HashMap;
use std::time::SystemTime;

use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::container::Exit;
use crate::serve::Shim;
use crate::task;

/// Exits of processes that nobody has named yet. A process can be gone before the runtime that
/// started it has returned and told its pid, so while a start is under way they are kept.
#[derive(Debug, Default)]
pub struct Strays {
    starts: usize,
    exits: HashMap<i32, Exit>,
}

impl Strays {
    pub fn begin(&mut self) {
        self.starts += 1;
    }

    /// One start has returned, with this pid.
    pub fn end(&mut self, pid: Option<u32>) -> Option<Exit> {
        let exit = pid.and_then(|pid| self.exits.remove(&(pid as i32)));
        self.starts = self.starts.saturating_sub(1);
        if self.starts == 0 {
            self.exits = HashMap::new();
        }
        exit
    }

    fn keep(&mut self, pid: i32, exit: Exit) {
        if self.starts > 0 {
            self.exits.insert(pid, exit);
        }
    }
}

pub fn reap(shim: &mut Shim) {
    loop {
        let (pid, status) = match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, code as u32),
            Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, 128 + signal as u32),
            // Nobody else, or nobody at all.
            Ok(WaitStatus::StillAlive) | Err(nix::errno::Errno::ECHILD) => return,
            Ok(_) | Err(_) => continue,
        };
        let exit = Exit { status, at: SystemTime::now() };
        if let Some(then) = shim.children.remove(&pid.as_raw()) {
            then(shim, exit);
        } else if !task::events::exited(shim, pid.as_raw() as u32, exit) {
            shim.strays.keep(pid.as_raw(), exit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_is_kept_while_a_start_is_under_way() {
        let exit = Exit { status: 1, at: SystemTime::UNIX_EPOCH };
        let mut strays = Strays::default();
        strays.keep(4, exit);
        strays.begin();
        assert_eq!(strays.end(Some(4)), None);
        strays.begin();
        strays.begin();
        strays.keep(5, exit);
        assert_eq!(strays.end(None), None);
        assert_eq!(strays.end(Some(5)), Some(exit));
        strays.begin();
        assert_eq!(strays.end(Some(5)), None);
    }
}
