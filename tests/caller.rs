//! The programs that call a runtime, with a state of their own: daemons that end with their test, an
//! image for them, and a terminal.

use std::io::Write;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::bin::{self, Done};
use crate::fixture;

/// A daemon that says when it is ready as systemd's services do; SIGTERM ends it with the test.
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts `command` with its output in `dir`/NAME.log, and returns once it is ready.
    pub fn start(command: &mut Command, dir: &Path) -> Self {
        let name = Path::new(command.get_program()).file_name().expect("a program").to_owned();
        let log = dir.join(&name).with_extension("log");
        let socket = dir.join(&name).with_extension("notify");
        let _ = std::fs::remove_file(&socket);
        let ready = UnixDatagram::bind(&socket).expect("bind the notify socket");
        let file = std::fs::File::create(&log).expect("create the log");
        let child = command
            .env("NOTIFY_SOCKET", &socket)
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("share the log"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let daemon = Self { child, log };
        loop {
            let word = fixture::heard(&ready).unwrap_or_else(|e| panic!("not ready: {e}: {}", daemon.log()));
            if word.starts_with("READY=1") {
                return daemon;
            }
        }
    }

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("kill a daemon");
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// A containerd of a test's own, with all it keeps in `dir` and its socket at `dir`/c.sock. It finds shims in
/// `dir`/bin first.
pub fn containerd(program: &Path, dir: &Path) -> Daemon {
    containerd_with(program, dir, "")
}

/// The same, with more in its configuration.
pub fn containerd_with(program: &Path, dir: &Path, more: &str) -> Daemon {
    let at = |name: &str| dir.join(name).display().to_string();
    let config = format!(
        "version = 2\nroot = {:?}\nstate = {:?}\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\", \
         \"io.containerd.cri.v1.images\", \"io.containerd.cri.v1.runtime\", \"io.containerd.internal.v1.opt\", \
         \"io.containerd.tracing.processor.v1.otlp\", \"io.containerd.nri.v1.nri\"]\n\
         [grpc]\naddress = {:?}\n{more}",
        at("clib"),
        at("crun"),
        at("c.sock"),
    );
    std::fs::write(at("config.toml"), config).expect("write config.toml");
    let path = format!("{}:{}", at("bin"), std::env::var("PATH").expect("PATH"));
    let mut command = Command::new(program);
    // What it saves on its way, and does not always remove, goes with the folder.
    command.args(["--config", &at("config.toml")]).env("PATH", path).env("TMPDIR", dir);
    Daemon::start(&mut command, dir)
}

/// Whether a containerd is installed of which it is known how its answers differ from those of `ctrd serve`: 2.1.
pub fn known_containerd() -> bool {
    if !bin::peer("containerd") {
        return false;
    }
    let text = bin::run(Command::new("containerd").arg("--version")).ok();
    let numbers = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let mut numbers = numbers.unwrap_or_default().split('.').map_while(|n| n.parse::<u32>().ok());
    let known = (numbers.next(), numbers.next()) == (Some(2), Some(1));
    if !known {
        bin::skip(&format!("{}: not 2.1", text.trim()));
    }
    known
}

/// Puts ctrd-shim in the place of containerd's own shim, for a containerd of this folder.
pub fn install_shim(dir: &Path) {
    std::fs::create_dir(dir.join("bin")).expect("make a folder");
    for name in ["containerd-shim-runc-v2", "containerd-shim-ctrd-v2"] {
        std::os::unix::fs::symlink(bin::path("ctrd-shim"), dir.join("bin").join(name)).expect("link");
    }
}

/// A folder in /run, where the path of a socket stays short.
pub fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("ctrd-it.").tempdir_in("/run").expect("a folder in /run")
}

/// The busybox root of [`fixture::rootfs`] as a tar archive.
pub fn archive(dir: &Path) -> PathBuf {
    let root = dir.join("busybox-root");
    fixture::rootfs(&root);
    let archive = dir.join("busybox.tar");
    bin::run(Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&archive).arg(".")).ok();
    archive
}

/// Runs a shell line on a terminal of 31 rows and 97 columns; the lines that appear on it.
///
/// Nothing is typed, not even an end of input: podman would hand that on to conmon, which closes the
/// connection without reading it once the container has ended. The kernel then takes such a
/// connection for broken, and drops what podman has yet to read of the container's output.
pub fn on_terminal(line: &str) -> (Done, Vec<String>) {
    let line = format!("stty rows 31 cols 97; {line}");
    let (input, silent) = std::io::pipe().expect("make a pipe");
    let done = bin::run(Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(input));
    drop(silent);
    let lines = done.stdout.lines().map(|l| l.trim_end().to_string()).collect();
    (done, lines)
}

/// A child that ends with its test.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The same with something typed, once a line of `awaited` has appeared; each line within a minute.
pub fn typed_on_terminal(line: &str, awaited: &str, typed: &str) -> (i32, Vec<String>) {
    let line = format!("stty rows 31 cols 97; {line}");
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Ended(command.spawn().expect("run script"));
    let mut input = child.0.stdin.take().expect("its input");
    let mut lines = Vec::new();
    for shown in fixture::lines(child.0.stdout.take().expect("its output")) {
        println!("{shown}");
        if shown == awaited {
            input.write_all(typed.as_bytes()).expect("type");
        }
        lines.push(shown);
    }
    let status = child.0.wait().expect("script ends");
    drop(input);
    (status.code().expect("a status"), lines)
}

/// A script for inside a container: waits for the caller to hand the terminal's size on.
pub const SIZE: &str = r#"timeout 20 sh -c 'until [ "$(stty size)" = "31 97" ]; do :; done'; stty size"#;

/// A script for inside a container: a limit of its cgroup, by its name in either version.
pub fn limit(v1: &str, v2: &str) -> String {
    format!("cat /sys/fs/cgroup/{v1} 2>/dev/null || cat /sys/fs/cgroup/{v2}")
}

/// Whether the test may give every capability of the kernel's away; a container of another may not.
pub fn every_capability() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
    let last = std::fs::read_to_string("/proc/sys/kernel/cap_last_cap").expect("procfs");
    let all = (1u64 << (last.trim().parse::<u32>().expect("a number") + 1)) - 1;
    let bound = status.lines().find_map(|l| l.strip_prefix("CapBnd:")).expect("a field");
    u64::from_str_radix(bound.trim(), 16).expect("hexadecimal") == all
}
