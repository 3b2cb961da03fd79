//! A server that nobody speaks to may end: what it serves lies in files, and who needs it next starts
//! it, or does without.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::restart::Monitor;

/// How many connections are open. Cheap to clone.
#[derive(Clone)]
pub struct Open(Arc<watch::Sender<usize>>);

/// One of them, as long as this is kept.
pub struct Connection(Open);

impl Default for Open {
    fn default() -> Self {
        Open(Arc::new(watch::Sender::new(0)))
    }
}

impl Open {
    pub fn enter(&self) -> Connection {
        self.0.send_modify(|open| *open += 1);
        Connection(self.clone())
    }

    /// Becomes ready when for so long nobody was connected and no container is to be kept running.
    pub async fn idle(&self, patience: Duration, monitor: Option<&Monitor>) {
        let mut open = self.0.subscribe();
        loop {
            let _ = open.wait_for(|open| *open == 0).await;
            if tokio::time::timeout(patience, open.changed()).await.is_ok() {
                continue;
            }
            match monitor {
                Some(monitor) if monitor.is_needed().await => {}
                _ => return,
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.0.send_modify(|open| *open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whom_nobody_needs_is_idle() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let open = Open::default();
            let connection = open.enter();
            let second = open.enter();
            drop(connection);
            let idle = open.idle(Duration::ZERO, None);
            tokio::pin!(idle);
            tokio::select! {
                biased;
                () = &mut idle => panic!("one is connected"),
                () = std::future::ready(()) => {}
            }
            drop(second);
            idle.await;
        });
    }
}
