//! The shim's unix socket: bound under a lock, so that of two starts of one group one binds and
//! the other finds it.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{getegid, geteuid};

/// The longest path that a socket address holds.
const MAX_PATH: usize = 107;

pub enum Bound {
    Ours(UnixListener),
    /// A shim of the same group listens there.
    Other,
}

/// Binds `path`, taking the place of a socket that nobody listens at any more.
pub fn bind_or_find(path: &Path) -> Result<Bound> {
    let dir = path.parent().unwrap_or(Path::new("/"));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("create {}", dir.display()))?;
    // Between bind and listen a socket looks dead; nobody may look then.
    let lock = File::open(dir).with_context(|| format!("open {}", dir.display()))?;
    lock.lock().with_context(|| format!("lock {}", dir.display()))?;
    if UnixStream::connect(path).is_ok() {
        return Ok(Bound::Other);
    }
    crate::bundle::remove(path).with_context(|| format!("remove the stale socket {}", path.display()))?;
    bind(path).map(Bound::Ours)
}

pub fn bind(path: &Path) -> Result<UnixListener> {
    if path.as_os_str().len() > MAX_PATH {
        bail!("bind {}: longer than {MAX_PATH} bytes", path.display());
    }
    let listener = UnixListener::bind(path).with_context(|| format!("bind {}", path.display()))?;
    fs::set_permissions(path, Permissions::from_mode(0o600))
        .with_context(|| format!("change the mode of {}", path.display()))?;
    Ok(listener)
}

pub fn path_of(listener: &UnixListener) -> Option<PathBuf> {
    listener.local_addr().ok()?.as_pathname().map(Path::to_owned)
}

/// Removes the socket at `path` if nobody listens there.
pub fn remove_stale(path: &Path) {
    if UnixStream::connect(path).is_err_and(|e| e.kind() == ErrorKind::ConnectionRefused) {
        let _ = crate::bundle::remove(path);
    }
}

/// Only our own user may drive us, whatever the socket's mode became.
pub fn is_ours(stream: &UnixStream) -> bool {
    getsockopt(stream, PeerCredentials)
        .is_ok_and(|peer| peer.uid() == geteuid().as_raw() && peer.gid() == getegid().as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody listens any more; what another test is just starting has the descriptor until it executes.
    fn end(listener: UnixListener) {
        let path = path_of(&listener).unwrap();
        drop(listener);
        while UnixStream::connect(&path).is_ok() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_dead_socket_is_replaced_and_a_live_one_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s/socket");
        let Bound::Ours(first) = bind_or_find(&path).unwrap() else { panic!("nobody is there") };
        assert!(matches!(bind_or_find(&path).unwrap(), Bound::Other));
        assert_eq!(path_of(&first).unwrap(), path);
        end(first);
        assert!(path.exists());
        let Bound::Ours(second) = bind_or_find(&path).unwrap() else { panic!("it was dead") };
        remove_stale(&path);
        assert!(path.exists());
        end(second);
        remove_stale(&path);
        assert!(!path.exists());
    }
}
