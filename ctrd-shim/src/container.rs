//! The life of a container's processes: what is allowed when, and what must be told in which
//! order. Pure: it is given facts (a start returned, a process was reaped) and answers with the
//! steps that follow from them, in order.
//!
//! ```text
//!             start             pause
//!  Created ─▶ Starting ─▶ Running ─▶ Pausing ─▶ Paused
//!     │           │          │ ◀───── resume ─────┘
//!     └───────────┴──────────┴─▶ Stopped ─▶ Deleting ─▶ (gone)
//! ```
//!
//! Two rules about exits. One that is reaped while its start has not returned is held until the
//! start was told. The first process's exit is the container's last: it is held while an exec
//! is alive, and without a PID namespace of its own the rest must be killed then.

use std::collections::BTreeMap;
use std::time::SystemTime;

use ctrd_shim::api::process::Status;
use ctrd_shim::method::code;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Created,
    Starting,
    Running,
    Pausing,
    Paused,
    Stopped,
    Deleting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    pub status: u32,
    pub at: SystemTime,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub phase: Phase,
    pub pid: u32,
    /// Set once it may be told.
    pub exit: Option<Exit>,
    /// Reaped, and not yet told.
    held: Option<Exit>,
}

impl Process {
    fn new(pid: u32) -> Process {
        Process { phase: Phase::Created, pid, exit: None, held: None }
    }

    /// How it has ended, for who asks. One that could not be started has not.
    pub fn end(&self) -> Option<Exit> {
        self.exit.filter(|_| self.pid != 0)
    }

    fn alive(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Running | Phase::Pausing | Phase::Paused)
    }
}

/// The empty exec id stands for the container's first process, as in every request.
pub const INIT: &str = "";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    id: String,
    own_pid_namespace: bool,
    init: Process,
    execs: BTreeMap<String, Process>,
}

/// What follows from a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Publish the start of this process and answer its caller.
    Started(String),
    /// Kill what the first process has left behind.
    KillRest,
    /// Publish the exit of this process and answer who waits for it.
    Exited(String),
}

/// A refusal: gRPC's code and the words that callers know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: i32,
    pub message: String,
}

fn refuse<T>(code: i32, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, message: message.into() })
}

impl Container {
    pub fn new(id: &str, pid: u32, own_pid_namespace: bool) -> Container {
        Container { id: id.into(), own_pid_namespace, init: Process::new(pid), execs: BTreeMap::new() }
    }

    pub fn process(&self, exec: &str) -> Result<&Process, Refusal> {
        match exec {
            INIT => Ok(&self.init),
            _ => match self.execs.get(exec) {
                Some(process) => Ok(process),
                None => refuse(code::NOT_FOUND, format!("process does not exist {exec}: not found")),
            },
        }
    }

    fn process_mut(&mut self, exec: &str) -> Option<&mut Process> {
        if exec == INIT { Some(&mut self.init) } else { self.execs.get_mut(exec) }
    }

    pub fn execs(&self) -> impl Iterator<Item = (&String, &Process)> {
        self.execs.iter()
    }

    /// Which process has this pid and has not been reaped.
    pub fn find(&self, pid: u32) -> Option<&str> {
        let is = |p: &Process| p.pid == pid && p.exit.is_none() && p.held.is_none();
        if is(&self.init) {
            return Some(INIT);
        }
        self.execs.iter().find(|(_, p)| is(p)).map(|(id, _)| id.as_str())
    }

    pub fn status(&self, exec: &str) -> Result<Status, Refusal> {
        let of = |process: &Process| match process.phase {
            Phase::Created | Phase::Starting => Status::Created,
            Phase::Running => Status::Running,
            Phase::Pausing => Status::Pausing,
            Phase::Paused => Status::Paused,
            // An exec that could not be started: to containerd's shim, and so to its callers, it is
            // still one that was only made.
            Phase::Stopped if process.pid == 0 => Status::Created,
            Phase::Stopped | Phase::Deleting => Status::Stopped,
        };
        // The freezer stops the execs too.
        Ok(match (of(self.process(exec)?), of(&self.init)) {
            (Status::Running, init @ (Status::Pausing | Status::Paused)) => init,
            (own, _) => own,
        })
    }

