//! Seccomp profiles, as the kernel enforces them: actions, flags, the listener and who hears from
//! it, further profiles and compiled programs by annotation.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

/// A bundle whose profile allows all but what `syscalls` says.
fn bundle(script: &str, syscalls: Value, edit: impl FnOnce(&mut Value)) -> Bundle {
    Bundle::new(&["sh", "-c", script], |c| {
        c["root"]["readonly"] = json!(false);
        c["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": syscalls});
        edit(c);
    })
}

/// An agent that hears of mkdir, writes what it was sent to a file, and answers each call with
/// EXDEV (18).
struct Agent {
    child: Child,
    socket: PathBuf,
    heard: PathBuf,
}

const AGENT: &str = r#"
import array, fcntl, os, select, socket, struct, sys
sock, heard = sys.argv[1:]
s = socket.socket(socket.AF_UNIX); s.bind(sock); s.listen()
print("listening", flush=True)
listeners, poll = {}, select.poll()
poll.register(s, select.POLLIN)
while True:
    for fd, event in poll.poll():
        if fd == s.fileno():
            c, _ = s.accept()
            data, fds, _, _ = socket.recv_fds(c, 65536, 4)
            c.close()
            with open(heard, "ab") as f: f.write(data + b"\n")
            poll.register(fds[0], select.POLLIN)
        elif event & select.POLLIN:
            request = bytearray(80)
            fcntl.ioctl(fd, 0xc0502100, request)
            answer = bytearray(struct.pack("=QqiI", struct.unpack_from("=Q", request)[0], 0, -18, 0))
            fcntl.ioctl(fd, 0xc0182101, answer)
        else:
            poll.unregister(fd); os.close(fd)
"#;

impl Agent {
    fn start(dir: &Path) -> Option<Self> {
        if !bin::peer("python3") {
            return None;
        }
        let (socket, heard) = (dir.join("agent.sock"), dir.join("heard"));
        let mut child = Command::new("python3")
            .args(["-c", AGENT])
            .args([&socket, &heard])
            .stdout(Stdio::piped())
            .spawn()
            .expect("start the agent");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
        assert_eq!(line, "listening\n");
        Some(Self { child, socket, heard })
    }

