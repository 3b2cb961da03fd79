//! Compares the compiler with libseccomp, call by call, in an interpreter of classic BPF.

use std::fs::File;
use std::io::{Read, Seek};

use libseccomp::{ScmpAction, ScmpArch, ScmpArgCompare, ScmpCompareOp, ScmpFilterContext, ScmpSyscall};
use oci_spec::runtime::{LinuxSeccomp, LinuxSeccompAction, LinuxSeccompOperator};

use super::code::{AND, EQ, GE, GT, Insn, JUMP, LOAD, RETURN};
use super::*;

const X86_64: u32 = 0xc000_003e;
const X86: u32 = 0x4000_0003;
const ARM64: u32 = 0xc000_00b7;
const ALLOW: u32 = 0x7fff_0000;
const ENOSYS: u32 = 0x0005_0000 + 38;
const EPERM: u32 = 0x0005_0001;

#[derive(Debug, Clone, Copy)]
struct Call {
    arch: u32,
    number: u32,
    args: [u64; 6],
}

fn parse(bytes: &[u8]) -> Vec<Insn> {
    bytes
        .chunks(8)
        .map(|b| Insn {
            code: u16::from_ne_bytes([b[0], b[1]]),
            jt: b[2],
            jf: b[3],
            k: u32::from_ne_bytes([b[4], b[5], b[6], b[7]]),
        })
        .collect()
}

/// The result, and how many instructions it took.
fn run(program: &[Insn], call: &Call) -> (u32, usize) {
    let mut data = Vec::new();
    data.extend(call.number.to_ne_bytes());
    data.extend(call.arch.to_ne_bytes());
    data.extend(0u64.to_ne_bytes());
    for arg in call.args {
        data.extend(arg.to_ne_bytes());
    }
    let (mut a, mut pc, mut steps) = (0u32, 0usize, 0);
    loop {
        let i = program[pc];
        pc += 1;
        steps += 1;
        let holds = match i.code {
            LOAD => {
                let at = i.k as usize;
                a = u32::from_ne_bytes(data[at..at + 4].try_into().unwrap());
                continue;
            }
            AND => {
                a &= i.k;
                continue;
            }
            JUMP => {
                pc += i.k as usize;
                continue;
            }
            RETURN => return (i.k, steps),
            EQ => a == i.k,
            GT => a > i.k,
            GE => a >= i.k,
            other => panic!("instruction {other:#x}"),
        };
        pc += usize::from(if holds { i.jt } else { i.jf });
    }
}

fn profile(json: &str) -> LinuxSeccomp {
    serde_json::from_str(json).unwrap()
}

fn ours(json: &str) -> Vec<Insn> {
    parse(&compile(&profile(json)).unwrap().bpf)
}

/// What libseccomp makes of it, when it is told the rules one after the other.
fn theirs(json: &str) -> Vec<Insn> {
    let p = profile(json);
    let act = |a: LinuxSeccompAction, errno: Option<u32>| match a {
        LinuxSeccompAction::ScmpActAllow => ScmpAction::Allow,
        LinuxSeccompAction::ScmpActErrno => ScmpAction::Errno(errno.unwrap_or(1) as i32),
        LinuxSeccompAction::ScmpActKillProcess => ScmpAction::KillProcess,
        LinuxSeccompAction::ScmpActTrap => ScmpAction::Trap,
        LinuxSeccompAction::ScmpActLog => ScmpAction::Log,
        LinuxSeccompAction::ScmpActTrace => ScmpAction::Trace(errno.unwrap_or(1) as u16),
        _ => panic!("{a:?}"),
    };
    let default = act(p.default_action(), p.default_errno_ret());
    let mut filter = ScmpFilterContext::new(default).unwrap();
    for arch in p.architectures().iter().flatten() {
        let arch = match arch.to_string().as_str() {
            "SCMP_ARCH_X86" => ScmpArch::X86,
            "SCMP_ARCH_X32" => ScmpArch::X32,
            "SCMP_ARCH_AARCH64" => ScmpArch::Aarch64,
            _ => ScmpArch::Native,
        };
        filter.add_arch(arch).unwrap();
    }
    for call in p.syscalls().iter().flatten() {
        let action = act(call.action(), call.errno_ret());
        let conditions: Vec<ScmpArgCompare> = call
            .args()
            .iter()
            .flatten()
            .map(|a| {
                let op = match a.op() {
                    LinuxSeccompOperator::ScmpCmpNe => ScmpCompareOp::NotEqual,
                    LinuxSeccompOperator::ScmpCmpLt => ScmpCompareOp::Less,
                    LinuxSeccompOperator::ScmpCmpLe => ScmpCompareOp::LessOrEqual,
                    LinuxSeccompOperator::ScmpCmpEq => ScmpCompareOp::Equal,
                    LinuxSeccompOperator::ScmpCmpGe => ScmpCompareOp::GreaterEqual,
                    LinuxSeccompOperator::ScmpCmpGt => ScmpCompareOp::Greater,
                    LinuxSeccompOperator::ScmpCmpMaskedEq => {
                        let value = a.value_two().unwrap_or(0);
                        let op = ScmpCompareOp::MaskedEqual(a.value());
                        return ScmpArgCompare::new(a.index() as u32, op, value);
                    }
                };
                ScmpArgCompare::new(a.index() as u32, op, a.value())
            })
            .collect();
        if action == default {
            continue;
        }
        for name in call.names() {
            if let Ok(number) = ScmpSyscall::from_name(name) {
                filter.add_rule_conditional(action, number, &conditions).map(|_| ()).unwrap();
            }
        }
    }
    let mut file: File = tempfile::tempfile().unwrap();
    filter.export_bpf(&file).unwrap();
    file.rewind().unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    parse(&bytes)
}

