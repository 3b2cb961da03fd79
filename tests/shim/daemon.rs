//! Real containerd, of every version that is there, with ctrd-shim under the name of its own shim.
//!
//! The one on PATH, or those in the folders that `$CTRD_CONTAINERD` lists, each with its `ctr`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::bin::{self, Done};
use crate::caller::{self, Daemon};
use crate::{fixture, runtime, traces};

struct Containerd {
    folder: PathBuf,
    dir: tempfile::TempDir,
    daemon: Option<Daemon>,
}

/// Calls `test` with each, freshly started.
fn with_each(test: impl Fn(Containerd)) {
    let folders =
        std::env::var_os("CTRD_CONTAINERD").or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&folders)
        .filter(|dir| ["containerd", "ctr"].iter().all(|name| dir.join(name).is_file()))
        .collect();
    if folders.is_empty() {
        return bin::skip("containerd is not installed");
    }
    for folder in folders {
        if bin::peer("umoci") {
            test(Containerd::new(folder));
        }
    }
}

impl Containerd {
    fn new(folder: PathBuf) -> Self {
        let dir = caller::folder();
        caller::install_shim(dir.path());
        let mut containerd = Self { folder, dir, daemon: None };
        containerd.serve();
        let work = fixture::temp();
        let archive = fixture::image(work.path(), "busybox");
        containerd.ctr(&["image", "import", "--base-name", "bb", archive.to_str().expect("UTF-8")]).ok();
        containerd
    }

