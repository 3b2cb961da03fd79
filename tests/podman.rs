//! Podman as the caller, with conmon between: ocirun is a runtime of its containers.conf.

use std::process::Command;

use serde_json::Value;

use crate::bin::{self, Done};
use crate::caller;
use crate::traces;

/// Podman with storage and configuration of its own, and the busybox image `bb`.
struct Podman {
    dir: tempfile::TempDir,
}

impl Podman {
    /// None, with the reason told, where it is not installed.
    fn new() -> Option<Self> {
        if !bin::peer("podman") || !bin::peer("conmon") {
            return None;
        }
        let dir = caller::folder();
        let at = |name: &str| dir.path().join(name).display().to_string();
        // The support of JSON errors and of no cgroup goes by the name in these two lists.
        let containers = format!(
            "[engine]\nruntime = \"ocirun\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n\
             runtime_supports_json = [\"ocirun\"]\nruntime_supports_nocgroups = [\"ocirun\"]\n\
             runtime_supports_nocgroup = [\"ocirun\"]\n\
             [engine.runtimes]\nocirun = [{:?}]\n",
            bin::path("ocirun"),
        );
        let storage = format!(
            "[storage]\ndriver = \"overlay\"\ngraphroot = {:?}\nrunroot = {:?}\n",
            at("lib"),
            at("run")
        );
        std::fs::write(at("containers.conf"), containers).expect("write containers.conf");
        std::fs::write(at("storage.conf"), storage).expect("write storage.conf");
        let podman = Self { dir };
        let archive = caller::archive(podman.dir.path());
        podman.run(&["import", archive.to_str().expect("UTF-8"), "bb"]).ok();
        Some(podman)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("podman");
        // conmon notes in it that memory ran out.
        command.current_dir(self.dir.path());
        for (name, value) in self.env() {
            command.env(name, value);
        }
        command.args(self.global()).args(args);
        command
    }

    fn env(&self) -> [(&str, String); 2] {
        [("CONTAINERS_CONF", "containers.conf"), ("CONTAINERS_STORAGE_CONF", "storage.conf")]
            .map(|(name, file)| (name, self.dir.path().join(file).display().to_string()))
    }

    fn global(&self) -> [String; 4] {
        let at = |name: &str| self.dir.path().join(name).display().to_string();
        ["--tmpdir".into(), at("tmp"), "--network-config-dir".into(), at("net")]
    }

