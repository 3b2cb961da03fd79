//! Events: published and forwarded by clients, streamed to those who subscribe.

use std::pin::Pin;

use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use crate::api::events::events_server;
use crate::api::events::{ForwardRequest, PublishRequest, SubscribeRequest};
use crate::api::types::Envelope;
use crate::events::Exchange;

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
        let stream = UnboundedReceiverStream::new(events).map(|envelope| Ok((*envelope).clone()));
        Ok(Response::new(Box::pin(stream)))
    }
}
