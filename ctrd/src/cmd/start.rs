//! `ctrd task start`: a container that was created before.

use anyhow::{Context, Result};
use serde_json::Value;

use super::launch::{self, Outcome, Way};
use super::{Session, checkpoint, logs};
use crate::api::containers::Container;
use crate::api::types::Descriptor;
use crate::cli::TaskStart;
use crate::client::container;
use crate::service::checkpoint::FROM_PATH;
use crate::{signal, stdio};

pub async fn start(session: &Session, args: &TaskStart) -> Result<i32> {
    let mut signals = signal::caught(|_| true).context("catch signals")?;
    let container = container::get(&session.client, &args.container).await?;
    let mounts = container::mounts(&session.client, &container).await?;
    let terminal = terminal(&container);
    let log_uri = match &args.log_uri {
        Some(uri) => Some(uri.clone()),
        None if args.detach => logs::begin(session, &container, terminal).await?,
        None => None,
    };
    let way = Way {
        detach: args.detach,
        interactive: args.interactive,
        terminal,
        keys: stdio::keys(&args.detach_keys)?,
        log_uri,
        pid_file: args.pid_file.clone(),
        checkpoint: saved(session, args).await?,
    };
    match launch::task(session, &container.id, mounts, &way, &mut signals).await? {
        Outcome::Left => Ok(0),
        Outcome::Ended(status, _) => Ok(status),
    }
}

/// The saved processes that the container is to go on with: an image's, or those in a folder.
async fn saved(session: &Session, args: &TaskStart) -> Result<Option<Descriptor>> {
    if let Some(folder) = &args.image_path {
        let path = std::path::absolute(folder).with_context(|| format!("path {}", folder.display()))?;
        let annotations = [(FROM_PATH.to_string(), path.display().to_string())].into();
        return Ok(Some(Descriptor { annotations, ..Descriptor::default() }));
    }
    match &args.checkpoint {
        Some(image) => Ok(Some(checkpoint::processes(&session.client, image, args.trust).await?)),
        None => Ok(None),
    }
}

/// Whether the container was made to have a terminal.
pub fn terminal(container: &Container) -> bool {
    let spec = container.spec.as_ref().map(|s| s.value.as_slice()).unwrap_or_default();
    let spec: Value = serde_json::from_slice(spec).unwrap_or_default();
    spec["process"]["terminal"].as_bool().unwrap_or_default()
}
