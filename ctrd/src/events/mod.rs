//! The event exchange: what is published is handed to every subscriber whose filter it passes.
//!
//! All subscribers see all events in one order, that in which they were published. A subscriber's
//! queue is long: the exit of a task must reach a client however slow it reads, since nobody tells
//! it twice. One that does not read at all is let go, and told so at the queue's end.

mod gap;
mod payload;

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use prost::Message;
use prost_types::Any;
use tokio::sync::mpsc;

use crate::api::types::Envelope;
use crate::clock;
use crate::error::{Error, Result};
use crate::filter::{Fields, Filter, present};
use crate::id;
use crate::timestamp;

use gap::Gap;
pub use payload::Event;

/// Where events go through. Cheap to clone; clones are the same exchange.
#[derive(Clone, Default)]
pub struct Exchange {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    subscribers: Vec<Subscriber>,
    gap: Gap,
}

/// So many bytes of events may wait for a subscriber.
const MAX_WAITING: usize = 16 << 20;

struct Subscriber {
    filter: Filter,
    queue: mpsc::UnboundedSender<Arc<Envelope>>,
    waiting: Arc<AtomicUsize>,
}

/// The events that a subscriber asked for, from its subscription on. It ends only where the
/// subscriber was too slow.
pub struct Subscription {
    queue: mpsc::UnboundedReceiver<Arc<Envelope>>,
    waiting: Arc<AtomicUsize>,
}

impl Subscription {
    pub async fn recv(&mut self) -> Option<Arc<Envelope>> {
        std::future::poll_fn(|cx| self.poll_recv(cx)).await
    }

    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Arc<Envelope>>> {
        let envelope = ready!(self.queue.poll_recv(cx));
        Poll::Ready(envelope.map(|envelope| self.taken(envelope)))
    }

    /// The next event that is there already.
    pub fn try_recv(&mut self) -> Option<Arc<Envelope>> {
        self.queue.try_recv().ok().map(|envelope| self.taken(envelope))
    }

    fn taken(&self, envelope: Arc<Envelope>) -> Arc<Envelope> {
        self.waiting.fetch_sub(weight(&envelope), Ordering::Relaxed);
        envelope
    }
}

fn weight(envelope: &Envelope) -> usize {
    size_of::<Envelope>() + envelope.encoded_len()
}

