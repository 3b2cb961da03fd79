//! Options of the runtime that few callers give, each by what it does.

use std::io::Read;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use nix::cmsg_space;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, UnixAddr, recvmsg};
use serde_json::json;

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;
use crate::traces;
use crate::update::Sleeper;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

/// The words of one message, and the process that its descriptor means.
fn pidfd_of(listener: &UnixListener) -> (String, i64) {
    let (socket, _) = listener.accept().expect("a connection");
    let mut bytes = [0; 64];
    let mut data = [std::io::IoSliceMut::new(&mut bytes)];
    let mut space = cmsg_space!([RawFd; 2]);
    let message = recvmsg::<UnixAddr>(socket.as_raw_fd(), &mut data, Some(&mut space), MsgFlags::empty());
    let message = message.expect("a message");
    let mut fds = Vec::new();
    for control in message.cmsgs().expect("control messages") {
        if let ControlMessageOwned::ScmRights(list) = control {
            fds.extend(list);
        }
    }
    let length = message.bytes;
    assert_eq!(fds.len(), 1);
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", fds[0])).expect("fdinfo");
    nix::unistd::close(fds[0]).expect("close");
    let pid = info.lines().find_map(|line| line.strip_prefix("Pid:")).expect("a pidfd");
    (String::from_utf8_lossy(&bytes[..length]).into_owned(), pid.trim().parse().expect("a number"))
}

#[test]
fn a_pidfd_of_the_process_comes_over_the_socket() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    let socket = runtime.root.path().join("pidfd");
    let listener = UnixListener::bind(&socket).unwrap();
    let to = socket.to_str().unwrap();
    let detached = |args: &[&str]| {
        let mut command = runtime.command(args);
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success(), "{args:?}");
    };
    let pid = |id: &str| runtime.state(id)["pid"].as_i64().unwrap();
    detached(&["create", "--bundle", path(&bundle), "--pidfd-socket", to, "it-pf-create"]);
    assert_eq!(pidfd_of(&listener), ("pidfd".into(), pid("it-pf-create")));
    detached(&["run", "-d", "--bundle", path(&bundle), "--pidfd-socket", to, "it-pf-run"]);
    assert_eq!(pidfd_of(&listener), ("pidfd".into(), pid("it-pf-run")));
    let file = runtime.root.path().join("pid");
    let words = [
        "exec",
        "-d",
        "--pidfd-socket",
        to,
        "--pid-file",
        file.to_str().unwrap(),
        "it-pf-run",
        "sleep",
        "3000",
    ];
    detached(&words);
    let of_exec: i64 = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    assert_eq!(pidfd_of(&listener), ("pidfd".into(), of_exec));
    // The annotation asks for the same.
    bundle.edit(|c| c["annotations"] = json!({"run.oci.pidfd_receiver": to}));
    detached(&["create", "--bundle", path(&bundle), "it-pf-note"]);
    assert_eq!(pidfd_of(&listener), ("pidfd".into(), pid("it-pf-note")));
    drop(listener);
    std::fs::remove_file(&socket).unwrap();
    for args in [
        &["create", "--bundle", path(&bundle), "--pidfd-socket", to, "it-pf-bad"][..],
        &["exec", "--pidfd-socket", to, "it-pf-run", "true"],
    ] {
        let done = runtime.run(args);
        assert!(done.code != 0 && done.stderr.contains("no such file or directory"), "{done:?}");
    }
    traces::none_of(&["it-pf-bad"]);
}

#[test]
fn exec_has_further_groups() {
    let c = Sleeper::new("it-fl-groups", |_| {});
    let id = |args: &[&str]| c.runtime.run(&[&["exec"], args, &["it-fl-groups", "id", "-G"]].concat()).ok();
    assert_eq!(id(&[]), "0\n");
    assert_eq!(id(&["-g", "7", "--additional-gids", "8"]), "0 7 8\n");
    assert_eq!(id(&["-g", "7", "--user", "1000:1000"]), "1000 7\n");
}

