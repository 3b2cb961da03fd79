//! The gap between two servers. How a task ended while none ran is known, by its shim or by what that left,
//! moments after the next one has started; the clients of the one before come back in their own time, each
//! after it noticed. Such an end is told once, so it is kept for those who come in the first minute.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::api::types::Envelope;

/// Shims try again every few seconds, and so do clients.
const HEARD: Duration = Duration::from_secs(15);
const TOLD: Duration = Duration::from_secs(60);

/// What of that is no one's to miss.
const TOPICS: [&str; 3] = ["/tasks/oom", "/tasks/exit", "/tasks/delete"];

/// The ends of tasks that were told of in the first seconds after a server's start. By default none are
/// kept: no server has started.
#[derive(Default)]
pub struct Gap(Option<Kept>);

struct Kept {
    began: Instant,
    events: Vec<Arc<Envelope>>,
}

impl Gap {
    pub fn from_now() -> Self {
        Self(Some(Kept { began: Instant::now(), events: Vec::new() }))
    }

    /// Takes a published event, if it is one to keep.
    pub fn keep(&mut self, envelope: &Arc<Envelope>) {
        if let Some(kept) = self.until(HEARD)
            && TOPICS.contains(&envelope.topic.as_str())
        {
            kept.events.push(envelope.clone());
        }
    }

    /// What is to be told to a subscriber that has just come, in the order in which it was published.
    pub fn told(&mut self) -> impl Iterator<Item = &Arc<Envelope>> {
        if self.until(TOLD).is_none() {
            self.0 = None;
        }
        self.0.iter().flat_map(|kept| &kept.events)
    }

    fn until(&mut self, limit: Duration) -> Option<&mut Kept> {
        self.0.as_mut().filter(|kept| kept.began.elapsed() < limit)
    }
}

#[cfg(test)]
mod tests {
    use crate::api::event::{TaskExit, TaskStart};
    use crate::events::Exchange;

    #[test]
    fn who_comes_back_is_told_of_the_ends_in_between() {
        let exit = |id: &str| TaskExit { container_id: id.into(), ..TaskExit::default() };
        for (exchange, want) in [(Exchange::of_server(), [2, 0, 1]), (Exchange::default(), [0, 0, 0])] {
            exchange.publish("a", "/tasks/exit", &exit("old")).unwrap();
            exchange.publish("a", "/tasks/start", &TaskStart::default()).unwrap();
            exchange.publish("a", "/tasks/exit", &exit("new")).unwrap();
            let filters = ["namespace==a", "namespace==b", "event.container_id==old"];
            let got = filters.map(|filter| {
                let mut events = exchange.subscribe(&[filter]).unwrap();
                std::iter::from_fn(|| events.try_recv()).count()
            });
            assert_eq!(got, want);
        }
    }
}
