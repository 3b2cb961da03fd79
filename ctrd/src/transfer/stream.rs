//! Streams that clients open beside their calls: named, found by that name, and used by one call.
//!
//! ```text
//!  sender                                 receiver
//!    │                                 ◀    │ WindowUpdate: so many bytes more may come
//!    │ Data, never more than allowed  ▶    │
//!    │ the end of the sender's half   ▶    │
//! ```

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use prost::Message;
use prost::bytes::Bytes;
use prost_types::Any;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tonic::{Status, Streaming};

use crate::api::types::transfer::{Data, WindowUpdate};
use crate::error::{Error, Result};

const DATA: &str = "containerd.types.transfer.Data";
const UPDATE: &str = "containerd.types.transfer.WindowUpdate";

/// A client sends no message larger than 32 KiB whatever it may: this much lets it run ahead.
const WINDOW: i64 = 1 << 20;
/// As much goes into one message of ours, as every client expects.
const PIECE: usize = 32 << 10;
/// Answers that a client has not taken yet before who writes has to wait.
const QUEUE: usize = 16;
/// How long a client may not listen that is only told of progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// So many streams may wait for the calls that are to use them.
const MAX_WAITING: usize = 1024;

/// The streams that no call has taken yet, by namespace and name. Cheap to clone.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<Key, Stream>>>);

type Key = (String, String);

/// A stream, seen from the server. Dropping it ends it.
pub struct Stream {
    incoming: Streaming<Any>,
    outgoing: mpsc::Sender<Result<Any, Status>>,
}

/// What a client receives: as long as it does, the stream is there.
pub struct Answers {
    queue: mpsc::Receiver<Result<Any, Status>>,
    streams: Streams,
    key: Key,
}

impl Streams {
    /// Enters a stream whose first message has been read, and answers that it is there.
    pub fn register(&self, namespace: &str, name: &str, incoming: Streaming<Any>) -> Result<Answers> {
        let (outgoing, queue) = mpsc::channel(QUEUE);
        let key = (namespace.to_string(), name.to_string());
        let mut streams = self.lock();
        if streams.contains_key(&key) {
            return Err(Error::already_exists("already exists"));
        }
        if streams.len() >= MAX_WAITING {
            return Err(Error::new(
                crate::error::Kind::ResourceExhausted,
                format!("stream {name:.100}: {MAX_WAITING} streams wait already"),
            ));
        }
        // There is room: nobody else has this end yet.
        let _ = outgoing.try_send(Ok(Any { type_url: "google.protobuf.Empty".into(), value: Vec::new() }));
        streams.insert(key.clone(), Stream { incoming, outgoing });
        drop(streams);
        Ok(Answers { queue, streams: self.clone(), key })
    }

    /// Takes the stream of that name for the caller's own.
    pub fn take(&self, namespace: &str, name: &str) -> Result<Stream> {
        let found = self.lock().remove(&(namespace.to_string(), name.to_string()));
        found.ok_or_else(|| Error::not_found(format!("stream {name:.100}: not found")))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl tokio_stream::Stream for Answers {
    type Item = Result<Any, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.queue.poll_recv(cx)
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.queue.close();
        let mut streams = self.streams.lock();
        // Another stream may have the name by now: this one was taken, and is over.
        if streams.get(&self.key).is_some_and(|stream| stream.outgoing.is_closed()) {
            streams.remove(&self.key);
        }
    }
}

impl Stream {
    /// What the client sends, for a thread that may block. `gone` is set when it went away before its end.
    pub fn reader(self, runtime: Handle, gone: Arc<AtomicBool>) -> Reader {
        let (give, pieces) = mpsc::unbounded_channel();
        let allowed = Arc::new(AtomicI64::new(0));
        let pump = runtime.spawn(pump(self.incoming, give, allowed.clone(), gone)).abort_handle();
        Reader { outgoing: self.outgoing, pieces, pump, runtime, piece: Bytes::new(), allowed, window: 0 }
    }

    /// Sends to the client, from a thread that may block.
    pub fn writer(self, runtime: Handle) -> Writer {
        Writer { stream: self, runtime, window: 0 }
    }

