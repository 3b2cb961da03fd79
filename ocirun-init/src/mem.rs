//! What a program that is linked to musl moves and compares memory with. musl's own are short and made
//! for other machines: to start `rep movs` takes as long as most of our copies, what overlaps goes byte by
//! byte, and so does every comparison. Here all is done by sixteen bytes, which every x86_64 has.
//!
//! In assembly, for a compiler makes calls of these functions out of such loops.
#![allow(unsafe_code)]

use std::arch::global_asm;

// Short copies are read whole before the first byte is written, so that overlapping does not matter. A long
// one goes up where the target is below the source or apart from it, and down else; the sixty-four bytes at
// its end are read first and written last, for they need not be a whole round.
global_asm!(
    ".globl memcpy, memmove",
    ".type memcpy, @function",
    ".type memmove, @function",
    ".p2align 4",
    "memcpy:",
    "memmove:",
    "mov rax, rdi",
    "cmp rdx, 16",
    "jb 2f",
    "cmp rdx, 32",
    "ja 3f",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + rdx - 16]",
    "movups [rdi], xmm0",
    "movups [rdi + rdx - 16], xmm1",
    "ret",
    "2:", // fewer than sixteen
    "cmp edx, 8",
    "jb 4f",
    "mov rcx, [rsi]",
    "mov r8, [rsi + rdx - 8]",
    "mov [rdi], rcx",
    "mov [rdi + rdx - 8], r8",
    "ret",
    "4:",
    "cmp edx, 4",
    "jb 5f",
    "mov ecx, [rsi]",
    "mov r8d, [rsi + rdx - 4]",
    "mov [rdi], ecx",
    "mov [rdi + rdx - 4], r8d",
    "ret",
    "5:",
    "test edx, edx",
    "je 6f",
    "movzx ecx, byte ptr [rsi]",
    "movzx r8d, byte ptr [rsi + rdx - 1]",
    "cmp edx, 3",
    "jb 7f",
    "movzx r9d, byte ptr [rsi + 1]",
    "mov [rdi + 1], r9b",
    "7:",
    "mov [rdi], cl",
    "mov [rdi + rdx - 1], r8b",
    "6:",
    "ret",
    "3:", // more than thirty-two
    "cmp rdx, 64",
    "ja 8f",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + 16]",
    "movups xmm2, [rsi + rdx - 32]",
    "movups xmm3, [rsi + rdx - 16]",
    "movups [rdi], xmm0",
    "movups [rdi + 16], xmm1",
    "movups [rdi + rdx - 32], xmm2",
    "movups [rdi + rdx - 16], xmm3",
    "ret",
    "8:", // more than sixty-four
    "mov rcx, rdi",
    "sub rcx, rsi",
    "cmp rcx, rdx",
    "jb 10f",
    "movups xmm4, [rsi + rdx - 64]", // up
    "movups xmm5, [rsi + rdx - 48]",
    "movups xmm6, [rsi + rdx - 32]",
    "movups xmm7, [rsi + rdx - 16]",
    "lea r8, [rdi + rdx - 64]",
    "9:",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + 16]",
    "movups xmm2, [rsi + 32]",
    "movups xmm3, [rsi + 48]",
    "add rsi, 64",
    "movups [rdi], xmm0",
    "movups [rdi + 16], xmm1",
    "movups [rdi + 32], xmm2",
    "movups [rdi + 48], xmm3",
    "add rdi, 64",
    "cmp rdi, r8",
    "jb 9b",
    "movups [r8], xmm4",
    "movups [r8 + 16], xmm5",
    "movups [r8 + 32], xmm6",
    "movups [r8 + 48], xmm7",
    "ret",
    "10:", // down
    "movups xmm4, [rsi]",
    "movups xmm5, [rsi + 16]",
    "movups xmm6, [rsi + 32]",
    "movups xmm7, [rsi + 48]",
    "11:",
    "movups xmm0, [rsi + rdx - 64]",
    "movups xmm1, [rsi + rdx - 48]",
    "movups xmm2, [rsi + rdx - 32]",
    "movups xmm3, [rsi + rdx - 16]",
    "movups [rdi + rdx - 64], xmm0",
    "movups [rdi + rdx - 48], xmm1",
    "movups [rdi + rdx - 32], xmm2",
    "movups [rdi + rdx - 16], xmm3",
    "sub rdx, 64",
    "cmp rdx, 64",
    "ja 11b",
    "movups [rdi], xmm4",
    "movups [rdi + 16], xmm5",
    "movups [rdi + 32], xmm6",
    "movups [rdi + 48], xmm7",
    "ret",
    ".size memcpy, . - memcpy",
    ".size memmove, . - memmove",
);

