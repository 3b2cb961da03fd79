//! The log of one call: warnings, steps and the one error, to where `--log` says or to stderr.

mod place;

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, OnceLock};
use std::time::SystemTime;

use anyhow::Result;
use nix::errno::Errno;

use self::place::Place;
use crate::cli::{Global, LogFormat, LogLevel};
use crate::code::Code;
use crate::time::rfc3339;

/// One per process; before [`open`] entries go to stderr as text.
static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    place: Place,
    format: LogFormat,
    level: LogLevel,
    /// Warnings that wait for [`settle`]: readers of a JSON log take a failure that is one line.
    held: Mutex<Option<Vec<String>>>,
}

/// Opens the log that the global flags name.
pub fn open(global: &Global) -> Result<()> {
    let place = match &global.log {
        Some(told) => Place::open(told)?,
        None => Place::Stderr,
    };
    let level = if global.debug { LogLevel::Debug } else { global.log_level };
    let holds = matches!(place, Place::File(_)) && global.log_format == LogFormat::Json;
    let held = Mutex::new((holds && level != LogLevel::Debug).then(Vec::new));
    let _ = LOG.set(Log { place, format: global.log_format, level, held });
    Ok(())
}

/// What programs read of a failure, beside its words: fields of the JSON entry, those that are known.
pub struct Facts<'a> {
    pub id: Option<&'a str>,
    pub code: Code,
    /// The kernel's answer at its root.
    pub errno: Option<Errno>,
    /// The way out, which the message ends with.
    pub hint: Option<&'a str>,
}

/// The failure that ends this call: `said` to stderr in any case, since callers read both. `speaker`:
/// the name that stands before it there; none where the program's own start failed. The word "error"
/// is what callers of runc look for there (`level=error`).
pub fn error(speaker: &str, said: &str, msg: &str, facts: &Facts) {
    let line = if speaker.is_empty() { format!("{said}\n") } else { format!("{speaker}: error: {said}\n") };
    let _ = std::io::stderr().write_all(line.as_bytes());
    let Some(log) = LOG.get().filter(|log| !matches!(log.place, Place::Stderr)) else { return };
    let mut more = Vec::new();
    if let Some(id) = facts.id {
        more.push(("id", id.into()));
    }
    more.push(("code", facts.code.name.into()));
    if let Some(errno) = facts.errno {
        more.push(("errno", format!("{errno:?}").into()));
    }
    if let Some(hint) = facts.hint {
        more.push(("hint", hint.into()));
    }
    if let Some(warnings) = take_held(log).filter(|w| !w.is_empty()) {
        more.push(("warnings", warnings.into()));
    }
    write("error", msg, &more);
}

/// Something that a caller should know and that fails nothing.
pub fn warn(msg: &str) {
    if LOG.get().is_some_and(|log| log.level == LogLevel::Error) {
        return;
    }
    if let Some(log) = LOG.get()
        && let Ok(mut held) = log.held.lock()
        && let Some(held) = held.as_mut()
    {
        held.push(msg.to_string());
        return;
    }
    write("warning", msg, &[]);
}

/// A step, with `--debug`.
pub fn debug(msg: &str) {
    if debugs() {
        write("debug", msg, &[]);
    }
}

/// Whether steps are logged, for words that cost something to make.
pub fn debugs() -> bool {
    LOG.get().is_some_and(|log| log.level == LogLevel::Debug)
}

/// The call has done what it was to do: what was held back is written, and from here on at once.
pub fn settle() {
    for msg in LOG.get().and_then(take_held).unwrap_or_default() {
        write("warning", &msg, &[]);
    }
}

fn take_held(log: &Log) -> Option<Vec<String>> {
    log.held.lock().ok().and_then(|mut held| held.take())
}

/// A log that cannot be written is no reason to fail a container.
fn write(level: &str, msg: &str, more: &[(&str, serde_json::Value)]) {
    let format = LOG.get().map_or(LogFormat::Text, |log| log.format);
    let stderr = Place::Stderr;
    let place = LOG.get().map_or(&stderr, |log| &log.place);
    let short =
        matches!(place, Place::Stderr) && format == LogFormat::Text && std::io::stderr().is_terminal();
    let line = match format {
        _ if short => format!("{}[0000] {msg}", level[..4].to_uppercase()),
        LogFormat::Json => json(level, msg, more),
        LogFormat::Text => {
            format!("time={} level={level} msg={}", word(&rfc3339(SystemTime::now())), word(msg))
        }
    };
    place.write(level, msg, &line);
}

fn json(level: &str, msg: &str, more: &[(&str, serde_json::Value)]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (msg, time) = (quoted(msg), quoted(&rfc3339(SystemTime::now())));
    let more: String = more.iter().map(|(key, value)| format!(",{}:{value}", quoted(key))).collect();
    format!("{{\"level\":\"{level}\",\"msg\":{msg},\"time\":{time}{more}}}")
}

/// A value of a text entry: in quotes, unless it is one plain word.
fn word(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._/@^+".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_string();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_are_no_word() {
        for (text, want) in
            [("ready", "ready"), ("a b", "\"a b\""), ("", "\"\""), ("say \"x\"", r#""say \"x\"""#)]
        {
            assert_eq!(word(text), want);
        }
    }

    #[test]
    fn a_json_entry_has_the_known_keys_first() {
        let line = json("error", "a \"b\"", &[("code", "x".into())]);
        assert!(line.starts_with(r#"{"level":"error","msg":"a \"b\"","time":"2"#), "{line}");
        assert!(line.ends_with(r#"Z","code":"x"}"#), "{line}");
    }
}
