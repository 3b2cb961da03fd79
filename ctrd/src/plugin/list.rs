//! All plugins, in one list: type, id, what each requires, and how it begins.
//!
//! Types and ids are containerd's wherever clients ask for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::api::event::SnapshotRemove;
use crate::api::images::ImageDelete;
use crate::classes::{BlockIo, Classes, Rdt};
use crate::collector::{Collector, Pace};
use crate::config::{Check, Migration, duration};
use crate::content::{Content, make_dir};
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::gc;
use crate::mounts::Mounts;
use crate::restart::{Monitor, Working};
use crate::sandbox::Controller;
use crate::serve::heap;
use crate::service::diff::Differ;
use crate::shim::start::Caller;
use crate::snapshot::Snapshotter;
use crate::store::{self, Store};
use crate::task::Runtime;
use crate::transfer::Transfer;
use crate::transfer::stream::Streams;
use crate::unpack::Processors;

use super::litter::Litter;
use super::services::{
    containers, content_service, controllers, diff, events, forwarding, health, images, introspection,
    leases, mounts_service, namespaces, sandboxes, snapshots, streaming, tasks, transfer_service, version,
};
use super::shims::{self, SHIM_MANAGER, Shims, sched_core_moved};
use super::{Failure, Init, Meta, Registration, overlay};

const EVENT: &str = "io.containerd.event.v1";
pub(super) const METADATA: &str = "io.containerd.metadata.v1";
pub(super) const CONTENT: &str = "io.containerd.content.v1";
pub(super) const SNAPSHOTTER: &str = "io.containerd.snapshotter.v1";
pub(super) const DIFFER: &str = "io.containerd.differ.v1";
const GC: &str = "io.containerd.gc.v1";
const RUNTIME: &str = "io.containerd.runtime.v2";
const SANDBOX_STORE: &str = "io.containerd.sandbox.store.v1";
const MOUNTS: &str = "io.containerd.mount-manager.v1";
const MONITOR: &str = "io.containerd.monitor.container.v1";
pub(super) const SANDBOX_CONTROLLER: &str = "io.containerd.sandbox.controller.v1";
const STREAMING: &str = "io.containerd.streaming.v1";
const TRANSFER: &str = "io.containerd.transfer.v1";
const SERVICE: &str = "io.containerd.service.v1";
const GRPC: &str = "io.containerd.grpc.v1";
const TTRPC: &str = "io.containerd.ttrpc.v1";

#[rustfmt::skip]
pub static ALL: &[Registration] = &[
    // What the services work with.
    Registration { kind: EVENT, id: "exchange", requires: &[], init: exchange },
    Registration { kind: METADATA, id: "sqlite", requires: &[EVENT], init: metadata },
    Registration { kind: CONTENT, id: "content", requires: &[METADATA], init: content },
    Registration { kind: SNAPSHOTTER, id: "overlayfs", requires: &[METADATA], init: overlayfs },
    Registration { kind: SNAPSHOTTER, id: "native", requires: &[METADATA], init: native },
    Registration { kind: DIFFER, id: "walking", requires: &[CONTENT], init: walking },
    Registration { kind: MOUNTS, id: "sqlite", requires: &[METADATA], init: mounts },
    Registration { kind: GC, id: "scheduler", requires: &[EVENT, METADATA, CONTENT, SNAPSHOTTER, MOUNTS], init: scheduler },
    Registration { kind: RUNTIME, id: "task", requires: &[METADATA, EVENT], init: task },
    Registration { kind: MONITOR, id: "restart", requires: &[METADATA, RUNTIME, SNAPSHOTTER], init: restart },
    Registration { kind: SANDBOX_STORE, id: "local", requires: &[METADATA], init: sandbox_store },
    Registration { kind: SANDBOX_CONTROLLER, id: "shim", requires: &[METADATA, RUNTIME], init: sandbox_controller },
    Registration { kind: STREAMING, id: "manager", requires: &[METADATA], init: streams },
    Registration { kind: TRANSFER, id: "local", requires: &[METADATA, CONTENT, SNAPSHOTTER, EVENT, GC], init: transfer },
    Registration { kind: SERVICE, id: "tasks-service", requires: &[RUNTIME], init: tasks_service },
    Registration { kind: SERVICE, id: "introspection-service", requires: &[], init: introspection_service },
    // What clients call.
    Registration { kind: GRPC, id: "containers", requires: &[METADATA, EVENT, GC], init: containers },
    Registration { kind: GRPC, id: "content", requires: &[CONTENT, EVENT, GC], init: content_service },
    Registration { kind: GRPC, id: "diff", requires: &[DIFFER], init: diff },
    Registration { kind: GRPC, id: "events", requires: &[EVENT], init: events },
    Registration { kind: GRPC, id: "healthcheck", requires: &[], init: health },
    Registration { kind: GRPC, id: "images", requires: &[METADATA, CONTENT, EVENT, GC], init: images },
    Registration { kind: GRPC, id: "introspection", requires: &[SERVICE], init: introspection },
    Registration { kind: GRPC, id: "leases", requires: &[METADATA, CONTENT, GC], init: leases },
    Registration { kind: GRPC, id: "mounts", requires: &[MOUNTS], init: mounts_service },
    Registration { kind: GRPC, id: "namespaces", requires: &[METADATA, EVENT], init: namespaces },
    Registration { kind: GRPC, id: "sandbox-controllers", requires: &[SANDBOX_CONTROLLER, EVENT], init: controllers },
    Registration { kind: GRPC, id: "sandboxes", requires: &[SANDBOX_STORE, GC], init: sandboxes },
    Registration { kind: GRPC, id: "snapshots", requires: &[SNAPSHOTTER, EVENT, GC], init: snapshots },
    Registration { kind: GRPC, id: "streaming", requires: &[STREAMING], init: streaming },
    Registration { kind: GRPC, id: "tasks", requires: &[RUNTIME, CONTENT, SERVICE], init: tasks },
    Registration { kind: GRPC, id: "transfer", requires: &[TRANSFER, STREAMING], init: transfer_service },
    Registration { kind: GRPC, id: "version", requires: &[], init: version },
    // What shims call.
    Registration { kind: TTRPC, id: "events", requires: &[EVENT], init: forwarding },
];

