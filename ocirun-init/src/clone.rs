//! Further processes of ocirun-init: a helper that shares its descriptors, and a sibling that goes on in
//! its stead.
#![allow(unsafe_code)]

use nix::errno::Errno;

type Result<T> = std::result::Result<T, Errno>;

/// A child that shares this process's descriptors (CLONE_FILES) and has a copy of its memory.
/// It runs `body` and leaves with its value.
pub fn spawn_sharing_descriptors(body: impl FnOnce() -> i32) -> Result<i32> {
    let flags = libc::CLONE_FILES | libc::SIGCHLD;
    // SAFETY: as fork in a process of one thread: the child gets a copy of the memory, with no
    // lock held by anybody else; a null stack means the copied one.
    let pid = Errno::result(unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) })? as i32;
    if pid == 0 {
        let code = body();
        // SAFETY: leaves at once, without running anything of the parent's.
        unsafe { libc::_exit(code) }
    }
    Ok(pid)
}

/// Bytes of a sibling's stack; only what is touched is ever there.
const STACK: usize = 1 << 20;

/// Runs `body` in a sibling of this process: a child of the same parent, in the same memory. It
/// gets its own number as this process's namespace counts; its exit status is the value of `body`.
/// This process ends. Only an error comes back.
pub fn become_sibling<F: FnOnce(i32) -> i32>(body: F) -> Errno {
    struct Start<F> {
        pid: i32,
        body: Option<F>,
    }
    extern "C" fn run<F: FnOnce(i32) -> i32>(start: *mut libc::c_void) -> libc::c_int {
        // SAFETY: `start` is what `become_sibling` passed, which waits in that call's frame; the
        // process of that frame touches nothing any more, so this is the only reference.
        let start = unsafe { &mut *start.cast::<Start<F>>() };
        let code = start.body.take().map_or(1, |body| body(start.pid));
        // SAFETY: leaves at once, without running anything of the first process's.
        unsafe { libc::_exit(code) }
    }
    let mut start = Start { pid: 0, body: Some(body) };
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
    // SAFETY: a new mapping anywhere touches no memory that there is.
    let stack = unsafe { libc::mmap(std::ptr::null_mut(), STACK, protection, kind, -1, 0) };
    if stack == libc::MAP_FAILED {
        return Errno::last();
    }
    // With the descriptors in common none has to be copied, and none is left open by the first
    // process. The working directory is copied: a set-user-ID program that shares it loses its ids.
    let flags = libc::CLONE_VM | libc::CLONE_FILES | libc::CLONE_PARENT | libc::CLONE_PARENT_SETTID;
    let argument: *mut Start<F> = &raw mut start;
    // SAFETY: the stack is a mapping of STACK bytes that is never unmapped, and its end is aligned.
    // The kernel writes the number into `start` before the sibling runs. The sibling alone uses this
    // memory from then on: this process does nothing but end, by one system call that reads none.
    let pid = unsafe {
        libc::clone(run::<F>, stack.byte_add(STACK), flags, argument.cast(), &raw mut (*argument).pid)
    };
    if pid < 0 {
        return Errno::last();
    }
    // SAFETY: as said.
    unsafe { libc::_exit(0) }
}
