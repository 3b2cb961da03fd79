//! The lives of sandboxes: each call is one of the controller's, which passes it to the shim.

use std::collections::BTreeMap;
use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::api::event::{SandboxCreate, SandboxExit, SandboxStart};
use crate::api::sandbox::controller_client::ControllerClient;
use crate::api::sandbox::controller_server;
use crate::api::sandbox::*;
use crate::api::types;
use crate::client::Service;
use crate::client::remote::{Remote, answer};
use crate::clock;
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::sandbox::{Controller, Create};
use crate::service::caller::Caller;
use crate::service::required;
use crate::timestamp;

/// The controller of this server, by the name that clients give.
const SHIM: &str = "shim";

pub struct Controllers {
    pub shim: Arc<Controller>,
    /// Servers behind a socket, by the names that clients give, with those that the servers have.
    pub remotes: BTreeMap<String, (Remote, String)>,
    pub events: Exchange,
}

impl Controllers {
    fn of(&self, name: &str) -> Result<&Arc<Controller>> {
        match name {
            SHIM => Ok(&self.shim),
            "" => Err(Error::invalid("sandbox controller name can not be empty: invalid argument")),
            _ => Err(Error::not_found(format!("failed to get sandbox controller by {name:.100}: not found"))),
        }
    }

    /// The controller of that name, where a server behind a socket is one.
    fn there(&self, ns: &str, name: &str) -> Result<Option<(ControllerClient<Service>, String)>> {
        let Some((remote, name)) = self.remotes.get(name) else { return Ok(None) };
        Ok(Some((remote.client(ns)?.sandbox_controller(), name.clone())))
    }
}

