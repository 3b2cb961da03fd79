//! Calls of the services, counted as they pass: how many began, how many messages went either way, how
//! they ended and how long they took.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http_body::{Frame, SizeHint};
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tonic::{Code, Status};
use tower::{Layer, Service};

use super::Figures;
use super::histogram::Histogram;
use super::text::{Kind, Text};

/// Methods that nobody has are not counted without end.
const MOST: usize = 256;

/// Methods whose messages are streams; all others are `unary`.
const STREAMS: &[(&str, &str)] = &[
    ("Content/Write", "bidi_stream"),
    ("Streaming/Stream", "bidi_stream"),
    ("Containers/ListStream", "server_stream"),
    ("Content/List", "server_stream"),
    ("Content/Read", "server_stream"),
    ("Events/Subscribe", "server_stream"),
    ("Health/Watch", "server_stream"),
    ("Mounts/List", "server_stream"),
    ("Snapshots/List", "server_stream"),
];

/// What is counted of a method.
type Counter = fn(&Call) -> u64;

/// All methods that were called.
#[derive(Default)]
pub struct Calls(Mutex<BTreeMap<Method, Call>>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Method {
    service: String,
    name: String,
}

#[derive(Default)]
struct Call {
    started: u64,
    received: u64,
    sent: u64,
    handled: BTreeMap<String, u64>,
    took: Histogram,
}

impl Method {
    fn of(path: &str) -> Option<Method> {
        let (service, name) = path.strip_prefix('/')?.rsplit_once('/')?;
        Some(Method { service: service.into(), name: name.into() })
    }

    fn kind(&self) -> &'static str {
        let short = format!("{}/{}", self.service.rsplit('.').next().unwrap_or_default(), self.name);
        STREAMS.iter().find(|(method, _)| *method == short).map_or("unary", |(_, kind)| kind)
    }
}

impl Calls {
    fn with(&self, method: &Method, change: impl FnOnce(&mut Call)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST || all.contains_key(method) {
            change(all.entry(method.clone()).or_default());
        }
    }

    /// How many calls have begun.
    pub fn started(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(|call| call.started).sum()
    }

    pub fn write(&self, text: &mut Text, histogram: bool) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counters: [(&str, &str, Counter); 3] = [
            ("grpc_server_started_total", "Calls that have begun.", |call| call.started),
            ("grpc_server_msg_received_total", "Messages of clients.", |call| call.received),
            ("grpc_server_msg_sent_total", "Messages to clients.", |call| call.sent),
        ];
        for (name, help, of) in counters {
            text.family(name, help, Kind::Counter);
            for (method, call) in all.iter() {
                text.value(&labels(method), of(call) as f64);
            }
        }
        text.family("grpc_server_handled_total", "Calls that have ended, by their outcome.", Kind::Counter);
        for (method, call) in all.iter() {
            for (code, count) in &call.handled {
                text.value(&[&[("grpc_code", code.as_str())][..], &labels(method)].concat(), *count as f64);
            }
        }
        if histogram {
            let help = "How long calls took.";
            text.family("grpc_server_handling_seconds", help, Kind::Histogram);
            for (method, call) in all.iter() {
                call.took.write(text, &labels(method));
            }
        }
    }
}

fn labels(method: &Method) -> [(&str, &str); 3] {
    [
        ("grpc_method", method.name.as_str()),
        ("grpc_service", method.service.as_str()),
        ("grpc_type", method.kind()),
    ]
}

/// The layer that counts, where somebody wants to know.
#[derive(Clone)]
pub struct Counting(pub Option<Arc<Figures>>);

impl<S> Layer<S> for Counting {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        Counted { inner, figures: self.0.clone() }
    }
}

#[derive(Clone)]
pub struct Counted<S> {
    inner: S,
    figures: Option<Arc<Figures>>,
}

type Answer<E> = Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>;

impl<S> Service<Request<Body>> for Counted<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let known = self.figures.clone().zip(Method::of(request.uri().path()));
        let Some((figures, method)) = known else { return Box::pin(self.inner.call(request)) };
        figures.calls.with(&method, |call| call.started += 1);
        let mut end =
            Ending { figures: figures.clone(), method: method.clone(), begun: Instant::now(), code: None };
        let request = request.map(|body| {
            let count: Count = Box::new(move |n| figures.calls.with(&method, |call| call.received += n));
            Body::new(Passing { inner: body, messages: Messages::default(), count, end: None })
        });
        let work = self.inner.call(request);
        Box::pin(async move {
            let response = work.await?;
            end.told(response.headers());
            Ok(response.map(|body| {
                let (figures, method) = (end.figures.clone(), end.method.clone());
                let count: Count = Box::new(move |n| figures.calls.with(&method, |call| call.sent += n));
                Body::new(Passing { inner: body, messages: Messages::default(), count, end: Some(end) })
            }))
        })
    }
}

type Count = Box<dyn Fn(u64) + Send>;

/// Counts the call as ended when it goes out of sight.
struct Ending {
    figures: Arc<Figures>,
    method: Method,
    begun: Instant,
    code: Option<Code>,
}

