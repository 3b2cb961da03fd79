//! A shim that hangs, here by SIGSTOP: it holds up nobody who looks at others, who wants something of it
//! is told which process it is and what helps, and a server begins beside it.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{both_ways, inspect, objects, sleeper};
use crate::ctr;
use crate::stack::Stack;

/// Stops the shim of a container, and gives its process.
fn stop(stack: &Stack, id: &str) -> i32 {
    let shims = objects(&stack.run(&["shim", "ls", "--format", "json"]).ok());
    let shim = shims.iter().find(|shim| shim["id"] == id).expect("its shim");
    let pid = shim["pid"].as_i64().expect("a pid") as i32;
    kill(Pid::from_raw(pid), Signal::SIGSTOP).expect("stop the shim");
    pid
}

fn go_on(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGCONT).expect("continue the shim");
}

fn status(stack: &Stack, verb: &[&str], id: &str) -> String {
    let all = objects(&stack.run(&[verb, &["--format", "json"]].concat()).ok());
    let one = all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {id}: {all:?}"));
    one["status"].as_str().unwrap_or("none").to_string()
}

#[test]
fn listings_show_the_others_and_that_this_one_is_not_known() {
    both_ways(|stack, how| {
        sleeper(stack, "it-well-l");
        sleeper(stack, "it-stuck-l");
        let pid = stop(stack, "it-stuck-l");
        for verb in [&["ps"][..], &["task", "ls"]] {
            assert_eq!(status(stack, verb, "it-well-l"), "running", "{how}: {verb:?}");
            assert_eq!(status(stack, verb, "it-stuck-l"), "unknown", "{how}: {verb:?}");
        }
        let known = inspect(stack, "it-stuck-l");
        assert!(known["task"]["pid"].as_i64() > Some(0), "{how}: its process is known: {known}");
        let stats = objects(&stack.run(&["stats", "--no-stream", "--format", "json"]).ok());
        assert!(stats.iter().any(|one| one["id"] == "it-well-l"), "{how}: {stats:?}");
        let shims = objects(&stack.run(&["shim", "ls", "--format", "json"]).ok());
        let state = |id: &str| shims.iter().find(|s| s["id"] == id).unwrap()["state"].clone();
        assert_eq!((state("it-well-l"), state("it-stuck-l")), ("answers".into(), "silent".into()), "{how}");
        go_on(pid);
        assert_eq!(status(stack, &["ps"], "it-stuck-l"), "running", "{how}");
        stack.run(&["rm", "-f", "it-well-l", "it-stuck-l"]).ok();
    });
}

#[test]
fn who_wants_something_of_it_is_told_what_helps() {
    both_ways(|stack, how| {
        sleeper(stack, "it-stuck-w");
        let pid = stop(stack, "it-stuck-w");
        let says = format!("kill -CONT {pid} lets it go on, ctrd shim end it-stuck-w kills it and cleans up");
        for args in [
            &["kill", "it-stuck-w"][..],
            &["kill", "-s", "KILL", "--all", "it-stuck-w"],
            &["task", "delete", "--force", "it-stuck-w"],
            &["task", "ps", "it-stuck-w"],
            &["pause", "it-stuck-w"],
            &["update", "--memory", "64m", "it-stuck-w"],
            &["stop", "--time", "0", "it-stuck-w"],
            &["rm", "--force", "it-stuck-w"],
        ] {
            let line = stack.run(args).fails(1);
            assert!(line.contains("the shim is stopped") && line.contains(&says), "{how}: {args:?}: {line}");
        }
        let exec = stack.run(&["exec", "it-stuck-w", "true"]);
        assert!(exec.code == 125 && exec.stderr.contains(&says), "{how}: {exec:?}");
        assert_eq!(stack.run(&["shim", "end", "it-stuck-w"]).ok(), "{\"exitStatus\":137}\n", "{how}");
        stack.run(&["rm", "it-stuck-w"]).ok();
    });
}

#[test]
fn a_server_begins_beside_it() {
    let stack = Stack::with_busybox();
    sleeper(&stack, "it-well-b");
    sleeper(&stack, "it-stuck-b");
    let pid = stop(&stack, "it-stuck-b");
    let server = stack.serve();
    assert_eq!(status(&stack, &["ps"], "it-stuck-b"), "unknown");
    assert_eq!(status(&stack, &["ps"], "it-well-b"), "running");
    stack.run(&["rm", "-f", "it-well-b"]).ok();
    go_on(pid);
    assert_eq!(status(&stack, &["ps"], "it-stuck-b"), "running");
    stack.run(&["rm", "-f", "it-stuck-b"]).ok();
    drop(server);
}

#[test]
fn ctr_lists_and_is_told_as_well() {
    ctr::with_each(|ctr| {
        ctr.ok(&["run", "-d", "bb:busybox", "it-well-c", "sleep", "3000"]);
        ctr.ok(&["run", "-d", "bb:busybox", "it-stuck-c", "sleep", "3000"]);
        let pid = stop(&ctr.stack, "it-stuck-c");
        let status = |id: &str| ctr.line(&["tasks", "ls"], id).expect("a task")[2].clone();
        assert_eq!((status("it-well-c"), status("it-stuck-c")), ("RUNNING".into(), "UNKNOWN".into()));
        ctr.ok(&["tasks", "metrics", "it-well-c"]);
        ctr.fails(&["tasks", "kill", "it-stuck-c"], &format!("kill -CONT {pid} lets it go on"));
        ctr.fails(&["tasks", "metrics", "it-stuck-c"], "");
        go_on(pid);
        assert_eq!(status("it-stuck-c"), "RUNNING");
    });
}
