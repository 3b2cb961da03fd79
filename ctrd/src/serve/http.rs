//! Pages over HTTP, for those who look: figures and what the server tells of itself. GET and HEAD,
//! nothing else, and nothing that changes anything.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::incoming;

/// A client that has not said what it wants by then is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a page is: its type and its text.
pub struct Page {
    pub kind: &'static str,
    pub text: String,
}

/// The page of a path, if there is one, when it is made.
pub type Making = Pin<Box<dyn Future<Output = Option<Page>> + Send>>;

/// Makes pages.
pub type Pages = Arc<dyn Fn(String) -> Making + Send + Sync>;

/// Serves the pages to all that connect, for ever.
pub async fn serve<L>(listener: L, pages: Pages)
where
    L: incoming::Listener + Sync,
    L::Stream: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let stream = incoming::next(&listener).await;
        tokio::spawn(converse(stream, pages.clone()));
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, pages: Pages) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let pages = pages.clone();
        async move { Ok::<_, Infallible>(answer(request, &pages).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
    if let Err(e) = served {
        tracing::debug!("HTTP: {e}");
    }
}

async fn answer(request: Request<Incoming>, pages: &Pages) -> Response<Full<Bytes>> {
    let asked = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path().to_string();
    drop(request);
    let (status, page) = match asked {
        true => match pages(path).await {
            Some(page) => (StatusCode::OK, page),
            None => (StatusCode::NOT_FOUND, plain("404 page not found\n")),
        },
        false => (StatusCode::METHOD_NOT_ALLOWED, plain("405 only GET is served\n")),
    };
    let mut response = Response::new(Full::new(Bytes::from(page.text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(page.kind));
    response
}

/// A page of words.
pub fn plain(text: impl Into<String>) -> Page {
    Page { kind: "text/plain; charset=utf-8", text: text.into() }
}
