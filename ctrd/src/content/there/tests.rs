//! Servers that hang, lie or refuse: who brings, reads or collects blobs is told, or goes on.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::UnixListener;
use tokio::sync::oneshot;
use tokio_stream::wrappers::UnixListenerStream;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

use super::*;
use crate::api::content as api;
use crate::api::content::content_server::{self, ContentServer};
use crate::content::Labels;
use crate::store::{PATIENCE, Store};

/// Nothing of a test comes near it.
const LONG: Limits = Limits { answer: HOUR, mebibyte: Duration::ZERO, collection: HOUR };

const SHORT: Limits = Limits { answer: Duration::from_millis(200), ..LONG };

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy, PartialEq)]
enum How {
    /// It answers nothing.
    Silent,
    /// It says that it cannot be asked.
    Away,
    /// It answers the beginning of an upload, and no more of it.
    Begins,
    /// It has always nothing of an upload.
    Forgets,
    /// It refuses to end an upload.
    Full,
    /// Of a blob it sends pieces of so many bytes, for ever.
    Pieces(usize),
    /// It keeps what is asked for, but for one.
    Refuses,
}

/// What is asked of it.
type Asked = Arc<Mutex<Vec<String>>>;

struct Peer(How, Asked);

impl Peer {
    async fn asked(&self, what: String) {
        self.1.lock().unwrap().push(what);
        if self.0 == How::Silent {
            std::future::pending().await
        }
    }
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn none<T>() -> Result<T, Status> {
    Err(Status::unimplemented("not asked by any"))
}

#[tonic::async_trait]
impl content_server::Content for Peer {
    async fn info(&self, request: Request<api::InfoRequest>) -> Result<Response<api::InfoResponse>, Status> {
        let digest = request.into_inner().digest;
        self.asked(format!("info {digest}")).await;
        if self.0 == How::Away {
            return Err(Status::unavailable("away"));
        }
        let labels = [("containerd.io/gc.root".to_string(), mark(0))].into();
        let info = api::Info { digest, size: 5, labels, ..Default::default() };
        Ok(Response::new(api::InfoResponse { info: Some(info) }))
    }

    async fn delete(&self, request: Request<api::DeleteContentRequest>) -> Result<Response<()>, Status> {
        let digest = request.into_inner().digest;
        self.asked(format!("delete {digest}")).await;
        match digest == Digest::of(b"1").to_string() {
            true => Err(Status::permission_denied("it is mine")),
            false => Ok(Response::new(())),
        }
    }

    type ReadStream = Answers<api::ReadContentResponse>;

    async fn read(&self, _: Request<api::ReadContentRequest>) -> Result<Response<Self::ReadStream>, Status> {
        self.asked("read".into()).await;
        let How::Pieces(count) = self.0 else { return none() };
        let piece = api::ReadContentResponse { offset: 0, data: vec![0; count].into() };
        Ok(Response::new(Box::pin(tokio_stream::iter(std::iter::repeat(Ok(piece))))))
    }

    type WriteStream = Answers<api::WriteContentResponse>;

