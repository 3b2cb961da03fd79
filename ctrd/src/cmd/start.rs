//! `ctrd task start`: a container that was created before.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Session;
use super::launch::{self, Outcome, Way};
use crate::cli::TaskStart;
use crate::client::container;
use crate::signal;

pub async fn start(session: &Session, args: &TaskStart) -> Result<i32> {
    let mut signals = signal::caught(|_| true).context("catch signals")?;
    let container = container::get(&session.client, &args.container).await?;
    let mounts = container::mounts(&session.client, &container).await?;
    let way = Way {
        detach: args.detach,
        interactive: args.interactive,
        terminal: terminal(container.spec.as_ref().map(|s| s.value.as_slice()).unwrap_or_default()),
        log_uri: args.log_uri.clone(),
        pid_file: args.pid_file.clone(),
    };
    match launch::task(session, &container.id, mounts, &way, &mut signals).await? {
        Outcome::Left => Ok(0),
        Outcome::Ended(status, _) => Ok(status),
    }
}

/// Whether the container was made to have a terminal.
fn terminal(spec: &[u8]) -> bool {
    let spec: Value = serde_json::from_slice(spec).unwrap_or_default();
    spec["process"]["terminal"].as_bool().unwrap_or_default()
}
