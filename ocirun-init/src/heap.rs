//! The heap of a program that has one thread and mostly lives a millisecond: what is freed is used
//! again first, so that few pages are touched, and nothing goes back to the kernel but what is large.
//! Each page less spares a page fault, which is dearer than all the rest of an allocation.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

use crate::pages;

/// Every block begins and, but for large ones, ends at a multiple of it.
const GRAIN: usize = 16;
/// Up to here there is a list for each multiple of the grain, then for each power of two.
const FINE: usize = 1 << 10;
/// What is longer is mapped alone.
const LONGEST: usize = 64 << 10;
const LISTS: usize = FINE / GRAIN + 1 + (LONGEST / FINE).ilog2() as usize;

/// The first memory, which is there when the program starts: most never need more.
const FIRST: usize = 256 << 10;
/// What is asked of the kernel at once when that is used up.
const MORE: usize = 1 << 20;
/// What is mapped begins at a multiple of it, on every machine.
const PAGE: usize = 4096;

#[repr(align(16))]
struct First(UnsafeCell<[u8; FIRST]>);

pub struct Heap {
    first: First,
    state: UnsafeCell<State>,
}

struct State {
    begun: bool,
    /// Memory that was never used: from here …
    next: *mut u8,
    /// … so many bytes.
    left: usize,
    /// Blocks that were freed, each with the address of the one before it at its head.
    free: [*mut u8; LISTS],
}

// SAFETY: the program has one thread. What it clones in its own memory it waits for, or ends itself.
unsafe impl Sync for Heap {}

impl Heap {
    pub const fn new() -> Self {
        Self {
            first: First(UnsafeCell::new([0; FIRST])),
            state: UnsafeCell::new(State {
                begun: false,
                next: null_mut(),
                left: 0,
                free: [null_mut(); LISTS],
            }),
        }
    }

    /// As many bytes are going to be used.
    pub fn expect(&self, bytes: usize) {
        pages::fetch(self.first.0.get().cast(), bytes.min(FIRST));
    }

    /// Takes `size` bytes, a multiple of the grain, that were never used; null where there are none.
    ///
    /// # Safety
    /// Nobody else uses the state.
    unsafe fn fresh(&self, state: &mut State, size: usize) -> *mut u8 {
        if !state.begun {
            (state.begun, state.next, state.left) = (true, self.first.0.get().cast(), FIRST);
        }
        if state.left < size {
            let more = map(MORE);
            if more.is_null() {
                return more;
            }
            (state.next, state.left) = (more, MORE);
        }
        let block = state.next;
        // SAFETY: `left` bytes lie there, which are not less.
        state.next = unsafe { block.add(size) };
        state.left -= size;
        block
    }
}

/// The list of the blocks that hold `size` bytes, and the length of those; none for what is mapped.
fn class(size: usize) -> Option<(usize, usize)> {
    if size <= FINE {
        let list = size.max(1).div_ceil(GRAIN);
        Some((list, list * GRAIN))
    } else if size <= LONGEST {
        let length = size.next_power_of_two();
        Some((FINE / GRAIN + (length / FINE).ilog2() as usize, length))
    } else {
        None
    }
}

fn map(length: usize) -> *mut u8 {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: new memory at a place of the kernel's choice touches no other.
    match unsafe { libc::mmap(null_mut(), length, access, kind, -1, 0) } {
        libc::MAP_FAILED => null_mut(),
        new => new.cast(),
    }
}

