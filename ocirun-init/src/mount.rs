//! The mounts of config.json, one after the other, each on a target that was opened below the root
//! and looked at before (CVE-2021-30465): a path is never given to the kernel twice.

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Error, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, readlinkat};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{Mode, fstat};
use nix::unistd::{fchdir, symlinkat};
use ocirun_init::{Bootstrap, Mount, Status};

use crate::filesystem::Place;
use crate::options::Options;
use crate::seam::Seam;
use crate::syscall::{self, MountAttr};
use crate::{attach, cgroup, copyup, fd, filesystem, path, proc, root};

/// What lxcfs and CRIU put over files of procfs; nothing else may be mounted inside it.
const INSIDE_PROC: &[&str] = &[
    "/proc/cpuinfo",
    "/proc/diskstats",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/net/dev",
    "/proc/slabinfo",
    "/proc/stat",
    "/proc/swaps",
    "/proc/sys/crypto/fips_enabled",
    "/proc/sys/kernel/ns_last_pid",
    "/proc/uptime",
];

/// Mounts that become read-only when all that is to be made in them is made.
#[derive(Default)]
pub struct Later(Vec<(String, OwnedFd)>);

impl Later {
    pub fn add(&mut self, destination: &str, mount: OwnedFd) {
        self.0.push((destination.to_owned(), mount));
    }

    pub fn make_readonly(self) -> Result<()> {
        for (destination, mount) in self.0 {
            let attr = MountAttr::set(libc::MOUNT_ATTR_RDONLY);
            attach::set_attributes(mount.as_fd(), &attr, false)
                .with_context(|| format!("make {destination} read-only"))?;
        }
        Ok(())
    }
}

/// `made` sees each one, by its number, when it is attached.
pub fn mount_all(
    root: BorrowedFd,
    boot: &Bootstrap,
    seam: &mut Seam,
    mut made: impl FnMut(usize, BorrowedFd),
) -> Result<Later> {
    let mut later = Later::default();
    for (number, mount) in boot.mounts.iter().enumerate() {
        let source = match (mount.source.as_str(), mount.kind.as_str()) {
            ("", kind) => kind,
            (source, _) => source,
        };
        mount_one(root, boot, number, &mut later, seam, &mut made).with_context(|| {
            format!("error mounting {source:?} to rootfs at {:?} (mounts[{number}])", mount.destination)
        })?;
    }
    Ok(later)
}

fn mount_one(
    root: BorrowedFd,
    boot: &Bootstrap,
    number: usize,
    later: &mut Later,
    seam: &mut Seam,
    seen: &mut impl FnMut(usize, BorrowedFd),
) -> Result<()> {
    let spec = &boot.mounts[number];
    let mut options = Options::parse(&spec.options);
    let bind = options.bind || spec.fd.is_some() || spec.kind == "bind";
    let destination = path::clean(&spec.destination);
    if options.remount {
        return remount(root, &destination, bind, &options);
    }
    if destination == "/" {
        bail!("the root is mounted already");
    }
    if let Some(target) = spec.link.as_deref().filter(|_| options.copy_symlink) {
        return copy_link(root, &destination, target);
    }
    check_proc(&destination, bind, &spec.kind)?;
    let mut dressed = false;
    let made = if bind {
        let (made, done) = mount_bind(root, boot, number, &destination, &options, seam)?;
        dressed = done;
        made
    } else if spec.kind == "cgroup" || spec.kind == "cgroup2" {
        cgroup::mount_cgroups(root, boot, spec, &destination, &options)?
    } else {
        // Nested mounts and devices need their places made in these first.
        let readonly = (spec.kind == "tmpfs" || destination == "/dev") && options.take_readonly();
        let done = options.attr_all.is_empty() && options.propagation.is_empty();
        let wanted = readonly || options.copy_up || !done || boot.change.is_some();
        let Some(made) = mount_new(root, boot, spec, &destination, &options, wanted)? else {
            return Ok(());
        };
        if readonly {
            later.add(&destination, made.try_clone()?);
        }
        made
    };
    seen(number, made.as_fd());
    if !dressed {
        set_asked_attributes(made.as_fd(), &options, bind)?;
    }
    for kind in options.propagation {
        attach::set_propagation(made.as_fd(), kind).context("set propagation")?;
    }
    Ok(())
}

