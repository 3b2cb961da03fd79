//! The container's root: makes it a mount, makes it `/`, and closes what is not to be seen or
//! written in it.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::stat::{Mode, fstat};
use nix::unistd::{chdir, chroot, fchdir, pivot_root};
use ocirun_init::Bootstrap;

use crate::filesystem::Place;
use crate::options::{Options, propagation};
use crate::syscall::{self, MountAttr, PROPAGATION};
use crate::{attach, dev, fd, filesystem, path, proc};

const NOTHING: Option<&str> = None;

/// Mounts of the host arrive here, none of here arrives there.
const DEFAULT: u64 = libc::MS_SLAVE | libc::MS_REC;

/// Cuts this mount namespace off from the host's and mounts the root filesystem on itself.
/// The descriptor is of the new mount's root; everything below it is opened from there.
pub fn mount_root(boot: &Bootstrap) -> Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    if !own_mounts(boot) {
        // A joined mount namespace, or the host's, is another's: its mounts stay as they are, and
        // ours stand on a mount of their own, which whoever owns the namespace can take away at once.
        let at = boot.rootfs.as_str();
        let target =
            path::open_at(AT_FDCWD, at, flags, Mode::empty()).with_context(|| format!("open {at}"))?;
        let tree = match boot.rootfs_fd {
            Some(number) => fd::take(number)?,
            None => match attach::clone(target.as_fd(), true) {
                Err(Errno::ENOSYS) => return mount_private_by_path(at),
                tree => tree.with_context(|| format!("open {at}"))?,
            },
        };
        attach::set_propagation(tree.as_fd(), libc::MS_PRIVATE | libc::MS_REC)
            .context("set propagation of the root")?;
        return match syscall::move_mount(tree.as_fd(), target.as_fd()) {
            Err(Errno::ENOSYS) if boot.rootfs_fd.is_none() => mount_private_by_path(at),
            attached => {
                attached.with_context(|| format!("mount {at} on itself"))?;
                Ok(tree)
            }
        };
    }
    let kind = asked_propagation(boot)?.unwrap_or(DEFAULT);
    mount(NOTHING, "/", NOTHING, MsFlags::from_bits_retain(kind), NOTHING).context("set propagation of /")?;
    if boot.rootfs.is_empty() && boot.rootfs_fd.is_none() {
        bail!("no root filesystem is named");
    }
    let at = if boot.rootfs.is_empty() { "/" } else { boot.rootfs.as_str() };
    let target = match path::open_at(AT_FDCWD, at, flags, Mode::empty()) {
        // Root of a user namespace may not walk there. Any place will do that is left at once.
        Err(Errno::EACCES) if boot.rootfs_fd.is_some() => path::open_at(AT_FDCWD, "/", flags, Mode::empty()),
        target => target,
    };
    let target = target.with_context(|| format!("open {at}"))?;
    // Where something is still shared, mounts of the container's would reach the host, and
    // pivot_root refuses.
    if kind != DEFAULT && kind != libc::MS_PRIVATE | libc::MS_REC {
        let slave = kind & libc::MS_SLAVE != 0;
        unshare_parent(at, if slave { libc::MS_SLAVE } else { libc::MS_PRIVATE })?;
    }
    let tree = match boot.rootfs_fd {
        Some(number) => {
            let tree = fd::take(number)?;
            adopt_propagation(tree.as_fd(), boot).context("set propagation of the root")?;
            tree
        }
        None => match attach::clone(target.as_fd(), true) {
            Err(Errno::ENOSYS) => return mount_by_path(at),
            tree => tree.with_context(|| format!("open {at}"))?,
        },
    };
    match syscall::move_mount(tree.as_fd(), target.as_fd()) {
        Err(Errno::ENOSYS) if boot.rootfs_fd.is_none() => mount_by_path(at),
        attached => {
            attached.with_context(|| format!("mount {at} on itself"))?;
            Ok(tree)
        }
    }
}

