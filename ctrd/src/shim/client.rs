//! A ttrpc connection to a shim: many calls at once, told apart by their stream ids.
//!
//! One task writes frames, one reads them; a call waits for the answer with its number, until
//! its deadline or until the connection ends. A caller that goes away leaves nothing broken.

use std::collections::HashMap;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream as StdStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ctrd_shim::api::ttrpc::{KeyValue, Response};
use ctrd_shim::ttrpc;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot, watch};

use crate::error::{Error, Kind, Result, os_text};

/// Under this key a shim finds the namespace of a call.
const NAMESPACE: &str = "containerd-namespace-ttrpc";

/// Frames waiting to be written before a caller has to wait too.
const QUEUE: usize = 64;

/// An open connection. It closes when this and all calls in flight are gone.
pub struct Client {
    frames: mpsc::Sender<Vec<u8>>,
    calls: Arc<Calls>,
    closed: watch::Receiver<bool>,
    reader: tokio::task::AbortHandle,
}

/// The calls that wait for an answer. `open` ends with the connection.
#[derive(Default)]
struct Calls(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    last: u32,
    over: bool,
    by_stream: HashMap<u32, oneshot::Sender<Response>>,
}

/// Forgets its call when the caller goes away before the answer.
struct Call {
    calls: Arc<Calls>,
    stream: u32,
}

impl Client {
    /// Connects to `unix:///path`; a bare word is the name of an abstract socket, as older shims
    /// print it. Nobody listening is an error of kind `NotFound`.
    pub async fn connect(address: &str) -> Result<Client> {
        let at = |e: std::io::Error| {
            let kind = match e.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused => Kind::NotFound,
                // So many wait already that it has no room for one more: it does not take them.
                std::io::ErrorKind::WouldBlock => Kind::DeadlineExceeded,
                _ => Kind::Unavailable,
            };
            Error::new(kind, format!("connect to {address}: {}", os_text(&e)))
        };
        let stream = match address.strip_prefix("unix://") {
            Some(path) => UnixStream::connect(path).await.map_err(at)?,
            None if address.starts_with('/') => UnixStream::connect(address).await.map_err(at)?,
            None if address.contains("://") => {
                return Err(Error::invalid(format!("connect to {address}: not a unix socket")));
            }
            None => {
                let name = SocketAddr::from_abstract_name(address).map_err(at)?;
                let stream = StdStream::connect_addr(&name).map_err(at)?;
                stream.set_nonblocking(true).map_err(at)?;
                UnixStream::from_std(stream).map_err(at)?
            }
        };
        Ok(Client::over(stream))
    }

    fn over(stream: UnixStream) -> Client {
        let (from, to) = stream.into_split();
        let (frames, queue) = mpsc::channel(QUEUE);
        let (over, closed) = watch::channel(false);
        let calls = Arc::new(Calls::default());
        let reader = tokio::spawn(read(from, calls.clone(), over)).abort_handle();
        tokio::spawn(write(to, queue));
        Client { frames, calls, closed, reader }
    }

    /// One call and its answer. Without a deadline it lasts as long as the connection.
    pub async fn call<Q: Message, A: Message + Default>(
        &self,
        service: &str,
        method: &str,
        namespace: &str,
        request: &Q,
        deadline: Option<Duration>,
    ) -> Result<A> {
        let mut message = ttrpc::request(service, method, request);
        message.metadata.push(KeyValue { key: NAMESPACE.into(), value: namespace.into() });
        message.timeout_nano = deadline.map_or(0, |d| d.as_nanos().min(i64::MAX as u128) as i64);
        let (call, answer) = self.register()?;
        let mut frame = Vec::new();
        ttrpc::encode(&mut frame, call.stream, ttrpc::REQUEST, &message)
            .map_err(|e| Error::new(Kind::ResourceExhausted, e.to_string()))?;
        let exchange = async {
            self.frames.send(frame).await.map_err(|_| closed())?;
            answer.await.map_err(|_| closed())
        };
        let response = match deadline {
            None => exchange.await?,
            Some(deadline) => tokio::time::timeout(deadline, exchange).await.map_err(|_| {
                let text = format!("no answer to {method} from the shim in {} ms", deadline.as_millis());
                Error::new(Kind::DeadlineExceeded, text)
            })??,
        };
        match ttrpc::outcome::<A>(response) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(status)) => Err(Error::new(kind(status.code), status.message)),
            Err(e) => Err(Error::unknown(format!("read the shim's answer to {method}: {e}"))),
        }
    }

    /// Returns when the other side has closed the connection.
    pub async fn closed(&self) {
        let mut closed = self.closed.clone();
        // An error means that the reader is gone, which is the same.
        _ = closed.wait_for(|over| *over).await;
    }

    pub fn is_closed(&self) -> bool {
        self.calls.lock().over
    }

    fn register(&self) -> Result<(Call, oneshot::Receiver<Response>)> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.calls.lock();
        if waiting.over {
            return Err(closed());
        }
        // A client's streams are odd; after two thousand million of them we start over, past those
        // still in use.
        let mut stream = waiting.last;
        loop {
            stream = if stream == 0 || stream >= u32::MAX - 2 { 1 } else { stream + 2 };
            if !waiting.by_stream.contains_key(&stream) {
                break;
            }
        }
        waiting.last = stream;
        waiting.by_stream.insert(stream, sender);
        Ok((Call { calls: self.calls.clone(), stream }, receiver))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The writer ends with its queue; the reader would wait for the shim.
        self.reader.abort();
    }
}

