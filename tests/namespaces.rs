//! Namespaces of config.json: made and joined, and what is set in them.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

fn namespaces(config: &mut Value) -> &mut Vec<Value> {
    config["linux"]["namespaces"].as_array_mut().expect("namespaces")
}

/// Joins by path the namespace of this type, be it asked for already or not.
fn join(config: &mut Value, kind: &str, path: &str) {
    namespaces(config).retain(|n| n["type"] != kind);
    namespaces(config).push(json!({"type": kind, "path": path}));
}

/// A process that holds namespaces, until the test lets go of it.
struct Holder(Child);

impl Holder {
    /// `unshare` with these flags; it has made them when this returns.
    fn new(flags: &[&str]) -> Self {
        let mut command = Command::new("unshare");
        command.args(flags).args(["sh", "-c", "echo made; exec sleep 3000"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("unshare");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("a pipe");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).expect("a line");
        assert_eq!(line, "made\n");
        Self(child)
    }

    fn path(&self, file: &str) -> String {
        format!("/proc/{}/ns/{file}", self.0.id())
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn map() -> Value {
    json!([{"containerID": 0, "hostID": 100000, "size": 1000}, {"containerID": 1000, "hostID": 5000, "size": 1}])
}

fn user_namespace(config: &mut Value) {
    namespaces(config).push(json!({"type": "user"}));
    config["linux"]["uidMappings"] = map();
    config["linux"]["gidMappings"] = map();
}

#[test]
fn a_time_namespace_has_its_offsets() {
    let runtime = Runtime::new();
    for user in [false, true] {
        let bundle =
            Bundle::new(&["sh", "-c", "cat /proc/self/timens_offsets; readlink /proc/self/ns/time"], |c| {
                namespaces(c).push(json!({"type": "time"}));
                c["linux"]["timeOffsets"] =
                    json!({"monotonic": {"secs": 7881, "nanosecs": 5}, "boottime": {"secs": -3}});
                if user {
                    user_namespace(c);
                }
            });
        let out = runtime.run(&["run", "--bundle", path(&bundle), "it-time"]).ok();
        let own = std::fs::read_link("/proc/self/ns/time").unwrap().to_string_lossy().into_owned();
        let fields: Vec<_> = out.split_whitespace().collect();
        assert_eq!(fields[..3], ["monotonic", "7881", "5"], "{out}");
        assert_eq!(fields[3..5], ["boottime", "-3"], "{out}");
        assert_ne!(fields.last(), Some(&own.as_str()));
    }
    let bundle = Bundle::new(&["true"], |c| c["linux"]["timeOffsets"] = json!({"monotonic": {"secs": 1}}));
    let said = runtime.run(&["run", "--bundle", path(&bundle), "it-time"]).fails(1);
    assert!(said.contains("time namespace offsets specified"), "{said}");
}

/// Root of a user namespace may not raise a limit, who starts it may.
#[test]
fn a_user_namespace_gets_limits_above_the_callers() {
    let raise = "ulimit -Hn 4000 && ulimit -Hn 5000";
    if !Command::new("bash").args(["-c", raise]).stderr(Stdio::null()).status().expect("bash").success() {
        return bin::skip("no right to raise a limit");
    }
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "ulimit -Sn; ulimit -Hn; read go </go"], |c| {
        user_namespace(c);
        c["process"]["rlimits"] = json!([{"type": "RLIMIT_NOFILE", "soft": 5000, "hard": 6000}]);
    });
    let limited = |args: &[&str]| {
        let command = runtime.command(args);
        let mut limited = Command::new("bash");
        limited.args(["-c", "ulimit -n 4000; exec \"$@\"", "bash"]);
        limited.arg(command.get_program()).args(command.get_args());
        limited
    };
    let fifo = bundle.path().join("rootfs/go");
    bin::run(Command::new("mkfifo").args(["-m", "666"]).arg(&fifo)).ok();
    let run = limited(&["run", "--bundle", path(&bundle), "it-raised"]).stdout(Stdio::piped()).spawn();
    let mut run = run.expect("run ocirun");
    let mut go = std::fs::OpenOptions::new().write(true).open(&fifo).expect("it has come to its read");
    let exec = bin::run(&mut limited(&["exec", "it-raised", "sh", "-c", "ulimit -Sn; ulimit -Hn"]));
    assert_eq!(exec.ok(), "5000\n6000\n");
    std::io::Write::write_all(&mut go, b"go\n").expect("let it end");
    let mut out = String::new();
    std::io::Read::read_to_string(run.stdout.as_mut().expect("a pipe"), &mut out).expect("read");
    assert!(run.wait().expect("wait").success());
    assert_eq!(out, "5000\n6000\n");
}

#[test]
fn a_user_namespace_maps_ids_and_owns_the_others() {
    let runtime = Runtime::new();
    let script =
        "cat /proc/self/uid_map /proc/self/gid_map; id -u; stat -c %u /dev/null; hostname inside && hostname";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        user_namespace(c);
        for set in ["bounding", "effective", "permitted"] {
            c["process"]["capabilities"][set] = json!(["CAP_SYS_ADMIN"]);
        }
    });
    let out = runtime.run(&["run", "--bundle", path(&bundle), "it-nsuser"]).ok();
    let words: Vec<_> = out.split_whitespace().collect();
    let map = ["0", "100000", "1000", "1000", "5000", "1"];
    assert_eq!(words[..6], map);
    assert_eq!(words[6..12], map);
    // The node is the host's own.
    assert_eq!(words[12..], ["0", "65534", "inside"], "{out}");
}

