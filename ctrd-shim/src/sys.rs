//! System calls that nix and std do not wrap safely, each once.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};

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

/// Waits for a child, or any of them for -1; none is ready with WNOHANG. nix knows no real-time signals: of a child that
/// one has killed it would take the status and tell nothing but an error.
pub fn waitpid(pid: i32, flags: libc::c_int) -> nix::Result<Option<(i32, ExitStatus)>> {
    let mut status = 0;
    loop {
        // SAFETY: waitpid stores one integer, to a live local.
        match Errno::result(unsafe { libc::waitpid(pid, &raw mut status, flags) }) {
            Err(Errno::EINTR) => continue,
            Err(e) => return Err(e),
            Ok(0) => return Ok(None),
            Ok(pid) => return Ok(Some((pid, ExitStatus::from_raw(status)))),
        }
    }
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
