//! The server: one thread, one epoll loop. Everything that happens comes in as a descriptor
//! that became ready: a connection, SIGCHLD, a pipe, an event counter, or as a timer that ran
//! out. What cannot be done at once leaves a continuation, keyed by the child, descriptor or
//! time it waits for, so no call ever waits for another.

mod callers;

use std::collections::{BTreeMap, HashMap};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::args::Args;
use crate::connection::Connection;
use crate::container::Exit;
use crate::deadline::Deadline;
use crate::log::Log;
use crate::publish::Publisher;
use crate::rpc::Caller;
use crate::sandbox::Sandbox;
use crate::stdio::copy::Stream;
use crate::task::Task;
use crate::{host, reaper, socket, sys, task};

/// Without containers and callers a shim is of no use to anybody; it goes after this time.
const IDLE: Duration = Duration::from_secs(60);

/// How long the last events may take to be delivered before the shim goes.
const FAREWELL: Duration = Duration::from_secs(5);

pub type Then = Box<dyn FnOnce(&mut Shim)>;
pub type AfterExit = Box<dyn FnOnce(&mut Shim, Exit)>;
pub type Timer = (Instant, u64);

/// What a ready descriptor means.
enum Source {
    Listener,
    Signals,
    Connection,
    Server,
    Stream,
    /// The out-of-memory counter of a container.
    Oom(String),
    /// Something that is waited for once. The descriptor is kept open until then.
    Once(OwnedFd, Then),
}

pub struct Shim {
    pub args: Args,
    pub log: Log,
    pub tasks: BTreeMap<String, Task>,
    /// The pod whose namespaces we hold, if we were asked to.
    pub sandbox: Option<Sandbox>,
    /// Containers that the runtime is creating, each with who wants it.
    pub creating: HashMap<String, Caller>,
    pub publisher: Publisher,
    pub connections: HashMap<u64, Connection>,
    /// Calls whose callers want an answer by some time.
    pub deadlines: HashMap<Caller, Deadline>,
    pub streams: HashMap<u64, Stream>,
    /// Children whose end something waits for: runtime calls, loggers.
    pub children: HashMap<i32, AfterExit>,
    pub strays: reaper::Strays,
    /// Where sockets for terminals are made for a moment.
    pub socket_dir: PathBuf,
    /// None once we are leaving: who comes then shall find nobody, and start another shim.
    listener: Option<UnixListener>,
    listener_key: u64,
    signals: SignalFd,
    epoll: Epoll,
    sources: HashMap<u64, Source>,
    timers: BTreeMap<Timer, Then>,
    next_key: u64,
    idle: Option<Timer>,
    leaving: Option<Instant>,
}

pub fn run(args: Args, listener: UnixListener) -> Result<()> {
    let log = Log::open(&args.id, args.debug);
    log.take_stderr();
    nix::sys::prctl::set_child_subreaper(true).context("become a subreaper")?;
    let mask = SigSet::from_iter([
        Signal::SIGCHLD,
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGHUP,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
    ]);
    mask.thread_set_mask().context("block signals")?;
    let signals = SignalFd::with_flags(&mask, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
    listener.set_nonblocking(true)?;
    let mut shim = Shim {
        publisher: Publisher::new(events_address(&args), &args.publish_binary, &args.namespace),
        socket_dir: std::fs::read_link("s").unwrap_or_else(|_| host::socket_dir(&args.address)),
        args,
        log,
        tasks: BTreeMap::new(),
        sandbox: None,
        creating: HashMap::new(),
        connections: HashMap::new(),
        deadlines: HashMap::new(),
        streams: HashMap::new(),
        children: HashMap::new(),
        strays: reaper::Strays::default(),
        listener: Some(listener),
        listener_key: 0,
        signals,
        epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).context("create an epoll")?,
        sources: HashMap::new(),
        timers: BTreeMap::new(),
        next_key: 0,
        idle: None,
        leaving: None,
    };
    let outcome = shim.serve();
    shim.close_socket();
    outcome
}

