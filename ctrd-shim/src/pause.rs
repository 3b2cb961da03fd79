//! `pause`: the holder of a pod's namespaces. As process 1 of the pod it also reaps what the
//! containers leave to it.

use anyhow::{Context, Result};
use nix::sys::signal::{SigSet, Signal};

use crate::sys;

/// Returns when it is told to end.
pub fn pause() -> Result<()> {
    let mask = SigSet::from_iter([Signal::SIGTERM, Signal::SIGINT, Signal::SIGCHLD]);
    mask.thread_set_mask().context("block signals")?;
    while mask.wait().context("wait for a signal")? == Signal::SIGCHLD {
        while let Ok(Some(_)) = sys::waitpid(-1, libc::WNOHANG) {}
    }
    Ok(())
}