// SAFETY: a block is given to one holder at a time: it comes from memory that was never used, from a list
// that it is taken off, or from the kernel. Blocks of one list have one length, which holds the layout's,
// and begin at a multiple of the grain; where more is asked for, as much is taken as holds a place for it.
unsafe impl GlobalAlloc for Heap {
    // Not at each of ten thousand places.
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((list, length)) = class(layout.size()) else {
            // As much alignment as anybody asks for.
            return if layout.align() <= PAGE { map(layout.size()) } else { null_mut() };
        };
        // SAFETY: there is one thread, and no call below comes back here.
        let state = unsafe { &mut *self.state.get() };
        let block = state.free[list];
        if !block.is_null() && layout.align() <= GRAIN {
            // SAFETY: a block on a list has the address of the next one at its head.
            state.free[list] = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        if layout.align() <= GRAIN {
            // SAFETY: as above.
            return unsafe { self.fresh(state, length) };
        }
        let Some((_, room)) = class(length + layout.align()) else {
            return if layout.align() <= PAGE { map(length) } else { null_mut() };
        };
        // SAFETY: as above.
        let block = unsafe { self.fresh(state, room) };
        if block.is_null() {
            return block;
        }
        // SAFETY: what is skipped is less than the alignment, which is there beside the length.
        unsafe { block.add(block.align_offset(layout.align())) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { self.alloc(layout) };
        // What was mapped for it is zero, and may never be touched.
        if !block.is_null() && class(layout.size()).is_some() {
            // SAFETY: the block has as many bytes.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some((list, _)) = class(layout.size()) else {
            // SAFETY: it was mapped with this length, and nobody holds it any more.
            unsafe { libc::munmap(block.cast(), layout.size()) };
            return;
        };
        // SAFETY: as in `alloc`; the block is free, longer than an address, and aligned for one.
        unsafe {
            let state = &mut *self.state.get();
            block.cast::<*mut u8>().write(state.free[list]);
            state.free[list] = block;
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (old, new) = (class(layout.size()), class(size));
        match (old, new) {
            (Some((list, _)), Some((same, _))) if list == same => return block,
            // The last that was taken grows where it is.
            (Some((_, length)), Some((_, wanted))) if wanted > length => {
                // SAFETY: as in `alloc`; `block` has `length` bytes.
                unsafe {
                    let state = &mut *self.state.get();
                    if block.add(length) == state.next && wanted - length <= state.left {
                        state.next = state.next.add(wanted - length);
                        state.left -= wanted - length;
                        return block;
                    }
                }
            }
            (None, None) => {
                // SAFETY: it was mapped with this length, and its only holder gets the new address.
                let moved = unsafe { libc::mremap(block.cast(), layout.size(), size, libc::MREMAP_MAYMOVE) };
                return if moved == libc::MAP_FAILED { null_mut() } else { moved.cast() };
            }
            _ => {}
        }
        // SAFETY: the caller promises that the size is one of a layout with this alignment.
        let layout_of_new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: both blocks have as many bytes as are copied, and the new one is nobody else's.
        unsafe {
            let to = self.alloc(layout_of_new);
            if !to.is_null() {
                std::ptr::copy_nonoverlapping(block, to, layout.size().min(size));
                self.dealloc(block, layout);
            }
            to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_as_if_it_were_not() {
        let heap = Box::new(Heap::new());
        heap.expect(10_000);
        heap.expect(usize::MAX);
        let layout = Layout::new::<u64>();
        // SAFETY: the size is not zero, and the block is given for this layout.
        unsafe {
            let block = heap.alloc_zeroed(layout);
            assert_eq!(block.cast::<u64>().read(), 0);
            heap.dealloc(block, layout);
        }
    }

    #[test]
    fn lists_have_one_length_each() {
        for (size, want) in [
            (0, Some((1, 16))),
            (1, Some((1, 16))),
            (16, Some((1, 16))),
            (17, Some((2, 32))),
            (1024, Some((64, 1024))),
            (1025, Some((65, 2048))),
            (4096, Some((66, 4096))),
            (65536, Some((70, 65536))),
            (65537, None),
        ] {
            assert_eq!(class(size), want, "{size}");
        }
        assert_eq!(LISTS, 71);
    }

    /// Whatever is asked for and given back: no two holders share a byte, and what was written stays.
    #[test]
    fn blocks_are_their_holders_alone() {
        crate::chance::cases(200, |c| {
            let heap = Box::new(Heap::new());
            let mut held: Vec<(*mut u8, Layout, u8)> = Vec::new();
            for step in 0..200u32 {
                let mark = step as u8;
                let size = match c.below(4) {
                    0 => c.below(100_000),
                    1 => c.below(5_000),
                    _ => c.below(200),
                } + 1;
                let filled = |at: *mut u8, size: usize, mark: u8| {
                    // SAFETY: the test holds a block of this size there.
                    unsafe { std::slice::from_raw_parts(at, size) }.iter().all(|b| *b == mark)
                };
                match c.below(3) {
                    0 if !held.is_empty() => {
                        let (at, layout, old) = held.swap_remove(c.below(held.len()));
                        assert!(filled(at, layout.size(), old));
                        // SAFETY: the block was given for this layout.
                        unsafe { heap.dealloc(at, layout) };
                    }
                    1 if !held.is_empty() => {
                        let (at, layout, old) = held.swap_remove(c.below(held.len()));
                        // SAFETY: the block was given for this layout.
                        let new = unsafe { heap.realloc(at, layout, size) };
                        assert!(!new.is_null() && new.align_offset(layout.align()) == 0);
                        assert!(filled(new, layout.size().min(size), old));
                        let layout = Layout::from_size_align(size, layout.align()).unwrap();
                        // SAFETY: the block has this size.
                        unsafe { new.write_bytes(mark, size) };
                        held.push((new, layout, mark));
                    }
                    _ => {
                        let layout = Layout::from_size_align(size, 1 << c.below(9)).unwrap();
                        // SAFETY: the size is not zero.
                        let new = unsafe { heap.alloc(layout) };
                        assert!(!new.is_null() && new.align_offset(layout.align()) == 0);
                        // SAFETY: the block has this size.
                        unsafe { new.write_bytes(mark, size) };
                        held.push((new, layout, mark));
                    }
                }
            }
            for (at, layout, mark) in held {
                // SAFETY: the block was given for this layout.
                unsafe {
                    assert!(std::slice::from_raw_parts(at, layout.size()).iter().all(|b| *b == mark));
                    heap.dealloc(at, layout);
                }
            }
        });
    }
}
