//! Events on their way to the server: in order, one at a time, each until it was taken. The
//! server may be away for as long as it likes; when somebody connects to us, or after a time
//! that grows up to a minute, it is tried again. Nothing else ever waits for this.

mod program;

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, SystemTime};

use ctrd_shim::any::{self, Named};
use ctrd_shim::api::forward::ForwardRequest;
use ctrd_shim::api::ttrpc::{KeyValue, Response};
use ctrd_shim::api::types::Envelope;
use ctrd_shim::method::{EVENTS, FORWARD, topic};
use ctrd_shim::ttrpc;
use nix::sys::epoll::EpollFlags;
use prost::Message;

use crate::connection::Connection;
use crate::serve::{Shim, Timer};
use crate::timestamp;

/// How many events are kept for a server that is away. The oldest go first, but exits last.
const LIMIT: usize = 2048;

/// How long the server may take to answer for one event.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often an event is offered to a server that refuses it.
const OFFERS: u32 = 5;

const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Publisher {
    address: String,
    namespace: String,
    queue: VecDeque<ForwardRequest>,
    server: Option<Server>,
    /// What publishes events where the server has no socket for them; empty: nothing does.
    program: String,
    /// It is at work on the first in the queue.
    calling: bool,
    /// Until when nothing is tried, and how long the next pause will be.
    timer: Option<Timer>,
    pause: Duration,
    /// How often the first in the queue was refused.
    refused: u32,
    given_up: bool,
}

#[derive(Debug)]
struct Server {
    key: u64,
    connection: Connection,
    /// The stream of the event that is on its way.
    sent: Option<u32>,
    stream: u32,
}

impl Publisher {
    pub fn new(address: String, program: &str, namespace: &str) -> Publisher {
        let given_up = address.is_empty() && program.is_empty();
        Publisher {
            address,
            program: program.into(),
            calling: false,
            namespace: namespace.into(),
            queue: VecDeque::new(),
            server: None,
            timer: None,
            pause: SHORTEST_PAUSE,
            refused: 0,
            given_up,
        }
    }

    /// Nothing is left to deliver, or there is nobody to deliver it to.
    pub fn is_done(&self) -> bool {
        self.queue.is_empty() || self.given_up || (self.server.is_none() && self.program.is_empty())
    }

    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Gives up one event, but not one that is on its way. Servers act on ends, so those go last; before them kills for
    /// want of memory, of which a container can have any number.
    fn make_room(&mut self) {
        let under_way = self.calling || self.server.as_ref().is_some_and(|s| s.sent.is_some());
        let weight = |event: &ForwardRequest| match event.envelope.as_ref().map_or("", |e| e.topic.as_str()) {
            topic::EXIT | topic::DELETE => 2,
            topic::OOM => 1,
            _ => 0,
        };
        let waiting = self.queue.iter().enumerate().skip(usize::from(under_way));
        // Of those that weigh the same, the oldest.
        if let Some((oldest, _)) = waiting.min_by_key(|(_, event)| weight(event)) {
            self.queue.remove(oldest);
        }
    }
}

/// Puts an event of a container on its way; one that only holds a pod's namespaces has none.
pub fn publish_of<M: Named>(shim: &mut Shim, id: &str, topic: &str, event: &M) {
    if !crate::sandbox::holds(shim, id) {
        publish(shim, topic, event);
    }
}

/// Has an event go on its way, after what the callers wait for.
pub fn publish<M: Named>(shim: &mut Shim, topic: &str, event: &M) {
    let publisher = &mut shim.publisher;
    if publisher.given_up {
        return;
    }
    if publisher.queue.len() >= LIMIT {
        publisher.make_room();
    }
    publisher.queue.push_back(ForwardRequest {
        envelope: Some(Envelope {
            timestamp: Some(timestamp::proto(SystemTime::now())),
            namespace: publisher.namespace.clone(),
            topic: topic.into(),
            event: Some(any::pack(event)),
        }),
    });
}

