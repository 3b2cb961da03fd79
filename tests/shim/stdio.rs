//! A process's standard streams: FIFOs whose readers are slow, late, gone or missing, files, and
//! logging programs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ctrd_shim::api::task;
use ctrd_shim::method::code;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::driver::{Driven, over_each};
use crate::traces;

/// The client's FIFOs, in a folder that goes with them.
pub(super) struct Pipes {
    dir: tempfile::TempDir,
}

impl Pipes {
    pub(super) fn new() -> Self {
        let dir = crate::fixture::temp();
        for name in ["in", "out", "err"] {
            mkfifo(&dir.path().join(name), Mode::S_IRWXU).expect("make a FIFO");
        }
        Self { dir }
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.at(name).to_str().expect("UTF-8").into()
    }

    /// A client that reads to the end, and tells when the first line has come.
    pub(super) fn reader_of_lines(&self, name: &str) -> (JoinHandle<String>, Receiver<()>) {
        let path = self.at(name);
        let (tell, begun) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut input = BufReader::new(File::open(path).expect("open a FIFO"));
            let mut text = String::new();
            input.read_line(&mut text).expect("read a line");
            let _ = tell.send(());
            input.read_to_string(&mut text).expect("read a FIFO");
            text
        });
        (reader, begun)
    }

    /// A client that reads to the end.
    pub(super) fn reader(&self, name: &str) -> JoinHandle<String> {
        let path = self.at(name);
        std::thread::spawn(move || {
            let mut text = Vec::new();
            File::open(path).expect("open a FIFO").read_to_end(&mut text).expect("read a FIFO");
            String::from_utf8_lossy(&text).into_owned()
        })
    }
}

pub(super) fn create(shim: &Driven, stdin: &str, stdout: &str, stderr: &str, terminal: bool) {
    let request = task::CreateTaskRequest {
        stdin: stdin.into(),
        stdout: stdout.into(),
        stderr: stderr.into(),
        terminal,
        ..shim.request()
    };
    shim.ok::<task::CreateTaskResponse>("Create", &request);
}

fn close_stdin(shim: &Driven) {
    shim.ok::<()>(
        "CloseIO",
        &task::CloseIoRequest { id: shim.id.clone(), stdin: true, ..Default::default() },
    );
}

#[test]
fn three_fifos() {
    over_each(|stack| {
        let pipes = Pipes::new();
        let shim = stack.shim("it-fifos", &["sh", "-c", "cat; echo err >&2; exit 2"]);
        let (out, err) = (pipes.reader("out"), pipes.reader("err"));
        // containerd's shim takes its own scheme for a part of the path.
        let scheme = if stack.is_peer() { "" } else { "fifo://" };
        create(
            &shim,
            &pipes.text("in"),
            &format!("{scheme}{}", pipes.text("out")),
            &pipes.text("err"),
            false,
        );
        shim.start("");
        // A client that goes is no end of input; CloseIO is, once all clients have gone.
        for word in ["one\n", "two\n"] {
            File::options().write(true).open(pipes.at("in")).unwrap().write_all(word.as_bytes()).unwrap();
        }
        close_stdin(&shim);
        assert_eq!(shim.wait(""), 2);
        assert_eq!((out.join().unwrap().as_str(), err.join().unwrap().as_str()), ("one\ntwo\n", "err\n"));
        shim.delete("");
    });
}

#[test]
fn an_exec_has_streams_of_its_own() {
    over_each(|stack| {
        let pipes = Pipes::new();
        let shim = stack.shim("it-execio", &["sleep", "3000"]);
        shim.create();
        shim.start("");
        let (out, err) = (pipes.reader("out"), pipes.reader("err"));
        let mut request = shim.exec_request("e", &["sh", "-c", "cat; echo err >&2"]);
        request.stdin = pipes.text("in");
        request.stdout = pipes.text("out");
        request.stderr = pipes.text("err");
        shim.ok::<()>("Exec", &request);
        shim.start("e");
        let state = shim.state("e");
        assert_eq!((state.stdin, state.stdout), (pipes.text("in"), pipes.text("out")));
        File::options().write(true).open(pipes.at("in")).unwrap().write_all(b"in\n").unwrap();
        let close = task::CloseIoRequest { id: shim.id.clone(), exec_id: "e".into(), stdin: true };
        shim.ok::<()>("CloseIO", &close);
        assert_eq!(shim.wait("e"), 0);
        assert_eq!((out.join().unwrap().as_str(), err.join().unwrap().as_str()), ("in\n", "err\n"));
        shim.delete("e");
    });
}

#[test]
fn a_slow_reader_gets_every_byte() {
    let pipes = Pipes::new();
    let shim = Driven::new("it-readslow", &["sh", "-c", "head -c 3000000 /dev/zero"]);
    create(&shim, "", &pipes.text("out"), "", false);
    shim.start("");
    let mut reader = File::open(pipes.at("out")).unwrap();
    // The first bytes only; then the container fills the pipes, and nobody else is held up.
    reader.read_exact(&mut [0; 100]).unwrap();
    shim.exec("e", &["true"]);
    shim.start("e");
    assert_eq!(shim.wait("e"), 0);
    let mut count = 100;
    let mut part = [0; 1000];
    while let n @ 1.. = reader.read(&mut part).unwrap() {
        count += n;
    }
    assert_eq!(count, 3_000_000);
    assert_eq!(shim.wait(""), 0);
    shim.delete("");
}