    fn serve(&mut self) {
        self.daemon = Some(caller::containerd(&self.folder.join("containerd"), self.dir.path()));
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.folder.join("ctr"));
        command.arg("-a").arg(self.dir.path().join("c.sock")).args(args).stdin(Stdio::null());
        command
    }

    fn ctr(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    fn run(&self, flags: &[&str], id: &str, program: &[&str]) -> Done {
        self.ctr(&[&["run"], flags, &["bb:busybox", id], program].concat())
    }

    fn status(&self, id: &str) -> String {
        let list = self.ctr(&["task", "ls"]).ok();
        let line = list.lines().find(|l| l.starts_with(&format!("{id} "))).unwrap_or("no task");
        line.split_whitespace().last().expect("a word").into()
    }

    fn log(&self) -> String {
        self.daemon.as_ref().map_or(String::new(), Daemon::log)
    }

    /// The shims that serve this one.
    fn shims(&self) -> Vec<(u32, String)> {
        let address = self.dir.path().join("c.sock").display().to_string();
        traces::processes().filter(|(_, l)| l.contains("-namespace") && l.contains(&address)).collect()
    }

    /// Everything is taken away, and no shim stays.
    fn leaves_nothing(self) {
        assert_eq!(self.ctr(&["task", "ls", "-q"]).ok(), "");
        for (pid, _) in self.shims() {
            runtime::wait_exit(pid.into());
        }
        let left: Vec<_> =
            ["crun/io.containerd.runtime.v2.task/default", "clib/io.containerd.runtime.v2.task/default"]
                .iter()
                .flat_map(|dir| std::fs::read_dir(self.dir.path().join(dir)).into_iter().flatten().flatten())
                .map(|entry| entry.path())
                .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

impl Drop for Containerd {
    fn drop(&mut self) {
        for id in self.ctr(&["container", "ls", "-q"]).stdout.lines() {
            self.ctr(&["task", "rm", "-f", id]);
            self.ctr(&["container", "rm", id]);
        }
    }
}

#[test]
fn a_run_and_the_life_of_a_task() {
    with_each(|containerd| {
        let done = containerd.run(&["--rm"], "it-real", &["sh", "-c", "echo out; echo err >&2; exit 42"]);
        assert_eq!((done.code, done.stdout.as_str()), (42, "out\n"), "{} {}", done.stderr, containerd.log());
        let ctr = |args: &[&str]| containerd.ctr(args);
        containerd.run(&["-d", "--memory-limit", "67108864"], "it-real", &["sleep", "3000"]).ok();
        let [(shim, line)] = &containerd.shims()[..] else { panic!("one shim") };
        let exe = std::fs::read_link(format!("/proc/{shim}/exe")).unwrap();
        assert_eq!(exe.file_name().unwrap(), "ctrd-shim", "{line}");
        assert_eq!(containerd.status("it-real"), "RUNNING");
        let exec =
            |program: &[&str]| ctr(&[&["task", "exec", "--exec-id", "e", "it-real"], program].concat());
        assert_eq!(exec(&["echo", "inside"]).ok(), "inside\n");
        assert_eq!(exec(&["sh", "-c", "exit 7"]).code, 7);
        assert!(ctr(&["task", "metrics", "it-real"]).ok().contains("67108864"));
        assert_eq!(ctr(&["task", "ps", "it-real"]).ok().lines().count(), 2);
        ctr(&["task", "pause", "it-real"]).ok();
        assert_eq!(containerd.status("it-real"), "PAUSED");
        ctr(&["task", "resume", "it-real"]).ok();
        let busy = ctr(&["task", "rm", "it-real"]);
        assert!(busy.code != 0 && busy.stderr.contains("running"), "{busy:?}");
        ctr(&["task", "kill", "-s", "9", "it-real"]).ok();
        while containerd.status("it-real") != "STOPPED" {
            std::thread::yield_now();
        }
        let gone = ctr(&["task", "rm", "it-real"]);
        assert!(gone.stderr.contains("137"), "{gone:?}");
        ctr(&["container", "rm", "it-real"]).ok();
        for (program, text) in [
            ("nosuch", r#"exec: "nosuch": executable file not found in $PATH"#),
            ("/etc", r#"exec: "/etc": is a directory"#),
        ] {
            let done = containerd.run(&["--rm"], "it-real", &[program]);
            assert!(done.code != 0 && done.stderr.contains(text), "{done:?}");
        }
        containerd.leaves_nothing();
    });
}

#[test]
fn a_terminal() {
    with_each(|containerd| {
        let script = format!("tty; {}; exit 5", caller::SIZE);
        let line = format!(
            "{} -a {} run --rm -t bb:busybox it-realtty sh -c {script:?}",
            containerd.folder.join("ctr").display(),
            containerd.dir.path().join("c.sock").display(),
        );
        let (done, lines) = caller::on_terminal(&line.replace("$(", "\\$("));
        assert_eq!(done.code, 5, "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("31 97"), "{lines:?}");
        containerd.leaves_nothing();
    });
}

/// `ctr events`, to its end.
struct Events(Child);

impl Events {
    fn new(containerd: &Containerd) -> Self {
        let out = std::fs::File::create(containerd.dir.path().join("events")).expect("a file");
        let mut child = containerd.command(&["events"]).stdout(out).spawn().expect("run ctr");
        // It listens once it sees something.
        let mut n = 0;
        while std::fs::metadata(containerd.dir.path().join("events")).unwrap().len() == 0 {
            assert!(child.try_wait().unwrap().is_none(), "ctr events ended");
            n += 1;
            containerd.ctr(&["namespace", "create", &format!("probe{n}")]).ok();
        }
        Self(child)
    }

    fn topics(
        mut self,
        dir: &Path,
        until: impl Fn(&BTreeMap<String, usize>) -> bool,
    ) -> BTreeMap<String, usize> {
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let text = std::fs::read_to_string(dir.join("events")).expect("read the events");
            let mut count = BTreeMap::new();
            for topic in text.lines().flat_map(|l| l.split_whitespace().find(|w| w.starts_with("/tasks/"))) {
                *count.entry(topic.to_owned()).or_insert(0) += 1;
            }
            if until(&count) || std::time::Instant::now() > limit {
                self.0.kill().expect("kill ctr");
                self.0.wait().expect("reap ctr");
                return count;
            }
            std::thread::yield_now();
        }
    }
}

#[test]
fn no_event_is_lost() {
    with_each(|containerd| {
        let events = Events::new(&containerd);
        for n in 0..20 {
            containerd.run(&["--rm"], &format!("it-event{n}"), &["true"]).ok();
        }
        let count = events.topics(containerd.dir.path(), |count| count.get("/tasks/delete") == Some(&20));
        let want = ["/tasks/create", "/tasks/delete", "/tasks/exit", "/tasks/start"];
        assert_eq!(count, want.map(|topic| (topic.to_string(), 20)).into());
        containerd.leaves_nothing();
    });
}

/// The server dies; what runs goes on, what ends is remembered, and the next server finds both.
#[test]
fn the_server_may_die_and_come_back() {
    with_each(|mut containerd| {
        containerd.run(&["-d"], "it-stays", &["sleep", "3000"]).ok();
        let script = "read x </tmp/go; exit 7";
        containerd.run(&["-d"], "it-ends", &["sh", "-c", &format!("mkfifo /tmp/go; {script}")]).ok();
        let shims = containerd.shims();
        assert_eq!(shims.len(), 2);
        let root = containerd.dir.path().join("crun/io.containerd.runtime.v2.task/default/it-ends");
        let fifo = root.join("rootfs/tmp/go");
        while !fifo.exists() {
            std::thread::yield_now();
        }
        let pid = std::fs::read_to_string(root.join("init.pid")).unwrap();
        if let Some(daemon) = containerd.daemon.take() {
            daemon.kill();
        }
        std::fs::write(&fifo, "go\n").unwrap();
        runtime::wait_exit(pid.trim().parse().unwrap());
        containerd.serve();
        assert_eq!(containerd.status("it-stays"), "RUNNING", "{}", containerd.log());
        assert_eq!(containerd.status("it-ends"), "STOPPED", "{}", containerd.log());
        assert_eq!(containerd.shims(), shims);
        let done = containerd.ctr(&["task", "exec", "--exec-id", "e", "it-stays", "echo", "again"]);
        assert_eq!(done.ok(), "again\n");
        let gone = containerd.ctr(&["task", "rm", "it-ends"]);
        assert!(gone.stderr.contains("exit code 7") || gone.code == 7, "{gone:?}");
        containerd.ctr(&["task", "rm", "-f", "it-stays"]);
        containerd.leaves_nothing();
    });
}
