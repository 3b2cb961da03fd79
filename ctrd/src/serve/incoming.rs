//! Connections as they come. Running out of descriptors or memory is no reason to stop serving.

use std::io;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::authority;
use super::idle::Open;

/// There is nothing to wait on for a free descriptor: one looks again after this long.
const SHORTAGE: Duration = Duration::from_millis(50);

/// The next connection, however long it takes.
pub async fn next(listener: &UnixListener) -> UnixStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(e) => pause(&e).await,
        }
    }
}

/// After a connection that could not be taken.
pub async fn pause(e: &io::Error) {
    tracing::warn!("accept: {}", crate::error::os_text(e));
    tokio::time::sleep(SHORTAGE).await;
}

/// All connections to `listener`, for tonic to serve.
pub fn stream(listener: UnixListener, open: Open) -> ReceiverStream<io::Result<authority::Stream>> {
    let (connections, stream) = mpsc::channel(1);
    tokio::spawn(async move {
        // A place in the queue first: what is not taken stays with the kernel.
        while let Ok(place) = connections.reserve().await {
            let stream = next(&listener).await;
            place.send(Ok(authority::Stream::new(stream, open.enter())));
        }
    });
    ReceiverStream::new(stream)
}
