//! The talk with ocirun-init: it is started with everything it needs, gets its Bootstrap on one
//! pipe, and answers on another.

use std::ffi::CString;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use anyhow::{Context, Result, anyhow, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{Pid, geteuid, pipe2};
use oci_spec::runtime::LinuxIdMapping;
use ocirun_init::{Bootstrap, Command, Status};

use crate::cgroup::Join;
use crate::cgroup::systemd::Unit;
use crate::fds::{Passed, raise};
use crate::source::Map;
use crate::spawn::{self, Child, Stub};
use crate::{error, idmap, log, namespace, pidfd};

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
    control: File,
    status: BufReader<File>,
}

pub fn start(s: Start) -> Result<Init> {
    let end = s.passed.end();
    let placed = s.passed.lift()?;
    let place: Vec<(RawFd, RawFd)> = placed.iter().map(|(fd, n)| (fd.as_raw_fd(), *n)).collect();
    let exe = raise(s.exe, end)?;
    let tasks = s.cgroups.tasks.into_iter().map(|fd| raise(fd, end)).collect::<Result<Vec<_>>>()?;
    let joined: Vec<(i32, OwnedFd)> =
        s.join.into_iter().map(|(bits, fd)| Ok((bits, raise(fd, end)?))).collect::<Result<_>>()?;

    let joins_user = joined.iter().any(|(bits, _)| bits & libc::CLONE_NEWUSER != 0);
    let makes_user = s.new & libc::CLONE_NEWUSER != 0;
    let joins_pid = joined.iter().any(|(bits, _)| bits & libc::CLONE_NEWPID != 0);
    let late = joins_user;
    // Without rights of our own a pid namespace can be entered only through its user namespace.
    let pid_inside = joins_user && joins_pid && !geteuid().is_root();
    let needs_again = late && (s.new & libc::CLONE_NEWPID != 0 || pid_inside);
    let again = if needs_again { Some(pipe2(OFlag::O_CLOEXEC).context("pipe")?) } else { None };
    let again = match again {
        Some((ours, theirs)) => Some((ours, raise(theirs, end)?)),
        None => None,
    };

    // What a child is to be born in is entered by this process, and left again: a pid namespace
    // always; and all, where the child has a new user namespace and with it no right to them.
    let (mut outside, mut inside) = (Vec::new(), Vec::new());
    for (bits, fd) in &joined {
        let pid = bits & libc::CLONE_NEWPID;
        if makes_user {
            outside.push((*bits, fd));
            continue;
        }
        if pid != 0 && !pid_inside {
            outside.push((pid, fd));
        }
        let rest = if pid_inside { *bits } else { bits & !libc::CLONE_NEWPID };
        if rest != 0 {
            inside.push((fd.as_raw_fd(), rest));
        }
    }

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
        wait_for_maps: makes_user,
        join: &inside,
        new,
        late,
        again: again.as_ref().map(|(_, theirs)| theirs.as_raw_fd()),
        become_root: makes_user || joins_user,
        preserve: s.preserve,
        place: &place,
        affinity: s.affinity,
        exe: exe.as_raw_fd(),
        argv: &argv,
        control: place[0].0,
        status: place[1].0,
    };
    let spawn = || namespace::inside(&outside, || spawn::spawn(&stub));
    let child = match &s.time_offsets {
        Some(offsets) => in_new_time(offsets, spawn)?,
        None => spawn()?,
    };
    drop(placed);
    let mut init = Init {
        child,
        keep_groups: false,
        maps: Vec::new(),
        exe: Some(exe),
        control: File::from(s.pipes.control),
        status: BufReader::new(File::from(s.pipes.status)),
    };
    let prepared = prepare(&mut init, s.maps, again, s.cgroups.attach);
    if let Err(e) = prepared {
        // What the child itself said comes first: ours is then only a consequence.
        return Err(init.abandon().unwrap_or(e));
    }
    Ok(init)
}

/// The id maps, and the switch to the second child.
fn prepare(
    init: &mut Init,
    maps: Option<(Vec<LinuxIdMapping>, Vec<LinuxIdMapping>)>,
    again: Option<(OwnedFd, OwnedFd)>,
    attach: Option<(Unit, String)>,
) -> Result<()> {
    // Before the maps: only then does the child make its cgroup namespace, whose root is here.
    if let Some((unit, sub)) = attach.as_ref().filter(|_| maps.is_some()) {
        unit.attach(init.child.pid, sub)?;
    }
    let joins = maps.is_none();
    if let Some((uids, gids)) = maps {
        init.keep_groups = idmap::write(init.child.pid, &uids, &gids)?;
        init.control.write_all(b"\n").context("write to ocirun-init")?;
    }
    if let Some((ours, theirs)) = again {
        drop(theirs);
        let mut pid = [0; 4];
        File::from(ours).read_exact(&mut pid).context("learn the process id")?;
        let pid = i32::from_ne_bytes(pid);
        let pidfd = pidfd::open_child(pid)?;
        let first = std::mem::replace(&mut init.child, Child { pid, pidfd });
        waitpid(Pid::from_raw(first.pid), None).context("wait for the first child")?;
    }
    // One that joins a container makes no cgroup namespace, and is known only now.
    if let Some((unit, sub)) = attach.filter(|_| joins) {
        unit.attach(init.child.pid, &sub)?;
    }
    Ok(())
}

