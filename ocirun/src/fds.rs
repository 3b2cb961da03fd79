//! The descriptors that a program inherits: none by accident, and those that were promised.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::stat::fstat;

/// Marks every descriptor from 3 on, so that neither a hook nor the container gets one that the
/// caller forgot to close (CVE-2024-21626).
pub fn close_on_exec() -> Result<()> {
    let flag = libc::CLOSE_RANGE_CLOEXEC as libc::c_int;
    // SAFETY: only a flag of each descriptor changes; none is closed under its owner.
    match Errno::result(unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, flag) }) {
        // Before Linux 5.11.
        Err(Errno::ENOSYS | Errno::EINVAL) => close_each_on_exec(),
        done => done.map(drop).context("close_range"),
    }
}

fn close_each_on_exec() -> Result<()> {
    let open = std::fs::read_dir("/proc/self/fd").context("read /proc/self/fd")?;
    for entry in open {
        let entry = entry.context("read /proc/self/fd")?;
        if let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<RawFd>().ok())
            && number > 2
        {
            // SAFETY: only a flag of the descriptor changes. That of the folder is marked already.
            unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
    Ok(())
}

/// How many descriptors from 3 on the program is to keep: those of socket activation, then
/// `--preserve-fds`. Each must be open.
pub fn preserved(asked: u32) -> Result<u32> {
    let listen = std::env::var("LISTEN_FDS").ok().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    let count =
        listen.checked_add(asked).filter(|n| *n < 65_536).context("too many descriptors to preserve")?;
    for fd in 3..3 + count as RawFd {
        // SAFETY: fcntl(F_GETFD) on a number that may not be open only answers EBADF.
        let open = Errno::result(unsafe { libc::fcntl(fd, libc::F_GETFD) });
        if let Err(e) = open {
            bail!("unable to stat preserved-fd {} (of {count}): {}", fd - 3, crate::error::strerror(e));
        }
    }
    Ok(count)
}

/// The variables that tell the program of socket-activated descriptors.
pub fn listen_env() -> Vec<String> {
    match std::env::var("LISTEN_FDS").ok().filter(|n| n.parse::<u32>().is_ok_and(|n| n > 0)) {
        Some(n) => vec![format!("LISTEN_FDS={n}"), "LISTEN_PID=1".to_string()],
        None => Vec::new(),
    }
}

/// Which of our standard streams are pipes without a name, as `pipe:[INODE]`; nothing at all
/// where none is.
pub fn stdio_pipes() -> Vec<String> {
    let pipe = |fd: BorrowedFd| {
        let is_pipe = fstat(fd).is_ok_and(|s| s.st_mode & libc::S_IFMT == libc::S_IFIFO);
        let link = || std::fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).ok();
        let name = is_pipe.then(link).flatten().unwrap_or_default();
        // A FIFO has a path of its own.
        name.to_str().filter(|n| n.starts_with("pipe:[")).unwrap_or_default().to_owned()
    };
    let (input, output, errors) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let pipes = [input.as_fd(), output.as_fd(), errors.as_fd()].map(pipe);
    if pipes.iter().all(String::is_empty) { Vec::new() } else { pipes.into() }
}

/// The same descriptor at a number of at least `least`, marked close-on-exec.
pub fn raise(fd: OwnedFd, least: RawFd) -> Result<OwnedFd> {
    if fd.as_raw_fd() >= least {
        return Ok(fd);
    }
    // Not by the library, of which one marks the new descriptor once more.
    let number = fd.as_raw_fd();
    // SAFETY: the call takes numbers only.
    let raised = unsafe { libc::syscall(libc::SYS_fcntl, number, libc::F_DUPFD_CLOEXEC, least) };
    let raised = Errno::result(raised).context("duplicate a descriptor")?;
    // SAFETY: the kernel has just made this descriptor, for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(raised as RawFd) })
}

/// Lets hooks and children of this process inherit `fd`.
pub fn inherit(fd: BorrowedFd) -> Result<()> {
    fcntl(fd, FcntlArg::F_SETFD(FdFlag::empty())).context("clear close-on-exec")?;
    Ok(())
}

/// Descriptors that a child is to find at numbers that its Bootstrap names.
pub struct Passed {
    next: RawFd,
    list: Vec<(OwnedFd, RawFd)>,
}

impl Passed {
    /// Numbers behind the preserved ones; 8 and 9 where those leave room.
    pub fn behind(preserve: u32) -> Passed {
        Passed { next: (3 + preserve as RawFd).max(8), list: Vec::new() }
    }

    /// Takes a descriptor; the number it will have.
    pub fn add(&mut self, fd: OwnedFd) -> RawFd {
        let number = self.next;
        self.list.push((fd, number));
        self.next += 1;
        number
    }

    /// The first number above all of them.
    pub fn end(&self) -> RawFd {
        self.next
    }

    /// The same, each lifted above all numbers of the child.
    pub fn lift(self) -> Result<Vec<(OwnedFd, RawFd)>> {
        let end = self.next;
        self.list.into_iter().map(|(fd, number)| Ok((raise(fd, end)?, number))).collect()
    }
}

/// Adopts a descriptor that a message brought.
pub fn owned(fd: RawFd) -> Result<OwnedFd> {
    // SAFETY: fcntl(F_GETFD) on a number that may not be open only answers EBADF.
    Errno::result(unsafe { libc::fcntl(fd, libc::F_GETFD) }).context("adopt a descriptor")?;
    // SAFETY: it is open, and the kernel gave it to this process in a message just read.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Gives one terminal the size of another.
pub fn copy_window_size(from: BorrowedFd, to: BorrowedFd) -> Result<()> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ fills one winsize, which `size` is.
    Errno::result(unsafe { libc::ioctl(from.as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) })
        .context("TIOCGWINSZ")?;
    // SAFETY: TIOCSWINSZ reads one winsize, which `size` is.
    Errno::result(unsafe { libc::ioctl(to.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) })
        .context("TIOCSWINSZ")?;
    Ok(())
}
