//! Turns this process into the user's: streams, limits, labels, ids, capabilities and filter, in
//! the one order in which each step still has the rights that it needs, and the program at last.

use std::convert::Infallible;
use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Context, Error, Result, bail};
use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::SigSet;
use nix::unistd::chdir;
use ocirun_init::{Bootstrap, Process, Status};

use crate::caps::Sets;
use crate::proc::Proc;
use crate::seam::{self, Seam};
use crate::{environment, exec, fd, hooks, ids, label, landlock, schedule, seccomp, syscall};

/// Signals that have a disposition to reset: all of the classic ones.
const SIGNALS: std::ops::RangeInclusive<i32> = 1..=31;

/// Everything up to execve. `root` is the container's root directory.
pub fn become_program(
    seam: &mut Seam,
    boot: &Bootstrap,
    mut filters: Vec<seccomp::Program>,
    proc: Option<Proc>,
    root: BorrowedFd,
) -> Result<Infallible> {
    let process = &boot.process;
    seccomp::read_late(boot, seam, &mut filters)?;
    seam.did("read the system call filter");
    let sets = process.capabilities.as_ref().map(Sets::parse).transpose()?;

    ids::set_limits(&process.rlimits)?;
    schedule::apply(process)?;
    if let Some(proc) = &proc {
        label::set_exec_labels(process, proc)?;
    }
    if process.no_new_privileges {
        prctl::set_no_new_privs().context("set no_new_privs")?;
    }
    ids::own_stdio(&process.user)?;
    reset_signals()?;

    // Without no_new_privs only CAP_SYS_ADMIN may load a filter, so before the capabilities go.
    if !process.no_new_privileges {
        seccomp::load_all(&mut filters)?;
    }
    if let Some(sets) = &sets {
        sets.limit_bounding()?;
    }
    enter_as_user(process, sets.as_ref())?;
    if let Some(sets) = &sets {
        sets.apply(seam)?;
    }
    ids::set_umask(&process.user);

    let gate = match (boot.start_fd, proc) {
        (Some(number), Some(proc)) => Some(exec::Gate::find(number, &proc.or_own()?)?),
        _ => None,
    };

    let env = environment::prepare(&process.env, process.user.uid, root)?;
    let Some(program) = process.args.first() else { bail!("process.args is empty") };
    let program = exec::look_up(program, &env)?;
    let args = process
        .args
        .iter()
        .map(|arg| CString::new(arg.as_str()))
        .collect::<Result<Vec<_>, _>>()
        .context("process.args")?;
    if let Some(cpus) = &process.cpu_affinity {
        schedule::set_affinity(cpus)?;
    }
    if let Some(domain) = landlock::prepare(boot.landlock.as_ref(), root, boot.start_fd)? {
        domain.enforce()?;
    }
    seam.did("limits, ids, capabilities");
    seam.tell_steps()?;
    // With no_new_privs as late as can be: every call after it must be in the user's profile.
    seccomp::load_all(&mut filters)?;

    seam.send(&Status::Ready)?;
    if boot.wait_for_start {
        seam.wait_for_go()?;
    }
    let gate = gate.map(exec::Gate::wait).transpose()?;
    let become_it = || -> Result<Infallible> {
        hooks::run_hooks("startContainer", &boot.hooks.start_container, &boot.hooks, "created", &env)?;
        fd::preserve(boot.preserve_fds)?;
        let mut last = vec![seam.output()];
        last.extend(gate.as_ref().map(AsFd::as_fd));
        fd::close_others(boot.preserve_fds, &last);
        // Ignored until here, so that a status line to nobody is an error and not the end.
        syscall::set_signal(libc::SIGPIPE, false);
        exec::execute(&program, &args, &env)
    };
    let Err(error) = become_it();
    syscall::set_signal(libc::SIGPIPE, true);
    if let Some(gate) = &gate {
        // `start` waits at the other end.
        seam::tell(gate.as_fd(), &error).ok();
    }
    seam.report(&error);
    // Not back to those whose descriptors are closed already: they would close them once more.
    std::process::exit(1)
}

/// Working directory and ids. The directory is entered with the old rights, for the user may not
/// be allowed to reach it, and looked at before and after the change.
fn enter_as_user(process: &Process, sets: Option<&Sets>) -> Result<()> {
    let cwd = if process.cwd.is_empty() { "/" } else { process.cwd.as_str() };
    let said = || format!("chdir to cwd ({cwd:?}) set in config.json failed");
    let entered = match chdir(cwd) {
        // A file system that root may not enter, NFS or FUSE: try again as the user.
        Err(Errno::EACCES | Errno::EPERM) => false,
        done => done.map(|()| true).with_context(said)?,
    };
    if entered {
        check_cwd()?;
    }
    if process.user.uid != 0
        && let Some(sets) = sets
    {
        sets.keep_over_user_change()?;
    }
    ids::set_user(&process.user)?;
    if !entered {
        chdir(cwd).with_context(said)?;
    }
    check_cwd()
}

/// A working directory outside the root, over a descriptor that leaked (CVE-2024-21626), has a name
/// that does not begin with a slash, or none.
fn check_cwd() -> Result<()> {
    const OUTSIDE: &str = "current working directory is outside of container mount namespace root \
                           -- possible container breakout attempt";
    match syscall::working_directory() {
        Ok(name) if name.to_bytes().starts_with(b"/") => Ok(()),
        Ok(_) | Err(Errno::ENOENT) => Err(Error::msg(OUTSIDE)),
        Err(error) => Err(error).context("get the working directory"),
    }
}

/// execve hands on what is ignored and what is blocked: the program starts with neither.
fn reset_signals() -> Result<()> {
    for signal in SIGNALS {
        if ![libc::SIGKILL, libc::SIGSTOP, libc::SIGPIPE].contains(&signal) {
            syscall::reset_signal(signal);
        }
    }
    SigSet::empty().thread_set_mask().context("empty the signal mask")
}
