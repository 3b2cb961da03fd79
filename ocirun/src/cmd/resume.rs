//! `ocirun resume`: thaws the container's cgroup.

use anyhow::{Result, bail};

use crate::cli::{Global, Resume};
use crate::state::{self, Status};

pub fn resume(global: &Global, args: &Resume) -> Result<i32> {
    let (_, state, status) = state::open(global, &args.id)?;
    if status != Status::Paused {
        bail!("container not paused");
    }
    state.cgroup.thaw()?;
    Ok(0)
}
