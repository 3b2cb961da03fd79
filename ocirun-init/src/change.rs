//! What is changed in a container that runs: mounts and device nodes that are added or taken away.
//!
//! The container's own processes run meanwhile, and may put links and other files in the way. So
//! every path is resolved below the root of its first process, by descriptor, and what is attached has
//! all its attributes before anybody can see it. Of what cannot be added in full nothing stays.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{OFlag, readlinkat};
use nix::mount::{MntFlags, umount2};
use nix::sys::stat::{Mode, SFlag, fstat};
use nix::unistd::fchdir;
use ocirun_init::{Bootstrap, Change, Status, Unmount};

use crate::seam::Seam;
use crate::{dev, fd, mount, path, syscall};

/// As many links as the kernel follows.
const MOST_LINKS: usize = 40;

pub fn apply(seam: &mut Seam, boot: &Bootstrap, change: &Change) -> Result<()> {
    let root = fd::take(change.root_fd)?;
    for gone in &change.unmount {
        unmount(root.as_fd(), gone).with_context(|| format!("unmount {}", gone.destination))?;
    }
    for device in &change.remove {
        dev::remove_device(root.as_fd(), device).with_context(|| format!("remove device {}", device.path))?;
    }
    let mut mounts = vec![None; boot.mounts.len()];
    let mut devices = Vec::new();
    let added = add(root.as_fd(), boot, seam, &mut mounts, &mut devices);
    let numbers = mounts.iter().map(|seen| seen.flatten()).collect();
    let told = added.and_then(|()| seam.send(&Status::Changed { mounts: numbers, devices: devices.clone() }));
    if told.is_err() {
        take_back(root.as_fd(), boot, &mounts, &devices);
    }
    told
}

/// Nothing for a mount that was not attached; else its number, if the kernel gives it one.
type Attached = Option<Option<u64>>;

fn add(
    root: BorrowedFd,
    boot: &Bootstrap,
    seam: &mut Seam,
    mounts: &mut [Attached],
    devices: &mut Vec<bool>,
) -> Result<()> {
    let number = |fd: BorrowedFd| syscall::mount_of(fd).ok().and_then(|(_, number)| number);
    mount::mount_all(root, boot, seam, |n, made| mounts[n] = Some(number(made)))?.make_readonly()?;
    for device in &boot.devices {
        let made = dev::add_device(root, device).with_context(|| format!("make device {}", device.path))?;
        devices.push(made);
    }
    Ok(())
}

/// The last one first, for they may lie in one another. What fails here is in the container alone.
fn take_back(root: BorrowedFd, boot: &Bootstrap, mounts: &[Attached], devices: &[bool]) {
    for (device, _) in boot.devices.iter().zip(devices).filter(|(_, made)| **made) {
        dev::remove_device(root, device).ok();
    }
    for (mount, attached) in boot.mounts.iter().zip(mounts).rev() {
        let Some(number) = attached else { continue };
        let plain = mount.options.iter().any(|word| word == "dest-nofollow");
        let gone = Unmount { destination: mount.destination.clone(), plain, mount: *number };
        unmount(root, &gone).ok();
    }
}

/// One that the container has unmounted itself is no failure; one that lies under another stays.
fn unmount(root: BorrowedFd, gone: &Unmount) -> Result<()> {
    let (parent, name, there) = match place(root, &path::clean(&gone.destination), gone.plain) {
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(()),
        found => found?,
    };
    let (is_root, number) = syscall::mount_of(there.as_fd())?;
    if !is_root {
        return Ok(());
    }
    if gone.mount.is_some() && number.is_some() && gone.mount != number {
        bail!("another mount is there");
    }
    drop(there);
    fchdir(&parent)?;
    // Whoever has it open goes on with it.
    Ok(umount2(name.as_str(), MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW)?)
}

/// The directory and the name that a path comes to below the root, and what is there: umount2 takes
/// no descriptor, and is given one name in a directory that was opened.
fn place(root: BorrowedFd, path: &str, plain: bool) -> Result<(OwnedFd, String, OwnedFd), Errno> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let (above, name) = path::split(&path);
        let parent = path::open_in(root, above, OFlag::O_PATH | OFlag::O_DIRECTORY)?;
        if matches!(name, "" | "." | "..") {
            return Err(Errno::EINVAL);
        }
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let there = path::open_at(&parent, name, flags, Mode::empty())?;
        if plain || path::kind_of(&fstat(&there)?) != SFlag::S_IFLNK {
            return Ok((parent, name.to_owned(), there));
        }
        let target = readlinkat(&there, "")?.into_string().map_err(|_| Errno::EINVAL)?;
        path = if target.starts_with('/') { target } else { format!("{above}/{target}") };
        path = path.trim_end_matches('/').to_owned();
    }
    Err(Errno::ELOOP)
}
