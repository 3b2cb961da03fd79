//! Docker as the caller: a dockerd of the test's own that has ocirun among its runtimes, with containerd's
//! own shim above it and with ours.

mod on_ctrd;
mod shim;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::bin::{self, Done};
use crate::caller::{self, Daemon};
use crate::traces;

/// A daemon whose default runtime is ocirun, with the busybox image `bb`.
struct Docker {
    dir: tempfile::TempDir,
    daemon: Option<Daemon>,
    /// How it was started.
    command: Command,
    /// Where containerd is not dockerd's own: one that finds our shim in the place of its own.
    containerd: Option<Daemon>,
}

/// Calls `test` with docker as it comes, and with our shim below its containerd.
fn with_each(test: impl Fn(&Docker)) {
    for docker in [Docker::new, Docker::ours] {
        if let Some(docker) = docker() {
            test(&docker);
        }
    }
}

fn over_ocirun(command: &mut Command) {
    command.arg("--add-runtime").arg(format!("ocirun={}", bin::path("ocirun").display()));
    command.args(["--default-runtime", "ocirun"]);
}

impl Docker {
    /// None, with the reason told, where docker is not installed.
    fn new() -> Option<Self> {
        Self::with(|command, _| over_ocirun(command))
    }

    /// The same with what `settings` adds to the daemon's command line, told the folder that it may use.
    fn with(settings: impl FnOnce(&mut Command, &Path)) -> Option<Self> {
        if !bin::peer("dockerd") || !bin::peer("docker") {
            return None;
        }
        let dir = caller::folder();
        let at = |name: &str| dir.path().join(name).display().to_string();
        let mut command = Command::new("dockerd");
        command.arg("--host").arg(format!("unix://{}", at("docker.sock")));
        command.args(["--data-root", &at("lib"), "--exec-root", &at("run"), "--pidfile", &at("pid")]);
        command.args(["--bridge", "none"]);
        command.args(["--iptables=false", "--ip6tables=false", "--userland-proxy=false"]);
        settings(&mut command, dir.path());
        let daemon = Some(Daemon::start(&mut command, dir.path()));
        let docker = Self { daemon, command, containerd: None, dir };
        let archive = caller::archive(docker.dir.path());
        docker.run(&["import", archive.to_str().expect("UTF-8"), "bb"]).ok();
        Some(docker)
    }

    /// Kills the daemon, and starts it again.
    fn again(&mut self) {
        self.daemon.take().expect("a daemon").kill();
        self.daemon = Some(Daemon::start(&mut self.command, self.dir.path()));
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.env("DOCKER_HOST", self.host()).env("DOCKER_CONFIG", self.dir.path()).args(args);
        command
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.dir.path().display())
    }

    fn run(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    /// `docker run` of a shell script, to its end.
    fn sh(&self, flags: &[&str], script: &str) -> Done {
        let args = [&["run", "--rm", "--network", "none"], flags, &["bb", "sh", "-c", script]].concat();
        self.run(&args)
    }

    /// A container that sleeps; its whole id.
    fn sleeper(&self, name: &str, flags: &[&str]) -> String {
        let args = ["run", "-d", "--name", name, "--network", "none"];
        let id = self.run(&[&args, flags, &["bb", "sleep", "3000"]].concat()).ok();
        id.trim().to_string()
    }

    fn inspect(&self, name: &str) -> Value {
        let text = self.run(&["inspect", name]).ok();
        let mut all: Vec<Value> = serde_json::from_str(&text).expect("inspect prints JSON");
        all.remove(0)
    }

    /// The counters of a container. `docker stats` gives its daemon two seconds for them, which are
    /// not enough on every machine.
    fn stats(&self, name: &str) -> Value {
        let mut daemon = UnixStream::connect(self.dir.path().join("docker.sock")).expect("reach dockerd");
        let path = format!("/containers/{name}/stats?stream=false&one-shot=true");
        write!(daemon, "GET {path} HTTP/1.0\r\nHost: docker\r\n\r\n").expect("ask");
        let mut answer = String::new();
        daemon.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}"))
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        for id in self.run(&["ps", "-aq"]).stdout.lines() {
            self.run(&["rm", "-f", id]);
        }
    }
}

