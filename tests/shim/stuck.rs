//! What hangs below a shim: a runtime that does not return, a logging program that is never ready.
//! Others are served meanwhile, and a caller's deadline sets things right again.

use std::io::Write;
use std::time::{Duration, Instant};

use ctrd_shim::api::process::Status as State;
use ctrd_shim::api::rpc::Status;
use ctrd_shim::api::task;
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK_V3, code};
use ctrd_shim::ttrpc;
use prost::Message;

use super::stalled::{Stalled, program};
use crate::{bin, runtime, traces};

/// How long a caller of what hangs waits.
const LIMIT: Duration = Duration::from_millis(700);

impl Stalled {
    /// Calls what hangs, with a deadline: it is kept, and nothing stays.
    fn late(&self, when: &str, verb: &str, method: &str, request: &impl Message) {
        self.hangs(when, verb);
        std::thread::scope(|scope| {
            let begun = Instant::now();
            let call = scope.spawn(|| {
                let mut client = Client::connect(&self.shim.address, "it").expect("connect");
                client.set_timeout(Some(LIMIT)).expect("set a limit");
                client.call::<task::DeleteResponse>(TASK_V3, method, request).expect("an answer")
            });
            let hung = self.hung();
            let status = call.join().expect("the call").expect_err("it hangs");
            assert_eq!(status.code, code::DEADLINE_EXCEEDED, "{method}: {}", status.message);
            assert!(begun.elapsed() >= LIMIT, "{method}: too early");
            runtime::wait_exit(hung);
        });
        self.goes_on();
    }

    /// Calls what hangs: others are answered meanwhile. It hangs until it is killed.
    fn shot(
        &self,
        when: &str,
        verb: &str,
        method: &str,
        request: &(dyn Fn() -> Result<(), Status> + Sync),
    ) -> Result<(), Status> {
        self.hangs(when, verb);
        let answer = std::thread::scope(|scope| {
            let call = scope.spawn(request);
            let hung = self.hung();
            let id = self.shim.id.clone();
            let connect: task::ConnectResponse =
                self.shim.ok("Connect", &task::ConnectRequest { id: id.clone() });
            assert_eq!(connect.shim_pid, self.shim.pid);
            let state = task::StateRequest { id: id.clone(), exec_id: String::new() };
            let _ = self.shim.call::<task::StateResponse>("State", &state);
            let _ = self.shim.call::<task::StatsResponse>("Stats", &task::StatsRequest { id });
            assert!(!call.is_finished(), "{method}: it hangs");
            bin::run(std::process::Command::new("kill").args(["-9", &hung.to_string()])).ok();
            call.join().expect("the call")
        });
        self.goes_on();
        answer
    }

    /// Creates a container whose name may still be taken by one that is being given up.
    fn create_in_the_end(&self) {
        loop {
            match self.shim.call::<task::CreateTaskResponse>("Create", &self.shim.request()) {
                Ok(_) => return,
                Err(status) => assert_eq!(status.code, code::ALREADY_EXISTS, "{}", status.message),
            }
        }
    }
}

