//! Opens paths of the container below its root, and nothing above it.
//!
//! The image decides what lies there, and another container may rename it at the same time through
//! a shared volume. So no path is ever resolved as text: the kernel resolves it below the root's
//! descriptor (openat2 with RESOLVE_IN_ROOT), or [`walk`] does, a component at a time, where
//! something is to be made or openat2 is not to be had. What is found is used by descriptor.
//! This holds against CVE-2015-3627, CVE-2019-18837, CVE-2021-30465, CVE-2024-45310,
//! CVE-2026-41579 and their kind.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use nix::NixPath;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, mkdirat};

use crate::again::again;

type Result<T> = std::result::Result<T, Errno>;

/// As many as the kernel follows.
const MOST_LINKS: usize = 40;

/// An open that met a rename is tried again so often at least, and for so long: a rename storm must
/// not fail a create, nor hold it up for ever.
const RETRIES: usize = 128;
const PATIENCE: Duration = Duration::from_millis(50);

/// What stands at the end of a path that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Make {
    Nothing,
    Dir,
    File,
}

/// Opens what `path` names below `root`; `..` and absolute links stay below it.
pub fn open_in(root: BorrowedFd, path: &str, flags: OFlag) -> Result<OwnedFd> {
    let resolve = ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS;
    match resolve_in(root, path, flags, resolve) {
        Err(Errno::ENOSYS) => {
            let found = walk(root, path, Make::Nothing)?;
            reopen(found, path, flags, root)
        }
        opened => opened,
    }
}

/// Opens without following any link at all, for places that must be what they seem.
pub fn open_plain(root: BorrowedFd, path: &str, flags: OFlag) -> Result<OwnedFd> {
    let resolve = ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_SYMLINKS;
    match resolve_in(root, path, flags, resolve) {
        Err(Errno::ENOSYS) => {
            let (parent, name) = plain_parent(root, path)?;
            let flags = flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let found = open_at(parent, name.as_os_str(), flags, Mode::empty())?;
            // With O_PATH that opens the link itself.
            match kind_of(&fstat(&found)?) {
                SFlag::S_IFLNK => Err(Errno::ELOOP),
                _ => Ok(found),
            }
        }
        opened => opened,
    }
}

/// Opens the last component of `path` as it is, a link included (O_PATH); links before it are
/// followed below `root`.
pub fn open_last_plain(root: BorrowedFd, path: &str) -> Result<OwnedFd> {
    let (parent, name) = split(path);
    if matches!(name, "" | "." | "..") {
        return open_in(root, path, OFlag::O_PATH);
    }
    let dir = open_in(root, parent, OFlag::O_PATH | OFlag::O_DIRECTORY)?;
    open_at(dir, name, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty())
}

/// `openat2`, again when the kernel saw a rename on its way.
pub fn resolve_in(dir: BorrowedFd, path: &str, flags: OFlag, resolve: ResolveFlag) -> Result<OwnedFd> {
    let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).resolve(resolve);
    let path = if path.is_empty() { "." } else { path };
    let mut deadline = None;
    for tries in 0.. {
        match again(|| openat2(dir, path, how)) {
            Err(Errno::EAGAIN) if tries < RETRIES => {}
            Err(Errno::EAGAIN)
                if Instant::now() < *deadline.get_or_insert_with(|| Instant::now() + PATIENCE) => {}
            opened => return opened,
        }
    }
    Err(Errno::EAGAIN)
}

/// Opens the directory `path` below `root` (O_PATH), making what is missing of it.
/// The second value says whether it was there before.
pub fn make_dir(root: BorrowedFd, path: &str) -> Result<(OwnedFd, bool)> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY;
    match open_in(root, path, flags) {
        Err(Errno::ENOENT) => {}
        opened => return Ok((opened?, true)),
    }
    // Mostly the last component alone is missing. If something has its name, as a link that leads
    // to nothing, the walk finds out what.
    let (parent, name) = split(path);
    if !matches!(name, "" | "." | "..")
        && let Ok(parent) = open_in(root, parent, flags)
        && mkdirat(&parent, name, Mode::from_bits_truncate(0o755)).is_ok()
    {
        return Ok((open_component(parent.as_fd(), name)?, false));
    }
    Ok((walk(root, path, Make::Dir)?, false))
}

