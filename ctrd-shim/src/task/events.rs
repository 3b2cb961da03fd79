//! Facts become events: what the pure state machine says must follow is done here, in its
//! order.

use ctrd_shim::api::events::{TaskExecStarted, TaskExit, TaskOom, TaskStart};
use ctrd_shim::api::task::{StartResponse, WaitResponse};
use ctrd_shim::method::topic;

use crate::bundle;
use crate::container::{Exit, INIT, Refusal, Step};
use crate::oom;
use crate::publish::publish_of;
use crate::rpc::{self, Caller};
use crate::runtime::{self, Bounds};
use crate::sandbox;
use crate::serve::Shim;
use crate::stdio::copy;
use crate::task::control::STUCK;
use crate::task::{delete, find};
use crate::{sys, timestamp};

/// The runtime has started a process.
pub fn started(shim: &mut Shim, caller: Caller, id: &str, exec: &str, pid: u32) {
    let Ok(task) = find(shim, id) else { return };
    let steps = task.container.started(exec, pid);
    follow(shim, id, steps, Some(caller));
}

pub fn start_failed(shim: &mut Shim, caller: Caller, id: &str, exec: &str, refusal: Refusal) {
    rpc::refuse(shim, caller, refusal);
    let Ok(task) = find(shim, id) else { return };
    let steps = task.container.start_failed(exec, std::time::SystemTime::now());
    if exec != INIT {
        answer_waiters(shim, id, exec);
    }
    follow(shim, id, steps, None);
}

/// A process was reaped. False: it is nobody's.
pub fn exited(shim: &mut Shim, pid: u32, exit: Exit) -> bool {
    let found = shim
        .tasks
        .iter()
        .find_map(|(id, task)| task.container.find(pid).map(|exec| (id.clone(), exec.to_owned())));
    let Some((id, exec)) = found else { return false };
    happened(shim, &id, &exec, exit);
    true
}

/// It is known how this process ended.
pub fn happened(shim: &mut Shim, id: &str, exec: &str, exit: Exit) {
    let Ok(task) = find(shim, id) else { return };
    if exec == INIT {
        // Before anybody is told, so that it survives us from then on.
        let pid = task.container.process(INIT).map_or(0, |p| p.pid);
        let oom = task.oom.as_mut().and_then(oom::Watch::report);
        if let Err(e) = bundle::write_exit(&task.bundle, pid, exit, oom) {
            shim.log.warn(format_args!("{e:#}"));
        }
    }
    let Ok(task) = find(shim, id) else { return };
    let steps = task.container.exited(exec, exit);
    follow(shim, id, steps, None);
}

fn follow(shim: &mut Shim, id: &str, steps: Vec<Step>, starter: Option<Caller>) {
    for step in steps {
        match step {
            Step::Started(exec) => {
                let Ok(task) = find(shim, id) else { return };
                let pid = task.container.process(&exec).map_or(0, |p| p.pid);
                if exec == INIT {
                    publish_of(shim, id, topic::START, &TaskStart { container_id: id.into(), pid });
                } else {
                    let event = TaskExecStarted { container_id: id.into(), exec_id: exec, pid };
                    publish_of(shim, id, topic::EXEC_STARTED, &event);
                }
                match (starter, sandbox::started(shim, id, pid)) {
                    (Some(caller), Some(answer)) => rpc::reply(shim, caller, &answer),
                    (Some(caller), None) => rpc::reply(shim, caller, &StartResponse { pid }),
                    (None, _) => {}
                }
            }
            Step::KillRest => kill_rest(shim, id),
            Step::Exited(exec) => ended(shim, id, &exec),
        }
    }
}

fn kill_rest(shim: &mut Shim, id: &str) {
    let Ok(task) = find(shim, id) else { return };
    let runtime = task.runtime.clone();
    let mut command = runtime.command("kill");
    command.args(["--all", id, "9"]);
    let name = id.to_owned();
    let then = move |shim: &mut Shim, outcome: runtime::Outcome| {
        if !outcome.is_ok() {
            shim.log.debug(format_args!("kill what {name} has left: {}", outcome.reason()));
        }
        if outcome.was_killed() {
            kill_execs(shim, &name);
        }
    };
    let bounds = Bounds { caller: None, limit: Some(STUCK) };
    if let Err(e) = runtime::ask(shim, &runtime, command, bounds, then) {
        shim.log.warn(format_args!("kill what {id} has left: {e:#}"));
    }
}

