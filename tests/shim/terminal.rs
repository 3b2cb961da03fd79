//! Terminals: what a process says on one comes to its client, however it ends, and whoever has it open.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ctrd_shim::api::task;
use nix::fcntl::{FcntlArg, fcntl};

use super::driver::{Driven, over_each};
use super::hostile;
use super::stalled::program;
use super::stdio::{Pipes, create};
use crate::{bin, fixture};

#[test]
fn a_terminal_with_its_size() {
    over_each(|stack| {
        let pipes = Pipes::new();
        let script = "tty; read x; stty size; exit 3";
        let shim =
            stack.edited("it-shimtty", &["sh", "-c", script], |c| c["process"]["terminal"] = true.into());
        let (out, begun) = pipes.reader_of_lines("out");
        create(&shim, &pipes.text("in"), &pipes.text("out"), "", true);
        shim.start("");
        let size =
            task::ResizePtyRequest { id: shim.id.clone(), width: 97, height: 31, ..Default::default() };
        shim.ok::<()>("ResizePty", &size);
        begun.recv().unwrap();
        File::options().write(true).open(pipes.at("in")).unwrap().write_all(b"go\n").unwrap();
        assert_eq!(shim.wait(""), 3);
        let text = out.join().unwrap();
        assert!(text.contains("/dev/") && text.ends_with("31 97\r\n"), "{text:?}");
        shim.delete("");

        // An exec's terminal, whatever its process object says.
        shim.bundle.edit(|c| {
            c["process"]["args"] = serde_json::json!(["sleep", "3000"]);
            c["process"]["terminal"] = false.into();
        });
        shim.create();
        shim.start("");
        // containerd's shim goes on reading for the first one.
        let pipes = Pipes::new();
        let (out, begun) = pipes.reader_of_lines("out");
        let mut exec = shim.exec_request("e", &["sh", "-c", script]);
        exec.terminal = true;
        exec.stdin = pipes.text("in");
        exec.stdout = pipes.text("out");
        shim.ok::<()>("Exec", &exec);
        shim.start("e");
        shim.ok::<()>(
            "ResizePty",
            &task::ResizePtyRequest { exec_id: "e".into(), width: 30, height: 20, ..size },
        );
        begun.recv().unwrap();
        File::options().write(true).open(pipes.at("in")).unwrap().write_all(b"go\n").unwrap();
        assert_eq!(shim.wait("e"), 3);
        let text = out.join().unwrap();
        assert!(text.contains("/dev/") && text.ends_with("20 30\r\n"), "{text:?}");
        shim.delete("e");
    });
}

/// A terminal that nobody looks at is drained all the same.
#[test]
fn a_terminal_without_a_reader() {
    let shim = Driven::with("it-dark", &["sh", "-c", "head -c 300000 /dev/zero; exit 6"], |c| {
        c["process"]["terminal"] = true.into();
    });
    create(&shim, "", "", "", true);
    shim.start("");
    assert_eq!(shim.wait(""), 6);
    shim.delete("");
}

fn with_terminal(config: &mut serde_json::Value) {
    config["process"]["terminal"] = true.into();
}

/// A client that has the FIFO open and does not wait.
fn open(path: &Path) -> File {
    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path).expect("open a FIFO")
}

/// What stands in a FIFO now.
fn standing(fifo: &mut File) -> String {
    let mut text = Vec::new();
    match fifo.read_to_end(&mut text) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => {}
        other => _ = other.expect("read a FIFO"),
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Makes a program slow at carrying bytes, for as long as this lives.
struct Slow(Child);

impl Slow {
    fn at_splices(pid: u32) -> Slow {
        let mut strace = Command::new("strace");
        strace.args([
            "-e",
            "trace=splice",
            "-e",
            "inject=splice:delay_enter=100000",
            "-o",
            "/dev/null",
            "-p",
        ]);
        let mut child = strace.arg(pid.to_string()).stderr(Stdio::piped()).spawn().expect("run strace");
        let mut said = String::new();
        BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut said).expect("read a line");
        assert!(said.contains("attached"), "{said}");
        Slow(child)
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(self.0.id() as i32);
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.0.wait();
    }
}