/// Opens what is at `path` below `root` (O_PATH), making an empty file where nothing is.
pub fn make_file(root: BorrowedFd, path: &str) -> Result<OwnedFd> {
    match open_in(root, path, OFlag::O_PATH) {
        Err(Errno::ENOENT) => walk(root, path, Make::File),
        opened => opened,
    }
}

/// The directory that holds the last component of `path`, made if missing, and that component.
pub fn make_parent<'a>(root: BorrowedFd, path: &'a str) -> Result<(OwnedFd, &'a str)> {
    let (parent, name) = split(path);
    if name.is_empty() || name == "." || name == ".." {
        return Err(Errno::EINVAL);
    }
    Ok((make_dir(root, parent)?.0, name))
}

/// As [`make_dir`], but a link anywhere on the way is an error (ELOOP or ENOTDIR).
pub fn make_plain_dir(root: BorrowedFd, path: &str) -> Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY;
    match open_plain(root, path, flags) {
        Err(Errno::ENOENT) => {
            let mut dir = root.try_clone_to_owned().map_err(|_| Errno::EMFILE)?;
            for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
                if name == ".." {
                    return Err(Errno::EINVAL);
                }
                dir = make_component(dir.as_fd(), name)?;
            }
            Ok(dir)
        }
        opened => opened,
    }
}

/// `openat`, again when a signal interrupts it.
pub fn open_at<P: ?Sized + NixPath>(dir: impl AsFd, name: &P, flags: OFlag, mode: Mode) -> Result<OwnedFd> {
    again(|| openat(dir.as_fd(), name, flags, mode))
}

/// Text of a path before and after its last slash, trailing ones apart.
pub fn split(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether `path` is `dir` or lies in it, as text.
pub fn is_below(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `path` made absolute, without empty, `.` and `..` components, as text: for comparing only.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

pub fn is_dir(stat: &FileStat) -> bool {
    kind_of(stat) == SFlag::S_IFDIR
}

pub fn kind_of(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode & libc::S_IFMT)
}

/// Resolves `path` below `root` by hand: each component is opened without following it, links are
/// read and taken as text, `..` goes back to where we came from. Nothing can lead out, whatever is
/// renamed meanwhile. A missing component is made: a directory, or what `make` says at the end.
/// Links that lead to nothing are thus followed to where they point, inside the root.
fn walk(root: BorrowedFd, path: &str, make: Make) -> Result<OwnedFd> {
    // As the kernel has it for a path that it resolves.
    if path.len() >= libc::PATH_MAX as usize {
        return Err(Errno::ENAMETOOLONG);
    }
    let own = |fd: BorrowedFd| fd.try_clone_to_owned().map_err(|_| Errno::EMFILE);
    let mut trail = vec![own(root)?];
    let mut rest: VecDeque<OsString> = VecDeque::new();
    push_front(&mut rest, path.as_bytes());
    let mut links = 0;
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            if trail.len() > 1 {
                trail.pop();
            }
            continue;
        }
        let dir = trail[trail.len() - 1].as_fd();
        let last = rest.is_empty();
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let found = match open_at(dir, name.as_os_str(), flags, Mode::empty()) {
            Err(Errno::ENOENT) if make == Make::Nothing => return Err(Errno::ENOENT),
            Err(Errno::ENOENT) if last && make == Make::File => {
                let flags = OFlag::O_CREAT | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
                match open_at(dir, name.as_os_str(), flags, Mode::from_bits_truncate(0o755)) {
                    // Something took the place meanwhile: look again.
                    Err(Errno::ELOOP) => {
                        rest.push_front(name);
                        links += 1;
                        if links > MOST_LINKS {
                            return Err(Errno::ELOOP);
                        }
                        continue;
                    }
                    made => made?,
                }
            }
            Err(Errno::ENOENT) => make_component(dir, name.as_os_str())?,
            opened => opened?,
        };
        let stat = fstat(&found)?;
        if kind_of(&stat) == SFlag::S_IFLNK {
            links += 1;
            if links > MOST_LINKS {
                return Err(Errno::ELOOP);
            }
            let target = readlinkat(&found, "")?;
            if target.as_bytes().starts_with(b"/") {
                trail.truncate(1);
            }
            push_front(&mut rest, target.as_bytes());
        } else if !is_dir(&stat) && !last {
            return Err(Errno::ENOTDIR);
        } else {
            trail.push(found);
        }
    }
    let found = trail.pop().ok_or(Errno::EINVAL)?;
    if make == Make::Dir && !is_dir(&fstat(&found)?) {
        return Err(Errno::ENOTDIR);
    }
    Ok(found)
}

