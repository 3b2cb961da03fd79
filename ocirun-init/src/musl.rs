//! What musl lacks of glibc's binary interface, for a program that is linked to it (`link.rs`), and
//! the words of errors: callers know glibc's.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};

/// What the standard library may rely on: from this one on posix_spawn says why a program could not be
/// executed, as musl's does.
// SAFETY: the name is glibc's, and musl has none of it.
#[unsafe(no_mangle)]
extern "C" fn gnu_get_libc_version() -> *const c_char {
    c"2.24".as_ptr()
}

/// `struct dl_find_object` of glibc.
#[repr(C)]
struct Found {
    flags: u64,
    start: *mut c_void,
    end: *mut c_void,
    map: *mut c_void,
    /// The table by which a stack is unwound.
    eh_frame: *mut c_void,
    reserved: [u64; 7],
}

/// Where the code at an address lies, for the compiler's unwinder: in this program, or nowhere.
// SAFETY: the name is glibc's, and musl has none of it.
#[unsafe(no_mangle)]
extern "C" fn _dl_find_object(address: *mut c_void, found: *mut Found) -> c_int {
    unsafe extern "C" fn see(about: *mut libc::dl_phdr_info, _size: usize, found: *mut c_void) -> c_int {
        // SAFETY: musl passes what it has of the program, and `found` on, which is the caller's below.
        let (about, found) = unsafe { (&*about, &mut *found.cast::<Found>()) };
        // SAFETY: so many headers lie there as long as the program runs.
        let headers = unsafe { std::slice::from_raw_parts(about.dlpi_phdr, about.dlpi_phnum.into()) };
        let place = |header: &libc::Elf64_Phdr| (about.dlpi_addr + header.p_vaddr) as *mut c_void;
        for header in headers {
            let (start, end) = (place(header), place(header).wrapping_byte_add(header.p_memsz as usize));
            match header.p_type {
                libc::PT_LOAD if (start..end).contains(&found.map) => (found.start, found.end) = (start, end),
                libc::PT_GNU_EH_FRAME => found.eh_frame = start,
                _ => {}
            }
        }
        0
    }
    let null = std::ptr::null_mut();
    // `map` holds what is looked for meanwhile.
    let mut here = Found { flags: 0, start: null, end: null, map: address, eh_frame: null, reserved: [0; 7] };
    // SAFETY: `see` takes what is passed for what it is, and keeps nothing of it.
    unsafe { libc::dl_iterate_phdr(Some(see), (&raw mut here).cast()) };
    if here.end.is_null() || here.eh_frame.is_null() {
        return -1;
    }
    here.map = null;
    // SAFETY: the caller gives room for one.
    unsafe { found.write(here) };
    0
}

/// libseccomp was compiled with glibc's checks. It prints filters by this, which nobody here asks for;
/// what is passed beyond no argument is left alone.
// SAFETY: the name is glibc's, and musl has none of it.
#[unsafe(no_mangle)]
extern "C" fn __fprintf_chk() -> c_int {
    -1
}

/// open(2) without a second call that marks the descriptor, as for kernels before O_CLOEXEC.
// SAFETY: the signature is C's for a call with a mode; without O_CREAT the kernel does not look at it.
// musl's own, a weak one, gives way to it.
#[unsafe(no_mangle)]
extern "C" fn open64(path: *const c_char, flags: c_int, mode: libc::mode_t) -> c_int {
    // SAFETY: the caller's path goes to the kernel as it is.
    unsafe { libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags, mode) as c_int }
}

/// strerror_r(3) as POSIX has it, which the standard library calls by this name.
// SAFETY: the signature is C's; musl's own, a weak one, gives way to it.
#[unsafe(no_mangle)]
extern "C" fn __xpg_strerror_r(errno: c_int, out: *mut c_char, room: usize) -> c_int {
    let unknown = || format!("Unknown error {errno}");
    let words = usize::try_from(errno).ok().and_then(|n| WORDS.get(n)).filter(|words| !words.is_empty());
    let words = words.map_or_else(unknown, |words| (*words).to_owned());
    if out.is_null() || room == 0 {
        return libc::ERANGE;
    }
    let length = words.len().min(room - 1);
    // SAFETY: the caller gives `room` bytes, of which `length` and the zero behind them are written.
    unsafe {
        std::ptr::copy_nonoverlapping(words.as_ptr().cast(), out, length);
        *out.add(length) = 0;
    }
    if length < words.len() { libc::ERANGE } else { 0 }
}

