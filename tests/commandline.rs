//! The command line of `ocirun` as callers of runc rely on it: texts, exit statuses, logs, help.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::bin::{self, Done};
use crate::fixture::{self, Bundle};
use crate::runtime::{Runtime, wait_exit};

pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A container of that program, started.
fn started(runtime: &Runtime, id: &str, bundle: &Bundle) -> i64 {
    runtime.create(id, bundle.path());
    runtime.run(&["start", id]).ok();
    runtime.state(id)["pid"].as_i64().expect("a pid")
}

/// Runs what leaves a process behind, which keeps the streams that it was given: they are none.
pub fn detached(runtime: &Runtime, args: &[&str]) {
    let mut command = runtime.command(args);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("run ocirun");
    assert!(status.success(), "{args:?}");
}

/// Runs a line of words; `%` in one stands for a space.
fn line(runtime: &Runtime, words: &str) -> Done {
    let words: Vec<String> = words.split(' ').map(|w| w.replace('%', " ")).collect();
    runtime.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn what_is_not_there_has_its_text_and_status() {
    let runtime = Runtime::new();
    std::fs::create_dir(runtime.root.path().join("state")).unwrap();
    for (words, code, want) in [
        ("state none", 1, "state none: container does not exist"),
        ("start none", 1, "container does not exist"),
        ("kill none 9", 1, "container does not exist"),
        ("kill --all none 9", 1, "container does not exist"),
        ("delete none", 1, "container does not exist"),
        ("pause none", 1, "container does not exist"),
        ("resume none", 1, "container does not exist"),
        ("ps none", 1, "container does not exist"),
        ("update --memory 64m none", 1, "container does not exist"),
        ("exec none true", 255, "exec failed: container does not exist"),
        ("state a/b", 1, "invalid container ID format"),
        ("create --bundle / ..", 1, "runc create failed: invalid container ID format"),
        ("run --bundle /nonexistent x", 1, "runc run failed: bundle /nonexistent: no such file or directory"),
        ("run --bundle /etc x", 1, "config.json not found in /etc"),
        ("nosuchverb", 3, "No help topic for 'nosuchverb'"),
        ("nosuchverb -h", 3, "No help topic for 'nosuchverb'"),
        ("--debug nosuchverb", 3, "No help topic for 'nosuchverb'"),
        ("state", 1, "missing argument: <ID>"),
        ("state a b", 1, "unexpected argument"),
        ("list --format xml", 1, "invalid value \"xml\" for flag --format"),
        ("exec --additional-gids x none true", 1, "invalid value \"x\" for flag --additional-gids"),
        ("kill --nosuchflag none", 1, "flag provided but not defined: -nosuchflag"),
        ("--nosuchflag", 1, "flag provided but not defined: -nosuchflag"),
        ("create --bundle", 1, "flag needs an argument: --bundle"),
        ("exec --cwd", 1, "flag needs an argument: --cwd"),
    ] {
        let done = line(&runtime, words).fails(code);
        assert!(done.starts_with("ocirun: error: ") && done.contains(want), "{words}: {done}");
    }
    assert_eq!(line(&runtime, "delete --force none").ok(), "");
    assert_eq!(line(&runtime, "delete -f none").ok(), "");
}

#[test]
fn wrong_usage_is_told_on_standard_output_as_engines_look_for_it() {
    let runtime = Runtime::new();
    let done = line(&runtime, "create --nosuchflag x");
    assert_eq!(done.code, 1);
    assert!(done.stdout.starts_with("Incorrect Usage: flag provided but not defined: -nosuchflag\n\nNAME:"));
    // How an engine asks whether a pod can be restored.
    let done = line(&runtime, "kill --log");
    assert_eq!((done.code, done.stdout.contains("Incorrect Usage")), (1, true), "{done:?}");
}

#[test]
fn list_wants_the_root_that_was_named() {
    let runtime = Runtime::new();
    let missing = runtime.root.path().join("nowhere");
    let done = bin::run(bin::command("ocirun").arg("--root").arg(&missing).arg("list")).fails(1);
    assert!(done.contains(&format!("open {}: no such file or directory", text(&missing))), "{done}");
    assert!(!missing.exists());
}

#[test]
fn help_has_the_layout_of_runc() {
    let help = |args: &[&str]| bin::run(bin::command("ocirun").args(args)).ok();
    for args in [&["-h"][..], &["--help"], &["help"], &["h"], &[]] {
        let text = help(args);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "NAME:", "{args:?}");
        assert!(lines[1].contains("runc - Open Container Initiative runtime"), "{args:?}: {}", lines[1]);
    }
    let verbs: Vec<String> = help(&["-h"])
        .lines()
        .skip_while(|l| *l != "COMMANDS:")
        .skip(1)
        .take_while(|l| !l.is_empty())
        .map(|l| l.split_whitespace().next().unwrap().trim_end_matches(',').to_string())
        .filter(|verb| verb != "help")
        .collect();
    assert!(verbs.len() >= 14, "{verbs:?}");
    for verb in &verbs {
        for args in [[verb, "-h"], [verb, "--help"], ["help", verb]] {
            let text = help(&args);
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines[0], "NAME:", "{args:?}");
            assert!(lines[1].starts_with(&format!("   ocirun {verb} - ")), "{}", lines[1]);
            assert!(text.contains("\nUSAGE:\n") && text.contains("\nOPTIONS:\n"), "{text}");
        }
    }
}

