//! The verbs of a container's life.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{both_ways, objects, sleeper};
use crate::bin;
use crate::stack::Stack;

#[test]
fn a_container_is_created_started_stopped_and_started_again() {
    both_ways(|stack, how| {
        let script = "trap 'exit 7' TERM; echo up; while :; do sleep 1000 & wait; done";
        stack.run(&["create", "--name", "it-verbs", "busybox", "sh", "-c", script]).ok();
        assert_eq!(stack.run(&["start", "it-verbs"]).ok(), "it-verbs\n", "{how}");
        super::until_logged(stack, "it-verbs", "up");
        let again = stack.run(&["start", "it-verbs"]).fails(1);
        assert_eq!(again, "ctrd: start it-verbs: its task is running", "{how}");
        assert_eq!(stack.run(&["pause", "it-verbs"]).ok(), "it-verbs\n", "{how}");
        let of =
            |id: &str| -> Value { serde_json::from_str(&stack.run(&["inspect", id]).ok()).expect("JSON") };
        assert_eq!(of("it-verbs")["task"]["status"], "paused", "{how}");
        assert_eq!(stack.run(&["unpause", "it-verbs"]).ok(), "it-verbs\n", "{how}");
        assert_eq!(stack.run(&["stop", "it-verbs"]).ok(), "it-verbs\n", "{how}");
        assert_eq!(of("it-verbs")["task"]["exitStatus"], 7, "{how}: it heard the signal");
        assert_eq!(stack.run(&["wait", "it-verbs"]).ok(), "7\n", "{how}");
        assert_eq!(stack.run(&["stop", "it-verbs"]).ok(), "it-verbs\n", "{how}: it has ended");
        assert_eq!(stack.run(&["restart", "it-verbs"]).ok(), "it-verbs\n", "{how}");
        super::until_logged(stack, "it-verbs", "up");
        assert_eq!(of("it-verbs")["task"]["status"], "running", "{how}");
        stack.run(&["rm", "-f", "it-verbs"]).ok();
        let gone = stack.run(&["start", "it-verbs"]).fails(1);
        assert_eq!(gone, "ctrd: start it-verbs: container it-verbs: not found", "{how}");
        let attached =
            stack.run(&["create", "--name", "it-verbs", "busybox", "sh", "-c", "echo out; exit 5"]);
        attached.ok();
        let attached = stack.run(&["start", "--attach", "it-verbs"]);
        assert_eq!((attached.code, attached.stdout.as_str()), (5, "out\n"), "{how}: {}", attached.stderr);
        stack.run(&["rm", "it-verbs"]).ok();
    });
}

#[test]
fn what_does_not_follow_the_signal_is_killed() {
    let stack = Stack::with_busybox();
    stack
        .run(&[
            "run",
            "-d",
            "--name",
            "it-deaf",
            "busybox",
            "sh",
            "-c",
            "trap '' TERM; echo up; while :; do sleep 1; done",
        ])
        .ok();
    super::until_logged(&stack, "it-deaf", "up");
    stack.run(&["stop", "--time", "0", "it-deaf"]).ok();
    assert_eq!(stack.run(&["wait", "it-deaf"]).ok(), "137\n");
    let both = stack.run(&["stop", "it-deaf", "it-nobody"]);
    assert_eq!((both.code, both.stdout.as_str()), (1, "it-deaf\n"));
    assert_eq!(both.stderr, "ctrd: stop it-nobody: container it-nobody: not found\n");
}

