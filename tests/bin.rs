//! The programs under test: built once per run, and called with their output captured.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The folder that holds the four programs: `$CTRD_BIN`, or a fresh build in the tests' own profile.
pub fn dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        if let Some(dir) = std::env::var_os("CTRD_BIN") {
            return PathBuf::from(dir);
        }
        let exe = std::env::current_exe().expect("the test's own path");
        let dir = exe.parent().and_then(Path::parent).expect("target/<triple>/<profile>/deps").to_path_buf();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--quiet", "--offline", "--workspace", "--bins"])
            .current_dir(crate::generated::root());
        if dir.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("run cargo").success(), "the programs do not build");
        dir
    })
}

/// The path of one of the four programs.
pub fn path(name: &str) -> PathBuf {
    dir().join(name)
}

/// A command for one of the four programs, with nothing on standard input. With `$CTRD_WITHOUT`
/// ocirun runs as on a kernel that lacks this system call.
pub fn command(name: &str) -> Command {
    let mut command = match std::env::var_os("CTRD_WITHOUT").filter(|_| name.starts_with("ocirun")) {
        Some(call) => {
            let mut command = Command::new(path("examples/without"));
            command.arg(call).arg(path(name));
            command
        }
        None => Command::new(path(name)),
    };
    command.stdin(Stdio::null()).env_remove("NOTIFY_SOCKET");
    command
}

/// What a finished program printed, and its exit status (128 + N when a signal ended it).
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    /// The output, where the program must have succeeded.
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "exit {}: {}{}", self.code, self.stdout, self.stderr);
        self.stdout
    }

    /// The one line on standard error, where the program must have failed with `code`.
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "stdout: {} stderr: {}", self.stdout, self.stderr);
        let lines: Vec<_> = self.stderr.lines().collect();
        assert_eq!(lines.len(), 1, "one failure is one line: {:?}", self.stderr);
        lines[0].to_string()
    }
}

/// Runs `command` to its end and captures what it prints.
pub fn run(command: &mut Command) -> Done {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    done(&output)
}

/// The same for output that was already collected.
pub fn done(output: &Output) -> Done {
    use std::os::unix::process::ExitStatusExt;
    let code = output.status.code().or(output.status.signal().map(|n| 128 + n)).expect("it ended");
    Done {
        code,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Whether a peer's program is installed; tells the reason for the skip where it is not, past the
/// capture of a passing test's output, for `tests/run` to count.
pub fn peer(name: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()));
    if !found {
        skip(&format!("{name} is not installed"));
    }
    found
}

/// Whether the test has a machine of its own, with systemd and AppArmor in reach (`tests/vm`).
pub fn machine() -> bool {
    let found = std::env::var_os("CTRD_MACHINE").is_some();
    if !found {
        skip("it needs a machine of its own");
    }
    found
}

/// Whether this kernel counts swap, without which cgroup v1 takes no limit of it.
pub fn counts_swap() -> bool {
    let memory = Path::new("/sys/fs/cgroup/memory");
    !memory.is_dir() || memory.join("memory.memsw.limit_in_bytes").exists()
}

/// The same, for a test that is skipped otherwise.
pub fn swap() -> bool {
    let found = counts_swap();
    if !found {
        skip("this kernel does not count swap");
    }
    found
}

/// Tells why a test is skipped, past the capture of a passing test's output.
pub fn skip(reason: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
}
