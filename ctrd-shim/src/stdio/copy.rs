//! Moves bytes between two descriptors as they become ready. Between pipes, FIFOs and terminals
//! the kernel moves them (splice) and nothing is kept here; a file takes them from a small
//! buffer.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::SystemTime;

use nix::errno::Errno;
use nix::fcntl::{SpliceFFlags, splice};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::EpollFlags;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::unistd::{read, write};

use crate::serve::Shim;
use crate::stdio::fifo::{Sink, has_reader};

/// As much as a pipe holds by default.
const CHUNK: usize = 64 << 10;

/// A file is written in parts of this size.
const BUFFER: usize = 16 << 10;

/// So many chunks in a row before others get their turn.
const TURN: usize = 16;

/// Two descriptors, not yet watched.
#[derive(Debug)]
pub struct Copy {
    from: OwnedFd,
    to: Sink,
    pub is_output: bool,
    /// The container's end is a terminal's master.
    of_terminal: bool,
}

/// A copy under way, watched by the loop.
pub struct Stream {
    copy: Copy,
    /// What a file or a socket has not taken yet; empty when the kernel moves the bytes.
    rest: Vec<u8>,
    splices: bool,
    waits_for: For,
    /// Whose stream it is: container and exec.
    pub owner: (String, String),
}

/// What a copy waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Bytes,
    Room,
    /// Somebody who opens a terminal again that nobody in the container has open, as init systems and gettys do.
    /// That it is closed would be told without end, so each change is told once.
    Opening,
}

impl For {
    fn flags(self) -> EpollFlags {
        match self {
            For::Bytes => EpollFlags::EPOLLIN,
            For::Room => EpollFlags::EPOLLOUT,
            // Who opens it wakes nobody; who writes to it wakes readers alone.
            For::Opening => EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET,
        }
    }
}

enum Progress {
    Wait(For),
    Again,
    End,
}

impl Copy {
    pub fn input(from: OwnedFd, to: OwnedFd) -> Copy {
        Copy { from, to: Sink::pipe(to), is_output: false, of_terminal: false }
    }

    pub fn output(from: OwnedFd, to: Sink) -> Copy {
        Copy { from, to, is_output: true, of_terminal: false }
    }

    /// The same, to or from a terminal: that nobody has it open is no end of it while its process runs.
    pub fn of_terminal(self) -> Copy {
        Copy { of_terminal: true, ..self }
    }
}

/// Starts a copy; gives its key.
pub fn begin(shim: &mut Shim, copy: Copy, owner: (String, String)) -> u64 {
    let key = shim.new_key();
    let splices = copy.to.lines.is_none() && copy.to.rotated.is_none();
    let stream = Stream { copy, rest: Vec::new(), splices, waits_for: For::Bytes, owner };
    let watched = shim.watch_stream(key, stream.copy.from.as_fd(), EpollFlags::EPOLLIN);
    if let Err(e) = watched {
        shim.log.error(format_args!("watch a stream of {}: {e}", stream.owner.0));
    }
    shim.streams.insert(key, stream);
    key
}

/// One of the two is ready, or may be.
pub fn advance(shim: &mut Shim, key: u64) {
    let Some(mut stream) = shim.streams.remove(&key) else { return };
    let wanted = match stream.turn() {
        // Of a change that was told once there may be more than a turn takes.
        Progress::Again if stream.waits_for == For::Opening => For::Bytes,
        Progress::Again => stream.waits_for,
        Progress::Wait(For::Opening) if crate::task::is_over(shim, &stream.owner.0, &stream.owner.1) => {
            return end(shim, key, stream);
        }
        Progress::Wait(wanted) => wanted,
        Progress::End => return end(shim, key, stream),
    };
    if wanted == stream.waits_for {
        shim.streams.insert(key, stream);
        return;
    }
    shim.unwatch(key, stream.watched());
    stream.waits_for = wanted;
    if shim.watch_stream(key, stream.watched(), wanted.flags()).is_err() {
        return finish(shim, stream);
    }
    let owner = stream.owner.clone();
    shim.streams.insert(key, stream);
    if wanted == For::Room && crate::task::delete::is_waited_for(shim, &owner.0, &owner.1) {
        last_words(shim, key);
    }
}

fn end(shim: &mut Shim, key: u64, stream: Stream) {
    shim.unwatch(key, stream.watched());
    finish(shim, stream);
}

/// A process is gone and to be forgotten: what it has left to say waits for a client that is
/// there, but not for one that may never come.
pub fn last_words(shim: &mut Shim, key: u64) {
    let Some(stream) = shim.streams.get_mut(&key) else { return };
    if stream.copy.is_output && stream.waits_for == For::Room && !stream.copy.to.has_client() {
        stop(shim, key);
    }
}

/// Ends a copy whose process has gone or whose input was closed.
pub fn stop(shim: &mut Shim, key: u64) {
    if let Some(stream) = shim.streams.remove(&key) {
        end(shim, key, stream);
    }
}