/// What the options say of the mount, and of all below it.
fn set_asked_attributes(made: BorrowedFd, options: &Options, bind: bool) -> Result<()> {
    if bind && options.asked {
        set_bind_attributes(made, options)?;
    }
    if !options.attr_all.is_empty() {
        attach::set_attributes(made, &options.attr_all, true).context("set attributes of all below")?;
    }
    Ok(())
}

/// The attributes that the options name, and no others of the source's; where the source's owner
/// locked some (a user namespace), those beside them.
fn set_bind_attributes(made: BorrowedFd, options: &Options) -> Result<()> {
    match attach::set_attributes(made, &options.bind_attr(), false) {
        Err(Errno::EPERM) => {}
        done => return done.context("set attributes"),
    }
    let source = attach::attributes(made)?;
    let Some(attr) = options.locked_attr(&source) else {
        return Err(Errno::EPERM).context("clear locked attributes");
    };
    attach::set_attributes(made, &attr, false).context("set attributes beside locked ones")
}

/// A link of the host's is made anew inside; one that is there must be the same.
fn copy_link(root: BorrowedFd, destination: &str, target: &str) -> Result<()> {
    let (parent, name) = path::make_parent(root, destination)?;
    match symlinkat(target, &parent, name) {
        Err(Errno::EEXIST) => match readlinkat(&parent, name) {
            Ok(there) if there.as_os_str() == target => Ok(()),
            _ => Err(Errno::EEXIST).with_context(|| format!("link to {target}")),
        },
        done => done.with_context(|| format!("link to {target}")),
    }
}

/// Attaches a bind mount; its root, and whether it has its attributes: else it has its source's.
fn mount_bind(
    root: BorrowedFd,
    boot: &Bootstrap,
    number: usize,
    destination: &str,
    options: &Options,
    seam: &mut Seam,
) -> Result<(OwnedFd, bool)> {
    let spec = &boot.mounts[number];
    let undressed = |made: OwnedFd| (made, false);
    let tree = match (spec.fd, &spec.inside) {
        (Some(number), _) => fd::take(number)?,
        (None, Some(inside)) => {
            let what = || format!("failed to fulfil mount request: open {}", spec.source);
            let found = find_inside(root, inside, options).with_context(what)?;
            match attach::clone(found.as_fd(), options.recursive) {
                Err(Errno::ENOSYS) => {
                    return bind_found(root, spec, found.as_fd(), destination, options).map(undressed);
                }
                tree => map_inside(spec, tree.with_context(what)?, number, seam).with_context(what)?,
            }
        }
        (None, None) => {
            let nofollow = if options.source_nofollow { libc::AT_SYMLINK_NOFOLLOW } else { 0 };
            let recursive = if options.recursive { libc::AT_RECURSIVE } else { 0 };
            let source = CString::new(spec.source.as_str())?;
            match syscall::open_tree(AT_FDCWD, &source, (nofollow | recursive) as u32) {
                Err(Errno::ENOSYS) => {
                    return bind_by_path(root, spec, destination, options).map(undressed);
                }
                tree => {
                    tree.with_context(|| format!("failed to fulfil mount request: open {}", spec.source))?
                }
            }
        }
    };
    if destination == "/proc" && !proc::is_procfs(tree.as_fd())? {
        bail!("\"/proc\" cannot be mounted because it is not of type proc");
    }
    // As if it had been cloned in here, where all mounts were made what the root's propagation says:
    // a clone of a shared mount would take what is mounted in here to the host.
    root::adopt_propagation(tree.as_fd(), boot).context("set propagation")?;
    // Before it is seen, where the kernel can (Linux 5.12).
    let speaks = options.asked || !options.attr_all.is_empty();
    let dressed = speaks && syscall::mount_setattr(tree.as_fd(), &MountAttr::default(), false).is_ok();
    if dressed {
        set_asked_attributes(tree.as_fd(), options, true)?;
    } else if speaks && boot.change.is_some() {
        bail!("set attributes before it is seen (Linux 5.12 is needed)");
    }
    let file = spec.file || (spec.fd.is_none() && !path::is_dir(&fstat(&tree)?));
    let target = bind_target(root, destination, file, options)?;
    match syscall::move_mount(tree.as_fd(), target.as_fd()) {
        Err(Errno::ENOSYS) if spec.fd.is_none() => match &spec.inside {
            Some(inside) => {
                let found = find_inside(root, inside, options)?;
                bind_found(root, spec, found.as_fd(), destination, options).map(undressed)
            }
            None => bind_by_path(root, spec, destination, options).map(undressed),
        },
        attached => {
            attached.map_err(|errno| refused(errno, tree.as_fd(), target.as_fd()))?;
            Ok((tree, dressed))
        }
    }
}