#[test]
fn the_name_is_the_one_that_it_was_called_by() {
    let dir = fixture::temp();
    let link = dir.path().join("runc");
    std::os::unix::fs::symlink(bin::path("ocirun"), &link).unwrap();
    let text = bin::run(Command::new(&link).args(["create", "--help"])).ok();
    assert!(text.contains("   runc create - "), "{text}");
    let text = bin::run(Command::new(&link).arg("--help")).ok();
    assert!(text.starts_with("NAME:\n   runc - Open Container Initiative runtime\n"), "{text}");
    let done = bin::run(Command::new(&link).arg("--root").arg(dir.path()).args(["state", "x"])).fails(1);
    assert_eq!(done, "runc: error: state x: container does not exist");
    // It finds ocirun-init by what the link leads to.
    let bundle = Bundle::new(&["echo", "through"], |_| {});
    let root = dir.path().join("state");
    let mut run = Command::new(&link);
    run.arg("--root").arg(&root).args(["run", "--bundle"]).arg(bundle.path()).arg("it-cl-link");
    assert_eq!(bin::run(&mut run).ok(), "through\n");
    // A caller may give any name as the first word.
    let done = bin::run(bin::command("ocirun").arg0("").arg("nosuch"));
    assert_eq!(done.code, 3);
}

#[test]
fn the_version_has_the_lines_that_callers_parse() {
    for flag in ["--version", "-v", "-version"] {
        let text = bin::run(bin::command("ocirun").arg(flag)).ok();
        let lines: Vec<&str> = text.lines().collect();
        let number = lines[0].strip_prefix("runc version ").expect("containerd's first line");
        let parts: Vec<&str> = number.splitn(3, '.').collect();
        assert!(parts.len() == 3 && parts[..2].iter().all(|p| p.parse::<u32>().is_ok()), "{number}");
        assert!(lines[1].starts_with("commit: ") && lines[2].starts_with("spec: 1."), "{text}");
    }
}

#[test]
fn options_in_every_form_and_place() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["echo", "ran"], |_| {});
    let b = text(bundle.path());
    for words in [
        format!("run -bundle {b} it-cl-form"),
        format!("run -no-subreaper --bundle={b} it-cl-form"),
        format!("run it-cl-form --bundle {b}"),
        format!("run it-cl-form -b {b} -keep=false"),
        format!("run -b {b} --no-pivot=false -- it-cl-form"),
    ] {
        assert_eq!(line(&runtime, &words).ok(), "ran\n", "{words}");
    }
    let out = bin::run(
        bin::command("ocirun")
            .arg(format!("-root={}", text(runtime.root.path())))
            .args(["run", "-b", b, "it-cl-r"]),
    );
    assert_eq!(out.ok(), "ran\n");
}

