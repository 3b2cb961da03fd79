//! Somebody else on the host, who is nobody's friend: what he sees and reaches of a ctrd at work is nothing.

use std::io::Write;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bin::{self, Done};
use crate::stack::Stack;
use crate::traces;

/// One that others may execute.
const PYTHON: &str = "/usr/bin/python3";

/// As user and group 65534, and of no other group.
fn as_nobody(program: &[&str], input: &str) -> Done {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).args(program);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("run setpriv");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let done = bin::done(&child.wait_with_output().expect("its output"));
    let _ = writer.join();
    done
}

/// All that there is below a folder, mounts too, as root finds it.
fn below(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            below(&entry.path(), found);
        }
    }
}

/// A ctrd with all that it has while it works, in folders that may be entered from above.
fn at_work(id: &str) -> (Stack, crate::stack::Server) {
    let stack = Stack::with_busybox();
    std::fs::set_permissions(stack.dir.path(), std::fs::Permissions::from_mode(0o755))
        .expect("open the folder");
    let config = stack.path("config.toml");
    let debug = stack.path("run/debug.sock");
    std::fs::write(&config, format!("version = 3\n[debug]\naddress = {debug:?}\n")).expect("a configuration");
    let server = stack.serve_with(&["--config", config.to_str().expect("UTF-8")]);
    let script = "cp /bin/busybox /tmp/root; chmod 4755 /tmp/root; echo ready; sleep 3000";
    let run = ["run", "-d", "--name", id, "--env", "PASSWORD=x", "busybox", "sh", "-c", script];
    stack.run(&run).ok();
    crate::verbs::until_logged(&stack, id, "ready");
    stack.run(&["exec", "-d", "--exec-id", "it-more", id, "sleep", "3001"]).ok();
    stack
        .run(&[
            "run",
            "-d",
            "--name",
            &format!("{id}-native"),
            "--snapshotter",
            "native",
            "busybox",
            "sleep",
            "3002",
        ])
        .ok();
    (stack, server)
}

/// Sockets that ctrd and its shims listen at, by what the kernel has of them: path, or `@` and a name.
fn sockets(stack: &Stack) -> Vec<String> {
    let ours = traces::processes().filter(|(_, line)| line.contains(stack.word()));
    let mut inodes = std::collections::BTreeSet::new();
    for (pid, _) in ours {
        for fd in std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten() {
            let to = std::fs::read_link(fd.path()).unwrap_or_default();
            let inode = to.to_str().and_then(|to| to.strip_prefix("socket:[")?.strip_suffix(']'));
            inodes.extend(inode.map(str::to_string));
        }
    }
    let table = std::fs::read_to_string("/proc/net/unix").expect("the table of sockets");
    let named = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        inodes.contains(fields[6]).then(|| fields.get(7).map(ToString::to_string)).flatten()
    });
    let all: std::collections::BTreeSet<String> = named.collect();
    all.into_iter().collect()
}

const CONNECT: &str = "
import socket, sys
for path in sys.stdin.read().split('\\n'):
    if not path: continue
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET:
        try:
            socket.socket(socket.AF_UNIX, kind).connect(path)
            print('connected', path)
        except PermissionError: pass
        except OSError as e: print(e, path)
";

