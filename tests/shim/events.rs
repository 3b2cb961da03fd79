//! What a shim publishes: in which order, once each, and to a server that is not always there.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU32, Ordering};

use ctrd_shim::any;
use ctrd_shim::api::events::{
    TaskCreate, TaskDelete, TaskExecAdded, TaskExecStarted, TaskExit, TaskPaused, TaskResumed, TaskStart,
};
use ctrd_shim::api::task;
use ctrd_shim::method::topic;
use prost::Message;
use prost_types::Any;

use super::driver::{Driven, command, events, over_each};
use super::server::{Answer, Server};
use crate::{bin, caller, fixture, runtime};

#[test]
fn a_container_in_order() {
    over_each(|stack| {
        let shim = stack.shim("it-order", &["sh", "-c", "exit 4"]);
        // The first process may be over before the start has returned.
        for _ in 0..10 {
            let pid = shim.create();
            assert_eq!(shim.start(""), pid);
            let gone = {
                shim.wait("");
                shim.delete("")
            };
            if stack.is_peer() {
                // On cgroup v1 it takes the removal of the group before for a kill: one more event, at any time.
                for topic in [topic::CREATE, topic::START, topic::EXIT, topic::DELETE] {
                    assert_eq!(shim.server().next_but(topic::OOM).topic, topic);
                }
                continue;
            }
            let create: TaskCreate = shim.server().expect(topic::CREATE);
            assert_eq!((create.container_id.as_str(), create.pid), ("it-order", pid));
            assert_eq!(create.bundle, shim.bundle.path().to_str().unwrap());
            let start: TaskStart = shim.server().expect(topic::START);
            assert_eq!((start.container_id.as_str(), start.pid), ("it-order", pid));
            let exit: TaskExit = shim.server().expect(topic::EXIT);
            assert_eq!((exit.container_id.as_str(), exit.id.as_str()), ("it-order", "it-order"));
            assert_eq!((exit.pid, exit.exit_status, exit.exited_at), (pid, 4, gone.exited_at));
            let delete: TaskDelete = shim.server().expect(topic::DELETE);
            assert_eq!((delete.container_id.as_str(), delete.pid, delete.exit_status), ("it-order", pid, 4));
            assert_eq!((delete.id.as_str(), delete.exited_at), ("", gone.exited_at));
        }
        assert!(stack.is_peer() || shim.server().all().is_empty());
    });
}

