//! Methods that only ask. None of them ever waits for a method that does something, but Wait,
//! which is there to wait.

use ctrd_shim::any;
use ctrd_shim::api::process::ProcessInfo;
use ctrd_shim::api::runc::ProcessDetails;
use ctrd_shim::api::task::{
    ConnectRequest, ConnectResponse, PidsRequest, PidsResponse, ShutdownRequest, StateRequest, StateResponse,
    StatsRequest, StatsResponse, WaitRequest, WaitResponse,
};
use ctrd_shim::method::code;

use crate::container::{INIT, Refusal};
use crate::deadline;
use crate::rpc::{self, Answer, Caller};
use crate::runtime;
use crate::serve::Shim;
use crate::stats;
use crate::task::{Task, failure, find};
use crate::timestamp;

/// So many may wait for the processes of one container.
const WAITERS: usize = 1 << 14;

pub fn state(shim: &mut Shim, request: StateRequest) -> Answer<StateResponse> {
    let task = find(shim, &request.id)?;
    let process = task.container.process(&request.exec_id)?;
    let paths = task.io.get(&request.exec_id).map(|io| io.paths.clone()).unwrap_or_default();
    Ok(StateResponse {
        bundle: task.bundle.to_string_lossy().into_owned(),
        pid: process.pid,
        status: task.container.status(&request.exec_id)? as i32,
        stdin: paths.stdin,
        stdout: paths.stdout,
        stderr: paths.stderr,
        terminal: paths.terminal,
        exit_status: process.end().map_or(0, |e| e.status),
        exited_at: Some(timestamp::or_never(process.end().map(|e| e.at))),
        // The process's own, as containerd's shim has it.
        id: if request.exec_id == INIT { request.id } else { request.exec_id.clone() },
        exec_id: request.exec_id,
    })
}

pub fn wait(shim: &mut Shim, caller: Caller, request: &WaitRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    let Some(exit) = task.container.process(&request.exec_id)?.exit else {
        if task.waiters.len() >= WAITERS {
            return Err(Refusal::new(code::RESOURCE_EXHAUSTED, format!("{WAITERS} calls wait already")));
        }
        task.waiters.push((request.exec_id.clone(), caller));
        return Ok(());
    };
    let answer = WaitResponse { exit_status: exit.status, exited_at: Some(timestamp::proto(exit.at)) };
    rpc::reply(shim, caller, &answer);
    Ok(())
}

pub fn pids(shim: &mut Shim, caller: Caller, request: &PidsRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    if let Ok(init) = task.container.process(INIT)
        && init.exit.is_some()
    {
        // A server that comes back takes a shim without processes for one whose container was
        // never made, and removes it, with the exit that nobody has asked for yet.
        let last = ProcessInfo { pid: init.pid, info: None };
        rpc::reply(shim, caller, &PidsResponse { processes: vec![last] });
        return Ok(());
    }
    let runtime = task.runtime.clone();
    let mut command = runtime.command("ps");
    command.args(["--format", "json", &request.id]);
    let id = request.id.clone();
    let then = move |shim: &mut Shim, outcome: runtime::Outcome| {
        let answer = find(shim, &id).and_then(|task| {
            if !outcome.is_ok() {
                return Err(failure("OCI runtime ps failed", &outcome.reason()));
            }
            Ok(PidsResponse { processes: processes(task, &outcome.said)? })
        });
        rpc::answer(shim, caller, answer);
    };
    Ok(runtime::ask(shim, &runtime, command, runtime::for_caller(caller), then)?)
}

fn processes(task: &Task, json: &str) -> Result<Vec<ProcessInfo>, Refusal> {
    let listed: Option<Vec<u32>> = serde_json::from_str(json.trim())
        .map_err(|e| Refusal::new(code::UNKNOWN, format!("parse the list of processes: {e}")))?;
    let mut pids = listed.unwrap_or_default();
    // A server that finds none takes the shim for a leaked one.
    if let Ok(init) = task.container.process(INIT)
        && pids.is_empty()
        && init.pid != 0
        && init.exit.is_none()
    {
        pids.push(init.pid);
    }
    let details = |pid: u32| {
        let (exec, _) = task.container.execs().find(|(_, process)| process.pid == pid)?;
        Some(any::pack(&ProcessDetails { exec_id: exec.clone() }))
    };
    Ok(pids.into_iter().map(|pid| ProcessInfo { pid, info: details(pid) }).collect())
}

pub fn stats(shim: &mut Shim, request: StatsRequest) -> Answer<StatsResponse> {
    let task = find(shim, &request.id)?;
    match task.cgroups.as_ref().and_then(stats::read) {
        Some(stats) => Ok(StatsResponse { stats: Some(stats) }),
        None => Err(Refusal::new(code::NOT_FOUND, "cgroup does not exist: not found")),
    }
}

/// Also the question whether the shim is alive, so an unknown container is no error.
pub fn connect(shim: &mut Shim, request: ConnectRequest) -> Answer<ConnectResponse> {
    let task = shim.tasks.get(&request.id);
    let pid = task.and_then(|t| t.container.process(INIT).ok()).map_or(0, |p| p.pid);
    Ok(ConnectResponse { shim_pid: std::process::id(), task_pid: pid, version: String::new() })
}

pub fn shutdown(shim: &mut Shim, request: ShutdownRequest) -> Answer<()> {
    // Other containers of the group are still served. One that is being given up is its caller's to clean up after.
    let given_up =
        |(id, caller): (&String, &Caller)| *id == request.id && deadline::has_passed(shim, *caller);
    if shim.tasks.is_empty() && shim.creating.iter().all(given_up) {
        shim.leave();
    }
    Ok(())
}
