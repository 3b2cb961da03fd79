//! A program in the foreground: its signals, its terminal, and its status, waited for on
//! descriptors alone.

use std::os::fd::AsFd;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;

use crate::again::again;
use crate::console::Terminal;
use crate::notify::Notify;
use crate::pidfd::{self, End};
use crate::spawn::Child;

/// Waits for the program's end; the status that this process is to exit with.
/// `notify`: where the program says that it is ready, until it does.
pub fn wait(
    child: &Child,
    signals: &SignalFd,
    mut terminal: Option<Terminal>,
    mut notify: Option<Notify>,
) -> Result<i32> {
    loop {
        let stdin = std::io::stdin();
        let mut fds = vec![
            PollFd::new(child.pidfd.as_fd(), PollFlags::POLLIN),
            PollFd::new(signals.as_fd(), PollFlags::POLLIN),
        ];
        if let Some(terminal) = &terminal {
            fds.push(terminal.ready());
            if terminal.takes_input() {
                fds.push(PollFd::new(stdin.as_fd(), PollFlags::POLLIN));
            }
        }
        let others = fds.len();
        if let Some(notify) = &notify {
            fds.push(PollFd::new(notify.as_fd(), PollFlags::POLLIN));
        }
        match poll(&mut fds, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(e) => return Err(e).context("wait for the program"),
        }
        let ready: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(false)).collect();
        let is = |n: usize| n < others && ready.get(n).copied().unwrap_or(false);
        let said = notify.as_ref().filter(|_| ready.get(others) == Some(&true));
        if said.map_or(Ok(false), |notify| notify.pass_on(None))? {
            notify = None;
        }
        if is(1) {
            forward(child, signals, terminal.as_ref())?;
        }
        let mut closed = false;
        if let Some(terminal) = &mut terminal {
            if is(2) {
                closed = !terminal.forward_output()?;
                terminal.send()?;
            }
            // Unless that has found that nobody would take it.
            if is(3) && terminal.takes_input() {
                terminal.forward_input()?;
            }
        }
        if closed {
            // Nobody looks at it.
            terminal = None;
        }
        if is(0) {
            // What the program wrote before its end is still to be read.
            terminal.as_mut().map_or(Ok(()), Terminal::drain)?;
            return status(child);
        }
    }
}

/// SIGCHLD reaps the orphans that came to us, SIGWINCH is a new size, the rest goes to the program.
fn forward(child: &Child, signals: &SignalFd, terminal: Option<&Terminal>) -> Result<()> {
    while let Some(info) = again(|| signals.read_signal()).context("read a signal")? {
        match info.ssi_signo as i32 {
            libc::SIGCHLD => reap(child),
            libc::SIGWINCH if terminal.is_some() => terminal.map_or(Ok(()), Terminal::resize)?,
            signal => {
                pidfd::signal(&child.pidfd, signal)?;
            }
        }
    }
    Ok(())
}

/// Reaps every zombie but the program itself, whose status is asked for by its number.
fn reap(child: &Child) {
    while let Some(pid) = pidfd::zombie().filter(|pid| *pid != child.pid) {
        let _ = pidfd::wait(pid);
    }
}

fn status(child: &Child) -> Result<i32> {
    Ok(match pidfd::wait(child.pid).context("wait for the program")? {
        End::Exited(code) => code,
        End::Killed(signal) => 128 + signal,
    })
}
