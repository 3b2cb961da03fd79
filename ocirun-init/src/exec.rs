//! The last steps: finds the program, waits at the start gate, becomes the program.

use std::convert::Infallible;
use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd};

use anyhow::{Context, Error, Result, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::{execve, write};

use crate::again::again;
use crate::proc::{self, Proc};
use crate::{environment, fd, syscall};

/// Finds the program as a shell would, by PATH of its own environment. The words of the errors are
/// part of the interface: engines read from them whether a program is missing or may not be run.
pub fn look_up(program: &str, env: &[CString]) -> Result<CString> {
    let said = || format!("exec: {program:?}");
    if program.contains('/') {
        let found = CString::new(program).with_context(said)?;
        check(&found).with_context(said)?;
        return Ok(found);
    }
    let mut denied = None;
    if !program.is_empty() {
        for dir in environment::value(env, "PATH").unwrap_or_default().split(':') {
            // A relative entry would run what lies in the working directory.
            if !dir.starts_with('/') {
                continue;
            }
            let found = CString::new(format!("{dir}/{program}")).with_context(said)?;
            match check(&found) {
                Ok(()) => return Ok(found),
                Err(Errno::EACCES) => denied = Some(Errno::EACCES),
                Err(_) => {}
            }
        }
    }
    match denied {
        Some(errno) => Err(Error::from(errno).context(said())),
        None => bail!("exec: {program:?}: executable file not found in $PATH"),
    }
}

fn check(path: &CString) -> Result<(), Errno> {
    let stat = nix::sys::stat::stat(path.as_c_str())?;
    if crate::path::is_dir(&stat) {
        return Err(Errno::EISDIR);
    }
    match syscall::may_execute(path) {
        // A kernel or filter without this call: the mode has to do.
        Err(Errno::ENOSYS | Errno::EPERM) if stat.st_mode & 0o111 != 0 => Ok(()),
        Err(Errno::ENOSYS | Errno::EPERM) => Err(Errno::EACCES),
        done => done,
    }
}

/// Where the process waits for `start`, found while there is somebody to be told of a failure.
pub struct Gate {
    fifo: OwnedFd,
    descriptors: OwnedFd,
}

impl Gate {
    pub fn find(number: i32, proc: &Proc) -> Result<Self> {
        let fifo = fd::take(number).context("open the exec FIFO")?;
        let descriptors = proc.descriptors().context("open the exec FIFO")?;
        // A container that was not started yet can be ended as politely as one that was. Not in
        // `wait`: what follows `ready` no `create` can answer for, so it is one call.
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
            syscall::end_at(signal);
        }
        Ok(Self { fifo, descriptors })
    }

    /// Opening the exec FIFO for writing waits until `start` opens it for reading. The procfs that
    /// it is opened through ends here: hooks that run in the container are not to find it.
    ///
    /// What is returned stays open until execve closes it: by that `start` knows that the program
    /// runs.
    pub fn wait(self) -> Result<OwnedFd> {
        let gate = proc::reopen(self.descriptors.as_fd(), self.fifo.as_fd(), OFlag::O_WRONLY)
            .context("open the exec FIFO")?;
        again(|| write(&gate, b"0")).context("write the exec FIFO")?;
        Ok(gate)
    }
}

/// Does not return but to say why.
pub fn execute(program: &CString, args: &[CString], env: &[CString]) -> Result<Infallible> {
    loop {
        match execve(program, args, env) {
            // A kernel whose image loading was interrupted, by a signal to the whole group.
            Err(Errno::EINTR) => {}
            Err(error) => {
                return Err(error).with_context(|| format!("exec {}", program.to_string_lossy()));
            }
            Ok(never) => return Ok(never),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(program: &str, path: &str) -> String {
        let env = [CString::new(format!("PATH={path}")).unwrap()];
        match look_up(program, &env) {
            Ok(found) => found.to_str().unwrap().to_owned(),
            Err(error) => match error.root_cause().downcast_ref::<Errno>() {
                Some(errno) => format!("{error}: {}", errno.desc().to_lowercase()),
                None => error.to_string(),
            },
        }
    }

    #[test]
    fn errors_say_what_engines_look_for() {
        let missing = "exec: \"nosuchbin\": executable file not found in $PATH";
        let cases = [
            ("/bin/sh", "", "/bin/sh"),
            ("sh", "/nonexistent:/bin", "/bin/sh"),
            ("nosuchbin", "/bin", missing),
            ("nosuchbin", "", missing),
            ("sh", "bin:.", "exec: \"sh\": executable file not found in $PATH"),
            ("", "/bin", "exec: \"\": executable file not found in $PATH"),
            ("/etc", "", "exec: \"/etc\": is a directory"),
            ("/etc/passwd", "", "exec: \"/etc/passwd\": permission denied"),
            ("passwd", "/etc", "exec: \"passwd\": permission denied"),
            ("/none", "", "exec: \"/none\": no such file or directory"),
        ];
        for (program, path, want) in cases {
            assert_eq!(message(program, path), want, "{program} in {path}");
        }
    }
}