#[test]
fn a_runtime_that_hangs_holds_up_its_own_call_alone() {
    let stalled = Stalled::new("it-holdsup", &["sleep", "3000"], |_| {});
    let shim = &stalled.shim;
    let id = shim.id.clone();
    stalled.late("before", "create", "Create", &shim.request());
    stalled.create_in_the_end();
    stalled.late("before", "start", "Start", &shim.start_request(""));
    assert_eq!(shim.state("").status, State::Created as i32);
    shim.start("");
    stalled.late("before", "ps", "Pids", &task::PidsRequest { id: id.clone() });
    stalled.late("before", "pause", "Pause", &task::PauseRequest { id: id.clone() });
    assert_eq!(shim.state("").status, State::Running as i32);
    shim.ok::<()>("Pause", &task::PauseRequest { id: id.clone() });
    stalled.late("before", "resume", "Resume", &task::ResumeRequest { id: id.clone() });
    assert_eq!(shim.state("").status, State::Paused as i32);
    shim.ok::<()>("Resume", &task::ResumeRequest { id: id.clone() });
    stalled.late(
        "before",
        "update",
        "Update",
        &task::UpdateTaskRequest { id: id.clone(), ..Default::default() },
    );
    stalled.late("before", "kill", "Kill", &shim.kill_request("", 15));
    shim.exec("e", &["sleep", "3001"]);
    stalled.late("before", "exec", "Start", &shim.start_request("e"));
    shim.delete("e");
    shim.exec("e", &["sh", "-c", "exit 3"]);
    shim.start("e");
    assert_eq!(shim.wait("e"), 3);
    shim.kill("", 9);
    shim.wait("");
    stalled.late("before", "delete", "Delete", &shim.delete_request(""));
    assert_eq!(shim.delete("").exit_status, 137);
    drop(stalled);
    traces::none_of(&["it-holdsup"]);
}

/// The runtime has done its work and hangs then: what it has made is taken away, and what it has started ended.
#[test]
fn nothing_stays_of_what_was_given_up() {
    let stalled = Stalled::new("it-upgiven", &["sleep", "3000"], |_| {});
    let shim = &stalled.shim;
    stalled.late("after", "create", "Create", &shim.request());
    stalled.create_in_the_end();
    shim.start("");
    shim.exec("e", &["sleep", "3009"]);
    stalled.late("after", "exec", "Start", &shim.start_request("e"));
    while traces::processes().any(|(_, line)| line == "sleep 3009") {
        std::thread::yield_now();
    }
}

/// A container that is being made for somebody who has gone nobody will ever know of.
#[test]
fn a_create_is_given_up_with_its_caller() {
    for when in ["before", "after"] {
        let stalled = Stalled::new("it-givenup", &["sleep", "3000"], |_| {});
        let shim = &stalled.shim;
        stalled.hangs(when, "create");
        let mut socket = Client::connect(&shim.address, "it").expect("connect").into_socket();
        let mut wire = Vec::new();
        let create = ttrpc::request(TASK_V3, "Create", &shim.request());
        ttrpc::encode(&mut wire, 1, ttrpc::REQUEST, &create).expect("a frame");
        socket.write_all(&wire).expect("send it");
        let hung = stalled.hung();
        drop(socket);
        runtime::wait_exit(hung);
        stalled.goes_on();
        stalled.create_in_the_end();
        assert_eq!(shim.state("").status, State::Created as i32, "{when}");
        shim.kill("", 9);
        shim.wait("");
        shim.delete("");
    }
    traces::none_of(&["it-givenup"]);
}

