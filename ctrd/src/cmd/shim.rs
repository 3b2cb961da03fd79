//! `ctrd shim`: each command one call to a shim at its own address, past every service.

use anyhow::{Context, Result, anyhow};
use ctrd_shim::api::process::Status;
use ctrd_shim::api::task;
use ctrd_shim::client::Client;
use ctrd_shim::method;
use prost::Message;
use serde_json::{Value, json};

use super::place::Place;
use super::shims;
use crate::cli::{ShimCall, ShimCommand};
use crate::client::process;
use crate::{listing, signal};

pub fn command(place: &Place, command: ShimCommand) -> Result<i32> {
    let namespace = &place.namespace;
    let answer = match command {
        ShimCommand::Ls(list) => return shims::ls(place, &list),
        ShimCommand::End { id } => return shims::end(place, &id),
        ShimCommand::Create { stdout, stderr, stdin, tty, address, bundle, id } => {
            // A file takes both streams unless each has its own.
            let stderr = if stderr.is_empty() && stdout.contains("://") { stdout.clone() } else { stderr };
            let request = task::CreateTaskRequest {
                id,
                bundle,
                terminal: tty,
                stdin,
                stdout,
                stderr,
                ..Default::default()
            };
            let answer: task::CreateTaskResponse = call(namespace, &address, "Create", &request)?;
            json!({"pid": answer.pid})
        }
        ShimCommand::Start(ShimCall { address, id }) => {
            let request = task::StartRequest { id, exec_id: String::new() };
            let answer: task::StartResponse = call(namespace, &address, "Start", &request)?;
            json!({"pid": answer.pid})
        }
        ShimCommand::State(ShimCall { address, id }) => {
            let request = task::StateRequest { id, exec_id: String::new() };
            let answer: task::StateResponse = call(namespace, &address, "State", &request)?;
            state(&answer)
        }
        ShimCommand::Wait(ShimCall { address, id }) => {
            let request = task::WaitRequest { id, exec_id: String::new() };
            let answer: task::WaitResponse = call(namespace, &address, "Wait", &request)?;
            ended(answer.exit_status, answer.exited_at)
        }
        ShimCommand::Kill { all, call: ShimCall { address, id }, signal: text } => {
            let signal = signal::number(&text).with_context(|| format!("signal {text:?}: unknown"))?;
            let signal = signal.unsigned_abs();
            let request = task::KillRequest { id, exec_id: String::new(), signal, all };
            let () = call(namespace, &address, "Kill", &request)?;
            return Ok(0);
        }
        ShimCommand::Delete(ShimCall { address, id }) => {
            let request = task::DeleteRequest { id, exec_id: String::new() };
            let answer: task::DeleteResponse = call(namespace, &address, "Delete", &request)?;
            ended(answer.exit_status, answer.exited_at)
        }
        ShimCommand::Shutdown(ShimCall { address, id }) => {
            let request = task::ShutdownRequest { id, now: false };
            let () = call(namespace, &address, "Shutdown", &request)?;
            return Ok(0);
        }
    };
    listing::line(&answer.to_string())?;
    Ok(0)
}

fn call<M: Message + Default>(
    namespace: &str,
    address: &str,
    name: &str,
    request: &impl Message,
) -> Result<M> {
    let mut shim = Client::connect(address, namespace)?;
    shim.call(method::TASK_V3, name, request)?.map_err(|status| anyhow!(status.message))
}

fn state(answer: &task::StateResponse) -> Value {
    // The two enumerations have the same numbers.
    let status = process::word(answer.status.try_into().unwrap_or_default());
    let mut object = json!({"id": answer.id, "bundle": answer.bundle, "pid": answer.pid, "status": status});
    if answer.status() == Status::Stopped {
        object["exitStatus"] = json!(answer.exit_status);
        object["exitedAt"] = listing::time_json(answer.exited_at.as_ref());
    }
    object
}

fn ended(status: u32, at: Option<prost_types::Timestamp>) -> Value {
    json!({"exitStatus": status, "exitedAt": listing::time_json(at.as_ref())})
}

/// The verb and its container, for the line that reports a failure.
pub fn title(command: &ShimCommand) -> String {
    match command {
        ShimCommand::Ls(_) => "ls".into(),
        ShimCommand::End { id } => format!("end {id}"),
        ShimCommand::Create { id, .. } => format!("create {id}"),
        ShimCommand::Start(call) => format!("start {}", call.id),
        ShimCommand::State(call) => format!("state {}", call.id),
        ShimCommand::Wait(call) => format!("wait {}", call.id),
        ShimCommand::Kill { call, .. } => format!("kill {}", call.id),
        ShimCommand::Delete(call) => format!("delete {}", call.id),
        ShimCommand::Shutdown(call) => format!("shutdown {}", call.id),
    }
}
