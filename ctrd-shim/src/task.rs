//! The task service's methods, over what the shim keeps for each container.

pub mod control;
pub mod create;
pub mod delete;
pub mod events;
pub mod launch;
pub mod query;
pub mod start;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use ctrd_shim::api::runc::Options;
use ctrd_shim::method::code;

use crate::cgroup::Cgroups;
use crate::container::{Container, Refusal};
use crate::oom::Watch;
use crate::rpc::Caller;
use crate::runtime::Runtime;
use crate::serve::{Shim, Then};
use crate::stdio::Paths;

/// One container: its life (pure) and what hangs on it.
pub struct Task {
    pub container: Container,
    pub bundle: PathBuf,
    pub options: Options,
    pub runtime: Runtime,
    /// By exec id; the empty one is the first process's.
    pub io: BTreeMap<String, Io>,
    /// What execs will run, as JSON.
    pub specs: BTreeMap<String, Vec<u8>>,
    /// Who waits for which process's exit.
    pub waiters: Vec<(String, Caller)>,
    /// The image to restore from, instead of a plain start.
    pub checkpoint: String,
    /// Those that the first process began in. It may move on, or end, and they are still its.
    pub cgroups: Option<Cgroups>,
    pub oom: Option<Watch>,
    /// Whether the shim has mounted the root filesystem.
    pub mounted: bool,
}

/// A process's streams while it has any.
#[derive(Default)]
pub struct Io {
    pub paths: Paths,
    pub streams: Vec<u64>,
    pub stdin_writer: Option<OwnedFd>,
    pub terminal: Option<OwnedFd>,
    pub logger: Option<u32>,
    /// What waits for the process to be gone and its output to be taken.
    pub settled: Option<Then>,
}

pub fn find<'a>(shim: &'a mut Shim, id: &str) -> Result<&'a mut Task, Refusal> {
    shim.tasks.get_mut(id).ok_or_else(|| Refusal::new(code::NOT_FOUND, "container not created: not found"))
}

/// Whether a process has ended, or is none of ours.
pub fn is_over(shim: &Shim, id: &str, exec: &str) -> bool {
    let process = shim.tasks.get(id).and_then(|task| task.container.process(exec).ok());
    process.is_none_or(|process| process.exit.is_some())
}

/// A failure of the runtime, in the words that containerd's callers know.
pub fn failure(what: &str, reason: &str) -> Refusal {
    Refusal::new(code::UNKNOWN, format!("{what}: {reason}"))
}
