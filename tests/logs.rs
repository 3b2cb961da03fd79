//! The log of `ocirun`: where it goes, in which form, and what callers read in it.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::bin;
use crate::commandline::{detached, text};
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;

#[test]
fn a_json_log_is_one_entry_and_the_error_is_on_stderr_as_well() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["nosuchbin"], |c| {
        c["process"]["capabilities"]["bounding"] = json!(["CAP_KILL", "CAP_FROM_THE_FUTURE"]);
    });
    let log = runtime.root.path().join("log.json");
    let args =
        ["--log", text(&log), "--log-format", "json", "create", "--bundle", text(bundle.path()), "it-cl-log"];
    let stderr = runtime.run(&args).fails(1);
    // One value in the whole file, as podman reads it; the warning is a part of it.
    let written = std::fs::read_to_string(&log).unwrap();
    let entry: Value = serde_json::from_str(&written).expect("one entry");
    let keys: Vec<usize> = ["\"level\":", "\"msg\":", "\"time\":", "\"id\":", "\"code\":"]
        .iter()
        .map(|key| written.find(key).unwrap_or_else(|| panic!("{key} in {written}")))
        .collect();
    assert!(keys.is_sorted(), "{written}");
    assert_eq!(entry["level"], "error");
    let want = "runc create failed: unable to start container process: error during container init: \
                exec: \"nosuchbin\": executable file not found in $PATH";
    assert_eq!(entry["msg"], want);
    assert_eq!((&entry["id"], &entry["code"]), (&json!("it-cl-log"), &json!("program-not-found")));
    assert!(entry["warnings"][0].as_str().unwrap().contains("CAP_FROM_THE_FUTURE"), "{written}");
    let time = entry["time"].as_str().unwrap();
    assert!(time.len() == 20 && time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
    assert_eq!(stderr, format!("ocirun: error: {want}"));

    // A call that succeeds writes the warning as an entry of its own.
    std::fs::remove_file(&log).unwrap();
    bundle.edit(|c| c["process"]["args"] = json!(["true"]));
    let args =
        ["--log", text(&log), "--log-format", "json", "run", "--bundle", text(bundle.path()), "it-cl-log"];
    runtime.run(&args).ok();
    let entry: Value = serde_json::from_str(&std::fs::read_to_string(&log).unwrap()).expect("one entry");
    assert_eq!(entry["level"], "warning");
}

#[test]
fn a_text_log_is_as_logrus_writes_it() {
    let runtime = Runtime::new();
    for (log, name) in [("plain.log", "plain.log"), ("file:LOG", "LOG")] {
        let done = bin::run(
            bin::command("ocirun")
                .current_dir(runtime.root.path())
                .args(["--root", "r", "--log", log, "state", "x"]),
        );
        assert_eq!(done.fails(1), "ocirun: error: state x: container does not exist");
        let written = std::fs::read_to_string(runtime.root.path().join(name)).unwrap();
        assert!(written.starts_with("time=\"20"), "{written}");
        assert!(
            written.ends_with("Z\" level=error msg=\"state x: container does not exist\"\n"),
            "{written}"
        );
    }
    let done = bin::run(bin::command("ocirun").args(["--log", "/nonexistent/log", "state", "x"])).fails(1);
    assert!(done.contains("open /nonexistent/log: no such file or directory"), "{done}");
}

/// The sockets of syslog and of the journal stand in for the daemons, in a mount namespace.
#[test]
fn a_log_of_the_system() {
    use std::os::unix::net::UnixDatagram;
    let dir = fixture::temp();
    for (place, socket, want) in [
        ("syslog:web", "/dev/log", "<27>web["),
        ("journald:web", "/run/systemd/journal/socket", "PRIORITY=3\nSYSLOG_IDENTIFIER=web\nMESSAGE\n"),
    ] {
        let path = dir.path().join("socket");
        let _ = std::fs::remove_file(&path);
        let listener = UnixDatagram::bind(&path).unwrap();
        let top = Path::new(socket).ancestors().nth(if place.starts_with('s') { 1 } else { 3 }).unwrap();
        let script = format!(
            "mount -t tmpfs tmpfs {} && mkdir -p {} && ln -s {} {socket} && exec \"$@\"",
            top.display(),
            Path::new(socket).parent().unwrap().display(),
            path.display()
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script, "sh"]).arg(bin::path("ocirun"));
        command.args(["--log", place, "--root"]).arg(dir.path()).args(["state", "x"]);
        bin::run(&mut command).fails(1);
        listener.set_nonblocking(true).unwrap();
        let mut got = [0; 4096];
        let len = listener.recv(&mut got).expect("an entry");
        let entry = String::from_utf8_lossy(&got[..len]);
        assert!(entry.starts_with(want) && entry.contains("state x: container does not exist"), "{entry:?}");
    }
    let done = bin::run(bin::command("ocirun").args(["--log", "syslog:", "list"])).fails(1);
    assert!(done.contains("syslog"), "{done}");
}

#[test]
fn the_level_says_what_is_logged() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| {
        c["process"]["capabilities"]["bounding"] = json!(["CAP_FROM_THE_FUTURE"]);
    });
    let b = text(bundle.path());
    for (level, warning, debug) in [("error", false, false), ("warning", true, false), ("debug", true, true)]
    {
        let done = runtime.run(&["--log-level", level, "run", "--bundle", b, "it-cl-level"]);
        assert_eq!(done.stderr.contains("level=warning"), warning, "{level}: {}", done.stderr);
        assert_eq!(done.stderr.contains("level=debug"), debug, "{level}: {}", done.stderr);
    }
}

#[test]
fn debug_lines_are_those_that_people_look_for() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        c["process"]["execCPUAffinity"] = json!({"initial": "0", "final": "0"});
    });
    let log = runtime.root.path().join("log");
    let debug = |args: &[&str]| {
        let _ = std::fs::remove_file(&log);
        let all = [&["--debug", "--log", text(&log)], args].concat();
        detached(&runtime, &all);
        std::fs::read_to_string(&log).unwrap()
    };
    let written = debug(&["run", "-d", "--bundle", text(bundle.path()), "it-cl-debug"]);
    for want in [
        "level=debug",
        "nsexec container setup",
        "child process in init()",
        "init: closing the pipe to signal completion",
        "runc exeseal: using /proc/self/exe clone",
    ] {
        assert!(written.contains(want), "{want} in {written}");
    }
    let written = debug(&["exec", "it-cl-debug", "true"]);
    for want in ["nsexec container setup", "child process in init()", "setns_init: about to exec"] {
        assert!(written.contains(want), "{want} in {written}");
    }
    let affinity = written.lines().find(|l| l.contains("nsexec-") && l.contains("]: affinity: 0x1"));
    assert!(affinity.is_some(), "{written}");
}
