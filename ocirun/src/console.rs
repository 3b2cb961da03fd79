//! Terminals: the socket that takes a terminal's master, and the proxy between it and ours.

use std::io::{self, IoSlice, IoSliceMut, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, UnixAddr, recvmsg,
    sendmsg, socketpair,
};
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::{read, write};

use crate::fds::owned;

/// Connects to the socket that a caller listens on.
pub fn connect(socket: &Path) -> Result<OwnedFd> {
    let stream = stream(socket).with_context(|| format!("connect to {}", socket.display()))?;
    Ok(stream.into())
}

/// The same, of which only the socket's name is not told.
pub fn stream(socket: &Path) -> io::Result<UnixStream> {
    loop {
        match UnixStream::connect(socket) {
            // It waits where many others have not been answered yet.
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// A socket pair: ours, and the one that ocirun-init sends the master to.
pub fn pair() -> Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC).context("socketpair")
}

/// Receives the master.
pub fn receive(socket: &OwnedFd) -> Result<OwnedFd> {
    use std::os::fd::AsRawFd;
    let mut name = [0u8; 4096];
    let mut space = cmsg_space!([i32; 1]);
    let mut data = [IoSliceMut::new(&mut name)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<UnixAddr>(socket.as_raw_fd(), &mut data, Some(&mut space), flags)
        .context("receive the terminal")?;
    for control in message.cmsgs().context("receive the terminal")? {
        if let ControlMessageOwned::ScmRights(fds) = control
            && let [fd] = fds[..]
        {
            return owned(fd).context("receive the terminal");
        }
    }
    bail!("receive the terminal: no descriptor came")
}

/// Sends a master on, under the name that it came with.
pub fn send(socket: &OwnedFd, name: &str, master: &OwnedFd) -> Result<()> {
    use std::os::fd::AsRawFd;
    let (data, fds) = ([IoSlice::new(name.as_bytes())], [master.as_raw_fd()]);
    let rights = [ControlMessage::ScmRights(&fds)];
    sendmsg::<UnixAddr>(socket.as_raw_fd(), &data, &rights, MsgFlags::MSG_NOSIGNAL, None)
        .context("send the terminal")?;
    Ok(())
}

/// Our terminal in raw mode for as long as this lives, and the container's beside it.
pub struct Terminal {
    pub master: OwnedFd,
    before: Option<Termios>,
    /// Our input still has something to give.
    pub input: bool,
}

/// Takes over the master that came over `socket`.
pub fn proxy(socket: &OwnedFd) -> Result<Terminal> {
    take_over(receive(socket)?)
}

/// Takes over a master that is here.
pub fn take_over(master: OwnedFd) -> Result<Terminal> {
    let mut terminal = Terminal { master, before: None, input: true };
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        terminal.resize()?;
        let before = tcgetattr(&stdin).context("read our terminal's modes")?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        // Output goes on as it was: the container's terminal sends bare newlines.
        raw.output_flags = before.output_flags;
        tcsetattr(&stdin, SetArg::TCSANOW, &raw).context("set our terminal's modes")?;
        terminal.before = Some(before);
    }
    Ok(terminal)
}

impl Terminal {
    /// Gives the container's terminal the size of ours.
    pub fn resize(&self) -> Result<()> {
        if std::io::stdin().is_terminal() {
            crate::fds::copy_window_size(std::io::stdin().as_fd(), self.master.as_fd())
                .context("resize the terminal")?;
        }
        Ok(())
    }

    /// Carries what we read to the container; at the end of our input it simply gets no more.
    pub fn forward_input(&mut self) -> Result<()> {
        self.input = copy(std::io::stdin().as_fd(), self.master.as_fd())?;
        Ok(())
    }

    /// Carries what the container writes to us; false when it has closed its side.
    pub fn forward_output(&self) -> Result<bool> {
        copy(self.master.as_fd(), std::io::stdout().as_fd())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, before);
        }
    }
}

/// One read and the writes for it; false at the end.
fn copy(from: BorrowedFd, to: BorrowedFd) -> Result<bool> {
    let mut buffer = [0; 16 * 1024];
    let got = match read(from, &mut buffer) {
        Ok(0) => return Ok(false),
        // The last holder of a terminal's other side has closed it.
        Err(Errno::EIO) => return Ok(false),
        Err(Errno::EINTR | Errno::EAGAIN) => return Ok(true),
        other => other.context("read the terminal")?,
    };
    let mut rest = &buffer[..got];
    while !rest.is_empty() {
        match write(to, rest) {
            Ok(n) => rest = &rest[n..],
            Err(Errno::EINTR) => {}
            // Nobody reads any more: the program may still run on.
            Err(Errno::EPIPE | Errno::EIO) => return Ok(false),
            Err(e) => return Err(e).context("write the terminal"),
        }
    }
    Ok(true)
}
