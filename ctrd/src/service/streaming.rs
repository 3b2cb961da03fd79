//! Streaming: streams for other calls to use.

use prost::Message;
use prost_types::Any;
use tonic::{Request, Response, Status, Streaming as Incoming};

use crate::api::streaming::StreamInit;
use crate::api::streaming::streaming_server;
use crate::error::Error;
use crate::transfer::stream::{Answers, Streams};

use super::caller::Caller;

pub struct Streaming {
    pub streams: Streams,
}

#[tonic::async_trait]
impl streaming_server::Streaming for Streaming {
    type StreamStream = Answers;

    /// The first message names the stream; an empty one answers that it is there.
    async fn stream(&self, request: Request<Incoming<Any>>) -> Result<Response<Answers>, Status> {
        let caller = Caller::of(&request)?;
        let mut incoming = request.into_inner();
        let Some(first) = incoming.message().await? else {
            return Err(Error::invalid("a stream begins with its name: invalid argument").into());
        };
        let name = "containerd.services.streaming.v1.StreamInit";
        if first.type_url.rsplit('/').next() != Some(name) {
            let text = format!("{:.200}: a stream begins with a {name}: invalid argument", first.type_url);
            return Err(Error::invalid(text).into());
        }
        let StreamInit { id } = StreamInit::decode(first.value.as_slice())
            .map_err(|e| Error::invalid(format!("stream: {e}: invalid argument")))?;
        Ok(Response::new(self.streams.register(&caller.namespace, &id, incoming)?))
    }
}