fn events_address(args: &Args) -> String {
    match std::env::var("TTRPC_ADDRESS") {
        Ok(address) if !address.is_empty() => address,
        _ => host::events_address(&args.address),
    }
}

impl Shim {
    fn serve(&mut self) -> Result<()> {
        let (listener, signals) = (self.listener_key, self.new_key());
        if let Some(socket) = &self.listener {
            self.epoll.add(socket, EpollEvent::new(EpollFlags::EPOLLIN, listener))?;
        }
        self.epoll.add(&self.signals, EpollEvent::new(EpollFlags::EPOLLIN, signals))?;
        self.sources.insert(listener, Source::Listener);
        self.sources.insert(signals, Source::Signals);
        let mut ready = [EpollEvent::empty(); 16];
        loop {
            self.watch_idleness();
            self.flush_connections();
            crate::publish::send_waiting(self);
            if self.may_leave() {
                return Ok(());
            }
            let count = match self.epoll.wait(&mut ready, self.next_timeout()) {
                Ok(count) => count,
                Err(Errno::EINTR) => 0,
                Err(e) => return Err(e).context("wait for events"),
            };
            for event in &ready[..count] {
                self.dispatch(event.data(), event.events());
            }
            self.fire_timers();
        }
    }

    fn dispatch(&mut self, key: u64, events: EpollFlags) {
        // An event earlier in the same batch may have removed the source.
        match self.sources.get(&key) {
            None => {}
            Some(Source::Listener) => self.accept(),
            Some(Source::Signals) => self.take_signals(),
            Some(Source::Connection) => self.receive(key, events),
            Some(Source::Server) => crate::publish::ready(self, events),
            Some(Source::Stream) => crate::stdio::copy::advance(self, key),
            Some(Source::Oom(id)) => {
                let id = id.clone();
                task::events::oom(self, &id);
            }
            Some(Source::Once(..)) => {
                if let Some(Source::Once(fd, then)) = self.sources.remove(&key) {
                    let _ = self.epoll.delete(&fd);
                    drop(fd);
                    then(self);
                }
            }
        }
    }

    fn take_signals(&mut self) {
        // Another one that waits makes us ready again.
        if let Ok(Some(info)) = self.signals.read_signal() {
            match Signal::try_from(info.ssi_signo as i32) {
                Ok(signal @ (Signal::SIGTERM | Signal::SIGINT)) => {
                    self.log.warn(format_args!("leave: {signal}"));
                    self.leave();
                }
                Ok(Signal::SIGUSR1) => self.tell_state(),
                _ => {}
            }
        }
        reaper::reap(self);
    }

    /// What there is, into the log: for somebody who wonders what a shim is at.
    fn tell_state(&mut self) {
        let Shim { tasks, log, .. } = self;
        for (id, task) in tasks {
            let execs = task.container.execs().map(|(exec, process)| (exec.as_str(), process));
            for (exec, process) in task.container.process("").map(|p| ("", p)).into_iter().chain(execs) {
                let streams = task.io.get(exec).map_or(0, |io| io.streams.len());
                let waiters = task.waiters.iter().filter(|(e, _)| e == exec).count();
                log.info(format_args!(
                    "{id} {exec}: {:?}, pid {}, {streams} streams, {waiters} waiting",
                    process.phase, process.pid
                ));
            }
        }
        let (calls, connections) = (self.children.len(), self.connections.len());
        let events = self.publisher.waiting();
        self.log.info(format_args!("{calls} calls, {connections} connections, {events} events to publish"));
    }

    pub fn new_key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    /// Calls `then` once when `fd` can be read or is at its end.
    pub fn once(&mut self, fd: OwnedFd, then: Then) {
        let key = self.new_key();
        if let Err(e) = self.epoll.add(&fd, EpollEvent::new(EpollFlags::EPOLLIN, key)) {
            // Rather too early than never.
            self.log.error(format_args!("watch a descriptor: {}", e.desc()));
            self.after(Duration::ZERO, then);
            return;
        }
        self.sources.insert(key, Source::Once(fd, then));
    }

