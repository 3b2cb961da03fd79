//! What a connection says. All of one turn goes out in one piece, and the answer to a ping waits a little.
//!
//! The protocol's library writes an answer in up to three pieces, each of which wakes the client. Clients written
//! in Go measure the way to their server with a ping for every piece of an answer that comes while none of theirs
//! is unanswered: two more pieces each way, for each call. A ping that is answered [`PATIENCE`] later keeps
//! them from it, and measures well enough; as TCP does with what it acknowledges.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::socket::Socket;

/// So long a ping waits for its answer at most: far less than anybody waits for one to find out who is gone.
pub const PATIENCE: Duration = Duration::from_millis(20);
/// More than this is not kept: who says so much has the socket full with it.
const MOST: usize = 64 << 10;
/// So much memory a connection keeps that has nothing to say.
const KEPT: usize = 8 << 10;
/// A frame that answers a ping: its head (RFC 9113, 6.7) and eight bytes.
const PONG: usize = 9 + 8;
const PONG_HEAD: [u8; 9] = [0, 0, 8, 6, 1, 0, 0, 0, 0];

pub struct Outgoing {
    patience: Duration,
    /// What is to be written; up to `whole` it ends with a frame.
    held: Vec<u8>,
    whole: usize,
    /// Whether the socket has part of a frame whose rest is still to come.
    cut: bool,
    /// The answer to a ping that waits.
    pong: Vec<u8>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Outgoing {
    pub fn new(patience: Duration) -> Outgoing {
        Outgoing { patience, held: Vec::new(), whole: 0, cut: false, pong: Vec::new(), timer: None }
    }

    /// Takes all of `bytes`, as long as the socket keeps up.
    pub fn poll_write(
        &mut self,
        socket: &mut Socket,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.held.len() >= MOST {
            ready!(self.poll_out(socket, cx))?;
        }
        pieces.iter().for_each(|piece| self.held.extend_from_slice(piece));
        Poll::Ready(Ok(pieces.iter().map(|piece| piece.len()).sum()))
    }

    /// Tells that all that was written until now are whole frames. They go out when the connection's task is
    /// polled once more, which is as soon as it has said all it has to.
    pub fn flush(&mut self, cx: &mut Context<'_>) {
        let said = &self.held[self.whole..];
        if !self.cut && said.len() == PONG && said.starts_with(&PONG_HEAD) {
            let said = self.held.split_off(self.whole);
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.patience)));
            if self.pong.is_empty() {
                timer.as_mut().reset(Instant::now() + self.patience);
            }
            // One waits at most.
            self.held.append(&mut self.pong);
            self.pong = said;
            if self.is_late(cx) {
                cx.waker().wake_by_ref();
            }
        }
        self.whole = self.held.len();
        self.cut = false;
        if !self.held.is_empty() {
            cx.waker().wake_by_ref();
        }
    }

    /// Writes what is due.
    pub fn poll_due(&mut self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_late(cx) {
            self.say_pong();
        }
        self.poll_out(socket, cx)
    }

    /// Writes everything.
    pub fn poll_all(&mut self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.say_pong();
        self.poll_out(socket, cx)
    }

    /// Whether the answer to a ping has waited long enough; if one waits, the task is woken when it has.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let timer = self.timer.as_mut().filter(|_| !self.pong.is_empty());
        timer.is_some_and(|timer| timer.as_mut().poll(cx).is_ready())
    }

    fn say_pong(&mut self) {
        if self.whole == self.held.len() && !self.cut {
            self.held.append(&mut self.pong);
            self.whole = self.held.len();
        }
    }

    fn poll_out(&mut self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut gone = 0;
        let outcome = loop {
            if gone == self.held.len() {
                break Poll::Ready(Ok(()));
            }
            match socket.poll_write(cx, &self.held[gone..]) {
                Poll::Ready(Ok(0)) => break Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(n)) => gone += n,
                Poll::Ready(Err(e)) => break Poll::Ready(Err(e)),
                Poll::Pending => break Poll::Pending,
            }
        };
        self.held.drain(..gone);
        self.cut |= gone > self.whole;
        self.whole = self.whole.saturating_sub(gone);
        if self.held.is_empty() && self.held.capacity() > KEPT {
            self.held = Vec::new();
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io::{IoSlice, Read};
    use std::os::unix::net::UnixStream as StdStream;

    use tokio::net::UnixStream;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);
    const PONG_1: &[u8] = b"\0\0\x08\x06\x01\0\0\0\0abcdefgh";
    const PONG_2: &[u8] = b"\0\0\x08\x06\x01\0\0\0\0ABCDEFGH";

    struct Line {
        socket: Socket,
        out: Outgoing,
        theirs: StdStream,
    }

    impl Line {
        fn new(patience: Duration) -> Line {
            let (ours, theirs) = StdStream::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            theirs.set_nonblocking(true).unwrap();
            let socket = Socket::new(UnixStream::from_std(ours).unwrap()).unwrap();
            Line { socket, out: Outgoing::new(patience), theirs }
        }

        /// One turn of a task that says so much, a flush after each.
        async fn say(&mut self, frames: &[&[u8]]) {
            poll_fn(|cx| {
                for frame in frames {
                    let taken = self.out.poll_write(&mut self.socket, cx, &[IoSlice::new(frame)]);
                    assert!(matches!(taken, Poll::Ready(Ok(n)) if n == frame.len()));
                    self.out.flush(cx);
                }
                Poll::Ready(())
            })
            .await;
        }

        /// A later turn; what the client has then.
        async fn heard(&mut self) -> Vec<u8> {
            poll_fn(|cx| {
                let _ = self.out.poll_due(&mut self.socket, cx)?;
                Poll::Ready(Ok::<_, io::Error>(()))
            })
            .await
            .unwrap();
            let mut all = vec![0; 1 << 20];
            let n = self.theirs.read(&mut all).unwrap_or_default();
            all.truncate(n);
            all
        }
    }

    fn run(test: impl Future<Output = ()>) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(test);
    }

    #[test]
    fn a_turn_is_one_piece() {
        run(async {
            let mut line = Line::new(LONG);
            line.say(&[b"head", b"body", b"trailers"]).await;
            assert_eq!(line.theirs.read(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            assert_eq!(line.heard().await, b"headbodytrailers");
        });
    }

    #[test]
    fn a_ping_waits_for_its_answer() {
        run(async {
            let mut line = Line::new(LONG);
            line.say(&[PONG_1]).await;
            assert_eq!(line.heard().await, b"");
            line.say(&[b"answer"]).await;
            assert_eq!(line.heard().await, b"answer");
            assert_eq!(line.heard().await, b"");

            let mut line = Line::new(Duration::from_millis(1));
            line.say(&[PONG_1]).await;
            // Woken for it.
            poll_fn(|cx| {
                let _ = line.out.poll_due(&mut line.socket, cx)?;
                if line.out.pong.is_empty() { Poll::Ready(Ok::<_, io::Error>(())) } else { Poll::Pending }
            })
            .await
            .unwrap();
            assert_eq!(line.heard().await, PONG_1);
        });
    }

    #[test]
    fn one_ping_waits_at_most() {
        run(async {
            let mut line = Line::new(LONG);
            line.say(&[PONG_1, PONG_2]).await;
            assert_eq!(line.heard().await, PONG_1);
            poll_fn(|cx| line.out.poll_all(&mut line.socket, cx)).await.unwrap();
            assert_eq!(line.heard().await, PONG_2);
        });
    }

    /// The end of a long frame is no answer to a ping, whatever it looks like.
    #[test]
    fn what_is_within_a_frame_stays_in_its_place() {
        run(async {
            let mut line = Line::new(LONG);
            line.say(&[PONG_2]).await;
            let long = vec![b'x'; MOST];
            let (first, rest) = ([&long[..]].concat(), PONG_1);
            poll_fn(|cx| {
                let piece = |out: &mut Outgoing, socket: &mut Socket, cx: &mut Context<'_>, bytes: &[u8]| {
                    assert!(out.poll_write(socket, cx, &[IoSlice::new(bytes)]).is_ready());
                };
                piece(&mut line.out, &mut line.socket, cx, &first);
                piece(&mut line.out, &mut line.socket, cx, rest);
                line.out.flush(cx);
                Poll::Ready(())
            })
            .await;
            let heard = line.heard().await;
            assert_eq!(heard, [&long[..], PONG_1].concat());
        });
    }
}