impl Ending {
    fn told(&mut self, headers: &HeaderMap) {
        if let Some(status) = Status::from_header_map(headers) {
            self.code = Some(status.code());
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // Whoever leaves before the end has cancelled it.
        let code = match self.code.unwrap_or(Code::Cancelled) {
            // As Go spells them.
            Code::Ok => "OK".to_string(),
            Code::Cancelled => "Canceled".to_string(),
            other => format!("{other:?}"),
        };
        self.figures.calls.with(&self.method, |call| {
            *call.handled.entry(code).or_default() += 1;
            call.took.add(self.begun.elapsed());
        });
    }
}

/// A body that is looked at while it passes.
struct Passing {
    inner: Body,
    messages: Messages,
    count: Count,
    end: Option<Ending>,
}

impl http_body::Body for Passing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            if let Some(data) = frame.data_ref() {
                let begun = self.messages.feed(data);
                if begun > 0 {
                    (self.count)(begun);
                }
            }
            if let (Some(trailers), Some(end)) = (frame.trailers_ref(), &mut self.end) {
                end.told(trailers);
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Finds the messages in a stream: each has a flag and four bytes of length before it.
#[derive(Debug, Default)]
struct Messages {
    head: [u8; 5],
    held: usize,
    /// Bytes of the current message that are still to come.
    rest: usize,
}

impl Messages {
    /// How many messages' heads end in these bytes.
    fn feed(&mut self, mut data: &[u8]) -> u64 {
        let mut count = 0;
        while !data.is_empty() {
            if self.rest > 0 {
                let n = self.rest.min(data.len());
                self.rest -= n;
                data = &data[n..];
                continue;
            }
            let n = (self.head.len() - self.held).min(data.len());
            self.head[self.held..self.held + n].copy_from_slice(&data[..n]);
            self.held += n;
            data = &data[n..];
            if self.held == self.head.len() {
                let [_, length @ ..] = self.head;
                self.rest = u32::from_be_bytes(length) as usize;
                self.held = 0;
                count += 1;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_however_they_are_cut() {
        let stream = [&[0, 0, 0, 0, 3, 9, 9, 9][..], &[0, 0, 0, 0, 0], &[1, 0, 0, 0, 1, 7]].concat();
        for size in 1..=stream.len() {
            let mut messages = Messages::default();
            assert_eq!(stream.chunks(size).map(|piece| messages.feed(piece)).sum::<u64>(), 3, "{size}");
        }
    }

    /// As the services' own files have them.
    #[test]
    fn streams_are_those_of_the_protocol() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/services");
        let mut seen = 0;
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let after = |line: &str, word: &str| {
                let rest = line.trim().strip_prefix(word)?.trim_start();
                Some(rest.split([' ', '(', ';', '{']).next()?.to_string())
            };
            let package = text.lines().find_map(|line| after(line, "package ")).unwrap();
            let mut service = String::new();
            for line in text.lines() {
                service = after(line, "service ").unwrap_or(service);
                let Some(name) = after(line, "rpc ") else { continue };
                let (asked, answered) = line.split_once("returns").unwrap();
                let kind = match (asked.contains("(stream "), answered.contains("(stream ")) {
                    (false, false) => "unary",
                    (false, true) => "server_stream",
                    (true, false) => "client_stream",
                    (true, true) => "bidi_stream",
                };
                let method = Method::of(&format!("/{package}.{service}/{name}")).unwrap();
                assert_eq!(method.kind(), kind, "{method:?}");
                seen += 1;
            }
        }
        assert!(seen > 60, "{seen} methods are too few to be all");
    }

    /// As Go's `codes.Code` writes them, which dashboards ask for.
    #[test]
    fn outcomes_have_the_names_that_go_gives_them() {
        let figures = Arc::new(Figures::default());
        let names = [
            "OK",
            "Canceled",
            "Unknown",
            "InvalidArgument",
            "DeadlineExceeded",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "ResourceExhausted",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unimplemented",
            "Internal",
            "Unavailable",
            "DataLoss",
            "Unauthenticated",
        ];
        for (code, name) in names.into_iter().enumerate() {
            let method = Method { service: "s".into(), name: name.into() };
            let code = Some(Code::from_i32(code as i32));
            drop(Ending { figures: figures.clone(), method: method.clone(), begun: Instant::now(), code });
            let counted = figures.calls.0.lock().unwrap();
            assert_eq!(
                counted[&method].handled.get(name),
                Some(&1),
                "{name}: {:?}",
                counted[&method].handled
            );
        }
    }

    #[test]
    fn methods_by_their_paths() {
        let method = Method::of("/containerd.services.content.v1.Content/Write").unwrap();
        assert_eq!((method.name.as_str(), method.kind()), ("Write", "bidi_stream"));
        assert_eq!(method.service, "containerd.services.content.v1.Content");
        assert_eq!(Method::of("/containerd.services.snapshots.v1.Snapshots/Stat").unwrap().kind(), "unary");
        assert!(Method::of("nonsense").is_none());
    }

    #[test]
    fn there_is_an_end_of_methods() {
        let calls = Calls::default();
        for n in 0..2 * MOST {
            let method = Method { service: "s".into(), name: n.to_string() };
            calls.with(&method, |call| call.started += 1);
        }
        assert_eq!(calls.started(), MOST as u64);
    }
}
