//! `--restart`: what the command line says the server's monitor does.

use serde_json::Value;

use super::{inspect, sleeper};
use crate::bin;
use crate::shim::stalled::program;
use crate::stack::{Server, Stack};

/// A server that looks often.
fn serve(stack: &Stack) -> Server {
    let file = stack.path("config.toml");
    let text = "version = 3\n[plugins.\"io.containerd.monitor.container.v1.restart\"]\ninterval = \"50ms\"\n";
    std::fs::write(&file, text).unwrap();
    stack.serve_with(&["--config", file.to_str().unwrap()])
}

/// Waits until the container is as it should be.
fn until(stack: &Stack, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let now = inspect(stack, id);
        if wanted(&now) {
            return now;
        }
        assert!(std::time::Instant::now() < limit, "{now}");
    }
}

fn pid(one: &Value) -> i64 {
    one["task"]["pid"].as_i64().unwrap_or_default()
}

fn runs(one: &Value) -> bool {
    one["task"]["status"] == "running"
}

/// What is to be kept running needs somebody who does it: the server ends for want of anybody else only afterwards.
#[test]
fn a_server_does_not_idle_out_on_whom_it_keeps_running() {
    let stack = Stack::with_busybox();
    let file = stack.path("config.toml");
    let text =
        "version = 3\n[plugins.\"io.containerd.monitor.container.v1.restart\"]\ninterval = \"100ms\"\n";
    std::fs::write(&file, text).unwrap();
    std::fs::create_dir(stack.path("out")).unwrap();
    let mut server = stack.serve_with(&["--config", file.to_str().unwrap(), "--idle-timeout", "1s"]);
    let volume = format!("{}:/out", stack.path("out").display());
    let script = "echo up >>/out/lines; sleep 1";
    let run = ["run", "-d", "--name", "it-rkept", "--restart", "always", "-v", &volume];
    stack.run(&[&run[..], &["busybox", "sh", "-c", script]].concat()).ok();
    // Nobody is connected while it is started again and again, for longer than the server would wait.
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while std::fs::read_to_string(stack.path("out/lines")).unwrap_or_default().lines().count() < 4 {
        assert!(std::time::Instant::now() < limit && !server.has_ended(), "{:?}", stack.path("serve.log"));
        std::thread::yield_now();
    }
    stack.run(&["rm", "-f", "it-rkept"]).ok();
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn what_ends_runs_again_until_it_is_stopped() {
    let stack = Stack::with_busybox();
    let server = serve(&stack);
    let script = "trap 'exit 7' TERM; echo ready; while :; do sleep 1000 & wait; done";
    let run =
        ["run", "-d", "--name", "it-again", "--restart", "unless-stopped", "busybox", "sh", "-c", script];
    let done = stack.run(&run);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "a server runs");
    let first = inspect(&stack, "it-again");
    assert_eq!(first["restart"]["policy"], "unless-stopped");
    stack.run(&["kill", "-s", "KILL", "it-again"]).ok();
    let second = until(&stack, "it-again", |now| runs(now) && pid(now) != pid(&first));
    assert_eq!(second["restart"]["count"], 1);
    assert!(stack.run(&["ps"]).ok().contains("running, restarted 1x"));
    // Its output goes on in the same file.
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while stack.run(&["logs", "it-again"]).ok() != "ready\nready\n" {
        assert!(std::time::Instant::now() < limit, "{}", stack.run(&["logs", "it-again"]).stdout);
    }
    stack.run(&["stop", "it-again"]).ok();
    let ended = inspect(&stack, "it-again");
    assert_eq!((&ended["task"]["exitStatus"], &ended["restart"]["stopped"]), (&7.into(), &true.into()));
    assert_eq!(ended["labels"]["containerd.io/restart.explicitly-stopped"], "true");
    // Another server leaves it.
    drop(server);
    let server = serve(&stack);
    sleeper(&stack, "it-rother");
    stack.run(&["update", "--restart", "always", "it-rother"]).ok();
    stack.run(&["stop", "--time", "0", "it-rother"]).ok();
    drop(server);
    let server = serve(&stack);
    until(&stack, "it-rother", runs);
    assert_eq!(inspect(&stack, "it-again")["task"]["status"], "stopped");
    stack.run(&["start", "it-again"]).ok();
    let third = inspect(&stack, "it-again");
    assert_eq!(third["restart"]["stopped"], false);
    stack.run(&["update", "--restart", "no", "it-again"]).ok();
    stack.run(&["kill", "it-again"]).ok();
    assert_eq!(stack.run(&["wait", "it-again"]).ok(), "7\n");
    assert_eq!(inspect(&stack, "it-again")["restart"], Value::Null);
    stack.run(&["rm", "-f", "it-again", "it-rother"]).ok();
    drop(server);
}

