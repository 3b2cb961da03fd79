//! A seccomp profile of config.json becomes a BPF program.
//!
//! The compiler is our own, libseccomp only knows the numbers of system calls. That is not for the
//! sake of it: the kernel runs a new filter over every number of every architecture to find those
//! that are always allowed, so loading a filter that looks a number up one by one costs ten times
//! as much as one that searches. Compiling takes half a millisecond all the same, most of it for the
//! numbers, so the programs of plain profiles are kept (`store`).
//!
//! The meaning of a profile is what libseccomp gives it when runc drives it, and the tests compare
//! the two.

mod code;
pub mod cut;
mod kernel;
mod name;
mod rule;
mod store;

use anyhow::{Result, bail, ensure};
use oci_spec::runtime::{Arch, LinuxSeccomp, LinuxSeccompAction, LinuxSeccompFilterFlag};

pub use self::store::Store;

/// The longest program that the kernel takes (BPF_MAXINSNS).
const LONGEST: usize = 4096;

/// A compiled profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// An array of `struct sock_filter`.
    pub bpf: Vec<u8>,
    /// SECCOMP_FILTER_FLAG_* bits for seccomp(2), without NEW_LISTENER.
    pub flags: u32,
    /// Some action is SCMP_ACT_NOTIFY: seccomp(2) is to return a listener.
    pub listener: bool,
}

pub fn compile(profile: &LinuxSeccomp) -> Result<Program> {
    let notify = LinuxSeccompAction::ScmpActNotify;
    let mut listener = false;
    ensure!(profile.default_action() != notify, "SCMP_ACT_NOTIFY cannot be used as default action");
    for call in profile.syscalls().iter().flatten() {
        if call.action() == notify {
            listener = true;
            // Whoever hands the listener on must be able to write.
            ensure!(
                !call.names().iter().any(|n| n == "write"),
                "SCMP_ACT_NOTIFY cannot be used for the write syscall"
            );
        }
    }
    let program = code::program(&rule::tables(profile)?);
    ensure!(
        program.len() <= LONGEST,
        "compile seccomp profile: {} instructions, of which the kernel takes {LONGEST}",
        program.len()
    );
    Ok(Program { bpf: code::bytes(&program), flags: flags(profile, listener), listener })
}

/// An error names the first system call of the profile that no architecture of it has.
pub fn all_known(profile: &LinuxSeccomp) -> Result<()> {
    let names = profile.syscalls().iter().flatten().flat_map(|call| call.names());
    match unknown(profile, names).first() {
        Some(name) => bail!("seccomp: unknown system call {name:?}"),
        None => Ok(()),
    }
}

/// Those of the names that are no system calls of any architecture of the profile.
pub fn unknown<'a>(profile: &LinuxSeccomp, names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let asked = profile.architectures().iter().flatten().copied();
    let machines: Vec<_> = asked.chain([Arch::ScmpArchNative]).map(name::Machine::new).collect();
    let known =
        |name: &str| machines.iter().any(|m| m.number(name).is_some() || m.multiplexed(name).is_some());
    names.into_iter().map(String::as_str).filter(|name| !known(name)).collect()
}

/// Whether some call is to be asked about.
pub fn notifies(profile: &LinuxSeccomp) -> bool {
    let notify = LinuxSeccompAction::ScmpActNotify;
    profile.default_action() == notify || profile.syscalls().iter().flatten().any(|c| c.action() == notify)
}

/// The flags of a profile that asks nobody.
pub fn plain_flags(profile: &LinuxSeccomp) -> u32 {
    flags(profile, false)
}

/// Without a word about flags the mitigation of speculative stores is not forced on the program:
/// its cost is high, and what it would guard needs a program that attacks itself.
fn flags(profile: &LinuxSeccomp, listener: bool) -> u32 {
    let Some(flags) = profile.flags() else {
        return kernel::SPEC_ALLOW;
    };
    let mut bits = flags.iter().fold(0, |bits, f| bits | bit(*f));
    // The process that loads the filter has one thread, and the kernel does not take it with a listener.
    bits &= !kernel::TSYNC;
    if !listener {
        bits &= !kernel::WAIT_KILLABLE_RECV;
    }
    bits
}

fn bit(flag: LinuxSeccompFilterFlag) -> u32 {
    match flag {
        LinuxSeccompFilterFlag::SeccompFilterFlagLog => kernel::LOG,
        LinuxSeccompFilterFlag::SeccompFilterFlagTsync => kernel::TSYNC,
        LinuxSeccompFilterFlag::SeccompFilterFlagSpecAllow => kernel::SPEC_ALLOW,
        LinuxSeccompFilterFlag::SeccompFilterFlagWaitKillableRecv => kernel::WAIT_KILLABLE_RECV,
    }
}

/// The action as the filter returns it.
fn action(action: LinuxSeccompAction, errno: Option<u32>) -> Result<u32> {
    use LinuxSeccompAction::*;
    if let Some(n) = errno {
        if !matches!(action, ScmpActErrno | ScmpActTrace) {
            bail!("errnoRet {n} is of no use to {}", word(action));
        }
        ensure!(n <= 0xffff, "errnoRet {n} is out of range");
    }
    Ok(action.as_u32(errno))
}

fn word(action: LinuxSeccompAction) -> String {
    serde_json::to_value(action).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Words that a profile may use, for `features`.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub actions: Vec<&'static str>,
    pub operators: Vec<&'static str>,
    pub archs: Vec<&'static str>,
    /// Flags of the specification that this program knows.
    pub known_flags: Vec<&'static str>,
    /// Those of them that this kernel takes.
    pub supported_flags: Vec<&'static str>,
}

pub fn known() -> Known {
    let flags = [
        ("SECCOMP_FILTER_FLAG_LOG", kernel::LOG),
        ("SECCOMP_FILTER_FLAG_SPEC_ALLOW", kernel::SPEC_ALLOW),
        ("SECCOMP_FILTER_FLAG_TSYNC", kernel::TSYNC),
        ("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", kernel::WAIT_KILLABLE_RECV),
    ];
    Known {
        actions: vec![
            "SCMP_ACT_ALLOW",
            "SCMP_ACT_ERRNO",
            "SCMP_ACT_KILL",
            "SCMP_ACT_KILL_PROCESS",
            "SCMP_ACT_KILL_THREAD",
            "SCMP_ACT_LOG",
            "SCMP_ACT_NOTIFY",
            "SCMP_ACT_TRACE",
            "SCMP_ACT_TRAP",
        ],
        operators: vec![
            "SCMP_CMP_EQ",
            "SCMP_CMP_GE",
            "SCMP_CMP_GT",
            "SCMP_CMP_LE",
            "SCMP_CMP_LT",
            "SCMP_CMP_MASKED_EQ",
            "SCMP_CMP_NE",
        ],
        archs: name::ARCHS
            .iter()
            .filter(|(_, arch)| name::Machine::new(*arch).known())
            .map(|(word, _)| *word)
            .collect(),
        known_flags: flags.map(|(word, _)| word).to_vec(),
        supported_flags: flags
            .iter()
            .filter(|(_, bit)| kernel::takes_flags(*bit))
            .map(|(word, _)| *word)
            .collect(),
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
