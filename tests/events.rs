//! `ocirun events`: the counters of a container at intervals, and word of each want of memory.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

/// Memory in which a busybox lives and a hog dies.
const LIMIT: u64 = 32 << 20;

/// A running container that sleeps.
fn sleeping(runtime: &Runtime, id: &str, edit: impl FnOnce(&mut Value)) -> Bundle {
    let bundle = Bundle::new(&["sleep", "3000"], edit);
    runtime.create(id, bundle.path());
    runtime.run(&["start", id]).ok();
    bundle
}

/// `events` on its way, and its lines.
fn stream(runtime: &Runtime, id: &str, interval: &str) -> (Child, impl Iterator<Item = String>) {
    let mut events = runtime
        .command(&["events", "--interval", interval, id])
        .stdout(Stdio::piped())
        .spawn()
        .expect("run ocirun");
    let lines = BufReader::new(events.stdout.take().expect("stdout")).lines();
    (events, lines.map(|l| l.expect("read")))
}

/// Waits for the end of `events`. All that it still has to say is read, or a full pipe would hold it
/// up for ever.
fn ends(mut events: Child, lines: impl Iterator<Item = String>) {
    lines.for_each(drop);
    assert!(events.wait().expect("it ends").success());
}

fn limited(config: &mut Value) {
    config["linux"]["resources"] =
        json!({"memory": {"limit": LIMIT}, "pids": {"limit": 77}, "cpu": {"shares": 512}});
    if bin::counts_swap() {
        config["linux"]["resources"]["memory"]["swap"] = json!(LIMIT);
    }
}

#[test]
fn stats_once() {
    let runtime = Runtime::new();
    let _bundle = sleeping(&runtime, "it-stats", limited);
    let text = runtime.run(&["events", "--stats", "it-stats"]).ok();
    assert!(
        text.starts_with(r#"{"type":"stats","id":"it-stats","data":{"cpu":{"usage":{"total":"#),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1, "{text}");
    let data = &serde_json::from_str::<Value>(&text).expect("JSON")["data"];
    assert_eq!(data["memory"]["usage"]["limit"], LIMIT);
    assert!(data["memory"]["usage"]["usage"].as_u64().expect("bytes in use") > 0);
    assert_eq!((&data["pids"]["current"], &data["pids"]["limit"]), (&json!(1), &json!(77)));
    for key in ["cpuset", "blkio", "hugetlb", "intel_rdt", "network_interfaces"] {
        assert!(data.get(key).is_some(), "{key} in {text}");
    }
}

/// A line at each interval, and an end with the container's, not sooner.
#[test]
fn a_stream_that_ends_with_the_container() {
    let runtime = Runtime::new();
    let _bundle = sleeping(&runtime, "it-stream", |_| {});
    let (events, mut lines) = stream(&runtime, "it-stream", "50ms");
    for _ in 0..3 {
        let line = lines.next().expect("another line");
        assert!(line.starts_with(r#"{"type":"stats","id":"it-stream","#), "{line}");
    }
    runtime.run(&["delete", "--force", "it-stream"]).ok();
    ends(events, lines);
}

#[test]
fn want_of_memory_is_told() {
    let runtime = Runtime::new();
    let _bundle = sleeping(&runtime, "it-oom", limited);
    let (events, mut lines) = stream(&runtime, "it-oom", "50ms");
    // It watches once it prints.
    lines.next().expect("a first line");
    let hog = runtime.run(&["exec", "it-oom", "sh", "-c", "x=$(dd if=/dev/urandom bs=1M count=40 | od)"]);
    assert_eq!(hog.code, 137, "{hog:?}");
    let oom = lines.find(|l| l.contains(r#""type":"oom""#)).expect("word of it");
    assert_eq!(oom, r#"{"type":"oom","id":"it-oom"}"#);
    runtime.run(&["delete", "--force", "it-oom"]).ok();
    ends(events, lines);
}

/// The last process dies of it: the word comes before the end.
#[test]
fn want_of_memory_that_ends_the_container() {
    let runtime = Runtime::new();
    // The shell itself grows, until it is killed.
    let script = "read go </go; x=$(dd if=/dev/urandom bs=1M count=40 | od); echo survived";
    let bundle = Bundle::new(&["sh", "-c", script], limited);
    let go = bundle.path().join("rootfs/go");
    bin::run(Command::new("mkfifo").arg(&go)).ok();
    let out = runtime.create("it-last", bundle.path());
    runtime.run(&["start", "it-last"]).ok();
    let (events, mut lines) = stream(&runtime, "it-last", "10ms");
    lines.next().expect("a first line");
    std::fs::write(&go, "go\n").expect("write");
    assert!(lines.any(|l| l == r#"{"type":"oom","id":"it-last"}"#), "no word of it");
    ends(events, lines);
    assert_eq!(std::fs::read_to_string(out).unwrap(), "");
}

#[test]
fn refused() {
    let runtime = Runtime::new();
    let _bundle = sleeping(&runtime, "it-evbad", |_| {});
    for interval in ["0", "0s", "-1s", "x", "5"] {
        let line = runtime.run(&["events", "--interval", interval, "it-evbad"]).fails(1);
        assert!(line.contains("duration"), "{line}");
    }
    let pid = runtime.state("it-evbad")["pid"].as_i64().expect("a pid");
    runtime.run(&["kill", "it-evbad", "KILL"]).ok();
    crate::runtime::wait_exit(pid);
    let line = runtime.run(&["events", "--stats", "it-evbad"]).fails(1);
    assert!(line.contains("container with id it-evbad is not running"), "{line}");
    let line = runtime.run(&["events", "it-none"]).fails(1);
    assert!(line.contains("container does not exist"), "{line}");
}
