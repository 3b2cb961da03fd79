//! Processes: a container's first one (its task) and those that joined it, from Create or Exec
//! to Delete.

use prost_types::Any;
use serde_json::Value;
use tonic::Request;
use tonic::metadata::{MetadataMap, MetadataValue};

use super::{Client, container, take};
use crate::api::task::{Process, Status};
use crate::api::tasks::{
    CloseIoRequest, CreateTaskRequest, DeleteProcessRequest, DeleteTaskRequest, ExecProcessRequest,
    GetRequest, KillRequest, ListTasksRequest, ResizePtyRequest, StartRequest, WaitRequest,
};
use crate::api::types::{Descriptor, Mount};
use crate::error::{Error, Kind, Result};
use crate::service::caller::OOM;
use crate::stdio::Paths;

/// One process: of a container, and there perhaps of an exec.
#[derive(Debug, Clone)]
pub struct Name {
    pub container: String,
    pub exec: Option<String>,
}

impl Name {
    pub fn init(container: &str) -> Name {
        Name { container: container.to_string(), exec: None }
    }

    fn exec_id(&self) -> String {
        self.exec.clone().unwrap_or_default()
    }
}

/// Creates a container's task, and gives the id of its process.
pub async fn create(
    client: &Client,
    id: &str,
    mounts: Vec<Mount>,
    terminal: bool,
    io: &Paths,
) -> Result<u32> {
    create_from(client, id, mounts, terminal, io, None).await
}

/// The same of one that goes on with the processes of a checkpoint, where one is given: it has no process
/// before its start.
pub async fn create_from(
    client: &Client,
    id: &str,
    mounts: Vec<Mount>,
    terminal: bool,
    io: &Paths,
    checkpoint: Option<Descriptor>,
) -> Result<u32> {
    let request = CreateTaskRequest {
        container_id: id.to_string(),
        rootfs: mounts,
        stdin: io.stdin.clone(),
        stdout: io.stdout.clone(),
        stderr: io.stderr.clone(),
        terminal,
        checkpoint,
        ..CreateTaskRequest::default()
    };
    Ok(take(client.tasks().create(request).await)?.pid)
}

pub async fn exec(client: &Client, name: &Name, spec: Vec<u8>, terminal: bool, io: &Paths) -> Result<()> {
    let request = ExecProcessRequest {
        container_id: name.container.clone(),
        exec_id: name.exec_id(),
        stdin: io.stdin.clone(),
        stdout: io.stdout.clone(),
        stderr: io.stderr.clone(),
        terminal,
        spec: Some(Any { type_url: crate::spec::PROCESS_TYPE_URL.to_string(), value: spec }),
    };
    take(client.tasks().exec(request).await).map(drop)
}

pub async fn start(client: &Client, name: &Name) -> Result<u32> {
    let request = StartRequest { container_id: name.container.clone(), exec_id: name.exec_id() };
    Ok(take(client.tasks().start(request).await)?.pid)
}

/// The exit status, once there is one.
pub async fn wait(client: &Client, name: &Name) -> Result<u32> {
    let request = WaitRequest { container_id: name.container.clone(), exec_id: name.exec_id() };
    Ok(take(client.tasks().wait(request).await)?.exit_status)
}

pub async fn kill(client: &Client, name: &Name, signal: i32, all: bool) -> Result<()> {
    let request = KillRequest {
        container_id: name.container.clone(),
        exec_id: name.exec_id(),
        signal: signal.unsigned_abs(),
        all,
    };
    take(client.tasks().kill(request).await).map(drop)
}

pub async fn resize(client: &Client, name: &Name, (width, height): (u32, u32)) -> Result<()> {
    let request =
        ResizePtyRequest { container_id: name.container.clone(), exec_id: name.exec_id(), width, height };
    take(client.tasks().resize_pty(request).await).map(drop)
}

pub async fn close_stdin(client: &Client, name: &Name) -> Result<()> {
    let request =
        CloseIoRequest { container_id: name.container.clone(), exec_id: name.exec_id(), stdin: true };
    take(client.tasks().close_io(request).await).map(drop)
}

/// Deletes an ended process, and returns its exit status.
pub async fn delete(client: &Client, id: &str, exec: Option<&str>) -> Result<u32> {
    let reply = match exec {
        None => client.tasks().delete(DeleteTaskRequest { container_id: id.to_string() }).await,
        Some(exec) => {
            let request = DeleteProcessRequest { container_id: id.to_string(), exec_id: exec.to_string() };
            client.tasks().delete_process(request).await
        }
    };
    Ok(take(reply)?.exit_status)
}

/// Kills whatever of the container runs, and deletes its task. No task is as good.
pub async fn destroy(client: &Client, id: &str) -> Result<u32> {
    let name = Name::init(id);
    match kill(client, &name, libc::SIGKILL, true).await {
        Ok(()) => {}
        // Ended between our look and our signal, or never started.
        Err(e) if matches!(e.kind, Kind::NotFound | Kind::FailedPrecondition) => {}
        Err(e) => return Err(e),
    }
    match wait(client, &name).await {
        Ok(_) => {}
        Err(e) if e.kind == Kind::NotFound => return Ok(0),
        Err(e) => return Err(e),
    }
    match delete(client, id, None).await {
        Err(e) if e.kind == Kind::NotFound => Ok(0),
        other => other,
    }
}

pub async fn list(client: &Client) -> Result<Vec<Process>> {
    Ok(take(client.tasks().list(ListTasksRequest { filter: String::new() }).await)?.tasks)
}

/// The state of a container's task.
pub async fn status(client: &Client, id: &str) -> Result<Process> {
    state(client, id, Request::new(first(id))).await.map(|(state, _)| state)
}

/// The same, and of one that has ended what is known of its kills for want of memory, where its server tells it.
pub async fn status_and_kills(client: &Client, id: &str) -> Result<(Process, Option<Value>)> {
    let mut request = Request::new(first(id));
    request.metadata_mut().insert_bin(OOM, MetadataValue::from_bytes(b"?"));
    let (state, told) = state(client, id, request).await?;
    let told = told.get_bin(OOM).and_then(|text| text.to_bytes().ok());
    Ok((state, told.and_then(|text| serde_json::from_slice(&text).ok())))
}

fn first(id: &str) -> GetRequest {
    GetRequest { container_id: id.to_string(), exec_id: String::new() }
}

async fn state(client: &Client, id: &str, request: Request<GetRequest>) -> Result<(Process, MetadataMap)> {
    let mut reply = client.tasks().get(request).await;
    let told = reply.as_mut().map(|reply| std::mem::take(reply.metadata_mut())).unwrap_or_default();
    match take(reply) {
        Ok(reply) => Ok((reply.process.unwrap_or_default(), told)),
        Err(e) if e.kind == Kind::NotFound => Err(no_task(client, id).await),
        Err(e) => Err(e),
    }
}

/// Says what is missing: the container, or only its task.
pub async fn no_task(client: &Client, id: &str) -> Error {
    match container::get(client, id).await {
        Ok(_) => Error::not_found(format!("container {id}: no running task")),
        Err(e) => e,
    }
}

/// A state in one word.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Created => "created",
        Status::Running => "running",
        Status::Stopped => "stopped",
        Status::Paused => "paused",
        Status::Pausing => "pausing",
        Status::Unknown => "unknown",
    }
}
