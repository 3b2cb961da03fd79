//! Runs a program, and ocirun-init where it becomes one, with a fault at one system call.
//!
//! The program is traced (ptrace) up to the call that is meant; from there on it runs free, so a
//! run costs little more than its own time. A call that is to fail is not made at all: the kernel
//! is given a number that no call has, and the program the error in the place of the answer.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// So long may a program take that nothing holds up.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL in the place of the call.
    Kill,
    Fails(Errno),
}

/// One system call of a run: whose, in the order in which the processes were born, and the how many
/// it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub process: usize,
    pub nth: usize,
}

#[derive(Debug, Default)]
pub struct Outcome {
    /// As a shell has it: 128 + N when a signal ended it.
    pub code: i32,
    /// The numbers of the calls that each process made, up to the fault.
    pub calls: Vec<Vec<u64>>,
    /// Whether the fault was reached.
    pub hit: bool,
    /// It was killed at the end of the deadline.
    pub hung: bool,
    /// All processes that were seen.
    pub pids: Vec<i32>,
}

/// Runs `command` to the end of its first process; others may be left. `other` is a process that
/// there is already and that counts as the second.
pub fn run(command: &Command, other: Option<i32>, fault: Option<(Point, Fault)>) -> Outcome {
    // A shell, for it can stop itself and so wait to be traced.
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "kill -STOP $$; exec \"$@\"", "sh"]).arg(command.get_program());
    shell.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    // A thread of its own: whom it traces and has not met yet, the kernel lets go at its end.
    let traced = std::thread::spawn(move || run_stopped(shell, other.map(Pid::from_raw), fault));
    traced.join().expect("the tracer")
}

// Its end is waited for with that of all others.
#[allow(clippy::zombie_processes)]
fn run_stopped(mut shell: Command, other: Option<Pid>, fault: Option<(Point, Fault)>) -> Outcome {
    let child = shell.spawn().expect("start a shell");
    let first = Pid::from_raw(child.id() as i32);
    let stopped = waitpid(first, Some(WaitPidFlag::WUNTRACED)).expect("wait for the shell");
    assert!(matches!(stopped, WaitStatus::Stopped(..)), "{stopped:?}");
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC;
    ptrace::seize(first, options).expect("trace the shell");
    if let Some(other) = other {
        ptrace::seize(other, options).expect("trace the other process");
        ptrace::interrupt(other).expect("stop the other process");
    }
    kill(first, Signal::SIGCONT).expect("let the shell go on");

    let (ended, watch) = mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        let late = watch.recv_timeout(DEADLINE) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            // It cannot have been reaped: the other thread would have said so.
            kill(first, Signal::SIGKILL).ok();
        }
        late
    });
    let mut tracer = Tracer { first, other, fault, ..Tracer::default() };
    let code = tracer.follow();
    drop(ended);
    tracer.let_go();
    let hung = watchdog.join().expect("the watchdog");
    let Tracer { calls, hit, pids, .. } = tracer;
    Outcome { code, calls, hit, hung, pids }
}

struct Tracer {
    first: Pid,
    /// What was there before, and is held until the shell has become the program.
    other: Option<Pid>,
    fault: Option<(Point, Fault)>,
    /// The shell has become the program.
    started: bool,
    /// Those that are traced, and their place in `calls`.
    traced: BTreeMap<Pid, usize>,
    /// Whose present call is to fail when it returns.
    failing: Option<Pid>,
    calls: Vec<Vec<u64>>,
    hit: bool,
    pids: Vec<i32>,
}

impl Default for Tracer {
    fn default() -> Self {
        Tracer {
            first: Pid::from_raw(0),
            other: None,
            fault: None,
            started: false,
            traced: BTreeMap::new(),
            failing: None,
            calls: Vec::new(),
            hit: false,
            pids: Vec::new(),
        }
    }
}

