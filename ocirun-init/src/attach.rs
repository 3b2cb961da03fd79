//! Puts mounts where they belong and changes their attributes, by descriptor. On kernels without
//! these calls the same is done by mount(2) on the names that procfs has for descriptors.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{Mode, fstat, fstatat};
use nix::sys::statfs::fstatfs;
use nix::unistd::fchdir;

use crate::options::mount_bits;
use crate::syscall::{self, MountAttr, PROPAGATION};
use crate::{path, proc};

type Result<T> = std::result::Result<T, Errno>;

const NOTHING: Option<&str> = None;

/// Shows at `target` what `source` is open on, with all below it if `recursive`.
pub fn bind(source: BorrowedFd, target: BorrowedFd, recursive: bool) -> Result<()> {
    let attached = || syscall::move_mount(clone(source, recursive)?.as_fd(), target);
    match attached() {
        Err(Errno::ENOSYS) => {
            let recursive = if recursive { MsFlags::MS_REC } else { MsFlags::empty() };
            let flags = MsFlags::MS_BIND | recursive;
            named(source, |from| named(target, |to| mount(Some(from), to, NOTHING, flags, NOTHING)))
        }
        done => done,
    }
}

/// A detached mount of what `source` is open on, with all that is mounted below it if `recursive`.
pub fn clone(source: BorrowedFd, recursive: bool) -> Result<OwnedFd> {
    let recursive = if recursive { libc::AT_RECURSIVE } else { 0 };
    syscall::open_tree(source, c"", (libc::AT_EMPTY_PATH | recursive) as u32)
}

/// Sets and clears attributes of the mount that `mount` is open on the root of.
pub fn set_attributes(mount: BorrowedFd, attr: &MountAttr, recursive: bool) -> Result<()> {
    match syscall::mount_setattr(mount, attr, recursive) {
        Err(Errno::ENOSYS) if !recursive => remount(mount, attr),
        done => done,
    }
}

/// The attributes that a mount has now.
pub fn attributes(mount: BorrowedFd) -> Result<MountAttr> {
    const ST_NOSYMFOLLOW: u64 = 0x2000;
    let now = fstatfs(mount)?.flags().bits() as u64;
    let mut set = 0;
    for (st, attribute) in [
        (libc::ST_RDONLY, libc::MOUNT_ATTR_RDONLY),
        (libc::ST_NOSUID, libc::MOUNT_ATTR_NOSUID),
        (libc::ST_NODEV, libc::MOUNT_ATTR_NODEV),
        (libc::ST_NOEXEC, libc::MOUNT_ATTR_NOEXEC),
        (libc::ST_NODIRATIME, libc::MOUNT_ATTR_NODIRATIME),
        (libc::ST_NOATIME, libc::MOUNT_ATTR_NOATIME),
        (ST_NOSYMFOLLOW, libc::MOUNT_ATTR_NOSYMFOLLOW),
    ] {
        if now & st != 0 {
            set |= attribute;
        }
    }
    if now & (libc::ST_NOATIME | libc::ST_RELATIME) == 0 {
        set |= libc::MOUNT_ATTR_STRICTATIME;
    }
    Ok(MountAttr::set(set))
}

/// Sets the propagation of a mount; `kind` is one MS_* type, with MS_REC for all below.
pub fn set_propagation(mount: BorrowedFd, kind: u64) -> Result<()> {
    let attr = MountAttr { propagation: kind & PROPAGATION, ..MountAttr::default() };
    match syscall::mount_setattr(mount, &attr, kind & libc::MS_REC != 0) {
        Err(Errno::ENOSYS) => {
            named(mount, |on| self::mount(NOTHING, on, NOTHING, MsFlags::from_bits_retain(kind), NOTHING))
        }
        done => done,
    }
}

/// MS_REMOUNT sets all flags at once, so those that are to stay are read first.
fn remount(mount: BorrowedFd, attr: &MountAttr) -> Result<()> {
    let now = fstatfs(mount)?.flags().bits() as u64;
    // ST_* are MS_* but for the access time, which statfs numbers otherwise.
    let mut bits = now & (libc::MS_RDONLY | libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC);
    for (st, ms) in [
        (libc::ST_NOATIME, libc::MS_NOATIME),
        (libc::ST_NODIRATIME, libc::MS_NODIRATIME),
        (libc::ST_RELATIME, libc::MS_RELATIME),
    ] {
        if now & st != 0 {
            bits |= ms;
        }
    }
    let times = libc::MS_NOATIME | libc::MS_RELATIME | libc::MS_STRICTATIME;
    if attr.clear & libc::MOUNT_ATTR__ATIME == libc::MOUNT_ATTR__ATIME {
        bits &= !times;
    } else {
        bits &= !mount_bits(attr.clear);
    }
    bits &= !mount_bits(attr.clear & !libc::MOUNT_ATTR__ATIME);
    bits |= mount_bits(attr.set) | libc::MS_REMOUNT | libc::MS_BIND;
    named(mount, |on| self::mount(NOTHING, on, NOTHING, MsFlags::from_bits_retain(bits), NOTHING))
}

/// Calls with a name for a descriptor that mount(2) takes. It counts from the working directory,
/// which is then one that was seen to be procfs's: an image may have anything at /proc.
fn named<T>(fd: BorrowedFd, call: impl FnOnce(&str) -> Result<T>) -> Result<T> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let dir = path::open_at(AT_FDCWD, "/proc/thread-self/fd", flags, Mode::empty())?;
    if !proc::is_procfs(dir.as_fd())? {
        return Err(Errno::ENOSYS);
    }
    let name = fd.as_raw_fd().to_string();
    let (meant, found) = (fstat(fd)?, fstatat(&dir, name.as_str(), AtFlags::empty())?);
    if (meant.st_dev, meant.st_ino) != (found.st_dev, found.st_ino) {
        return Err(Errno::ELOOP);
    }
    fchdir(&dir)?;
    call(&name)
}
