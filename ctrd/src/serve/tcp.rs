//! gRPC on an address and a port, for clients without a Unix socket. Whoever reaches it may do all that
//! root may: TLS keeps it secret, and a certificate of an authority says who a client is.

use std::io;
use std::net::TcpListener as StdListener;

use nix::sys::socket::{Backlog, listen as widen};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::{Server, ServerTlsConfig};
use tower::util::MapRequestLayer;

use super::idle::{Connection, Open};
use super::{heap, incoming, tls};
use crate::config::Tls;
use crate::error::{Error, Result};
use crate::metrics::Counting;

/// A listener and what it serves with.
pub struct Tcp {
    listener: TcpListener,
    tls: Option<ServerTlsConfig>,
}

impl Tcp {
    pub fn new(address: &str, tls: Option<&Tls>, handed: Option<StdListener>) -> Result<Tcp> {
        let config = tls.map(tls::config).transpose()?;
        let listener = listen(address, handed)?;
        let bound = listener.local_addr()?;
        if !bound.ip().is_loopback() && tls.is_none_or(|tls| tls.ca.is_none()) {
            let what = if config.is_some() { "without clients' certificates" } else { "without TLS" };
            tracing::warn!(address = %bound, "serving TCP {what} on an address that others may reach");
        }
        // A key that does not fit is told now, and not to the first client.
        if let Some(config) = config.clone() {
            drop(Server::builder().tls_config(config).map_err(|e| reason(&e).context("TLS"))?);
        }
        Ok(Tcp { listener, tls: config })
    }

    /// Serves until it is asked to stop.
    pub async fn serve(
        self,
        routes: Routes,
        counting: Counting,
        open: Open,
        asked: impl Future<Output = ()>,
    ) {
        let serve = async move {
            let mut server = Server::builder();
            if let Some(tls) = self.tls {
                server = server.tls_config(tls)?;
            }
            let incoming =
                incoming::stream(self.listener, open, |stream, open| Ok(Counted::new(stream, open)));
            let server = server.layer(MapRequestLayer::new(heap::called)).layer(counting);
            let server = server.layer(crate::trace::Calls).layer(crate::until::Calls);
            let server =
                server.http2_max_pending_accept_reset_streams(Some(super::GIVEN_UP)).add_routes(routes);
            server.serve_with_incoming_shutdown(incoming, asked).await
        };
        if let Err(e) = serve.await {
            tracing::error!("serve TCP: {}", reason(&e));
        }
    }
}

/// Listens at an address and a port, with the socket that was `handed` over for it or a new one.
pub fn listen(address: &str, handed: Option<StdListener>) -> Result<TcpListener> {
    let at = |e: io::Error| Error::from(e).context(format!("listen on {address}"));
    let listener = match handed {
        Some(listener) => listener,
        None => StdListener::bind(address).map_err(at)?,
    };
    listener.set_nonblocking(true).map_err(at)?;
    widen(&listener, Backlog::MAXCONN).map_err(|e| at(e.into()))?;
    TcpListener::from_std(listener).map_err(at)
}

/// The reason below tonic's words.
fn reason(e: &tonic::transport::Error) -> Error {
    let mut source: &dyn std::error::Error = e;
    while let Some(next) = source.source() {
        source = next;
    }
    Error::invalid(source.to_string())
}

use counted::Counted;

/// A connection that is known to be open.
mod counted {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
    use tokio::net::TcpStream;
    use tonic::transport::server::{Connected, TcpConnectInfo};

    use super::Connection;

    pub struct Counted {
        inner: TcpStream,
        _open: Connection,
    }

    impl Counted {
        pub fn new(inner: TcpStream, open: Connection) -> Counted {
            Counted { inner, _open: open }
        }
    }

    impl AsyncRead for Counted {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.inner).poll_read(cx, buf)
        }
    }

    impl AsyncWrite for Counted {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.inner).poll_write(cx, buf)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.inner).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.inner).poll_shutdown(cx)
        }
    }

    impl Connected for Counted {
        type ConnectInfo = TcpConnectInfo;

        fn connect_info(&self) -> TcpConnectInfo {
            self.inner.connect_info()
        }
    }
}
