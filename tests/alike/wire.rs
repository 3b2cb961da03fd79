//! A gRPC call of any method: messages go out and come back as bytes.

use std::time::Duration;

use prost::bytes::{Buf, BufMut, Bytes};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};

/// No answer takes longer, but that of a call that waits for something.
const LIMIT: Duration = Duration::from_secs(20);

/// What the headers say.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    pub namespace: Option<String>,
    pub lease: Option<String>,
}

/// All messages of an answer, and its end.
pub struct Answer {
    pub messages: Vec<Bytes>,
    pub end: Result<(), Status>,
}

/// Begins a call; its answers are read as they come.
pub async fn begin(
    channel: &Channel,
    path: &str,
    headers: &Headers,
    messages: Vec<Bytes>,
) -> Result<Streaming<Bytes>, Status> {
    let mut grpc =
        Grpc::new(channel.clone()).max_decoding_message_size(64 << 20).max_encoding_message_size(64 << 20);
    grpc.ready().await.map_err(|e| Status::unknown(format!("connection: {e}")))?;
    let mut request = Request::new(tokio_stream::iter(messages));
    for (name, value) in [("containerd-namespace", &headers.namespace), ("containerd-lease", &headers.lease)]
    {
        if let Some(value) = value {
            request.metadata_mut().insert(name, MetadataValue::try_from(value).expect("a header"));
        }
    }
    let path: PathAndQuery = path.parse().expect("a path");
    grpc.streaming(request, path, Raw).await.map(tonic::Response::into_inner)
}

/// Makes a call, and reads its answer to the end.
pub async fn call(channel: &Channel, path: &str, headers: &Headers, messages: Vec<Bytes>) -> Answer {
    let mut got = Vec::new();
    let read = async {
        let mut stream = begin(channel, path, headers, messages).await?;
        while let Some(message) = stream.message().await? {
            got.push(message);
        }
        Ok(())
    };
    let end = tokio::time::timeout(LIMIT, read).await;
    let end = end.unwrap_or_else(|_| Err(Status::deadline_exceeded("the test waits no longer")));
    Answer { messages: got, end }
}

/// Bytes as they are.
#[derive(Debug, Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = from.remaining();
        Ok(Some(from.copy_to_bytes(length)))
    }
}
