//! One `criu swrk FD`: a process of CRIU's that serves us alone, over a socket that it inherits.

use std::io::{ErrorKind, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, UnixAddr, recvmsg, sendmsg, socketpair,
};
use prost::Message;

use super::rpc::{self, Features, Request, Response, kind};
use crate::{fds, log};

/// More than CRIU ever says at once.
const LONGEST: usize = 64 * 1024;

pub struct Criu {
    child: Child,
    socket: Option<OwnedFd>,
}

/// What CRIU tells on its way.
pub struct Event {
    /// `post-dump`, `setup-namespaces`, …
    pub script: String,
    pub pid: Option<i32>,
    /// What came with it.
    pub fd: Option<OwnedFd>,
}

impl Criu {
    /// Starts it. Of our descriptors it gets `inherit`, under the numbers that they have here, and
    /// the standard streams unless there is a terminal.
    pub fn start(inherit: &[&OwnedFd], terminal: bool) -> Result<Criu> {
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
                .context("socketpair")?;
        fds::inherit(theirs.as_fd())?;
        for fd in inherit {
            fds::inherit(fd.as_fd())?;
        }
        let mut command = Command::new("criu");
        command.arg("swrk").arg(theirs.as_raw_fd().to_string());
        if terminal {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        }
        let child = match command.spawn() {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                bail!("exec: \"criu\": executable file not found in $PATH")
            }
            other => other.context("exec: \"criu\"")?,
        };
        Ok(Criu { child, socket: Some(ours) })
    }

    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Its version as one number: 4.2.1 is 40201.
    pub fn version(&mut self) -> Result<i32> {
        let request = Request { kind: kind::VERSION, keep_open: Some(true), ..Request::default() };
        let version = self.ask(&request)?.version.context("criu tells no version")?;
        let minor = if version.git_id.is_some() { version.minor + 1 } else { version.minor };
        let sublevel = if version.git_id.is_some() { 0 } else { version.sublevel.unwrap_or(0) };
        let number = version.major * 10_000 + minor * 100 + sublevel;
        log::debug(&format!("criu {number}"));
        Ok(number)
    }

    /// Which of these features this kernel and this CRIU have.
    pub fn features(&mut self, wanted: Features) -> Result<Features> {
        let request = Request {
            kind: kind::FEATURE_CHECK,
            keep_open: Some(true),
            features: Some(wanted),
            ..Request::default()
        };
        self.ask(&request).context("CRIU feature check failed")?.features.context("criu tells no features")
    }

    /// Has the work done. `see` is called for each step that CRIU tells, and CRIU waits for its end;
    /// if it fails, CRIU takes back what it has done.
    pub fn work(&mut self, request: &Request, mut see: impl FnMut(Event) -> Result<()>) -> Result<()> {
        self.send(request)?;
        let mut failed: Option<anyhow::Error> = None;
        loop {
            let (answer, fd) = match (self.receive(), failed.take()) {
                (Ok(heard), None) => heard,
                (Ok(heard), Some(e)) if heard.0.kind == kind::NOTIFY => {
                    failed = Some(e);
                    heard
                }
                // What CRIU says of it is only a consequence.
                (_, Some(e)) => return Err(e),
                (Err(e), None) => return Err(e),
            };
            if answer.kind != kind::NOTIFY {
                return check(&answer);
            }
            check(&answer)?;
            let notify = answer.notify.context("criu tells nothing")?;
            let event = Event { script: notify.script.unwrap_or_default(), pid: notify.pid, fd };
            log::debug(&format!("criu: {}", event.script));
            let seen = see(event);
            let reply =
                Request { kind: kind::NOTIFY, notify_success: Some(seen.is_ok()), ..Request::default() };
            if let Err(e) = seen {
                failed.get_or_insert(e);
            }
            self.send(&reply)?;
        }
    }

    /// Waits for its end, which must be a good one.
    pub fn end(mut self) -> Result<()> {
        self.socket = None;
        let status = self.child.wait().context("wait for criu")?;
        ensure!(status.success(), "criu failed: {status}");
        Ok(())
    }

    fn ask(&mut self, request: &Request) -> Result<Response> {
        self.send(request)?;
        let (answer, _) = self.receive()?;
        check(&answer)?;
        Ok(answer)
    }

    fn send(&self, request: &Request) -> Result<()> {
        let socket = self.socket.as_ref().context("criu has ended")?;
        let bytes = request.encode_to_vec();
        let data = [IoSlice::new(&bytes)];
        sendmsg::<UnixAddr>(socket.as_raw_fd(), &data, &[], MsgFlags::MSG_NOSIGNAL, None)
            .context("write to criu")?;
        Ok(())
    }

    fn receive(&mut self) -> Result<(Response, Option<OwnedFd>)> {
        let socket = self.socket.as_ref().context("criu has ended")?;
        let mut buffer = vec![0; LONGEST];
        let mut space = cmsg_space!([i32; 1]);
        let (len, fd) = loop {
            let mut data = [IoSliceMut::new(&mut buffer)];
            let flags = MsgFlags::MSG_CMSG_CLOEXEC;
            let message = match recvmsg::<UnixAddr>(socket.as_raw_fd(), &mut data, Some(&mut space), flags) {
                Err(Errno::EINTR) => continue,
                // It died with something of ours unread.
                Err(Errno::ECONNRESET) => bail!("{}", self.death()),
                other => other.context("read from criu")?,
            };
            ensure!(!message.flags.contains(MsgFlags::MSG_TRUNC), "read from criu: the message is too long");
            let mut fd = None;
            for control in message.cmsgs().context("read from criu")? {
                if let ControlMessageOwned::ScmRights(fds) = control {
                    for number in fds {
                        fd = Some(fds::owned(number)?);
                    }
                }
            }
            break (message.bytes, fd);
        };
        if len == 0 {
            bail!("{}", self.death());
        }
        Ok((Response::decode(&buffer[..len]).context("read from criu")?, fd))
    }

    /// How it ended without an answer.
    fn death(&mut self) -> String {
        self.socket = None;
        match self.child.wait() {
            Ok(status) => format!("criu ended without an answer: {status}"),
            Err(e) => format!("criu ended without an answer: {e}"),
        }
    }
}

impl Drop for Criu {
    fn drop(&mut self) {
        // Without its socket it gives up, and takes back what it has done.
        self.socket = None;
        let _ = self.child.wait();
    }
}

fn check(answer: &Response) -> Result<()> {
    if answer.success {
        return Ok(());
    }
    let kind = rpc::name(answer.kind);
    // With it comes the first word that CRIU said of any error: mostly of one that means nothing.
    bail!("criu failed: type {kind} errno {}", answer.errno.unwrap_or(0))
}