    async fn write(
        &self,
        request: Request<Streaming<api::WriteContentRequest>>,
    ) -> Result<Response<Self::WriteStream>, Status> {
        self.asked("write".into()).await;
        let how = self.0;
        let asked = self.1.clone();
        let answers = request.into_inner().then(move |request| {
            let asked = asked.clone();
            async move {
                let request = request?;
                match (request.action(), how) {
                    (api::WriteAction::Stat, _) => asked.lock().unwrap().push(request.r#ref),
                    (_, How::Begins) => std::future::pending().await,
                    (api::WriteAction::Commit, How::Full) => return Err(Status::resource_exhausted("full")),
                    _ => {}
                }
                let offset = match how {
                    How::Forgets => 0,
                    _ => request.offset + request.data.len() as i64,
                };
                Ok(api::WriteContentResponse { offset, ..Default::default() })
            }
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn abort(&self, request: Request<api::AbortRequest>) -> Result<Response<()>, Status> {
        self.asked(format!("abort {}", request.into_inner().r#ref)).await;
        Ok(Response::new(()))
    }

    async fn update(&self, _: Request<api::UpdateRequest>) -> Result<Response<api::UpdateResponse>, Status> {
        none()
    }

    type ListStream = Answers<api::ListContentResponse>;

    async fn list(&self, _: Request<api::ListContentRequest>) -> Result<Response<Self::ListStream>, Status> {
        none()
    }

    async fn status(&self, _: Request<api::StatusRequest>) -> Result<Response<api::StatusResponse>, Status> {
        none()
    }

    async fn list_statuses(
        &self,
        _: Request<api::ListStatusesRequest>,
    ) -> Result<Response<api::ListStatusesResponse>, Status> {
        none()
    }
}

/// A store whose blobs such a peer keeps, for as long as this is kept.
struct Far {
    content: Content,
    dir: tempfile::TempDir,
    asked: Asked,
    end: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Far {
    fn new(how: How, limits: Limits) -> Far {
        let dir = tempfile::tempdir().unwrap();
        let (path, asked) = (dir.path().join("s"), Asked::default());
        let peer = Peer(how, asked.clone());
        let (end, ended) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let serve = async move {
            let socket = UnixListener::bind(&path).unwrap();
            tell.send(Remote::new(&path).unwrap()).unwrap();
            let server = Server::builder().add_service(ContentServer::new(peer));
            tokio::select! {
                served = server.serve_with_incoming(UnixListenerStream::new(socket)) => served.unwrap(),
                _ = ended => {}
            }
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(serve);
        });
        let store = Arc::new(Store::open(&dir.path().join("meta.db"), PATIENCE).unwrap());
        let there = Some(There::new(told.recv().unwrap(), limits));
        let content = Content { there, ..Content::open(dir.path(), store).unwrap() };
        Far { content, dir, asked, end: Some((end, thread)) }
    }

    fn there(&self) -> &There {
        self.content.there.as_ref().unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// An upload that is not to become a blob, and what was said.
    fn put(&self, bytes: &[u8]) -> Error {
        let mut writer = self.content.writer("n", "r", bytes.len() as u64, None, None).unwrap();
        writer.append(bytes).unwrap();
        let e = writer.commit(0, None, &Labels::new(), None).unwrap_err();
        assert_eq!(self.content.list("n", |_| true).unwrap(), []);
        // Nobody is kept waiting by it any more.
        let lock = File::open(self.content.root.join("lock")).unwrap();
        Flock::lock(lock, FlockArg::LockExclusiveNonblock).unwrap();
        e
    }

    /// Writes down that so many blobs are there, which nobody has.
    fn nobodys(&self, count: usize) {
        let sql = "INSERT INTO content_there (namespace, digest, begun) VALUES ('n', ?1, 0)";
        let each = (0..count).map(|n| Digest::of(n.to_string().as_bytes()));
        self.content
            .store
            .write(|tx| {
                each.map(|digest| Ok(tx.execute(sql, [digest.as_str()])?)).collect::<Result<Vec<_>>>()
            })
            .unwrap();
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.end.take() {
            let _ = end.send(());
            thread.join().unwrap();
        }
    }
}

fn is_late(e: &Error) {
    assert!(e.kind == Kind::Unavailable && e.message.ends_with("its server does not answer in time"), "{e}");
}

#[test]
fn a_server_that_is_silent_is_waited_for_so_long() {
    let far = Far::new(How::Silent, SHORT);
    let digest = Digest::of(b"hello");
    is_late(&far.there().size("n", &digest).unwrap_err());
    is_late(&far.there().remove("n", &digest, "m").unwrap_err());
    is_late(&far.there().fetch("n", &digest, 5, far.dir.path()).unwrap_err());
    is_late(&far.put(b"hello"));
}

/// It takes connections, and does not even read.
#[test]
fn a_socket_without_a_server_is_waited_for_so_long() {
    let dir = tempfile::tempdir().unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("s")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let there = There::new(
        {
            let _inside = runtime.enter();
            Remote::new(&dir.path().join("s")).unwrap()
        },
        SHORT,
    );
    let (end, ended) = oneshot::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(|| runtime.block_on(ended));
        is_late(&there.size("n", &Digest::of(b"hello")).unwrap_err());
        end.send(()).unwrap();
    });
}

#[test]
fn an_upload_that_fails_there_is_given_up_there() {
    let given_up = |asked: &[String]| match asked {
        [write, reference, abort] => write == "write" && *abort == format!("abort {reference}"),
        _ => false,
    };
    for (how, said) in [(How::Forgets, "the server has 0 bytes of it after 5 were sent"), (How::Full, "full")]
    {
        let far = Far::new(how, LONG);
        let e = far.put(b"hello");
        assert!(e.message.ends_with(said), "{e}");
        assert!(given_up(&far.asked()), "{:?}", far.asked());
    }
    // On a busy machine it is late before it has begun: then it has more time.
    let mut limits = SHORT;
    loop {
        let far = Far::new(How::Begins, limits);
        is_late(&far.put(b"hello"));
        if given_up(&far.asked()) {
            break;
        }
        assert!(limits.answer < Duration::from_secs(60), "{:?}", far.asked());
        limits.answer *= 4;
    }
}

#[test]
fn a_blob_takes_no_more_room_and_no_more_time_than_its_size_does() {
    let digest = Digest::of(b"hello");
    let fetch = |how, limits, size| {
        let far = Far::new(how, limits);
        far.there().fetch("n", &digest, size, far.dir.path()).unwrap_err()
    };
    let e = fetch(How::Pieces(1000), LONG, 5000);
    assert_eq!(e.kind, Kind::DataLoss);
    assert!(e.message.ends_with("its server sends more than 5000 bytes"), "{e}");
    // Pieces come, but nothing in them; and something, but so little.
    is_late(&fetch(How::Pieces(0), Limits { mebibyte: LONG.answer, ..SHORT }, 1 << 40));
    is_late(&fetch(How::Pieces(1), SHORT, 1 << 40));
}

#[test]
fn a_collection_asks_a_server_that_is_away_once_and_goes_on() {
    let far = Far::new(How::Away, LONG);
    far.nobodys(1000);
    // A file of the time before the server kept them.
    let here = Content { there: None, ..far.content.clone() };
    let mut writer = here.writer("n", "r", 5, None, None).unwrap();
    writer.append(b"hello").unwrap();
    let digest = writer.commit(0, None, &Labels::new(), None).unwrap();
    here.delete("n", &digest, None).unwrap();
    assert_eq!(far.content.collect().unwrap(), 5);
    assert!(!here.blob(&digest).exists());
    assert_eq!(far.asked().len(), 1, "{:?}", far.asked());
}

/// And asks for one at least, whatever its time.
#[test]
fn a_collection_has_one_time_for_all_blobs() {
    let far = Far::new(How::Refuses, Limits { collection: Duration::ZERO, ..LONG });
    far.nobodys(4);
    for asked in 1..=4 {
        far.content.collect().unwrap();
        let infos = far.asked().iter().filter(|asked| asked.starts_with("info")).count();
        assert_eq!(infos, asked);
    }
}

#[test]
fn a_blob_that_a_server_refuses_to_remove_keeps_no_other() {
    let far = Far::new(How::Refuses, LONG);
    far.nobodys(3);
    far.content.collect().unwrap();
    let still = far.content.store.read(left).unwrap();
    assert_eq!(still.len(), 1);
    assert_eq!(still[0].1, Digest::of(b"1").to_string());
}