/// Arguments around everything that a profile compares with.
fn arguments(json: &str) -> Vec<[u64; 6]> {
    let mut values = vec![0, 1, u64::MAX, 0xffff_ffff, 1 << 32];
    for call in profile(json).syscalls().iter().flatten() {
        for arg in call.args().iter().flatten() {
            for v in [arg.value(), arg.value_two().unwrap_or(0)] {
                values.extend([v, v.wrapping_add(1), v.wrapping_sub(1), v ^ 1 << 32, v ^ 0x10]);
                values.extend([v.wrapping_add(1 << 33), v & 0xffff_ffff, v >> 32]);
            }
        }
    }
    values.sort();
    values.dedup();
    let mut list = vec![[0; 6]];
    for v in values {
        for i in 0..3 {
            let mut args = [0; 6];
            args[i] = v;
            list.push(args);
            args[(i + 1) % 3] = 1;
            list.push(args);
        }
    }
    list
}

/// Every call of every architecture gets the same answer, but for those newer than the profile.
fn compare(json: &str, archs: &[u32], newest: u32) {
    let (ours, theirs) = (ours(json), theirs(json));
    for &arch in archs {
        let numbers = (0..=newest).chain(0x4000_0000..=0x4000_0000 + newest).chain([
            0x3fff_ffff,
            u32::MAX - 1,
            u32::MAX,
        ]);
        for number in numbers {
            for args in arguments(json) {
                // 32-bit callers have 32-bit arguments.
                let narrow = arch == X86 || number >= 0x4000_0000;
                let args = if narrow { args.map(|a| a & 0xffff_ffff) } else { args };
                let call = Call { arch, number, args };
                let (found, wanted) = (run(&ours, &call).0, run(&theirs, &call).0);
                if found != ENOSYS {
                    assert_eq!(found, wanted, "{call:x?} in {json}");
                }
            }
        }
    }
}

#[test]
fn operators_as_in_libseccomp() {
    for operator in ["NE", "LT", "LE", "EQ", "GE", "GT"] {
        for value in ["0", "5", "4294967295", "4294967296", "81985529216486895", "18446744073709551615"] {
            let json = format!(
                r#"{{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{{"names":["read"],
                "action":"SCMP_ACT_ERRNO","errnoRet":7,
                "args":[{{"index":1,"value":{value},"op":"SCMP_CMP_{operator}"}}]}}]}}"#
            );
            compare(&json, &[X86_64, X86, ARM64], 3);
        }
    }
    for (mask, value) in [
        ("2114060288", "0"),
        ("18446744073709551615", "3"),
        ("1152921500311879680", "1152921500311879680"),
        ("18446744069414584320", "4294967296"),
        ("15", "255"),
    ] {
        let json = format!(
            r#"{{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{{"names":["read"],
            "action":"SCMP_ACT_ALLOW",
            "args":[{{"index":0,"value":{mask},"valueTwo":{value},"op":"SCMP_CMP_MASKED_EQ"}},
                    {{"index":1,"value":1,"op":"SCMP_CMP_LE"}}]}}]}}"#
        );
        compare(&json, &[X86_64], 3);
    }
}