/// The sections that plugins have in the configuration, with their defaults.
pub static SECTIONS: &[(&str, Defaults)] = &[
    ("io.containerd.gc.v1.scheduler", defaults::<Scheduler>),
    ("io.containerd.metadata.v1.bolt", defaults::<Sharing>),
    ("io.containerd.monitor.container.v1.restart", defaults::<Restart>),
    (DIFF_SERVICE, defaults::<DiffService>),
    (SHIM_MANAGER, defaults::<Shims>),
    ("io.containerd.snapshotter.v1.overlayfs", defaults::<overlay::Section>),
    ("io.containerd.service.v1.tasks-service", defaults::<TasksService>),
];

/// What plugins do to sections of older configurations.
pub static MIGRATIONS: &[Migration] = &[restart_moved, sched_core_moved];

/// What of a file's sections is looked at before the server begins.
pub static CHECKS: &[Check] = &[shims::check];

pub type Defaults = fn() -> Result<toml::Value, toml::ser::Error>;

fn defaults<T: Serialize + Default>() -> Result<toml::Value, toml::ser::Error> {
    toml::Value::try_from(T::default())
}

/// Up to version 3 the restart monitor was an internal plugin.
fn restart_moved(_: i64, plugins: &mut toml::Table) -> Result<()> {
    if let Some(section) = plugins.remove("io.containerd.internal.v1.restart") {
        plugins.entry("io.containerd.monitor.container.v1.restart").or_insert(section);
    }
    Ok(())
}

pub(super) type Begun = Result<Meta, Failure>;

/// This machine's platform.
const HERE: Option<String> = Some(String::new());

fn exchange(init: &mut Init) -> Begun {
    init.parts.events = Some(Exchange::of_server());
    Ok(Meta::default())
}

fn metadata(init: &mut Init) -> Begun {
    make_dir(&init.root())?;
    let store = Store::open(&init.root().join(store::FILE), init.config.timeouts.open)?;
    init.parts.store = Some(Arc::new(store));
    Ok(Meta::default())
}

fn content(init: &mut Init) -> Begun {
    let content = opened_content(init)?;
    let meta = meta([("root", content.root().display().to_string())], &[]);
    init.parts.content = Some(content);
    Ok(meta)
}

/// The content store as the configuration has it.
pub(super) fn opened_content(init: &mut Init) -> Result<Content> {
    let mut content = Content::open(&init.config.root, init.parts.store()?)?;
    // Where containerd's configuration has it.
    let sharing: Sharing = init.config.section("io.containerd.metadata.v1.bolt")?;
    match sharing.content_sharing_policy.as_str() {
        "" | "shared" => {}
        "isolated" => content = content.isolated(),
        other => {
            let text = format!("unknown content_sharing_policy {other:?}: shared or isolated");
            return Err(Error::invalid(text));
        }
    }
    Ok(content)
}

#[derive(Deserialize, Serialize)]
#[serde(default)]
struct Sharing {
    /// Whether a blob that one namespace has counts as sent to all others.
    content_sharing_policy: String,
}

impl Default for Sharing {
    fn default() -> Self {
        Sharing { content_sharing_policy: "shared".into() }
    }
}

