//! Stable codes of failures: the `code` of a JSON log entry, and with `--status-codes` the exit
//! status. Callers need not read English; the words may change, the codes do not.

use nix::errno::Errno;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Code {
    pub name: &'static str,
    pub status: i32,
}

const fn code(name: &'static str, status: i32) -> Code {
    Code { name, status }
}

pub const OTHER: Code = code("failure", 1);

/// Each code, and words of the messages that have it. The first that is found counts.
const CODES: [(Code, &[&str]); 20] = [
    (code("out-of-memory", 77), &["OOM-killed"]),
    (code("not-found", 66), &["container does not exist"]),
    (code("exists", 67), &["container with given ID already exists", "container's cgroup is not empty"]),
    (code("invalid-id", 68), &["invalid container ID format"]),
    (code("not-running", 69), &["container not running", "in a stopped container", "that has stopped"]),
    (code("already-running", 70), &["already running container", "that is not stopped"]),
    (code("paused", 71), &["in a paused container"]),
    (code("not-paused", 72), &["container not paused"]),
    (code("unknown-signal", 73), &["unknown signal"]),
    (code("bundle", 74), &["config.json not found", "bundle /", "invalid rootfs", "no such bundle"]),
    (
        code("config", 65),
        &[
            "parse ",
            "malformed spec file",
            "must not be",
            "must be",
            "is not allowed",
            "is not supported",
            "but no ",
        ],
    ),
    (code("program-not-found", 127), &["executable file not found in $PATH"]),
    (code("hook", 76), &["error running "]),
    (code("seccomp", 78), &["seccomp"]),
    (code("cgroup", 79), &["cgroup"]),
    (code("mount", 80), &["mount ", "mounting ", "mounts["]),
    (code("namespace", 81), &["namespace", "setns", "unshare", "clone3"]),
    (code("working-directory", 82), &["chdir to cwd"]),
    (code("terminal", 83), &["tty", "terminal", "console"]),
    (code("init-died", 84), &["ocirun-init "]),
];

/// What remains is told apart by the errno at its root.
const ERRNOS: [(Code, &[Errno]); 4] = [
    (code("permission-denied", 85), &[Errno::EPERM, Errno::EACCES, Errno::EROFS]),
    (code("no-such-file", 86), &[Errno::ENOENT, Errno::ENOTDIR]),
    (
        code("out-of-resources", 87),
        &[Errno::ENOMEM, Errno::EMFILE, Errno::ENFILE, Errno::EAGAIN, Errno::ENOSPC, Errno::EDQUOT],
    ),
    (code("unsupported", 88), &[Errno::ENOSYS, Errno::EOPNOTSUPP]),
];

const PROGRAM_REFUSED: Code = code("program-not-executable", 126);
const PROGRAM_MISSING: Code = code("program-not-found", 127);

/// The code of a failure by its message and the errno at its root.
pub fn of(message: &str, errno: Option<Errno>) -> Code {
    // `exec: "/x": no such file or directory` and the late `exec /x: …`.
    if message.contains("exec: \"") || message.starts_with("exec /") {
        match errno {
            Some(Errno::ENOENT | Errno::ENOTDIR) => return PROGRAM_MISSING,
            Some(Errno::EACCES | Errno::EPERM | Errno::EISDIR | Errno::ENOEXEC) => return PROGRAM_REFUSED,
            _ => {}
        }
    }
    let by_words = CODES.iter().find(|(_, words)| words.iter().any(|w| message.contains(w)));
    let by_errno = || ERRNOS.iter().find(|(_, all)| errno.is_some_and(|e| all.contains(&e)));
    by_words.map(|(code, _)| *code).or_else(|| by_errno().map(|(code, _)| *code)).unwrap_or(OTHER)
}

/// Every code once, for the manual page.
pub fn all() -> Vec<Code> {
    let mut all: Vec<Code> = CODES.iter().map(|(c, _)| *c).chain(ERRNOS.iter().map(|(c, _)| *c)).collect();
    all.extend([OTHER, PROGRAM_REFUSED]);
    all.sort_by_key(|c| c.status);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for (message, errno, want) in [
            ("kill web: container does not exist", None, "not-found"),
            ("exec failed: exec: \"x\": executable file not found in $PATH", None, "program-not-found"),
            (
                "exec failed: exec: \"/x\": no such file or directory",
                Some(Errno::ENOENT),
                "program-not-found",
            ),
            ("exec failed: exec: \"/x\": is a directory", Some(Errno::EISDIR), "program-not-executable"),
            ("exec /x: no such file or directory", Some(Errno::ENOENT), "program-not-found"),
            ("runc run failed: parse /b/config.json: EOF", None, "config"),
            ("runc run failed: write /x: no space left on device", Some(Errno::ENOSPC), "out-of-resources"),
            ("list: open /x: no such file or directory", Some(Errno::ENOENT), "no-such-file"),
            (
                "runc create failed: container init was OOM-killed: memory limit 9 bytes: error running x hook #0",
                None,
                "out-of-memory",
            ),
            ("strange", None, "failure"),
        ] {
            assert_eq!(of(message, errno).name, want, "{message}");
        }
    }

    #[test]
    fn a_status_means_one_thing() {
        let all = all();
        for (n, code) in all.iter().enumerate() {
            assert!(all[n + 1..].iter().all(|c| c.status != code.status && c.name != code.name), "{code:?}");
        }
    }
}
