//! `kill -9` of a server at every change that it makes while a command asks for one thing. The command goes on without
//! it or says that it could not; what it has said is so with the next server, and nothing is left.

use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::mpsc;

use nix::sys::signal::{Signal, kill};

use super::tasks::Case;
use super::{broken, kill as killed, places};
use crate::bin::{self, Done};
use crate::stack::Stack;

/// What there is before, the command, and what shows it done: a command that prints ID then, or does not.
struct Verb {
    before: &'static [&'static str],
    line: &'static str,
    seen: &'static str,
    shows: bool,
}

const fn verb(before: &'static [&'static str], line: &'static str, seen: &'static str, shows: bool) -> Verb {
    Verb { before, line, seen, shows }
}

const RUN: &[&str] = &["run -d --name ID busybox sleep 3000"];
const LIVE: &str = "ps -q --filter status=running";

const VERBS: [Verb; 12] = [
    verb(&[], "create --name ID busybox sleep 3000", "container ls -q", true),
    verb(&[], "run -d --name ID busybox sleep 3000", LIVE, true),
    verb(&[], "run --rm --name ID busybox true", "container ls -q", false),
    verb(&["create --name ID busybox sleep 3000"], "start ID", LIVE, true),
    verb(RUN, "exec ID true", LIVE, true),
    verb(RUN, "stop --time 0 ID", LIVE, false),
    verb(RUN, "restart --time 0 ID", LIVE, true),
    verb(RUN, "pause ID", LIVE, false),
    verb(RUN, "commit ID image-of-ID", "images -q", true),
    verb(RUN, "rm --force ID", "container ls -q", false),
    verb(&["create --name ID busybox sleep 3000"], "rm ID", "container ls -q", false),
    verb(&["tag busybox image-of-ID"], "rmi --sync image-of-ID", "images -q", false),
];

/// Has a server run that is killed at its change of this number while `command` runs; how many it made, if it was not.
fn serve_up_to(stack: &Stack, place: usize, command: &mut Command) -> (Option<usize>, Done) {
    let config = stack.path("quiet.toml");
    std::fs::write(&config, "version = 3\n[debug]\nlevel = \"error\"\n").expect("write the configuration");
    let server = stack.command(&["serve", "--config", config.to_str().expect("UTF-8")]);
    let (told, pid) = mpsc::channel();
    let started = move |pid| told.send(pid).expect("somebody waits for it");
    let tracer = std::thread::spawn(move || killed::at_and(&server, place, started));
    let pid = pid.recv().expect("a process");
    while UnixStream::connect(stack.address()).is_err() && !tracer.is_finished() {
        std::thread::yield_now();
    }
    let done = bin::run(command);
    if !tracer.is_finished() {
        kill(pid, Signal::SIGTERM).ok();
    }
    (tracer.join().expect("the tracer"), done)
}

#[test]
fn kill_a_server_while_it_works() {
    let ground = Stack::with_busybox();
    let (mut all, mut dead, mut failed, mut wrong) = (0, 0, 0, Vec::new());
    for (nth, Verb { before, line, seen, shows }) in VERBS.iter().enumerate() {
        let begun = |case: &Case, place: usize| {
            case.prepare(before);
            serve_up_to(&case.stack, place, &mut case.command(line))
        };
        let id = format!("it-served-{nth}");
        let plain = Case::on(&ground, &id);
        let (count, done) = begun(&plain, usize::MAX);
        done.ok();
        let count = count.expect("nobody kills it");
        // A server that ends leaves to the next one what takes it too long.
        assert_eq!(plain.wipe(true), [""; 0], "{line}");
        for place in places(count, 5) {
            let id = format!("{id}-{place}");
            let case = Case::on(&ground, &id);
            let (ended, done) = begun(&case, place);
            (all, dead) = (all + 1, dead + usize::from(ended.is_none()));
            failed += usize::from(done.code != 0);
            let when = format!("{line}: its server killed at {place} of {count}");
            let server = case.stack.serve();
            let found = bin::run(&mut case.command(seen)).ok();
            if done.code == 0 && found.contains(&id) != *shows {
                wrong.push(format!("{when}: acknowledged, and then {seen}: {found}"));
            }
            if done.code != 0 && done.stderr.lines().count() != 1 {
                wrong.push(format!("{when}: not one line: {}", done.stderr));
            }
            drop(server);
            let left = case.wipe(true);
            if !left.is_empty() {
                wrong.push(format!("{when}: left behind: {left:#?}"));
            }
            bin::run(&mut case.command("rmi --force --sync image-of-ID")).ok();
            // And all of it works as if nothing had been.
            case.prepare(before);
            bin::run(&mut case.command(line)).ok();
            let found = bin::run(&mut case.command("content fsck")).stdout;
            if !broken(&found).is_empty() {
                wrong.push(format!("{when}: {found}"));
            }
            let left = case.wipe(false);
            if !left.is_empty() {
                wrong.push(format!("{when}: left behind after the same once more: {left:#?}"));
            }
        }
    }
    eprintln!("{} verbs, {all} places, killed at {dead}, {failed} commands failed", VERBS.len());
    assert!(wrong.is_empty(), "{} of {all}: {}", wrong.len(), wrong.join("\n"));
    assert!(dead > VERBS.len());
}
