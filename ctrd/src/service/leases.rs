//! Leases and the resources that each holds.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::api::leases::leases_server;
use crate::api::leases::{
    AddResourceRequest, CreateRequest, CreateResponse, DeleteRequest, DeleteResourceRequest,
    Lease as Message, ListRequest, ListResourcesRequest, ListResourcesResponse, ListResponse,
    Resource as ResourceMessage,
};
use crate::clock;
use crate::collector::Collector;
use crate::content::Content;
use crate::error::Result;
use crate::filter::Filter;
use crate::gc;
use crate::store::Store;
use crate::store::leases::{self, Lease, Resource};

use super::caller::Caller;
use super::{blocking, message, required};

pub struct Leases {
    pub store: Arc<Store>,
    pub content: Content,
    pub gc: Collector,
}

#[tonic::async_trait]
impl leases_server::Leases for Leases {
    async fn create(&self, request: Request<CreateRequest>) -> Result<Response<CreateResponse>, Status> {
        let caller = Caller::of(&request)?;
        let CreateRequest { id, labels } = request.into_inner();
        let id = if id.is_empty() { random_id() } else { id };
        let store = self.store.clone();
        let lease = blocking(move || {
            let labels = message::labels(labels);
            store
                .write_ahead(gc::has_expiry(&labels), |tx| leases::create(tx, &caller.namespace, &id, labels))
        })
        .await?;
        Ok(Response::new(CreateResponse { lease: Some(to_message(lease)) }))
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Result<Response<()>, Status> {
        let caller = Caller::of(&request)?;
        let DeleteRequest { id, sync } = request.into_inner();
        let (store, content, gc) = (self.store.clone(), self.content.clone(), self.gc.clone());
        let owed = blocking(move || {
            // What was made under a lease that expires is to last from its end on. Should the lease
            // itself come back, it ends once more.
            let expires = store.read(|c| gc::expires(c, &caller.namespace, Some(&id)))?;
            let waited = content.settle()?;
            store.write_ahead(expires && !waited, |tx| leases::delete(tx, &caller.namespace, &id))?;
            Ok(gc.owe())
        })
        .await?;
        if sync {
            owed.collect().await?;
        }
        Ok(Response::new(()))
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListResponse>, Status> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let store = self.store.clone();
        let found = blocking(move || {
            store.read(|c| leases::list(c, &caller.namespace, |lease| filter.matches(lease)))
        })
        .await?;
        Ok(Response::new(ListResponse { leases: found.into_iter().map(to_message).collect() }))
    }

    async fn add_resource(&self, request: Request<AddResourceRequest>) -> Result<Response<()>, Status> {
        let caller = Caller::of(&request)?;
        let AddResourceRequest { id, resource } = request.into_inner();
        let (store, resource) = (self.store.clone(), resource_from(resource)?);
        blocking(move || {
            let expires = store.read(|c| gc::expires(c, &caller.namespace, Some(&id)))?;
            store.write_ahead(expires, |tx| leases::add(tx, &caller.namespace, &id, &resource))
        })
        .await?;
        Ok(Response::new(()))
    }

    async fn delete_resource(&self, request: Request<DeleteResourceRequest>) -> Result<Response<()>, Status> {
        let caller = Caller::of(&request)?;
        let DeleteResourceRequest { id, resource } = request.into_inner();
        let (store, gc, resource) = (self.store.clone(), self.gc.clone(), resource_from(resource)?);
        blocking(move || {
            store.write(|tx| leases::remove(tx, &caller.namespace, &id, &resource))?;
            gc.schedule();
            Ok(())
        })
        .await?;
        Ok(Response::new(()))
    }

    async fn list_resources(
        &self,
        request: Request<ListResourcesRequest>,
    ) -> Result<Response<ListResourcesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = request.into_inner().id;
        let store = self.store.clone();
        let found = blocking(move || store.read(|c| leases::resources(c, &caller.namespace, &id))).await?;
        let resources = found.into_iter().map(|r| ResourceMessage { id: r.id, r#type: r.kind }).collect();
        Ok(Response::new(ListResourcesResponse { resources }))
    }
}

/// A name that no other lease has: the time, in nanoseconds, and the process.
fn random_id() -> String {
    format!("{}-{}", clock::now(), std::process::id())
}

fn to_message(lease: Lease) -> Message {
    Message { id: lease.id, created_at: message::time(lease.created_at), labels: message::map(lease.labels) }
}

fn resource_from(from: Option<ResourceMessage>) -> Result<Resource> {
    required(from, "Resource").map(|r| Resource { kind: r.r#type, id: r.id })
}
