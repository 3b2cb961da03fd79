//! Methods that change a running container: signals, freezing, limits, checkpoints, terminals.

use std::os::fd::AsFd;
use std::time::Duration;

use ctrd_shim::any;
use ctrd_shim::api::events::{TaskPaused, TaskResumed};
use ctrd_shim::api::runc::CheckpointOptions;
use ctrd_shim::api::task::{
    CheckpointTaskRequest, CloseIoRequest, KillRequest, PauseRequest, ResizePtyRequest, ResumeRequest,
    UpdateTaskRequest,
};
use ctrd_shim::method::{code, topic};
use nix::errno::Errno;

use crate::command::Command;
use crate::container::{INIT, Refusal};
use crate::publish::publish;
use crate::rpc::{self, Answer, Caller};
use crate::runtime::{self, Bounds, Outcome, for_caller};
use crate::serve::Shim;
use crate::sys;
use crate::task::create::text;
use crate::task::{failure, find};

/// How long the runtime may take to kill a container. After that it is killed without it.
pub const STUCK: Duration = Duration::from_secs(5);

pub fn kill(shim: &mut Shim, caller: Caller, request: &KillRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    if request.exec_id != INIT {
        let pid = task.container.may_kill(&request.exec_id)?;
        return match sys::kill(pid, request.signal) {
            Ok(()) => {
                rpc::reply(shim, caller, &());
                Ok(())
            }
            Err(Errno::ESRCH) => Err(Refusal::new(code::NOT_FOUND, "process already finished: not found")),
            Err(e) => Err(Refusal::new(code::UNKNOWN, format!("exec kill error: {}", e.desc()))),
        };
    }
    if !request.all {
        task.container.may_kill(INIT)?;
    }
    let mut command = task.runtime.command("kill");
    if request.all {
        command.arg("--all");
    }
    command.arg(&request.id).arg(request.signal.to_string());
    let (id, is_last) = (request.id.clone(), request.signal == libc::SIGKILL as u32);
    let bounds = Bounds { limit: is_last.then_some(STUCK), ..for_caller(caller) };
    let runtime = task.runtime.clone();
    let then = move |shim: &mut Shim, outcome: Outcome| {
        let answer = if outcome.is_ok() || (outcome.was_killed() && is_last && kill_init(shim, &id)) {
            Ok(())
        } else {
            Err(kill_error(&outcome))
        };
        rpc::answer(shim, caller, answer);
    };
    Ok(runtime::ask(shim, &runtime, command, bounds, then)?)
}

/// What the runtime was too stuck to do. False: there is nothing to kill.
fn kill_init(shim: &mut Shim, id: &str) -> bool {
    let pid = find(shim, id).and_then(|task| task.container.may_kill(INIT));
    pid.is_ok_and(|pid| pid != 0 && sys::kill(pid, libc::SIGKILL as u32).is_ok())
}

/// What the runtime says decides which error the caller gets.
fn kill_error(outcome: &Outcome) -> Refusal {
    let words = outcome.words();
    let finished = ["os: process already finished", "container not running"];
    if finished.iter().any(|text| words.contains(text)) || words.to_lowercase().contains("no such process") {
        Refusal::new(code::NOT_FOUND, "process already finished: not found")
    } else if words.contains("does not exist") {
        Refusal::new(code::NOT_FOUND, "no such container: not found")
    } else {
        failure("unknown error after kill", &outcome.reason())
    }
}

/// Runs a verb for a container that is there.
fn ask(
    shim: &mut Shim,
    caller: Caller,
    id: &str,
    command: Command,
    then: impl FnOnce(&mut Shim, Outcome) + 'static,
) -> Answer<()> {
    let runtime = find(shim, id)?.runtime.clone();
    Ok(runtime::ask(shim, &runtime, command, for_caller(caller), then)?)
}

pub fn pause(shim: &mut Shim, caller: Caller, request: &PauseRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.pause()?;
    let mut command = task.runtime.command("pause");
    command.arg(&request.id);
    let id = request.id.clone();
    let started = ask(shim, caller, &request.id, command, move |shim, outcome| {
        if let Ok(task) = find(shim, &id) {
            task.container.set_paused(outcome.is_ok());
        }
        if !outcome.is_ok() {
            return rpc::refuse(shim, caller, failure("OCI runtime pause failed", &outcome.reason()));
        }
        publish(shim, topic::PAUSED, &TaskPaused { container_id: id });
        rpc::reply(shim, caller, &());
    });
    if started.is_err() {
        find(shim, &request.id)?.container.set_paused(false);
    }
    started
}