    /// Sends one message from a thread that may block. A client that does not keep up misses it.
    pub fn tell(&self, type_url: &str, message: &impl Message) {
        let any = Any { type_url: type_url.into(), value: message.encode_to_vec() };
        let sent = self.outgoing.send(Ok(any));
        let _ = Handle::current().block_on(async { tokio::time::timeout(PATIENCE, sent).await });
    }
}

/// Takes in what the client sends as soon as it comes: until it was taken, the connection has less
/// room for the client's other calls. No more comes than was allowed.
async fn pump(
    mut incoming: Streaming<Any>,
    pieces: mpsc::UnboundedSender<io::Result<Bytes>>,
    allowed: Arc<AtomicI64>,
    gone: Arc<AtomicBool>,
) {
    loop {
        let piece = match incoming.message().await {
            Ok(None) => return,
            // Of these there could be any number.
            Ok(Some(any)) => match data(&any) {
                Ok(piece) if piece.is_empty() => continue,
                piece => piece,
            },
            Err(status) => {
                gone.store(true, Ordering::Relaxed);
                Err(broken(status))
            }
        };
        let piece = piece.and_then(|piece| {
            let length = i64::try_from(piece.len()).unwrap_or(i64::MAX);
            match allowed.fetch_sub(length, Ordering::Relaxed) < length {
                true => Err(io::Error::new(io::ErrorKind::InvalidData, "stream: more than was allowed")),
                false => Ok(piece),
            }
        });
        let over = piece.is_err();
        if pieces.send(piece).is_err() || over {
            return;
        }
    }
}

fn data(any: &Any) -> io::Result<Bytes> {
    let bad = |text: String| io::Error::new(io::ErrorKind::InvalidData, format!("stream: {text}"));
    if !is(any, DATA) {
        return Err(bad(format!("{:.100} where data is due", any.type_url)));
    }
    Data::decode(any.value.as_slice()).map(|data| data.data).map_err(|e| bad(e.to_string()))
}

/// The bytes of a client's stream.
pub struct Reader {
    outgoing: mpsc::Sender<Result<Any, Status>>,
    pieces: mpsc::UnboundedReceiver<io::Result<Bytes>>,
    pump: AbortHandle,
    runtime: Handle,
    piece: Bytes,
    allowed: Arc<AtomicI64>,
    /// How much of what was allowed has not been read.
    window: i64,
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            if self.window < WINDOW / 2 {
                self.allowed.fetch_add(WINDOW, Ordering::Relaxed);
                self.window += WINDOW;
                let update = WindowUpdate { update: WINDOW as i32 };
                let any = Any { type_url: UPDATE.into(), value: update.encode_to_vec() };
                // A client that sent all it has may have closed its side: what it sent is read.
                let _ = self.runtime.block_on(self.outgoing.send(Ok(any)));
            }
            let Some(piece) = self.pieces.blocking_recv() else { return Ok(0) };
            self.piece = piece?;
            self.window -= self.piece.len() as i64;
        }
        let n = buf.len().min(self.piece.len());
        buf[..n].copy_from_slice(&self.piece.split_to(n));
        Ok(n)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

/// The way to a client that receives.
pub struct Writer {
    stream: Stream,
    runtime: Handle,
    /// How many bytes the client takes before it has to allow more.
    window: i64,
}

impl Write for Writer {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while self.window <= 0 {
            let Some(any) = self.runtime.block_on(self.stream.incoming.message()).map_err(broken)? else {
                return Err(io::Error::new(io::ErrorKind::BrokenPipe, "stream: the client went away"));
            };
            if is(&any, UPDATE)
                && let Ok(WindowUpdate { update }) = WindowUpdate::decode(any.value.as_slice())
            {
                self.window = self.window.saturating_add(update.into());
            }
        }
        let n = buf.len().min(PIECE).min(usize::try_from(self.window).unwrap_or(PIECE));
        let data = Data { data: Bytes::copy_from_slice(&buf[..n]) };
        let any = Any { type_url: DATA.into(), value: data.encode_to_vec() };
        self.runtime
            .block_on(self.stream.outgoing.send(Ok(any)))
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "stream: the client went away"))?;
        self.window -= n as i64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is(any: &Any, name: &str) -> bool {
    any.type_url.rsplit('/').next() == Some(name)
}

fn broken(status: Status) -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, format!("stream: {}", status.message()))
}
