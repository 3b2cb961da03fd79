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

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

const METHOD_CALL: u8 = 1;
const METHOD_RETURN: u8 = 2;
const ERROR: u8 = 3;
const SIGNAL: u8 = 4;

/// Longer than any answer that is asked for here.
const LONGEST: usize = 1 << 22;

/// Signals that are kept until they are asked for.
const MOST_SIGNALS: usize = 1024;

/// An argument. What is inside a [`Value::Variant`] goes with its signature.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    Byte(u8),
    Int16(i16),
    Uint16(u16),
    Int32(i32),
    Uint32(u32),
    Int64(i64),
    Uint64(u64),
    Double(f64),
    Text(String),
    /// The signature of the elements, and these.
    Array(&'static str, Vec<Value>),
    Struct(Vec<Value>),
    Variant(Box<Value>),
}

impl Value {
    pub fn text(s: &str) -> Value {
        Value::Text(s.to_owned())
    }

    pub fn signature(&self) -> String {
        match self {
            Value::Bool(_) => "b".to_owned(),
            Value::Byte(_) => "y".to_owned(),
            Value::Int16(_) => "n".to_owned(),
            Value::Uint16(_) => "q".to_owned(),
            Value::Int32(_) => "i".to_owned(),
            Value::Uint32(_) => "u".to_owned(),
            Value::Int64(_) => "x".to_owned(),
            Value::Uint64(_) => "t".to_owned(),
            Value::Double(_) => "d".to_owned(),
            Value::Text(_) => "s".to_owned(),
            Value::Array(of, _) => format!("a{of}"),
            Value::Struct(list) => format!("({})", list.iter().map(Value::signature).collect::<String>()),
            Value::Variant(_) => "v".to_owned(),
        }
    }

    /// Appends it as the wire has it, little endian, each at a multiple of its own size.
    fn marshal(&self, out: &mut Vec<u8>) {
        match self {
            Value::Bool(b) => Value::Uint32(u32::from(*b)).marshal(out),
            Value::Byte(n) => out.push(*n),
            Value::Int16(n) => put(out, &n.to_le_bytes()),
            Value::Uint16(n) => put(out, &n.to_le_bytes()),
            Value::Int32(n) => put(out, &n.to_le_bytes()),
            Value::Uint32(n) => put(out, &n.to_le_bytes()),
            Value::Int64(n) => put(out, &n.to_le_bytes()),
            Value::Uint64(n) => put(out, &n.to_le_bytes()),
            Value::Double(n) => put(out, &n.to_le_bytes()),
            Value::Text(s) => put_text(out, s),
            Value::Array(of, list) => {
                put(out, &[0; 4]);
                let length_at = out.len() - 4;
                // Even an empty array has the padding before its first element.
                pad(out, if of.starts_with(['x', 't', 'd', '(']) { 8 } else { 1 });
                let start = out.len();
                list.iter().for_each(|v| v.marshal(out));
                let length = (out.len() - start) as u32;
                out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
            }
            Value::Struct(list) => {
                pad(out, 8);
                list.iter().for_each(|v| v.marshal(out));
            }
            Value::Variant(inner) => {
                put_signature(out, &inner.signature());
                inner.marshal(out);
            }
        }
    }
}

fn pad(out: &mut Vec<u8>, to: usize) {
    out.resize(out.len().next_multiple_of(to), 0);
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    pad(out, bytes.len());
    out.extend(bytes);
}

fn put_text(out: &mut Vec<u8>, s: &str) {
    put(out, &(s.len() as u32).to_le_bytes());
    out.extend(s.as_bytes());
    out.push(0);
}

fn put_signature(out: &mut Vec<u8>, s: &str) {
    out.push(s.len() as u8);
    out.extend(s.as_bytes());
    out.push(0);
}

/// Where a call goes.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub destination: &'a str,
    pub path: &'a str,
    pub interface: &'a str,
}

const BUS: Target<'static> = Target {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
};

fn method_call(serial: u32, to: Target<'_>, member: &str, args: &[Value]) -> Vec<u8> {
    let mut body = Vec::new();
    args.iter().for_each(|v| v.marshal(&mut body));
    let mut out = vec![b'l', METHOD_CALL, 0, 1];
    put(&mut out, &(body.len() as u32).to_le_bytes());
    put(&mut out, &serial.to_le_bytes());
    put(&mut out, &[0; 4]);
    let start = out.len();
    let fields = [(1, 'o', to.path), (2, 's', to.interface), (3, 's', member), (6, 's', to.destination)];
    for (code, kind, text) in fields {
        pad(&mut out, 8);
        out.push(code);
        put_signature(&mut out, &kind.to_string());
        put_text(&mut out, text);
    }
    if !args.is_empty() {
        pad(&mut out, 8);
        out.push(8);
        put_signature(&mut out, "g");
        put_signature(&mut out, &args.iter().map(Value::signature).collect::<String>());
    }
    let length = (out.len() - start) as u32;
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
    pad(&mut out, 8);
    out.extend(body);
    out
}

/// A message that has arrived.
#[derive(Debug, Default)]
pub struct Message {
    kind: u8,
    reply_to: u32,
    pub interface: String,
    pub member: String,
    error: String,
    /// The strings and object paths at the front of the body, numbers and variants around them
    /// passed over.
    pub texts: Vec<String>,
}

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

