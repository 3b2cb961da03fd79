//! The configuration as it is written: one file, and those that it imports.
//!
//! Each file is of a version of its own. What is imported comes after what imports it: there its
//! values beat the others, lists become longer, and tables are merged key by key.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::{Error, Result, os_text};

use super::migrate::{Check, Migration, migrate};

/// What plugins do to each file.
#[derive(Clone, Copy, Default)]
pub struct Steps {
    pub migrations: &'static [Migration],
    pub checks: &'static [Check],
}

/// More files than any configuration has.
const MAX_FILES: usize = 1000;

/// Reads `file` and its imports as one document of the newest version. `None` where the file itself
/// is not there.
pub fn read(file: &Path, steps: Steps) -> Result<Option<Table>> {
    let mut whole = Table::new();
    let mut loaded: Vec<PathBuf> = Vec::new();
    let mut pending = VecDeque::from([file.to_path_buf()]);
    while let Some(path) = pending.pop_front() {
        if loaded.contains(&path) {
            continue;
        }
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && loaded.is_empty() => return Ok(None),
            text => text.map_err(|e| Error::unknown(format!("read {}: {}", path.display(), os_text(&e))))?,
        };
        let document = one(&text, steps).map_err(|e| e.context(path.display()))?;
        let imports = imports(&path, &document).map_err(|e| e.context(path.display()))?;
        merge(&mut whole, document);
        pending.extend(imports);
        loaded.push(path);
        if loaded.len() > MAX_FILES {
            return Err(Error::invalid(format!("{}: it imports too many files", file.display())));
        }
    }
    Ok(Some(whole))
}

/// A document by itself, brought to the newest version.
pub fn one(text: &str, steps: Steps) -> Result<Table> {
    let mut document: Table =
        toml::from_str(text).map_err(|e| Error::invalid(super::one_line(&e.to_string())))?;
    if !text.trim().is_empty() {
        migrate(&mut document, steps.migrations)?;
    }
    if let Some(Value::Table(plugins)) = document.get("plugins") {
        steps.checks.iter().try_for_each(|check| check(plugins))?;
    }
    Ok(document)
}

/// The files that a document imports: paths below its own folder unless absolute, with `*` and `?`
/// in their last part. A pattern that nothing matches names none.
fn imports(file: &Path, document: &Table) -> Result<Vec<PathBuf>> {
    let list = match document.get("imports") {
        None => return Ok(Vec::new()),
        Some(list) => list.as_array().ok_or_else(|| Error::invalid("imports: not a list"))?,
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut files = Vec::new();
    for import in list {
        let import = import.as_str().ok_or_else(|| Error::invalid("imports: not a list of paths"))?;
        let path = folder.join(import);
        let pattern = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !pattern.contains(['*', '?']) {
            files.push(path);
            continue;
        }
        let dir = path.parent().unwrap_or(folder);
        let entries = match fs::read_dir(dir) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            entries => {
                entries.map_err(|e| Error::unknown(format!("read {}: {}", dir.display(), os_text(&e))))?
            }
        };
        let mut found: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.file_name().is_some_and(|name| matches(&pattern, &name.to_string_lossy())))
            .collect();
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// Whether a name fits a pattern of letters, `?` and `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.chars().next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(rest, &name[at..]))
        }
        Some(c) => {
            let mut chars = name.chars();
            chars.next().is_some_and(|found| c == '?' || c == found)
                && matches(&pattern[c.len_utf8()..], chars.as_str())
        }
    }
}

fn merge(to: &mut Table, from: Table) {
    for (key, value) in from {
        match (to.get_mut(&key), value) {
            (Some(Value::Table(to)), Value::Table(from)) => merge(to, from),
            (Some(Value::Array(to)), Value::Array(from)) => {
                for value in from {
                    if !to.contains(&value) {
                        to.push(value);
                    }
                }
            }
            (_, value) => drop(to.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_any_version_come_after() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        fs::create_dir(dir.path().join("conf.d")).unwrap();
        write(
            "config.toml",
            "version = 3\nroot = '/a'\nstate = '/a'\nimports = ['conf.d/*.toml', 'conf.d/none*', 'last.toml']\n\
             disabled_plugins = ['a.b']\n[plugins.'x.y']\none = 1\ntwo = 1\n",
        );
        write("conf.d/1.toml", "version = 2\nroot = '/b'\ndisabled_plugins = ['c.d', 'a.b']\n");
        write("conf.d/2.toml", "root = '/c'\ndisabled_plugins = ['cri']\n[plugins.'x.y']\ntwo = 2\n");
        write("conf.d/other", "not toml");
        write("last.toml", "version = 4\nimports = ['config.toml']\n[plugins.'x.y']\nthree = 3\n");
        let whole = read(&dir.path().join("config.toml"), Steps::default()).unwrap().unwrap();
        assert_eq!((whole["root"].as_str(), whole["state"].as_str()), (Some("/c"), Some("/a")));
        let section = whole["plugins"]["x.y"].as_table().unwrap();
        assert_eq!(section.values().map(|v| v.as_integer().unwrap()).sum::<i64>(), 6);
        let disabled: Vec<_> =
            whole["disabled_plugins"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        assert_eq!(disabled, ["a.b", "c.d", "io.containerd.grpc.v1.cri"]);
        assert!(read(&dir.path().join("nosuch"), Steps::default()).unwrap().is_none());
        write("bad.toml", "imports = ['nosuch.toml']");
        let err = read(&dir.path().join("bad.toml"), Steps::default()).unwrap_err().message;
        assert!(err.ends_with("nosuch.toml: No such file or directory"), "{err}");
        // Of several files the one is named that is wrong.
        fn check(plugins: &Table) -> Result<()> {
            let bad = || Error::invalid("plugins.x: key: bad");
            if plugins.contains_key("x") { Err(bad()) } else { Ok(()) }
        }
        let steps = Steps { checks: &[check], ..Steps::default() };
        write("bad.toml", "imports = ['worse.toml']");
        write("worse.toml", "version = 4\n[plugins.x]\nkey = 1");
        let err = read(&dir.path().join("bad.toml"), steps).unwrap_err().message;
        assert_eq!(err, format!("{}: plugins.x: key: bad", dir.path().join("worse.toml").display()));
    }

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*.toml", "a.toml", true),
            ("*.toml", "a.toml~", false),
            ("a?c*", "abcd", true),
            ("a?c*", "ac", false),
            ("*", "", true),
            ("**x", "xx", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
