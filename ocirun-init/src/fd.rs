//! The descriptors that init was started with: the two ends of the seam, those that the Bootstrap
//! names, and those that the program keeps. All others are closed at execve, at the latest.
//!
//! Nothing leaks in (CVE-2024-21626, CVE-2016-9962): before the first message is read every
//! descriptor from 3 on is marked close-on-exec, and just before execve all are closed.

use std::collections::BTreeSet;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;
use ocirun_init::Bootstrap;

use crate::again::again;
use crate::{path, syscall};

/// Opens /dev/null for each standard stream that the caller left closed: the next descriptor that
/// is opened would be taken for one.
pub fn open_stdio() -> Result<(), Errno> {
    let mut streams = [0, 1, 2].map(|n| PollFd::new(syscall::stdio(n), PollFlags::empty()));
    again(|| poll(&mut streams, PollTimeout::ZERO))?;
    for stream in streams {
        if stream.revents().is_some_and(|events| events.contains(PollFlags::POLLNVAL)) {
            // The lowest free number is this stream's; it stays open.
            let _stays = path::open_at(AT_FDCWD, "/dev/null", OFlag::O_RDWR, Mode::empty())?.into_raw_fd();
        }
    }
    Ok(())
}

/// Marks everything above the standard streams close-on-exec.
pub fn close_all_on_exec() -> Result<(), Errno> {
    match syscall::close_range(3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) {
        // Before Linux 5.11.
        Err(Errno::ENOSYS | Errno::EINVAL) => {
            // What /proc shows here may be the image's: it is believed for what it shows, and no more.
            let numbers = open_numbers().unwrap_or_default();
            for number in numbers.into_iter().chain(3..syscall::descriptor_limit() as RawFd) {
                syscall::set_descriptor_flags(number, libc::FD_CLOEXEC).ok();
            }
            Ok(())
        }
        done => done,
    }
}

/// Refuses a Bootstrap whose descriptors are not open, are named twice, or are among those that
/// the program keeps: adopting such a number would take over, or give away, something else.
pub fn check(boot: &Bootstrap, seam: [RawFd; 2]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let first = RawFd::try_from(boot.preserve_fds).ok().and_then(|count| count.checked_add(3));
    let first =
        first.with_context(|| format!("{} descriptors are more than there can be", boot.preserve_fds))?;
    for (name, number) in seam.map(|n| ("seam".to_owned(), n)).into_iter().chain(named(boot)) {
        if number < first {
            bail!("{name}: descriptor {number} is one of those that the program keeps");
        }
        if !seen.insert(number) {
            bail!("{name}: descriptor {number} is named twice");
        }
    }
    Ok(())
}

fn named(boot: &Bootstrap) -> impl Iterator<Item = (String, RawFd)> + '_ {
    let single = [
        ("rootfsFd", boot.rootfs_fd),
        ("startFd", boot.start_fd),
        ("cgroupFd", boot.cgroup_fd),
        ("change.rootFd", boot.change.as_ref().map(|c| c.root_fd)),
        ("consoleSocketFd", boot.console_socket_fd),
        ("pidfdSocketFd", boot.pidfd_socket_fd),
        ("seccomp.fd", boot.seccomp.as_ref().map(|s| s.fd)),
        ("seccomp.listenerFd", boot.seccomp.as_ref().and_then(|s| s.listener_fd)),
    ];
    let enter = boot.enter.iter().map(|e| (format!("enter {}", e.namespaces.join(" ")), e.fd));
    let mounts = boot.mounts.iter().filter_map(|m| Some((format!("mount {}", m.destination), m.fd?)));
    let stacked = boot.stacked_seccomp.iter().map(|s| ("stackedSeccomp".to_owned(), s.fd));
    let devices = boot.devices.iter().filter_map(|d| Some((format!("device {}", d.path), d.fd?)));
    single
        .into_iter()
        .filter_map(|(name, number)| Some((name.to_owned(), number?)))
        .chain(enter)
        .chain(mounts)
        .chain(devices)
        .chain(stacked)
}

/// Takes over a descriptor that the Bootstrap names.
pub fn take(number: RawFd) -> Result<OwnedFd> {
    syscall::adopt(number).with_context(|| format!("take descriptor {number}"))
}

/// Lets the program have the descriptors from 3 on that it is to keep.
pub fn preserve(count: u32) -> Result<()> {
    for number in 3..3 + count as RawFd {
        syscall::set_descriptor_flags(number, 0).with_context(|| format!("preserve descriptor {number}"))?;
    }
    Ok(())
}

/// Closes all descriptors but the standard streams, those that the program keeps and `spared`,
/// which are close-on-exec. Closing them at execve is not enough: the kernel once made the process
/// accessible to others before that point (CVE-2016-9962).
pub fn close_others(preserved: u32, spared: &[BorrowedFd]) {
    let mut spared: Vec<u32> = spared.iter().map(|fd| fd.as_raw_fd() as u32).collect();
    spared.sort_unstable();
    let first = 3 + preserved;
    let mut from = first;
    for number in spared.iter().copied().chain([u32::MAX]) {
        if number > from && syscall::close_range(from, number - 1, 0) == Err(Errno::ENOSYS) {
            // Before Linux 5.9. What is above the limit was close-on-exec from the beginning.
            let end = syscall::descriptor_limit();
            for number in (first..end).filter(|number| !spared.contains(number)) {
                syscall::close(number as RawFd);
            }
            return;
        }
        from = from.max(number.saturating_add(1));
    }
}

fn open_numbers() -> Result<Vec<RawFd>, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let dir = path::open_at(AT_FDCWD, "/proc/self/fd", flags, Mode::empty())?;
    let own = dir.as_raw_fd();
    let mut dir = nix::dir::Dir::from_fd(dir)?;
    let numbers = dir.iter().filter_map(|entry| entry.ok()?.file_name().to_str().ok()?.parse().ok());
    Ok(numbers.filter(|&number| number > 2 && number != own).collect())
}

/// Opens `.` of a directory descriptor for reading its entries.
pub fn readable_dir(dir: BorrowedFd) -> Result<nix::dir::Dir, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    nix::dir::Dir::from_fd(path::open_at(dir, ".", flags, Mode::empty())?)
}
