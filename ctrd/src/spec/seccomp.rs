//! The default system call filter: what programs in containers are known to need, and nothing
//! that reaches past the container. As data; the rules follow the capabilities that the
//! container has.
//!
//! Absent on purpose: io_uring (its operations pass no filter), userfaultfd, keyrings, kexec,
//! and sockets of the families AF_ALG and AF_VSOCK, which reach the kernel's crypto code and the
//! hypervisor. `socketcall` is absent too: a filter cannot look through its pointer, and 32-bit
//! programs have had the separate calls since Linux 4.3.

use oci_spec::runtime::{
    Arch, Capability, LinuxSeccomp, LinuxSeccompAction, LinuxSeccompArg, LinuxSeccompArgBuilder,
    LinuxSeccompOperator, LinuxSyscall,
};

/// Which filter a container gets.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Choice {
    #[default]
    Default,
    Unconfined,
    /// The caller's.
    Own(Box<LinuxSeccomp>),
}

pub(super) fn profile(choice: &Choice, capabilities: &[Capability], arch: &str) -> Option<LinuxSeccomp> {
    match choice {
        Choice::Unconfined => return None,
        Choice::Own(filter) => return Some((**filter).clone()),
        Choice::Default => {}
    }
    let has = |c: &Capability| capabilities.contains(c);
    let mut rules = vec![allow(ALWAYS, &[])];
    rules.extend(SOCKET_FAMILIES.iter().map(|(mask, value)| allow(&["socket"], &[masked(0, *mask, *value)])));
    let equals = LinuxSeccompOperator::ScmpCmpEq;
    rules.extend(
        PERSONALITIES.iter().map(|value| allow(&["personality"], &[argument(0, *value, None, equals)])),
    );
    rules.extend(BY_ARCH.iter().filter(|(a, _)| *a == arch).map(|(_, names)| allow(names, &[])));
    rules.extend(BY_CAPABILITY.iter().filter(|(c, _)| has(c)).map(|(_, names)| allow(names, &[])));
    if !has(&Capability::SysAdmin) {
        // s390 has clone's first two arguments the other way round.
        let flags = if arch == "s390x" { 1 } else { 0 };
        rules.push(allow(&["clone"], &[masked(flags, NEW_NAMESPACES, 0)]));
        // clone3's flags are behind a pointer: programs fall back to clone when it is not there.
        let mut clone3 = allow(&["clone3"], &[]);
        clone3.set_action(LinuxSeccompAction::ScmpActErrno);
        clone3.set_errno_ret(Some(libc::ENOSYS as u32));
        rules.push(clone3);
    }
    let mut filter = LinuxSeccomp::default();
    filter.set_default_action(LinuxSeccompAction::ScmpActErrno);
    filter.set_default_errno_ret(Some(libc::EPERM as u32));
    filter.set_architectures(Some(architectures(arch)));
    filter.set_flags(None);
    filter.set_syscalls(Some(rules));
    Some(filter)
}

fn allow(names: &[&str], args: &[LinuxSeccompArg]) -> LinuxSyscall {
    let mut rule = LinuxSyscall::default();
    rule.set_names(names.iter().map(|n| n.to_string()).collect());
    rule.set_action(LinuxSeccompAction::ScmpActAllow);
    rule.set_args((!args.is_empty()).then(|| args.to_vec()));
    rule
}

/// `argument & mask == value`.
fn masked(index: usize, mask: u64, value: u64) -> LinuxSeccompArg {
    argument(index, mask, Some(value), LinuxSeccompOperator::ScmpCmpMaskedEq)
}

fn argument(index: usize, value: u64, two: Option<u64>, op: LinuxSeccompOperator) -> LinuxSeccompArg {
    let builder = LinuxSeccompArgBuilder::default().index(index).value(value).op(op);
    let builder = match two {
        Some(two) => builder.value_two(two),
        None => builder,
    };
    builder.build().expect("every field has a default")
}

/// The machine's own, and those that its kernel runs beside it.
fn architectures(arch: &str) -> Vec<Arch> {
    match arch {
        "x86_64" => vec![Arch::ScmpArchX86_64, Arch::ScmpArchX86, Arch::ScmpArchX32],
        "aarch64" => vec![Arch::ScmpArchAarch64, Arch::ScmpArchArm],
        "s390x" => vec![Arch::ScmpArchS390x, Arch::ScmpArchS390],
        "powerpc64" => vec![Arch::ScmpArchPpc64le],
        "riscv64" => vec![Arch::ScmpArchRiscv64],
        "loongarch64" => vec![Arch::ScmpArchLoongarch64],
        _ => vec![],
    }
}

/// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
const NEW_NAMESPACES: u64 = 0x7e02_0000;