/// Passes a call on, where it is another's; the request as it came, but for the name. Events of it are told here, as
/// those of sandboxes of this server are: nobody here hears the other's.
macro_rules! pass {
    ($self:ident, $ns:expr, $request:expr, $method:ident $(, $topic:literal, |$id:ident, $answer:ident| $event:expr)?) => {
        if let Some((mut there, name)) = $self.there(&$ns, &$request.sandboxer)? {
            let mut request = $request;
            request.sandboxer = name;
            $(let $id = request.sandbox_id.clone();)?
            let answer = answer(there.$method(request).await)?;
            $(
                let $answer = &answer;
                $self.events.publish(&$ns, $topic, &$event)?;
            )?
            return Ok(Response::new(answer));
        }
    };
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl controller_server::Controller for Controllers {
    async fn create(&self, request: Request<ControllerCreateRequest>) -> Answer<ControllerCreateResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, create, "/sandboxes/create", |sandbox_id, _made| SandboxCreate {
            sandbox_id
        });
        let shim = self.of(&request.sandboxer)?.clone();
        let id = request.sandbox_id;
        let mut sandbox = shim.record(&ns, &id, request.sandbox)?;
        if sandbox.sandbox_id.is_empty() {
            sandbox.sandbox_id.clone_from(&id);
        }
        let create = Create {
            rootfs: request.rootfs,
            options: request.options,
            netns_path: request.netns_path,
            annotations: request.annotations,
        };
        let namespace = ns.clone();
        // To its end, even if the client goes away: what is half made has to be made or unmade.
        let made = async move { shim.create(&namespace, sandbox, create).await };
        let made = tokio::spawn(crate::until::carried(made));
        made.await.unwrap_or_else(|e| Err(Error::unknown(format!("internal fault: {e}"))))?;
        self.events.publish(&ns, "/sandboxes/create", &SandboxCreate { sandbox_id: id.clone() })?;
        Ok(Response::new(ControllerCreateResponse { sandbox_id: id }))
    }

    async fn start(&self, request: Request<ControllerStartRequest>) -> Answer<ControllerStartResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, start, "/sandboxes/start", |sandbox_id, _started| SandboxStart {
            sandbox_id
        });
        let ControllerStartRequest { sandbox_id, sandboxer } = request;
        let (answer, address, version) = self.of(&sandboxer)?.start(&ns, &sandbox_id).await?;
        self.events.publish(&ns, "/sandboxes/start", &SandboxStart { sandbox_id: sandbox_id.clone() })?;
        Ok(Response::new(ControllerStartResponse {
            sandbox_id,
            pid: answer.pid,
            created_at: answer.created_at,
            address,
            version,
            ..ControllerStartResponse::default()
        }))
    }

    async fn platform(
        &self,
        request: Request<ControllerPlatformRequest>,
    ) -> Answer<ControllerPlatformResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, platform);
        let ControllerPlatformRequest { sandbox_id, sandboxer } = request;
        let platform = self.of(&sandboxer)?.platform(&ns, &sandbox_id).await?;
        let platform = types::Platform {
            os: platform.os,
            architecture: platform.architecture,
            variant: platform.variant,
            ..types::Platform::default()
        };
        Ok(Response::new(ControllerPlatformResponse { platform: Some(platform) }))
    }

    async fn stop(&self, request: Request<ControllerStopRequest>) -> Answer<ControllerStopResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, stop);
        let ControllerStopRequest { sandbox_id, timeout_secs, sandboxer } = request;
        self.of(&sandboxer)?.stop(&ns, &sandbox_id, timeout_secs).await?;
        Ok(Response::new(ControllerStopResponse {}))
    }

    async fn wait(&self, request: Request<ControllerWaitRequest>) -> Answer<ControllerWaitResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, wait, "/sandboxes/exit", |sandbox_id, exit| SandboxExit {
            sandbox_id,
            exit_status: exit.exit_status,
            exited_at: exit.exited_at,
        });
        let ControllerWaitRequest { sandbox_id, sandboxer } = request;
        let exit = self.of(&sandboxer)?.wait(&ns, &sandbox_id).await?;
        let (exit_status, exited_at) = (exit.exit_status, exit.exited_at);
        self.events.publish(&ns, "/sandboxes/exit", &SandboxExit { sandbox_id, exit_status, exited_at })?;
        Ok(Response::new(ControllerWaitResponse { exit_status, exited_at }))
    }

    async fn status(&self, request: Request<ControllerStatusRequest>) -> Answer<ControllerStatusResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, status);
        let ControllerStatusRequest { sandbox_id, verbose, sandboxer } = request;
        let Some((status, address, version)) = self.of(&sandboxer)?.status(&ns, &sandbox_id, verbose).await?
        else {
            let exited_at = Some(timestamp::to_proto(clock::now()));
            return Ok(Response::new(ControllerStatusResponse {
                sandbox_id,
                exited_at,
                ..Default::default()
            }));
        };
        Ok(Response::new(ControllerStatusResponse {
            sandbox_id,
            pid: status.pid,
            state: status.state,
            info: status.info,
            created_at: status.created_at,
            exited_at: status.exited_at,
            extra: Some(status.extra.unwrap_or_default()),
            address,
            version,
        }))
    }

    async fn shutdown(
        &self,
        request: Request<ControllerShutdownRequest>,
    ) -> Answer<ControllerShutdownResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, shutdown);
        let ControllerShutdownRequest { sandbox_id, sandboxer } = request;
        self.of(&sandboxer)?.shutdown(&ns, &sandbox_id).await?;
        Ok(Response::new(ControllerShutdownResponse {}))
    }

    async fn metrics(&self, request: Request<ControllerMetricsRequest>) -> Answer<ControllerMetricsResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, metrics);
        let ControllerMetricsRequest { sandbox_id, sandboxer } = request;
        let metrics = self.of(&sandboxer)?.metrics(&ns, &sandbox_id).await?;
        let metrics = metrics.map(|m| types::Metric { timestamp: m.timestamp, id: m.id, data: m.data });
        Ok(Response::new(ControllerMetricsResponse { metrics }))
    }

    /// A shim has no call by which a sandbox could be changed: its record is all there is to change.
    async fn update(&self, request: Request<ControllerUpdateRequest>) -> Answer<ControllerUpdateResponse> {
        let ns = Caller::of(&request)?.namespace;
        let request = request.into_inner();
        pass!(self, ns, request, update);
        let ControllerUpdateRequest { sandbox_id, sandboxer, sandbox, .. } = request;
        required(sandbox, "Sandbox")?;
        self.of(&sandboxer)?.get(&ns, &sandbox_id).await?;
        Ok(Response::new(ControllerUpdateResponse {}))
    }
}
