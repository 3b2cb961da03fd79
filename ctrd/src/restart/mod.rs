//! The restart monitor: containers that say so by [`labels`] run again when they ended, or are ended.
//!
//! Each is looked after by itself, as [`working`] says: one whose runtime or shim hangs holds up no other.

mod labels;
mod working;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::api::containers::Container;
use crate::api::task::Status;
use crate::api::tasks::CreateTaskRequest;
use crate::error::{Error, Kind, Result};
use crate::service::{blocking, message};
use crate::snapshot::Snapshotter;
use crate::store::{Store, containers, namespaces};
use crate::task::{ProcessId, Runtime};

pub use labels::{COUNT, LOG, POLICY, STATUS, STOPPED, check};
use labels::{Change, RESTARTING, change, is_pending, is_revived};
pub use working::Working;

const SIGKILL: u32 = 9;

/// How long a killed task may take to end before it is left for the next time.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the monitor works with.
#[derive(Clone)]
pub struct Monitor {
    pub store: Arc<Store>,
    pub tasks: Arc<Runtime>,
    pub snapshotters: Arc<BTreeMap<&'static str, Snapshotter>>,
    pub interval: Duration,
    pub working: Working,
}

impl Monitor {
    /// Looks again and again, until the server ends. One that `goes_on` where another left off that nobody
    /// needed is no new server for what was stopped on purpose.
    pub async fn run(self, goes_on: bool) {
        if !goes_on && let Err(e) = self.revive().await {
            tracing::warn!("look for what is to be started: {e}");
        }
        loop {
            if let Err(e) = self.look().await {
                tracing::warn!("look for what is to be restarted: {e}");
            }
            tokio::time::sleep(self.interval).await;
        }
    }

    /// Whether there is a container that is to be started or ended, now or when it has ended: without a
    /// server nobody does. What cannot be read may be one.
    pub async fn is_needed(&self) -> bool {
        // What is being started has no task for a moment.
        let Some(before) = self.working.rests() else { return true };
        let Ok(watched) = self.watched().await else { return true };
        for (ns, container) in watched {
            match self.state(&ns, &container.id).await {
                Ok(state) if !is_pending(&container.labels, state) => {}
                _ => return true,
            }
        }
        self.working.rests() != Some(before)
    }

