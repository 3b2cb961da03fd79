//! The launch timeline: one trace through all four programs, with a server and without one, and
//! drawn in every form.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use crate::bin;
use crate::fixture;
use crate::stack::Stack;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn lines(stack: &Stack, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(stack.path(name)).expect("a trace");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn words(lines: &[Value], key: &str) -> BTreeSet<String> {
    lines.iter().map(|line| line[key].as_str().unwrap_or_default().to_string()).collect()
}

#[test]
fn one_trace_goes_through_four_programs() {
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    for with in ["a-server", "none"] {
        if with == "none" {
            server.kill();
        }
        let file = stack.path(with);
        let mut run = stack.command(&["run", "--rm", "--name", "it-trace", "busybox", "true"]);
        bin::run(run.env("CTRD_TRACE", &file).env("TRACEPARENT", PARENT)).ok();
        let lines = lines(&stack, with);
        let programs = words(&lines, "program");
        assert_eq!(
            programs.iter().map(String::as_str).collect::<Vec<_>>(),
            ["ctrd", "ctrd-shim", "ocirun", "ocirun-init"]
        );
        assert_eq!(words(&lines, "trace").into_iter().collect::<Vec<_>>(), [&PARENT[3..35]], "{with}");
        // Each is a part of another: of the caller's the command alone.
        let spans = words(&lines, "span");
        let outside: HashSet<_> = lines
            .iter()
            .filter(|line| !spans.contains(line["parent"].as_str().unwrap_or_default()))
            .map(|line| (line["name"].as_str().unwrap(), line["parent"].as_str().unwrap()))
            .collect();
        assert_eq!(outside, HashSet::from([("run it-trace", &PARENT[36..52])]), "{with}");
        let names = words(&lines, "name");
        for name in
            ["Tasks.Create", "start it-trace", "ocirun create", "create it-trace", "mounts", "pivot_root"]
        {
            assert!(names.contains(name), "{with}: {name}: {names:?}");
        }
        assert!(lines.iter().all(|line| line["start"].as_u64() <= line["end"].as_u64()));
    }
}

#[test]
fn a_trace_is_drawn_in_every_form() {
    let stack = Stack::with_busybox();
    let file = stack.path("trace").display().to_string();
    stack.run(&["--trace", &file, "run", "--rm", "--name", "it-drawn", "busybox", "true"]).ok();
    let text = stack.run(&["trace", &file]).ok();
    assert!(text.starts_with("trace ") && text.contains("█"), "{text}");
    assert!(text.lines().any(|line| line.trim_start().starts_with("ocirun-init pivot_root")), "{text}");
    let svg = stack.run(&["trace", "--svg", &file]).ok();
    assert!(svg.starts_with("<svg ") && svg.contains("ocirun-init mounts"), "{svg}");
    let chrome: Value = serde_json::from_str(&stack.run(&["trace", "--chrome", &file]).ok()).expect("JSON");
    let lines = lines(&stack, "trace");
    let drawn = chrome["traceEvents"].as_array().expect("events").iter().filter(|e| e["ph"] == "X").count();
    assert_eq!(drawn, lines.len());
    let id = lines[0]["trace"].as_str().unwrap();
    assert_eq!(stack.run(&["trace", "--id", &id[..8], &file]).ok(), text);
    let none = stack.run(&["trace", "--id", "nothing", &file]).fails(1);
    assert!(none.ends_with("has no trace nothing"), "{none}");
    let none = stack.run(&["trace", "/dev/null"]).fails(1);
    assert_eq!(none, "ctrd: trace: /dev/null: has no line of a trace");
}

#[test]
fn nothing_of_it_is_seen_in_the_container_or_without_a_file() {
    let bundle = fixture::Bundle::new(&["sh", "-c", "ls -l /proc/self/fd; env"], |_| {});
    let file = bundle.path().join("trace");
    let mut run = bin::command("ocirun");
    run.args(["run", "it-quiet"]).current_dir(bundle.path()).env("CTRD_TRACE", &file);
    let seen = bin::run(&mut run).ok();
    assert!(!seen.contains("trace") && !seen.contains("TRACE"), "{seen}");
    let text = std::fs::read_to_string(&file).expect("a trace");
    assert!(text.contains("\"run it-quiet\"") && text.contains("ocirun-init"), "{text}");

    std::fs::remove_file(&file).unwrap();
    let mut run = bin::command("ocirun");
    bin::run(run.args(["run", "it-quiet"]).current_dir(bundle.path()).env("CTRD_TRACE", "")).ok();
    // A place that cannot be written is no reason to fail.
    let mut run = bin::command("ocirun");
    bin::run(run.args(["run", "it-quiet"]).current_dir(bundle.path()).env("CTRD_TRACE", "/proc/nothing/x"))
        .ok();
    assert!(!file.exists());
}
