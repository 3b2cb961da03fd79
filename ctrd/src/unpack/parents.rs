//! Finding the folder of an entry: in the layer itself, or else in the layers below.
//!
//! An archive may leave out folders that lower layers have. In an upper folder of overlayfs
//! these are made with the attributes that they have below, and links of lower layers are
//! followed, as if the layer were written to the mounted whole.

use std::collections::VecDeque;
use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, openat, openat2, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat, mkdirat};

use crate::snapshot::tree;

use super::extract::{Form, Place, Tree};

/// As the kernel has it.
const MAX_LINKS: usize = 40;

/// What the layers below have under a name.
enum Below {
    Nothing,
    Folder(OwnedFd),
    /// What is none, and the folder that it is in.
    Other(OwnedFd, FileStat),
}

impl Tree {
    /// The folder `path`, made where it is missing.
    pub(super) fn parent(&mut self, path: &[u8]) -> io::Result<OwnedFd> {
        self.find(path, true)?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The folder `path`, if it is here or below; it is here then.
    pub(super) fn existing(&mut self, path: &[u8]) -> io::Result<Option<OwnedFd>> {
        match self.find(path, false) {
            // A file now, where there was a folder: nothing is below it.
            Err(e) if e.raw_os_error() == Some(libc::ENOTDIR) => Ok(None),
            other => other,
        }
    }

    fn find(&mut self, path: &[u8], make: bool) -> io::Result<Option<OwnedFd>> {
        let dir = match open_below(&self.root, path, OFlag::O_DIRECTORY) {
            Ok(dir) => dir,
            Err(e) if matches!(e.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR)) => {
                return Ok(self.walk(path, make)?.map(|(dir, _)| dir));
            }
            Err(e) => return Err(e),
        };
        self.before_change(path, &dir)?;
        Ok(Some(dir))
    }

    /// Where all layers are in one folder, one that no entry speaks of keeps its times.
    fn before_change(&mut self, path: &[u8], dir: &OwnedFd) -> io::Result<()> {
        if let Form::Plain { timed, .. } = &mut self.form
            && !self.literal
        {
            let stat = fstat(dir)?;
            if timed.insert(stat.st_ino) {
                self.keep_times(path.to_vec(), stat.st_ino, &stat);
            }
        }
        Ok(())
    }

