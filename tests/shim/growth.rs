//! A shim is as small after much work as before it: memory that is its own, descriptors, children.

use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

use ctrd_shim::api::task;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::driver::Driven;
use crate::traces;

/// kB of memory that are the process's alone, its descriptors, and its children.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub memory: u64,
    pub fds: usize,
    pub children: usize,
}

impl Size {
    pub fn of(shim: &Driven) -> Size {
        let at = |name: &str| format!("/proc/{}/{name}", shim.pid);
        let rollup = std::fs::read_to_string(at("smaps_rollup")).expect("its memory");
        let kb = |name: &str| -> u64 {
            let line = rollup.lines().find_map(|l| l.strip_prefix(name)).expect("a field");
            line.trim().trim_end_matches(" kB").parse().expect("a number")
        };
        let children =
            std::fs::read_to_string(at(&format!("task/{}/children", shim.pid))).expect("its children");
        Size {
            memory: kb("Private_Clean:") + kb("Private_Dirty:"),
            fds: std::fs::read_dir(at("fd")).expect("its descriptors").count(),
            children: children.split_whitespace().count(),
        }
    }

    /// Waits until the shim is no larger than this, but for what an allocator keeps.
    pub fn is_reached_by(self, shim: &Driven) {
        self.is_reached_but_for(512, shim);
    }

    /// The same with so many kB more, after what took a lot at once.
    pub fn is_reached_but_for(self, more: u64, shim: &Driven) {
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            let now = Size::of(shim);
            if now.fds <= self.fds && now.children <= self.children && now.memory <= self.memory + more {
                return;
            }
            assert!(Instant::now() < limit, "{now:?}, before it was {self:?}");
            std::thread::yield_now();
        }
    }
}

/// Terminals that nobody attends to, and execs that leave a child with the streams of theirs.
#[test]
fn execs_that_are_dropped_leave_nothing() {
    let shim = Driven::new("it-dropped", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    let dir = crate::fixture::temp();
    for name in ["in", "out", "err"] {
        mkfifo(&dir.path().join(name), Mode::S_IRWXU).unwrap();
    }
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let run = |n: usize| {
        let exec = format!("e{n}");
        let mut request = shim.exec_request(&exec, &["sh", "-c", "sleep 3005 & exit 0"]);
        request.terminal = n.is_multiple_of(2);
        (request.stdin, request.stdout) = (at("in"), at("out"));
        if !request.terminal {
            request.stderr = at("err");
        }
        shim.ok::<()>("Exec", &request);
        shim.start(&exec);
        let size = task::ResizePtyRequest { id: shim.id.clone(), exec_id: exec.clone(), width: 9, height: 9 };
        let _ = shim.call::<()>("ResizePty", &size);
        shim.wait(&exec);
        // Somebody looks in and goes.
        drop(File::options().read(true).write(true).open(dir.path().join("out")).unwrap());
        shim.delete(&exec);
    };
    run(0);
    let before = Size::of(&shim);
    std::thread::scope(|scope| {
        for k in 0..8 {
            let run = &run;
            scope.spawn(move || (0..5).for_each(|n| run(1 + k * 5 + n)));
        }
    });
    before.is_reached_by(&shim);
    shim.kill("", 9);
    shim.wait("");
    assert!(!traces::processes().any(|(_, line)| line == "sleep 3005"), "they end with the container");
}

/// Output without end, with a reader that reads, and with one that does not.
#[test]
fn output_is_not_kept() {
    let shim = Driven::new("it-yes", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    let dir = crate::fixture::temp();
    for name in ["out", "err"] {
        mkfifo(&dir.path().join(name), Mode::S_IRWXU).unwrap();
    }
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let start = |exec: &str, terminal: bool| {
        let mut request = shim.exec_request(exec, &["yes"]);
        request.terminal = terminal;
        request.stdout = at("out");
        if !terminal {
            request.stderr = at("err");
        }
        shim.ok::<()>("Exec", &request);
        let out = File::options().read(true).write(true).open(dir.path().join("out")).unwrap();
        shim.start(exec);
        out
    };
    let before = Size::of(&shim);
    for (exec, terminal, megabytes) in [("pipe", false, 100), ("terminal", true, 4)] {
        let mut out = start(exec, terminal);
        let mut part = vec![0; 1 << 16];
        let mut count = 0;
        while count < megabytes << 20 {
            count += out.read(&mut part).unwrap();
        }
        // Nobody reads any more; it fills what there is and stops there.
        shim.exec("probe", &["true"]);
        shim.start("probe");
        shim.wait("probe");
        shim.delete("probe");
        let now = Size::of(&shim);
        assert!(now.memory < before.memory + 2048, "{exec}: {now:?}, before it was {before:?}");
        shim.kill(exec, 9);
        assert_eq!(shim.wait(exec), 137);
        drop(out);
        shim.delete(exec);
        while File::options().read(true).write(true).open(dir.path().join("out")).is_err() {}
    }
    before.is_reached_by(&shim);
}

/// CTRD_EXECS sets how many.
#[test]
fn many_execs_leave_it_as_it_was() {
    let count: u32 = std::env::var("CTRD_EXECS").ok().map_or(300, |n| n.parse().expect("a number"));
    let shim = Driven::new("it-execs", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    let run = |n: u32| {
        let exec = format!("e{n}");
        shim.exec(&exec, &["true"]);
        shim.start(&exec);
        shim.wait(&exec);
        shim.delete(&exec);
    };
    (0..10).for_each(run);
    let before = Size::of(&shim);
    (10..count).for_each(run);
    before.is_reached_by(&shim);
}
