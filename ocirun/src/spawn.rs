//! One clone: the child is born in its new namespaces, puts itself into its cgroups, and becomes
//! ocirun-init, which joins what is to be joined. Nobody in a container ever sees this program.
//!
//! Between clone and execveat the child makes system calls only; it allocates nothing, and mostly it
//! does not even have memory of its own. What it fails at it says on the status pipe, in the words of
//! ocirun-init's own messages.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;
use nix::unistd::getpid;

/// What the child does, in the order of its fields. All descriptors are above the numbers of
/// `place`, so that none is overwritten before it is used.
pub struct Stub<'a> {
    /// For CLONE_INTO_CGROUP.
    pub into_cgroup: Option<BorrowedFd<'a>>,
    /// Files of cgroup v1 that take the child itself.
    pub tasks: &'a [OwnedFd],
    /// Written to /proc/self/oom_score_adj.
    pub oom_score_adj: Option<&'a [u8]>,
    /// CLONE_NEW* bits of the namespaces to be made.
    pub new: i32,
    /// Namespaces to enter, in this order, with their CLONE_NEW* bits, and then only to make the
    /// new ones; this process itself stays in the caller's pid namespace.
    pub late: Option<&'a [(RawFd, i32)]>,
    /// A byte on the control pipe says that the id maps are written.
    pub wait_for_maps: bool,
    /// Become root of the user namespace.
    pub become_root: bool,
    /// The numbers from 3 on that stay open.
    pub preserve: u32,
    /// Descriptors and the numbers that ocirun-init is to find them at.
    pub place: &'a [(RawFd, RawFd)],
    /// CPUs to run on from the beginning.
    pub affinity: Option<libc::cpu_set_t>,
    pub exe: RawFd,
    pub argv: &'a [CString],
    /// The read end of fd 8 and the write end of fd 9, before they are placed.
    pub control: RawFd,
    pub status: RawFd,
}

/// A child that has not been waited for.
pub struct Child {
    pub pid: i32,
    pub pidfd: OwnedFd,
}

/// CLONE_INTO_CGROUP, which libc has in a type too narrow for it.
const INTO_CGROUP: u64 = 0x2_0000_0000;

/// Namespaces that a cgroup join must come before.
const AFTER_CGROUP: i32 = libc::CLONE_NEWCGROUP;

/// What a late child says on the status pipe when its user namespace is made: an empty line.
pub const UNSHARED: &str = "\n";

pub fn spawn(stub: &Stub) -> Result<Child> {
    let mut argv: Vec<*const libc::c_char> = stub.argv.iter().map(|a| a.as_ptr()).collect();
    argv.push(std::ptr::null());
    let mut pidfd: RawFd = -1;
    let mut flags = libc::CLONE_PIDFD as u64;
    if stub.late.is_none() {
        flags |= (stub.new & !AFTER_CGROUP) as u64;
    }
    // The scheduler may leave the child on this processor until this process waits for something. So
    // it waits until the child executes: from then on each has a processor, if there are two.
    if !stub.wait_for_maps {
        flags |= libc::CLONE_VFORK as u64;
    }
    if let Some(child) = spawn_in_memory(stub, &argv, flags) {
        return child.context("clone3");
    }
    let mut args = clone_args(flags);
    args.pidfd = (&raw mut pidfd) as u64;
    if let Some(dir) = stub.into_cgroup {
        args.flags |= INTO_CGROUP;
        args.cgroup = dir.as_raw_fd() as u64;
    }
    // SAFETY: without CLONE_VM the child runs on a copy of this memory, and this process has one
    // thread, so that copy is whole; `child` makes system calls only and never returns. `args` and
    // `pidfd` outlive the call.
    let mut pid = Errno::result(unsafe { clone3(&mut args) });
    let mut procs = None;
    if let (Err(Errno::ENOSYS), Some(dir)) = (pid, stub.into_cgroup) {
        // Before Linux 5.7 the child moves itself there.
        let flags = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
        procs = Some(openat(dir, "cgroup.procs", flags, Mode::empty()).context("open cgroup.procs")?);
        args.flags &= !INTO_CGROUP;
        args.cgroup = 0;
        // SAFETY: as above.
        pid = Errno::result(unsafe { clone3(&mut args) });
    }
    let pid = pid.context(if args.flags & libc::CLONE_NEWTIME as u64 != 0 {
        "clone3 (a time namespace needs Linux 5.6)"
    } else if args.flags & INTO_CGROUP != 0 && pid == Err(Errno::EBUSY) {
        // It passes controllers down, and takes no process itself any more.
        "adding pid 0 to cgroups: clone3"
    } else {
        "clone3"
    })? as i32;
    if pid == 0 {
        child(stub, &argv, procs.as_ref().map(AsRawFd::as_raw_fd));
    }
    // SAFETY: with CLONE_PIDFD the kernel has stored a new descriptor there, for us alone.
    Ok(Child { pid, pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) } })
}

/// Bytes of the stack of a child in this memory, of which it uses a few.
const STACK: usize = 64 << 10;

