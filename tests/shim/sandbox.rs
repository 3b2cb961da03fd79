//! The sandbox service: a pod without a container of its own, whose namespaces the shim holds.

use ctrd_shim::any;
use ctrd_shim::api::pod::PodSandboxConfig;
use ctrd_shim::api::rpc::Status;
use ctrd_shim::api::sandbox::{
    CreateSandboxRequest, PlatformResponse, SandboxMetricsResponse, SandboxRequest, SandboxStatusRequest,
    SandboxStatusResponse, StartSandboxResponse, StopSandboxRequest, WaitSandboxResponse,
};
use ctrd_shim::api::{cgroup1, cgroup2, task};
use ctrd_shim::bootstrap::Reply;
use ctrd_shim::client::Client;
use ctrd_shim::method::{SANDBOX, TASK_V3, code, topic};
use prost::Message;
use serde_json::json;

use super::driver::{command, events};
use super::server::Server;
use crate::fixture::Bundle;
use crate::{bin, caller, fixture, runtime, traces};

const ID: &str = "it-sandbox";

fn call<A: Message + Default>(address: &str, method: &str, request: &impl Message) -> Result<A, Status> {
    let mut client = Client::connect(address, "it").expect("connect to the shim");
    client.set_timeout(Some(std::time::Duration::from_secs(60))).expect("set a limit");
    let service = if method.contains("andbox") || method == "Platform" { SANDBOX } else { TASK_V3 };
    client.call(service, method, request).unwrap_or_else(|e| panic!("{method}: {e:#}"))
}

fn ok<A: Message + Default>(address: &str, method: &str, request: &impl Message) -> A {
    call(address, method, request).unwrap_or_else(|s| panic!("{method}: {} (code {})", s.message, s.code))
}

fn this() -> SandboxRequest {
    SandboxRequest { sandbox_id: ID.into() }
}

