//! sd_notify(3) for a container: whoever waits for a service to be ready (NOTIFY_SOCKET) gives us a
//! socket that the container cannot reach. It gets one of ours, and we pass on that it is ready, and
//! which process is the main one from then on.
//!
//! ```text
//!  systemd                      ocirun                          container
//!    │ NOTIFY_SOCKET=/run/… ────▶ │ the folder `notify` of the      │
//!    │                            │ container's state, mounted on ─▶│ /run/notify
//!    │                            │ start: binds notify.sock there  │ NOTIFY_SOCKET=/run/notify/notify.sock
//!    │ ◀─── READY=1, MAINPID=N ── │ ◀──────────────────── READY=1 ──│
//!    │ ◀─── BARRIER=1, a pipe ──  │  until it has been read         │
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, IoSlice};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, UnixAddr, sendmsg, socket,
};
use nix::unistd::pipe2;
use oci_spec::runtime::{MountBuilder, Spec};

use crate::again::again;
use crate::state::Dir;

const INSIDE: &str = "/run/notify";
const NAME: &str = "notify.sock";
/// How long whoever waits may take to read what was said, as sd_notify_barrier(3) callers have it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the readiness of a service is awaited; none where nobody awaits it.
fn host() -> Result<Option<UnixAddr>> {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let said = || format!("NOTIFY_SOCKET {}", name.display());
    let bytes = name.as_encoded_bytes();
    let address = match bytes {
        [b'@', rest @ ..] => UnixAddr::new_abstract(rest),
        [b'/', ..] => UnixAddr::new(bytes),
        _ => bail!("{}: not a path and not abstract", said()),
    };
    address.with_context(said).map(Some)
}

/// Adds to a container what it needs to say that it is ready, where somebody waits for that.
pub fn add(spec: &mut Spec, dir: &Dir) -> Result<()> {
    if host()?.is_none() {
        return Ok(());
    }
    add_mount(spec, dir)?;
    if let Some(process) = spec.process_mut() {
        process.env_mut().get_or_insert_with(Vec::new).push(variable());
    }
    Ok(())
}

/// The folder of the socket, as a container has it that was made so.
pub fn add_mount(spec: &mut Spec, dir: &Dir) -> Result<()> {
    let mount = MountBuilder::default()
        .destination(INSIDE)
        .typ("bind")
        .source(dir.notify())
        .options(["bind", "nosuid", "noexec", "nodev", "ro"].map(String::from))
        .build()
        .context("mount of the notify socket")?;
    spec.mounts_mut().get_or_insert_with(Vec::new).push(mount);
    Ok(())
}

/// What the container's first process has in its environment, and those that join do not.
pub fn variable() -> String {
    format!("NOTIFY_SOCKET={INSIDE}/{NAME}")
}

/// Makes the folder that is mounted, where somebody waits.
pub fn make(dir: &Dir) -> Result<()> {
    if host()?.is_none() { Ok(()) } else { make_folder(dir) }
}

pub fn make_folder(dir: &Dir) -> Result<()> {
    let path = dir.notify();
    DirBuilder::new().mode(0o755).create(&path).with_context(|| format!("mkdir {}", path.display()))
}

/// Says that a container is ready that goes on where it was, where somebody waits for that.
pub fn ready(main: Option<i32>) -> Result<()> {
    host()?.map_or(Ok(()), |host| say(&host, b"READY=1", main))
}

