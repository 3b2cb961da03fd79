//! What a configuration says and this program does not do: told at the beginning, since nothing is
//! left out in silence.
//!
//! What asks for nothing is none of it: an empty text, list or table, a zero, a `false`.

use toml::{Table, Value};

use crate::plugin::list;

/// A line for each thing in `document` that has no place in `known`, a document with everything
/// that there is.
pub fn lines(document: &Table, known: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, value) in document {
        match known.get(key) {
            _ if empty(value) || key == "imports" => {}
            None if key == "temp" => {
                lines.push("temp: temporary files lie below root and state".to_string());
            }
            None => lines.push(format!("{key}: unknown")),
            Some(Value::Table(known)) if matches!(key.as_str(), "cgroup" | "debug") => {
                lines.extend(below(key, value, known));
            }
            Some(_) => {}
        }
    }
    let none = Table::new();
    let sections = document.get("plugins").and_then(Value::as_table).unwrap_or(&none);
    let mut strangers = Vec::new();
    for (uri, section) in sections {
        match known.get("plugins").and_then(|plugins| plugins.get(uri)).and_then(Value::as_table) {
            _ if empty(section) => {}
            Some(known) => lines.extend(below(&format!("plugins.{uri:?}"), section, known)),
            None if list::ALL.iter().any(|r| r.uri() == *uri) => {
                lines.extend(below(&format!("plugins.{uri:?}"), section, &none));
            }
            None => strangers.push(uri.as_str()),
        }
    }
    if !strangers.is_empty() {
        lines.push(format!("plugins: there is none of the name {}", strangers.join(", ")));
    }
    lines
}

fn below(name: &str, section: &Value, known: &Table) -> Vec<String> {
    let Some(section) = section.as_table() else { return vec![format!("{name}: not a table")] };
    let unknown = section.iter().filter(|(key, value)| !known.contains_key(*key) && !empty(value));
    unknown
        .filter(|(key, _)| !done_anyway(name, key))
        .map(|(key, _)| format!("{name}: {key}: not supported"))
        .collect()
}

/// containerd's defaults of what cannot be set here, where they say how it is.
fn done_anyway(section: &str, key: &str) -> bool {
    key == "platforms" && section.contains("runtime.v2.task")
}

fn empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty() || super::duration(text).is_ok_and(|time| time.is_zero()),
        Value::Integer(number) => *number == 0,
        Value::Float(number) => *number == 0.0,
        Value::Boolean(is) => !is,
        Value::Array(list) => list.is_empty(),
        Value::Table(table) => table.values().all(empty),
        Value::Datetime(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    #[test]
    fn what_is_not_done_is_told_once() {
        let known = Config::at(Path::new("/s"), Path::new("/r"), Path::new("/t")).to_document();
        let told = |text: &str| lines(&text.parse::<Table>().unwrap(), &known);
        assert_eq!(told(&toml::to_string(&known).unwrap()), Vec::<String>::new());
        for (text, expected) in [
            ("", &[][..]),
            ("temp = ''\nwords = 'x'", &["words: unknown"]),
            ("[debug]\nlevel = 'info'\nlog_trace_id = true", &["debug: log_trace_id: not supported"]),
            (
                "[plugins.'io.containerd.gc.v1.scheduler']\nstartup_delay = '1s'\npause_threshold = 0.02\nschedule_delay = '0s'",
                &[],
            ),
            (
                "[plugins.'io.containerd.snapshotter.v1.overlayfs']\nslow_chown = true\nroot_path = '/x'",
                &["plugins.\"io.containerd.snapshotter.v1.overlayfs\": slow_chown: not supported"],
            ),
            (
                "[plugins.'io.containerd.nri.v1.nri']\nx = 1\n[plugins.'a.b']\nx = 1\n[plugins.'c.d']\n",
                &["plugins: there is none of the name a.b, io.containerd.nri.v1.nri"],
            ),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
