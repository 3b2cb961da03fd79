//! What is swept: a container, one command on it with a fault in it, and the judgement of what that
//! left behind.

use std::cell::Cell;
use std::fs;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use nix::errno::Errno;
use serde_json::{Value, json};

use super::inject::{self, Fault, Outcome, Point};
use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::{Runtime, wait_exit};
use crate::traces;

/// Calls that a signal may interrupt (signal(7)), and that therefore are made again.
const INTERRUPTIBLE: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_open,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_poll,
    libc::SYS_ppoll,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_flock,
    libc::SYS_connect,
    libc::SYS_sendmsg,
    libc::SYS_recvmsg,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_futex,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
];

/// What the container has beside the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    Nothing,
    User,
    Terminal,
    Hooks,
}

const HOOKS: [&str; 5] = ["createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

/// A bundle, a container of it, and what it looks like when nothing fails.
pub struct Lab {
    verb: &'static str,
    with: With,
    id: String,
    runtime: Runtime,
    bundle: Bundle,
    normal: String,
    /// The last call of the process that waits for its start.
    waits: Cell<Option<Point>>,
    /// Where terminals arrive, and wait.
    console: UnixListener,
}

impl Lab {
    pub fn new(name: &str, verb: &'static str, with: With) -> Lab {
        let args = if verb == "run" { vec!["cat", "/proc/self/status"] } else { vec!["sleep", "3000"] };
        let bundle = Bundle::new(&args, |c| {
            c["process"]["rlimits"] = json!([{"type": "RLIMIT_NOFILE", "soft": 512, "hard": 512}]);
            c["process"]["oomScoreAdj"] = json!(99);
            let resources = json!({"pids": {"limit": 50}, "memory": {"limit": 64 << 20}});
            c["linux"]["resources"]["pids"] = resources["pids"].clone();
            c["linux"]["resources"]["memory"] = resources["memory"].clone();
            c["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
                [{"names": ["acct", "swapon"], "action": "SCMP_ACT_ERRNO"}]});
            let bind = json!({"destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts",
                "options": ["rbind", "ro"]});
            c["mounts"].as_array_mut().expect("mounts").push(bind);
            if with == With::User {
                let map = json!([{"containerID": 0, "hostID": 100000, "size": 65536}]);
                c["linux"]["uidMappings"] = map.clone();
                c["linux"]["gidMappings"] = map;
                c["linux"]["namespaces"].as_array_mut().expect("namespaces").push(json!({"type": "user"}));
            }
            c["process"]["terminal"] = json!(with == With::Terminal);
        });
        if with == With::User {
            // The root of this user namespace may not make the place of a mount.
            fs::write(bundle.path().join("rootfs/etc/hosts"), "").expect("a place for the mount");
        }
        if with == With::Hooks {
            bundle.edit(|c| {
                for kind in HOOKS {
                    let (sh, to) = match kind {
                        // From the container's root, which is read-only for what follows.
                        "startContainer" => ("/bin/sh", "/out/hooks".to_owned()),
                        _ => ("/bin/sh", bundle.path().join("out/hooks").display().to_string()),
                    };
                    let script = format!("echo {kind} >>{to}");
                    c["hooks"][kind] = json!([{"path": sh, "args": ["sh", "-c", script], "env": []}]);
                }
                let out = json!({"destination": "/out", "type": "bind", "source": bundle.path().join("out"),
                    "options": ["bind"]});
                c["mounts"].as_array_mut().expect("mounts").push(out);
            });
            fs::create_dir(bundle.path().join("out")).expect("a folder for the words");
        }
        let runtime = Runtime::new();
        let console = UnixListener::bind(runtime.root.path().join("console")).expect("a console socket");
        console.set_nonblocking(true).expect("no waiting for terminals");
        let mut lab = Lab {
            verb,
            with,
            id: format!("it-sweep-{name}"),
            runtime,
            bundle,
            normal: String::new(),
            waits: Cell::new(None),
            console,
        };
        if verb != "run" {
            lab.create();
            lab.normal = lab.look(lab.pid().expect("a first process"));
            lab.wipe().expect("nothing is left");
        }
        lab
    }

    /// A run without a fault.
    pub fn plain(&self) -> Outcome {
        self.prepare();
        let outcome = inject::run(&self.command(), self.other(), None);
        let faults = self.judge(&outcome, None);
        assert_eq!(faults, [""; 0], "without any fault");
        // The first process of a container is the last one that is made.
        let process = outcome.calls.len() - 1;
        self.waits.set(Some(Point { process, nth: outcome.calls[process].len().saturating_sub(1) }));
        outcome
    }

    pub fn try_one(&self, point: Point, fault: Fault) -> (Outcome, Vec<String>) {
        self.prepare();
        let outcome = inject::run(&self.command(), self.other(), Some((point, fault)));
        let faults = self.judge(&outcome, Some((point, fault)));
        (outcome, faults)
    }

    fn out(&self) -> PathBuf {
        self.runtime.root.path().join("out")
    }

    fn pid_file(&self) -> PathBuf {
        self.runtime.root.path().join("pid")
    }

    fn create_command(&self) -> Command {
        let mut command = self.runtime.command(&["create", "--bundle"]);
        command.arg(self.bundle.path());
        if self.with == With::Terminal {
            command.arg("--console-socket").arg(self.runtime.root.path().join("console"));
        }
        command
    }

    fn create(&self) {
        let out = fs::File::options().append(true).create(true).open(self.out()).expect("an output file");
        let mut command = self.create_command();
        command.arg(&self.id);
        let status = command.stdout(out.try_clone().expect("share it")).stderr(out).status().expect("run it");
        assert!(status.success(), "create: {}", fs::read_to_string(self.out()).unwrap_or_default());
    }

    fn prepare(&self) {
        fs::remove_file(self.pid_file()).ok();
        fs::remove_file(self.words()).ok();
        match self.verb {
            "start" => self.create(),
            "exec" | "pause" | "delete" | "delete --force" => {
                self.create();
                self.runtime.run(&["start", &self.id]).ok();
            }
            _ => {}
        }
        if self.verb == "delete" {
            let pid = self.pid().expect("a first process");
            self.runtime.run(&["kill", &self.id, "KILL"]).ok();
            wait_exit(pid);
        }
        fs::write(self.out(), "").expect("an output file");
    }

    /// What the hooks have left.
    fn words(&self) -> PathBuf {
        self.bundle.path().join("out/hooks")
    }

    /// `start` is also the work of the process that waits for it.
    fn other(&self) -> Option<i32> {
        (self.verb == "start").then(|| self.pid().expect("a first process") as i32)
    }

    /// The command that is hit, its streams in the files that containers inherit without harm.
    fn command(&self) -> Command {
        let (bundle, pid_file) = (self.bundle.path().display().to_string(), self.pid_file());
        let pid_file = pid_file.display().to_string();
        let mut inner = match self.verb {
            "create" => {
                let mut command = self.create_command();
                command.args(["--pid-file", &pid_file, &self.id]);
                command
            }
            "run" => self.runtime.command(&["run", "--bundle", &bundle, "--pid-file", &pid_file, &self.id]),
            "delete" => self.runtime.command(&["delete", &self.id]),
            "pause" => self.runtime.command(&["pause", &self.id]),
            "start" => self.runtime.command(&["start", &self.id]),
            "exec" => {
                self.runtime.command(&["exec", "--pid-file", &pid_file, &self.id, "cat", "/proc/self/status"])
            }
            _ => self.runtime.command(&["delete", "--force", &self.id]),
        };
        inner.env_remove("RUST_BACKTRACE");
        let mut shell = Command::new("/bin/sh");
        let script = format!("exec \"$@\" </dev/null >>{} 2>&1", self.out().display());
        shell.args(["-c", &script, "sh"]).arg(inner.get_program()).args(inner.get_args());
        shell
    }

    fn state(&self) -> Option<Value> {
        let done = self.runtime.run(&["state", &self.id]);
        (done.code == 0).then(|| serde_json::from_str(&done.stdout).expect("state prints JSON"))
    }

    fn pid(&self) -> Option<i64> {
        self.state()?["pid"].as_i64()
    }

    /// What is wrong after the command has ended; nothing of the container is left afterwards.
    fn judge(&self, outcome: &Outcome, fault: Option<(Point, Fault)>) -> Vec<String> {
        let mut faults = Vec::new();
        let said = fs::read_to_string(self.out()).unwrap_or_default();
        if outcome.hung {
            faults.push("it hangs".to_owned());
        }
        // Before `main` the C library and the standard library speak for a program, or it crashes.
        let born = |calls: &Vec<u64>| calls.contains(&(libc::SYS_close_range as u64));
        let born = outcome.calls.first().is_some_and(born);
        let panicked =
            ["panicked", "internal error", "RUST_BACKTRACE"].iter().any(|word| said.contains(word));
        if panicked && born {
            faults.push(format!("a panic: {said:?}"));
        }
        let killed = outcome.code == 128 + libc::SIGKILL;
        let by_kill = matches!(fault, Some((_, Fault::Kill)));
        if outcome.code == 0 {
            // A program that was just started may be killed, and one that waits for its start, which
            // is its last call, is out of the hands of `create`.
            let dead = match (self.verb, fault) {
                ("start", Some((Point { process: 1, .. }, Fault::Kill))) => true,
                ("create", Some((point, _))) => {
                    let waits = self.waits.get();
                    waits.is_some_and(|last| point.process == last.process && point.nth >= last.nth)
                }
                _ => false,
            };
            if !dead {
                faults.extend(self.judge_success(&said));
            }
        } else if born && !(by_kill && killed) {
            faults.extend(self.judge_failure(outcome, fault, &said));
        }
        if let Err(left) = self.wipe() {
            faults.push(left);
        }
        for pid in &outcome.pids {
            if alive(*pid) {
                faults.push(format!("process {pid} lives: {}", command_line(*pid)));
                bin::run(Command::new("kill").args(["-9", &pid.to_string()]));
            }
        }
        faults
    }

    /// It says that the work is done: then it is.
    fn judge_success(&self, said: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let status = self.state().map(|state| state["status"].as_str().unwrap_or_default().to_owned());
        let want = match self.verb {
            "create" => Some("created"),
            "start" | "exec" => Some("running"),
            "pause" => Some("paused"),
            _ => None,
        };
        if status.as_deref() != want {
            faults.push(format!("success, but the state is {status:?}"));
        }
        if self.with == With::Hooks {
            let words = fs::read_to_string(self.words()).unwrap_or_default();
            // That one of the last kind has failed is said, and is all; it may have done its work before.
            let warned = said.contains("error running poststop hook");
            let without = &HOOKS[..HOOKS.len() - usize::from(warned)];
            let ran = |want: &[&str]| words.lines().eq(want.iter().copied());
            if !ran(&HOOKS) && !ran(without) {
                faults.push(format!("success, but of the hooks there ran {words:?}"));
            }
        }
        match self.verb {
            "create" => {
                let pid = self.pid().map(|pid| pid.to_string());
                if fs::read_to_string(self.pid_file()).ok() != pid {
                    faults.push("success, but the pid file is not right".to_owned());
                }
                faults.extend(self.compare());
                let started = self.runtime.run(&["start", &self.id]);
                if started.code != 0 {
                    faults.push(format!("success, but start fails: {}", started.stderr));
                }
            }
            "start" => faults.extend(self.compare()),
            "exec" | "run"
                if !said.contains("CapInh:\t0000000000000000\n") || !said.contains("Seccomp:\t2\n") =>
            {
                faults.push(format!("success, but the program has not run as it should: {said}"));
            }
            _ => {}
        }
        faults
    }

    /// It says that the work is not done: then nothing is half done, and it says why in a line.
    fn judge_failure(&self, outcome: &Outcome, fault: Option<(Point, Fault)>, said: &str) -> Vec<String> {
        let mut faults = Vec::new();
        // `runc create failed: …` is how callers know it, `start ID: …` what has no such words,
        // `exec PROGRAM: …` what execve itself refused.
        let verb = self.verb.split(' ').next().unwrap_or_default();
        let lines = said
            .lines()
            .filter(|line| {
                line.starts_with("exec ") || (line.starts_with("ocirun: error: ") && line.contains(verb))
            })
            .count();
        if lines != 1 {
            faults.push(format!("exit {}, and not one line: {said:?}", outcome.code));
        }
        if let Some((point, Fault::Fails(Errno::EINTR))) = fault {
            let call = outcome.calls.get(point.process).and_then(|calls| calls.get(point.nth));
            if call.is_some_and(|nr| INTERRUPTIBLE.contains(&(*nr as libc::c_long))) {
                faults.push(format!("not tried again: {said:?}"));
            }
        }
        let state = self.state();
        // What has run and could not be removed is left to `delete --force`.
        if self.verb == "create" || (self.verb == "run" && !said.contains("CapInh:")) {
            if state.is_some() || self.runtime.root.path().join("state").join(&self.id).exists() {
                faults.push(format!("it failed and left its state: {said:?}"));
            }
            let left = traces::left_of(&[&self.id]);
            if !left.is_empty() {
                faults.push(format!("it failed and left {left:?}: {said:?}"));
            }
            if self.pid_file().exists() {
                faults.push("it failed and left its pid file".to_owned());
            }
        }
        if matches!(self.verb, "exec" | "pause") && state.is_none_or(|state| state["status"] != "running") {
            faults.push(format!("it failed and the container does not run: {said:?}"));
        }
        faults
    }

    /// The first process against that of a run without faults.
    fn compare(&self) -> Option<String> {
        let seen = self.look(self.pid()?);
        let line = seen.lines().zip(self.normal.lines()).find(|(a, b)| a != b);
        match line {
            Some((seen, normal)) => Some(format!("success, but {seen:?} where {normal:?} belongs")),
            None if seen.lines().count() != self.normal.lines().count() => {
                Some(format!("success, but it looks otherwise: {seen}"))
            }
            None => None,
        }
    }

    /// What was set on the first process, as the kernel tells it; the same whether or not it has
    /// been started.
    fn look(&self, pid: i64) -> String {
        let read = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let mut text = String::new();
        let fields = ["Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp", "NSpid"];
        for line in read("status").lines().filter(|l| fields.iter().any(|f| l.starts_with(f))) {
            if line.starts_with("NSpid") {
                text += &format!("pid namespaces: {}\n", line.split_whitespace().count() - 1);
            } else {
                text += &format!("{line}\n");
            }
        }
        for line in read("mountinfo").lines() {
            let fields: Vec<_> = line.split(' ').collect();
            let kind = line.split(" - ").nth(1).unwrap_or_default();
            text += &format!("{} {} {} {kind}\n", fields[3], fields[4], fields[5]);
        }
        text += &read("oom_score_adj");
        text += &read("limits");
        text += &read("cgroup");
        for name in ["cgroup", "ipc", "mnt", "net", "pid", "uts"] {
            let of = |who: &str| fs::read_link(format!("/proc/{who}/ns/{name}")).ok();
            text += &format!("{name} of its own: {}\n", of(&pid.to_string()) != of("self"));
        }
        for file in ["pids/{}/pids.max", "memory/{}/memory.limit_in_bytes", "{}/pids.max", "{}/memory.max"] {
            let path = format!("/sys/fs/cgroup/{}", file.replace("{}", &self.id));
            text += &fs::read_to_string(path).unwrap_or_default();
        }
        text
    }

    /// Removes the container, which must work, and says what is left all the same.
    fn wipe(&self) -> Result<(), String> {
        while self.console.accept().is_ok() {}
        let command = self.runtime.command(&["delete", "--force", &self.id]);
        let mut timed = Command::new("timeout");
        timed.args(["-k", "1", "20"]).arg(command.get_program()).args(command.get_args());
        let done = bin::run(&mut timed);
        if done.code != 0 && !done.stderr.contains("does not exist") {
            return Err(format!("delete --force: {} {}", done.code, done.stderr.trim()));
        }
        let mut left = traces::left_of(&[&self.id]);
        if let Ok(state) = fs::read_dir(self.runtime.root.path().join("state")) {
            // Programs that are kept are no container's.
            let state = state.flatten().filter(|entry| entry.file_name() != "@seccomp");
            left.extend(state.map(|entry| format!("state {}", entry.path().display())));
        }
        if left.is_empty() { Ok(()) } else { Err(format!("left behind: {left:?}")) }
    }
}

fn alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    state.is_some_and(|state| state != 'Z' && state != 'X')
}

fn command_line(pid: i32) -> String {
    fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().replace('\0', " ")
}
