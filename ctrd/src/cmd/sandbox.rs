//! `ctrd sandbox`: pods by hand. Each is a record, and a shim that keeps namespaces for the containers
//! that join it (`ctrd run --sandbox`).

use anyhow::{Context, Result, bail};
use ctrd_shim::any;
use ctrd_shim::api::pod::{
    LinuxPodSandboxConfig, LinuxSandboxSecurityContext, NamespaceMode, NamespaceOption, PodSandboxConfig,
};
use prost_types::Any;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Session, each, figures, pairs, settings};
use crate::api::sandbox::{
    ControllerCreateRequest, ControllerMetricsRequest, ControllerShutdownRequest, ControllerStartRequest,
    ControllerStatusRequest, ControllerStatusResponse, ControllerStopRequest, ControllerWaitRequest,
    StoreCreateRequest, StoreDeleteRequest, StoreGetRequest, StoreListRequest,
};
use crate::api::types::{Sandbox, sandbox};
use crate::cli::{NewSandbox, SandboxCommand};
use crate::client::container::{self, Wish};
use crate::client::{Client, take};
use crate::error::{Error, Kind};
use crate::listing::{self, Row};
use crate::spec;

/// The controller that keeps sandboxes in shims; the only one there is.
const SHIM: &str = "shim";

const READY: &str = "SANDBOX_READY";

pub async fn command(session: &Session, command: SandboxCommand) -> Result<i32> {
    let client = &session.client;
    match command {
        SandboxCommand::Run(args) => make(client, &args, true).await,
        SandboxCommand::Create(args) => make(client, &args, false).await,
        SandboxCommand::Start(names) => {
            each("sandbox start", &names.sandboxes, async |id: String| {
                start(client, &get(client, &id).await?).await?;
                listing::tell(&id)
            })
            .await
        }
        SandboxCommand::Ls(list) => {
            session.list(&list, &["SANDBOX", "RUNTIME", "STATUS", "PID", "CREATED"], rows).await
        }
        SandboxCommand::Inspect(names) => {
            each("sandbox inspect", &names.sandboxes, async |id: String| inspect(client, &id).await).await
        }
        SandboxCommand::Metrics(names) => {
            each("sandbox metrics", &names.sandboxes, async |id: String| metrics(client, &id).await).await
        }
        SandboxCommand::Wait(names) => {
            each("sandbox wait", &names.sandboxes, async |id: String| {
                let sandboxer = get(client, &id).await?.sandboxer;
                let request = ControllerWaitRequest { sandbox_id: id, sandboxer };
                let ended = take(client.sandbox_controller().wait(request).await)?;
                listing::tell(&ended.exit_status.to_string())
            })
            .await
        }
        SandboxCommand::Stop { time, names } => {
            each("sandbox stop", &names.sandboxes, async |id: String| {
                stop(client, &get(client, &id).await?, time).await?;
                listing::tell(&id)
            })
            .await
        }
        SandboxCommand::Rm { force, names } => {
            each("sandbox rm", &names.sandboxes, async |id: String| remove(client, &id, force).await).await
        }
    }
}

/// The verb and its sandbox, for the line that reports a failure.
pub fn title(command: &SandboxCommand) -> String {
    let with = |verb: &str, args: &NewSandbox| match args.args.last() {
        Some(id) => format!("{verb} {}", id.display()),
        None => verb.to_string(),
    };
    match command {
        SandboxCommand::Run(args) => with("run", args),
        SandboxCommand::Create(args) => with("create", args),
        SandboxCommand::Start(_) => "start".into(),
        SandboxCommand::Ls(_) => "ls".into(),
        SandboxCommand::Inspect(_) => "inspect".into(),
        SandboxCommand::Metrics(_) => "metrics".into(),
        SandboxCommand::Wait(_) => "wait".into(),
        SandboxCommand::Stop { .. } => "stop".into(),
        SandboxCommand::Rm { .. } => "rm".into(),
    }
}

/// Makes the record and the sandbox; what an error interrupts is undone.
async fn make(client: &Client, args: &NewSandbox, starts: bool) -> Result<i32> {
    let (record, create) = wish(args)?;
    let request = StoreCreateRequest { sandbox: Some(record.clone()) };
    match take(client.sandboxes().create(request).await) {
        Err(e) if e.kind == Kind::AlreadyExists => {
            return Err(
                Error::already_exists(format!("sandbox {}: already exists", record.sandbox_id)).into()
            );
        }
        other => drop(other?),
    }
    let made = async {
        take(client.sandbox_controller().create(create).await)?;
        if starts {
            start(client, &record).await?;
        }
        Ok::<_, Error>(())
    };
    if let Err(e) = made.await {
        // Of errors the first is the one to report.
        let _ = remove(client, &record.sandbox_id, true).await;
        return Err(e.into());
    }
    listing::line(&record.sandbox_id)?;
    Ok(0)
}

