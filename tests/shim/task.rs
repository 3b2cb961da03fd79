//! The task service, method by method: what each answers, in which state, and with which code it
//! refuses.

use std::process::Command;

use ctrd_shim::any::{self, OCI_PROCESS, OCI_RESOURCES};
use ctrd_shim::api::process::Status;
use ctrd_shim::api::{runc, task, types};
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK, TASK_V2, TASK_V3, code};
use prost_types::Any;
use serde_json::json;

use super::driver::{Driven, over_each};
use crate::{bin, runtime, traces};

fn id(shim: &Driven) -> String {
    shim.id.clone()
}

#[test]
fn the_life_of_a_task() {
    over_each(|stack| {
        let shim = stack.shim("it-shimlife", &["sleep", "3000"]);
        let pid = shim.create();
        assert_eq!(shim.create_state(), (pid, Status::Created as i32));
        let connect: task::ConnectResponse = shim.ok("Connect", &task::ConnectRequest { id: id(&shim) });
        assert_eq!((connect.shim_pid, connect.task_pid), (shim.pid, pid));
        assert_eq!(shim.start(""), pid);
        assert_eq!(shim.create_state(), (pid, Status::Running as i32));
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let parent = stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap();
        assert_eq!(parent, shim.pid.to_string(), "the shim is its parent");

        shim.exec("e", &["sleep", "3001"]);
        let added = shim.state("e");
        assert_eq!((added.pid, added.status, added.id.as_str()), (0, Status::Created as i32, "e"));
        let exec = shim.start("e");
        assert_eq!(shim.state("e").pid, exec);
        let pids: task::PidsResponse = shim.ok("Pids", &task::PidsRequest { id: id(&shim) });
        let mut listed: Vec<_> = pids
            .processes
            .iter()
            .map(|p| {
                let details =
                    p.info.as_ref().map(|i| any::unpack::<runc::ProcessDetails>(i).unwrap().unwrap());
                (p.pid, details.unwrap_or_default().exec_id)
            })
            .collect();
        listed.sort();
        assert_eq!(listed, [(pid, String::new()), (exec, "e".into())]);

        shim.ok::<()>("Pause", &task::PauseRequest { id: id(&shim) });
        assert_eq!(shim.create_state().1, Status::Paused as i32);
        assert_eq!(shim.state("e").status, Status::Paused as i32);
        shim.ok::<()>("Resume", &task::ResumeRequest { id: id(&shim) });
        assert_eq!(shim.create_state().1, Status::Running as i32);

        shim.kill("e", 15);
        assert_eq!(shim.wait("e"), 143);
        assert_eq!(shim.state("e").status, Status::Stopped as i32);
        let gone = shim.delete("e");
        assert_eq!((gone.pid, gone.exit_status), (exec, 143));
        assert_eq!(shim.refused("State", &task::StateRequest { id: id(&shim), exec_id: "e".into() }).0, 5);

        shim.kill("", 9);
        assert_eq!((shim.wait(""), shim.wait("")), (137, 137), "it can be asked again");
        let state = shim.state("");
        assert_eq!((state.status, state.exit_status), (Status::Stopped as i32, 137));
        let last: task::PidsResponse = shim.ok("Pids", &task::PidsRequest { id: id(&shim) });
        // Without the dead a server that comes back would remove the shim with its exit.
        assert!(stack.is_peer() || last.processes.iter().map(|p| p.pid).eq([pid]));
        assert!(state.exited_at.is_some());
        let gone = shim.delete("");
        assert_eq!((gone.pid, gone.exit_status, gone.exited_at), (pid, 137, state.exited_at));
        assert_eq!(
            shim.refused("Delete", &shim.delete_request("")),
            (5, "container not created: not found".into())
        );
        shim.shutdown();
        let clean = shim.clean_up();
        assert_eq!((clean.pid, clean.exit_status), (pid, 137), "and the command says the same");
        drop(shim);
        traces::none_of(&["it-shimlife"]);
    });
}

impl Driven {
    fn create_state(&self) -> (u32, i32) {
        let state = self.state("");
        assert_eq!(
            (state.id.as_str(), state.bundle.as_str()),
            (&*self.id, self.bundle.path().to_str().unwrap())
        );
        (state.pid, state.status)
    }
}

