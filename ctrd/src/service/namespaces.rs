//! Namespaces and their labels. These calls name their namespace themselves and need no header.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::api::event::{NamespaceCreate, NamespaceDelete, NamespaceUpdate};
use crate::api::namespaces::namespaces_server;
use crate::api::namespaces::{
    CreateNamespaceRequest, CreateNamespaceResponse, DeleteNamespaceRequest, GetNamespaceRequest,
    GetNamespaceResponse, ListNamespacesRequest, ListNamespacesResponse, Namespace, UpdateNamespaceRequest,
    UpdateNamespaceResponse,
};
use crate::error::Error;
use crate::events::Exchange;
use crate::store::{Store, namespaces};

use super::{blocking, message, required};

pub struct Namespaces {
    pub store: Arc<Store>,
    pub events: Exchange,
}

#[tonic::async_trait]
impl namespaces_server::Namespaces for Namespaces {
    async fn get(
        &self,
        request: Request<GetNamespaceRequest>,
    ) -> Result<Response<GetNamespaceResponse>, Status> {
        let name = request.into_inner().name;
        let store = self.store.clone();
        let namespace = blocking(move || {
            let labels = message::map(store.read(|c| namespaces::labels(c, &name))?);
            Ok(Namespace { name, labels })
        })
        .await?;
        Ok(Response::new(GetNamespaceResponse { namespace: Some(namespace) }))
    }

    async fn list(
        &self,
        _: Request<ListNamespacesRequest>,
    ) -> Result<Response<ListNamespacesResponse>, Status> {
        let store = self.store.clone();
        let all = blocking(move || store.read(namespaces::list)).await?;
        let namespaces =
            all.into_iter().map(|(name, labels)| Namespace { name, labels: message::map(labels) }).collect();
        Ok(Response::new(ListNamespacesResponse { namespaces }))
    }

    async fn create(
        &self,
        request: Request<CreateNamespaceRequest>,
    ) -> Result<Response<CreateNamespaceResponse>, Status> {
        let namespace = required(request.into_inner().namespace, "Namespace")?;
        let (store, events, made) = (self.store.clone(), self.events.clone(), namespace.clone());
        blocking(move || {
            let labels = message::labels(made.labels.clone());
            store.write(|tx| namespaces::create(tx, &made.name, &labels))?;
            let event = NamespaceCreate { name: made.name.clone(), labels: made.labels };
            events.publish(&made.name, "/namespaces/create", &event)
        })
        .await?;
        Ok(Response::new(CreateNamespaceResponse { namespace: Some(namespace) }))
    }

    async fn update(
        &self,
        request: Request<UpdateNamespaceRequest>,
    ) -> Result<Response<UpdateNamespaceResponse>, Status> {
        let request = request.into_inner();
        let namespace = required(request.namespace, "Namespace")?;
        let paths = message::paths(request.update_mask);
        let (store, events, from) = (self.store.clone(), self.events.clone(), namespace.clone());
        let labels = blocking(move || {
            let event = NamespaceUpdate { name: from.name.clone(), labels: from.labels.clone() };
            let labels = store.write(|tx| {
                let given = message::labels(from.labels);
                let mut labels =
                    if paths.is_empty() { given.clone() } else { namespaces::labels(tx, &from.name)? };
                for path in &paths {
                    let key = path
                        .strip_prefix("labels.")
                        .ok_or_else(|| Error::invalid(format!("cannot update {path:?} field")))?;
                    labels.insert(key.to_string(), given.get(key).cloned().unwrap_or_default());
                }
                namespaces::set_labels(tx, &from.name, labels)?;
                namespaces::labels(tx, &from.name)
            })?;
            events.publish(&event.name, "/namespaces/update", &event)?;
            Ok(labels)
        })
        .await?;
        let namespace = Namespace { name: namespace.name, labels: message::map(labels) };
        Ok(Response::new(UpdateNamespaceResponse { namespace: Some(namespace) }))
    }

    async fn delete(&self, request: Request<DeleteNamespaceRequest>) -> Result<Response<()>, Status> {
        let name = request.into_inner().name;
        let (store, events) = (self.store.clone(), self.events.clone());
        blocking(move || {
            store.write(|tx| namespaces::delete(tx, &name))?;
            events.publish(&name, "/namespaces/delete", &NamespaceDelete { name: name.clone() })
        })
        .await?;
        Ok(Response::new(()))
    }
}
