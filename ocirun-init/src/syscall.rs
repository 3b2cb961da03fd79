//! The system calls that nix lacks, each wrapped once: the mount API on descriptors, capability
//! and security prctls, the console's ioctls, scheduling and memory policy.
//!
//! Every wrapper takes borrowed descriptors and C strings and returns owned descriptors, so that
//! the rest of init is safe code.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;

type Result<T> = std::result::Result<T, Errno>;

/// All propagation types that `mount_setattr` takes.
pub const PROPAGATION: u64 = libc::MS_SHARED | libc::MS_SLAVE | libc::MS_PRIVATE | libc::MS_UNBINDABLE;

/// The attributes of a mount to set and to clear, and its propagation (0: as it is).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MountAttr {
    pub set: u64,
    pub clear: u64,
    pub propagation: u64,
}

impl MountAttr {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn set(set: u64) -> Self {
        Self { set, ..Self::default() }
    }
}

fn owned(fd: libc::c_long) -> Result<OwnedFd> {
    let fd = Errno::result(fd)? as RawFd;
    // SAFETY: the kernel has just returned this descriptor to us, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A detached mount: a clone of what `path` below `dir` names, or of `dir` for an empty path.
pub fn open_tree(dir: BorrowedFd, path: &CStr, flags: u32) -> Result<OwnedFd> {
    let flags = flags | libc::OPEN_TREE_CLONE | libc::O_CLOEXEC as u32;
    // SAFETY: the path is a C string that outlives the call.
    owned(unsafe { libc::syscall(libc::SYS_open_tree, dir.as_raw_fd(), path.as_ptr(), flags) })
}

/// Attaches the detached mount `tree` on the object that `target` is open on.
pub fn move_mount(tree: BorrowedFd, target: BorrowedFd) -> Result<()> {
    let flags = libc::MOVE_MOUNT_F_EMPTY_PATH | libc::MOVE_MOUNT_T_EMPTY_PATH;
    let empty = c"".as_ptr();
    // SAFETY: both paths are static C strings.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_move_mount, tree.as_raw_fd(), empty, target.as_raw_fd(), empty, flags)
    })
    .map(drop)
}

/// Changes the mount that `mount` is open on the root of; all mounts below it too if `recursive`.
pub fn mount_setattr(mount: BorrowedFd, attr: &MountAttr, recursive: bool) -> Result<()> {
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    setattr(mount.as_raw_fd(), c"", flags, attr)
}

/// Changes the mount at a path of this process's own.
pub fn mount_setattr_at(path: &CStr, attr: &MountAttr, recursive: bool) -> Result<()> {
    setattr(libc::AT_FDCWD, path, if recursive { libc::AT_RECURSIVE } else { 0 }, attr)
}

fn setattr(dir: RawFd, path: &CStr, flags: i32, attr: &MountAttr) -> Result<()> {
    let words: [u64; 4] = [attr.set, attr.clear, attr.propagation, 0];
    // SAFETY: `struct mount_attr` is four u64 (MOUNT_ATTR_SIZE_VER0), and the size says so.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_mount_setattr, dir, path.as_ptr(), flags, words.as_ptr(), size_of_val(&words))
    })
    .map(drop)
}

/// Which mount a descriptor is on: whether it is on its root, and the number that no other mount
/// gets (Linux 6.8).
pub fn mount_of(fd: BorrowedFd) -> Result<(bool, Option<u64>)> {
    const UNIQUE: u32 = 0x4000; // STATX_MNT_ID_UNIQUE
    // SAFETY: statx is made of integers, for which all zeroes is a value.
    let mut stat: libc::statx = unsafe { std::mem::zeroed() };
    let (empty, flags) = (c"".as_ptr(), libc::AT_EMPTY_PATH | libc::AT_NO_AUTOMOUNT);
    // SAFETY: the path is a static C string; the kernel fills one statx.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_statx, fd.as_raw_fd(), empty, flags, UNIQUE, &raw mut stat)
    })?;
    let is_root = stat.stx_attributes & libc::STATX_ATTR_MOUNT_ROOT as u64 != 0;
    Ok((is_root, (stat.stx_mask & UNIQUE != 0).then_some(stat.stx_mnt_id)))
}

