//! Writing the entries of a layer into a folder.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{
    FchmodatFlags, Mode, SFlag, UtimensatFlags, fchmod, fchmodat, fstat, fstatat, futimens, makedev, mkdirat,
    mknodat, utimensat,
};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchown, fchownat, linkat, symlinkat, unlinkat};
use rustix::fs::XattrFlags;

use crate::error::{Error, Kind as ErrorKind, Result};
use crate::snapshot::tree;

use super::parents::{open_below, open_node};
use super::tar::{Entry, Kind, Reader, Time};

/// A folder that a layer is written to.
pub struct Tree {
    pub(super) root: OwnedFd,
    pub(super) form: Form,
    /// Folders whose times are set at the end: what is made in a folder changes them.
    times: Vec<Times>,
    /// What was copied up from the layers below, by path and inode: it is here for the sake of
    /// something else, and still one of theirs.
    pub(super) copied: BTreeMap<Vec<u8>, u64>,
    /// The layers below were needed and are not known.
    pub(super) missed: Cell<bool>,
    /// It is no layer: names mean what they say, and a folder never gives way to a file, nor a file to a folder.
    pub(super) literal: bool,
}

struct Times {
    path: Vec<u8>,
    /// The folder meant, where its path may go through links.
    inode: Option<u64>,
    atime: TimeSpec,
    mtime: TimeSpec,
}

