//! `ctrd task`, but for what has a file of its own.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ctrd_shim::any;
use ctrd_shim::api::runc::{CheckpointOptions, ProcessDetails};
use prost::Message;
use serde_json::json;

use super::{Session, checkpoint, each, figures, lifecycle, processes};
use crate::api::task::{Process, ProcessInfo, Status};
use crate::api::tasks::{CheckpointTaskRequest, ListPidsRequest, PauseTaskRequest, ResumeTaskRequest};
use crate::cli::{List, TaskCommand, TaskDelete};
use crate::client::process::{self, Name};
use crate::client::{Client, take};
use crate::error::{Error, Kind};
use crate::listing::{self, Row};

pub async fn command(session: &Session, command: TaskCommand) -> Result<i32> {
    let client = &session.client;
    match command {
        TaskCommand::Ls(list) => session.list(&list, &["TASK", "PID", "STATUS"], rows).await,
        TaskCommand::Metrics { containers } => metrics(client, &containers).await,
        TaskCommand::Checkpoint { image_path, work_path, exit, container } => {
            let absolute =
                |path: &Path| std::path::absolute(path).with_context(|| format!("path {}", path.display()));
            let text = |path: Option<PathBuf>| {
                path.as_deref().map(absolute).transpose().map(|p| p.unwrap_or_default().display().to_string())
            };
            let options = CheckpointOptions {
                exit,
                image_path: text(image_path)?,
                work_path: text(work_path)?,
                ..CheckpointOptions::default()
            };
            if options.image_path.is_empty() {
                return checkpoint::of_task(session, &container, options).await;
            }
            let request = CheckpointTaskRequest {
                container_id: container.clone(),
                options: Some(any::pack(&options)),
                ..CheckpointTaskRequest::default()
            };
            let mut done = take(client.tasks().checkpoint(request).await).map(drop);
            if exit && done.is_ok() {
                done = lifecycle::ended(session, &container).await.map(drop);
            }
            of_task(session, &container, done).await
        }
        TaskCommand::Ps { container, list } => ps(session, &container, &list).await,
        TaskCommand::Delete(args) => delete(session, &args).await,
        TaskCommand::Wait { container, exec_id } => {
            let name = Name { container, exec: exec_id };
            match lifecycle::ended_process(session, &name).await {
                Ok(status) => Ok(status as i32),
                Err(e) if e.kind == Kind::NotFound && name.exec.is_none() => {
                    Err(process::no_task(client, &name.container).await.into())
                }
                Err(e) => Err(e.into()),
            }
        }
        TaskCommand::Pause { container } => {
            let request = PauseTaskRequest { container_id: container.clone() };
            of_task(session, &container, take(client.tasks().pause(request).await)).await
        }
        TaskCommand::Resume { container } => {
            let request = ResumeTaskRequest { container_id: container.clone() };
            of_task(session, &container, take(client.tasks().resume(request).await)).await
        }
        TaskCommand::Start(_) | TaskCommand::Exec(_) | TaskCommand::Kill(_) | TaskCommand::Attach(_) => {
            unreachable!("dispatched before")
        }
    }
}

/// The end of a call about a task; where there is none, it says whether there is a container.
async fn of_task(session: &Session, id: &str, reply: Result<(), Error>) -> Result<i32> {
    match reply {
        Err(e) if e.kind == Kind::NotFound => Err(process::no_task(&session.client, id).await.into()),
        other => Ok(other.map(|()| 0)?),
    }
}

/// The verb and its container, for the line that reports a failure.
pub fn title(command: &TaskCommand) -> String {
    match command {
        TaskCommand::Start(args) => format!("start {}", args.container),
        TaskCommand::Ls(_) => "ls".into(),
        TaskCommand::Exec(args) => format!("exec {}", args.container),
        TaskCommand::Kill(args) => format!("kill {}", args.container),
        TaskCommand::Delete(_) => "delete".into(),
        TaskCommand::Ps { container, .. } => format!("ps {container}"),
        TaskCommand::Wait { container, .. } => format!("wait {container}"),
        TaskCommand::Pause { container } => format!("pause {container}"),
        TaskCommand::Attach(args) => format!("attach {}", args.container),
        TaskCommand::Metrics { .. } => "metrics".into(),
        TaskCommand::Checkpoint { container, .. } => format!("checkpoint {container}"),
        TaskCommand::Resume { container } => format!("resume {container}"),
    }
}

