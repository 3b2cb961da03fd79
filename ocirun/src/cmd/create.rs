//! `ocirun create`: a container whose program waits for `start`.

use anyhow::{Context, Result};

use crate::cli::{Create, Global};
use crate::launch::{self, Gate};
use crate::{source, stdout};

pub fn create(global: &Global, args: &Create) -> Result<i32> {
    if args.dry_run {
        return dry_run(args);
    }
    // ocirun-init stays, and belongs to whoever reaps for us.
    let launched = launch::create(global, &args.launch, true, Gate::Fifo)?;
    // The end of this process closes its thirty descriptors at once.
    std::mem::forget(launched);
    Ok(0)
}

/// Prints the Bootstrap as it can be fed to `ocirun-init` by hand: with paths in the place of
/// descriptors.
fn dry_run(args: &Create) -> Result<i32> {
    let (bundle, _, mut boot) = launch::plan(&args.launch)?;
    source::describe(&mut boot);
    if bundle.spec.linux().as_ref().is_some_and(|l| l.seccomp().is_some()) {
        eprintln!(
            "ocirun: create {}: left out: the seccomp program, which only a descriptor can carry",
            boot.id
        );
    }
    let text = serde_json::to_string(&boot).context("encode the bootstrap")?;
    stdout::print(&(text + "\n"))?;
    Ok(0)
}
