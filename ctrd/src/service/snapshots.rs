//! Snapshots, of whichever snapshotter a request names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::{Stream, StreamExt, iter};
use tonic::{Request, Response, Status};

use crate::api::event::{SnapshotCommit, SnapshotPrepare, SnapshotRemove};
use crate::api::snapshots as api;
use crate::api::snapshots::snapshots_server;
use crate::collector::Collector;
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::filter::{Fields, Filter, entry};
use crate::snapshot::{Doomed, Info, Kind, Snapshotter};
use crate::tidy;

use super::caller::Caller;
use super::{blocking, message, required};

/// So many entries of a list go into one message.
const BATCH: usize = 100;

pub struct Snapshots {
    pub snapshotters: Arc<BTreeMap<&'static str, Snapshotter>>,
    pub events: Exchange,
    pub gc: Collector,
}

impl Snapshots {
    fn of(&self, name: &str) -> Result<Snapshotter> {
        if name.is_empty() {
            return Err(Error::invalid("snapshotter argument missing: invalid argument"));
        }
        let found = self.snapshotters.get(name).cloned();
        found.ok_or_else(|| Error::invalid(format!("snapshotter not loaded: {name}: invalid argument")))
    }
}

impl Fields for Info {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        let text = |text| Some(Cow::Borrowed(text));
        match path {
            ["kind"] => text(match self.kind {
                Kind::View => "view",
                Kind::Active => "active",
                Kind::Committed => "committed",
            }),
            ["name"] => text(&self.key),
            ["parent"] => text(&self.parent),
            ["labels", key @ ..] => entry(&self.labels, key),
            _ => None,
        }
    }
}

#[tonic::async_trait]
impl snapshots_server::Snapshots for Snapshots {
    async fn prepare(
        &self,
        request: Request<api::PrepareSnapshotRequest>,
    ) -> Result<Response<api::PrepareSnapshotResponse>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let event = SnapshotPrepare {
            key: request.key.clone(),
            parent: request.parent.clone(),
            snapshotter: request.snapshotter,
        };
        let events = self.events.clone();
        let mounts = blocking(move || {
            let (labels, lease) = (message::labels(request.labels), lease.as_deref());
            let mounts = snapshotter.prepare(&namespace, &request.key, &request.parent, &labels, lease)?;
            events.publish(&namespace, "/snapshot/prepare", &event)?;
            Ok(mounts)
        })
        .await?;
        Ok(Response::new(api::PrepareSnapshotResponse { mounts: message::mounts(mounts) }))
    }

    async fn view(
        &self,
        request: Request<api::ViewSnapshotRequest>,
    ) -> Result<Response<api::ViewSnapshotResponse>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let mounts = blocking(move || {
            let labels = message::labels(request.labels);
            snapshotter.view(&namespace, &request.key, &request.parent, &labels, lease.as_deref())
        })
        .await?;
        Ok(Response::new(api::ViewSnapshotResponse { mounts: message::mounts(mounts) }))
    }

    async fn mounts(
        &self,
        request: Request<api::MountsRequest>,
    ) -> Result<Response<api::MountsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let mounts = blocking(move || snapshotter.mounts(&caller.namespace, &request.key)).await?;
        Ok(Response::new(api::MountsResponse { mounts: message::mounts(mounts) }))
    }

    async fn commit(&self, request: Request<api::CommitSnapshotRequest>) -> Result<Response<()>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let event = SnapshotCommit {
            key: request.key.clone(),
            name: request.name.clone(),
            snapshotter: request.snapshotter,
        };
        let events = self.events.clone();
        blocking(move || {
            let labels = message::labels(request.labels);
            let (name, key, parent) = (&request.name, &request.key, &request.parent);
            snapshotter.commit(&namespace, name, key, parent, &labels, lease.as_deref())?;
            events.publish(&namespace, "/snapshot/commit", &event)
        })
        .await?;
        Ok(Response::new(()))
    }

    async fn remove(&self, request: Request<api::RemoveSnapshotRequest>) -> Result<Response<()>, Status> {
        let Caller { namespace, lease, ahead, .. } = Caller::of(&request)?;
        let api::RemoveSnapshotRequest { snapshotter: name, key } = request.into_inner();
        let snapshotter = self.of(&name)?;
        let (events, gc) = (self.events.clone(), self.gc.clone());
        tidy::room().await;
        let by = |doomed: Doomed| tidy::later(|| doomed.remove());
        blocking(move || {
            snapshotter.remove_by(&namespace, &key, lease.as_deref(), ahead, by)?;
            let event = SnapshotRemove { key, snapshotter: name };
            events.publish(&namespace, "/snapshot/remove", &event)?;
            gc.schedule();
            Ok(())
        })
        .await?;
        Ok(Response::new(()))
    }

    async fn stat(
        &self,
        request: Request<api::StatSnapshotRequest>,
    ) -> Result<Response<api::StatSnapshotResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let info = snapshotter.stat(&caller.namespace, &request.key)?;
        Ok(Response::new(api::StatSnapshotResponse { info: Some(to_message(info)) }))
    }

    async fn update(
        &self,
        request: Request<api::UpdateSnapshotRequest>,
    ) -> Result<Response<api::UpdateSnapshotResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let from = required(request.info.filter(|info| !info.name.is_empty()), "Info.Name")?;
        let (labels, paths) = (message::labels(from.labels), message::paths(request.update_mask));
        let info =
            blocking(move || snapshotter.update(&caller.namespace, &from.name, &labels, &paths)).await?;
        Ok(Response::new(api::UpdateSnapshotResponse { info: Some(to_message(info)) }))
    }

    type ListStream = Pin<Box<dyn Stream<Item = Result<api::ListSnapshotsResponse, Status>> + Send>>;

    async fn list(
        &self,
        request: Request<api::ListSnapshotsRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let filter = Filter::parse(&request.filters)?;
        let found =
            blocking(move || snapshotter.list(&caller.namespace, |info| filter.matches(info))).await?;
        let infos: Vec<_> = found.into_iter().map(to_message).collect();
        let batches: Vec<_> = infos.chunks(BATCH).map(<[_]>::to_vec).collect();
        Ok(Response::new(Box::pin(iter(batches).map(|info| Ok(api::ListSnapshotsResponse { info })))))
    }

    async fn usage(
        &self,
        request: Request<api::UsageRequest>,
    ) -> Result<Response<api::UsageResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let snapshotter = self.of(&request.snapshotter)?;
        let usage = blocking(move || snapshotter.usage(&caller.namespace, &request.key)).await?;
        Ok(Response::new(api::UsageResponse { size: usage.size as i64, inodes: usage.inodes as i64 }))
    }

    async fn cleanup(&self, request: Request<api::CleanupRequest>) -> Result<Response<()>, Status> {
        Caller::of(&request)?;
        let snapshotter = self.of(&request.get_ref().snapshotter)?;
        tidy::done().await;
        blocking(move || snapshotter.cleanup()).await?;
        Ok(Response::new(()))
    }
}

fn to_message(info: Info) -> api::Info {
    let kind = match info.kind {
        Kind::View => api::Kind::View,
        Kind::Active => api::Kind::Active,
        Kind::Committed => api::Kind::Committed,
    };
    api::Info {
        name: info.key,
        parent: info.parent,
        kind: kind.into(),
        created_at: message::time(info.created_at),
        updated_at: message::time(info.updated_at),
        labels: message::map(info.labels),
    }
}
