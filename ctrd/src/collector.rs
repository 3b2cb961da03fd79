//! When garbage is collected: soon after something was removed, and seldom enough to go unnoticed.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Notify};

use crate::error::Result;
use crate::service::blocking;

/// How often it is collected.
#[derive(Debug, Clone)]
pub struct Pace {
    /// How long after its beginning [`Collector::run`] waits.
    pub startup: Duration,
    /// From the wish for a collection to the collection.
    pub delay: Duration,
    /// Of all time, collections take at most this part; 0 is no limit.
    pub share: f64,
    /// But nobody waits longer than this for one.
    pub patience: Duration,
    /// Nor after so many deletions; 0 is none.
    pub deletions: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            startup: Duration::from_millis(100),
            delay: Duration::ZERO,
            share: 0.02,
            patience: Duration::from_secs(10),
            deletions: 0,
        }
    }
}

/// A handle on the one who collects. Cheap to clone.
#[derive(Clone)]
pub struct Collector {
    sweep: Sweep,
    wanted: Arc<Notify>,
    one_at_a_time: Arc<Mutex<()>>,
    pace: Pace,
    deleted: Arc<AtomicU64>,
    hurry: Arc<Notify>,
    /// What is done after each collection of [`Collector::run`], when nobody waits.
    afterwards: Option<Sweep>,
    /// How time passes.
    rest: Rest,
}

type Sweep = Arc<dyn Fn() -> Result<()> + Send + Sync>;

