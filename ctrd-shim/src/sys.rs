//! System calls that nix and std do not wrap safely, each once.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};

/// What a child gets besides its three standard descriptors.
#[derive(Debug, Default)]
pub struct Extra {
    /// Killed when this process dies.
    pub dies_with_us: bool,
    /// Handed over as 3, 4, 5 …
    pub fds: Vec<OwnedFd>,
}

/// Prepares `command` to start with an empty signal mask (ours blocks what the signalfd takes).
pub fn prepare(command: &mut Command, extra: Extra) {
    let run = move || {
        // The mask and the death signal survive execve; std resets neither.
        nix::sys::signal::SigSet::empty().thread_set_mask()?;
        if extra.dies_with_us {
            nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
        }
        // First out of the way of all targets, then each to its place.
        for (n, fd) in extra.fds.iter().enumerate() {
            let high = duplicate_above(fd.as_fd(), 64 + n as RawFd)?;
            place(high, 3 + n as RawFd)?;
        }
        // Whatever our own caller has left open is nobody's business further down.
        keep_below(3 + extra.fds.len() as libc::c_uint);
        Ok(())
    };
    // SAFETY: between fork and execve `run` makes system calls only: the Vec was filled before,
    // is only read, and is not dropped in the child, which execs or exits.
    unsafe { command.pre_exec(run) };
}

fn duplicate_above(fd: BorrowedFd<'_>, low: RawFd) -> io::Result<RawFd> {
    // SAFETY: F_DUPFD_CLOEXEC takes an int and touches no memory; `fd` is open by its type.
    Ok(Errno::result(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, low) })?)
}

fn place(from: RawFd, to: RawFd) -> io::Result<()> {
    // SAFETY: dup2 touches no memory. What was open at `to` belongs to the parent's image,
    // which this child is about to replace.
    Errno::result(unsafe { libc::dup2(from, to) })?;
    Ok(())
}

/// Marks all descriptors from `first` on to be closed by execve. Those that we have opened are
/// marked already, so a kernel that cannot do this (before 5.11) leaves only inherited ones.
fn keep_below(first: libc::c_uint) {
    // SAFETY: close_range takes numbers, and with this flag it closes nothing now.
    unsafe {
        libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
}

/// Adopts an inherited descriptor, if it is open and a socket that listens.
pub fn inherited_listener(fd: RawFd) -> io::Result<OwnedFd> {
    let mut listens: libc::c_int = 0;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: both pointers are to live locals, and `size` is the first one's size.
    Errno::result(unsafe {
        libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ACCEPTCONN, (&raw mut listens).cast(), &raw mut size)
    })?;
    if listens == 0 {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: it is open, as getsockopt has shown, and main calls this once, before anything
    // else opens a descriptor, so nobody else owns it.
    let owned = unsafe { OwnedFd::from_raw_fd(fd) };
    nix::fcntl::fcntl(&owned, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC))?;
    Ok(owned)
}

/// Receives one descriptor over a unix socket.
pub fn receive_fd(socket: BorrowedFd<'_>) -> io::Result<Option<OwnedFd>> {
    let mut name = [0u8; 4096];
    let mut parts = [io::IoSliceMut::new(&mut name)];
    let mut space = nix::cmsg_space!([RawFd; 4]);
    let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<()>(socket.as_raw_fd(), &mut parts, Some(&mut space), flags)?;
    let mut first = None;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(fds) = control {
            for fd in fds {
                // SAFETY: the kernel has just made this descriptor for us.
                let fd = unsafe { OwnedFd::from_raw_fd(fd) };
                first.get_or_insert(fd);
            }
        }
    }
    Ok(first)
}

/// Sets a terminal's size.
pub fn resize(terminal: BorrowedFd<'_>, width: u16, height: u16) -> io::Result<()> {
    let size = libc::winsize { ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads one winsize, which lives until the call returns.
    Errno::result(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) })?;
    Ok(())
}

/// How many bytes stand unread in a pipe.
pub fn unread(pipe: BorrowedFd<'_>) -> io::Result<usize> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int, to a live local.
    Errno::result(unsafe { libc::ioctl(pipe.as_raw_fd(), libc::FIONREAD, &raw mut count) })?;
    Ok(count.max(0) as usize)
}

/// Puts the process group into a core scheduling group of its own, which children inherit.
pub fn share_no_core() -> io::Result<()> {
    const PIDTYPE_PGID: libc::c_ulong = 2;
    // SAFETY: this prctl takes numbers only.
    Errno::result(unsafe {
        libc::prctl(libc::PR_SCHED_CORE, libc::PR_SCHED_CORE_CREATE, 0, PIDTYPE_PGID, 0)
    })?;
    Ok(())
}

/// A descriptor that can be read once this process has ended.
pub fn process_fd(pid: u32) -> io::Result<OwnedFd> {
    // SAFETY: pidfd_open takes numbers.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// Whether this process is there and a child of ours.
pub fn is_child(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
    parent.is_some_and(|parent| parent == std::process::id().to_string())
}

/// Whether this child of ours has ended or is about to: from before its descriptors are closed.
pub fn is_ending(pid: u32) -> bool {
    const PF_EXITING: u32 = 4;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // State, parent, group, session, terminal, its group, flags (proc_pid_stat(5)).
    let flags = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(6)?.parse::<u32>().ok());
    flags.is_none_or(|flags| flags & PF_EXITING != 0)
}

/// Sends any signal, also those that nix's enumeration lacks.
pub fn kill(pid: u32, signal: u32) -> nix::Result<()> {
    // SAFETY: kill takes two numbers.
    Errno::result(unsafe { libc::kill(pid as libc::pid_t, signal as libc::c_int) })?;
    Ok(())
}
