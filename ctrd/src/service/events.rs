//! Events: published and forwarded by clients, streamed to those who subscribe.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio_stream::{Stream, StreamExt, once};
use tonic::{Request, Response, Status};

use crate::api::events::events_server;
use crate::api::events::{ForwardRequest, PublishRequest, SubscribeRequest};
use crate::api::types::Envelope;
use crate::events::{Exchange, Subscription};

use super::caller::Caller;
use super::required;

pub struct Events {
    pub exchange: Exchange,
}

#[tonic::async_trait]
impl events_server::Events for Events {
    async fn publish(&self, request: Request<PublishRequest>) -> Result<Response<()>, Status> {
        let caller = Caller::of(&request)?;
        let PublishRequest { topic, event } = request.into_inner();
        self.exchange.publish_any(&caller.namespace, &topic, event)?;
        Ok(Response::new(()))
    }

    async fn forward(&self, request: Request<ForwardRequest>) -> Result<Response<()>, Status> {
        self.exchange.forward(required(request.into_inner().envelope, "Envelope")?)?;
        Ok(Response::new(()))
    }

    type SubscribeStream = Pin<Box<dyn Stream<Item = Result<Envelope, Status>> + Send>>;

    /// The events of all namespaces, unless the filters say otherwise. Whoever has the answer's
    /// headers misses nothing of what is published from then on.
    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let events = self.exchange.subscribe(&request.get_ref().filters)?;
        let slow = Err(Status::resource_exhausted("subscriber too slow: too many events wait for it"));
        let stream = Waiting(events).map(|envelope| Ok((*envelope).clone())).chain(once(slow));
        Ok(Response::new(Box::pin(stream)))
    }
}

/// What waits for a subscriber.
struct Waiting(Subscription);

impl Stream for Waiting {
    type Item = Arc<Envelope>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}
