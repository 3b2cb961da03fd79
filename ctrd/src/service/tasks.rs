//! Tasks: all that runs. Each call is one of the runtime's, which passes it to the task's shim.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use ctrd_shim::any;
use ctrd_shim::api::runc::{CheckpointOptions, Options};
use ctrd_shim::api::task as shim;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use crate::api::task::{self, Process, ProcessInfo};
use crate::api::tasks::*;
use crate::api::types::Metric;
use crate::clock;
use crate::content::Content;
use crate::error::Error;
use crate::filter::{Fields, Filter, present};
use crate::store::containers;
use crate::task::{ProcessId, Runtime, Saved};
use crate::timestamp;

use super::caller::{Caller, OOM};
use super::{blocking, checkpoint};

pub struct Tasks {
    pub runtime: Arc<Runtime>,
    pub content: Content,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl tasks_server::Tasks for Tasks {
    async fn create(&self, request: Request<CreateTaskRequest>) -> Answer<CreateTaskResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let mut request = request.into_inner();
        let container_id = request.container_id.clone();
        let saved = self.saved(&namespace, &mut request).await?;
        let pid = self.runtime.create(&namespace, request, saved).await?;
        Ok(Response::new(CreateTaskResponse { container_id, pid }))
    }

    async fn start(&self, request: Request<StartRequest>) -> Answer<StartResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let StartRequest { container_id, exec_id } = request.into_inner();
        let pid = self.runtime.start(process(&namespace, &container_id, &exec_id)).await?;
        Ok(Response::new(StartResponse { pid }))
    }

    async fn delete(&self, request: Request<DeleteTaskRequest>) -> Answer<DeleteResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let id = request.into_inner().container_id;
        let exit = self.runtime.delete(&namespace, &id).await?;
        Ok(Response::new(DeleteResponse { id, pid: exit.pid, exit_status: exit.status, exited_at: exit.at }))
    }

    async fn delete_process(&self, request: Request<DeleteProcessRequest>) -> Answer<DeleteResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let DeleteProcessRequest { container_id, exec_id: id } = request.into_inner();
        if id.is_empty() {
            return Err(Error::invalid("exec id is empty: invalid argument").into());
        }
        let exit = self.runtime.delete_process(process(&namespace, &container_id, &id)).await?;
        Ok(Response::new(DeleteResponse { id, pid: exit.pid, exit_status: exit.status, exited_at: exit.at }))
    }

    async fn get(&self, request: Request<GetRequest>) -> Answer<GetResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let asked = request.metadata().contains_key(OOM);
        let GetRequest { container_id, exec_id } = request.into_inner();
        let state = self.runtime.state(process(&namespace, &container_id, &exec_id)).await?;
        let process = describe(container_id.clone(), exec_id, state);
        let ended = asked && process.id == container_id && process.status() == task::Status::Stopped;
        let kills = if ended { self.runtime.kills(&namespace, &container_id).await } else { None };
        let mut answer = Response::new(GetResponse { process: Some(process) });
        if let Some(kills) = kills {
            answer.metadata_mut().insert_bin(OOM, MetadataValue::from_bytes(&kills));
        }
        Ok(answer)
    }

    /// All tasks of the namespace. The filter is not looked at, as in containerd.
    async fn list(&self, request: Request<ListTasksRequest>) -> Answer<ListTasksResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let states = self.runtime.list(&namespace).await?;
        let tasks = states.into_iter().map(|s| describe(s.id.clone(), String::new(), s)).collect();
        Ok(Response::new(ListTasksResponse { tasks }))
    }

    async fn kill(&self, request: Request<KillRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        let KillRequest { container_id, exec_id, signal, all } = request.into_inner();
        self.runtime.kill(process(&namespace, &container_id, &exec_id), signal, all).await?;
        Ok(Response::new(()))
    }

    async fn exec(&self, request: Request<ExecProcessRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        let r = request.into_inner();
        let request = shim::ExecProcessRequest {
            id: r.container_id,
            exec_id: r.exec_id,
            terminal: r.terminal,
            stdin: r.stdin,
            stdout: r.stdout,
            stderr: r.stderr,
            // There are shims that do not survive one without.
            spec: Some(super::required(r.spec, "Spec")?),
        };
        self.runtime.exec(&namespace, request).await?;
        Ok(Response::new(()))
    }

    async fn resize_pty(&self, request: Request<ResizePtyRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        let ResizePtyRequest { container_id, exec_id, width, height } = request.into_inner();
        self.runtime.resize(process(&namespace, &container_id, &exec_id), width, height).await?;
        Ok(Response::new(()))
    }

    async fn close_io(&self, request: Request<CloseIoRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        let CloseIoRequest { container_id, exec_id, stdin } = request.into_inner();
        self.runtime.close_io(process(&namespace, &container_id, &exec_id), stdin).await?;
        Ok(Response::new(()))
    }

    async fn pause(&self, request: Request<PauseTaskRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        self.runtime.pause(&namespace, &request.into_inner().container_id).await?;
        Ok(Response::new(()))
    }

    async fn resume(&self, request: Request<ResumeTaskRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        self.runtime.resume(&namespace, &request.into_inner().container_id).await?;
        Ok(Response::new(()))
    }

    async fn list_pids(&self, request: Request<ListPidsRequest>) -> Answer<ListPidsResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let pids = self.runtime.pids(&namespace, &request.into_inner().container_id).await?;
        let processes = pids.into_iter().map(|p| ProcessInfo { pid: p.pid, info: p.info }).collect();
        Ok(Response::new(ListPidsResponse { processes }))
    }

    /// Into the folder that the options name, else into blobs that are described in the answer.
    async fn checkpoint(&self, request: Request<CheckpointTaskRequest>) -> Answer<CheckpointTaskResponse> {
        let caller = Caller::of(&request)?;
        let CheckpointTaskRequest { container_id: id, options, .. } = request.into_inner();
        let read = match options.as_ref().filter(|any| !any.type_url.is_empty()) {
            None => CheckpointOptions::default(),
            Some(any) => any::unpack::<CheckpointOptions>(any)
                .and_then(Result::ok)
                .ok_or_else(|| Error::invalid(format!("checkpoint {id}: options of another type")))?,
        };
        let namespace = caller.namespace.clone();
        if !read.image_path.is_empty() {
            let request = shim::CheckpointTaskRequest { id, path: read.image_path, options };
            self.runtime.checkpoint(&namespace, request).await?;
            return Ok(Response::new(CheckpointTaskResponse::default()));
        }
        let (store, content) = (self.runtime.store().clone(), self.content.clone());
        let (ns, name) = (namespace.clone(), id.clone());
        let container = blocking(move || store.read(|c| containers::get(c, &ns, &name))).await?;
        let spec = container.spec.unwrap_or_default();
        let keep = move |folder: &Path| checkpoint::keep(&content, &caller, &spec, folder);
        let descriptors = self.runtime.save(&namespace, &id, options, keep).await?;
        Ok(Response::new(CheckpointTaskResponse { descriptors }))
    }

    async fn update(&self, request: Request<UpdateTaskRequest>) -> Answer<()> {
        let namespace = Caller::of(&request)?.namespace;
        let UpdateTaskRequest { container_id: id, resources, annotations } = request.into_inner();
        // There are shims that do not survive it.
        let resources = Some(super::required(resources, "Resources")?);
        self.runtime.update(&namespace, shim::UpdateTaskRequest { id, resources, annotations }).await?;
        Ok(Response::new(()))
    }

    async fn metrics(&self, request: Request<MetricsRequest>) -> Answer<MetricsResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let keep = |id: &str| filter.matches(&Named { id, namespace: &namespace });
        let figures = self.runtime.stats(&namespace, keep).await?;
        let timestamp = Some(timestamp::to_proto(clock::now()));
        let metrics =
            figures.into_iter().map(|(id, data)| Metric { timestamp, id, data: Some(data) }).collect();
        Ok(Response::new(MetricsResponse { metrics }))
    }

    async fn wait(&self, request: Request<WaitRequest>) -> Answer<WaitResponse> {
        let namespace = Caller::of(&request)?.namespace;
        let WaitRequest { container_id, exec_id } = request.into_inner();
        let exit = self.runtime.wait(process(&namespace, &container_id, &exec_id)).await?;
        Ok(Response::new(WaitResponse { exit_status: exit.status, exited_at: exit.at }))
    }
}

