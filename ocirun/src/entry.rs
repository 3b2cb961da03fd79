//! The program's entry, without the standard library's own: it would read /proc/self/maps, set up
//! an alternate stack and handlers, some fifteen system calls for a process that lives a
//! millisecond. What of it matters here is done below.
#![allow(unsafe_code)]

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

/// Called by the C library. Not every one gives the words to `std::env::args_os`.
// SAFETY: there is no other `main` in this program, and the signature is C's.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, words: *const *const c_char) -> c_int {
    open_streams();
    // SAFETY: to ignore a signal runs no code of ours. A reader that has gone is then an error of
    // write, and not the end.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let word = |at| {
        // SAFETY: the C library passes `count` pointers to C strings that live as long as the process.
        let word = unsafe { CStr::from_ptr(*words.add(at)) };
        OsStr::from_bytes(word.to_bytes()).to_owned()
    };
    crate::start((0..usize::try_from(count).unwrap_or_default()).map(word).collect())
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
            let why = std::io::Error::last_os_error();
            eprintln!("ocirun: error: open /dev/null in the place of a closed stream: {why}");
            std::process::exit(1);
        }
    }
}
