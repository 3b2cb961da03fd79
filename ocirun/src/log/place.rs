//! Where a log goes: a file, the system's log, systemd's journal, or stderr.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use anyhow::{Context, Result, ensure};

const SYSLOG: &str = "/dev/log";
const JOURNAL: &str = "/run/systemd/journal/socket";

pub enum Place {
    Stderr,
    File(File),
    /// `--log syslog:NAME`.
    Syslog(UnixDatagram, String),
    /// `--log journald:NAME`.
    Journal(UnixDatagram, String),
}

impl Place {
    /// `journald:NAME`, `syslog:NAME`, `file:PATH`, or a path.
    pub fn open(told: &Path) -> Result<Place> {
        let text = told.to_string_lossy();
        if let Some(name) = text.strip_prefix("syslog:") {
            return Ok(Place::Syslog(connect(name, SYSLOG)?, name.to_string()));
        }
        if let Some(name) = text.strip_prefix("journald:") {
            return Ok(Place::Journal(connect(name, JOURNAL)?, name.to_string()));
        }
        let path = text.strip_prefix("file:").map_or(told, Path::new);
        let file = OpenOptions::new().append(true).create(true).open(path);
        Ok(Place::File(file.with_context(|| format!("open {}", path.display()))?))
    }

    /// `msg` is for those that keep time and level themselves, `line` for the others.
    pub fn write(&self, level: &str, msg: &str, line: &str) {
        let _ = match self {
            Place::Stderr => std::io::stderr().write_all(format!("{line}\n").as_bytes()),
            Place::File(file) => (&*file).write_all(format!("{line}\n").as_bytes()),
            // Facility 3 is that of daemons.
            Place::Syslog(socket, name) => {
                let line = format!("<{}>{name}[{}]: {msg}", 3 * 8 + priority(level), std::process::id());
                socket.send(line.as_bytes()).map(drop)
            }
            Place::Journal(socket, name) => socket.send(&journal(name, level, msg)).map(drop),
        };
    }
}

fn connect(name: &str, path: &str) -> Result<UnixDatagram> {
    ensure!(!name.is_empty(), "--log syslog: and journald: want a name behind the colon");
    ensure!(!name.contains(char::is_control), "{name:?} is no name for a log");
    let socket = UnixDatagram::unbound().context("make a socket")?;
    socket.connect(path).with_context(|| format!("connect to {path}"))?;
    Ok(socket)
}

/// syslog(3).
fn priority(level: &str) -> u8 {
    match level {
        "error" => 3,
        "warning" => 4,
        _ => 7,
    }
}

/// The journal's own form: a field a line; the message with its length, since it may hold newlines.
fn journal(name: &str, level: &str, msg: &str) -> Vec<u8> {
    let mut entry = format!("PRIORITY={}\nSYSLOG_IDENTIFIER={name}\nMESSAGE\n", priority(level)).into_bytes();
    entry.extend((msg.len() as u64).to_le_bytes());
    entry.extend(msg.as_bytes());
    entry.push(b'\n');
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_the_journal() {
        let want = b"PRIORITY=3\nSYSLOG_IDENTIFIER=web\nMESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n";
        assert_eq!(journal("web", "error", "a\nb"), want);
    }
}
