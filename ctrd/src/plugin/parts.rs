//! What the plugins provide to one another: one field a thing, empty until its plugin has begun.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tonic::service::RoutesBuilder;

use crate::client::remote::Remote;
use crate::collector::Collector;
use crate::content::Content;
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::metrics::Figures;
use crate::mounts::Mounts;
use crate::restart::Monitor;
use crate::sandbox::Controller;
use crate::service::diff::Differ;
use crate::service::introspection::Plugins;
use crate::snapshot::Snapshotter;
use crate::store::Store;
use crate::task::Runtime;
use crate::transfer::Transfer;
use crate::transfer::stream::Streams;

#[derive(Default)]
pub struct Parts {
    pub store: Option<Arc<Store>>,
    pub content: Option<Content>,
    pub snapshotters: BTreeMap<&'static str, Snapshotter>,
    pub differs: BTreeMap<String, Differ>,
    /// Keepers of sandboxes that are servers behind a socket, with what these call them.
    pub controllers: BTreeMap<String, (Remote, String)>,
    pub events: Option<Exchange>,
    pub gc: Option<Collector>,
    pub tasks: Option<Arc<Runtime>>,
    pub mounts: Option<Mounts>,
    pub restart: Option<Monitor>,
    pub sandboxes: Option<Arc<Controller>>,
    pub streams: Option<Streams>,
    pub transfer: Option<Transfer>,
    /// The file with the name of this root.
    pub uuid: Option<PathBuf>,
    /// Filled when all plugins have begun.
    pub plugins: Plugins,
    /// What is counted.
    pub figures: Arc<Figures>,
    /// The services for gRPC.
    pub routes: RoutesBuilder,
    /// Whether shims may forward their events.
    pub forwarding: bool,
}

impl Parts {
    pub fn store(&self) -> Result<Arc<Store>> {
        needed(&self.store, "io.containerd.metadata.v1")
    }

    pub fn content(&self) -> Result<Content> {
        needed(&self.content, "io.containerd.content.v1")
    }

    pub fn events(&self) -> Result<Exchange> {
        needed(&self.events, "io.containerd.event.v1")
    }

    pub fn gc(&self) -> Result<Collector> {
        needed(&self.gc, "io.containerd.gc.v1")
    }

    pub fn tasks(&self) -> Result<Arc<Runtime>> {
        needed(&self.tasks, "io.containerd.runtime.v2")
    }

    pub fn mounts(&self) -> Result<Mounts> {
        needed(&self.mounts, "io.containerd.mount-manager.v1")
    }

    pub fn sandboxes(&self) -> Result<Arc<Controller>> {
        needed(&self.sandboxes, "io.containerd.sandbox.controller.v1")
    }

    pub fn streams(&self) -> Result<Streams> {
        needed(&self.streams, "io.containerd.streaming.v1")
    }

    pub fn transfer(&self) -> Result<Transfer> {
        needed(&self.transfer, "io.containerd.transfer.v1")
    }

    pub fn uuid(&self) -> Result<PathBuf> {
        needed(&self.uuid, "io.containerd.service.v1")
    }
}

fn needed<T: Clone>(part: &Option<T>, kind: &str) -> Result<T> {
    part.clone().ok_or_else(|| Error::not_found(format!("no plugin of type {kind} is loaded: not found")))
}
