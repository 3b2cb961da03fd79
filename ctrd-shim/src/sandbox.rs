//! The sandbox service: a pod whose namespaces the shim holds itself, where no container does.
//!
//! The holder is a container like others, of this program's own `pause`, made by the runtime in
//! the bundle. It is not a task for anybody else: no task event tells of it.
//!
//! ```text
//!  CreateSandbox ─▶ create ─▶ StartSandbox ─▶ start      READY
//!  StopSandbox ─▶ SIGTERM, SIGKILL after a time ─▶ delete   NOTREADY
//!  ShutdownSandbox ─▶ the shim ends
//! ```

mod pod;

use std::time::{Duration, SystemTime};

use ctrd_shim::any;
use ctrd_shim::api::sandbox::{
    CreateSandboxRequest, PlatformResponse, SandboxMetricsResponse, SandboxRequest, SandboxStatusRequest,
    SandboxStatusResponse, StartSandboxResponse, StopSandboxRequest, WaitSandboxResponse,
};
use ctrd_shim::api::task::{CreateTaskRequest, DeleteRequest, StartRequest, WaitRequest};
use ctrd_shim::api::types::{Metric, Platform};
use ctrd_shim::method::code;

use crate::bundle;
use crate::container::{Exit, INIT, Phase, Refusal};
use crate::rpc::{self, Answer, Caller};
use crate::serve::Shim;
use crate::{stats, sys, task, timestamp};

#[derive(Debug)]
pub struct Sandbox {
    id: String,
    created: SystemTime,
    /// How its holder ended, with the pid that it had.
    ended: Option<(u32, Exit)>,
    /// Who waits for it to be stopped.
    stoppers: Vec<Caller>,
    /// The shim is to end with it.
    shutdown: bool,
}

pub fn create(shim: &mut Shim, caller: Caller, request: CreateSandboxRequest) -> Answer<()> {
    let id = request.sandbox_id.clone();
    if shim.sandbox.is_some() {
        return Err(Refusal::new(code::ALREADY_EXISTS, format!("sandbox {id}: already exists")));
    }
    let dir = bundle::absolute(&request.bundle_path)?;
    let options = bundle::read_options(&dir);
    if !dir.join("config.json").exists() {
        pod::write(&dir, &request, &options)?;
    }
    let create = CreateTaskRequest {
        id: id.clone(),
        bundle: request.bundle_path,
        rootfs: request.rootfs,
        options: Some(any::pack(&options)),
        ..Default::default()
    };
    // Before the task, whose events are the sandbox's own affair.
    let created = SystemTime::now();
    shim.sandbox = Some(Sandbox { id, created, ended: None, stoppers: Vec::new(), shutdown: false });
    let begun = task::create::create(shim, caller, create);
    if begun.is_err() {
        shim.sandbox = None;
    }
    begun
}

/// The holder could not be made: the sandbox may be tried again.
pub fn create_failed(shim: &mut Shim, id: &str) {
    if holds(shim, id) {
        shim.sandbox = None;
    }
}

/// Whether this container is the sandbox's holder.
pub fn holds(shim: &Shim, id: &str) -> bool {
    shim.sandbox.as_ref().is_some_and(|sandbox| sandbox.id == id)
}

fn find<'a>(shim: &'a mut Shim, id: &str) -> Result<&'a mut Sandbox, Refusal> {
    let missing = || Refusal::new(code::NOT_FOUND, format!("sandbox {id}: not found"));
    shim.sandbox.as_mut().filter(|sandbox| sandbox.id == id).ok_or_else(missing)
}

pub fn start(shim: &mut Shim, caller: Caller, request: &SandboxRequest) -> Answer<()> {
    find(shim, &request.sandbox_id)?;
    let start = StartRequest { id: request.sandbox_id.clone(), exec_id: INIT.into() };
    task::start::start(shim, caller, &start)
}

/// The answer to who has started the holder.
pub fn started(shim: &mut Shim, id: &str, pid: u32) -> Option<StartSandboxResponse> {
    let sandbox = find(shim, id).ok()?;
    Some(StartSandboxResponse { pid, created_at: Some(timestamp::proto(sandbox.created)) })
}

pub fn platform(shim: &mut Shim, request: SandboxRequest) -> Answer<PlatformResponse> {
    find(shim, &request.sandbox_id)?;
    let (architecture, variant) = match std::env::consts::ARCH {
        "x86_64" => ("amd64", ""),
        "aarch64" => ("arm64", "v8"),
        "arm" => ("arm", "v7"),
        "x86" => ("386", ""),
        other => (other, ""),
    };
    let platform = Platform {
        os: "linux".into(),
        architecture: architecture.into(),
        variant: variant.into(),
        ..Default::default()
    };
    Ok(PlatformResponse { platform: Some(platform) })
}

