//! Terminals: the socket that takes a terminal's master, and the proxy between it and ours.

use std::io::{self, IoSlice, IoSliceMut, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nix::cmsg_space;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
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
    master: OwnedFd,
    before: Option<Termios>,
    /// Our input still has something to give.
    input: bool,
    /// Input that the container's terminal had no room for.
    rest: Vec<u8>,
    /// While nobody in the container has its terminal open: what tells of a change, each once, and of input that came.
    /// Somebody may open it again, as init systems and gettys do.
    closed: Option<Epoll>,
}

/// Takes over the master that came over `socket`.
pub fn proxy(socket: &OwnedFd) -> Result<Terminal> {
    take_over(receive(socket)?)
}

/// Takes over a master that is here.
pub fn take_over(master: OwnedFd) -> Result<Terminal> {
    // Between a look at it and the read it may be opened, and then nothing stands in it.
    let flags = OFlag::from_bits_retain(fcntl(&master, FcntlArg::F_GETFL)?) | OFlag::O_NONBLOCK;
    fcntl(&master, FcntlArg::F_SETFL(flags)).context("make the terminal non-blocking")?;
    let mut terminal = Terminal { master, before: None, input: true, rest: Vec::new(), closed: None };
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

    /// Whether it makes sense to wait for our input: what nobody would take stays where it is.
    pub fn takes_input(&self) -> bool {
        self.input && self.closed.is_none() && self.rest.is_empty()
    }

    /// What to wait for before [`Terminal::forward_output`] and [`Terminal::send`].
    pub fn ready(&self) -> PollFd<'_> {
        match &self.closed {
            Some(closed) => PollFd::new(closed.0.as_fd(), PollFlags::POLLIN),
            None if self.rest.is_empty() => PollFd::new(self.master.as_fd(), PollFlags::POLLIN),
            None => PollFd::new(self.master.as_fd(), PollFlags::POLLIN | PollFlags::POLLOUT),
        }
    }

    /// Carries what we read to the container; at the end of our input it simply gets no more.
    pub fn forward_input(&mut self) -> Result<()> {
        let mut buffer = [0; CHUNK];
        match read(std::io::stdin(), &mut buffer) {
            // A terminal that was hung up has no more either.
            Ok(0) | Err(Errno::EIO) => self.input = false,
            Ok(got) => self.rest.extend_from_slice(&buffer[..got]),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(e) => return Err(e).context("read our input"),
        }
        self.send()
    }

    /// Gives the container what it has room for. Never waits: a program that does not read may have to be read first, or
    /// may end.
    pub fn send(&mut self) -> Result<()> {
        while self.closed.is_none() && !self.rest.is_empty() {
            match write(&self.master, &self.rest) {
                Ok(n) => _ = self.rest.drain(..n),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN | Errno::EIO) => return Ok(()),
                Err(e) => return Err(e).context("write the terminal"),
            }
        }
        Ok(())
    }

    /// Carries what the container writes to us; false when nobody takes it any more.
    pub fn forward_output(&mut self) -> Result<bool> {
        if let Some(closed) = &self.closed {
            let _ = closed.wait(&mut [EpollEvent::empty()], EpollTimeout::ZERO);
        }
        match copy(self.master.as_fd(), std::io::stdout().as_fd())? {
            Copied::Refused => return Ok(false),
            Copied::Ended if self.closed.is_none() => self.closed = Some(self.changes()?),
            Copied::Ended => {}
            Copied::Some => self.closed = None,
        }
        Ok(true)
    }

    /// What tells that there is something to do for a closed terminal, each once: that it is closed would be told without
    /// end. Who opens it wakes nobody, and may read before anything is written: a key is a reason to look.
    fn changes(&self) -> Result<Epoll> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).context("create an epoll")?;
        let event = |flags| EpollEvent::new(flags | EpollFlags::EPOLLET, 0);
        let change = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT;
        epoll.add(&self.master, event(change)).context("watch the terminal")?;
        if self.input {
            match epoll.add(std::io::stdin(), event(EpollFlags::EPOLLIN)) {
                // A file's input does not come, it is there.
                Ok(()) | Err(Errno::EPERM) => {}
                Err(e) => return Err(e).context("watch our input"),
            }
        }
        Ok(epoll)
    }

    /// Carries what is there; the program has ended.
    pub fn drain(&mut self) -> Result<()> {
        loop {
            let mut fds = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
            match poll(&mut fds, PollTimeout::ZERO) {
                Ok(0) => return Ok(()),
                Ok(_) if self.forward_output()? && self.closed.is_none() => {}
                Err(Errno::EINTR) => {}
                Ok(_) => return Ok(()),
                Err(e) => return Err(e).context("read the terminal"),
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, before);
        }
    }
}

/// So much is read at once.
const CHUNK: usize = 16 * 1024;

/// What became of a copy.
#[derive(PartialEq, Eq)]
enum Copied {
    Some,
    /// Nobody gives any more.
    Ended,
    /// Nobody takes it.
    Refused,
}

/// One read and the writes for it.
fn copy(from: BorrowedFd, to: BorrowedFd) -> Result<Copied> {
    let mut buffer = [0; CHUNK];
    let got = match read(from, &mut buffer) {
        Ok(0) => return Ok(Copied::Ended),
        // The last holder of a terminal's other side has closed it.
        Err(Errno::EIO) => return Ok(Copied::Ended),
        Err(Errno::EINTR | Errno::EAGAIN) => return Ok(Copied::Some),
        other => other.context("read the terminal")?,
    };
    let mut rest = &buffer[..got];
    while !rest.is_empty() {
        match write(to, rest) {
            Ok(n) => rest = &rest[n..],
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => {
                let _ = poll(&mut [PollFd::new(to, PollFlags::POLLOUT)], PollTimeout::NONE);
            }
            // The program may still run on.
            Err(Errno::EPIPE | Errno::EIO) => return Ok(Copied::Refused),
            Err(e) => return Err(e).context("write the terminal"),
        }
    }
    Ok(Copied::Some)
}
