//! Containers of one pod share a shim: found by annotation, alive until the last of them is gone.

use ctrd_shim::api::task;
use ctrd_shim::bootstrap::Reply;
use ctrd_shim::client::Client;
use ctrd_shim::method::TASK_V3;
use serde_json::json;

use super::driver::{Driven, command};
use crate::fixture::Bundle;
use crate::{bin, runtime, traces};

fn member(id: &str, key: &str) -> Bundle {
    Bundle::new(&["sleep", "3000"], |config| {
        config["annotations"] = json!({key: "it-cripod"});
        config["linux"]["cgroupsPath"] = json!(format!("/{id}"));
    })
}

#[test]
fn a_pod_has_one_shim() {
    let pod = Driven::with("it-cripod", &["sleep", "3000"], |_| {});
    pod.create();
    pod.start("");
    for (id, key) in
        [("it-cripod-a", "io.kubernetes.cri.sandbox-id"), ("it-cripod-b", "io.containerd.runc.v2.group")]
    {
        let bundle = member(id, key);
        let printed = bin::run(command(bundle.path(), pod.dir.path(), id).arg("start")).ok();
        assert_eq!(Reply::parse(printed.as_bytes()).unwrap().address, pod.address, "{key}");
        let address = std::fs::read_to_string(bundle.path().join("address")).unwrap();
        assert_eq!(address, pod.address);
        let mut client = Client::connect(&address, "it").unwrap();
        let create = task::CreateTaskRequest {
            id: id.into(),
            bundle: bundle.path().to_str().unwrap().into(),
            ..Default::default()
        };
        client.call::<task::CreateTaskResponse>(TASK_V3, "Create", &create).unwrap().unwrap();
        let request = task::StartRequest { id: id.into(), exec_id: String::new() };
        let pid = client.call::<task::StartResponse>(TASK_V3, "Start", &request).unwrap().unwrap().pid;
        // The first container's end is not the shim's, nor the others'.
        let request = task::ShutdownRequest { id: id.into(), now: true };
        client.call::<()>(TASK_V3, "Shutdown", &request).unwrap().unwrap();
        let request = task::KillRequest { id: id.into(), signal: 9, ..Default::default() };
        client.call::<()>(TASK_V3, "Kill", &request).unwrap().unwrap();
        let wait = task::WaitRequest { id: id.into(), exec_id: String::new() };
        let ended = client.call::<task::WaitResponse>(TASK_V3, "Wait", &wait).unwrap().unwrap();
        assert_eq!(ended.exit_status, 137);
        let delete = task::DeleteRequest { id: id.into(), exec_id: String::new() };
        let gone = client.call::<task::DeleteResponse>(TASK_V3, "Delete", &delete).unwrap().unwrap();
        assert_eq!(gone.pid, pid);
        // As containerd does after each delete: it must not touch the pod's shim.
        let mut delete = command(bundle.path(), pod.dir.path(), id);
        assert!(delete.arg("delete").output().unwrap().status.success());
        let wait = task::StateRequest { id: "it-cripod".into(), exec_id: String::new() };
        let state: task::StateResponse = pod.ok("State", &wait);
        assert_eq!(state.status, ctrd_shim::api::process::Status::Running as i32);
    }
    drop(pod);
    traces::none_of(&["it-cripod"]);
}

/// While the last events are still on their way a new container of the same name begins.
#[test]
fn a_shim_that_is_leaving_is_not_found() {
    let shim = Driven::new("it-next", &["true"]);
    // Nobody takes the event, so the shim stays a while.
    let server = shim.server();
    let address = shim.address.clone();
    shim.create();
    shim.delete("");
    server.plan(&[super::server::Answer::Refuse; 4]);
    shim.create();
    shim.delete("");
    shim.ok::<()>("Shutdown", &task::ShutdownRequest { id: shim.id.clone(), now: false });
    assert!(Client::connect(&address, "it").is_err(), "nobody listens any more");
    let printed = bin::run(command(shim.bundle.path(), shim.dir.path(), "it-next").arg("start")).ok();
    let reply = Reply::parse(printed.as_bytes()).unwrap();
    let known: task::ConnectResponse = {
        let mut client = Client::connect(&reply.address, "it").unwrap();
        client.call(TASK_V3, "Connect", &task::ConnectRequest::default()).unwrap().unwrap()
    };
    assert_ne!(known.shim_pid, shim.pid, "a new one");
    runtime::wait_exit(shim.pid.into());
    assert!(Client::connect(&reply.address, "it").is_ok(), "the old one took its own socket only");
}

#[test]
fn of_many_starts_at_once_one_shim_comes() {
    let bundle = member("it-race", "io.containerd.runc.v2.group");
    let dir = crate::caller::folder();
    let addresses: Vec<_> = std::thread::scope(|scope| {
        let start = || bin::run(command(bundle.path(), dir.path(), "it-race").arg("start")).ok();
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        starts.into_iter().map(|s| Reply::parse(s.join().unwrap().as_bytes()).unwrap().address).collect()
    });
    assert!(addresses.windows(2).all(|pair| pair[0] == pair[1]));
    let shims: Vec<_> = traces::processes()
        .filter(|(_, line)| line.contains("ctrd-shim") && line.contains("it-race"))
        .collect();
    let [(pid, _)] = &shims[..] else { panic!("one shim: {shims:?}") };
    let mut client = Client::connect(&addresses[0], "it").unwrap();
    client.call::<()>(TASK_V3, "Shutdown", &task::ShutdownRequest::default()).unwrap().unwrap();
    runtime::wait_exit((*pid).into());
}
