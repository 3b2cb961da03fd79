//! `[timeouts]`: how long what may hang is waited for, by containerd's names.
//!
//! ```toml
//! [timeouts]
//! "io.containerd.timeout.shim.load" = "5s"
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use toml::{Table, Value};

use crate::error::{Error, Result};

/// The deadlines that a configuration may set; each of the others is the program's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// How long a shim that was there before the server may take to answer.
    pub load: Duration,
    /// How long a shim may take to agree to its end.
    pub shutdown: Duration,
    /// How long the clean-up after a dead shim may take.
    pub cleanup: Duration,
    /// How long a task may take to tell its state, and its figures.
    pub state: Duration,
    pub stats: Duration,
    /// How long one process waits for another that writes the metadata.
    pub open: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            load: Duration::from_secs(5),
            shutdown: Duration::from_secs(3),
            cleanup: Duration::from_secs(10),
            state: Duration::from_secs(2),
            stats: Duration::from_secs(2),
            open: Duration::from_secs(10),
        }
    }
}

/// As long as SQLite can wait, in milliseconds.
const EVER: Duration = Duration::from_millis(i32::MAX as u64);

const PREFIX: &str = "io.containerd.timeout.";

impl Timeouts {
    fn field(&mut self, name: &str) -> Option<&mut Duration> {
        match name.strip_prefix(PREFIX)? {
            "shim.load" => Some(&mut self.load),
            "shim.shutdown" => Some(&mut self.shutdown),
            "shim.cleanup" => Some(&mut self.cleanup),
            "task.state" => Some(&mut self.state),
            "metrics.shimstats" => Some(&mut self.stats),
            "bolt.open" => Some(&mut self.open),
            _ => None,
        }
    }

    /// The defaults with what the section says, and the names in it that mean nothing here.
    pub fn read(section: &BTreeMap<String, String>) -> Result<(Timeouts, Vec<String>)> {
        let mut timeouts = Timeouts::default();
        let mut unknown = Vec::new();
        for (name, text) in section {
            let time = super::duration(text).map_err(|e| e.context(format!("timeouts.{name:?}")))?;
            match timeouts.field(name) {
                None => unknown.push(name.clone()),
                Some(field) if !time.is_zero() => *field = time.min(EVER),
                // As in containerd: who opens the metadata waits for ever then.
                Some(field) if name.ends_with("bolt.open") => *field = EVER,
                Some(_) => {
                    return Err(Error::invalid(format!("timeouts.{name:?}: 0 leaves no time at all")));
                }
            }
        }
        Ok((timeouts, unknown))
    }

    /// The section that says the same.
    pub fn to_section(mut self) -> Table {
        let mut section = Table::new();
        for name in
            ["bolt.open", "metrics.shimstats", "shim.cleanup", "shim.load", "shim.shutdown", "task.state"]
        {
            let name = format!("{PREFIX}{name}");
            if let Some(time) = self.field(&name) {
                let text = match *time {
                    EVER => "0s".to_string(),
                    time if time.subsec_nanos() == 0 => format!("{}s", time.as_secs()),
                    time => format!("{}ns", time.as_nanos()),
                };
                section.insert(name, Value::String(text));
            }
        }
        section
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<(Timeouts, Vec<String>)> {
        Timeouts::read(&pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect())
    }

    #[test]
    fn what_is_named_is_set_and_the_rest_is_told() {
        let (timeouts, unknown) = read(&[
            ("io.containerd.timeout.shim.load", "1m30s"),
            ("io.containerd.timeout.bolt.open", "0s"),
            ("io.containerd.timeout.cri.defercleanup", "1m"),
        ])
        .unwrap();
        assert_eq!((timeouts.load, timeouts.open), (Duration::from_secs(90), EVER));
        assert_eq!(timeouts.state, Timeouts::default().state);
        assert_eq!(unknown, ["io.containerd.timeout.cri.defercleanup"]);
        for bad in ["0s", "", "5"] {
            let err = read(&[("io.containerd.timeout.task.state", bad)]).unwrap_err().message;
            assert!(err.contains("task.state"), "{err}");
        }
    }

    #[test]
    fn a_section_that_was_written_is_read_as_it_was() {
        let odd = Timeouts { load: Duration::from_millis(1500), open: EVER, ..Timeouts::default() };
        let section = odd.to_section();
        let pairs = section.into_iter().map(|(k, v)| (k, v.as_str().unwrap().to_string())).collect();
        assert_eq!(Timeouts::read(&pairs).unwrap(), (odd, Vec::new()));
    }
}