impl Tracer {
    /// Handles every stop until the first process has ended; its status.
    fn follow(&mut self) -> i32 {
        loop {
            // Of this thread alone: the children of others belong to other tests.
            match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
                Ok(WaitStatus::Exited(pid, code)) => {
                    self.traced.remove(&pid);
                    if pid == self.first {
                        return code;
                    }
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) => {
                    self.traced.remove(&pid);
                    if pid == self.first {
                        return 128 + signal as i32;
                    }
                }
                Ok(WaitStatus::PtraceSyscall(pid)) => self.at_call(pid),
                Ok(WaitStatus::PtraceEvent(pid, _, event)) => self.at_event(pid, event),
                Ok(WaitStatus::Stopped(pid, signal)) => self.resume(pid, Some(signal)),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(e) => panic!("wait for the traced: {e}"),
            }
        }
    }

    fn at_event(&mut self, pid: Pid, event: i32) {
        if event == libc::PTRACE_EVENT_EXEC {
            if !self.started {
                // Not while it is still the shell that opens the streams.
                self.started = is_ours(pid);
                if self.started {
                    self.meet(pid);
                    if let Some(other) = self.other {
                        self.meet(other);
                        self.resume(other, None);
                    }
                }
            } else if !is_ours(pid) {
                // The user's program, or a hook.
                self.traced.remove(&pid);
                ptrace::detach(pid, None).ok();
                return;
            }
        } else if self.started {
            self.meet(pid);
        } else if self.other == Some(pid) {
            return;
        }
        self.resume(pid, None);
    }

    fn meet(&mut self, pid: Pid) {
        if self.traced.contains_key(&pid) || self.pids.contains(&pid.as_raw()) {
            return;
        }
        self.traced.insert(pid, self.calls.len());
        self.calls.push(Vec::new());
        self.pids.push(pid.as_raw());
    }

    fn at_call(&mut self, pid: Pid) {
        let Ok(info) = ptrace::syscall_info(pid) else { return };
        if info.op == libc::PTRACE_SYSCALL_INFO_EXIT {
            self.answer(pid);
        } else if info.op == libc::PTRACE_SYSCALL_INFO_ENTRY
            && let Some(&process) = self.traced.get(&pid)
            && let Ok(mut regs) = ptrace::getregs(pid)
        {
            let nth = self.calls[process].len();
            self.calls[process].push(regs.orig_rax);
            let here = |(at, fault): &(Point, Fault)| {
                !self.hit && *at == Point { process, nth } && possible(regs.orig_rax, *fault)
            };
            match self.fault.filter(here) {
                Some((_, Fault::Kill)) => {
                    self.hit = true;
                    kill(pid, Signal::SIGKILL).ok();
                }
                Some((_, Fault::Fails(_))) => {
                    self.hit = true;
                    if regs.orig_rax == libc::SYS_brk as u64 {
                        // It says no by leaving the break where it is.
                        regs.rdi = 0;
                    } else {
                        self.failing = Some(pid);
                        regs.orig_rax = u64::MAX;
                    }
                    ptrace::setregs(pid, regs).expect("take the call away");
                }
                None => {}
            }
        }
        self.resume(pid, None);
    }

    fn answer(&mut self, pid: Pid) {
        if self.failing != Some(pid) {
            return;
        }
        self.failing = None;
        if let (Some((_, Fault::Fails(errno))), Ok(mut regs)) = (self.fault, ptrace::getregs(pid)) {
            regs.rax = -(errno as i64) as u64;
            ptrace::setregs(pid, regs).expect("give the answer");
        }
    }

    fn resume(&self, pid: Pid, signal: Option<Signal>) {
        let free = !self.started || (self.hit && self.failing.is_none());
        // It may have been killed meanwhile.
        let _ = if free { ptrace::cont(pid, signal) } else { ptrace::syscall(pid, signal) };
    }

    /// Whoever is left goes on untraced.
    fn let_go(&mut self) {
        for pid in std::mem::take(&mut self.traced).into_keys() {
            // One that has died is still to be waited for.
            ptrace::interrupt(pid).ok();
            loop {
                match waitpid(pid, Some(WaitPidFlag::__WALL)) {
                    Err(Errno::EINTR) => continue,
                    Ok(WaitStatus::Stopped(_, signal)) => drop(ptrace::detach(pid, signal)),
                    Ok(WaitStatus::PtraceSyscall(_) | WaitStatus::PtraceEvent(..)) => {
                        ptrace::detach(pid, None).ok();
                    }
                    _ => {}
                }
                break;
            }
        }
    }
}

/// By its first word: what a descriptor was executed from has no name.
fn is_ours(pid: Pid) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let word = line.split(|byte| *byte == 0).next().unwrap_or_default();
    word.ends_with(b"ocirun") || word.ends_with(b"ocirun-init")
}