    /// Before the runtime is asked to start a process.
    pub fn start(&mut self, exec: &str) -> Result<(), Refusal> {
        let init_gone = self.init.exit.is_some() || self.init.held.is_some();
        if exec != INIT && init_gone {
            let message = format!("container {} init process is not running: failed precondition", self.id);
            return refuse(code::FAILED_PRECONDITION, message);
        }
        let what = match self.process(exec)?.phase {
            Phase::Created => {
                let Some(process) = self.process_mut(exec) else { return Ok(()) };
                process.phase = Phase::Starting;
                return Ok(());
            }
            Phase::Starting | Phase::Running | Phase::Pausing => "running",
            Phase::Paused => "paused",
            Phase::Stopped => "stopped",
            Phase::Deleting => "deleted",
        };
        refuse(code::UNKNOWN, format!("cannot start a {what} process"))
    }

    /// The runtime has started it.
    pub fn started(&mut self, exec: &str, pid: u32) -> Vec<Step> {
        let Some(process) = self.process_mut(exec) else { return Vec::new() };
        process.phase = Phase::Running;
        process.pid = pid;
        let mut steps = vec![Step::Started(exec.into())];
        self.release(exec, &mut steps);
        steps
    }

    /// The runtime could not start it. An exec is done for good, though its status does not say
    /// so; a first process that lives may be tried again.
    pub fn start_failed(&mut self, exec: &str, now: SystemTime) -> Vec<Step> {
        let Some(process) = self.process_mut(exec) else { return Vec::new() };
        let mut steps = Vec::new();
        if exec == INIT {
            process.phase = Phase::Created;
            self.release(INIT, &mut steps);
        } else {
            // Nothing ran, so nothing is told, but who waits must not wait for ever.
            process.phase = Phase::Stopped;
            process.exit = Some(Exit { status: 255, at: now });
            self.release(INIT, &mut steps);
        }
        steps
    }

    /// A process was reaped.
    pub fn exited(&mut self, exec: &str, exit: Exit) -> Vec<Step> {
        let rest = !self.own_pid_namespace;
        let Some(process) = self.process_mut(exec) else { return Vec::new() };
        process.held = Some(exit);
        let mut steps = Vec::new();
        if exec == INIT && rest {
            steps.push(Step::KillRest);
        }
        self.release(exec, &mut steps);
        steps
    }

    /// Lets a held exit out when nothing stands before it, and then the first process's.
    fn release(&mut self, exec: &str, steps: &mut Vec<Step>) {
        let busy = self.execs.values().any(Process::alive);
        let Some(process) = self.process_mut(exec) else { return };
        let waits = process.phase == Phase::Starting || (exec == INIT && busy);
        if !waits && let Some(exit) = process.held.take() {
            process.exit = Some(exit);
            // One that the runtime's delete has killed goes on being deleted.
            if process.phase != Phase::Deleting {
                process.phase = Phase::Stopped;
            }
            steps.push(Step::Exited(exec.into()));
        }
        if exec != INIT {
            self.release(INIT, steps);
        }
    }

    /// Registers an exec.
    pub fn add(&mut self, exec: &str) -> Result<(), Refusal> {
        if self.execs.contains_key(exec) {
            return refuse(code::ALREADY_EXISTS, format!("id {exec}: already exists"));
        }
        let what = match self.init.phase {
            Phase::Created | Phase::Starting | Phase::Running => {
                self.execs.insert(exec.into(), Process::new(0));
                return Ok(());
            }
            Phase::Pausing | Phase::Paused => "paused",
            Phase::Stopped => "stopped",
            Phase::Deleting => "deleted",
        };
        refuse(code::UNKNOWN, format!("cannot exec in a {what} state"))
    }

