//! One ttrpc connection without blocking: bytes in, frames out, and back. Both the callers of
//! the task service and the server that takes our events are at the end of one.

use std::io::{ErrorKind, Read, Result, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use ctrd_shim::ttrpc::{self, TooLong};
use prost::Message;

#[derive(Debug)]
pub struct Connection {
    socket: UnixStream,
    input: Vec<u8>,
    /// What is left of a message that was too long.
    skip: usize,
    output: Vec<u8>,
    /// Whether the loop waits for room to write.
    pub waits_to_write: bool,
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
        Ok(Connection { socket, input: Vec::new(), skip: 0, output: Vec::new(), waits_to_write: false })
    }

    /// Takes what has come. False: the other end has closed.
    pub fn fill(&mut self) -> Result<bool> {
        let mut part = [0; 4096];
        // Not more than one message may pile up, so that a flood is left in the socket.
        while self.input.len() < ttrpc::HEADER + ttrpc::MAX_PAYLOAD {
            match self.socket.read(&mut part) {
                Ok(0) => return Ok(false),
                Ok(n) => {
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
        let (incoming, taken) = match ttrpc::decode(&self.input) {
            Ok(None) => {
                // Idle connections keep no memory.
                if self.input.is_empty() {
                    self.input = Vec::new();
                }
                return None;
            }
            Ok(Some((frame, taken))) => {
                let payload = frame.payload.to_vec();
                (Ok(Incoming { stream: frame.stream, kind: frame.kind, flags: frame.flags, payload }), taken)
            }
            Err(long) => {
                let whole = ttrpc::HEADER + long.length;
                let taken = whole.min(self.input.len());
                self.skip = whole - taken;
                (Err(long), taken)
            }
        };
        self.input.drain(..taken);
        Some(incoming)
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
