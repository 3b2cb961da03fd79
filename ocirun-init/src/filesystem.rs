//! Makes a new file system and attaches it: by descriptors (fsopen, fsmount, move_mount) where the
//! kernel has them and the type's options fit, else by mount(2) on the working directory, which is
//! a descriptor as well. That is one call in the place of ten, so it comes first where nothing is to
//! be done with the new mount.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Error, Result};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::mount::{MsFlags, mount};
use nix::unistd::{fchdir, read};

use crate::options::{Options, mount_bits};
use crate::{path, syscall};

/// Types whose options are short words. Others may have values beyond what fsconfig takes
/// (overlay's lowerdir) or a syntax of their own for the whole string.
const BY_WORDS: &[&str] = &["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"];

/// For these `ro` says something of the mount alone: their superblocks are shared or the kernel's.
const RO_IS_THE_MOUNTS: &[&str] = &["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"];

/// Where a new file system goes: the directory that was opened and checked, and the path below
/// `root` that led to it.
pub struct Place<'a> {
    pub root: BorrowedFd<'a>,
    pub destination: &'a str,
    pub target: BorrowedFd<'a>,
}

/// Mounts a new file system; its root. `data` are words of the file system's own, `key` or
/// `key=value`.
pub fn mount_new(
    place: &Place,
    kind: &str,
    source: &str,
    options: &Options,
    data: &[String],
) -> Result<OwnedFd> {
    if BY_WORDS.contains(&kind) {
        let attached = || {
            let tree = detached(kind, source, options, data)?;
            syscall::move_mount(tree.as_fd(), place.target).context("move_mount")?;
            Ok(tree)
        };
        match attached() {
            Err(error) if is(&error, Errno::ENOSYS) => {}
            made => return made,
        }
    }
    mount_here(place, kind, source, options, data)
}

/// Mounts a new file system that nobody wants to have at hand. What mount(2) refuses is tried again by
/// descriptors: there the kernel says what it does not like.
pub fn mount_only(place: &Place, kind: &str, source: &str, options: &Options, data: &[String]) -> Result<()> {
    // The words are told apart by commas, and for these types read-only takes a call of its own.
    let plain = !options.readonly() && !data.iter().any(|word| word.contains([',', '"']));
    if BY_WORDS.contains(&kind) && plain {
        let bits = mount_bits(options.attr.set) | options.super_bits;
        if mount_on(place.target, kind, source, bits, data).is_ok() {
            return Ok(());
        }
    }
    mount_new(place, kind, source, options, data).map(drop)
}

/// mount(2) on the directory that `target` is open on, wherever its name leads by now.
fn mount_on(target: BorrowedFd, kind: &str, source: &str, bits: u64, data: &[String]) -> Result<(), Errno> {
    fchdir(target)?;
    let source = if source.is_empty() { kind } else { source };
    let data = data.join(",");
    let data = (!data.is_empty()).then_some(data.as_str());
    mount(Some(source), ".", Some(kind), MsFlags::from_bits_retain(bits), data)
}

/// Whether `errno` is at the root of an error.
pub fn is(error: &Error, errno: Errno) -> bool {
    error.root_cause().downcast_ref() == Some(&errno)
}

/// A detached mount of a new file system; ENOSYS if this kernel cannot.
pub fn detached(kind: &str, source: &str, options: &Options, data: &[String]) -> Result<OwnedFd> {
    let context = syscall::fsopen(&CString::new(kind)?).with_context(|| format!("fsopen {kind}"))?;
    let source = if source.is_empty() { kind } else { source };
    set(&context, "source", Some(source))?;
    for word in options.super_words() {
        set(&context, word, None)?;
    }
    for word in data {
        match word.split_once('=') {
            Some((key, value)) => set(&context, key, Some(value.trim_matches('"')))?,
            None => set(&context, word, None)?,
        }
    }
    syscall::fsconfig_create(context.as_fd()).map_err(|errno| explain(&context, "create", errno))?;
    syscall::fsmount(context.as_fd(), options.attr.set).context("fsmount")
}

fn set(context: &OwnedFd, key: &str, value: Option<&str>) -> Result<()> {
    let value = value.map(CString::new).transpose()?;
    syscall::fsconfig_set(context.as_fd(), &CString::new(key)?, value.as_deref())
        .map_err(|errno| explain(context, key, errno))
}

/// The kernel's own words about a refused option, where it has any: `tmpfs: Bad value for 'size'`.
fn explain(context: &OwnedFd, doing: &str, errno: Errno) -> Error {
    let mut message = [0; 512];
    match read(context, &mut message) {
        Ok(length) => {
            let text = String::from_utf8_lossy(&message[..length]);
            let text = text.trim_end();
            let text = text.strip_prefix("e ").unwrap_or(text).to_owned();
            Error::from(errno).context(text)
        }
        Err(_) => Error::from(errno).context(format!("fsconfig {doing}")),
    }
}

/// The same by mount(2); the root is opened by its path below `root` afterwards.
fn mount_here(
    place: &Place,
    kind: &str,
    source: &str,
    options: &Options,
    data: &[String],
) -> Result<OwnedFd> {
    let mut bits = mount_bits(options.attr.set) | options.super_bits;
    if RO_IS_THE_MOUNTS.contains(&kind) {
        bits &= !libc::MS_RDONLY;
    }
    let new = |bits| mount_on(place.target, kind, source, bits, data);
    match new(bits) {
        // A user namespace may not show writable what is read-only outside.
        Err(Errno::EPERM) if options.readonly() => new(bits | libc::MS_RDONLY),
        done => done,
    }
    .with_context(|| format!("mount {kind}"))?;
    let made = path::open_in(place.root, place.destination, OFlag::O_PATH | OFlag::O_DIRECTORY)?;
    if options.readonly() && RO_IS_THE_MOUNTS.contains(&kind) {
        crate::attach::set_attributes(made.as_fd(), &options.attr, false)?;
    }
    Ok(made)
}
