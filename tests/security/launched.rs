//! What a container of `ctrd run` is given, and a process of `ctrd exec`, seen from inside.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bin;
use crate::stack::Stack;
use crate::verbs::{both_ways, sleeper};

/// A set of capabilities of /proc/PID/status.
fn set(status: &str, name: &str) -> u64 {
    let line =
        status.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {status}"));
    u64::from_str_radix(line.split_whitespace().nth(1).expect("a value"), 16).expect("hexadecimal")
}

/// CVE-2022-24769 and its like: what is given is never inheritable, nor ambient, to whomever it is given.
#[test]
fn nothing_is_inheritable() {
    let net_raw = 1 << 13;
    let cases: [&[&str]; 8] = [
        &[],
        &["--cap-add", "NET_ADMIN"],
        &["--cap-add", "ALL"],
        &["--cap-drop", "ALL", "--cap-add", "NET_RAW"],
        &["--user", "1000"],
        &["--user", "1000:1000", "--cap-add", "NET_ADMIN"],
        &["--privileged"],
        &["--privileged", "--user", "web"],
    ];
    both_ways(|stack, how| {
        for flags in cases {
            let status = ["busybox", "cat", "/proc/self/status"];
            let status = stack.run(&[&["run", "--rm"], flags, &status[..]].concat()).ok();
            let root = !flags.contains(&"--user");
            for name in ["CapInh:", "CapAmb:"] {
                assert_eq!(set(&status, name), 0, "{how} {flags:?} {name}");
            }
            assert_ne!(set(&status, "CapBnd:") & net_raw, 0, "{how} {flags:?}");
            assert_eq!(set(&status, "CapEff:") & net_raw != 0, root, "{how} {flags:?}");
            assert_eq!(set(&status, "CapPrm:") & net_raw != 0, root, "{how} {flags:?}");
        }
        let run = ["run", "-d", "--name", "it-inherits", "--cap-add", "ALL", "busybox", "sleep", "3000"];
        stack.run(&run).ok();
        for flags in [&[][..], &["--user", "1000"], &["--user", "1000:1000", "--tty"]] {
            let status = ["it-inherits", "cat", "/proc/self/status"];
            let status = stack.run(&[&["exec"], flags, &status[..]].concat()).ok();
            for name in ["CapInh:", "CapAmb:"] {
                assert_eq!(set(&status, name), 0, "{how} exec {flags:?} {name}");
            }
            assert_eq!(set(&status, "CapEff:") & net_raw != 0, flags.is_empty(), "{how} exec {flags:?}");
        }
        stack.run(&["rm", "-f", "it-inherits"]).ok();
    });
}

/// CVE-2021-21334: what one container is told by its environment no other is told that is made of the same image
/// at the same time, nor does it stay with the image.
#[test]
fn environments_do_not_cross() {
    both_ways(|stack, how| {
        sleeper(stack, "it-env");
        std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for n in 0..6 {
                        let (word, of) =
                            (format!("SECRET_{thread}_{n}=of-{thread}-{n}"), format!("{thread}-{n}"));
                        let run = [
                            "run",
                            "--rm",
                            "--env",
                            &word,
                            "--env",
                            &format!("SHARED={of}"),
                            "busybox",
                            "env",
                        ];
                        let exec =
                            ["exec", "--env", &word, "--env", &format!("SHARED={of}"), "it-env", "env"];
                        for call in [&run[..], &exec] {
                            let out = stack.run(call).ok();
                            let found: Vec<&str> = out
                                .lines()
                                .filter(|l| l.starts_with("SECRET_") || l.starts_with("SHARED="))
                                .collect();
                            assert_eq!(found, [word.as_str(), &format!("SHARED={of}")], "{how} {call:?}");
                        }
                    }
                });
            }
        });
        for call in [&["run", "--rm", "busybox", "env"][..], &["exec", "it-env", "env"]] {
            let out = stack.run(call).ok();
            assert!(!out.contains("SECRET_") && !out.contains("SHARED"), "{how}: {out}");
        }
        stack.run(&["rm", "-f", "it-env"]).ok();
    });
}

