//! Failures of a container on its way up: one line with the step, the place in config.json and the
//! kernel's answer, and, where that leaves it open, what to do.

use serde_json::{Value, json};

use crate::bin;
use crate::commandline::text;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

type Edit = fn(&mut Value);

fn mount(config: &mut Value, mount: Value) {
    config["mounts"].as_array_mut().expect("mounts").push(mount);
}

/// A program of these bytes that may be executed.
fn program(bundle: &Bundle, name: &str, bytes: &[u8]) {
    let (from, file) = (bundle.path().join("bytes"), bundle.path().join("rootfs").join(name));
    std::fs::write(&from, bytes).unwrap();
    // By another process: a descriptor of ours that writes it could be inherited by a third.
    let copy = ["-m", "755", text(&from), text(&file)];
    bin::run(std::process::Command::new("install").args(copy)).ok();
}

#[test]
fn a_failure_names_the_step_and_the_place() {
    let cases: [(&str, Edit, &[&str]); 17] = [
        (
            "type",
            |c| mount(c, json!({"destination": "/x", "type": "nosuchfs", "source": "x"})),
            &["(mounts[7]): mount nosuchfs: no such device", "/proc/filesystems"],
        ),
        (
            "option",
            |c| mount(c, json!({"destination": "/x", "type": "tmpfs", "source": "x", "options": ["sise=5"]})),
            &["(mounts[7]): tmpfs: Unknown parameter 'sise': invalid argument"],
        ),
        (
            "file-on-dir",
            |c| {
                mount(
                    c,
                    json!({"destination": "/tmp", "type": "bind", "source": "/etc/passwd", "options": ["bind"]}),
                )
            },
            &["at \"/tmp\" (mounts[7]): move_mount: not a directory", "a file on a file"],
        ),
        (
            "dir-on-file",
            |c| {
                mount(
                    c,
                    json!({"destination": "/etc/passwd", "type": "bind", "source": "/tmp", "options": ["bind"]}),
                )
            },
            &["(mounts[7]): create mountpoint \"/etc/passwd\": not a directory", "a file on a file"],
        ),
        (
            "remount",
            |c| mount(c, json!({"destination": "/nosuch", "options": ["remount", "ro"]})),
            &["(mounts[7]): open /nosuch to mount it again: no such file or directory"],
        ),
        (
            "overlay",
            |c| {
                mount(
                    c,
                    json!({"destination": "/x", "type": "overlay", "source": "overlay", "options": ["lowerdir=/nonexistent"]}),
                )
            },
            &["(mounts[7]): mount overlay: no such file or directory", "lowerdir"],
        ),
        (
            "rlimit",
            |c| c["process"]["rlimits"] = json!([{"type": "RLIMIT_NOFILE", "soft": 20, "hard": 10}]),
            &[
                "set limit RLIMIT_NOFILE to 20:10 (process.rlimits[0]): invalid argument",
                "above the hard one",
            ],
        ),
        (
            "capability",
            |c| c["process"]["capabilities"]["permitted"] = json!([]),
            &["set capabilities (process.capabilities): operation not permitted", "within permitted"],
        ),
        (
            "device",
            |c| c["linux"]["devices"] = json!([{"path": "/dev/x", "type": "c", "major": -5, "minor": 1}]),
            &["make device /dev/x (linux.devices[0]): no device has the number -5:1"],
        ),
        (
            "oom",
            |c| c["process"]["oomScoreAdj"] = json!(5000),
            &["write /proc/self/oom_score_adj: invalid argument", "process.oomScoreAdj"],
        ),
        (
            "hostname",
            |c| c["hostname"] = json!("a".repeat(80)),
            &["set hostname aaa", ": invalid argument", "64 bytes"],
        ),
        (
            "sysctl",
            |c| c["linux"]["sysctl"] = json!({"net.ipv4.nosuch": "1"}),
            &[
                "sysctl net.ipv4.nosuch: write \"1\" to /proc/sys/net/ipv4/nosuch: no such file",
                "no such setting",
            ],
        ),
        (
            "namespace",
            |c| {
                let list = c["linux"]["namespaces"].as_array_mut().unwrap();
                list.retain(|n| n["type"] != "network");
                list.push(json!({"type": "network", "path": "/proc/self/ns/uts"}));
            },
            &["join network namespace: invalid argument", "linux.namespaces"],
        ),
        (
            "maps",
            |c| {
                c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
                c["linux"]["uidMappings"] = json!([{"containerID": 1000, "hostID": 1000, "size": 1}]);
                c["linux"]["gidMappings"] = json!([{"containerID": 0, "hostID": 1000, "size": 1}]);
            },
            &["setresuid 0: invalid argument", "linux.uidMappings"],
        ),
        (
            "ioprio",
            |c| c["process"]["ioPriority"] = json!({"class": "IOPRIO_CLASS_BE", "priority": 50}),
            &["I/O priority 50: want 0 to 7 (process.ioPriority)"],
        ),
        (
            "offsets",
            |c| {
                c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "time"}));
                c["linux"]["timeOffsets"] = json!({"realtime": {"secs": 5}});
            },
            &["write /proc/self/timens_offsets: invalid argument", "monotonic and boottime"],
        ),
        (
            "json",
            |c| c["mounts"][1]["options"] = json!("ro"),
            &[
                "parse ",
                "config.json: invalid type: string \"ro\", expected a sequence at line",
                "ocirun lint",
            ],
        ),
    ];
    let runtime = Runtime::new();
    for (name, edit, words) in cases {
        let bundle = Bundle::new(&["true"], |c| {
            // The same number of mounts everywhere.
            c["mounts"].as_array_mut().unwrap().truncate(7);
            edit(c);
        });
        let line = runtime.run(&["run", "-b", text(bundle.path()), &format!("it-hint-{name}")]).fails(1);
        for words in words {
            assert!(line.contains(words), "{name}: {line:?} lacks {words:?}");
        }
    }
}

