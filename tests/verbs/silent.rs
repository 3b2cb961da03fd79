//! A shim that takes calls and never answers, though nothing has stopped it: who asks is told in the time that its call has,
//! which process it is and what ends it, and others are not held up.

use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::thread::JoinHandle;

use nix::sys::socket::{Shutdown, shutdown};

use super::{objects, sleeper};
use crate::runtime;
use crate::stack::Stack;

/// Who listens in a shim's place, as long as its process lives.
struct Silent {
    pid: i64,
    bundle: PathBuf,
    thread: JoinHandle<()>,
}

impl Silent {
    /// From now on this container's shim is asked, and says nothing.
    fn of(stack: &Stack, id: &str) -> Silent {
        let shims = objects(&stack.run(&["shim", "ls", "--format", "json"]).ok());
        let shim = shims.iter().find(|shim| shim["id"] == id).expect("its shim");
        let pid = shim["pid"].as_i64().expect("a pid");
        let bundle = stack.path("run/io.containerd.runtime.v2.task/default").join(id);
        let socket = stack.path("silent.sock");
        let listener = UnixListener::bind(&socket).expect("listen");
        let reply = format!(r#"{{"version":3,"address":"unix://{}","protocol":"ttrpc"}}"#, socket.display());
        std::fs::write(bundle.join("bootstrap.json"), reply).expect("write its address");
        let thread = std::thread::spawn(move || {
            let fd = listener.as_raw_fd();
            std::thread::scope(|scope| {
                scope.spawn(move || {
                    runtime::wait_long(pid, 300);
                    shutdown(fd, Shutdown::Both).expect("end");
                });
                // All end with the shim, as its own would.
                let _open: Vec<_> = listener.incoming().map_while(Result::ok).collect();
            });
            drop(listener);
            let _ = std::fs::remove_file(&socket);
        });
        Silent { pid, bundle, thread }
    }
}

fn silent(with_server: bool, well: &str, id: &str) {
    let stack = Stack::with_busybox();
    sleeper(&stack, well);
    sleeper(&stack, id);
    let silent = Silent::of(&stack, id);
    let server = with_server.then(|| stack.serve());
    for verb in [&["ps"][..], &["task", "ls"]] {
        let all = objects(&stack.run(&[verb, &["--format", "json"]].concat()).ok());
        let status = |id: &str| all.iter().find(|one| one["id"] == id).expect("a line")["status"].clone();
        let both = (status(well), status(id));
        assert_eq!(both, ("running".into(), "unknown".into()), "{verb:?}");
    }
    let says = format!("(it is process {}; ctrd shim end {id} kills it and cleans up)", silent.pid);
    for args in [&["kill", id][..], &["rm", "--force", id]] {
        let line = stack.run(args).fails(1);
        assert!(line.contains("no answer to ") && line.ends_with(&says), "{args:?}: {line}");
    }
    assert_eq!(stack.run(&["exec", well, "echo", "served"]).ok(), "served\n");
    assert_eq!(stack.run(&["shim", "end", id]).ok(), "{\"exitStatus\":137}\n");
    silent.thread.join().expect("the end of the shim");
    assert!(!silent.bundle.exists(), "{}", silent.bundle.display());
    stack.run(&["rm", id]).ok();
    stack.run(&["rm", "-f", well]).ok();
    drop(server);
}

#[test]
fn a_server_names_it_with_what_ends_it_and_serves_others() {
    silent(true, "it-well-s", "it-silent-s");
}

#[test]
fn without_a_server_it_is_the_same() {
    silent(false, "it-well-n", "it-silent-n");
}
