//! The removal of files that nobody finds any more, for which no caller has to wait.
//!
//! What is left of them when the process dies is for those to remove who look for leftovers.

use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex, PoisonError};

use tokio::sync::watch;

use crate::error::Result;

type Work = Box<dyn FnOnce() -> Result<()> + Send>;

/// What is to be done, in its order, by one thread at a time: it takes none away from those who wait for answers.
static WORK: Mutex<VecDeque<Work>> = Mutex::new(VecDeque::new());
static LEFT: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// So much may be left to be done before who makes more of it waits: what is removed faster than the disk can would else
/// fill it.
const MOST: usize = 1000;

/// Waits until not too much is left to be done. For those who are about to add to it.
pub async fn room() {
    room_for(MOST).await;
}

async fn room_for(most: usize) {
    // The sender is never dropped.
    let _ = LEFT.subscribe().wait_for(|left| *left < most).await;
}

/// Does `work` soon, on another thread of the runtime that this is called in; an error goes to the log.
pub fn later(work: impl FnOnce() -> Result<()> + Send + 'static) {
    WORK.lock().unwrap_or_else(PoisonError::into_inner).push_back(Box::new(work));
    let mut first = false;
    LEFT.send_modify(|left| {
        first = *left == 0;
        *left += 1;
    });
    if first {
        tokio::task::spawn_blocking(go_on);
    }
}

fn go_on() {
    loop {
        let next = WORK.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        if let Some(Err(e)) = next.map(|work| work()) {
            tracing::warn!("tidy up: {e}");
        }
        let mut more = false;
        LEFT.send_modify(|left| {
            *left -= 1;
            more = *left > 0;
        });
        if !more {
            return;
        }
    }
}

/// Waits until all that was to be done later is done.
pub async fn done() {
    // The sender is never dropped.
    let _ = LEFT.subscribe().wait_for(|left| *left == 0).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    #[test]
    fn all_is_done_in_its_order_though_some_fails() {
        static DONE: AtomicU32 = AtomicU32::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (go, wait) = std::sync::mpsc::channel::<()>();
            later(move || {
                wait.recv().unwrap();
                Err(Error::unknown("no"))
            });
            for n in 0..3 {
                later(move || {
                    assert_eq!(DONE.fetch_add(1, SeqCst), n);
                    Ok(())
                });
            }
            assert_eq!(DONE.load(SeqCst), 0);
            // Other tests may add to it, but none takes any away before this goes on.
            room_for(1000).await;
            let mut room = std::pin::pin!(room_for(4));
            let ready = tokio::select! {
                biased;
                () = &mut room => true,
                () = std::future::ready(()) => false,
            };
            assert!(!ready, "who adds to it waits");
            go.send(()).unwrap();
            room.await;
            done().await;
            assert_eq!(DONE.load(SeqCst), 3);
        });
    }
}
