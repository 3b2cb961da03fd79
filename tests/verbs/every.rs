//! Every verb there is, with a server and without one: none is left out, and what is wrong is one line.

use std::collections::BTreeSet;
use std::process::Stdio;

use super::both_ways;
use crate::stack::Stack;

/// Lines of verbs; `!` before one that fails, by its status. Each finds what the ones before it made.
const LINES: &[&str] = &[
    "image ls",
    "images -q",
    "image check",
    "image usage",
    "image tag busybox every:1",
    "tag busybox every:2",
    "image copy --to it-other every:1",
    "-n it-other image rm every:1",
    "image label every:1 a=b",
    "image inspect every:1",
    "image unpack every:1",
    "image export -q -o DIR/image.tar every:1",
    "image export -q every:1",
    "image import -q DIR/image.tar",
    "image mount every:1 /mnt",
    "image unmount /mnt",
    "image rm every:1",
    "rmi --sync every:2",
    "container create --name it-a busybox true",
    "container ls",
    "container inspect it-a",
    "container label it-a a=b",
    "container rm it-a",
    "container create --name it-s busybox true",
    "checkpoint it-s every-saved",
    "container checkpoint --rw it-s every-saved",
    "rm it-s",
    "restore it-s every-saved",
    "rm --force it-s",
    "container restore it-s every-saved",
    "rm --force it-s",
    "rmi every-saved",
    "sandbox create it-p",
    "sandbox start it-p",
    "sandbox ls",
    "sandbox inspect it-p",
    "sandbox metrics it-p",
    "sandbox stop it-p",
    "sandbox wait it-p",
    "sandbox rm it-p",
    "sandbox run it-p",
    "!1 sandbox run it-p",
    "sandbox rm it-p",
    "create --name it-b --tmpfs /t busybox sh -c SLEEP",
    "task start -d it-b",
    "task ls",
    "task ps it-b",
    "task metrics it-b",
    "task pause it-b",
    "task resume it-b",
    "pause it-b",
    "resume it-b",
    "task exec it-b true",
    "exec it-b true",
    "update --pids-limit 99 it-b",
    "ps",
    "top it-b",
    "stats --no-stream it-b",
    "tree it-b",
    "inspect it-b",
    "logs it-b",
    "cp /etc/passwd it-b:/tmp/every",
    "cp it-b:/tmp/every DIR/every",
    "diff it-b",
    "shim ls",
    "commit it-b every:3",
    "image rm every:3",
    "kill --signal KILL it-b",
    "!137 task wait it-b",
    "wait it-b",
    "!137 task delete it-b",
    "start it-b",
    "restart --time 0 it-b",
    "task kill --signal KILL it-b",
    "wait it-b",
    "stop it-b",
    "!125 attach it-b",
    "!125 task attach it-b",
    "!1 task checkpoint --image-path DIR/images it-b",
    "rm it-b",
    "run --rm busybox true",
    "content ls",
    "content active",
    "content ingest every",
    "!1 content abort nothing",
    "!1 content label sha256:none a=b",
    "!1 content get sha256:none",
    "!1 content rm sha256:none",
    "content fsck --quick",
    "snapshot ls",
    "snapshot tree",
    "snapshot prepare it-c",
    "snapshot inspect it-c",
    "snapshot usage it-c",
    "snapshot label it-c a=b",
    "snapshot mounts /mnt it-c",
    "snapshot commit it-d it-c",
    "snapshot view it-e it-d",
    "snapshot diff --keep it-d",
    "snapshot rm it-e",
    "snapshot rm it-d",
    "lease create --id it-f",
    "lease ls",
    "lease add it-f images busybox",
    "lease resources it-f",
    "lease drop it-f images busybox",
    "lease rm it-f",
    "namespace create it-g",
    "namespace ls",
    "namespace label it-g a=b",
    "namespace rm it-g",
    "plugins ls",
    "version",
    "info",
    "check -q",
    "config default",
    "config dump",
    "!1 config migrate",
    "!1 trace /dev/null",
    "!1 shim create unix:///run/none /run/none it",
    "!1 shim start unix:///run/none it",
    "!1 shim state unix:///run/none it",
    "!1 shim wait unix:///run/none it",
    "!1 shim kill unix:///run/none it",
    "!1 shim delete unix:///run/none it",
    "!1 shim shutdown unix:///run/none it",
    "!1 shim end it-nobody",
];

/// Those that end only when they are told to, which have tests of their own.
const ENDLESS: [&str; 2] = ["events", "serve"];

/// How a verb is tried whose output nobody reads.
const UNREAD: &str = "nobody reads";

/// The lines name the same containers, and so the same cgroups, whoever tries them: one at a time.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn run(stack: &Stack, how: &str, line: &str, stdout: Stdio) {
    let (code, line) = match line.strip_prefix('!').and_then(|rest| rest.split_once(' ')) {
        Some((code, rest)) => (code.parse().expect("a status"), rest),
        None => (0, line),
    };
    let dir = stack.word();
    let words: Vec<String> = line
        .split(' ')
        .map(|word| match word {
            "SLEEP" => "while :; do sleep 1; done".to_string(),
            word => word.replace("DIR", dir),
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = stack.command(&words);
    let child = command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn().expect("ctrd");
    let done = crate::bin::done(&child.wait_with_output().expect("its end"));
    assert_eq!(done.code, code, "{how}: {line}: {done:?}");
    if code == 0 && how == UNREAD {
        assert!(!done.stderr.contains("Broken pipe"), "{how}: {line}: {done:?}");
    }
    if code == 1 {
        assert_eq!(done.stderr.lines().count(), 1, "{how}: {line}: {done:?}");
        assert!(done.stderr.starts_with("ctrd: "), "{how}: {line}: {done:?}");
    }
}

#[test]
fn every_verb_with_a_server_and_without_one() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    both_ways(|stack, how| LINES.iter().for_each(|line| run(stack, how, line, Stdio::piped())));
}

/// Whoever reads no more has seen enough: the command does what it was to do, and says nothing of it.
#[test]
fn every_verb_does_its_work_though_nobody_reads() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    for line in LINES {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        // Control groups are named as containers are, and the other test has its own at the same time.
        run(&stack, UNREAD, &line.replace("it-", "un-"), writer.into());
    }
}

#[test]
fn no_verb_is_left_out() {
    fn leaves(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
        let here = format!("{path} {}", command.get_name());
        for sub in command.get_subcommands() {
            leaves(sub, &here, found);
        }
        if !command.has_subcommands() {
            found.insert(here.trim().trim_start_matches("ctrd ").to_string());
        }
    }
    let mut verbs = BTreeSet::new();
    leaves(&ctrd::cli::command(), "", &mut verbs);
    let has = |verb: &str| {
        LINES.iter().any(|line| {
            let line = line
                .split_once(' ')
                .filter(|(word, _)| word.starts_with('!'))
                .map_or(*line, |(_, rest)| rest);
            line == verb || line.starts_with(&format!("{verb} "))
        })
    };
    let lost: Vec<_> = verbs.iter().filter(|verb| !has(verb) && !ENDLESS.contains(&verb.as_str())).collect();
    assert!(lost.is_empty(), "verbs that no line tries: {lost:?}");
}
