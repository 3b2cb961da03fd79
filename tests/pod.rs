//! Sandboxes through the API: a pod whose shim holds it, and a container that joins it.

use ctrd::api::containers::{Container, CreateContainerRequest, DeleteContainerRequest, container};
use ctrd::api::events::SubscribeRequest;
use ctrd::api::sandbox::{
    ControllerCreateRequest, ControllerMetricsRequest, ControllerPlatformRequest, ControllerShutdownRequest,
    ControllerStartRequest, ControllerStatusRequest, ControllerStatusResponse, ControllerStopRequest,
    ControllerWaitRequest, StoreCreateRequest,
};
use ctrd::api::tasks::{
    CreateTaskRequest, DeleteTaskRequest, GetRequest, KillRequest, StartRequest, WaitRequest,
};
use ctrd::api::types::{Sandbox, sandbox};
use ctrd::client::{Client, channel};
use ctrd_shim::any;
use ctrd_shim::api::pod::PodSandboxConfig;
use prost_types::Any;

use crate::fixture::Bundle;
use crate::stack::Stack;
use crate::{bin, traces};

const ID: &str = "it-thepod";
const MEMBER: &str = "it-member";

fn shim() -> String {
    "shim".into()
}

async fn status(client: &Client) -> ControllerStatusResponse {
    status_of(client, ID).await
}

async fn status_of(client: &Client, id: &str) -> ControllerStatusResponse {
    let request = ControllerStatusRequest { sandbox_id: id.into(), verbose: true, sandboxer: shim() };
    client.sandbox_controller().status(request).await.unwrap().into_inner()
}

/// Makes a sandbox and starts it; the pid of what holds it.
async fn start(client: &Client, id: &str) -> u32 {
    let name = bin::path("ctrd-shim").display().to_string();
    let record = Sandbox {
        sandbox_id: id.into(),
        runtime: Some(sandbox::Runtime { name, options: None }),
        ..Sandbox::default()
    };
    client.sandboxes().create(StoreCreateRequest { sandbox: Some(record) }).await.unwrap();
    let create = ControllerCreateRequest {
        sandbox_id: id.into(),
        sandboxer: shim(),
        ..ControllerCreateRequest::default()
    };
    client.sandbox_controller().create(create).await.unwrap();
    let start = ControllerStartRequest { sandbox_id: id.into(), sandboxer: shim() };
    client.sandbox_controller().start(start).await.unwrap().into_inner().pid
}

/// Starts a container in the sandbox that sleeps.
async fn join(client: &Client, pod: &str, id: &str, bundle: &Bundle) {
    let mut spec: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bundle.path().join("config.json")).unwrap()).unwrap();
    spec["root"]["path"] = bundle.path().join("rootfs").display().to_string().into();
    let member = Container {
        id: id.into(),
        runtime: Some(container::Runtime {
            name: bin::path("ctrd-shim").display().to_string(),
            options: None,
        }),
        spec: Some(Any { type_url: "spec".into(), value: serde_json::to_vec(&spec).unwrap() }),
        sandbox: pod.into(),
        ..Container::default()
    };
    client.containers().create(CreateContainerRequest { container: Some(member) }).await.unwrap();
    let task = CreateTaskRequest { container_id: id.into(), ..Default::default() };
    client.tasks().create(task).await.unwrap();
    client.tasks().start(StartRequest { container_id: id.into(), exec_id: String::new() }).await.unwrap();
}

async fn kill(client: &Client, id: &str) {
    let kill = KillRequest { container_id: id.into(), signal: 9, ..KillRequest::default() };
    client.tasks().kill(kill).await.unwrap();
    let wait = WaitRequest { container_id: id.into(), exec_id: String::new() };
    assert_eq!(client.tasks().wait(wait).await.unwrap().into_inner().exit_status, 137);
}

async fn delete(client: &Client, id: &str) {
    client.tasks().delete(DeleteTaskRequest { container_id: id.into() }).await.unwrap();
    client.containers().delete(DeleteContainerRequest { id: id.into() }).await.unwrap();
}