/// A source below the root, as the mounts before this one have made it.
fn find_inside(root: BorrowedFd, inside: &str, options: &Options) -> Result<OwnedFd, Errno> {
    match options.source_nofollow {
        true => path::open_last_plain(root, inside),
        false => path::open_in(root, inside, OFlag::O_PATH),
    }
}

/// Its ids are mapped by ocirun, which has the right to.
fn map_inside(spec: &Mount, tree: OwnedFd, number: usize, seam: &mut Seam) -> Result<OwnedFd> {
    if spec.map {
        seam.send(&Status::Map { mount: number, fd: tree.as_raw_fd() })?;
        seam.wait_for_go()?;
    }
    Ok(tree)
}

fn bind_target(root: BorrowedFd, destination: &str, file: bool, options: &Options) -> Result<OwnedFd> {
    let target = if destination == "/proc" {
        plain_dir(root, destination, "proc")?
    } else if options.destination_nofollow {
        let made = || {
            let (parent, name) = path::make_parent(root, destination)?;
            match path::open_last_plain(parent.as_fd(), name) {
                Err(Errno::ENOENT) if file => path::make_file(parent.as_fd(), name),
                Err(Errno::ENOENT) => path::make_plain_dir(parent.as_fd(), name),
                target => target,
            }
        };
        made().with_context(|| mountpoint(destination))?
    } else if file {
        path::make_file(root, destination).with_context(|| mountpoint(destination))?
    } else {
        path::make_dir(root, destination).with_context(|| mountpoint(destination))?.0
    };
    guard_proc(target.as_fd(), destination)?;
    Ok(target)
}

/// Why a mount could not be attached. The kernel's word for a file on a directory is a general one;
/// engines look for that of mount(2).
fn refused(errno: Errno, tree: BorrowedFd, target: BorrowedFd) -> Error {
    let is_dir = |fd| fstat(fd).is_ok_and(|stat| path::is_dir(&stat));
    match errno {
        Errno::EINVAL if is_dir(tree) != is_dir(target) => Error::from(Errno::ENOTDIR).context("move_mount"),
        Errno::ENOSYS => Error::from(errno).context("move_mount (Linux 5.2 is needed)"),
        _ => Error::from(errno).context("move_mount"),
    }
}

fn mountpoint(destination: &str) -> String {
    format!("create mountpoint {destination:?}")
}

/// Before Linux 5.2: the source is opened once, and shown by mount(2).
fn bind_by_path(root: BorrowedFd, spec: &Mount, destination: &str, options: &Options) -> Result<OwnedFd> {
    let mut flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
    if options.source_nofollow {
        flags |= OFlag::O_NOFOLLOW;
    }
    let found = path::open_at(AT_FDCWD, spec.source.as_str(), flags, Mode::empty())
        .with_context(|| format!("failed to fulfil mount request: open {}", spec.source))?;
    bind_found(root, spec, found.as_fd(), destination, options)
}

/// The new mount is opened by its path below the root, and must be what was meant.
fn bind_found(
    root: BorrowedFd,
    spec: &Mount,
    found: BorrowedFd,
    destination: &str,
    options: &Options,
) -> Result<OwnedFd> {
    if spec.map {
        bail!("map ids (Linux 5.12 is needed)");
    }
    if destination == "/proc" && !proc::is_procfs(found)? {
        bail!("\"/proc\" cannot be mounted because it is not of type proc");
    }
    let source = fstat(found)?;
    let target = bind_target(root, destination, !path::is_dir(&source), options)?;
    attach::bind(found, target.as_fd(), options.recursive).context("bind")?;
    let made = if options.destination_nofollow {
        path::open_last_plain(root, destination)?
    } else {
        path::open_in(root, destination, OFlag::O_PATH)?
    };
    let stat = fstat(&made)?;
    if (stat.st_dev, stat.st_ino) != (source.st_dev, source.st_ino) {
        bail!("{destination} was moved meanwhile");
    }
    Ok(made)
}

