//! What clients call, and shims: the services, as plugins that begin last.

use std::sync::Arc;

use crate::api::containers::containers_server::ContainersServer;
use crate::api::content::content_server::ContentServer;
use crate::api::diff::diff_server::DiffServer;
use crate::api::events::events_server::EventsServer;
use crate::api::health::health_server::HealthServer;
use crate::api::images::images_server::ImagesServer;
use crate::api::introspection::introspection_server::IntrospectionServer;
use crate::api::leases::leases_server::LeasesServer;
use crate::api::mounts::mounts_server::MountsServer;
use crate::api::namespaces::namespaces_server::NamespacesServer;
use crate::api::sandbox::controller_server::ControllerServer;
use crate::api::sandbox::store_server::StoreServer;
use crate::api::snapshots::snapshots_server::SnapshotsServer;
use crate::api::streaming::streaming_server::StreamingServer;
use crate::api::tasks::tasks_server::TasksServer;
use crate::api::transfer::transfer_server::TransferServer;
use crate::api::version::version_server::VersionServer;
use crate::error::Error;
use crate::service::containers::Containers;
use crate::service::content::Content as ContentService;
use crate::service::diff::Diff;
use crate::service::events::Events;
use crate::service::health::Health;
use crate::service::images::Images;
use crate::service::introspection::Introspection;
use crate::service::leases::Leases;
use crate::service::mounts::Mounts as MountsService;
use crate::service::namespaces::Namespaces;
use crate::service::sandbox::{Controllers, Sandboxes};
use crate::service::snapshots::Snapshots;
use crate::service::streaming::Streaming;
use crate::service::tasks::Tasks;
use crate::service::transfer::Transfer as TransferService;
use crate::service::version::Version;

use super::list::{Begun, DIFF_SERVICE, DiffService};
use super::{Init, Meta};

/// Takes a service in, with the limits that every service has.
macro_rules! serve {
    ($init:ident, $server:ident, $service:expr) => {{
        let server = $server::new($service)
            .max_decoding_message_size($init.config.max_received)
            .max_encoding_message_size($init.config.max_sent);
        $init.parts.routes.add_service(server);
        Ok(Meta::default())
    }};
}

pub fn containers(init: &mut Init) -> Begun {
    let (store, events, gc) = (init.parts.store()?, init.parts.events()?, init.parts.gc()?);
    serve!(init, ContainersServer, Containers { store, events, gc })
}

pub fn content_service(init: &mut Init) -> Begun {
    let (store, events, gc) = (init.parts.content()?, init.parts.events()?, init.parts.gc()?);
    serve!(init, ContentServer, ContentService { store, events, gc })
}

pub fn diff(init: &mut Init) -> Begun {
    let section: DiffService = init.config.section(DIFF_SERVICE)?;
    let mut differs = Vec::new();
    for name in section.default {
        let found = init.parts.differs.get(&name).cloned();
        differs.push(
            found.ok_or_else(|| {
                Error::not_found(format!("default: there is no differ {name:?}: not found"))
            })?,
        );
    }
    serve!(init, DiffServer, Diff { differs })
}

pub fn events(init: &mut Init) -> Begun {
    let exchange = init.parts.events()?;
    serve!(init, EventsServer, Events { exchange })
}

pub fn health(init: &mut Init) -> Begun {
    serve!(init, HealthServer, Health)
}

pub fn images(init: &mut Init) -> Begun {
    let (store, events, gc) = (init.parts.store()?, init.parts.events()?, init.parts.gc()?);
    let content = init.parts.content()?;
    serve!(init, ImagesServer, Images { store, content, events, gc })
}

pub fn introspection(init: &mut Init) -> Begun {
    let (plugins, uuid) = (init.parts.plugins.clone(), init.parts.uuid()?);
    serve!(init, IntrospectionServer, Introspection { plugins, uuid })
}

pub fn leases(init: &mut Init) -> Begun {
    let (store, content, gc) = (init.parts.store()?, init.parts.content()?, init.parts.gc()?);
    serve!(init, LeasesServer, Leases { store, content, gc })
}

pub fn mounts_service(init: &mut Init) -> Begun {
    let manager = init.parts.mounts()?;
    serve!(init, MountsServer, MountsService { manager })
}

pub fn namespaces(init: &mut Init) -> Begun {
    let (store, events) = (init.parts.store()?, init.parts.events()?);
    serve!(init, NamespacesServer, Namespaces { store, events })
}

pub fn controllers(init: &mut Init) -> Begun {
    let (shim, events) = (init.parts.sandboxes()?, init.parts.events()?);
    let remotes = init.parts.controllers.clone();
    serve!(init, ControllerServer, Controllers { shim, remotes, events })
}

pub fn sandboxes(init: &mut Init) -> Begun {
    let (store, gc) = (init.parts.store()?, init.parts.gc()?);
    serve!(init, StoreServer, Sandboxes { store, gc })
}

pub fn snapshots(init: &mut Init) -> Begun {
    let (events, gc) = (init.parts.events()?, init.parts.gc()?);
    let snapshotters = Arc::new(init.parts.snapshotters.clone());
    serve!(init, SnapshotsServer, Snapshots { snapshotters, events, gc })
}

pub fn streaming(init: &mut Init) -> Begun {
    let streams = init.parts.streams()?;
    serve!(init, StreamingServer, Streaming { streams })
}

pub fn tasks(init: &mut Init) -> Begun {
    let (runtime, content) = (init.parts.tasks()?, init.parts.content()?);
    serve!(init, TasksServer, Tasks { runtime, content })
}

pub fn transfer_service(init: &mut Init) -> Begun {
    let (engine, streams) = (init.parts.transfer()?, init.parts.streams()?);
    serve!(init, TransferServer, TransferService { engine, streams })
}

pub fn version(init: &mut Init) -> Begun {
    serve!(init, VersionServer, Version)
}

pub fn forwarding(init: &mut Init) -> Begun {
    init.parts.events()?;
    init.parts.forwarding = true;
    Ok(Meta::default())
}