#[test]
fn the_life_of_a_container() {
    with_each(|docker| {
        assert!(docker.run(&["info"]).ok().contains("Default Runtime: ocirun"));
        let id = docker.sleeper("it-docker", &["--memory", "64m", "--pids-limit", "50"]);
        assert_eq!(docker.inspect("it-docker")["State"]["Status"], "running");
        assert_eq!(docker.run(&["exec", "it-docker", "echo", "inside"]).ok(), "inside\n");
        assert_eq!(docker.run(&["exec", "it-docker", "sh", "-c", "exit 7"]).code, 7);
        assert_eq!(docker.run(&["exec", "-u", "1000:10", "it-docker", "id", "-g"]).ok(), "10\n");
        assert!(docker.run(&["top", "it-docker"]).ok().contains("sleep 3000"));
        let stats = docker.stats("it-docker");
        assert_eq!(
            (&stats["memory_stats"]["limit"], &stats["pids_stats"]["current"]),
            (&json!(64 << 20), &json!(1))
        );

        docker.run(&["pause", "it-docker"]).ok();
        assert_eq!(docker.inspect("it-docker")["State"]["Status"], "paused");
        assert_ne!(docker.run(&["exec", "it-docker", "true"]).code, 0);
        docker.run(&["unpause", "it-docker"]).ok();

        docker.run(&["update", "--memory", "128m", "--memory-swap", "128m", "it-docker"]).ok();
        let limit = caller::limit("memory/memory.limit_in_bytes", "memory.max");
        assert_eq!(docker.run(&["exec", "it-docker", "sh", "-c", &limit]).ok(), "134217728\n");

        docker.run(&["kill", "it-docker"]).ok();
        assert_eq!(docker.run(&["wait", "it-docker"]).ok(), "137\n");
        docker.run(&["start", "it-docker"]).ok();
        assert_eq!(docker.run(&["exec", "it-docker", "echo", "again"]).ok(), "again\n");
        // sleep is process 1 and takes no SIGTERM: stop ends it the hard way.
        docker.run(&["stop", "-t", "0", "it-docker"]).ok();
        assert_eq!(docker.inspect("it-docker")["State"]["ExitCode"], 137);
        docker.run(&["rm", "it-docker"]).ok();
        traces::none_of(&[&id]);
    });
}