#[test]
fn a_pod_and_a_container_in_it() {
    let dir = caller::folder();
    let server = Server::listen(&events(dir.path()));
    // As containerd makes it: without a config.json.
    let bundle = fixture::temp();
    let printed = bin::run(command(bundle.path(), dir.path(), ID).arg("start")).ok();
    let address = &Reply::parse(printed.as_bytes()).expect("a reply").address;
    let refused = call::<()>(address, "PingSandbox", &this()).unwrap_err();
    assert_eq!(refused.code, code::NOT_FOUND);

    let pod = PodSandboxConfig { hostname: "pod-host".into(), ..Default::default() };
    let create = CreateSandboxRequest {
        sandbox_id: ID.into(),
        bundle_path: bundle.path().to_str().unwrap().into(),
        options: Some(any::pack(&pod)),
        ..Default::default()
    };
    ok::<()>(address, "CreateSandbox", &create);
    assert_eq!(call::<()>(address, "CreateSandbox", &create).unwrap_err().code, code::ALREADY_EXISTS);
    let status = || -> SandboxStatusResponse {
        ok(address, "SandboxStatus", &SandboxStatusRequest { sandbox_id: ID.into(), verbose: true })
    };
    assert_eq!(status().state, "SANDBOX_NOTREADY");
    let started: StartSandboxResponse = ok(address, "StartSandbox", &this());
    assert!(started.created_at.is_some());
    let ready = status();
    assert_eq!((ready.state.as_str(), ready.pid), ("SANDBOX_READY", started.pid));
    assert_eq!((ready.created_at, ready.exited_at), (started.created_at, None));
    ok::<()>(address, "PingSandbox", &this());
    let platform: PlatformResponse = ok(address, "Platform", &this());
    assert_eq!(platform.platform.unwrap().os, "linux");
    let metrics: SandboxMetricsResponse = ok(address, "SandboxMetrics", &this());
    let data = metrics.metrics.unwrap().data.unwrap();
    let pids = match any::unpack::<cgroup1::Metrics>(&data) {
        Some(v1) => v1.unwrap().pids.unwrap().current,
        None => any::unpack::<cgroup2::Metrics>(&data).unwrap().unwrap().pids.unwrap().current,
    };
    assert_eq!(pids, 1, "the holder is one process with one thread");

    // A container that shares its namespaces.
    let member = Bundle::new(
        &["sh", "-c", "[ $(hostname) = pod-host ] && grep -q pause /proc/1/cmdline && exit 9"],
        |c| {
            let of = |kind: &str| format!("/proc/{}/ns/{kind}", started.pid);
            c["linux"]["namespaces"] = json!([{"type": "mount"}, {"type": "uts", "path": of("uts")},
            {"type": "ipc", "path": of("ipc")}, {"type": "pid", "path": of("pid")},
            {"type": "network", "path": of("net")}]);
            c.as_object_mut().unwrap().remove("hostname");
            c["linux"]["cgroupsPath"] = json!("/it-sandbox-member");
        },
    );
    let id = "it-sandbox-member".to_string();
    let create = task::CreateTaskRequest {
        id: id.clone(),
        bundle: member.path().to_str().unwrap().into(),
        ..Default::default()
    };
    ok::<task::CreateTaskResponse>(address, "Create", &create);
    let busy = call::<()>(address, "ShutdownSandbox", &this()).unwrap_err();
    assert_eq!(busy.code, code::FAILED_PRECONDITION);
    let init = task::StartRequest { id: id.clone(), exec_id: String::new() };
    ok::<task::StartResponse>(address, "Start", &init);
    let wait = task::WaitRequest { id: id.clone(), exec_id: String::new() };
    assert_eq!(ok::<task::WaitResponse>(address, "Wait", &wait).exit_status, 9);
    ok::<task::DeleteResponse>(address, "Delete", &task::DeleteRequest { id, exec_id: String::new() });
    // The pod's own holder is nobody's task.
    for topic in [topic::CREATE, topic::START, topic::EXIT, topic::DELETE] {
        assert_eq!(server.next().topic, topic);
    }

    std::thread::scope(|scope| {
        let wait = scope.spawn(|| ok::<WaitSandboxResponse>(address, "WaitSandbox", &this()));
        ok::<()>(address, "StopSandbox", &StopSandboxRequest { sandbox_id: ID.into(), timeout_secs: 30 });
        assert_eq!(wait.join().unwrap().exit_status, 0, "it has ended when it was asked to");
    });
    let stopped = status();
    assert_eq!((stopped.state.as_str(), stopped.pid), ("SANDBOX_NOTREADY", started.pid));
    assert!(stopped.exited_at.is_some());
    assert_eq!(ok::<WaitSandboxResponse>(address, "WaitSandbox", &this()).exited_at, stopped.exited_at);
    ok::<()>(address, "StopSandbox", &StopSandboxRequest { sandbox_id: ID.into(), timeout_secs: 0 });
    let known: task::ConnectResponse = ok(address, "Connect", &task::ConnectRequest::default());
    ok::<()>(address, "ShutdownSandbox", &this());
    runtime::wait_exit(known.shim_pid.into());
    assert!(server.all().is_empty());
    traces::none_of(&[ID]);
}

/// Shut down while it runs: it is stopped first.
#[test]
fn a_shutdown_ends_what_runs() {
    let id = "it-shutsand";
    let this = SandboxRequest { sandbox_id: id.into() };
    let dir = caller::folder();
    let bundle = fixture::temp();
    let printed = bin::run(command(bundle.path(), dir.path(), id).arg("start")).ok();
    let address = &Reply::parse(printed.as_bytes()).expect("a reply").address;
    let create = CreateSandboxRequest {
        sandbox_id: id.into(),
        bundle_path: bundle.path().to_str().unwrap().into(),
        ..Default::default()
    };
    ok::<()>(address, "CreateSandbox", &create);
    let started: StartSandboxResponse = ok(address, "StartSandbox", &this);
    let known: task::ConnectResponse = ok(address, "Connect", &task::ConnectRequest::default());
    ok::<()>(address, "ShutdownSandbox", &this);
    runtime::wait_exit(started.pid.into());
    runtime::wait_exit(known.shim_pid.into());
    traces::none_of(&[id]);
}