/// A context in which a new file system of this type is configured.
pub fn fsopen(kind: &CStr) -> Result<OwnedFd> {
    // SAFETY: the type is a C string that outlives the call.
    owned(unsafe { libc::syscall(libc::SYS_fsopen, kind.as_ptr(), libc::FSOPEN_CLOEXEC) })
}

/// Sets one parameter of a file system: `key=value`, or the flag `key` without a value.
pub fn fsconfig_set(context: BorrowedFd, key: &CStr, value: Option<&CStr>) -> Result<()> {
    let command = match value {
        Some(_) => libc::FSCONFIG_SET_STRING,
        None => libc::FSCONFIG_SET_FLAG,
    };
    fsconfig(context, command, Some(key), value)
}

/// Makes the file system that was configured.
pub fn fsconfig_create(context: BorrowedFd) -> Result<()> {
    fsconfig(context, libc::FSCONFIG_CMD_CREATE, None, None)
}

fn fsconfig(context: BorrowedFd, command: u32, key: Option<&CStr>, value: Option<&CStr>) -> Result<()> {
    let pointer = |s: Option<&CStr>| s.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: key and value are C strings that outlive the call, or null where the command has none.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), command, pointer(key), pointer(value), 0)
    })
    .map(drop)
}

/// A detached mount of the file system that was made in `context`.
pub fn fsmount(context: BorrowedFd, attributes: u64) -> Result<OwnedFd> {
    // SAFETY: the call takes no pointers.
    owned(unsafe {
        libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), libc::FSMOUNT_CLOEXEC, attributes as u32)
    })
}

/// `close_range(2)` of first to last, with CLOSE_RANGE_* flags.
pub fn close_range(first: u32, last: u32, flags: u32) -> Result<()> {
    // SAFETY: no descriptor above 2 is owned by a library; those that init owns are marked
    // close-on-exec only, or are closed just before execve, which never returns to their owners
    // but to report an error on the one descriptor that is spared.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) }).map(drop)
}

/// Closes one descriptor; as `close_range`.
pub fn close(number: RawFd) {
    // SAFETY: as above.
    unsafe { libc::close(number) };
}

/// A number above all descriptors that can have been opened under the present limit, within reason.
pub fn descriptor_limit() -> u32 {
    const MOST: u64 = 1 << 16;
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: getrlimit fills one rlimit.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0;
    if known { limit.rlim_cur.min(MOST) as u32 } else { MOST as u32 }
}

/// `prctl(2)` for the options whose arguments are plain numbers.
pub fn prctl(option: i32, a: u64, b: u64) -> Result<i32> {
    // SAFETY: callers pass options that take numbers only, never addresses.
    Errno::result(unsafe { libc::prctl(option, a, b, 0u64, 0u64) })
}

/// Sets effective, permitted and inheritable capabilities of this thread.
pub fn capset(effective: u64, permitted: u64, inheritable: u64) -> Result<()> {
    const VERSION_3: u32 = 0x2008_0522;
    let header: [u32; 2] = [VERSION_3, 0];
    let low = |set: u64| set as u32;
    let high = |set: u64| (set >> 32) as u32;
    let data: [u32; 6] = [
        low(effective),
        low(permitted),
        low(inheritable),
        high(effective),
        high(permitted),
        high(inheritable),
    ];
    // SAFETY: version 3 takes a header of two words and two structures of three words each.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), data.as_ptr()) }).map(drop)
}

/// Loads a seccomp program. The result is the notify descriptor where `flags` asks for one, else 0.
pub fn seccomp(program: &mut [libc::sock_filter], flags: u32) -> Result<i32> {
    let program = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|_| Errno::E2BIG)?,
        filter: program.as_mut_ptr(),
    };
    // SAFETY: the length is that of the slice, which outlives the call.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program)
    })
    .map(|fd| fd as i32)
}

