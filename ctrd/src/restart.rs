//! The restart monitor: containers that say so by labels run again when they ended, or are ended.
//!
//! ```text
//! containerd.io/restart.status               running | stopped: what is wanted; without it nothing is done
//! containerd.io/restart.policy               no | always | on-failure[:N] | unless-stopped; else always
//! containerd.io/restart.count                how often it was started again
//! containerd.io/restart.loguri               where its output goes
//! containerd.io/restart.explicitly-stopped   true: somebody stopped it on purpose
//! io.containerd.ctrd.restarting              true: its task is gone since it is being started again
//! ```

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::api::containers::Container;
use crate::api::task::Status;
use crate::api::tasks::CreateTaskRequest;
use crate::error::{Error, Kind, Result};
use crate::service::{blocking, message};
use crate::snapshot::Snapshotter;
use crate::store::{Store, containers, namespaces};
use crate::task::{ProcessId, Runtime};

pub const STATUS: &str = "containerd.io/restart.status";
pub const POLICY: &str = "containerd.io/restart.policy";
pub const COUNT: &str = "containerd.io/restart.count";
pub const LOG: &str = "containerd.io/restart.loguri";
pub const STOPPED: &str = "containerd.io/restart.explicitly-stopped";
const RESTARTING: &str = "io.containerd.ctrd.restarting";

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
    /// Held while it looks and mends.
    pub working: Arc<Mutex<()>>,
}

/// What is to be done with a container.
#[derive(Debug, PartialEq)]
enum Change {
    None,
    Stop,
    /// Start it, the so manieth time.
    Start(u64),
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
        let _turn = self.working.lock().await;
        let Ok(watched) = self.watched().await else { return true };
        for (ns, container) in watched {
            match self.state(&ns, &container.id).await {
                Ok(state) if !is_pending(&container.labels, state) => {}
                _ => return true,
            }
        }
        false
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

    async fn look(&self) -> Result<()> {
        let _turn = self.working.lock().await;
        let watched = self.watched().await?;
        let mut all = JoinSet::new();
        for (ns, container) in watched {
            let monitor = self.clone();
            all.spawn(async move {
                if let Err(e) = monitor.mend(&ns, &container).await {
                    tracing::warn!(namespace = ns, id = container.id, "restart: {e}");
                }
            });
        }
        while all.join_next().await.is_some() {}
        Ok(())
    }

