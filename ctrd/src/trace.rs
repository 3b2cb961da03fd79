//! The launch timeline from here: a command's own span goes to the services with each call, in
//! headers, and on to the shims that they start, in the environment.
//!
//! ```text
//! traceparent: 00-<trace id>-<span id>-01     W3C Trace Context, where there is one to pass on
//! ctrd-trace-bin: /tmp/launch.jsonl           the file, only where one was named
//! ```

use std::ffi::OsString;
use std::future::Future;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context as Poller, Poll};

use ctrd_shim::trace::{Context, PARENT, Trace, now};
use tonic::codegen::http::{HeaderMap, Request};
use tonic::metadata::{BinaryMetadataValue, MetadataMap, MetadataValue};
use tower::{Layer, Service};

const HEADER: &str = "traceparent";
const FILE_HEADER: &str = "ctrd-trace-bin";
const PROGRAM: &str = "ctrd";

/// This command's span; without a file, what its caller wants to be passed on.
static OWN: OnceLock<Own> = OnceLock::new();

struct Own {
    trace: Option<Trace>,
    parent: Option<Context>,
}

/// Begins the timeline of a command, in this file if one was named.
pub fn begin(file: Option<PathBuf>) {
    let parent = std::env::var(PARENT).ok().as_deref().and_then(Context::parse);
    let trace = file.map(|file| Trace::new(PROGRAM, file, parent));
    let _ = OWN.set(Own { trace, parent });
}

fn own() -> Option<&'static Trace> {
    OWN.get().and_then(|own| own.trace.as_ref())
}

/// Ends the command's span.
pub fn end(name: &str) {
    if let Some(trace) = own() {
        trace.end(name);
    }
}

/// A step of this command that begins now and ends with [`Step::done`].
pub fn step() -> Step {
    Step(own().map(|trace| (trace, now())))
}

pub struct Step(Option<(&'static Trace, u64)>);

impl Step {
    pub fn done(self, name: &str) {
        if let Some((trace, start)) = self.0 {
            trace.did(name, start);
        }
    }
}

/// Adds the headers of a call.
pub fn tell(headers: &mut MetadataMap) {
    let Some(own) = OWN.get() else { return };
    let context = own.trace.as_ref().map(|trace| trace.context).or(own.parent);
    if let Some(value) = context.and_then(|context| MetadataValue::try_from(context.to_string()).ok()) {
        headers.insert(HEADER, value);
    }
    if let Some(trace) = &own.trace {
        let file = BinaryMetadataValue::from_bytes(trace.file().as_os_str().as_bytes());
        headers.insert_bin(FILE_HEADER, file);
    }
}

/// Whose work a call is.
#[derive(Debug, Clone)]
enum Of {
    /// A caller with a file: a part of its span.
    Traced(Trace),
    /// One without, who wants its context to be passed on.
    Parent(Context),
}

impl Of {
    fn headers(headers: &HeaderMap) -> Option<Of> {
        let parent = Context::parse(headers.get(HEADER)?.to_str().ok()?)?;
        let Some(file) = headers.get(FILE_HEADER) else { return Some(Of::Parent(parent)) };
        let mut alone = HeaderMap::new();
        alone.insert(FILE_HEADER, file.clone());
        let bytes = MetadataMap::from_headers(alone).get_bin(FILE_HEADER)?.to_bytes().ok()?;
        let file = PathBuf::from(OsString::from_vec(bytes.to_vec()));
        file.is_absolute().then(|| Of::Traced(Trace::part_of(PROGRAM, file, parent)))
    }
}

tokio::task_local! {
    static CURRENT: Option<Of>;
}

/// The variables for a program that the current call starts.
pub fn environment() -> Vec<(&'static str, OsString)> {
    let of = CURRENT.try_with(Clone::clone).ok().flatten();
    match of {
        Some(Of::Traced(trace)) => trace.environment().into(),
        Some(Of::Parent(context)) => vec![(PARENT, context.to_string().into())],
        None => Vec::new(),
    }
}

/// Work of the current call that goes on in a task of its own.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(CURRENT.try_with(Clone::clone).ok().flatten(), work)
}

/// Puts every call of the services on its caller's timeline.
#[derive(Clone, Copy)]
pub struct Calls;

impl<S> Layer<S> for Calls {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        Traced(inner)
    }
}

#[derive(Clone)]
pub struct Traced<S>(S);

impl<S, B> Service<Request<B>> for Traced<S>
where
    S: Service<Request<B>>,
    S::Future: Send + 'static,
    S::Response: Send,
    S::Error: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, poller: &mut Poller<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(poller)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Some(of) = Of::headers(request.headers()) else { return Box::pin(self.0.call(request)) };
        let method = request.uri().path().rsplit('.').next().unwrap_or_default().replace('/', ".");
        let work = CURRENT.scope(Some(of.clone()), self.0.call(request));
        Box::pin(async move {
            let done = work.await;
            if let Of::Traced(trace) = of {
                trace.end(&method);
            }
            done
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_whose_work_a_call_is() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let mut metadata = MetadataMap::new();
        metadata.insert(HEADER, parent.parse().unwrap());
        let of = Of::headers(&metadata.clone().into_headers());
        assert!(matches!(of, Some(Of::Parent(context)) if context.to_string() == parent));
        metadata.insert_bin(FILE_HEADER, BinaryMetadataValue::from_bytes("/tmp/é".as_bytes()));
        let Some(Of::Traced(trace)) = Of::headers(&metadata.clone().into_headers()) else {
            panic!("no file")
        };
        assert_eq!(trace.file().to_str(), Some("/tmp/é"));
        assert_eq!(trace.context.trace, Context::parse(parent).unwrap().trace);
        metadata.insert_bin(FILE_HEADER, BinaryMetadataValue::from_bytes(b"relative"));
        assert!(Of::headers(&metadata.into_headers()).is_none());
        assert!(Of::headers(&HeaderMap::new()).is_none());
    }
}
