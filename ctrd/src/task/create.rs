//! Making a task: bundle, shim, container. All of it, or nothing is left.

use std::path::Path;
use std::sync::Arc;

use ctrd_shim::api::task::CreateTaskRequest;
use ctrd_shim::api::types::Mount;
use ctrd_shim::bootstrap::Reply;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use prost_types::Any;
use tokio::sync::oneshot;

use super::{End, Runtime, Saved, Task, blocking, carried, checkpoint, deadline, delete, options};
use crate::api::tasks::CreateTaskRequest as Request;
use crate::bundle::{Bundle, Lock, SANDBOX};
use crate::classes::Classes;
use crate::error::{Error, Kind, Result};
use crate::service::message;
use crate::shim::{self, Shim, binary, log, process, start};
use crate::snapshot;
use crate::store::containers;
use crate::until;

impl Runtime {
    /// Creates the task of a container that is on record, and returns its process id. One that is to
    /// go on from what was saved has none before its start. Of a caller who goes away before it is told of
    /// the task, none is left.
    pub async fn create(
        self: &Arc<Self>,
        namespace: &str,
        request: Request,
        saved: Option<Saved>,
    ) -> Result<u32> {
        let (runtime, namespace) = (self.clone(), namespace.to_string());
        let making = async move { runtime.make(&namespace, request, saved).await };
        // This, and not what may follow, is for as long as the caller waits.
        let making = carried(making);
        let (tell, told) = oneshot::channel();
        let (take, taken) = oneshot::channel();
        let runtime = self.clone();
        tokio::spawn(async move {
            match making.await {
                Err(e) => _ = tell.send(Err(e)),
                Ok((task, pid)) => {
                    if tell.send(Ok(pid)).is_err() || taken.await.is_err() {
                        runtime.take_back(&task).await;
                    }
                }
            }
        });
        let made = told.await.unwrap_or_else(|_| Err(Error::unknown("internal fault: no task was made")));
        // Nothing comes between this and the answer.
        _ = take.send(());
        made
    }

    /// Removes a task that nobody knows of. One that somebody has found and started meanwhile stays, and so does another
    /// one of the same name.
    async fn take_back(self: &Arc<Self>, task: &Arc<Task>) {
        let bundle = &task.shim.bundle;
        if self.opened(bundle).is_some_and(|now| Arc::ptr_eq(&now, task))
            && let Err(e) = self.delete(&bundle.namespace, &bundle.id).await
        {
            tracing::warn!(namespace = bundle.namespace, id = bundle.id, "take back a task: {e}");
        }
    }

    async fn make(
        self: &Arc<Self>,
        namespace: &str,
        request: Request,
        saved: Option<Saved>,
    ) -> Result<(Arc<Task>, u32)> {
        let container = self.store.read(|c| containers::get(c, namespace, &request.container_id))?;
        let bundle = self.bundles.get(namespace, &container.id)?;
        let spec = container
            .spec
            .ok_or_else(|| Error::invalid(format!("container {}: has no spec", container.id)))?;
        let recorded = container.runtime.unwrap_or_default();
        let name = [request.runtime_path.as_str(), recorded.name.as_str(), binary::DEFAULT]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or(binary::DEFAULT);
        let binary = binary::resolve(name)?;
        let options = request.options.clone().filter(|any| !any.type_url.is_empty()).or(recorded.options);
        let options = options::complete(options, &binary, &self.runtime_root);

        // What a crash left under this name is cleaned away by looking for it.
        match self.get(namespace, &bundle.id).await {
            Ok(task) if self.abandoned(&task).await.unwrap_or(false) => {}
            Ok(_) => return Err(Error::already_exists(format!("task {}: already exists", bundle.id))),
            Err(e) if e.kind == Kind::NotFound => {}
            Err(e) => return Err(e),
        }
        let pod = match container.sandbox.as_str() {
            "" => None,
            pod => Some(self.pod(namespace, pod)?),
        };
        let none = Classes::default();
        let spec = self
            .classes
            .get()
            .unwrap_or(&none)
            .apply(&spec.value)
            .map_err(|e| e.context(format!("container {}", bundle.id)))?;
        if let Some(parents) = self.parents.get() {
            parents.keep(namespace, &spec);
        }
        let lock = self.turns.make(&bundle, &spec).await?;
        let launched = async {
            message::mounts_from(request.rootfs.clone()).iter().for_each(snapshot::accept);
            let checkpoint = checkpoint::lay(&bundle, saved).await?;
            self.launch(&bundle, &binary, options, request, pod, checkpoint).await
        };
        match launched.await {
            Ok((shim, pid)) => {
                let task = self.adopt(shim);
                drop(lock);
                Ok((task, pid))
            }
            Err(e) => {
                let mut error = e;
                if let Err(also) = self.undo(&bundle, &lock, &binary).await {
                    error.message = format!("{error}; and then: {also}");
                }
                Err(error)
            }
        }
    }