#[test]
fn both_versions_are_the_same_service() {
    let shim = Driven::new("it-both", &["sleep", "3000"]);
    let pid = shim.create();
    for service in [TASK_V2, TASK_V3] {
        let request = task::StateRequest { id: id(&shim), exec_id: String::new() };
        let state: task::StateResponse = shim.client().call(service, "State", &request).unwrap().unwrap();
        assert_eq!(state.pid, pid);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let shim = Driven::new("it-none", &["true"]);
    // Every request has the id as its first field, so one will do for all.
    let request = task::StateRequest { id: "it-none".into(), exec_id: String::new() };
    for method in TASK.iter().filter(|m| !matches!(**m, "Create" | "Connect" | "Shutdown")) {
        assert_eq!(
            shim.refused(method, &request),
            (5, "container not created: not found".into()),
            "{method}"
        );
    }
    let connect: task::ConnectResponse = shim.ok("Connect", &task::ConnectRequest { id: "it-none".into() });
    assert_eq!((connect.shim_pid, connect.task_pid), (shim.pid, 0));

    let (code, _) = shim.refused("Explode", &request);
    assert_eq!(code, code::UNIMPLEMENTED);
    let answer: Result<(), _> = shim.client().call("containerd.task.v9.Task", "State", &request).unwrap();
    assert_eq!(answer.unwrap_err().code, code::UNIMPLEMENTED);
    assert_eq!(shim.refused("Kill", &task::KillRequest::default()).0, code::NOT_FOUND);
    // The third field is a number in one of the two, and a message in the other.
    let (code, words) = shim.refused("Create", &task::KillRequest { signal: 9, ..Default::default() });
    assert_eq!((code, words.starts_with("decode request")), (code::INVALID_ARGUMENT, true), "{words}");
}

#[test]
fn what_a_state_does_not_allow_is_refused() {
    over_each(|stack| {
        // Since 1.7 it miscounts starts that failed, and panics when the container ends.
        if stack.is_peer() && !stack.is_peer_of("1.6.") {
            return;
        }
        let shim = stack.shim("it-state", &["sleep", "3000"]);
        let refused =
            |method: &str, request: &dyn Fn() -> task::StateRequest| shim.refused(method, &request());
        let init = || task::StateRequest { id: "it-state".into(), exec_id: String::new() };
        let exec = || task::StateRequest { id: "it-state".into(), exec_id: "e".into() };
        let unknown = |words: &str| (code::UNKNOWN, words.to_string());

        shim.create();
        // containerd's shim has the runtime refuse it, after it has mounted over the first one's root.
        let again = if stack.is_peer() { code::UNKNOWN } else { code::ALREADY_EXISTS };
        assert_eq!(shim.refused("Create", &shim.request()).0, again);
        assert_eq!(refused("Pause", &init), unknown("cannot pause task in created state"));
        shim.start("");
        assert_eq!(refused("Start", &init), unknown("cannot start a running process"));
        assert_eq!(refused("Delete", &init), unknown("cannot delete a running process"));
        assert_eq!(refused("Resume", &init), unknown("cannot resume a running process"));
        assert_eq!(refused("State", &exec).0, code::NOT_FOUND);
        assert_eq!(refused("Wait", &exec).0, code::NOT_FOUND);
        assert_eq!(refused("Start", &exec).0, code::NOT_FOUND);

        shim.exec("e", &["sleep", "3001"]);
        let again = shim.exec_request("e", &["true"]);
        assert_eq!(shim.refused("Exec", &again).0, code::ALREADY_EXISTS);
        let unstarted = shim.kill_request("e", 9);
        assert_eq!(
            shim.refused("Kill", &unstarted),
            (code::FAILED_PRECONDITION, "process not created: failed precondition".into())
        );
        let never = shim.delete("e");
        let at = never.exited_at.expect("Go's zero time");
        assert_eq!((never.pid, never.exit_status, at.seconds), (0, 0, -62_135_596_800));
        shim.exec("e", &["sleep", "3001"]);
        shim.start("e");
        assert_eq!(refused("Start", &exec), unknown("cannot start a running process"));
        assert_eq!(refused("Delete", &exec), unknown("cannot delete a running process"));
        // containerd's shim takes any name, and any JSON as late as it can.
        if !stack.is_peer() {
            let mut wrong = shim.exec_request("../x", &["true"]);
            assert_eq!(shim.refused("Exec", &wrong).0, code::INVALID_ARGUMENT);
            wrong.exec_id = "f".into();
            wrong.spec = Some(Any { type_url: OCI_PROCESS.into(), value: b"no JSON".into() });
            assert_eq!(shim.refused("Exec", &wrong).0, code::INVALID_ARGUMENT);
        }

        shim.ok::<()>("Pause", &init());
        assert_eq!(refused("Pause", &init).0, code::UNKNOWN);
        let late = shim.exec_request("late", &["true"]);
        assert_eq!(shim.refused("Exec", &late), unknown("cannot exec in a paused state"));
        assert_eq!(refused("Delete", &init), unknown("cannot delete a paused process"));
        shim.ok::<()>("Resume", &init());

        // Before 1.7 it was left to the runtime to refuse a start after the end.
        if stack.is_peer() {
            return;
        }
        shim.exec("late", &["true"]);
        shim.kill("", 9);
        assert_eq!((shim.wait("e"), shim.wait("")), (137, 137));
        let dead = shim.refused("Start", &shim.start_request("late"));
        let gone = "container it-state init process is not running: failed precondition";
        assert_eq!(dead, (code::FAILED_PRECONDITION, gone.into()));
        let after = shim.exec_request("after", &["true"]);
        assert_eq!(shim.refused("Exec", &after), unknown("cannot exec in a stopped state"));
        assert_eq!(refused("Start", &init), unknown("cannot start a stopped process"));
        assert_eq!(refused("Pause", &init), unknown("cannot pause a stopped container"));
        for exec in ["", "e"] {
            let kill = shim.kill_request(exec, 15);
            assert_eq!(
                shim.refused("Kill", &kill),
                (code::NOT_FOUND, "process already finished: not found".into())
            );
        }
        let size = task::ResizePtyRequest { id: "it-state".into(), exec_id: "e".into(), width: 1, height: 1 };
        assert_eq!(shim.refused("ResizePty", &size).0, code::UNKNOWN);
        shim.delete("e");
        shim.delete("");
        drop(shim);
        traces::none_of(&["it-state"]);
    });
}

#[test]
fn methods_that_have_nothing_to_do_succeed() {
    let shim = Driven::new("it-idle", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    shim.ok::<()>(
        "ResizePty",
        &task::ResizePtyRequest { id: id(&shim), width: 80, height: 24, ..Default::default() },
    );
    shim.ok::<()>("CloseIO", &task::CloseIoRequest { id: id(&shim), stdin: true, ..Default::default() });
    // Shutdown does nothing while there is a container.
    shim.ok::<()>("Shutdown", &task::ShutdownRequest { id: id(&shim), now: true });
    assert_eq!(shim.create_state().1, Status::Running as i32);
}

#[test]
fn a_create_that_fails_leaves_nothing_and_may_be_tried_again() {
    over_each(|stack| {
        let mut shim = stack.shim("it-retried", &["nosuch"]);
        let (code, words) = shim.refused("Create", &shim.request());
        assert_eq!(code, code::UNKNOWN);
        let want = "OCI runtime create failed: ";
        assert!(words.starts_with(want) && words.contains("executable file not found in $PATH"), "{words}");
        assert_eq!(shim.refused("State", &task::StateRequest { id: id(&shim), exec_id: String::new() }).0, 5);
        shim.bundle.edit(|c| c["process"]["args"] = json!(["sh", "-c", "exit 3"]));
        shim.create();
        shim.start("");
        assert_eq!(shim.wait(""), 3);
        shim.delete("");
        shim.options.binary_name = "/nonexistent/runtime".into();
        let (_, words) = shim.refused("Create", &shim.request());
        // containerd's shim tells the runtime's last error in its log, of whatever call it was.
        if stack.is_peer() {
            return;
        }
        assert!(words.contains("exec /nonexistent/runtime: no such file or directory"), "{words}");
        shim.options.binary_name = "no-runc".into();
        let (_, words) = shim.refused("Create", &shim.request());
        assert!(words.ends_with(r#"exec: "no-runc": executable file not found in $PATH"#), "{words}");
        let mut wrong = shim.request();
        wrong.id = "a/b".into();
        assert_eq!(shim.refused("Create", &wrong).0, code::INVALID_ARGUMENT);
        drop(shim);
        traces::none_of(&["it-retried"]);
    });
}

#[test]
fn an_exec_that_cannot_run_is_told_and_is_over() {
    over_each(|stack| {
        let shim = stack.shim("it-noexec", &["sleep", "3000"]);
        shim.create();
        shim.start("");
        shim.exec("e", &["nosuch"]);
        let (code, words) = shim.refused("Start", &shim.start_request("e"));
        assert!(code == code::UNKNOWN && words.starts_with("OCI runtime exec failed: "), "{words}");
        assert!(words.contains("executable file not found in $PATH"), "{words}");
        let wait = task::WaitRequest { id: id(&shim), exec_id: "e".into() };
        shim.ok::<task::WaitResponse>("Wait", &wait);
        assert_eq!(shim.state("e").status, Status::Created as i32);
        shim.delete("e");
        shim.exec("e", &["true"]);
        shim.start("e");
        assert_eq!(shim.wait("e"), 0);
    });
}

/// Its pid file must not be the container's.
#[test]
fn an_exec_may_be_named_init() {
    let shim = Driven::new("it-named", &["sleep", "3000"]);
    let pid = shim.create();
    shim.start("");
    shim.exec("init", &["true"]);
    shim.start("init");
    assert_eq!(shim.wait("init"), 0);
    shim.delete("init");
    let file = std::fs::read_to_string(shim.bundle.path().join("init.pid")).unwrap();
    assert_eq!(file.trim(), pid.to_string());
}

#[test]
fn the_root_filesystem_is_mounted_and_unmounted() {
    let shim = Driven::with("it-rootfs", &["sh", "-c", "cat /lower /upper && touch /made"], |config| {
        config["root"]["readonly"] = false.into();
    });
    let bundle = shim.bundle.path().to_path_buf();
    std::fs::rename(bundle.join("rootfs"), bundle.join("lower")).unwrap();
    std::fs::write(bundle.join("lower/lower"), "").unwrap();
    for dir in ["upper", "work"] {
        std::fs::create_dir(bundle.join(dir)).unwrap();
    }
    std::fs::write(bundle.join("upper/upper"), "").unwrap();
    let at = |name: &str| bundle.join(name).display().to_string();
    let layer = |name: &str| types::Mount {
        r#type: "overlay".into(),
        source: "overlay".into(),
        target: String::new(),
        options: [
            format!("lowerdir={}", at(name)),
            format!("upperdir={}", at("upper")),
            format!("workdir={}", at("work")),
        ]
        .into(),
    };
    let mut request = shim.request();
    request.rootfs = vec![layer("nowhere")];
    let (_, words) = shim.refused("Create", &request);
    assert!(words.contains("No such file or directory"), "{words}");
    traces::none_of(&[&at("rootfs")]);

    request.rootfs = vec![layer("lower")];
    shim.ok::<task::CreateTaskResponse>("Create", &request);
    let mounts = || std::fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(mounts().contains(&at("rootfs")));
    shim.start("");
    assert_eq!(shim.wait(""), 0);
    shim.delete("");
    assert!(!mounts().contains(&at("rootfs")));
    assert!(bundle.join("upper/made").exists());
}

#[test]
fn limits_can_be_changed() {
    over_each(|stack| {
        let shim = stack.shim("it-update", &["sleep", "3000"]);
        shim.create();
        shim.start("");
        let update = |json: &str| task::UpdateTaskRequest {
            id: "it-update".into(),
            resources: Some(Any { type_url: OCI_RESOURCES.into(), value: json.into() }),
            ..Default::default()
        };
        shim.ok::<()>("Update", &update(r#"{"pids":{"limit":77}}"#));
        let limit = ["/sys/fs/cgroup/pids/it-update/pids.max", "/sys/fs/cgroup/it-update/pids.max"];
        let limit = limit.iter().find_map(|f| std::fs::read_to_string(f).ok()).expect("a limit");
        assert_eq!(limit, "77\n");
        let (code, words) = shim.refused("Update", &update("no JSON"));
        // containerd's shim parses it itself.
        let said = stack.is_peer() || words.starts_with("OCI runtime update failed: ");
        assert!(code == code::UNKNOWN && said, "{words}");
    });
}

/// A shim that was killed: `delete` finishes the container off, and says how it ended.
#[test]
fn what_a_killed_shim_leaves_is_cleaned_up() {
    over_each(|stack| {
        for ended in [false, true] {
            let args: &[&str] = if ended { &["sh", "-c", "exit 7"] } else { &["sleep", "3000"] };
            let shim = stack.shim("it-orphan", args);
            let pid = shim.create();
            shim.start("");
            if ended {
                assert_eq!(shim.wait(""), 7);
            }
            bin::run(Command::new("kill").args(["-9", &shim.pid.to_string()])).ok();
            runtime::wait_exit(shim.pid.into());
            let end = shim.clean_up();
            // containerd's shim keeps no record of an exit.
            let status = if ended && !stack.is_peer() { 7 } else { 137 };
            assert_eq!((end.pid, end.exit_status), (pid, status));
            assert_eq!(shim.clean_up().exit_status, end.exit_status, "twice does no harm");
            runtime::wait_exit(pid.into());
            drop(shim);
            traces::none_of(&["it-orphan"]);
        }
    });
}

/// A call that takes long holds up no other, on whichever connection it came.
#[test]
fn many_wait_and_all_are_answered() {
    let shim = Driven::new("it-manywait", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    std::thread::scope(|scope| {
        let waits: Vec<_> = (0..20).map(|_| scope.spawn(|| shim.wait(""))).collect();
        // Somebody gives up.
        let mut impatient = Client::connect(&shim.address, "it").unwrap();
        impatient.set_timeout(Some(std::time::Duration::from_millis(50))).unwrap();
        let request = task::WaitRequest { id: id(&shim), exec_id: String::new() };
        let late = impatient.call::<task::WaitResponse>(TASK_V2, "Wait", &request).unwrap();
        assert_eq!(late.unwrap_err().code, code::DEADLINE_EXCEEDED);
        drop(impatient);
        assert_eq!(shim.create_state().1, Status::Running as i32);
        shim.kill("", 9);
        for wait in waits {
            assert_eq!(wait.join().unwrap(), 137);
        }
    });
}