/// A shim that hangs when it is to start a container again holds up that one alone, which is not started twice.
#[test]
fn one_that_hangs_holds_up_no_other() {
    let stack = Stack::with_busybox();
    let server = serve(&stack);
    let (gate, starts, hang) = (stack.path("gate"), stack.path("starts"), stack.path("hang"));
    nix::unistd::mkfifo(&gate, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let script = format!(
        "case \" $* \" in *\" start \"*) echo x >>{}; [ ! -e {} ] || read -r on <{} ;; esac\nexec {} \"$@\"",
        starts.display(),
        hang.display(),
        gate.display(),
        bin::path("ctrd-shim").display()
    );
    let slow = program(&stack.path("slow-shim"), &script);
    for (id, shim) in [("it-rhung", slow.as_str()), ("it-onward", bin::path("ctrd-shim").to_str().unwrap())] {
        let run = ["run", "-d", "--name", id, "--runtime", shim, "--restart", "always", "busybox"];
        stack.run(&[&run[..], &["sleep", "3000"]].concat()).ok();
    }
    let begun = || std::fs::read_to_string(&starts).unwrap().lines().count();
    std::fs::write(&hang, "").unwrap();
    stack.run(&["kill", "-s", "KILL", "it-rhung"]).ok();
    while begun() < 2 {
        std::thread::yield_now();
    }
    for count in 1..=3 {
        stack.run(&["kill", "-s", "KILL", "it-onward"]).ok();
        until(&stack, "it-onward", |now| runs(now) && now["restart"]["count"] == count);
        assert!(
            !runs(&inspect(&stack, "it-rhung")) && begun() == 2,
            "it hangs, and is not tried again: {}",
            begun()
        );
    }
    std::fs::remove_file(&hang).unwrap();
    std::fs::write(&gate, "on\n").unwrap();
    let again = until(&stack, "it-rhung", runs);
    assert_eq!((&again["restart"]["count"], begun()), (&1.into(), 2));
    stack.run(&["rm", "-f", "it-rhung", "it-onward"]).ok();
    drop(server);
}

#[test]
fn failures_are_counted() {
    let stack = Stack::with_busybox();
    let server = serve(&stack);
    let run = ["run", "-d", "--name", "it-fails", "--restart", "on-failure:2", "busybox", "sh", "-c"];
    stack.run(&[&run[..], &["echo again; exit 3"]].concat()).ok();
    let last = until(&stack, "it-fails", |now| {
        now["restart"]["count"] == 2
            && now["labels"]["io.containerd.ctrd.restarting"].is_null()
            && now["task"]["exitStatus"] == 3
    });
    assert_eq!(last["restart"]["policy"], "on-failure:2");
    stack.run(&["rm", "it-fails"]).ok();
    drop(server);
}

#[test]
fn without_a_server_it_is_said_and_waits_for_one() {
    let stack = Stack::with_busybox();
    let script = "[ -e /twice ] && exec sleep 3000; touch /twice; exit 1";
    let run = ["run", "-d", "--name", "it-waits", "--restart", "always", "busybox", "sh", "-c", script];
    let done = stack.run(&run);
    assert_eq!((done.code, done.stdout.as_str()), (0, "it-waits\n"));
    assert_eq!(
        done.stderr,
        "ctrd: run it-waits: --restart takes effect while a server runs, and none does (ctrd serve)\n"
    );
    assert_eq!(stack.run(&["wait", "it-waits"]).ok(), "1\n");
    let server = serve(&stack);
    until(&stack, "it-waits", runs);
    drop(server);
    for (args, says) in [
        (&["run", "--restart", "always", "busybox", "true"][..], "--restart needs --detach"),
        (
            &["run", "-d", "--restart", "sometimes", "busybox", "true"],
            "restart policy \"sometimes\": must be no",
        ),
    ] {
        let line = stack.run(args).fails(125);
        assert!(line.contains(says), "{line}");
    }
    let line = stack.run(&["update", "--restart", "sometimes", "it-waits"]).fails(2);
    assert!(line.contains("restart policy \"sometimes\": must be no"), "{line}");
    stack.run(&["rm", "-f", "it-waits"]).ok();
}