    async fn mend(&self, ns: &str, container: &Container) -> Result<()> {
        let state = self.state(ns, &container.id).await?;
        // Its shim does not answer: whether it runs is not known, and it could not be ended either.
        if state.is_some_and(|(status, _)| status == Status::Unknown) {
            return Ok(());
        }
        let wanted = change(&container.labels, state)?;
        if wanted != Change::None {
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

fn is_true(label: Option<&String>) -> bool {
    label.is_some_and(|text| matches!(text.as_str(), "true" | "1" | "t" | "T" | "TRUE" | "True"))
}

fn is_revived(labels: &HashMap<String, String>) -> bool {
    let is = |key: &str, value: &str| labels.get(key).is_some_and(|text| text == value);
    is(POLICY, "always") && is(STATUS, "stopped") && is_true(labels.get(STOPPED))
}

/// Whether there is such a policy, and why not.
pub fn check(policy: &str) -> Result<()> {
    match policy.split_once(':') {
        Some(("on-failure", most)) if most.parse::<u64>().is_ok_and(|most| most > 0) => Ok(()),
        None if matches!(policy, "no" | "always" | "on-failure" | "unless-stopped") => Ok(()),
        _ => Err(Error::invalid("must be no, always, on-failure, on-failure:TIMES or unless-stopped")),
    }
}

/// What the labels want of a task that is in this state, with this exit status; `None`: there is none.
fn change(labels: &HashMap<String, String>, state: Option<(Status, u32)>) -> Result<Change> {
    let label = |key: &str| labels.get(key).map(String::as_str).unwrap_or_default();
    let count: u64 = match label(COUNT) {
        "" => 0,
        text => {
            text.parse().map_err(|_| Error::invalid(format!("label {COUNT}: {text:.100?} is no number")))?
        }
    };
    let (status, exit) = state.unwrap_or((Status::Unknown, 0));
    // A server that ended meanwhile has counted this start.
    let resumed = state.is_none() && is_true(labels.get(RESTARTING));
    match label(STATUS) {
        "stopped" if state.is_some() && status != Status::Stopped => return Ok(Change::Stop),
        "running" if !matches!(status, Status::Running | Status::Paused | Status::Pausing) => {}
        _ => return Ok(Change::None),
    }
    let (policy, most) = match label(POLICY).split_once(':') {
        None => (label(POLICY), 0),
        Some((policy @ "on-failure", most)) => {
            let bad = |_| Error::invalid(format!("label {POLICY}: {most:.100?} is no number"));
            (policy, most.parse::<u64>().map_err(bad)?)
        }
        Some(_) => return Err(Error::invalid(format!("label {POLICY}: {:.100?}", label(POLICY)))),
    };
    let again = match policy {
        "" | "always" => true,
        "no" => false,
        "on-failure" => resumed || (exit != 0 && (most == 0 || count < most)),
        "unless-stopped" => !is_true(labels.get(STOPPED)),
        _ => return Err(Error::invalid(format!("label {POLICY}: {policy:.100?} is not supported"))),
    };
    let count = if resumed { count } else { count + 1 };
    Ok(if again { Change::Start(count) } else { Change::None })
}

/// Whether something is to be done about this task, or may be when it ends: whatever its exit status is then.
fn is_pending(labels: &HashMap<String, String>, state: Option<(Status, u32)>) -> bool {
    match (change(labels, state), state) {
        // It waits for other labels.
        (Err(_), _) | (Ok(Change::None), None | Some((Status::Stopped, _))) => false,
        (Ok(Change::None), Some(_)) => [0, 1]
            .iter()
            .any(|exit| matches!(change(labels, Some((Status::Stopped, *exit))), Ok(Change::Start(_)))),
        (Ok(_), _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies() {
        for good in ["no", "always", "on-failure", "on-failure:3", "unless-stopped"] {
            check(good).unwrap();
        }
        for bad in ["", "on-failure:", "on-failure:0", "on-failure:x", "always:1", "sometimes"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_new_server_starts() {
        for (labels, expected) in [
            (&[(POLICY, "always"), (STATUS, "stopped"), (STOPPED, "true")][..], true),
            (&[(POLICY, "unless-stopped"), (STATUS, "stopped"), (STOPPED, "true")], false),
            (&[(POLICY, "always"), (STATUS, "stopped")], false),
            (&[(POLICY, "always"), (STATUS, "running"), (STOPPED, "true")], false),
            (&[(STATUS, "stopped"), (STOPPED, "true")], false),
        ] {
            let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(is_revived(&map), expected, "{labels:?}");
        }
    }

    #[test]
    fn whom_a_server_stays_for() {
        let (running, ended) = (Some((Status::Running, 0)), |exit| Some((Status::Stopped, exit)));
        for (labels, state, expected) in [
            (&[][..], running, false),
            (&[(STATUS, "running")], running, true),
            (&[(STATUS, "running")], Some((Status::Paused, 0)), true),
            // It waits for its next start.
            (&[(STATUS, "running"), (POLICY, "always")], ended(1), true),
            (&[(STATUS, "running"), (POLICY, "always")], None, true),
            (&[(STATUS, "running"), (POLICY, "unless-stopped")], running, true),
            (&[(STATUS, "running"), (POLICY, "unless-stopped"), (STOPPED, "true")], running, false),
            (&[(STATUS, "running"), (POLICY, "no")], running, false),
            (&[(STATUS, "running"), (POLICY, "on-failure")], running, true),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(0), false),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(1), true),
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "1")], ended(1), true),
            // Its count is used up: however it ends, that is the end.
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], running, false),
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], ended(1), false),
            (&[(STATUS, "stopped"), (STOPPED, "true")], running, true),
            (&[(STATUS, "stopped"), (STOPPED, "true")], ended(0), false),
            (&[(STATUS, "stopped"), (STOPPED, "true")], None, false),
            (&[(STATUS, "running"), (POLICY, "sometimes")], ended(1), false),
            (&[(STATUS, "running")], Some((Status::Unknown, 0)), true),
        ] {
            let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(is_pending(&map, state), expected, "{labels:?} {state:?}");
        }
    }

    #[test]
    fn what_the_labels_want() {
        let ended = |status| Some((Status::Stopped, status));
        let running = Some((Status::Running, 0));
        for (labels, state, expected) in [
            (&[][..], None, Some(Change::None)),
            (&[(STATUS, "running")], running, Some(Change::None)),
            (&[(STATUS, "running")], Some((Status::Paused, 0)), Some(Change::None)),
            (&[(STATUS, "running")], ended(0), Some(Change::Start(1))),
            (&[(STATUS, "running")], None, Some(Change::Start(1))),
            (&[(STATUS, "running"), (COUNT, "4"), (POLICY, "always")], ended(1), Some(Change::Start(5))),
            (&[(STATUS, "running"), (POLICY, "no")], ended(1), Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(0), Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(3), Some(Change::Start(1))),
            (
                &[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "1")],
                ended(3),
                Some(Change::Start(2)),
            ),
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], ended(3), Some(Change::None)),
            // A server ended while it started it again.
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], None, Some(Change::None)),
            (
                &[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2"), (RESTARTING, "true")],
                None,
                Some(Change::Start(2)),
            ),
            (
                &[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2"), (RESTARTING, "true")],
                ended(3),
                Some(Change::None),
            ),
            (&[(STATUS, "running"), (COUNT, "2"), (RESTARTING, "true")], None, Some(Change::Start(2))),
            (&[(STATUS, "running"), (POLICY, "no"), (RESTARTING, "true")], None, Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "unless-stopped")], ended(0), Some(Change::Start(1))),
            (
                &[(STATUS, "running"), (POLICY, "unless-stopped"), (STOPPED, "true")],
                ended(0),
                Some(Change::None),
            ),
            (&[(STATUS, "stopped")], running, Some(Change::Stop)),
            (&[(STATUS, "stopped")], ended(0), Some(Change::None)),
            (&[(STATUS, "stopped")], None, Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "always:3")], ended(0), None),
            (&[(STATUS, "running"), (POLICY, "sometimes")], ended(0), None),
            (&[(STATUS, "running"), (POLICY, "on-failure:x")], ended(1), None),
            (&[(STATUS, "running"), (COUNT, "x")], ended(1), None),
        ] {
            let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(change(&map, state).ok(), expected, "{labels:?} {state:?}");
        }
    }
}