    /// The messages that came with the descriptors.
    fn messages(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.heard).expect("the agent heard something");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_listener_answers_for_the_program_and_for_those_that_join() {
    let runtime = Runtime::new();
    let Some(agent) = Agent::start(runtime.root.path()) else { return };
    for no_new_privileges in [true, false] {
        for flags in [json!([]), json!(["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])] {
            let _ = std::fs::remove_file(&agent.heard);
            let script = "mkdir /x 2>&1; exec sleep 3000";
            let rules = json!([{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_NOTIFY"}]);
            let bundle = bundle(script, rules, |c| {
                c["process"]["noNewPrivileges"] = json!(no_new_privileges);
                c["linux"]["seccomp"]["listenerPath"] = json!(agent.socket);
                c["linux"]["seccomp"]["listenerMetadata"] = json!("about it");
                c["linux"]["seccomp"]["flags"] = flags;
                c["annotations"] = json!({"k": "v"});
            });
            let out = runtime.create("it-listener", bundle.path());
            let pid = runtime.state("it-listener")["pid"].clone();
            runtime.run(&["start", "it-listener"]).ok();
            let done = runtime.run(&["exec", "it-listener", "sh", "-c", "mkdir /y"]);
            assert!(done.stderr.contains("Invalid cross-device link") && done.code == 1, "{done:?}");
            let said = std::fs::read_to_string(&out).unwrap();
            assert!(said.contains("Invalid cross-device link"), "{said}");
            let heard = agent.messages();
            assert_eq!(heard.len(), 2, "{heard:?}");
            for (message, status) in heard.iter().zip(["creating", "running"]) {
                assert_eq!(message["fds"], json!(["seccompFd"]));
                assert_eq!(message["metadata"], "about it");
                let state = &message["state"];
                assert_eq!((&state["id"], &state["status"]), (&json!("it-listener"), &json!(status)));
                assert_eq!((&state["pid"], &state["annotations"]["k"]), (&pid, &json!("v")));
            }
            assert_eq!(heard[0]["pid"], pid);
            assert_ne!(heard[1]["pid"], pid);
            assert!(heard[1]["pid"].as_i64().unwrap() > 0);
            runtime.run(&["delete", "--force", "it-listener"]).ok();
        }
    }
}

#[test]
fn an_annotation_names_the_listener_where_the_profile_names_none() {
    let runtime = Runtime::new();
    let Some(agent) = Agent::start(runtime.root.path()) else { return };
    let rules = json!([{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_NOTIFY"}]);
    let bundle = bundle("mkdir /x 2>&1; true", rules, |c| {
        c["annotations"] = json!({"run.oci.seccomp.receiver": agent.socket});
    });
    let out = runtime.run(&["run", "--bundle", path(&bundle), "it-receiver"]).ok();
    assert!(out.contains("Invalid cross-device link"), "{out}");
    assert_eq!(agent.messages()[0]["state"]["id"], "it-receiver");
}

#[test]
fn a_profile_that_notifies_needs_somebody_to_hear() {
    let runtime = Runtime::new();
    let rules = json!([{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]);
    let silent = bundle("true", rules.clone(), |c| {
        c["linux"]["seccomp"]["listenerPath"] = json!("/nonexistent.sock");
    });
    let said = runtime.run(&["run", "--bundle", path(&silent), "it-silent"]).fails(1);
    assert!(said.contains("failed to connect with seccomp agent /nonexistent.sock"), "{said}");
    let nobody = bundle("true", rules, |_| {});
    let said = runtime.run(&["run", "--bundle", path(&nobody), "it-silent"]).fails(1);
    assert!(said.contains("SCMP_ACT_NOTIFY needs listenerPath"), "{said}");
    let write = bundle("true", json!([{"names": ["write"], "action": "SCMP_ACT_NOTIFY"}]), |_| {});
    let said = runtime.run(&["run", "--bundle", path(&write), "it-silent"]).fails(1);
    assert!(said.contains("SCMP_ACT_NOTIFY cannot be used for the write syscall"), "{said}");
}

#[test]
fn a_hook_inside_is_under_the_filter() {
    let runtime = Runtime::new();
    let bundle = bundle("true", json!([{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_KILL"}]), |c| {
        c["process"]["rlimits"] = json!([{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]);
        c["hooks"] = json!({"startContainer": [{"path": "/bin/mkdir", "args": ["mkdir", "/x"]}]});
    });
    let said = runtime.run(&["run", "--bundle", path(&bundle), "it-hook-filter"]).fails(1);
    assert!(said.contains("error running startContainer hook #0: signal: bad system call"), "{said}");
}

#[test]
fn flags_are_what_the_profile_says() {
    let runtime = Runtime::new();
    for (flags, want) in [
        (None, 4),
        (Some(json!([])), 0),
        (Some(json!(["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"])), 2),
        (Some(json!(["SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_LOG"])), 6),
    ] {
        let bundle = bundle("true", json!([]), |c| {
            if let Some(flags) = &flags {
                c["linux"]["seccomp"]["flags"] = flags.clone();
            }
        });
        let done = runtime.run(&["--debug", "run", "--bundle", path(&bundle), "it-flags"]);
        assert!(done.stderr.contains(&format!("\"seccomp filter flags: {want}\"")), "{done:?}");
    }
}

#[test]
fn errnos_defaults_and_names_that_nobody_knows() {
    let runtime = Runtime::new();
    let rules = json!([{"names": ["no_such_call", "mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 100},
        {"names": ["rmdir", "unlinkat"], "action": "SCMP_ACT_ERRNO"}]);
    let bundle = bundle("mkdir /x; rmdir /x", rules, |_| {});
    let done = runtime.run(&["run", "--bundle", path(&bundle), "it-errno"]);
    assert!(
        done.stderr.contains("Network is down") && done.stderr.contains("Operation not permitted"),
        "{done:?}"
    );
    bundle.edit(|c| c["annotations"] = json!({"run.oci.seccomp_fail_unknown_syscall": "1"}));
    let said = runtime.run(&["run", "--bundle", path(&bundle), "it-errno"]).fails(1);
    assert!(said.contains("unknown system call \"no_such_call\""), "{said}");
}

/// What was compiled once is found again, but for what others may have written.
#[test]
fn a_program_that_is_kept_is_as_good_as_a_new_one() {
    let runtime = Runtime::new();
    let rules =
        |errno: u32| json!([{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": errno}]);
    let bundle = bundle("mkdir /x", rules(100), |_| {});
    let says = |words: &str| {
        let done = runtime.run(&["run", "--bundle", path(&bundle), "it-seckept"]);
        assert!(done.stderr.contains(words), "{words}: {done:?}");
    };
    let folder = runtime.root.path().join("state/@seccomp");
    let kept = || -> Vec<PathBuf> {
        let mut files: Vec<_> =
            folder.read_dir().expect("kept").flatten().map(|entry| entry.path()).collect();
        files.sort();
        files
    };
    says("Network is down");
    let files = kept();
    assert_eq!(files.len(), 1);
    let made = std::fs::metadata(&files[0]).unwrap();
    assert_eq!((made.mode() & 0o7777, std::fs::metadata(&folder).unwrap().mode() & 0o7777), (0o600, 0o700));
    says("Network is down");
    assert_eq!(std::fs::metadata(&files[0]).unwrap().ino(), made.ino(), "found again");

    // A program that allows all, as somebody else would like it: the last is `return ALLOW`.
    let mut text = std::fs::read(&files[0]).unwrap();
    let program = text.iter().rposition(|b| *b == b'}').unwrap() + 1;
    for instruction in text[program..].chunks_exact_mut(8) {
        instruction.copy_from_slice(&[6, 0, 0, 0, 0, 0, 0xff, 0x7f]);
    }
    std::fs::write(&files[0], &text).unwrap();
    runtime.run(&["run", "--bundle", path(&bundle), "it-seckept"]).ok();
    std::fs::set_permissions(&files[0], std::fs::Permissions::from_mode(0o660)).unwrap();
    says("Network is down");
    bundle.edit(|c| c["linux"]["seccomp"]["syscalls"] = rules(18));
    says("Invalid cross-device link");
    assert_eq!(kept().len(), 2);
    assert_eq!(runtime.run(&["list", "-q"]).ok(), "");
}

#[test]
fn profiles_are_stacked_and_programs_taken_as_they_are() {
    let runtime = Runtime::new();
    let rules = json!([{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 100}]);
    let stacked = json!([{"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
        [{"names": ["chmod", "fchmodat", "fchmod"], "action": "SCMP_ACT_ERRNO", "errnoRet": 18}]}]);
    let script = "mkdir /x; chmod 700 /bin; grep Seccomp_filters: /proc/self/status; sleep 3000";
    for no_new_privileges in [true, false] {
        let bundle = bundle(script, rules.clone(), |c| {
            c["process"]["noNewPrivileges"] = json!(no_new_privileges);
            c["annotations"] = json!({"io.ctrd.seccomp.stack": stacked.to_string()});
        });
        runtime.create("it-stack", bundle.path());
        runtime.run(&["start", "it-stack"]).ok();
        let done = runtime.run(&["exec", "it-stack", "sh", "-c", script.rsplit_once(';').unwrap().0]);
        assert!(done.stderr.contains("Network is down"), "{done:?}");
        assert!(done.stderr.contains("Invalid cross-device link"), "{done:?}");
        assert_eq!(done.stdout, "Seccomp_filters:\t2\n");
        runtime.run(&["delete", "--force", "it-stack"]).ok();
    }
    // jump if nr == 83 (mkdir) or 258 (mkdirat): errno 28; else allow.
    #[cfg(target_arch = "x86_64")]
    {
        let program: [[u8; 8]; 5] = [
            [0x20, 0, 0, 0, 0, 0, 0, 0],
            [0x15, 0, 1, 0, 83, 0, 0, 0],
            [0x15, 0, 0, 1, 2, 1, 0, 0],
            [0x06, 0, 0, 0, 28, 0, 5, 0],
            [0x06, 0, 0, 0, 0, 0, 0xff, 0x7f],
        ];
        let mut base64 = Command::new("base64");
        base64.arg("-w0").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = base64.spawn().expect("base64");
        std::io::Write::write_all(child.stdin.as_mut().expect("a pipe"), program.as_flattened()).unwrap();
        let text = bin::done(&child.wait_with_output().unwrap()).ok();
        let bundle = bundle("mkdir /x", rules, |c| {
            c["annotations"] = json!({"run.oci.seccomp_bpf_data": text});
        });
        let done = runtime.run(&["run", "--bundle", path(&bundle), "it-raw"]);
        assert!(done.stderr.contains("No space left on device"), "{done:?}");
    }
}