    /// The folder and its path without links, part by part.
    pub(super) fn walk(&mut self, path: &[u8], make: bool) -> io::Result<Option<(OwnedFd, Vec<Vec<u8>>)>> {
        let split = |path: &[u8]| -> Vec<Vec<u8>> {
            path.split(|b| *b == b'/').filter(|p| !matches!(*p, b"" | b".")).map(<[u8]>::to_vec).collect()
        };
        let mut todo: VecDeque<Vec<u8>> = split(path).into();
        // Without links, so that the layers below can be asked for it.
        let mut real: Vec<Vec<u8>> = Vec::new();
        let mut at = self.root.try_clone()?;
        let mut links = 0;
        while let Some(part) = todo.pop_front() {
            if part == b".." {
                real.pop();
                at = open_plain(&self.root, &real.join(&b'/'))?;
                continue;
            }
            let name = CString::new(part.clone())?;
            let here = match fstatat(&at, &*name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Ok(stat) => Some(stat),
                Err(Errno::ENOENT) => None,
                Err(e) => return Err(e.into()),
            };
            let link = match here {
                Some(stat) if tree::is_dir(&stat) => None,
                Some(stat) if tree::kind(&stat) == SFlag::S_IFLNK => {
                    Some(readlinkat(&at, &*name)?.into_vec())
                }
                Some(stat) if self.is_whiteout(&stat) => {
                    if !make {
                        return Ok(None);
                    }
                    tree::remove_at(&at, &name)?;
                    mkdirat(&at, &*name, Mode::from_bits_truncate(0o755))?;
                    self.set_opaque(&tree::open_dir(&at, &name)?)?;
                    None
                }
                Some(_) => return Err(Errno::ENOTDIR.into()),
                None => match self.below(&at, &real, &name)? {
                    Below::Other(from, stat) if tree::kind(&stat) == SFlag::S_IFLNK => {
                        Some(readlinkat(&from, &*name)?.into_vec())
                    }
                    Below::Folder(lower) => {
                        self.adopt(&at, &real, &name, &lower)?;
                        None
                    }
                    Below::Nothing | Below::Other(..) if !make => return Ok(None),
                    // A file there, as it would be here: a folder takes its place only where an entry says so.
                    Below::Other(..) => return Err(Errno::ENOTDIR.into()),
                    Below::Nothing => {
                        self.make(&at, &name)?;
                        None
                    }
                },
            };
            match link {
                None => {
                    at = tree::open_dir(&at, &name)?;
                    real.push(part);
                }
                Some(target) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::ELOOP.into());
                    }
                    if target.starts_with(b"/") {
                        real.clear();
                        at = self.root.try_clone()?;
                    }
                    for part in split(&target).into_iter().rev() {
                        todo.push_front(part);
                    }
                }
            }
        }
        self.before_change(&real.join(&b'/'), &at)?;
        Ok(Some((at, real)))
    }

    fn make(&mut self, at: &OwnedFd, name: &CStr) -> io::Result<()> {
        mkdirat(at, name, Mode::S_IRWXU)?;
        let made = tree::open_dir(at, name)?;
        nix::sys::stat::fchmod(&made, Mode::from_bits_truncate(0o755))?;
        nix::unistd::fchown(&made, Some(0.into()), Some(0.into()))?;
        self.note(&fstat(&made)?);
        Ok(())
    }

    /// Makes here the folder that is below, as it is there.
    fn adopt(&mut self, at: &OwnedFd, real: &[Vec<u8>], name: &CStr, lower: &OwnedFd) -> io::Result<()> {
        mkdirat(at, name, Mode::S_IRWXU)?;
        let stat = fstat(lower)?;
        let made = tree::open_dir(at, name)?;
        tree::copy_metadata(lower, c".", &stat, &made, c".")?;
        let path = joined(real, name);
        let inode = fstat(&made)?.st_ino;
        self.copied.insert(path.clone(), inode);
        self.keep_times(path, inode, &stat);
        Ok(())
    }

    /// Gives up where the layers below are not known.
    pub(super) fn need_below(&self) -> io::Result<()> {
        match self.form {
            Form::Overlay { apart: true, .. } => {
                self.missed.set(true);
                Err(io::Error::other("the layers below are not known"))
            }
            _ => Ok(()),
        }
    }

    /// Looks `name` up in the layers below; `real` is the path of the folder `at`.
    fn below(&self, at: &OwnedFd, real: &[Vec<u8>], name: &CStr) -> io::Result<Below> {
        let Form::Overlay { lower, .. } = &self.form else {
            return Ok(Below::Nothing);
        };
        if !real.is_empty() && self.is_opaque(at)? {
            return Ok(Below::Nothing);
        }
        self.need_below()?;
        let path = real.join(&b'/');
        for layer in lower {
            let dir = match open_plain(layer, &path) {
                Ok(dir) => dir,
                Err(e) if e.raw_os_error() == Some(libc::ENOENT) => {
                    // Missing for it was never there, or for a folder above it is hidden from
                    // here on: then no further layer counts.
                    if self.hidden(layer, real)? {
                        return Ok(Below::Nothing);
                    }
                    continue;
                }
                Err(e) if matches!(e.raw_os_error(), Some(libc::ENOTDIR | libc::ELOOP)) => {
                    return Ok(Below::Nothing);
                }
                Err(e) => return Err(e),
            };
            match fstatat(&dir, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Ok(stat) if self.is_whiteout(&stat) => return Ok(Below::Nothing),
                Ok(stat) if tree::is_dir(&stat) => {
                    return Ok(Below::Folder(tree::open_dir(&dir, name)?));
                }
                Ok(stat) => return Ok(Below::Other(dir, stat)),
                Err(Errno::ENOENT) => {}
                Err(e) => return Err(e.into()),
            }
            if !real.is_empty() && self.hidden(layer, real)? {
                return Ok(Below::Nothing);
            }
        }
        Ok(Below::Nothing)
    }

    /// Whether a layer hides what is below it at `path`, by a whiteout or an opaque folder on
    /// the way.
    fn hidden(&self, layer: &OwnedFd, path: &[Vec<u8>]) -> io::Result<bool> {
        let mut dir = layer.try_clone()?;
        for part in path {
            let name = CString::new(part.clone())?;
            match fstatat(&dir, &*name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Err(Errno::ENOENT) => return Ok(false),
                Err(e) => return Err(e.into()),
                Ok(stat) if !tree::is_dir(&stat) => return Ok(true),
                Ok(_) => dir = tree::open_dir(&dir, &name)?,
            }
            if self.is_opaque(&dir)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn joined(real: &[Vec<u8>], name: &CStr) -> Vec<u8> {
    [real, &[name.to_bytes().to_vec()]].concat().join(&b'/')
}

/// Opens what a hard link leads to, not followed; what only a lower layer has is copied up.
pub(super) fn open_node(tree: &mut Tree, target: &Place) -> io::Result<OwnedFd> {
    let dir = tree.existing(&target.parent)?.ok_or(Errno::ENOENT)?;
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    match openat(&dir, &*target.base, flags, Mode::empty()) {
        Ok(node) if tree.is_whiteout(&fstat(&node)?) => return Err(Errno::ENOENT.into()),
        Ok(node) => return Ok(node),
        Err(Errno::ENOENT) => {}
        Err(e) => return Err(e.into()),
    }
    let (dir, real) = tree.walk(&target.parent, false)?.ok_or(Errno::ENOENT)?;
    match tree.below(&dir, &real, &target.base)? {
        Below::Other(from, stat) => {
            tree::copy_node(&from, &target.base, &stat, &dir)?;
            let made = fstatat(&dir, &*target.base, AtFlags::AT_SYMLINK_NOFOLLOW)?;
            tree.copied.insert(joined(&real, &target.base), made.st_ino);
        }
        Below::Nothing => return Err(Errno::ENOENT.into()),
        Below::Folder(_) => return Err(io::Error::other("a hard link to a folder")),
    }
    Ok(openat(&dir, &*target.base, flags, Mode::empty())?)
}

/// Opens `path` as if `root` were the root of the file system, links included.
pub(super) fn open_below(root: impl AsFd, path: &[u8], flags: OFlag) -> io::Result<OwnedFd> {
    resolve(root, path, flags, ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS)
}

/// Opens a folder by a path in which no link may be.
pub(super) fn open_plain(root: impl AsFd, path: &[u8]) -> io::Result<OwnedFd> {
    let how = ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_SYMLINKS;
    resolve(root, path, OFlag::O_DIRECTORY, how)
}

fn resolve(root: impl AsFd, path: &[u8], flags: OFlag, resolve: ResolveFlag) -> io::Result<OwnedFd> {
    let path = CString::new(if path.is_empty() { b"." } else { path })?;
    let how = OpenHow::new().flags(flags | OFlag::O_RDONLY | OFlag::O_CLOEXEC).resolve(resolve);
    // EAGAIN: something was renamed on the way, and the kernel cannot tell whether it led out.
    for _ in 0..1000 {
        match openat2(root.as_fd(), &*path, how) {
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            other => return Ok(other?),
        }
    }
    Err(Errno::EAGAIN.into())
}
