//! Architectures, and the numbers that system calls have on them.

use libseccomp::{ScmpArch, ScmpSyscall};
use oci_spec::runtime::Arch;

/// Set in every system call number of x32, which else looks like x86_64.
pub const X32_BIT: u32 = 0x4000_0000;

const AUDIT_64BIT: u32 = 0x8000_0000;

pub const ARCHS: [(&str, Arch); 22] = [
    ("SCMP_ARCH_AARCH64", Arch::ScmpArchAarch64),
    ("SCMP_ARCH_ARM", Arch::ScmpArchArm),
    ("SCMP_ARCH_LOONGARCH64", Arch::ScmpArchLoongarch64),
    ("SCMP_ARCH_M68K", Arch::ScmpArchM68k),
    ("SCMP_ARCH_MIPS", Arch::ScmpArchMips),
    ("SCMP_ARCH_MIPS64", Arch::ScmpArchMips64),
    ("SCMP_ARCH_MIPS64N32", Arch::ScmpArchMips64n32),
    ("SCMP_ARCH_MIPSEL", Arch::ScmpArchMipsel),
    ("SCMP_ARCH_MIPSEL64", Arch::ScmpArchMipsel64),
    ("SCMP_ARCH_MIPSEL64N32", Arch::ScmpArchMipsel64n32),
    ("SCMP_ARCH_PARISC", Arch::ScmpArchParisc),
    ("SCMP_ARCH_PARISC64", Arch::ScmpArchParisc64),
    ("SCMP_ARCH_PPC", Arch::ScmpArchPpc),
    ("SCMP_ARCH_PPC64", Arch::ScmpArchPpc64),
    ("SCMP_ARCH_PPC64LE", Arch::ScmpArchPpc64le),
    ("SCMP_ARCH_RISCV64", Arch::ScmpArchRiscv64),
    ("SCMP_ARCH_S390", Arch::ScmpArchS390),
    ("SCMP_ARCH_S390X", Arch::ScmpArchS390x),
    ("SCMP_ARCH_SH", Arch::ScmpArchSh),
    ("SCMP_ARCH_X32", Arch::ScmpArchX32),
    ("SCMP_ARCH_X86", Arch::ScmpArchX86),
    ("SCMP_ARCH_X86_64", Arch::ScmpArchX86_64),
];

/// One architecture as the filter sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    pub arch: Arch,
    /// What the kernel says in `seccomp_data.arch` (AUDIT_ARCH_*).
    pub audit: u32,
    /// Arguments are 64 bits wide.
    pub wide: bool,
}

impl Machine {
    pub fn new(arch: Arch) -> Machine {
        let arch = if arch == Arch::ScmpArchNative { native() } else { arch };
        let token = arch as u32;
        let (audit, wide) = match arch {
            Arch::ScmpArchX32 => (Arch::ScmpArchX86_64 as u32, false),
            Arch::ScmpArchMips64n32 | Arch::ScmpArchMipsel64n32 => (token, false),
            _ => (token, token & AUDIT_64BIT != 0),
        };
        Machine { arch, audit, wide }
    }

    /// Whether the numbers of its system calls are known at all.
    pub fn known(&self) -> bool {
        library(self.arch).is_some_and(|a| ScmpSyscall::from_name_by_arch("read", a).is_ok())
    }

    /// The number of a system call; nothing if this architecture has none of that name.
    pub fn number(&self, name: &str) -> Option<u32> {
        let found = ScmpSyscall::from_name_by_arch(name, library(self.arch)?);
        if let Ok(call) = found {
            // Negative numbers stand for calls of other architectures and for multiplexed ones.
            return u32::try_from(call.as_raw_syscall()).ok().or_else(|| self.direct(name));
        }
        let new = NEW.iter().position(|n| *n == name).map(|i| FIRST_NEW + i as u32)?;
        Some(if self.arch == Arch::ScmpArchX32 { new | X32_BIT } else { new })
    }

    /// The call that `name` may be made through on older architectures, and which one it is
    /// there: `socketcall(2)` and `ipc(2)` take a number as their first argument.
    pub fn multiplexed(&self, name: &str) -> Option<(u32, u32)> {
        let (through, which) = if let Some(i) = SOCKETCALL.iter().position(|n| *n == name) {
            ("socketcall", i as u32 + 1)
        } else {
            ("ipc", IPC.iter().find(|(n, _)| *n == name)?.1)
        };
        let call = ScmpSyscall::from_name_by_arch(through, library(self.arch)?).ok()?;
        Some((u32::try_from(call.as_raw_syscall()).ok()?, which))
    }

    /// Later, such calls got numbers of their own as well, which libseccomp does not tell.
    fn direct(&self, name: &str) -> Option<u32> {
        let find =
            |first: u32, names: &[&str]| names.iter().position(|n| *n == name).map(|i| first + i as u32);
        let both = || find(359, &X86_SOCKETS).or_else(|| find(393, &X86_IPC));
        match self.arch {
            Arch::ScmpArchX86 => find(337, &["recvmmsg"]).or_else(|| find(345, &["sendmmsg"])).or_else(both),
            Arch::ScmpArchS390 | Arch::ScmpArchS390x => find(357, &["recvmmsg", "sendmmsg"]).or_else(both),
            Arch::ScmpArchPpc | Arch::ScmpArchPpc64 | Arch::ScmpArchPpc64le => {
                find(326, &PPC_SOCKETS).or_else(|| find(349, &["sendmmsg"])).or_else(|| find(393, &X86_IPC))
            }
            _ => None,
        }
    }
}

