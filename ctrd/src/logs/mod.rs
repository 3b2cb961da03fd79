//! The files in which the output of containers in the background is kept: `<root>/logs/NAMESPACE/ID.log`.

pub mod series;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use crate::error::{Error, Result, os_text};

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
    series::remove(&file).map_err(|e| Error::from(e).context(format!("remove {}", file.display())))
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
        for file in fs::read_dir(dir.path()).into_iter().flatten().flatten() {
            let Some(id) = file.file_name().to_str().and_then(owner).map(str::to_string) else { continue };
            if has(&namespace, &id)? {
                continue;
            }
            match fs::remove_file(file.path()) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::from(e).context(format!("remove {}", file.path().display())));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The container of a log's file, `ID.log` or `ID.log.N`.
fn owner(name: &str) -> Option<&str> {
    let full = match name.rsplit_once('.') {
        Some((full, n)) if n.parse::<u32>().is_ok() => full,
        _ => name,
    };
    full.strip_suffix(".log")
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
    fn what_nobody_has_goes() {
        let root = tempfile::tempdir().unwrap();
        prepare(root.path(), "default", "here").unwrap();
        prepare(root.path(), "other", "x").unwrap();
        let names = ["here.log", "here.log.1", "gone.log", "dead.log.2", "x.log.1.log", "notes", "log"];
        for name in names {
            fs::write(folder(root.path()).join("default").join(name), "").unwrap();
        }
        fs::write(file(root.path(), "other", "gone"), "").unwrap();
        collect(root.path(), |ns, id| {
            Ok((ns, id) == ("default", "here") || id == "x.log.1" || ns == "other")
        })
        .unwrap();
        let mut left: Vec<_> = fs::read_dir(folder(root.path()).join("default"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["here.log", "here.log.1", "log", "notes", "x.log.1.log"]);
        assert!(file(root.path(), "other", "gone").exists());
        // What cannot be known stays.
        let unknown = collect(root.path(), |_, _| Err(Error::unknown("no answer")));
        assert!(unknown.is_err() && file(root.path(), "default", "here").exists());
    }
}