#[test]
fn the_steps_and_the_log() {
    with_each(|docker| {
        let script = "echo out; echo err >&2; exit 42";
        let create = ["create", "--name", "it-steps", "--network", "none", "bb", "sh", "-c", script];
        let id = docker.run(&create).ok();
        docker.run(&["start", "it-steps"]).ok();
        assert_eq!(docker.run(&["wait", "it-steps"]).ok(), "42\n");
        let logs = docker.run(&["logs", "it-steps"]);
        assert_eq!((logs.stdout.as_str(), logs.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(docker.run(&["start", "-a", "it-steps"]).code, 42, "a second life");
        docker.run(&["rm", "it-steps"]).ok();
        let stop = "trap 'exit 9' TERM; sleep 3000 & wait";
        let run = ["run", "-d", "--name", "it-term", "--network", "none", "bb", "sh", "-c", stop];
        docker.run(&run).ok();
        docker.run(&["stop", "it-term"]).ok();
        assert_eq!(docker.inspect("it-term")["State"]["ExitCode"], 9);
        docker.run(&["rm", "it-term"]).ok();
        traces::none_of(&[id.trim()]);
    });
}

#[test]
fn a_terminal() {
    with_each(|docker| {
        docker.sleeper("it-dtty", &[]);
        let host = docker.host();
        for verb in ["run --rm --network none -it bb", "exec -it it-dtty"] {
            let script = format!("tty; {}; exit 5", caller::SIZE);
            let line = format!("docker -H {host} {verb} sh -c {script:?}").replace("$(", "\\$(");
            let (done, lines) = caller::on_terminal(&line);
            assert_eq!(done.code, 5, "{verb}: {lines:?}");
            assert!(
                lines.iter().any(|l| l.starts_with("/dev/pts/") || l == "/dev/console"),
                "{verb}: {lines:?}"
            );
            assert_eq!(lines.last().map(String::as_str), Some("31 97"), "{verb}: {lines:?}");
        }
    });
}

#[test]
fn what_cannot_be_run_has_the_status_that_docker_documents() {
    with_each(|docker| {
        docker.sleeper("it-fail", &[]);
        let cases = [
            ("nosuch", 127, "executable file not found in $PATH"),
            ("/nosuch", 127, "no such file or directory"),
            ("/etc/passwd", 126, "permission denied"),
            ("/etc", 126, "is a directory"),
        ];
        for (program, code, text) in cases {
            let done = docker.run(&["run", "--rm", "--network", "none", "bb", program]);
            // Clients before 23 know no words for a directory.
            let known = done.code == code || (program == "/etc" && done.code == 125);
            assert!(known, "run {program}: {done:?}");
            assert!(done.stderr.contains(text), "run {program}: {}", done.stderr);
            // Docker before 25 has 126 for all of them.
            let done = docker.run(&["exec", "it-fail", program]);
            assert!(done.code == code || done.code == 126, "exec {program}: {done:?}");
            assert!(format!("{}{}", done.stdout, done.stderr).contains(text), "exec {program}: {done:?}");
        }
        assert_eq!(docker.run(&["ps", "-q"]).ok().lines().count(), 1, "no container of a failed run is left");
    });
}

#[test]
fn the_options_of_docker_run_reach_the_program() {
    with_each(|docker| {
        let volume = format!("{}:/mnt:ro", docker.dir.path().join("busybox-root/etc").display());
        let status = |name: &str| format!("grep {name}: /proc/self/status | tr -d '\\t'");
        let limit = caller::limit;
        let cases: &[(&[&str], String, &str)] = &[
            (&["--init"], "cat /proc/1/comm".into(), "docker-init\n"),
            (&["--read-only"], "touch /x 2>/dev/null || echo ro".into(), "ro\n"),
            (&["--tmpfs", "/t:size=64k"], "grep ' /t ' /proc/mounts | cut -d' ' -f3".into(), "tmpfs\n"),
            (
                &["-v", &volume],
                "head -n 1 /mnt/group; touch /mnt/x 2>/dev/null || echo ro".into(),
                "root:x:0:\nro\n",
            ),
            (&["--cap-drop", "ALL", "--cap-add", "KILL"], status("CapEff"), "CapEff:0000000000000020\n"),
            (&["--user", "web"], "id -u; id -G".into(), "1000\n1000 10\n"),
            (&["--group-add", "77"], "id -G | grep -o 77".into(), "77\n"),
            (&["--hostname", "web"], "hostname".into(), "web\n"),
            (&["--ulimit", "nofile=99:100"], "ulimit -n; ulimit -Hn".into(), "99\n100\n"),
            (&["--sysctl", "net.ipv4.ip_forward=1"], "cat /proc/sys/net/ipv4/ip_forward".into(), "1\n"),
            (&["--oom-score-adj", "77"], "cat /proc/self/oom_score_adj".into(), "77\n"),
            (&["--security-opt", "no-new-privileges"], status("NoNewPrivs"), "NoNewPrivs:1\n"),
            (&[], status("Seccomp"), "Seccomp:2\n"),
            (&["--security-opt", "seccomp=unconfined"], status("Seccomp"), "Seccomp:0\n"),
            (&["--device", "/dev/null:/dev/nought"], "echo x >/dev/nought && echo y".into(), "y\n"),
            (&["--pid", "host"], "test $$ -gt 1 && echo host".into(), "host\n"),
            (&["--ipc", "host", "--uts", "host"], "hostname >/dev/null && echo host".into(), "host\n"),
            (&["--cpus", "0.5"], limit("cpu/cpu.cfs_quota_us", "cpu.max | cut -d' ' -f1"), "50000\n"),
            (&["--pids-limit", "33"], limit("pids/pids.max", "pids.max"), "33\n"),
            (&["--cpuset-cpus", "0"], limit("cpuset/cpuset.cpus", "cpuset.cpus"), "0\n"),
            (&["--shm-size", "1m"], "df -k /dev/shm | tail -n 1 | awk '{print $2}'".into(), "1024\n"),
            (&["--runtime", "ocirun", "-e", "A=b c"], "echo $A".into(), "b c\n"),
        ];
        for (flags, script, expected) in cases {
            let done = docker.sh(flags, script);
            assert_eq!(done.stdout, *expected, "{flags:?} {script}: {}", done.stderr);
        }
        // Docker asks for every capability that the kernel knows; that takes having them.
        if caller::every_capability() {
            let done = docker.sh(&["--privileged"], "test -c /dev/kmsg && grep CapEff /proc/self/status");
            assert!(done.stdout.contains("ffffffffff"), "{done:?}");
        }
        // Others' namespaces.
        docker.sleeper("it-host", &["--hostname", "first"]);
        let joined = docker.run(&[
            "run",
            "--rm",
            "--network",
            "container:it-host",
            "--pid",
            "container:it-host",
            "bb",
            "sh",
            "-c",
            "hostname; cat /proc/1/cmdline | tr '\\0' ' '",
        ]);
        assert_eq!(joined.ok(), "first\nsleep 3000 ");
    });
}

#[test]
fn a_container_that_takes_too_much_memory_is_told_of() {
    with_each(|docker| {
        let flags =
            ["run", "--name", "it-dkoom", "--network", "none", "--memory", "16m", "--memory-swap", "16m"];
        let done = docker.run(&[&flags[..], &["bb", "sh", "-c", "tail /dev/zero; exit 3"]].concat());
        assert!(done.code == 137 || done.code == 3, "{done:?}");
        assert_eq!(docker.inspect("it-dkoom")["State"]["OOMKilled"], true, "{done:?}");
    });
}
