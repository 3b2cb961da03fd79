//! A root that paths are resolved below: the host's, or a container's.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, openat2, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};

use super::{Ids, name};
use crate::error::{Error, Result};
use crate::snapshot::{Mounted, tree};

/// As the kernel has it.
const MAX_LINKS: usize = 40;

/// A root, with whose numbers its files bear.
pub struct Root {
    fd: OwnedFd,
    resolve: ResolveFlag,
    pub ids: Ids,
    /// Folders in it that hold others at another time: they are not what they seem.
    covered: Vec<PathBuf>,
    _mounted: Option<Mounted>,
}

impl Root {
    /// The host's own.
    pub fn host() -> Result<Root> {
        let fd = tree::open_root(Path::new("/")).map_err(|e| Error::from(e).context("open /"))?;
        let resolve = ResolveFlag::empty();
        Ok(Root { fd, resolve, ids: Ids::default(), covered: Vec::new(), _mounted: None })
    }

    /// A container's, at a folder of the host's: of a process in /proc, or of what is mounted for the time.
    /// `covered` are paths in it that a running container has something else mounted on.
    pub fn container(path: &Path, ids: Ids, covered: Vec<PathBuf>, mounted: Option<Mounted>) -> Result<Root> {
        let fd =
            tree::open_root(path).map_err(|e| Error::from(e).context(format!("open {}", path.display())))?;
        let resolve = ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS;
        Ok(Root { fd, resolve, ids, covered, _mounted: mounted })
    }

    /// What is at a path; a link itself, unless it is to be followed.
    pub(super) fn node(&self, wanted: &Wanted, follow: bool) -> Result<Node> {
        self.check(&wanted.path)?;
        let follow = follow || wanted.folder;
        let flags = if follow { OFlag::O_PATH } else { OFlag::O_PATH | OFlag::O_NOFOLLOW };
        let opened = self.open(&wanted.path, flags).and_then(|fd| Ok((fstat(&fd)?, fd)));
        let (stat, fd) = opened.map_err(|e| Error::from(e).context(wanted.shown()))?;
        self.check(&self.real(&fd)?)?;
        if wanted.folder && !tree::is_dir(&stat) {
            return Err(Error::from(Errno::ENOTDIR).context(wanted.shown()));
        }
        Ok(Node { fd, stat, shown: wanted.shown() })
    }

    /// What a path leads to, links followed, or where it would be.
    pub(super) fn place(&self, wanted: &Wanted) -> Result<Place> {
        let at = |e: io::Error| Error::from(e).context(wanted.shown());
        let mut path = wanted.path.clone();
        for _ in 0..MAX_LINKS {
            self.check(&path)?;
            let (parent, base) = split(&path);
            let Some(base) = base else { return Ok(Place::Folder(self.folder(b"/").map_err(at)?)) };
            let dir = self.folder(parent).map_err(at)?;
            let base = name(base)?;
            let real = self.real(&dir)?;
            self.check(&[real.as_slice(), b"/", base.to_bytes()].concat())?;
            let stat = match fstatat(&dir, &*base, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::ENOENT) => return Ok(Place::Missing(dir, base)),
                Err(e) => return Err(at(e.into())),
            };
            if tree::is_dir(&stat) {
                return Ok(Place::Folder(self.folder(&path).map_err(at)?));
            }
            if tree::kind(&stat) != SFlag::S_IFLNK {
                if wanted.folder {
                    return Err(at(Errno::ENOTDIR.into()));
                }
                return Ok(Place::File(dir, base));
            }
            let target = readlinkat(&dir, &*base).map_err(|e| at(e.into()))?.into_vec();
            path = match target.starts_with(b"/") {
                true => target,
                false => [parent, b"/", &target].concat(),
            };
            while path.len() > 1 && path.ends_with(b"/") {
                path.pop();
            }
        }
        Err(at(Errno::ELOOP.into()))
    }

    /// A path of a container that does not run: what is mounted there when it does is not to be seen.
    fn check(&self, path: &[u8]) -> Result<()> {
        let path = Path::new(std::ffi::OsStr::from_bytes(path));
        match self.covered.iter().find(|covered| path.starts_with(covered)) {
            None => Ok(()),
            Some(covered) => Err(Error::precondition(format!(
                "{}: is mounted only while the container runs",
                covered.display()
            ))),
        }
    }

    /// Where something that was opened is below the root; asked for only where it matters.
    fn real(&self, fd: &OwnedFd) -> Result<Vec<u8>> {
        if self.covered.is_empty() {
            return Ok(Vec::new());
        }
        let path = |fd: &OwnedFd| std::fs::read_link(tree::proc_fd(fd));
        let (root, path) = (path(&self.fd)?, path(fd)?);
        let below = path.strip_prefix(&root).unwrap_or(&path);
        Ok(Path::new("/").join(below).into_os_string().into_vec())
    }

    fn folder(&self, path: &[u8]) -> io::Result<OwnedFd> {
        self.open(path, OFlag::O_RDONLY | OFlag::O_DIRECTORY)
    }

    fn open(&self, path: &[u8], flags: OFlag) -> io::Result<OwnedFd> {
        let path = CString::new(path)?;
        let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).resolve(self.resolve);
        // EAGAIN: something was renamed on the way, and the kernel cannot tell whether it led out.
        for _ in 0..1000 {
            match openat2(self.fd.as_fd(), &*path, how) {
                Err(Errno::EAGAIN | Errno::EINTR) => {}
                other => return Ok(other?),
            }
        }
        Err(Errno::EAGAIN.into())
    }
}

/// Something to be copied: held, and not opened.
pub(super) struct Node {
    pub fd: OwnedFd,
    pub stat: FileStat,
    pub shown: String,
}

impl Node {
    pub fn is_folder(&self) -> bool {
        tree::is_dir(&self.stat)
    }
}

/// Where something is to be copied to.
pub(super) enum Place {
    Folder(OwnedFd),
    /// A name in a folder that something has which is no folder.
    File(OwnedFd, CString),
    /// One that nothing has.
    Missing(OwnedFd, CString),
}

/// A path as it was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Absolute, without `.` and `..`.
    path: Vec<u8>,
    /// It ends as that of a folder.
    pub folder: bool,
    /// It ends in `/.`: what is in the folder is meant.
    pub contents: bool,
}

impl Wanted {
    /// A relative one is from the root on.
    pub fn of(text: &str) -> Wanted {
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let contents = parts.is_empty() || text == "." || text.ends_with("/.");
        let folder = contents || text.ends_with('/') || text == ".." || text.ends_with("/..");
        Wanted { path: format!("/{}", parts.join("/")).into_bytes(), folder, contents }
    }

    /// The last name of it; the root has none.
    pub(super) fn base(&self) -> Option<CString> {
        split(&self.path).1.and_then(|base| CString::new(base).ok())
    }

    pub(super) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.path).into_owned()
    }
}

fn split(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    match path.iter().rposition(|b| *b == b'/') {
        Some(0) if path.len() == 1 => (b"/", None),
        Some(0) => (b"/", Some(&path[1..])),
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (b"/", Some(path)),
    }
}

/// Opens what a held node is: a regular file's bytes, or a folder.
pub(super) fn reopen(fd: &OwnedFd, flags: OFlag) -> io::Result<OwnedFd> {
    let path = tree::proc_fd(fd);
    let flags = flags | OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
    Ok(nix::fcntl::open(path.as_path(), flags, Mode::empty())?)
}

/// The target of a held link.
pub(super) fn target(fd: &OwnedFd) -> io::Result<Vec<u8>> {
    Ok(readlinkat(fd, <&CStr>::default())?.into_vec())
}