/// Says it, and waits until it has been read.
fn say(host: &UnixAddr, ready: &[u8], main: Option<i32>) -> Result<()> {
    let mut text = ready.to_vec();
    if let Some(pid) = main {
        text.extend(format!("\nMAINPID={pid}").bytes());
    }
    let kind = SockType::Datagram;
    let out = socket(AddressFamily::Unix, kind, SockFlag::SOCK_CLOEXEC, None).context("socket")?;
    let send = |text: &[u8], fds: &[i32]| {
        let rights = [ControlMessage::ScmRights(fds)];
        let rights = if fds.is_empty() { &[][..] } else { &rights[..] };
        let message = [IoSlice::new(text)];
        again(|| sendmsg(out.as_raw_fd(), &message, rights, MsgFlags::MSG_NOSIGNAL, Some(host)))
            .context("write to NOTIFY_SOCKET")
    };
    send(&text, &[])?;
    // Until that is read this process has to stay: the number of the sender says whose word it is.
    let (ours, theirs) = pipe2(OFlag::O_CLOEXEC).context("pipe")?;
    send(b"BARRIER=1", &[theirs.as_raw_fd()])?;
    drop(theirs);
    let end = Instant::now() + PATIENCE;
    loop {
        let left = end.saturating_duration_since(Instant::now()).as_millis();
        let timeout = PollTimeout::try_from(left as i32).unwrap_or(PollTimeout::ZERO);
        match poll(&mut [PollFd::new(ours.as_fd(), PollFlags::empty())], timeout) {
            Err(nix::errno::Errno::EINTR) => {}
            Err(e) => return Err(e).context("wait for whoever reads NOTIFY_SOCKET"),
            Ok(_) => return Ok(()),
        }
    }
}

/// The container's socket, and the one that it stands for.
pub struct Notify {
    container: UnixDatagram,
    host: UnixAddr,
}

/// Binds the container's socket, before its program runs; none where nobody waits, or nobody did when
/// the container was made.
pub fn listen(dir: &Dir) -> Result<Option<Notify>> {
    let Some(host) = host()? else { return Ok(None) };
    let path = dir.notify();
    let flags = (OFlag::O_PATH | OFlag::O_DIRECTORY).bits();
    let folder = match OpenOptions::new().read(true).custom_flags(flags).open(&path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.with_context(|| format!("open {}", path.display()))?,
    };
    Ok(Some(Notify { container: bind(&folder)?, host }))
}

/// By the folder's descriptor: the whole path may be longer than a socket's name can be.
fn bind(folder: &File) -> Result<UnixDatagram> {
    let name = format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd());
    let name = Path::new(&name);
    match fs::remove_file(name) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e).context("remove the old notify socket"),
        _ => {}
    }
    let socket = UnixDatagram::bind(name).context("bind the notify socket")?;
    // Whoever the container runs as.
    fs::set_permissions(name, Permissions::from_mode(0o777)).context("chmod the notify socket")?;
    Ok(socket)
}

impl Notify {
    /// Waits until the container says that it is ready, or its first process ends, and passes it on with
    /// that process's number.
    pub fn wait(&self, init: BorrowedFd, pid: i32) -> Result<()> {
        loop {
            let mut fds = [
                PollFd::new(self.container.as_fd(), PollFlags::POLLIN),
                PollFd::new(init, PollFlags::POLLIN),
            ];
            again(|| poll(&mut fds, PollTimeout::NONE)).context("wait for the container to be ready")?;
            let [said, ended] = fds.map(|fd| fd.any().unwrap_or(false));
            if said {
                if self.pass_on(Some(pid))? {
                    return Ok(());
                }
            } else if ended {
                return Ok(());
            }
        }
    }

    /// Reads one message; says whether it was that of readiness, and passed on.
    pub fn pass_on(&self, main: Option<i32>) -> Result<bool> {
        let mut message = [0; 4096];
        let length = match self.container.recv(&mut message) {
            Err(e) if e.kind() == ErrorKind::Interrupted => return Ok(false),
            other => other.context("read the notify socket")?,
        };
        let ready = message[..length].split(|b| *b == b'\n').find(|line| line.starts_with(b"READY="));
        let Some(ready) = ready else { return Ok(false) };
        say(&self.host, ready, main).map(|()| true)
    }

    /// For a poll of several: readable when `pass_on` has something to read.
    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.container.as_fd()
    }
}