/// A runtime that tells of an exec when its process is gone already.
fn late(dir: &Path) -> String {
    let script = format!(
        "{} \"$@\" || exit; case \" $* \" in *\" exec \"*) ;; *) exit ;; esac
        for word; do [ \"$before\" = --pid-file ] && pid=$(cat \"$word\"); before=$word; done
        while kill -0 $pid 2>/dev/null; do :; done",
        bin::path("ocirun").display()
    );
    program(&dir.join("late"), &script)
}

/// ctr closes its FIFOs as soon as it hears of an end, and what comes after that is lost to it.
#[test]
fn who_hears_of_the_end_finds_the_output_in_the_fifo() {
    if !bin::peer("strace") {
        return;
    }
    let mut shim = Driven::new("it-heard", &["sleep", "3000"]);
    shim.options.binary_name = late(shim.bundle.path());
    shim.create();
    shim.start("");
    let _slow = Slow::at_splices(shim.pid);
    for (exec, terminal, want) in [("t", true, "said\r\n"), ("p", false, "said\n")] {
        let pipes = Pipes::new();
        let mut out = open(&pipes.at("out"));
        let mut request = shim.exec_request(exec, &["echo", "said"]);
        (request.terminal, request.stdout) = (terminal, pipes.text("out"));
        shim.ok::<()>("Exec", &request);
        // As ctr does: the end is waited for before there is a beginning.
        let wait = task::WaitRequest { id: shim.id.clone(), exec_id: exec.into() };
        let start = hostile::call(3, shim.service, "Start", &shim.start_request(exec));
        let mut socket = hostile::connect(&shim);
        let calls = [hostile::call(1, shim.service, "Wait", &wait), start].concat();
        socket.write_all(&calls).expect("call");
        while hostile::answer(&mut socket) != (1, 0) {}
        assert_eq!(standing(&mut out), want, "{exec}");
        shim.delete(exec);
    }
}

/// A program that closes its terminal and opens it again, or another that does, goes on where it was: the terminal ends
/// with its process.
#[test]
fn a_terminal_that_nobody_has_open_for_a_while_goes_on() {
    over_each(|stack| {
        let pipes = Pipes::new();
        let script = "exec </dev/null >/dev/null 2>&1
            for n in 1 2 3 4 5 6 7 8; do until [ -e /go$n ]; do :; done; echo line $n >/dev/console; done
            until [ -e /go9 ]; do :; done
            exec </dev/console >/dev/console; echo ready; read word; echo got $word; exit 4";
        let shim = stack.edited("it-reopened", &["sh", "-c", script], with_terminal);
        let out = File::options().read(true).write(true).open(pipes.at("out")).expect("open a FIFO");
        create(&shim, &pipes.text("in"), &pipes.text("out"), "", true);
        let mut lines = fixture::lines(File::open(pipes.at("out")).expect("open a FIFO"));
        drop(out);
        shim.start("");
        for n in 1..=9 {
            File::create(shim.bundle.path().join(format!("rootfs/go{n}"))).expect("a file");
            let want = if n < 9 { format!("line {n}") } else { "ready".into() };
            assert_eq!(lines.next(), Some(want));
        }
        File::options().write(true).open(pipes.at("in")).unwrap().write_all(b"word\n").unwrap();
        assert_eq!(shim.wait(""), 4);
        shim.delete("");
        assert_eq!(lines.last().as_deref(), Some("got word"));
    });
}

/// More is typed than a terminal takes that nobody has open: the shim sleeps until somebody opens it and reads.
#[test]
fn a_full_terminal_that_nobody_has_open_keeps_nobody_awake() {
    let script = "stty -echo; exec </dev/null >/dev/null 2>&1; until [ -e /go ]; do :; done
        exec </dev/console; while read word; do [ $word != end ] || exit 7; done";
    let shim = Driven::with("it-closedfull", &["sh", "-c", script], with_terminal);
    let pipes = Pipes::new();
    create(&shim, &pipes.text("in"), &pipes.text("out"), "", true);
    let errors = format!("/proc/{}/fd/2", shim.start(""));
    while std::fs::read_link(&errors).expect("procfs") != Path::new("/dev/null") {
        std::thread::yield_now();
    }
    let stdin =
        |wait: i32| File::options().write(true).custom_flags(wait).open(pipes.at("in")).expect("open a FIFO");
    let mut typed = stdin(libc::O_NONBLOCK);
    let line = [&[b'x'; 99][..], b"\n"].concat();
    let limit = Instant::now() + Duration::from_secs(30);
    loop {
        match typed.write(&line) {
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                let stat = std::fs::read_to_string(format!("/proc/{}/stat", shim.pid)).expect("procfs");
                if stat.contains(") S ") {
                    break;
                }
                assert!(Instant::now() < limit, "it is awake: {stat}");
            }
            written => assert_eq!(written.expect("type"), line.len()),
        }
    }
    File::create(shim.bundle.path().join("rootfs/go")).expect("a file");
    stdin(0).write_all(b"end\n").expect("type");
    assert_eq!(shim.wait(""), 7);
    shim.delete("");
}