/// Every family below 48 but 38 (AF_ALG) and 40 (AF_VSOCK), as (mask, value). The kernel takes
/// the low 32 bits of the argument, so the masks look at just those: a comparison with the whole
/// register would let `1 << 32 | AF_ALG` pass.
const SOCKET_FAMILIES: &[(u64, u64)] = &[
    (0xffff_ffe0, 0),
    (0xffff_fffc, 32),
    (0xffff_fffe, 36),
    (0xffff_ffff, 39),
    (0xffff_ffff, 41),
    (0xffff_fffe, 42),
    (0xffff_fffc, 44),
];

/// Linux, Linux with a 32-bit address space, both with uname 2.6, and the question.
const PERSONALITIES: &[u64] = &[0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

const ARM: &[&str] =
    &["arm_fadvise64_64", "arm_sync_file_range", "breakpoint", "cacheflush", "set_tls", "sync_file_range2"];

const BY_ARCH: &[(&str, &[&str])] = &[
    ("x86_64", &["arch_prctl", "modify_ldt"]),
    ("x86", &["modify_ldt"]),
    ("aarch64", ARM),
    ("arm", ARM),
    ("powerpc64", &["swapcontext", "sync_file_range2"]),
    ("riscv64", &["riscv_flush_icache", "riscv_hwprobe"]),
    ("s390x", &["s390_pci_mmio_read", "s390_pci_mmio_write", "s390_runtime_instr"]),
];

const BY_CAPABILITY: &[(Capability, &[&str])] = &[
    (Capability::DacReadSearch, &["open_by_handle_at"]),
    (
        Capability::SysAdmin,
        &[
            "bpf",
            "clone",
            "clone3",
            "fanotify_init",
            "fsconfig",
            "fsmount",
            "fsopen",
            "fspick",
            "mount",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "perf_event_open",
            "quotactl",
            "quotactl_fd",
            "setdomainname",
            "sethostname",
            "setns",
            "syslog",
            "umount",
            "umount2",
            "unshare",
        ],
    ),
    (Capability::SysBoot, &["reboot"]),
    (Capability::SysChroot, &["chroot"]),
    (Capability::SysModule, &["delete_module", "finit_module", "init_module"]),
    (Capability::SysPacct, &["acct"]),
    (Capability::SysPtrace, &["kcmp", "pidfd_getfd", "process_madvise"]),
    (Capability::SysRawio, &["ioperm", "iopl"]),
    (Capability::SysTime, &["clock_settime", "clock_settime64", "settimeofday", "stime"]),
    (Capability::SysTtyConfig, &["vhangup"]),
    (Capability::SysNice, &["get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"]),
    (Capability::Syslog, &["syslog"]),
    (Capability::Bpf, &["bpf"]),
    (Capability::Perfmon, &["perf_event_open"]),
];

#[rustfmt::skip]
const ALWAYS: &[&str] = &[
    // Files: open, read, write, poll.
    "close", "close_range", "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create",
    "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "epoll_wait_old", "eventfd", "eventfd2", "fadvise64", "fadvise64_64", "fallocate", "fcntl",
    "fcntl64", "fdatasync", "flock", "fsync", "ftruncate", "ftruncate64", "io_cancel", "io_destroy",
    "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit", "ioctl",
    "_llseek", "lseek", "name_to_handle_at", "_newselect", "open", "openat", "openat2", "pipe",
    "pipe2", "poll", "ppoll", "ppoll_time64", "pread64", "preadv", "preadv2", "pselect6",
    "pselect6_time64", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readv", "select",
    "sendfile", "sendfile64", "splice", "sync", "sync_file_range", "syncfs", "tee", "truncate",
    "truncate64", "vmsplice", "write", "writev",
    // Files: names, attributes, watches.
    "access", "cachestat", "chdir", "chmod", "chown", "chown32", "faccessat", "faccessat2",
    "fanotify_mark", "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32", "fchownat",
    "fgetxattr", "file_getattr", "file_setattr", "flistxattr", "fremovexattr", "fsetxattr", "fstat",
    "fstat64", "fstatat64", "fstatfs", "fstatfs64", "futimesat", "getcwd", "getdents", "getdents64",
    "getxattr", "getxattrat", "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch",
    "lchown", "lchown32", "lgetxattr", "link", "linkat", "listmount", "listxattr", "listxattrat",
    "llistxattr", "lremovexattr", "lsetxattr", "lstat", "lstat64", "mkdir", "mkdirat", "mknod",
    "mknodat", "newfstatat", "readlink", "readlinkat", "removexattr", "removexattrat", "rename",
    "renameat", "renameat2", "rmdir", "setxattr", "setxattrat", "stat", "stat64", "statfs", "statfs64",
    "statmount", "statx", "symlink", "symlinkat", "umask", "unlink", "unlinkat", "utime", "utimensat",
    "utimensat_time64", "utimes",
    // Memory.
    "brk", "madvise", "map_shadow_stack", "membarrier", "memfd_create", "memfd_secret", "mincore",
    "mlock", "mlock2", "mlockall", "mmap", "mmap2", "mprotect", "mremap", "mseal", "msync", "munlock",
    "munlockall", "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect", "process_mrelease",
    "remap_file_pages",
    // Processes, threads, scheduling. Since Linux 4.8 a tracer cannot bend the filter of what it
    // traces, and sees only what its own user may.
    "capget", "capset", "execve", "execveat", "exit", "exit_group", "fork", "futex", "futex_requeue",
    "futex_time64", "futex_wait", "futex_waitv", "futex_wake", "get_robust_list", "get_thread_area",
    "getcpu", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getrlimit", "getrusage",
    "getsid", "gettid", "ioprio_get", "ioprio_set", "landlock_add_rule", "landlock_create_ruleset",
    "landlock_restrict_self", "pidfd_open", "pidfd_send_signal", "prctl", "prlimit64",
    "process_vm_readv", "process_vm_writev", "ptrace", "restart_syscall", "rseq",
    "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
    "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield",
    "seccomp", "set_robust_list", "set_thread_area", "set_tid_address", "setpgid", "setpriority",
    "setrlimit", "setsid", "sysinfo", "times", "ugetrlimit", "uname", "uretprobe", "vfork", "wait4",
    "waitid", "waitpid",
    // Users and groups.
    "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getgroups", "getgroups32",
    "getresgid", "getresgid32", "getresuid", "getresuid32", "getuid", "getuid32", "setfsgid",
    "setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32", "setgroups", "setgroups32",
    "setregid", "setregid32", "setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid",
    "setreuid32", "setuid", "setuid32",
    // Signals.
    "kill", "pause", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo",
    "sigaltstack", "signalfd", "signalfd4", "sigprocmask", "sigreturn", "tgkill", "tkill",
    // Time.
    "adjtimex", "alarm", "clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64",
    "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "getitimer",
    "gettimeofday", "nanosleep", "setitimer", "time", "timer_create", "timer_delete",
    "timer_getoverrun", "timer_gettime", "timer_gettime64", "timer_settime", "timer_settime64",
    "timerfd_create", "timerfd_gettime", "timerfd_gettime64", "timerfd_settime", "timerfd_settime64",
    // Sockets (`socket` itself is below) and the network.
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen",
    "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg",
    "sendto", "setsockopt", "shutdown", "socketpair",
    // System V and POSIX messages, semaphores and shared memory: the ipc namespace holds them in.
    "ipc", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64",
    "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd",
    "semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "shmat", "shmctl", "shmdt",
    "shmget",
    "getrandom",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::spec::default::CAPABILITIES;

    fn rules(capabilities: &[Capability]) -> Vec<LinuxSyscall> {
        profile(&Choice::Default, capabilities, "x86_64").unwrap().syscalls().clone().unwrap()
    }

    /// Whether some rule lets the call through whatever its arguments are.
    fn allowed(rules: &[LinuxSyscall], name: &str) -> bool {
        rules.iter().any(|r| {
            r.action() == LinuxSeccompAction::ScmpActAllow
                && r.args().is_none()
                && r.names().iter().any(|n| n == name)
        })
    }

    #[test]
    fn no_name_stands_twice() {
        let mut seen = HashSet::new();
        assert!(ALWAYS.iter().all(|n| seen.insert(n)), "duplicate in ALWAYS");
    }

    #[test]
    fn by_capability() {
        let usual = rules(CAPABILITIES);
        for name in ["read", "execve", "chroot", "arch_prctl", "ptrace", "futex_waitv"] {
            assert!(allowed(&usual, name), "{name}");
        }
        for name in [
            "io_uring_setup",
            "io_uring_enter",
            "io_uring_register",
            "mount",
            "bpf",
            "unshare",
            "setns",
            "reboot",
            "kexec_load",
            "add_key",
            "keyctl",
            "userfaultfd",
            "socket",
            "socketcall",
            "clone",
            "clone3",
            "syslog",
            "open_by_handle_at",
            "personality",
        ] {
            assert!(!allowed(&usual, name), "{name}");
        }
        let admin = rules(&[Capability::SysAdmin]);
        for name in ["mount", "clone", "clone3", "setns"] {
            assert!(allowed(&admin, name), "{name}");
        }
        assert!(!allowed(&admin, "chroot") && !allowed(&admin, "io_uring_setup"));
        assert!(admin.iter().all(|r| r.errno_ret().is_none()), "clone3 is not answered with ENOSYS");
    }

    #[test]
    fn socket_families() {
        let passes = |family: u64| SOCKET_FAMILIES.iter().any(|(mask, value)| family & mask == *value);
        for family in 0..64u64 {
            let want = family < 48 && family != 38 && family != 40;
            assert_eq!(passes(family), want, "{family}");
            assert_eq!(passes(family | 1 << 32), want, "{family} with a high bit");
        }
    }

    #[test]
    fn unconfined() {
        assert_eq!(profile(&Choice::Unconfined, CAPABILITIES, "x86_64"), None);
    }
}
