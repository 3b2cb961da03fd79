//! Tasks: the running side of containers. A task is what its bundle and its shim say it is.
//!
//! Nothing that is true lives here alone: the table below holds open connections and no facts, so
//! that the same code serves in a server, which keeps the connections and notices when one ends,
//! and in a command without a server, which connects, does its work and leaves.
//!
//! A bundle's lock says who is making, removing or burying a task; two of them never meet.

mod bury;
mod checkpoint;
mod create;
mod delete;
pub(crate) mod options;
mod parents;
mod patience;
mod process;
mod recover;
#[cfg(test)]
mod tests;
pub(crate) mod turn;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use ctrd_shim::bootstrap::Reply;
use prost_types::Timestamp;
use tokio::sync::watch;

use crate::bundle::{Bundle, Bundles};
use crate::classes::Classes;
use crate::error::{Error, Kind, Result};
use crate::events::Exchange;
use crate::sandbox;
use crate::shim::start::Caller;
use crate::shim::{self, Shim, log};
use crate::store::{Store, namespaces};
use crate::until;

pub use checkpoint::Saved;
use parents::Parents;
pub use process::ProcessId;
use turn::Turns;

/// The keeper of tasks. One in a process.
pub struct Runtime {
    bundles: Bundles,
    /// Those of sandboxes, whose shims their containers join.
    pods: Bundles,
    caller: Caller,
    /// Where the runtime below a shim keeps its state, unless a client names another place.
    runtime_root: PathBuf,
    store: Arc<Store>,
    events: Exchange,
    /// What the classes that containers name mean; none before the plugin that reads them has begun.
    classes: OnceLock<Classes>,
    /// The groups above those of containers, where a server keeps them.
    parents: OnceLock<Arc<Parents>>,
    open: Mutex<HashMap<(String, String), Arc<Task>>>,
    turns: Turns,
}

/// A task whose shim is connected.
pub struct Task {
    pub shim: Shim,
    end: watch::Sender<End>,
    /// Whether its shim has not answered in time the last time.
    silent: AtomicBool,
}

/// What became of a task whose shim went away.
#[derive(Debug, Clone, PartialEq)]
enum End {
    /// It did not.
    Alive,
    Buried(Exit),
    /// Somebody else removed the task.
    Removed,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Exit {
    pub pid: u32,
    pub status: u32,
    pub at: Option<Timestamp>,
}

/// What is found under a name.
enum Found {
    Live(Arc<Task>),
    /// Its shim was dead, and it has been buried just now.
    Dead(Exit),
}

impl Runtime {
    /// `caller` is what shims are told of the server of these tasks, which listens now or later.
    pub fn new(
        state: PathBuf,
        root: PathBuf,
        caller: Caller,
        store: Arc<Store>,
        events: Exchange,
    ) -> Arc<Runtime> {
        Arc::new(Runtime {
            bundles: Bundles::new(&state, &root),
            pods: Bundles::below(sandbox::HOME, &state, &root),
            caller,
            runtime_root: state.join("ocirun"),
            store,
            events,
            classes: OnceLock::new(),
            parents: OnceLock::new(),
            open: Mutex::default(),
            turns: Turns::default(),
        })
    }

    /// Sets the classes; those that were set first stay.
    pub fn set_classes(&self, classes: Classes) {
        let _ = self.classes.set(classes);
    }

    /// Has the groups above those of containers stay, until the caller releases them.
    pub fn keep_parents(&self) -> Arc<Parents> {
        let kept = || {
            // Where they cannot be listed the runtime makes and removes them.
            let namespaces = self.store.read(namespaces::list).unwrap_or_default();
            Arc::new(Parents::new(namespaces.into_iter().map(|(name, _)| name)))
        };
        self.parents.get_or_init(kept).clone()
    }

    /// What shims are told about this ctrd.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The namespaces that have, or had, tasks.
    pub fn namespaces(&self) -> Result<Vec<String>> {
        self.bundles.namespaces()
    }

    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The connected task of that name; one that has ended, or never was, is not found.
    pub async fn get(self: &Arc<Self>, namespace: &str, id: &str) -> Result<Arc<Task>> {
        match self.find(namespace, id).await? {
            Found::Live(task) => Ok(task),
            Found::Dead(_) => Err(not_found(id)),
        }
    }

