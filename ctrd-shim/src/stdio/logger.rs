//! A logging program: it reads the container's output itself, from descriptors 3 and 4, and
//! says on 5, by a byte or by closing it, that it is ready.
//!
//! The kernel closes it too when the program dies: one that is killed or fails before it is ready fails
//! the start. One that ends well may have put itself into the background, and closing is all that it has
//! to do; but `binary-v2` wants the byte.

use std::cell::RefCell;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, read};

use crate::command::Command;
use crate::container::Exit;
use crate::serve::{Shim, Then};
use crate::stdio::uri::Program;
use crate::sys;

/// Whose output it is; the program is told by its environment.
pub struct For<'a> {
    pub id: &'a str,
    pub namespace: &'a str,
    pub bundle: &'a Path,
}

pub struct Started {
    pub pid: u32,
    pub program: PathBuf,
    /// Readable, or at its end, when the program is ready.
    ready: OwnedFd,
    strict: bool,
}

pub fn start(program: &Program, of: &For<'_>, [stdout, stderr]: [OwnedFd; 2]) -> Result<Started> {
    let (ready, tell) = super::pipe()?;
    let mut command = Command::new(&program.path);
    command
        .args(&program.args)
        .env_clear()
        .env("CONTAINER_ID", of.id)
        .env("CONTAINER_NAMESPACE", of.namespace)
        .current_dir(of.bundle)
        .fds(vec![stdout, stderr, tell]);
    let pid = command.spawn().with_context(|| format!("start logging program {}", program.path.display()))?;
    Ok(Started { pid, program: program.path.clone(), ready, strict: program.strict })
}

type Done = Box<dyn FnOnce(&mut Shim, Result<()>)>;

/// What is known of a program that is waited for.
struct Waiting {
    then: Option<Done>,
    /// Descriptor 5 is closed, and the program is on its way out: its exit says why.
    closed: bool,
    exit: Option<Exit>,
}

/// Goes on when the program is ready or cannot become so any more. `gone` is called when it has ended,
/// whenever that is.
pub fn when_ready(shim: &mut Shim, logger: Started, gone: Then, then: Done) {
    let waiting = Rc::new(RefCell::new(Waiting { then: Some(then), closed: false, exit: None }));
    let Started { pid, ready, strict, .. } = logger;
    let same = ready.try_clone().context("duplicate a descriptor");
    let same = match same {
        Ok(same) => Rc::new(same),
        Err(e) => {
            shim.children.insert(pid as i32, Box::new(move |shim, _| gone(shim)));
            return settle(shim, &waiting, Err(e));
        }
    };
    let (of, told) = (waiting.clone(), same.clone());
    let exited = move |shim: &mut Shim, exit: Exit| {
        let closed = of.borrow().closed;
        of.borrow_mut().exit = Some(exit);
        // One that failed has left nobody who could still tell.
        if closed || exit.status != 0 {
            let outcome = if has_told(&told) { Ok(()) } else { verdict(exit, strict) };
            settle(shim, &of, outcome);
        }
        gone(shim);
    };
    shim.children.insert(pid as i32, Box::new(exited));
    let go_on = move |shim: &mut Shim| {
        let exit = waiting.borrow().exit;
        let outcome = match exit {
            _ if has_told(&same) => Ok(()),
            Some(exit) => verdict(exit, strict),
            None if sys::is_ending(pid) => return waiting.borrow_mut().closed = true,
            None if strict => Err(anyhow::anyhow!("logging binary did not call ready")),
            None => Ok(()),
        };
        settle(shim, &waiting, outcome);
    };
    shim.once(ready, Box::new(go_on));
}

fn settle(shim: &mut Shim, waiting: &RefCell<Waiting>, outcome: Result<()>) {
    let then = waiting.borrow_mut().then.take();
    if let Some(then) = then {
        then(shim, outcome);
    }
}

/// Whether a byte has come.
fn has_told(ready: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(ready.as_fd(), PollFlags::POLLIN)];
    let readable = poll(&mut fds, PollTimeout::ZERO).is_ok_and(|n| n > 0);
    readable && read(ready, &mut [0]).is_ok_and(|n| n > 0)
}

/// What the end of a program means that has told nothing.
fn verdict(exit: Exit, strict: bool) -> Result<()> {
    match exit.status {
        0 if !strict => Ok(()),
        0 => bail!("logging binary did not call ready before it ended"),
        status @ 129.. => bail!("ended by signal {} before it was ready", status - 128),
        status => bail!("ended with status {status} before it was ready"),
    }
}

pub fn signal(pid: u32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid as i32), signal);
}