#[test]
fn output_in_the_background_is_kept() {
    both_ways(|stack, how| {
        let script = "echo one; echo two >&2; printf three; sleep 0.1; echo ' and a half'; exit 3";
        stack.run(&["run", "-d", "--name", "it-logs", "busybox", "sh", "-c", script]).ok();
        let followed = stack.run(&["logs", "-f", "it-logs"]);
        assert_eq!(followed.stdout, "one\nthree and a half\n", "{how}: {}", followed.stderr);
        assert_eq!(followed.stderr, "two\n", "{how}");
        assert_eq!(stack.run(&["wait", "it-logs"]).ok(), "3\n");
        let all = objects(&stack.run(&["logs", "--format", "json", "it-logs"]).ok());
        let lines: Vec<_> =
            all.iter().map(|l| (l["stream"].as_str().unwrap(), l["line"].as_str().unwrap())).collect();
        assert_eq!(lines.len(), 3, "{how}: {lines:?}");
        assert!(
            lines.contains(&("stderr", "two")) && lines.contains(&("stdout", "three and a half")),
            "{lines:?}"
        );
        assert!(all.iter().all(|line| line["time"].is_string()));
        assert_eq!(stack.run(&["logs", "--tail", "1", "it-logs"]).ok(), " and a half\n", "{how}");
        assert_eq!(stack.run(&["logs", "--since", "2099-01-01T00:00:00Z", "it-logs"]).ok(), "");
        assert_eq!(stack.run(&["logs", "--until", "1h", "it-logs"]).ok(), "");
        let stamped = stack.run(&["logs", "-t", "--since", "1h", "it-logs"]);
        assert!(stamped.stdout.lines().all(|line| line.starts_with("20")), "{stamped:?}");
        let file = stack.path("lib/logs/default/it-logs.log");
        assert!(file.exists());
        stack.run(&["rm", "it-logs"]).ok();
        assert!(!file.exists(), "{how}: the log goes with its container");
        let gone = stack.run(&["logs", "it-logs"]).fails(1);
        assert_eq!(gone, "ctrd: logs it-logs: container it-logs: not found", "{how}");
        stack.run(&["create", "--name", "it-logs", "busybox", "true"]).ok();
        let none = stack.run(&["logs", "it-logs"]).fails(1);
        assert!(none.ends_with("nothing of its output is kept: it does not run in the background"), "{none}");
        stack.run(&["rm", "it-logs"]).ok();
    });
}

#[test]
fn a_log_is_followed_no_longer_than_is_asked_for() {
    let stack = Stack::with_busybox();
    stack.run(&["run", "-d", "--name", "it-until", "busybox", "sh", "-c", "echo up; exec sleep 3000"]).ok();
    super::until_logged(&stack, "it-until", "up");
    assert_eq!(stack.run(&["logs", "-f", "--until", "1h", "it-until"]).ok(), "");
    let bad = stack.run(&["logs", "--until", "later", "it-nobody"]).fails(2);
    assert!(bad.contains("time \"later\""), "told before anything is looked for: {bad}");
    stack.run(&["rm", "-f", "it-until"]).ok();
}

/// What is typed comes from a terminal or not at all: a pipe's end would never be told.
#[test]
fn a_pipe_is_not_typed_at_a_terminal() {
    both_ways(|stack, how| {
        let says = "standard input is no terminal: leave out -t, or -i";
        let line = stack.run(&["run", "-it", "--name", "it-piped", "busybox", "cat"]).fails(125);
        assert_eq!(line, format!("ctrd: run it-piped: {says}"), "{how}");
        assert_eq!(stack.run(&["ps", "-q"]).ok(), "", "{how}");
        sleeper(stack, "it-typed");
        let line = stack.run(&["exec", "-it", "it-typed", "cat"]).fails(125);
        assert_eq!(line, format!("ctrd: exec it-typed: {says}"), "{how}");
        stack.run(&["run", "-dit", "--name", "it-pipelater", "busybox", "cat"]).ok();
        stack.run(&["rm", "-f", "it-pipelater", "it-typed"]).ok();
    });
}

