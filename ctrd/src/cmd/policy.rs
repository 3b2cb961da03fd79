//! `--restart`: what the labels of a container tell the server's restart monitor. Only a server restarts
//! containers; it finds the labels whenever it begins.

use std::collections::HashMap;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::{Session, logs};
use crate::api::containers::Container;
use crate::api::task::Status;
use crate::client::{Client, container, process, take};
use crate::error::Error;
use crate::restart::{self, COUNT, LOG, POLICY, STATUS, STOPPED};

/// The label of a new container with this policy. Until it runs the monitor has nothing to do with it.
pub fn label(policy: &str) -> Result<(String, String)> {
    if let Err(e) = restart::check(policy) {
        bail!("restart policy {policy:?}: {e}");
    }
    Ok((POLICY.to_string(), policy.to_string()))
}

/// Says so where nobody is there to restart anything.
pub async fn warn(session: &Session, what: &str) -> Result<(), Error> {
    let server = take(session.client.introspection().server(()).await)?;
    if server.pid == u64::from(std::process::id()) {
        eprintln!("ctrd: {what}: --restart takes effect while a server runs, and none does (ctrd serve)");
    }
    Ok(())
}

fn has(container: &Container) -> bool {
    container.labels.get(POLICY).is_some_and(|policy| policy != "no")
}

/// Has the monitor see to it that the container runs, where it has a policy.
pub async fn running(client: &Client, container: &Container, log_uri: Option<&str>) -> Result<(), Error> {
    if !has(container) {
        return Ok(());
    }
    let mut labels = set(&[(STATUS, "running"), (STOPPED, "")]);
    labels.extend(log_uri.map(|uri| (LOG.to_string(), uri.to_string())));
    container::label(client, &container.id, labels).await
}

/// Has the monitor look away while a container is started, or stopped on purpose: it would do either
/// itself, and end what runs by force.
pub async fn away(client: &Client, container: &Container, stopped: bool) -> Result<(), Error> {
    if !has(container) {
        return Ok(());
    }
    let mut labels = set(&[(STATUS, "")]);
    labels.extend(stopped.then(|| (STOPPED.to_string(), "true".to_string())));
    container::label(client, &container.id, labels).await
}

/// Has the monitor leave the container ended, once it is.
pub async fn stopped(client: &Client, id: &str) -> Result<(), Error> {
    match container::get(client, id).await {
        Ok(container) if has(&container) => container::label(client, id, set(&[(STATUS, "stopped")])).await,
        _ => Ok(()),
    }
}

/// Gives a container another policy.
pub async fn change(client: &Client, id: &str, policy: &str) -> Result<(), Error> {
    if policy == "no" {
        let none = [POLICY, STATUS, COUNT, LOG, STOPPED].map(|key| (key, ""));
        return container::label(client, id, set(&none)).await;
    }
    let mut labels = set(&[(POLICY, policy), (COUNT, "")]);
    let container = container::get(client, id).await?;
    let task = process::status(client, id).await;
    if task.is_ok_and(|task| matches!(task.status(), Status::Running | Status::Paused)) {
        labels.extend(set(&[(STATUS, "running"), (STOPPED, "")]));
        labels.extend(container.labels.get(logs::LABEL).map(|uri| (LOG.to_string(), uri.clone())));
    }
    container::label(client, id, labels).await
}

fn set(labels: &[(&str, &str)]) -> HashMap<String, String> {
    labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

/// A container's policy as JSON, or null.
pub fn shown(container: &Container) -> Value {
    let label = |key: &str| container.labels.get(key);
    if label(POLICY).is_none() && label(STATUS).is_none() {
        return Value::Null;
    }
    json!({
        "policy": label(POLICY).map_or("always", String::as_str),
        "count": count(container),
        "stopped": label(STATUS).is_some_and(|status| status == "stopped"),
    })
}

/// How often it was started again.
pub fn count(container: &Container) -> u64 {
    container.labels.get(COUNT).and_then(|count| count.parse().ok()).unwrap_or_default()
}