/// More than a FIFO takes, of one page here: the rest stands in the terminal when the process is gone,
/// and waits there for a client that comes and goes, and for one that is slow while the process is deleted.
#[test]
fn a_terminal_gives_every_line_though_its_process_is_gone() {
    let script = "i=0; while [ $i -lt 700 ]; do echo line $i; i=$((i+1)); done";
    let lines: String = (0..700).map(|n| format!("line {n}\r\n")).collect();
    let shim = Driven::with("it-rest", &["sh", "-c", script], with_terminal);
    let pipes = Pipes::new();
    create(&shim, "", &pipes.text("out"), "", true);
    let out = File::options().read(true).write(true).open(pipes.at("out")).expect("open a FIFO");
    fcntl(&out, FcntlArg::F_SETPIPE_SZ(4096)).expect("make the FIFO small");
    drop(out);
    shim.start("");
    assert_eq!(shim.wait(""), 0);
    let mut text = String::new();
    for _ in 0..20 {
        let mut part = [0; 60];
        let n = File::open(pipes.at("out")).expect("open a FIFO").read(&mut part).expect("read a FIFO");
        text.push_str(std::str::from_utf8(&part[..n]).expect("UTF-8"));
    }
    let mut out = File::open(pipes.at("out")).expect("open a FIFO");
    std::thread::scope(|scope| {
        let deleting = scope.spawn(|| shim.delete(""));
        let mut part = [0; 7];
        while let n @ 1.. = out.read(&mut part).expect("read a FIFO") {
            text.push_str(std::str::from_utf8(&part[..n]).expect("UTF-8"));
        }
        deleting.join().expect("it is deleted");
    });
    assert_eq!(text, lines);
}

/// What an exec has left behind on its terminal still speaks, until the exec is deleted; containerd's shim hears no more
/// of it.
#[test]
fn a_terminal_of_which_a_child_is_left_goes_on() {
    let shim = Driven::new("it-childleft", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    let pipes = Pipes::new();
    let (out, begun) = pipes.reader_of_lines("out");
    let script = "trap '' HUP; (until [ -e /go ]; do :; done; echo late) & echo early";
    let mut request = shim.exec_request("e", &["sh", "-c", script]);
    (request.terminal, request.stdout) = (true, pipes.text("out"));
    shim.ok::<()>("Exec", &request);
    shim.start("e");
    begun.recv().expect("a line");
    assert_eq!(shim.wait("e"), 0);
    File::create(shim.bundle.path().join("rootfs/go")).expect("a file");
    shim.delete("e");
    assert_eq!(out.join().expect("a reader"), "early\r\nlate\r\n");
}