/// From flags to the record and the call that makes the sandbox.
fn wish(args: &NewSandbox) -> Result<(Sandbox, ControllerCreateRequest)> {
    let (file, id) = match &args.args[..] {
        [id] => (None, id),
        [file, id] => (Some(file), id),
        _ => bail!("no id is named"),
    };
    let id = id.to_str().context("the id is not UTF-8")?.to_string();
    crate::id::validate(&id)?;
    let spec = match file {
        None => None,
        Some(file) => {
            let value = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
            let is_object = serde_json::from_slice::<Value>(&value).map(|json| json.is_object());
            match is_object.with_context(|| format!("parse {}", file.display()))? {
                true => Some(Any { type_url: spec::TYPE_URL.to_string(), value }),
                false => bail!("{}: is no specification", file.display()),
            }
        }
    };
    let mode = |host: bool| i32::from(if host { NamespaceMode::Node } else { NamespaceMode::Pod });
    let namespace_options = NamespaceOption {
        network: mode(args.network == "host"),
        pid: mode(args.pid.is_some()),
        ipc: mode(args.ipc.is_some()),
    };
    let pod = PodSandboxConfig {
        hostname: args.hostname.clone().unwrap_or_else(|| id.clone()),
        linux: Some(LinuxPodSandboxConfig {
            cgroup_parent: args.cgroup_parent.clone().unwrap_or_default(),
            security_context: Some(LinuxSandboxSecurityContext {
                namespace_options: Some(namespace_options),
            }),
            sysctls: pairs(&args.sysctl)?,
        }),
    };
    let netns_path = match args.network.as_str() {
        "host" | "none" => String::new(),
        path => std::path::absolute(path).with_context(|| format!("network {path:?}"))?.display().to_string(),
    };
    let record = Sandbox {
        sandbox_id: id.clone(),
        runtime: Some(sandbox::Runtime {
            name: args.runtime.clone().unwrap_or_else(|| settings::RUNTIME.to_string()),
            options: None,
        }),
        spec,
        labels: pairs(&args.label)?,
        sandboxer: SHIM.to_string(),
        ..Sandbox::default()
    };
    let create = ControllerCreateRequest {
        sandbox_id: id,
        options: Some(any::pack(&pod)),
        netns_path,
        annotations: pairs(&args.annotation)?,
        sandboxer: SHIM.to_string(),
        ..ControllerCreateRequest::default()
    };
    Ok((record, create))
}

async fn get(client: &Client, id: &str) -> Result<Sandbox, Error> {
    match take(client.sandboxes().get(StoreGetRequest { sandbox_id: id.to_string() }).await) {
        Ok(reply) => Ok(named(reply.sandbox.unwrap_or_default())),
        Err(e) if e.kind == Kind::NotFound => Err(Error::not_found("not found")),
        Err(e) => Err(e),
    }
}

/// The records of `ctr` name no controller.
fn named(mut sandbox: Sandbox) -> Sandbox {
    if sandbox.sandboxer.is_empty() {
        sandbox.sandboxer = SHIM.to_string();
    }
    sandbox
}

async fn start(client: &Client, record: &Sandbox) -> Result<(), Error> {
    let (sandbox_id, sandboxer) = (record.sandbox_id.clone(), record.sandboxer.clone());
    let request = ControllerStartRequest { sandbox_id, sandboxer };
    take(client.sandbox_controller().start(request).await).map(drop)
}

async fn stop(client: &Client, record: &Sandbox, timeout_secs: u32) -> Result<(), Error> {
    let (sandbox_id, sandboxer) = (record.sandbox_id.clone(), record.sandboxer.clone());
    let request = ControllerStopRequest { sandbox_id, timeout_secs, sandboxer };
    take(client.sandbox_controller().stop(request).await).map(drop)
}

async fn remove(client: &Client, id: &str, force: bool) -> Result<(), Error> {
    let record = match get(client, id).await {
        Err(e) if e.kind == Kind::NotFound && force => return Ok(()),
        record => record?,
    };
    let sandboxer = record.sandboxer.clone();
    let ended = async {
        let members = container::list(client).await?;
        if let Some(member) = members.iter().find(|member| member.sandbox == id) {
            return Err(Error::precondition(format!("container {} is in it", member.id)));
        }
        stop(client, &record, 10).await?;
        let request = ControllerShutdownRequest { sandbox_id: id.to_string(), sandboxer };
        match take(client.sandbox_controller().shutdown(request).await) {
            Err(e) if e.kind == Kind::NotFound => Ok(()),
            other => other.map(drop),
        }
    };
    match ended.await {
        Err(e) if !force => return Err(e),
        _ => {}
    }
    match take(client.sandboxes().delete(StoreDeleteRequest { sandbox_id: id.to_string() }).await) {
        Err(e) if e.kind == Kind::NotFound && force => Ok(()),
        other => other.map(drop),
    }
}

