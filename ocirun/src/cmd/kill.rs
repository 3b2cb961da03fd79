//! `ocirun kill`: a signal for the first process, or for all.

use anyhow::{Result, bail};

use super::matching;
use crate::cli::{Global, Kill};
use crate::state::{self, Dir, Status};
use crate::{pidfd, signal};

pub fn kill(global: &Global, args: &Kill) -> Result<i32> {
    if args.regex {
        signal::parse(&args.signal)?;
        return matching::each(global, "kill", &args.id, |id| one(global, id, args));
    }
    one(global, &args.id, args)
}

fn one(global: &Global, id: &str, args: &Kill) -> Result<i32> {
    let dir = Dir::of(&state::root(global), id)?;
    let state = dir.load()?;
    let signal = signal::parse(&args.signal)?;
    if (state.pid == 0 || state.creating) && dir.status(&state)? == Status::Creating {
        bail!("container does not exist");
    }
    let init = state.init()?;
    let last = signal == libc::SIGKILL;
    // Without a pid namespace of its own the death of the first process ends no other, so the
    // whole cgroup is meant, also of a container whose first process is gone.
    if args.all || (last && !state.private_pids) {
        if init.is_none() && !args.all && state.cgroup.pids()?.is_empty() {
            bail!("container not running");
        }
        // 0 only asks, and of all that is always answered.
        if signal != 0 {
            state.cgroup.kill(signal)?;
        }
        return Ok(0);
    }
    let Some(init) = init else { bail!("container not running") };
    if !pidfd::signal(&init, signal)? {
        bail!("container not running");
    }
    if last && state.cgroup.frozen()? {
        // On cgroup v1 a frozen process dies only when it thaws.
        state.cgroup.thaw()?;
    }
    Ok(0)
}
