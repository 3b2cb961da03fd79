//! The payloads that this program knows: their type URLs, and their fields for filters.
//!
//! containerd's type URLs are the bare names of the messages, without a host before them.

use prost::Message;
use prost_types::Any;

use crate::api::event::*;
use crate::api::images::{ImageCreate, ImageDelete, ImageUpdate};
use crate::filter::entry;

/// A message that can be published.
pub trait Event: Message {
    fn type_url(&self) -> &'static str;

    /// What a filter sees of it. Numbers, times and lists cannot be filtered by.
    fn text(&self, path: &[&str]) -> Option<String>;
}

/// The field at `path` of an event, if its type is known.
pub(super) fn field(event: &Any, path: &[&str]) -> Option<String> {
    let name = event.type_url.rsplit('/').next()?;
    KNOWN.iter().find(|(url, _)| *url == name).and_then(|(_, read)| read(&event.value, path))
}

type Read = fn(&[u8], &[&str]) -> Option<String>;

macro_rules! url {
    ($type:ident) => {
        concat!("containerd.events.", stringify!($type))
    };
    ($type:ident $url:literal) => {
        $url
    };
}

/// The known events in one place: type, its URL where that is another, fields.
macro_rules! events {
    ($($type:ident $(as $url:literal)? |$e:ident, $path:ident| { $($pattern:pat => $value:expr,)* })*) => {
        $(impl Event for $type {
            fn type_url(&self) -> &'static str {
                url!($type $($url)?)
            }

            fn text(&self, $path: &[&str]) -> Option<String> {
                let $e = self;
                match $path {
                    $($pattern => $value,)*
                    _ => None,
                }
            }
        })*

        const KNOWN: &[(&str, Read)] = &[$((
            url!($type $($url)?),
            |bytes, path| $type::decode(bytes).ok()?.text(path),
        ),)*];
    };
}

events! {
    ContainerCreate |e, path| {
        ["id"] => text(&e.id),
        ["image"] => text(&e.image),
        ["runtime", "name"] => text(&e.runtime.as_ref()?.name),
    }
    ContainerUpdate |e, path| {
        ["id"] => text(&e.id),
        ["image"] => text(&e.image),
        ["labels", key @ ..] => entry(&e.labels, key).map(Into::into),
        ["snapshot_key"] => text(&e.snapshot_key),
    }
    ContainerDelete |e, path| { ["id"] => text(&e.id), }
    ContentCreate |e, path| { ["digest"] => text(&e.digest), }
    ContentDelete |e, path| { ["digest"] => text(&e.digest), }
    ImageCreate as "containerd.services.images.v1.ImageCreate" |e, path| {
        ["name"] => text(&e.name),
        ["labels", key @ ..] => entry(&e.labels, key).map(Into::into),
    }
    ImageUpdate as "containerd.services.images.v1.ImageUpdate" |e, path| {
        ["name"] => text(&e.name),
        ["labels", key @ ..] => entry(&e.labels, key).map(Into::into),
    }
    ImageDelete as "containerd.services.images.v1.ImageDelete" |e, path| { ["name"] => text(&e.name), }
    NamespaceCreate |e, path| {
        ["name"] => text(&e.name),
        ["labels", key @ ..] => entry(&e.labels, key).map(Into::into),
    }
    NamespaceUpdate |e, path| {
        ["name"] => text(&e.name),
        ["labels", key @ ..] => entry(&e.labels, key).map(Into::into),
    }
    NamespaceDelete |e, path| { ["name"] => text(&e.name), }
    SandboxCreate |e, path| { ["sandbox_id"] => text(&e.sandbox_id), }
    SandboxStart |e, path| { ["sandbox_id"] => text(&e.sandbox_id), }
    SandboxExit |e, path| { ["sandbox_id"] => text(&e.sandbox_id), }
    SnapshotPrepare |e, path| {
        ["key"] => text(&e.key),
        ["parent"] => text(&e.parent),
        ["snapshotter"] => text(&e.snapshotter),
    }
    SnapshotCommit |e, path| {
        ["key"] => text(&e.key),
        ["name"] => text(&e.name),
        ["snapshotter"] => text(&e.snapshotter),
    }
    SnapshotRemove |e, path| {
        ["key"] => text(&e.key),
        ["snapshotter"] => text(&e.snapshotter),
    }
    TaskCreate |e, path| {
        ["container_id"] => text(&e.container_id),
        ["bundle"] => text(&e.bundle),
        ["checkpoint"] => text(&e.checkpoint),
        ["io", "stdin"] => text(&e.io.as_ref()?.stdin),
        ["io", "stdout"] => text(&e.io.as_ref()?.stdout),
        ["io", "stderr"] => text(&e.io.as_ref()?.stderr),
        ["io", "terminal"] => Some(e.io.as_ref()?.terminal.to_string()),
    }
    TaskStart |e, path| { ["container_id"] => text(&e.container_id), }
    TaskDelete |e, path| {
        ["container_id"] => text(&e.container_id),
        ["id"] => text(&e.id),
    }
    TaskExit |e, path| {
        ["container_id"] => text(&e.container_id),
        ["id"] => text(&e.id),
    }
    TaskOom as "containerd.events.TaskOOM" |e, path| { ["container_id"] => text(&e.container_id), }
    TaskExecAdded |e, path| {
        ["container_id"] => text(&e.container_id),
        ["exec_id"] => text(&e.exec_id),
    }
    TaskExecStarted |e, path| {
        ["container_id"] => text(&e.container_id),
        ["exec_id"] => text(&e.exec_id),
    }
    TaskPaused |e, path| { ["container_id"] => text(&e.container_id), }
    TaskResumed |e, path| { ["container_id"] => text(&e.container_id), }
    TaskCheckpointed |e, path| {
        ["container_id"] => text(&e.container_id),
        ["checkpoint"] => text(&e.checkpoint),
    }
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_string())
}