/// The first process's exit waits for them, so a stuck runtime must not keep them alive.
fn kill_execs(shim: &mut Shim, id: &str) {
    let Ok(task) = find(shim, id) else { return };
    let execs: Vec<_> = task.container.execs().map(|(exec, _)| exec.clone()).collect();
    for pid in execs.iter().filter_map(|exec| task.container.may_kill(exec).ok()).filter(|pid| *pid != 0) {
        let _ = sys::kill(pid, libc::SIGKILL as u32);
    }
}

fn ended(shim: &mut Shim, id: &str, exec: &str) {
    let Ok(task) = find(shim, id) else { return };
    let Ok(process) = task.container.process(exec).cloned() else { return };
    let Some(exit) = process.exit else { return };
    // The kernel counts a kill for want of memory after it has woken us, and may wake us late.
    if exec == INIT || exit.status == 128 + libc::SIGKILL as u32 {
        oom(shim, id);
    }
    let event = TaskExit {
        container_id: id.into(),
        id: if exec == INIT { id.into() } else { exec.into() },
        pid: process.pid,
        exit_status: exit.status,
        exited_at: Some(timestamp::proto(exit.at)),
    };
    publish_of(shim, id, topic::EXIT, &event);
    answer_waiters(shim, id, exec);
    if exec == INIT {
        sandbox::ended(shim, id, process.pid, exit);
    }
    leave_streams(shim, id, exec);
    settle(shim, id, exec);
}

/// What a process has said goes where its reader finds it. Events and answers leave when this turn of the loop is
/// over: who hears of the end finds the output there, and clients may take what is not for none.
fn leave_streams(shim: &mut Shim, id: &str, exec: &str) {
    let Some(io) = shim.tasks.get_mut(id).and_then(|task| task.io.get_mut(exec)) else { return };
    io.stdin_writer = None;
    for key in io.streams.clone() {
        match shim.streams.get(&key).map(copy::Stream::is_output) {
            // One turn, for others may go on writing for ever.
            Some(true) => copy::advance(shim, key),
            // Nobody reads any more.
            Some(false) => copy::stop(shim, key),
            None => {}
        }
    }
}

fn answer_waiters(shim: &mut Shim, id: &str, exec: &str) {
    let Ok(task) = find(shim, id) else { return };
    let Ok(Some(exit)) = task.container.process(exec).map(|p| p.exit) else { return };
    let (told, rest): (Vec<_>, Vec<_>) =
        std::mem::take(&mut task.waiters).into_iter().partition(|(e, _)| e == exec);
    task.waiters = rest;
    for (_, waiter) in told {
        let answer = WaitResponse { exit_status: exit.status, exited_at: Some(timestamp::proto(exit.at)) };
        rpc::reply(shim, waiter, &answer);
    }
}

/// A stream of this process has ended.
pub fn drained(shim: &mut Shim, id: &str, exec: &str) {
    let live = |key: &u64| shim.streams.contains_key(key);
    if let Some(io) = shim.tasks.get_mut(id).and_then(|task| task.io.get_mut(exec)) {
        io.streams.retain(live);
    }
    settle(shim, id, exec);
}

pub fn logger_gone(shim: &mut Shim, id: &str, exec: &str, pid: u32) {
    if let Ok(task) = find(shim, id)
        && let Some(io) = task.io.get_mut(exec)
        && io.logger == Some(pid)
    {
        io.logger = None;
        settle(shim, id, exec);
    }
}

/// Lets a Delete go on that waited for the last of these.
fn settle(shim: &mut Shim, id: &str, exec: &str) {
    if delete::is_settled(shim, id, exec)
        && let Ok(task) = find(shim, id)
        && let Some(then) = task.io.get_mut(exec).and_then(|io| io.settled.take())
    {
        then(shim);
    }
}

/// The container's count of kills for want of memory may have grown.
pub fn oom(shim: &mut Shim, id: &str) {
    let Some(watch) = find(shim, id).ok().and_then(|task| task.oom.as_mut()) else { return };
    let untold = watch.untold();
    if untold == 0 {
        return;
    }
    if let Some(report) = watch.report() {
        shim.log.warn(format_args!("{id}: {report}"));
    }
    for _ in 0..untold {
        publish_of(shim, id, topic::OOM, &TaskOom { container_id: id.into() });
    }
}
