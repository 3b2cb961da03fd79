//! The program's entry, without the standard library's own: it would read /proc/self/maps, set up
//! an alternate stack and handlers, some fifteen system calls for a process that lives a
//! millisecond. What of it matters here is done below.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

/// Called by the C library, which has given the words to `std::env::args_os` before.
// SAFETY: there is no other `main` in this program, and the signature is C's.
#[unsafe(no_mangle)]
extern "C" fn main(_count: c_int, _words: *const *const c_char) -> c_int {
    #[cfg(target_env = "gnu")]
    keep_memory();
    open_streams();
    // SAFETY: to ignore a signal runs no code of ours. A reader that has gone is then an error of
    // write, and not the end.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    crate::start()
}

/// The heap grows in few steps and never shrinks: what it gives back it would soon ask for again.
#[cfg(target_env = "gnu")]
fn keep_memory() {
    for (what, bytes) in [(libc::M_TOP_PAD, 512 << 10), (libc::M_TRIM_THRESHOLD, libc::c_int::MAX)] {
        // SAFETY: sets a number of the allocator's, before anything is allocated by this program.
        unsafe { libc::mallopt(what, bytes) };
    }
}

/// Opens /dev/null for each standard stream that the caller left closed: the next descriptor that
/// is opened would be taken for one.
fn open_streams() {
    let mut streams = [0, 1, 2].map(|fd| libc::pollfd { fd, events: 0, revents: 0 });
    // SAFETY: the array lives and has three entries.
    while unsafe { libc::poll(streams.as_mut_ptr(), 3, 0) } < 0 {
        if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
            return;
        }
    }
    for stream in streams.iter().filter(|s| s.revents & libc::POLLNVAL != 0) {
        // SAFETY: the path is a C string; the lowest free number is this stream's, and stays open.
        if unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) } != stream.fd {
            std::process::abort();
        }
    }
}
