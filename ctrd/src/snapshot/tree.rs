//! Directory trees: their size, an exact copy, and their removal.
//!
//! A container may have made its tree as deep as it liked: nothing here recurses without a
//! bound, builds long paths, or follows a symbolic link.

use std::collections::HashSet;
use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::dir::Dir;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::error::{Error, Result};

use super::Usage;

/// So many folders are entered one within another; what a copy or an archive needs deeper
/// is refused, what is to be deleted deeper is first moved up.
pub const MAX_DEPTH: usize = 400;

/// A name within a folder.
pub type Name = CString;

/// What a walk found: the open folder, the name in it, and its metadata.
pub struct Step<'a> {
    pub dir: &'a OwnedFd,
    pub name: &'a CStr,
    pub stat: &'a FileStat,
}

/// Blocks and inodes that a tree takes, each inode counted once.
pub fn usage(root: &Path) -> Result<Usage> {
    fn walk(dir: &OwnedFd, depth: usize, seen: &mut HashSet<u64>, out: &mut Usage) -> io::Result<()> {
        for (name, stat) in entries(dir)? {
            if stat.st_nlink > 1 && !is_dir(&stat) && !seen.insert(stat.st_ino) {
                continue;
            }
            out.size += stat.st_blocks as u64 * 512;
            out.inodes += 1;
            if is_dir(&stat) && depth < MAX_DEPTH {
                match open_dir(dir, &name) {
                    Ok(sub) => walk(&sub, depth + 1, seen, out)?,
                    // A running container removes what it likes meanwhile.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => return Err(e),
                }
            }
        }
        Ok(())
    }
    let at = |e: io::Error| Error::from(e).context(format!("read {}", root.display()));
    let dir = open_root(root).map_err(at)?;
    let stat = fstat(&dir).map_err(|e| at(e.into()))?;
    let mut out = Usage { size: stat.st_blocks as u64 * 512, inodes: 1 };
    walk(&dir, 0, &mut HashSet::new(), &mut out).map_err(at)?;
    Ok(out)
}

/// Removes a tree, however deep it is, and nothing of what is mounted on it or in it: there it stops with an error.
pub fn remove(path: &Path) -> Result<()> {
    let at = |e: io::Error| Error::from(e).context(format!("remove {}", path.display()));
    let gone = |e: io::Error| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(at(e)) };
    let top = match open_top(path) {
        Ok(top) => top,
        Err(e) => return gone(e),
    };
    // Where another process removes the same, what is gone is no fault, and the rest is looked for anew.
    loop {
        match empty(&top) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            emptied => break emptied.map_err(at)?,
        }
    }
    std::fs::remove_dir(path).or_else(gone)
}

/// Removes `name` in `dir`, whatever it is.
pub fn remove_at(dir: &OwnedFd, name: &CStr) -> io::Result<()> {
    match unlinkat(dir, name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) => return Ok(()),
        Err(nix::errno::Errno::EISDIR | nix::errno::Errno::EPERM) => {}
        Err(e) => return Err(e.into()),
    }
    empty(&open_here(dir, name)?)?;
    Ok(unlinkat(dir, name, UnlinkatFlags::RemoveDir)?)
}

fn open_top(path: &Path) -> io::Result<OwnedFd> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    open_here(open_root(parent)?, &CString::new(name.as_bytes())?)
}

/// Opens a folder that is to be emptied, unless it is where something is mounted.
fn open_here(dir: impl AsFd, name: &CStr) -> io::Result<OwnedFd> {
    let how = OpenHow::new().flags(DIR_FLAGS).resolve(ResolveFlag::RESOLVE_NO_XDEV);
    match openat2(dir.as_fd(), name, how) {
        Err(nix::errno::Errno::EXDEV) => {
            let text = format!("{}: something is mounted there", name.to_string_lossy());
            Err(io::Error::new(io::ErrorKind::ResourceBusy, text))
        }
        opened => Ok(opened?),
    }
}

