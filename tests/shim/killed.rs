//! Deaths at every step: of the shim, after which `delete` takes everything away and other containers go
//! on; and of the container's first process.

use std::process::Command;

use ctrd_shim::api::events::TaskExit;
use ctrd_shim::api::process::Status;
use ctrd_shim::api::task;
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK_V3, topic};
use prost::Message;

use super::driver::Driven;
use super::stalled::Stalled;
use crate::{bin, runtime, traces};

fn kill(pid: impl ToString) {
    bin::run(Command::new("kill").args(["-9", &pid.to_string()])).ok();
}

/// A call that will never be answered.
fn call(shim: &Driven, method: &str, request: &impl Message) {
    let mut client = Client::connect(&shim.address, "it").expect("connect");
    let _ = client.call::<task::DeleteResponse>(TASK_V3, method, request);
}

/// Where a shim dies, and what was done before. `before` and `after` a verb, that is where the runtime hangs then.
const STEPS: &[(&str, &[&str])] = &[
    ("nothing was made", &[]),
    ("before create", &[]),
    ("after create", &[]),
    ("created", &["create"]),
    ("before start", &["create"]),
    ("after start", &["create"]),
    ("running", &["create", "start"]),
    ("before exec", &["create", "start"]),
    ("after exec", &["create", "start"]),
    ("paused", &["create", "start", "pause"]),
    ("before kill", &["create", "start"]),
    ("ended", &["create", "start", "end"]),
    ("before delete", &["create", "start", "end"]),
    ("after delete", &["create", "start", "end"]),
    ("deleted", &["create", "start", "end", "delete"]),
];

#[test]
fn a_shim_that_dies_leaves_nothing_that_delete_does_not_take_away() {
    let bystander = Driven::new("it-bystander", &["sleep", "3000"]);
    bystander.create();
    bystander.start("");
    for (name, before) in STEPS {
        let stalled = Stalled::new("it-dies", &["sleep", "3000"], |_| {});
        let shim = &stalled.shim;
        let id = shim.id.clone();
        for step in *before {
            match *step {
                "create" => _ = shim.create(),
                "start" => _ = shim.start(""),
                "pause" => shim.ok("Pause", &task::PauseRequest { id: id.clone() }),
                "end" => {
                    shim.kill("", 9);
                    shim.wait("");
                }
                _ => _ = shim.delete(""),
            }
        }
        std::thread::scope(|scope| {
            let hangs = name.split_once(' ').filter(|(when, _)| ["before", "after"].contains(when));
            if let Some((when, verb)) = hangs {
                if verb == "exec" {
                    shim.exec("e", &["sleep", "3001"]);
                }
                stalled.hangs(when, verb);
                scope.spawn(move || match verb {
                    "create" => call(shim, "Create", &shim.request()),
                    "start" => call(shim, "Start", &shim.start_request("")),
                    "exec" => call(shim, "Start", &shim.start_request("e")),
                    "kill" => call(shim, "Kill", &shim.kill_request("", 9)),
                    _ => call(shim, "Delete", &shim.delete_request("")),
                });
                stalled.hung();
            }
            kill(shim.pid);
        });
        runtime::wait_exit(shim.pid.into());
        stalled.goes_on();
        let end = shim.clean_up();
        assert_eq!(end.exit_status, 137, "{name}");
        assert!(end.exited_at.is_some(), "{name}");
        assert_eq!(shim.clean_up().exit_status, 137, "{name}: twice does no harm");
        drop(stalled);
        traces::none_of(&["it-dies"]);
        assert_eq!(bystander.state("").status, Status::Running as i32, "{name}");
    }
    bystander.kill("", 9);
    assert_eq!(bystander.wait(""), 137);
}

#[test]
fn a_first_process_that_dies_is_told_whenever_it_does() {
    // Before it was started, and while the runtime starts it.
    for hangs in [None, Some("before"), Some("after")] {
        let stalled = Stalled::new("it-shortlived", &["sleep", "3000"], |_| {});
        let shim = &stalled.shim;
        let pid = shim.create();
        match hangs {
            None => {
                kill(pid);
                assert_eq!(shim.wait(""), 137);
                let (_, words) = shim.refused("Start", &shim.start_request(""));
                assert!(words.contains("cannot start a stopped process"), "{words}");
            }
            Some(when) => {
                stalled.hangs(when, "start");
                std::thread::scope(|scope| {
                    let start =
                        scope.spawn(|| shim.call::<task::StartResponse>("Start", &shim.start_request("")));
                    let hung = stalled.hung();
                    kill(pid);
                    runtime::wait_exit(pid.into());
                    // It is told after the start alone, whichever way that ends.
                    kill(hung);
                    start.join().unwrap().unwrap_err();
                    assert_eq!(shim.wait(""), 137);
                });
                stalled.goes_on();
            }
        }
        let gone = shim.delete("");
        assert_eq!((gone.pid, gone.exit_status), (pid, 137));
        assert_eq!(shim.server().next().topic, topic::CREATE);
        let exit: TaskExit = shim.server().expect(topic::EXIT);
        assert_eq!((exit.pid, exit.exit_status), (pid, 137));
        assert_eq!(shim.server().next().topic, topic::DELETE);
    }
}