impl Exchange {
    /// The exchange of a server that starts now: see [`gap`].
    pub fn of_server() -> Self {
        let state = State { gap: Gap::from_now(), ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Publishes an event of this server's own making, with the time as of now.
    pub fn publish(&self, namespace: &str, topic: &str, event: &impl Event) -> Result<()> {
        let event = Any { type_url: event.type_url().to_string(), value: event.encode_to_vec() };
        self.publish_any(namespace, topic, Some(event))
    }

    /// As [`Exchange::publish`], of an event that is encoded already.
    pub fn publish_any(&self, namespace: &str, topic: &str, event: Option<Any>) -> Result<()> {
        let timestamp = Some(timestamp::to_proto(clock::now()));
        self.forward(Envelope { timestamp, namespace: namespace.into(), topic: topic.into(), event })
    }

    /// Passes on an event of another's making, its time included.
    pub fn forward(&self, mut envelope: Envelope) -> Result<()> {
        id::validate(&envelope.namespace).map_err(|e| e.context("event envelope has invalid namespace"))?;
        check_topic(&envelope.topic)
            .map_err(|e| e.context(format!("envelope topic {:?}", envelope.topic)))?;
        // As in containerd, one without a time is of 1970.
        envelope.timestamp.get_or_insert_default();
        tracing::debug!(namespace = envelope.namespace, topic = envelope.topic, "event");
        let envelope = Arc::new(envelope);
        // A subscriber that went away is noticed, and dropped, by the first event for it.
        let mut state = self.lock();
        state.gap.keep(&envelope);
        state.subscribers.retain(|s| {
            if s.filter.matches(&*envelope) {
                let weight = weight(&envelope);
                if s.waiting.fetch_add(weight, Ordering::Relaxed) + weight > MAX_WAITING {
                    tracing::warn!("a subscriber to events does not read: it is let go");
                    return false;
                }
                s.queue.send(envelope.clone()).is_ok()
            } else {
                !s.queue.is_closed()
            }
        });
        Ok(())
    }

    /// The events from now on that match any of `filters`, or all of them if there are none.
    pub fn subscribe<S: AsRef<str>>(&self, filters: &[S]) -> Result<Subscription> {
        let filter = Filter::parse(filters)?;
        let (queue, events) = mpsc::unbounded_channel();
        let mut state = self.lock();
        let mut weights = 0;
        for envelope in state.gap.told().filter(|envelope| filter.matches(&***envelope)) {
            weights += weight(envelope);
            // The receiver is held here.
            _ = queue.send(envelope.clone());
        }
        let waiting = Arc::new(AtomicUsize::new(weights));
        state.subscribers.push(Subscriber { filter, queue, waiting: waiting.clone() });
        Ok(Subscription { queue: events, waiting })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fields for Envelope {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["namespace"] => present(&self.namespace),
            ["topic"] => present(&self.topic),
            ["event", rest @ ..] => payload::field(self.event.as_ref()?, rest).map(Cow::Owned),
            _ => None,
        }
    }
}

/// A topic is a path of identifiers: `/tasks/exit`.
fn check_topic(topic: &str) -> Result<()> {
    if topic.is_empty() {
        return Err(Error::invalid("must not be empty: invalid argument"));
    }
    let Some(components) = topic.strip_prefix('/') else {
        return Err(Error::invalid("must start with '/': invalid argument"));
    };
    if components.is_empty() {
        return Err(Error::invalid("must have at least one component: invalid argument"));
    }
    for component in components.split('/') {
        id::validate(component)
            .map_err(|e| e.context(format!("failed validation on component {component:?}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::event::{TaskExit, TaskStart};

    fn start(id: &str) -> TaskStart {
        TaskStart { container_id: id.into(), pid: 7 }
    }

    #[test]
    fn subscribers_get_what_they_asked_for_in_order() {
        let exchange = Exchange::default();
        let mut all = exchange.subscribe::<&str>(&[]).unwrap();
        let mut some = exchange
            .subscribe(&["namespace==a,topic~=|^/tasks/|,event.container_id==web", "topic==\"/tasks/exit\""])
            .unwrap();
        exchange.publish("a", "/tasks/start", &start("web")).unwrap();
        exchange.publish("a", "/tasks/start", &start("db")).unwrap();
        exchange.publish("b", "/tasks/start", &start("web")).unwrap();
        exchange.publish("b", "/tasks/exit", &TaskExit::default()).unwrap();
        let take = |from: &mut Subscription| {
            std::iter::from_fn(|| from.try_recv())
                .map(|e| format!("{}{}", e.namespace, e.topic))
                .collect::<Vec<_>>()
        };
        assert_eq!(take(&mut all), ["a/tasks/start", "a/tasks/start", "b/tasks/start", "b/tasks/exit"]);
        assert_eq!(take(&mut some), ["a/tasks/start", "b/tasks/exit"]);
        drop(all);
        drop(some);
        exchange.publish("a", "/tasks/start", &start("web")).unwrap();
        assert!(exchange.lock().subscribers.is_empty());
    }

    #[test]
    fn who_does_not_read_is_let_go() {
        let exchange = Exchange::default();
        let (mut slow, mut quick) =
            (exchange.subscribe::<&str>(&[]).unwrap(), exchange.subscribe::<&str>(&[]).unwrap());
        let long = start(&"x".repeat(1 << 20));
        for _ in 0..20 {
            exchange.publish("a", "/tasks/start", &long).unwrap();
            assert!(quick.try_recv().is_some());
        }
        assert_eq!(exchange.lock().subscribers.len(), 1);
        assert_eq!(std::iter::from_fn(|| slow.try_recv()).count(), 15);
        assert!(slow.queue.is_closed());
    }

    #[test]
    fn refuses_bad_envelopes() {
        let exchange = Exchange::default();
        for (namespace, topic) in
            [("", "/a"), ("a/b", "/a"), ("a", ""), ("a", "a"), ("a", "/"), ("a", "/a/"), ("a", "/a b")]
        {
            assert!(exchange.publish(namespace, topic, &start("web")).is_err(), "{namespace} {topic}");
        }
        let unnamed = Envelope { topic: "/a".into(), ..Default::default() };
        assert!(exchange.forward(unnamed).is_err());
    }
}
