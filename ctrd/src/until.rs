//! Until when the caller of a call waits. gRPC's own header says it; what is asked of a shim for the caller is asked for
//! no longer than that, so that a runtime which hangs is given up, and the caller who tries again does not meet it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Poller, Poll};
use std::time::Duration;

use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tower::{Layer, Service};

const HEADER: &str = "grpc-timeout";

tokio::task_local! {
    static UNTIL: Option<Instant>;
}

/// How long the caller of the current call still waits; `None`: as long as it takes.
pub fn left() -> Option<Duration> {
    let until = UNTIL.try_with(|until| *until).ok().flatten();
    until.map(|until| until.saturating_duration_since(Instant::now()))
}

/// This long, or as long as the caller of the current call waits, if that is shorter.
pub fn within(limit: Duration) -> Duration {
    left().map_or(limit, |left| left.min(limit))
}

/// Work of the current call that goes on in a task of its own.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    UNTIL.scope(UNTIL.try_with(|until| *until).ok().flatten(), work)
}

/// The header: at most eight digits and a unit.
fn header(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || number.len() > 8 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// Has every call of the services know until when its caller waits, and end then, also in the midst of a stream of
/// answers. tonic has such a clock of its own outside of all layers, which begins after this one and has another code.
#[derive(Clone, Copy)]
pub struct Calls;

impl<S> Layer<S> for Calls {
    type Service = Bounded<S>;

    fn layer(&self, inner: S) -> Bounded<S> {
        Bounded(inner)
    }
}

#[derive(Clone)]
pub struct Bounded<S>(S);

impl<S, B> Service<Request<B>> for Bounded<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, poller: &mut Poller<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(poller)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let until = header(request.headers()).map(|limit| Instant::now() + limit);
        let Some(until) = until else { return Box::pin(self.0.call(request)) };
        let work = tokio::time::timeout_at(until, UNTIL.scope(Some(until), self.0.call(request)));
        Box::pin(async move {
            let Ok(Ok(answer)) = work.await else { return Ok(late().into_http()) };
            // Of an answer without a body nothing can come late.
            if answer.body().is_end_stream() {
                return Ok(answer);
            }
            let until = Box::pin(sleep_until(until));
            Ok(answer.map(|body| Body::new(Answers { body, until })))
        })
    }
}

fn late() -> Status {
    Status::deadline_exceeded("context deadline exceeded")
}

/// What is answered, up to the time until which the caller waits.
struct Answers {
    body: Body,
    until: Pin<Box<Sleep>>,
}

impl http_body::Body for Answers {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        poller: &mut Poller<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        // Looked at first: there may be more to answer at any time.
        if self.body.is_end_stream() || self.until.as_mut().poll(poller).is_pending() {
            return Pin::new(&mut self.body).poll_frame(poller);
        }
        // Whoever makes answers notices that nobody takes them.
        self.body = Body::empty();
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(late().add_header(&mut trailers).map(|()| Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (text, want) in [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("4m", Some(Duration::from_millis(4))),
            ("5u", Some(Duration::from_micros(5))),
            ("99999999n", Some(Duration::from_nanos(99_999_999))),
            ("123456789n", None),
            ("S", None),
            ("", None),
            ("-1S", None),
            ("+1S", None),
            ("1s", None),
        ] {
            let headers = HeaderMap::from_iter([(HEADER.parse().unwrap(), text.parse().unwrap())]);
            assert_eq!(header(&headers), want, "{text}");
        }
        assert_eq!(header(&HeaderMap::new()), None);
    }

    #[test]
    fn the_shorter_time_holds() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        let until = |limit: Duration| Some(Instant::now() + limit);
        runtime.block_on(async {
            assert_eq!((left(), within(minute)), (None, minute));
            UNTIL.scope(until(hour), async { assert_eq!(within(minute), minute) }).await;
            UNTIL
                .scope(until(minute), async {
                    let there = tokio::spawn(carried(async move { within(hour) })).await.unwrap();
                    assert!(there <= minute && within(hour) <= minute);
                })
                .await;
        });
    }
}
