//! When garbage is collected: soon after something was removed, and seldom enough to go unnoticed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Notify};

use crate::error::Result;
use crate::service::blocking;

/// Of all time, collections take at most one part in so many; but nobody waits longer than
/// [`PATIENCE`] for one.
const SHARE: u32 = 50;
const PATIENCE: Duration = Duration::from_secs(10);

/// A handle on the one who collects. Cheap to clone.
#[derive(Clone)]
pub struct Collector {
    sweep: Sweep,
    wanted: Arc<Notify>,
    one_at_a_time: Arc<Mutex<()>>,
    delay: Duration,
    /// What is done after each collection of [`Collector::run`], when nobody waits.
    afterwards: Option<Sweep>,
}

type Sweep = Arc<dyn Fn() -> Result<()> + Send + Sync>;

impl Collector {
    /// `delay` is how long after its beginning [`Collector::run`] waits.
    pub fn new(delay: Duration, sweep: impl Fn() -> Result<()> + Send + Sync + 'static) -> Collector {
        Collector {
            sweep: Arc::new(sweep),
            wanted: Arc::default(),
            one_at_a_time: Arc::default(),
            delay,
            afterwards: None,
        }
    }

    /// Adds what is to be done after each collection that nobody waits for.
    pub fn afterwards(self, f: impl Fn() -> Result<()> + Send + Sync + 'static) -> Collector {
        Collector { afterwards: Some(Arc::new(f)), ..self }
    }

    /// Says that something became garbage. Where [`Collector::run`] does not run, the next
    /// collection finds it.
    pub fn schedule(&self) {
        self.wanted.notify_one();
    }

    /// Collects now: what was garbage at this call is gone when it returns.
    pub async fn collect(&self) -> Result<()> {
        let _turn = self.one_at_a_time.lock().await;
        let sweep = self.sweep.clone();
        blocking(move || sweep()).await
    }

    /// Collects soon, for what an earlier process left, and then whenever it is wanted.
    pub async fn run(self) {
        tokio::time::sleep(self.delay).await;
        loop {
            let begin = Instant::now();
            match self.collect().await {
                Ok(()) => tracing::debug!(took = ?begin.elapsed(), "collected garbage"),
                Err(e) => tracing::warn!("collect garbage: {e}"),
            }
            let pause = (begin.elapsed() * (SHARE - 1)).min(PATIENCE);
            if let Some(afterwards) = self.afterwards.clone()
                && let Err(e) = blocking(move || afterwards()).await
            {
                tracing::warn!("after a collection: {e}");
            }
            tokio::time::sleep(pause).await;
            self.wanted.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn wishes_while_collecting_are_one_more_collection() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let count = Arc::new(AtomicU32::new(0));
            let (counted, done) = (count.clone(), Arc::new(Notify::new()));
            let told = done.clone();
            let collector = Collector::new(Duration::ZERO, move || {
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