async fn rows(client: &Client) -> Result<Vec<Row>> {
    let row = |task: Process| {
        let state = process::word(task.status());
        let mut object = json!({"id": task.id, "pid": task.pid, "status": state});
        if task.status() == Status::Stopped {
            object["exitStatus"] = json!(task.exit_status);
            object["exitedAt"] = listing::time_json(task.exited_at.as_ref());
        }
        let cells = vec![task.id.clone(), task.pid.to_string(), state.to_uppercase()];
        Row { cells, name: task.id, object }
    };
    Ok(process::list(client).await?.into_iter().map(row).collect())
}

/// Prints what the kernel counts for tasks, an object a task.
async fn metrics(client: &Client, ids: &[String]) -> Result<i32> {
    let act = async |id: String| -> Result<(), Error> {
        let figures = figures::of(client, std::slice::from_ref(&id)).await?;
        match figures.into_iter().next() {
            Some(figures) => listing::tell_object(&figures.all),
            None => Err(process::no_task(client, &id).await),
        }
    };
    each("task metrics", ids, act).await
}

async fn ps(session: &Session, id: &str, list: &List) -> Result<i32> {
    let request = ListPidsRequest { container_id: id.to_string() };
    let found = match take(session.client.tasks().list_pids(request).await) {
        Ok(reply) => reply.processes,
        Err(e) if e.kind == Kind::NotFound => return Err(process::no_task(&session.client, id).await.into()),
        Err(e) => return Err(e.into()),
    };
    let row = |ProcessInfo { pid, info }: ProcessInfo| {
        let details = info.and_then(|info| ProcessDetails::decode(info.value.as_slice()).ok());
        let exec_id = details.map(|details| details.exec_id).filter(|id| !id.is_empty());
        let command = processes::command_line(pid);
        let object = json!({"pid": pid, "execId": exec_id, "command": command});
        let cells = vec![
            pid.to_string(),
            exec_id.unwrap_or_else(|| "-".to_string()),
            command.unwrap_or_else(|| "-".to_string()),
        ];
        Row { name: pid.to_string(), cells, object }
    };
    let rows: Vec<Row> = found.into_iter().map(row).collect();
    listing::print(list, &["PID", "EXEC", "COMMAND"], &rows)?;
    Ok(0)
}

async fn delete(session: &Session, args: &TaskDelete) -> Result<i32> {
    let ended = Cell::new(0);
    let act = async |id: String| delete_one(session, args, &id).await.map(|status| ended.set(status as i32));
    let status = each("task delete", &args.containers, act).await?;
    // Of several tasks none speaks for the others.
    Ok(if status == 0 && args.containers.len() == 1 { ended.get() } else { status })
}

async fn delete_one(session: &Session, args: &TaskDelete, id: &str) -> Result<u32, Error> {
    let client = &session.client;
    let Some(exec) = &args.exec_id else {
        return match args.force {
            true => process::destroy(client, id).await.map(|_| 0),
            false => match process::delete(client, id, None).await {
                Err(e) if e.kind == Kind::NotFound => Err(process::no_task(client, id).await),
                other => other,
            },
        };
    };
    if args.force {
        let name = Name { container: id.to_string(), exec: Some(exec.clone()) };
        match process::kill(client, &name, libc::SIGKILL, false).await {
            Ok(()) => _ = process::wait(client, &name).await?,
            Err(e) if matches!(e.kind, Kind::NotFound | Kind::FailedPrecondition) => {}
            Err(e) => return Err(e),
        }
    }
    match process::delete(client, id, Some(exec)).await {
        Err(e) if e.kind == Kind::NotFound && args.force => Ok(0),
        other if args.force => other.map(|_| 0),
        other => other,
    }
}