/// The version of Landlock that this kernel has.
pub fn landlock_version() -> Result<i32> {
    const VERSION: u32 = 1;
    let nothing = std::ptr::null::<u64>();
    // SAFETY: with this flag the kernel reads no attributes; it wants a null pointer and no size.
    Errno::result(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0usize, VERSION) })
        .map(|version| version as i32)
}

/// An empty ruleset that forbids these accesses: to files, to ports, to what is outside the domain.
pub fn landlock_create(files: u64, ports: u64, scopes: u64) -> Result<OwnedFd> {
    let attr: [u64; 3] = [files, ports, scopes];
    // Older kernels know fewer words; those that are not used are left out.
    let words = if scopes != 0 {
        3
    } else if ports != 0 {
        2
    } else {
        1
    };
    // SAFETY: `struct landlock_ruleset_attr` is these words, and the size is of as many of them.
    owned(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, attr.as_ptr(), words * 8usize, 0) })
}

/// Allows accesses to what `target` is open on, and all below it.
pub fn landlock_allow_path(ruleset: BorrowedFd, target: BorrowedFd, allowed: u64) -> Result<()> {
    const PATH_BENEATH: i32 = 1;
    let mut attr = [0u8; 12];
    attr[..8].copy_from_slice(&allowed.to_ne_bytes());
    attr[8..].copy_from_slice(&target.as_raw_fd().to_ne_bytes());
    // SAFETY: `struct landlock_path_beneath_attr` is packed: a u64 and an i32.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_landlock_add_rule, ruleset.as_raw_fd(), PATH_BENEATH, attr.as_ptr(), 0)
    })
    .map(drop)
}

/// Allows accesses to a TCP port.
pub fn landlock_allow_port(ruleset: BorrowedFd, port: u16, allowed: u64) -> Result<()> {
    const NET_PORT: i32 = 2;
    let attr: [u64; 2] = [allowed, port.into()];
    // SAFETY: `struct landlock_net_port_attr` is two u64.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_landlock_add_rule, ruleset.as_raw_fd(), NET_PORT, attr.as_ptr(), 0)
    })
    .map(drop)
}

/// Puts this process, and what it becomes, under the ruleset.
pub fn landlock_restrict(ruleset: BorrowedFd) -> Result<()> {
    // SAFETY: the call takes integers only.
    Errno::result(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) })
        .map(drop)
}

/// Joins (or makes) the session keyring of this name; its serial number.
pub fn join_session_keyring(name: &CStr) -> Result<i32> {
    const JOIN_SESSION_KEYRING: u32 = 1;
    // SAFETY: the name is a C string that outlives the call.
    Errno::result(unsafe { libc::syscall(libc::SYS_keyctl, JOIN_SESSION_KEYRING, name.as_ptr(), 0, 0, 0) })
        .map(|id| id as i32)
}

pub fn set_key_permissions(key: i32, permissions: u32) -> Result<()> {
    const SETPERM: u32 = 5;
    // SAFETY: the call takes numbers only.
    Errno::result(unsafe { libc::syscall(libc::SYS_keyctl, SETPERM, key, permissions, 0, 0) }).map(drop)
}

pub fn set_domain_name(name: &str) -> Result<()> {
    // SAFETY: the length is that of the string.
    Errno::result(unsafe { libc::setdomainname(name.as_ptr().cast(), name.len()) }).map(drop)
}

/// The slave of a pseudoterminal's master, without a path (TIOCGPTPEER).
pub fn terminal_peer(master: BorrowedFd) -> Result<OwnedFd> {
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: TIOCGPTPEER takes open flags by value.
    owned(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, flags) }.into())
}

pub fn unlock_terminal(master: BorrowedFd) -> Result<()> {
    let unlock: libc::c_int = 0;
    // SAFETY: TIOCSPTLCK reads one int.
    Errno::result(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &raw const unlock) }).map(drop)
}

pub fn set_terminal_size(terminal: BorrowedFd, rows: u16, columns: u16) -> Result<()> {
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads one struct winsize.
    Errno::result(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) }).map(drop)
}

