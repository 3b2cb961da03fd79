//! The mark on a cgroup that was made on the way to a container's: `/docker` of `/docker/web`.
//!
//! Such a directory belongs to no container, so it goes with the last one in it. What somebody
//! else made bears no mark and stays. The mark is an extended attribute, which every cgroup file
//! system keeps; only a privileged user may set it, and without it the directory stays as well.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd};

const NAME: &CStr = c"trusted.ocirun.made";

pub fn set(dir: BorrowedFd) {
    // SAFETY: the name is a C string, the value is of the length given, and both outlive the call;
    // the descriptor is borrowed for as long. A refusal costs the mark alone.
    unsafe { libc::fsetxattr(dir.as_raw_fd(), NAME.as_ptr(), b"1".as_ptr().cast(), 1, 0) };
}

pub fn is_set(dir: BorrowedFd) -> bool {
    // SAFETY: as above; with a size of 0 the kernel writes no value anywhere.
    unsafe { libc::fgetxattr(dir.as_raw_fd(), NAME.as_ptr(), std::ptr::null_mut(), 0) >= 0 }
}
