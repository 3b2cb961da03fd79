//! What is done to the processes of a task: every call goes to the shim, with a deadline.

use std::sync::Arc;

use ctrd_shim::api::process::ProcessInfo;
use ctrd_shim::api::task::*;
use prost::Message;
use prost_types::Any;
use serde::Deserialize;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Exit, Found, Runtime, blocking, checkpoint, deadline, not_found};
use crate::error::{Error, Kind, Result};
use crate::{id, until};

/// A task's first process, or with `exec` one that joined it.
#[derive(Debug, Clone, Copy)]
pub struct ProcessId<'a> {
    pub namespace: &'a str,
    pub id: &'a str,
    /// Empty for the first.
    pub exec: &'a str,
}

/// Of how a task ended only the kills.
#[derive(Deserialize)]
struct Noted {
    oom: Option<Value>,
}

/// More does not go into a header; a shim notes a tenth of it.
const NOTED: usize = 8 << 10;

impl Runtime {
    pub async fn start(self: &Arc<Self>, p: ProcessId<'_>) -> Result<u32> {
        let request = StartRequest { id: p.id.into(), exec_id: p.exec.into() };
        let bundle = self.bundles.get(p.namespace, p.id)?;
        let restored = p.exec.is_empty() && checkpoint::is_laid(&bundle);
        let deadline = if restored { deadline::CHECKPOINT } else { deadline::START };
        let started: StartResponse = self.call(p, "Start", &request, deadline).await?;
        if restored {
            checkpoint::forget(&bundle).await;
        }
        Ok(started.pid)
    }

    /// The state of a process. A shim that does not answer in time leaves it unknown, so that a
    /// list of tasks never waits for one. One that goes away over the question went with its task.
    pub async fn state(self: &Arc<Self>, p: ProcessId<'_>) -> Result<StateResponse> {
        let request = StateRequest { id: p.id.into(), exec_id: p.exec.into() };
        let task = self.get(p.namespace, p.id).await?;
        match self.ask(&task, "State", &request, self.caller.limits.state, true).await {
            Err(_) if task.shim.is_closed() => {
                task.ended().await;
                Err(not_found(p.id))
            }
            Err(e) if !matches!(e.kind, Kind::NotFound | Kind::Unavailable | Kind::InvalidArgument) => {
                tracing::warn!(namespace = p.namespace, id = p.id, "state: {e}");
                Ok(self.unknown(p))
            }
            state => state,
        }
    }

    /// The state of a process of which nobody tells more than its files do.
    fn unknown(&self, p: ProcessId<'_>) -> StateResponse {
        let pid = if p.exec.is_empty() { self.pid_on_file(p) } else { 0 };
        StateResponse { id: p.id.into(), exec_id: p.exec.into(), pid, ..StateResponse::default() }
    }

    /// The first process's id as the runtime wrote it into the bundle, or 0.
    fn pid_on_file(&self, p: ProcessId<'_>) -> u32 {
        let bytes = self.bundles.get(p.namespace, p.id).and_then(|b| b.read("init.pid")).ok().flatten();
        bytes.and_then(|b| String::from_utf8(b).ok()?.trim().parse().ok()).unwrap_or_default()
    }

    /// What the shim has noted of kills for want of memory, as JSON.
    pub async fn kills(&self, namespace: &str, id: &str) -> Option<Vec<u8>> {
        let bundle = self.bundles.get(namespace, id).ok()?;
        let noted = blocking(move || bundle.read("exit.json")).await.ok()??;
        let noted: Noted = serde_json::from_slice(&noted).ok()?;
        serde_json::to_vec(&noted.oom?).ok().filter(|text| text.len() <= NOTED)
    }

    /// The states of all tasks in a namespace, by id. Those that end meanwhile are left out; a clean-up after a dead shim
    /// is waited for no longer than a shim that lives.
    pub async fn list(self: &Arc<Self>, namespace: &str) -> Result<Vec<StateResponse>> {
        let ask = |runtime: Arc<Runtime>, namespace: String, id: String| async move {
            let p = ProcessId { namespace: &namespace, id: &id, exec: "" };
            let limit = runtime.caller.limits.state + deadline::EXIT;
            timeout(limit, runtime.state(p)).await.unwrap_or_else(|_| Ok(runtime.unknown(p)))
        };
        let mut states = self.each(namespace, ask).await?;
        states.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(states)
    }

    /// Runs `ask` for every task of a namespace at once; tasks for which it fails are left out.
    async fn each<T: Send + 'static, F: Future<Output = Result<T>> + Send + 'static>(
        self: &Arc<Self>,
        namespace: &str,
        ask: impl Fn(Arc<Runtime>, String, String) -> F,
    ) -> Result<Vec<T>> {
        let mut asking = JoinSet::new();
        for id in self.bundles.ids(namespace)? {
            asking.spawn(ask(self.clone(), namespace.to_string(), id));
        }
        let mut answers = Vec::new();
        while let Some(done) = asking.join_next().await {
            match done {
                Ok(Ok(answer)) => answers.push(answer),
                Ok(Err(e)) if e.kind == Kind::NotFound => {}
                Ok(Err(e)) => tracing::warn!(namespace, "list tasks: {e}"),
                Err(e) => return Err(Error::unknown(format!("list tasks: internal fault: {e}"))),
            }
        }
        Ok(answers)
    }