/// A profile of the usual size and form.
fn large(default: &str) -> String {
    let names: Vec<String> = (0..335)
        .filter(|n| n % 7 != 3)
        .filter_map(|n| ScmpSyscall::from(n).get_name().ok())
        // Without arguments beside, for libseccomp looks at the pointer.
        .filter(|n| !["personality", "clone"].contains(&n.as_str()))
        .collect();
    format!(
        r#"{{"defaultAction":"{default}","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_X32"],
        "syscalls":[{{"names":{names:?},"action":"SCMP_ACT_LOG"}},
        {{"names":["personality"],"action":"SCMP_ACT_LOG","args":[{{"index":0,"value":0,"op":"SCMP_CMP_EQ"}}]}},
        {{"names":["personality"],"action":"SCMP_ACT_LOG","args":[{{"index":0,"value":8,"op":"SCMP_CMP_EQ"}}]}},
        {{"names":["personality"],"action":"SCMP_ACT_LOG","args":[{{"index":0,"value":4294967295,"op":"SCMP_CMP_EQ"}}]}},
        {{"names":["clone"],"action":"SCMP_ACT_LOG","args":[{{"index":0,"value":2114060288,"valueTwo":0,"op":"SCMP_CMP_MASKED_EQ"}}]}},
        {{"names":["no_such_call","openat2"],"action":"SCMP_ACT_LOG"}}]}}"#
    )
}

#[test]
fn a_large_profile_as_in_libseccomp() {
    // Numbers 359 to 373 and from 393 on of x86 are those of calls that libseccomp leaves out.
    for default in ["SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW"] {
        compare(&large(default), &[X86_64, X86, ARM64], 358);
    }
}

#[test]
fn a_call_is_found_in_few_steps() {
    let program = ours(&large("SCMP_ACT_ERRNO"));
    for number in 0..500 {
        for arch in [X86_64, X86] {
            // socketcall and ipc of x86 hold a rule for each call that is made through them.
            if arch == X86 && [102, 117].contains(&number) {
                continue;
            }
            let (_, steps) = run(&program, &Call { arch, number, args: [0; 6] });
            assert!(steps < 30, "{number} takes {steps} steps");
        }
    }
}

fn answer(json: &str, arch: u32, number: u32, args: [u64; 6]) -> u32 {
    run(&ours(json), &Call { arch, number, args }).0
}

