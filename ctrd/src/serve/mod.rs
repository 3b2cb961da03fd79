//! The server: the plugins' services on two sockets, until a signal ends it.
//!
//! ```text
//! /run/ctrd/ctrd.sock          gRPC, for clients
//! /run/ctrd/ctrd.sock.ttrpc    ttrpc, where shims publish their events
//! ```
//!
//! Containers are not its children and go on without it. The same services without the sockets
//! are [`start`]ed by a command that finds no server.

mod authority;
mod cgroup;
mod folder;
pub mod heap;
mod incoming;
pub mod log;
mod notify;
mod socket;
mod ttrpc;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;

use crate::collector::Collector;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::plugin::{self, list};
use crate::restart::Monitor;
use crate::service::introspection;
use crate::task::Runtime;

/// How long calls in flight may take when a signal came.
const GRACE: Duration = Duration::from_secs(1);

/// Threads for what blocks: enough for the disk to be busy, few enough to stay small.
pub const BLOCKING_THREADS: usize = 16;

/// The services, begun.
pub struct Services {
    pub routes: Routes,
    pub collector: Option<Collector>,
    pub tasks: Option<Arc<Runtime>>,
    pub restart: Option<Monitor>,
    /// Where shims' events go, unless that is disabled.
    pub forward: Option<Exchange>,
}

/// Begins the plugins on the folders that `config` names, and gathers their services.
pub fn start(config: &Config) -> Result<Services> {
    folder::prepare(config)?;
    let (parts, outcomes) = plugin::load(config, list::ALL)?;
    let forward = if parts.forwarding { parts.events.clone() } else { None };
    let _ = parts.plugins.set(outcomes.iter().map(introspection::plugin).collect());
    let routes = parts.routes.routes().prepare();
    Ok(Services { routes, collector: parts.gc, tasks: parts.tasks, restart: parts.restart, forward })
}

/// Serves until SIGTERM or SIGINT.
pub fn run(config: &Config) -> Result<()> {
    heap::keep_small();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()?;
    let served = runtime.block_on(serve(config));
    // A call that blocks right now is cut short, as any death of the server would.
    runtime.shutdown_background();
    served
}

async fn serve(config: &Config) -> Result<()> {
    // Before anything is visible, so that a signal at any time from here on is a clean end.
    let ended = signals()?;
    cgroup::join(config)?;
    let _alone = folder::lock(config)?;
    let services = start(config)?;
    if let Some(tasks) = services.tasks.clone() {
        // Before shims can tell of tasks that a command without a server starts.
        tokio::spawn(async move { tasks.follow().await });
    }
    let ttrpc_path = config.ttrpc_address();
    let grpc = socket::Bound::new(&config.address, config)?;
    let ttrpc = services.forward.map(|exchange| {
        let socket = socket::Bound::new(&ttrpc_path, config)?;
        let listener = socket.listener()?;
        Ok::<_, Error>((socket, tokio::spawn(ttrpc::serve(listener, exchange))))
    });
    let _ttrpc = ttrpc.transpose()?;
    if let Some(tasks) = services.tasks {
        tokio::spawn(async move { tasks.recover().await });
    }
    if let Some(monitor) = services.restart {
        tokio::spawn(monitor.run());
    }
    if let Some(collector) = services.collector {
        tokio::spawn(collector.run());
    }
    let incoming = incoming::stream(grpc.listener()?);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let asked = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    if let Some(address) = &config.tcp {
        let listener = tcp(address).await?;
        let server = Server::builder()
            .layer(crate::trace::Calls)
            .add_routes(services.routes.clone())
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), asked(stopped.clone()));
        tokio::spawn(async move {
            if let Err(e) = server.await {
                tracing::error!("serve TCP: {e}");
            }
        });
    }
    let server = Server::builder()
        .layer(crate::trace::Calls)
        .add_routes(services.routes)
        .serve_with_incoming_shutdown(incoming, asked(stopped));
    tracing::info!(address = %config.address.display(), root = %config.root.display(), "serving");
    notify::send("READY=1");
    let end = async {
        ended.await;
        notify::send("STOPPING=1");
        tracing::info!("stopping");
        let _ = stop.send(true);
        // Streams of events and calls that wait for a task end only with the server.
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = server => served.map_err(|e| Error::unknown(format!("serve {}: {e}", config.address.display()))),
        () = end => Ok(()),
    }
}

/// Listens at an address and a port. Whoever reaches them may do all that root may.
async fn tcp(address: &str) -> Result<TcpListener> {
    let at = |e: std::io::Error| Error::from(e).context(format!("listen on {address}"));
    let listener = TcpListener::bind(address).await.map_err(at)?;
    let bound = listener.local_addr().map_err(at)?;
    if !bound.ip().is_loopback() {
        tracing::warn!(address = %bound, "serving TCP without TLS on an address that others may reach");
    }
    Ok(listener)
}

/// Becomes ready at the first SIGTERM or SIGINT. Until it is polled none is lost.
fn signals() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
