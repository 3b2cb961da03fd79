//! The program's entry, without the standard library's own: it would read /proc/self/maps, set up
//! an alternate stack and handlers, some fifteen system calls for a process that lives a
//! millisecond as this program.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};

/// Called by the C library.
// SAFETY: there is no other `main` in this program, and the signature is C's.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, words: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or_default();
    let args: Vec<String> = (1..count)
        .map(|at| {
            // SAFETY: the C library passes `count` pointers to C strings that live as long as the
            // process.
            let word = unsafe { CStr::from_ptr(*words.add(at)) };
            word.to_string_lossy().into_owned()
        })
        .collect();
    crate::start(&args)
}