pub fn resume(shim: &mut Shim, caller: Caller, request: &ResumeRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.may_resume()?;
    let mut command = task.runtime.command("resume");
    command.arg(&request.id);
    let id = request.id.clone();
    ask(shim, caller, &request.id, command, move |shim, outcome| {
        if !outcome.is_ok() {
            return rpc::refuse(shim, caller, failure("OCI runtime resume failed", &outcome.reason()));
        }
        if let Ok(task) = find(shim, &id) {
            task.container.set_paused(false);
        }
        publish(shim, topic::RESUMED, &TaskResumed { container_id: id });
        rpc::reply(shim, caller, &());
    })
}

pub fn update(shim: &mut Shim, caller: Caller, request: UpdateTaskRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.may_update()?;
    let resources = request.resources.map(|any| any.value).unwrap_or_default();
    let mut command = task.runtime.command("update");
    command.arg("--resources=-").arg(&request.id).stdin(runtime::input(&resources)?);
    ask(shim, caller, &request.id, command, move |shim, outcome| {
        let answer = if outcome.is_ok() {
            Ok(())
        } else {
            Err(failure("OCI runtime update failed", &outcome.reason()))
        };
        rpc::answer(shim, caller, answer);
    })
}

pub fn checkpoint(shim: &mut Shim, caller: Caller, request: &CheckpointTaskRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.may_checkpoint()?;
    let options = match request.options.as_ref().and_then(any::unpack::<CheckpointOptions>) {
        None => CheckpointOptions::default(),
        Some(Ok(options)) => options,
        Some(Err(e)) => return Err(Refusal::new(code::INVALID_ARGUMENT, format!("decode options: {e}"))),
    };
    let image = if options.image_path.is_empty() { &request.path } else { &options.image_path };
    let default_work = task.bundle.join("work").join("criu-work");
    let work = if options.work_path.is_empty() { text(&default_work) } else { options.work_path.clone() };
    let mut command = task.runtime.command("checkpoint");
    command.args(["--image-path", image, "--work-path", &work]);
    if !options.parent_path.is_empty() {
        command.args(["--parent-path", &options.parent_path]);
    }
    let switches = [
        (options.open_tcp, "--tcp-established"),
        (options.external_unix_sockets, "--ext-unix-sk"),
        (options.terminal, "--shell-job"),
        (options.file_locks, "--file-locks"),
    ];
    command.args(switches.iter().filter(|(on, _)| *on).map(|(_, switch)| switch));
    if !options.cgroups_mode.is_empty() {
        command.args(["--manage-cgroups-mode", &options.cgroups_mode]);
    }
    for namespace in &options.empty_namespaces {
        command.args(["--empty-ns", namespace]);
    }
    if !options.exit {
        command.arg("--leave-running");
    }
    command.arg(&request.id);
    let log = task.bundle.join("criu-dump.log");
    ask(shim, caller, &request.id, command, move |shim, outcome| {
        if outcome.is_ok() {
            let _ = std::fs::remove_dir_all(&default_work);
            return rpc::reply(shim, caller, &());
        }
        let _ = std::fs::copy(std::path::Path::new(&work).join("dump.log"), &log);
        let reason = outcome.reason();
        let first = reason.lines().next().unwrap_or_default();
        rpc::refuse(shim, caller, Refusal::new(code::UNKNOWN, format!("{first} path= {}", log.display())));
    })
}

pub fn resize(shim: &mut Shim, request: ResizePtyRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.may_resize(&request.exec_id)?;
    let terminal = task.io.get(&request.exec_id).and_then(|io| io.terminal.as_ref());
    let side = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    if let Some(terminal) = terminal {
        sys::resize(terminal.as_fd(), side(request.width), side(request.height))
            .map_err(|e| failure("resize the terminal", &crate::reason(&e)))?;
    }
    Ok(())
}

/// The input ends when the client has closed its end too.
pub fn close_io(shim: &mut Shim, request: CloseIoRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.process(&request.exec_id)?;
    if request.stdin
        && let Some(io) = task.io.get_mut(&request.exec_id)
    {
        io.stdin_writer = None;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runtime_says_of_a_kill() {
        for (said, code, message) in [
            ("container not running", code::NOT_FOUND, "process already finished: not found"),
            ("os: process already finished", code::NOT_FOUND, "process already finished: not found"),
            ("No such process", code::NOT_FOUND, "process already finished: not found"),
            ("container does not exist", code::NOT_FOUND, "no such container: not found"),
            ("bad signal", code::UNKNOWN, "unknown error after kill: bad signal"),
        ] {
            let outcome = Outcome { program: "runc".into(), status: 1, said: said.into(), logged: None };
            assert_eq!(kill_error(&outcome), Refusal::new(code, message));
        }
    }
}
