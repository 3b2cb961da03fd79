//! Requests in, answers out: which method a frame asks for, and the frame that answers it.

use ctrd_shim::api::{task as api, ttrpc::Request};
use ctrd_shim::method::{SANDBOX, TASK_V2, TASK_V3, code};
use ctrd_shim::ttrpc::{self, TooLong};
use prost::Message;

use crate::connection::Incoming;
use crate::container::Refusal;
use crate::serve::Shim;
use crate::{deadline, sandbox, task, timeline};

/// Whom an answer goes to. It may be given at any later time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caller {
    pub connection: u64,
    pub stream: u32,
}

pub type Answer<M> = Result<M, Refusal>;

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Refusal {
        Refusal { code: code::UNKNOWN, message: crate::words(&error) }
    }
}

impl Refusal {
    pub fn new(code: i32, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into() }
    }
}

pub fn handle(shim: &mut Shim, connection: u64, frame: Result<Incoming, TooLong>) {
    let frame = match frame {
        Ok(frame) => frame,
        Err(long) => {
            let caller = Caller { connection, stream: long.stream };
            return refuse(shim, caller, Refusal::new(code::RESOURCE_EXHAUSTED, long.to_string()));
        }
    };
    let caller = Caller { connection, stream: frame.stream };
    if frame.kind != ttrpc::REQUEST {
        return;
    }
    if frame.stream % 2 == 0 {
        return refuse(shim, caller, Refusal::new(code::INVALID_ARGUMENT, "stream id must be odd"));
    }
    if frame.flags != 0 {
        return refuse(shim, caller, Refusal::new(code::UNIMPLEMENTED, "streaming is not supported"));
    }
    let request = match Request::decode(frame.payload.as_slice()) {
        Ok(request) => request,
        Err(e) => {
            return refuse(
                shim,
                caller,
                Refusal::new(code::INVALID_ARGUMENT, format!("decode request: {e}")),
            );
        }
    };
    deadline::set(shim, caller, request.timeout_nano);
    if let Err(refusal) = call(shim, caller, &request) {
        refuse(shim, caller, refusal);
    }
}

/// Those that answer at once return the answer; the others have taken the caller with them.
fn call(shim: &mut Shim, caller: Caller, request: &Request) -> Answer<()> {
    shim.log.debug(format_args!("call {}", request.method));
    timeline::asked(caller, &request.method);
    match request.service.as_str() {
        TASK_V2 | TASK_V3 => call_task(shim, caller, request),
        SANDBOX => call_sandbox(shim, caller, request),
        other => Err(Refusal::new(code::UNIMPLEMENTED, format!("service {other}"))),
    }
}

fn call_sandbox(shim: &mut Shim, caller: Caller, request: &Request) -> Answer<()> {
    let payload = request.payload.as_slice();
    match request.method.as_str() {
        "CreateSandbox" => sandbox::create(shim, caller, read(payload)?),
        "StartSandbox" => sandbox::start(shim, caller, &read(payload)?),
        "Platform" => at_once(shim, caller, payload, sandbox::platform),
        "StopSandbox" => sandbox::stop(shim, caller, &read(payload)?),
        "WaitSandbox" => sandbox::wait(shim, caller, &read(payload)?),
        "SandboxStatus" => at_once(shim, caller, payload, sandbox::status),
        "PingSandbox" => at_once(shim, caller, payload, sandbox::ping),
        "ShutdownSandbox" => sandbox::shutdown(shim, caller, &read(payload)?),
        "SandboxMetrics" => at_once(shim, caller, payload, sandbox::metrics),
        other => Err(Refusal::new(code::UNIMPLEMENTED, format!("method {other}"))),
    }
}

fn call_task(shim: &mut Shim, caller: Caller, request: &Request) -> Answer<()> {
    let payload = request.payload.as_slice();
    match request.method.as_str() {
        "Create" => task::create::create(shim, caller, read::<api::CreateTaskRequest>(payload)?),
        "Start" => task::start::start(shim, caller, &read(payload)?),
        "Delete" => task::delete::delete(shim, caller, &read(payload)?),
        "Exec" => at_once(shim, caller, payload, task::start::add),
        "State" => at_once(shim, caller, payload, task::query::state),
        "Wait" => task::query::wait(shim, caller, &read(payload)?),
        "Kill" => task::control::kill(shim, caller, &read(payload)?),
        "Pids" => task::query::pids(shim, caller, &read(payload)?),
        "Pause" => task::control::pause(shim, caller, &read(payload)?),
        "Resume" => task::control::resume(shim, caller, &read(payload)?),
        "Checkpoint" => task::control::checkpoint(shim, caller, &read(payload)?),
        "Update" => task::control::update(shim, caller, read(payload)?),
        "ResizePty" => at_once(shim, caller, payload, task::control::resize),
        "CloseIO" => at_once(shim, caller, payload, task::control::close_io),
        "Stats" => at_once(shim, caller, payload, task::query::stats),
        "Connect" => at_once(shim, caller, payload, task::query::connect),
        "Shutdown" => at_once(shim, caller, payload, task::query::shutdown),
        other => Err(Refusal::new(code::UNIMPLEMENTED, format!("method {other}"))),
    }
}

fn read<M: Message + Default>(payload: &[u8]) -> Answer<M> {
    M::decode(payload).map_err(|e| Refusal::new(code::INVALID_ARGUMENT, format!("decode request: {e}")))
}

fn at_once<Q: Message + Default, A: Message>(
    shim: &mut Shim,
    caller: Caller,
    payload: &[u8],
    method: fn(&mut Shim, Q) -> Answer<A>,
) -> Answer<()> {
    let answer = method(shim, read(payload)?)?;
    reply(shim, caller, &answer);
    Ok(())
}

/// Answers with a message. A caller that has gone is no error.
pub fn reply(shim: &mut Shim, caller: Caller, message: &impl Message) {
    send(shim, caller, &ttrpc::success(message));
}

pub fn refuse(shim: &mut Shim, caller: Caller, refusal: Refusal) {
    shim.log.debug(format_args!("refuse: {}", refusal.message));
    send(shim, caller, &ttrpc::failure(refusal.code, refusal.message));
}

/// Answers with whichever it is.
pub fn answer(shim: &mut Shim, caller: Caller, answer: Answer<impl Message>) {
    match answer {
        Ok(message) => reply(shim, caller, &message),
        Err(refusal) => refuse(shim, caller, refusal),
    }
}

fn send(shim: &mut Shim, caller: Caller, response: &impl Message) {
    timeline::answered(caller);
    if !deadline::meet(shim, caller) {
        return;
    }
    let Some(connection) = shim.connections.get_mut(&caller.connection) else { return };
    if let Err(long) = connection.queue(caller.stream, ttrpc::RESPONSE, response) {
        let instead = ttrpc::failure(code::RESOURCE_EXHAUSTED, long.to_string());
        let _ = connection.queue(caller.stream, ttrpc::RESPONSE, &instead);
    }
}