#[test]
fn the_states_of_a_container_and_what_each_refuses() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    let id = "it-cl-life";
    runtime.create(id, bundle.path());
    // Created: exec is allowed, start as well.
    assert_eq!(runtime.run(&["exec", id, "echo", "in"]).ok(), "in\n");
    let again = runtime.run(&["create", "--bundle", text(bundle.path()), id]).fails(1);
    assert_eq!(again, "ocirun: error: runc create failed: container with given ID already exists");
    runtime.run(&["start", id]).ok();
    let pid = runtime.state(id)["pid"].as_i64().unwrap();
    let refused = |words: &str, code, want: &str| {
        let done = line(&runtime, words).fails(code);
        assert!(done.ends_with(want), "{words}: {done}");
    };
    refused("start it-cl-life", 1, "cannot start an already running container");
    refused("delete it-cl-life", 1, "cannot delete container it-cl-life that is not stopped: running");
    refused("kill it-cl-life NOSUCH", 1, "unknown signal \"NOSUCH\"");
    refused("resume it-cl-life", 1, "container not paused");
    for signal in ["0", "CONT", "SIGCONT", "sigcont", "18"] {
        runtime.run(&["kill", id, signal]).ok();
    }
    line(&runtime, "pause it-cl-life").ok();
    assert_eq!(runtime.state(id)["status"], "paused");
    refused("pause it-cl-life", 1, "container not running");
    refused(
        "exec it-cl-life true",
        255,
        "exec failed: cannot exec in a paused container (use --ignore-paused to override)",
    );
    line(&runtime, "resume it-cl-life").ok();

    runtime.run(&["kill", id, "9"]).ok();
    wait_exit(pid);
    refused("start it-cl-life", 1, "cannot start a container that has stopped");
    refused("kill it-cl-life 9", 1, "container not running");
    refused("kill it-cl-life 0", 1, "container not running");
    refused("pause it-cl-life", 1, "container not running");
    refused("exec it-cl-life true", 255, "exec failed: cannot exec in a stopped container");
    // Where the whole container is meant, one that has ended is no failure.
    line(&runtime, "kill --all it-cl-life 9").ok();
    line(&runtime, "kill -a it-cl-life 0").ok();
    let table = line(&runtime, "ps it-cl-life").ok();
    assert!(table.lines().count() == 1 && table.contains("PID"), "{table}");
    assert_eq!(line(&runtime, "ps --format json it-cl-life").ok(), "[]\n");
    assert_eq!(runtime.state(id)["pid"], 0);
    line(&runtime, "delete it-cl-life").ok();
}

#[test]
fn exec_says_why_a_program_does_not_start() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    started(&runtime, "it-cl-why", &bundle);
    let script = bundle.path().join("rootfs/odd.sh");
    bin::run(
        Command::new("sh")
            .args(["-c", &format!("printf '#!/nonexistent\\n' >{0}; chmod +x {0}", text(&script))]),
    )
    .ok();
    for (args, want) in [
        (
            &["nosuchbin"][..],
            "exec failed: unable to start container process: exec: \"nosuchbin\": executable file not found in $PATH",
        ),
        (
            &["/nosuchbin"],
            "exec failed: unable to start container process: exec: \"/nosuchbin\": no such file or directory",
        ),
        (
            &["/etc/passwd"],
            "exec failed: unable to start container process: exec: \"/etc/passwd\": permission denied",
        ),
        (&["/etc"], "exec failed: unable to start container process: exec: \"/etc\": is a directory"),
        (
            &["--cwd", "/nonexist", "true"],
            "exec failed: unable to start container process: chdir to cwd (\"/nonexist\") set in config.json failed: no such file or directory",
        ),
    ] {
        let (options, rest) = if args[0] == "--cwd" { args.split_at(2) } else { args.split_at(0) };
        let all = [&["exec"], options, &["it-cl-why"], rest].concat();
        assert_eq!(runtime.run(&all).fails(255), format!("ocirun: error: {want}"));
    }
    // What execve itself refuses comes after the container was let go: the words alone.
    let late = runtime.run(&["exec", "it-cl-why", "/odd.sh"]).fails(255);
    assert_eq!(late, "exec /odd.sh: no such file or directory");
    assert!(runtime.run(&["exec", "it-cl-why"]).fails(255).contains("process args cannot be empty"));
    assert_eq!(runtime.run(&["exec", "--pid-file", "/nonexistent/pid", "it-cl-why", "true"]).code, 255);
    bundle.edit(|c| c["process"]["args"] = json!(["/odd.sh"]));
    let late = runtime.run(&["run", "--bundle", text(bundle.path()), "it-cl-late"]).fails(1);
    assert_eq!(late, "exec /odd.sh: no such file or directory");
    runtime.run(&["state", "it-cl-late"]).fails(1);
}

