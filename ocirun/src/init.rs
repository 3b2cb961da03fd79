//! The talk with ocirun-init: it is started with everything it needs, gets its Bootstrap on one
//! pipe, and answers on another.

use std::ffi::CString;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::path::Path;

use anyhow::{Context, Error, Result, anyhow, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::Signal;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::pipe2;
use oci_spec::runtime::LinuxIdMapping;
use ocirun_init::{Bootstrap, Command, Enter, Status};

use crate::again::again;
use crate::cgroup::Join;
use crate::cgroup::systemd::Unit;
use crate::error::{AfterStart, FromInit, strerror};
use crate::fds::{Passed, raise};
use crate::pidfd::{self, End};
use crate::source::Map;
use crate::spawn::{self, Child, Stub};
use crate::{idmap, log, namespace, program, trace};

/// What a new ocirun-init is started with.
pub struct Start {
    pub exe: OwnedFd,
    pub cgroups: Join,
    /// CLONE_NEW* bits to make.
    pub new: i32,
    /// Namespaces to join, user first, mount last.
    pub join: Vec<(i32, OwnedFd)>,
    /// Id maps for a user namespace that is made.
    pub maps: Option<(Vec<LinuxIdMapping>, Vec<LinuxIdMapping>)>,
    /// `monotonic 10 0` lines for a time namespace that is made.
    pub time_offsets: Option<String>,
    pub oom_score_adj: Option<i32>,
    pub affinity: Option<libc::cpu_set_t>,
    pub preserve: u32,
    /// What the Bootstrap names by number; its first two numbers are kept for the talk.
    pub passed: Passed,
    /// The read end of fd 8 and the write end of fd 9 are the first two of `passed`.
    pub pipes: Pipes,
}

/// Our ends, and the numbers of the child's.
pub struct Pipes {
    control: OwnedFd,
    status: OwnedFd,
    numbers: [RawFd; 2],
}

/// Makes the two pipes; their child's ends are the first that `passed` takes.
pub fn pipes(passed: &mut Passed) -> Result<Pipes> {
    let (theirs_in, control) = pipe2(OFlag::O_CLOEXEC).context("pipe")?;
    let (status, theirs_out) = pipe2(OFlag::O_CLOEXEC).context("pipe")?;
    let numbers = [passed.add(theirs_in), passed.add(theirs_out)];
    Ok(Pipes { control, status, numbers })
}

/// A started ocirun-init.
pub struct Init {
    pub child: Child,
    /// The user namespace forbids setgroups(2).
    pub keep_groups: bool,
    /// For sources inside that are id-mapped.
    pub maps: Vec<Map>,
    /// The program that it was started from, until the work is told: to close it may take a while,
    /// in which there is something to do.
    exe: Option<OwnedFd>,
    /// What is still to be joined, and by whom.
    enter: Vec<Enter>,
    sibling: bool,
    control: File,
    status: BufReader<File>,
}

pub fn start(mut s: Start) -> Result<Init> {
    let bits = s.join.iter().fold(0, |bits, (one, _)| bits | one);
    let joins = |flag: i32| bits & flag != 0;
    let makes = |flag: i32| s.new & flag != 0;
    // What belongs to a user namespace that is joined is made in there; and who has made a user
    // namespace has no right to those of others any more.
    let late = bits != 0 && (makes(libc::CLONE_NEWUSER) || joins(libc::CLONE_NEWUSER) && s.new != 0);
    let sibling = joins(libc::CLONE_NEWPID) || late && makes(libc::CLONE_NEWPID);

    let mut enter = Vec::new();
    let mut early = Vec::new();
    for (bits, fd) in s.join {
        if late {
            early.push((bits, fd));
        } else {
            enter.push(Enter { fd: s.passed.add(fd), namespaces: namespace::names(bits) });
        }
    }
    let end = s.passed.end();
    let placed = s.passed.lift()?;
    let place: Vec<(RawFd, RawFd)> = placed.iter().map(|(fd, n)| (fd.as_raw_fd(), *n)).collect();
    let exe = raise(s.exe, end)?;
    let tasks = s.cgroups.tasks.into_iter().map(|fd| raise(fd, end)).collect::<Result<Vec<_>>>()?;
    let early: Vec<(i32, OwnedFd)> =
        early.into_iter().map(|(bits, fd)| Ok((bits, raise(fd, end)?))).collect::<Result<_>>()?;
    let join: Vec<(RawFd, i32)> = early.iter().map(|(bits, fd)| (fd.as_raw_fd(), *bits)).collect();

    let argv = [c"ocirun-init".to_owned(), number(s.pipes.numbers[0]), number(s.pipes.numbers[1])];
    let score = s.oom_score_adj.map(|n| n.to_string());
    let mut new = s.new;
    if s.time_offsets.is_some() {
        new &= !libc::CLONE_NEWTIME;
    }
    let stub = Stub {
        into_cgroup: s.cgroups.into.as_ref().map(AsFd::as_fd),
        tasks: &tasks,
        oom_score_adj: score.as_deref().map(str::as_bytes),
        new,
        late: late.then_some(&join),
        wait_for_maps: makes(libc::CLONE_NEWUSER),
        become_root: makes(libc::CLONE_NEWUSER) || late,
        preserve: s.preserve,
        place: &place,
        affinity: s.affinity,
        exe: exe.as_raw_fd(),
        argv: &argv,
        control: place[0].0,
        status: place[1].0,
    };
    let spawn = || spawn::spawn(&stub);
    let child = match &s.time_offsets {
        Some(offsets) => in_new_time(offsets, spawn)?,
        None => spawn()?,
    };
    drop(placed);
    said_start(&child, s.new, bits);
    let mut init = Init {
        child,
        keep_groups: false,
        maps: Vec::new(),
        exe: Some(exe),
        enter,
        sibling,
        control: File::from(s.pipes.control),
        status: BufReader::new(File::from(s.pipes.status)),
    };
    let prepared = prepare(&mut init, s.maps, late, s.cgroups.attach);
    if let Err(e) = prepared {
        // What the child itself said comes first: ours is then only a consequence.
        return Err(init.abandon().unwrap_or(e));
    }
    Ok(init)
}

/// The cgroup that systemd puts the child into, and the id maps.
fn prepare(
    init: &mut Init,
    maps: Option<(Vec<LinuxIdMapping>, Vec<LinuxIdMapping>)>,
    late: bool,
    attach: Option<(Unit, String)>,
) -> Result<()> {
    // Before the maps: only then does the child make its cgroup namespace, whose root is here.
    if let Some((unit, sub)) = attach {
        unit.attach(init.child.pid, &sub)?;
    }
    if let Some((uids, gids)) = maps {
        if late {
            init.until_unshared()?;
        }
        init.keep_groups = idmap::write(init.child.pid, &uids, &gids)?;
        init.control.write_all(b"\n").context("write to ocirun-init")?;
    }
    Ok(())
}

/// Runs `spawn` so that its child is born in a new time namespace with these offsets, which can be
/// set only while nothing is in it.
fn in_new_time<T>(offsets: &str, spawn: impl FnOnce() -> Result<T>) -> Result<T> {
    let own = namespace::open_own(libc::CLONE_NEWTIME)?;
    unshare(CloneFlags::from_bits_retain(libc::CLONE_NEWTIME)).context("unshare time namespace")?;
    let path = "/proc/self/timens_offsets";
    let write = || File::options().write(true).open(path)?.write_all(offsets.as_bytes());
    let result = write().with_context(|| format!("write {path}")).and_then(|()| spawn());
    namespace::enter(&own, libc::CLONE_NEWTIME)?;
    result
}

/// With `--debug`: the steps so far, in the words that people and scripts look for in runc's log.
fn said_start(child: &Child, new: i32, joined: i32) {
    if !log::debugs() {
        return;
    }
    let (new, joined) = (namespace::names(new), namespace::names(joined));
    let me = std::process::id();
    log::debug(&format!("nsexec-0[{me}]: => nsexec container setup: new {new:?}, joined {joined:?}"));
    log::debug(&format!("child process in init(): ocirun-init is process {}", child.pid));
}

fn number(n: RawFd) -> CString {
    CString::new(n.to_string()).expect("digits hold no NUL")
}

/// What a status line with an error says.
pub fn failure(line: &[u8]) -> anyhow::Error {
    match serde_json::from_slice(line) {
        Ok(Status::Error { doing, errno }) => said(&doing, errno),
        _ => anyhow!("unexpected message of ocirun-init: {}", String::from_utf8_lossy(line).trim()),
    }
}

/// Marks the failure of execve itself, after which the words alone are said.
pub fn after_start(error: Error) -> Error {
    match error.downcast_ref::<FromInit>() {
        Some(init) if init.doing.starts_with("exec ") => error.context(AfterStart),
        _ => error,
    }
}

/// Adds what can be seen of the matter with a program below `root` that the kernel refused.
pub fn with_hint(mut error: Error, root: &Path) -> Error {
    if let Some(init) = error.downcast_mut::<FromInit>()
        && let Some(path) = init.doing.strip_prefix("exec ")
    {
        init.hint = program::trouble(root, path, Errno::from_raw(init.errno));
    }
    error
}

fn said(doing: &str, errno: i32) -> Error {
    FromInit { doing: doing.to_string(), errno, hint: None }.into()
}

impl Init {
    /// Tells ocirun-init its work. The process that does it is known when this returns.
    pub fn tell(&mut self, boot: &mut Bootstrap) -> Result<()> {
        boot.enter = std::mem::take(&mut self.enter);
        boot.sibling = self.sibling;
        boot.trace = trace::on();
        if self.sibling {
            // Before anybody in there can see what it was started from.
            self.exe = None;
        }
        self.line(&serde_json::to_vec(boot).context("encode the bootstrap")?)?;
        self.exe = None;
        if !self.sibling {
            return Ok(());
        }
        match self.hear()? {
            Some(Status::Joined { pid }) => self.follow(pid),
            Some(other) => bail!("unexpected message of ocirun-init: {other:?}"),
            None => Err(self.death()?),
        }
    }

    /// Turns to the process that goes on in the first one's stead. The number may come from somebody
    /// in the container who got hold of the pipe: only a child of this process is taken.
    fn follow(&mut self, pid: i32) -> Result<()> {
        let pidfd = pidfd::open_child(pid)?;
        let peek = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        again(|| waitid(Id::PIDFd(pidfd.as_fd()), peek))
            .with_context(|| format!("process {pid} said to have joined"))?;
        let first = std::mem::replace(&mut self.child, Child { pid, pidfd });
        pidfd::wait(first.pid).context("wait for the first process")?;
        self.sibling = false;
        Ok(())
    }

    /// Says that the seccomp program that was late can be read.
    pub fn filter(&mut self) -> Result<()> {
        self.line(&serde_json::to_vec(&Command::Filter).context("encode filter")?)
    }

    /// Lets it go on after `mounted`.
    pub fn go(&mut self) -> Result<()> {
        self.line(&serde_json::to_vec(&Command::Go).context("encode go")?)
    }

    fn line(&mut self, json: &[u8]) -> Result<()> {
        // In one piece, so that the reader is woken once.
        let line = [json, b"\n"].concat();
        match self.control.write_all(&line) {
            Ok(()) => Ok(()),
            // It has ended: what it said, or how it died, is the reason.
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => match self.hear()? {
                None => Err(self.death()?),
                Some(_) => Err(e).context("write to ocirun-init"),
            },
            Err(e) => Err(e).context("write to ocirun-init"),
        }
    }

    /// The next word of ocirun-init; none when its end of the pipe is closed. An error that it
    /// reports is returned as one.
    pub fn hear(&mut self) -> Result<Option<Status>> {
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok(None);
            }
            match serde_json::from_str(&line)
                .with_context(|| format!("read from ocirun-init: {}", line.trim()))?
            {
                Status::Log { level, msg } if level == "debug" || level == "info" => log::debug(&msg),
                Status::Log { msg, .. } => log::warn(&msg),
                Status::Steps { began, steps } => trace::init(self.child.pid, began, &steps),
                Status::Error { doing, errno } => return Err(said(&doing, errno)),
                status => return Ok(Some(status)),
            }
        }
    }

    fn read_line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.status.read_line(&mut line).context("read from ocirun-init")?;
        Ok(line)
    }

    /// Waits until the child has made the user namespace that is to be mapped.
    fn until_unshared(&mut self) -> Result<()> {
        let line = self.read_line()?;
        match serde_json::from_str(&line) {
            _ if line == spawn::UNSHARED => Ok(()),
            Ok(Status::Error { doing, errno }) => Err(said(&doing, errno)),
            _ => Err(self.death()?),
        }
    }

    /// Waits until a running container is changed and the process that did it has ended: what it says
    /// of the mounts and the devices that were added.
    pub fn until_changed(&mut self) -> Result<(Vec<Option<u64>>, Vec<bool>)> {
        loop {
            match self.hear()? {
                Some(Status::Map { mount, fd }) => self.map(mount, fd)?,
                Some(Status::Changed { mounts, devices }) => {
                    pidfd::wait(self.child.pid).context("wait for ocirun-init")?;
                    return Ok((mounts, devices));
                }
                Some(other) => bail!("unexpected message of ocirun-init: {other:?}"),
                None => return Err(self.death()?),
            }
        }
    }

    /// Maps the ids of a source that ocirun-init has opened.
    fn map(&mut self, mount: usize, fd: i32) -> Result<()> {
        let map = self.maps.iter().find(|map| map.mount == mount);
        let map = map.with_context(|| format!("mounts[{mount}] has no id maps"))?;
        map.apply(&self.child.pidfd, fd).with_context(|| format!("mounts[{mount}]"))?;
        self.go()
    }

    /// Waits for `ready`, running `hooks` at `mounted`.
    pub fn until_ready(&mut self, mut hooks: impl FnMut(i32) -> Result<()>) -> Result<()> {
        loop {
            match self.hear()? {
                Some(Status::Ready) => {
                    log::debug("init: closing the pipe to signal completion: all is done but execve");
                    return Ok(());
                }
                Some(Status::Map { mount, fd }) => self.map(mount, fd)?,
                Some(Status::Mounted) => {
                    hooks(self.child.pid)?;
                    self.go()?;
                }
                Some(other) => bail!("unexpected message of ocirun-init: {other:?}"),
                None => return Err(self.death()?),
            }
        }
    }

    /// Waits until the program itself runs: end of file, since the pipe is closed by execve.
    pub fn until_exec(&mut self) -> Result<()> {
        match self.hear().map_err(after_start)? {
            None => Ok(()),
            Some(other) => bail!("unexpected message of ocirun-init: {other:?}"),
        }
    }

    /// How it ended, having said nothing.
    fn death(&self) -> Result<Error> {
        pidfd::signal(&self.child.pidfd, libc::SIGKILL)?;
        let doing = match pidfd::wait(self.child.pid) {
            Ok(End::Exited(code)) => format!("ocirun-init exited with status {code}"),
            Ok(End::Killed(signal)) => match Signal::try_from(signal) {
                Ok(signal) => format!("ocirun-init was killed by {signal}"),
                Err(_) => format!("ocirun-init was killed by signal {signal}"),
            },
            Err(e) => format!("ocirun-init is gone: {}", strerror(e)),
        };
        Ok(said(&doing, 0))
    }

    /// Ends it, and waits; what it had to say, where it had.
    pub fn abandon(&mut self) -> Option<Error> {
        let end = |child: &Child| {
            let _ = pidfd::signal(&child.pidfd, libc::SIGKILL);
            let _ = pidfd::wait(child.pid);
        };
        end(&self.child);
        loop {
            match self.hear() {
                // The first may have left a sibling before it died.
                Ok(Some(Status::Joined { pid })) if self.follow(pid).is_ok() => end(&self.child),
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(e) => return Some(e),
            }
        }
    }
}
