//! What commands print on standard output: plain columns, names only, or a JSON object a line.

mod filter;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use prost_types::Timestamp;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::cli::{Format, List};
use crate::exit::in_one_line;

/// One thing of a listing: its name, its cells in the order of the headings, and itself as JSON.
pub struct Row {
    pub name: String,
    pub cells: Vec<String>,
    pub object: Value,
}

/// Whether what a listing is to print can be understood.
pub fn check(list: &List) -> crate::error::Result<()> {
    filter::parse(&list.filters).map(drop)
}

/// Prints those of `rows` that `list` asks for, in its form; nothing at all but the headings where
/// there are none.
pub fn print(list: &List, headings: &[&str], rows: &[Row]) -> anyhow::Result<()> {
    let filter = filter::parse(&list.filters)?;
    let rows: Vec<&Row> = rows.iter().filter(|row| filter.matches(&filter::Object(&row.object))).collect();
    Ok(write(list, headings, &rows)?)
}

fn write(list: &List, headings: &[&str], rows: &[&Row]) -> io::Result<()> {
    let stdout = io::stdout();
    // Digests are for programs: on a terminal so much of them is shown that people can tell them apart.
    let cuts = stdout.is_terminal() && !list.no_trunc;
    let mut out = BufWriter::new(stdout.lock());
    match (list.quiet, list.format) {
        (true, _) => rows.iter().try_for_each(|row| writeln!(out, "{}", in_one_line(&row.name)))?,
        (false, Format::Json) => {
            rows.iter().try_for_each(|row| writeln!(out, "{}", json(row.object.to_string())))?
        }
        (false, Format::Table) => {
            let cut = |cell: &String| if cuts { shortened(cell) } else { cell.clone() };
            let cells: Vec<Vec<String>> =
                rows.iter().map(|row| row.cells.iter().map(cut).collect()).collect();
            let cells: Vec<&[String]> = cells.iter().map(Vec::as_slice).collect();
            out.write_all(columns(headings, &cells).as_bytes())?;
        }
    }
    out.flush()
}

/// A text with twelve digits of each SHA-256 in it.
fn shortened(text: &str) -> String {
    const MARK: &str = "sha256:";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        out.push_str(MARK);
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        out.push_str(&after[..if digits == 64 { 12 } else { digits }]);
        rest = &after[digits..];
    }
    out + rest
}

/// Prints one JSON value over several lines, for people and for `jq` alike.
pub fn object(value: &Value) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", json(format!("{value:#}")))
}