#[test]
fn run_says_why_a_container_does_not_start() {
    let runtime = Runtime::new();
    let prefix = "ocirun: error: runc run failed: ";
    let start = "unable to start container process: error during container init: ";
    let bundle = Bundle::new(&["nosuchbin"], |_| {});
    let fails = || runtime.run(&["run", "--bundle", text(bundle.path()), "it-cl-run"]).fails(1);
    let want = format!("{prefix}{start}exec: \"nosuchbin\": executable file not found in $PATH");
    assert_eq!(fails(), want);
    bundle.edit(|c| {
        c["mounts"]
            .as_array_mut()
            .unwrap()
            .push(json!({"destination": "/mnt", "type": "bind", "source": "/nonexist", "options": ["bind"]}))
    });
    let said = fails();
    assert!(
        said.contains("failed to fulfil mount request: open /nonexist: no such file or directory"),
        "{said}"
    );
    bundle.edit(|c| c["process"]["terminal"] = json!(true));
    let said = runtime.run(&["run", "-d", "--bundle", text(bundle.path()), "it-cl-run"]).fails(1);
    assert!(
        said.contains("cannot allocate tty if ocirun will detach without setting console socket"),
        "{said}"
    );
}

#[test]
fn a_program_s_status_is_the_status() {
    let runtime = Runtime::new();
    for (script, code) in [("exit 42", 42), ("kill -9 $$", 0), ("exit 255", 255)] {
        let bundle = Bundle::new(&["sh", "-c", script], |_| {});
        let done = runtime.run(&["run", "--bundle", text(bundle.path()), "it-cl-status"]);
        // The first process of a pid namespace cannot kill itself.
        assert_eq!(done.code, code, "{script}");
    }
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    started(&runtime, "it-cl-status", &bundle);
    for (script, code) in [("exit 42", 42), ("kill -9 $$", 137), ("kill -TERM $$", 143)] {
        assert_eq!(runtime.run(&["exec", "it-cl-status", "sh", "-c", script]).code, code, "{script}");
    }
}

#[test]
fn the_kind_of_a_failure_as_exit_status() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    started(&runtime, "it-cl-code", &bundle);
    for (words, plain, kind) in [
        ("state none", 1, 66),
        ("state a/b", 1, 68),
        ("start it-cl-code", 1, 70),
        ("resume it-cl-code", 1, 72),
        ("kill it-cl-code NOSUCH", 1, 73),
        ("exec none true", 255, 66),
        ("exec it-cl-code nosuchbin", 255, 127),
        ("exec it-cl-code /etc", 255, 126),
        ("run --bundle /nonexistent x", 1, 74),
    ] {
        assert_eq!(line(&runtime, words).code, plain, "{words}");
        assert_eq!(line(&runtime, &format!("--status-codes {words}")).code, kind, "{words}");
    }
    assert_eq!(line(&runtime, "--status-codes exec it-cl-code sh -c exit%7").code, 7);
}

#[test]
fn a_created_container_can_be_ended_politely() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    for signal in ["TERM", "INT", "HUP"] {
        runtime.create("it-cl-term", bundle.path());
        let pid = runtime.state("it-cl-term")["pid"].as_i64().unwrap();
        runtime.run(&["kill", "it-cl-term", signal]).ok();
        wait_exit(pid);
        assert_eq!(runtime.state("it-cl-term")["status"], "stopped");
        runtime.run(&["delete", "it-cl-term"]).ok();
    }
}

/// Without a pid namespace of its own a container outlives its first process.
#[test]
fn kill_means_all_where_the_processes_are_the_hosts() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "sleep 3000 & echo $!; exec sleep 3000"], |c| {
        c["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "pid");
    });
    let out = runtime.create("it-cl-host", bundle.path());
    runtime.run(&["start", "it-cl-host"]).ok();
    let first = runtime.state("it-cl-host")["pid"].as_i64().unwrap();
    let second = loop {
        if let Ok(pid) = std::fs::read_to_string(&out).unwrap().trim().parse::<i64>() {
            break pid;
        }
    };
    bin::run(Command::new("kill").args(["-9", &first.to_string()])).ok();
    wait_exit(first);
    assert_eq!(runtime.state("it-cl-host")["status"], "stopped");
    runtime.run(&["kill", "it-cl-host", "KILL"]).ok();
    wait_exit(second);
    let done = runtime.run(&["kill", "it-cl-host", "KILL"]).fails(1);
    assert!(done.ends_with("container not running"), "{done}");
}

