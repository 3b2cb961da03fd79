//! Every verb of `ctrd` that works on a stack, with a server and without one; some, with a server that
//! starts or dies in the middle.

pub mod checkpoint;
mod confine;
mod copy;
mod every;
mod groups;
mod interrupted;
mod life;
mod listings;
mod restarted;
mod sandboxes;
mod silent;
mod stopped;
mod storage;
mod usage;

use crate::stack::{Server, Stack};

/// Runs `work` on one stack, with a server and then without; what it makes, it removes.
pub fn both_ways(work: impl Fn(&Stack, &str)) {
    let stack = Stack::with_busybox();
    both_ways_on(&stack, |how| work(&stack, how));
}

/// The same on a stack that there is.
pub fn both_ways_on(stack: &Stack, work: impl Fn(&str)) {
    let mut server: Server = stack.serve();
    work("with a server");
    server.kill();
    work("without one");
}

/// The lines of a JSON listing.
fn objects(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

/// What `inspect` shows of one container.
fn inspect(stack: &Stack, id: &str) -> serde_json::Value {
    serde_json::from_str(&stack.run(&["inspect", id]).ok()).expect("JSON")
}

/// Runs a container in the background that goes on until it is ended.
pub fn sleeper(stack: &Stack, name: &str) {
    let script = "trap 'exit 7' TERM; echo ready; while :; do sleep 1000 & wait; done";
    stack.run(&["run", "-d", "--name", name, "busybox", "sh", "-c", script]).ok();
    until_logged(stack, name, "ready");
}

/// Waits until a container in the background has written this line.
pub fn until_logged(stack: &Stack, name: &str, line: &str) {
    use std::io::{BufRead, BufReader};
    let mut follow =
        stack.command(&["logs", "-f", name]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    let found = lines.map_while(Result::ok).any(|got| got == line);
    follow.kill().unwrap();
    follow.wait().unwrap();
    assert!(found, "{name} never wrote {line}");
}