#[test]
fn newer_calls_than_the_profile_names() {
    let json = |default: &str, errno: &str| {
        format!(
            r#"{{"defaultAction":"{default}"{errno},"syscalls":[
            {{"names":["read","fchmodat2"],"action":"SCMP_ACT_ALLOW"}}]}}"#
        )
    };
    let cases = [
        ("SCMP_ACT_ERRNO", "", 452, ALLOW),
        ("SCMP_ACT_ERRNO", "", 451, EPERM),
        ("SCMP_ACT_ERRNO", "", 453, ENOSYS),
        ("SCMP_ACT_ERRNO", "", u32::MAX, ENOSYS),
        ("SCMP_ACT_KILL", "", 453, ENOSYS),
        ("SCMP_ACT_ERRNO", r#","defaultErrnoRet":38"#, 451, ENOSYS),
        ("SCMP_ACT_ERRNO", r#","defaultErrnoRet":2"#, 451, 0x0005_0002),
        ("SCMP_ACT_ERRNO", r#","defaultErrnoRet":2"#, 453, ENOSYS),
        ("SCMP_ACT_ALLOW", "", 453, ALLOW),
        ("SCMP_ACT_LOG", "", 453, 0x7ffc_0000),
        ("SCMP_ACT_TRACE", "", 453, 0x7ff0_0001),
    ];
    for (default, errno, number, wanted) in cases {
        let json = json(default, errno);
        assert_eq!(answer(&json, X86_64, number, [0; 6]), wanted, "{number} in {json}");
    }
}

#[test]
fn actions() {
    for (action, errno, wanted) in [
        ("KILL", "", 0),
        ("KILL_THREAD", "", 0),
        ("KILL_PROCESS", "", 0x8000_0000),
        ("TRAP", "", 0x0003_0000),
        ("ERRNO", "", EPERM),
        ("ERRNO", r#","errnoRet":0"#, 0x0005_0000),
        ("ERRNO", r#","errnoRet":111"#, 0x0005_0000 + 111),
        ("TRACE", r#","errnoRet":9"#, 0x7ff0_0009),
        ("NOTIFY", "", 0x7fc0_0000),
        ("LOG", "", 0x7ffc_0000),
    ] {
        let json = format!(
            r#"{{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
            {{"names":["mkdir"],"action":"SCMP_ACT_{action}"{errno}}}]}}"#
        );
        assert_eq!(answer(&json, X86_64, 83, [0; 6]), wanted, "{action}");
        assert_eq!(answer(&json, X86_64, 82, [0; 6]), ALLOW, "{action}");
        assert_eq!(answer(&json, ARM64, 82, [0; 6]), 0, "{action}");
        assert_eq!(compile(&profile(&json)).unwrap().listener, action == "NOTIFY");
    }
}

#[test]
fn one_argument_twice_means_either() {
    let json = r#"{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["personality"],
        "action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":0,"op":"SCMP_CMP_EQ"},
        {"index":0,"value":8,"op":"SCMP_CMP_EQ"}]}]}"#;
    for (value, wanted) in [(0, ALLOW), (8, ALLOW), (9, EPERM)] {
        assert_eq!(answer(json, X86_64, 135, [value, 0, 0, 0, 0, 0]), wanted);
    }
}

#[test]
fn sockets_of_32_bits_by_both_ways() {
    let json = r#"{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86"],"syscalls":[
        {"names":["socket","shmat"],"action":"SCMP_ACT_ALLOW"}]}"#;
    for (number, first, wanted) in [
        (359, 2, ALLOW),
        (102, 1, ALLOW),
        (102, 2, EPERM),
        (397, 0, ALLOW),
        (117, 21, ALLOW),
        (117, 22, EPERM),
    ] {
        assert_eq!(answer(json, X86, number, [first, 0, 0, 0, 0, 0]), wanted, "{number} {first}");
    }
}

#[test]
fn flags_of_the_system_call() {
    for (flags, action, wanted) in [
        ("", "LOG", 4),
        (r#","flags":[]"#, "LOG", 0),
        (r#","flags":["SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_TSYNC"]"#, "LOG", 2),
        (r#","flags":["SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_TSYNC"]"#, "NOTIFY", 2),
        (r#","flags":["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]"#, "NOTIFY", 32),
    ] {
        let json = format!(
            r#"{{"defaultAction":"SCMP_ACT_ALLOW"{flags},"syscalls":[{{"names":["mkdir"],"action":"SCMP_ACT_{action}"}}]}}"#
        );
        assert_eq!(compile(&profile(&json)).unwrap().flags, wanted, "{json}");
    }
}

#[test]
fn refused() {
    let cases = [
        (r#"{"defaultAction":"SCMP_ACT_NOTIFY"}"#, "SCMP_ACT_NOTIFY cannot be used as default action"),
        (
            r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["write"],"action":"SCMP_ACT_NOTIFY"}]}"#,
            "SCMP_ACT_NOTIFY cannot be used for the write syscall",
        ),
        (
            r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_KILL","errnoRet":3}]}"#,
            "seccomp syscalls[0]: errnoRet 3 is of no use to SCMP_ACT_KILL",
        ),
        (
            r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_KILL","args":[{"index":6,"value":0,"op":"SCMP_CMP_EQ"}]}]}"#,
            "seccomp syscalls[0]: argument 6 does not exist",
        ),
    ];
    for (json, wanted) in cases {
        assert_eq!(format!("{:#}", compile(&profile(json)).unwrap_err()), wanted);
    }
}

#[test]
fn words() {
    let known = known();
    for arch in ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64"] {
        assert!(known.archs.contains(&arch), "{arch}");
    }
    assert!(known.supported_flags.contains(&"SECCOMP_FILTER_FLAG_LOG"), "{:?}", known.supported_flags);
}