/// What the loop does at the end of each turn.
pub fn send_waiting(shim: &mut Shim) {
    if !shim.publisher.queue.is_empty() {
        advance(shim);
    }
}

/// Tries now what would have been tried later.
pub fn retry_now(shim: &mut Shim) {
    if shim.publisher.server.is_none() && !shim.publisher.calling {
        if let Some(timer) = shim.publisher.timer.take() {
            shim.cancel(timer);
        }
        advance(shim);
    }
}

/// The server's connection is ready for something.
pub fn ready(shim: &mut Shim, events: EpollFlags) {
    let Some(server) = &mut shim.publisher.server else { return };
    let mut open = !events.contains(EpollFlags::EPOLLERR);
    if events.intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLHUP) {
        open &= server.connection.fill().unwrap_or(false);
    }
    while let Some(Ok(frame)) = shim.publisher.server.as_mut().and_then(|s| s.connection.next()) {
        taken(shim, frame.stream, &frame.payload);
    }
    if open { advance(shim) } else { lost(shim, "it closed the connection") }
}

/// The server has answered.
fn taken(shim: &mut Shim, stream: u32, payload: &[u8]) {
    let publisher = &mut shim.publisher;
    let Some(server) = publisher.server.as_mut().filter(|s| s.sent == Some(stream)) else { return };
    server.sent = None;
    let refusal = Response::decode(payload).ok().and_then(|r| r.status).filter(|s| s.code != 0);
    settled(shim, refusal.map(|status| status.message));
}

/// The first in the queue was taken, or refused.
fn settled(shim: &mut Shim, refusal: Option<String>) {
    let publisher = &mut shim.publisher;
    let timer = publisher.timer.take();
    publisher.pause = SHORTEST_PAUSE;
    let Some(reason) = refusal else {
        publisher.queue.pop_front();
        publisher.refused = 0;
        if publisher.queue.is_empty() {
            publisher.queue = VecDeque::new();
        }
        cancel(shim, timer);
        return;
    };
    publisher.refused += 1;
    let last = publisher.refused >= OFFERS;
    let pause = Duration::from_secs(u64::from(publisher.refused));
    if last {
        publisher.queue.pop_front();
        publisher.refused = 0;
    }
    cancel(shim, timer);
    shim.log.warn(format_args!("publish an event: {reason}"));
    if !last {
        wait(shim, pause);
    }
}

fn cancel(shim: &mut Shim, timer: Option<Timer>) {
    if let Some(timer) = timer {
        shim.cancel(timer);
    }
}

/// Sends the next event if none is on its way and nothing says to wait.
fn advance(shim: &mut Shim) {
    let publisher = &mut shim.publisher;
    if publisher.given_up || publisher.calling || publisher.queue.is_empty() {
        return flush(shim);
    }
    if publisher.server.is_none() && (publisher.timer.is_some() || !connect(shim)) {
        return;
    }
    let publisher = &mut shim.publisher;
    let (Some(server), Some(event)) = (&mut publisher.server, publisher.queue.front()) else { return };
    if server.sent.is_some() || publisher.timer.is_some() {
        return flush(shim);
    }
    let mut request = ttrpc::request(EVENTS, FORWARD, event);
    let namespace = KeyValue { key: "containerd-namespace-ttrpc".into(), value: publisher.namespace.clone() };
    request.metadata.push(namespace);
    request.timeout_nano = PATIENCE.as_nanos() as i64;
    let stream = server.stream;
    server.stream += 2;
    if server.connection.queue(stream, ttrpc::REQUEST, &request).is_err() {
        // It could never be sent.
        publisher.queue.pop_front();
        return;
    }
    server.sent = Some(stream);
    let timer = shim.after(PATIENCE, Box::new(|shim| lost(shim, "no answer came")));
    shim.publisher.timer = Some(timer);
    flush(shim);
}

