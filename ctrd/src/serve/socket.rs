//! A Unix socket that appears complete: bound, owned and with its mode under another name first,
//! so that a client finds either nothing, or what it may connect to.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener as StdListener, UnixStream as StdStream};
use std::path::{Path, PathBuf};

use nix::sys::socket::{Backlog, listen};
use tokio::net::UnixListener;

use crate::error::{Error, Result, os_text};

/// A socket that is listened on. Dropping it removes its name, if it still is this socket's; that of
/// one that was handed over stays.
pub struct Bound {
    path: PathBuf,
    inode: Option<(u64, u64)>,
    listener: StdListener,
}

impl Bound {
    /// Listens at `path`, with the socket that was `handed` over for it or a new one of that owner.
    pub fn at(path: &Path, owner: (u32, u32), handed: Option<StdListener>) -> Result<Bound> {
        let Some(listener) = handed else { return Bound::new(path, owner) };
        listener.set_nonblocking(true)?;
        Ok(Bound { path: path.into(), inode: None, listener })
    }

    /// Listens at `path`. What a server that died left there gives way; one that answers does not.
    pub fn new(path: &Path, (uid, gid): (u32, u32)) -> Result<Bound> {
        let at = |e: io::Error| Error::unknown(format!("listen on {}: {}", path.display(), os_text(&e)));
        if let Some(dir) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o711).create(dir).map_err(at)?;
        }
        match fs::symlink_metadata(path) {
            Ok(meta) if !meta.file_type().is_socket() => {
                return Err(Error::precondition(format!(
                    "listen on {}: it is there and no socket",
                    path.display()
                )));
            }
            Ok(_) if StdStream::connect(path).is_ok() => {
                return Err(Error::precondition(format!(
                    "listen on {}: another server answers there",
                    path.display()
                )));
            }
            _ => {}
        }
        let mut draft = OsString::from(path);
        draft.push("~");
        let draft = PathBuf::from(draft);
        let _ = fs::remove_file(&draft);
        let listener = StdListener::bind(&draft).map_err(at)?;
        let publish = || {
            let meta = fs::symlink_metadata(&draft)?;
            if (meta.uid(), meta.gid()) != (uid, gid) {
                chown(&draft, Some(uid), Some(gid))?;
            }
            fs::set_permissions(&draft, Permissions::from_mode(0o660))?;
            listener.set_nonblocking(true)?;
            // A burst of clients waits in the queue: for a full one connect(2) just fails.
            listen(&listener, Backlog::MAXALLOWABLE)?;
            fs::rename(&draft, path)?;
            Ok((meta.dev(), meta.ino()))
        };
        match publish() {
            Ok(inode) => Ok(Bound { path: path.into(), inode: Some(inode), listener }),
            Err(e) => {
                let _ = fs::remove_file(&draft);
                Err(at(e))
            }
        }
    }

    /// The socket to accept from.
    pub fn listener(&self) -> Result<UnixListener> {
        Ok(UnixListener::from_std(self.listener.try_clone()?)?)
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|m| Some((m.dev(), m.ino())) == self.inode);
        if ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_dead_and_yields_to_the_living() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x/s");
        let owner = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
        let first = Bound::new(&path, owner).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o660);
        let err = Bound::new(&path, owner).err().unwrap();
        assert!(err.message.ends_with("another server answers there"), "{err}");
        drop(first);
        // A name that nobody listens at any more.
        drop(StdListener::bind(&path).unwrap());
        drop(Bound::new(&path, owner).unwrap());
        assert!(!path.exists());
        fs::write(&path, "").unwrap();
        assert!(Bound::new(&path, owner).is_err());
    }
}
