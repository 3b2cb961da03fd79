//! Servers that start or die while a command is under way.

use std::process::Stdio;

use super::sleeper;
use crate::bin;
use crate::stack::Stack;

/// What waits goes on over the death of its server, and over the birth of another.
#[test]
fn what_waits_outlives_its_server() {
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    sleeper(&stack, "it-wait");
    let spawn =
        |args: &[&str]| stack.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let wait = spawn(&["wait", "it-wait"]);
    let task_wait = spawn(&["task", "wait", "it-wait"]);
    let logs = spawn(&["logs", "-f", "it-wait"]);
    let mut attach = spawn(&["attach", "it-wait"]);
    // It has found the task alive when it has the log open.
    while attach.try_wait().unwrap().is_none() && !has_open(attach.id(), "it-wait.log") {
        std::thread::yield_now();
    }
    server.kill();
    let mut server = stack.serve();
    server.kill();
    stack.run(&["stop", "it-wait"]).ok();
    let done = |child: std::process::Child| bin::done(&child.wait_with_output().unwrap());
    let (wait, logs, attach) = (done(wait), done(logs), done(attach));
    assert_eq!((wait.code, wait.stdout.as_str()), (0, "7\n"), "{}", wait.stderr);
    assert_eq!((logs.code, logs.stdout.as_str()), (0, "ready\n"), "{}", logs.stderr);
    assert_eq!(attach.code, 7, "{}", attach.stderr);
    let task_wait = done(task_wait);
    assert_eq!(task_wait.code, 7, "{task_wait:?}");
    stack.run(&["rm", "it-wait"]).ok();
}

/// Whether a process has a file of this name open.
fn has_open(pid: u32, name: &str) -> bool {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    open.filter_map(|fd| std::fs::read_link(fd.path()).ok()).any(|path| path.ends_with(name))
}

/// A server that starts finds what a command without one has begun.
#[test]
fn a_server_that_starts_finds_what_runs() {
    let stack = Stack::with_busybox();
    sleeper(&stack, "it-begun");
    let mut run =
        stack.command(&["run", "-i", "--name", "it-fore", "busybox", "sh", "-c", "echo up; read x; exit 6"]);
    let mut run = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut up = [0; 3];
    std::io::Read::read_exact(run.stdout.as_mut().unwrap(), &mut up).unwrap();
    let _server = stack.serve();
    let ps = stack.run(&["ps", "--filter", "status==running", "-q"]).ok();
    assert_eq!(ps, "it-begun\nit-fore\n");
    drop(run.stdin.take());
    assert_eq!(run.wait().unwrap().code(), Some(6));
    stack.run(&["stop", "it-begun"]).ok();
    assert_eq!(stack.run(&["wait", "it-begun"]).ok(), "7\n");
    stack.run(&["rm", "it-begun", "it-fore"]).ok();
}

/// Whatever a command was doing when its server died, it ends with one line, and can be done again.
#[test]
fn a_death_in_the_middle_is_one_line() {
    let stack = Stack::with_busybox();
    let root = stack.path("busybox-root").display().to_string();
    for verb in [
        &["image", "import", "--rootfs", "--name", "it-dead", &root][..],
        &["run", "--rm", "busybox", "true"],
        &["ps"],
    ] {
        let mut server = stack.serve();
        let child = stack.command(verb).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        server.kill();
        let done = bin::done(&child.wait_with_output().unwrap());
        assert!(done.code == 0 || done.stderr.lines().count() == 1, "{verb:?}: {done:?}");
        stack.run(verb).ok();
    }
    stack.run(&["rmi", "--sync", "it-dead"]).ok();
}

/// Nobody reads any more: what follows something ends, though there is nothing to write.
#[test]
fn what_follows_ends_with_its_reader() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    sleeper(&stack, "it-read");
    for verb in [&["logs", "-f", "it-read"][..], &["events"]] {
        let mut child = stack.command(verb).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{verb:?}");
    }
}
