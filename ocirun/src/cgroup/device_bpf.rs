//! Device rules as a BPF program for cgroup v2; pure.
//!
//! The kernel runs the program with the kind, the number, and the wanted access of a device. The
//! program goes through the rules from the last to the first and strikes off the access that a
//! rule decides: a bit that is denied ends it, and when all bits are struck off the answer is yes.

use super::device::Rules;

/// One `struct bpf_insn`.
pub type Insn = [u8; 8];

const LOAD_WORD: u8 = 0x61; // BPF_LDX | BPF_MEM | BPF_W
const MOV_REG: u8 = 0xbf; // BPF_ALU64 | BPF_MOV | BPF_X
const MOV: u8 = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
const AND: u8 = 0x57; // BPF_ALU64 | BPF_AND | BPF_K
const SHIFT_RIGHT: u8 = 0x77; // BPF_ALU64 | BPF_RSH | BPF_K
const JUMP_EQ: u8 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_NE: u8 = 0x55; // BPF_JMP | BPF_JNE | BPF_K
const EXIT: u8 = 0x95; // BPF_JMP | BPF_EXIT

// Registers: the result, the context, what is wanted and undecided, kind, numbers, and scratch.
const RESULT: u8 = 0;
const CONTEXT: u8 = 1;
const WANTED: u8 = 2;
const KIND: u8 = 3;
const MAJOR: u8 = 4;
const MINOR: u8 = 5;
const SCRATCH: u8 = 6;

const BLOCK: i32 = 1; // BPF_DEVCG_DEV_BLOCK
const CHAR: i32 = 2; // BPF_DEVCG_DEV_CHAR

pub fn program(rules: &Rules) -> Vec<Insn> {
    let mut code = vec![
        // struct bpf_cgroup_dev_ctx { access_type: access << 16 | kind, major, minor }
        insn(LOAD_WORD, WANTED, CONTEXT, 0, 0),
        insn(MOV_REG, KIND, WANTED, 0, 0),
        insn(AND, KIND, 0, 0, 0xffff),
        insn(SHIFT_RIGHT, WANTED, 0, 0, 16),
        insn(LOAD_WORD, MAJOR, CONTEXT, 4, 0),
        insn(LOAD_WORD, MINOR, CONTEXT, 8, 0),
    ];
    for rule in rules.list.iter().rev() {
        let access = rule.access as i32;
        let verdict = if rule.allow {
            [
                insn(AND, WANTED, 0, 0, !access),
                insn(JUMP_NE, WANTED, 0, 2, 0),
                insn(MOV, RESULT, 0, 0, 1),
                insn(EXIT, 0, 0, 0, 0),
            ]
            .to_vec()
        } else {
            [
                insn(MOV_REG, SCRATCH, WANTED, 0, 0),
                insn(AND, SCRATCH, 0, 0, access),
                insn(JUMP_EQ, SCRATCH, 0, 2, 0),
                insn(MOV, RESULT, 0, 0, 0),
                insn(EXIT, 0, 0, 0, 0),
            ]
            .to_vec()
        };
        let kind = if rule.block { BLOCK } else { CHAR };
        let mut tests = vec![(KIND, kind)];
        tests.extend(rule.major.map(|n| (MAJOR, n as i32)));
        tests.extend(rule.minor.map(|n| (MINOR, n as i32)));
        let count = tests.len();
        for (i, (register, value)) in tests.into_iter().enumerate() {
            let over = (count - 1 - i + verdict.len()) as i16;
            code.push(insn(JUMP_NE, register, 0, over, value));
        }
        code.extend(verdict);
    }
    code.push(insn(MOV, RESULT, 0, 0, i32::from(rules.allow)));
    code.push(insn(EXIT, 0, 0, 0, 0));
    code
}

fn insn(code: u8, dst: u8, src: u8, off: i16, imm: i32) -> Insn {
    let registers = if cfg!(target_endian = "little") { src << 4 | dst } else { dst << 4 | src };
    let [o0, o1] = off.to_ne_bytes();
    let [i0, i1, i2, i3] = imm.to_ne_bytes();
    [code, registers, o0, o1, i0, i1, i2, i3]
}

#[cfg(test)]
mod tests {
    use super::super::device::tests::parse;
    use super::super::device::{ALL, MKNOD, READ, WRITE};
    use super::*;

    /// Runs the few instructions that programs consist of.
    fn run(code: &[Insn], block: bool, major: u32, minor: u32, access: u32) -> bool {
        let kind = if block { BLOCK } else { CHAR } as u32;
        let context = [access << 16 | kind, major, minor];
        let mut r = [0i64; 11];
        let mut pc = 0;
        loop {
            let [op, registers, o0, o1, i0, i1, i2, i3] = code[pc];
            let (dst, src) = (usize::from(registers & 15), usize::from(registers >> 4));
            let off = i16::from_ne_bytes([o0, o1]);
            let imm = i64::from(i32::from_ne_bytes([i0, i1, i2, i3]));
            pc += 1;
            let mut jump = false;
            match op {
                LOAD_WORD => r[dst] = i64::from(context[off as usize / 4]),
                MOV_REG => r[dst] = r[src],
                MOV => r[dst] = imm,
                AND => r[dst] &= imm,
                SHIFT_RIGHT => r[dst] >>= imm,
                JUMP_EQ => jump = r[dst] == imm,
                JUMP_NE => jump = r[dst] != imm,
                EXIT => return r[0] != 0,
                _ => panic!("instruction {op:#x}"),
            }
            if jump {
                pc = (pc as isize + isize::from(off)) as usize;
            }
        }
    }

    #[test]
    fn verdicts() {
        const B: bool = true;
        const C: bool = false;
        let defaults = r#"[{"allow":false,"access":"rwm"}]"#;
        let holes = r#"[{"allow":true,"type":"b","major":8,"access":"rw"},
            {"allow":false,"type":"b","major":8,"minor":1,"access":"w"}]"#;
        let open = r#"[{"allow":true,"access":"rwm"},
            {"allow":false,"type":"c","major":10,"minor":229,"access":"rw"}]"#;
        let cases = [
            (defaults, C, 1, 3, ALL, true),
            (defaults, C, 1, 1, READ, false),
            (defaults, C, 1, 1, MKNOD, true),
            (defaults, C, 1, 1, MKNOD | READ, false),
            (defaults, B, 1, 3, READ, false),
            (defaults, B, 8, 0, MKNOD, true),
            (defaults, C, 136, 77, READ | WRITE, true),
            (defaults, C, 5, 1, WRITE, false),
            (holes, B, 8, 0, READ | WRITE, true),
            (holes, B, 8, 1, READ | WRITE, false),
            (holes, B, 8, 1, READ, true),
            (holes, B, 8, 1, ALL, false),
            (holes, B, 8, 0, ALL, true),
            (open, C, 10, 229, READ, false),
            (open, C, 10, 229, MKNOD, true),
            (open, B, 259, 7, ALL, true),
        ];
        for (json, block, major, minor, access, wanted) in cases {
            let code = program(&parse(json));
            assert_eq!(
                run(&code, block, major, minor, access),
                wanted,
                "{block} {major}:{minor} {access} in {json}"
            );
        }
    }
}