type Rest = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl Collector {
    pub fn new(pace: Pace, sweep: impl Fn() -> Result<()> + Send + Sync + 'static) -> Collector {
        Collector {
            sweep: Arc::new(sweep),
            wanted: Arc::default(),
            one_at_a_time: Arc::default(),
            pace,
            deleted: Arc::default(),
            hurry: Arc::default(),
            afterwards: None,
            rest: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }

    /// Adds what is to be done after each collection that nobody waits for.
    pub fn afterwards(self, f: impl Fn() -> Result<()> + Send + Sync + 'static) -> Collector {
        Collector { afterwards: Some(Arc::new(f)), ..self }
    }

    /// Says that something became garbage. Where [`Collector::run`] does not run, the next
    /// collection finds it.
    pub fn schedule(&self) {
        let deleted = self.deleted.fetch_add(1, Ordering::Relaxed) + 1;
        if self.pace.deletions > 0 && deleted >= self.pace.deletions {
            self.hurry.notify_one();
        }
        self.want();
    }

    /// Wants a collection without a deletion to be named.
    pub fn want(&self) {
        self.wanted.notify_one();
    }

    /// Says that something became garbage, and that its remover will collect it, which is scheduled if it does not.
    pub fn owe(&self) -> Owed {
        Owed(Some(self.clone()))
    }

    /// Collects now: what was garbage at this call is gone when it returns.
    pub async fn collect(&self) -> Result<()> {
        self.collect_from(|| ()).await
    }

    /// The same, of which is told when it begins. It is done to its end then, and keeps its turn, though nobody waits
    /// for it any more.
    async fn collect_from(&self, begins: impl FnOnce()) -> Result<()> {
        let turn = self.one_at_a_time.clone().lock_owned().await;
        begins();
        self.deleted.store(0, Ordering::Relaxed);
        let sweep = self.sweep.clone();
        blocking(move || {
            let _turn = turn;
            sweep()
        })
        .await
    }

    /// Collects if something was deleted since the last time.
    pub async fn collect_deleted(&self) -> Result<()> {
        if self.deleted.load(Ordering::Relaxed) > 0 { self.collect().await } else { Ok(()) }
    }

    /// Collects soon, for what an earlier process left, and then whenever it is wanted.
    pub async fn run(self) {
        (self.rest)(self.pace.startup).await;
        loop {
            let begin = Instant::now();
            match self.collect().await {
                Ok(()) => tracing::debug!(took = ?begin.elapsed(), "collected garbage"),
                Err(e) => tracing::warn!("collect garbage: {e}"),
            }
            let pause = self.pause(begin.elapsed());
            if let Some(afterwards) = self.afterwards.clone()
                && let Err(e) = blocking(move || afterwards()).await
            {
                tracing::warn!("after a collection: {e}");
            }
            tokio::select! {
                () = (self.rest)(pause) => {}
                () = self.hurry.notified() => {}
            }
            self.wanted.notified().await;
            (self.rest)(self.pace.delay).await;
            // What was wanted meanwhile is done by this one too.
            let _ = tokio::time::timeout(Duration::ZERO, self.wanted.notified()).await;
        }
    }

    /// How long nothing is collected after a collection that took so long.
    fn pause(&self, took: Duration) -> Duration {
        if self.pace.share <= 0.0 {
            return Duration::ZERO;
        }
        let pause = Duration::try_from_secs_f64(took.as_secs_f64() * (1.0 / self.pace.share - 1.0));
        pause.unwrap_or(self.pace.patience).min(self.pace.patience)
    }
}

/// A collection that somebody is about to make: one who goes away before it has begun leaves it to the collector.
pub struct Owed(Option<Collector>);

impl Owed {
    /// Makes it now.
    pub async fn collect(mut self) -> Result<()> {
        let Some(collector) = self.0.clone() else { return Ok(()) };
        collector.collect_from(|| self.0 = None).await
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if let Some(collector) = &self.0 {
            collector.schedule();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn the_pause_is_a_share_of_the_time() {
        let pause = |share, took| {
            let collector = Collector::new(Pace { share, ..Pace::default() }, || Ok(()));
            collector.pause(Duration::from_millis(took)).as_secs_f64()
        };
        for (share, took, expected) in
            [(0.5, 10, 0.01), (0.02, 10, 0.49), (0.0, 10, 0.0), (0.02, 10_000, 10.0), (1e-300, 1, 10.0)]
        {
            assert!((pause(share, took) - expected).abs() < 1e-6, "{share} {took}: {}", pause(share, took));
        }
    }

    /// What is waited for when, by a clock that stands until the test lets it go on.
    #[test]
    fn a_wish_waits_for_the_pause_and_then_for_the_delay() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (begun, mut rests) = tokio::sync::mpsc::unbounded_channel();
            let swept = begun.clone();
            let (startup, delay, patience) =
                (Duration::from_secs(7), Duration::from_secs(3600), Duration::from_secs(86_400));
            // The pause is as long as it may be, however long a collection takes.
            let pace = Pace { startup, delay, patience, share: 1e-300, ..Pace::default() };
            let collector = Collector::new(pace, move || {
                swept.send(None).unwrap();
                Ok(())
            });
            let go = Arc::new(Notify::new());
            let wait = go.clone();
            let rest: Rest = Arc::new(move |time| {
                let (begun, wait) = (begun.clone(), wait.clone());
                Box::pin(async move {
                    begun.send(Some(time)).unwrap();
                    wait.notified().await;
                })
            });
            let collector = Collector { rest, ..collector };
            let task = tokio::spawn(collector.clone().run());
            assert_eq!(rests.recv().await, Some(Some(startup)));
            go.notify_one();
            assert_eq!(rests.recv().await, Some(None), "the first needs no wish");
            for round in 0..2 {
                assert_eq!(rests.recv().await, Some(Some(patience)), "round {round}");
                // In the pause, and in the delay: all of it is one collection.
                collector.schedule();
                go.notify_one();
                assert_eq!(rests.recv().await, Some(Some(delay)), "round {round}");
                (0..3).for_each(|_| collector.schedule());
                go.notify_one();
                assert_eq!(rests.recv().await, Some(None), "round {round}");
            }
            assert_eq!(rests.recv().await, Some(Some(patience)));
            // Nobody wants another: after the pause no delay begins, until somebody does.
            go.notify_one();
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            assert!(rests.try_recv().is_err() && !task.is_finished());
            collector.want();
            assert_eq!(rests.recv().await, Some(Some(delay)));
            task.abort();
        });
    }

    /// It would wait for an hour else.
    #[test]
    fn enough_deletions_end_the_pause() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let done = Arc::new(Notify::new());
            let told = done.clone();
            let hour = Duration::from_secs(3600);
            let pace = Pace {
                startup: Duration::ZERO,
                share: 1e-300,
                patience: hour,
                deletions: 2,
                ..Pace::default()
            };
            let collector = Collector::new(pace, move || {
                told.notify_one();
                Ok(())
            });
            let task = tokio::spawn(collector.clone().run());
            done.notified().await;
            // Its counter begins anew with a collection: from its end on.
            drop(collector.one_at_a_time.lock().await);
            collector.schedule();
            collector.schedule();
            done.notified().await;
            task.abort();
        });
    }

    #[test]
    fn what_is_owed_is_collected_or_scheduled() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let count = Arc::new(AtomicU32::new(0));
            let counted = count.clone();
            let collector = Collector::new(Pace::default(), move || {
                counted.fetch_add(1, Ordering::SeqCst);
                Ok(())
            });
            let scheduled = || collector.deleted.load(Ordering::Relaxed);
            drop(collector.owe());
            assert_eq!(scheduled(), 1);
            // It waits for its turn, and gives up.
            let turn = collector.one_at_a_time.lock().await;
            let waits = tokio::time::timeout(Duration::ZERO, collector.owe().collect());
            assert!(waits.await.is_err());
            assert_eq!((scheduled(), count.load(Ordering::SeqCst)), (2, 0));
            drop(turn);
            collector.owe().collect().await.unwrap();
            assert_eq!((scheduled(), count.load(Ordering::SeqCst)), (0, 1));
        });
    }

    /// The next one waits for it, though nobody else does.
    #[test]
    fn a_collection_that_was_begun_keeps_its_turn() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
            let (end, ends) = std::sync::mpsc::channel::<()>();
            let ends = std::sync::Mutex::new(ends);
            let collector = Collector::new(Pace::default(), move || {
                begun.send(()).unwrap();
                ends.lock().unwrap().recv().unwrap();
                Ok(())
            });
            let first = tokio::spawn(collector.owe().collect());
            begins.recv().await;
            first.abort();
            assert!(first.await.unwrap_err().is_cancelled());
            assert_eq!(collector.deleted.load(Ordering::Relaxed), 0, "it was begun");
            assert!(collector.one_at_a_time.try_lock().is_err());
            end.send(()).unwrap();
            end.send(()).unwrap();
            collector.collect().await.unwrap();
        });
    }

    #[test]
    fn wishes_while_collecting_are_one_more_collection() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let count = Arc::new(AtomicU32::new(0));
            let (counted, done) = (count.clone(), Arc::new(Notify::new()));
            let told = done.clone();
            let pace = Pace { startup: Duration::ZERO, ..Pace::default() };
            let collector = Collector::new(pace, move || {
                counted.fetch_add(1, Ordering::SeqCst);
                told.notify_one();
                Ok(())
            });
            let task = tokio::spawn(collector.clone().run());
            done.notified().await;
            for _ in 0..3 {
                collector.schedule();
            }
            done.notified().await;
            collector.collect().await.unwrap();
            assert_eq!(count.load(Ordering::SeqCst), 3);
            task.abort();
        });
    }
}
