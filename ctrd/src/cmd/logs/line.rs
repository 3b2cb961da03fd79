//! A line of a log file: `TIME stdout|stderr F|P TEXT` (the CRI's form), where P is a part of a line
//! that goes on, or anything else, which is taken as it is.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stream {
    #[default]
    Stdout,
    Stderr,
}

impl Stream {
    pub fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

/// A whole line of the container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// RFC 3339, where the file says it.
    pub time: Option<String>,
    pub stream: Stream,
    /// With its newline, where there was one.
    pub text: Vec<u8>,
}

/// Puts parts together: of each stream what was begun waits for its end.
#[derive(Debug, Default)]
pub struct Assembler {
    begun: [Option<Line>; 2],
}

impl Assembler {
    /// Takes a line of the file; a line of the container, if this was the end of one.
    pub fn take(&mut self, bytes: &[u8]) -> Option<Line> {
        let Some((time, stream, part, text)) = parse(bytes) else {
            return Some(Line { text: bytes.to_vec(), ..Line::default() });
        };
        let slot = &mut self.begun[stream as usize];
        let mut line =
            slot.take().unwrap_or_else(|| Line { time: Some(time.to_string()), stream, text: Vec::new() });
        line.text.extend_from_slice(text);
        if part {
            // The newline is the file's.
            line.text.pop();
            *slot = Some(line);
            return None;
        }
        Some(line)
    }

    /// What was begun and never ended.
    pub fn rest(&mut self) -> impl Iterator<Item = Line> + use<> {
        std::mem::take(&mut self.begun).into_iter().flatten()
    }
}

fn parse(bytes: &[u8]) -> Option<(&str, Stream, bool, &[u8])> {
    let mut parts = bytes.splitn(4, |b| *b == b' ');
    let time = std::str::from_utf8(parts.next()?).ok()?;
    crate::clock::parse_rfc3339(time)?;
    let stream = match parts.next()? {
        b"stdout" => Stream::Stdout,
        b"stderr" => Stream::Stderr,
        _ => return None,
    };
    let part = match parts.next()? {
        b"F" => false,
        b"P" => true,
        _ => return None,
    };
    let text = parts.next()?;
    (!part || text.ends_with(b"\n")).then_some((time, stream, part, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_become_lines_of_their_stream() {
        let mut assembler = Assembler::default();
        let mut take = |text: &str| {
            assembler
                .take(text.as_bytes())
                .map(|line| (line.stream.name(), String::from_utf8(line.text).unwrap(), line.time.is_some()))
        };
        let t = "2026-11-27T15:00:00.5Z";
        assert_eq!(take(&format!("{t} stdout P a\n")), None);
        assert_eq!(take(&format!("{t} stderr F b\n")), Some(("stderr", "b\n".into(), true)));
        assert_eq!(take(&format!("{t} stdout F  c d\n")), Some(("stdout", "a c d\n".into(), true)));
        for plain in
            ["plain\n", "yesterday stdout F x\n", "", &format!("{t} stdout X x\n"), &format!("{t} stdout\n")]
        {
            assert_eq!(take(plain), Some(("stdout", plain.to_string(), false)), "{plain}");
        }
        assert_eq!(take(&format!("{t} stderr P open\n")), None);
        assert_eq!(assembler.rest().map(|line| line.text).collect::<Vec<_>>(), [b"open"]);
    }
}
