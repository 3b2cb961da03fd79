//! Detached mounts: the part of the mount API that opens a tree of the host for the container.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::sync::OnceLock;

use nix::errno::Errno;

/// Clones the mount at `path` (with those below it) as a detached mount. A link at its end is
/// followed, or is what is cloned.
pub fn open(path: &str, recursive: bool, follow: bool) -> Result<OwnedFd, Errno> {
    let path = CString::new(path).map_err(|_| Errno::EINVAL)?;
    let mut flags = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC;
    if recursive {
        flags |= libc::AT_RECURSIVE as libc::c_uint;
    }
    if !follow {
        flags |= libc::AT_SYMLINK_NOFOLLOW as libc::c_uint;
    }
    if !can_attach() {
        // What cannot be attached is of no use.
        return Err(Errno::ENOSYS);
    }
    // SAFETY: `path` is a C string that outlives the call, the only memory that the kernel reads.
    let fd =
        Errno::result(unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) })?;
    // SAFETY: the kernel has just made this descriptor, for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Whether there is move_mount: where there is, a call without any descriptor fails otherwise.
fn can_attach() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let (none, empty) = (-1, c"".as_ptr());
        // SAFETY: both paths are static C strings, and no descriptor is named.
        let refused = unsafe { libc::syscall(libc::SYS_move_mount, none, empty, none, empty, 0) };
        Errno::result(refused) != Err(Errno::ENOSYS)
    })
}

/// A file of the host through a detached mount of it that is read-only.
pub fn open_readonly(path: &Path) -> Result<OwnedFd, Errno> {
    let tree = open(path.to_str().ok_or(Errno::EINVAL)?, false, true)?;
    let attr = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY,
        attr_clr: 0,
        propagation: libc::MS_PRIVATE,
        userns_fd: 0,
    };
    set_attributes(&tree, &attr, false)?;
    Ok(tree)
}

/// Sets or clears MOUNT_ATTR_RDONLY, as somebody does who got hold of the mount.
#[cfg(test)]
pub fn set_readonly(mount: impl AsFd, readonly: bool) -> Result<(), Errno> {
    let bit = |on: bool| if on { libc::MOUNT_ATTR_RDONLY } else { 0 };
    let attr =
        libc::mount_attr { attr_set: bit(readonly), attr_clr: bit(!readonly), propagation: 0, userns_fd: 0 };
    set_attributes(mount, &attr, false)
}

/// Maps the ids of a detached mount by a user namespace.
pub fn map_ids(tree: impl AsFd, user_ns: impl AsFd, recursive: bool) -> Result<(), Errno> {
    let attr = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_IDMAP,
        attr_clr: 0,
        propagation: 0,
        userns_fd: user_ns.as_fd().as_raw_fd() as u64,
    };
    set_attributes(tree, &attr, recursive)
}

fn set_attributes(tree: impl AsFd, attr: &libc::mount_attr, recursive: bool) -> Result<(), Errno> {
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    let tree = tree.as_fd().as_raw_fd();
    let size = size_of::<libc::mount_attr>();
    // SAFETY: `attr` is a whole mount_attr of `size` bytes that outlives the call; the path is a
    // static empty C string.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_mount_setattr, tree, c"".as_ptr(), flags, &raw const *attr, size)
    })?;
    Ok(())
}
