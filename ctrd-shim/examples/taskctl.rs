//! taskctl: calls one method of a shim's task service from a shell, or shows its events.
//!
//! ```text
//! taskctl [-n NAMESPACE] ADDRESS METHOD [KEY=VALUE…]    prints the answer, KEY=VALUE a line
//! taskctl events SOCKET                                 takes the events that shims publish
//! ```
//!
//! The keys are the fields of the request (ctrd-shim(8)). Besides: `option.KEY` for the runtime's
//! options in Create, `mount=TYPE,SOURCE,OPTION…` once for each mount, and `spec=FILE` or
//! `resources=FILE` for what travels as JSON. A refusal goes to stderr with its code; exit 1.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use ctrd_shim::any::{self, Named, OCI_PROCESS, OCI_RESOURCES};
use ctrd_shim::api::forward::ForwardRequest;
use ctrd_shim::api::rpc::Status;
use ctrd_shim::api::ttrpc::Request;
use ctrd_shim::api::types::Mount;
use ctrd_shim::api::{events, process, runc, task};
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK, TASK_V2};
use ctrd_shim::ttrpc;
use prost::Message;
use prost_types::{Any, Timestamp};

/// Prints a line. Nobody reading any more is no error.
macro_rules! say {
    ($($words:tt)*) => {
        _ = writeln!(std::io::stdout(), $($words)*)
    };
}

fn main() -> ExitCode {
    match run() {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(status)) => {
            eprintln!("taskctl: {} (code {})", status.message, status.code);
            ExitCode::FAILURE
        }
        Err(e) => {
            eprintln!("taskctl: {e:#}");
            ExitCode::FAILURE
        }
    }
}

struct Fields {
    single: HashMap<String, String>,
    mounts: Vec<Mount>,
}

impl Fields {
    fn text(&self, key: &str) -> String {
        self.single.get(key).cloned().unwrap_or_default()
    }

    fn number(&self, key: &str) -> Result<u32> {
        self.single.get(key).map_or(Ok(0), |v| v.parse().with_context(|| format!("parse {key}={v}")))
    }

    fn flag(&self, key: &str) -> bool {
        self.single.get(key).is_some_and(|v| v == "true" || v == "1")
    }

    fn file(&self, key: &str, type_url: &str) -> Result<Option<Any>> {
        let Some(path) = self.single.get(key) else { return Ok(None) };
        let value = std::fs::read(path).with_context(|| format!("read {path}"))?;
        Ok(Some(Any { type_url: type_url.into(), value }))
    }
}