    async fn find(self: &Arc<Self>, namespace: &str, id: &str) -> Result<Found> {
        let bundle = self.bundles.get(namespace, id)?;
        if let Some(task) = self.opened(&bundle) {
            return Ok(Found::Live(task));
        }
        if !bundle.exists() {
            return Err(not_found(id));
        }
        let Some(reply) = shim::saved(&bundle)? else {
            // Being made by somebody, or what a crash left of that.
            return match self.turns.try_lock(&bundle).await? {
                Some(lock) if !shim::is_saved(&bundle) => {
                    self.discard(&bundle, &lock).await?;
                    Err(not_found(id))
                }
                _ => Err(not_found(id)),
            };
        };
        match self.join(&bundle, &reply).await {
            Ok(task) => Ok(Found::Live(task)),
            Err(e) if e.kind == Kind::NotFound => match self.bury(&bundle).await? {
                Some(exit) => Ok(Found::Dead(exit)),
                None => Err(not_found(id)),
            },
            Err(e) => Err(e),
        }
    }

    /// Connects to a shim, and enters its task into the table; one that is dead is not found.
    async fn join(self: &Arc<Self>, bundle: &Bundle, reply: &Reply) -> Result<Arc<Task>> {
        let log = log::copy(&bundle.log(), &bundle.namespace, &bundle.id).ok();
        match Shim::connect(bundle, reply, log).await {
            Ok(shim) => Ok(self.adopt(shim)),
            Err(e) if e.kind == Kind::NotFound => Err(e),
            Err(e) => Err(e.context(format!("task {}", bundle.id))),
        }
    }

    /// Enters a connected shim into the table and watches over it.
    fn adopt(self: &Arc<Self>, shim: Shim) -> Arc<Task> {
        let key = key(&shim.bundle);
        let mut open = self.table();
        // Two may have connected at once: one connection is enough.
        if let Some(task) = open.get(&key).filter(|task| !task.shim.is_closed()) {
            return task.clone();
        }
        let task =
            Arc::new(Task { shim, end: watch::Sender::new(End::Alive), silent: AtomicBool::new(false) });
        open.insert(key, task.clone());
        drop(open);
        tokio::spawn(bury::watch(Arc::downgrade(self), task.clone()));
        task
    }

    fn opened(&self, bundle: &Bundle) -> Option<Arc<Task>> {
        self.table().get(&key(bundle)).filter(|task| !task.shim.is_closed()).cloned()
    }

    fn forget(&self, bundle: &Bundle) -> Option<Arc<Task>> {
        self.table().remove(&key(bundle))
    }

    fn table(&self) -> MutexGuard<'_, HashMap<(String, String), Arc<Task>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    /// How the task ended, once its shim is gone; `None` when somebody else removed it.
    async fn ended(&self) -> Option<Exit> {
        let mut end = self.end.subscribe();
        match end.wait_for(|end| *end != End::Alive).await.as_deref() {
            Ok(End::Buried(exit)) => Some(exit.clone()),
            _ => None,
        }
    }
}

/// How long calls to a shim may take, beside those that the configuration says. A shim that hangs must
/// not hang its callers.
mod deadline {
    use super::Duration;

    /// Creating and starting run the container's hooks.
    pub const CREATE: Duration = Duration::from_secs(120);
    pub const START: Duration = Duration::from_secs(120);
    /// Deleting waits for output to drain.
    pub const DELETE: Duration = Duration::from_secs(60);
    pub const CHANGE: Duration = Duration::from_secs(30);
    /// The shim itself gives up a runtime that is stuck before that.
    pub const KILL: Duration = Duration::from_secs(10);
    pub const EXIT: Duration = Duration::from_millis(250);
    pub const CHECKPOINT: Duration = Duration::from_secs(600);
}

fn key(bundle: &Bundle) -> (String, String) {
    (bundle.namespace.clone(), bundle.id.clone())
}

fn not_found(id: &str) -> Error {
    Error::not_found(format!("task {id} not found"))
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    finished(tokio::task::spawn_blocking(f)).await
}

/// Runs to its end even if the caller goes away: what is half made has to be made or unmade.
async fn detached<T: Send + 'static>(f: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    finished(tokio::spawn(carried(f))).await
}

/// Work of the current call, for as long as its caller waits and on its timeline, in a task of its own.
fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    until::carried(crate::trace::carried(work))
}

async fn finished<T>(task: tokio::task::JoinHandle<Result<T>>) -> Result<T> {
    task.await.unwrap_or_else(|e| Err(Error::unknown(format!("internal fault: {e}"))))
}