    /// The state of a container's task and its exit status; `None`: there is no task.
    async fn state(&self, ns: &str, id: &str) -> Result<Option<(Status, u32)>> {
        match self.tasks.state(process(ns, id)).await {
            // The two enumerations have the same numbers.
            Ok(state) => {
                Ok(Some((Status::try_from(state.status).unwrap_or(Status::Unknown), state.exit_status)))
            }
            Err(e) if e.kind == Kind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// What is always to run and was stopped on purpose runs again with a new server, as in docker.
    async fn revive(&self) -> Result<()> {
        for (ns, container) in self.watched().await?.into_iter().filter(|(_, one)| is_revived(&one.labels)) {
            let (store, mut wanted) = (self.store.clone(), container);
            wanted.labels.insert(STATUS.into(), "running".into());
            wanted.labels.remove(STOPPED);
            let paths = [STATUS, STOPPED].map(|key| format!("labels.{key}"));
            blocking(move || store.write(|tx| containers::update(tx, &ns, wanted, &paths))).await?;
        }
        Ok(())
    }

    /// The containers that have something to say to the monitor, with their namespaces.
    async fn watched(&self) -> Result<Vec<(String, Container)>> {
        let store = self.store.clone();
        blocking(move || {
            store.read(|c| {
                let mut watched = Vec::new();
                for (ns, _) in namespaces::list(c)? {
                    let found = containers::list(c, &ns, |one| one.labels.contains_key(STATUS))?;
                    watched.extend(found.into_iter().map(|container| (ns.clone(), container)));
                }
                Ok(watched)
            })
        })
        .await
    }

    /// Looks after all of them, but for those that it is still at since the last time. Waits for none.
    async fn look(&self) -> Result<()> {
        for (ns, container) in self.watched().await? {
            let monitor = self.clone();
            self.working.begin((ns.clone(), container.id.clone()), async move {
                if let Err(e) = monitor.mend(&ns, &container).await {
                    tracing::warn!(namespace = ns, id = container.id, "restart: {e}");
                }
            });
        }
        Ok(())
    }

    async fn mend(&self, ns: &str, container: &Container) -> Result<()> {
        let state = self.state(ns, &container.id).await?;
        // Its shim does not answer: whether it runs is not known, and it could not be ended either.
        if state.is_some_and(|(status, _)| status == Status::Unknown) {
            return Ok(());
        }
        let wanted = change(&container.labels, state)?;
        let changing = (wanted != Change::None).then(|| self.working.changing());
        if changing.is_some() {
            // Somebody may have changed their mind since it was read.
            let (store, namespace, id) = (self.store.clone(), ns.to_string(), container.id.clone());
            let now = blocking(move || store.read(|c| containers::get(c, &namespace, &id))).await?;
            if now.labels != container.labels {
                return Ok(());
            }
        }
        match wanted {
            Change::None => Ok(()),
            Change::Stop => self.end(ns, &container.id).await,
            Change::Start(count) => self.start(ns, container, count).await,
        }
    }

    async fn start(&self, ns: &str, container: &Container, count: u64) -> Result<()> {
        // First of all, for with its task goes what is known of its end.
        self.label(ns, container, &[(COUNT, &count.to_string()), (RESTARTING, "true")]).await?;
        let started = self.again(ns, container).await;
        let done = self.label(ns, container, &[(RESTARTING, "")]).await;
        started.and(done)?;
        tracing::info!(namespace = ns, id = container.id, count, "restarted");
        Ok(())
    }

    /// Sets labels, and removes those that are empty.
    async fn label(&self, ns: &str, container: &Container, labels: &[(&str, &str)]) -> Result<()> {
        let (store, namespace, mut wanted) = (self.store.clone(), ns.to_string(), container.clone());
        for (key, value) in labels {
            wanted.labels.remove(*key);
            wanted.labels.extend((!value.is_empty()).then(|| (key.to_string(), value.to_string())));
        }
        let paths: Vec<_> = labels.iter().map(|(key, _)| format!("labels.{key}")).collect();
        blocking(move || store.write(|tx| containers::update(tx, &namespace, wanted, &paths))).await?;
        Ok(())
    }

    async fn again(&self, ns: &str, container: &Container) -> Result<()> {
        self.end(ns, &container.id).await?;
        let rootfs = match container.snapshot_key.as_str() {
            "" => Vec::new(),
            key => {
                let snapshotter =
                    self.snapshotters.get(container.snapshotter.as_str()).cloned().ok_or_else(|| {
                        Error::invalid(format!("snapshotter not loaded: {}", container.snapshotter))
                    })?;
                let (namespace, key) = (ns.to_string(), key.to_string());
                message::mounts(blocking(move || snapshotter.mounts(&namespace, &key)).await?)
            }
        };
        let terminal = terminal(container);
        let log = container.labels.get(LOG).cloned().unwrap_or_default();
        let request = CreateTaskRequest {
            container_id: container.id.clone(),
            rootfs,
            stderr: if terminal { String::new() } else { log.clone() },
            stdout: log,
            terminal,
            ..CreateTaskRequest::default()
        };
        self.tasks.create(ns, request, None).await?;
        if let Err(e) = self.tasks.start(process(ns, &container.id)).await {
            // The first error is the one to report.
            let _ = self.tasks.delete(ns, &container.id).await;
            return Err(e);
        }
        Ok(())
    }

    /// Ends and removes the task, if there is one.
    async fn end(&self, ns: &str, id: &str) -> Result<()> {
        let killed = self.tasks.kill(process(ns, id), SIGKILL, true).await;
        if killed.is_ok() {
            let ended = tokio::time::timeout(PATIENCE, self.tasks.wait(process(ns, id))).await;
            ended
                .map_err(|_| Error::new(Kind::DeadlineExceeded, "it does not end"))
                .and_then(|ended| ended)?;
        }
        match self.tasks.delete(ns, id).await {
            Err(e) if e.kind != Kind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

fn process<'a>(namespace: &'a str, id: &'a str) -> ProcessId<'a> {
    ProcessId { namespace, id, exec: "" }
}

fn terminal(container: &Container) -> bool {
    let spec = container.spec.as_ref().map_or(&[][..], |spec| &spec.value);
    serde_json::from_slice::<serde_json::Value>(spec)
        .is_ok_and(|spec| spec["process"]["terminal"].as_bool().unwrap_or_default())
}