#[test]
fn a_client_may_leave_and_another_come() {
    let pipes = Pipes::new();
    let shim = Driven::new("it-leave", &["sh", "-c", "while read line; do echo \"got $line\"; done"]);
    create(&shim, &pipes.text("in"), &pipes.text("out"), "", false);
    shim.start("");
    for word in ["a", "b", "c"] {
        writeln!(File::options().write(true).open(pipes.at("in")).unwrap(), "{word}").unwrap();
        let mut reader = File::open(pipes.at("out")).unwrap();
        let mut text = [0; 6];
        reader.read_exact(&mut text).unwrap();
        assert_eq!(String::from_utf8_lossy(&text), format!("got {word}\n"));
    }
    close_stdin(&shim);
    assert_eq!(shim.wait(""), 0);
}

#[test]
fn a_reader_that_comes_late_finds_the_output() {
    let pipes = Pipes::new();
    let shim = Driven::new("it-readlate", &["echo", "for later"]);
    create(&shim, "", &pipes.text("out"), "", false);
    shim.start("");
    assert_eq!(shim.wait(""), 0);
    shim.delete("");
    assert_eq!(pipes.reader("out").join().unwrap(), "for later\n");
}

/// Output that nobody will read holds up neither the end of a container nor its removal.
#[test]
fn output_without_a_reader_does_not_hold_a_delete_up() {
    let pipes = Pipes::new();
    let shim = Driven::new("it-noread", &["sh", "-c", "head -c 3000000 /dev/zero; sleep 3000"]);
    create(&shim, "", &pipes.text("out"), "", false);
    shim.start("");
    // Until the FIFO is full.
    let probe = File::options().write(true).custom_flags(libc::O_NONBLOCK).open(pipes.at("out")).unwrap();
    let full = || {
        let mut fds =
            [nix::poll::PollFd::new(std::os::fd::AsFd::as_fd(&probe), nix::poll::PollFlags::POLLOUT)];
        nix::poll::poll(&mut fds, nix::poll::PollTimeout::ZERO).unwrap() == 0
    };
    while !full() {
        std::thread::yield_now();
    }
    drop(probe);
    shim.kill("", 9);
    assert_eq!(shim.wait(""), 137);
    let begin = Instant::now();
    shim.delete("");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn a_fifo_that_is_missing_is_named() {
    let shim = Driven::new("it-missing", &["true"]);
    let mut request = shim.request();
    request.stdout = "/nonexistent/out".into();
    let (code, words) = shim.refused("Create", &request);
    assert_eq!(
        (code, words.contains("open /nonexistent/out: No such file")),
        (code::UNKNOWN, true),
        "{words}"
    );
    request.stdout = "carrier-pigeon:///x".into();
    let (_, words) = shim.refused("Create", &request);
    assert!(words.ends_with("unknown STDIO scheme carrier-pigeon"), "{words}");
    shim.create();
}

#[test]
fn a_file_takes_both_streams_at_its_end() {
    over_each(|stack| {
        let shim = stack.shim("it-file", &["sh", "-c", "echo out; echo err >&2"]);
        let log = shim.bundle.path().join("a/b/log file");
        // That one closes the file at the end of the first stream, and may lose what the other still has.
        let loses = stack.is_peer_of("1.6");
        for round in 1..=2 {
            let uri = format!("file://{}", log.display().to_string().replace(' ', "%20"));
            create(&shim, "", &uri, &uri, false);
            shim.start("");
            shim.wait("");
            shim.delete("");
            let text = std::fs::read_to_string(&log).unwrap();
            assert!(text.len() == round * 8 || (loses && text.len() < round * 8), "{text}");
        }
        assert_eq!(std::fs::metadata(&log).unwrap().mode() & 0o777, 0o644);
        let text = std::fs::read_to_string(&log).unwrap();
        assert!(text.lines().filter(|l| *l == "out").count() == 2 || loses, "{text}");
    });
}

/// A logging program in a file of its own.
fn logger(dir: &Path, script: &str) -> String {
    let path = dir.join("logger");
    // Written under another name: a program that is open for writing cannot be executed.
    let new = dir.join("logger.new");
    std::fs::write(&new, format!("#!/bin/bash\n{script}\n")).unwrap();
    std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::rename(&new, &path).unwrap();
    path.to_str().unwrap().into()
}

#[test]
fn a_logging_program_takes_both_streams() {
    over_each(|stack| {
        let shim = stack.shim("it-logger", &["sh", "-c", "echo out; echo err >&2"]);
        let dir = shim.bundle.path().to_path_buf();
        let script = "env -i /bin/ls -l /proc/$$/fd >fds; printf '%s ' \"$@\" >args; env | sort >env\n\
                      exec 5>&-\ncat <&3 >out; cat <&4 >err; touch done";
        let program = logger(&dir, script);
        create(&shim, "", &format!("binary://{program}?id=a%20b&flag"), "", false);
        shim.start("");
        shim.wait("");
        shim.delete("");
        let read =
            |name: &str| std::fs::read_to_string(dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        if stack.is_peer() {
            // It is told to end instead of waited for, and may lose what it has not read.
            return;
        }
        // Delete has waited for it.
        read("done");
        assert_eq!(
            (read("out").as_str(), read("err").as_str(), read("args").as_str()),
            ("out\n", "err\n", "id a b flag ")
        );
        let env = read("env");
        assert!(env.contains("CONTAINER_ID=it-logger\nCONTAINER_NAMESPACE=it\n"), "{env}");
        assert!(!env.contains("TTRPC_ADDRESS"), "{env}");
        let fds = read("fds");
        assert!(!fds.contains("socket:"), "nothing of the shim's is open in it: {fds}");
        traces::none_of(&[&program]);
    });
}

#[test]
fn a_logging_program_that_is_not_ready_holds_the_start_up() {
    let shim = Driven::new("it-ready", &["sh", "-c", "echo out"]);
    let dir = shim.bundle.path().to_path_buf();
    mkfifo(&dir.join("go"), Mode::S_IRWXU).unwrap();
    let program = logger(&dir, "read x <go; : >ready; exec 5>&-; cat <&3 >out");
    std::thread::scope(|scope| {
        let creating = scope.spawn(|| create(&shim, "", &format!("binary://{program}"), "", false));
        std::fs::write(dir.join("go"), "go\n").unwrap();
        creating.join().unwrap();
    });
    assert!(dir.join("ready").exists());
    shim.delete("");

    // One that fails first fails the start, by either scheme; but with binary-v2 a program must say so too.
    let mut request = shim.request();
    for (scheme, script, reason) in [
        ("binary", "exit 3", "ended with status 3 before it was ready"),
        ("binary-v2", "exit 3", "ended with status 3 before it was ready"),
        ("binary", "kill -9 $$", "ended by signal 9 before it was ready"),
        ("binary-v2", "kill -9 $$", "ended by signal 9 before it was ready"),
        // What it has started holds descriptor 5 open, and does not speak for it.
        ("binary", "read x <go & kill -9 $$", "ended by signal 9 before it was ready"),
        ("binary-v2", "exit 0", "logging binary did not call ready before it ended"),
        ("binary-v2", "exec 5>&-; cat <&3", "logging binary did not call ready"),
    ] {
        let program = logger(&dir, script);
        request.stdout = format!("{scheme}://{program}");
        let (_, words) = shim.refused("Create", &request);
        let told = format!("create process I/O: logging program {program}: {reason}");
        assert_eq!(words, told, "{scheme} {script}");
    }
    // Whom the third has left.
    std::fs::write(dir.join("go"), "go\n").unwrap();
    // One that has told and ends, and one that has put itself into the background.
    for (scheme, script) in
        [("binary-v2", "echo >&5; cat <&3 >out1 & exec 5>&-; kill -9 $$"), ("binary", "cat <&3 >out1 5>&- &")]
    {
        request.stdout = format!("{scheme}://{}", logger(&dir, script));
        shim.ok::<task::CreateTaskResponse>("Create", &request);
        shim.start("");
        shim.wait("");
        shim.delete("");
    }
    request.stdout = format!("binary-v2://{}", logger(&dir, "echo >&5; exec 5>&-; cat <&3 >out2; cat <&4"));
    shim.ok::<task::CreateTaskResponse>("Create", &request);
    shim.start("");
    shim.wait("");
    shim.delete("");
    assert_eq!(std::fs::read_to_string(dir.join("out2")).unwrap(), "out\n");
    request.stdout = "binary:///nonexistent/logger".into();
    let (_, words) = shim.refused("Create", &request);
    assert!(words.contains("start logging program /nonexistent/logger: No such file"), "{words}");
}

#[test]
fn the_pipes_belong_to_the_user_whom_the_options_name() {
    over_each(|stack| {
        let pipes = Pipes::new();
        let mut shim = stack.edited("it-owner", &["sh", "-c", "echo reopened >/dev/stdout; read x"], |c| {
            c["process"]["user"] = serde_json::json!({"uid": 1000, "gid": 1000});
        });
        (shim.options.io_uid, shim.options.io_gid) = (1000, 1000);
        let out = pipes.reader("out");
        // containerd's shim cannot do without the third, as ours can.
        let (err, _reader) = if stack.is_peer() {
            (pipes.text("err"), Some(pipes.reader("err")))
        } else {
            (String::new(), None)
        };
        create(&shim, &pipes.text("in"), &pipes.text("out"), &err, false);
        let pid = shim.start("");
        for fd in [0, 1] {
            let meta = std::fs::metadata(format!("/proc/{pid}/fd/{fd}")).unwrap();
            assert_eq!((meta.uid(), meta.gid()), (1000, 1000), "descriptor {fd}");
        }
        close_stdin(&shim);
        shim.wait("");
        assert_eq!(out.join().unwrap(), "reopened\n");
        shim.delete("");
    });
}
