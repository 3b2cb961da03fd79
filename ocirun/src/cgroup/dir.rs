//! An open directory of a cgroup file system, and the only way files in there are touched.
//!
//! The mount point is checked to be the right file system, and everything below is reached by
//! openat2(2) that can neither leave it nor follow a link, under names that hold no slash. So no
//! word of config.json, be it a path or the key of `unified`, can make a write land elsewhere.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{Mode, mkdirat};
use nix::sys::statfs::{CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, fstatfs};
use nix::unistd::{UnlinkatFlags, unlinkat, write};

#[derive(Debug)]
pub struct Dir {
    fd: OwnedFd,
    /// For messages.
    path: PathBuf,
}

/// Opens the mount point of a hierarchy and checks what is mounted there.
pub fn open_mount(path: &Path, v2: bool) -> Result<Dir> {
    let how = OpenHow::new()
        .flags(OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_NO_MAGICLINKS);
    let fd = openat2(AT_FDCWD, path, how).with_context(|| format!("open {}", path.display()))?;
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
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let name = if below.is_empty() { "." } else { below };
        Ok(Dir { fd: openat2(&self.fd, name, beneath(flags))?, path: self.path.join(below) })
    }

    /// Makes a directory below, whose parents exist. Says whether it is new.
    pub fn mkdir(&self, below: &str) -> nix::Result<bool> {
        match mkdirat(&self.fd, below, Mode::from_bits_truncate(0o755)) {
            Ok(()) => Ok(true),
            Err(Errno::EEXIST) => Ok(false),
            Err(e) => Err(e),
        }
    }

    pub fn rmdir(&self, below: &str) -> nix::Result<()> {
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
        openat2(&self.fd, file, beneath(flags | OFlag::O_CLOEXEC))
    }

    /// The file's text without white space at its end.
    pub fn try_read(&self, file: &str) -> nix::Result<String> {
        let mut text = String::with_capacity(256);
        File::from(self.open(file, OFlag::O_RDONLY)?)
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

fn beneath(flags: OFlag) -> OpenHow {
    OpenHow::new().flags(flags).resolve(
        ResolveFlag::RESOLVE_BENEATH
            | ResolveFlag::RESOLVE_NO_MAGICLINKS
            | ResolveFlag::RESOLVE_NO_SYMLINKS
            | ResolveFlag::RESOLVE_NO_XDEV,
    )
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
    fn other_file_systems_are_refused() {
        let refusal = open_mount(Path::new("/proc"), true).unwrap_err().to_string();
        assert_eq!(refusal, "open /proc: not a cgroup file system");
    }
}