    /// Where the shim of a sandbox serves, which holds the containers in it too.
    fn pod(&self, namespace: &str, id: &str) -> Result<(String, Reply)> {
        let reply = shim::saved(&self.pods.get(namespace, id)?)?;
        let reply = reply.ok_or_else(|| Error::not_found(format!("sandbox {id}: not found")))?;
        Ok((id.to_string(), reply))
    }

    async fn launch(
        &self,
        bundle: &Bundle,
        binary: &Path,
        options: Option<Any>,
        request: Request,
        pod: Option<(String, Reply)>,
        checkpoint: String,
    ) -> Result<(Shim, u32)> {
        shim::save_binary(bundle, binary)?;
        let log = log::copy(&bundle.log(), &bundle.namespace, &bundle.id)?;
        let reply = match pod {
            Some((pod, reply)) => {
                bundle.write(SANDBOX, pod.as_bytes(), 0o600)?;
                reply
            }
            None => start::start(&self.caller, binary, bundle, options.as_ref()).await?,
        };
        let shim = Shim::connect(bundle, &reply, Some(log)).await?;
        shim::save(bundle, &reply)?;
        let answer = shim
            .create(
                &CreateTaskRequest {
                    id: bundle.id.clone(),
                    bundle: bundle.path.to_string_lossy().into_owned(),
                    rootfs: request.rootfs.into_iter().map(mount).collect(),
                    terminal: request.terminal,
                    stdin: request.stdin,
                    stdout: request.stdout,
                    stderr: request.stderr,
                    checkpoint,
                    options,
                    ..CreateTaskRequest::default()
                },
                until::within(deadline::CREATE),
            )
            .await?;
        if shim.version() != reply.version {
            // Found out while creating: the next who connects need not ask again.
            shim::save(bundle, &Reply { version: shim.version(), ..reply })?;
        }
        Ok((shim, answer.pid))
    }

    /// Takes back a task that failed on its way.
    async fn undo(&self, bundle: &Bundle, lock: &Lock, binary: &Path) -> Result<()> {
        let left = match shim::saved(bundle)? {
            Some(reply) => {
                if let Ok(shim) = Shim::connect(bundle, &reply, None).await {
                    delete::shutdown(&shim, self.caller.limits.shutdown).await;
                }
                true
            }
            // It may run all the same, and not have said where in words that are understood.
            None => self.end_mute(bundle).await,
        };
        // Its answer tells how the container ended, which never began.
        if left && let Err(e) = start::delete(&self.caller, binary, bundle).await {
            tracing::warn!(namespace = bundle.namespace, id = bundle.id, "{e}");
        }
        // Whoever has looked meanwhile may have found the shim, and it may stay for a while.
        if let Some(task) = self.forget(bundle) {
            task.end.send_replace(End::Removed);
        }
        bundle.delete(lock)
    }

    /// Kills the shim that was started for the bundle and cannot be asked to end; whether there is one.
    async fn end_mute(&self, bundle: &Bundle) -> bool {
        let (bundles, bundle) = (self.bundles.clone(), bundle.clone());
        let end = blocking(move || {
            let shim = process::find(&bundles, &bundle);
            let killed = shim.map(|shim| kill(Pid::from_raw(shim.pid.cast_signed()), Signal::SIGKILL));
            Ok(killed.is_some_and(|killed| killed.is_ok()))
        });
        end.await.unwrap_or_default()
    }
}

fn mount(mount: crate::api::types::Mount) -> Mount {
    Mount { r#type: mount.r#type, source: mount.source, target: mount.target, options: mount.options }
}
