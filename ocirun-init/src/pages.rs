//! Pages that are known to be needed are asked for at once: a fault for each takes several times as long.
//! Nothing depends on it: what the kernel does not give (before Linux 5.14) comes by faults.
#![allow(unsafe_code)]

/// At least: where it is more, the kernel refuses, which is no loss.
const PAGE: usize = 4096;

/// Memory of this program that it is going to write to.
pub fn fetch(start: *const u8, bytes: usize) {
    const POPULATE_WRITE: libc::c_int = 23;
    let from = start.addr() & !(PAGE - 1);
    let length = (start.addr() + bytes - from).next_multiple_of(PAGE);
    // SAFETY: pages that are there stay as they are; what is not mapped, or not to be written, is refused.
    unsafe { libc::madvise(from as *mut libc::c_void, length, POPULATE_WRITE) };
}

/// The stack below this call's frame: no more than the program is going to use.
#[inline(never)]
pub fn fetch_stack(bytes: usize) {
    let here = 0u8;
    let start = std::hint::black_box(&raw const here).wrapping_byte_sub(bytes);
    // SAFETY: what lies below the frames in use belongs to nobody. The kernel makes the stack longer for it,
    // as it would for the calls that are going to be made.
    unsafe { start.cast_mut().write_volatile(0) };
    fetch(start, bytes - PAGE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes_but_that_it_is_there() {
        let memory = vec![7u8; 100_000];
        fetch(memory.as_ptr(), memory.len());
        assert!(memory.iter().all(|byte| *byte == 7));
        // Nothing of this program.
        fetch(std::ptr::without_provenance(PAGE), 10);
        fetch_stack(64 << 10);
    }
}