fn push_front(rest: &mut VecDeque<OsString>, path: &[u8]) {
    for part in path.split(|&b| b == b'/').rev() {
        if !part.is_empty() && part != b"." {
            rest.push_front(std::ffi::OsStr::from_bytes(part).to_owned());
        }
    }
}

/// Makes (unless it is there) and opens one directory, following nothing: `name` is one component.
pub fn make_component<P: ?Sized + NixPath>(dir: BorrowedFd, name: &P) -> Result<OwnedFd> {
    match mkdirat(dir, name, Mode::from_bits_truncate(0o755)) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(error) => return Err(error),
    }
    open_component(dir, name)
}

fn open_component<P: ?Sized + NixPath>(dir: BorrowedFd, name: &P) -> Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    open_at(dir, name, flags, Mode::empty())
}

fn plain_parent(root: BorrowedFd, path: &str) -> Result<(OwnedFd, OsString)> {
    if path.len() >= libc::PATH_MAX as usize {
        return Err(Errno::ENAMETOOLONG);
    }
    let cleaned = clean(path);
    let (parent, name) = split(&cleaned);
    let mut dir = root.try_clone_to_owned().map_err(|_| Errno::EMFILE)?;
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    for part in parent.split('/').filter(|part| !part.is_empty()) {
        dir = open_at(&dir, part, flags, Mode::empty())?;
    }
    let name = if name.is_empty() { "." } else { name };
    Ok((dir, name.into()))
}

/// What [`walk`] found, with the flags that were asked for. An O_PATH descriptor is not turned
/// into another by name, so a directory is opened by `.`, and a file from its parent.
fn reopen(found: OwnedFd, path: &str, flags: OFlag, root: BorrowedFd) -> Result<OwnedFd> {
    let stat = fstat(&found)?;
    if flags.contains(OFlag::O_DIRECTORY) && !is_dir(&stat) {
        return Err(Errno::ENOTDIR);
    }
    if flags.contains(OFlag::O_PATH) {
        return Ok(found);
    }
    if is_dir(&stat) {
        return open_at(&found, ".", flags | OFlag::O_CLOEXEC, Mode::empty());
    }
    let (parent, name) = split(path);
    let parent = walk(root, parent, Make::Nothing)?;
    let opened = open_at(&parent, name, flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty())?;
    let again = fstat(&opened)?;
    if (again.st_dev, again.st_ino) != (stat.st_dev, stat.st_ino) {
        return Err(Errno::ELOOP);
    }
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_and_cleaned() {
        let cases = [("/a/b", "/a", "b"), ("a", "", "a"), ("/a/b//", "/a", "b"), ("/", "", "")];
        for (path, parent, name) in cases {
            assert_eq!(split(path), (parent, name), "{path}");
        }
        let cases = [("/a/../b/./c//", "/b/c"), ("../../x", "/x"), ("", "/"), ("a", "/a")];
        for (path, want) in cases {
            assert_eq!(clean(path), want, "{path}");
        }
    }
}