/// A command line without CAP_SYS_RESOURCE and with no core files, whose limit it cannot raise.
fn without_resource(command: &std::process::Command) -> std::process::Command {
    let mut without = std::process::Command::new("sh");
    // Anybody may lower the score to where somebody with the right has set it last.
    let drop = "echo 0 >/proc/self/oom_score_adj; ulimit -c 0; \
                exec setpriv --bounding-set -sys_resource --inh-caps -sys_resource \"$@\"";
    without.args(["-c", drop, "sh"]).arg(command.get_program()).args(command.get_args());
    without.stdin(std::process::Stdio::null()).env_remove("NOTIFY_SOCKET");
    without
}

#[test]
fn what_takes_cap_sys_resource_is_named_with_it() {
    let limit = |c: &mut Value| {
        c["process"]["rlimits"] = json!([{"type": "RLIMIT_CORE", "soft": 1024, "hard": 1024}]);
    };
    let score = |c: &mut Value| c["process"]["oomScoreAdj"] = json!(-500);
    let cases: [(Edit, [&str; 2]); 2] = [
        (limit, ["set limit RLIMIT_CORE to 1024:1024", "operation not permitted (to raise a hard limit"]),
        (score, ["/proc/self/oom_score_adj: permission denied", "(process.oomScoreAdj: to lower it"]),
    ];
    let runtime = Runtime::new();
    for (edit, words) in cases {
        let bundle = Bundle::new(&["true"], edit);
        let run = runtime.command(&["run", "-b", text(bundle.path()), "it-hint-resource"]);
        let line = bin::run(&mut without_resource(&run)).fails(1);
        for words in words.iter().chain(&["takes CAP_SYS_RESOURCE"]) {
            assert!(line.contains(words), "{line:?} lacks {words:?}");
        }
    }
    // The same line through every program above.
    let stack = crate::stack::Stack::with_busybox();
    for (flags, words) in [
        (["--ulimit", "core=1024"], "ctrd: run: set limit RLIMIT_CORE"),
        (["--oom-score-adj", "-500"], "ctrd: run: write /proc/self/oom_score_adj"),
    ] {
        let args = [&["run", "--rm"][..], &flags, &["busybox", "true"]].concat();
        let line = bin::run(&mut without_resource(&stack.command(&args))).fails(125);
        assert!(line.starts_with(words) && line.contains("takes CAP_SYS_RESOURCE"), "{line:?}");
        assert_eq!(line.trim_end().lines().count(), 1, "{line:?}");
    }
}