fn overlayfs(init: &mut Init) -> Begun {
    let section: overlay::Section = init.section()?;
    section.place(&init.root())?;
    overlay::check(init.config, &init.root()).map_err(|e| Failure::Skip(e.message))?;
    let snapshotter = Snapshotter::overlayfs(&init.config.root, init.parts.store()?)?;
    let snapshotter = snapshotter.with_settings(section.mount_options, section.upperdir_label);
    snapshotter_meta(init, snapshotter)
}

fn native(init: &mut Init) -> Begun {
    let snapshotter = Snapshotter::native(&init.config.root, init.parts.store()?)?;
    snapshotter_meta(init, snapshotter)
}

fn snapshotter_meta(init: &mut Init, snapshotter: Snapshotter) -> Begun {
    let meta = meta([("root", snapshotter.root().display().to_string())], &snapshotter.capabilities());
    init.parts.snapshotters.insert(snapshotter.name(), snapshotter);
    Ok(Meta { platform: HERE, ..meta })
}

fn walking(init: &mut Init) -> Begun {
    let processors = Processors::new(init.config.processors.clone());
    let own = Differ::Own { content: init.parts.content()?, processors };
    init.parts.differs.insert("walking".to_string(), own);
    Ok(Meta { platform: HERE, ..Meta::default() })
}

/// Where containerd's configuration has it.
pub const DIFF_SERVICE: &str = "io.containerd.service.v1.diff-service";

#[derive(Deserialize, Serialize)]
#[serde(default)]
pub struct DiffService {
    /// The differs that are asked, in this order, until one can do it.
    pub default: Vec<String>,
}

impl Default for DiffService {
    fn default() -> Self {
        DiffService { default: vec!["walking".into()] }
    }
}

fn scheduler(init: &mut Init) -> Begun {
    let section: Scheduler = init.section()?;
    let pace = section.pace()?;
    let (store, content) = (init.parts.store()?, init.parts.content()?);
    let snapshotters: Vec<_> = init.parts.snapshotters.values().cloned().collect();
    let mounts = init.parts.mounts.clone();
    let changing = store.clone();
    let unsynced = snapshotters.clone();
    let litter = Litter::new(init, store.clone());
    let figures = init.parts.figures.clone();
    let events = init.parts.events()?;
    let sweep = move || {
        let begin = Instant::now();
        let swept = gc::collect(&store, &content, &snapshotters, &mut |ns, gone| tell(&events, ns, gone))
            .and_then(|_| mounts.as_ref().map_or(Ok(()), Mounts::collect));
        if let Err(e) = litter.collect() {
            tracing::warn!("remove what killed commands left: {e}");
        }
        figures.collected(begin.elapsed(), swept.is_ok());
        swept
    };
    let gc = Collector::new(pace, sweep).afterwards(move || {
        unsynced.iter().try_for_each(Snapshotter::settle)?;
        heap::works();
        Ok(())
    });
    let told = gc.clone();
    if section.mutation_threshold > 0 {
        changing.watch(section.mutation_threshold, move || told.want());
    }
    init.parts.gc = Some(gc);
    Ok(Meta::default())
}

/// Publishes what a collection has removed, of the kinds that containerd tells of.
fn tell(events: &Exchange, ns: &str, gone: &gc::Node) {
    let published = match gone {
        gc::Node::Snapshot(snapshotter, key) => {
            let event = SnapshotRemove { key: key.clone(), snapshotter: snapshotter.clone() };
            events.publish(ns, "/snapshot/remove", &event)
        }
        gc::Node::Image(name) => events.publish(ns, "/images/delete", &ImageDelete { name: name.clone() }),
        _ => Ok(()),
    };
    if let Err(e) = published {
        tracing::warn!("tell of what was collected: {e}");
    }
}

#[derive(Deserialize, Serialize)]
#[serde(default)]
struct Scheduler {
    /// The part of all time that collections may take, at most a half; 0 is no limit.
    pause_threshold: f64,
    /// After so many deletions a collection is not put off; 0 is always as `pause_threshold` has it.
    deletion_threshold: u64,
    /// How long the server runs before what an earlier one left is collected.
    startup_delay: String,
    /// After so many changes of the metadata there is a collection, deletions or not; 0 is never.
    mutation_threshold: u64,
    /// From what wants a collection to the collection.
    schedule_delay: String,
}

impl Scheduler {
    fn pace(&self) -> Result<Pace> {
        if self.pause_threshold.is_nan() {
            return Err(Error::invalid("pause_threshold: not a number"));
        }
        Ok(Pace {
            startup: duration(&self.startup_delay).map_err(|e| e.context("startup_delay"))?,
            delay: duration(&self.schedule_delay).map_err(|e| e.context("schedule_delay"))?,
            share: self.pause_threshold.clamp(0.0, 0.5),
            deletions: self.deletion_threshold,
            ..Pace::default()
        })
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        Scheduler {
            pause_threshold: 0.02,
            deletion_threshold: 0,
            mutation_threshold: 100,
            schedule_delay: "100ms".into(),
            startup_delay: "100ms".into(),
        }
    }
}