// The first bytes that differ decide; of eight at once they are turned so that the first weighs most.
global_asm!(
    ".globl memcmp, bcmp",
    ".type memcmp, @function",
    ".type bcmp, @function",
    ".p2align 4",
    "memcmp:",
    "bcmp:",
    "2:",
    "cmp rdx, 16",
    "jb 3f",
    "movups xmm0, [rdi]",
    "movups xmm1, [rsi]",
    "pcmpeqb xmm0, xmm1",
    "pmovmskb ecx, xmm0",
    "xor ecx, 0xffff",
    "jne 4f",
    "add rdi, 16",
    "add rsi, 16",
    "sub rdx, 16",
    "jmp 2b",
    "4:", // the place in the sixteen
    "bsf ecx, ecx",
    "movzx eax, byte ptr [rdi + rcx]",
    "movzx edx, byte ptr [rsi + rcx]",
    "sub eax, edx",
    "ret",
    "3:", // fewer than sixteen
    "cmp edx, 8",
    "jb 5f",
    "mov rcx, [rdi]",
    "mov r8, [rsi]",
    "cmp rcx, r8",
    "jne 6f",
    "mov rcx, [rdi + rdx - 8]",
    "mov r8, [rsi + rdx - 8]",
    "cmp rcx, r8",
    "jne 6f",
    "xor eax, eax",
    "ret",
    "6:",
    "bswap rcx",
    "bswap r8",
    "cmp rcx, r8",
    "sbb eax, eax",
    "or eax, 1",
    "ret",
    "5:",
    "xor eax, eax",
    "test edx, edx",
    "je 8f",
    "7:",
    "movzx eax, byte ptr [rdi]",
    "movzx ecx, byte ptr [rsi]",
    "sub eax, ecx",
    "jne 8f",
    "inc rdi",
    "inc rsi",
    "dec edx",
    "jne 7b",
    "8:",
    "ret",
    ".size memcmp, . - memcmp",
    ".size bcmp, . - bcmp",
);

#[cfg(test)]
mod tests {
    use std::ffi::c_void;

    #[test]
    fn any_bytes_are_moved_as_one_by_one() {
        crate::chance::cases(20_000, |c| {
            let bytes: Vec<u8> = (0..400).map(|_| c.below(256) as u8).collect();
            let length = if c.one_in(2) { c.below(40) } else { c.below(200) };
            let (from, to) = (c.below(200), c.below(200));
            let mut want = bytes.clone();
            want[to..to + length].copy_from_slice(&bytes[from..from + length]);
            let mut got = bytes.clone();
            let start = got.as_mut_ptr();
            // SAFETY: both places lie in the vector.
            let back = unsafe {
                libc::memmove(start.add(to).cast::<c_void>(), start.add(from).cast::<c_void>(), length)
            };
            assert_eq!(back.cast(), start.wrapping_add(to));
            assert_eq!(got, want, "{length} bytes from {from} to {to}");
            if from + length <= to || to + length <= from {
                let mut got = bytes.clone();
                let start = got.as_mut_ptr();
                // SAFETY: both places lie in the vector, apart from each other.
                unsafe {
                    libc::memcpy(start.add(to).cast::<c_void>(), start.add(from).cast::<c_void>(), length)
                };
                assert_eq!(got, want, "{length} bytes from {from} to {to}");
            }
        });
    }

    #[test]
    fn any_bytes_are_compared_as_one_by_one() {
        crate::chance::cases(20_000, |c| {
            let length = c.below(70);
            let one: Vec<u8> = (0..length + 8).map(|_| c.below(256) as u8).collect();
            let mut other = one.clone();
            if c.one_in(2) {
                let at = c.below(other.len());
                other[at] = c.below(256) as u8;
            }
            let want =
                one[..length].iter().zip(&other[..length]).find(|(a, b)| a != b).map(|(a, b)| a.cmp(b));
            // SAFETY: both have so many bytes.
            let got = unsafe {
                libc::memcmp(one.as_ptr().cast::<c_void>(), other.as_ptr().cast::<c_void>(), length)
            };
            assert_eq!(got.cmp(&0), want.unwrap_or(std::cmp::Ordering::Equal), "{length} {one:?} {other:?}");
        });
    }
}
