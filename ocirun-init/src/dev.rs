//! /dev of the container: the default devices, those of config.json, and the links that programs
//! expect. Everything is made on the directory descriptor that was resolved below the root, so that
//! a link that the image put at /dev, /dev/pts or /dev/ptmx leads nowhere else (CVE-2026-41579,
//! CVE-2026-47766, CVE-2026-88264).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
use nix::mount::{MntFlags, umount2};
use nix::sys::stat::{Mode, SFlag, fstat, major, makedev, minor, mknodat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchdir, fchownat, symlinkat, unlinkat};
use ocirun_init::{Bootstrap, Device};

use crate::{attach, fd, path, syscall};

/// What every container has (runtime-spec, config-linux.md, "Default Devices").
const DEFAULTS: &[(&str, i64, i64)] =
    &[("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

const LINKS: &[(&str, &str)] = &[
    ("/proc/self/fd", "fd"),
    ("/proc/self/fd/0", "stdin"),
    ("/proc/self/fd/1", "stdout"),
    ("/proc/self/fd/2", "stderr"),
];

/// Makes the devices and links below `root`, unless config.json brings a /dev of its own.
pub fn make_devices(root: BorrowedFd, boot: &Bootstrap) -> Result<()> {
    if !is_ours(boot) {
        return Ok(());
    }
    let (dev, _) = path::make_dir(root, "/dev").context("open /dev")?;
    for &(name, major, minor) in DEFAULTS {
        let listed = |device: &&Device| {
            let place = path::clean(&device.path);
            place.strip_prefix("/dev/") == Some(name)
        };
        // One of config.json's is made below, with its own mode and owner.
        if boot.devices.iter().any(|device| listed(&device)) {
            continue;
        }
        let node = makedev(major as u64, minor as u64);
        let mode = Mode::from_bits_truncate(0o666);
        let made = match mknodat(&dev, name, SFlag::S_IFCHR, mode, node) {
            Err(Errno::EPERM) => {
                borrow_device(&format!("/dev/{name}"), dev.as_fd(), name, SFlag::S_IFCHR, node)
            }
            Err(Errno::EEXIST) => Ok(()),
            made => made.map_err(Into::into),
        };
        made.with_context(|| format!("make device /dev/{name}"))?;
    }
    for (number, device) in boot.devices.iter().enumerate() {
        make_device(root, device)
            .with_context(|| format!("make device {} (linux.devices[{number}])", device.path))?;
    }
    make_links(root, dev.as_fd(), boot)
}

/// A bind mount on /dev is somebody else's directory.
pub fn is_ours(boot: &Bootstrap) -> bool {
    !boot.mounts.iter().any(|mount| {
        path::clean(&mount.destination) == "/dev"
            && (mount.fd.is_some()
                || mount.kind == "bind"
                || mount.options.iter().any(|word| word == "bind" || word == "rbind"))
    })
}

/// A user namespace may not make nodes; the same node of the host's is shown instead.
fn borrow_device(host: &str, parent: BorrowedFd, name: &str, kind: SFlag, node: u64) -> Result<()> {
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let source = path::open_at(AT_FDCWD, host, flags, Mode::empty())?;
    check_node(source.as_fd(), kind, node)?;
    let target = path::make_file(parent, name)?;
    Ok(attach::bind(source.as_fd(), target.as_fd(), false)?)
}

fn make_device(root: BorrowedFd, device: &Device) -> Result<()> {
    let place = path::clean(&device.path);
    // The container's own, made below.
    if place == "/dev/ptmx" {
        return Ok(());
    }
    let (parent, name) = path::make_parent(root, &place)?;
    if let Some(number) = device.fd {
        let tree = fd::take(number)?;
        let target = path::make_file(parent.as_fd(), name)?;
        return Ok(syscall::move_mount(tree.as_fd(), target.as_fd())?);
    }
    let (kind, node) = node_of(device)?;
    let mode = Mode::from_bits_truncate(device.file_mode.unwrap_or(0o666) & 0o7777);
    match mknodat(&parent, name, kind, mode, node) {
        Ok(()) if (device.uid, device.gid) == (0, 0) => Ok(()),
        Ok(()) => {
            let (uid, gid) = (Uid::from_raw(device.uid), Gid::from_raw(device.gid));
            Ok(fchownat(&parent, name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?)
        }
        // The image's own node stays, if it is this one.
        Err(Errno::EEXIST) => {
            let there = path::open_plain(parent.as_fd(), name, OFlag::O_PATH)?;
            check_node(there.as_fd(), kind, node)
        }
        // In a user namespace, where ocirun could not clone the host's node (before Linux 5.2).
        Err(Errno::EPERM) if kind != SFlag::S_IFIFO => {
            borrow_device(&place, parent.as_fd(), name, kind, node)
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds a device to a container that runs; whether something was made, and not there already. What
/// is in its place is another file, or this device.
pub fn add_device(root: BorrowedFd, device: &Device) -> Result<bool> {
    let place = path::clean(&device.path);
    let (parent, name) = path::make_parent(root, &place)?;
    let (kind, node) = node_of(device)?;
    match path::open_at(&parent, name, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty()) {
        Err(Errno::ENOENT) => {}
        there => return check_node(there?.as_fd(), kind, node).map(|()| false),
    }
    let Some(number) = device.fd else { return make_device(root, device).map(|()| true) };
    let tree = fd::take(number)?;
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    // Without any rights: by that it is known again once nothing is shown on it.
    let target = path::open_at(&parent, name, flags, Mode::empty())?;
    syscall::move_mount(tree.as_fd(), target.as_fd()).map(|()| true).map_err(|error| {
        unlinkat(&parent, name, UnlinkatFlags::NoRemoveDir).ok();
        error.into()
    })
}

/// Takes away what `add_device` made: the node itself, or the file that it was shown on. What the
/// container has put in its place stays.
pub fn remove_device(root: BorrowedFd, device: &Device) -> Result<()> {
    let place = path::clean(&device.path);
    let (parent, name) = path::split(&place);
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let parent = match path::open_in(root, parent, OFlag::O_PATH | OFlag::O_DIRECTORY) {
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(()),
        parent => parent?,
    };
    let there = match path::open_at(&parent, name, flags, Mode::empty()) {
        Err(Errno::ENOENT) => return Ok(()),
        there => there?,
    };
    let (kind, node) = node_of(device)?;
    let stat = fstat(&there)?;
    let bare = path::kind_of(&stat) == SFlag::S_IFREG && stat.st_mode & 0o7777 == 0 && stat.st_size == 0;
    if check_node(there.as_fd(), kind, node).is_err() && !bare {
        return Ok(());
    }
    if syscall::mount_of(there.as_fd())?.0 {
        fchdir(&parent)?;
        umount2(name, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW).context("unmount")?;
    }
    Ok(unlinkat(&parent, name, UnlinkatFlags::NoRemoveDir)?)
}

fn node_of(device: &Device) -> Result<(SFlag, u64)> {
    let kind = match device.kind.as_str() {
        "c" | "u" => SFlag::S_IFCHR,
        "b" => SFlag::S_IFBLK,
        "p" => return Ok((SFlag::S_IFIFO, 0)),
        kind => bail!("device type {kind:?}"),
    };
    match (u64::try_from(device.major), u64::try_from(device.minor)) {
        (Ok(major), Ok(minor)) => Ok((kind, makedev(major, minor))),
        _ => bail!("no device has the number {}:{}", device.major, device.minor),
    }
}

fn make_links(root: BorrowedFd, dev: BorrowedFd, boot: &Bootstrap) -> Result<()> {
    for &(target, name) in LINKS {
        link(dev, target, name)?;
    }
    if path::open_in(root, "/proc/kcore", OFlag::O_PATH).is_ok() {
        link(dev, "/proc/kcore", "core")?;
    }
    let has_pts = boot.mounts.iter().any(|mount| path::clean(&mount.destination) == "/dev/pts");
    if !has_pts {
        return Ok(());
    }
    // The image's own ptmx would be another instance's, or anything.
    if symlinkat("pts/ptmx", dev, "ptmx") == Err(Errno::EEXIST) {
        unlinkat(dev, "ptmx", UnlinkatFlags::NoRemoveDir).context("remove /dev/ptmx")?;
        symlinkat("pts/ptmx", dev, "ptmx").context("link /dev/ptmx")?;
    }
    Ok(())
}

fn link(dev: BorrowedFd, target: &str, name: &str) -> Result<()> {
    match symlinkat(target, dev, name) {
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("link /dev/{name}")),
    }
}

fn check_node(node: BorrowedFd, kind: SFlag, want: u64) -> Result<()> {
    let stat = fstat(node)?;
    if path::kind_of(&stat) != kind || (kind != SFlag::S_IFIFO && stat.st_rdev != want) {
        bail!("another file is there");
    }
    Ok(())
}

/// The container's /dev/null, opened as a path only and seen to be the null device: a container
/// that puts something else there must not have that mounted over its masked paths, or get it for
/// standard streams (CVE-2025-31133).
pub fn null(root: BorrowedFd) -> Result<OwnedFd> {
    let null = path::open_in(root, "/dev/null", OFlag::O_PATH).context("open /dev/null")?;
    match is_null(&fstat(&null)?) {
        true => Ok(null),
        false => bail!("/dev/null is not the null device"),
    }
}

pub fn is_null(stat: &nix::sys::stat::FileStat) -> bool {
    path::kind_of(stat) == SFlag::S_IFCHR && (major(stat.st_rdev), minor(stat.st_rdev)) == (1, 3)
}

/// Standard streams on the host's /dev/null move to the container's: the host's node would be
/// reachable through /proc/self/fd.
pub fn replace_null_stdio() -> Result<()> {
    let mut own = None;
    for number in 0..3 {
        // A stream that the caller closed stays closed.
        let Ok(stat) = fstat(syscall::stdio(number)) else { continue };
        if !is_null(&stat) {
            continue;
        }
        let null = match own.take() {
            Some(null) => null,
            None => {
                let flags = OFlag::O_RDWR | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
                let null =
                    path::open_at(AT_FDCWD, "/dev/null", flags, Mode::empty()).context("open /dev/null")?;
                if !is_null(&fstat(&null)?) {
                    bail!("/dev/null is not the null device");
                }
                null
            }
        };
        syscall::replace_stdio(null.as_fd(), number).context("replace /dev/null")?;
        own = Some(null);
    }
    Ok(())
}
