//! procfs through a handle that cannot be redirected.
//!
//! What is written below /proc decides about labels and sysctls, and what is reopened through it
//! decides what the program may touch. A container that mounts over `/proc/self/attr/exec` or
//! `/proc/sys/…` must not turn such a write into one to `/proc/sysrq-trigger` (CVE-2019-16884,
//! CVE-2019-19921, CVE-2023-28642, CVE-2025-52881, CVE-2025-62596). So every open starts at a
//! directory that was seen to be the root of a procfs, crosses no mount and follows no magic link.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, ResolveFlag};
use nix::sys::stat::{Mode, fstat};
use nix::sys::statfs::{PROC_SUPER_MAGIC, fstatfs};
use nix::unistd::write;

use crate::again::again;
use crate::{path, syscall};

/// The inode of procfs's root directory, whatever the namespace.
const ROOT_INODE: u64 = 1;

pub struct Proc {
    root: OwnedFd,
}

impl Proc {
    /// The /proc of the host, while it is still in sight. Only in a mount namespace that was made
    /// for this container is it the one that the host's administrator mounted; elsewhere, and
    /// where it is not a procfs, a private one is made.
    pub fn open(own_mount_namespace: bool) -> Result<Self> {
        if own_mount_namespace && let Ok(proc) = Self::mounted() {
            return Ok(proc);
        }
        match Self::private() {
            Err(Errno::ENOSYS | Errno::EPERM) => Self::mounted().context("open /proc"),
            proc => proc.context("open a private procfs"),
        }
    }

    /// The container's own /proc if it has one, else this handle. While init waits, others may look
    /// at what it holds: through a /proc of the host's, or a private one, they could write what is
    /// read-only in theirs (CVE-2024-21626).
    pub fn or_own(self) -> Result<Self> {
        match Self::mounted() {
            // There is none, or something else is there.
            Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP | Errno::EINVAL | Errno::EACCES) => Ok(self),
            own => own.context("open the container's /proc"),
        }
    }

    fn mounted() -> Result<Self, Errno> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let root = path::open_at(AT_FDCWD, "/proc", flags, Mode::empty())?;
        match is_procfs(root.as_fd())? && fstat(&root)?.st_ino == ROOT_INODE {
            true => Ok(Self { root }),
            false => Err(Errno::EINVAL),
        }
    }

    /// A procfs that is mounted nowhere: no path leads to it, and nothing can be mounted on it.
    fn private() -> Result<Self, Errno> {
        let context = syscall::fsopen(c"proc")?;
        syscall::fsconfig_create(context.as_fd())?;
        let attributes = libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV | libc::MOUNT_ATTR_NOEXEC;
        Ok(Self { root: syscall::fsmount(context.as_fd(), attributes)? })
    }

    /// Opens `file`, a path below /proc.
    fn open_file(&self, file: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
        let resolve =
            ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_XDEV | ResolveFlag::RESOLVE_NO_MAGICLINKS;
        match path::resolve_in(self.root.as_fd(), file, flags, resolve) {
            Err(Errno::ENOSYS) => {
                let opened = path::open_in(self.root.as_fd(), file, flags)?;
                // Another file system would mean something mounted over it.
                match is_procfs(opened.as_fd())? {
                    true => Ok(opened),
                    false => Err(Errno::EXDEV),
                }
            }
            // Mounted over, or another process's procfs: only a private one is to be trusted.
            Err(Errno::EXDEV | Errno::ENOENT | Errno::EROFS) => {
                let private = Self::private()?;
                path::resolve_in(private.root.as_fd(), file, flags, resolve)
            }
            opened => opened,
        }
    }

    /// Writes a file below /proc in one call.
    pub fn write(&self, file: &str, value: &str) -> Result<()> {
        let write = || -> Result<(), Errno> {
            let opened = self.open_file(file, OFlag::O_WRONLY)?;
            match again(|| write(&opened, value.as_bytes()))? {
                n if n == value.len() => Ok(()),
                _ => Err(Errno::EIO),
            }
        };
        write().with_context(|| format!("write {value:?} to /proc/{file}"))
    }

    /// The folder of this process's descriptors, for [`reopen`].
    pub fn descriptors(&self) -> Result<OwnedFd> {
        self.open_file("thread-self/fd", OFlag::O_PATH | OFlag::O_DIRECTORY)
            .context("open /proc/thread-self/fd")
    }

    /// Sets a sysctl: `net.ipv4.ip_forward`, or with slashes, as sysctl(8) takes it.
    pub fn set_sysctl(&self, key: &str, value: &str) -> Result<()> {
        let Some(file) = sysctl_file(key) else { bail!("sysctl {key:?}: not a name") };
        self.write(&file, value).with_context(|| format!("sysctl {key}"))
    }
}