/// Empties an open folder.
pub fn empty(top: &OwnedFd) -> io::Result<()> {
    fn clear(top: &OwnedFd, dir: &OwnedFd, depth: usize, moved: &mut u64) -> io::Result<()> {
        for (name, stat) in entries(dir)? {
            if !is_dir(&stat) {
                unlinkat(dir, name.as_c_str(), UnlinkatFlags::NoRemoveDir)?;
            } else if depth < MAX_DEPTH {
                clear(top, &open_here(dir, &name)?, depth + 1, moved)?;
                unlinkat(dir, name.as_c_str(), UnlinkatFlags::RemoveDir)?;
            } else {
                // Up to the top, where the next round finds it.
                loop {
                    *moved += 1;
                    let up = format!(".deep-{moved}");
                    match nix::fcntl::renameat(dir, name.as_c_str(), top, up.as_str()) {
                        Ok(()) => break,
                        Err(nix::errno::Errno::EEXIST | nix::errno::Errno::ENOTEMPTY) => {}
                        Err(nix::errno::Errno::ENOTDIR) => {}
                        Err(e) => return Err(e.into()),
                    }
                }
            }
        }
        Ok(())
    }
    let mut moved = 0;
    loop {
        let before = moved;
        clear(top, top, 0, &mut moved)?;
        if moved == before {
            return Ok(());
        }
    }
}

/// Visits a tree in the order of names, parents before what is in them.
pub fn walk(
    root: &OwnedFd,
    visit: &mut dyn FnMut(&[Name], &Step) -> Result<()>,
    leave: &mut dyn FnMut(&[Name], &OwnedFd) -> Result<()>,
) -> Result<()> {
    fn level(
        dir: &OwnedFd,
        path: &mut Vec<Name>,
        visit: &mut dyn FnMut(&[Name], &Step) -> Result<()>,
        leave: &mut dyn FnMut(&[Name], &OwnedFd) -> Result<()>,
    ) -> Result<()> {
        let mut all = entries(dir)?;
        all.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, stat) in all {
            path.push(name.clone());
            visit(path, &Step { dir, name: &name, stat: &stat })?;
            if is_dir(&stat) {
                if path.len() > MAX_DEPTH {
                    return Err(Error::invalid(format!("{:.200}: too deep", display(path))));
                }
                match open_dir(dir, &name) {
                    Ok(sub) => {
                        level(&sub, path, visit, leave)?;
                        leave(path, &sub)?;
                    }
                    // A running container removes what it likes meanwhile.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => return Err(Error::from(e).context(display(path))),
                }
            }
            path.pop();
        }
        Ok(())
    }
    level(root, &mut Vec::new(), visit, leave)
}

/// The names of a path with slashes between them.
pub fn join(path: &[Name]) -> Vec<u8> {
    path.iter().map(|n| n.to_bytes()).collect::<Vec<_>>().join(&b'/')
}

pub fn display(path: &[Name]) -> String {
    String::from_utf8_lossy(&join(path)).into_owned()
}

/// Opens a folder by its path; the last component may not be a link.
pub fn open_root(path: &Path) -> io::Result<OwnedFd> {
    Ok(nix::fcntl::open(path, DIR_FLAGS, Mode::empty())?)
}

pub fn open_dir(dir: impl AsFd, name: &CStr) -> io::Result<OwnedFd> {
    Ok(openat(dir, name, DIR_FLAGS, Mode::empty())?)
}

const DIR_FLAGS: OFlag =
    OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

pub fn is_dir(stat: &FileStat) -> bool {
    kind(stat) == SFlag::S_IFDIR
}

pub fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT
}

