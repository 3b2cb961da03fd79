//! The connections of clients, as HTTP/2 is spoken on them.

mod authority;
mod out;
mod socket;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tonic::transport::server::Connected;

use self::authority::Mender;
use self::out::Outgoing;
use self::socket::Socket;
use super::idle::Connection;

/// A connection whose requests have names that can be parsed, and that wakes neither side without need.
pub struct Stream {
    socket: Socket,
    mender: Mender,
    /// What was read and goes on from `given` on.
    ready: Vec<u8>,
    given: usize,
    out: Outgoing,
    _open: Connection,
}

impl Stream {
    pub fn new(stream: UnixStream, open: Connection) -> io::Result<Stream> {
        let socket = Socket::new(stream)?;
        let (mender, out) = (Mender::default(), Outgoing::new(out::PATIENCE));
        Ok(Stream { socket, mender, ready: Vec::new(), given: 0, out, _open: open })
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Poll::Ready(Err(e)) = this.out.poll_due(&mut this.socket, cx) {
            return Poll::Ready(Err(e));
        }
        while this.given == this.ready.len() {
            if this.mender.is_done() {
                return this.socket.poll_read(cx, buf);
            }
            this.ready.clear();
            this.given = 0;
            let mut piece = [0; 4096];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(this.socket.poll_read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                // Half a frame at the end is nobody's request.
                return Poll::Ready(Ok(()));
            }
            this.mender.feed(piece.filled(), &mut this.ready);
        }
        let n = buf.remaining().min(this.ready.len() - this.given);
        buf.put_slice(&this.ready[this.given..this.given + n]);
        this.given += n;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.out.poll_write(&mut this.socket, cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.out.flush(cx);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        ready!(this.out.poll_all(&mut this.socket, cx))?;
        Poll::Ready(this.socket.shutdown())
    }
}

impl Connected for Stream {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}