/// Its shim ends when it is shut down, and not with its last container.
#[test]
fn an_empty_sandbox_is_there_until_it_is_shut_down() {
    const POD: &str = "it-empty";
    let stack = Stack::new();
    let _server = stack.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = stack.client().await;
        let holder = start(&client, POD).await;
        let bundle = Bundle::new(&["sleep", "3000"], |_| {});
        let members = ["it-in-empty-1", "it-in-empty-2"];
        for id in members {
            join(&client, POD, id, &bundle).await;
        }
        kill(&client, members[0]).await;
        delete(&client, members[0]).await;
        let get = GetRequest { container_id: members[1].into(), exec_id: String::new() };
        let other = client.tasks().get(get).await.unwrap().into_inner().process.unwrap();
        assert_eq!(other.status, ctrd::api::task::Status::Running as i32);
        kill(&client, members[1]).await;
        delete(&client, members[1]).await;
        let now = status_of(&client, POD).await;
        assert_eq!((now.state.as_str(), now.pid), ("SANDBOX_READY", holder));

        // Nor is one that has been stopped gone with it.
        join(&client, POD, members[0], &bundle).await;
        kill(&client, members[0]).await;
        let stop = ControllerStopRequest { sandbox_id: POD.into(), timeout_secs: 5, sandboxer: shim() };
        client.sandbox_controller().stop(stop).await.unwrap();
        delete(&client, members[0]).await;
        assert_eq!(status_of(&client, POD).await.state, "SANDBOX_NOTREADY");
        let shutdown = ControllerShutdownRequest { sandbox_id: POD.into(), sandboxer: shim() };
        client.sandbox_controller().shutdown(shutdown).await.unwrap();
        assert_eq!(status_of(&client, POD).await.state, "");
    });
    traces::none_of(&["it-empty", "it-in-empty"]);
}