fn task(init: &mut Init) -> Begun {
    let (store, events) = (init.parts.store()?, init.parts.events()?);
    let (state, root) = (init.config.state.clone(), init.config.root.clone());
    let shims: Shims = init.config.section(SHIM_MANAGER)?;
    let caller = Caller { env: shims.env()?, ..Caller::of(init.config) };
    init.parts.tasks = Some(Runtime::new(state, root, caller, store, events));
    let schemes = "fifo,binary,binary-v2,file".to_string();
    Ok(Meta { platform: HERE, ..meta([("log-uri-schemes", schemes)], &[]) })
}

fn mounts(init: &mut Init) -> Begun {
    let mounts = Mounts::open(&init.config.root, &init.config.state, init.parts.store()?)?;
    mounts.recover()?;
    init.parts.mounts = Some(mounts);
    Ok(Meta::default())
}

fn restart(init: &mut Init) -> Begun {
    let section: Restart = init.section()?;
    let interval = duration(&section.interval).map_err(|e| e.context("interval"))?;
    if interval.is_zero() {
        return Err(Error::invalid("interval: must be longer than 0s").into());
    }
    let snapshotters = Arc::new(init.parts.snapshotters.clone());
    let (store, tasks) = (init.parts.store()?, init.parts.tasks()?);
    init.parts.restart = Some(Monitor { store, tasks, snapshotters, interval, working: Working::default() });
    let capabilities = ["no", "always", "on-failure", "unless-stopped"].map(str::to_string).into();
    Ok(Meta { capabilities, ..Meta::default() })
}

#[derive(Deserialize, Serialize)]
#[serde(default)]
struct Restart {
    /// How long until it is looked again at what runs and should.
    interval: String,
}

impl Default for Restart {
    fn default() -> Self {
        Restart { interval: "10s".into() }
    }
}

fn sandbox_store(init: &mut Init) -> Begun {
    init.parts.store()?;
    Ok(Meta::default())
}

fn sandbox_controller(init: &mut Init) -> Begun {
    let (store, tasks) = (init.parts.store()?, init.parts.tasks()?);
    let config = init.config;
    let controller = Controller::new(&config.state, &config.root, tasks.caller().clone(), store);
    init.parts.sandboxes = Some(Arc::new(controller));
    Ok(Meta::default())
}

fn streams(init: &mut Init) -> Begun {
    init.parts.streams = Some(Streams::default());
    Ok(Meta::default())
}

fn transfer(init: &mut Init) -> Begun {
    let parts = &mut init.parts;
    parts.transfer = Some(Transfer {
        store: parts.store()?,
        content: parts.content()?,
        snapshotters: Arc::new(parts.snapshotters.clone()),
        events: parts.events()?,
        gc: parts.gc()?,
        processors: Processors::new(init.config.processors.clone()),
    });
    Ok(Meta::default())
}

/// What one of the files says wrong is told, and the classes of the other are there.
fn tasks_service(init: &mut Init) -> Begun {
    let section: TasksService = init.section()?;
    let tasks = init.parts.tasks()?;
    let load = |key: &str, file: &str| (!file.is_empty()).then(|| (key.to_string(), PathBuf::from(file)));
    let mut faults = Vec::new();
    let mut classes = Classes::default();
    if let Some((key, file)) = load("blockio_config_file", &section.blockio_config_file) {
        match BlockIo::load(&file) {
            Ok(read) => classes.blockio = Some(read),
            Err(e) => faults.push(e.context(key)),
        }
    }
    if let Some((key, file)) = load("rdt_config_file", &section.rdt_config_file) {
        match Rdt::load(&file) {
            Ok(read) => classes.rdt = Some(read),
            Err(e) => faults.push(e.context(key)),
        }
    }
    tasks.set_classes(classes);
    match faults.into_iter().next() {
        Some(e) => Err(e.into()),
        None => Ok(Meta::default()),
    }
}

#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
struct TasksService {
    /// Files of the classes of block I/O and of Intel RDT; empty is none.
    blockio_config_file: String,
    rdt_config_file: String,
}

fn introspection_service(init: &mut Init) -> Begun {
    init.parts.uuid = Some(init.root().join("uuid"));
    Ok(Meta::default())
}

fn meta<const N: usize>(exports: [(&str, String); N], capabilities: &[String]) -> Meta {
    let exports = exports.map(|(name, value)| (name.to_string(), value)).into();
    Meta { exports, capabilities: capabilities.to_vec(), ..Meta::default() }
}