/// Gives a detached mount that was cloned on the host the propagation that the host's mounts were
/// given in this namespace. What is shared there must not stay so here, unless that was asked for.
pub fn adopt_propagation(tree: BorrowedFd, boot: &Bootstrap) -> Result<()> {
    let kind = if own_mounts(boot) { asked_propagation(boot)?.unwrap_or(DEFAULT) } else { DEFAULT };
    match kind & PROPAGATION {
        libc::MS_SHARED => Ok(()),
        libc::MS_SLAVE => Ok(attach::set_propagation(tree, DEFAULT)?),
        _ => Ok(attach::set_propagation(tree, libc::MS_PRIVATE | libc::MS_REC)?),
    }
}

/// Before Linux 5.2.
fn mount_private_by_path(at: &str) -> Result<OwnedFd> {
    let root = mount_by_path(at)?;
    attach::set_propagation(root.as_fd(), libc::MS_PRIVATE | libc::MS_REC)
        .context("set propagation of the root")?;
    Ok(root)
}

/// Before Linux 5.2.
fn mount_by_path(at: &str) -> Result<OwnedFd> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(at), at, NOTHING, flags, NOTHING).with_context(|| format!("mount {at} on itself"))?;
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    path::open_at(AT_FDCWD, at, flags, Mode::empty()).with_context(|| format!("open {at}"))
}

pub fn own_mounts(boot: &Bootstrap) -> bool {
    boot.namespaces.iter().any(|name| name == "mount")
}

fn asked_propagation(boot: &Bootstrap) -> Result<Option<u64>> {
    let Some(word) = &boot.rootfs_propagation else { return Ok(None) };
    match propagation(word) {
        Some(kind) => Ok(Some(kind)),
        None => bail!("rootfsPropagation {word:?}: not a propagation"),
    }
}

/// Takes the mount that holds `at`, the nearest parent that is a mount point, out of its peers.
fn unshare_parent(at: &str, kind: u64) -> Result<()> {
    let mut path = at.to_owned();
    loop {
        match set_at(&path, kind) {
            Err(Errno::EINVAL) if path != "/" => {
                path = match path::split(&path).0 {
                    "" => "/".to_owned(),
                    parent => parent.to_owned(),
                };
            }
            done => return done.with_context(|| format!("set propagation of {path}")),
        }
    }
}

fn set_at(path: &str, kind: u64) -> Result<(), Errno> {
    let attr = MountAttr { propagation: kind & PROPAGATION, ..MountAttr::default() };
    let name = CString::new(path).map_err(|_| Errno::EINVAL)?;
    match syscall::mount_setattr_at(&name, &attr, false) {
        Err(Errno::ENOSYS) => mount(NOTHING, path, NOTHING, MsFlags::from_bits_retain(kind), NOTHING),
        done => done,
    }
}

/// Makes `root` the root directory and lets go of the host's.
pub fn enter(root: BorrowedFd, boot: &Bootstrap) -> Result<()> {
    fchdir(root).context("chdir to the root filesystem")?;
    if !own_mounts(boot) {
        chroot(".").context("chroot")?;
    } else if boot.no_pivot {
        // A ramdisk cannot be pivoted away from. Its procfs and sysfs must not stay in sight beside
        // the container's, whose masks the kernel would then hold for no reason to refuse others.
        hide_host_kernel_files(&boot.rootfs)?;
        fchdir(root).context("chdir to the root filesystem")?;
        mount(Some("."), "/", NOTHING, MsFlags::MS_MOVE, NOTHING).context("move the root filesystem to /")?;
        chroot(".").context("chroot")?;
    } else {
        // The old root comes to lie on the new one, with no directory made for it and no name by
        // which an image could reach it (CVE-2026-84042, CVE-2026-87766).
        pivot_root(".", ".").context("pivot_root")?;
        // `.` is the old root now. It must not propagate its own unmounting to the host.
        if asked_propagation(boot)?.is_some_and(|kind| {
            kind & (libc::MS_SHARED | libc::MS_UNBINDABLE) != 0 || kind & libc::MS_REC == 0
        }) {
            let kind = MsFlags::MS_SLAVE | MsFlags::MS_REC;
            mount(NOTHING, ".", NOTHING, kind, NOTHING).context("make the old root a slave")?;
        }
        umount2(".", MntFlags::MNT_DETACH).context("unmount the old root")?;
    }
    chdir("/").context("chdir to /")?;
    if own_mounts(boot)
        && let Some(kind) = asked_propagation(boot)?
    {
        // On the new root: the flag given to the old one went away with it.
        mount(NOTHING, "/", NOTHING, MsFlags::from_bits_retain(kind), NOTHING)
            .context("set propagation of the root")?;
    }
    Ok(())
}

