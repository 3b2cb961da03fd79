//! Containers: records, created, changed and removed. Whether one runs is the tasks' business.

use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::{Stream, StreamExt, iter};
use tonic::{Request, Response, Status};

use crate::api::containers::containers_server;
use crate::api::containers::{
    Container, CreateContainerRequest, CreateContainerResponse, DeleteContainerRequest, GetContainerRequest,
    GetContainerResponse, ListContainerMessage, ListContainersRequest, ListContainersResponse,
    UpdateContainerRequest, UpdateContainerResponse,
};
use crate::api::event::{ContainerCreate, ContainerDelete, ContainerUpdate, container_create};
use crate::clock;
use crate::collector::Collector;
use crate::error::Result;
use crate::events::Exchange;
use crate::filter::Filter;
use crate::store::{Store, containers};

use super::caller::Caller;
use super::{blocking, message, required};

pub struct Containers {
    pub store: Arc<Store>,
    pub events: Exchange,
    pub gc: Collector,
}

impl Containers {
    async fn all(&self, request: Request<ListContainersRequest>) -> Result<Vec<Container>> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let store = self.store.clone();
        blocking(move || store.read(|c| containers::list(c, &caller.namespace, |one| filter.matches(one))))
            .await
    }
}

#[tonic::async_trait]
impl containers_server::Containers for Containers {
    async fn get(
        &self,
        request: Request<GetContainerRequest>,
    ) -> Result<Response<GetContainerResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = request.into_inner().id;
        let container = self.store.read(|c| containers::get(c, &caller.namespace, &id))?;
        Ok(Response::new(GetContainerResponse { container: Some(container) }))
    }

    async fn list(
        &self,
        request: Request<ListContainersRequest>,
    ) -> Result<Response<ListContainersResponse>, Status> {
        Ok(Response::new(ListContainersResponse { containers: self.all(request).await? }))
    }

    type ListStreamStream = Pin<Box<dyn Stream<Item = Result<ListContainerMessage, Status>> + Send>>;

    async fn list_stream(
        &self,
        request: Request<ListContainersRequest>,
    ) -> Result<Response<Self::ListStreamStream>, Status> {
        let all = self.all(request).await?;
        Ok(Response::new(Box::pin(iter(all).map(|one| Ok(ListContainerMessage { container: Some(one) })))))
    }

    async fn create(
        &self,
        request: Request<CreateContainerRequest>,
    ) -> Result<Response<CreateContainerResponse>, Status> {
        let Caller { namespace, ahead, .. } = Caller::of(&request)?;
        let container = required(request.into_inner().container, "Container")?;
        let (store, events) = (self.store.clone(), self.events.clone());
        // Who does not wait for the disk is going to remove it.
        let boot = if ahead { clock::boot() } else { "" };
        let made = blocking(move || {
            let made = store.write_ahead(ahead, |tx| containers::create(tx, &namespace, container, boot))?;
            let runtime = made.runtime.clone().unwrap_or_default();
            let event = ContainerCreate {
                id: made.id.clone(),
                image: made.image.clone(),
                runtime: Some(container_create::Runtime { name: runtime.name, options: runtime.options }),
            };
            events.publish(&namespace, "/containers/create", &event)?;
            Ok(made)
        })
        .await?;
        Ok(Response::new(CreateContainerResponse { container: Some(made) }))
    }

    async fn update(
        &self,
        request: Request<UpdateContainerRequest>,
    ) -> Result<Response<UpdateContainerResponse>, Status> {
        let Caller { namespace, .. } = Caller::of(&request)?;
        let request = request.into_inner();
        let container = required(request.container.filter(|c| !c.id.is_empty()), "Container.ID")?;
        let paths = message::paths(request.update_mask);
        let (store, events) = (self.store.clone(), self.events.clone());
        let made = blocking(move || {
            let made = store.write(|tx| containers::update(tx, &namespace, container, &paths))?;
            let event = ContainerUpdate {
                id: made.id.clone(),
                image: made.image.clone(),
                labels: made.labels.clone(),
                snapshot_key: made.snapshot_key.clone(),
            };
            events.publish(&namespace, "/containers/update", &event)?;
            Ok(made)
        })
        .await?;
        Ok(Response::new(UpdateContainerResponse { container: Some(made) }))
    }

    async fn delete(&self, request: Request<DeleteContainerRequest>) -> Result<Response<()>, Status> {
        let Caller { namespace, ahead, .. } = Caller::of(&request)?;
        let id = request.into_inner().id;
        let (store, events, gc) = (self.store.clone(), self.events.clone(), self.gc.clone());
        blocking(move || {
            let snapshot = store.write_ahead(ahead, |tx| containers::delete(tx, &namespace, &id))?;
            events.publish(&namespace, "/containers/delete", &ContainerDelete { id })?;
            // Whoever removes a container removes its snapshot next, and then there is a collection; or else
            // it was to be kept, and is, until something else becomes garbage.
            if !snapshot {
                gc.schedule();
            }
            Ok(())
        })
        .await?;
        Ok(Response::new(()))
    }
}
