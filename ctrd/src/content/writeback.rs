//! Starting the write-back of a range early, the one call here that neither nix nor rustix has.
#![allow(unsafe_code)]

use std::fs::File;
use std::os::fd::AsRawFd;

/// Asks the kernel to begin writing a range to disk (`len` 0: to the end), and does not wait. A hint: errors are of
/// no interest, the fsync to come reports them.
pub fn start(file: &File, offset: u64, len: u64) {
    // SAFETY: the descriptor is open as long as `file` is borrowed, and the call takes no
    // pointers.
    unsafe {
        libc::sync_file_range(
            file.as_raw_fd(),
            offset as libc::off64_t,
            len as libc::off64_t,
            libc::SYNC_FILE_RANGE_WRITE,
        );
    }
}
