//! `ctrd inspect`: a container with its task, or an image.

use anyhow::Result;
use serde_json::{Value, json};

use super::container::with_spec;
use super::{Session, each, image};
use crate::api::task::{Process, Status};
use crate::bundle::Bundles;
use crate::cli::{Inspect, Inspected};
use crate::client::{container, process};
use crate::error::{Error, Kind};
use crate::listing;

pub async fn inspect(session: &Session, args: &Inspect) -> Result<i32> {
    each("inspect", &args.names, async |name: String| match args.kind {
        Some(Inspected::Container) => of_container(session, &name).await,
        Some(Inspected::Image) => image::inspect(session, &name).await,
        Some(Inspected::Task) => {
            let task = process::status(&session.client, &name).await?;
            listing::tell_object(&of_task(session, &task))
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
    object["task"] = match process::status(&session.client, id).await {
        Ok(task) => of_task(session, &task),
        Err(e) if e.kind == Kind::NotFound => Value::Null,
        Err(e) => return Err(e),
    };
    listing::tell_object(&object)
}

fn of_task(session: &Session, task: &Process) -> Value {
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
        if let Some(oom) = oom(session, &task.id) {
            object["oom"] = oom;
        }
    }
    object
}

/// What the shim has noted of kills for want of memory, which no call tells, where the bundle is below our state folder.
fn oom(session: &Session, id: &str) -> Option<Value> {
    let bundles = Bundles::new(&session.place.state, &session.place.root);
    let bundle = bundles.get(session.client.namespace(), id).ok()?;
    let exit = std::fs::read(bundle.path.join("exit.json")).ok()?;
    serde_json::from_slice::<Value>(&exit).ok()?.get_mut("oom").map(Value::take)
}
