//! The process's terminal: a pseudoterminal of the container's own devpts, whose master goes to
//! whoever waits at the console socket.

use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use nix::sys::stat::{Mode, SFlag, fstat, major, minor};
use nix::sys::statfs::{DEVPTS_SUPER_MAGIC, fstatfs};
use nix::sys::termios::{OutputFlags, SetArg, tcgetattr, tcsetattr};
use ocirun_init::ConsoleSize;

use crate::again::again;
use crate::{attach, path, syscall};

/// The name that receivers print.
const MASTER: &str = "/dev/ptmx";

/// devpts makes its ptmx with this inode.
const PTMX_INODE: u64 = 2;

/// How the terminal is to be.
pub struct Settings {
    pub size: Option<ConsoleSize>,
    pub bare_newlines: bool,
}

/// Makes the terminal the process's streams and controlling terminal. The root must be the
/// container's. `show` puts it at /dev/console as well.
pub fn open_console(socket: BorrowedFd, settings: &Settings, show: Option<BorrowedFd>) -> Result<()> {
    let master = open_master()?;
    syscall::unlock_terminal(master.as_fd()).context("unlock the terminal")?;
    // Never by the path /dev/pts/N, which the container could have made lead elsewhere by now
    // (CVE-2025-52565).
    let slave = syscall::terminal_peer(master.as_fd()).context("open the terminal's slave")?;
    if settings.bare_newlines {
        let mut modes = tcgetattr(&slave).context("read the terminal's modes")?;
        modes.output_flags.remove(OutputFlags::ONLCR);
        tcsetattr(&slave, SetArg::TCSANOW, &modes).context("set the terminal's modes")?;
    }
    if let Some(size) = settings.size.filter(|size| size.width != 0 || size.height != 0) {
        syscall::set_terminal_size(master.as_fd(), size.height, size.width)
            .context("set the terminal's size")?;
    }
    if let Some(root) = show {
        show_console(root, slave.as_fd()).context("mount /dev/console")?;
    }
    send(socket, master.as_fd(), MASTER.as_bytes()).context("send the terminal's master")?;
    for number in 0..3 {
        syscall::replace_stdio(slave.as_fd(), number).context("take the terminal")?;
    }
    syscall::set_controlling_terminal(slave.as_fd()).context("make the terminal controlling")
}

fn open_master() -> Result<OwnedFd> {
    // O_NOFOLLOW and the checks: what a container put at this name is not used (CVE-2025-52565).
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let name = "/dev/pts/ptmx";
    let master =
        path::open_at(AT_FDCWD, name, flags, Mode::empty()).with_context(|| format!("open {name}"))?;
    let stat = fstat(&master)?;
    let device = (major(stat.st_rdev), minor(stat.st_rdev));
    if fstatfs(&master)?.filesystem_type() != DEVPTS_SUPER_MAGIC
        || path::kind_of(&stat) != SFlag::S_IFCHR
        || device != (5, 2)
        || stat.st_ino != PTMX_INODE
    {
        bail!("{name} is not a terminal multiplexer");
    }
    Ok(master)
}

fn show_console(root: BorrowedFd, slave: BorrowedFd) -> Result<()> {
    let (dev, _) = path::make_dir(root, "/dev")?;
    // Neither through a link at /dev/console nor into a FIFO that waits there.
    let target = match path::open_plain(dev.as_fd(), "console", OFlag::O_PATH) {
        Err(Errno::ENOENT) => path::make_file(dev.as_fd(), "console")?,
        target => target?,
    };
    Ok(attach::bind(slave, target.as_fd(), false)?)
}

/// One message with one descriptor: its name, or what else the receiver wants to read.
pub fn send(socket: BorrowedFd, fd: BorrowedFd, data: &[u8]) -> Result<()> {
    let parts = [IoSlice::new(data)];
    let rights = [fd.as_raw_fd()];
    let control = [ControlMessage::ScmRights(&rights)];
    again(|| sendmsg::<()>(socket.as_raw_fd(), &parts, &control, MsgFlags::MSG_NOSIGNAL, None))?;
    Ok(())
}
