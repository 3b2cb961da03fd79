//! Turns at a bundle. Its lock is the kernel's, for other processes hold it too, and who waits for it takes a thread; those
//! of this process wait for each other here, without one, or they would take all the threads that the holder needs.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard, oneshot};

use super::key;
use crate::bundle::{Bundle, Lock};
use crate::error::{Error, Result};

/// Whose turn it is, by bundle.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<Key, Weak<Turn<()>>>>);

/// A namespace, and a task's id in it.
type Key = (String, String);

/// A bundle's lock, held by whose turn it is.
pub struct Held {
    lock: Lock,
    _turn: OwnedMutexGuard<()>,
}

impl Deref for Held {
    type Target = Lock;

    fn deref(&self) -> &Lock {
        &self.lock
    }
}

impl Turns {
    /// Waits for who holds the bundle; `None` if it does not exist (any more).
    pub async fn lock(&self, bundle: &Bundle) -> Result<Option<Held>> {
        let turn = self.take(bundle).await;
        let lock = match bundle.try_lock()? {
            None if bundle.exists() => wait(bundle.clone()).await?,
            lock => lock,
        };
        Ok(lock.map(|lock| Held { lock, _turn: turn }))
    }

    /// Waits for those of this process alone.
    pub async fn take(&self, bundle: &Bundle) -> OwnedMutexGuard<()> {
        self.of(bundle).lock_owned().await
    }

    fn of(&self, bundle: &Bundle) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&key(bundle)).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(key(bundle), Arc::downgrade(&turn));
        turn
    }
}

/// Waits for another process, or for who makes the task, in a thread of its own.
async fn wait(bundle: Bundle) -> Result<Option<Lock>> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("lock".into());
    // Nobody may wait for it any more.
    thread.spawn(move || _ = tell.send(bundle.lock()))?;
    told.await.unwrap_or_else(|_| Err(Error::unknown("internal fault: a thread that waited for a lock")))
}
