//! `ocirun pause`: freezes the container's cgroup.

use anyhow::{Result, bail};

use crate::cli::{Global, Pause};
use crate::state::{self, Status};

pub fn pause(global: &Global, args: &Pause) -> Result<i32> {
    let (_, state, status) = state::open(global, &args.id)?;
    match status {
        Status::Running | Status::Created => state.cgroup.freeze()?,
        Status::Paused | Status::Stopped | Status::Creating => bail!("container not running"),
    }
    Ok(0)
}
