//! An open directory of a cgroup file system, and the only way files in there are touched.
//!
//! The mount point is checked to be the right file system, and everything below is reached by
//! openat2(2) that can neither leave it nor follow a link, or a component at a time where the
//! kernel lacks that call, under names that hold no slash. So no
//! word of config.json, be it a path or the key of `unified`, can make a write land elsewhere.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{Mode, fstat, mkdirat};
use nix::sys::statfs::{CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, fstatfs};
use nix::unistd::{UnlinkatFlags, unlinkat, write};

use crate::again::again;

const FOLDER: OFlag = OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_CLOEXEC);

#[derive(Debug)]
pub struct Dir {
    fd: OwnedFd,
    /// For messages.
    path: PathBuf,
}

/// Opens the mount point of a hierarchy and checks what is mounted there.
pub fn open_mount(path: &Path, v2: bool) -> Result<Dir> {
    let how = OpenHow::new().flags(FOLDER).resolve(ResolveFlag::RESOLVE_NO_MAGICLINKS);
    let opened = match again(|| openat2(AT_FDCWD, path, how)) {
        // What is found is looked at below.
        Err(Errno::ENOSYS) => again(|| openat(AT_FDCWD, path, FOLDER, Mode::empty())),
        other => other,
    };
    let fd = opened.with_context(|| format!("open {}", path.display()))?;
    let found = fstatfs(&fd).with_context(|| format!("statfs {}", path.display()))?.filesystem_type();
    let wanted = if v2 { CGROUP2_SUPER_MAGIC } else { CGROUP_SUPER_MAGIC };
    ensure!(found == wanted, "open {}: not a cgroup file system", path.display());
    Ok(Dir { fd, path: path.to_owned() })
}

impl Dir {
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// Opens a directory below; the path is relative, and `` or `.` is the directory itself.
    pub fn sub(&self, below: &str) -> nix::Result<Dir> {
        Ok(Dir { fd: open_below(&self.fd, below, FOLDER)?, path: self.path.join(below) })
    }

    /// Makes a directory below, whose parents exist. Says whether it is new.
    pub fn mkdir(&self, below: &str) -> nix::Result<bool> {
        stays_below(below)?;
        match mkdirat(&self.fd, below, Mode::from_bits_truncate(0o755)) {
            Ok(()) => Ok(true),
            Err(Errno::EEXIST) => Ok(false),
            Err(e) => Err(e),
        }
    }

    pub fn rmdir(&self, below: &str) -> nix::Result<()> {
        stays_below(below)?;
        unlinkat(&self.fd, below, UnlinkatFlags::RemoveDir)
    }

