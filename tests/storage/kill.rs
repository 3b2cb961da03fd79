//! Runs a program and kills it at one of the changes that it makes to what outlives it.
//!
//! It is traced (ptrace) with all its threads, and the calls that change files are counted in the
//! order in which they come, whichever thread makes them.

use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// The calls that change what is on a disk.
const CHANGES: &[libc::c_long] = &[
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_copy_file_range,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_mkdir,
    libc::SYS_mkdirat,
    libc::SYS_rmdir,
    libc::SYS_unlink,
    libc::SYS_unlinkat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_mknodat,
    libc::SYS_chmod,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_fsetxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_syncfs,
];

/// Runs `command` to the change of this number, and kills it there. How many it made, if it ended well
/// before that; what was to be killed and failed in another way is a failure of the test.
pub fn at(command: &Command, place: usize) -> Option<usize> {
    at_and(command, place, |_| ())
}

/// The same; `started` is told which process it is, before that does anything.
pub fn at_and(command: &Command, place: usize, started: impl FnOnce(Pid) + Send + 'static) -> Option<usize> {
    when(command, move |count| count == place, started)
}

/// The same at the first change before which `due` says so, which is told how many there were.
pub fn when(
    command: &Command,
    due: impl FnMut(usize) -> bool + Send + 'static,
    started: impl FnOnce(Pid) + Send + 'static,
) -> Option<usize> {
    // A shell, for it can stop itself and so wait to be traced.
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "kill -STOP $$; exec \"$@\"", "sh"]).arg(command.get_program());
    shell.args(command.get_args()).stdin(Stdio::null()).stdout(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    // A thread of its own: whom it traces, the kernel lets go at its end.
    std::thread::spawn(move || follow(shell, due, started)).join().expect("the tracer")
}

// Its end is waited for with that of its threads.
#[allow(clippy::zombie_processes)]
fn follow(mut shell: Command, mut due: impl FnMut(usize) -> bool, told: impl FnOnce(Pid)) -> Option<usize> {
    let first = Pid::from_raw(shell.spawn().expect("start a shell").id() as i32);
    told(first);
    let stopped = waitpid(first, Some(WaitPidFlag::WUNTRACED)).expect("wait for the shell");
    assert!(matches!(stopped, WaitStatus::Stopped(..)), "{stopped:?}");
    let options = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_TRACEEXEC;
    ptrace::seize(first, options).expect("trace the shell");
    kill(first, Signal::SIGCONT).expect("let the shell go on");
    let (mut started, mut count) = (false, 0);
    loop {
        // Of this thread alone: the children of others belong to other tests.
        match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
            Ok(WaitStatus::Exited(pid, code)) if pid == first => {
                assert_eq!(code, 0, "it failed by itself, at change {count}");
                return Some(count);
            }
            Ok(WaitStatus::Signaled(pid, ..)) if pid == first => return None,
            Ok(WaitStatus::PtraceSyscall(pid)) => {
                if let Ok(info) = ptrace::syscall_info(pid)
                    && info.op == libc::PTRACE_SYSCALL_INFO_ENTRY
                    && let Ok(regs) = ptrace::getregs(pid)
                    && CHANGES.contains(&(regs.orig_rax as libc::c_long))
                {
                    if due(count) {
                        kill(first, Signal::SIGKILL).ok();
                    }
                    count += 1;
                }
                ptrace::syscall(pid, None).ok();
            }
            Ok(WaitStatus::PtraceEvent(pid, _, event)) => {
                started |= event == libc::PTRACE_EVENT_EXEC;
                let _ = if started { ptrace::syscall(pid, None) } else { ptrace::cont(pid, None) };
            }
            Ok(WaitStatus::Stopped(pid, signal)) => {
                // The first stop of a new thread is none of its own.
                let signal = (signal != Signal::SIGSTOP && signal != Signal::SIGTRAP).then_some(signal);
                let _ = if started { ptrace::syscall(pid, signal) } else { ptrace::cont(pid, signal) };
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(e) => panic!("wait for the traced: {e}"),
        }
    }
}
