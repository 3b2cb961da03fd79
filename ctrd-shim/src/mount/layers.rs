//! An overlay of more layers than mount(2) takes in one page of options: each layer is given to
//! the file system by a call of its own (Linux 6.8).
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::mount::MsFlags;

const FSOPEN_CLOEXEC: libc::c_uint = 1;
const FSMOUNT_CLOEXEC: libc::c_uint = 1;
const FSCONFIG_SET_FLAG: libc::c_uint = 0;
const FSCONFIG_SET_STRING: libc::c_uint = 1;
const FSCONFIG_CMD_CREATE: libc::c_uint = 6;
const MOVE_MOUNT_F_EMPTY_PATH: libc::c_uint = 4;

pub fn mount(source: &str, options: &[String], flags: MsFlags, target: &Path) -> Result<()> {
    let context = open(c"overlay")?;
    set(&context, "source", Some(source))?;
    if flags.contains(MsFlags::MS_RDONLY) {
        set(&context, "ro", None)?;
    }
    for option in options {
        match option.split_once('=') {
            Some(("lowerdir", layers)) => {
                for layer in layers.split(':') {
                    set(&context, "lowerdir+", Some(layer))?;
                }
            }
            Some((key, value)) => set(&context, key, Some(value))?,
            None => set(&context, option, None)?,
        }
    }
    attach(&context, attributes(flags), target)
}

/// The flags that belong to the mount and not to the file system, as fsmount counts them.
pub fn attributes(flags: MsFlags) -> libc::c_uint {
    [
        (MsFlags::MS_RDONLY, 0x1),
        (MsFlags::MS_NOSUID, 0x2),
        (MsFlags::MS_NODEV, 0x4),
        (MsFlags::MS_NOEXEC, 0x8),
        (MsFlags::MS_NOATIME, 0x10),
        (MsFlags::MS_STRICTATIME, 0x20),
        (MsFlags::MS_NODIRATIME, 0x80),
    ]
    .iter()
    .filter(|(flag, _)| flags.contains(*flag))
    .fold(0, |all, (_, bit)| all | bit)
}

fn open(kind: &CStr) -> Result<OwnedFd> {
    // SAFETY: the name is a C string that lives until the call returns.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_fsopen, kind.as_ptr(), FSOPEN_CLOEXEC) })?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

fn set(context: &OwnedFd, key: &str, value: Option<&str>) -> Result<()> {
    let name = CString::new(key)?;
    let text = value.map(CString::new).transpose()?;
    let (command, pointer) = match &text {
        Some(text) => (FSCONFIG_SET_STRING, text.as_ptr()),
        None => (FSCONFIG_SET_FLAG, std::ptr::null()),
    };
    // SAFETY: both strings live until the call returns; a flag takes a null value.
    let done =
        unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), command, name.as_ptr(), pointer, 0) };
    Errno::result(done).with_context(|| format!("set {key}={}", value.unwrap_or_default()))?;
    Ok(())
}

fn attach(context: &OwnedFd, attributes: libc::c_uint, target: &Path) -> Result<()> {
    let null = std::ptr::null::<libc::c_char>();
    let fd = context.as_raw_fd();
    // SAFETY: this command takes neither a key nor a value.
    Errno::result(unsafe { libc::syscall(libc::SYS_fsconfig, fd, FSCONFIG_CMD_CREATE, null, null, 0) })?;
    // SAFETY: fsmount takes numbers.
    let made = unsafe { libc::syscall(libc::SYS_fsmount, fd, FSMOUNT_CLOEXEC, attributes) };
    // SAFETY: the kernel has just made this descriptor for us.
    let made = unsafe { OwnedFd::from_raw_fd(Errno::result(made)? as i32) };
    let path = CString::new(target.as_os_str().as_bytes())?;
    // SAFETY: both paths are C strings that live until the call returns.
    Errno::result(unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            made.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            path.as_ptr(),
            MOVE_MOUNT_F_EMPTY_PATH,
        )
    })?;
    Ok(())
}