    /// The names of the sub-cgroups.
    pub fn subdirs(&self) -> nix::Result<Vec<String>> {
        // A descriptor of its own, for reading moves its offset.
        let fd = self.sub("")?.fd;
        let mut names = Vec::new();
        for entry in nix::dir::Dir::from_fd(fd)?.iter() {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if entry.file_type() == Some(nix::dir::Type::Directory) && name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    pub fn open(&self, file: &str, flags: OFlag) -> nix::Result<OwnedFd> {
        if !plain(file) {
            return Err(Errno::EINVAL);
        }
        open_below(&self.fd, file, flags | OFlag::O_CLOEXEC)
    }

    /// The file's text without white space at its end.
    pub fn try_read(&self, file: &str) -> nix::Result<String> {
        let mut text = String::with_capacity(256);
        // The size of such a file says nothing, so it is not asked for.
        File::from(self.open(file, OFlag::O_RDONLY)?)
            .take(u64::MAX)
            .read_to_string(&mut text)
            .map_err(|e| Errno::from_raw(e.raw_os_error().unwrap_or(libc::EIO)))?;
        text.truncate(text.trim_end().len());
        Ok(text)
    }

    pub fn read(&self, file: &str) -> Result<String> {
        self.try_read(file).with_context(|| format!("read {}", self.path.join(file).display()))
    }

    pub fn try_write(&self, file: &str, value: &str) -> nix::Result<()> {
        write_whole(&self.open(file, OFlag::O_WRONLY)?, value)
    }

    pub fn write(&self, file: &str, value: &str) -> Result<()> {
        self.try_write(file, value)
            .with_context(|| format!("write {value} to {}", self.path.join(file).display()))
    }
}

/// One write(2), for the kernel takes each as a whole setting; a signal may interrupt it.
pub fn write_whole(fd: &OwnedFd, value: &str) -> nix::Result<()> {
    loop {
        match write(fd, value.as_bytes()) {
            Err(Errno::EINTR) => continue,
            Ok(n) if n < value.len() => return Err(Errno::EIO),
            Ok(_) => return Ok(()),
            Err(e) => return Err(e),
        }
    }
}

/// A name that can be one component of a path and nothing else.
pub fn plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

/// What is neither opened first nor refused by the kernel: a path of a state.json that somebody else
/// wrote. There are no links in a cgroup file system.
fn stays_below(path: &str) -> nix::Result<()> {
    let leaves = path.starts_with('/') || path.split('/').any(|part| part == "..");
    if leaves { Err(Errno::EXDEV) } else { Ok(()) }
}

/// Opens what is below `dir`, over no link and within this file system; `` is `dir` itself.
fn open_below(dir: &OwnedFd, path: &str, flags: OFlag) -> nix::Result<OwnedFd> {
    let how = OpenHow::new().flags(flags).resolve(
        ResolveFlag::RESOLVE_BENEATH
            | ResolveFlag::RESOLVE_NO_MAGICLINKS
            | ResolveFlag::RESOLVE_NO_SYMLINKS
            | ResolveFlag::RESOLVE_NO_XDEV,
    );
    let name = if path.is_empty() { "." } else { path };
    match again(|| openat2(dir, name, how)) {
        Err(Errno::ENOSYS) => walk(dir, path, flags),
        other => other,
    }
}

/// The same before Linux 5.6: each component is opened from the one before, and looked at.
fn walk(dir: &OwnedFd, path: &str, flags: OFlag) -> nix::Result<OwnedFd> {
    let device = fstat(dir)?.st_dev;
    let mut parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let last = parts.pop().unwrap_or(".");
    if parts.contains(&"..") || last == ".." || path.starts_with('/') {
        return Err(Errno::EXDEV);
    }
    let open = |from: BorrowedFd, name: &str, flags: OFlag| {
        let found = again(|| openat(from, name, flags | OFlag::O_NOFOLLOW, Mode::empty()))?;
        // Something may be mounted there.
        if fstat(&found)?.st_dev == device { Ok(found) } else { Err(Errno::EXDEV) }
    };
    let mut parent: Option<OwnedFd> = None;
    for part in parts {
        let from = parent.as_ref().unwrap_or(dir).as_fd();
        parent = Some(open(from, part, FOLDER | OFlag::O_PATH)?);
    }
    open(parent.as_ref().unwrap_or(dir).as_fd(), last, flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["memory.max", "..x", "a b"] {
            assert!(plain(good), "{good}");
        }
        for bad in ["", ".", "..", "../x", "a/b", "/x", "a\0", "../../../proc/sys/kernel/core_pattern"] {
            assert!(!plain(bad), "{bad}");
        }
    }

    #[test]
    fn without_openat2_a_path_stays_below_as_well() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/file"), "").unwrap();
        std::os::unix::fs::symlink("a", dir.path().join("link")).unwrap();
        let top: OwnedFd = File::open(dir.path()).unwrap().into();
        for (path, flags, want) in [
            ("", FOLDER, Ok(())),
            (".", FOLDER, Ok(())),
            ("a/./b/", FOLDER, Ok(())),
            ("a/b/file", OFlag::O_RDONLY, Ok(())),
            ("link", FOLDER, Err(Errno::ENOTDIR)),
            ("link", OFlag::O_RDONLY, Err(Errno::ELOOP)),
            ("link/b", FOLDER, Err(Errno::ENOTDIR)),
            ("a/../a", FOLDER, Err(Errno::EXDEV)),
            ("..", FOLDER, Err(Errno::EXDEV)),
            ("/a", FOLDER, Err(Errno::EXDEV)),
            ("a/none", FOLDER, Err(Errno::ENOENT)),
        ] {
            assert_eq!(walk(&top, path, flags).map(drop), want, "{path}");
        }
        let root: OwnedFd = File::open("/").unwrap().into();
        assert_eq!(walk(&root, "proc/self", FOLDER).unwrap_err(), Errno::EXDEV);
    }

    #[test]
    fn other_file_systems_are_refused() {
        let refusal = open_mount(Path::new("/proc"), true).unwrap_err().to_string();
        assert_eq!(refusal, "open /proc: not a cgroup file system");
    }

    #[test]
    fn what_is_made_and_removed_lies_below() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("top/a")).unwrap();
        std::fs::create_dir(dir.path().join("beside")).unwrap();
        let top: OwnedFd = File::open(dir.path().join("top")).unwrap().into();
        let top = Dir { fd: top, path: dir.path().join("top") };
        let beside = dir.path().join("beside");
        for path in ["../beside", "a/../../beside", beside.to_str().unwrap()] {
            assert_eq!(top.rmdir(path), Err(Errno::EXDEV), "{path}");
            assert_eq!(top.mkdir(&format!("{path}/new")), Err(Errno::EXDEV), "{path}");
        }
        assert!(beside.is_dir());
        assert_eq!((top.mkdir("a/b"), top.rmdir("a/b")), (Ok(true), Ok(())));
    }
}