fn run() -> Result<Result<(), Status>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut namespace = "default".to_owned();
    if args.first().is_some_and(|a| a == "-n") && args.len() > 1 {
        namespace = args.remove(1);
        args.remove(0);
    }
    let [address, method, rest @ ..] = args.as_slice() else {
        bail!("usage: taskctl ADDRESS METHOD [KEY=VALUE…]")
    };
    if address == "events" {
        return take_events(method).map(Ok);
    }
    let mut f = Fields { single: HashMap::new(), mounts: Vec::new() };
    for word in rest {
        let (key, value) = word.split_once('=').with_context(|| format!("parse {word}: no KEY=VALUE"))?;
        if key == "mount" {
            let mut parts = value.split(',').map(String::from);
            let (kind, source) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            f.mounts.push(Mount { r#type: kind, source, target: String::new(), options: parts.collect() });
        } else {
            f.single.insert(key.into(), value.into());
        }
    }
    let mut client = Client::connect(address, &namespace)?;
    call(&mut client, method, f)
}

fn call(client: &mut Client, method: &str, f: Fields) -> Result<Result<(), Status>> {
    let (id, exec_id) = (f.text("id"), f.text("exec_id"));
    macro_rules! ask {
        ($answer:ty, $request:expr, $show:expr) => {{
            let answer: Result<$answer, Status> = client.call(TASK_V2, method, &$request)?;
            Ok(answer.map($show))
        }};
    }
    match method {
        "Create" => {
            let options = runc::Options {
                binary_name: f.text("option.binary_name"),
                root: f.text("option.root"),
                systemd_cgroup: f.flag("option.systemd_cgroup"),
                io_uid: f.number("option.io_uid")?,
                io_gid: f.number("option.io_gid")?,
                ..Default::default()
            };
            let request = task::CreateTaskRequest {
                bundle: f.text("bundle"),
                terminal: f.flag("terminal"),
                stdin: f.text("stdin"),
                stdout: f.text("stdout"),
                stderr: f.text("stderr"),
                checkpoint: f.text("checkpoint"),
                parent_checkpoint: String::new(),
                options: Some(any::pack(&options)),
                rootfs: f.mounts,
                id,
            };
            ask!(task::CreateTaskResponse, request, |a| say!("pid={}", a.pid))
        }
        "Start" => {
            ask!(task::StartResponse, task::StartRequest { id, exec_id }, |a| say!("pid={}", a.pid))
        }
        "Delete" => ask!(task::DeleteResponse, task::DeleteRequest { id, exec_id }, |a| {
            say!("pid={}", a.pid);
            exit(a.exit_status, a.exited_at);
        }),
        "Exec" => {
            let request = task::ExecProcessRequest {
                terminal: f.flag("terminal"),
                stdin: f.text("stdin"),
                stdout: f.text("stdout"),
                stderr: f.text("stderr"),
                spec: f.file("spec", OCI_PROCESS)?,
                id,
                exec_id,
            };
            ask!((), request, |()| ())
        }
        "State" => ask!(task::StateResponse, task::StateRequest { id, exec_id }, |a| {
            say!("pid={}\nstatus={:?}\nbundle={}", a.pid, a.status(), a.bundle);
            say!("stdin={}\nstdout={}\nstderr={}\nterminal={}", a.stdin, a.stdout, a.stderr, a.terminal);
            exit(a.exit_status, a.exited_at);
        }),
        "Wait" => ask!(task::WaitResponse, task::WaitRequest { id, exec_id }, |a| {
            exit(a.exit_status, a.exited_at);
        }),
        "Kill" => {
            let (signal, all) = (f.number("signal")?, f.flag("all"));
            ask!((), task::KillRequest { id, exec_id, signal, all }, |()| ())
        }
        "Pids" => ask!(task::PidsResponse, task::PidsRequest { id }, |a| {
            a.processes.iter().for_each(show_process);
        }),
        "Pause" => ask!((), task::PauseRequest { id }, |()| ()),
        "Resume" => ask!((), task::ResumeRequest { id }, |()| ()),
        "Checkpoint" => {
            let options = runc::CheckpointOptions { exit: f.flag("exit"), ..Default::default() };
            let options = Some(any::pack(&options));
            ask!((), task::CheckpointTaskRequest { id, path: f.text("path"), options }, |()| ())
        }
        "Update" => {
            let resources = f.file("resources", OCI_RESOURCES)?;
            ask!((), task::UpdateTaskRequest { id, resources, annotations: HashMap::new() }, |()| ())
        }
        "ResizePty" => {
            let (width, height) = (f.number("width")?, f.number("height")?);
            ask!((), task::ResizePtyRequest { id, exec_id, width, height }, |()| ())
        }
        "CloseIO" => ask!((), task::CloseIoRequest { id, exec_id, stdin: true }, |()| ()),
        "Stats" => ask!(task::StatsResponse, task::StatsRequest { id }, |a| {
            let stats = a.stats.unwrap_or_default();
            say!("{:#?}", any::unpack::<ctrd_shim::api::cgroup1::Metrics>(&stats));
            say!("{:#?}", any::unpack::<ctrd_shim::api::cgroup2::Metrics>(&stats));
        }),
        "Connect" => ask!(task::ConnectResponse, task::ConnectRequest { id }, |a| {
            say!("shim_pid={}\ntask_pid={}", a.shim_pid, a.task_pid);
        }),
        "Shutdown" => ask!((), task::ShutdownRequest { id, now: f.flag("now") }, |()| ()),
        other => bail!("unknown method {other}: one of {}", TASK.join(", ")),
    }
}

fn exit(status: u32, at: Option<Timestamp>) {
    say!("exit_status={status}\nexited_at={}", at.map(|t| t.to_string()).unwrap_or_default());
}

fn show_process(process: &process::ProcessInfo) {
    let details = process.info.as_ref().and_then(any::unpack::<runc::ProcessDetails>);
    match details {
        Some(Ok(details)) => say!("pid={} exec_id={}", process.pid, details.exec_id),
        _ => say!("pid={}", process.pid),
    }
}

fn take_events(path: &str) -> Result<()> {
    let listener = UnixListener::bind(path).with_context(|| format!("bind {path}"))?;
    for connection in listener.incoming() {
        let mut connection = connection.context("accept")?;
        std::thread::spawn(move || while let Ok(true) = take_event(&mut connection) {});
    }
    Ok(())
}

fn take_event(connection: &mut UnixStream) -> Result<bool> {
    let mut wire = vec![0; ttrpc::HEADER];
    connection.read_exact(&mut wire)?;
    let length = u32::from_be_bytes([wire[0], wire[1], wire[2], wire[3]]) as usize;
    wire.resize(ttrpc::HEADER + length, 0);
    connection.read_exact(&mut wire[ttrpc::HEADER..])?;
    let Some((frame, _)) = ttrpc::decode(&wire)? else { return Ok(false) };
    let request = Request::decode(frame.payload)?;
    let envelope = ForwardRequest::decode(request.payload.as_slice())?.envelope.unwrap_or_default();
    let event = envelope.event.unwrap_or_default();
    let mut line = format!("{} {}", envelope.namespace, envelope.topic);
    line += &show::<events::TaskCreate>(&event, |e| format!(" {} pid={}", e.container_id, e.pid));
    line += &show::<events::TaskStart>(&event, |e| format!(" {} pid={}", e.container_id, e.pid));
    line += &show::<events::TaskExecAdded>(&event, |e| format!(" {} {}", e.container_id, e.exec_id));
    line += &show::<events::TaskExecStarted>(&event, |e| {
        format!(" {} {} pid={}", e.container_id, e.exec_id, e.pid)
    });
    line += &show::<events::TaskExit>(&event, |e| {
        format!(" {} {} pid={} status={}", e.container_id, e.id, e.pid, e.exit_status)
    });
    line += &show::<events::TaskDelete>(&event, |e| format!(" {} status={}", e.container_id, e.exit_status));
    line += &show::<events::TaskOom>(&event, |e| format!(" {}", e.container_id));
    line += &show::<events::TaskPaused>(&event, |e| format!(" {}", e.container_id));
    line += &show::<events::TaskResumed>(&event, |e| format!(" {}", e.container_id));
    writeln!(std::io::stdout(), "{line}")?;
    let mut answer = Vec::new();
    ttrpc::encode(&mut answer, frame.stream, ttrpc::RESPONSE, &ttrpc::success(&()))?;
    connection.write_all(&answer)?;
    Ok(true)
}

fn show<M: Named>(event: &Any, words: fn(M) -> String) -> String {
    any::unpack::<M>(event).and_then(Result::ok).map(words).unwrap_or_default()
}