    /// Waits for a process to end. If its shim dies first, the task's end is what its burial finds.
    pub async fn wait(self: &Arc<Self>, p: ProcessId<'_>) -> Result<Exit> {
        let task = match self.find(p.namespace, p.id).await? {
            Found::Live(task) => task,
            Found::Dead(exit) if p.exec.is_empty() => return Ok(exit),
            Found::Dead(_) => return Err(not_found(p.id)),
        };
        let request = WaitRequest { id: p.id.into(), exec_id: p.exec.into() };
        match task.shim.call::<_, WaitResponse>("Wait", &request, until::left()).await {
            Ok(ended) => Ok(Exit { pid: 0, status: ended.exit_status, at: ended.exited_at }),
            Err(e) if task.shim.is_closed() => match task.ended().await {
                // The processes that had joined were killed with the rest.
                Some(exit) if p.exec.is_empty() => Ok(exit),
                Some(exit) => Ok(Exit { pid: 0, status: 137, at: exit.at }),
                None => Err(e),
            },
            Err(e) => Err(e),
        }
    }

    pub async fn kill(self: &Arc<Self>, p: ProcessId<'_>, signal: u32, all: bool) -> Result<()> {
        let request = KillRequest { id: p.id.into(), exec_id: p.exec.into(), signal, all };
        self.call(p, "Kill", &request, deadline::KILL).await
    }

    /// Registers a process to join the task; [`Runtime::start`] starts it.
    pub async fn exec(self: &Arc<Self>, namespace: &str, request: ExecProcessRequest) -> Result<()> {
        id::validate(&request.exec_id)
            .map_err(|e| e.context(format!("invalid exec id {}", request.exec_id)))?;
        let p = ProcessId { namespace, id: &request.id, exec: &request.exec_id };
        self.call(p, "Exec", &request, deadline::CHANGE).await
    }

    pub async fn delete_process(self: &Arc<Self>, p: ProcessId<'_>) -> Result<Exit> {
        let request = DeleteRequest { id: p.id.into(), exec_id: p.exec.into() };
        let deleted: DeleteResponse = self.call(p, "Delete", &request, deadline::DELETE).await?;
        Ok(Exit { pid: deleted.pid, status: deleted.exit_status, at: deleted.exited_at })
    }

    pub async fn resize(self: &Arc<Self>, p: ProcessId<'_>, width: u32, height: u32) -> Result<()> {
        let request = ResizePtyRequest { id: p.id.into(), exec_id: p.exec.into(), width, height };
        self.call(p, "ResizePty", &request, deadline::CHANGE).await
    }

    pub async fn close_io(self: &Arc<Self>, p: ProcessId<'_>, stdin: bool) -> Result<()> {
        let request = CloseIoRequest { id: p.id.into(), exec_id: p.exec.into(), stdin };
        self.call(p, "CloseIO", &request, deadline::CHANGE).await
    }

    pub async fn pause(self: &Arc<Self>, namespace: &str, id: &str) -> Result<()> {
        self.call(first(namespace, id), "Pause", &PauseRequest { id: id.into() }, deadline::CHANGE).await
    }

    pub async fn resume(self: &Arc<Self>, namespace: &str, id: &str) -> Result<()> {
        self.call(first(namespace, id), "Resume", &ResumeRequest { id: id.into() }, deadline::CHANGE).await
    }

    pub async fn pids(self: &Arc<Self>, namespace: &str, id: &str) -> Result<Vec<ProcessInfo>> {
        let request = PidsRequest { id: id.into() };
        let pids: PidsResponse = self.call(first(namespace, id), "Pids", &request, deadline::CHANGE).await?;
        Ok(pids.processes)
    }

    pub async fn update(self: &Arc<Self>, namespace: &str, request: UpdateTaskRequest) -> Result<()> {
        self.call(first(namespace, &request.id), "Update", &request, deadline::CHANGE).await
    }

    pub async fn checkpoint(self: &Arc<Self>, namespace: &str, request: CheckpointTaskRequest) -> Result<()> {
        self.call(first(namespace, &request.id), "Checkpoint", &request, deadline::CHECKPOINT).await
    }

    /// The figures of the tasks that `keep` accepts, by id; a task that has none, or whose shim does
    /// not answer in time, is left out.
    pub async fn stats(
        self: &Arc<Self>,
        namespace: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, Any)>> {
        let wanted: Vec<String> = self.bundles.ids(namespace)?.into_iter().filter(|id| keep(id)).collect();
        let ask = |runtime: Arc<Runtime>, namespace: String, id: String| async move {
            let request = StatsRequest { id: id.clone() };
            let limit = runtime.caller.limits.stats;
            let asked = async {
                let task = runtime.get(&namespace, &id).await?;
                runtime.ask::<_, StatsResponse>(&task, "Stats", &request, limit, true).await
            };
            let late = |_| Error::new(Kind::DeadlineExceeded, format!("task {id}: its shim does not answer"));
            let answer = timeout(limit + deadline::EXIT, asked).await.map_err(late)??;
            answer.stats.map(|stats| (id, stats)).ok_or_else(|| Error::not_found("no figures"))
        };
        let mut asking = JoinSet::new();
        for id in wanted {
            asking.spawn(ask(self.clone(), namespace.to_string(), id));
        }
        let mut figures = Vec::new();
        while let Some(done) = asking.join_next().await {
            match done {
                Ok(Ok(answer)) => figures.push(answer),
                Ok(Err(e)) => tracing::debug!(namespace, "metrics: {e}"),
                Err(e) => return Err(Error::unknown(format!("metrics: internal fault: {e}"))),
            }
        }
        figures.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(figures)
    }

    async fn call<Q: Message, A: Message + Default>(
        self: &Arc<Self>,
        p: ProcessId<'_>,
        method: &str,
        request: &Q,
        deadline: std::time::Duration,
    ) -> Result<A> {
        let task = self.get(p.namespace, p.id).await?;
        self.ask(&task, method, request, deadline, false).await
    }
}

fn first<'a>(namespace: &'a str, id: &'a str) -> ProcessId<'a> {
    ProcessId { namespace, id, exec: "" }
}
