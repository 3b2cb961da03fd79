//! Copies a directory's content into a fresh tmpfs (`tmpcopyup`), by descriptors on both sides.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Context, Result};
use nix::fcntl::{AtFlags, OFlag, readlinkat};
use nix::sys::stat::{
    FchmodatFlags, FileStat, Mode, SFlag, UtimensatFlags, fchmod, fchmodat, fstatat, mkdirat, mknodat,
    utimensat,
};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, fchown, fchownat, symlinkat};

use crate::{fd, path};

pub fn copy_dir(from: BorrowedFd, to: BorrowedFd) -> Result<()> {
    let mut dir = fd::readable_dir(from)?;
    let names: Vec<_> = dir
        .iter()
        .map(|entry| entry.map(|e| e.file_name().to_owned()))
        .collect::<std::result::Result<_, _>>()?;
    for name in names {
        if name.as_bytes() == b"." || name.as_bytes() == b".." {
            continue;
        }
        copy_entry(from, to, &name).with_context(|| name.to_string_lossy().into_owned())?;
    }
    Ok(())
}

fn copy_entry(from: BorrowedFd, to: BorrowedFd, name: &std::ffi::CStr) -> Result<()> {
    let stat = fstatat(from, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
    // Owner before mode: a change of owner clears the setuid bit.
    let mode = Mode::from_bits_truncate(stat.st_mode & 0o7777);
    match path::kind_of(&stat) {
        SFlag::S_IFDIR => {
            mkdirat(to, name, Mode::S_IRWXU)?;
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let made = path::open_at(to, name, flags, Mode::empty())?;
            let source = path::open_at(from, name, flags, Mode::empty())?;
            copy_dir(source.as_fd(), made.as_fd())?;
            fchown(&made, Some(uid), Some(gid))?;
            fchmod(&made, mode)?;
        }
        SFlag::S_IFREG => {
            let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
            let mut source = File::from(path::open_at(from, name, flags, Mode::empty())?);
            let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC;
            let mut made = File::from(path::open_at(to, name, flags, Mode::S_IRUSR | Mode::S_IWUSR)?);
            std::io::copy(&mut source, &mut made)?;
            fchown(&made, Some(uid), Some(gid))?;
            fchmod(&made, mode)?;
        }
        SFlag::S_IFLNK => {
            symlinkat(readlinkat(from, name)?.as_os_str(), to, name)?;
            fchownat(to, name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?;
        }
        kind => {
            mknodat(to, name, kind, mode, stat.st_rdev)?;
            fchownat(to, name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?;
            fchmodat(to, name, mode, FchmodatFlags::FollowSymlink)?;
        }
    }
    keep_times(to, name, &stat)
}

fn keep_times(dir: BorrowedFd, name: &std::ffi::CStr, stat: &FileStat) -> Result<()> {
    let accessed = TimeSpec::new(stat.st_atime, stat.st_atime_nsec);
    let modified = TimeSpec::new(stat.st_mtime, stat.st_mtime_nsec);
    Ok(utimensat(dir, name, &accessed, &modified, UtimensatFlags::NoFollowSymlink)?)
}
