//! `ocirun run`: create, start, and in the foreground wait and delete.

use std::mem::forget;
use std::os::fd::AsFd;

use anyhow::{Context, Result};
use nix::sys::prctl::set_child_subreaper;

use crate::cli::{Global, Run};
use crate::launch::{self, Gate, Launched};
use crate::{console, foreground, init, log, notify, pid_file, signal, trace};

use super::{delete, start};

pub fn run(global: &Global, args: &Run) -> Result<i32> {
    if !args.detach && !args.no_subreaper {
        // A container that shares our pid namespace leaves its orphans to us.
        set_child_subreaper(true).context("become a subreaper")?;
    }
    let mut launched = launch::create(global, &args.launch, args.detach, Gate::Pipe)?;
    let status = release(&mut launched, args.detach);
    let Launched { dir, state, init, .. } = &mut launched;
    match status {
        Ok(status) => {
            if status.is_some() && !args.keep {
                delete::remove(dir, state)?;
            }
            // The end of this process closes its thirty descriptors at once.
            forget(launched);
            Ok(status.unwrap_or(0))
        }
        Err(e) => {
            init.abandon();
            delete::remove(dir, state)?;
            if let Some(file) = &args.launch.pid_file {
                pid_file::remove(file);
            }
            Err(e)
        }
    }
}

/// Starts the program; its status, unless it goes on in the background.
fn release(launched: &mut Launched, detach: bool) -> Result<Option<i32>> {
    let Launched { dir, state, init, terminal } = launched;
    let signals = if detach { None } else { Some(signal::collect()?) };
    // Before the program's first word: its terminal is to be as it stays.
    let terminal = terminal.as_ref().filter(|_| !detach).map(console::proxy).transpose()?;
    let notify = notify::listen(dir)?;
    init.go()?;
    init.until_exec().map_err(|e| init::with_hint(e, &state.rootfs))?;
    start::started(state, &init.child.pidfd)?;
    log::settle();
    trace::did("until the program runs");
    trace::flush();
    let Some(signals) = signals else {
        notify.map_or(Ok(()), |notify| notify.wait(init.child.pidfd.as_fd(), init.child.pid))?;
        return Ok(None);
    };
    foreground::wait(&init.child, &signals, terminal, notify).map(Some)
}
