//! Another program, started: as with std, but that the child uses this process's memory until it executes. That spares
//! both to copy it, and to copy each page that one of them writes to: half of what a start takes. What std cannot say of
//! a child besides, its mask, its death with us and its descriptors, it would say in a child with memory of its own.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicI32, Ordering};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use crate::sys;

/// So many descriptors are handed over at most.
const MAX_FDS: usize = 4;

/// A program, and what it is to find: nothing on its three standard descriptors, unless another is named, this process's
/// environment, and an empty signal mask (ours blocks what the signalfd takes).
#[derive(Debug)]
pub struct Command {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    dir: Option<PathBuf>,
    streams: [Option<OwnedFd>; 3],
    group: bool,
    dies_with_us: bool,
    fds: Vec<OwnedFd>,
}

impl Command {
    /// A name without a slash is searched for in PATH.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        Command {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            env: std::env::vars_os().collect(),
            dir: None,
            streams: [None, None, None],
            group: false,
            dies_with_us: false,
            fds: Vec::new(),
        }
    }

    pub fn arg(&mut self, arg: impl AsRef<OsStr>) -> &mut Command {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args(&mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Command {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.args.iter().filter_map(|word| word.to_str())
    }

    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Command {
        self.env_remove(&name);
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Command {
        self.env.retain(|(known, _)| known != name.as_ref());
        self
    }

    pub fn env_clear(&mut self) -> &mut Command {
        self.env.clear();
        self
    }

    pub fn current_dir(&mut self, dir: &Path) -> &mut Command {
        self.dir = Some(dir.into());
        self
    }

    pub fn stdin(&mut self, fd: impl Into<OwnedFd>) -> &mut Command {
        self.stream(0, fd.into())
    }

    pub fn stdout(&mut self, fd: impl Into<OwnedFd>) -> &mut Command {
        self.stream(1, fd.into())
    }

    pub fn stderr(&mut self, fd: impl Into<OwnedFd>) -> &mut Command {
        self.stream(2, fd.into())
    }

    fn stream(&mut self, number: usize, fd: OwnedFd) -> &mut Command {
        self.streams[number] = Some(fd);
        self
    }

    /// All three; none is nothing.
    pub fn streams(&mut self, fds: [Option<OwnedFd>; 3]) -> &mut Command {
        self.streams = fds;
        self
    }

    /// It shall lead a process group of its own.
    pub fn own_group(&mut self) -> &mut Command {
        self.group = true;
        self
    }

    /// It shall be killed when this process dies.
    pub fn dies_with_us(&mut self) -> &mut Command {
        self.dies_with_us = true;
        self
    }

    /// Handed over as 3, 4, 5 and 6.
    pub fn fds(&mut self, fds: Vec<OwnedFd>) -> &mut Command {
        assert!(fds.len() <= MAX_FDS, "no more are handed over");
        self.fds = fds;
        self
    }

    /// Starts it, and returns its process id once it has executed. Who starts it has to wait for it.
    pub fn spawn(&self) -> io::Result<u32> {
        let path = match self.program.as_bytes().contains(&b'/') {
            true => text(self.program.as_bytes())?,
            false => text(search(&self.program)?.as_os_str().as_bytes())?,
        };
        let words = [&self.program].into_iter().chain(&self.args).map(|word| text(word.as_bytes()));
        let argv = words.collect::<io::Result<Vec<CString>>>()?;
        let joined =
            |(name, value): &(OsString, OsString)| [name.as_bytes(), b"=", value.as_bytes()].concat();
        let env = self.env.iter().map(|pair| text(&joined(pair))).collect::<io::Result<Vec<CString>>>()?;
        let dir = self.dir.as_deref().map(|dir| text(dir.as_os_str().as_bytes())).transpose()?;
        let null = |mode| open("/dev/null", mode | OFlag::O_CLOEXEC, Mode::empty());
        let (source, sink) = (null(OFlag::O_RDONLY)?, null(OFlag::O_WRONLY)?);
        let [stdin, stdout, stderr] = &self.streams;
        let streams = [(stdin, &source), (stdout, &sink), (stderr, &sink)];
        spawn(&Stub {
            path: &path,
            argv: pointers(&argv),
            env: pointers(&env),
            dir: dir.as_deref(),
            streams: streams.map(|(fd, null)| fd.as_ref().unwrap_or(null).as_raw_fd()),
            fds: self.fds.iter().map(AsRawFd::as_raw_fd).collect(),
            group: self.group,
            dies_with_us: self.dies_with_us,
            error: AtomicI32::new(0),
        })
    }

    /// Starts it, and waits until it has ended.
    pub fn status(&self) -> io::Result<ExitStatus> {
        wait(self.spawn()?)
    }
}

/// Waits until a child has ended.
pub fn wait(pid: u32) -> io::Result<ExitStatus> {
    let ended = sys::waitpid(pid as i32, 0)?;
    ended.map(|(_, status)| status).ok_or_else(|| Errno::ECHILD.into())
}

fn search(program: &OsStr) -> io::Result<PathBuf> {
    which::which(program).map_err(|_| Errno::ENOENT.into())
}

fn text(bytes: &[u8]) -> io::Result<CString> {
    Ok(CString::new(bytes)?)
}

/// The words as `execve` takes them, for as long as they live.
fn pointers(words: &[CString]) -> Vec<*const libc::c_char> {
    words.iter().map(|word| word.as_ptr()).chain([std::ptr::null()]).collect()
}

/// What the child does, in the order of its fields from `streams` on.
struct Stub<'a> {
    path: &'a CStr,
    /// Of words that live as long, with a null at the end; so is `env`.
    argv: Vec<*const libc::c_char>,
    env: Vec<*const libc::c_char>,
    /// Above 2, for the standard library has seen to it that 0 to 2 are open.
    streams: [RawFd; 3],
    /// Handed over as 3, 4, 5 …
    fds: Vec<RawFd>,
    group: bool,
    dir: Option<&'a CStr>,
    dies_with_us: bool,
    /// What it failed at.
    error: AtomicI32,
}

/// Bytes of the child's stack, of which it uses a few.
const STACK: usize = 32 << 10;

fn spawn(stub: &Stub) -> io::Result<u32> {
    extern "C" fn run(stub: *mut libc::c_void) -> libc::c_int {
        // SAFETY: it is what `spawn` passed, which waits in that call's frame.
        child(unsafe { &*stub.cast::<Stub>() })
    }
    let mut stack = MaybeUninit::<[u128; STACK / size_of::<u128>()]>::uninit();
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: with CLONE_VFORK this process, which has one thread, stands still until the child has executed another
    // program or ended; so `stub` and `stack` outlive its use of them, and the words that `stub` points to, which it
    // borrows or which `Command::spawn` keeps. The stack's end is aligned, and is the child's alone. What the child
    // changes of this memory is its stack, `errno` and `stub.error`, which is atomic. No signal that may come has a
    // handler in this program, so none runs in the child.
    let pid = Errno::result(unsafe {
        let end = stack.as_mut_ptr().add(1);
        libc::clone(run, end.cast(), flags, std::ptr::from_ref(stub).cast_mut().cast())
    })?;
    match stub.error.load(Ordering::Relaxed) {
        0 => Ok(pid as u32),
        error => {
            let _ = wait(pid as u32);
            Err(io::Error::from_raw_os_error(error))
        }
    }
}

/// Becomes the program. Only system calls are made.
fn child(stub: &Stub) -> libc::c_int {
    if let Err(e) = prepare(stub) {
        stub.error.store(e as i32, Ordering::Relaxed);
        return 127;
    }
    // SAFETY: the path and all words end with a null, and so do the lists.
    unsafe { libc::execve(stub.path.as_ptr(), stub.argv.as_ptr(), stub.env.as_ptr()) };
    stub.error.store(Errno::last_raw(), Ordering::Relaxed);
    127
}

fn prepare(stub: &Stub) -> nix::Result<()> {
    for (to, from) in stub.streams.iter().enumerate() {
        place(*from, to)?;
    }
    // First all out of the way of the places, then each to its own.
    let mut above = [-1; MAX_FDS];
    for (high, fd) in above.iter_mut().zip(&stub.fds) {
        // SAFETY: F_DUPFD_CLOEXEC takes numbers; `fd` is open, for `Command` owns it.
        *high = Errno::result(unsafe { libc::fcntl(*fd, libc::F_DUPFD_CLOEXEC, 3 + MAX_FDS as RawFd) })?;
    }
    for (n, high) in above.iter().take(stub.fds.len()).enumerate() {
        place(*high, 3 + n)?;
    }
    // SAFETY: these calls take numbers, a path that ends with a null, and a set that lives until they return. With this
    // flag close_range closes nothing now: it marks whatever our own caller has left open, which is nobody's business
    // further down. What we have opened is marked already, so a kernel that cannot do this (before 5.11) leaves only that.
    unsafe {
        if stub.group {
            Errno::result(libc::setpgid(0, 0))?;
        }
        if let Some(dir) = stub.dir {
            Errno::result(libc::chdir(dir.as_ptr()))?;
        }
        if stub.dies_with_us {
            Errno::result(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0))?;
        }
        let first = 3 + stub.fds.len() as libc::c_uint;
        libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
        // What this process ignores, and what it blocks, would stay so.
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        let mut none = MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        Errno::result(libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut()))?;
    }
    Ok(())
}