#[test]
fn an_exec_in_order_and_a_pause() {
    let shim = Driven::new("it-execev", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    shim.exec("e", &["sh", "-c", "exit 9"]);
    let pid = shim.start("e");
    assert_eq!(shim.wait("e"), 9);
    shim.delete("e");
    shim.ok::<()>("Pause", &task::PauseRequest { id: shim.id.clone() });
    shim.ok::<()>("Resume", &task::ResumeRequest { id: shim.id.clone() });
    shim.server().expect::<TaskCreate>(topic::CREATE);
    shim.server().expect::<TaskStart>(topic::START);
    let added: TaskExecAdded = shim.server().expect(topic::EXEC_ADDED);
    assert_eq!((added.container_id.as_str(), added.exec_id.as_str()), ("it-execev", "e"));
    let started: TaskExecStarted = shim.server().expect(topic::EXEC_STARTED);
    assert_eq!((started.exec_id.as_str(), started.pid), ("e", pid));
    let exit: TaskExit = shim.server().expect(topic::EXIT);
    assert_eq!((exit.container_id.as_str(), exit.id.as_str()), ("it-execev", "e"));
    assert_eq!((exit.pid, exit.exit_status), (pid, 9));
    // The end of an exec's record is no event.
    shim.server().expect::<TaskPaused>(topic::PAUSED);
    shim.server().expect::<TaskResumed>(topic::RESUMED);
}

/// Without a PID namespace of its own nobody but the shim ends what the first process leaves.
#[test]
fn the_first_process_is_the_last_to_go() {
    over_each(|stack| {
        let shim =
            stack.edited("it-shimlast", &["sh", "-c", "sleep 3002 & read x </tmp/go; exit 5"], |config| {
                config["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "pid");
            });
        let fifo = shim.bundle.path().join("rootfs/tmp/go");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        shim.create();
        shim.start("");
        shim.exec("e", &["sleep", "3003"]);
        shim.start("e");
        std::fs::write(&fifo, "go\n").unwrap();
        assert_eq!((shim.wait("e"), shim.wait("")), (137, 5));
        for topic in [topic::CREATE, topic::START, topic::EXEC_ADDED, topic::EXEC_STARTED] {
            assert_eq!(shim.server().next().topic, topic);
        }
        let mut exits = [(); 2].map(|()| shim.server().expect::<TaskExit>(topic::EXIT).id);
        if stack.is_peer() {
            // Before 1.7 the first process's may come first.
            exits.sort();
        }
        assert_eq!(exits, ["e", "it-shimlast"]);
        shim.delete("");
    });
}

/// Signals without a name of their own end processes as others do.
#[test]
fn an_end_by_a_real_time_signal_is_an_end() {
    over_each(|stack| {
        let shim = stack.edited("it-shimrt", &["sh", "-c", "read x </tmp/go; kill -64 $$"], |config| {
            // A first process of its own PID namespace takes no signal from within.
            config["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "pid");
        });
        let fifo = shim.bundle.path().join("rootfs/tmp/go");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        shim.create();
        shim.start("");
        shim.exec("e", &["sh", "-c", "kill -34 $$"]);
        shim.start("e");
        assert_eq!(shim.wait("e"), 128 + 34);
        assert_eq!(shim.delete("e").exit_status, 128 + 34);
        std::fs::write(&fifo, "go\n").unwrap();
        assert_eq!(shim.wait(""), 128 + 64);
        assert_eq!(shim.delete("").exit_status, 128 + 64);
    });
}

/// CTRD_EXECS sets how many.
#[test]
fn no_exit_of_many_short_execs_is_lost_or_doubled() {
    let count: u32 = std::env::var("CTRD_EXECS").ok().map_or(300, |n| n.parse().expect("a number"));
    over_each(|stack| {
        let shim = stack.shim("it-many", &["sleep", "3000"]);
        // runc takes ten times as long.
        let count = if stack.options.binary_name.is_empty() { count } else { count / 10 };
        shim.create();
        shim.start("");
        let next = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= count {
                            return;
                        }
                        let (exec, status) = (format!("e{n}"), n % 200);
                        shim.exec(&exec, &["sh", "-c", &format!("exit {status}")]);
                        shim.start(&exec);
                        assert_eq!(shim.wait(&exec), status, "{exec}");
                        assert_eq!(shim.delete(&exec).exit_status, status, "{exec}");
                    }
                });
            }
        });
        shim.kill("", 9);
        shim.wait("");
        shim.delete("");
        let mut seen: HashMap<String, Vec<String>> = HashMap::new();
        loop {
            let envelope = shim.server().next();
            let event = envelope.event.unwrap();
            let id = match envelope.topic.as_str() {
                topic::DELETE => break,
                topic::EXEC_ADDED => any::unpack::<TaskExecAdded>(&event).unwrap().unwrap().exec_id,
                topic::EXEC_STARTED => any::unpack::<TaskExecStarted>(&event).unwrap().unwrap().exec_id,
                topic::EXIT => {
                    let exit = any::unpack::<TaskExit>(&event).unwrap().unwrap();
                    if let Some(n) = exit.id.strip_prefix('e') {
                        assert_eq!(exit.exit_status, n.parse::<u32>().unwrap() % 200, "{exit:?}");
                    }
                    exit.id
                }
                _ => continue,
            };
            seen.entry(id).or_default().push(envelope.topic);
        }
        assert_eq!(seen.remove("it-many").unwrap(), [topic::EXIT]);
        assert_eq!(seen.len(), count as usize);
        for (exec, topics) in seen {
            assert_eq!(topics, [topic::EXEC_ADDED, topic::EXEC_STARTED, topic::EXIT], "{exec}");
        }
    });
}

#[test]
fn the_last_event_comes_although_the_shim_goes() {
    for _ in 0..20 {
        let shim = Driven::new("it-bye", &["true"]);
        shim.create();
        shim.start("");
        shim.wait("");
        shim.delete("");
        shim.shutdown();
        let topics: Vec<_> = shim.server().all().into_iter().map(|e| e.topic).collect();
        assert_eq!(topics, [topic::CREATE, topic::START, topic::EXIT, topic::DELETE]);
    }
}

