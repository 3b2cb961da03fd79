//! The log of one call: warnings and the one error, to `--log` or to stderr.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::OnceLock;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::cli::{Global, LogFormat};
use crate::time::rfc3339;

/// One per process; before [`open`] entries go to stderr as text.
static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    file: Option<File>,
    format: LogFormat,
    debug: bool,
}

/// Opens the log that the global flags name.
pub fn open(global: &Global) -> Result<()> {
    let file = match &global.log {
        Some(path) => Some(
            OpenOptions::new()
                .append(true)
                .create(true)
                .open(path)
                .with_context(|| format!("open {}", path.display()))?,
        ),
        None => None,
    };
    let _ = LOG.set(Log { file, format: global.log_format, debug: global.debug });
    Ok(())
}

/// The failure that ends this call: to stderr in any case, since callers read both.
pub fn error(msg: &str) {
    let _ = std::io::stderr().write_all(format!("ocirun: {msg}\n").as_bytes());
    if LOG.get().is_some_and(|log| log.file.is_some()) {
        write("error", msg);
    }
}

/// Something that a caller should know and that fails nothing.
pub fn warn(msg: &str) {
    write("warning", msg);
}

/// A step, with `--debug`.
pub fn debug(msg: &str) {
    if LOG.get().is_some_and(|log| log.debug) {
        write("debug", msg);
    }
}

/// A log that cannot be written is no reason to fail a container.
fn write(level: &str, msg: &str) {
    let time = rfc3339(SystemTime::now());
    let format = LOG.get().map_or(LogFormat::Text, |log| log.format);
    let quoted = serde_json::Value::from(msg);
    let line = match format {
        LogFormat::Json => format!("{{\"level\":\"{level}\",\"msg\":{quoted},\"time\":\"{time}\"}}\n"),
        LogFormat::Text => format!("time=\"{time}\" level={level} msg={quoted}\n"),
    };
    let _ = match LOG.get().and_then(|log| log.file.as_ref()) {
        Some(mut file) => file.write_all(line.as_bytes()),
        None => std::io::stderr().write_all(line.as_bytes()),
    };
}