    /// Before a process is deleted.
    pub fn delete(&mut self, exec: &str) -> Result<(), Refusal> {
        let what = match self.process(exec)?.phase {
            Phase::Created | Phase::Stopped => {
                let Some(process) = self.process_mut(exec) else { return Ok(()) };
                process.phase = Phase::Deleting;
                return Ok(());
            }
            Phase::Starting | Phase::Running | Phase::Pausing => "running",
            Phase::Paused => "paused",
            Phase::Deleting => return refuse(code::NOT_FOUND, "process is being deleted: not found"),
        };
        refuse(code::UNKNOWN, format!("cannot delete a {what} process"))
    }

    /// Deleting failed: it may be tried again.
    pub fn delete_failed(&mut self, exec: &str) {
        if let Some(process) = self.process_mut(exec) {
            process.phase = if process.exit.is_some() { Phase::Stopped } else { Phase::Created };
        }
    }

    /// Forgets a deleted exec.
    pub fn forget(&mut self, exec: &str) {
        self.execs.remove(exec);
    }

    /// Before the runtime is asked to freeze it.
    pub fn pause(&mut self) -> Result<(), Refusal> {
        let message = match self.init.phase {
            Phase::Running => {
                self.init.phase = Phase::Pausing;
                return Ok(());
            }
            Phase::Created | Phase::Starting => "cannot pause task in created state",
            Phase::Pausing | Phase::Paused => "cannot pause a paused container",
            Phase::Stopped => "cannot pause a stopped container",
            Phase::Deleting => "cannot pause a deleted process",
        };
        refuse(code::UNKNOWN, message)
    }

    /// The runtime's answer to a pause or a resume. A container that ended meanwhile stays so.
    pub fn set_paused(&mut self, paused: bool) {
        if matches!(self.init.phase, Phase::Running | Phase::Pausing | Phase::Paused) {
            self.init.phase = if paused { Phase::Paused } else { Phase::Running };
        }
    }

    pub fn may_resume(&self) -> Result<(), Refusal> {
        let message = match self.init.phase {
            Phase::Paused => return Ok(()),
            Phase::Created | Phase::Starting => "cannot resume task in created state",
            Phase::Running | Phase::Pausing => "cannot resume a running process",
            Phase::Stopped => "cannot resume a stopped container",
            Phase::Deleting => "cannot resume a deleted process",
        };
        refuse(code::UNKNOWN, message)
    }

    pub fn may_checkpoint(&self) -> Result<(), Refusal> {
        let message = match self.init.phase {
            Phase::Running | Phase::Paused | Phase::Pausing => return Ok(()),
            Phase::Created | Phase::Starting => "cannot checkpoint a task in created state",
            Phase::Stopped => "cannot checkpoint a stopped container",
            Phase::Deleting => "cannot checkpoint a deleted process",
        };
        refuse(code::UNKNOWN, message)
    }

    pub fn may_update(&self) -> Result<(), Refusal> {
        match self.init.phase {
            Phase::Stopped => refuse(code::UNKNOWN, "cannot update a stopped container"),
            Phase::Deleting => refuse(code::UNKNOWN, "cannot update a deleted process"),
            _ => Ok(()),
        }
    }

    pub fn may_resize(&self, exec: &str) -> Result<(), Refusal> {
        match self.process(exec)?.phase {
            Phase::Stopped | Phase::Deleting if exec != INIT => {
                refuse(code::UNKNOWN, "cannot resize a stopped container")
            }
            _ => Ok(()),
        }
    }

    /// Which pid a signal for an exec goes to.
    pub fn may_kill(&self, exec: &str) -> Result<u32, Refusal> {
        let process = self.process(exec)?;
        match process.phase {
            Phase::Created | Phase::Starting if exec != INIT => {
                refuse(code::FAILED_PRECONDITION, "process not created: failed precondition")
            }
            _ if process.exit.is_some() || process.held.is_some() => {
                refuse(code::NOT_FOUND, "process already finished: not found")
            }
            Phase::Deleting => refuse(code::NOT_FOUND, "process already finished: not found"),
            _ => Ok(process.pid),
        }
    }
}

#[cfg(test)]
mod tests;