/// Makes the terminal on `fd` the controlling terminal of the caller's session.
pub fn set_controlling_terminal(fd: BorrowedFd) -> Result<()> {
    // SAFETY: TIOCSCTTY takes a number: 0, do not steal.
    Errno::result(unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCSCTTY, 0) }).map(drop)
}

/// Makes `target` (0, 1 or 2) refer to what `fd` is open on.
pub fn replace_stdio(fd: BorrowedFd, target: RawFd) -> Result<()> {
    debug_assert!((0..3).contains(&target));
    // SAFETY: nothing owns 0, 1 and 2; they are this process's standard streams.
    Errno::result(unsafe { libc::dup2(fd.as_raw_fd(), target) }).map(drop)
}

/// Brings a network interface up.
pub fn interface_up(name: &str) -> Result<()> {
    // Any socket will do to reach the network namespace's ioctls; a Unix one is always there.
    // SAFETY: the call takes numbers only.
    let socket =
        owned(unsafe { libc::socket(libc::AF_UNIX, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) }.into())?;
    // SAFETY: all bytes zero is a valid ifreq.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1).zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads one ifreq.
    Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) })
        .map(drop)
}

/// `struct sched_attr` of sched_setattr(2), version 0.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy)]
pub struct SchedAttr {
    pub size: u32,
    pub policy: u32,
    pub flags: u64,
    pub nice: i32,
    pub priority: u32,
    pub runtime: u64,
    pub deadline: u64,
    pub period: u64,
}

pub fn set_scheduler(mut attr: SchedAttr) -> Result<()> {
    attr.size = size_of::<SchedAttr>() as u32;
    // SAFETY: the structure is the kernel's, and says its size.
    Errno::result(unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw mut attr, 0) }).map(drop)
}

/// I/O class and priority of this process, packed as ioprio_set(2) wants them.
pub fn set_io_priority(value: i32) -> Result<()> {
    const WHO_PROCESS: i32 = 1;
    // SAFETY: the call takes numbers only.
    Errno::result(unsafe { libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0, value) }).map(drop)
}

/// Sets the CPUs that this process runs on, a bit each.
pub fn set_affinity(mask: &[u64]) -> Result<()> {
    // SAFETY: the length in bytes is that of the slice.
    Errno::result(unsafe { libc::syscall(libc::SYS_sched_setaffinity, 0, size_of_val(mask), mask.as_ptr()) })
        .map(drop)
}

/// Sets the NUMA policy of this process; `nodes` has a bit each.
pub fn set_memory_policy(mode: i32, nodes: &[u64]) -> Result<()> {
    // The kernel reads one bit less than it is told.
    let bits = if nodes.is_empty() { 0 } else { nodes.len() * 64 + 1 };
    let mask = if nodes.is_empty() { std::ptr::null() } else { nodes.as_ptr() };
    // SAFETY: the kernel reads `bits - 1` bits rounded up to words: the slice.
    Errno::result(unsafe { libc::syscall(libc::SYS_set_mempolicy, mode, mask, bits) }).map(drop)
}

pub fn set_personality(persona: u64) -> Result<()> {
    // SAFETY: the call takes a number only.
    Errno::result(unsafe { libc::syscall(libc::SYS_personality, persona) }).map(drop)
}

pub fn set_rlimit(resource: u32, soft: u64, hard: u64) -> Result<()> {
    let limit = libc::rlimit64 { rlim_cur: soft, rlim_max: hard };
    // SAFETY: prlimit64 reads one rlimit64; the null pointer asks for nothing back.
    Errno::result(unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            0,
            resource,
            &raw const limit,
            std::ptr::null_mut::<libc::rlimit64>(),
        )
    })
    .map(drop)
}

/// The working directory as the kernel names it. The library's own call hides what is to be
/// seen here: a directory outside the root comes back as `(unreachable)/…`.
pub fn working_directory() -> Result<CString> {
    let mut buffer = vec![0u8; libc::PATH_MAX as usize];
    // SAFETY: the length is that of the buffer.
    Errno::result(unsafe { libc::syscall(libc::SYS_getcwd, buffer.as_mut_ptr(), buffer.len()) })?;
    CStr::from_bytes_until_nul(&buffer).map(CString::from).map_err(|_| Errno::ENAMETOOLONG)
}

