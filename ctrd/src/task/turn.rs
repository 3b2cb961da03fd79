//! Turns at a bundle. Its lock is the kernel's, for other processes hold it too, and who waits for it takes a thread; those
//! of this process wait for each other here, without one, or they would take all the threads that the holder needs.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Poll;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard, oneshot};

use super::key;
use crate::bundle::{Bundle, Lock};
use crate::error::{Error, Result};

/// Whose turn it is, by bundle, and by the folder of a namespace, which is one without a name.
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
        let lock = match bundle.poll_lock()? {
            Poll::Ready(Some(lock)) => Some(lock),
            _ if bundle.exists() => {
                let bundle = bundle.clone();
                aside(move || bundle.lock()).await?
            }
            _ => None,
        };
        Ok(lock.map(|lock| Held { lock, _turn: turn }))
    }

    /// Locks the bundle if nobody works on it, whoever holds the namespace's folder meanwhile.
    pub async fn try_lock(&self, bundle: &Bundle) -> Result<Option<Lock>> {
        if let Poll::Ready(lock) = bundle.poll_lock()? {
            return Ok(lock);
        }
        let _turn = self.at_folder(bundle).await;
        let bundle = bundle.clone();
        aside(move || bundle.try_lock()).await
    }

    /// Makes a bundle, whoever holds the namespace's folder meanwhile. One whose maker goes away while it waits is a leftover
    /// as of a crash.
    pub async fn make(&self, bundle: &Bundle, config: &[u8]) -> Result<Lock> {
        if let Poll::Ready(lock) = bundle.poll_create(config)? {
            return Ok(lock);
        }
        let _turn = self.at_folder(bundle).await;
        let (bundle, config) = (bundle.clone(), config.to_vec());
        aside(move || bundle.create(&config)).await
    }

    /// One at a time waits in a thread for a folder.
    async fn at_folder(&self, bundle: &Bundle) -> OwnedMutexGuard<()> {
        self.of((bundle.namespace.clone(), String::new())).lock_owned().await
    }

    /// Waits for those of this process alone.
    pub async fn take(&self, bundle: &Bundle) -> OwnedMutexGuard<()> {
        self.of(key(bundle)).lock_owned().await
    }

    fn of(&self, key: Key) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }
}

/// Waits for another process, or for who makes the task, in a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("lock".into());
    // Nobody may wait for it any more.
    thread.spawn(move || _ = tell.send(work()))?;
    told.await.unwrap_or_else(|_| Err(Error::unknown("internal fault: a thread that waited for a lock")))
}
