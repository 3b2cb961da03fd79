//! A disk that says no once: the next sync of a running server's log of metadata fails.
//!
//! The server is traced (ptrace) with all its threads until that call, which is not made; then it goes on free.

use std::sync::mpsc;
use std::thread::JoinHandle;

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// From now on the next one fails; the handle ends when it has.
pub fn fail_next(server: u32) -> JoinHandle<()> {
    let (ready, begun) = mpsc::channel();
    let tracer = std::thread::spawn(move || follow(Pid::from_raw(server as i32), &ready));
    begun.recv().expect("the tracer");
    tracer
}

fn follow(server: Pid, ready: &mpsc::Sender<()>) {
    let threads = || -> Vec<Pid> {
        let tasks = std::fs::read_dir(format!("/proc/{server}/task")).expect("the threads");
        tasks
            .flatten()
            .filter_map(|task| Some(Pid::from_raw(task.file_name().to_str()?.parse().ok()?)))
            .collect()
    };
    let options = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACECLONE;
    let mut waited_for = Vec::new();
    for thread in threads() {
        // One may have ended meanwhile.
        if ptrace::seize(thread, options).and_then(|()| ptrace::interrupt(thread)).is_ok() {
            waited_for.push(thread);
        }
    }
    let mut failing = None;
    loop {
        // Of this thread alone: the children of others belong to other tests.
        let (thread, signal) = match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
            Ok(WaitStatus::PtraceSyscall(thread)) => {
                let Ok(info) = ptrace::syscall_info(thread) else { continue };
                let mut regs = ptrace::getregs(thread).expect("the registers");
                if info.op == libc::PTRACE_SYSCALL_INFO_EXIT && failing == Some(thread) {
                    regs.rax = -(Errno::EIO as i64) as u64;
                    ptrace::setregs(thread, regs).expect("give the answer");
                    // At the end of this thread the kernel lets all of them go on.
                    return;
                }
                if info.op == libc::PTRACE_SYSCALL_INFO_ENTRY
                    && failing.is_none()
                    && regs.orig_rax == libc::SYS_fdatasync as u64
                    && is_log(server, regs.rdi)
                {
                    failing = Some(thread);
                    regs.orig_rax = u64::MAX;
                    ptrace::setregs(thread, regs).expect("take the call away");
                }
                (thread, None)
            }
            Ok(WaitStatus::PtraceEvent(thread, ..)) => (thread, None),
            Ok(WaitStatus::Stopped(thread, signal)) => (thread, Some(signal)),
            Ok(WaitStatus::Exited(thread, _) | WaitStatus::Signaled(thread, ..)) => {
                assert_ne!(thread, server, "the server has ended");
                waited_for.retain(|other| *other != thread);
                continue;
            }
            Ok(_) | Err(Errno::EINTR) => continue,
            Err(e) => panic!("wait for the traced: {e}"),
        };
        // It may have been killed meanwhile.
        ptrace::syscall(thread, signal).ok();
        if !waited_for.is_empty() {
            waited_for.retain(|other| *other != thread);
            if waited_for.is_empty() {
                ready.send(()).expect("the test");
            }
        }
    }
}

fn is_log(server: Pid, fd: u64) -> bool {
    std::fs::read_link(format!("/proc/{server}/fd/{fd}"))
        .is_ok_and(|path| path.file_name().is_some_and(|name| name == "meta.db-wal"))
}
