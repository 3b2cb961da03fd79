//! Create: the bundle's files, the root filesystem, the streams, then the runtime's create.

use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;
use ctrd_shim::any;
use ctrd_shim::api::events::{TaskCreate, TaskIo};
use ctrd_shim::api::runc::Options;
use ctrd_shim::api::task::{CreateTaskRequest, CreateTaskResponse};
use ctrd_shim::method::{code, topic};

use crate::bundle::{self, Config};
use crate::cgroup::{Cgroups, Mounted};
use crate::container::{Container, INIT, Refusal};
use crate::deadline;
use crate::host::valid_id;
use crate::mount;
use crate::oom;
use crate::publish::publish_of;
use crate::rpc::{self, Answer, Caller};
use crate::runtime::{self, Runtime};
use crate::sandbox;
use crate::serve::Shim;
use crate::stdio::Paths;
use crate::task::launch::{Launch, Launched, launch};
use crate::task::{Io, Task, events};

/// How long the runtime may take to clean up after itself.
const CLEAN_UP: Duration = Duration::from_secs(30);

/// All that is known before the runtime runs.
struct Plan {
    request: CreateTaskRequest,
    options: Options,
    runtime: Runtime,
    bundle: std::path::PathBuf,
    own_pid_namespace: bool,
}

pub fn create(shim: &mut Shim, caller: Caller, request: CreateTaskRequest) -> Answer<()> {
    if !valid_id(&request.id) {
        return Err(Refusal::new(code::INVALID_ARGUMENT, format!("id {:?}: not a name", request.id)));
    }
    if shim.tasks.contains_key(&request.id) || shim.creating.contains_key(&request.id) {
        return Err(Refusal::new(code::ALREADY_EXISTS, format!("id {}: already exists", request.id)));
    }
    let id = request.id.clone();
    shim.creating.insert(id.clone(), caller);
    deadline::for_caller_alone(shim, caller);
    let plan = match prepare(shim, request) {
        Ok(plan) => plan,
        Err(refusal) => {
            shim.creating.remove(&id);
            return Err(refusal);
        }
    };
    if !plan.request.checkpoint.is_empty() {
        // Nothing runs yet: Start will restore it.
        finish(shim, caller, plan, Launched { pid: 0, io: Io::default(), exit: None }, None);
        return Ok(());
    }
    let work = create_work(caller, &plan);
    let mounted = Rc::new(OnceCell::new());
    let looked = mounted.clone();
    let then = move |shim: &mut Shim, launched: Result<Launched, Refusal>| match launched {
        Ok(launched) => {
            let cgroups = looked.get_or_init(Mounted::look).of(launched.pid);
            finish(shim, caller, plan, launched, cgroups);
        }
        Err(refusal) => give_up(shim, caller, plan, refusal),
    };
    launch(shim, work, Box::new(then));
    // The runtime works meanwhile.
    mounted.get_or_init(Mounted::look);
    Ok(())
}

fn prepare(shim: &mut Shim, request: CreateTaskRequest) -> Result<Plan, Refusal> {
    let bundle = bundle::absolute(&request.bundle)?;
    let options = match &request.options {
        None => Options::default(),
        Some(any) => match any::unpack::<Options>(any) {
            Some(Ok(options)) => options,
            Some(Err(e)) => {
                return Err(Refusal::new(code::INVALID_ARGUMENT, format!("decode options: {e}")));
            }
            // Options of another kind of runtime say nothing to ours.
            None => Options::default(),
        },
    };
    let config = Config::read(&bundle)?;
    // What an earlier container has left in this bundle says nothing about this one.
    for stale in ["init.pid", "exit.json"] {
        bundle::remove(&bundle.join(stale)).with_context(|| format!("remove {stale}"))?;
    }
    bundle::write_options(&bundle, &options)?;
    if !request.rootfs.is_empty() {
        mount::mount_all(&request.rootfs, &bundle.join("rootfs"))?;
    }
    let runtime = Runtime::new(&shim.args, &bundle, &options);
    let own_pid_namespace = config.own_pid_namespace();
    Ok(Plan { request, options, runtime, bundle, own_pid_namespace })
}