/// A new file system on its directory; its root, if it is wanted.
fn mount_new(
    root: BorrowedFd,
    boot: &Bootstrap,
    spec: &Mount,
    destination: &str,
    options: &Options,
    wanted: bool,
) -> Result<Option<OwnedFd>> {
    let kind = spec.kind.as_str();
    let mut data = options.data.clone();
    let target = match kind {
        // Labels and sysctls go through these two; a link would take them elsewhere
        // (CVE-2019-19921, CVE-2023-27561, CVE-2025-54867).
        "proc" | "sysfs" => plain_dir(root, destination, kind)?,
        _ => {
            let made = path::make_dir(root, destination);
            let (target, existed) = made.with_context(|| mountpoint(destination))?;
            if kind == "tmpfs" && existed && !data.iter().any(|word| word.starts_with("mode=")) {
                let mode = fstat(&target)?.st_mode & 0o7777;
                data.insert(0, format!("mode={mode:o}"));
            }
            target
        }
    };
    guard_proc(target.as_fd(), destination)?;
    if let Some(label) = &boot.mount_label
        && !matches!(kind, "proc" | "sysfs")
    {
        let context = boot.mount_context.as_deref().unwrap_or("context");
        data.push(format!("{context}=\"{label}\""));
    }
    let place = Place { root, destination, target: target.as_fd() };
    if !wanted {
        filesystem::mount_only(&place, kind, &spec.source, options, &data)?;
        return Ok(None);
    }
    let made = filesystem::mount_new(&place, kind, &spec.source, options, &data)?;
    if options.copy_up {
        // The target is still open on what the new mount covers.
        copyup::copy_dir(target.as_fd(), made.as_fd()).context("copy up")?;
    }
    Ok(Some(made))
}

fn remount(root: BorrowedFd, destination: &str, bind: bool, options: &Options) -> Result<()> {
    let target = path::open_in(root, destination, OFlag::O_PATH)
        .with_context(|| format!("open {destination} to mount it again"))?;
    if bind {
        attach::set_attributes(target.as_fd(), &options.attr, false).context("set attributes")?;
    } else {
        fchdir(&target)?;
        let bits = crate::options::mount_bits(options.attr.set) | options.super_bits;
        let flags = MsFlags::from_bits_retain(bits) | MsFlags::MS_REMOUNT;
        let data = options.data.join(",");
        mount(None::<&str>, ".", None::<&str>, flags, Some(data.as_str())).context("remount")?;
    }
    for &kind in &options.propagation {
        attach::set_propagation(target.as_fd(), kind).context("set propagation")?;
    }
    Ok(())
}

/// A directory that is reached without any link, made if missing.
fn plain_dir(root: BorrowedFd, destination: &str, kind: &str) -> Result<OwnedFd> {
    match path::make_plain_dir(root, destination) {
        Err(Errno::ELOOP | Errno::ENOTDIR) => {
            bail!("filesystem {kind:?} must be mounted on ordinary directory")
        }
        dir => dir.with_context(|| mountpoint(destination)),
    }
}

/// Nothing but procfs on /proc, and nothing inside it (CVE-2019-16884).
fn check_proc(destination: &str, bind: bool, kind: &str) -> Result<()> {
    if destination == "/proc" && !bind && kind != "proc" {
        bail!("\"/proc\" cannot be mounted because it is not of type proc");
    }
    if destination.starts_with("/proc/") && !INSIDE_PROC.contains(&destination) {
        bail!("{destination:?} cannot be mounted because it is inside /proc");
    }
    Ok(())
}

/// The same by descriptor, for a destination that leads into procfs over a link.
fn guard_proc(target: BorrowedFd, destination: &str) -> Result<()> {
    let named = destination == "/proc" || destination.starts_with("/proc/");
    if !named && proc::is_procfs(target)? {
        bail!("{destination:?} cannot be mounted because it is inside /proc");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_is_kept_as_it_is() {
        let cases = [
            ("/proc", false, "proc", true),
            ("/proc", true, "bind", true),
            ("/proc", false, "tmpfs", false),
            ("/proc/cpuinfo", true, "bind", true),
            ("/proc/sys/kernel/ns_last_pid", true, "bind", true),
            ("/proc/self/attr", true, "bind", false),
            ("/proc/sys", false, "tmpfs", false),
            ("/process", false, "tmpfs", true),
        ];
        for (destination, bind, kind, want) in cases {
            assert_eq!(check_proc(destination, bind, kind).is_ok(), want, "{destination} {kind}");
        }
    }
}
