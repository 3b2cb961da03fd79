//! Delete: after the runtime has deleted it, the exit is told and the output taken (for at most
//! ten seconds), a process is forgotten.

use std::time::Duration;

use ctrd_shim::api::events::TaskDelete;
use ctrd_shim::api::task::{DeleteRequest, DeleteResponse};
use ctrd_shim::method::{code, topic};
use nix::sys::signal::Signal;

use crate::bundle;
use crate::container::{INIT, Refusal};
use crate::mount;
use crate::publish::publish_of;
use crate::rpc::{self, Answer, Caller};
use crate::runtime;
use crate::sandbox;
use crate::serve::Shim;
use crate::stdio::{copy, logger};
use crate::task::{failure, find, start};
use crate::timestamp;

/// How long output may take that a process has left behind.
const DRAIN: Duration = Duration::from_secs(10);

/// How long a logging program may take to end when it is told to.
const LOGGER: Duration = Duration::from_secs(12);

pub fn delete(shim: &mut Shim, caller: Caller, request: &DeleteRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.delete(&request.exec_id)?;
    let (id, exec) = (request.id.clone(), request.exec_id.clone());
    if exec != INIT || task.container.process(INIT).is_ok_and(|p| p.pid == 0) {
        settle(shim, caller, &id, &exec);
        return Ok(());
    }
    let runtime = task.runtime.clone();
    let mut command = runtime.command("delete");
    command.arg(&id);
    let then = move |shim: &mut Shim, outcome: runtime::Outcome| {
        if outcome.is_ok() || outcome.words().contains("does not exist") {
            return settle(shim, caller, &id, INIT);
        }
        if let Ok(task) = find(shim, &id) {
            task.container.delete_failed(INIT);
        }
        rpc::refuse(shim, caller, failure("failed to delete task", &outcome.reason()));
    };
    let started = runtime::ask(shim, &runtime, command, runtime::for_caller(caller), then);
    if started.is_err() {
        find(shim, &request.id)?.container.delete_failed(INIT);
    }
    Ok(started?)
}

/// Goes on when the exit is known and all output is taken, or when it has taken too long.
fn settle(shim: &mut Shim, caller: Caller, id: &str, exec: &str) {
    if is_settled(shim, id, exec) {
        return finish(shim, caller, id, exec);
    }
    let (name, process) = (id.to_owned(), exec.to_owned());
    let timer = shim.after(
        DRAIN,
        Box::new(move |shim| {
            shim.log.warn(format_args!("drain the output of {name} {process}: it goes on after ten seconds"));
            let then = find(shim, &name).ok().and_then(|t| t.io.get_mut(&process)?.settled.take());
            if let Some(then) = then {
                then(shim);
            }
        }),
    );
    let (name, process) = (id.to_owned(), exec.to_owned());
    let then = move |shim: &mut Shim| {
        shim.cancel(timer);
        finish(shim, caller, &name, &process);
    };
    let Ok(task) = find(shim, id) else { return };
    let io = task.io.entry(exec.into()).or_default();
    io.settled = Some(Box::new(then));
    for key in io.streams.clone() {
        copy::last_words(shim, key);
    }
}

/// Whether a Delete waits for the last of this process.
pub fn is_waited_for(shim: &Shim, id: &str, exec: &str) -> bool {
    shim.tasks.get(id).and_then(|task| task.io.get(exec)).is_some_and(|io| io.settled.is_some())
}

/// Whether a process has ended, its output is copied and its logging program has ended too.
pub fn is_settled(shim: &mut Shim, id: &str, exec: &str) -> bool {
    let Some(task) = shim.tasks.get(id) else { return true };
    let ended = task.container.process(exec).is_ok_and(|p| p.pid == 0 || p.exit.is_some());
    let io = task.io.get(exec);
    let copying = io.is_some_and(|io| {
        io.streams.iter().any(|key| shim.streams.get(key).is_some_and(copy::Stream::is_output))
    });
    ended && !copying && io.is_none_or(|io| io.logger.is_none())
}

fn finish(shim: &mut Shim, caller: Caller, id: &str, exec: &str) {
    let Ok(task) = find(shim, id) else { return };
    let Ok(process) = task.container.process(exec).cloned() else { return };
    if let Some(io) = task.io.remove(exec) {
        for key in &io.streams {
            copy::stop(shim, *key);
        }
        if let Some(pid) = io.logger {
            end_logger(shim, pid);
        }
    }
    let answer = DeleteResponse {
        pid: process.pid,
        exit_status: process.end().map_or(0, |e| e.status),
        exited_at: Some(timestamp::or_never(process.end().map(|e| e.at))),
    };
    if exec == INIT {
        forget(shim, id, &answer);
    } else if let Ok(task) = find(shim, id) {
        task.container.forget(exec);
        task.specs.remove(exec);
        let _ = bundle::remove(&start::pid_file(&task.bundle, exec));
        // Nobody can learn any more how a process ended that never began.
        let (gone, stay) = std::mem::take(&mut task.waiters).into_iter().partition(|(e, _)| e == exec);
        task.waiters = stay;
        let gone: Vec<(String, Caller)> = gone;
        for (_, waiter) in gone {
            rpc::refuse(
                shim,
                waiter,
                Refusal::new(code::NOT_FOUND, format!("process does not exist {exec}: not found")),
            );
        }
    }
    rpc::reply(shim, caller, &answer);
}

fn forget(shim: &mut Shim, id: &str, answer: &DeleteResponse) {
    let Some(task) = shim.tasks.remove(id) else { return };
    if let Some(oom) = &task.oom {
        oom.stop(shim);
    }
    for (exec, io) in &task.io {
        shim.log.debug(format_args!("forget {id} {exec}"));
        for key in &io.streams {
            copy::stop(shim, *key);
        }
        if let Some(pid) = io.logger {
            end_logger(shim, pid);
        }
    }
    if task.mounted
        && let Err(e) = mount::unmount(&task.bundle.join("rootfs"))
    {
        shim.log.warn(format_args!("{e:#}"));
    }
    for (_, waiter) in task.waiters {
        rpc::refuse(shim, waiter, Refusal::new(code::NOT_FOUND, "container not created: not found"));
    }
    let event = TaskDelete {
        container_id: id.into(),
        pid: answer.pid,
        exit_status: answer.exit_status,
        exited_at: answer.exited_at,
        id: String::new(),
    };
    publish_of(shim, id, topic::DELETE, &event);
    sandbox::forgotten(shim, id);
}

/// Asks a logging program to end, if it has not, and makes it in the end.
pub fn end_logger(shim: &mut Shim, pid: u32) {
    if !shim.children.contains_key(&(pid as i32)) {
        return;
    }
    logger::signal(pid, Signal::SIGTERM);
    shim.after(
        LOGGER,
        Box::new(move |shim| {
            // Ours as long as it was not reaped.
            if shim.children.contains_key(&(pid as i32)) {
                logger::signal(pid, Signal::SIGKILL);
            }
        }),
    );
}
