//! `ocirun start`: opening the exec FIFO is the message.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::cli::{Global, Start};
use crate::state::{self, Dir, State, Status};
use crate::{hooks, init, log, notify, pidfd, plan, validate};

pub fn start(global: &Global, args: &Start) -> Result<i32> {
    let dir = Dir::of(&state::root(global), &args.id)?;
    let lock = dir.lock()?;
    let state = dir.load()?;
    // Before the FIFO is opened: a short program may have ended by the time that open returns.
    let init = state.init()?;
    match dir.status_if(&state, init.is_some())? {
        Status::Created => {
            let Some(init) = init else { bail!("cannot start a container that has stopped") };
            let notify = notify::listen(&dir)?;
            release(&dir, &state, &init)?;
            log::settle();
            // Others may want to end what never becomes ready.
            drop(lock);
            if let Some(notify) = notify {
                notify.wait(init.as_fd(), state.pid)?;
            }
        }
        Status::Stopped => bail!("cannot start a container that has stopped"),
        Status::Running | Status::Paused => bail!("cannot start an already running container"),
        Status::Creating => bail!("container does not exist"),
    }
    Ok(0)
}

/// Lets the program of a created container go, and runs the poststart hooks.
fn release(dir: &Dir, state: &State, init: &OwnedFd) -> Result<()> {
    let path = dir.fifo();
    let mut fifo = File::options()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(&path)
        .with_context(|| format!("open {}", path.display()))?;
    // ocirun-init, blocked in its open for writing, goes on now: it writes a byte, and execve closes
    // its end, so that the program runs when this returns. Where it cannot go on it says why.
    let mut goes = false;
    let mut said = Vec::new();
    loop {
        let mut fds =
            [PollFd::new(fifo.as_fd(), PollFlags::POLLIN), PollFd::new(init.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::NONE) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(e) => return Err(e).context("wait for the container"),
        }
        if fds[0].any().unwrap_or(false) {
            let mut bytes = [0; 512];
            match fifo.read(&mut bytes) {
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => continue,
                Ok(n @ 1..) => {
                    said.extend_from_slice(&bytes[..n]);
                    goes = true;
                }
                _ if goes => break,
                _ => bail!("container process is already dead"),
            }
            continue;
        }
        if fds[1].any().unwrap_or(false) {
            if goes {
                break;
            }
            bail!("container process is already dead");
        }
    }
    if let Some(why) = said.get(1..).filter(|line| !line.is_empty()) {
        return Err(init::with_hint(init::failure(why), &state.rootfs));
    }
    fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
    started(state, init)
}

/// Runs the poststart hooks.
pub fn started(state: &State, init: &OwnedFd) -> Result<()> {
    if let Some(all) = &state.hooks {
        let annotations = serde_json::json!(state.annotations);
        let about =
            plan::state_json(&state.oci_version, &state.id, "running", state.pid, &state.bundle, annotations);
        let (kind, list) = validate::hook_lists(all)[4];
        if let Err(e) = hooks::run(kind, list, &about, &state.bundle) {
            // What the hook was to set up the program would miss.
            let _ = state.cgroup.kill(libc::SIGKILL);
            let _ = pidfd::signal(init, libc::SIGKILL);
            return Err(e);
        }
    }
    Ok(())
}