/// Where a procfs or sysfs is mounted in this namespace, the last mount first.
pub fn kernel_mounts() -> Result<Vec<String>> {
    let proc = Proc::mounted()?;
    let mut text = String::new();
    File::from(proc.open_file("thread-self/mountinfo", OFlag::O_RDONLY)?).read_to_string(&mut text)?;
    Ok(text.lines().rev().filter_map(kernel_mount).collect())
}

/// `36 35 98:0 / /mnt rw … - type source options`, with octal escapes in its paths.
fn kernel_mount(line: &str) -> Option<String> {
    let (mount, rest) = line.split_once(" - ")?;
    let kind = rest.split(' ').next()?;
    if kind != "proc" && kind != "sysfs" {
        return None;
    }
    let mut path = mount.split(' ').nth(4)?.to_owned();
    for (escape, byte) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")] {
        path = path.replace(escape, byte);
    }
    Some(path)
}

/// Opens anew, with other flags, what `fd` is open on.
pub fn reopen(descriptors: BorrowedFd, fd: BorrowedFd, flags: OFlag) -> Result<OwnedFd> {
    let number = fd.as_raw_fd().to_string();
    let opened = path::open_at(descriptors, number.as_str(), flags | OFlag::O_CLOEXEC, Mode::empty())
        .with_context(|| format!("reopen descriptor {number}"))?;
    // Even here: what was opened must be what was meant.
    let (want, got) = (fstat(fd)?, fstat(&opened)?);
    if (want.st_dev, want.st_ino) != (got.st_dev, got.st_ino) {
        bail!("reopen descriptor {number}: it leads elsewhere");
    }
    Ok(opened)
}

pub fn is_procfs(fd: BorrowedFd) -> Result<bool, Errno> {
    Ok(fstatfs(fd)?.filesystem_type() == PROC_SUPER_MAGIC)
}

/// The first separator of a key decides: after a slash dots are part of the names, after a dot
/// slashes stand for dots in a name (`net.ipv4.conf.eth0/100.forwarding`).
fn sysctl_file(key: &str) -> Option<String> {
    let file: String = match key.find(['.', '/']) {
        Some(at) if key.as_bytes()[at] == b'.' => key
            .chars()
            .map(|c| match c {
                '.' => '/',
                '/' => '.',
                c => c,
            })
            .collect(),
        _ => key.to_owned(),
    };
    let plain = file.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    (plain && !file.contains('\0')).then(|| format!("sys/{file}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_of_the_kernels_files() {
        assert_eq!(
            kernel_mount("36 35 0:5 / /a\\040b rw,nosuid shared:2 - proc proc rw").as_deref(),
            Some("/a b")
        );
        assert_eq!(kernel_mount("36 35 0:5 / /sys rw - sysfs sysfs rw").as_deref(), Some("/sys"));
        assert_eq!(kernel_mount("36 35 0:5 / /x rw - tmpfs proc rw"), None);
    }

    #[test]
    fn sysctl_keys_are_files_below_proc_sys() {
        let cases = [
            ("net.ipv4.ip_forward", Some("sys/net/ipv4/ip_forward")),
            ("net/ipv4/ip_forward", Some("sys/net/ipv4/ip_forward")),
            ("net.ipv4.conf.eth0/1.forwarding", Some("sys/net/ipv4/conf/eth0.1/forwarding")),
            ("net/ipv4/conf/eth0.1/forwarding", Some("sys/net/ipv4/conf/eth0.1/forwarding")),
            ("kernel/../../sysrq-trigger", None),
            ("a..b", None),
            ("", None),
            ("../sysrq-trigger", None),
        ];
        for (key, want) in cases {
            assert_eq!(sysctl_file(key).as_deref(), want, "{key}");
        }
    }

    #[test]
    fn any_key_is_a_file_below_proc_sys_or_none() {
        crate::chance::cases(20_000, |c| {
            let key = c.text(&["net", "kernel", ".", "/", "..", "eth0", "core_pattern"]);
            if let Some(file) = sysctl_file(&key) {
                let mut parts = file.split('/');
                assert_eq!(parts.next(), Some("sys"));
                assert!(
                    parts.all(|part| !matches!(part, "" | "." | "..")) && !file.contains('\0'),
                    "{key:?}"
                );
            }
            kernel_mount(&c.text(&["36 35 0:5 / /a", " rw", " - ", "proc proc", "sysfs", "\\040"]));
        });
    }
}
