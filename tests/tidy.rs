//! The house rules that a compiler does not check: where unsafe may stand, how long a file may
//! grow, that each file says what it is, and what the project never mentions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::generated::root;

/// The only files that may allow `unsafe`; each wraps system calls that nix lacks.
const UNSAFE: &[&str] = &[
    "ctrd-shim/src/command.rs",
    "ctrd-shim/src/mount/idmap.rs",
    "ctrd-shim/src/mount/image.rs",
    "ctrd-shim/src/mount/layers.rs",
    "ctrd-shim/src/sys.rs",
    "ctrd/src/content/writeback.rs",
    "ctrd/src/serve/heap.rs",
    "ctrd/src/serve/stream/socket.rs",
    "ctrd/src/signal/caught.rs",
    "ctrd/src/terminal.rs",
    "ocirun-init/src/clone.rs",
    "ocirun-init/src/entry.rs",
    "ocirun-init/src/heap.rs",
    "ocirun-init/src/musl.rs",
    "ocirun-init/src/pages.rs",
    "ocirun-init/src/syscall.rs",
    "ocirun/src/affinity.rs",
    "ocirun/src/cgroup/bpf.rs",
    "ocirun/src/cgroup/mark.rs",
    "ocirun/src/cgroup/placeholder.rs",
    "ocirun/src/entry.rs",
    "ocirun/src/fds.rs",
    "ocirun/src/pidfd.rs",
    "ocirun/src/seccomp/kernel.rs",
    "ocirun/src/signal.rs",
    "ocirun/src/spawn.rs",
    "ocirun/src/tree.rs",
    "tests/bench/shims.rs",
];

/// Files that were made by a program.
fn generated(path: &str) -> bool {
    path.contains("/src/api/") && !path.ends_with("/mod.rs")
}

fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for krate in ["ctrd", "ctrd-shim", "ocirun", "ocirun-init", "tests"] {
        walk(&root().join(krate), &mut files);
    }
    let mut out: Vec<_> = files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a readable source"))
        })
        .filter(|(name, _)| !generated(name))
        .collect();
    out.sort();
    out
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The part of a source before its unit tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn unsafe_stands_in_the_named_files_alone() {
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| text.contains("allow(unsafe_code)"))
        .filter(|(name, _)| name != "tests/tidy.rs")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(found, UNSAFE);
}

#[test]
fn a_file_holds_one_idea() {
    let long: Vec<_> = sources()
        .iter()
        .map(|(name, text)| (name.clone(), code(text).lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "past 500 lines, split it: {long:?}");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "no //! paragraph: {silent:?}");
}

#[test]
fn no_room_is_named_for_what_does_not_fit_elsewhere() {
    let drawers = ["utils.rs", "util.rs", "common.rs", "types.rs", "manager.rs", "impl.rs", "helpers.rs"];
    for (name, _) in sources() {
        let file = name.rsplit('/').next().expect("a name");
        assert!(!drawers.contains(&file), "{name}");
    }
}

#[test]
fn no_stub_is_left() {
    let words =
        [concat!("to", "do!("), concat!("unimpl", "emented!("), concat!("FIX", "ME"), concat!("X", "XX")];
    for (name, text) in sources() {
        for word in words {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

/// Only some C libraries give the words of the command line to the standard library before `main`.
#[test]
fn the_words_of_the_command_line_are_those_of_main() {
    for (name, text) in sources().iter().filter(|(name, _)| name.starts_with("ocirun")) {
        let code = code(text).lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            assert!(!line.contains(concat!("env::ar", "gs")), "{name}: {line}");
        }
    }
}

#[test]
fn init_reads_no_environment_and_no_host_file() {
    for (name, text) in sources().iter().filter(|(name, _)| name.starts_with("ocirun-init/src")) {
        for word in ["env::var", "File::open(", "std::fs::read", "config.json\")"] {
            assert!(!code(text).contains(word), "{name}: {word}");
        }
    }
}

/// What no container is called, and every test may look for.
const NOBODY: [&str; 2] = ["it-none", "it-nobody"];

/// The words of a line that begin as containers of tests do.
fn names(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = ' ';
    let mut rest = line;
    while let Some((head, tail)) = rest.split_once("it-") {
        before = head.chars().last().unwrap_or(before);
        // `it-sd:one` is a scope's.
        let end = tail.find(|c: char| !c.is_ascii_alphanumeric() && !"-:".contains(c)).unwrap_or(tail.len());
        let word = tail[..end].trim_end_matches(['-', ':']);
        if !before.is_ascii_alphanumeric() && before != '-' && !word.is_empty() {
            found.push(format!("it-{word}"));
        }
        before = '-';
        rest = tail;
    }
    found
}

/// Tests run beside each other, below one cgroup and one /run: whatever is called so is of one test.
#[test]
fn a_name_of_a_container_is_of_one_test() {
    let mut owners: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mine = |name: &String| name.starts_with("tests/") && !name.starts_with("tests/bench/");
    for (file, text) in sources().iter().filter(|(name, _)| mine(name)) {
        let (mut of, mut is_test) = (String::new(), false);
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            is_test |= line == "#[test]";
            match line.strip_prefix("fn ").and_then(|rest| rest.split_once('(')) {
                Some((test, _)) if is_test => (of, is_test) = (test.into(), false),
                _ if line == "}" => of.clear(),
                _ => {}
            }
            for name in names(line) {
                owners.entry(name).or_default().insert((file.clone(), of.clone()));
            }
        }
    }
    owners.retain(|name, owners| {
        let files: BTreeSet<_> = owners.iter().map(|(file, _)| file).collect();
        // What stands outside of the tests of a file is for one of them.
        let tests = owners.iter().filter(|(_, test)| !test.is_empty()).count();
        !NOBODY.contains(&name.as_str()) && (files.len() > 1 || tests > 1)
    });
    assert!(owners.is_empty(), "another name for one of them: {owners:#?}");
}
