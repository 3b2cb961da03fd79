//! The process of a shim that does not answer: found in /proc, since nothing else tells of it then.

use std::collections::HashSet;
use std::fs;

use super::saved;
use crate::bundle::{Bundle, Bundles};

/// A shim's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    /// Whether a signal has stopped it (SIGSTOP, or a debugger).
    pub stopped: bool,
}

/// The process of the shim that keeps this bundle. One shim may keep several, and is known by the name
/// of the first of them: those that are reached at the same address are it.
pub fn find(bundles: &Bundles, bundle: &Bundle) -> Option<Process> {
    by_names(bundle, HashSet::from([bundle.id.clone()]))
        .or_else(|| by_names(bundle, companions(bundles, bundle).into_iter().collect()))
}

/// The other containers that the same shim keeps.
pub fn companions(bundles: &Bundles, bundle: &Bundle) -> Vec<String> {
    let address = |bundle: &Bundle| saved(bundle).ok().flatten().map(|reply| reply.address);
    let Some(here) = address(bundle) else { return Vec::new() };
    let same = |id: &String| {
        let other = bundles.get(&bundle.namespace, id).ok();
        *id != bundle.id && other.and_then(|other| address(&other)).as_ref() == Some(&here)
    };
    bundles.ids(&bundle.namespace).unwrap_or_default().into_iter().filter(same).collect()
}

fn by_names(bundle: &Bundle, ids: HashSet<String>) -> Option<Process> {
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.find_map(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        if !is_shim(&line, &bundle.namespace, &ids) {
            return None;
        }
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some(Process { pid, stopped: is_stopped(&stat) })
    })
}

/// Whether this is the command line of the server of a shim, of one of these containers.
fn is_shim(line: &[u8], namespace: &str, ids: &HashSet<String>) -> bool {
    let words: Vec<&[u8]> = line.split(|b| *b == 0).collect();
    let value = |flag: &str| {
        let pair = words.windows(2).find(|pair| pair[0] == flag.as_bytes())?;
        std::str::from_utf8(pair[1]).ok()
    };
    let program = String::from_utf8_lossy(words.first().copied().unwrap_or_default()).into_owned();
    program.rsplit('/').next().is_some_and(|name| name.contains("shim"))
        && value("-namespace") == Some(namespace)
        && value("-id").is_some_and(|id| ids.contains(id))
        && !words.iter().any(|word| matches!(*word, b"start" | b"delete"))
}

/// proc(5): the name may hold blanks and brackets; the state comes after the last bracket.
fn is_stopped(stat: &str) -> bool {
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().next());
    matches!(state, Some("T" | "t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines() {
        let ids = HashSet::from(["web".to_string()]);
        for (line, want) in [
            ("/b/ctrd-shim\0-namespace\0n\0-id\0web\0-address\0/s\0", true),
            ("containerd-shim-runc-v2\0-namespace\0n\0-address\0/s\0-id\0web\0", true),
            ("/b/ctrd-shim\0-namespace\0n\0-id\0web\0-address\0/s\0start\0", false),
            ("/b/ctrd-shim\0-namespace\0m\0-id\0web\0", false),
            ("/b/ctrd-shim\0-namespace\0n\0-id\0other\0", false),
            ("sleep\0-namespace\0n\0-id\0web\0", false),
        ] {
            assert_eq!(is_shim(line.as_bytes(), "n", &ids), want, "{line}");
        }
    }

    #[test]
    fn states() {
        assert!(is_stopped("7 (a) b) T 1 7"));
        assert!(!is_stopped("7 (T) S 1 7") && !is_stopped(""));
    }
}