#[test]
fn a_pod_and_a_container_in_it() {
    let stack = Stack::new();
    let mut server = Some(stack.serve());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connect = async || {
            let channel =
                channel::connect(&stack.address(), &stack.path("lib"), &stack.path("run")).await.unwrap();
            Client::new(channel, "default").unwrap()
        };
        let client = connect().await;
        let filters = vec!["topic~=|^/sandboxes/|".to_string()];
        let mut events = client.events().subscribe(SubscribeRequest { filters }).await.unwrap().into_inner();
        let name = bin::path("ctrd-shim").display().to_string();
        let record = Sandbox {
            sandbox_id: ID.into(),
            runtime: Some(sandbox::Runtime { name: name.clone(), options: None }),
            ..Sandbox::default()
        };
        client.sandboxes().create(StoreCreateRequest { sandbox: Some(record) }).await.unwrap();
        let pod = PodSandboxConfig { hostname: "pod-host".into(), ..Default::default() };
        let create = ControllerCreateRequest {
            sandbox_id: ID.into(),
            options: Some(any::pack(&pod)),
            sandboxer: shim(),
            ..Default::default()
        };
        let mut pods = client.sandbox_controller();
        for (sandboxer, text) in
            [("", "can not be empty"), ("nosuch", "failed to get sandbox controller by nosuch")]
        {
            let refused =
                pods.create(ControllerCreateRequest { sandboxer: sandboxer.into(), ..create.clone() }).await;
            assert!(refused.unwrap_err().message().contains(text), "{sandboxer}");
        }
        pods.create(create.clone()).await.unwrap();
        let twice = pods.create(create).await.unwrap_err();
        assert!(twice.message().contains("already running"), "{twice}");
        let start = ControllerStartRequest { sandbox_id: ID.into(), sandboxer: shim() };
        let started = pods.start(start).await.unwrap().into_inner();
        assert!(
            started.pid > 0 && started.version == 3 && started.address.starts_with("unix://"),
            "{started:?}"
        );
        assert_eq!(
            (status(&client).await.state.as_str(), status(&client).await.pid),
            ("SANDBOX_READY", started.pid)
        );
        let platform = ControllerPlatformRequest { sandbox_id: ID.into(), sandboxer: shim() };
        assert_eq!(pods.platform(platform).await.unwrap().into_inner().platform.unwrap().os, "linux");
        let metrics = ControllerMetricsRequest { sandbox_id: ID.into(), sandboxer: shim() };
        assert_eq!(pods.metrics(metrics).await.unwrap().into_inner().metrics.unwrap().id, ID);

        // A container of it runs in the pod's own shim.
        let bundle = Bundle::new(&["hostname"], |config| {
            let namespaces = config["linux"]["namespaces"].as_array_mut().unwrap();
            for namespace in namespaces.iter_mut().filter(|n| n["type"] == "uts") {
                namespace["path"] = format!("/proc/{}/ns/uts", started.pid).into();
            }
            config.as_object_mut().unwrap().remove("hostname");
            config["root"]["path"] = "rootfs".into();
        });
        let mut spec: serde_json::Value =
            serde_json::from_slice(&std::fs::read(bundle.path().join("config.json")).unwrap()).unwrap();
        spec["root"]["path"] = bundle.path().join("rootfs").display().to_string().into();
        let member = Container {
            id: MEMBER.into(),
            runtime: Some(container::Runtime { name, options: None }),
            spec: Some(Any { type_url: "spec".into(), value: serde_json::to_vec(&spec).unwrap() }),
            sandbox: ID.into(),
            ..Container::default()
        };
        client.containers().create(CreateContainerRequest { container: Some(member) }).await.unwrap();
        let out = stack.path("out");
        let task = CreateTaskRequest {
            container_id: MEMBER.into(),
            stdout: format!("file://{}", out.display()),
            ..Default::default()
        };
        let id = || MEMBER.to_string();
        client.tasks().create(task).await.unwrap();
        client.tasks().start(StartRequest { container_id: id(), exec_id: String::new() }).await.unwrap();
        let wait = WaitRequest { container_id: id(), exec_id: String::new() };
        assert_eq!(client.tasks().wait(wait).await.unwrap().into_inner().exit_status, 0);
        client.tasks().get(GetRequest { container_id: id(), exec_id: String::new() }).await.unwrap();
        let shims =
            traces::processes().filter(|(_, line)| line.contains("ctrd-shim") && line.contains(stack.word()));
        assert_eq!(shims.count(), 1);
        client.tasks().delete(DeleteTaskRequest { container_id: id() }).await.unwrap();
        client.containers().delete(DeleteContainerRequest { id: id() }).await.unwrap();
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "pod-host\n");

        // The pod outlives its server, and another finds it.
        drop(server.take());
        let again = stack.serve();
        let client = connect().await;
        assert_eq!(status(&client).await.pid, started.pid);
        let mut pods = client.sandbox_controller();
        let mut waiting = client.sandbox_controller();
        let wait = waiting.wait(ControllerWaitRequest { sandbox_id: ID.into(), sandboxer: shim() });
        let stop =
            pods.stop(ControllerStopRequest { sandbox_id: ID.into(), timeout_secs: 5, sandboxer: shim() });
        let (waited, stopped) = tokio::join!(wait, stop);
        waited.unwrap();
        stopped.unwrap();
        assert_eq!(status(&client).await.state, "SANDBOX_NOTREADY");
        let shutdown = || ControllerShutdownRequest { sandbox_id: ID.into(), sandboxer: shim() };
        client.sandbox_controller().shutdown(shutdown()).await.unwrap();
        let gone = client.sandbox_controller().shutdown(shutdown()).await.unwrap_err();
        assert!(gone.message().contains("not found"), "{gone}");
        assert_eq!(status(&client).await.state, "");
        let mut topics = Vec::new();
        while let Ok(Some(event)) = events.message().await {
            topics.push(event.topic);
        }
        assert_eq!(topics, ["/sandboxes/create", "/sandboxes/start"]);
        drop(again);
    });
    traces::none_of(&[ID, MEMBER]);
}
