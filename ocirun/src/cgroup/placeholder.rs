//! A process that keeps a place until the container's first process is there: systemd makes a
//! scope around a process that runs, and takes it away with the last one.
#![allow(unsafe_code)]

use std::os::fd::OwnedFd;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, pipe2, read};

/// Ends, and is waited for, when this is dropped.
#[derive(Debug)]
pub struct Placeholder {
    pid: Pid,
    /// Its life: the process reads the other end until this one is closed, by whatever cause.
    hold: Option<OwnedFd>,
}

impl Placeholder {
    pub fn new() -> Result<Placeholder> {
        let (end, hold) = pipe2(OFlag::O_CLOEXEC).context("make a pipe")?;
        // SAFETY: this program has one thread, so the child finds no lock held; it closes its
        // copy of the pipe, reads, and leaves by `_exit`, without any destructor.
        match unsafe { fork() }.context("fork")? {
            ForkResult::Parent { child } => Ok(Placeholder { pid: child, hold: Some(hold) }),
            ForkResult::Child => {
                drop(hold);
                while read(&end, &mut [0]) == Err(Errno::EINTR) {}
                // SAFETY: ends the process at once, and takes no pointer.
                unsafe { libc::_exit(0) }
            }
        }
    }

    pub fn pid(&self) -> Pid {
        self.pid
    }
}

impl Drop for Placeholder {
    fn drop(&mut self) {
        drop(self.hold.take());
        while waitpid(self.pid, None) == Err(Errno::EINTR) {}
    }
}
