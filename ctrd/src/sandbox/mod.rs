//! Sandboxes that live in shims: a pod's shim holds its namespaces, and its containers join it.
//!
//! ```text
//! <state>/io.containerd.sandbox.controller.v1.shim/<namespace>/<id>/   a bundle as a task has it
//! ```
//!
//! As with tasks, what is true stands in the bundle; open connections are all that is kept here.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ctrd_shim::api::sandbox as shim_api;
use ctrd_shim::api::types::{Metric, Mount, Platform};
use prost_types::Any;

use crate::api::types::{self, Sandbox};
use crate::bundle::{Bundle, Bundles, Lock};
use crate::error::{Error, Kind, Result};
use crate::shim::start::Caller;
use crate::shim::{self, Shim, binary, log, saved_binary, start};
use crate::store::{Store, sandboxes};
use crate::task::options;
use crate::task::turn::Turns;

/// The folder's name below state and root.
pub const HOME: &str = "io.containerd.sandbox.controller.v1.shim";

/// How long a shim may take; making and starting run hooks, stopping has its own time on top.
const LAUNCH: Duration = Duration::from_secs(120);
const CALL: Duration = Duration::from_secs(10);
/// Those that list sandboxes wait for it.
const STATUS: Duration = Duration::from_secs(2);
const STOP: Duration = Duration::from_secs(30);

/// What a sandbox is made of beside its record.
#[derive(Default)]
pub struct Create {
    pub rootfs: Vec<types::Mount>,
    pub options: Option<Any>,
    pub netns_path: String,
    pub annotations: HashMap<String, String>,
}

/// The keeper of sandboxes.
pub struct Controller {
    bundles: Bundles,
    caller: Caller,
    /// Where the runtime below a shim keeps its state, unless a client names another place.
    runtime_root: PathBuf,
    store: Arc<Store>,
    open: Mutex<HashMap<(String, String), Arc<Shim>>>,
    turns: Turns,
}

impl Controller {
    pub fn new(state: &Path, root: &Path, caller: Caller, store: Arc<Store>) -> Controller {
        Controller {
            bundles: Bundles::below(HOME, state, root),
            caller,
            runtime_root: state.join("ocirun"),
            store,
            open: Mutex::default(),
            turns: Turns::default(),
        }
    }

    /// The record of a sandbox: the one that came with the call, or the one that is kept.
    pub fn record(&self, ns: &str, id: &str, given: Option<Sandbox>) -> Result<Sandbox> {
        match given {
            Some(sandbox) => Ok(sandbox),
            None => self.store.read(|c| sandboxes::get(c, ns, id)),
        }
    }

    /// Starts the shim of a sandbox and has it make the sandbox. All of it, or nothing is left.
    pub async fn create(&self, ns: &str, sandbox: Sandbox, create: Create) -> Result<()> {
        let id = sandbox.sandbox_id.clone();
        let bundle = self.bundles.get(ns, &id)?;
        match self.get(ns, &id).await {
            Ok(_) => {
                return Err(Error::already_exists(format!("sandbox {id} already running: already exists")));
            }
            Err(e) if e.kind == Kind::NotFound => {}
            Err(e) => return Err(e),
        }
        let runtime = sandbox.runtime.unwrap_or_default();
        let name = if runtime.name.is_empty() { binary::DEFAULT } else { &runtime.name };
        let binary = binary::resolve(name)?;
        let options = options::complete(runtime.options, &binary, &self.runtime_root);
        let spec = sandbox.spec.map(|spec| spec.value).unwrap_or_default();
        let lock = self.turns.make(&bundle, &spec).await?;
        match self.launch(&bundle, &binary, options, create).await {
            Ok(shim) => {
                self.table().insert(key(&bundle), Arc::new(shim));
                Ok(())
            }
            Err(e) => {
                let e = e.context(format!("create sandbox {id}"));
                match self.clear(&bundle, &lock).await {
                    Ok(()) => Err(e),
                    Err(also) => Err(Error { message: format!("{e}; and then: {also}"), ..e }),
                }
            }
        }
    }

    async fn launch(
        &self,
        bundle: &Bundle,
        binary: &Path,
        options: Option<Any>,
        create: Create,
    ) -> Result<Shim> {
        shim::save_binary(bundle, binary)?;
        let log = log::copy(&bundle.log(), &bundle.namespace, &bundle.id)?;
        let reply = start::start(&self.caller, binary, bundle, options.as_ref()).await?;
        let shim = Shim::connect(bundle, &reply, Some(log)).await?;
        shim::save(bundle, &reply)?;
        let request = shim_api::CreateSandboxRequest {
            sandbox_id: bundle.id.clone(),
            bundle_path: bundle.path.to_string_lossy().into_owned(),
            rootfs: create.rootfs.into_iter().map(mount).collect(),
            options: create.options,
            netns_path: create.netns_path,
            annotations: create.annotations,
        };
        shim.sandbox::<_, ()>("CreateSandbox", &request, Some(LAUNCH)).await?;
        Ok(shim)
    }

    /// Starts a sandbox that was made; one that cannot be started is gone.
    pub async fn start(&self, ns: &str, id: &str) -> Result<(shim_api::StartSandboxResponse, String, u32)> {
        let shim = self.get(ns, id).await?;
        match shim.sandbox("StartSandbox", &named(id), Some(LAUNCH)).await {
            Ok(answer) => {
                let (address, version) = endpoint(&shim)?;
                Ok((answer, address, version))
            }
            Err(e) => {
                let e: Error = e.context(format!("start sandbox {id}"));
                let bundle = &shim.bundle;
                if let Some(lock) = self.turns.try_lock(bundle).await? {
                    self.clear(bundle, &lock).await?;
                }
                Err(e)
            }
        }
    }