#[test]
fn a_server_that_was_away_gets_everything() {
    let mut shim = Driven::alone("it-away", &["sh", "-c", "exit 6"], |_| {}, caller::folder());
    shim.create();
    shim.start("");
    shim.wait("");
    shim.server = Some(Server::listen(&events(shim.dir.path())));
    // It connects to its shims when it comes up; so they know.
    shim.state("");
    for topic in [topic::CREATE, topic::START, topic::EXIT] {
        assert_eq!(shim.server().next().topic, topic);
    }
    // And again, with a connection that was there before.
    shim.server = None;
    shim.delete("");
    shim.server = Some(Server::listen(&events(shim.dir.path())));
    let connect = task::ConnectRequest { id: shim.id.clone() };
    shim.ok::<task::ConnectResponse>("Connect", &connect);
    assert_eq!(shim.server().next().topic, topic::DELETE);
}

#[test]
fn an_event_that_was_not_taken_is_offered_again() {
    let shim = Driven::new("it-offer", &["true"]);
    shim.server().plan(&[Answer::Refuse, Answer::HangUp, Answer::Refuse]);
    shim.create();
    shim.start("");
    shim.wait("");
    for topic in [topic::CREATE, topic::START, topic::EXIT] {
        assert_eq!(shim.server().next().topic, topic);
    }
    shim.delete("");
    shim.server().expect::<TaskDelete>(topic::DELETE);
}

/// A server that takes events by its own program only.
#[test]
fn events_go_by_the_publish_binary_where_there_is_no_socket() {
    let dir = caller::folder();
    let bundle = fixture::Bundle::new(&["true"], |_| {});
    let program = dir.path().join("publish");
    // A name of its own for each call: the shim makes them one by one.
    let script = "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit\nread -r n <count\necho $((n + 1)) >count\n\
                  if [ $n = 1 ] && [ ! -e refused ]; then echo 1 >count; : >refused; exit 1; fi\n\
                  echo \"$@\" >$n.args; cat >$n.event; mv $n.args $n.done\n";
    std::fs::write(&program, script).unwrap();
    std::fs::write(dir.path().join("count"), "0\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut start = command(bundle.path(), dir.path(), "it-publish");
    start.env_remove("TTRPC_ADDRESS").arg("-publish-binary").arg(&program).arg("start");
    bin::run(&mut start).ok();
    let address = std::fs::read_to_string(bundle.path().join("address")).unwrap();
    let mut client = ctrd_shim::client::Client::connect(&address, "it").unwrap();
    let request = task::CreateTaskRequest {
        id: "it-publish".into(),
        bundle: bundle.path().to_str().unwrap().into(),
        ..Default::default()
    };
    let service = ctrd_shim::method::TASK_V2;
    client.call::<task::CreateTaskResponse>(service, "Create", &request).unwrap().unwrap();
    let request = task::DeleteRequest { id: "it-publish".into(), exec_id: String::new() };
    client.call::<task::DeleteResponse>(service, "Delete", &request).unwrap().unwrap();
    let known: task::ConnectResponse =
        client.call(service, "Connect", &task::ConnectRequest::default()).unwrap().unwrap();
    let request = task::ShutdownRequest { id: "it-publish".into(), now: false };
    client.call::<()>(service, "Shutdown", &request).unwrap().unwrap();
    runtime::wait_exit(known.shim_pid.into());
    let address = dir.path().join("c.sock");
    for (n, topic) in [topic::CREATE, topic::EXIT, topic::DELETE].iter().enumerate() {
        let args = std::fs::read_to_string(dir.path().join(format!("{n}.done"))).expect("a call for each");
        assert_eq!(args, format!("--address {} publish --topic {topic} --namespace it\n", address.display()));
        let event = std::fs::read(dir.path().join(format!("{n}.event"))).unwrap();
        let event = Any::decode(event.as_slice()).expect("an Any");
        assert!(event.type_url.starts_with("containerd.events.Task"), "{event:?}");
    }
}
