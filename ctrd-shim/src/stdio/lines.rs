//! The form of a log file that says when a line was written and on which stream (the CRI's):
//! `TIME stdout|stderr F|P TEXT`. What is read without a newline at its end is a part, P, of a line
//! that goes on.

use std::time::SystemTime;

use crate::timestamp;

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines(pub &'static str);

impl Lines {
    /// The lines of the file for what was read now.
    pub fn form(self, bytes: &[u8], now: SystemTime) -> Vec<u8> {
        let time = timestamp::rfc3339(now);
        let mut out = Vec::with_capacity(bytes.len() + 64);
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            let whole = piece.ends_with(b"\n");
            let tag = if whole { "F" } else { "P" };
            out.extend_from_slice(format!("{time} {} {tag} ", self.0).as_bytes());
            out.extend_from_slice(piece);
            if !whole {
                out.push(b'\n');
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn each_line_has_its_time_and_stream() {
        let now = UNIX_EPOCH + Duration::new(1_700_000_000, 5);
        let form = |text: &str| String::from_utf8(Lines("stdout").form(text.as_bytes(), now)).unwrap();
        let t = "2023-11-14T22:13:20.000000005Z stdout";
        assert_eq!(form("a\n\nb"), format!("{t} F a\n{t} F \n{t} P b\n"));
        assert_eq!(form(""), "");
    }
}
