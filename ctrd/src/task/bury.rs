//! What follows the death of a shim: its `delete` action, the events it can no longer send, and
//! the end of the bundle.

use std::sync::{Arc, Weak};

use ctrd_shim::api::task::DeleteResponse;

use super::{End, Exit, Runtime, Task, blocking, detached};
use crate::api::event::{TaskDelete, TaskExit};
use crate::bundle::{Bundle, Lock};
use crate::clock;
use crate::error::{Error, Kind, Result};
use crate::shim::client::Client;
use crate::shim::{binary, saved, saved_binary, start};
use crate::store::containers;
use crate::timestamp;

/// The status of a task when nobody can tell how it ended.
const UNKNOWN: u32 = 255;

/// Waits for the shim's connection to end, then buries what is left, if anything is.
pub(super) async fn watch(runtime: Weak<Runtime>, task: Arc<Task>) {
    tokio::select! {
        () = task.shim.closed() => {}
        // Deleted: a shim that holds other containers too lives on without this connection.
        _ = task.ended() => return,
    }
    let Some(runtime) = runtime.upgrade() else { return };
    let bundle = &task.shim.bundle;
    let end = match runtime.bury(bundle).await {
        Ok(Some(exit)) => End::Buried(exit),
        Ok(None) => End::Removed,
        Err(e) => {
            tracing::error!(namespace = bundle.namespace, id = bundle.id, "clean up after a dead shim: {e}");
            End::Removed
        }
    };
    task.end.send_replace(end);
}

impl Runtime {
    /// Cleans up after a dead shim and tells the world; `None` if the task is gone already. To its end, even if whoever
    /// found it dead goes away.
    pub(super) async fn bury(self: &Arc<Self>, bundle: &Bundle) -> Result<Option<Exit>> {
        let (runtime, bundle) = (self.clone(), bundle.clone());
        detached(async move { runtime.lay(&bundle).await }).await
    }

    async fn lay(self: &Arc<Self>, bundle: &Bundle) -> Result<Option<Exit>> {
        let guard = self.turns.lock(bundle).await?;
        // A new task of the same name is entered in the table under the lock that is ours now.
        if self.opened(bundle).is_none() {
            self.forget(bundle);
        }
        let Some(guard) = guard else { return Ok(None) };
        if self.opened(bundle).is_some() {
            return Ok(None);
        }
        let exit = self.clean(bundle).await;
        let (runtime, bundle, told) = (self.clone(), bundle.clone(), exit.clone());
        blocking(move || {
            let retired = bundle.retire(&guard);
            // Nothing comes between: what is told here nobody can tell later.
            runtime.announce(&bundle, &told);
            retired?.remove()
        })
        .await?;
        Ok(Some(exit))
    }

    /// Removes what was never finished: no client knows of it, so nobody is told.
    pub(super) async fn discard(&self, bundle: &Bundle, lock: &Lock) -> Result<()> {
        // Without this file no shim was started yet.
        if saved_binary(bundle)?.is_some() {
            self.clean(bundle).await;
        }
        bundle.delete(lock)
    }

    async fn clean(&self, bundle: &Bundle) -> Exit {
        let facts = match self.binary(bundle) {
            Ok(binary) => start::delete(&self.caller, &binary, bundle).await,
            Err(e) => Err(e),
        };
        let facts = facts.unwrap_or_else(|e| {
            tracing::warn!(namespace = bundle.namespace, id = bundle.id, "{e}");
            DeleteResponse { exit_status: UNKNOWN, ..DeleteResponse::default() }
        });
        if let Ok(Some(reply)) = saved(bundle) {
            remove_socket(&reply.address).await;
        }
        let at = facts.exited_at.unwrap_or_else(|| timestamp::to_proto(clock::now()));
        Exit { pid: facts.pid, status: facts.exit_status, at: Some(at) }
    }

    /// Which binary cleans up here: the one that was started, else the container's runtime's.
    fn binary(&self, bundle: &Bundle) -> Result<std::path::PathBuf> {
        if let Some(binary) = saved_binary(bundle)? {
            return Ok(binary);
        }
        let container = self.store.read(|c| containers::get(c, &bundle.namespace, &bundle.id))?;
        binary::resolve(&container.runtime.unwrap_or_default().name)
            .map_err(|e: Error| e.context(format!("find the shim of {}", bundle.id)))
    }

    fn announce(&self, bundle: &Bundle, exit: &Exit) {
        let id = || bundle.id.clone();
        let exited = TaskExit {
            container_id: id(),
            id: id(),
            pid: exit.pid,
            exit_status: exit.status,
            exited_at: exit.at,
        };
        let deleted = TaskDelete {
            container_id: id(),
            pid: exit.pid,
            exit_status: exit.status,
            exited_at: exit.at,
            ..TaskDelete::default()
        };
        // Only a malformed topic is refused, and these are not.
        _ = self.events.publish(&bundle.namespace, "/tasks/exit", &exited);
        _ = self.events.publish(&bundle.namespace, "/tasks/delete", &deleted);
    }
}

/// Removes a dead shim's socket, which not every shim's `delete` does. One that answers belongs to
/// another shim of the same group.
async fn remove_socket(address: &str) {
    let Some(path) = address.strip_prefix("unix://") else { return };
    if let Err(e) = Client::connect(address).await
        && e.kind == Kind::NotFound
    {
        // It may be gone already.
        _ = std::fs::remove_file(path);
    }
}
