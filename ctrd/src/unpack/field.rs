//! What the fields of tar headers and PAX records say: numbers, times and texts.

use std::io;

use super::tar::Time;

/// A header field: octal, or binary where its first bit is set.
pub(super) fn number(field: &[u8]) -> io::Result<i64> {
    let out_of_range = || bad("a number out of range");
    if field[0] & 0x80 != 0 {
        let negative = field[0] & 0x40 != 0;
        let mut value: i64 = if negative { -1 } else { 0 };
        for (n, byte) in field.iter().enumerate() {
            let byte = if n == 0 && !negative { byte & 0x7f } else { *byte };
            value = value.checked_mul(256).ok_or_else(out_of_range)? | i64::from(byte);
        }
        return Ok(value);
    }
    let text = until_nul(field).trim_ascii();
    let mut value = 0i64;
    for byte in text {
        let digit = match byte {
            b'0'..=b'7' => i64::from(byte - b'0'),
            _ => return Err(bad("a number that is none")),
        };
        value = value.checked_mul(8).ok_or_else(out_of_range)? | digit;
    }
    Ok(value)
}

pub(super) fn decimal(text: &[u8]) -> io::Result<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(bad("a number that is none"));
    }
    std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()).ok_or_else(|| bad("a number out of range"))
}

pub(super) fn owner(text: &[u8]) -> io::Result<u32> {
    u32::try_from(decimal(text)?).map_err(|_| bad("an owner out of range"))
}

pub(super) fn time(text: &[u8]) -> io::Result<Time> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let dot = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    let secs = i64::try_from(decimal(&text[..dot])?).map_err(|_| bad("a time out of range"))?;
    let mut nanos = 0i64;
    if let Some(fraction) = text.get(dot + 1..).filter(|f| !f.is_empty()) {
        decimal(&fraction[..fraction.len().min(9)])?;
        for n in 0..9 {
            nanos = nanos * 10 + fraction.get(n).map_or(0, |d| i64::from(d.wrapping_sub(b'0')));
        }
    }
    Ok(match (negative, nanos) {
        (false, _) => Time { secs, nanos },
        (true, 0) => Time { secs: -secs, nanos },
        (true, _) => Time { secs: -secs - 1, nanos: 1_000_000_000 - nanos },
    })
}

pub(super) fn until_nul(field: &[u8]) -> &[u8] {
    &field[..field.iter().position(|b| *b == 0).unwrap_or(field.len())]
}

pub(super) fn bad(what: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("invalid tar: {what}"))
}
