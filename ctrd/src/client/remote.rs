//! Servers behind a Unix socket that do a plugin's work: a connection that is made when it is first
//! needed and again when it broke, and calls that may be waited for on any thread.

use std::path::Path;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::runtime::Handle;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use super::{Client, take};
use crate::error::{Error, Kind, Result};

/// How long a connection may take. What the server does then has no limit here: it may pull an image.
const CONNECT: Duration = Duration::from_secs(10);

/// A server. Cheap to clone.
#[derive(Clone)]
pub struct Remote {
    channel: Channel,
    runtime: Handle,
}

impl Remote {
    /// The server at `address`, which need not be there yet. To be made within a runtime.
    pub fn new(address: &Path) -> Result<Remote> {
        let runtime =
            Handle::try_current().map_err(|e| Error::unknown(format!("reach {}: {e}", address.display())))?;
        let address = address.to_path_buf();
        let connector = service_fn(move |_| {
            let address = address.clone();
            async move {
                let stream = tokio::time::timeout(CONNECT, UnixStream::connect(&address)).await;
                let stream = stream.unwrap_or_else(|late| Err(late.into()));
                let at = |e: std::io::Error| {
                    let reason = crate::error::os_text(&e);
                    std::io::Error::new(e.kind(), format!("connect to {}: {reason}", address.display()))
                };
                stream.map(TokioIo::new).map_err(at)
            }
        });
        let channel = Endpoint::from_static("http://localhost").connect_with_connector_lazy(connector);
        Ok(Remote { channel, runtime })
    }

    /// Calls in this namespace.
    pub fn client(&self, namespace: &str) -> Result<Client> {
        Client::new(self.channel.clone(), namespace)
    }

    /// Waits for a call, on a thread that may.
    pub fn wait<T>(
        &self,
        call: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>,
    ) -> Result<T> {
        self.runtime.block_on(async { answer(call.await) })
    }

    /// The same for work of several calls.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

/// A remote's answer; of a connection that cannot be made the reason is the innermost.
pub fn answer<T>(reply: Result<tonic::Response<T>, tonic::Status>) -> Result<T> {
    let mut reason = None;
    if let Err(status) = &reply {
        let mut source = std::error::Error::source(status);
        while let Some(e) = source {
            reason = Some(e.to_string());
            source = e.source();
        }
    }
    take(reply).map_err(|e| match reason {
        Some(reason) => Error::new(Kind::Unavailable, reason),
        None => e,
    })
}
