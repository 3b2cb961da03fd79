//! `ocirun delete`: the end of a container: its processes, cgroups, hooks and state.

use anyhow::{Context, Result, bail, ensure};
use nix::errno::Errno;

use super::matching;
use crate::cli::{Delete, Global};
use crate::state::{self, Dir, State, Status};
use crate::{error, hooks, log, pidfd, plan, validate};

pub fn delete(global: &Global, args: &Delete) -> Result<i32> {
    if args.regex {
        return matching::each(global, "delete", &args.id, |id| one(global, id, args));
    }
    one(global, &args.id, args)
}

fn one(global: &Global, id: &str, args: &Delete) -> Result<i32> {
    let dir = Dir::of(&state::root(global), id)?;
    if args.force {
        return force(&dir);
    }
    let _lock = dir.lock()?;
    let state = dir.load()?;
    match dir.status(&state)? {
        // Nothing of the user's has run in it yet.
        Status::Stopped | Status::Created => remove(&dir, &state)?,
        status => bail!("cannot delete container {id} that is not stopped: {}", status.as_str()),
    }
    Ok(0)
}

/// Ends it whatever it does; that it is not there is what was wanted.
fn force(dir: &Dir) -> Result<i32> {
    if !dir.exists()? {
        return Ok(0);
    }
    // A call that is still making it may hold the lock: its work is killed first, so that it
    // gives up and takes back what it made.
    if let Some(state) = dir.record()? {
        end(&state)?;
    }
    let lock = match dir.lock() {
        Err(_) if !dir.exists()? => return Ok(0),
        other => other?,
    };
    match dir.record()? {
        Some(state) => remove(dir, &state)?,
        // A folder without a record: its maker died before it made anything else.
        None => dir.remove()?,
    }
    drop(lock);
    Ok(0)
}

/// Removes all that is left of a container, its processes first.
pub fn remove(dir: &Dir, state: &State) -> Result<()> {
    let alone = end_first(state)?;
    if !(alone && state.cgroup.remove_empty()) {
        end(state)?;
        state.cgroup.remove()?;
    }
    if let Some(group) = &state.rdt {
        group.remove()?;
    }
    if let Some(all) = state.hooks.as_ref().filter(|_| state.pid != 0) {
        let annotations = serde_json::json!(state.annotations);
        let about = plan::state_json(&state.oci_version, &state.id, "stopped", 0, &state.bundle, annotations);
        let (kind, list) = validate::hook_lists(all)[5];
        for hook in list.iter().flatten() {
            // Each runs, whatever became of the one before it.
            if let Err(e) = hooks::run(kind, &Some(vec![hook.clone()]), &about, &state.bundle) {
                log::warn(&error::line(&e));
            }
        }
    }
    dir.remove()
}

/// How long the first process may take to die before the others are looked for, in milliseconds:
/// it does not die while it is frozen.
const PATIENCE: u16 = 200;

/// How long it may take when all have been killed, in milliseconds.
const MOST_PATIENCE: u16 = 10_000;

/// Kills the first process; says whether that was the end of all, as it is in a process namespace
/// that was made for the container.
fn end_first(state: &State) -> Result<bool> {
    if !state.private_pids {
        return Ok(false);
    }
    let Some(init) = state.init()? else { return Ok(true) };
    pidfd::signal(&init, libc::SIGKILL)?;
    let ended = pidfd::ended(&init, Some(PATIENCE))?;
    if ended {
        reap(state.pid)?;
    }
    Ok(ended)
}

/// Our own child, in `run`: a zombie would keep the cgroup.
fn reap(pid: i32) -> Result<()> {
    match pidfd::wait(pid) {
        Ok(_) | Err(Errno::ECHILD) => Ok(()),
        Err(e) => Err(e).context("wait for the container"),
    }
}

/// Kills every process and waits for the first one's end.
fn end(state: &State) -> Result<()> {
    let init = state.init()?;
    if let Some(init) = &init {
        pidfd::signal(init, libc::SIGKILL)?;
    }
    state.cgroup.kill(libc::SIGKILL)?;
    if let Some(init) = &init {
        // A device, or a debugger, may hold it for ever.
        ensure!(pidfd::ended(init, Some(MOST_PATIENCE))?, "container init still running");
        reap(state.pid)?;
    }
    Ok(())
}