    pub fn watch_stream(&mut self, key: u64, fd: BorrowedFd<'_>, flags: EpollFlags) -> nix::Result<()> {
        self.epoll.add(fd, EpollEvent::new(flags, key))?;
        self.sources.insert(key, Source::Stream);
        Ok(())
    }

    pub fn watch_server(&mut self, key: u64, fd: BorrowedFd<'_>, flags: EpollFlags) -> nix::Result<()> {
        if self.sources.contains_key(&key) {
            return self.epoll.modify(fd, &mut EpollEvent::new(flags, key));
        }
        self.epoll.add(fd, EpollEvent::new(flags, key))?;
        self.sources.insert(key, Source::Server);
        Ok(())
    }

    pub fn watch_oom(&mut self, id: &str, fd: BorrowedFd<'_>) -> nix::Result<u64> {
        let key = self.new_key();
        self.epoll.add(fd, EpollEvent::new(EpollFlags::EPOLLIN, key))?;
        self.sources.insert(key, Source::Oom(id.into()));
        Ok(key)
    }

    /// Before a watched descriptor is closed: a duplicate of it may live on elsewhere.
    pub fn unwatch(&mut self, key: u64, fd: BorrowedFd<'_>) {
        let _ = self.epoll.delete(fd);
        self.sources.remove(&key);
    }

    /// Calls `then` after some time, unless cancelled before.
    pub fn after(&mut self, time: Duration, then: Then) -> Timer {
        let timer = (Instant::now() + time, self.new_key());
        self.timers.insert(timer, then);
        timer
    }

    pub fn cancel(&mut self, timer: Timer) {
        self.timers.remove(&timer);
    }

    fn fire_timers(&mut self) {
        let now = Instant::now();
        while let Some(entry) = self.timers.first_entry().filter(|e| e.key().0 <= now) {
            entry.remove()(self);
        }
    }

    fn next_timeout(&self) -> EpollTimeout {
        let next = [self.timers.keys().next().map(|timer| timer.0), self.leaving].into_iter().flatten().min();
        let Some(at) = next else { return EpollTimeout::NONE };
        // Rounded up, or the loop would turn idly through the last millisecond.
        let wait = at.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
        EpollTimeout::try_from(wait).unwrap_or(EpollTimeout::MAX)
    }

    /// Ends the server once the last events are delivered. The socket goes at once, since the
    /// events may take a while: the next container of the same name gets a shim that stays.
    pub fn leave(&mut self) {
        if self.leaving.is_none() {
            self.leaving = Some(Instant::now() + FAREWELL);
            self.close_socket();
            crate::publish::retry_now(self);
        }
    }

    fn close_socket(&mut self) {
        let Some(listener) = self.listener.take() else { return };
        let _ = self.epoll.delete(&listener);
        if let Some(path) = socket::path_of(&listener) {
            let _ = crate::bundle::remove(&path);
        }
    }

    fn may_leave(&self) -> bool {
        let Some(deadline) = self.leaving else { return false };
        let answered = !self.connections.values().any(Connection::pending);
        (answered && self.publisher.is_done()) || Instant::now() >= deadline
    }

    /// A shim that nobody needs would stay for ever if its caller died before Shutdown.
    fn watch_idleness(&mut self) {
        let idle = self.tasks.is_empty() && self.creating.is_empty() && self.connections.is_empty();
        match (idle, self.idle) {
            (true, None) => self.idle = Some(self.after(IDLE, Box::new(Shim::leave))),
            (false, Some(timer)) => {
                self.cancel(timer);
                self.idle = None;
            }
            _ => {}
        }
    }
}

/// The listener that `start` has passed as descriptor 3, or one bound to the named path.
pub fn listener(args: &Args) -> Result<UnixListener> {
    if args.socket.is_empty() {
        let fd = sys::inherited_listener(3).context("take the listening socket, descriptor 3")?;
        return Ok(UnixListener::from(fd));
    }
    let path = args.socket.strip_prefix("unix://").unwrap_or(&args.socket);
    socket::bind(path.as_ref())
}
