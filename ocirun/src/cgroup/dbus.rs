//! A D-Bus connection: one blocking Unix socket, calls answered one at a time, and the signals
//! that arrive between.
//!
//! ```text
//! \0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n -->          the socket itself tells who calls
//!                                      <-- DATA, OK …
//! Hello, AddMatch, a method call       -->
//!                                      <-- its return, or an error; signals at any time
//! ```
//!
//! Only what systemd needs is here: arguments of the types in [`Value`], answers that begin with
//! strings.

mod message;
mod value;

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

pub use message::{Message, Target};
pub use value::Value;

use message::{ERROR, METHOD_RETURN, SIGNAL, method_call, parse, total};

/// Signals that are kept until they are asked for.
const MOST_SIGNALS: usize = 1024;

const BUS: Target<'static> = Target {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
};

/// The peer's refusal, with the name that tells which.
#[derive(Debug)]
pub struct Refusal {
    pub name: String,
    pub text: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.text.is_empty() { &self.name } else { &self.text })
    }
}

impl std::error::Error for Refusal {}

#[derive(Debug)]
pub struct Connection {
    socket: UnixStream,
    serial: u32,
    deadline: Instant,
    signals: VecDeque<Message>,
}

impl Connection {
    /// Connects to a bus; all that is done with it must be over before the time is.
    pub fn bus(path: &Path, patience: Duration) -> Result<Connection> {
        let mut c = Connection::peer(path, patience)?;
        c.call(BUS, "Hello", &[]).with_context(|| format!("say hello to {}", path.display()))?;
        Ok(c)
    }

    /// Connects to a program itself, without a bus between.
    pub fn peer(path: &Path, patience: Duration) -> Result<Connection> {
        let context = || format!("connect to {}", path.display());
        let socket = crate::console::stream(path).with_context(context)?;
        let deadline = Instant::now() + patience;
        let mut c = Connection { socket, serial: 0, deadline, signals: VecDeque::new() };
        // Without a name: the kernel's word for who calls is right in a user namespace, too.
        c.write(b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n").with_context(context)?;
        for wanted in ["DATA", "OK"] {
            let line = c.line().with_context(context)?;
            ensure!(
                line.split(' ').next() == Some(wanted),
                "connect to {}: authentication: {line:?}",
                path.display()
            );
        }
        Ok(c)
    }

    /// Asks the bus for signals.
    pub fn add_match(&mut self, rule: &str) -> Result<()> {
        self.call(BUS, "AddMatch", &[Value::text(rule)]).map(drop).context("ask for signals")
    }

    /// Calls a method and waits for its return.
    pub fn call(&mut self, to: Target<'_>, member: &str, args: &[Value]) -> Result<Message> {
        self.serial += 1;
        let serial = self.serial;
        self.write(&method_call(serial, to, member, args)).with_context(|| format!("call {member}"))?;
        loop {
            let mut m = self.receive().with_context(|| format!("await the answer to {member}"))?;
            match m.kind {
                METHOD_RETURN if m.reply_to == serial => return Ok(m),
                ERROR if m.reply_to == serial => {
                    let text = m.texts.drain(..).next().unwrap_or_default();
                    return Err(Refusal { name: m.error, text }).with_context(|| format!("call {member}"));
                }
                SIGNAL if self.signals.len() < MOST_SIGNALS => self.signals.push_back(m),
                _ => {}
            }
        }
    }

    /// The next signal, those first that came while an answer was awaited.
    pub fn signal(&mut self) -> Result<Message> {
        if let Some(m) = self.signals.pop_front() {
            return Ok(m);
        }
        loop {
            let m = self.receive()?;
            if m.kind == SIGNAL {
                return Ok(m);
            }
        }
    }

    fn receive(&mut self) -> Result<Message> {
        let mut head = [0; 16];
        self.read(&mut head)?;
        let mut bytes = vec![0; total(&head)?];
        bytes[..16].copy_from_slice(&head);
        self.read(&mut bytes[16..])?;
        parse(&bytes)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            ensure!(line.len() < 1024, "authentication: line is too long");
            let mut byte = [0];
            self.read(&mut byte)?;
            line.push(byte[0]);
        }
        line.truncate(line.len() - 2);
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    fn read(&mut self, mut buffer: &mut [u8]) -> Result<()> {
        while !buffer.is_empty() {
            let left = self.left()?;
            self.socket.set_read_timeout(Some(left))?;
            match self.socket.read(buffer) {
                Ok(0) => bail!("connection was closed"),
                Ok(n) => buffer = &mut buffer[n..],
                Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let left = self.left()?;
            self.socket.set_write_timeout(Some(left))?;
            match self.socket.write(bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    fn left(&self) -> Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        ensure!(!left.is_zero(), "no answer in time");
        Ok(left)
    }
}