/// A JSON text in which what a terminal may take for a command, and JSON leaves as it is, is written as its number.
fn json(text: String) -> String {
    let plain = |c: char| !c.is_control() || c == '\n';
    if text.chars().all(plain) {
        return text;
    }
    let written = |c: char| if plain(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    text.chars().map(written).collect()
}

/// Hears when nobody reads this command's output any more, for those that may have nothing to say for
/// long. A thread waits for it, and ends with this process.
pub fn reader_gone() -> oneshot::Receiver<()> {
    let (send, gone) = oneshot::channel();
    let wait = move || {
        let stdout = io::stdout();
        loop {
            // Errors and hangups are told without being asked for.
            let mut fds = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
            match poll(&mut fds, PollTimeout::NONE) {
                Ok(_) => break,
                Err(Errno::EINTR) => {}
                Err(_) => return std::mem::forget(send),
            }
        }
        let _ = send.send(());
    };
    // Without the thread, the next write tells.
    let _ = std::thread::Builder::new().name("reader".to_string()).spawn(wait);
    gone
}

/// Prints one line of a command that goes on: that nobody reads it any more is no failure.
pub fn tell(text: &str) -> crate::error::Result<()> {
    told(line(text))
}

/// Prints one JSON value of a command that goes on, as [`tell`] does a line.
pub fn tell_object(value: &Value) -> crate::error::Result<()> {
    told(object(value))
}

fn told(written: io::Result<()>) -> crate::error::Result<()> {
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

/// Prints one line: JSON, or words that say nothing to a terminal.
pub fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", json(text.to_string()))
}

/// Aligns cells under their headings, with three spaces between columns and none at a line's end.
fn columns(headings: &[&str], rows: &[&[String]]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| in_one_line(cell)).collect()).collect();
    let width = |n: usize| {
        let cells = rows.iter().map(|row| row[n].chars().count());
        cells.chain([headings[n].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let mut text = String::new();
    let mut add = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', 3 + width - cell.chars().count()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    };
    add(&mut headings.iter().copied());
    for row in &rows {
        add(&mut row.iter().map(String::as_str));
    }
    text
}

/// Labels for a table, in order.
pub fn labels(labels: &std::collections::HashMap<String, String>) -> String {
    let mut words: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    words.sort();
    if words.is_empty() { "-".to_string() } else { words.join(",") }
}

/// Names below their parents, in order, as lines. A parent that is not there is none.
pub fn tree(pairs: &[(String, String)]) -> Vec<String> {
    let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let known: BTreeSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    for (name, parent) in pairs {
        let parent = if known.contains(parent.as_str()) { parent.as_str() } else { "" };
        children.entry(parent).or_default().push(name);
    }
    for names in children.values_mut() {
        names.sort_unstable();
    }
    let mut lines = Vec::new();
    let tops = children.get("").cloned().unwrap_or_default();
    let mut stack: Vec<(&str, String, String)> =
        tops.into_iter().rev().map(|name| (name, String::new(), String::new())).collect();
    while let Some((name, own, below)) = stack.pop() {
        lines.push(format!("{own}{}", in_one_line(name)));
        let names = children.remove(name).filter(|_| !name.is_empty()).unwrap_or_default();
        let last = names.len().saturating_sub(1);
        for (n, child) in names.into_iter().enumerate().rev() {
            let (own, more) = if n == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            stack.push((child, format!("{below}{own}"), format!("{below}{more}")));
        }
    }
    lines
}

/// A time for a table: UTC, to the second.
pub fn time(time: Option<&Timestamp>) -> String {
    match time {
        Some(t) if t.seconds > 0 => {
            let text = Timestamp { seconds: t.seconds, nanos: 0 }.to_string();
            text.trim_end_matches('Z').replace('T', " ")
        }
        _ => "-".to_string(),
    }
}

/// A time for JSON: RFC 3339, to the nanosecond; null where there is none.
pub fn time_json(time: Option<&Timestamp>) -> Value {
    match time {
        Some(t) if t.seconds > 0 => Value::String(t.to_string()),
        _ => Value::Null,
    }
}

/// A number of bytes for people: `312 MB`, in powers of ten.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 {
        value /= 1000.0;
        unit += 1;
    }
    match unit > 0 && value < 9.95 {
        true => format!("{value:.1} {}", UNITS[unit]),
        false => format!("{value:.0} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_without_trailing_blanks() {
        let rows = [["web".to_string(), "é".to_string()], ["a-longer-one".to_string(), String::new()]];
        let rows: Vec<&[String]> = rows.iter().map(|r| r.as_slice()).collect();
        assert_eq!(columns(&["ID", "X"], &rows), "ID             X\nweb            é\na-longer-one\n");
    }

    #[test]
    fn a_name_says_nothing_to_a_terminal() {
        let row = ["a\u{1b}[2Jb\nc".to_string(), "x".to_string()];
        assert_eq!(columns(&["ID", "X"], &[&row]), "ID               X\na\\u{1b}[2Jb\\nc   x\n");
        let name = Value::String("a\u{9b}1A\u{7f}é\u{1b}".into());
        let text = json(format!("{:#}", serde_json::json!({ "name": name })));
        assert_eq!(text, "{\n  \"name\": \"a\\u009b1A\\u007fé\\u001b\"\n}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["name"], name);
        assert_eq!(tree(&[("a\tb".to_string(), String::new())]), ["a\\tb"]);
    }

    #[test]
    fn digests_are_cut_wherever_they_stand() {
        let digest = format!("sha256:{}", "0123456789ab".repeat(6));
        let digest = &digest[..71];
        assert_eq!(shortened(digest), "sha256:0123456789ab");
        assert_eq!(shortened(&format!("extract-1 {digest}, x")), "extract-1 sha256:0123456789ab, x");
        assert_eq!(shortened("sha256:beef"), "sha256:beef");
    }

    #[test]
    fn trees() {
        let pairs = [("c", "a"), ("a", ""), ("b", "a"), ("d", "b"), ("x", "gone")];
        let pairs: Vec<_> = pairs.iter().map(|(n, p)| (n.to_string(), p.to_string())).collect();
        assert_eq!(tree(&pairs), ["a", "├─ b", "│  └─ d", "└─ c", "x"]);
        let circle = [("a".to_string(), "b".to_string()), ("b".to_string(), "a".to_string())];
        assert!(tree(&circle).is_empty());
    }

    #[test]
    fn sizes_and_times() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (9_960, "10 kB"),
            (312_000_000, "312 MB"),
            (999_600_000, "1.0 GB"),
            (u64::MAX, "18 EB"),
        ];
        for (bytes, want) in cases {
            assert_eq!(size(bytes), want);
        }
        let t = Timestamp { seconds: 1_790_000_000, nanos: 5 };
        assert_eq!(time(Some(&t)), "2026-09-21 14:13:20");
        assert_eq!(time(None), "-");
        assert_eq!(time_json(None), Value::Null);
    }
}
