//! This program's part of the launch timeline, and ocirun-init's, which has no file of the host's.
//!
//! `CTRD_TRACE` names a file, and `TRACEPARENT` whose part this call is (ctrd(1) tells the form).
//! Lines are kept until the end and then appended by one write: nothing is open meanwhile that a
//! container could get hold of.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use ocirun_init::Step;

struct Trace {
    file: PathBuf,
    trace: String,
    /// This call's span, and the one that it is a part of.
    span: String,
    parent: Option<String>,
    name: String,
    began: u64,
    /// When the last step ended.
    mark: u64,
    lines: String,
}

static TRACE: Mutex<Option<Trace>> = Mutex::new(None);

fn with(act: impl FnOnce(&mut Trace)) {
    if let Some(trace) = TRACE.lock().ok().as_deref_mut().and_then(Option::as_mut) {
        act(trace);
    }
}

/// Microseconds since 1970 UTC.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as u64)
}

/// The standard library's hash keys are random.
fn random() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish().max(1))
}

/// The trace and the span of a traceparent (W3C Trace Context, 3.2).
fn parse(text: &str) -> Option<(String, String)> {
    let mut parts = text.trim().split('-').skip(1);
    let mut hex = |length| {
        let part: &str = parts.next()?;
        let fits = part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit());
        (fits && part.bytes().any(|b| b != b'0')).then(|| part.to_ascii_lowercase())
    };
    Some((hex(32)?, hex(16)?))
}

/// Begins the timeline of this call, if the environment names a file.
pub fn begin(verb: &str, id: Option<&str>) {
    let Some(file) = std::env::var_os("CTRD_TRACE").filter(|file| !file.is_empty()) else { return };
    let parent = std::env::var("TRACEPARENT").ok().and_then(|text| parse(&text));
    let (trace, parent) = match parent {
        Some((trace, parent)) => (trace, Some(parent)),
        None => (random() + &random(), None),
    };
    let name = id.map_or_else(|| verb.to_owned(), |id| format!("{verb} {id}"));
    let (span, began) = (random(), now());
    let all =
        Trace { file: file.into(), trace, span, parent, name, began, mark: began, lines: String::new() };
    if let Ok(mut slot) = TRACE.lock() {
        *slot = Some(all);
    }
}

/// Whether ocirun-init is to tell its steps.
pub fn on() -> bool {
    TRACE.lock().is_ok_and(|trace| trace.is_some())
}

/// A step has ended; it began where the last one ended.
pub fn did(name: &str) {
    with(|t| {
        let (start, end) = (t.mark, now());
        t.mark = end;
        t.line("ocirun", std::process::id(), None, name, (start, end));
    });
}

/// The steps of ocirun-init, as it tells them.
pub fn init(pid: i32, began: u64, steps: &[Step]) {
    with(|t| {
        let span = random();
        let end = steps.last().map_or(began, |step| step.end);
        let own = t.span.clone();
        t.line("ocirun-init", pid as u32, Some((&span, Some(&own))), "build the container", (began, end));
        let mut start = began;
        for step in steps {
            t.line("ocirun-init", pid as u32, Some(("", Some(&span))), &step.did, (start, step.end));
            start = step.end;
        }
    });
}

/// Appends what is known so far: this process may now stay for as long as its program.
pub fn flush() {
    with(|t| {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
        // A launch does not fail for want of its timeline.
        if let Ok(mut file) = options.open(&t.file)
            && file.metadata().is_ok_and(|meta| meta.is_file())
        {
            let _ = file.write_all(t.lines.as_bytes());
        }
        t.lines.clear();
    });
}

/// The end of this call.
pub fn end() {
    with(|t| {
        let (span, parent, name, began) = (t.span.clone(), t.parent.clone(), t.name.clone(), t.began);
        let of = Some((span.as_str(), parent.as_deref()));
        t.line("ocirun", std::process::id(), of, &name, (began, now()));
    });
    flush();
}

impl Trace {
    /// `of`: a span of its own, empty for none, and whose part it is; a step of this call without.
    fn line(
        &mut self,
        program: &str,
        pid: u32,
        of: Option<(&str, Option<&str>)>,
        name: &str,
        at: (u64, u64),
    ) {
        let (span, parent) = of.unwrap_or(("", Some(&self.span)));
        let mut text = format!("{{\"trace\":\"{}\"", self.trace);
        let mut add = |key: &str, value: &str| {
            let _ = write!(text, ",\"{key}\":{}", serde_json::Value::from(value));
        };
        if !span.is_empty() {
            add("span", span);
        }
        if let Some(parent) = parent {
            add("parent", parent);
        }
        add("program", program);
        add("name", name);
        let _ = writeln!(text, ",\"pid\":{pid},\"start\":{},\"end\":{}}}", at.0, at.1.max(at.0));
        self.lines += &text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traceparents() {
        let (trace, span) = parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!((trace.as_str(), span.as_str()), ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
        for bad in ["", "00", "00-1-2-01", "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"), None);
    }
}