/// What tells of the host, and of the neighbours' work, or changes the host: GHSA-7ww5-4wqc-m92c (powercap),
/// CVE-2015-3630 (asound), CVE-2025-31133.
const CLOSED: &str = "
    for f in /proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list \
        /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware /sys/devices/virtual/powercap \
        /sys/devices/system/cpu/cpu*/thermal_throttle; do
        if [ -d $f ]; then ls -A $f | sed \"s|^|shows $f/|\"; elif [ -e $f ]; then
            [ \"$(head -c 1 $f 2>/dev/null | wc -c)\" = 0 ] || echo shows $f; fi
    done
    for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /proc/irq/default_smp_affinity \
        /sys/kernel/uevent_helper /sys/fs/cgroup/cgroup.procs; do
        [ -e $f ] || continue
        (: >>$f) 2>/dev/null && echo writes $f
    done
    find /proc/bus /proc/fs /proc/irq /proc/sys -type f 2>/dev/null | while read f; do
        (: >>$f) 2>/dev/null && echo writes $f; done
    true";

#[test]
fn what_is_the_host_s_is_masked_or_read_only() {
    both_ways(|stack, how| {
        for flags in [&[][..], &["--cap-add", "ALL"], &["--user", "1000"]] {
            let out = stack.run(&[&["run", "--rm"], flags, &["busybox", "sh", "-c", CLOSED]].concat()).ok();
            assert_eq!(out, "", "{how} {flags:?}");
        }
        // The same looks find what is there where nothing is hidden.
        let open = ["run", "--rm", "--security-opt", "systempaths=unconfined", "busybox", "sh", "-c", CLOSED];
        let out = stack.run(&open).ok();
        assert!(
            out.contains("shows /proc/interrupts\n") && out.contains("writes /proc/sys/"),
            "{how}: {out}"
        );
        let run = ["run", "-d", "--name", "it-masked", "busybox", "sleep", "3000"];
        stack.run(&run).ok();
        assert_eq!(stack.run(&["exec", "it-masked", "sh", "-c", CLOSED]).ok(), "", "{how} exec");
        stack.run(&["rm", "-f", "it-masked"]).ok();
    });
}

/// What some system calls are answered, by their numbers on this machine: the errno, or 0. Those that make namespaces
/// only where they are refused.
const CALLS: &str = r#"
import ctypes, platform, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": dict(keyctl=250, add_key=248, request_key=249, io_uring_setup=425, userfaultfd=323, bpf=321,
    perf_event_open=298, unshare=272, setns=308, mount=165, clone=56, clone3=435, kexec_load=246, syslog=103,
    open_by_handle_at=304, move_mount=429, fsopen=430, init_module=175, personality=135, socket=41, getpid=39),
  "aarch64": dict(keyctl=219, add_key=217, request_key=218, io_uring_setup=425, userfaultfd=282, bpf=280,
    perf_event_open=241, unshare=97, setns=268, mount=40, clone=220, clone3=435, kexec_load=104, syslog=116,
    open_by_handle_at=265, move_mount=429, fsopen=430, init_module=105, personality=92, socket=198, getpid=172),
  }[platform.machine()]
def call(name, *args):
    ctypes.set_errno(0)
    got = libc.syscall(ctypes.c_long(number[name]), *[ctypes.c_ulong(a) for a in args])
    return ctypes.get_errno() if got == -1 else 0
for name in sorted(set(number) - {"clone", "clone3", "personality", "socket", "getpid"}):
    print(name, call(name, 0, 0, 0, 0, 0))
print("clone3", call("clone3", 0, 0))
print("personality", call("personality", 0x40000))
# A filter that compares the whole register does not know the second one.
for family, kind in (38, socket.SOCK_SEQPACKET), (38 | 1 << 32, socket.SOCK_SEQPACKET), (40, socket.SOCK_STREAM):
    print("socket %x" % family, call("socket", family, kind, 0))
print("getpid", call("getpid"), call("socket", socket.AF_INET, socket.SOCK_STREAM, 0), call("personality", 0xffffffff))
for flag in (0x10000000, 0x20000000, 0x20000, 0x40000000, 0x8000000, 0x4000000, 0x2000000) if sys.argv[1:] else ():
    print("clone %x" % flag, call("clone", flag | 17, 0, 0, 0, 0))