/// glibc's words by number.
const WORDS: [&str; 134] = [
    "Success",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted system call",
    "Input/output error",
    "No such device or address",
    "Argument list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Cannot allocate memory",
    "Permission denied",
    "Bad address",
    "Block device required",
    "Device or resource busy",
    "File exists",
    "Invalid cross-device link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate ioctl for device",
    "Text file busy",
    "File too large",
    "No space left on device",
    "Illegal seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Numerical argument out of domain",
    "Numerical result out of range",
    "Resource deadlock avoided",
    "File name too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Too many levels of symbolic links",
    "",
    "No message of desired type",
    "Identifier removed",
    "Channel number out of range",
    "Level 2 not synchronized",
    "Level 3 halted",
    "Level 3 reset",
    "Link number out of range",
    "Protocol driver not attached",
    "No CSI structure available",
    "Level 2 halted",
    "Invalid exchange",
    "Invalid request descriptor",
    "Exchange full",
    "No anode",
    "Invalid request code",
    "Invalid slot",
    "",
    "Bad font file format",
    "Device not a stream",
    "No data available",
    "Timer expired",
    "Out of streams resources",
    "Machine is not on the network",
    "Package not installed",
    "Object is remote",
    "Link has been severed",
    "Advertise error",
    "Srmount error",
    "Communication error on send",
    "Protocol error",
    "Multihop attempted",
    "RFS specific error",
    "Bad message",
    "Value too large for defined data type",
    "Name not unique on network",
    "File descriptor in bad state",
    "Remote address changed",
    "Can not access a needed shared library",
    "Accessing a corrupted shared library",
    ".lib section in a.out corrupted",
    "Attempting to link in too many shared libraries",
    "Cannot exec a shared library directly",
    "Invalid or incomplete multibyte or wide character",
    "Interrupted system call should be restarted",
    "Streams pipe error",
    "Too many users",
    "Socket operation on non-socket",
    "Destination address required",
    "Message too long",
    "Protocol wrong type for socket",
    "Protocol not available",
    "Protocol not supported",
    "Socket type not supported",
    "Operation not supported",
    "Protocol family not supported",
    "Address family not supported by protocol",
    "Address already in use",
    "Cannot assign requested address",
    "Network is down",
    "Network is unreachable",
    "Network dropped connection on reset",
    "Software caused connection abort",
    "Connection reset by peer",
    "No buffer space available",
    "Transport endpoint is already connected",
    "Transport endpoint is not connected",
    "Cannot send after transport endpoint shutdown",
    "Too many references: cannot splice",
    "Connection timed out",
    "Connection refused",
    "Host is down",
    "No route to host",
    "Operation already in progress",
    "Operation now in progress",
    "Stale file handle",
    "Structure needs cleaning",
    "Not a XENIX named type file",
    "No XENIX semaphores available",
    "Is a named type file",
    "Remote I/O error",
    "Disk quota exceeded",
    "No medium found",
    "Wrong medium type",
    "Operation canceled",
    "Required key not available",
    "Key has expired",
    "Key has been revoked",
    "Key was rejected by service",
    "Owner died",
    "State not recoverable",
    "Operation not possible due to RF-kill",
    "Memory page has hardware error",
];

#[cfg(test)]
mod tests {
    use std::io::Error;

    #[test]
    fn a_stack_can_be_unwound() {
        let unwound = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(5)));
        assert_eq!(unwound.unwrap_err().downcast_ref(), Some(&5));
        let trace = std::backtrace::Backtrace::force_capture();
        assert_eq!(trace.status(), std::backtrace::BacktraceStatus::Captured);
    }

    #[test]
    fn words_are_those_that_callers_know() {
        for (errno, words) in [
            (libc::ENOENT, "No such file or directory (os error 2)"),
            (libc::EBUSY, "Device or resource busy (os error 16)"),
            (libc::ELOOP, "Too many levels of symbolic links (os error 40)"),
            (41, "Unknown error 41 (os error 41)"),
            (libc::ENOTSUP, "Operation not supported (os error 95)"),
            (133, "Memory page has hardware error (os error 133)"),
            (134, "Unknown error 134 (os error 134)"),
            (-1, "Unknown error -1 (os error -1)"),
        ] {
            assert_eq!(Error::from_raw_os_error(errno).to_string(), words);
        }
    }
}