/// Whether the kernel may answer a call in this way at all.
pub fn possible(number: u64, fault: Fault) -> bool {
    let Fault::Fails(errno) = fault else { return true };
    match number as libc::c_long {
        libc::SYS_exit | libc::SYS_exit_group => false,
        libc::SYS_getpid
        | libc::SYS_getppid
        | libc::SYS_gettid
        | libc::SYS_getuid
        | libc::SYS_geteuid
        | libc::SYS_getgid
        | libc::SYS_getegid
        | libc::SYS_umask
        | libc::SYS_set_tid_address => false,
        // ARCH_SET_FS, by the C library, of an address of its own.
        libc::SYS_arch_prctl => false,
        libc::SYS_brk => errno == Errno::ENOMEM,
        // Once the kernel has gathered randomness.
        libc::SYS_getrandom => errno == Errno::EINTR,
        // Whatever it says, the descriptor is closed; of folders it says nothing else.
        libc::SYS_close => false,
        _ => true,
    }
}

/// The name of a system call, where these programs make it.
pub fn name(number: u64) -> String {
    macro_rules! table {
        ($($name:ident)*) => {
            [$((paste(stringify!($name)), libc::$name as u64)),*]
        };
    }
    fn paste(constant: &'static str) -> &'static str {
        constant.trim_start_matches("SYS_")
    }
    let table = table![
        SYS_read SYS_write SYS_open SYS_close SYS_stat SYS_fstat SYS_lstat SYS_poll SYS_lseek SYS_mmap
        SYS_mprotect SYS_munmap SYS_brk SYS_rt_sigaction SYS_rt_sigprocmask SYS_ioctl SYS_pread64
        SYS_readv SYS_writev SYS_access SYS_pipe SYS_sched_yield SYS_mremap SYS_madvise SYS_dup SYS_dup2
        SYS_nanosleep SYS_getpid SYS_socket SYS_connect SYS_sendto SYS_recvfrom SYS_sendmsg SYS_recvmsg
        SYS_bind SYS_socketpair SYS_clone SYS_fork SYS_vfork SYS_execve SYS_exit SYS_wait4 SYS_kill
        SYS_uname SYS_fcntl SYS_flock SYS_fsync SYS_fdatasync SYS_ftruncate SYS_getdents64 SYS_getcwd
        SYS_chdir SYS_fchdir SYS_rename SYS_mkdir SYS_rmdir SYS_link SYS_unlink SYS_symlink SYS_readlink
        SYS_chmod SYS_fchmod SYS_chown SYS_fchown SYS_umask SYS_getuid SYS_getgid SYS_geteuid SYS_getegid
        SYS_setsid SYS_setgroups SYS_setresuid SYS_setresgid SYS_capget SYS_capset SYS_sigaltstack
        SYS_mknod SYS_statfs SYS_fstatfs SYS_sched_setaffinity SYS_sched_getaffinity SYS_prctl
        SYS_arch_prctl SYS_pivot_root SYS_chroot SYS_mount SYS_umount2 SYS_sethostname SYS_setdomainname
        SYS_gettid SYS_futex SYS_set_tid_address SYS_clock_nanosleep SYS_exit_group SYS_openat SYS_mkdirat
        SYS_mknodat SYS_fchownat SYS_newfstatat SYS_unlinkat SYS_renameat SYS_symlinkat SYS_readlinkat
        SYS_fchmodat SYS_faccessat SYS_ppoll SYS_unshare SYS_set_robust_list SYS_pipe2 SYS_prlimit64
        SYS_setns SYS_getrandom SYS_memfd_create SYS_execveat SYS_copy_file_range SYS_statx SYS_rseq
        SYS_pidfd_send_signal SYS_open_tree SYS_move_mount SYS_fsopen SYS_fsconfig SYS_fsmount
        SYS_pidfd_open SYS_clone3 SYS_close_range SYS_openat2 SYS_faccessat2 SYS_mount_setattr SYS_keyctl
        SYS_seccomp SYS_bpf SYS_fsetxattr SYS_fgetxattr SYS_sendfile SYS_waitid SYS_dup3 SYS_setuid
        SYS_setgid SYS_setpgid SYS_getppid SYS_tgkill SYS_fallocate SYS_utimensat SYS_personality
        SYS_sched_setattr SYS_ioprio_set SYS_set_mempolicy SYS_renameat2
    ];
    let found = table.iter().find(|(_, known)| *known == number);
    found.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}