/// SIGKILL is for what is stuck, so a stuck runtime does not stop it.
#[test]
fn a_kill_reaches_the_container_without_the_runtime() {
    let stalled = Stalled::new("it-unstuck", &["sleep", "3000"], |config| {
        config["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "pid");
    });
    let shim = &stalled.shim;
    shim.create();
    shim.start("");
    shim.exec("e", &["sleep", "3001"]);
    shim.start("e");
    stalled.hangs("before", "kill");
    std::thread::scope(|scope| {
        let wait = scope.spawn(|| (shim.wait("e"), shim.wait("")));
        shim.kill("", 9);
        // Its exec is killed after it, which the runtime was to do too.
        assert_eq!(wait.join().unwrap(), (137, 137));
    });
    stalled.goes_on();
    shim.delete("");
}

#[test]
fn a_logging_program_that_is_never_ready_is_given_up() {
    let stalled = Stalled::new("it-unready", &["true"], |_| {});
    let shim = &stalled.shim;
    let script =
        format!("echo $$ >{0}/hung.new; mv {0}/hung.new {0}/hung; exec sleep 2998", stalled.dir.display());
    let program = program(&stalled.dir.join("logger"), &script);
    for scheme in ["binary", "binary-v2"] {
        let mut request = shim.request();
        request.stdout = format!("{scheme}://{program}");
        let create = || shim.call::<task::CreateTaskResponse>("Create", &request).map(drop);
        // One that is killed is waited for no longer, and has kept nothing of what it was to keep.
        let status = stalled.shot("before", "nothing", "Create", &create).expect_err(scheme);
        let words =
            format!("create process I/O: logging program {program}: ended by signal 9 before it was ready");
        assert_eq!((status.code, status.message), (code::UNKNOWN, words), "{scheme}");
        stalled.late("before", "nothing", "Create", &request);
    }
    stalled.create_in_the_end();
    shim.delete("");
    drop(stalled);
    traces::none_of(&["it-unready"]);
}

#[test]
fn a_deadline_that_was_met_is_over() {
    let stalled = Stalled::new("it-met", &["sleep", "3000"], |_| {});
    let shim = &stalled.shim;
    let mut client = Client::connect(&shim.address, "it").expect("connect");
    client.set_timeout(Some(Duration::from_secs(3))).expect("set a limit");
    let created = client.call::<task::CreateTaskResponse>(TASK_V3, "Create", &shim.request());
    created.expect("an answer").expect("created");
    let wait = task::WaitRequest { id: shim.id.clone(), exec_id: String::new() };
    let late = client.call::<task::WaitResponse>(TASK_V3, "Wait", &wait).expect("an answer");
    assert_eq!(late.unwrap_err().code, code::DEADLINE_EXCEEDED, "after that of Create, too");
    assert_eq!(shim.state("").status, State::Created as i32);
}

/// A runtime that somebody else kills is a call that failed, no more.
#[test]
fn a_runtime_that_is_killed_fails_its_call() {
    let stalled = Stalled::new("it-shot", &["sleep", "3000"], |_| {});
    let shim = &stalled.shim;
    let id = shim.id.clone();
    let shoot = |when: &str, verb: &str, method: &str, request: &(dyn Fn() -> Result<(), Status> + Sync)| {
        let status = stalled.shot(when, verb, method, request).expect_err("it was killed");
        assert_eq!(status.code, code::UNKNOWN, "{method}");
        assert!(status.message.contains("stalled: ended by signal 9"), "{method}: {}", status.message);
    };
    for when in ["before", "after"] {
        shoot(when, "create", "Create", &|| {
            shim.call::<task::CreateTaskResponse>("Create", &shim.request()).map(drop)
        });
    }
    shim.create();
    shoot("before", "start", "Start", &|| shim.call::<()>("Start", &shim.start_request("")));
    shim.start("");
    shim.exec("e", &["sleep", "3001"]);
    shoot("after", "exec", "Start", &|| shim.call::<()>("Start", &shim.start_request("e")));
    shim.delete("e");
    shoot("before", "pause", "Pause", &|| shim.call("Pause", &task::PauseRequest { id: id.clone() }));
    assert_eq!(shim.state("").status, State::Running as i32);
    shoot("before", "ps", "Pids", &|| {
        shim.call::<task::PidsResponse>("Pids", &task::PidsRequest { id: id.clone() }).map(drop)
    });
    let update = task::UpdateTaskRequest { id: id.clone(), ..Default::default() };
    shoot("before", "update", "Update", &|| shim.call("Update", &update));
    shoot("before", "kill", "Kill", &|| shim.call("Kill", &shim.kill_request("", 15)));
    shim.ok::<()>("Pause", &task::PauseRequest { id: id.clone() });
    shoot("before", "resume", "Resume", &|| shim.call("Resume", &task::ResumeRequest { id: id.clone() }));
    shim.ok::<()>("Resume", &task::ResumeRequest { id: id.clone() });
    shim.kill("", 9);
    shim.wait("");
    shoot("before", "delete", "Delete", &|| shim.call::<()>("Delete", &shim.delete_request("")));
    shim.delete("");
    drop(stalled);
    traces::none_of(&["it-shot"]);
}