/// A child that uses this process's memory until it executes, which spares both to copy it and to
/// copy each page that one of them writes to; nothing where that may not be: where this process has
/// to go on meanwhile, where user namespaces are entered (the kernel wants memory of its own for
/// that), and for what the old call does not have.
fn spawn_in_memory(stub: &Stub, argv: &[*const libc::c_char], flags: u64) -> Option<nix::Result<Child>> {
    let waits = flags & libc::CLONE_VFORK as u64 != 0;
    if !waits || stub.late.is_some() || stub.into_cgroup.is_some() || stub.new & libc::CLONE_NEWTIME != 0 {
        return None;
    }
    type Work<'a> = (&'a Stub<'a>, &'a [*const libc::c_char]);
    extern "C" fn run(work: *mut libc::c_void) -> libc::c_int {
        // SAFETY: it is what `spawn_in_memory` passed, which waits in that call's frame.
        let (stub, argv) = unsafe { &*work.cast::<Work>() };
        child(stub, argv, None)
    }
    let mut work: Work = (stub, argv);
    let mut stack: Vec<u128> = Vec::with_capacity(STACK / size_of::<u128>());
    let mut pidfd: RawFd = -1;
    let flags = flags as libc::c_int | libc::CLONE_VM | libc::SIGCHLD;
    // SAFETY: with CLONE_VFORK this process, which has one thread, stands still until the child has
    // executed another program or ended; so `work`, `stack` and `pidfd` outlive its use of them. The
    // stack's end is aligned, and is the child's alone. What the child changes of this memory is
    // its stack and `errno`. No signal has a handler in this program, so none runs in the child.
    let pid = Errno::result(unsafe {
        let end = stack.as_mut_ptr().byte_add(STACK);
        libc::clone(run, end.cast(), flags, (&raw mut work).cast(), &raw mut pidfd)
    });
    // SAFETY: with CLONE_PIDFD the kernel has stored a new descriptor there, for us alone.
    Some(pid.map(|pid| Child { pid, pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) } }))
}

/// A child in namespaces of its own that waits to be killed, and dies with this process.
pub fn pause_in(namespaces: i32) -> Result<Child> {
    let mut pidfd: RawFd = -1;
    let mut args = clone_args((libc::CLONE_PIDFD | namespaces) as u64);
    args.pidfd = (&raw mut pidfd) as u64;
    let parent = getpid();
    // SAFETY: as in `spawn`: one thread, and the child makes system calls only.
    let pid = Errno::result(unsafe { clone3(&mut args) }).context("clone3 user namespace")? as i32;
    if pid == 0 {
        // SAFETY: integers only.
        unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
            // Of a death before that call nobody tells it.
            while libc::getppid() == parent.as_raw() {
                libc::pause();
            }
            libc::_exit(1);
        }
    }
    // SAFETY: with CLONE_PIDFD the kernel has stored a new descriptor there, for us alone.
    Ok(Child { pid, pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) } })
}

fn clone_args(flags: u64) -> libc::clone_args {
    // SAFETY: clone_args is made of integers, for which all zeroes is a value.
    let mut args: libc::clone_args = unsafe { std::mem::zeroed() };
    args.flags = flags;
    args.exit_signal = libc::SIGCHLD as u64;
    args
}

/// # Safety
/// The caller has one thread, and the child path must only make system calls.
unsafe fn clone3(args: &mut libc::clone_args) -> libc::c_long {
    // SAFETY: `args` is a whole clone_args; the rest is the caller's promise.
    let pid = unsafe { libc::syscall(libc::SYS_clone3, &raw mut *args, size_of::<libc::clone_args>()) };
    if pid != -1 || Errno::last() != Errno::ENOSYS {
        return pid;
    }
    // SAFETY: the caller's promise.
    unsafe { clone(args) }
}

/// The same before Linux 5.3, where a child can neither be born in a cgroup nor in a new time
/// namespace.
///
/// # Safety
/// As for `clone3`.
unsafe fn clone(args: &libc::clone_args) -> libc::c_long {
    // The low byte is the signal's, and the bit of time namespaces lies in it.
    if args.flags & (INTO_CGROUP | libc::CLONE_NEWTIME as u64) != 0 {
        Errno::ENOSYS.set();
        return -1;
    }
    let flags = args.flags | args.exit_signal;
    // SAFETY: the kernel stores the pidfd where `args` says, which outlives the call; a null stack
    // means the copied one. The rest is the caller's promise.
    unsafe { libc::syscall(libc::SYS_clone, flags, 0, args.pidfd, 0, 0) }
}