/// Below the container's own cgroup, for all controllers or for some, and several times.
#[test]
fn exec_in_cgroups_below() {
    let c = Sleeper::new("it-fl-cgroup", |_| {});
    let text = std::fs::read_to_string(format!("/proc/{}/cgroup", c.runtime.state(&c.id)["pid"])).unwrap();
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let folder = |names: &str, path: &str| {
        let kind = if names.is_empty() { "cgroup2" } else { "cgroup" };
        let line = mounts.lines().find(|line| {
            let fields: Vec<_> = line.split(' ').collect();
            fields[2] == kind
                && names.split(',').all(|n| n.is_empty() || fields[3].split(',').any(|o| o == n))
        });
        line.map(|line| {
            std::path::PathBuf::from(line.split(' ').nth(1).unwrap()).join(path.trim_start_matches('/'))
        })
    };
    let mut v1 = None;
    for line in text.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (names, at) = (fields.next().unwrap(), fields.next().unwrap());
        if let Some(dir) = folder(names, at) {
            for below in ["below", "other"] {
                std::fs::create_dir(dir.join(below)).unwrap();
                // On v1 a new cpuset is empty.
                for file in ["cpuset.cpus", "cpuset.mems"].iter().filter(|_| names.contains("cpuset")) {
                    let text = std::fs::read_to_string(dir.join(file)).unwrap();
                    std::fs::write(dir.join(below).join(file), text).unwrap();
                }
            }
        }
        if names == "pids" {
            v1 = Some(names);
        }
    }
    let exec = |flags: &[&str]| {
        c.runtime.run(&[&["exec"], flags, &[&c.id, "cat", "/proc/self/cgroup"]].concat()).ok()
    };
    let seen = exec(&["--cgroup", "below"]);
    assert!(seen.lines().all(|line| line.ends_with("/below")), "{seen}");
    if v1.is_some() {
        let seen = exec(&["--cgroup", "pids:below", "--cgroup", "memory:/other"]);
        let end = |name: &str| {
            seen.lines().find(|l| l.contains(&format!(":{name}:"))).unwrap().rsplit('/').next().unwrap()
        };
        assert_eq!((end("pids"), end("memory")), ("below", "other"), "{seen}");
        assert!(!end("freezer").contains("below"), "{seen}");
    }
    for (flag, words) in [("none", "none"), ("nosuch:below", "nosuch")] {
        let done = c.runtime.run(&["exec", "--cgroup", flag, &c.id, "true"]);
        assert!(done.code == 255 && done.stderr.contains(words), "{done:?}");
    }
}

/// The new process stands still with the others, and goes on with them.
#[test]
fn exec_in_a_paused_container() {
    let c = Sleeper::new("it-fl-paused", |_| {});
    c.runtime.run(&["pause", &c.id]).ok();
    let mut exec = c
        .runtime
        .command(&["exec", "--ignore-paused", &c.id, "echo", "went on"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // A second process is there, and says nothing.
    loop {
        let pids = c.runtime.run(&["ps", "--format", "json", &c.id]).ok();
        if serde_json::from_str::<Vec<i64>>(&pids).unwrap().len() > 1 {
            break;
        }
        assert!(exec.try_wait().unwrap().is_none(), "it must not end");
        std::thread::yield_now();
    }
    c.runtime.run(&["resume", &c.id]).ok();
    let mut out = String::new();
    exec.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert!(exec.wait().unwrap().success());
    assert_eq!(out, "went on\n");
}

/// Where cgroups cannot be written, --rootless says whether that is to be expected.
#[test]
fn rootless_or_not() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["echo", "ran"], |c| {
        c["linux"]["resources"] = json!({});
        c["mounts"].as_array_mut().unwrap().retain(|m| m["type"] != "cgroup");
    });
    // Read-only in a mount namespace of the test's own.
    let script = "grep -E ' cgroup2? ' /proc/mounts | while read -r _ at _; do mount -o bind,remount,ro $at || exit 99; done; exec \"$@\"";
    let run = |when: &[&str], args: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", script, "sh"]).arg(bin::path("ocirun"));
        command
            .arg("--root")
            .arg(runtime.root.path().join("state"))
            .args(when)
            .args(args)
            .stdin(Stdio::null());
        bin::run(&mut command)
    };
    let args = ["run", "--bundle", path(&bundle), "it-fl-rootless"];
    for when in [&["--rootless=true"][..], &["--rootless"]] {
        assert_eq!(run(when, &args).ok(), "ran\n", "{when:?}");
    }
    // By default root expects to have its cgroups.
    for when in [&["--rootless=false"][..], &["--rootless=auto"], &[]] {
        let line = run(when, &args).fails(1);
        assert!(line.contains("read-only file system"), "{when:?}: {line}");
    }
    // A limit is not dropped in silence, whatever is expected.
    bundle.edit(|c| c["linux"]["resources"] = json!({"pids": {"limit": 77}}));
    let line = run(&["--rootless=true"], &args).fails(1);
    assert!(line.contains("pids"), "{line}");
    let wrong = runtime.run(&["--rootless=never", "list"]);
    assert!(
        wrong.code == 1 && wrong.stderr.contains("invalid value \"never\" for flag --rootless"),
        "{wrong:?}"
    );
    traces::none_of(&["it-fl-rootless", path(&bundle)]);
}
