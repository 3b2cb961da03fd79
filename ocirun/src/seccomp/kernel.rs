//! The flags of seccomp(2), and whether this kernel takes them.
#![allow(unsafe_code)]

use nix::errno::Errno;

pub const TSYNC: u32 = 1;
pub const LOG: u32 = 2;
pub const SPEC_ALLOW: u32 = 4;
pub const NEW_LISTENER: u32 = 8;
pub const WAIT_KILLABLE_RECV: u32 = 32;

const SET_MODE_FILTER: u32 = 1;

/// Offers the kernel no filter at all: it looks at the flags first, and only then finds no program
/// at the address.
pub fn takes_flags(flags: u32) -> bool {
    // This one is a word about the listener, and refused without it.
    let flags = if flags == WAIT_KILLABLE_RECV { flags | NEW_LISTENER } else { flags };
    let nothing = std::ptr::null::<libc::c_void>();
    // SAFETY: the kernel reads the program through the pointer with copy_from_user, for which null
    // is an address like any other without memory: it fails with EFAULT and changes nothing.
    let result = unsafe { libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, flags, nothing) };
    result == -1 && Errno::last() == Errno::EFAULT
}