/// Calls by the first argument of socketcall(2), from 1 on.
const SOCKETCALL: [&str; 20] = [
    "socket",
    "bind",
    "connect",
    "listen",
    "accept",
    "getsockname",
    "getpeername",
    "socketpair",
    "send",
    "recv",
    "sendto",
    "recvfrom",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendmsg",
    "recvmsg",
    "accept4",
    "recvmmsg",
    "sendmmsg",
];

const IPC: [(&str, u32); 12] = [
    ("semop", 1),
    ("semget", 2),
    ("semctl", 3),
    ("semtimedop", 4),
    ("msgsnd", 11),
    ("msgrcv", 12),
    ("msgget", 13),
    ("msgctl", 14),
    ("shmat", 21),
    ("shmdt", 22),
    ("shmget", 23),
    ("shmctl", 24),
];

const X86_SOCKETS: [&str; 15] = [
    "socket",
    "socketpair",
    "bind",
    "connect",
    "listen",
    "accept4",
    "getsockopt",
    "setsockopt",
    "getsockname",
    "getpeername",
    "sendto",
    "sendmsg",
    "recvfrom",
    "recvmsg",
    "shutdown",
];

const X86_IPC: [&str; 10] =
    ["semget", "semctl", "shmget", "shmctl", "shmat", "shmdt", "msgget", "msgsnd", "msgrcv", "msgctl"];

const PPC_SOCKETS: [&str; 19] = [
    "socket",
    "bind",
    "connect",
    "listen",
    "accept",
    "getsockname",
    "getpeername",
    "socketpair",
    "send",
    "recv",
    "sendto",
    "recvfrom",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendmsg",
    "recvmsg",
    "recvmmsg",
    "accept4",
];

/// Calls that libseccomp may be too old to know. Their numbers are the same everywhere.
const FIRST_NEW: u32 = 449;
const NEW: [&str; 21] = [
    "futex_waitv",
    "set_mempolicy_home_node",
    "cachestat",
    "fchmodat2",
    "map_shadow_stack",
    "futex_wake",
    "futex_wait",
    "futex_requeue",
    "statmount",
    "listmount",
    "lsm_get_self_attr",
    "lsm_set_self_attr",
    "lsm_list_modules",
    "mseal",
    "setxattrat",
    "getxattrat",
    "listxattrat",
    "removexattrat",
    "open_tree_attr",
    "file_getattr",
    "file_setattr",
];

fn native() -> Arch {
    if cfg!(target_arch = "x86_64") {
        Arch::ScmpArchX86_64
    } else if cfg!(target_arch = "aarch64") {
        Arch::ScmpArchAarch64
    } else if cfg!(target_arch = "riscv64") {
        Arch::ScmpArchRiscv64
    } else if cfg!(target_arch = "s390x") {
        Arch::ScmpArchS390x
    } else if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
        Arch::ScmpArchPpc64le
    } else if cfg!(target_arch = "loongarch64") {
        Arch::ScmpArchLoongarch64
    } else {
        Arch::ScmpArchNative
    }
}

fn library(arch: Arch) -> Option<ScmpArch> {
    Some(match arch {
        Arch::ScmpArchNative => ScmpArch::Native,
        Arch::ScmpArchX86 => ScmpArch::X86,
        Arch::ScmpArchX86_64 => ScmpArch::X8664,
        Arch::ScmpArchX32 => ScmpArch::X32,
        Arch::ScmpArchArm => ScmpArch::Arm,
        Arch::ScmpArchAarch64 => ScmpArch::Aarch64,
        Arch::ScmpArchMips => ScmpArch::Mips,
        Arch::ScmpArchMips64 => ScmpArch::Mips64,
        Arch::ScmpArchMips64n32 => ScmpArch::Mips64N32,
        Arch::ScmpArchMipsel => ScmpArch::Mipsel,
        Arch::ScmpArchMipsel64 => ScmpArch::Mipsel64,
        Arch::ScmpArchMipsel64n32 => ScmpArch::Mipsel64N32,
        Arch::ScmpArchPpc => ScmpArch::Ppc,
        Arch::ScmpArchPpc64 => ScmpArch::Ppc64,
        Arch::ScmpArchPpc64le => ScmpArch::Ppc64Le,
        Arch::ScmpArchS390 => ScmpArch::S390,
        Arch::ScmpArchS390x => ScmpArch::S390X,
        Arch::ScmpArchParisc => ScmpArch::Parisc,
        Arch::ScmpArchParisc64 => ScmpArch::Parisc64,
        Arch::ScmpArchRiscv64 => ScmpArch::Riscv64,
        Arch::ScmpArchLoongarch64 => ScmpArch::Loongarch64,
        Arch::ScmpArchM68k => ScmpArch::M68k,
        Arch::ScmpArchSh => ScmpArch::Sh,
        Arch::ScmpArchSheb => ScmpArch::Sheb,
    })
}
