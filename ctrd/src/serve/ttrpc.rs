//! The socket for shims: ttrpc with one method, by which they publish their events.

use ctrd_shim::api::ttrpc::{Request, Response};
use ctrd_shim::{method, ttrpc};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tonic::Status;

use crate::api::events::ForwardRequest;
use crate::error::{Error, Result};
use crate::events::Exchange;

use super::incoming;

/// Takes shims' connections for ever.
pub async fn serve(listener: UnixListener, exchange: Exchange) {
    loop {
        let stream = incoming::next(&listener).await;
        let exchange = exchange.clone();
        tokio::spawn(async move {
            if let Err(e) = converse(stream, &exchange).await {
                tracing::warn!("shim's connection: {e}");
            }
        });
    }
}

/// Answers calls in their order, so that a shim's events keep theirs.
async fn converse(mut stream: UnixStream, exchange: &Exchange) -> Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != nix::unistd::geteuid().as_raw() {
        return Err(Error::precondition(format!("peer is user {peer}")));
    }
    let mut wire = Vec::new();
    loop {
        while let Some((stream_id, request, taken)) = next(&wire)? {
            wire.drain(..taken);
            let mut answer = Vec::new();
            let response = call(&request, exchange);
            let too_long = |e: ttrpc::TooLong| Error::unknown(e.to_string());
            ttrpc::encode(&mut answer, stream_id, ttrpc::RESPONSE, &response).map_err(too_long)?;
            stream.write_all(&answer).await?;
        }
        if stream.read_buf(&mut wire).await? == 0 {
            return Ok(());
        }
    }
}

/// The first whole request in `wire`, its stream, and how many bytes it takes.
fn next(wire: &[u8]) -> Result<Option<(u32, Request, usize)>> {
    let frame = ttrpc::decode(wire).map_err(|e| Error::invalid(e.to_string()))?;
    let Some((frame, taken)) = frame else { return Ok(None) };
    if frame.kind != ttrpc::REQUEST {
        return Err(Error::invalid(format!("frame of kind {} where a request is due", frame.kind)));
    }
    let request = Request::decode(frame.payload).map_err(|e| Error::invalid(format!("request: {e}")))?;
    Ok(Some((frame.stream, request, taken)))
}

fn call(request: &Request, exchange: &Exchange) -> Response {
    if request.service != method::EVENTS || request.method != method::FORWARD {
        let name = format!("{}/{}", request.service, request.method);
        return ttrpc::failure(method::code::UNIMPLEMENTED, format!("method {name} is not implemented"));
    }
    let forwarded = ForwardRequest::decode(request.payload.as_slice())
        .map_err(|e| Error::invalid(format!("decode event: {e}")))
        .and_then(|request| request.envelope.ok_or_else(|| Error::invalid("no envelope")))
        .and_then(|envelope| exchange.forward(envelope));
    match forwarded {
        Ok(()) => ttrpc::success(&()),
        Err(e) => {
            let status = Status::from(e);
            ttrpc::failure(status.code() as i32, status.message())
        }
    }
}
