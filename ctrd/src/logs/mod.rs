//! The files in which the output of containers in the background is kept: `<root>/logs/NAMESPACE/ID.log`.
//!
//! Beside them is `.ID.log` while somebody removes the container: only then the container may be gone and its log not.
//! A log without it may be that of a container of another server, which nobody here knows.

pub mod series;

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use crate::error::{Error, Result, os_text};
use crate::id;

/// The folder that all of them are below.
pub fn folder(root: &Path) -> PathBuf {
    root.join("logs")
}

pub fn file(root: &Path, namespace: &str, id: &str) -> PathBuf {
    folder(root).join(namespace).join(format!("{id}.log"))
}

/// Makes the folder, which others must not read, and takes away what an earlier container of this
/// name has left. The container's record is there already: it is by that that [`collect`] leaves the files alone.
pub fn prepare(root: &Path, namespace: &str, id: &str) -> Result<()> {
    let file = file(root, namespace, id);
    let dir = file.parent().unwrap_or(root);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(|e| Error::from(e).context(format!("make {}", dir.display())))?;
    let _turn = lock(dir)?;
    spare(root, namespace, id);
    series::remove(&file).map_err(|e| Error::from(e).context(format!("remove {}", file.display())))
}

/// Notes that a container is about to be removed, if it has a log. No container has a name that is a path.
pub fn condemn(root: &Path, namespace: &str, id: &str) -> Result<()> {
    if id::validate(namespace).and(id::validate(id)).is_err() || !file(root, namespace, id).exists() {
        return Ok(());
    }
    let note = note(root, namespace, id);
    File::create(&note).map(drop).map_err(|e| Error::from(e).context(format!("make {}", note.display())))
}

/// Ends what [`condemn`] has begun: the log is gone, or the container stays.
pub fn spare(root: &Path, namespace: &str, id: &str) {
    if id::validate(namespace).and(id::validate(id)).is_ok() {
        // A note without a log, or of a container that is there, says nothing.
        let _ = fs::remove_file(note(root, namespace, id));
    }
}

fn note(root: &Path, namespace: &str, id: &str) -> PathBuf {
    folder(root).join(namespace).join(format!(".{id}.log"))
}

/// Removes the files below `root` of containers that are gone: somebody was killed who removed one. `has` says
/// whether there is a container or a task of this namespace and id.
pub fn collect(root: &Path, has: impl Fn(&str, &str) -> Result<bool>) -> Result<()> {
    let Ok(namespaces) = fs::read_dir(folder(root)) else { return Ok(()) };
    for dir in namespaces.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        let namespace = dir.file_name().to_string_lossy().into_owned();
        // What is asked for under this lock holds until the file is gone: who makes a container of the name
        // meanwhile waits for the lock before it has a log.
        let _turn = lock(&dir.path())?;
        for note in fs::read_dir(dir.path()).into_iter().flatten().flatten() {
            let name = note.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(".log")) else {
                continue;
            };
            if !has(&namespace, id)? {
                let file = file(root, &namespace, id);
                let removed = series::remove(&file).and_then(|()| fs::remove_file(note.path()));
                removed.map_err(|e| Error::from(e).context(format!("remove {}", file.display())))?;
            }
        }
    }
    Ok(())
}

fn lock(dir: &Path) -> Result<Flock<File>> {
    let at = |e: &dyn std::fmt::Display| Error::unknown(format!("lock {}: {e}", dir.display()));
    let file = File::open(dir).map_err(|e| at(&os_text(&e)))?;
    Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, e)| at(&e.desc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_condemned_goes_when_nobody_has_it() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for id in ["here", "gone", "elsewhere", "spared", "x.log.1"] {
            prepare(root, "default", id).unwrap();
            fs::write(file(root, "default", id), "").unwrap();
        }
        fs::write(folder(root).join("default/gone.log.1"), "").unwrap();
        for id in ["here", "gone", "spared", "x.log.1", "without"] {
            condemn(root, "default", id).unwrap();
        }
        spare(root, "default", "spared");
        fs::write(root.join("outside.log"), "").unwrap();
        condemn(root, "default", "../../outside").unwrap();
        let unknown = collect(root, |_, _| Err(Error::unknown("no answer")));
        assert!(unknown.is_err() && file(root, "default", "gone").exists(), "what cannot be known stays");
        collect(root, |ns, id| Ok((ns, id) == ("default", "here"))).unwrap();
        let left = || -> Vec<String> {
            let entries = fs::read_dir(folder(root).join("default")).unwrap();
            let mut left: Vec<_> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            left.sort();
            left
        };
        assert_eq!(left(), [".here.log", "elsewhere.log", "here.log", "spared.log"]);
        // The next of its name has its own log.
        prepare(root, "default", "here").unwrap();
        assert_eq!(left(), ["elsewhere.log", "spared.log"]);
    }
}
