//! Turns at a bundle. Its lock is the kernel's, for other processes hold it too, and who waits for it takes a thread; those
//! of this process wait for each other here, without one, or they would take all the threads that the holder needs. The
//! thread has the turn, for it waits on when its caller gives up: one a bundle, and one a folder, however many come.

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
        let (lock, turn) = match bundle.poll_lock()? {
            Poll::Ready(Some(lock)) => (Some(lock), turn),
            _ if bundle.exists() => {
                let bundle = bundle.clone();
                aside(turn, move || bundle.lock()).await?
            }
            _ => (None, turn),
        };
        Ok(lock.map(|lock| Held { lock, _turn: turn }))
    }

    /// Locks the bundle if nobody works on it, whoever holds the namespace's folder meanwhile.
    pub async fn try_lock(&self, bundle: &Bundle) -> Result<Option<Lock>> {
        if let Poll::Ready(lock) = bundle.poll_lock()? {
            return Ok(lock);
        }
        let turn = self.at_folder(bundle).await;
        let bundle = bundle.clone();
        Ok(aside(turn, move || bundle.try_lock()).await?.0)
    }

    /// Makes a bundle, whoever holds the namespace's folder meanwhile. One whose maker goes away while it waits is a leftover
    /// as of a crash.
    pub async fn make(&self, bundle: &Bundle, config: &[u8]) -> Result<Lock> {
        if let Poll::Ready(lock) = bundle.poll_create(config)? {
            return Ok(lock);
        }
        let turn = self.at_folder(bundle).await;
        let (bundle, config) = (bundle.clone(), config.to_vec());
        Ok(aside(turn, move || bundle.create(&config)).await?.0)
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

/// Waits for another process, or for who makes the task, in a thread of its own, which has the turn meanwhile and gives it
/// back with what it got.
async fn aside<T: Send + 'static>(
    turn: OwnedMutexGuard<()>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<(T, OwnedMutexGuard<()>)> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("lock".into());
    // Nobody may wait for it any more: then what it got goes, and after that the turn.
    thread.spawn(move || _ = tell.send(work().map(|got| (got, turn))))?;
    told.await.unwrap_or_else(|_| Err(Error::unknown("internal fault: a thread that waited for a lock")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use nix::fcntl::{Flock, FlockArg};

    use super::*;
    use crate::bundle::Bundles;

    /// Begins to wait, and gives up.
    async fn given_up<T>(wait: impl Future<Output = Result<T>>) {
        let wait = tokio::time::timeout(std::time::Duration::ZERO, wait);
        assert!(wait.await.is_err(), "it had nothing to wait for");
    }

    /// As another process holds it.
    fn hold(dir: &Path) -> Flock<std::fs::File> {
        let dir = std::fs::File::open(dir).unwrap();
        Flock::lock(dir, FlockArg::LockExclusive).map_err(|(_, e)| e).unwrap()
    }

    #[test]
    fn who_gives_up_leaves_its_turn_to_its_thread() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let bundles = Bundles::new(&dir.path().join("state"), &dir.path().join("root"));
            let bundle = |id: &str| bundles.get("default", id).unwrap();
            let (web, next) = (bundle("web"), bundle("next"));
            let turns = Turns::default();
            let folder = turns.of(("default".into(), String::new()));
            let own = turns.of(key(&web));

            let made = turns.make(&web, b"{}").await.unwrap();
            given_up(turns.lock(&web)).await;
            assert!(own.try_lock().is_err(), "the next one would take another thread");
            given_up(turns.lock(&web)).await;
            drop(made);
            assert!(turns.lock(&web).await.unwrap().is_some());

            let held = hold(web.path.parent().unwrap());
            given_up(turns.try_lock(&web)).await;
            assert!(folder.try_lock().is_err(), "the next one would take another thread");
            given_up(turns.make(&next, b"{}")).await;
            drop(held);
            drop(turns.at_folder(&web).await);
            assert!(!next.exists(), "it was not begun");

            let held = hold(web.path.parent().unwrap());
            given_up(turns.make(&next, b"{}")).await;
            assert!(folder.try_lock().is_err(), "the next one would take another thread");
            drop(held);
            drop(turns.at_folder(&web).await);
            assert!(next.exists(), "it is made all the same");
        });
    }
}
