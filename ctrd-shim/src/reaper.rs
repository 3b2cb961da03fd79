//! The only place that waits for processes: children of ours and whatever is left to us as the
//! subreaper.

use std::collections::{BTreeSet, HashMap};
use std::os::unix::process::ExitStatusExt;
use std::time::SystemTime;

use crate::container::Exit;
use crate::serve::Shim;
use crate::{sys, task};

/// Exits of processes that nobody has named yet. A process can be gone before the runtime that
/// started it has returned and told its pid, so while a start is under way they are kept. Pids
/// come round again, and one start may overlap the next for hours: an exit from before a start
/// began is not that start's.
#[derive(Debug, Default)]
pub struct Strays {
    begun: u64,
    starts: BTreeSet<Started>,
    exits: HashMap<i32, (Started, Exit)>,
}

/// Which start it was, counted from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Started(u64);

impl Strays {
    pub fn begin(&mut self) -> Started {
        self.begun += 1;
        self.starts.insert(Started(self.begun));
        Started(self.begun)
    }

    /// A start has returned, with this pid.
    pub fn end(&mut self, start: Started, pid: Option<u32>) -> Option<Exit> {
        let found = pid.and_then(|pid| self.exits.remove(&(pid as i32)));
        self.starts.remove(&start);
        match self.starts.first() {
            Some(oldest) => self.exits.retain(|_, (last, _)| *last >= *oldest),
            None => self.exits = HashMap::new(),
        }
        found.filter(|(last, _)| *last >= start).map(|(_, exit)| exit)
    }

    /// Keeps an exit, with the last start that had begun by then.
    fn keep(&mut self, pid: i32, exit: Exit) {
        if !self.starts.is_empty() {
            self.exits.insert(pid, (Started(self.begun), exit));
        }
    }
}

pub fn reap(shim: &mut Shim) {
    // Until there is nobody else, or nobody at all.
    while let Ok(Some((pid, ended))) = sys::waitpid(-1, libc::WNOHANG) {
        let code = ended.code().or(ended.signal().map(|signal| 128 + signal));
        let Some(status) = code else { continue };
        let exit = Exit { status: status as u32, at: SystemTime::now() };
        if let Some(then) = shim.children.remove(&pid) {
            then(shim, exit);
        } else if !task::events::exited(shim, pid as u32, exit) {
            shim.strays.keep(pid, exit);
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
        let only = strays.begin();
        assert_eq!(strays.end(only, Some(4)), None);
        let (first, second) = (strays.begin(), strays.begin());
        strays.keep(5, exit);
        assert_eq!(strays.end(first, None), None);
        assert_eq!(strays.end(second, Some(5)), Some(exit));
        let last = strays.begin();
        assert_eq!(strays.end(last, Some(5)), None);
    }

    #[test]
    fn an_exit_from_before_a_start_is_not_its_own() {
        let exit = |status| Exit { status, at: SystemTime::UNIX_EPOCH };
        let mut strays = Strays::default();
        let slow = strays.begin();
        strays.keep(7, exit(1));
        let next = strays.begin();
        assert_eq!(strays.end(next, Some(7)), None, "the pid has come round");
        strays.keep(7, exit(2));
        let after = strays.begin();
        assert_eq!(strays.end(slow, None), None);
        assert!(strays.exits.is_empty(), "nobody can ask for it any more");
        assert_eq!(strays.end(after, None), None);
    }
}
