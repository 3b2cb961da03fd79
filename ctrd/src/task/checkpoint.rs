//! Tasks saved, and tasks that go on from what was saved. CRIU's images are files: for as long as they
//! are on their way they lie in the task's work folder, which goes with its bundle.
//!
//! ```text
//! work/saving      the images of a running task, while they are put away
//! work/restoring   those that a new task is to go on from, until it runs
//! ```

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ctrd_shim::any;
use ctrd_shim::api::runc::CheckpointOptions;
use ctrd_shim::api::task::CheckpointTaskRequest;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use prost_types::Any;

use super::{Runtime, blocking, deadline, detached, not_found};
use crate::bundle::Bundle;
use crate::error::{Error, Kind, Result};

const SAVING: &str = "saving";
const RESTORING: &str = "restoring";

/// What a new task is to go on from.
pub enum Saved {
    /// A folder of CRIU's images, which is its owner's.
    Folder(String),
    /// What writes the images into a folder of the task's own.
    Images(Fill),
}

/// Writes the images into a folder.
pub type Fill = Box<dyn FnOnce(&Path) -> Result<()> + Send>;

impl Runtime {
    /// Saves a task into a folder of its own and has `keep` put away what is in there. Where that
    /// fails and the task has ended, as `options` may want it, the folder stays with its bundle.
    pub async fn save<T: Send + 'static>(
        self: &Arc<Self>,
        namespace: &str,
        id: &str,
        options: Option<Any>,
        keep: impl FnOnce(&Path) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (runtime, namespace, id) = (self.clone(), namespace.to_string(), id.to_string());
        detached(async move {
            let task = runtime.get(&namespace, &id).await?;
            let bundle = task.shim.bundle.clone();
            // Whoever removes a task that has ended with this waits until its images are put away.
            let held = runtime.turns.lock(&bundle).await?.ok_or_else(|| not_found(&id))?;
            let folder = blocking(move || Folder::take(&bundle)).await?;
            let ends = options.as_ref().and_then(any::unpack::<CheckpointOptions>);
            let ends = ends.is_some_and(|options| options.is_ok_and(|options| options.exit));
            let path = folder.path.to_string_lossy().into_owned();
            let request = CheckpointTaskRequest { id, path, options };
            let saved: Result<()> =
                runtime.ask(&task, "Checkpoint", &request, deadline::CHECKPOINT, false).await;
            blocking(move || {
                let _held = held;
                saved?;
                keep(&folder.path).map_err(|e| match ends {
                    true => folder.leave(e),
                    false => e,
                })
            })
            .await
        })
        .await
    }
}

/// The folder that a task is saved into, by one at a time.
struct Folder {
    path: PathBuf,
    remains: bool,
    _lock: Flock<File>,
}

impl Folder {
    /// Makes it, and first removes what somebody who died has left of it.
    fn take(bundle: &Bundle) -> Result<Folder> {
        let path = bundle.work.join(SAVING);
        let at = |e: std::io::Error| Error::from(e).context(format!("make {}", path.display()));
        loop {
            make(&path).map_err(at)?;
            let lock = match Flock::lock(File::open(&path).map_err(at)?, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => lock,
                Err((_, Errno::EWOULDBLOCK)) => {
                    let text = format!("task {}: is being saved by somebody else", bundle.id);
                    return Err(Error::new(Kind::FailedPrecondition, text));
                }
                Err((_, e)) => return Err(at(e.into())),
            };
            // The one who had it removed it before it let go.
            let here = |now: fs::Metadata| lock.metadata().is_ok_and(|held| held.ino() == now.ino());
            if fs::metadata(&path).is_ok_and(here) {
                clear(&path).map_err(at)?;
                return Ok(Folder { path: path.clone(), remains: false, _lock: lock });
            }
        }
    }

    fn leave(mut self, mut e: Error) -> Error {
        self.remains = true;
        e.message =
            format!("{e} (the task has ended; what was saved of it stays in {})", self.path.display());
        e
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.remains {
            // What this leaves goes with the bundle, or by the next who saves.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

fn clear(dir: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path())?,
            false => fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}

/// Lays the images where the shim of a new task is to find them, and says where that is: empty for a
/// task that begins anew.
pub(super) async fn lay(bundle: &Bundle, saved: Option<Saved>) -> Result<String> {
    match saved {
        None => Ok(String::new()),
        Some(Saved::Folder(path)) => match Path::new(&path).is_dir() {
            true => Ok(path),
            false => Err(Error::invalid(format!("restore task {}: {path:.300}: not a folder", bundle.id))),
        },
        Some(Saved::Images(fill)) => {
            let path = bundle.work.join(RESTORING);
            blocking(move || {
                make(&path).map_err(|e| Error::from(e).context(format!("make {}", path.display())))?;
                fill(&path)?;
                Ok(path.to_string_lossy().into_owned())
            })
            .await
        }
    }
}

/// Whether the task goes on from images of its own once it starts.
pub(super) fn is_laid(bundle: &Bundle) -> bool {
    bundle.work.join(RESTORING).exists()
}

/// Removes the images of a task that runs by now.
pub(super) async fn forget(bundle: &Bundle) {
    let path = bundle.work.join(RESTORING);
    // What stays of it goes with the bundle.
    _ = blocking(move || Ok(fs::remove_dir_all(&path)?)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::Bundles;

    fn bundle(dir: &Path) -> Bundle {
        let bundle = Bundles::new(&dir.join("run"), &dir.join("lib")).get("default", "web").unwrap();
        drop(bundle.create(b"{}").unwrap());
        bundle
    }

    #[test]
    fn one_saves_at_a_time_and_begins_with_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let bundle = bundle(dir.path());
        let stale = bundle.work.join(SAVING);
        fs::create_dir_all(stale.join("sub")).unwrap();
        fs::write(stale.join("pages-1.img"), "half").unwrap();
        let folder = Folder::take(&bundle).unwrap();
        assert_eq!(fs::read_dir(&folder.path).unwrap().count(), 0);
        let e = Folder::take(&bundle).err().unwrap();
        assert_eq!((e.kind, e.message.as_str()), {
            (Kind::FailedPrecondition, "task web: is being saved by somebody else")
        });
        drop(folder);
        assert!(!stale.exists());
        let folder = Folder::take(&bundle).unwrap();
        let e = folder.leave(Error::unknown("no space"));
        assert!(e.message.contains("stays in") && stale.exists(), "{e}");
    }
}