#[test]
fn a_program_at_a_terminal_is_left_and_joined_again() {
    let stack = Stack::with_busybox();
    // script(1) hands on what is typed; the keys are ctrl-p ctrl-q.
    let (ctrd, dir) = (bin::path("ctrd"), stack.word());
    let ctrd = format!("{} --root {dir}/lib --state {dir}/run --address {dir}/run/ctrd.sock", ctrd.display());
    let on_terminal = |verb: &str, wait: &str, keys: &str| {
        use std::io::{Read, Write};
        let mut child = Command::new("script")
            .args(["-qec", &format!("{ctrd} {verb}"), "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("run script");
        let mut input = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&seen).contains(wait) && output.read(&mut byte).unwrap() == 1 {
            seen.push(byte[0]);
        }
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
        output.read_to_end(&mut seen).unwrap();
        (child.wait().unwrap().code(), String::from_utf8_lossy(&seen).into_owned())
    };
    let script = r#"echo begun; while read line; do echo "got $line"; [ "$line" = end ] && exit 4; done"#;
    let (code, seen) =
        on_terminal(&format!("run -it --name it-keys busybox sh -c '{script}'"), "begun", "\x10\x11");
    assert_eq!(code, Some(0), "{seen}");
    let state: Value = serde_json::from_str(&stack.run(&["inspect", "it-keys"]).ok()).unwrap();
    assert_eq!(state["task"]["status"], "running", "{seen}");
    let (code, seen) = on_terminal("attach it-keys", "", "hello\nend\n");
    assert!(seen.contains("got hello") && seen.contains("got end"), "{seen}");
    assert_eq!(code, Some(4), "{seen}");
    assert_eq!(stack.run(&["wait", "it-keys"]).ok(), "4\n");
    assert_eq!(
        std::fs::read_dir(stack.path("run/fifo")).unwrap().count(),
        0,
        "the FIFOs go with the program"
    );
    stack.run(&["rm", "it-keys"]).ok();
}

#[test]
fn what_runs_in_the_background_is_looked_at() {
    let stack = Stack::with_busybox();
    sleeper(&stack, "it-look");
    stack.run(&["exec", "-d", "it-look", "sleep", "777"]).ok();
    for verb in ["top", "tree"] {
        let text = stack.run(&[verb, "it-look"]).ok();
        assert!(text.contains("sleep 777") && text.contains("sleep 1000"), "{verb}: {text}");
    }
    let tree = objects(&stack.run(&["tree", "--format", "json", "it-look"]).ok());
    assert!(tree[0]["command"].as_str().unwrap().contains("ctrd-shim"), "{tree:?}");
    assert!(tree.iter().skip(1).all(|p| tree.iter().any(|q| q["pid"] == p["ppid"])), "{tree:?}");
    let stats = objects(&stack.run(&["stats", "--no-stream", "--format", "json"]).ok());
    assert_eq!(stats[0]["id"], "it-look");
    assert!(
        stats[0]["pids"]["current"].as_u64() > Some(1) && stats[0]["cpuPercent"].is_number(),
        "{stats:?}"
    );
    let metrics: Value = serde_json::from_str(&stack.run(&["task", "metrics", "it-look"]).ok()).unwrap();
    assert!(metrics["memory"]["usage"].as_u64() > Some(0), "{metrics}");
    assert_eq!(stack.run(&["update", "--memory", "77m", "it-look"]).ok(), "it-look\n");
    let metrics: Value = serde_json::from_str(&stack.run(&["task", "metrics", "it-look"]).ok()).unwrap();
    assert_eq!(metrics["memory"]["limit"], 77 << 20, "{metrics}");
    let shims = objects(&stack.run(&["shim", "ls", "--format", "json"]).ok());
    assert_eq!((&shims[0]["id"], &shims[0]["state"]), (&"it-look".into(), &"answers".into()));
    // An attached look at a log ends with the program, and has its status.
    let mut attach = stack.command(&["attach", "it-look"]).stdout(Stdio::piped()).spawn().unwrap();
    let (send, lines) = std::sync::mpsc::channel();
    let stdout = std::io::BufReader::new(attach.stdout.take().unwrap());
    std::thread::spawn(move || {
        std::io::BufRead::lines(stdout).map_while(Result::ok).all(|line| send.send(line).is_ok())
    });
    // What was written before it looked is not shown.
    let seen = loop {
        stack.run(&["exec", "it-look", "sh", "-c", "echo seen >/proc/1/fd/1"]).ok();
        if let Ok(line) = lines.recv_timeout(std::time::Duration::from_millis(100)) {
            break line;
        }
    };
    assert_eq!(seen, "seen");
    stack.run(&["kill", "it-look"]).ok();
    assert_eq!(attach.wait().unwrap().code(), Some(7));
    for verb in
        [&["stop"][..], &["rm"], &["pause"], &["wait"], &["attach"], &["top"], &["update", "--memory", "1g"]]
    {
        let failed = stack.run(&[verb, &["it-nobody"]].concat());
        assert!(failed.code != 0 && failed.stderr.lines().count() == 1, "{verb:?}: {failed:?}");
        assert!(failed.stderr.contains("not found"), "{verb:?}: {failed:?}");
    }
}

#[test]
fn new_limits_hold_after_the_next_start() {
    both_ways(|stack, how| {
        sleeper(stack, "it-limit");
        let limits = || {
            let metrics: Value =
                serde_json::from_str(&stack.run(&["task", "metrics", "it-limit"]).ok()).expect("JSON");
            (metrics["memory"]["limit"].clone(), metrics["pids"]["limit"].clone())
        };
        stack.run(&["update", "--memory", "77m", "--pids-limit", "55", "it-limit"]).ok();
        assert_eq!(limits(), ((77 << 20).into(), 55.into()), "{how}");
        stack.run(&["restart", "--time", "0", "it-limit"]).ok();
        assert_eq!(limits(), ((77 << 20).into(), 55.into()), "{how}: another task");
        // What the kernel refuses is not kept.
        let refused = stack.run(&["update", "--cpuset-cpus", "4000", "it-limit"]);
        assert_ne!(refused.code, 0, "{how}");
        stack.run(&["stop", "--time", "0", "it-limit"]).ok();
        stack.run(&["update", "--memory", "66m", "it-limit"]).ok();
        stack.run(&["start", "it-limit"]).ok();
        assert_eq!(limits(), ((66 << 20).into(), 55.into()), "{how}: one that had ended");
        stack.run(&["rm", "-f", "it-limit"]).ok();
    });
}

#[test]
fn a_shim_that_hangs_is_ended() {
    let stack = Stack::with_busybox();
    sleeper(&stack, "it-hung");
    let shims = objects(&stack.run(&["shim", "ls", "--format", "json"]).ok());
    let pid = nix::unistd::Pid::from_raw(shims[0]["pid"].as_i64().unwrap() as i32);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGSTOP).unwrap();
    let shims = objects(&stack.run(&["shim", "ls", "--format", "json"]).ok());
    assert_eq!(shims[0]["state"], "silent");
    assert_eq!(stack.run(&["shim", "end", "it-hung"]).ok(), "{\"exitStatus\":137}\n");
    stack.run(&["rm", "it-hung"]).ok();
    assert!(stack.run(&["shim", "end", "it-hung"]).fails(1).ends_with("has no shim"));
}