"#;

/// What reaches past a container, or has often had faults, is refused by default: AF_ALG and AF_VSOCK, keyrings,
/// io_uring, namespaces, BPF, userfaultfd and the like.
#[test]
fn system_calls_that_reach_out_are_refused() {
    if !bin::peer("/usr/bin/python3") {
        return;
    }
    let stack = Stack::with_busybox();
    // With the host's programs.
    let dirs = ["/usr", "/lib", "/lib64"].into_iter().filter(|dir| Path::new(dir).exists());
    let flags: Vec<String> = dirs.flat_map(|dir| ["-v".to_string(), format!("{dir}:{dir}:ro")]).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let calls = |more: &[&str], args: &[&str]| {
        let program = ["busybox", "/usr/bin/python3", "-c", CALLS];
        stack.run(&[&["run", "--rm"], &flags[..], more, &program[..], args].concat()).ok()
    };
    let told = |out: &str| -> Vec<(String, String)> {
        let split =
            |line: &str| line.rsplit_once(' ').map(|(name, errno)| (name.to_string(), errno.to_string()));
        out.lines()
            .filter(|line| !line.starts_with("getpid"))
            .map(|line| split(line).expect("two words"))
            .collect()
    };
    let (eperm, enosys) = (libc::EPERM.to_string(), libc::ENOSYS.to_string());
    let refused = |name: &str, errno: &str| errno == if name == "clone3" { &enosys } else { &eperm };
    for more in [&[][..], &["--user", "1000"]] {
        let out = calls(more, &["clone"]);
        assert!(out.contains("getpid 0 0 0\n"), "{out}");
        let all = told(&out);
        assert_eq!(all.len(), 28, "{out}");
        for (name, errno) in all {
            assert!(refused(&name, &errno), "{more:?} {name} {errno}");
        }
    }
    // Those of them that the filter alone refuses are answered otherwise without it.
    let out = calls(&["--security-opt", "seccomp=unconfined"], &[]);
    let open = told(&out);
    for name in ["add_key", "keyctl", "clone3", "personality", "socket 26", "socket 100000026", "socket 28"] {
        let (_, errno) = open.iter().find(|(known, _)| known == name).expect("an answer");
        assert!(!refused(name, errno), "{name}: {out}");
    }
}

/// GHSA-7ww5-4wqc-m92c: a container has no right and no look at the host that one of containerd's has not.
#[test]
fn no_more_is_open_than_containerd_leaves_open() {
    if !bin::peer("ctr") {
        return;
    }
    let stack = Stack::with_busybox();
    stack.run(&["create", "--name", "it-defaults", "busybox", "true"]).ok();
    let read = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
    let ours = &read(&stack.run(&["inspect", "it-defaults"]).ok())["spec"];
    let theirs = &read(&bin::run(Command::new("ctr").args(["oci", "spec"])).ok());
    let set = |spec: &Value, at: &str| -> BTreeSet<String> {
        let list = spec.pointer(at).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|text| text.as_str().expect("a text").to_string()).collect()
    };
    for closed in ["/linux/maskedPaths", "/linux/readonlyPaths"] {
        let (ours, theirs) = (set(ours, closed), set(theirs, closed));
        assert!(!theirs.is_empty() && theirs.is_subset(&ours), "{closed}: {ours:?} {theirs:?}");
    }
    for open in ["bounding", "effective", "permitted", "inheritable", "ambient"] {
        let open = format!("/process/capabilities/{open}");
        let (ours, theirs) = (set(ours, &open), set(theirs, &open));
        assert!(ours.is_subset(&theirs), "{open}: {ours:?} {theirs:?}");
    }
    let namespaces = |spec: &Value| -> BTreeSet<String> {
        let list = spec["linux"]["namespaces"].as_array().expect("a list");
        list.iter().map(|one| one["type"].as_str().expect("a text").to_string()).collect()
    };
    assert!(namespaces(theirs).is_subset(&namespaces(ours)), "{ours} {theirs}");
    assert_eq!(ours["process"]["noNewPrivileges"], true);
    assert_eq!(ours["linux"]["resources"]["devices"][0]["allow"], false, "{ours}");
    assert!(ours["linux"]["seccomp"].is_object());
}
