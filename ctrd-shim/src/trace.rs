//! The launch timeline: what was done and when, as JSON lines appended to one file by every
//! program of a launch.
//!
//! ```text
//! CTRD_TRACE=/tmp/launch.jsonl                     the file; without it nothing is recorded
//! TRACEPARENT=00-<trace id>-<span id>-01           whose part this is (W3C Trace Context)
//! {"trace":"…32","span":"…16","parent":"…16","program":"ctrd","pid":7,"name":"run web","start":µs,"end":µs}
//! ```
//! A line is one `write` to a file opened for appending, so that lines of several programs never
//! mix. Times are microseconds since 1970 UTC: the one clock that all processes share, whatever
//! their time namespace. `span` is absent of a step that has no parts.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// The variable that names the file.
pub const FILE: &str = "CTRD_TRACE";
/// The variable that says whose part a program's work is.
pub const PARENT: &str = "TRACEPARENT";

/// Microseconds since 1970 UTC.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as u64)
}

/// A span of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    pub trace: u128,
    pub span: u64,
}

impl Context {
    /// The first span of a new trace.
    pub fn new() -> Context {
        Context { trace: u128::from(random()) << 64 | u128::from(random()), span: random() }
    }

    /// Another span of the same trace.
    pub fn child(self) -> Context {
        Context { span: random(), ..self }
    }

    /// Reads a traceparent (W3C Trace Context, 3.2); `None` where it is none.
    pub fn parse(text: &str) -> Option<Context> {
        let mut parts = text.trim().split('-');
        let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let flags = parts.next()?;
        let more = parts.next().is_some();
        if !hex(version, 2) || version == "ff" || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) {
            return None;
        }
        if version == "00" && more {
            return None;
        }
        let context = Context {
            trace: u128::from_str_radix(trace, 16).ok()?,
            span: u64::from_str_radix(span, 16).ok()?,
        };
        (context.trace != 0 && context.span != 0).then_some(context)
    }
}

impl Default for Context {
    fn default() -> Self {
        Context::new()
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace, self.span)
    }
}

/// Never zero, which a span must not be. The standard library's hash keys are random.
fn random() -> u64 {
    RandomState::new().build_hasher().finish().max(1)
}

/// Where a program's part of the timeline goes.
#[derive(Debug, Clone)]
pub struct Trace {
    program: &'static str,
    file: PathBuf,
    /// The program's own span.
    pub context: Context,
    /// The span that it is a part of; 0 for the first.
    parent: u64,
    began: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    trace: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    span: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    program: &'a str,
    pid: u32,
    name: &'a str,
    start: u64,
    end: u64,
}

impl Trace {
    /// What the environment asks for; nothing, at the cost of one look, where it does not.
    pub fn of_environment(program: &'static str) -> Option<Trace> {
        let file = std::env::var_os(FILE).filter(|file| !file.is_empty())?;
        let parent = std::env::var(PARENT).ok();
        Some(Trace::new(program, file.into(), parent.as_deref().and_then(Context::parse)))
    }

    /// A part of `parent`, or a trace of its own. The file is made where it is not there.
    pub fn new(program: &'static str, file: PathBuf, parent: Option<Context>) -> Trace {
        let context = parent.map_or_else(Context::new, Context::child);
        let parent = parent.map_or(0, |p| p.span);
        let trace = Trace { program, file, context, parent, began: now() };
        // That it cannot be written is no reason to fail: the launch is what matters.
        let _ = options().create(true).open(&trace.file);
        trace
    }

    /// A part of a caller's span, in a file that the caller has made.
    pub fn part_of(program: &'static str, file: PathBuf, parent: Context) -> Trace {
        Trace { program, file, context: parent.child(), parent: parent.span, began: now() }
    }

    /// A part of this one, of the same program, that begins now.
    pub fn part(&self) -> Trace {
        Trace { context: self.context.child(), parent: self.context.span, began: now(), ..self.clone() }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The variables for a program whose work is a part of this.
    pub fn environment(&self) -> [(&'static str, OsString); 2] {
        [(FILE, self.file.clone().into()), (PARENT, self.context.to_string().into())]
    }

    /// Records this span, which ends now.
    pub fn end(&self, name: &str) {
        self.write(name, Some(self.context.span), self.parent, self.began);
    }

    /// Records a step that is a part of this span, from `start` to now.
    pub fn did(&self, name: &str, start: u64) {
        self.write(name, None, self.context.span, start);
    }

    fn write(&self, name: &str, span: Option<u64>, parent: u64, start: u64) {
        let hex = |span: u64| format!("{span:016x}");
        let line = Line {
            trace: format!("{:032x}", self.context.trace),
            span: span.map(hex),
            parent: (parent != 0).then(|| hex(parent)),
            program: self.program,
            pid: std::process::id(),
            name,
            start,
            end: now().max(start),
        };
        let Ok(mut bytes) = serde_json::to_vec(&line) else { return };
        bytes.push(b'\n');
        if let Some(mut file) = open(&self.file) {
            let _ = file.write_all(&bytes);
        }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

/// The path may be a client's word: only a file that is there is written to, never one that is made
/// now, and no device, FIFO or link.
fn open(path: &Path) -> Option<File> {
    let file = options().open(path).ok()?;
    file.metadata().ok()?.is_file().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traceparents() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = Context::parse(text).unwrap();
        assert_eq!(context.to_string(), text);
        assert!(Context::parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Context::parse(bad), None, "{bad}");
        }
        assert_ne!(Context::new().trace, Context::new().trace);
        assert_eq!(context.child().trace, context.trace);
        assert_ne!(context.child().span, context.span);
    }

    #[test]
    fn lines_are_appended_to_files_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("trace");
        let trace = Trace::new("test", file.clone(), None);
        trace.did("a step", now());
        trace.part().end("a part");
        trace.end("all");
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|l| l["trace"] == lines[0]["trace"] && l["program"] == "test"));
        assert_eq!(lines[1]["parent"], lines[2]["span"]);
        assert!(lines[0].get("span").is_none() && lines[2].get("parent").is_none());

        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        Trace::new("test", link, None).end("through a link");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        std::fs::remove_file(&file).unwrap();
        trace.end("a file that went");
        assert!(!file.exists());
    }
}
