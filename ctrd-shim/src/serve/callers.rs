//! Who calls: connections as they come, what they send and what they are owed. No caller, however
//! much or little it sends or reads, keeps the others waiting or makes us keep more than a few
//! megabytes for it.

use std::io::ErrorKind;
use std::time::Duration;

use nix::sys::epoll::{EpollEvent, EpollFlags};

use super::{Shim, Source};
use crate::connection::Connection;
use crate::{deadline, rpc, socket};

/// So many messages of one caller in a row before others get their turn.
const TURN: usize = 32;

/// How long a message may take from its first byte to its last.
const WHOLE: Duration = Duration::from_secs(10);

/// How long nobody is taken in when there is no descriptor left for them.
const CROWDED: Duration = Duration::from_secs(1);

impl Shim {
    pub(super) fn accept(&mut self) {
        loop {
            let Some(accepted) = self.listener.as_ref().map(std::os::unix::net::UnixListener::accept) else {
                break;
            };
            match accepted {
                Ok((stream, _)) if !socket::is_ours(&stream) => {
                    self.log.warn("refuse a connection: its user is not ours");
                }
                Ok((stream, _)) => self.take_in(stream),
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                // One that has gone again.
                Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::ConnectionAborted) => {}
                Err(e) => {
                    self.log.warn(format_args!("accept a connection: {}", crate::reason(&e)));
                    self.rest();
                    break;
                }
            }
        }
        // Who calls may well be a server that has just come up, and wants our events.
        crate::publish::retry_now(self);
    }

    fn take_in(&mut self, stream: std::os::unix::net::UnixStream) {
        let Ok(connection) = Connection::new(stream) else { return };
        let key = self.new_key();
        if self.epoll.add(&connection, EpollEvent::new(connection.interest, key)).is_ok() {
            self.sources.insert(key, Source::Connection);
            self.connections.insert(key, connection);
        }
    }

    /// The socket stays ready while nobody can be taken in: it is looked at again later.
    fn rest(&mut self) {
        let Some(listener) = &self.listener else { return };
        let _ = self.epoll.delete(listener);
        self.after(
            CROWDED,
            Box::new(|shim| {
                if let Some(listener) = &shim.listener {
                    let event = EpollEvent::new(EpollFlags::EPOLLIN, shim.listener_key);
                    let _ = shim.epoll.add(listener, event);
                }
            }),
        );
    }

    pub(super) fn receive(&mut self, key: u64, events: EpollFlags) {
        let Some(connection) = self.connections.get_mut(&key) else { return };
        let broken = events.intersects(EpollFlags::EPOLLHUP | EpollFlags::EPOLLERR);
        if connection.is_choked() && broken {
            return self.hang_up(key);
        }
        if connection.resumes || !(broken || events.contains(EpollFlags::EPOLLIN)) {
            return;
        }
        let open = connection.fill().unwrap_or(false);
        self.take_frames(key, open);
    }

    fn take_frames(&mut self, key: u64, open: bool) {
        for n in 0.. {
            if n == TURN && open {
                return self.resume(key);
            }
            let Some(connection) = self.connections.get_mut(&key) else { return };
            let Some(frame) = connection.next() else { break };
            self.begin_patience(key, false);
            rpc::handle(self, key, frame);
        }
        if open { self.begin_patience(key, true) } else { self.hang_up(key) }
    }

    fn resume(&mut self, key: u64) {
        let Some(connection) = self.connections.get_mut(&key) else { return };
        connection.resumes = true;
        let go_on = move |shim: &mut Shim| {
            if let Some(connection) = shim.connections.get_mut(&key) {
                connection.resumes = false;
                shim.take_frames(key, true);
            }
        };
        self.after(Duration::ZERO, Box::new(go_on));
    }

    /// A message that has begun must be all there in time; with the next one it begins anew.
    fn begin_patience(&mut self, key: u64, waits: bool) {
        let Some(connection) = self.connections.get_mut(&key) else { return };
        let waits = waits && connection.is_partial();
        if waits == connection.limit.is_some() {
            return;
        }
        if let Some(timer) = connection.limit.take() {
            self.cancel(timer);
            return;
        }
        let late = move |shim: &mut Shim| {
            if let Some(connection) = shim.connections.get_mut(&key) {
                connection.limit = None;
                shim.log.warn("hang up: the rest of a message did not come");
                shim.hang_up(key);
            }
        };
        let timer = self.after(WHOLE, Box::new(late));
        if let Some(connection) = self.connections.get_mut(&key) {
            connection.limit = Some(timer);
        }
    }

    pub(super) fn hang_up(&mut self, key: u64) {
        if let Some(connection) = self.connections.remove(&key) {
            if let Some(timer) = connection.limit {
                self.cancel(timer);
            }
            let _ = self.epoll.delete(&connection);
            self.sources.remove(&key);
            for task in self.tasks.values_mut() {
                task.waiters.retain(|(_, caller)| caller.connection != key);
            }
            deadline::hang_up(self, key);
        }
    }

    /// Sends what answers have piled up; whoever cannot take them now is waited for.
    pub(super) fn flush_connections(&mut self) {
        let mut broken = Vec::new();
        for (key, connection) in &mut self.connections {
            if connection.pending() && connection.flush().is_err() {
                broken.push(*key);
                continue;
            }
            let wanted = connection.wanted();
            if wanted != connection.interest {
                connection.interest = wanted;
                let _ = self.epoll.modify(&*connection, &mut EpollEvent::new(wanted, *key));
            }
        }
        for key in broken {
            self.hang_up(key);
        }
    }
}
