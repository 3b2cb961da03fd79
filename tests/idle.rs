//! A server behind sockets that a service manager holds, which ends when nobody needs it: nobody who comes is
//! lost, and no container is left that waits for its next start.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::stack::Stack;

/// So long may take what nothing holds up.
const LIMIT: Duration = Duration::from_secs(60);

/// The manager, and the socket that it holds.
struct Manager<'a> {
    stack: &'a Stack,
    socket: UnixListener,
    config: PathBuf,
}

impl<'a> Manager<'a> {
    fn new(stack: &'a Stack, config: &str) -> Self {
        let file = stack.path("config.toml");
        std::fs::write(&file, config).unwrap();
        std::fs::create_dir_all(stack.address().parent().unwrap()).unwrap();
        Manager { stack, socket: UnixListener::bind(stack.address()).unwrap(), config: file }
    }

    /// Starts a server with the socket; clients need not wait until it listens.
    fn start(&self, idle: &str) -> Server {
        let script = "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"";
        let config = self.config.to_str().unwrap();
        let serve = self.stack.command(&["serve", "--config", config, "--idle-timeout", idle]);
        let log = std::fs::File::options().create(true).append(true).open(self.stack.path("serve.log"));
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).arg(serve.get_program()).args(serve.get_args());
        let socket = OwnedFd::from(self.socket.try_clone().unwrap());
        Server(shell.stdin(Stdio::from(socket)).stderr(log.unwrap()).spawn().unwrap())
    }
}

impl Drop for Manager<'_> {
    fn drop(&mut self) {
        // Nobody would ever be answered there.
        std::fs::remove_file(self.stack.address()).ok();
    }
}

struct Server(Child);

impl Server {
    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// It ends by itself, for want of anybody.
    fn idles_out(mut self) {
        let limit = Instant::now() + LIMIT;
        while !self.has_ended() {
            assert!(Instant::now() < limit, "it stays");
            std::thread::yield_now();
        }
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }

    fn terminate(mut self) {
        let pid = nix::unistd::Pid::from_raw(self.0.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|status| status.is_none()) {
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }
}

/// Clients come while a server ends and before the next one is there: each is answered.
#[test]
fn nobody_is_lost_between_two_servers() {
    let stack = Stack::new();
    let manager = Manager::new(&stack, "version = 3\n");
    let over = AtomicBool::new(false);
    let mut servers = 0;
    std::thread::scope(|scope| {
        let serving = scope.spawn(|| {
            let mut servers = 0;
            while !over.load(Ordering::SeqCst) {
                manager.start("1ms").idles_out();
                servers += 1;
            }
            servers
        });
        let answers: Vec<_> = (0..40).map(|_| stack.run(&["namespace", "ls", "-q"])).collect();
        over.store(true, Ordering::SeqCst);
        servers = serving.join().unwrap();
        for answer in answers {
            assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
        }
    });
    assert!(servers > 5, "{servers} servers: the clients were not between two");
}

#[test]
fn it_stays_for_whom_it_starts_again_and_for_nobody_else() {
    let stack = Stack::with_busybox();
    let section = "[plugins.\"io.containerd.monitor.container.v1.restart\"]\ninterval = \"300ms\"\n";
    let manager = Manager::new(&stack, &format!("version = 3\n{section}"));
    std::fs::create_dir(stack.path("out")).unwrap();
    let volume = format!("{}:/out", stack.path("out").display());
    let lines = || std::fs::read_to_string(stack.path("out/lines")).unwrap_or_default().lines().count();
    let grows_to = |count: usize, server: &mut Server| {
        let limit = Instant::now() + LIMIT;
        while lines() < count {
            assert!(!server.has_ended(), "it has left at {} starts", lines());
            assert!(Instant::now() < limit, "{}", lines());
            std::thread::yield_now();
        }
    };
    let task = |id: &str| -> Value { serde_json::from_str(&stack.run(&["inspect", id]).ok()).expect("JSON") };

    // It ends at once and waits for its next start, longer than the server would for a client.
    let mut server = manager.start("20ms");
    let script = "echo up >>/out/lines; [ $(wc -l </out/lines) -lt 4 ] && exit 1; exec sleep 3000";
    let run = ["run", "-d", "--name", "it-kept", "--restart", "always", "-v", &volume, "busybox", "sh"];
    stack.run(&[&run[..], &["-c", script]].concat()).ok();
    grows_to(4, &mut server);

    // Stopped on purpose: nobody stays for it, and the next server is none that it would run again with.
    stack.run(&["stop", "--time", "0", "it-kept"]).ok();
    server.idles_out();
    let server = manager.start("20ms");
    assert_eq!(task("it-kept")["restart"]["stopped"], true);
    server.idles_out();
    assert_eq!(lines(), 4);

    // What has failed as often as it may, and what was to run once.
    for (id, policy, code, count) in
        [("it-used", "on-failure:1", "exit 3", 1), ("it-well", "on-failure", "exit 0", 0)]
    {
        let server = manager.start("20ms");
        stack.run(&["run", "-d", "--name", id, "--restart", policy, "busybox", "sh", "-c", code]).ok();
        server.idles_out();
        let server = manager.start("20ms");
        let found = task(id);
        assert_eq!(found["task"]["status"], "stopped", "{found}");
        assert_eq!(found["restart"]["count"].as_u64().unwrap_or_default(), count, "{found}");
        server.idles_out();
    }

    // But for a server that was ended, the next one is new.
    let server = manager.start("20s");
    stack.run(&["namespace", "ls"]).ok();
    server.terminate();
    let mut server = manager.start("20ms");
    grows_to(5, &mut server);
    stack.run(&["rm", "-f", "it-kept", "it-used", "it-well"]).ok();
    server.idles_out();
}
