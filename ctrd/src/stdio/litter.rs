//! The FIFOs of commands that were killed: which they are, and their removal.
//!
//! A folder of FIFOs is locked as long as the command lives that made it, and its name says which server has the task:
//! of others' tasks nobody knows here whether they live. Others' clients make theirs in the same place and lock
//! nothing; theirs go by their age.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};

use crate::digest::Digest;
use crate::error::{Error, Result};

/// What the names of all our folders begin with.
const OURS: &str = "ctrd-";

/// Others' FIFOs are not collected before this age.
const YOUNG: Duration = Duration::from_secs(10);

/// What the names of folders begin with that are for tasks of the server at `address`.
pub fn prefix(address: &Path) -> String {
    let digest = Digest::of(address.as_os_str().as_encoded_bytes());
    format!("{OURS}{:.8}-", digest.hex())
}

/// Holds a folder of FIFOs, or the one in which they are made, as long as this lives. None where there are no locks:
/// nothing is collected there.
pub fn lock(dir: &Path) -> Option<Flock<File>> {
    File::open(dir).ok().and_then(|dir| Flock::lock(dir, FlockArg::LockShared).ok())
}

/// Has the FIFOs in `dir` outlive their command, until the task of the container `id` is gone.
pub fn reserve(dir: &Path, id: &str) {
    // Without it those of an exec are collected early, whose process has its own ends of them.
    let _ = File::create(dir.join(format!("{id}-kept")));
}

/// Removes the FIFOs below `state` that commands of the server at `address` have left which were killed. `lives` says
/// whether there is a task of this id still: to its FIFOs somebody may come back.
pub fn collect(state: &Path, address: &Path, lives: impl Fn(&str) -> bool) -> Result<()> {
    let base = state.join("fifo");
    // While somebody makes some, a folder of ours that is not locked may be one that is about to be. All that are seen
    // while nobody does have had their lock: who makes more waits no longer than that.
    let making =
        File::open(&base).ok().and_then(|dir| Flock::lock(dir, FlockArg::LockExclusiveNonblock).ok());
    let Ok(folders) = fs::read_dir(&base) else { return Ok(()) };
    let folders: Vec<_> = folders.flatten().collect();
    let settled = making.map(drop).is_some();
    let prefix = prefix(address);
    for folder in folders {
        let (path, name) = (folder.path(), folder.file_name().to_string_lossy().into_owned());
        let own = name.starts_with(&prefix);
        if name.starts_with(OURS) && !own {
            continue;
        }
        let ours = own && settled;
        let modified = || folder.metadata().and_then(|meta| meta.modified());
        let old = || modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age >= YOUNG));
        let Ok(dir) = File::open(&path) else { continue };
        if !(ours || old()) || Flock::lock(dir, FlockArg::LockExclusiveNonblock).is_err() {
            continue;
        }
        let names = fs::read_dir(&path).into_iter().flatten().flatten();
        let id = |name: String| name.rsplit_once('-').map(|(id, _)| id.to_string());
        let mut ids = names.filter_map(|entry| id(entry.file_name().to_string_lossy().into_owned()));
        if ids.any(|id| lives(&id)) {
            continue;
        }
        match fs::remove_dir_all(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(Error::from(e).context(format!("remove {}", path.display())));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Fifos;
    use super::*;

    #[test]
    fn what_the_killed_left_goes_unless_a_task_has_it() {
        let state = tempfile::tempdir().unwrap();
        let (here, there) = (Path::new("/here.sock"), Path::new("/there.sock"));
        let mine = Fifos::make(state.path(), here, "mine", false, false).unwrap();
        let folder = |name: &str| state.path().join("fifo").join(name);
        let of = |address: &Path, id: &str| prefix(address) + id;
        let names = [
            "dead".to_string(),
            "lives".to_string(),
            "young".to_string(),
            of(here, "dead"),
            of(here, "lives"),
            of(there, "dead"),
        ];
        for name in &names {
            fs::create_dir(folder(name)).unwrap();
            let id = name.rsplit('-').next().unwrap();
            fs::write(folder(name).join(format!("{id}-stdout")), "").unwrap();
        }
        let old = std::time::SystemTime::now() - 2 * YOUNG;
        for path in [folder("dead"), folder("lives"), folder(&names[5]), mine.dir.clone()] {
            File::open(path).unwrap().set_modified(old).unwrap();
        }
        let left = || names.each_ref().map(|name| folder(name).exists());
        // Somebody is about to lock what he has made.
        let making = lock(&state.path().join("fifo"));
        collect(state.path(), here, |id| id == "lives").unwrap();
        assert_eq!(left(), [false, true, true, true, true, true]);
        drop(making);
        collect(state.path(), here, |id| id == "lives").unwrap();
        assert_eq!(left(), [false, true, true, false, true, true]);
        assert!(mine.dir.exists());
    }

    #[test]
    fn what_is_kept_is_kept_while_its_container_lives() {
        let state = tempfile::tempdir().unwrap();
        let here = Path::new("/here.sock");
        let exec = Fifos::make(state.path(), here, "exec", true, false).unwrap();
        let dir = exec.dir.clone();
        exec.keep("web");
        collect(state.path(), here, |id| id == "web").unwrap();
        assert!(dir.exists());
        collect(state.path(), here, |_| false).unwrap();
        assert!(!dir.exists());
    }
}
