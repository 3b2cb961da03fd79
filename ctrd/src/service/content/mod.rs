//! Content: blobs by digest, read and written in streams.

mod read;
mod write;

use std::borrow::Cow;
use std::pin::Pin;

use tokio_stream::{Stream, StreamExt, iter};
use tonic::{Request, Response, Status, Streaming};

use crate::api::content as api;
use crate::api::content::content_server;
use crate::api::event::ContentDelete;
use crate::collector::Collector;
use crate::content;
use crate::digest::Digest;
use crate::error::Result;
use crate::events::Exchange;
use crate::filter::{Fields, Filter, entry, present};

use super::caller::Caller;
use super::{blocking, message, required};

/// So many entries of a list go into one message.
const BATCH: usize = 100;

pub struct Content {
    pub store: content::Content,
    pub events: Exchange,
    pub gc: Collector,
}

impl Fields for content::Info {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["digest"] => present(self.digest.as_str()),
            ["size"] => Some(Cow::Owned(self.size.to_string())),
            ["labels", key @ ..] => entry(&self.labels, key),
            _ => None,
        }
    }
}

impl Fields for content::Status {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["ref"] => Some(Cow::Borrowed(&self.reference)),
            _ => None,
        }
    }
}

#[tonic::async_trait]
impl content_server::Content for Content {
    async fn info(&self, request: Request<api::InfoRequest>) -> Result<Response<api::InfoResponse>, Status> {
        let caller = Caller::of(&request)?;
        let digest = Digest::parse(&request.get_ref().digest)?;
        let info = self.store.info(&caller.namespace, &digest)?;
        Ok(Response::new(api::InfoResponse { info: Some(to_message(info)) }))
    }

    async fn update(
        &self,
        request: Request<api::UpdateRequest>,
    ) -> Result<Response<api::UpdateResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let from = required(request.info, "Info")?;
        let digest = Digest::parse(&from.digest)?;
        let (labels, paths) = (message::labels(from.labels), message::paths(request.update_mask));
        let store = self.store.clone();
        let info = blocking(move || {
            store.update(&caller.namespace, &digest, &labels, &paths, caller.lease.as_deref())
        })
        .await?;
        Ok(Response::new(api::UpdateResponse { info: Some(to_message(info)) }))
    }

    type ListStream = Pin<Box<dyn Stream<Item = Result<api::ListContentResponse, Status>> + Send>>;

    async fn list(
        &self,
        request: Request<api::ListContentRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let store = self.store.clone();
        let found = blocking(move || store.list(&caller.namespace, |info| filter.matches(info))).await?;
        let infos: Vec<_> = found.into_iter().map(to_message).collect();
        let batches: Vec<_> = infos.chunks(BATCH).map(<[_]>::to_vec).collect();
        Ok(Response::new(Box::pin(iter(batches).map(|info| Ok(api::ListContentResponse { info })))))
    }

    async fn delete(&self, request: Request<api::DeleteContentRequest>) -> Result<Response<()>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let digest = Digest::parse(&request.get_ref().digest)?;
        let (store, events, gc) = (self.store.clone(), self.events.clone(), self.gc.clone());
        blocking(move || {
            store.delete(&namespace, &digest, lease.as_deref())?;
            let event = ContentDelete { digest: digest.to_string() };
            events.publish(&namespace, "/content/delete", &event)?;
            gc.schedule();
            Ok(())
        })
        .await?;
        Ok(Response::new(()))
    }

    type ReadStream = read::Stream;

    async fn read(
        &self,
        request: Request<api::ReadContentRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let caller = Caller::of(&request)?;
        read::read(self.store.clone(), caller, request.into_inner()).await
    }

    async fn status(
        &self,
        request: Request<api::StatusRequest>,
    ) -> Result<Response<api::StatusResponse>, Status> {
        let caller = Caller::of(&request)?;
        let reference = request.into_inner().r#ref;
        let store = self.store.clone();
        let status = blocking(move || {
            store
                .status(&caller.namespace, &reference)
                .map_err(|e| e.context(format!("could not get status for ref {reference:?}")))
        })
        .await?;
        Ok(Response::new(api::StatusResponse { status: Some(status_message(status)) }))
    }

    async fn list_statuses(
        &self,
        request: Request<api::ListStatusesRequest>,
    ) -> Result<Response<api::ListStatusesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let store = self.store.clone();
        let found = blocking(move || store.statuses(&caller.namespace, |s| filter.matches(s))).await?;
        let statuses = found.into_iter().map(status_message).collect();
        Ok(Response::new(api::ListStatusesResponse { statuses }))
    }

    type WriteStream = write::Stream;

    async fn write(
        &self,
        request: Request<Streaming<api::WriteContentRequest>>,
    ) -> Result<Response<Self::WriteStream>, Status> {
        let caller = Caller::of(&request)?;
        Ok(write::write(self.store.clone(), self.events.clone(), caller, request.into_inner()))
    }

    async fn abort(&self, request: Request<api::AbortRequest>) -> Result<Response<()>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let reference = request.into_inner().r#ref;
        let store = self.store.clone();
        blocking(move || store.abort(&namespace, &reference, lease.as_deref())).await?;
        Ok(Response::new(()))
    }
}

fn to_message(info: content::Info) -> api::Info {
    api::Info {
        digest: info.digest.to_string(),
        size: info.size as i64,
        created_at: message::time(info.created_at),
        updated_at: message::time(info.updated_at),
        labels: message::map(info.labels),
    }
}

fn status_message(status: content::Status) -> api::Status {
    api::Status {
        started_at: message::time(status.started_at),
        updated_at: message::time(status.updated_at),
        r#ref: status.reference,
        offset: status.offset as i64,
        total: status.total as i64,
        expected: status.expected.map(|d| d.to_string()).unwrap_or_default(),
    }
}
