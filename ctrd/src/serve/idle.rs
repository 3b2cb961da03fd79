//! A server that nobody speaks to may end: what it serves lies in files, and who needs it next starts
//! it, or does without.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock;
use crate::error::os_text;
use crate::restart::Monitor;

/// How many connections are open, and whether more may come. Cheap to clone.
#[derive(Clone)]
pub struct Open(Arc<watch::Sender<State>>);

#[derive(Default)]
struct State {
    open: usize,
    closed: bool,
}

/// One of them, as long as this is kept.
pub struct Connection(Open);

impl Default for Open {
    fn default() -> Self {
        Open(Arc::new(watch::Sender::new(State::default())))
    }
}

impl Open {
    pub fn enter(&self) -> Connection {
        self.0.send_modify(|state| state.open += 1);
        Connection(self.clone())
    }

    /// Lets nobody in any more: who connects to a socket that was handed over waits for the next server.
    pub fn close(&self) {
        self.0.send_modify(|state| state.closed = true);
    }

    /// Becomes ready when nobody is let in any more.
    pub async fn closed(&self) {
        let _ = self.0.subscribe().wait_for(|state| state.closed).await;
    }

    /// Becomes ready when for so long nobody was connected and no container is to be kept running. From then
    /// on nobody is let in.
    pub async fn idle(&self, patience: Duration, monitor: Option<&Monitor>) {
        let mut changes = self.0.subscribe();
        loop {
            let _ = changes.wait_for(|state| state.open == 0).await;
            if tokio::time::timeout(patience, changes.changed()).await.is_ok() {
                continue;
            }
            if let Some(monitor) = monitor
                && monitor.is_needed().await
            {
                continue;
            }
            // Somebody may have come while that was looked for.
            let nobody = |state: &mut State| {
                state.closed |= state.open == 0;
                state.closed
            };
            if !changes.has_changed().unwrap_or_default() && self.0.send_if_modified(nobody) {
                return;
            }
        }
    }
}

/// In the state's folder: that the last server has ended for want of anybody, and in which boot.
const NOTE: &str = "idle";

/// Leaves word for the next server that this one ended for want of anybody.
pub fn note(state: &Path) {
    // Without it what was stopped on purpose might run again: no reason not to end.
    if let Err(e) = fs::write(state.join(NOTE), clock::boot()) {
        tracing::warn!("note that nobody is connected: {}", os_text(&e));
    }
}

/// Whether this server only goes on where one left off that nobody needed. The word of that is taken away.
pub fn goes_on(state: &Path) -> bool {
    let note = state.join(NOTE);
    let same = fs::read_to_string(&note).is_ok_and(|boot| boot == clock::boot());
    let _ = fs::remove_file(&note);
    same
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_server_goes_on_once() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!goes_on(dir.path()));
        note(dir.path());
        assert!(goes_on(dir.path()) && !goes_on(dir.path()));
        // Of another boot.
        fs::write(dir.path().join(NOTE), "x").unwrap();
        assert!(!goes_on(dir.path()));
    }

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
            let late = open.closed();
            tokio::pin!(late);
            tokio::select! {
                biased;
                () = &mut late => panic!("it is open"),
                () = std::future::ready(()) => {}
            }
            idle.await;
            late.await;
        });
    }
}
