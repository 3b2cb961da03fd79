//! `ocirun state`: what a container is and does, as JSON.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::cli::{self, Global};
use crate::state::{self, State, Status};
use crate::stdout;

/// The order of the keys is the order that people know.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    oci_version: String,
    pub id: String,
    pub pid: i32,
    pub status: &'static str,
    pub bundle: PathBuf,
    rootfs: PathBuf,
    pub created: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
    pub owner: String,
}

pub fn state(global: &Global, args: &cli::State) -> Result<i32> {
    let (_, state, status) = state::open(global, &args.id)?;
    let text =
        serde_json::to_string_pretty(&show(state, status, String::new())).context("encode the state")?;
    stdout::print(&text)?;
    Ok(0)
}

/// A stopped container has no process any more, whatever number it had.
pub fn show(state: State, status: Status, owner: String) -> Shown {
    Shown {
        oci_version: state.oci_version,
        id: state.id,
        pid: if status == Status::Stopped { 0 } else { state.pid },
        status: status.as_str(),
        bundle: state.bundle,
        rootfs: state.rootfs,
        created: state.created,
        annotations: state.annotations,
        owner,
    }
}