fn connect(shim: &mut Shim) -> bool {
    let address = &shim.publisher.address;
    let path = address.strip_prefix("unix://").unwrap_or(address);
    // A unix socket connects at once or not at all, unless its backlog is full. A server so
    // busy is found again later: this must not block.
    let connection = nonblocking_connect(path).and_then(Connection::new);
    let Ok(connection) = connection else {
        if !program::call(shim) {
            pause(shim);
        }
        return false;
    };
    let key = shim.new_key();
    if shim.watch_server(key, connection.as_fd(), EpollFlags::EPOLLIN).is_err() {
        pause(shim);
        return false;
    }
    shim.publisher.server = Some(Server { key, connection, sent: None, stream: 1 });
    true
}

fn nonblocking_connect(path: &str) -> std::io::Result<UnixStream> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};
    use std::os::fd::AsRawFd;
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let fd = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
    connect(fd.as_raw_fd(), &UnixAddr::new(path)?)?;
    Ok(UnixStream::from(fd))
}

fn flush(shim: &mut Shim) {
    let Some(server) = &mut shim.publisher.server else { return };
    if server.connection.flush().is_err() {
        return lost(shim, "the connection broke");
    }
    let flags = server.connection.wanted();
    if flags == server.connection.interest {
        return;
    }
    server.connection.interest = flags;
    let server = shim.publisher.server.take();
    if let Some(server) = &server {
        let _ = shim.watch_server(server.key, server.connection.as_fd(), flags);
    }
    shim.publisher.server = server;
}

/// The connection is of no use any more. The event that was on its way stays the first.
fn lost(shim: &mut Shim, why: &str) {
    let Some(server) = shim.publisher.server.take() else { return };
    shim.unwatch(server.key, server.connection.as_fd());
    let timer = shim.publisher.timer.take();
    cancel(shim, timer);
    if server.sent.is_some() {
        shim.log.warn(format_args!("publish an event: {why}"));
    }
    if !shim.publisher.queue.is_empty() {
        // Once at once, since a server that was restarted is there again; but not for ever
        // with one that takes calls and drops them.
        let first = shim.publisher.pause == SHORTEST_PAUSE;
        if first && server.sent.is_some() {
            shim.publisher.pause = SHORTEST_PAUSE * 2;
            advance(shim);
        } else {
            pause(shim);
        }
    }
}

/// Waits, each time longer, before the server is looked for again.
fn pause(shim: &mut Shim) {
    let time = shim.publisher.pause;
    shim.publisher.pause = (time * 2).min(LONGEST_PAUSE);
    wait(shim, time);
}

fn wait(shim: &mut Shim, time: Duration) {
    if shim.publisher.timer.is_none() {
        let timer = shim.after(
            time,
            Box::new(|shim| {
                shim.publisher.timer = None;
                advance(shim);
            }),
        );
        shim.publisher.timer = Some(timer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(topic: &str) -> ForwardRequest {
        ForwardRequest { envelope: Some(Envelope { topic: topic.into(), ..Envelope::default() }) }
    }

    #[test]
    fn ends_are_given_up_last_and_kills_for_want_of_memory_before_them() {
        let mut publisher = Publisher::new("/none".into(), "", "default");
        let all = [topic::EXIT, topic::OOM, topic::START, topic::OOM, topic::DELETE];
        publisher.queue.extend(all.map(event));
        let left = |publisher: &mut Publisher| -> Vec<String> {
            publisher.make_room();
            publisher.queue.iter().map(|e| e.envelope.as_ref().unwrap().topic.clone()).collect()
        };
        assert_eq!(left(&mut publisher), [topic::EXIT, topic::OOM, topic::OOM, topic::DELETE]);
        assert_eq!(left(&mut publisher), [topic::EXIT, topic::OOM, topic::DELETE]);
        assert_eq!(left(&mut publisher), [topic::EXIT, topic::DELETE]);
        // One that is on its way stays.
        publisher.calling = true;
        assert_eq!(left(&mut publisher), [topic::EXIT]);
        assert_eq!(left(&mut publisher), [topic::EXIT]);
    }
}
