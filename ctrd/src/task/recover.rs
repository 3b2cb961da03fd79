//! What a server does about the tasks that it finds: it serves at once and looks after them
//! meanwhile, all at the same time. Live ones are adopted, dead ones buried, half-made ones
//! removed. Those whose shims hang are waited for beside all others, who do not wait for them.

use std::sync::Arc;

use ctrd_shim::api::task::{StateRequest, StateResponse};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{End, Found, Runtime, Task, blocking, delete, not_found};
use crate::bundle::Bundles;
use crate::error::{Kind, Result};
use crate::shim;

/// So many are buried or removed at a time: that takes two processes for a moment. Of those that live each has its
/// connection in any case, and takes nothing else.
const AT_ONCE: usize = 32;

impl Runtime {
    /// Looks after every task below the state folder. Whatever goes wrong with one is logged, and
    /// stops no other.
    pub async fn recover(self: &Arc<Self>) {
        let namespaces = self.bundles.namespaces().unwrap_or_else(|e| {
            tracing::error!("recover tasks: {e}");
            Vec::new()
        });
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let mut looking = JoinSet::new();
        for namespace in &namespaces {
            for id in self.bundles.ids(namespace).unwrap_or_default() {
                let (runtime, namespace, permits) = (self.clone(), namespace.clone(), permits.clone());
                looking.spawn(async move {
                    if let Err(e) = runtime.revive(&namespace, &id, &permits).await
                        && e.kind != Kind::NotFound
                    {
                        tracing::warn!(namespace, id, "recover task: {e}");
                    }
                });
            }
        }
        while looking.join_next().await.is_some() {}
        // Of thousands of files maybe, for which nobody waits.
        let all = [self.bundles.clone(), self.pods.clone()];
        if let Err(e) = blocking(move || all.iter().try_for_each(sweep)).await {
            tracing::warn!("remove leftovers: {e}");
        }
    }

    /// Adopts tasks that commands without a server start from now on, as their shims tell of them:
    /// a server is to notice when one of those shims dies, too.
    pub async fn follow(self: &Arc<Self>) {
        let Ok(mut started) = self.events.subscribe(&["topic==\"/tasks/start\""]) else { return };
        while let Some(envelope) = started.recv().await {
            let event = envelope.event.as_ref().map(|any| any.value.as_slice()).unwrap_or_default();
            if let Ok(start) = <crate::api::event::TaskStart as prost::Message>::decode(event) {
                let (runtime, namespace) = (self.clone(), envelope.namespace.clone());
                // One that cannot be found now is found when somebody asks for it; those that come next do not wait.
                tokio::spawn(async move { runtime.get(&namespace, &start.container_id).await.map(drop) });
            }
        }
    }

    async fn revive(self: &Arc<Self>, namespace: &str, id: &str, permits: &Semaphore) -> Result<()> {
        let bundle = self.bundles.get(namespace, id)?;
        let live = match shim::saved(&bundle)? {
            Some(reply) if self.opened(&bundle).is_none() => self.join(&bundle, &reply).await,
            _ => Err(not_found(id)),
        };
        let task = match live {
            Err(e) if e.kind == Kind::NotFound => {
                let _permit = permits.acquire().await;
                match self.find(namespace, id).await? {
                    Found::Live(task) => task,
                    Found::Dead(exit) => {
                        tracing::info!(
                            namespace,
                            id,
                            status = exit.status,
                            "buried a task whose shim was dead"
                        );
                        return Ok(());
                    }
                }
            }
            live => live?,
        };
        if self.has_container(&task).await? {
            return Ok(());
        }
        let _permit = permits.acquire().await;
        self.remove_unfinished(&task).await.map(drop)
    }

    /// Whether the shim has no container and nobody is about to create one: then its maker died,
    /// and the rest is removed.
    pub(super) async fn abandoned(&self, task: &Arc<Task>) -> Result<bool> {
        Ok(!self.has_container(task).await? && self.remove_unfinished(task).await?)
    }

    async fn has_container(&self, task: &Arc<Task>) -> Result<bool> {
        let request = StateRequest { id: task.shim.bundle.id.clone(), exec_id: String::new() };
        match task.shim.call::<_, StateResponse>("State", &request, Some(self.caller.limits.load)).await {
            Err(e) if e.kind == Kind::NotFound => Ok(false),
            answer => answer.map(|_| true),
        }
    }

    /// Removes a task without a container, unless somebody is about to create one; whether it is gone.
    async fn remove_unfinished(&self, task: &Arc<Task>) -> Result<bool> {
        let bundle = &task.shim.bundle;
        let _turn = self.turns.take(bundle).await;
        // Somebody else here has come to the same, and may have been followed by a new task of that name.
        if !self.opened(bundle).is_some_and(|now| Arc::ptr_eq(&now, task)) {
            return Ok(!bundle.exists());
        }
        let Some(lock) = self.turns.try_lock(bundle).await? else { return Ok(false) };
        // It may have been finished since it was asked; who holds the lock knows that nobody is at it.
        if self.has_container(task).await? {
            return Ok(false);
        }
        self.forget(bundle);
        task.end.send_replace(End::Removed);
        delete::shutdown(&task.shim, self.caller.limits.shutdown).await;
        self.discard(bundle, &lock).await?;
        Ok(true)
    }
}

fn sweep(bundles: &Bundles) -> Result<()> {
    for namespace in bundles.swept()? {
        if let Err(e) = bundles.sweep(&namespace) {
            tracing::warn!(namespace, "remove leftovers: {e}");
        }
    }
    Ok(())
}