#[test]
fn namespaces_are_joined_by_path() {
    let runtime = Runtime::new();
    let holder = Holder::new(&["--uts", "--ipc", "--net"]);
    bin::run(Command::new("nsenter").args([&format!("--uts={}", holder.path("uts")), "hostname", "shared"]))
        .ok();
    let bundle =
        Bundle::new(&["sh", "-c", "hostname; readlink /proc/self/ns/ipc; readlink /proc/self/ns/net"], |c| {
            c.as_object_mut().unwrap().remove("hostname");
            for (kind, file) in [("uts", "uts"), ("ipc", "ipc"), ("network", "net")] {
                join(c, kind, &holder.path(file));
            }
        });
    let link = |file| std::fs::read_link(holder.path(file)).unwrap().to_string_lossy().into_owned();
    let want = format!("shared\n{}\n{}\n", link("ipc"), link("net"));
    assert_eq!(runtime.run(&["run", "--bundle", path(&bundle), "it-join"]).ok(), want);
}

#[test]
fn a_user_namespace_is_joined_by_path() {
    let runtime = Runtime::new();
    let first = Bundle::new(&["sleep", "3000"], user_namespace);
    runtime.create("it-user-first", first.path());
    let pid = &runtime.state("it-user-first")["pid"];
    let second = Bundle::new(&["sh", "-c", "readlink /proc/self/ns/user; id -u"], |c| {
        join(c, "user", &format!("/proc/{pid}/ns/user"));
    });
    let want = std::fs::read_link(format!("/proc/{pid}/ns/user")).unwrap();
    let out = runtime.run(&["run", "--bundle", path(&second), "it-user-second"]).ok();
    assert_eq!(out, format!("{}\n0\n", want.display()));
}

#[test]
fn a_path_that_is_no_such_namespace_is_refused() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| join(c, "network", "/nonexistent/ns"));
    let said = runtime.run(&["run", "--bundle", path(&bundle), "it-no-ns"]).fails(1);
    assert!(said.contains("lstat /nonexistent/ns: no such file or directory"), "{said}");
    bundle.edit(|c| join(c, "network", "/proc/self/ns/uts"));
    let said = runtime.run(&["run", "--bundle", path(&bundle), "it-no-ns"]).fails(1);
    assert!(said.contains("invalid argument"), "{said}");
}

#[test]
fn names_and_sysctls_are_the_containers_own() {
    let runtime = Runtime::new();
    let script = "cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname /proc/sys/net/ipv4/ip_forward \
                  /proc/sys/kernel/shm_rmid_forced /proc/sys/fs/mqueue/msg_max";
    let before = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["hostname"] = json!("inner");
        c["domainname"] = json!("example.test");
        c["linux"]["sysctl"] =
            json!({"net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1", "fs/mqueue/msg_max": "23"});
    });
    let out = runtime.run(&["run", "--bundle", path(&bundle), "it-names"]).ok();
    assert_eq!(out, "inner\nexample.test\n1\n1\n23\n");
    assert_eq!(std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap(), before);
    for (sysctl, drop, want) in [
        ("net.ipv4.ip_forward", "network", "not allowed in host network namespace"),
        ("kernel.shmmax", "ipc", "not allowed in the hosts ipc namespace"),
        ("vm.swappiness", "", "not in a separate kernel namespace"),
        ("kernel.hostname", "", "conflicts with the OCI spec hostname field"),
    ] {
        bundle.edit(|c| {
            namespaces(c).retain(|n| n["type"] != drop);
            c["linux"]["sysctl"] = json!({sysctl: "1"});
        });
        let said = runtime.run(&["run", "--bundle", path(&bundle), "it-names"]).fails(1);
        assert!(said.contains(want), "{said}");
    }
}