/// Runs `spawn` so that its child is born in a new time namespace with these offsets, which can be
/// set only while nothing is in it.
fn in_new_time<T>(offsets: &str, spawn: impl FnOnce() -> Result<T>) -> Result<T> {
    let own = namespace::open_own(libc::CLONE_NEWTIME)?;
    unshare(CloneFlags::from_bits_retain(libc::CLONE_NEWTIME)).context("unshare time namespace")?;
    let path = "/proc/self/timens_offsets";
    let result =
        std::fs::write(path, offsets).with_context(|| format!("write {path}")).and_then(|()| spawn());
    namespace::enter(&own, libc::CLONE_NEWTIME)?;
    result
}

fn number(n: RawFd) -> CString {
    CString::new(n.to_string()).expect("digits hold no NUL")
}

impl Init {
    /// Tells ocirun-init its work.
    pub fn tell(&mut self, boot: &Bootstrap) -> Result<()> {
        self.line(&serde_json::to_vec(boot).context("encode the bootstrap")?)?;
        self.exe = None;
        Ok(())
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
                None => bail!("{}", self.death()?),
                Some(_) => Err(e).context("write to ocirun-init"),
            },
            Err(e) => Err(e).context("write to ocirun-init"),
        }
    }

    /// The next word of ocirun-init; none when its end of the pipe is closed. An error that it
    /// reports is returned as one.
    pub fn hear(&mut self) -> Result<Option<Status>> {
        loop {
            let mut line = String::new();
            self.status.read_line(&mut line).context("read from ocirun-init")?;
            if line.is_empty() {
                return Ok(None);
            }
            match serde_json::from_str(&line)
                .with_context(|| format!("read from ocirun-init: {}", line.trim()))?
            {
                Status::Log { level, msg } if level == "debug" || level == "info" => log::debug(&msg),
                Status::Log { msg, .. } => log::warn(&msg),
                Status::Error { doing, errno: 0 } => bail!("{doing}"),
                Status::Error { doing, errno } => {
                    bail!("{doing}: {}", error::strerror(Errno::from_raw(errno)))
                }
                status => return Ok(Some(status)),
            }
        }
    }

    /// Waits for `ready`, running `hooks` at `mounted`.
    pub fn until_ready(&mut self, mut hooks: impl FnMut(i32) -> Result<()>) -> Result<()> {
        loop {
            match self.hear()? {
                Some(Status::Ready) => return Ok(()),
                Some(Status::Map { mount, fd }) => {
                    let map = self.maps.iter().find(|map| map.mount == mount);
                    let map = map.with_context(|| format!("mounts[{mount}] has no id maps"))?;
                    map.apply(&self.child.pidfd, fd).with_context(|| format!("mounts[{mount}]"))?;
                    self.go()?;
                }
                Some(Status::Mounted) => {
                    hooks(self.child.pid)?;
                    self.go()?;
                }
                Some(other) => bail!("unexpected message of ocirun-init: {other:?}"),
                None => bail!("{}", self.death()?),
            }
        }
    }

    /// Waits until the program itself runs: end of file, since the pipe is closed by execve.
    pub fn until_exec(&mut self) -> Result<()> {
        match self.hear()? {
            None => Ok(()),
            Some(other) => bail!("unexpected message of ocirun-init: {other:?}"),
        }
    }

    /// How it ended, having said nothing.
    fn death(&self) -> Result<String> {
        pidfd::signal(&self.child.pidfd, libc::SIGKILL)?;
        Ok(match waitpid(Pid::from_raw(self.child.pid), None) {
            Ok(WaitStatus::Exited(_, code)) => format!("ocirun-init exited with status {code}"),
            Ok(WaitStatus::Signaled(_, signal, _)) => format!("ocirun-init was killed by {signal}"),
            other => format!("ocirun-init is gone: {other:?}"),
        })
    }

    /// Ends it, and waits; what it had to say, where it had.
    pub fn abandon(&mut self) -> Option<anyhow::Error> {
        let _ = pidfd::signal(&self.child.pidfd, libc::SIGKILL);
        let _ = waitpid(Pid::from_raw(self.child.pid), None);
        self.hear().err().map(|e| anyhow!("{}", error::line(&e)))
    }
}
