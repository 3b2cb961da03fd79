//! Removing a task that has ended: from its shim, then the shim, then the bundle.

use std::sync::Arc;
use std::time::Duration;

use ctrd_shim::api::task::{DeleteRequest, DeleteResponse, ShutdownRequest};

use super::{End, Exit, Found, Runtime, blocking, deadline, detached, not_found};
use crate::bundle::Bundle;
use crate::error::{Kind, Result};
use crate::shim::{Shim, saved_binary, start};
use crate::spec::annotation;
use crate::tidy;

/// Annotations by which several containers share one shim.
const GROUPS: [&str; 2] = ["io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"];

impl Runtime {
    /// Removes the task and returns how it ended. A running one is refused by its shim.
    pub async fn delete(self: &Arc<Self>, namespace: &str, id: &str) -> Result<Exit> {
        let (runtime, namespace, id) = (self.clone(), namespace.to_string(), id.to_string());
        detached(async move { runtime.remove(&namespace, &id).await }).await
    }

    async fn remove(self: &Arc<Self>, namespace: &str, id: &str) -> Result<Exit> {
        tidy::room().await;
        let task = match self.find(namespace, id).await? {
            Found::Live(task) => task,
            Found::Dead(exit) => return Ok(exit),
        };
        let bundle = task.shim.bundle.clone();
        // From here on the end of the shim is our doing, and nobody buries it meanwhile.
        let guard = self.turns.lock(&bundle).await?.ok_or_else(|| not_found(id))?;
        let request = DeleteRequest { id: id.to_string(), exec_id: String::new() };
        let answer: Result<DeleteResponse> =
            self.ask(&task, "Delete", &request, deadline::DELETE, false).await;
        match &answer {
            Ok(_) => {}
            // The shim has no such container (any more): the rest goes all the same.
            Err(e) if e.kind == Kind::NotFound => {}
            Err(_) if task.shim.is_closed() => {
                drop(guard);
                return task.ended().await.ok_or_else(|| not_found(id));
            }
            Err(e) => return Err(e.clone()),
        }
        self.forget(&bundle);
        let end = ask_to_end(&task.shim, self.caller.limits.shutdown).await;
        if end == Answer::None && !task.shim.is_closed() {
            // It does not answer: its own `delete` knows what it may have left.
            if let Some(binary) = saved_binary(&bundle)?
                && let Err(e) = start::delete(&self.caller, &binary, &bundle).await
            {
                tracing::warn!(namespace, id, "{e}");
            }
        }
        task.end.send_replace(End::Removed);
        let alone = end == Answer::Agreed && !shared(&bundle);
        // It finds its socket by what is in its folder, whatever that is called.
        let (retired, ()) = tokio::join!(blocking(move || bundle.retire(&guard)), async {
            if alone {
                gone(&task.shim).await;
            }
        });
        let retired = retired?;
        tidy::later(move || retired.remove());
        let answer = answer.map_err(|_| not_found(id))?;
        Ok(Exit { pid: answer.pid, status: answer.exit_status, at: answer.exited_at })
    }
}

/// What a shim says to the question whether it ends.
#[derive(PartialEq)]
enum Answer {
    Agreed,
    None,
    /// It is not asked: it holds a sandbox, which ends when somebody shuts that down.
    NotAsked,
}

/// Asks the shim to end if it has no container left. Gives it a moment to go, since it finds its socket by the bundle.
pub(super) async fn shutdown(shim: &Shim, limit: Duration) {
    if ask_to_end(shim, limit).await == Answer::Agreed && !shared(&shim.bundle) {
        gone(shim).await;
    }
}

async fn ask_to_end(shim: &Shim, limit: Duration) -> Answer {
    if shim.bundle.is_in_sandbox() {
        return Answer::NotAsked;
    }
    let request = ShutdownRequest { id: shim.bundle.id.clone(), now: false };
    match shim.call::<_, ()>("Shutdown", &request, Some(limit)).await {
        Ok(()) => Answer::Agreed,
        Err(_) => Answer::None,
    }
}

/// Waits for the end of a shim; one that first wants to be rid of its events is not waited for.
async fn gone(shim: &Shim) {
    _ = tokio::time::timeout(deadline::EXIT, shim.closed()).await;
}

/// Whether the shim may hold other containers too.
fn shared(bundle: &Bundle) -> bool {
    let config = bundle.read("config.json").ok().flatten().unwrap_or_default();
    let annotations = annotation::read(&config);
    GROUPS.iter().any(|key| annotations.contains_key(*key))
}