#[test]
fn a_socket_or_a_pid_file_that_cannot_be_is_named() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |_| {});
    let args = ["run", "--pid-file", "/nonexistent/pid", "-b", text(bundle.path()), "it-hint-pid"];
    let line = runtime.run(&args).fails(1);
    assert!(line.contains("failed: pid file /nonexistent/pid: write "), "{line}");
    bundle.edit(|c| c["process"]["terminal"] = json!(true));
    let socket = ["create", "--console-socket", "/nonexistent/s", "-b", text(bundle.path()), "it-hint-con"];
    let line = runtime.run(&socket).fails(1);
    assert!(line.contains("connect to /nonexistent/s: no such file or directory (somebody"), "{line}");
}

/// The kernel says `no such file` of a file that is there: what it needs is not.
#[test]
fn a_program_that_is_there_and_does_not_run() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |_| {});
    let mut foreign = b"\x7fELF\x02\x01\x01".to_vec();
    foreign.resize(400, 0);
    // ET_EXEC for s390x.
    (foreign[16], foreign[18]) = (2, 22);
    let here = std::env::consts::ARCH;
    for (name, bytes, says, hint) in [
        (
            "script",
            &b"#!/nonexistent/sh\n"[..],
            "no such file or directory",
            "its interpreter /nonexistent/sh is missing",
        ),
        ("dos", b"#!/bin/sh\r\n", "no such file or directory", "its first line ends in a carriage return"),
        (
            "text",
            b"echo hi\n",
            "exec format error",
            "it is neither an ELF file nor a script with #! in its first line",
        ),
        ("empty", b"", "exec format error", "it is empty"),
        (
            "foreign",
            &foreign[..],
            "exec format error",
            &format!("it is made for s390x, and this machine is {here}"),
        ),
    ] {
        program(&bundle, name, bytes);
        bundle.edit(|c| c["process"]["args"] = json!([format!("/{name}")]));
        let log = runtime.root.path().join(name);
        let global = ["--log", text(&log), "--log-format", "json"];
        let run = ["run", "-b", text(bundle.path()), "it-hint-exec"];
        let line = runtime.run(&[&global[..], &run[..]].concat()).fails(1);
        // Callers of runc know the very line of a program that is missing.
        let whole = format!("exec /{name}: {says} ({hint})");
        let short = format!("exec /{name}: {says}");
        assert_eq!(line, if says.starts_with("no such") { &short } else { &whole }.as_str());
        let entry: Value = serde_json::from_str(&std::fs::read_to_string(&log).unwrap()).expect("one entry");
        assert_eq!(entry["msg"], whole.as_str());
        let errno = if says.starts_with("no such") { "ENOENT" } else { "ENOEXEC" };
        assert_eq!((&entry["errno"], &entry["hint"]), (&json!(errno), &json!(hint)), "{entry}");
    }
    // At a terminal somebody reads it.
    bundle.edit(|c| c["process"]["args"] = json!(["/script"]));
    let words = [
        text(&bin::path("ocirun")).to_owned(),
        format!("--root {} run -b {} it-hint-tty", text(runtime.root.path()), text(bundle.path())),
    ];
    let done = bin::run(
        std::process::Command::new("script")
            .args(["-qefc", &words.join(" "), "/dev/null"])
            .stdin(std::process::Stdio::null()),
    );
    assert!(done.stdout.contains("exec /script: no such file or directory (its interpreter"), "{done:?}");
}
