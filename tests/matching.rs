//! `kill --regex` and `delete --regex`: each container whose id matches has its turn, and no other.

use std::path::Path;

use crate::bin::Done;
use crate::commandline::text;
use crate::fixture::Bundle;
use crate::runtime::{Runtime, wait_exit};

fn sleeper() -> Bundle {
    Bundle::new(&["sleep", "3000"], |_| {})
}

fn pid(runtime: &Runtime, id: &str) -> i64 {
    runtime.state(id)["pid"].as_i64().expect("a pid")
}

fn running(runtime: &Runtime, id: &str, bundle: &Path) -> i64 {
    runtime.create(id, bundle);
    runtime.run(&["start", id]).ok();
    pid(runtime, id)
}

fn ids(runtime: &Runtime) -> String {
    runtime.run(&["list", "-q"]).ok()
}

/// The lines of several failures, with the status of the whole.
fn lines(done: &Done, code: i32) -> Vec<String> {
    assert_eq!(done.code, code, "{done:?}");
    done.stderr.lines().map(str::to_owned).collect()
}

#[test]
fn those_that_match_are_ended_and_deleted_and_no_others() {
    let runtime = Runtime::new();
    let bundle = sleeper();
    let pids = ["it-rx-1", "it-rx-2", "it-rx-other"].map(|id| running(&runtime, id, bundle.path()));
    runtime.run(&["kill", "--regex", "^it-rx-[0-9]$", "KILL"]).ok();
    wait_exit(pids[0]);
    wait_exit(pids[1]);
    for (id, status) in [("it-rx-1", "stopped"), ("it-rx-2", "stopped"), ("it-rx-other", "running")] {
        assert_eq!(runtime.state(id)["status"], status, "{id}");
    }
    runtime.run(&["delete", "-r", "rx-[12]"]).ok();
    assert_eq!(ids(&runtime), "it-rx-other\n");
    runtime.run(&["delete", "--force", "-r", "."]).ok();
    assert_eq!(ids(&runtime), "");
}

#[test]
fn a_failure_is_told_and_the_others_have_their_turn() {
    let runtime = Runtime::new();
    let bundle = sleeper();
    running(&runtime, "it-rxf-a", bundle.path());
    let second = running(&runtime, "it-rxf-b", bundle.path());
    running(&runtime, "it-rxf-c", bundle.path());
    runtime.run(&["kill", "it-rxf-b", "KILL"]).ok();
    wait_exit(second);
    let done = runtime.run(&["delete", "--regex", "it-rxf"]);
    assert_eq!(
        lines(&done, 1),
        ["a", "c"].map(|name| format!(
            "ocirun: error: delete it-rxf-{name}: cannot delete container it-rxf-{name} that is not stopped: running"
        ))
    );
    assert_eq!(ids(&runtime), "it-rxf-a\nit-rxf-c\n");

    let first = pid(&runtime, "it-rxf-a");
    runtime.run(&["kill", "it-rxf-a", "KILL"]).ok();
    wait_exit(first);
    let third = pid(&runtime, "it-rxf-c");
    let done = runtime.run(&["--status-codes", "kill", "-r", "it-rxf", "KILL"]);
    assert_eq!(lines(&done, 69), ["ocirun: error: kill it-rxf-a: container not running"]);
    wait_exit(third);
}

#[test]
fn each_failure_is_an_entry_of_the_log() {
    let runtime = Runtime::new();
    let bundle = sleeper();
    for id in ["it-rxl-a", "it-rxl-b"] {
        running(&runtime, id, bundle.path());
    }
    let log = runtime.root.path().join("log");
    let done = runtime.run(&["--log", text(&log), "--log-format", "json", "delete", "-r", "rxl"]);
    assert_eq!(lines(&done, 1).len(), 2);
    let entries: Vec<serde_json::Value> = std::fs::read_to_string(&log)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).expect("an entry a line"))
        .collect();
    assert_eq!(
        entries.iter().map(|e| e["id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["it-rxl-a", "it-rxl-b"]
    );
}

#[test]
fn nothing_matches_and_what_is_no_expression() {
    let runtime = Runtime::new();
    let line = runtime.run(&["kill", "-r", "x", "KILL"]).fails(1);
    assert!(
        line.ends_with("state: no such file or directory"),
        "a root that is named has to be there: {line}"
    );
    let bundle = sleeper();
    runtime.create("it-rxn", bundle.path());
    assert_eq!(runtime.run(&["kill", "-r", "^rxn"]).ok(), "");
    assert_eq!(runtime.run(&["delete", "-r", "nothing"]).ok(), "");
    let line = runtime.run(&["delete", "-r", "it-(rxn"]).fails(1);
    assert!(line.starts_with("ocirun: error: delete it-(rxn: regular expression \"it-(rxn\": "), "{line}");
    let line = runtime.run(&["kill", "-r", "rxn", "NOSUCH"]).fails(1);
    assert!(line.ends_with("unknown signal \"NOSUCH\""), "{line}");
    assert_eq!(runtime.state("it-rxn")["status"], "created");
}