impl Tasks {
    /// What a new task is to go on from: the folder that its options name goes before a descriptor.
    async fn saved(&self, namespace: &str, request: &mut CreateTaskRequest) -> Result<Option<Saved>, Error> {
        let options = request.options.as_ref().and_then(any::unpack::<Options>).and_then(Result::ok);
        let folder = options.unwrap_or_default().criu_image_path;
        let descriptor = request.checkpoint.take();
        if !folder.is_empty() {
            return Ok(Some(Saved::Folder(folder)));
        }
        let Some(descriptor) = descriptor else { return Ok(None) };
        let (content, namespace) = (self.content.clone(), namespace.to_string());
        blocking(move || checkpoint::saved(&content, &namespace, descriptor).map(Some)).await
    }
}

fn process<'a>(namespace: &'a str, id: &'a str, exec: &'a str) -> ProcessId<'a> {
    ProcessId { namespace, id, exec }
}

/// A process as the API shows it: by its exec id, or the container's for the first one.
fn describe(container_id: String, exec_id: String, state: shim::StateResponse) -> Process {
    let id = if exec_id.is_empty() { container_id.clone() } else { exec_id };
    Process {
        container_id,
        id,
        pid: state.pid,
        // The two enumerations have the same numbers.
        status: state.status,
        stdin: state.stdin,
        stdout: state.stdout,
        stderr: state.stderr,
        terminal: state.terminal,
        exit_status: state.exit_status,
        exited_at: state.exited_at,
    }
}

/// What a filter for metrics sees of a task.
struct Named<'a> {
    id: &'a str,
    namespace: &'a str,
}

impl Fields for Named<'_> {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["id"] => present(self.id),
            ["namespace"] => present(self.namespace),
            _ => None,
        }
    }
}
