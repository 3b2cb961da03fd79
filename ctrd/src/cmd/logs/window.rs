//! Which part of a log is shown: the last lines, and between two times.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::time::Duration;

use anyhow::{Result, bail};

use super::line::Line;
use crate::cli::Logs;
use crate::clock;

#[derive(Debug, Default)]
pub struct Window {
    /// None shows all.
    tail: Option<u64>,
    /// Nanoseconds since 1970 UTC.
    since: Option<i64>,
    until: Option<i64>,
}

impl Window {
    pub fn of(args: &Logs) -> Result<Window> {
        let tail = match args.tail.as_str() {
            "all" | "-1" => None,
            number => match number.parse() {
                Ok(number) => Some(number),
                Err(_) => bail!("tail {number:?}: must be a number of lines, or all"),
            },
        };
        let time = |text: &Option<String>| text.as_deref().map(time).transpose();
        Ok(Window { tail, since: time(&args.since)?, until: time(&args.until)? })
    }

    /// How long lines may still come that are shown; none for as long as they come.
    pub fn left(&self) -> Option<Duration> {
        let left = self.until?.saturating_sub(clock::now());
        Some(Duration::from_nanos(u64::try_from(left).unwrap_or(0)))
    }

    /// Whether a line lies between the times. Of one without a time that cannot be said.
    pub fn shows(&self, line: &Line) -> bool {
        let Some(at) = line.time.as_deref().and_then(clock::parse_rfc3339) else { return true };
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at <= until)
    }

    /// Goes to where the last lines begin, in the files of a log, oldest first: those before are taken
    /// away.
    pub fn seek(&self, readers: &mut Vec<BufReader<File>>) -> io::Result<()> {
        let Some(mut tail) = self.tail else { return Ok(()) };
        let mut from = readers.len();
        while let Some(n) = from.checked_sub(1) {
            from = n;
            tail = last_lines(&mut readers[n], tail)?;
            if tail == 0 {
                break;
            }
        }
        readers.drain(..from);
        Ok(())
    }
}

/// Goes to where the last lines of a file begin; how many it lacks.
fn last_lines(reader: &mut BufReader<File>, tail: u64) -> io::Result<u64> {
    if tail == 0 {
        return reader.seek(SeekFrom::End(0)).map(|_| 0);
    }
    let file = reader.get_mut();
    let mut at = file.seek(SeekFrom::End(0))?;
    let mut block = vec![0; 64 << 10];
    let mut found = 0;
    let mut end = true;
    let empty = at == 0;
    while at > 0 {
        let length = at.min(block.len() as u64);
        at -= length;
        file.seek(SeekFrom::Start(at))?;
        let bytes = &mut block[..length as usize];
        file.read_exact(bytes)?;
        for (n, _) in bytes.iter().enumerate().rev().filter(|(_, b)| **b == b'\n') {
            // The newline at the very end is the last line's own.
            let last = std::mem::take(&mut end) && n + 1 == bytes.len();
            if !last {
                found += 1;
            }
            if found == tail {
                return reader.seek(SeekFrom::Start(at + n as u64 + 1)).map(|_| 0);
            }
        }
        end = false;
    }
    reader.seek(SeekFrom::Start(0))?;
    // Its first line has no newline before it.
    Ok(tail - found - u64::from(!empty))
}

/// A time, or so long ago.
fn time(text: &str) -> Result<i64> {
    if let Some(at) = clock::parse_rfc3339(text) {
        return Ok(at);
    }
    match super::super::duration(text) {
        Ok(ago) => Ok(clock::now().saturating_sub(i64::try_from(ago.as_nanos()).unwrap_or(i64::MAX))),
        Err(_) => bail!("time {text:?}: must be RFC 3339, such as 2026-11-27T15:00:00Z, or such as 10m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, Write};

    fn from(text: &str, tail: u64) -> String {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        across(vec![file], tail)
    }

    fn across(files: Vec<File>, tail: u64) -> String {
        let mut readers = files.into_iter().map(BufReader::new).collect();
        Window { tail: Some(tail), ..Window::default() }.seek(&mut readers).unwrap();
        let mut rest = String::new();
        for mut reader in readers {
            while reader.read_line(&mut rest).unwrap() > 0 {}
        }
        rest
    }

    #[test]
    fn the_last_lines_of_several_files() {
        let file = |text: &str| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        for (tail, want) in [
            (1, "e\n"),
            (2, "d\ne\n"),
            (3, "c\nd\ne\n"),
            (5, "a\nb\nc\nd\ne\n"),
            (9, "a\nb\nc\nd\ne\n"),
            (0, ""),
        ] {
            assert_eq!(
                across(vec![file("a\nb\n"), file("c\n"), file(""), file("d\ne\n")], tail),
                want,
                "{tail}"
            );
        }
    }

    #[test]
    fn the_last_lines() {
        for (text, tail, want) in [
            ("a\nb\nc\n", 2, "b\nc\n"),
            ("a\nb\nc", 2, "b\nc"),
            ("a\nb\nc\n", 9, "a\nb\nc\n"),
            ("a\n\n\n", 2, "\n\n"),
            ("", 3, ""),
            ("a\nb\n", 0, ""),
        ] {
            assert_eq!(from(text, tail), want, "{text:?} {tail}");
        }
        let long = "x\n".repeat(70_000);
        assert_eq!(from(&long, 40_000).len(), 80_000);
    }

    #[test]
    fn times() {
        assert_eq!(time("1970-01-01T00:00:01Z").unwrap(), 1_000_000_000);
        assert!(time("1h").unwrap() < clock::now());
        assert!(time("yesterday").is_err());
        let line = |at: &str| Line { time: Some(at.into()), ..Line::default() };
        let window = Window { since: Some(2_000_000_000), until: Some(3_000_000_000), ..Window::default() };
        assert!(!window.shows(&line("1970-01-01T00:00:01Z")) && window.shows(&line("1970-01-01T00:00:02Z")));
        assert!(!window.shows(&line("1970-01-01T00:00:04Z")) && window.shows(&Line::default()));
    }
}
