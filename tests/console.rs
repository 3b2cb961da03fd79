//! The process's terminal and what else it inherits.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::bin;
use crate::caller::Ended;
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

/// What `ocirun` with these arguments shows on a terminal, a NUL of `script` apart.
fn on_terminal(runtime: &Runtime, args: &str) -> String {
    let state = runtime.root.path().join("state");
    let line = format!("stty -opost; {} --root {} {args}", bin::path("ocirun").display(), state.display());
    let mut command = Command::new("script");
    let done = bin::run(command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()));
    assert_eq!(done.code, 0, "{done:?}");
    done.stdout.replace('\0', "").replace("^@", "")
}

#[test]
fn a_terminal_has_its_size_its_place_and_bare_newlines() {
    let runtime = Runtime::new();
    let script = "tty; stty size </dev/console; echo two; echo words; ls -l /dev/console | cut -c 1; stat -c %u:%g $(tty)";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["process"]["terminal"] = json!(true);
        c["process"]["user"] = json!({"uid": 1000, "gid": 1000});
    });
    let out = on_terminal(&runtime, &format!("run --bundle {} it-tty", path(&bundle)));
    assert!(out.contains("/dev/pts/0\n") && out.contains("two\nwords\nc\n1000:"), "{out:?}");
    assert!(!out.contains('\r'), "a line ends in one byte: {out:?}");
}

#[test]
fn the_console_size_is_the_configs() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    runtime.create("it-size", bundle.path());
    runtime.run(&["start", "it-size"]).ok();
    let file = runtime.root.path().join("process.json");
    let process = json!({"terminal": true, "consoleSize": {"height": 17, "width": 91}, "args": ["stty", "size"],
        "cwd": "/", "env": ["PATH=/bin"]});
    std::fs::write(&file, process.to_string()).unwrap();
    // No terminal of the caller's overrules it here.
    let done = runtime.run(&["exec", "--process", file.to_str().unwrap(), "it-size"]);
    assert_eq!(done.ok().trim(), "17 91");
}

#[test]
fn a_window_that_changes_changes_the_containers() {
    let runtime = Runtime::new();
    // The shell is told by SIGWINCH, as a full-screen program is; once for the rows and once for the columns.
    let script = "trap 'stty size; [ \"$(stty size)\" != \"33 101\" ] || exit 0' WINCH; echo ready; while :; do sleep 3000 & wait; done";
    let bundle = Bundle::new(&["sh", "-c", script], |c| c["process"]["terminal"] = json!(true));
    let state = runtime.root.path().join("state");
    let ocirun = bin::path("ocirun");
    let line = format!(
        "tty; {} --root {} run --bundle {} it-window",
        ocirun.display(),
        state.display(),
        path(&bundle)
    );
    // Its input stays open: where it ends, script(1) ends too.
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("run script");
    let mut said =
        BufReader::new(child.stdout.take().expect("its output")).lines().map(|l| l.expect("a line"));
    let terminal = said.next().expect("the name of the terminal outside");
    assert!(said.any(|line| line.contains("ready")), "the container comes up");
    let resize = Command::new("stty").args(["-F", terminal.trim(), "rows", "33", "cols", "101"]).status();
    assert!(resize.expect("run stty").success());
    assert!(said.any(|line| line.trim() == "33 101"), "the container's terminal has the new size");
    assert!(child.wait().expect("script ends").success());
}

/// A program that closes its terminal and opens it again, as init systems and gettys do, goes on where it was, also where
/// it reads before it writes.
#[test]
fn a_terminal_that_nobody_has_open_for_a_while_goes_on() {
    let runtime = Runtime::new();
    let script = "exec </dev/null >/dev/null 2>&1
        for n in 1 2 3 4 5 6 7 8; do until [ -e /go$n ]; do :; done; echo line $n >/dev/console; done
        until [ -e /go9 ]; do :; done
        exec </dev/console; : >/open; read word; echo got $word >/dev/console; exit 4";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["process"]["terminal"] = json!(true);
        c["root"]["readonly"] = json!(false);
    });
    let state = runtime.root.path().join("state");
    let ocirun = bin::path("ocirun");
    let line =
        format!("{} --root {} run --bundle {} it-reopen", ocirun.display(), state.display(), path(&bundle));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("run script");
    let mut input = child.stdin.take().expect("its input");
    let mut said = fixture::lines(child.stdout.take().expect("its output"));
    for n in 1..=9 {
        std::fs::File::create(bundle.path().join(format!("rootfs/go{n}"))).expect("a file");
        let want = format!("line {n}");
        assert!(n == 9 || said.any(|line| line.trim() == want), "{want}");
    }
    while !bundle.path().join("rootfs/open").exists() {
        assert_eq!(child.try_wait().expect("script"), None, "it opens its terminal");
        std::thread::yield_now();
    }
    input.write_all(b"word\n").expect("type");
    assert!(said.any(|line| line.trim() == "got word"), "it reads on");
    assert_eq!(child.wait().expect("script ends").code(), Some(4));
}