fn place(from: RawFd, to: usize) -> nix::Result<()> {
    // SAFETY: dup2 takes numbers. What was open at `to` is a copy of this process's, which the child leaves.
    Errno::result(unsafe { libc::dup2(from, to as RawFd) }).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek};

    use nix::sys::signal::{SigSet, Signal};

    use super::*;

    fn output(command: &mut Command) -> (ExitStatus, String) {
        let mut file = tempfile::tempfile().unwrap();
        let status =
            command.stdout(file.try_clone().unwrap()).stderr(file.try_clone().unwrap()).status().unwrap();
        let mut said = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut said).unwrap();
        (status, said)
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_child_finds_what_it_is_given_and_no_more() {
        let file = |text: &str| {
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            file.rewind().unwrap();
            OwnedFd::from(file)
        };
        let mut command = shell(
            "pwd; cat; cat <&3; cat <&4; echo $A $B; ls /proc/$$/fd; ps -o pgid= -p $$ | tr -d ' '; echo $$",
        );
        command.env_clear().env("A", "1").env("PATH", "/usr/bin:/bin").env("B", "2").env("B", "3");
        command
            .stdin(file("in\n"))
            .fds(vec![file("three\n"), file("four\n")])
            .current_dir(Path::new("/tmp"))
            .own_group();
        let (status, said) = output(&mut command);
        let lines: Vec<&str> = said.lines().collect();
        assert!(status.success(), "{said}");
        assert_eq!(lines[..10], ["/tmp", "in", "three", "four", "1 3", "0", "1", "2", "3", "4"], "{said}");
        assert_eq!(lines[10], lines[11], "{said}");
    }

    #[test]
    fn descriptors_may_stand_in_each_others_places() {
        // Wherever they stand: each of them is another's place.
        let (one, two) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let name =
            |file: &std::fs::File| std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
        let (first, second) = (name(&one), name(&two));
        let mut command = shell("readlink /proc/$$/fd/3 /proc/$$/fd/4 /proc/$$/fd/5 /proc/$$/fd/6");
        let fds =
            vec![two.try_clone().unwrap().into(), one.try_clone().unwrap().into(), two.into(), one.into()];
        let (_, said) = output(command.fds(fds));
        let want = [&second, &first, &second, &first].map(|path| format!("{}\n", path.display())).concat();
        assert_eq!(said, want);
    }

    #[test]
    fn what_this_process_blocks_and_ignores_is_not_the_childs() {
        let term = SigSet::from_iter([Signal::SIGTERM]);
        term.thread_block().unwrap();
        // No shell, which blocks signals of its own for moments.
        let (_, said) = output(Command::new("grep").args(["-E", "^Sig(Blk|Ign)", "/proc/self/status"]));
        term.thread_unblock().unwrap();
        let words: Vec<u64> =
            said.split_whitespace().filter_map(|word| u64::from_str_radix(word, 16).ok()).collect();
        // Others may have had it ignore more.
        assert_eq!((words[0], words[1] & 1 << (libc::SIGPIPE - 1)), (0, 0), "{said}");
    }

    #[test]
    fn a_failure_is_the_callers_to_know() {
        let error = |command: &mut Command| command.spawn().unwrap_err().raw_os_error();
        assert_eq!(error(&mut Command::new("/nonexistent/program")), Some(libc::ENOENT));
        assert_eq!(error(&mut Command::new("no-such-program-anywhere")), Some(libc::ENOENT));
        assert_eq!(error(&mut Command::new("/etc/passwd")), Some(libc::EACCES));
        assert_eq!(error(shell(":").current_dir(Path::new("/nonexistent"))), Some(libc::ENOENT));
        assert_eq!(output(&mut shell("exit 3")).0.code(), Some(3));
        // One that nix has no name for.
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&output(&mut shell("kill -40 $$")).0),
            Some(40)
        );
    }
}