/// What is thrown away at its end is never synced; left by a command that was killed, it is a container like any.
#[test]
fn what_is_removed_at_its_end_is_not_synced() {
    both_ways(|stack, how| {
        let root = |flags: &[&str]| {
            let mounts = stack.run(&[&["run"], flags, &["busybox", "cat", "/proc/mounts"]].concat()).ok();
            mounts.lines().find(|line| line.contains(" / overlay ")).expect("its root").to_string()
        };
        assert!(!root(&["--name", "it-synced"]).contains("volatile"), "{how}");
        stack.run(&["rm", "it-synced"]).ok();
        assert!(root(&["--rm"]).contains("volatile"), "{how}");
        let script = "echo up; exec sleep 3000";
        let mut run = stack.command(&["run", "--rm", "--name", "it-volatile", "busybox", "sh", "-c", script]);
        let mut run = run.stdout(Stdio::piped()).spawn().expect("run ctrd");
        let mut line = String::new();
        BufReader::new(run.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        assert_eq!(line, "up\n", "{how}");
        run.kill().expect("kill it");
        run.wait().expect("reap it");
        stack.run(&["task", "delete", "--force", "it-volatile"]);
        assert_eq!(stack.run(&["start", "it-volatile"]).ok(), "it-volatile\n", "{how}");
        stack.run(&["rm", "-f", "it-volatile"]).ok();
    });
}