/// What is in a folder, with the metadata of each.
pub fn entries(dir: &OwnedFd) -> io::Result<Vec<(Name, FileStat)>> {
    let mut names = Vec::new();
    // A description of its own: the position in the folder is part of it.
    let again = openat(dir, c".", DIR_FLAGS, Mode::empty())?;
    let mut listing = Dir::from_fd(again)?;
    for entry in listing.iter() {
        let name = entry?.file_name().to_owned();
        if !matches!(name.to_bytes(), b"." | b"..") {
            names.push(name);
        }
    }
    drop(listing);
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        match fstatat(dir, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(stat) => out.push((name, stat)),
            Err(nix::errno::Errno::ENOENT) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(out)
}

/// The path of `name` in an open folder, for the calls that take no descriptor. What is before
/// the name cannot be redirected, and the `l…` calls do not follow the name itself.
pub fn proc_path(dir: impl AsFd, name: &CStr) -> std::path::PathBuf {
    let mut path = format!("/proc/self/fd/{}/", dir.as_fd().as_raw_fd()).into_bytes();
    path.extend_from_slice(name.to_bytes());
    OsStr::from_bytes(&path).into()
}

/// The path of what is open, for the calls that take no descriptor.
pub fn proc_fd(fd: impl AsFd) -> std::path::PathBuf {
    format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd()).into()
}

/// Whether an attribute is overlayfs's own word about a layer.
pub fn is_overlay_xattr(name: &[u8]) -> bool {
    name.starts_with(b"trusted.overlay.") || name.starts_with(b"user.overlay.")
}

/// Attributes by name.
pub type Xattrs = Vec<(CString, Vec<u8>)>;

/// The extended attributes of something not followed, by name.
pub fn xattrs(path: &Path) -> io::Result<Xattrs> {
    use rustix::fs::{lgetxattr, lgetxattr_query, llistxattr, llistxattr_query};
    gather(
        llistxattr_query(path),
        |buf| llistxattr(path, buf),
        |name| lgetxattr_query(path, name),
        |name, buf| lgetxattr(path, name, buf),
    )
}

/// Those of an open file.
pub fn file_xattrs(file: &File) -> io::Result<Xattrs> {
    use rustix::fs::{fgetxattr, fgetxattr_query, flistxattr, flistxattr_query};
    gather(
        flistxattr_query(file),
        |buf| flistxattr(file, buf),
        |name| fgetxattr_query(file, name),
        |name, buf| fgetxattr(file, name, buf),
    )
}

fn gather(
    size: rustix::io::Result<usize>,
    list: impl Fn(&mut [u8]) -> rustix::io::Result<usize>,
    size_of: impl Fn(&CStr) -> rustix::io::Result<usize>,
    get: impl Fn(&CStr, &mut [u8]) -> rustix::io::Result<usize>,
) -> io::Result<Xattrs> {
    let mut names = match size {
        Ok(0) | Err(rustix::io::Errno::OPNOTSUPP) => return Ok(Vec::new()),
        Ok(n) => vec![0u8; n + 256],
        Err(e) => return Err(e.into()),
    };
    let n = list(&mut names[..])?;
    let mut out = Vec::new();
    for name in names[..n].split(|b| *b == 0).filter(|n| !n.is_empty()) {
        let name = CString::new(name)?;
        let mut value = vec![0u8; size_of(&name)?];
        if !value.is_empty() {
            let n = get(&name, &mut value[..])?;
            value.truncate(n);
        }
        out.push((name, value));
    }
    out.sort();
    Ok(out)
}

pub use copy::{copy, copy_metadata, copy_node};

#[path = "copy.rs"]
mod copy;

/// Opens a regular file for reading, never a link, never waiting for a FIFO; and never a device, which a running
/// container may have put in its place meanwhile: here it would be the host's.
pub fn open_file(dir: impl AsFd, name: &CStr) -> io::Result<File> {
    let held = openat(dir, name, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty())?;
    if kind(&fstat(&held)?) != SFlag::S_IFREG {
        return Err(io::Error::other("is no regular file"));
    }
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    Ok(File::from(nix::fcntl::open(proc_fd(&held).as_path(), flags, Mode::empty())?))
}
