//! Messages as bytes: calls that are made, and whatever comes back.

use anyhow::{Context, Result, bail, ensure};

use super::value::{Value, pad, put, put_signature, put_text};

pub(super) const METHOD_CALL: u8 = 1;
pub(super) const METHOD_RETURN: u8 = 2;
pub(super) const ERROR: u8 = 3;
pub(super) const SIGNAL: u8 = 4;

/// Longer than any answer that is asked for here.
const LONGEST: usize = 1 << 22;

/// Where a call goes.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub destination: &'a str,
    pub path: &'a str,
    pub interface: &'a str,
}

/// A call as the wire has it.
pub(super) fn method_call(serial: u32, to: Target<'_>, member: &str, args: &[Value]) -> Vec<u8> {
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
    pub(super) kind: u8,
    pub(super) reply_to: u32,
    pub interface: String,
    pub member: String,
    pub(super) error: String,
    /// The strings and object paths at the front of the body, numbers and variants around them
    /// passed over.
    pub texts: Vec<String>,
}

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
pub(super) fn total(head: &[u8; 16]) -> Result<usize> {
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

/// A whole message.
pub(super) fn parse(bytes: &[u8]) -> Result<Message> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
