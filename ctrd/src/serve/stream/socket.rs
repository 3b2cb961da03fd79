//! A connected Unix socket whose task is woken by what comes in, and by nothing else.
//!
//! The runtime's own stream asks the kernel for room to write, too. The kernel tells of that each time the other
//! side has read, which is once for every answer, and for nothing: an answer hardly ever finds no room.
#![allow(unsafe_code)]

use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream as StdStream;
use std::task::{Context, Poll, ready};

use nix::sys::socket::{self, MsgFlags};
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, ReadBuf};
use tokio::net::UnixStream;

pub struct Socket {
    /// `None` only while it changes what it waits for.
    inner: Option<AsyncFd<StdStream>>,
    /// Whether room to write is asked for: once the other side did not keep up, for good.
    both: bool,
}

impl Socket {
    pub fn new(stream: UnixStream) -> io::Result<Socket> {
        let inner = register(stream.into_std()?, Interest::READABLE)?;
        Ok(Socket { inner: Some(inner), both: false })
    }

    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let room = buf.initialize_unfilled();
        loop {
            let mut ready = ready!(self.fd()?.poll_read_ready(cx))?;
            let Ok(outcome) = ready.try_io(|fd| fd.get_ref().read(room)) else { continue };
            let n = outcome?;
            // There is no more: the next look would only find that out.
            if 0 < n && n < room.len() {
                ready.clear_ready();
            }
            buf.advance(n);
            return Poll::Ready(Ok(()));
        }
    }

    /// Writes what there is room for, at least a byte of what is not empty.
    pub fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            if !self.both {
                match send(self.fd()?.get_ref(), bytes) {
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => self.ask_for_room(cx)?,
                    outcome => return Poll::Ready(outcome),
                }
            }
            let mut ready = ready!(self.fd()?.poll_write_ready(cx))?;
            if let Ok(outcome) = ready.try_io(|fd| send(fd.get_ref(), bytes)) {
                return Poll::Ready(outcome);
            }
        }
    }

    pub fn shutdown(&self) -> io::Result<()> {
        match self.fd()?.get_ref().shutdown(Shutdown::Write) {
            // The other side was faster.
            Err(e) if e.kind() == io::ErrorKind::NotConnected => Ok(()),
            outcome => outcome,
        }
    }

    fn fd(&self) -> io::Result<&AsyncFd<StdStream>> {
        self.inner.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Waits for room as well from now on. What comes in goes on waking the task.
    fn ask_for_room(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let stream = self.inner.take().ok_or(io::ErrorKind::NotConnected)?.into_inner();
        let inner = register(stream, Interest::READABLE | Interest::WRITABLE)?;
        if inner.poll_read_ready(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        self.inner = Some(inner);
        self.both = true;
        Ok(())
    }
}

fn register(stream: StdStream, interest: Interest) -> io::Result<AsyncFd<StdStream>> {
    // SAFETY: the stream owns its descriptor, gives this one at every call, and nothing here takes it away or
    // puts another in its place while it is registered.
    Ok(unsafe { AsyncFd::register_with_interest(stream, interest) }?)
}

/// A side that is gone is an error, no signal.
fn send(stream: &StdStream, bytes: &[u8]) -> io::Result<usize> {
    Ok(socket::send(stream.as_raw_fd(), bytes, MsgFlags::MSG_NOSIGNAL)?)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io::Write;

    use super::*;

    fn pair() -> (Socket, StdStream) {
        let (ours, theirs) = StdStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        (Socket::new(UnixStream::from_std(ours).unwrap()).unwrap(), theirs)
    }

    async fn read(socket: &mut Socket) -> Vec<u8> {
        let mut piece = [0; 100];
        let mut piece = ReadBuf::new(&mut piece);
        poll_fn(|cx| socket.poll_read(cx, &mut piece)).await.unwrap();
        piece.filled().to_vec()
    }

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
    }

    #[test]
    fn what_comes_is_read_to_the_end() {
        run(async {
            let (mut socket, mut theirs) = pair();
            theirs.write_all(b"one").unwrap();
            assert_eq!(read(&mut socket).await, b"one");
            let later = tokio::task::spawn_blocking(move || theirs.write_all(&[b'x'; 150]).unwrap());
            assert_eq!(read(&mut socket).await, [b'x'; 100]);
            assert_eq!(read(&mut socket).await, [b'x'; 50]);
            later.await.unwrap();
            assert_eq!(read(&mut socket).await, b"");
        });
    }

    /// Who does not read is waited for, and what he says meanwhile is heard.
    #[test]
    fn a_full_socket_is_waited_for() {
        run(async {
            let (mut socket, mut theirs) = pair();
            let mut sent = 0;
            let full = |socket: &mut Socket, cx: &mut Context<'_>, sent: &mut usize| loop {
                match socket.poll_write(cx, &[b'y'; 4096]) {
                    Poll::Ready(n) => *sent += n.unwrap(),
                    Poll::Pending => return,
                }
            };
            poll_fn(|cx| {
                full(&mut socket, cx, &mut sent);
                Poll::Ready(())
            })
            .await;
            assert!(socket.both && sent > 0);
            // Woken to read while it waits to write.
            let mut said = false;
            let heard = poll_fn(|cx| {
                full(&mut socket, cx, &mut sent);
                if !said {
                    said = true;
                    theirs.write_all(b"go on").unwrap();
                    return Poll::Pending;
                }
                let mut piece = [0; 100];
                let mut piece = ReadBuf::new(&mut piece);
                socket.poll_read(cx, &mut piece).map(|done| done.map(|()| piece.filled().to_vec()))
            });
            assert_eq!(heard.await.unwrap(), b"go on");
            let reader = tokio::task::spawn_blocking(move || {
                let mut all = vec![0; sent];
                theirs.read_exact(&mut all).unwrap();
                theirs
            });
            assert_eq!(poll_fn(|cx| socket.poll_write(cx, b"z")).await.unwrap(), 1);
            let theirs = reader.await.unwrap();
            drop(theirs);
            let gone = poll_fn(|cx| socket.poll_write(cx, b"z")).await.unwrap_err();
            assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);
        });
    }
}
