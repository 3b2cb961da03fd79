//! A seccomp profile of config.json becomes a BPF program; pure.

use anyhow::{Result, bail};
use oci_spec::runtime::LinuxSeccomp;

/// A compiled profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// An array of `struct sock_filter`.
    pub bpf: Vec<u8>,
    /// SECCOMP_FILTER_FLAG_* bits for seccomp(2).
    pub flags: u32,
    /// Some action is SCMP_ACT_NOTIFY: seccomp(2) is to return a listener.
    pub listener: bool,
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

pub fn compile(_p: &LinuxSeccomp) -> Result<Program> {
    bail!("unwritten")
}

pub fn known() -> Known {
    Known {
        actions: vec![],
        operators: vec![],
        archs: vec![],
        known_flags: vec![],
        supported_flags: vec![],
    }
}