/// Whether this process, with its effective ids, may execute the file.
pub fn may_execute(path: &CStr) -> Result<()> {
    // SAFETY: the path is a C string that outlives the call.
    Errno::result(unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), libc::X_OK, libc::AT_EACCESS) })
        .map(drop)
}

pub fn pidfd_open(pid: i32) -> Result<OwnedFd> {
    // SAFETY: the call takes numbers only.
    owned(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })
}

/// Puts a signal's disposition to default, or to ignore.
pub fn set_signal(signal: i32, ignore: bool) {
    let handler = if ignore { libc::SIG_IGN } else { libc::SIG_DFL };
    // SAFETY: no handler runs: the disposition is one of the two constants. Signals that may not
    // be changed (KILL, STOP) are not passed by callers.
    unsafe { libc::signal(signal, handler) };
}

/// Puts a signal's disposition to default, in one call and no more.
pub fn reset_signal(signal: i32) {
    // The kernel's `struct sigaction`: handler, flags, restorer and mask, and none of them.
    let default = [0u64; 4];
    let old = std::ptr::null_mut::<u64>();
    // SAFETY: the kernel reads one structure, and gives nothing back.
    unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), old, size_of::<u64>()) };
}

/// Lets a signal end this process although it is the first of its process namespace, to which the
/// kernel gives only signals that it handles. execve puts the disposition back to default.
pub fn end_at(signal: i32) {
    extern "C" fn end(signal: i32) {
        // SAFETY: _exit may be called at any instruction; it runs nothing of this process.
        unsafe { libc::_exit(128 + signal) }
    }
    let handler = end as extern "C" fn(i32) as libc::sighandler_t;
    // SAFETY: the handler makes one system call and never returns.
    unsafe { libc::signal(signal, handler) };
}

/// Becomes root of the user namespace that was entered. The groups stay.
pub fn become_root() -> Result<()> {
    // SAFETY: the calls take numbers only. Raw ones: the library's look for other threads first.
    Errno::result(unsafe { libc::syscall(libc::SYS_setresgid, 0, 0, 0) })?;
    // SAFETY: as above.
    Errno::result(unsafe { libc::syscall(libc::SYS_setresuid, 0, 0, 0) }).map(drop)
}

/// Takes over a descriptor that was inherited by number, after seeing that it is open.
pub fn adopt(number: RawFd) -> Result<OwnedFd> {
    if number < 3 {
        return Err(Errno::EBADF);
    }
    // SAFETY: F_GETFD takes no pointer; a closed number gives EBADF.
    Errno::result(unsafe { libc::fcntl(number, libc::F_GETFD) })?;
    // SAFETY: the descriptor is open, above the standard streams, was opened by whoever started
    // this program for this purpose, and `fd::check` has refused a Bootstrap that names it twice.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Sets FD_CLOEXEC, or nothing, on a number; an error if it is not open.
pub fn set_descriptor_flags(number: RawFd, flags: i32) -> Result<()> {
    // SAFETY: F_SETFD takes a number.
    Errno::result(unsafe { libc::fcntl(number, libc::F_SETFD, flags) }).map(drop)
}

/// A descriptor by number, if it is open, for a child that shares this process's descriptors.
pub fn borrow(number: RawFd) -> Result<BorrowedFd<'static>> {
    if number < 0 {
        return Err(Errno::EBADF);
    }
    // SAFETY: F_GETFD takes no pointer.
    Errno::result(unsafe { libc::fcntl(number, libc::F_GETFD) })?;
    // SAFETY: it is open, and the process that owns it waits for the child before closing it.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

/// A standard stream, for fstat and fchown.
pub fn stdio(number: RawFd) -> BorrowedFd<'static> {
    debug_assert!((0..3).contains(&number));
    // SAFETY: 0, 1 and 2 are never closed by init; should the caller have closed one, the call
    // made on it answers EBADF.
    unsafe { BorrowedFd::borrow_raw(number) }
}