/// `ocirun run` of a script at a terminal, with this input, and the lines that it shows.
fn fed(id: &str, script: &str, input: Stdio) -> (Runtime, Bundle, Ended, impl Iterator<Item = String>) {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", script], |c| c["process"]["terminal"] = json!(true));
    let mut command = bin::command("ocirun");
    command.arg("--root").arg(runtime.root.path().join("state")).args(["run", "--bundle", path(&bundle), id]);
    let mut child = Ended(command.stdin(input).stdout(Stdio::piped()).spawn().expect("run ocirun"));
    let said = fixture::lines(child.0.stdout.take().expect("its output"));
    (runtime, bundle, child, said)
}

/// More is typed than the terminal has room for, and more said: neither waits for the other.
#[test]
fn a_terminal_is_read_while_it_has_no_room() {
    let (_runtime, _bundle, mut child, mut said) =
        fed("it-typedmuch", "stty -echo; echo ready; cat; exit 5", Stdio::piped());
    let mut input = child.0.stdin.take().expect("its input");
    assert_eq!(said.next().as_deref(), Some("ready"));
    let lines: Vec<String> = (0..50_000).map(|n| format!("line {n}")).collect();
    let text = lines.join("\n") + "\n\x04";
    let typing = std::thread::spawn(move || input.write_all(text.as_bytes()));
    for line in lines {
        assert_eq!(said.next(), Some(line));
    }
    typing.join().expect("a thread").expect("type");
    assert_eq!(child.0.wait().expect("ocirun ends").code(), Some(5));
}

#[test]
fn a_program_ends_though_its_terminal_has_no_room() {
    let runtime = Runtime::new();
    let typed = runtime.root.path().join("typed");
    std::fs::write(&typed, "a line of it\n".repeat(50_000)).expect("write a file");
    let typed = std::fs::File::open(typed).expect("open a file");
    let script = "until [ -e /go ]; do :; done; exit 6";
    let (_runtime, bundle, mut child, said) = fed("it-nottyped", script, typed.into());
    let at = || {
        let info = std::fs::read_to_string(format!("/proc/{}/fdinfo/0", child.0.id())).expect("procfs");
        info.lines().find_map(|l| l.strip_prefix("pos:")?.trim().parse::<u64>().ok()).expect("a place")
    };
    // It has given all that there is room for.
    while at() == 0 {
        std::thread::yield_now();
    }
    std::fs::File::create(bundle.path().join("rootfs/go")).expect("a file");
    said.for_each(drop);
    assert_eq!(child.0.wait().expect("ocirun ends").code(), Some(6));
}

#[test]
fn descriptors_of_socket_activation_come_before_the_preserved() {
    let runtime = Runtime::new();
    let script = "echo $LISTEN_FDS $LISTEN_PID $$; cat <&3; cat <&4; ls /proc/self/fd | wc -l";
    let bundle = Bundle::new(&["sh", "-c", script], |_| {});
    let dir = runtime.root.path();
    std::fs::write(dir.join("three"), "third\n").unwrap();
    std::fs::write(dir.join("four"), "fourth\n").unwrap();
    let line = format!(
        "exec 3<{0}/three 4<{0}/four; exec {1} --root {0}/state run --preserve-fds 1 --bundle {2} it-listen",
        dir.display(),
        bin::path("ocirun").display(),
        path(&bundle)
    );
    let done = bin::run(Command::new("sh").args(["-c", &line]).env("LISTEN_FDS", "1"));
    assert_eq!(done.ok(), "1 1 1\nthird\nfourth\n6\n");
}

#[test]
fn labels_need_their_security_module() {
    let runtime = Runtime::new();
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    for (module, field, want) in [
        ("apparmor", "apparmorProfile", "apparmor: config provided but apparmor not supported"),
        ("selinux", "selinuxLabel", "selinux is disabled or not supported"),
    ] {
        if modules.contains(module) {
            continue;
        }
        let bundle = Bundle::new(&["true"], |c| c["process"][field] = json!("it-none"));
        let said = runtime.run(&["run", "--bundle", path(&bundle), "it-nolabel"]).fails(1);
        assert!(said.contains(want), "{said}");
    }
}