impl Calls {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls.lock().by_stream.remove(&self.stream);
    }
}

async fn write(mut to: OwnedWriteHalf, mut queue: mpsc::Receiver<Vec<u8>>) {
    while let Some(frame) = queue.recv().await {
        if to.write_all(&frame).await.is_err() {
            return;
        }
    }
}

async fn read(mut from: OwnedReadHalf, calls: Arc<Calls>, over: watch::Sender<bool>) {
    let mut wire = Vec::new();
    'frames: loop {
        loop {
            match ttrpc::decode(&wire) {
                Ok(Some((frame, taken))) => {
                    let answer = (frame.kind == ttrpc::RESPONSE).then(|| Response::decode(frame.payload));
                    let stream = frame.stream;
                    wire.drain(..taken);
                    match answer {
                        Some(Ok(response)) => {
                            if let Some(caller) = calls.lock().by_stream.remove(&stream) {
                                _ = caller.send(response);
                            }
                        }
                        // Not ttrpc, or not as we speak it: nothing after this can be trusted.
                        Some(Err(_)) => break 'frames,
                        None => {}
                    }
                }
                Ok(None) => break,
                Err(_) => break 'frames,
            }
        }
        match from.read_buf(&mut wire).await {
            Ok(n) if n > 0 => {}
            _ => break,
        }
    }
    let mut waiting = calls.lock();
    waiting.over = true;
    waiting.by_stream.clear();
    drop(waiting);
    _ = over.send(true);
}

fn closed() -> Error {
    Error::new(Kind::Unavailable, "the shim closed the connection")
}

