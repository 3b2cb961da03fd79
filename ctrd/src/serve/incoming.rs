//! Connections as they come. Running out of descriptors or memory is no reason to stop serving.

use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::idle::{Connection, Open};

/// There is nothing to wait on for a free descriptor: one looks again after this long.
const SHORTAGE: Duration = Duration::from_millis(50);

/// What connections come to.
pub trait Listener: Send + 'static {
    type Stream: Send + 'static;

    /// The next connection; giving up waiting loses none.
    fn accept(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<UnixStream> {
        Ok(UnixListener::accept(self).await?.0)
    }
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<TcpStream> {
        Ok(TcpListener::accept(self).await?.0)
    }
}

/// The next connection, however long it takes. A shortage is told when it begins.
pub async fn next<L: Listener + Sync>(listener: &L) -> L::Stream {
    let mut short = false;
    loop {
        match listener.accept().await {
            Ok(stream) => return stream,
            Err(e) if short => tracing::debug!("accept: {}", crate::error::os_text(&e)),
            Err(e) => tracing::warn!("accept: {}", crate::error::os_text(&e)),
        }
        short = true;
        tokio::time::sleep(SHORTAGE).await;
    }
}

/// All connections to `listener`, for tonic to serve, until there is no more to come in.
pub fn stream<L: Listener + Sync, S: Send + 'static>(
    listener: L,
    open: Open,
    make: impl Fn(L::Stream, Connection) -> io::Result<S> + Send + 'static,
) -> ReceiverStream<io::Result<S>> {
    let (connections, stream) = mpsc::channel(1);
    tokio::spawn(async move {
        // A place in the queue first: what is not taken stays with the kernel.
        while let Ok(place) = connections.reserve().await {
            let stream = tokio::select! {
                biased;
                () = open.closed() => return,
                stream = next(&listener) => stream,
            };
            match make(stream, open.enter()) {
                Ok(stream) => place.send(Ok(stream)),
                Err(e) => tracing::warn!("accept: {}", crate::error::os_text(&e)),
            }
        }
    });
    ReceiverStream::new(stream)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::{UnixListener as StdListener, UnixStream as StdStream};

    use tokio_stream::StreamExt;

    use super::*;

    /// Who comes when nobody is let in any more stays in the queue of the socket, for the next server.
    #[test]
    fn who_comes_late_waits_for_the_next_server() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let held = StdListener::bind(&path).unwrap();
        held.set_nonblocking(true).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = UnixListener::from_std(held.try_clone().unwrap()).unwrap();
            let open = Open::default();
            let mut connections =
                stream(listener, open.clone(), |stream, connection| Ok((stream, connection)));
            let _early = StdStream::connect(&path).unwrap();
            let taken = connections.next().await.unwrap().unwrap();
            open.close();
            let _late = StdStream::connect(&path).unwrap();
            assert!(connections.next().await.is_none());
            drop(taken);
        });
        held.accept().unwrap();
        assert!(held.accept().is_err(), "one was in the queue");
    }
}
