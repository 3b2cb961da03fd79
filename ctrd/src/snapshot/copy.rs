//! An exact copy of a tree: contents (shared where the file system can, holes kept), hard links,
//! owners, modes, extended attributes, times, devices, FIFOs.

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{
    FchmodatFlags, FileStat, Mode, SFlag, UtimensatFlags, fchmodat, fstat, mkdirat, mknodat, utimensat,
};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, fchownat, linkat, symlinkat};

use crate::error::{Error, Result};

use super::{
    Step, display, is_dir, is_overlay_xattr, kind, open_dir, open_file, open_root, proc_path, walk, xattrs,
};

/// Copies what is in the folder `from` into the folder `to`, and its metadata onto it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let at = |e: io::Error| Error::from(e).context(format!("copy {}", from.display()));
    let source = open_root(from).map_err(at)?;
    // The open folders of the copy, root first; the walk is in the last one's twin.
    let folders = std::cell::RefCell::new(vec![open_root(to).map_err(at)?]);
    let mut links: HashMap<u64, Vec<CString>> = HashMap::new();
    walk(
        &source,
        &mut |path, step| {
            let mut folders = folders.borrow_mut();
            let Some(dir) = folders.last() else { return Ok(()) };
            let sub = copy_entry(&folders[0], dir, step, path, &mut links)
                .map_err(|e| Error::from(e).context(format!("copy {}", display(path))))?;
            folders.extend(sub);
            Ok(())
        },
        &mut |path, sub| {
            let made = folders.borrow_mut().pop();
            let Some(made) = made else { return Ok(()) };
            // When all is in it: each entry made changed the folder's time.
            (|| copy_metadata(sub, c".", &fstat(sub)?, &made, c"."))()
                .map_err(|e| Error::from(e).context(format!("copy {}", display(path))))
        },
    )?;
    let root = &folders.borrow()[0];
    (|| copy_metadata(&source, c".", &fstat(&source)?, root, c"."))().map_err(at)
}

/// Copies one entry; of a folder only the folder, which comes back open.
fn copy_entry(
    root: &OwnedFd,
    to: &OwnedFd,
    step: &Step,
    path: &[CString],
    links: &mut HashMap<u64, Vec<CString>>,
) -> io::Result<Option<OwnedFd>> {
    let Step { dir: from, name, stat } = *step;
    if is_dir(stat) {
        mkdirat(to, name, Mode::S_IRWXU)?;
        return open_dir(to, name).map(Some);
    }
    if stat.st_nlink > 1 {
        if let Some(first) = links.get(&stat.st_ino) {
            let mut dir = root.try_clone()?;
            for part in &first[..first.len() - 1] {
                dir = open_dir(&dir, part)?;
            }
            linkat(&dir, first[first.len() - 1].as_c_str(), to, name, AtFlags::empty())?;
            return Ok(None);
        }
        links.insert(stat.st_ino, path.to_vec());
    }
    copy_node(from, name, stat, to)?;
    Ok(None)
}

/// Copies what is no folder to a folder where there is nothing of its name: content and metadata.
pub fn copy_node(from: &OwnedFd, name: &CStr, stat: &FileStat, to: &OwnedFd) -> io::Result<()> {
    match kind(stat) {
        SFlag::S_IFREG => {
            let mut source = open_file(from, name)?;
            let flags =
                OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let mut file = File::from(openat(to, name, flags, Mode::S_IRUSR | Mode::S_IWUSR)?);
            copy_data(&mut source, &mut file, stat.st_size as u64)?;
        }
        SFlag::S_IFLNK => symlinkat(readlinkat(from, name)?.as_os_str(), to, name)?,
        // A socket is of no use without the process that listened.
        SFlag::S_IFSOCK => return Ok(()),
        node => mknodat(to, name, node, Mode::S_IRUSR | Mode::S_IWUSR, stat.st_rdev)?,
    }
    copy_metadata(from, name, stat, to, name)
}

/// Owner, mode, extended attributes and times of one thing onto another, links not followed.
pub fn copy_metadata(
    from: &OwnedFd,
    name: &CStr,
    stat: &FileStat,
    to: &OwnedFd,
    as_name: &CStr,
) -> io::Result<()> {
    // The owner first: changing it clears set-user-id bits and capabilities.
    let owner = (Some(Uid::from_raw(stat.st_uid)), Some(Gid::from_raw(stat.st_gid)));
    fchownat(to, as_name, owner.0, owner.1, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    if kind(stat) != SFlag::S_IFLNK {
        let mode = Mode::from_bits_truncate(stat.st_mode & 0o7777);
        fchmodat(to, as_name, mode, FchmodatFlags::FollowSymlink)?;
    }
    let target = proc_path(to, as_name);
    for (key, value) in xattrs(&proc_path(from, name))? {
        if is_overlay_xattr(key.to_bytes()) {
            continue;
        }
        rustix::fs::lsetxattr(&target, key, &value, rustix::fs::XattrFlags::empty())?;
    }
    let atime = TimeSpec::new(stat.st_atime, stat.st_atime_nsec);
    let mtime = TimeSpec::new(stat.st_mtime, stat.st_mtime_nsec);
    utimensat(to, as_name, &atime, &mtime, UtimensatFlags::NoFollowSymlink)?;
    Ok(())
}

/// Copies `size` bytes of a file: as a reflink, else range by range without its holes.
fn copy_data(from: &mut File, to: &mut File, size: u64) -> io::Result<()> {
    if rustix::fs::ioctl_ficlone(&*to, &*from).is_ok() {
        return Ok(());
    }
    to.set_len(size)?;
    let mut at = 0u64;
    while at < size {
        use rustix::fs::{SeekFrom, seek};
        let start = match seek(&*from, SeekFrom::Data(at)) {
            Ok(start) => start,
            Err(rustix::io::Errno::NXIO) => break,
            Err(_) => at,
        };
        let end = seek(&*from, SeekFrom::Hole(start)).unwrap_or(size).min(size);
        copy_range(from, to, start, end)?;
        at = end.max(start + 1);
    }
    Ok(())
}

fn copy_range(from: &mut File, to: &mut File, start: u64, end: u64) -> io::Result<()> {
    use std::os::unix::fs::FileExt;
    let (mut read, mut write) = (start, start);
    while read < end {
        let len = (end - read).min(1 << 30) as usize;
        match rustix::fs::copy_file_range(&*from, Some(&mut read), &*to, Some(&mut write), len) {
            Ok(0) => return Ok(()),
            Ok(_) => continue,
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => break,
        }
    }
    let mut buf = vec![0; 1 << 20];
    while read < end {
        let len = (end - read).min(buf.len() as u64) as usize;
        let n = from.read_at(&mut buf[..len], read)?;
        if n == 0 {
            break;
        }
        to.write_all_at(&buf[..n], read)?;
        read += n as u64;
    }
    Ok(())
}