/// Takes every procfs and sysfs outside of `rootfs` out of this namespace, or covers it.
fn hide_host_kernel_files(rootfs: &str) -> Result<()> {
    for at in proc::kernel_mounts().context("read our mounts")? {
        if path::is_below(&at, rootfs) {
            continue;
        }
        match umount2(at.as_str(), MntFlags::MNT_DETACH) {
            // In a user namespace they are locked to what is above them.
            Err(Errno::EINVAL | Errno::EPERM) => {
                mount(Some("tmpfs"), at.as_str(), Some("tmpfs"), MsFlags::empty(), NOTHING)
            }
            done => done,
        }
        .with_context(|| format!("hide {at}"))?;
    }
    Ok(())
}

/// Makes the root itself read-only; what is mounted on it keeps its own mode.
pub fn make_readonly(root: BorrowedFd) -> Result<()> {
    let attr = MountAttr::set(libc::MOUNT_ATTR_RDONLY);
    attach::set_attributes(root, &attr, false).context("make the root read-only")
}

/// Lays a read-only view of themselves over `paths`; those that do not exist are passed over.
pub fn make_paths_readonly(root: BorrowedFd, paths: &[String]) -> Result<()> {
    for name in paths {
        let Some(target) = existing(root, name)? else { continue };
        show_readonly(root, name, target.as_fd()).with_context(|| format!("make {name} read-only"))?;
    }
    Ok(())
}

fn show_readonly(root: BorrowedFd, name: &str, target: BorrowedFd) -> Result<(), Errno> {
    let attr = MountAttr::set(libc::MOUNT_ATTR_RDONLY);
    let attached = || {
        let tree = attach::clone(target, true)?;
        // Before it is attached: it is never to be seen writable.
        syscall::mount_setattr(tree.as_fd(), &attr, false)?;
        syscall::move_mount(tree.as_fd(), target)
    };
    match attached() {
        Err(Errno::ENOSYS) => {
            attach::bind(target, target, true)?;
            let made = path::open_in(root, name, OFlag::O_PATH)?;
            attach::set_attributes(made.as_fd(), &attr, false)
        }
        done => done,
    }
}

/// Hides `paths`: files under the null device, directories under one shared empty tmpfs.
pub fn mask_paths(root: BorrowedFd, paths: &[String]) -> Result<()> {
    let mut null = None;
    let mut empty: Option<OwnedFd> = None;
    for (number, name) in paths.iter().enumerate() {
        if paths[..number].contains(name) {
            continue;
        }
        let Some(target) = existing(root, name)? else { continue };
        let hide = |null: &mut Option<OwnedFd>, empty: &mut Option<OwnedFd>| -> Result<()> {
            if path::is_dir(&fstat(&target)?) {
                if let Some(empty) = empty {
                    return Ok(attach::bind(empty.as_fd(), target.as_fd(), false)?);
                }
                *empty = Some(mount_empty(root, name, target.as_fd())?);
                return Ok(());
            }
            let null = match null {
                Some(null) => null,
                none => none.insert(dev::null(root)?),
            };
            Ok(attach::bind(null.as_fd(), target.as_fd(), false)?)
        };
        hide(&mut null, &mut empty).with_context(|| format!("mask {name}"))?;
    }
    Ok(())
}

/// Only a path that is not there needs no closing (CVE-2025-31133).
fn existing(root: BorrowedFd, name: &str) -> Result<Option<OwnedFd>> {
    match path::open_in(root, name, OFlag::O_PATH) {
        Err(Errno::ENOENT) => Ok(None),
        found => Ok(Some(found.with_context(|| format!("open {name}"))?)),
    }
}

fn mount_empty(root: BorrowedFd, name: &str, target: BorrowedFd) -> Result<OwnedFd> {
    let mut options = Options::default();
    options.attr.set = libc::MOUNT_ATTR_RDONLY;
    let data = ["nr_blocks=1".to_owned(), "nr_inodes=1".to_owned()];
    let place = Place { root, destination: name, target };
    filesystem::mount_new(&place, "tmpfs", "tmpfs", &options, &data)
}
