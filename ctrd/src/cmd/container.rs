//! `ctrd container`.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Session, each, label_changes, logs, policy, settings};
use crate::api::containers::Container;
use crate::cli::{ContainerCommand, ContainerCreate, ContainerRemove};
use crate::client::{Client, container};
use crate::error::{Error, Kind};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: ContainerCommand) -> Result<i32> {
    match command {
        ContainerCommand::Create(args) => create(session, &args).await,
        ContainerCommand::Ls(list) => {
            session.list(&list.list, &["CONTAINER", "IMAGE", "RUNTIME", "CREATED"], rows).await
        }
        ContainerCommand::Label { container, labels } => {
            container::label(&session.client, &container, label_changes(&labels)?).await?;
            Ok(0)
        }
        ContainerCommand::Inspect { containers } => {
            let act = async |id: String| -> Result<(), Error> {
                let container = container::get(&session.client, &id).await?;
                listing::tell_object(&with_spec(&container))
            };
            each("container inspect", &containers, act).await
        }
        ContainerCommand::Rm(_) | ContainerCommand::Checkpoint(_) | ContainerCommand::Restore(_) => {
            unreachable!("dispatched before")
        }
    }
}

pub async fn create(session: &Session, args: &ContainerCreate) -> Result<i32> {
    let wish = settings::wish_in(&args.settings, session).await?;
    let made = container::create(&session.client, &wish).await?;
    settings::warn_of_labels(&format!("create {}", made.id), &made.dropped);
    listing::line(&made.id)?;
    Ok(0)
}

/// The verb and its container, for the line that reports a failure.
pub fn title(command: &ContainerCommand) -> String {
    match command {
        ContainerCommand::Create(args) => match &args.settings.name {
            Some(name) => format!("create {name}"),
            None => "create".into(),
        },
        ContainerCommand::Ls(_) => "ls".into(),
        ContainerCommand::Inspect { .. } => "inspect".into(),
        ContainerCommand::Label { container, .. } => format!("label {container}"),
        ContainerCommand::Checkpoint(args) => format!("checkpoint {}", args.container),
        ContainerCommand::Restore(args) => format!("restore {}", args.container),
        ContainerCommand::Rm(_) => "rm".into(),
    }
}

pub async fn rm(session: &Session, args: &ContainerRemove) -> Result<i32> {
    let act = async |id: String| {
        let remove = container::remove(&session.client, &id, args.force, args.keep_snapshot);
        match logs::with_log(&session.place, &id, remove).await {
            Err(e) if e.kind == Kind::NotFound && args.force => Ok(()),
            done => done.map_err(|e| shorten(e, &id)),
        }
    };
    each("rm", &args.containers, act).await
}

/// The container's name stands before the error already.
fn shorten(mut error: Error, id: &str) -> Error {
    if let Some(rest) = error.message.strip_prefix(&format!("container {id}: ")) {
        error.message = rest.to_string();
    }
    error
}

async fn rows(client: &Client) -> Result<Vec<Row>> {
    let row = |container: Container| {
        let cells = vec![
            container.id.clone(),
            image(&container),
            container.runtime.as_ref().map(|r| r.name.clone()).unwrap_or_default(),
            listing::time(container.created_at.as_ref()),
        ];
        Row { cells, object: brief(&container), name: container.id }
    };
    Ok(container::list(client).await?.into_iter().map(row).collect())
}

/// The image's name, or a dash for a container made from a folder.
pub fn image(container: &Container) -> String {
    if container.image.is_empty() { "-".to_string() } else { container.image.clone() }
}

/// A container as JSON, without its specification.
pub fn brief(container: &Container) -> Value {
    json!({
        "id": container.id,
        "image": container.image,
        "labels": container.labels,
        "runtime": container.runtime.as_ref().map(|r| r.name.clone()),
        "snapshotter": container.snapshotter,
        "snapshotKey": container.snapshot_key,
        "sandbox": Some(&container.sandbox).filter(|id| !id.is_empty()),
        "restart": policy::shown(container),
        "createdAt": listing::time_json(container.created_at.as_ref()),
        "updatedAt": listing::time_json(container.updated_at.as_ref()),
    })
}

pub fn with_spec(container: &Container) -> Value {
    let mut object = brief(container);
    let spec = container.spec.as_ref().map(|spec| serde_json::from_slice(&spec.value).unwrap_or_default());
    object["spec"] = spec.unwrap_or(Value::Null);
    object
}