fn kind(code: i32) -> Kind {
    match code {
        1 => Kind::Cancelled,
        3 => Kind::InvalidArgument,
        4 => Kind::DeadlineExceeded,
        5 => Kind::NotFound,
        6 => Kind::AlreadyExists,
        8 => Kind::ResourceExhausted,
        9 => Kind::FailedPrecondition,
        10 => Kind::Aborted,
        11 => Kind::OutOfRange,
        12 => Kind::Unimplemented,
        14 => Kind::Unavailable,
        15 => Kind::DataLoss,
        _ => Kind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctrd_shim::api::task::{ConnectRequest, ConnectResponse};
    use ctrd_shim::api::ttrpc::Request;

    fn run<F: Future>(f: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(f)
    }

    async fn connect(client: &Client, id: &str, deadline: Option<Duration>) -> Result<ConnectResponse> {
        client.call("s", "Connect", "default", &ConnectRequest { id: id.into() }, deadline).await
    }

    async fn next(from: &mut UnixStream) -> (u32, Request) {
        let mut header = [0; ttrpc::HEADER];
        from.read_exact(&mut header).await.unwrap();
        let length = u32::from_be_bytes(header[..4].try_into().unwrap()) as usize;
        let mut frame = header.to_vec();
        frame.resize(ttrpc::HEADER + length, 0);
        from.read_exact(&mut frame[ttrpc::HEADER..]).await.unwrap();
        let (frame, _) = ttrpc::decode(&frame).unwrap().unwrap();
        (frame.stream, Request::decode(frame.payload).unwrap())
    }

    async fn answer(to: &mut UnixStream, stream: u32, response: &Response) {
        let mut frame = Vec::new();
        ttrpc::encode(&mut frame, stream, ttrpc::RESPONSE, response).unwrap();
        to.write_all(&frame).await.unwrap();
    }

    #[test]
    fn answers_find_their_callers_in_any_order() {
        run(async {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            let client = Client::over(ours);
            let server = async {
                let (first, one) = next(&mut theirs).await;
                let (second, _) = next(&mut theirs).await;
                assert_eq!(one.metadata[0].value, "default");
                assert_eq!((first % 2, second % 2), (1, 1));
                let pid = |n| ttrpc::success(&ConnectResponse { shim_pid: n, ..Default::default() });
                answer(&mut theirs, 999, &pid(9)).await;
                answer(&mut theirs, second, &pid(2)).await;
                answer(&mut theirs, first, &ttrpc::failure(5, "container not created")).await;
            };
            let (a, b, ()) = tokio::join!(connect(&client, "a", None), connect(&client, "b", None), server);
            let a = a.unwrap_err();
            assert_eq!((a.kind, a.message.as_str()), (Kind::NotFound, "container not created"));
            assert_eq!(b.unwrap().shim_pid, 2);
        });
    }

    #[test]
    fn ends() {
        run(async {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            let client = Client::over(ours);
            let late = connect(&client, "a", Some(Duration::from_millis(20))).await.unwrap_err();
            assert_eq!(late.kind, Kind::DeadlineExceeded);
            assert!(client.calls.lock().by_stream.is_empty());
            let server = async {
                next(&mut theirs).await;
                next(&mut theirs).await;
                drop(theirs);
            };
            let (cut, ()) = tokio::join!(connect(&client, "b", None), server);
            assert_eq!(cut.unwrap_err().kind, Kind::Unavailable);
            client.closed().await;
            assert!(client.is_closed());
            assert_eq!(connect(&client, "c", None).await.unwrap_err().kind, Kind::Unavailable);
        });
    }

    #[test]
    fn nonsense_ends_the_connection() {
        run(async {
            for junk in [vec![0xff; 64], b"\0\0\0\x02\0\0\0\x01\x02\0\xff\xff".to_vec()] {
                let (ours, mut theirs) = UnixStream::pair().unwrap();
                let client = Client::over(ours);
                theirs.write_all(&junk).await.unwrap();
                client.closed().await;
            }
        });
    }

    #[test]
    fn nobody_listens() {
        let dir = tempfile::tempdir().unwrap();
        let address = format!("unix://{}/s", dir.path().display());
        let kind = |address: &str| run(Client::connect(address)).err().unwrap().kind;
        assert_eq!(kind(&address), Kind::NotFound);
        drop(std::os::unix::net::UnixListener::bind(dir.path().join("s")).unwrap());
        assert_eq!(kind(&address), Kind::NotFound);
        assert_eq!(kind("vsock://1:2"), Kind::InvalidArgument);
        assert_eq!(kind("no-such-abstract-name"), Kind::NotFound);
    }
}