/// Reads a message that may be wrong in any way.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    big: bool,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(n).filter(|end| *end <= self.bytes.len());
        let end = end.context("message is cut short")?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to).min(self.bytes.len());
    }

    fn u32(&mut self) -> Result<u32> {
        self.align(4);
        let four: [u8; 4] = self.take(4)?.try_into()?;
        Ok(if self.big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    fn text(&mut self) -> Result<String> {
        let n = self.u32()? as usize;
        self.ended(n)
    }

    fn signature(&mut self) -> Result<String> {
        let n = self.take(1)?[0] as usize;
        self.ended(n)
    }

    fn ended(&mut self, n: usize) -> Result<String> {
        let text = std::str::from_utf8(self.take(n)?)?.to_owned();
        self.take(1)?;
        Ok(text)
    }

    /// The strings of a body, up to the first type that is none of these.
    fn texts(&mut self, signature: &str, out: &mut Vec<String>) -> Result<()> {
        for kind in signature.chars() {
            match kind {
                's' | 'o' => out.push(self.text()?),
                'u' | 'i' | 'b' => drop(self.u32()?),
                'v' => {
                    let inner = self.signature()?;
                    ensure!(!inner.contains('v'), "message nests variants");
                    self.texts(&inner, out)?;
                }
                _ => break,
            }
        }
        Ok(())
    }
}

/// How long a whole message is, from its first 16 bytes.
fn total(head: &[u8; 16]) -> Result<usize> {
    let big = match head[0] {
        b'l' => false,
        b'B' => true,
        _ => bail!("no D-Bus message"),
    };
    let mut c = Cursor { bytes: head, at: 4, big };
    let body = c.u32()? as usize;
    c.u32()?;
    let fields = c.u32()? as usize;
    ensure!(body <= LONGEST && fields <= LONGEST, "message is too long");
    Ok((16 + fields).next_multiple_of(8) + body)
}

fn parse(bytes: &[u8]) -> Result<Message> {
    let big = bytes.first() == Some(&b'B');
    let mut c = Cursor { bytes, at: 12, big };
    let mut m = Message { kind: *bytes.get(1).context("message is cut short")?, ..Message::default() };
    let end = 16 + c.u32()? as usize;
    let mut signature = String::new();
    while c.at < end {
        c.align(8);
        let code = c.take(1)?[0];
        let kind = c.signature()?;
        match kind.as_str() {
            "u" => {
                let n = c.u32()?;
                if code == 5 {
                    m.reply_to = n;
                }
            }
            "g" => signature = c.signature()?,
            "s" | "o" => {
                let text = c.text()?;
                match code {
                    2 => m.interface = text,
                    3 => m.member = text,
                    4 => m.error = text,
                    _ => {}
                }
            }
            _ => bail!("message has a header field of type {kind}"),
        }
    }
    c.align(8);
    c.texts(&signature, &mut m.texts)?;
    Ok(m)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(v: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        v.marshal(&mut out);
        out
    }

    #[test]
    fn marshalling() {
        let variant = |v| Value::Variant(Box::new(v));
        let cases: [(Value, &str, &[u8]); 7] = [
            (Value::Bool(true), "b", &[1, 0, 0, 0]),
            (Value::text("ab"), "s", &[2, 0, 0, 0, b'a', b'b', 0]),
            (Value::Array("y", vec![Value::Byte(3)]), "ay", &[1, 0, 0, 0, 3]),
            (Value::Array("t", vec![]), "at", &[0; 8]),
            (Value::Array("(sv)", vec![]), "a(sv)", &[0; 8]),
            (variant(Value::Uint64(5)), "v", &[1, b't', 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]),
            (
                Value::Array("(ss)", vec![Value::Struct(vec![Value::text("a"), Value::text("")])]),
                "a(ss)",
                &[13, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, b'a', 0, 0, 0, 0, 0, 0, 0, 0],
            ),
        ];
        for (value, signature, bytes) in cases {
            assert_eq!(value.signature(), signature);
            assert_eq!(wire(&value), bytes, "{value:?}");
        }
    }

    #[test]
    fn there_and_back() {
        let to = Target { destination: "a.b", path: "/p", interface: "a.i" };
        let args = [
            Value::Uint32(7),
            Value::text("/job/1"),
            Value::text("x.scope"),
            Value::Variant(Box::new(Value::text("done"))),
        ];
        let bytes = method_call(9, to, "Do", &args);
        assert_eq!(total(bytes[..16].try_into().unwrap()).unwrap(), bytes.len());
        let m = parse(&bytes).unwrap();
        assert_eq!((m.kind, m.interface.as_str(), m.member.as_str()), (METHOD_CALL, "a.i", "Do"));
        assert_eq!(m.texts, ["/job/1", "x.scope", "done"]);
        for n in 0..bytes.len() {
            // Whatever is missing: a refusal or less, never a panic.
            let _ = parse(&bytes[..n]);
        }
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] = 0xff;
            let _ = parse(&broken);
        }
    }

    #[test]
    fn lengths_are_bounded() {
        let mut head = [0; 16];
        assert!(total(&head).is_err());
        head[0] = b'B';
        head[4] = 0x7f;
        assert!(total(&head).is_err());
    }
}
