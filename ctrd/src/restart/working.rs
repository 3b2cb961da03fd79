//! Which containers the monitor is at: each by itself, the same one never twice at once, and not too many together. One
//! that is slow waits for somebody else, and is not counted.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

/// So many at a time: starting one takes several processes for a moment.
const AT_ONCE: usize = 16;

/// After so long one is slow.
const SLOW: Duration = Duration::from_secs(1);

/// A namespace, and a container's id in it.
type Key = (String, String);

/// What is being done. Cheap to clone.
#[derive(Clone)]
pub struct Working(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    permits: Semaphore,
    slow: Duration,
}

#[derive(Default)]
struct State {
    busy: HashSet<Key>,
    /// How many are being started or ended, and how many have ever been.
    changing: usize,
    begun: u64,
}

/// A container is being started or ended, until this is dropped.
pub struct Changing(Working);

/// Ends the work at a container.
struct Place(Working, Key);

impl Default for Working {
    fn default() -> Self {
        Working::new(AT_ONCE, SLOW)
    }
}

impl Working {
    fn new(at_once: usize, slow: Duration) -> Working {
        Working(Arc::new(Inner { state: Mutex::default(), permits: Semaphore::new(at_once), slow }))
    }

    /// Does `work` for a container soon, in a task of its own; nothing where another is still at it.
    pub fn begin(&self, key: Key, work: impl Future<Output = ()> + Send + 'static) {
        if !self.state().busy.insert(key.clone()) {
            return;
        }
        let place = Place(self.clone(), key);
        tokio::spawn(async move {
            let permit = place.0.0.permits.acquire().await;
            let mut work = pin!(work);
            if timeout(place.0.0.slow, &mut work).await.is_err() {
                drop(permit);
                work.await;
            }
        });
    }

    /// Notes that a container is being started or ended.
    pub fn changing(&self) -> Changing {
        let mut state = self.state();
        state.changing += 1;
        state.begun += 1;
        Changing(self.clone())
    }

    /// `None` while any is being started or ended; else a number that another look has again if none has been meanwhile.
    pub fn rests(&self) -> Option<u64> {
        let state = self.state();
        (state.changing == 0).then_some(state.begun)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        self.0.state().changing -= 1;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state().busy.remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use tokio::sync::{Notify, oneshot};

    fn key(id: impl ToString) -> Key {
        ("default".into(), id.to_string())
    }

    fn run(test: impl Future) {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test);
    }

    /// Lets all tasks go on as far as they can.
    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn the_same_one_never_twice_at_once() {
        run(async {
            let working = Working::default();
            let (begun, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
            let begin = || {
                let (begun, go) = (begun.clone(), go.clone());
                working.begin(key("web"), async move {
                    begun.fetch_add(1, SeqCst);
                    go.notified().await;
                });
            };
            begin();
            begin();
            settle().await;
            assert_eq!(begun.load(SeqCst), 1);
            go.notify_one();
            settle().await;
            begin();
            settle().await;
            assert_eq!(begun.load(SeqCst), 2);
        });
    }

    #[test]
    fn not_too_many_together() {
        run(async {
            let working = Working::new(2, Duration::from_secs(3600));
            let (begun, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
            for id in 0..5 {
                let (begun, go) = (begun.clone(), go.clone());
                working.begin(key(id), async move {
                    begun.fetch_add(1, SeqCst);
                    go.notified().await;
                });
            }
            for expected in [2, 3, 4, 5] {
                settle().await;
                assert_eq!(begun.load(SeqCst), expected);
                go.notify_one();
            }
        });
    }

    #[test]
    fn those_that_hang_hold_up_nobody() {
        run(async {
            let working = Working::new(2, Duration::from_millis(1));
            for id in 0..5 {
                working.begin(key(id), std::future::pending());
            }
            let (tell, told) = oneshot::channel();
            working.begin(key("web"), async move { tell.send(()).unwrap() });
            told.await.unwrap();
        });
    }

    #[test]
    fn a_change_is_seen_while_it_lasts_and_afterwards() {
        let working = Working::default();
        let before = working.rests().unwrap();
        assert_eq!(working.rests(), Some(before));
        let changing = working.changing();
        assert_eq!(working.rests(), None);
        drop(changing);
        assert_ne!(working.rests().unwrap(), before);
    }
}
