//! The server: the plugins' services on its sockets, until a signal ends it or nobody needs it.
//!
//! ```text
//! /run/ctrd/ctrd.sock          gRPC, for clients
//! /run/ctrd/ctrd.sock.ttrpc    ttrpc, where shims publish their events
//! ```
//!
//! and, where the configuration says so, gRPC on a TCP address, figures for Prometheus on another, and a
//! socket for those who look into the server.
//!
//! Containers are not its children and go on without it. The same services without the sockets
//! are [`start`]ed by a command that finds no server.

mod cgroup;
mod debug;
mod folder;
mod handed;
pub mod heap;
mod http;
mod idle;
mod incoming;
pub mod log;
mod notify;
mod socket;
mod stream;
mod tcp;
mod tls;
mod ttrpc;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};
use tonic::service::Routes;
use tonic::transport::Server;
use tower::util::MapRequestLayer;

use crate::collector::Collector;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::metrics::{self, Counting, Figures};
use crate::plugin;
use crate::restart::Monitor;
use crate::service::introspection::{self, Plugins};
use crate::task::Runtime;

use handed::Handed;
use http::{Making, Page, Pages};
use idle::Open;
use socket::Bound;

/// How long calls in flight may take when a signal came.
const GRACE: Duration = Duration::from_secs(1);

/// So many calls of a connection may be given up before they are looked at; above that it ends, with all that goes over
/// it. By default that is 20, which are few where a client's calls end with what they were parts of.
const GIVEN_UP: usize = 1 << 16;

/// Threads for what blocks: enough for the disk to be busy, few enough to stay small.
pub const BLOCKING_THREADS: usize = 16;

/// How a server is run, beside what its configuration says.
pub struct Way<'a> {
    /// It ends when nobody was connected for so long.
    pub idle: Option<Duration>,
    /// Reads the configuration again.
    pub again: &'a dyn Fn() -> Result<Config>,
}

/// The services, begun.
pub struct Services {
    pub routes: Routes,
    pub collector: Option<Collector>,
    pub tasks: Option<Arc<Runtime>>,
    pub restart: Option<Monitor>,
    /// Where shims' events go, unless that is disabled.
    pub forward: Option<Exchange>,
    pub figures: Arc<Figures>,
    pub plugins: Plugins,
}

/// Begins the plugins on the folders that `config` names, and gathers their services.
pub fn start(config: &Config) -> Result<Services> {
    folder::prepare(config)?;
    let (parts, outcomes) = plugin::load(config, plugin::with_proxies(config)?)?;
    let (figures, plugins) = (parts.figures.clone(), parts.plugins.clone());
    let forward = if parts.forwarding { parts.events.clone() } else { None };
    let _ = parts.plugins.set(outcomes.iter().map(introspection::plugin).collect());
    let routes = parts.routes.routes().prepare();
    let (collector, tasks, restart) = (parts.gc, parts.tasks, parts.restart);
    Ok(Services { routes, collector, tasks, restart, forward, figures, plugins })
}

/// Serves until SIGTERM or SIGINT, or until it is idle.
pub fn run(config: &Config, way: &Way) -> Result<()> {
    heap::keep_small();
    let handed = Handed::from_environment()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()?;
    let served = runtime.block_on(serve(config, way, handed));
    // What is not tidied up by then the next server does.
    _ = runtime.block_on(async { tokio::time::timeout(GRACE, crate::tidy::done()).await });
    // A call that blocks right now is cut short, as any death of the server would.
    runtime.shutdown_background();
    served
}