/// How the folder shows what is gone from the layers below.
pub enum Form {
    /// An upper folder of overlayfs, above `lower`, nearest first; `apart` where these are not known.
    Overlay { lower: Vec<OwnedFd>, opaque: &'static CStr, apart: bool },
    /// The folder holds all layers: what is gone is removed. The inodes are those that this
    /// layer has written or set the times of, for a whiteout hides only what is below.
    Plain { own: Own, timed: HashSet<u64> },
}

/// What a layer has written to a folder that holds all layers.
#[derive(Default)]
pub(super) struct Own {
    inodes: HashSet<u64>,
    /// Names of files of lower layers, by folder: other names of these are not this layer's.
    links: HashSet<(u64, CString)>,
}

impl Own {
    pub fn has(&self, folder: u64, name: &CStr, inode: u64) -> bool {
        self.inodes.contains(&inode) || self.links.contains(&(folder, name.into()))
    }
}

/// A path of the archive, cleaned of `.`, `..` and slashes: never empty, never leading out.
pub(super) struct Place {
    pub parent: Vec<u8>,
    pub base: CString,
}

impl Place {
    /// `None` for the root itself.
    pub fn of(path: &[u8]) -> io::Result<Option<Place>> {
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in path.split(|b| *b == b'/') {
            match part {
                b"" | b"." => {}
                b".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let Some(base) = parts.pop() else { return Ok(None) };
        Ok(Some(Place { parent: parts.join(&b'/'), base: CString::new(base)? }))
    }

    pub fn path(&self) -> Vec<u8> {
        match self.parent.as_slice() {
            [] => self.base.to_bytes().to_vec(),
            parent => [parent, b"/", self.base.to_bytes()].concat(),
        }
    }
}

impl Tree {
    pub fn plain(root: OwnedFd) -> Result<Tree> {
        Tree::new(root, Form::Plain { own: Own::default(), timed: HashSet::new() })
    }

    pub fn overlay(root: OwnedFd, lower: Vec<OwnedFd>, user: bool, apart: bool) -> Result<Tree> {
        let opaque = if user { c"user.overlay.opaque" } else { c"trusted.overlay.opaque" };
        Tree::new(root, Form::Overlay { lower, opaque, apart })
    }

    /// A folder that files are copied to, and no layer is.
    pub fn literal(root: OwnedFd) -> Result<Tree> {
        let mut tree = Tree::plain(root)?;
        tree.times.clear();
        tree.literal = true;
        Ok(tree)
    }

    fn new(root: OwnedFd, form: Form) -> Result<Tree> {
        let stat = fstat(&root)?;
        let (times, copied, missed) = (Vec::new(), BTreeMap::new(), Cell::new(false));
        let mut tree = Tree { root, form, times, copied, missed, literal: false };
        tree.keep_times(Vec::new(), stat.st_ino, &stat);
        Ok(tree)
    }

    /// Writes one entry; its bytes are read from `tar`.
    pub fn add<R: BufRead>(&mut self, entry: &Entry, tar: &mut Reader<R>) -> Result<()> {
        self.write(entry, tar).map_err(|e| {
            let e = match self.missed.get() {
                true => Error::new(ErrorKind::Aborted, "it needs the layers below: aborted"),
                false => Error::from(e),
            };
            e.context(format!("unpack {:.300}", String::from_utf8_lossy(&entry.path)))
        })
    }

    /// Sets the times of folders, when nothing more is going to be made in them.
    pub fn finish(&mut self) -> Result<()> {
        for Times { path, inode, atime, mtime } in std::mem::take(&mut self.times) {
            let set = || -> io::Result<()> {
                let follow = if inode.is_some() { OFlag::empty() } else { OFlag::O_NOFOLLOW };
                let dir = match open_below(&self.root, &path, OFlag::O_DIRECTORY | follow) {
                    // Replaced by something else, or removed, later in the archive.
                    Err(e)
                        if matches!(e.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP)) =>
                    {
                        return Ok(());
                    }
                    other => other?,
                };
                match inode {
                    Some(inode) if fstat(&dir)?.st_ino != inode => Ok(()),
                    _ => Ok(futimens(&dir, &atime, &mtime)?),
                }
            };
            set().map_err(|e| {
                Error::from(e).context(format!("unpack {:.300}", String::from_utf8_lossy(&path)))
            })?;
        }
        Ok(())
    }

    fn write<R: BufRead>(&mut self, entry: &Entry, tar: &mut Reader<R>) -> io::Result<()> {
        let Some(place) = Place::of(&entry.path)? else {
            if entry.kind != Kind::Directory {
                return Err(io::Error::other("the root can only be a folder"));
            }
            let root = self.root.try_clone()?;
            self.note(&fstat(&root)?);
            return self.dress_folder(&root, Vec::new(), entry);
        };
        if !self.literal && self.whiteout(&place)? {
            return Ok(());
        }
        let dir = self.parent(&place.parent)?;
        if self.literal {
            keep_kind(&dir, &place.base, entry.kind)?;
        }
        match entry.kind {
            Kind::Directory => return self.folder(&dir, &place, entry),
            Kind::HardLink => return self.link(&dir, &place, entry),
            Kind::File => {
                let flags =
                    OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
                let made = replacing(self.literal, &dir, &place.base, || {
                    openat(&dir, &*place.base, flags, Mode::from_bits_truncate(0o600))
                })?;
                let mut file = File::from(made);
                fill(&mut file, entry, tar)?;
                dress_file(&file, entry)?;
                if let Form::Plain { .. } = self.form {
                    self.note(&fstat(&file)?);
                }
                return Ok(());
            }
            Kind::Symlink => {
                let target = OsStr::from_bytes(&entry.link);
                replacing(self.literal, &dir, &place.base, || symlinkat(target, &dir, &*place.base))?;
            }
            Kind::Char | Kind::Block | Kind::Fifo => {
                let kind = match entry.kind {
                    Kind::Char => SFlag::S_IFCHR,
                    Kind::Block => SFlag::S_IFBLK,
                    _ => SFlag::S_IFIFO,
                };
                let device = makedev(entry.device.0.into(), entry.device.1.into());
                let mode = Mode::from_bits_truncate(0o600);
                match replacing(self.literal, &dir, &place.base, || {
                    mknodat(&dir, &*place.base, kind, mode, device)
                }) {
                    // No device can be made there; containers get theirs otherwise.
                    Err(e)
                        if e.raw_os_error() == Some(libc::EPERM) && crate::snapshot::in_user_namespace() =>
                    {
                        return Ok(());
                    }
                    other => other?,
                }
            }
        }
        dress_node(&dir, &place.base, entry, entry.kind == Kind::Symlink)?;
        if let Form::Plain { .. } = self.form {
            self.note(&fstatat(&dir, &*place.base, AtFlags::AT_SYMLINK_NOFOLLOW)?);
        }
        Ok(())
    }

    fn folder(&mut self, dir: &OwnedFd, place: &Place, entry: &Entry) -> io::Result<()> {
        let mut opaque = false;
        if let Err(e) = mkdirat(dir, &*place.base, Mode::S_IRWXU) {
            if e != Errno::EEXIST {
                return Err(e.into());
            }
            let there = fstatat(dir, &*place.base, AtFlags::AT_SYMLINK_NOFOLLOW)?;
            if tree::is_dir(&there) {
                // Merged with what is there; its attributes are the new ones, and of a layer these alone.
                if !self.literal {
                    strip_xattrs(dir, &place.base)?;
                }
                self.copied.retain(|_, inode| *inode != there.st_ino);
            } else if self.literal {
                return Err(Errno::ENOTDIR.into());
            } else {
                // What is below was removed, or replaced, before this folder came: it must not shine through.
                opaque = true;
                tree::remove_at(dir, &place.base)?;
                mkdirat(dir, &*place.base, Mode::S_IRWXU)?;
            }
        }
        let made = tree::open_dir(dir, &place.base)?;
        if opaque {
            self.set_opaque(&made)?;
        }
        if let Form::Plain { .. } = self.form {
            self.note(&fstat(&made)?);
        }
        self.dress_folder(&made, place.path(), entry)
    }

    fn dress_folder(&mut self, dir: &OwnedFd, path: Vec<u8>, entry: &Entry) -> io::Result<()> {
        given(fchown(dir, Some(Uid::from_raw(entry.uid)), Some(Gid::from_raw(entry.gid))), entry)?;
        fchmod(dir, Mode::from_bits_truncate(entry.mode))?;
        for (name, value) in wanted(entry) {
            tolerate(rustix::fs::fsetxattr(dir, name, value, XattrFlags::empty()))?;
        }
        let (atime, mtime) = times(entry);
        self.times.push(Times { path, inode: None, atime, mtime });
        Ok(())
    }

    fn link(&mut self, dir: &OwnedFd, place: &Place, entry: &Entry) -> io::Result<()> {
        let target = Place::of(&entry.link)?.ok_or_else(|| io::Error::other("a hard link to the root"))?;
        let node = open_node(self, &target)?;
        let there = fstat(&node)?;
        if tree::is_dir(&there) {
            return Err(io::Error::other("a hard link to a folder"));
        }
        let symlink = tree::kind(&there) == SFlag::S_IFLNK;
        if let Ok(own) = fstatat(dir, &*place.base, AtFlags::AT_SYMLINK_NOFOLLOW)
            && (own.st_dev, own.st_ino) == (there.st_dev, there.st_ino)
        {
            return dress_node(dir, &place.base, entry, symlink);
        }
        let path = tree::proc_fd(&node);
        replacing(self.literal, dir, &place.base, || {
            linkat(nix::fcntl::AT_FDCWD, path.as_path(), dir, &*place.base, AtFlags::AT_SYMLINK_FOLLOW)
        })?;
        if let Form::Plain { own, .. } = &mut self.form
            && !own.inodes.contains(&there.st_ino)
        {
            own.links.insert((fstat(dir)?.st_ino, place.base.clone()));
        }
        // As all engines do: the last that is said of an inode holds, whichever of its names it is said of.
        dress_node(dir, &place.base, entry, symlink)
    }

    /// Remembers that this layer wrote something.
    pub(super) fn note(&mut self, stat: &nix::sys::stat::FileStat) {
        if let Form::Plain { own, timed } = &mut self.form {
            own.inodes.insert(stat.st_ino);
            timed.insert(stat.st_ino);
        }
    }

    /// Remembers the times that a folder has, to give them back at the end.
    /// Of a copy made here `inode` is the copy's.
    pub(super) fn keep_times(&mut self, path: Vec<u8>, inode: u64, stat: &nix::sys::stat::FileStat) {
        let atime = TimeSpec::new(stat.st_atime, stat.st_atime_nsec);
        let mtime = TimeSpec::new(stat.st_mtime, stat.st_mtime_nsec);
        self.times.push(Times { path, inode: Some(inode), atime, mtime });
    }
}

/// Whether a folder is to come where something else is, or the other way round.
fn keep_kind(dir: &OwnedFd, base: &CStr, kind: Kind) -> io::Result<()> {
    match fstatat(dir, base, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Err(Errno::ENOENT) => Ok(()),
        Err(e) => Err(e.into()),
        Ok(there) => match (tree::is_dir(&there), kind == Kind::Directory) {
            (true, false) => Err(Errno::EISDIR.into()),
            (false, true) => Err(Errno::ENOTDIR.into()),
            _ => Ok(()),
        },
    }
}

/// Makes something where there may be something already, which then goes; `literal`: but for a folder, which may
/// have come since [`keep_kind`] looked.
fn replacing<T>(
    literal: bool,
    dir: &OwnedFd,
    base: &CStr,
    make: impl Fn() -> nix::Result<T>,
) -> io::Result<T> {
    match make() {
        Err(Errno::EEXIST) if literal => {
            unlinkat(dir, base, UnlinkatFlags::NoRemoveDir)?;
            Ok(make()?)
        }
        Err(Errno::EEXIST) => {
            tree::remove_at(dir, base)?;
            Ok(make()?)
        }
        other => Ok(other?),
    }
}

/// The bytes of a file, at their places where it is sparse.
fn fill<R: BufRead>(file: &mut File, entry: &Entry, tar: &mut Reader<R>) -> io::Result<()> {
    let Some(segments) = &entry.sparse else {
        loop {
            let buf = tar.fill_buf()?;
            if buf.is_empty() {
                return Ok(());
            }
            let n = file.write(buf)?;
            tar.consume(n);
        }
    };
    file.set_len(entry.size)?;
    for &(mut at, len) in segments {
        let end = at + len;
        while at < end {
            let buf = tar.fill_buf()?;
            let n = buf.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
            file.write_all_at(&buf[..n], at)?;
            tar.consume(n);
            at += n as u64;
        }
    }
    Ok(())
}

/// An owner that this process cannot give, or whom its user namespace does not know, is named.
fn given(done: nix::Result<()>, entry: &Entry) -> io::Result<()> {
    use nix::errno::Errno::{EINVAL, EPERM};
    done.map_err(|e| match e {
        EINVAL | EPERM => io::Error::other(format!("owner {}:{}: {}", entry.uid, entry.gid, e.desc())),
        e => e.into(),
    })
}

/// Owner before mode before attributes: changing the owner clears set-user-id bits and
/// capabilities. Times last.
fn dress_file(file: &File, entry: &Entry) -> io::Result<()> {
    given(fchown(file, Some(Uid::from_raw(entry.uid)), Some(Gid::from_raw(entry.gid))), entry)?;
    fchmod(file, Mode::from_bits_truncate(entry.mode))?;
    for (name, value) in wanted(entry) {
        tolerate(rustix::fs::fsetxattr(file, name, value, XattrFlags::empty()))?;
    }
    let (atime, mtime) = times(entry);
    Ok(futimens(file, &atime, &mtime)?)
}

/// The same for what must not be opened: links, devices, FIFOs, and whatever a hard link leads to.
fn dress_node(dir: &OwnedFd, base: &CStr, entry: &Entry, symlink: bool) -> io::Result<()> {
    let owner = (Some(Uid::from_raw(entry.uid)), Some(Gid::from_raw(entry.gid)));
    given(fchownat(dir, base, owner.0, owner.1, AtFlags::AT_SYMLINK_NOFOLLOW), entry)?;
    if !symlink {
        let mode = Mode::from_bits_truncate(entry.mode);
        fchmodat(dir, base, mode, FchmodatFlags::NoFollowSymlink)?;
    }
    if !entry.xattrs.is_empty() {
        let path = tree::proc_path(dir, base);
        for (name, value) in wanted(entry) {
            match rustix::fs::lsetxattr(&path, name, value, XattrFlags::empty()) {
                // xattr(7): no attribute of a user's is on what is neither file nor folder; some archives say so.
                Err(rustix::io::Errno::PERM) if name.starts_with(b"user.") => {}
                outcome => tolerate(outcome)?,
            }
        }
    }
    let (atime, mtime) = times(entry);
    Ok(utimensat(dir, base, &atime, &mtime, UtimensatFlags::NoFollowSymlink)?)
}

/// The attributes to set: overlayfs's own are its words about layers, not a layer's content, and those of the host's
/// administrator are not an image's to give, as containerd has it.
fn wanted(entry: &Entry) -> impl Iterator<Item = (&[u8], &[u8])> {
    entry
        .xattrs
        .iter()
        .map(|(n, v)| (n.as_slice(), v.as_slice()))
        .filter(|(name, _)| !tree::is_overlay_xattr(name) && !name.starts_with(b"trusted."))
}

/// A file system without attributes does without.
fn tolerate(outcome: rustix::io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(rustix::io::Errno::OPNOTSUPP) => Ok(()),
        other => Ok(other?),
    }
}

fn strip_xattrs(dir: &OwnedFd, base: &CStr) -> io::Result<()> {
    let path = tree::proc_path(dir, base);
    for (name, _) in tree::xattrs(&path)? {
        let bytes = name.to_bytes();
        if !tree::is_overlay_xattr(bytes) && bytes != b"security.selinux" {
            tolerate(rustix::fs::lremovexattr(&path, &name))?;
        }
    }
    Ok(())
}

fn times(entry: &Entry) -> (TimeSpec, TimeSpec) {
    let spec = |t: Time| TimeSpec::new(t.secs, t.nanos);
    (spec(entry.atime.unwrap_or(entry.mtime)), spec(entry.mtime))
}
