//! `ctrd events`: a JSON object a line, with the names that filters use.

use anyhow::Result;
use prost::Message;
use prost_types::Any;
use serde_json::{Value, json};

use super::Session;
use crate::api::event::*;
use crate::api::events::SubscribeRequest;
use crate::api::images::{ImageCreate, ImageDelete, ImageUpdate};
use crate::cli::{Events, Format};
use crate::client::{failure, take};
use crate::listing;

pub async fn events(session: &Session, args: Events) -> Result<i32> {
    let filters = [args.filter, args.filters].concat();
    let mut stream = take(session.client.events().subscribe(SubscribeRequest { filters }).await)?;
    let mut left = args.count;
    let mut gone = listing::reader_gone();
    while left != Some(0) {
        let envelope = tokio::select! {
            envelope = stream.message() => envelope.map_err(failure)?,
            Ok(()) = &mut gone => break,
        };
        let Some(envelope) = envelope else { break };
        let event = envelope.event.as_ref().map(payload).unwrap_or(Value::Null);
        match args.format {
            Format::Json => {
                let line = json!({
                    "timestamp": listing::time_json(envelope.timestamp.as_ref()),
                    "namespace": envelope.namespace,
                    "topic": envelope.topic,
                    "event": event,
                });
                listing::line(&line.to_string())?;
            }
            Format::Table => {
                let time = listing::time(envelope.timestamp.as_ref());
                listing::line(&format!("{time}   {}   {}   {event}", envelope.namespace, envelope.topic))?;
            }
        }
        left = left.map(|left| left - 1);
    }
    Ok(0)
}

/// The fields of the events that are known, by their names in the interface.
macro_rules! fields {
    ($any:expr, $($name:literal $type:ident { $($field:ident),* })*) => {
        // The last word says enough: no two messages that are published share it.
        match $any.type_url.rsplit(['/', '.']).next().unwrap_or_default() {
            $($name => $type::decode($any.value.as_slice()).ok().map(|e| {
                json!({ $(stringify!($field): shown(&e.$field)),* })
            }),)*
            _ => None,
        }
    };
}

fn payload(any: &Any) -> Value {
    let known = fields! { any,
        "ContainerCreate" ContainerCreate { id, image, runtime }
        "ContainerUpdate" ContainerUpdate { id, image, labels, snapshot_key }
        "ContainerDelete" ContainerDelete { id }
        "ContentCreate" ContentCreate { digest, size }
        "ContentDelete" ContentDelete { digest }
        "ImageCreate" ImageCreate { name, labels }
        "ImageUpdate" ImageUpdate { name, labels }
        "ImageDelete" ImageDelete { name }
        "NamespaceCreate" NamespaceCreate { name, labels }
        "NamespaceUpdate" NamespaceUpdate { name, labels }
        "NamespaceDelete" NamespaceDelete { name }
        "SnapshotPrepare" SnapshotPrepare { key, parent, snapshotter }
        "SnapshotCommit" SnapshotCommit { key, name, snapshotter }
        "SnapshotRemove" SnapshotRemove { key, snapshotter }
        "TaskCreate" TaskCreate { container_id, bundle, rootfs, io, checkpoint, pid }
        "TaskStart" TaskStart { container_id, pid }
        "TaskDelete" TaskDelete { container_id, id, pid, exit_status, exited_at }
        "TaskExit" TaskExit { container_id, id, pid, exit_status, exited_at }
        "TaskOOM" TaskOom { container_id }
        "TaskExecAdded" TaskExecAdded { container_id, exec_id }
        "TaskExecStarted" TaskExecStarted { container_id, exec_id, pid }
        "TaskPaused" TaskPaused { container_id }
        "TaskResumed" TaskResumed { container_id }
        "TaskCheckpointed" TaskCheckpointed { container_id, checkpoint }
    };
    // An event of somebody else's making: its type is all that can be said.
    known.unwrap_or_else(|| json!({"type_url": any.type_url}))
}

/// A field as JSON.
trait Shown {
    fn shown(&self) -> Value;
}

fn shown(field: &impl Shown) -> Value {
    field.shown()
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Shown for $type {
            fn shown(&self) -> Value {
                json!(self)
            }
        })*
    };
}

plain!(String, u32, i64, std::collections::HashMap<String, String>);

impl Shown for Option<prost_types::Timestamp> {
    fn shown(&self) -> Value {
        listing::time_json(self.as_ref())
    }
}

impl Shown for Option<container_create::Runtime> {
    fn shown(&self) -> Value {
        json!({"name": self.as_ref().map(|runtime| runtime.name.as_str())})
    }
}

impl Shown for Option<TaskIo> {
    fn shown(&self) -> Value {
        match self {
            Some(io) => json!({
                "stdin": io.stdin, "stdout": io.stdout, "stderr": io.stderr, "terminal": io.terminal,
            }),
            None => Value::Null,
        }
    }
}

impl Shown for Vec<crate::api::types::Mount> {
    fn shown(&self) -> Value {
        self.iter()
            .map(|m| json!({"type": m.r#type, "source": m.source, "target": m.target, "options": m.options}))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_their_fields() {
        let exit = TaskExit { container_id: "web".into(), exit_status: 137, ..TaskExit::default() };
        let any = Any { type_url: "containerd.events.TaskExit".into(), value: exit.encode_to_vec() };
        let shown = payload(&any);
        assert_eq!(shown["container_id"], "web");
        assert_eq!(shown["exit_status"], 137);
        assert_eq!(shown["exited_at"], Value::Null);
        let any = Any { type_url: "x/Novel".into(), value: Vec::new() };
        assert_eq!(payload(&any), json!({"type_url": "x/Novel"}));
    }
}