#[test]
fn the_hosts_mount_namespace_may_be_shared() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "ls /; exec sleep 3000"], |c| {
        namespaces(c).retain(|n| n["type"] != "mount");
        c["linux"]["maskedPaths"] = json!([]);
        c["linux"]["readonlyPaths"] = json!([]);
        c["root"]["readonly"] = json!(false);
    });
    let out = runtime.create("it-host-mounts", bundle.path());
    runtime.run(&["start", "it-host-mounts"]).ok();
    // Those that join are in its root as well, not in the host's.
    let joined = runtime.run(&["exec", "it-host-mounts", "ls", "/"]).ok();
    runtime.run(&["delete", "--force", "it-host-mounts"]).ok();
    let rootfs = bundle.path().join("rootfs");
    bin::run(Command::new("umount").args(["-R", "-l"]).arg(&rootfs)).ok();
    let first = std::fs::read_to_string(out).unwrap();
    assert!(first.contains("bin\n") && !first.contains("home"), "{first}");
    assert_eq!(joined, first);
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(rootfs.to_str().unwrap()), "one umount takes all of them away");
}

#[test]
fn the_cgroup_mount_shows_the_containers_part_alone() {
    let runtime = Runtime::new();
    let script = "cat /proc/self/cgroup; find /sys/fs/cgroup -name it-cgroup-view | wc -l; \
                  mkdir /sys/fs/cgroup/x /sys/fs/cgroup/pids/x 2>&1 | grep -c -i read-only; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; true";
    for own in [true, false] {
        let bundle = Bundle::new(&["sh", "-c", script], |c| {
            namespaces(c).retain(|n| n["type"] != "cgroup");
            if own {
                namespaces(c).push(json!({"type": "cgroup"}));
            }
            c["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/sys/fs/cgroup");
            c["mounts"]
                .as_array_mut()
                .unwrap()
                .push(json!({"destination": "/sys/fs/cgroup", "type": "cgroup",
                "source": "cgroup", "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}));
            c["linux"]["resources"]["pids"] = json!({"limit": 57});
        });
        let out = runtime.run(&["run", "--bundle", path(&bundle), "it-cgroup-view"]).ok();
        let lines: Vec<_> = out.lines().collect();
        let named = lines.iter().filter(|l| l.contains("it-cgroup-view")).count();
        assert_eq!(named == 0, own, "{out}");
        assert_eq!(lines[lines.len() - 1], "57", "{out}");
        assert_eq!(lines[lines.len() - 3], "0", "no directory of that name is below: {out}");
        assert_ne!(lines[lines.len() - 2], "0", "{out}");
    }
}

#[test]
fn a_cgroup_of_v2_is_given_to_the_container_that_manages_it() {
    if !std::fs::read_to_string("/proc/self/mounts").unwrap().contains(" cgroup2 ") {
        bin::skip("no cgroup v2 is mounted");
        return;
    }
    let runtime = Runtime::new();
    let script = "cd /sys/fs/cgroup; stat -c %u . cgroup.procs; \
                  grep ^0: /proc/self/cgroup; mkdir mine 2>/dev/null && echo made; stat -c %u sub 2>/dev/null; true";
    for (mode, delegate) in [("rw", true), ("ro", true), ("rw", false)] {
        let bundle = Bundle::new(&["sh", "-c", script], |c| {
            user_namespace(c);
            namespaces(c).retain(|n| n["type"] != "cgroup");
            namespaces(c).push(json!({"type": "cgroup"}));
            c["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/sys/fs/cgroup");
            c["mounts"]
                .as_array_mut()
                .unwrap()
                .push(json!({"destination": "/sys/fs/cgroup", "type": "cgroup2",
                "source": "cgroup2", "options": [mode]}));
            if delegate {
                c["annotations"] = json!({"run.oci.delegate-cgroup": "sub"});
            }
        });
        let out = runtime.run(&["run", "--bundle", path(&bundle), "it-cgroup-own"]).ok();
        let lines: Vec<_> = out.lines().collect();
        let own = if mode == "rw" { "0" } else { "65534" };
        assert_eq!(lines[..2], [own, own], "{mode}: {out}");
        assert!(lines.contains(&if delegate { "0::/sub" } else { "0::/" }), "{mode}: {out}");
        assert_eq!(lines.contains(&"made"), mode == "rw", "{mode}: {out}");
        assert_eq!(lines.last() == Some(&"0"), delegate, "{mode}: {out}");
    }
    let bundle = Bundle::new(&["true"], |c| c["annotations"] = json!({"run.oci.delegate-cgroup": "../x"}));
    let said = runtime.run(&["run", "--bundle", path(&bundle), "it-cgroup-own"]).fails(1);
    assert!(said.contains("delegated cgroup \"../x\": not a file name"), "{said}");
}
