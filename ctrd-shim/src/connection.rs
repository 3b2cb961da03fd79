//! One ttrpc connection without blocking: bytes in, frames out, and back. Both the callers of
//! the task service and the server that takes our events are at the end of one.

use std::io::{ErrorKind, Read, Result, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use ctrd_shim::ttrpc::{self, TooLong};
use nix::sys::epoll::EpollFlags;
use prost::Message;

use crate::serve::Timer;

/// As much is taken in one turn. What else has come waits in the socket until others had theirs.
const TURN: usize = 64 << 10;

/// Whoever leaves so many bytes of answers unread is not listened to until they are read.
const UNREAD: usize = 1 << 20;

#[derive(Debug)]
pub struct Connection {
    socket: UnixStream,
    input: Vec<u8>,
    /// How much of the input was handed on.
    taken: usize,
    /// What is left of a message that was too long.
    skip: usize,
    output: Vec<u8>,
    /// What the loop waits for.
    pub interest: EpollFlags,
    /// Until when the rest of a message must have come.
    pub limit: Option<Timer>,
    /// More frames are here than one turn takes.
    pub resumes: bool,
}

/// A frame that came in, its payload copied out.
#[derive(Debug)]
pub struct Incoming {
    pub stream: u32,
    pub kind: u8,
    pub flags: u8,
    pub payload: Vec<u8>,
}

impl Connection {
    pub fn new(socket: UnixStream) -> Result<Connection> {
        socket.set_nonblocking(true)?;
        Ok(Connection {
            socket,
            input: Vec::new(),
            taken: 0,
            skip: 0,
            output: Vec::new(),
            interest: EpollFlags::EPOLLIN,
            limit: None,
            resumes: false,
        })
    }

    /// Takes what has come, one turn's worth. False: the other end has closed.
    pub fn fill(&mut self) -> Result<bool> {
        let mut part = [0; 4096];
        let mut came = 0;
        while came < TURN {
            match self.socket.read(&mut part) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    came += n;
                    let skipped = n.min(self.skip);
                    self.skip -= skipped;
                    self.input.extend_from_slice(&part[skipped..n]);
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }

    /// The next whole frame.
    pub fn next(&mut self) -> Option<std::result::Result<Incoming, TooLong>> {
        let rest = &self.input[self.taken..];
        match ttrpc::decode(rest) {
            Ok(None) => {
                self.input.drain(..self.taken);
                self.taken = 0;
                // Idle connections keep no memory.
                if self.input.is_empty() {
                    self.input = Vec::new();
                }
                None
            }
            Ok(Some((frame, length))) => {
                self.taken += length;
                let payload = frame.payload.to_vec();
                Some(Ok(Incoming { stream: frame.stream, kind: frame.kind, flags: frame.flags, payload }))
            }
            Err(long) => {
                let whole = ttrpc::HEADER + long.length;
                let there = whole.min(rest.len());
                self.taken += there;
                self.skip = whole - there;
                Some(Err(long))
            }
        }
    }

    /// Whether a message has begun that is not all there.
    pub fn is_partial(&self) -> bool {
        self.skip > 0 || self.input.len() > self.taken
    }

    /// Whether too many answers wait to be read.
    pub fn is_choked(&self) -> bool {
        self.output.len() > UNREAD
    }

    pub fn queue(
        &mut self,
        stream: u32,
        kind: u8,
        message: &impl Message,
    ) -> std::result::Result<(), TooLong> {
        ttrpc::encode(&mut self.output, stream, kind, message)
    }

    /// Writes what it can. Afterwards `pending` says whether something is left.
    pub fn flush(&mut self) -> Result<()> {
        let mut sent = 0;
        while sent < self.output.len() {
            match self.socket.write(&self.output[sent..]) {
                Ok(n) => sent += n,
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.output.drain(..sent);
        if self.output.is_empty() {
            self.output = Vec::new();
        }
        Ok(())
    }

    pub fn pending(&self) -> bool {
        !self.output.is_empty()
    }

    /// What the loop shall wait for now.
    pub fn wanted(&self) -> EpollFlags {
        let mut flags = EpollFlags::empty();
        flags.set(EpollFlags::EPOLLIN, !self.is_choked());
        flags.set(EpollFlags::EPOLLOUT, self.pending());
        flags
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctrd_shim::api::task::ConnectRequest;

    #[test]
    fn a_message_too_long_is_skipped_and_the_next_is_read() {
        let (mut far, near) = UnixStream::pair().unwrap();
        let mut connection = Connection::new(near).unwrap();
        let length = ttrpc::MAX_PAYLOAD + 9;
        let sender = std::thread::spawn(move || {
            let mut wire = Vec::new();
            wire.extend_from_slice(&(length as u32).to_be_bytes());
            wire.extend_from_slice(&[0, 0, 0, 3, 1, 0]);
            wire.resize(ttrpc::HEADER + length, 0);
            ttrpc::encode(&mut wire, 5, ttrpc::REQUEST, &ConnectRequest { id: "web".into() }).unwrap();
            far.write_all(&wire).unwrap();
            far
        });
        let mut seen = Vec::new();
        while seen.len() < 2 {
            connection.fill().unwrap();
            while let Some(frame) = connection.next() {
                seen.push(frame);
            }
        }
        let _far = sender.join().unwrap();
        assert_eq!(seen[0].as_ref().unwrap_err(), &TooLong { stream: 3, length });
        let frame = seen[1].as_ref().unwrap();
        assert_eq!(frame.stream, 5);
        assert_eq!(ConnectRequest::decode(frame.payload.as_slice()).unwrap().id, "web");
    }
}
