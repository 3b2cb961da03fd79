//! containerd as the caller, through its own shim: `BinaryName` names ocirun.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::bin::{self, Done};
use crate::caller::{self, Daemon};
use crate::fixture;
use crate::traces;

/// A containerd with the image `bb:busybox`.
struct Containerd {
    dir: tempfile::TempDir,
    _daemon: Daemon,
}

impl Containerd {
    /// None, with the reason told, where it is not installed.
    fn new() -> Option<Self> {
        if !bin::peer("containerd") || !bin::peer("ctr") || !bin::peer("umoci") {
            return None;
        }
        let dir = caller::folder();
        let daemon = caller::containerd(Path::new("containerd"), dir.path());
        let containerd = Self { _daemon: daemon, dir };
        let work = fixture::temp();
        let archive = fixture::image(work.path(), "busybox");
        containerd.ctr(&["image", "import", "--base-name", "bb", archive.to_str().expect("UTF-8")]).ok();
        Some(containerd)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("ctr");
        command.arg("-a").arg(self.address()).args(args).stdin(Stdio::null());
        command
    }

    fn address(&self) -> String {
        self.dir.path().join("c.sock").display().to_string()
    }

    fn ctr(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    /// `ctr run` of a program, by ocirun.
    fn run(&self, flags: &[&str], id: &str, program: &[&str]) -> Done {
        let binary = bin::path("ocirun").display().to_string();
        let args = [&["run", "--runc-binary", &binary], flags, &["bb:busybox", id], program].concat();
        self.ctr(&args)
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
fn a_run_gives_output_and_status() {
    let Some(containerd) = Containerd::new() else { return };
    let done = containerd.run(&["--rm"], "it-ctr-run", &["sh", "-c", "echo out; echo err >&2; exit 42"]);
    assert_eq!((done.code, done.stdout.as_str()), (42, "out\n"), "{}", done.stderr);
    assert!(done.stderr.contains("err\n"), "{}", done.stderr);
    let mut killed = containerd.command(&["run", "--rm", "--runc-binary"]);
    let mut killed = killed
        .arg(bin::path("ocirun"))
        .args(["bb:busybox", "it-ctr-run", "sleep", "2998"])
        .spawn()
        .expect("run ctr");
    while !traces::processes().any(|(_, line)| line == "sleep 2998") {
        std::thread::yield_now();
    }
    containerd.ctr(&["task", "kill", "-s", "KILL", "it-ctr-run"]).ok();
    assert_eq!(killed.wait().expect("reap ctr").code(), Some(137));
    traces::none_of(&["it-ctr-run"]);
}

#[test]
fn the_life_of_a_task() {
    let Some(containerd) = Containerd::new() else { return };
    let ctr = |args: &[&str]| containerd.ctr(args);
    containerd
        .run(&["-d", "--memory-limit", "67108864", "--cpus", "0.5"], "it-task", &["sleep", "3000"])
        .ok();
    let status = || {
        let ls = ctr(&["task", "ls"]).ok();
        let line = ls.lines().find(|l| l.starts_with("it-task")).expect("the task");
        line.split_whitespace().last().expect("a status").to_string()
    };
    assert_eq!(status(), "RUNNING");
    let exec = |program: &[&str]| ctr(&[&["task", "exec", "--exec-id", "e", "it-task"], program].concat());
    assert_eq!(exec(&["echo", "inside"]).ok(), "inside\n");
    assert_eq!(exec(&["sh", "-c", "exit 7"]).code, 7);
    assert!(ctr(&["task", "metrics", "it-task"]).ok().contains("67108864"));
    assert_eq!(ctr(&["task", "ps", "it-task"]).ok().lines().count(), 2);
    ctr(&["task", "pause", "it-task"]).ok();
    assert_eq!(status(), "PAUSED");
    ctr(&["task", "resume", "it-task"]).ok();
    assert_eq!(status(), "RUNNING");
    let busy = ctr(&["task", "rm", "it-task"]);
    assert!(busy.code != 0 && busy.stderr.contains("running"), "{busy:?}");
    ctr(&["task", "exec", "-d", "--exec-id", "later", "it-task", "sleep", "2999"]).ok();
    let ps: Vec<_> = traces::processes().filter(|(_, line)| line == "sleep 2999").collect();
    assert_eq!(ps.len(), 1, "{ps:?}");
    let mut wait = containerd.command(&["task", "attach", "it-task"]).spawn().expect("run ctr");
    ctr(&["task", "kill", "-s", "9", "it-task"]).ok();
    wait.wait().expect("reap ctr");
    // The client that was attached removes the task.
    ctr(&["container", "rm", "it-task"]).ok();
    assert!(!traces::processes().any(|(_, line)| line == "sleep 2999"), "what was executed ended with it");
    traces::none_of(&["it-task"]);
}

#[test]
fn a_terminal() {
    let Some(containerd) = Containerd::new() else { return };
    let script = format!("tty; {}; exit 5", caller::SIZE);
    let line = format!(
        "ctr -a {} run --rm -t --runc-binary {} bb:busybox it-ctty sh -c {script:?}",
        containerd.address(),
        bin::path("ocirun").display(),
    );
    let (done, lines) = caller::on_terminal(&line.replace("$(", "\\$("));
    assert_eq!(done.code, 5, "{lines:?}");
    assert!(lines.iter().any(|l| l.starts_with("/dev/")), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("31 97"), "{lines:?}");
}

#[test]
fn what_cannot_be_run_is_told_and_leaves_nothing() {
    let Some(containerd) = Containerd::new() else { return };
    containerd.run(&["-d"], "it-base", &["sleep", "3000"]).ok();
    for (program, text) in [
        ("nosuch", r#"exec: "nosuch": executable file not found in $PATH"#),
        ("/etc/passwd", r#"exec: "/etc/passwd": permission denied"#),
        ("/etc", r#"exec: "/etc": is a directory"#),
    ] {
        let done = containerd.run(&["--rm"], "it-wrong", &[program]);
        assert!(done.code != 0 && done.stderr.contains(text), "{done:?}");
        let done = containerd.ctr(&["task", "exec", "--exec-id", "e", "it-base", program]);
        assert!(done.code != 0 && done.stderr.contains(text), "{done:?}");
    }
    assert_eq!(containerd.ctr(&["task", "ls", "-q"]).ok(), "it-base\n");
    traces::none_of(&["it-wrong"]);
}

#[test]
fn the_options_of_ctr_run_reach_the_program() {
    let Some(containerd) = Containerd::new() else { return };
    let etc = containerd.dir.path().display().to_string();
    let mount = format!("type=bind,src={etc},dst=/mnt,options=rbind:ro");
    std::fs::write(Path::new(&etc).join("file"), "from the host\n").expect("write");
    let cases: &[(&[&str], &str, &str)] = &[
        (&["--read-only"], "touch /x 2>/dev/null || echo ro", "ro\n"),
        (&["--mount", &mount], "cat /mnt/file; touch /mnt/x 2>/dev/null || echo ro", "from the host\nro\n"),
        (&["--env", "A=b c"], "echo $A", "b c\n"),
        (&["--cwd", "/etc"], "pwd", "/etc\n"),
        (&["--user", "web"], "id -u; id -G", "1000\n1000 10\n"),
        (&["--seccomp"], "grep Seccomp: /proc/self/status | tr -d '\\t'", "Seccomp:2\n"),
        (&["--net-host"], "test -d /sys/class/net/lo && echo net", "net\n"),
        (&["--no-pivot"], "echo chroot", "chroot\n"),
        (
            &["--cgroup", "/it-ctr-cgroup"],
            "grep -c it-ctr-cgroup /proc/1/mountinfo >/dev/null; echo ok",
            "ok\n",
        ),
    ];
    let help = containerd.ctr(&["run", "--help"]).ok();
    for (flags, script, expected) in cases {
        if help.contains(flags[0]) {
            let done = containerd.run(&[&["--rm"], *flags].concat(), "it-opt", &["sh", "-c", script]);
            assert_eq!(done.stdout, *expected, "{flags:?} {script}: {}", done.stderr);
        }
    }
}