async fn status(client: &Client, record: &Sandbox, verbose: bool) -> Result<ControllerStatusResponse, Error> {
    let (sandbox_id, sandboxer) = (record.sandbox_id.clone(), record.sandboxer.clone());
    let request = ControllerStatusRequest { sandbox_id, verbose, sandboxer };
    take(client.sandbox_controller().status(request).await)
}

/// A state in one word. A sandbox without a shim, such as one before its start by `ctr` or after a
/// reboot, has none.
fn word(status: &Result<ControllerStatusResponse, Error>) -> &'static str {
    match status {
        Ok(status) if status.state == READY => "ready",
        Ok(status) if status.state.is_empty() => "gone",
        Ok(_) => "notready",
        Err(_) => "unknown",
    }
}

async fn rows(client: &Client) -> Result<Vec<Row>> {
    let list = take(client.sandboxes().list(StoreListRequest { filters: Vec::new() }).await)?.list;
    let mut asking = JoinSet::new();
    for record in list.into_iter().map(named) {
        let client = client.clone();
        asking.spawn(async move {
            let status = status(&client, &record, false).await;
            (record, status)
        });
    }
    let mut rows: Vec<Row> = asking.join_all().await.into_iter().map(|(r, s)| row(&r, &s)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

fn row(record: &Sandbox, status: &Result<ControllerStatusResponse, Error>) -> Row {
    let object = object(record, status);
    let pid = object["pid"].as_u64().map_or("-".to_string(), |pid| pid.to_string());
    let cells = vec![
        record.sandbox_id.clone(),
        record.runtime.as_ref().map(|runtime| runtime.name.clone()).unwrap_or_default(),
        word(status).to_string(),
        pid,
        listing::time(record.created_at.as_ref()),
    ];
    Row { name: record.sandbox_id.clone(), cells, object }
}

fn object(record: &Sandbox, status: &Result<ControllerStatusResponse, Error>) -> Value {
    let pid = status.as_ref().ok().filter(|s| s.state == READY).map(|status| status.pid);
    json!({
        "id": record.sandbox_id,
        "runtime": record.runtime.as_ref().map(|runtime| runtime.name.clone()),
        "sandboxer": record.sandboxer,
        "labels": record.labels,
        "status": word(status),
        "pid": pid,
        "createdAt": listing::time_json(record.created_at.as_ref()),
        "updatedAt": listing::time_json(record.updated_at.as_ref()),
    })
}

async fn inspect(client: &Client, id: &str) -> Result<(), Error> {
    let record = get(client, id).await?;
    let status = status(client, &record, true).await;
    let mut object = object(&record, &status);
    let spec = record.spec.as_ref().map(|spec| serde_json::from_slice(&spec.value).unwrap_or(Value::Null));
    object["spec"] = spec.unwrap_or(Value::Null);
    match status {
        Ok(status) => {
            object["address"] = json!(status.address);
            object["info"] = json!(status.info);
            object["exitedAt"] =
                listing::time_json(status.exited_at.as_ref().filter(|_| status.state != READY));
        }
        Err(e) => object["error"] = json!(e.message),
    }
    listing::tell_object(&object)
}

async fn metrics(client: &Client, id: &str) -> Result<(), Error> {
    let sandboxer = get(client, id).await?.sandboxer;
    let request = ControllerMetricsRequest { sandbox_id: id.to_string(), sandboxer };
    let metric = take(client.sandbox_controller().metrics(request).await)?.metrics.unwrap_or_default();
    listing::tell_object(&figures::object(metric)?)
}

/// Has a new container share the namespaces of a sandbox, and its shim.
pub async fn join(client: &Client, id: &str, wish: &mut Wish, runtime_is_named: bool) -> Result<()> {
    let record = get(client, id).await.map_err(|e| e.context(format!("sandbox {id}")))?;
    let status = status(client, &record, false).await.map_err(|e| e.context(format!("sandbox {id}")))?;
    if status.state != READY {
        bail!("sandbox {id}: it does not run");
    }
    let runtime = record.runtime.unwrap_or_default().name;
    if runtime_is_named && wish.runtime != runtime {
        bail!("sandbox {id}: its runtime is {runtime}, and so is that of its containers");
    }
    wish.runtime = runtime;
    wish.sandbox = id.to_string();
    wish.options.joined = Some(status.pid);
    Ok(())
}
