//! How a command reaches the API: the server at the address, or else the same services in this
//! process, on the same files.

use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;

use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint, Server};
use tower::service_fn;

use crate::collector::Collector;
use crate::config::{Config, Flags};
use crate::error::{Error, Result, os_text};
use crate::serve;

/// So much is under way between this process and itself.
const BUFFER: usize = 256 << 10;

/// Windows that let a mebibyte of content go out without waiting for the other side.
const WINDOW: u32 = 2 << 20;

/// Services that were reached.
pub struct Reached {
    pub channel: Channel,
    /// Of services in this process: what becomes garbage by them nobody else collects.
    pub collector: Option<Collector>,
}

impl From<Channel> for Reached {
    fn from(channel: Channel) -> Reached {
        Reached { channel, collector: None }
    }
}

/// Connects to the server at `address`, or begins its services here if none runs there.
///
/// Only an address without a server is a reason to do the work oneself. A server that may not be
/// spoken to, or is about to answer, is not.
pub async fn connect(address: &Path, root: &Path, state: &Path) -> Result<Channel> {
    Ok(reach(address, root, state).await?.channel)
}

/// The same, and whether the services are in this process.
pub async fn reach(address: &Path, root: &Path, state: &Path) -> Result<Reached> {
    let mut deaths = 0;
    loop {
        match dial(address).await {
            Ok(stream) => match over_socket(stream, address).await {
                // It died with our call in its queue: whatever is there now is asked.
                Err(e) if deaths < DEATHS && broke(&e) => deaths += 1,
                outcome => {
                    return outcome.map(Reached::from).map_err(|e| Error::unknown(innermost(&e)));
                }
            },
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                return within(address, root, state).await;
            }
            Err(e) if deaths < DEATHS && e.kind() == io::ErrorKind::ConnectionReset => deaths += 1,
            Err(e) => return Err(Error::unknown(os_text(&e))),
        }
    }
}

/// How many servers may die while they are called.
const DEATHS: u32 = 8;

fn broke(e: &tonic::transport::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(e);
    while let Some(e) = source {
        let kind = e.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(
            kind,
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof)
        ) {
            return true;
        }
        source = e.source();
    }
    false
}

/// Connects, and waits for a server whose queue is full, which only a blocking connect does.
async fn dial(address: &Path) -> io::Result<UnixStream> {
    match UnixStream::connect(address).await {
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
            let address = address.to_path_buf();
            let dialled = tokio::task::spawn_blocking(move || StdStream::connect(address));
            let stream = dialled.await.map_err(io::Error::other)??;
            stream.set_nonblocking(true)?;
            UnixStream::from_std(stream)
        }
        outcome => outcome,
    }
}

/// A channel on the connection that was made; should that break, on new ones.
async fn over_socket(stream: UnixStream, address: &Path) -> Result<Channel, tonic::transport::Error> {
    let mut first = Some(stream);
    let address = address.to_path_buf();
    let connector = service_fn(move |_| {
        let (first, address) = (first.take(), address.clone());
        async move {
            match first {
                Some(stream) => Ok(TokioIo::new(stream)),
                None => dial(&address).await.map(TokioIo::new),
            }
        }
    });
    endpoint().connect_with_connector(connector).await
}

/// Begins the services here, and a channel to them.
async fn within(address: &Path, root: &Path, state: &Path) -> Result<Reached> {
    let flags = Flags {
        file: None,
        root: Some(root.into()),
        state: Some(state.into()),
        address: Some(address.into()),
    };
    let config = Config::load(flags, Config::at(address, root, state))?;
    let services = crate::service::blocking(move || serve::start(&config)).await?;
    let (routes, collector) = (services.routes, services.collector);
    let (ours, theirs) = tokio::io::duplex(BUFFER);
    let incoming = tokio_stream::once(Ok::<DuplexStream, io::Error>(theirs));
    tokio::spawn(async move {
        if let Err(e) = Server::builder()
            .layer(crate::trace::Calls)
            .layer(crate::until::Calls)
            .add_routes(routes)
            .serve_with_incoming(incoming)
            .await
        {
            tracing::warn!("services in this process: {e}");
        }
    });
    let mut ours = Some(ours);
    let connector = service_fn(move |_| {
        let ours = ours.take().map(TokioIo::new);
        async move { ours.ok_or_else(|| io::Error::other("the services in this process are gone")) }
    });
    let connected = endpoint().connect_with_connector(connector).await;
    Ok(Reached { channel: connected.map_err(|e| Error::unknown(innermost(&e)))?, collector })
}

/// The name is for the protocol alone, which wants one.
fn endpoint() -> Endpoint {
    Endpoint::from_static("http://localhost")
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(2 * WINDOW)
}

fn innermost(e: &tonic::transport::Error) -> String {
    let mut source: &dyn std::error::Error = e;
    while let Some(next) = source.source() {
        source = next;
    }
    source.to_string()
}
