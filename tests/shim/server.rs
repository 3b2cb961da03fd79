//! What stands in for the server here: it takes the events that a shim publishes, or is away, or
//! refuses, or takes them and never answers.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ctrd_shim::any::{self, Named};
use ctrd_shim::api::forward::ForwardRequest;
use ctrd_shim::api::ttrpc::Request;
use ctrd_shim::api::types::Envelope;
use ctrd_shim::method::{EVENTS, FORWARD};
use ctrd_shim::ttrpc;
use prost::Message;

/// How the next event is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Refuse,
    /// The connection is closed instead.
    HangUp,
}

pub struct Server {
    path: PathBuf,
    seen: Mutex<Receiver<Envelope>>,
    plan: Arc<Mutex<VecDeque<Answer>>>,
    open: Arc<Mutex<Option<Vec<UnixStream>>>>,
}

impl Server {
    /// Takes events at this socket until it is dropped.
    pub fn listen(path: &Path) -> Self {
        let listener = UnixListener::bind(path).expect("bind the events' socket");
        let (tell, seen) = channel();
        let plan: Arc<Mutex<VecDeque<Answer>>> = Arc::default();
        let open = Arc::new(Mutex::new(Some(Vec::new())));
        let (answers, connections) = (plan.clone(), open.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("accept");
                let copy = stream.try_clone().expect("share a socket");
                match connections.lock().unwrap().as_mut() {
                    Some(all) => all.push(copy),
                    None => return,
                }
                let (tell, answers) = (tell.clone(), answers.clone());
                std::thread::spawn(move || serve(stream, &tell, &answers));
            }
        });
        Self { path: path.into(), seen: Mutex::new(seen), plan, open }
    }

    /// What the next events are answered; all after those are taken.
    pub fn plan(&self, answers: &[Answer]) {
        self.plan.lock().unwrap().extend(answers);
    }

    pub fn next(&self) -> Envelope {
        self.seen.lock().unwrap().recv_timeout(Duration::from_secs(60)).expect("an event")
    }

    /// The next event of another topic than this.
    pub fn next_but(&self, topic: &str) -> Envelope {
        loop {
            let envelope = self.next();
            if envelope.topic != topic {
                return envelope;
            }
        }
    }

    /// The next event, which must be of this topic.
    pub fn expect<M: Named>(&self, topic: &str) -> M {
        let envelope = self.next();
        assert_eq!(envelope.topic, topic, "{envelope:?}");
        assert_eq!(envelope.namespace, "it");
        assert!(envelope.timestamp.is_some());
        any::unpack(&envelope.event.expect("an event")).expect("of its topic's type").expect("whole")
    }

    /// Everything that has come in by now.
    pub fn all(&self) -> Vec<Envelope> {
        self.seen.lock().unwrap().try_iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for stream in self.open.lock().unwrap().take().into_iter().flatten() {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        // Wakes the thread that accepts, which then ends.
        let _ = UnixStream::connect(&self.path);
        let _ = std::fs::remove_file(&self.path);
    }
}

fn serve(mut stream: UnixStream, tell: &Sender<Envelope>, plan: &Mutex<VecDeque<Answer>>) {
    let mut wire = Vec::new();
    let mut part = [0; 4096];
    loop {
        while let Some((frame, taken)) = ttrpc::decode(&wire).expect("a frame") {
            let request = Request::decode(frame.payload).expect("a request");
            assert_eq!((request.service.as_str(), request.method.as_str()), (EVENTS, FORWARD));
            let number = frame.stream;
            wire.drain(..taken);
            let (answer, event) = match plan.lock().unwrap().pop_front() {
                Some(Answer::HangUp) => return,
                Some(Answer::Refuse) => (ttrpc::failure(14, "the server is not in the mood"), None),
                None => {
                    let event = ForwardRequest::decode(request.payload.as_slice()).expect("an event");
                    (ttrpc::success(&()), event.envelope)
                }
            };
            let mut out = Vec::new();
            ttrpc::encode(&mut out, number, ttrpc::RESPONSE, &answer).expect("an answer");
            // An event counts once the shim has been told that it was taken.
            if stream.write_all(&out).is_err() || event.is_some_and(|event| tell.send(event).is_err()) {
                return;
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(n) => wire.extend_from_slice(&part[..n]),
        }
    }
}
