//! A shim as ctrd sees it: a program that is started in a bundle, answers on a socket, and is
//! found again by the bundle's files.

pub mod binary;
pub mod client;
pub mod log;
pub mod process;
pub mod start;

use std::path::PathBuf;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use ctrd_shim::api::task::{ConnectRequest, ConnectResponse, CreateTaskRequest, CreateTaskResponse};
use ctrd_shim::bootstrap::Reply;
use ctrd_shim::method::{SANDBOX, TASK_V2, TASK_V3};
use prost::Message;

use crate::bundle::Bundle;
use crate::error::{Error, Kind, Result};
use crate::until;
use client::Client;

/// Where the bundle says how to reach the shim.
const BOOTSTRAP: &str = "bootstrap.json";
/// The same as shims up to 1.7 leave it.
const ADDRESS: &str = "address";
const BINARY: &str = "shim-binary-path";

/// A connected shim and the bundle that it was reached by.
pub struct Shim {
    pub bundle: Bundle,
    client: Client,
    /// Of the task service: 3, or 2 when the shim knows no other.
    version: AtomicI32,
    _log: Option<log::Copy>,
}

impl Shim {
    /// Connects to where `reply` says.
    pub async fn connect(bundle: &Bundle, reply: &Reply, log: Option<log::Copy>) -> Result<Shim> {
        let client = Client::connect(&reply.address).await?;
        let version = AtomicI32::new(reply.version);
        Ok(Shim { bundle: bundle.clone(), client, version, _log: log })
    }

    /// A call of the task service.
    pub async fn call<Q: Message, A: Message + Default>(
        &self,
        method: &str,
        request: &Q,
        deadline: Option<Duration>,
    ) -> Result<A> {
        let service = if self.version() >= 3 { TASK_V3 } else { TASK_V2 };
        self.client.call(service, method, &self.bundle.namespace, request, deadline).await
    }

    /// A call of the sandbox service, within the time that its caller has.
    pub async fn sandbox<Q: Message, A: Message + Default>(
        &self,
        method: &str,
        request: &Q,
        deadline: Option<Duration>,
    ) -> Result<A> {
        let deadline = deadline.map(until::within).or_else(until::left);
        self.client.call(SANDBOX, method, &self.bundle.namespace, request, deadline).await
    }

    /// Asks whether the shim is alive. Like [`Shim::create`] it finds out which version of the
    /// service there is.
    pub async fn ping(&self, deadline: Duration) -> Result<ConnectResponse> {
        let request = ConnectRequest { id: self.bundle.id.clone() };
        self.versioned("Connect", &request, deadline).await
    }

    pub async fn create(
        &self,
        request: &CreateTaskRequest,
        deadline: Duration,
    ) -> Result<CreateTaskResponse> {
        self.versioned("Create", request, deadline).await
    }

    async fn versioned<Q: Message, A: Message + Default>(
        &self,
        method: &str,
        request: &Q,
        deadline: Duration,
    ) -> Result<A> {
        match self.call(method, request, Some(deadline)).await {
            Err(e) if e.kind == Kind::Unimplemented && self.version() >= 3 => {
                self.version.store(2, Ordering::Relaxed);
                self.call(method, request, Some(deadline)).await
            }
            done => done,
        }
    }

    pub fn version(&self) -> i32 {
        self.version.load(Ordering::Relaxed)
    }

    pub async fn closed(&self) {
        self.client.closed().await;
    }

    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }
}

/// Writes down how to reach the shim: from here on the task exists.
pub fn save(bundle: &Bundle, reply: &Reply) -> Result<()> {
    let json = serde_json::to_vec(reply).map_err(|e| Error::unknown(format!("write {BOOTSTRAP}: {e}")))?;
    bundle.write(BOOTSTRAP, &json, 0o644)
}

/// How to reach the shim, if it ever said.
pub fn saved(bundle: &Bundle) -> Result<Option<Reply>> {
    for name in [BOOTSTRAP, ADDRESS] {
        let reply = bundle.read(name)?.as_deref().and_then(Reply::parse);
        if reply.is_some() {
            return Ok(reply);
        }
    }
    Ok(None)
}

/// Whether the bundle got as far as a shim that answers.
pub fn is_saved(bundle: &Bundle) -> bool {
    bundle.path.join(BOOTSTRAP).exists()
}

/// Writes down which binary cleans up after this shim.
pub fn save_binary(bundle: &Bundle, binary: &std::path::Path) -> Result<()> {
    bundle.write(BINARY, binary.as_os_str().as_encoded_bytes(), 0o600)
}

pub fn saved_binary(bundle: &Bundle) -> Result<Option<PathBuf>> {
    use std::os::unix::ffi::OsStringExt;
    let bytes = bundle.read(BINARY)?.filter(|b| !b.is_empty());
    Ok(bytes.map(|b| PathBuf::from(std::ffi::OsString::from_vec(b))))
}
