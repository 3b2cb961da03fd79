//! Calls to shims that may hang: one that a signal has stopped is not waited for, one that is known to
//! be silent not for long, and who has to know is told which process it is and what helps.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prost::Message;
use tokio::time::{Instant, timeout};

use super::{Runtime, Task, blocking};
use crate::error::{Error, Kind, Result};
use crate::shim::process::{self, Process};
use crate::until;

/// So long a shim may take before it is looked at.
const GRACE: Duration = Duration::from_millis(100);
/// So often after that.
const AGAIN: Duration = Duration::from_secs(1);

impl Runtime {
    /// A call that ends in time: with the answer, at the deadline or the caller's own, or when the shim is seen to be
    /// stopped. `glance`: whoever asks has other shims to ask, and does not wait for one that was
    /// silent before.
    pub(super) async fn ask<Q: Message, A: Message + Default>(
        &self,
        task: &Arc<Task>,
        method: &str,
        request: &Q,
        deadline: Duration,
        glance: bool,
    ) -> Result<A> {
        let began = Instant::now();
        let mut call = std::pin::pin!(task.shim.call(method, request, Some(until::within(deadline))));
        let mut pause = GRACE;
        let late = loop {
            if let Ok(answer) = timeout(pause, &mut call).await {
                match answer {
                    Err(e) if e.kind == Kind::DeadlineExceeded && began.elapsed() >= deadline => {
                        break e.message;
                    }
                    answer => {
                        task.silent.store(false, Ordering::Relaxed);
                        return answer;
                    }
                }
            }
            pause = AGAIN;
            let shim = self.process(task).await;
            if shim.is_some_and(|shim| shim.stopped) {
                break format!("no answer to {method}: the shim is stopped");
            }
            if glance && task.silent.load(Ordering::Relaxed) {
                break format!("no answer to {method} yet");
            }
        };
        task.silent.store(true, Ordering::Relaxed);
        Err(self.stuck(task, late).await)
    }

    async fn process(&self, task: &Arc<Task>) -> Option<Process> {
        let (bundles, task) = (self.bundles.clone(), task.clone());
        blocking(move || Ok(process::find(&bundles, &task.shim.bundle))).await.ok().flatten()
    }

    /// The error about a shim that does not answer.
    async fn stuck(&self, task: &Arc<Task>, late: String) -> Error {
        let id = &task.shim.bundle.id;
        let text = match self.process(task).await {
            Some(Process { pid, stopped: true }) => format!(
                "task {id}: {late} (kill -CONT {pid} lets it go on, ctrd shim end {id} kills it and cleans up)"
            ),
            Some(Process { pid, .. }) => {
                format!("task {id}: {late} (it is process {pid}; ctrd shim end {id} kills it and cleans up)")
            }
            None => format!("task {id}: {late} (ctrd shim end {id} cleans up)"),
        };
        Error::new(Kind::DeadlineExceeded, text)
    }
}