pub fn stop(shim: &mut Shim, caller: Caller, request: &StopSandboxRequest) -> Answer<()> {
    let id = request.sandbox_id.clone();
    find(shim, &id)?;
    let Ok(task) = task::find(shim, &id) else {
        rpc::reply(shim, caller, &());
        return Ok(());
    };
    let Ok(process) = task.container.process(INIT).cloned() else { return Ok(()) };
    if matches!(process.phase, Phase::Created | Phase::Stopped) {
        return remove(shim, caller, &id);
    }
    find(shim, &id)?.stoppers.push(caller);
    let end = move |signal| _ = sys::kill(process.pid, signal);
    if request.timeout_secs == 0 {
        end(libc::SIGKILL as u32);
        return Ok(());
    }
    end(libc::SIGTERM as u32);
    let late = move |shim: &mut Shim| {
        // Its pid is its own as long as it was not reaped.
        if find(shim, &id).is_ok_and(|sandbox| sandbox.ended.is_none()) {
            end(libc::SIGKILL as u32);
        }
    };
    shim.after(Duration::from_secs(request.timeout_secs.into()), Box::new(late));
    Ok(())
}

fn remove(shim: &mut Shim, caller: Caller, id: &str) -> Answer<()> {
    task::delete::delete(shim, caller, &DeleteRequest { id: id.into(), exec_id: INIT.into() })
}

/// The holder has ended, asked to or not.
pub fn ended(shim: &mut Shim, id: &str, pid: u32, exit: Exit) {
    let Ok(sandbox) = find(shim, id) else { return };
    sandbox.ended = Some((pid, exit));
    let stoppers = std::mem::take(&mut sandbox.stoppers);
    let Some((last, others)) = stoppers.split_last() else { return };
    for other in others {
        rpc::reply(shim, *other, &());
    }
    // What the delete says besides is skipped by who has called stop.
    if let Err(refusal) = remove(shim, *last, id) {
        rpc::refuse(shim, *last, refusal);
    }
}

/// The holder's record is gone.
pub fn forgotten(shim: &mut Shim, id: &str) {
    if find(shim, id).is_ok_and(|sandbox| sandbox.shutdown) {
        shim.leave();
    }
}

pub fn wait(shim: &mut Shim, caller: Caller, request: &SandboxRequest) -> Answer<()> {
    let Some((_, exit)) = find(shim, &request.sandbox_id)?.ended else {
        // This answer has the same fields.
        let wait = WaitRequest { id: request.sandbox_id.clone(), exec_id: INIT.into() };
        return task::query::wait(shim, caller, &wait);
    };
    let answer = WaitSandboxResponse { exit_status: exit.status, exited_at: Some(timestamp::proto(exit.at)) };
    rpc::reply(shim, caller, &answer);
    Ok(())
}

pub fn status(shim: &mut Shim, request: SandboxStatusRequest) -> Answer<SandboxStatusResponse> {
    let sandbox = find(shim, &request.sandbox_id)?;
    let (created, ended) = (sandbox.created, sandbox.ended);
    let process =
        task::find(shim, &request.sandbox_id).ok().and_then(|t| t.container.process(INIT).ok().cloned());
    let ready = process.as_ref().is_some_and(|p| p.phase == Phase::Running);
    let mut info = std::collections::HashMap::new();
    if request.verbose {
        info.insert("shimPid".into(), std::process::id().to_string());
        info.insert(
            "containers".into(),
            shim.tasks.keys().filter(|id| **id != request.sandbox_id).count().to_string(),
        );
    }
    Ok(SandboxStatusResponse {
        sandbox_id: request.sandbox_id,
        pid: process.map_or(0, |p| p.pid).max(ended.map_or(0, |(pid, _)| pid)),
        state: if ready { "SANDBOX_READY" } else { "SANDBOX_NOTREADY" }.into(),
        info,
        created_at: Some(timestamp::proto(created)),
        exited_at: ended.map(|(_, exit)| timestamp::proto(exit.at)),
        extra: None,
    })
}

pub fn ping(shim: &mut Shim, request: SandboxRequest) -> Answer<()> {
    find(shim, &request.sandbox_id).map(|_| ())
}

pub fn metrics(shim: &mut Shim, request: SandboxRequest) -> Answer<SandboxMetricsResponse> {
    find(shim, &request.sandbox_id)?;
    let cgroups = task::find(shim, &request.sandbox_id).ok().and_then(|task| task.cgroups.as_ref());
    let Some(data) = cgroups.and_then(stats::read) else {
        return Err(Refusal::new(code::NOT_FOUND, "cgroup does not exist: not found"));
    };
    let timestamp = Some(timestamp::proto(SystemTime::now()));
    Ok(SandboxMetricsResponse {
        metrics: Some(Metric { timestamp, id: request.sandbox_id, data: Some(data) }),
    })
}

pub fn shutdown(shim: &mut Shim, caller: Caller, request: &SandboxRequest) -> Answer<()> {
    let id = &request.sandbox_id;
    find(shim, id)?;
    if let Some(other) = shim.tasks.keys().chain(shim.creating.keys()).find(|other| *other != id) {
        let words = format!("sandbox {id}: container {other} is there");
        return Err(Refusal::new(code::FAILED_PRECONDITION, words));
    }
    if !shim.tasks.contains_key(id) {
        rpc::reply(shim, caller, &());
        shim.leave();
        return Ok(());
    }
    find(shim, id)?.shutdown = true;
    stop(shim, caller, &StopSandboxRequest { sandbox_id: id.clone(), timeout_secs: 0 })
}
