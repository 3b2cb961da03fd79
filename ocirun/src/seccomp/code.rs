//! Tables become classic BPF; pure.
//!
//! The program finds the table of the caller's architecture, then by halving the range of the
//! number, then tries that range's rules. Every path ends in a return, so the code for a choice is
//! a jump and the code of both sides behind it, and nothing is ever patched.

use oci_spec::runtime::LinuxSeccompOperator::{self, *};

use super::rule::{Condition, KILL, Range, Rule, Table};

/// `struct sock_filter`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Insn {
    pub code: u16,
    pub jt: u8,
    pub jf: u8,
    pub k: u32,
}

pub const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
pub const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
pub const JUMP: u16 = 0x05; // BPF_JMP | BPF_JA
pub const EQ: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
pub const GT: u16 = 0x25; // BPF_JMP | BPF_JGT | BPF_K
pub const GE: u16 = 0x35; // BPF_JMP | BPF_JGE | BPF_K
pub const RETURN: u16 = 0x06; // BPF_RET | BPF_K

// Offsets into struct seccomp_data.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGS: u32 = 16;

pub fn program(tables: &[Table]) -> Vec<Insn> {
    let mut code = vec![load(ARCH)];
    for table in tables {
        let mut search = vec![load(NUMBER)];
        search.extend(find(&table.ranges));
        branch(&mut code, EQ, table.audit, search, Vec::new());
    }
    code.push(ret(KILL));
    code
}

pub fn bytes(program: &[Insn]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for i in program {
        bytes.extend(i.code.to_ne_bytes());
        bytes.extend([i.jt, i.jf]);
        bytes.extend(i.k.to_ne_bytes());
    }
    bytes
}

/// With the number loaded: to its range.
fn find(ranges: &[Range]) -> Vec<Insn> {
    if let [range] = ranges {
        return leaf(range);
    }
    let middle = ranges.len() / 2;
    let mut code = Vec::new();
    let (low, high) = ranges.split_at(middle);
    let Some(border) = high.first() else {
        return vec![ret(KILL)];
    };
    branch(&mut code, GE, border.first, find(high), find(low));
    code
}

/// If the comparison with `k` holds, `yes`, which returns, else what comes behind: `no` and more.
fn branch(code: &mut Vec<Insn>, compare: u16, k: u32, yes: Vec<Insn>, no: Vec<Insn>) {
    match u8::try_from(yes.len()) {
        Ok(length) => code.push(Insn { code: compare, jt: 0, jf: length, k }),
        Err(_) => {
            // A conditional jump reaches 255 instructions far.
            code.push(Insn { code: compare, jt: 1, jf: 0, k });
            code.push(Insn { code: JUMP, jt: 0, jf: 0, k: yes.len() as u32 });
        }
    }
    code.extend(yes);
    code.extend(no);
}

fn leaf(range: &Range) -> Vec<Insn> {
    let mut code: Vec<Insn> = range.rules.iter().flat_map(rule).collect();
    code.push(ret(range.action));
    code
}

/// Falls through where a condition does not hold.
fn rule(rule: &Rule) -> Vec<Insn> {
    let mut code = vec![ret(rule.action)];
    for c in rule.conditions.iter().rev() {
        let mut test = condition(c, code.len() as u8);
        test.append(&mut code);
        code = test;
    }
    code
}

/// Falls through where the condition holds, else skips `over` instructions behind itself.
///
/// The 64 bits of an argument are compared by halves, the upper one first. At most six conditions
/// of at most seven instructions: no jump is too long.
fn condition(c: &Condition, over: u8) -> Vec<Insn> {
    let (low, high) = offsets(c.index);
    let jump = |code, k, jt, jf| Insn { code, jt, jf, k };
    let (value_low, value_high) = (c.value as u32, (c.value >> 32) as u32);
    let (mask_low, mask_high) = (c.mask as u32, (c.mask >> 32) as u32);
    let order = |operator: LinuxSeccompOperator| match operator {
        // (comparison of the lower half, whether it must hold)
        ScmpCmpGt => (GT, true),
        ScmpCmpGe => (GE, true),
        ScmpCmpLt => (GE, false),
        _ => (GT, false),
    };
    let last = match c.operator {
        ScmpCmpEq | ScmpCmpMaskedEq => jump(EQ, value_low, 0, over),
        ScmpCmpNe => jump(EQ, value_low, over, 0),
        operator => match order(operator) {
            (code, true) => jump(code, value_low, 0, over),
            (code, false) => jump(code, value_low, over, 0),
        },
    };
    let mut code = Vec::with_capacity(7);
    if c.wide && mask_high != 0 {
        code.push(load(high));
        match c.operator {
            ScmpCmpEq | ScmpCmpMaskedEq => {
                if mask_high != u32::MAX {
                    code.push(Insn { code: AND, jt: 0, jf: 0, k: mask_high });
                }
                let rest = if mask_low == 0 {
                    0
                } else if mask_low == u32::MAX {
                    2
                } else {
                    3
                };
                code.push(jump(EQ, value_high, 0, over + rest));
            }
            // Different above: different. Behind it stand the load and the comparison below.
            ScmpCmpNe => code.push(jump(EQ, value_high, 0, 2)),
            operator => {
                // Greater above decides, smaller above decides, the same leaves it to the lower.
                let (_, must) = order(operator);
                let (greater, smaller) = if must { (3, over + 2) } else { (over + 3, 2) };
                code.push(jump(GT, value_high, greater, 0));
                code.push(jump(EQ, value_high, 0, smaller));
            }
        }
    }
    if mask_low != 0 {
        code.push(load(low));
        if mask_low != u32::MAX {
            code.push(Insn { code: AND, jt: 0, jf: 0, k: mask_low });
        }
        code.push(last);
    }
    code
}

/// Where the halves of an argument are.
fn offsets(index: u32) -> (u32, u32) {
    let at = ARGS + 8 * index;
    if cfg!(target_endian = "little") { (at, at + 4) } else { (at + 4, at) }
}

fn load(offset: u32) -> Insn {
    Insn { code: LOAD, jt: 0, jf: 0, k: offset }
}

fn ret(action: u32) -> Insn {
    Insn { code: RETURN, jt: 0, jf: 0, k: action }
}
