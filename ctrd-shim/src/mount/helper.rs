//! File systems in user space: `fuse3.NAME` is mounted by the program mount.fuse3.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use ctrd_shim::api::types::Mount;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::command::{Command, wait};
use crate::sys;

/// The program must not keep everybody else waiting for long.
const LIMIT: u16 = 10_000;

/// The program for a type of mount, and what it knows the file system as.
pub fn of(kind: &str) -> Option<(&'static str, &str)> {
    [("fuse3.", "mount.fuse3"), ("fuse.", "mount.fuse")]
        .into_iter()
        .find_map(|(prefix, program)| Some((program, kind.strip_prefix(prefix)?)))
}

pub fn mount(program: &str, kind: &str, one: &Mount, target: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.arg(&one.source).arg(target);
    for option in &one.options {
        command.args(["-o", option]);
    }
    command.args(["-t", kind]);
    let (stderr, theirs) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&stderr, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let pid = command.stderr(theirs).spawn().with_context(|| format!("run {program}"))?;
    let ended = sys::process_fd(pid).map(|fd| {
        let mut fds = [PollFd::new(std::os::fd::AsFd::as_fd(&fd), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::from(LIMIT)).is_ok_and(|n| n > 0)
    });
    if !ended.unwrap_or(true) {
        let _ = sys::kill(pid, libc::SIGKILL as u32);
    }
    let status = wait(pid).with_context(|| format!("wait for {program}"))?;
    if status.success() {
        return Ok(());
    }
    // What it has started may hold the other end: what is there now is all.
    let mut said = vec![0; 4096];
    let n = File::from(stderr).read(&mut said).unwrap_or(0);
    bail!("{program}: {status}: {}", String::from_utf8_lossy(&said[..n]).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_names_the_program() {
        for (kind, want) in [
            ("fuse3.fuse-overlayfs", Some(("mount.fuse3", "fuse-overlayfs"))),
            ("fuse.x", Some(("mount.fuse", "x"))),
            ("fuse", None),
            ("overlay", None),
        ] {
            assert_eq!(of(kind), want, "{kind}");
        }
    }

    #[test]
    fn what_the_program_says_is_the_reason() {
        let one = Mount { source: "there".into(), options: vec!["a".into()], ..Default::default() };
        let words = |program: &str| format!("{:#}", mount(program, "x", &one, Path::new("/t")).unwrap_err());
        assert!(words("/nonexistent/helper").starts_with("run /nonexistent/helper: No such file"));
        assert!(words("cat").contains("cat: exit status: 1: "), "{}", words("cat"));
    }
}