/// The child's way to execve; never returns.
fn child(stub: &Stub, argv: &[*const libc::c_char], procs: Option<RawFd>) -> ! {
    let at = |doing: &'static CStr, result: libc::c_long| {
        if result < 0 {
            fail(stub.status, doing, Errno::last_raw());
        }
    };
    // SAFETY: every call below passes integers, static C strings, or memory of `stub` and `argv`,
    // which the child has a copy of; none of them allocates or takes a lock of this process.
    unsafe {
        if let Some(set) = &stub.affinity {
            at(c"set CPU affinity", libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), set).into());
        }
        for fd in stub.tasks.iter().map(AsRawFd::as_raw_fd).chain(procs) {
            let zero = c"0".as_ptr().cast();
            at(c"join cgroup", again(|| libc::write(fd, zero, 1) as libc::c_long));
        }
        if stub.affinity.is_none() {
            // What ocirun's caller may run on is nothing to the container: it has all that its cgroup has.
            let all = [0xffu8; 1024];
            libc::sched_setaffinity(0, all.len(), all.as_ptr().cast());
        }
        if let Some(score) = stub.oom_score_adj {
            // Before the process becomes non-dumpable: procfs then gives the file to root.
            let path = c"/proc/self/oom_score_adj".as_ptr();
            let fd = again(|| libc::open(path, libc::O_WRONLY | libc::O_CLOEXEC).into()) as RawFd;
            at(c"open /proc/self/oom_score_adj", fd.into());
            let wrote = again(|| libc::write(fd, score.as_ptr().cast(), score.len()) as libc::c_long);
            at(c"write /proc/self/oom_score_adj", wrote);
            libc::close(fd);
        }
        if let Some(join) = stub.late {
            // What belongs to this user namespace, and not to the one that is joined, is entered with
            // the rights that there are now.
            let joins_user = join.iter().any(|(_, bits)| bits & libc::CLONE_NEWUSER != 0);
            let mut entered = 0u64;
            for (n, (fd, bits)) in join.iter().enumerate() {
                if joins_user && bits & libc::CLONE_NEWUSER == 0 && libc::setns(*fd, *bits) == 0 {
                    entered |= 1 << n;
                }
            }
            for (n, (fd, bits)) in join.iter().enumerate() {
                if entered & 1 << n == 0 {
                    at(c"join namespaces", libc::setns(*fd, *bits).into());
                }
            }
            at(c"unshare", libc::unshare(stub.new & !AFTER_CGROUP).into());
            if stub.wait_for_maps {
                // Only now is there something to be mapped.
                again(|| libc::write(stub.status, UNSHARED.as_ptr().cast(), UNSHARED.len()) as libc::c_long);
            }
        }
        if stub.wait_for_maps {
            let mut byte = 0u8;
            let got = again(|| libc::read(stub.control, (&raw mut byte).cast(), 1) as libc::c_long);
            // End of file: ocirun has died or given up.
            if got != 1 {
                libc::_exit(1);
            }
        }
        if stub.new & libc::CLONE_NEWCGROUP != 0 {
            // In its cgroups by now: the container sees its own as the root.
            at(c"unshare cgroup namespace", libc::unshare(libc::CLONE_NEWCGROUP).into());
        }
        if stub.become_root {
            // Raw calls: glibc's wrappers look for other threads first.
            at(c"setresgid 0", libc::syscall(libc::SYS_setresgid, 0, 0, 0));
            at(c"setresuid 0", libc::syscall(libc::SYS_setresuid, 0, 0, 0));
        }
        let end = 3 + stub.preserve as RawFd;
        for fd in 3..end {
            at(c"keep a descriptor", libc::fcntl(fd, libc::F_SETFD, 0).into());
        }
        for (from, to) in stub.place {
            at(c"place a descriptor", libc::dup2(*from, *to).into());
        }
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        at(
            c"sigprocmask",
            libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()).into(),
        );
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        let env: [*const libc::c_char; 1] = [std::ptr::null()];
        let (empty, flags) = (c"".as_ptr(), libc::AT_EMPTY_PATH);
        libc::syscall(libc::SYS_execveat, stub.exe, empty, argv.as_ptr(), env.as_ptr(), flags);
    }
    fail(stub.status, c"exec ocirun-init", Errno::last_raw());
}

/// Makes a call until no signal interrupts it.
fn again(mut call: impl FnMut() -> libc::c_long) -> libc::c_long {
    loop {
        let result = call();
        if result >= 0 || Errno::last() != Errno::EINTR {
            return result;
        }
    }
}

/// Says `{"type":"error","doing":…,"errno":…}` and ends.
fn fail(status: RawFd, doing: &CStr, errno: i32) -> ! {
    let mut line = [0u8; 160];
    let mut len = 0;
    let mut add = |bytes: &[u8]| {
        for b in bytes {
            if len < line.len() {
                line[len] = *b;
                len += 1;
            }
        }
    };
    let digits = [errno / 100 % 10, errno / 10 % 10, errno % 10].map(|d| b'0' + d as u8);
    let skip = digits.iter().take(2).take_while(|d| **d == b'0').count();
    add(br#"{"type":"error","doing":""#);
    add(doing.to_bytes());
    add(br#"","errno":"#);
    add(&digits[skip..]);
    add(b"}\n");
    // SAFETY: the first `len` bytes of `line` are initialised; _exit runs nothing of this process.
    unsafe {
        libc::write(status, line.as_ptr().cast(), len);
        libc::_exit(1);
    }
}