fn finish(shim: &mut Shim, stream: Stream) {
    let Stream { copy, owner, .. } = stream;
    drop(copy.from);
    if copy.is_output
        && let Some((path, writer)) = copy.to.unread()
    {
        linger(shim, &path, writer);
    }
    crate::task::events::drained(shim, &owner.0, &owner.1);
}

/// Keeps a FIFO open, with what stands in it, until its client opens it. Closing it after that
/// gives the client the bytes and then the end.
fn linger(shim: &mut Shim, path: &std::path::Path, writer: OwnedFd) {
    let Ok(inotify) = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK) else { return };
    let events = AddWatchFlags::IN_OPEN | AddWatchFlags::IN_DELETE_SELF | AddWatchFlags::IN_ATTRIB;
    // Whoever opened it before the watch was there has it open now.
    if inotify.add_watch(path, events).is_err() || has_reader(writer.as_fd()) {
        return;
    }
    shim.once(inotify.into(), Box::new(move |_| drop(writer)));
}

impl Stream {
    pub fn is_output(&self) -> bool {
        self.copy.is_output
    }

    fn watched(&self) -> BorrowedFd<'_> {
        match self.waits_for {
            For::Bytes => self.copy.from.as_fd(),
            For::Opening if self.copy.is_output => self.copy.from.as_fd(),
            For::Room | For::Opening => self.copy.to.writer.as_fd(),
        }
    }

    fn turn(&mut self) -> Progress {
        // To try to write would be told as a change.
        if self.waits_for == For::Opening && self.room() == For::Opening {
            return Progress::Wait(For::Opening);
        }
        for _ in 0..TURN {
            let progress = if self.splices { self.splice() } else { self.by_hand() };
            if !matches!(progress, Progress::Again) {
                return progress;
            }
        }
        Progress::Again
    }

    /// What brings room: at a terminal that nobody has open, somebody who opens it and reads.
    fn room(&self) -> For {
        let to_terminal = self.copy.of_terminal && !self.copy.is_output;
        if to_terminal && hung_up(self.copy.to.writer.as_fd()) { For::Opening } else { For::Room }
    }

    fn splice(&mut self) -> Progress {
        let flags = SpliceFFlags::SPLICE_F_NONBLOCK | SpliceFFlags::SPLICE_F_MOVE;
        match splice(&self.copy.from, None, &self.copy.to.writer, None, CHUNK, flags) {
            Ok(0) => Progress::End,
            Ok(_) | Err(Errno::EINTR) => Progress::Again,
            Err(Errno::EAGAIN) if readable(self.copy.from.as_fd()) => Progress::Wait(self.room()),
            Err(Errno::EAGAIN) => Progress::Wait(For::Bytes),
            Err(Errno::EIO) if self.copy.of_terminal => Progress::Wait(For::Opening),
            // A file that is appended to, or two ends neither of which is a pipe.
            Err(Errno::EINVAL) => {
                self.splices = false;
                Progress::Again
            }
            // EPIPE: nobody reads.
            Err(_) => Progress::End,
        }
    }

    fn by_hand(&mut self) -> Progress {
        if self.rest.is_empty() {
            let mut buffer = vec![0; BUFFER];
            match read(&self.copy.from, &mut buffer) {
                Ok(0) => return Progress::End,
                Ok(n) => {
                    buffer.truncate(n);
                    self.rest = match self.copy.to.lines {
                        Some(lines) => lines.form(&buffer, SystemTime::now()),
                        None => buffer,
                    };
                }
                Err(Errno::EAGAIN) => return Progress::Wait(For::Bytes),
                Err(Errno::EINTR) => return Progress::Again,
                Err(Errno::EIO) if self.copy.of_terminal => return Progress::Wait(For::Opening),
                Err(_) => return Progress::End,
            }
        }
        let mut length = self.rest.len();
        // A file that cannot give way goes on growing: nothing is lost for that.
        if let Some(rotated) = &self.copy.to.rotated
            && let Ok((next, fits)) = rotated.turn(&self.copy.to.writer, &self.rest)
        {
            length = fits;
            if let Some(next) = next {
                self.copy.to.writer = next;
            }
        }
        match write(&self.copy.to.writer, &self.rest[..length]) {
            Ok(n) if n == self.rest.len() => self.rest = Vec::new(),
            Ok(n) => _ = self.rest.drain(..n),
            Err(Errno::EAGAIN) => return Progress::Wait(self.room()),
            Err(Errno::EIO) if self.copy.of_terminal && !self.copy.is_output => {
                return Progress::Wait(For::Opening);
            }
            Err(Errno::EINTR) => {}
            // A full disk loses the rest of the log, and never stops the container.
            Err(Errno::ENOSPC | Errno::EDQUOT | Errno::EFBIG) => self.rest = Vec::new(),
            Err(_) => return Progress::End,
        }
        Progress::Again
    }
}

fn hung_up(fd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::empty())];
    let _ = poll(&mut fds, PollTimeout::ZERO);
    fds[0].revents().is_some_and(|events| events.contains(PollFlags::POLLHUP))
}

fn readable(fd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::POLLIN)];
    let _ = poll(&mut fds, PollTimeout::ZERO);
    fds[0].any().unwrap_or(false)
}