    pub async fn platform(&self, ns: &str, id: &str) -> Result<Platform> {
        let shim = self.get(ns, id).await?;
        let answer: shim_api::PlatformResponse = shim.sandbox("Platform", &named(id), Some(CALL)).await?;
        Ok(answer.platform.unwrap_or_default())
    }

    /// Ends what the sandbox runs, gently for so many seconds. One that is gone has been ended.
    pub async fn stop(&self, ns: &str, id: &str, seconds: u32) -> Result<()> {
        let shim = match self.get(ns, id).await {
            Err(e) if e.kind == Kind::NotFound => return Ok(()),
            shim => shim?,
        };
        let request = shim_api::StopSandboxRequest { sandbox_id: id.into(), timeout_secs: seconds };
        let deadline = STOP + Duration::from_secs(seconds.into());
        match shim.sandbox::<_, ()>("StopSandbox", &request, Some(deadline)).await {
            Err(e) if !matches!(e.kind, Kind::NotFound | Kind::Unavailable) => {
                Err(e.context(format!("stop sandbox {id}")))
            }
            _ => Ok(()),
        }
    }

    /// Waits for its end, however long that takes.
    pub async fn wait(&self, ns: &str, id: &str) -> Result<shim_api::WaitSandboxResponse> {
        let shim = self.get(ns, id).await?;
        shim.sandbox("WaitSandbox", &named(id), None)
            .await
            .map_err(|e: Error| e.context(format!("wait for sandbox {id}")))
    }

    /// How it is, and where its shim serves; `None` once there is no such sandbox.
    pub async fn status(
        &self,
        ns: &str,
        id: &str,
        verbose: bool,
    ) -> Result<Option<(shim_api::SandboxStatusResponse, String, u32)>> {
        let shim = match self.get(ns, id).await {
            Err(e) if e.kind == Kind::NotFound => return Ok(None),
            shim => shim?,
        };
        let request = shim_api::SandboxStatusRequest { sandbox_id: id.into(), verbose };
        let answer = shim.sandbox("SandboxStatus", &request, Some(STATUS)).await?;
        let (address, version) = endpoint(&shim)?;
        Ok(Some((answer, address, version)))
    }

    pub async fn metrics(&self, ns: &str, id: &str) -> Result<Option<Metric>> {
        let shim = self.get(ns, id).await?;
        let answer: shim_api::SandboxMetricsResponse =
            shim.sandbox("SandboxMetrics", &named(id), Some(CALL)).await?;
        Ok(answer.metrics)
    }

    /// Ends the shim, and with it all that is left of the sandbox.
    pub async fn shutdown(&self, ns: &str, id: &str) -> Result<()> {
        let shim = self.get(ns, id).await?;
        shim.sandbox::<_, ()>("ShutdownSandbox", &named(id), Some(STOP))
            .await
            .map_err(|e| e.context(format!("shut down sandbox {id}")))?;
        let _ = tokio::time::timeout(CALL, shim.closed()).await;
        let bundle = &shim.bundle;
        match self.turns.try_lock(bundle).await? {
            Some(lock) => self.clear(bundle, &lock).await,
            None => Ok(()),
        }
    }

    /// The connected shim of a sandbox; what a dead one left is cleaned away.
    pub async fn get(&self, ns: &str, id: &str) -> Result<Arc<Shim>> {
        let bundle = self.bundles.get(ns, id)?;
        if let Some(shim) = self.table().get(&key(&bundle)).filter(|shim| !shim.is_closed()) {
            return Ok(shim.clone());
        }
        let missing = || Error::not_found(format!("sandbox {id}: not found"));
        let Some(reply) = shim::saved(&bundle)? else {
            // Being made by somebody, or what a crash left of that.
            if let Some(lock) = self.turns.try_lock(&bundle).await? {
                self.clear(&bundle, &lock).await?;
            }
            return Err(missing());
        };
        let log = log::copy(&bundle.log(), ns, id).ok();
        match Shim::connect(&bundle, &reply, log).await {
            Ok(shim) => {
                let shim = Arc::new(shim);
                self.table().insert(key(&bundle), shim.clone());
                Ok(shim)
            }
            Err(e) if e.kind == Kind::NotFound => {
                if let Some(lock) = self.turns.try_lock(&bundle).await? {
                    self.clear(&bundle, &lock).await?;
                }
                Err(missing())
            }
            Err(e) => Err(e.context(format!("sandbox {id}"))),
        }
    }

    /// Removes all traces of a sandbox: its shim's own, and the bundle.
    async fn clear(&self, bundle: &Bundle, lock: &Lock) -> Result<()> {
        self.table().remove(&key(bundle));
        if let Some(binary) = saved_binary(bundle)?
            && let Err(e) = start::delete(&self.caller, &binary, bundle).await
        {
            tracing::warn!(namespace = bundle.namespace, id = bundle.id, "{e}");
        }
        bundle.delete(lock)
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Arc<Shim>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(bundle: &Bundle) -> (String, String) {
    (bundle.namespace.clone(), bundle.id.clone())
}

fn named(id: &str) -> shim_api::SandboxRequest {
    shim_api::SandboxRequest { sandbox_id: id.into() }
}

fn endpoint(shim: &Shim) -> Result<(String, u32)> {
    let reply = shim::saved(&shim.bundle)?.ok_or_else(|| Error::unknown("its shim's address is not kept"))?;
    Ok((reply.address, u32::try_from(reply.version).unwrap_or_default()))
}

fn mount(mount: types::Mount) -> Mount {
    Mount { r#type: mount.r#type, source: mount.source, target: mount.target, options: mount.options }
}
