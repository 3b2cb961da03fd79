//! `ctrd inspect`: a container with its task, or an image.

use anyhow::Result;
use serde_json::{Value, json};

use super::container::with_spec;
use super::{Session, each, image};
use crate::api::task::{Process, Status};
use crate::cli::{Inspect, Inspected};
use crate::client::{container, process};
use crate::error::{Error, Kind};
use crate::listing;

pub async fn inspect(session: &Session, args: &Inspect) -> Result<i32> {
    each("inspect", &args.names, async |name: String| match args.kind {
        Some(Inspected::Container) => of_container(session, &name).await,
        Some(Inspected::Image) => image::inspect(session, &name).await,
        Some(Inspected::Task) => {
            let (task, kills) = process::status_and_kills(&session.client, &name).await?;
            listing::tell_object(&of_task(&task, kills))
        }
        None => match of_container(session, &name).await {
            Err(missing) if missing.kind == Kind::NotFound => match image::inspect(session, &name).await {
                Err(e) if e.kind == Kind::NotFound => Err(Error::not_found(format!(
                    "no container ({}), no image ({})",
                    missing.message, e.message
                ))),
                other => other,
            },
            other => other,
        },
    })
    .await
}

async fn of_container(session: &Session, id: &str) -> Result<(), Error> {
    let container = container::get(&session.client, id).await?;
    let mut object = with_spec(&container);
    object["namespace"] = json!(session.client.namespace());
    object["task"] = match process::status_and_kills(&session.client, id).await {
        Ok((task, kills)) => of_task(&task, kills),
        Err(e) if e.kind == Kind::NotFound => Value::Null,
        Err(e) => return Err(e),
    };
    listing::tell_object(&object)
}

fn of_task(task: &Process, kills: Option<Value>) -> Value {
    let mut object = json!({
        "id": task.id,
        "pid": task.pid,
        "status": process::word(task.status()),
        "terminal": task.terminal,
        "stdin": task.stdin,
        "stdout": task.stdout,
        "stderr": task.stderr,
    });
    if task.status() == Status::Stopped {
        object["exitStatus"] = json!(task.exit_status);
        object["exitedAt"] = listing::time_json(task.exited_at.as_ref());
        if let Some(kills) = kills {
            object["oom"] = kills;
        }
    }
    object
}