async fn serve(config: &Config, way: &Way<'_>, mut handed: Handed) -> Result<()> {
    let begun = Instant::now();
    // Before anything is visible, so that a signal at any time from here on is a clean end.
    let ended = signals()?;
    let hangup = signal(SignalKind::hangup())?;
    config.unused.iter().for_each(|line| tracing::warn!("configuration: {line}"));
    cgroup::join(config)?;
    let _alone = folder::lock(config)?;
    let services = start(config)?;
    let parents = services.tasks.as_ref().map(|tasks| tasks.keep_parents());
    if let Some(tasks) = services.tasks.clone() {
        // Before shims can tell of tasks that a command without a server starts.
        tokio::spawn(async move { tasks.follow().await });
    }
    let ttrpc_path = config.ttrpc_address();
    let grpc = Bound::at(&config.address, (config.uid, config.gid), handed.unix(&config.address))?;
    let ttrpc = services.forward.clone().map(|exchange| {
        let socket = Bound::at(&ttrpc_path, config.ttrpc_owner, handed.unix(&ttrpc_path))?;
        let listener = socket.listener()?;
        Ok::<_, Error>((socket, tokio::spawn(ttrpc::serve(listener, exchange))))
    });
    let _ttrpc = ttrpc.transpose()?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let asked = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let counting = Counting(config.metrics.is_some().then(|| services.figures.clone()));
    let open = Open::default();
    if let Some(address) = &config.tcp {
        let tcp = tcp::Tcp::new(address, config.tls.as_ref(), handed.tcp(address))?;
        let routes = services.routes.clone();
        tokio::spawn(tcp.serve(routes, counting.clone(), open.clone(), asked(stopped.clone())));
    }
    let _debug = pages(config, &services, begun, &mut handed)?;
    for place in handed.unused() {
        tracing::warn!("a socket was handed over that no address of the configuration is of: {place}");
    }
    if let Some(tasks) = services.tasks {
        tokio::spawn(async move { tasks.recover().await });
    }
    tokio::spawn(heap::rest());
    let monitor = services.restart.clone();
    let goes_on = idle::goes_on(&config.state);
    if let Some(monitor) = services.restart {
        tokio::spawn(monitor.run(goes_on));
    }
    if let Some(collector) = services.collector {
        tokio::spawn(collector.run());
    }
    let server = Server::builder()
        .layer(MapRequestLayer::new(heap::called))
        .layer(counting)
        .layer(crate::trace::Calls)
        .layer(crate::until::Calls)
        .http2_max_pending_accept_reset_streams(Some(GIVEN_UP))
        .add_routes(services.routes)
        .serve_with_incoming_shutdown(
            incoming::stream(grpc.listener()?, open.clone(), stream::Stream::new),
            asked(stopped),
        );
    tracing::info!(address = %config.address.display(), root = %config.root.display(), "serving");
    notify::send("READY=1");
    let end = async {
        let idle = tokio::select! {
            () = ended => false,
            () = idle(&open, way, monitor.as_ref()) => true,
            () = reload(hangup, config, way) => false,
        };
        open.close();
        if idle {
            tracing::info!("nobody is connected");
            idle::note(&config.state);
        }
        notify::send("STOPPING=1");
        tracing::info!("stopping");
        let _ = stop.send(true);
        if !idle {
            // Streams of events and calls that wait for a task end only with the server.
            tokio::time::sleep(GRACE).await;
        }
    };
    let served = tokio::select! {
        served = server => served.map_err(|e| Error::unknown(format!("serve {}: {e}", config.address.display()))),
        () = end => Ok(()),
    };
    parents.iter().for_each(|parents| parents.release());
    served
}

/// Serves figures and what the server tells of itself where the configuration wants them.
fn pages(config: &Config, services: &Services, begun: Instant, handed: &mut Handed) -> Result<Option<Bound>> {
    if let Some(address) = &config.metrics {
        let listener = tcp::listen(address, handed.tcp(address))?;
        let (figures, tasks, histogram) =
            (services.figures.clone(), services.tasks.clone(), config.histogram);
        let pages: Pages = Arc::new(move |path: String| -> Making {
            let (figures, tasks) = (figures.clone(), tasks.clone());
            Box::pin(async move {
                let wanted = metrics::is_page(&path);
                let text = if wanted { figures.page(tasks.as_ref(), histogram).await } else { return None };
                Some(Page { kind: metrics::text::TYPE, text })
            })
        });
        tokio::spawn(http::serve(listener, pages));
    }
    let Some(path) = &config.debug else { return Ok(None) };
    let socket = Bound::at(path, config.debug_owner, handed.unix(path))?;
    let (figures, plugins) = (services.figures.clone(), services.plugins.clone());
    let debug = Arc::new(debug::Debug { figures, plugins, begun });
    let pages: Pages = Arc::new(move |path: String| -> Making {
        let debug = debug.clone();
        Box::pin(async move { debug.page(&path) })
    });
    tokio::spawn(http::serve(socket.listener()?, pages));
    Ok(Some(socket))
}

async fn idle(open: &Open, way: &Way<'_>, monitor: Option<&Monitor>) {
    match way.idle {
        Some(patience) => open.idle(patience, monitor).await,
        None => std::future::pending().await,
    }
}

/// Reads the configuration again at each SIGHUP: the level of the log is taken over, and of what else
/// has changed it is told that a new server is needed.
async fn reload(mut hangup: tokio::signal::unix::Signal, config: &Config, way: &Way<'_>) {
    let rest = |config: &Config| {
        let mut document = config.to_document();
        document.remove("debug");
        document
    };
    while hangup.recv().await.is_some() {
        notify::reloading();
        match (way.again)() {
            Err(e) => tracing::warn!("read the configuration again: {e}"),
            Ok(new) => {
                if let Err(e) = log::change(new.log) {
                    tracing::warn!("{e}");
                }
                tracing::info!(level = new.log.name(), "read the configuration again");
                if rest(&new) != rest(config) || new.log.format != config.log.format {
                    tracing::warn!(
                        "of what changed in the configuration all but debug.level waits for a restart"
                    );
                }
            }
        }
        notify::send("READY=1");
    }
    std::future::pending().await
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