/// CVE-2020-15257: every socket is a file that root alone may connect to, and none has a name without one, which
/// everybody in the same network namespace could connect to.
#[test]
fn nobody_connects() {
    if !bin::peer(PYTHON) {
        return;
    }
    let (stack, _server) = at_work("it-socket");
    let all = sockets(&stack);
    let abstract_ones: Vec<&String> = all.iter().filter(|name| name.starts_with('@')).collect();
    assert!(abstract_ones.is_empty(), "{abstract_ones:?}");
    let count = |word: &str| all.iter().filter(|name| name.contains(word)).count();
    // gRPC, ttrpc, debug, and a shim for each container.
    for (word, least) in [("ctrd.sock", 2), ("ctrd.sock.ttrpc", 1), ("debug.sock", 1)] {
        assert!(count(word) >= least, "{word}: {all:?}");
    }
    let mut files: Vec<PathBuf> = Vec::new();
    below(stack.dir.path(), &mut files);
    let is_socket = |path: &PathBuf| std::fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket());
    let files: Vec<String> = files.iter().filter(|p| is_socket(p)).map(|p| p.display().to_string()).collect();
    // The kernel knows one by the name that it had when it was bound.
    let unknown: Vec<&String> =
        all.iter().filter(|name| !files.iter().any(|file| file == name.trim_end_matches('~'))).collect();
    assert!(unknown.is_empty(), "{unknown:?} of {files:?}");
    assert!(files.len() >= 5, "{files:?}");
    let done = as_nobody(&[PYTHON, "-c", CONNECT], &files.join("\n"));
    assert_eq!((done.stdout.as_str(), done.stderr.as_str(), done.code), ("", "", 0));
    // The same question finds one that lets him in.
    let open = stack.path("open.sock");
    let _listener = std::os::unix::net::UnixListener::bind(&open).expect("bind");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o666)).expect("open it");
    let done = as_nobody(&[PYTHON, "-c", CONNECT], open.to_str().expect("UTF-8"));
    assert!(done.stdout.starts_with("connected "), "{done:?}");
}

const OPEN: &str = "
import os, sys
for path in sys.stdin.read().split('\\n'):
    if not path: continue
    for flags in os.O_RDONLY | os.O_NONBLOCK, os.O_WRONLY | os.O_NONBLOCK, os.O_PATH | os.O_NOFOLLOW:
        try: os.close(os.open(path, flags)); print('opens', path)
        except OSError: pass
    try: os.stat(path, follow_symlinks=False); print('sees', path)
    except OSError: pass
    if os.access(path, os.X_OK): print('runs', path)
";

/// CVE-2021-41103, CVE-2021-41091, CVE-2024-25621: of the root and the state of ctrd, and of what its containers hold
/// (programs that make their user root), an ordinary user lists, opens and runs nothing, though he knows its name. Of the
/// state the upper folders can be entered, for containers whose root is another user.
#[test]
fn nobody_looks_in() {
    if !bin::peer(PYTHON) {
        return;
    }
    let (stack, _server) = at_work("it-closed");
    for (dir, entered) in [("lib", false), ("run", true)] {
        let mut all = Vec::new();
        below(&stack.path(dir), &mut all);
        let wanted = if entered { "config.json" } else { "tmp/root" };
        assert!(all.iter().any(|path| path.ends_with(wanted)), "{dir}: {wanted} of {}", all.len());
        let find = as_nobody(&["find", stack.path(dir).to_str().expect("UTF-8"), "-mindepth", "1"], "");
        assert_eq!(find.stdout, "", "{dir}: listed");
        let names: Vec<String> = all.iter().map(|path| path.display().to_string()).collect();
        let done = as_nobody(&[PYTHON, "-c", OPEN], &names.join("\n"));
        assert_eq!(done.code, 0, "{done:?}");
        let mut seen: Vec<&str> = done.stdout.lines().collect();
        if entered {
            let may_be_entered = |path: &Path| {
                std::fs::symlink_metadata(path)
                    .is_ok_and(|m| m.is_dir() && m.permissions().mode() & 0o777 == 0o711)
            };
            // What stands in such a folder can be seen to be there, and no more: its name was known.
            seen.retain(|line| {
                let (word, path) = line.split_once(' ').expect("two words");
                let path = Path::new(path);
                !match word {
                    "runs" => may_be_entered(path),
                    // By O_PATH, which opens nothing.
                    "sees" | "opens" => may_be_entered(path.parent().expect("a folder")),
                    _ => false,
                }
            });
            let read = format!("{}\n", names.join("\n"));
            let done = as_nobody(&["xargs", "-d", "\n", "cat"], &read);
            assert_eq!(done.stdout, "", "{dir}: read");
        }
        assert!(seen.is_empty(), "{dir}: {seen:#?}");
    }
    // The same question finds what he may read.
    let open = stack.path("open");
    std::fs::write(&open, "").expect("a file");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).expect("open it");
    let done = as_nobody(&[PYTHON, "-c", OPEN], open.to_str().expect("UTF-8"));
    assert!(done.stdout.starts_with("opens "), "{done:?}");
}
