//! The folder of an activation: whose it is while it is under way, and how all in it is let go of.

use std::fs::{self, File};
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::mount::{MntFlags, umount2};

use crate::error::{Error, Result};

use super::image;

/// The right to fill or to remove a folder, while it is kept.
pub struct Claim(#[allow(dead_code, reason = "held, not used")] Option<Flock<File>>);

/// Claims a folder; one that is not there is anybody's. `None`: somebody else has it.
pub fn claim(dir: &Path) -> Result<Option<Claim>> {
    lock(dir, FlockArg::LockExclusiveNonblock)
}

/// Claims a folder, when whoever else has it is done with it. It may be gone then.
pub fn wait(dir: &Path) -> Result<Claim> {
    loop {
        if let Some(claim) = lock(dir, FlockArg::LockExclusive)? {
            return Ok(claim);
        }
    }
}

fn lock(dir: &Path, how: FlockArg) -> Result<Option<Claim>> {
    let at = |e: std::io::Error| Error::from(e).context(format!("lock {}", dir.display()));
    let file = match File::open(dir) {
        Err(e) if e.kind() == NotFound => return Ok(Some(Claim(None))),
        file => file.map_err(at)?,
    };
    match Flock::lock(file, how) {
        Ok(lock) => Ok(Some(Claim(Some(lock)))),
        Err((_, Errno::EWOULDBLOCK | Errno::EINTR)) => Ok(None),
        Err((_, e)) => Err(at(e.into())),
    }
}

/// Unmounts all in the folder of an activation and removes it; never through a mount.
pub fn remove(dir: &Path) -> Result<()> {
    let at = |e: std::io::Error| Error::from(e).context(format!("unmount {}", dir.display()));
    // Somebody else may remove it too.
    let gone = |done: std::io::Result<()>| match done {
        Err(e) if e.kind() == NotFound => Ok(()),
        done => done.map_err(at),
    };
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == NotFound => return Ok(()),
        entries => entries.map_err(at)?,
    };
    let mut targets: Vec<PathBuf> =
        entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>().map_err(at)?;
    targets.sort();
    for target in targets.iter().rev() {
        if let Ok(device) = fs::read_link(target) {
            // After a restart of the machine there is none.
            if let Err(e) = image::detach(&device) {
                tracing::warn!("{e}");
            }
            gone(fs::remove_file(target))?;
            continue;
        }
        loop {
            match umount2(target, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW) {
                Ok(()) => {}
                // Nothing, or nothing more, is mounted there.
                Err(Errno::EINVAL | Errno::ENOENT) => break,
                Err(e) => return Err(at(e.into())),
            }
        }
        gone(fs::remove_dir(target))?;
    }
    gone(fs::remove_dir(dir))
}
