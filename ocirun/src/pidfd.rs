//! Processes by descriptor: a pidfd never means another process that got the same number.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::text;

/// What tells a process from a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stat {
    /// `R`, `S`, `Z`, …
    pub state: u8,
    /// Clock ticks since boot.
    pub start_time: u64,
}

/// Reads `/proc/PID/stat`; none where there is no such process. That it cannot be read is no sign
/// of a process that is gone.
pub fn stat(pid: i32) -> Result<Option<Stat>> {
    let path = format!("/proc/{pid}/stat");
    match text::bytes(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound || e.raw_os_error() == Some(libc::ESRCH) => Ok(None),
        other => Ok(parse(&other.with_context(|| format!("read {path}"))?)),
    }
}

/// Whether the process that had this number at that start time lives: not where it is a zombie.
pub fn lives(pid: i32, start_time: u64) -> Result<bool> {
    Ok(stat(pid)?.is_some_and(|s| s.start_time == start_time && s.state != b'Z' && s.state != b'X'))
}

/// The name, in parentheses, may hold anything, parentheses included.
fn parse(stat: &[u8]) -> Option<Stat> {
    let end = stat.iter().rposition(|b| *b == b')')?;
    let text = std::str::from_utf8(stat.get(end + 2..)?).ok()?;
    let mut fields = text.split(' ');
    let state = *fields.next()?.as_bytes().first()?;
    Some(Stat { state, start_time: fields.nth(18)?.parse().ok()? })
}

/// Opens the process that had this number at that start time; none where it is gone or a zombie.
pub fn open(pid: i32, start_time: u64) -> Result<Option<OwnedFd>> {
    let fd = match pidfd_open(pid) {
        Err(Errno::ESRCH) => return Ok(None),
        other => other.with_context(|| format!("pidfd_open {pid}"))?,
    };
    // Looked at after the descriptor was taken: from here on the number cannot change hands.
    Ok(lives(pid, start_time)?.then_some(fd))
}

/// Opens a child of this process, which nobody else can have reaped.
pub fn open_child(pid: i32) -> Result<OwnedFd> {
    pidfd_open(pid).with_context(|| format!("pidfd_open {pid}"))
}

fn pidfd_open(pid: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_open(2) takes two integers and touches no memory of ours.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: the kernel has just made this descriptor, for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// A duplicate of another process's descriptor.
pub fn take_descriptor(process: &OwnedFd, number: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_getfd(2) takes integers and touches no memory of ours.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), number, 0) })?;
    // SAFETY: the kernel has just made this descriptor, for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Sends a signal; false where the process is gone.
pub fn signal(fd: impl AsFd, signal: i32) -> Result<bool> {
    match send(fd, signal) {
        Ok(()) => Ok(true),
        Err(Errno::ESRCH) => Ok(false),
        Err(e) => Err(e).with_context(|| format!("send signal {signal}")),
    }
}

/// Sends a signal to whichever process has this number now.
pub fn signal_pid(pid: i32, signal: i32) -> Result<(), Errno> {
    send(pidfd_open(pid)?, signal)
}

fn send(fd: impl AsFd, signal: i32) -> Result<(), Errno> {
    let null = std::ptr::null::<libc::siginfo_t>();
    let fd = fd.as_fd().as_raw_fd();
    // SAFETY: without siginfo, pidfd_send_signal(2) reads nothing of ours.
    Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, null, 0) }).map(drop)
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Killed(i32),
}

/// Waits for a child, and reaps it. nix takes the signals of real time for an error.
pub fn wait(pid: i32) -> Result<End, Errno> {
    let mut status = 0;
    loop {
        // SAFETY: waitpid(2) stores one integer, which `status` is.
        match Errno::result(unsafe { libc::waitpid(pid, &raw mut status, 0) }) {
            Err(Errno::EINTR) => {}
            Err(e) => return Err(e),
            Ok(_) if libc::WIFEXITED(status) => return Ok(End::Exited(libc::WEXITSTATUS(status))),
            Ok(_) if libc::WIFSIGNALED(status) => return Ok(End::Killed(libc::WTERMSIG(status))),
            Ok(_) => {}
        }
    }
}

/// A child that has ended and was not waited for.
pub fn zombie() -> Option<i32> {
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: siginfo_t is made of integers and pointers that nobody follows here, for which all
    // zeroes is a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: waitid(2) fills one siginfo_t, which `info` is.
    let found = Errno::result(unsafe { libc::waitid(libc::P_ALL, 0, &raw mut info, flags) });
    // SAFETY: of a child that has ended, or all zeroes: the field is set either way.
    found.ok().map(|_| unsafe { info.si_pid() }).filter(|pid| *pid != 0)
}

/// Waits until the process has ended; false where `timeout` milliseconds passed first.
pub fn ended(fd: impl AsFd, timeout: Option<u16>) -> Result<bool> {
    let timeout = timeout.map_or(PollTimeout::NONE, PollTimeout::from);
    loop {
        match poll(&mut [PollFd::new(fd.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(n) => return Ok(n > 0),
            Err(Errno::EINTR) => {}
            Err(e) => return Err(e).context("wait for a process"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_the_rest_of_the_line() {
        let stat = b"7 (a) S 1 (b)) R 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4242 0 0\n";
        assert_eq!(parse(stat), Some(Stat { state: b'R', start_time: 4242 }));
        assert_eq!(parse(b"7 (x"), None);
    }

    #[test]
    fn any_bytes_are_a_stat_or_none() {
        crate::chance::cases(20_000, |c| {
            let mut stat = c.bytes(20);
            stat.extend(c.text(&["7 (a)", " R ", " 1 1 1 1 1 1 1 1 1 1", ")"]).bytes());
            parse(&stat);
        });
    }
}
