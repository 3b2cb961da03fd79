//! Figures of the server and of its containers, as Prometheus reads them: containerd's names, so that
//! what was drawn of containerd is drawn of ctrd.
//!
//! | names | of what |
//! |---|---|
//! | `grpc_server_*` | calls, by service, method, kind and outcome |
//! | `containerd_gc_*`, `containerd_build_info_total` | the collector, the version |
//! | `process_*` | this process |
//! | `container_*` | each task, as its cgroup tells |

mod calls;
mod containers;
mod histogram;
mod process;
pub mod text;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::task::Runtime;

pub use calls::{Calls, Counting};
pub use process::Process;

use histogram::Histogram;
use text::{Kind, Text};

/// What is counted while the server runs. One in a process.
#[derive(Default)]
pub struct Figures {
    pub calls: Calls,
    collections: Mutex<Collections>,
}

#[derive(Default)]
struct Collections {
    done: u64,
    failed: u64,
    took: Histogram,
}

impl Figures {
    /// A collection of garbage has ended.
    pub fn collected(&self, took: Duration, whole: bool) {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        if whole {
            collections.done += 1;
        } else {
            collections.failed += 1;
        }
        collections.took.add(took);
    }

    /// All of it, as the text that Prometheus reads. `histogram` says whether the times of calls are
    /// wanted too.
    pub async fn page(&self, tasks: Option<&Arc<Runtime>>, histogram: bool) -> String {
        let mut text = Text::default();
        text.family("containerd_build_info_total", "The version of this server.", Kind::Counter);
        text.value(&[("revision", ""), ("version", env!("CARGO_PKG_VERSION"))], 1.0);
        self.collections(&mut text);
        self.calls.write(&mut text, histogram);
        if let Some(tasks) = tasks {
            containers::write(&mut text, tasks).await;
        }
        Process::now().write(&mut text);
        text.done()
    }

    fn collections(&self, text: &mut Text) {
        let collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        text.family("containerd_gc_collections_total", "Collections of garbage.", Kind::Counter);
        text.value(&[("status", "success")], collections.done as f64);
        if collections.failed > 0 {
            text.value(&[("status", "fail")], collections.failed as f64);
        }
        text.family("containerd_gc_gc_seconds", "How long a collection took.", Kind::Histogram);
        collections.took.write(text, &[]);
    }
}

/// What is asked for at a path of the metrics' address.
pub fn is_page(path: &str) -> bool {
    path == "/v1/metrics"
}
