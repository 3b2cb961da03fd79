//! What a container leaves on the host, counted: cgroups, mounts, processes, and folders of state.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::bin;

/// A picture of the host, to hold a later one against.
pub struct Traces {
    cgroups: BTreeSet<String>,
    mounts: Vec<String>,
    state: BTreeSet<String>,
}

impl Traces {
    pub fn now() -> Self {
        let mut cgroups = BTreeSet::new();
        let mut state = BTreeSet::new();
        list(Path::new("/sys/fs/cgroup"), &mut cgroups);
        list(Path::new("/run"), &mut state);
        let mounts = std::fs::read_to_string("/proc/self/mounts").expect("read the mounts");
        Self { cgroups, mounts: mounts.lines().map(str::to_string).collect(), state }
    }

    /// Asserts that nothing has come since.
    pub fn none_left(&self) {
        let now = Self::now();
        let new = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert_eq!(new(&now.cgroups, &self.cgroups), Vec::<String>::new(), "cgroups are left");
        assert_eq!(now.mounts, self.mounts, "mounts are left");
        assert_eq!(new(&now.state, &self.state), Vec::<String>::new(), "files are left below /run");
    }
}

/// Asserts that no process of `word` in its command line is left.
pub fn no_process(word: &str) {
    let ps = bin::run(Command::new("ps").args(["-eo", "pid,stat,args"])).ok();
    let left: Vec<_> =
        ps.lines().filter(|l| l.contains(word) && !l.contains("ps -eo") && !l.contains(" Z")).collect();
    assert!(left.is_empty(), "processes are left: {left:?}");
}

fn list(dir: &Path, into: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            into.insert(entry.path().display().to_string());
            list(&entry.path(), into);
        } else if !dir.starts_with("/sys") {
            into.insert(entry.path().display().to_string());
        }
    }
}
