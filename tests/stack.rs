//! A ctrd of a test's own: root, state and address in a temporary folder, with a server or without.

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ctrd::client::{Client, channel};

use crate::bin::{self, Done};
use crate::fixture;

/// One ctrd's folders. Containers that live at the end are removed.
pub struct Stack {
    pub dir: tempfile::TempDir,
}

impl Stack {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("ctrd-it.").tempdir_in("/run").expect("a folder in /run");
        Self { dir }
    }

    /// A stack that holds the busybox image of [`fixture::image`] as `busybox`.
    pub fn with_busybox() -> Self {
        let stack = Self::new();
        let root = stack.dir.path().join("busybox-root");
        fixture::rootfs(&root);
        stack.run(&["image", "import", "--rootfs", "--name", "busybox", root.to_str().expect("UTF-8")]).ok();
        stack
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn address(&self) -> PathBuf {
        self.path("run/ctrd.sock")
    }

    /// A client of the server's API, or of the services in this process if none runs, in the namespace `default`.
    pub async fn client(&self) -> Client {
        let channel = channel::connect(&self.address(), &self.path("lib"), &self.path("run")).await;
        Client::new(channel.expect("connect"), "default").expect("a name")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = bin::command("ctrd");
        command.arg("--root").arg(self.path("lib")).arg("--state").arg(self.path("run"));
        command.arg("--address").arg(self.address()).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Done {
        bin::run(&mut self.command(args))
    }

    /// A server that is ready when this returns: it says so as systemd's services do.
    pub fn serve(&self) -> Server {
        self.serve_as(|_| ())
    }

    /// The same with further flags.
    pub fn serve_with(&self, flags: &[&str]) -> Server {
        self.serve_as(|command| {
            command.args(flags);
        })
    }

    /// The same with what `settings` changes of how it is started.
    pub fn serve_as(&self, settings: impl FnOnce(&mut Command)) -> Server {
        let ready = UnixDatagram::bind(self.path("notify")).expect("bind the notify socket");
        let log =
            std::fs::File::options().create(true).append(true).open(self.path("serve.log")).expect("a log");
        let mut command = self.command(&["serve"]);
        settings(&mut command);
        let child = command
            .env("NOTIFY_SOCKET", self.path("notify"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("run ctrd serve");
        let word = fixture::heard(&ready).unwrap_or_else(|e| {
            panic!("no READY=1: {e}: {}", std::fs::read_to_string(self.path("serve.log")).unwrap_or_default())
        });
        assert!(word.starts_with("READY=1"), "{word:?}");
        std::fs::remove_file(self.path("notify")).expect("remove the notify socket");
        Server { child }
    }

    /// The stack's folder, which all that is left of it would name.
    pub fn word(&self) -> &str {
        self.dir.path().to_str().expect("UTF-8")
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let ids = self.run(&["container", "ls", "-q"]).stdout;
        for id in ids.lines() {
            self.run(&["task", "delete", "--force", id]);
            self.run(&["container", "rm", id]);
        }
    }
}

/// A running `ctrd serve`.
pub struct Server {
    child: Child,
}

impl Server {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and the end of it.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill the server");
        self.child.wait().expect("reap the server");
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("look for the server").is_some()
    }

    /// Waits until it ends by itself; the exit status.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("reap the server").code()
    }

    /// SIGTERM; the exit status.
    pub fn stop(&mut self) -> Option<i32> {
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("signal the server");
        self.child.wait().expect("reap the server").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|s| s.is_none()) {
            self.kill();
        }
    }
}

/// Every file below `dir` with all that a tar layer can carry: type, mode, owner, size or device,
/// link target, time to the nanosecond, number of links, content, extended attributes.
pub fn tree(dir: &Path) -> Vec<String> {
    let script = r#"
        cd "$1"
        find . -mindepth 1 -printf '%P\t%y %m %U:%G %T@ links=%n size=%s target=%l\n' | sed '/\td /s/ links=.*//'
        find . \( -type b -o -type c \) -exec stat -c '%n device %t:%T' {} +
        find . -type f -exec sha256sum {} +
        getfattr -R -h -d -m - -e hex . 2>/dev/null | awk '/^# file: / { name = $0; next } NF { print name, $0 }'
    "#;
    let out = bin::run(Command::new("bash").args(["-c", script, "tree"]).arg(dir)).ok();
    let mut lines: Vec<_> = out.lines().map(str::to_string).collect();
    lines.sort();
    lines
}