    fn run(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    /// `podman run` of a shell script, to its end.
    fn sh(&self, flags: &[&str], script: &str) -> Done {
        let args = [&["run", "--rm", "--network", "none"], flags, &["bb", "sh", "-c", script]].concat();
        self.run(&args)
    }

    fn sleeper(&self, name: &str, flags: &[&str]) -> String {
        let args = ["run", "-d", "--name", name, "--network", "none"];
        let id = self.run(&[&args, flags, &["bb", "sleep", "3000"]].concat()).ok();
        id.trim().to_string()
    }

    fn state(&self, name: &str) -> Value {
        let text = self.run(&["inspect", name]).ok();
        let mut all: Vec<Value> = serde_json::from_str(&text).expect("inspect prints JSON");
        all.remove(0)["State"].take()
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        self.run(&["rm", "-fa", "-t", "0"]);
    }
}

#[test]
fn the_life_of_a_container() {
    let Some(podman) = Podman::new() else { return };
    let name = podman.run(&["info", "--format", "{{.Host.OCIRuntime.Name}}"]).ok();
    assert_eq!(name, "ocirun\n");
    let id = podman.sleeper("it-podman", &["--memory", "64m", "--pids-limit", "50"]);
    assert_eq!(podman.state("it-podman")["Status"], "running");
    assert_eq!(podman.run(&["exec", "it-podman", "echo", "inside"]).ok(), "inside\n");
    assert_eq!(podman.run(&["exec", "it-podman", "sh", "-c", "exit 7"]).code, 7);
    assert_eq!(podman.run(&["exec", "-u", "1000:10", "it-podman", "id", "-g"]).ok(), "10\n");
    assert!(podman.run(&["top", "it-podman"]).ok().contains("sleep 3000"));
    let stats =
        podman.run(&["stats", "--no-stream", "--format", "{{.MemLimit}} {{.PIDs}}", "it-podman"]).ok();
    assert!(stats.trim().ends_with(" 1"), "{stats}");

    podman.run(&["pause", "it-podman"]).ok();
    assert_eq!(podman.state("it-podman")["Status"], "paused");
    podman.run(&["unpause", "it-podman"]).ok();
    podman.run(&["update", "--memory", "128m", "it-podman"]).ok();
    let limit = caller::limit("memory/memory.limit_in_bytes", "memory.max");
    assert_eq!(podman.run(&["exec", "it-podman", "sh", "-c", &limit]).ok(), "134217728\n");

    podman.run(&["kill", "it-podman"]).ok();
    assert_eq!(podman.run(&["wait", "it-podman"]).ok(), "137\n");
    podman.run(&["start", "it-podman"]).ok();
    assert_eq!(podman.run(&["exec", "it-podman", "echo", "again"]).ok(), "again\n");
    podman.run(&["stop", "-t", "0", "it-podman"]).ok();
    assert_eq!(podman.state("it-podman")["ExitCode"], 137);
    podman.run(&["rm", "it-podman"]).ok();
    traces::none_of(&[&id]);
}

#[test]
fn the_steps_and_the_log() {
    let Some(podman) = Podman::new() else { return };
    let script = "echo out; echo err >&2; exit 42";
    let create = ["create", "--name", "it-psteps", "--network", "none", "bb", "sh", "-c", script];
    let id = podman.run(&create).ok();
    podman.run(&["init", "it-psteps"]).ok();
    assert_eq!(podman.state("it-psteps")["Status"], "initialized");
    podman.run(&["start", "it-psteps"]).ok();
    assert_eq!(podman.run(&["wait", "it-psteps"]).ok(), "42\n");
    let logs = podman.run(&["logs", "it-psteps"]);
    assert_eq!((logs.stdout.as_str(), logs.stderr.as_str()), ("out\n", "err\n"));
    let again = podman.run(&["start", "-a", "it-psteps"]);
    assert_eq!((again.code, again.stdout.as_str()), (42, "out\n"), "a second life");
    podman.run(&["rm", "it-psteps"]).ok();
    let stop = "trap 'exit 9' TERM; sleep 3000 & wait";
    podman.run(&["run", "-d", "--name", "it-pterm", "--network", "none", "bb", "sh", "-c", stop]).ok();
    podman.run(&["stop", "it-pterm"]).ok();
    assert_eq!(podman.state("it-pterm")["ExitCode"], 9);
    podman.run(&["rm", "it-pterm"]).ok();
    traces::none_of(&[id.trim()]);
}

#[test]
fn a_terminal() {
    let Some(podman) = Podman::new() else { return };
    podman.sleeper("it-ptty", &[]);
    let env = podman.env().map(|(name, value)| format!("{name}={value}")).join(" ");
    let global = podman.global().join(" ");
    for verb in ["run --rm --network none -it bb", "exec -it it-ptty"] {
        let script = format!("tty; {}; exit 5", caller::SIZE);
        let line = format!("{env} podman {global} {verb} sh -c {script:?}").replace("$(", "\\$(");
        let (done, lines) = caller::on_terminal(&line);
        assert_eq!(done.code, 5, "{verb}: {lines:?}");
        assert!(lines.iter().any(|l| l.starts_with("/dev/")), "{verb}: {lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("31 97"), "{verb}: {lines:?}");
    }
}

#[test]
fn what_cannot_be_run_has_the_status_that_podman_documents() {
    let Some(podman) = Podman::new() else { return };
    podman.sleeper("it-pfail", &[]);
    for (program, code, text) in [
        ("nosuch", 127, "executable file not found in $PATH"),
        ("/nosuch", 127, "no such file or directory"),
        ("/etc/passwd", 126, "permission denied"),
        ("/etc", 126, "is a directory"),
    ] {
        let done = podman.run(&["run", "--rm", "--network", "none", "bb", program]);
        assert!(done.code == code && done.stderr.contains(text), "run {program}: {done:?}");
        let done = podman.run(&["exec", "it-pfail", program]);
        assert!(done.stderr.contains(text), "exec {program}: {done:?}");
        // Podman knows no words for a directory, and hands the runtime's own status on.
        assert!(done.code == code || (program == "/etc" && done.code == 255), "exec {program}: {done:?}");
    }
    assert_eq!(podman.run(&["ps", "-aq"]).ok().lines().count(), 1, "no container of a failed run is left");
}

#[test]
fn the_options_of_podman_run_reach_the_program() {
    let Some(podman) = Podman::new() else { return };
    let volume = format!("{}:/mnt:ro", podman.dir.path().join("busybox-root/etc").display());
    let status = |name: &str| format!("grep {name}: /proc/self/status | tr -d '\\t'");
    let cases: &[(&[&str], String, &str)] = &[
        (&["--read-only"], "touch /x 2>/dev/null || echo ro".into(), "ro\n"),
        (&["--tmpfs", "/t:size=64k"], "grep ' /t ' /proc/mounts | cut -d' ' -f3".into(), "tmpfs\n"),
        (
            &["-v", &volume],
            "head -n 1 /mnt/group; touch /mnt/x 2>/dev/null || echo ro".into(),
            "root:x:0:\nro\n",
        ),
        (&["--cap-drop", "ALL", "--cap-add", "KILL"], status("CapEff"), "CapEff:0000000000000020\n"),
        (&["--user", "web"], "id -u; id -G".into(), "1000\n1000 10\n"),
        (&["--hostname", "web"], "hostname".into(), "web\n"),
        (
            &["--ulimit", "nofile=99:100", "--ulimit", "nproc=900:900"],
            "ulimit -n; ulimit -Hn".into(),
            "99\n100\n",
        ),
        (&["--sysctl", "net.ipv4.ip_forward=1"], "cat /proc/sys/net/ipv4/ip_forward".into(), "1\n"),
        (&["--security-opt", "no-new-privileges"], status("NoNewPrivs"), "NoNewPrivs:1\n"),
        (&[], status("Seccomp"), "Seccomp:2\n"),
        (&["--security-opt", "seccomp=unconfined"], status("Seccomp"), "Seccomp:0\n"),
        (&["--privileged"], "test -c /dev/kmsg && echo devices".into(), "devices\n"),
        (&["--pid", "host"], "test $$ -gt 1 && echo host".into(), "host\n"),
        (&["--uidmap", "0:100000:65536"], "cut -c11-21 /proc/self/uid_map | tr -d ' '".into(), "100000\n"),
        (&["--cpus", "0.5"], caller::limit("cpu/cpu.cfs_quota_us", "cpu.max | cut -d' ' -f1"), "50000\n"),
        (&["--pids-limit", "33"], caller::limit("pids/pids.max", "pids.max"), "33\n"),
        (&["--unsetenv", "x", "-e", "A=b c"], "echo $A".into(), "b c\n"),
        (&["--preserve-fds", "0"], "echo fds".into(), "fds\n"),
    ];
    for (flags, script, expected) in cases {
        let done = podman.sh(flags, script);
        assert_eq!(done.stdout, *expected, "{flags:?} {script}: {}", done.stderr);
    }
    podman.sleeper("it-phost", &["--hostname", "first"]);
    let joined = podman.run(&[
        "run",
        "--rm",
        "--network",
        "container:it-phost",
        "--pid",
        "container:it-phost",
        "--uts",
        "container:it-phost",
        "bb",
        "sh",
        "-c",
        "hostname; cat /proc/1/cmdline | tr '\\0' ' '",
    ]);
    assert_eq!(joined.ok(), "first\nsleep 3000 ");
}

#[test]
fn a_container_that_takes_too_much_memory_is_told_of() {
    let Some(podman) = Podman::new() else { return };
    let flags = ["run", "--name", "it-poom", "--network", "none", "--memory", "16m", "--memory-swap", "16m"];
    let done = podman.run(&[&flags[..], &["bb", "sh", "-c", "exec tail /dev/zero"]].concat());
    assert_eq!(done.code, 137, "{done:?}");
    // On cgroup v1 conmon's watch misses it, under any runtime.
    if std::path::Path::new("/sys/fs/cgroup/cgroup.controllers").exists() {
        assert_eq!(podman.state("it-poom")["OOMKilled"], true, "{done:?}");
    }
}
