//! `kill -9` of a command at every change that it makes while it starts a container, ends it or removes it. No server
//! runs, so that the command is the one that knows; the next one finds what there is, removes it, and nothing is left.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{broken, kill, places};
use crate::bin;
use crate::stack::Stack;
use crate::traces;

/// What there is before, and the command; ID is a container of the case's own.
const VERBS: [(&[&str], &str); 14] = [
    (&[], "run -d --name ID busybox sleep 3000"),
    (&["create --name ID busybox sleep 3000"], "start ID"),
    (&["run -d --name ID busybox sleep 3000"], "kill --signal KILL ID"),
    (&["run -d --name ID busybox sleep 3000"], "stop --time 0 ID"),
    (&["run -d --name ID busybox sleep 3000"], "restart --time 0 ID"),
    (&["run -d --name ID busybox sleep 3000"], "exec ID true"),
    (&["run -d --name ID busybox sleep 3000"], "update --pids-limit 99 ID"),
    (&["run -d --name ID busybox sleep 3000"], "pause ID"),
    (&["run -d --name ID busybox sleep 3000", "pause ID"], "resume ID"),
    (&["run -d --name ID busybox sleep 3000"], "commit ID changed"),
    (&["run -d --name ID busybox sleep 3000"], "task delete --force ID"),
    (&["run -d --name ID busybox sleep 3000"], "rm --force ID"),
    (&["run -d --name ID busybox true", "wait ID"], "rm ID"),
    (&["create --name ID busybox sleep 3000", "checkpoint --rw ID saved", "rm ID"], "restore ID saved"),
];

/// How long what was killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where nothing is to be left.
const FOLDERS: [&str; 5] = [
    "run/s",
    "run/io.containerd.runtime.v2.task/default",
    "run/ocirun/default",
    "run/fifo",
    "lib/logs/default",
];

/// A stack of its own, and the container of its lines.
pub struct Case {
    pub stack: Stack,
    pub id: String,
}

impl Case {
    /// With what `ground` has below its root's folder.
    pub fn on(ground: &Stack, id: &str) -> Case {
        let stack = Stack::new();
        let (from, to) = (ground.path("lib"), stack.path("lib"));
        bin::run(Command::new("cp").arg("-a").args([&from, &to] as [&Path; 2])).ok();
        Case { stack, id: id.to_string() }
    }

    pub fn command(&self, line: &str) -> Command {
        let line = line.replace("ID", &self.id);
        self.stack.command(&line.split(' ').collect::<Vec<_>>())
    }

    pub fn prepare(&self, before: &[&str]) {
        for line in before {
            bin::run(&mut self.command(line)).ok();
        }
    }

    /// Removes the container, of which there may be nothing, and says what is left all the same: files that go
    /// meanwhile, under a hidden name, a server removes where the command that did it has died.
    pub fn wipe(&self, killed: bool) -> Vec<String> {
        let listed = bin::run(&mut self.command("container ls -q")).ok();
        if listed.contains(&self.id) {
            bin::run(&mut self.command("rm --force ID")).ok();
        }
        let _server = killed.then(|| self.stack.serve());
        let end = Instant::now() + PATIENCE;
        loop {
            let mut left = traces::left_of(&[&self.id]);
            for dir in FOLDERS {
                let entries = std::fs::read_dir(self.stack.path(dir)).into_iter().flatten().flatten();
                let own = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('@'));
                left.extend(own.map(|entry| entry.path().display().to_string()));
            }
            if left.is_empty() || Instant::now() > end {
                return left;
            }
            std::thread::yield_now();
        }
    }
}

#[test]
fn kill_while_a_container_begins_and_ends() {
    let ground = Stack::with_busybox();
    let case = |id: &str| Case::on(&ground, id);
    let (mut all, mut killed, mut wrong) = (0, 0, Vec::new());
    for (nth, (before, line)) in VERBS.iter().enumerate() {
        let id = format!("it-fall-{nth}");
        let plain = case(&id);
        plain.prepare(before);
        let count = kill::at(&plain.command(line), usize::MAX).expect("nobody kills it");
        assert_eq!(plain.wipe(false), [""; 0], "{line}");
        for place in places(count, 3).into_iter().chain([count - 1]) {
            let id = format!("{id}-{place}");
            let case = case(&id);
            case.prepare(before);
            let dead = kill::at(&case.command(line), place).is_none();
            (all, killed) = (all + 1, killed + usize::from(dead));
            let when = format!("{line}: killed at {place} of {count}");
            bin::run(&mut case.command("ps --all")).ok();
            let left = case.wipe(true);
            if !left.is_empty() {
                wrong.push(format!("{when}: left behind: {left:#?}"));
            }
            // And all of it works as if nothing had been.
            case.prepare(before);
            bin::run(&mut case.command(line)).ok();
            let left = case.wipe(false);
            if !left.is_empty() {
                wrong.push(format!("{when}: left behind after the same once more: {left:#?}"));
            }
            let found = bin::run(&mut case.command("content fsck")).stdout;
            assert!(broken(&found).is_empty(), "{when}: {found}");
        }
    }
    eprintln!("{} verbs, {all} places, killed at {killed}", VERBS.len());
    assert!(wrong.is_empty(), "{} of {all}: {}", wrong.len(), wrong.join("\n"));
    assert!(killed > VERBS.len());
}
