//! The records of sandboxes.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::api::sandbox::store_server;
use crate::api::sandbox::{
    StoreCreateRequest, StoreCreateResponse, StoreDeleteRequest, StoreDeleteResponse, StoreGetRequest,
    StoreGetResponse, StoreListRequest, StoreListResponse, StoreUpdateRequest, StoreUpdateResponse,
};
use crate::collector::Collector;
use crate::filter::Filter;
use crate::service::caller::Caller;
use crate::service::{blocking, required};
use crate::store::{Store, sandboxes};

pub struct Sandboxes {
    pub store: Arc<Store>,
    pub gc: Collector,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl store_server::Store for Sandboxes {
    async fn create(&self, request: Request<StoreCreateRequest>) -> Answer<StoreCreateResponse> {
        let caller = Caller::of(&request)?;
        let sandbox = required(request.into_inner().sandbox, "Sandbox")?;
        let store = self.store.clone();
        let made =
            blocking(move || store.write(|tx| sandboxes::create(tx, &caller.namespace, sandbox))).await?;
        Ok(Response::new(StoreCreateResponse { sandbox: Some(made) }))
    }

    async fn update(&self, request: Request<StoreUpdateRequest>) -> Answer<StoreUpdateResponse> {
        let caller = Caller::of(&request)?;
        let StoreUpdateRequest { sandbox, fields } = request.into_inner();
        let sandbox = required(sandbox, "Sandbox")?;
        let store = self.store.clone();
        let made =
            blocking(move || store.write(|tx| sandboxes::update(tx, &caller.namespace, sandbox, &fields)))
                .await?;
        Ok(Response::new(StoreUpdateResponse { sandbox: Some(made) }))
    }

    async fn delete(&self, request: Request<StoreDeleteRequest>) -> Answer<StoreDeleteResponse> {
        let caller = Caller::of(&request)?;
        let id = request.into_inner().sandbox_id;
        let (store, gc) = (self.store.clone(), self.gc.clone());
        blocking(move || {
            store.write(|tx| sandboxes::delete(tx, &caller.namespace, &id))?;
            gc.schedule();
            Ok(())
        })
        .await?;
        Ok(Response::new(StoreDeleteResponse {}))
    }

    async fn list(&self, request: Request<StoreListRequest>) -> Answer<StoreListResponse> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let store = self.store.clone();
        let list = blocking(move || {
            store.read(|c| sandboxes::list(c, &caller.namespace, |one| filter.matches(one)))
        })
        .await?;
        Ok(Response::new(StoreListResponse { list }))
    }

    async fn get(&self, request: Request<StoreGetRequest>) -> Answer<StoreGetResponse> {
        let caller = Caller::of(&request)?;
        let id = request.into_inner().sandbox_id;
        let store = self.store.clone();
        let sandbox = blocking(move || store.read(|c| sandboxes::get(c, &caller.namespace, &id))).await?;
        Ok(Response::new(StoreGetResponse { sandbox: Some(sandbox) }))
    }
}
