//! Images: names for descriptors. What they lead to is in the content store, or is not.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::api::images::images_server;
use crate::api::images::{
    CreateImageRequest, CreateImageResponse, DeleteImageRequest, GetImageRequest, GetImageResponse,
    Image as Message, ImageCreate, ImageDelete, ImageUpdate, ListImagesRequest, ListImagesResponse,
    UpdateImageRequest, UpdateImageResponse,
};
use crate::collector::Collector;
use crate::content::Content;
use crate::error::Result;
use crate::events::Exchange;
use crate::filter::Filter;
use crate::store::Store;
use crate::store::images::{self, Image};
use crate::timestamp;

use super::caller::Caller;
use super::{blocking, message, required};

pub struct Images {
    pub store: Arc<Store>,
    pub content: Content,
    pub events: Exchange,
    pub gc: Collector,
}

#[tonic::async_trait]
impl images_server::Images for Images {
    async fn get(&self, request: Request<GetImageRequest>) -> Result<Response<GetImageResponse>, Status> {
        let caller = Caller::of(&request)?;
        let name = request.into_inner().name;
        let image = self.store.read(|c| images::get(c, &caller.namespace, &name))?;
        Ok(Response::new(GetImageResponse { image: Some(to_message(image)) }))
    }

    async fn list(
        &self,
        request: Request<ListImagesRequest>,
    ) -> Result<Response<ListImagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let filter = Filter::parse(&request.get_ref().filters)?;
        let store = self.store.clone();
        let found = blocking(move || {
            store.read(|c| images::list(c, &caller.namespace, |image| filter.matches(image)))
        })
        .await?;
        Ok(Response::new(ListImagesResponse { images: found.into_iter().map(to_message).collect() }))
    }

    async fn create(
        &self,
        request: Request<CreateImageRequest>,
    ) -> Result<Response<CreateImageResponse>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let request = request.into_inner();
        let image = from_message(request.image)?;
        let at = request.source_date_epoch.map(|t| timestamp::from_proto(&t));
        let (store, content, events) = (self.store.clone(), self.content.clone(), self.events.clone());
        let made = blocking(move || {
            content.settle()?;
            let made = store.write(|tx| images::create(tx, &namespace, image, at, lease.as_deref()))?;
            let made = to_message(made);
            let event = ImageCreate { name: made.name.clone(), labels: made.labels.clone() };
            events.publish(&namespace, "/images/create", &event)?;
            Ok(made)
        })
        .await?;
        Ok(Response::new(CreateImageResponse { image: Some(made) }))
    }

    async fn update(
        &self,
        request: Request<UpdateImageRequest>,
    ) -> Result<Response<UpdateImageResponse>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let request = request.into_inner();
        let image = from_message(request.image)?;
        let paths = message::paths(request.update_mask);
        let at = request.source_date_epoch.map(|t| timestamp::from_proto(&t));
        let (store, content, events) = (self.store.clone(), self.content.clone(), self.events.clone());
        let gc = self.gc.clone();
        let made = blocking(move || {
            content.settle()?;
            let made =
                store.write(|tx| images::update(tx, &namespace, image, &paths, at, lease.as_deref()))?;
            let made = to_message(made);
            let event = ImageUpdate { name: made.name.clone(), labels: made.labels.clone() };
            events.publish(&namespace, "/images/update", &event)?;
            // What the name led to before may be wanted by nothing now.
            gc.schedule();
            Ok(made)
        })
        .await?;
        Ok(Response::new(UpdateImageResponse { image: Some(made) }))
    }

    async fn delete(&self, request: Request<DeleteImageRequest>) -> Result<Response<()>, Status> {
        let Caller { namespace, lease, .. } = Caller::of(&request)?;
        let DeleteImageRequest { name, sync, target } = request.into_inner();
        let (store, events, gc) = (self.store.clone(), self.events.clone(), self.gc.clone());
        let target = target.map(|t| t.digest).filter(|digest| !digest.is_empty());
        let owed = blocking(move || {
            store.write(|tx| images::delete(tx, &namespace, &name, target.as_deref(), lease.as_deref()))?;
            let owed = gc.owe();
            events.publish(&namespace, "/images/delete", &ImageDelete { name })?;
            Ok(owed)
        })
        .await?;
        if sync {
            owed.collect().await?;
        }
        Ok(Response::new(()))
    }
}

fn to_message(image: Image) -> Message {
    Message {
        name: image.name,
        labels: message::map(image.labels),
        target: Some(message::descriptor(image.target)),
        created_at: message::time(image.created_at),
        updated_at: message::time(image.updated_at),
    }
}

fn from_message(from: Option<Message>) -> Result<Image> {
    let from = required(from.filter(|image| !image.name.is_empty()), "Image.Name")?;
    Ok(Image {
        name: from.name,
        target: message::target(from.target.unwrap_or_default()),
        labels: message::labels(from.labels),
        created_at: 0,
        updated_at: 0,
    })
}