fn create_work(caller: Caller, plan: &Plan) -> Launch {
    let pid_file = plan.bundle.join("init.pid");
    let mut before = vec!["--bundle".into(), text(&plan.bundle), "--pid-file".into(), text(&pid_file)];
    let switches =
        [(plan.options.no_pivot_root, "--no-pivot"), (plan.options.no_new_keyring, "--no-new-keyring")];
    before.extend(switches.iter().filter(|(on, _)| *on).map(|(_, switch)| (*switch).into()));
    Launch {
        caller,
        id: plan.request.id.clone(),
        exec: INIT.into(),
        bundle: plan.bundle.clone(),
        paths: paths(&plan.request),
        owner: (plan.options.io_uid, plan.options.io_gid),
        runtime: plan.runtime.clone(),
        pid_file,
        verb: "create",
        before,
        after: vec![plan.request.id.clone()],
        failing: "OCI runtime create failed",
    }
}

fn paths(request: &CreateTaskRequest) -> Paths {
    Paths {
        stdin: request.stdin.clone(),
        stdout: request.stdout.clone(),
        stderr: request.stderr.clone(),
        terminal: request.terminal,
    }
}

pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Takes away what there may be by now. Until that is done the name is not free.
fn give_up(shim: &mut Shim, caller: Caller, plan: Plan, refusal: Refusal) {
    // What failed may have failed after the runtime was done, or have killed it on its way.
    if !plan.bundle.join("init.pid").exists() && !plan.runtime.knows(&plan.request.id) {
        return given_up(shim, caller, &plan, refusal);
    }
    let runtime = plan.runtime.clone();
    let mut command = runtime.command("delete");
    command.arg("--force").arg(&plan.request.id);
    let end = Rc::new(std::cell::Cell::new(Some((plan, refusal))));
    let later = end.clone();
    let then = move |shim: &mut Shim, outcome: runtime::Outcome| {
        let Some((plan, refusal)) = later.take() else { return };
        if !outcome.is_ok() {
            shim.log.warn(format_args!("delete {}: {}", plan.request.id, outcome.reason()));
        }
        given_up(shim, caller, &plan, refusal);
    };
    let bounds = runtime::Bounds { caller: None, limit: Some(CLEAN_UP) };
    if runtime::ask(shim, &runtime, command, bounds, then).is_err()
        && let Some((plan, refusal)) = end.take()
    {
        given_up(shim, caller, &plan, refusal);
    }
}

fn given_up(shim: &mut Shim, caller: Caller, plan: &Plan, refusal: Refusal) {
    shim.creating.remove(&plan.request.id);
    sandbox::create_failed(shim, &plan.request.id);
    if !plan.request.rootfs.is_empty()
        && let Err(e) = mount::unmount(&plan.bundle.join("rootfs"))
    {
        shim.log.warn(format_args!("{e:#}"));
    }
    rpc::refuse(shim, caller, refusal);
}

fn finish(shim: &mut Shim, caller: Caller, plan: Plan, launched: Launched, cgroups: Option<Cgroups>) {
    let Launched { pid, mut io, exit } = launched;
    let Plan { request, options, runtime, bundle, own_pid_namespace } = plan;
    shim.creating.remove(&request.id);
    io.paths = paths(&request);
    let id = request.id.clone();
    let oom = cgroups.as_ref().and_then(|groups| oom::Watch::new(shim, &id, groups));
    let task = Task {
        container: Container::new(&id, pid, own_pid_namespace),
        bundle,
        options,
        runtime,
        io: [(INIT.to_owned(), io)].into(),
        specs: Default::default(),
        waiters: Vec::new(),
        checkpoint: request.checkpoint.clone(),
        cgroups,
        oom,
        mounted: !request.rootfs.is_empty(),
    };
    shim.tasks.insert(id.clone(), task);
    let event = TaskCreate {
        container_id: id.clone(),
        bundle: request.bundle,
        rootfs: request.rootfs,
        io: Some(TaskIo {
            stdin: request.stdin,
            stdout: request.stdout,
            stderr: request.stderr,
            terminal: request.terminal,
        }),
        checkpoint: request.checkpoint,
        pid,
    };
    publish_of(shim, &id, topic::CREATE, &event);
    rpc::reply(shim, caller, &CreateTaskResponse { pid });
    if let Some(exit) = exit {
        events::happened(shim, &id, INIT, exit);
    }
}