#[test]
fn pid_files_hold_a_number_and_nothing_else() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    let file = runtime.root.path().join("pid");
    let args = ["run", "-d", "--pid-file", text(&file), "--bundle", text(bundle.path()), "it-cl-pid"];
    detached(&runtime, &args);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), runtime.state("it-cl-pid")["pid"].to_string());
    let process = runtime.root.path().join("process.json");
    std::fs::write(&process, r#"{"args":["/bin/sleep","3000"],"cwd":"/"}"#).unwrap();
    let exec = ["exec", "--process", text(&process), "--detach", "--pid-file", text(&file), "it-cl-pid"];
    detached(&runtime, &exec);
    let pid = std::fs::read_to_string(&file).unwrap();
    assert!(pid.bytes().all(|b| b.is_ascii_digit()), "{pid:?}");
    let pids: Vec<i64> = serde_json::from_str(&runtime.run(&["ps", "-f", "json", "it-cl-pid"]).ok()).unwrap();
    assert!(pids.contains(&pid.parse().unwrap()), "{pids:?}");
    let table = runtime.run(&["ps", "it-cl-pid", "-e", "-o", "pid,args"]).ok();
    assert_eq!(table.lines().filter(|l| l.contains("sleep 3000")).count(), 2, "{table}");
}

#[test]
fn state_and_list_have_the_known_fields() {
    let runtime = Runtime::new();
    std::fs::create_dir(runtime.root.path().join("state")).unwrap();
    assert_eq!(line(&runtime, "list --format=json").ok(), "null\n");
    let bundle = Bundle::new(&["sleep", "3000"], |c| c["annotations"] = json!({"a": "b"}));
    started(&runtime, "it-cl-list", &bundle);
    let state = line(&runtime, "state it-cl-list").ok();
    let keys = ["ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "annotations", "owner"];
    let places: Vec<_> = keys.iter().map(|k| state.find(&format!("  \"{k}\": ")).expect(k)).collect();
    assert!(places.is_sorted() && state.ends_with('}') && state.contains("\"owner\": \"\""), "{state}");
    let list = line(&runtime, "list --format=json").ok();
    assert!(list.starts_with("[{\"ociVersion\":\"1.") && list.ends_with("}]\n"), "{list}");
    let list: Value = serde_json::from_str(&list).unwrap();
    let owner = bin::run(Command::new("id").arg("-un")).ok();
    assert_eq!(list[0]["owner"], owner.trim());
    assert_eq!(list[0]["annotations"]["a"], "b");
    let table = line(&runtime, "list").ok();
    let rows: Vec<Vec<&str>> = table.lines().map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]);
    assert_eq!((rows[1][0], rows[1][2], rows[1][5]), ("it-cl-list", "running", owner.trim()));
    assert_eq!(line(&runtime, "list -q").ok(), "it-cl-list\n");
}

#[test]
fn descriptors_in_their_order_and_what_is_missing() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(
        &["sh", "-c", "cat <&3; cat <&4; echo $LISTEN_FDS $LISTEN_PID; ls /proc/self/fd | wc -l"],
        |_| {},
    );
    let script = "exec 3<<<activated 4<<<preserved; exec \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, "sh"]).arg(bin::path("ocirun")).env("LISTEN_FDS", "1");
    command.arg("--root").arg(runtime.root.path()).args(["run", "--preserve-fds", "1", "--bundle"]);
    command.arg(bundle.path()).arg("it-cl-fds").stdin(Stdio::null());
    // 0 to 4, and the one that ls reads the folder by.
    assert_eq!(bin::run(&mut command).ok(), "activated\npreserved\n1 1\n6\n");
    // Whatever this test itself was started with.
    let mut command = Command::new("bash");
    command.args(["-c", "exec 3<&- 4<&-; exec \"$@\"", "sh"]).arg(bin::path("ocirun"));
    command.arg("--root").arg(runtime.root.path()).args(["run", "--preserve-fds", "2", "--bundle"]);
    command.arg(bundle.path()).arg("it-cl-fds").stdin(Stdio::null());
    let done = bin::run(&mut command).fails(1);
    assert!(done.contains("unable to stat preserved-fd 0 (of 2)"), "{done}");
    assert!(done.ends_with("bad file descriptor"), "{done}");
}

#[test]
fn without_cgroups_a_container_stays_in_the_callers() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |c| {
        c["mounts"].as_array_mut().unwrap().retain(|m| m["type"] != "cgroup");
        c["linux"]["cgroupsPath"] = json!("/it-cl-none");
    });
    let b = text(bundle.path());
    detached(&runtime, &["--cgroup-manager", "disabled", "run", "-d", "--bundle", b, "it-cl-none"]);
    let pid = runtime.state("it-cl-none")["pid"].as_i64().unwrap();
    let cgroups = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    assert_eq!(cgroups(&pid.to_string()), cgroups("self"));
    // The verbs after it need not be told.
    assert_eq!(line(&runtime, "exec it-cl-none echo in").ok(), "in\n");
    line(&runtime, "kill it-cl-none KILL").ok();
    wait_exit(pid);
    line(&runtime, "delete it-cl-none").ok();
}
