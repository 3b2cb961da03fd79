//! Mounts: made by the server and kept for clients.

use std::pin::Pin;

use tokio_stream::{Stream, StreamExt, iter};
use tonic::{Request, Response, Status};

use crate::api::mounts as api;
use crate::api::mounts::mounts_server;
use crate::error::Result;
use crate::filter::Filter;
use crate::mounts::Mounts as Manager;

use super::caller::Caller;
use super::{blocking, message, required};

pub struct Mounts {
    pub manager: Manager,
}

#[tonic::async_trait]
impl mounts_server::Mounts for Mounts {
    async fn activate(
        &self,
        request: Request<api::ActivateRequest>,
    ) -> Result<Response<api::ActivateResponse>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let api::ActivateRequest { name, mounts, labels, temporary } = request.into_inner();
        let (mounts, labels) = (message::mounts_from(mounts), message::labels(labels));
        let manager = self.manager.clone();
        let info = blocking(move || {
            manager.activate(&namespace, &name, mounts, labels, temporary, lease.as_deref())
        })
        .await?;
        Ok(Response::new(api::ActivateResponse { info: Some(info) }))
    }

    async fn deactivate(&self, request: Request<api::DeactivateRequest>) -> Result<Response<()>, Status> {
        let caller = Caller::of(&request)?;
        let name = request.into_inner().name;
        let manager = self.manager.clone();
        blocking(move || manager.deactivate(&caller.namespace, &name)).await?;
        Ok(Response::new(()))
    }

    async fn info(&self, request: Request<api::InfoRequest>) -> Result<Response<api::InfoResponse>, Status> {
        let caller = Caller::of(&request)?;
        let name = request.into_inner().name;
        let manager = self.manager.clone();
        let info = blocking(move || manager.info(&caller.namespace, &name)).await?;
        Ok(Response::new(api::InfoResponse { info: Some(info) }))
    }

    async fn update(
        &self,
        request: Request<api::UpdateRequest>,
    ) -> Result<Response<api::UpdateResponse>, Status> {
        let caller = Caller::of(&request)?;
        let api::UpdateRequest { info, update_mask } = request.into_inner();
        let (info, paths) = (required(info, "Info")?, message::paths(update_mask));
        let manager = self.manager.clone();
        let info = blocking(move || manager.update(&caller.namespace, info, &paths)).await?;
        Ok(Response::new(api::UpdateResponse { info: Some(info) }))
    }

    type ListStream = Pin<Box<dyn Stream<Item = Result<api::ListMessage, Status>> + Send>>;

    async fn list(&self, request: Request<api::ListRequest>) -> Result<Response<Self::ListStream>, Status> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let manager = self.manager.clone();
        let all = blocking(move || manager.list(&caller.namespace, |info| filter.matches(info))).await?;
        Ok(Response::new(Box::pin(iter(all).map(|info| Ok(api::ListMessage { info: Some(info) })))))
    }
}
