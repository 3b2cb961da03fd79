//! A server that finds many tasks whose shims are dead, as after a crash of all of them: it serves at once, looks
//! after them meanwhile, tells of each end once, and leaves nothing of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ctrd::api::containers::{Container, CreateContainerRequest, DeleteContainerRequest, container};
use ctrd::api::event::TaskExit;
use ctrd::api::events::SubscribeRequest;
use ctrd::api::namespaces::{CreateNamespaceRequest, Namespace};
use ctrd::api::tasks::{CreateTaskRequest, DeleteTaskRequest, GetRequest, StartRequest, WaitRequest};
use nix::fcntl::{Flock, FlockArg};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use prost::Message;
use prost_types::Any;
use serde_json::json;

use crate::fixture::Bundle;
use crate::shim::stalled::program;
use crate::stack::Stack;
use crate::{bin, traces};

const STALE: usize = 200;

/// The bundle of a task whose shim was killed, under another name.
fn copy(from: &Path, to: &Path, socket: &str) {
    std::fs::create_dir(to).expect("make a bundle");
    std::fs::create_dir(to.join("rootfs")).expect("make its root");
    mkfifo(&to.join("log"), Mode::S_IRWXU).expect("make its log");
    for name in ["config.json", "shim-binary-path", "options.json", "runtime"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap_or_else(|e| panic!("copy {name}: {e}"));
    }
    let reply = format!(r#"{{"version":3,"address":"unix://{socket}","protocol":"ttrpc"}}"#);
    std::fs::write(to.join("bootstrap.json"), reply).expect("write its address");
}

#[test]
fn many_dead_tasks_hold_up_nobody() {
    let stack = Stack::with_busybox();
    stack.run(&["run", "-d", "--name", "it-stale-0", "busybox", "sleep", "3000"]).ok();
    let tasks = stack.path("run/io.containerd.runtime.v2.task/default");
    let first = tasks.join("it-stale-0");
    let shim =
        traces::processes().find(|(_, line)| line.contains("ctrd-shim") && line.contains("-id it-stale-0 "));
    let init =
        std::fs::read_to_string(first.join("init.pid")).expect("its process").parse().expect("a number");
    for pid in [shim.expect("its shim").0 as i32, init] {
        nix::sys::signal::kill(Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).expect("kill");
    }
    for n in 1..STALE {
        let socket = stack.path(&format!("run/s/none-{n}"));
        copy(&first, &tasks.join(format!("it-stale-{n}")), socket.to_str().expect("UTF-8"));
    }
    let _server = stack.serve();
    let left = || std::fs::read_dir(&tasks).expect("the tasks").count();
    assert!(left() > STALE / 2, "it served only after it had looked after them");
    // Another one is not held up.
    assert_eq!(stack.run(&["run", "--rm", "busybox", "echo", "served"]).ok(), "served\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ends = runtime.block_on(async {
        let client = stack.client().await;
        let filters = vec![r#"topic=="/tasks/exit",event.container_id~="^it-stale""#.to_string()];
        let answer = client.events().subscribe(SubscribeRequest { filters }).await;
        let mut stream = answer.expect("subscribe").into_inner();
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        while ends.len() < STALE {
            let envelope = stream.message().await.expect("an event").expect("an event");
            let exit =
                TaskExit::decode(envelope.event.expect("a payload").value.as_slice()).expect("an exit");
            *ends.entry(exit.container_id).or_default() += 1;
        }
        ends
    });
    assert!(ends.values().all(|count| *count == 1), "{ends:?}");
    assert_eq!(stack.run(&["task", "ls", "-q"]).ok(), "");
    stack.run(&["rm", "it-stale-0"]).ok();
    traces::none_of(&["it-stale-"]);
}

/// The clean-up after dead shims takes its time; meanwhile everybody asks for those tasks, and others want something else.
#[test]
fn who_asks_for_what_is_being_buried_holds_up_nobody() {
    const DEAD: usize = 24;
    let stack = Stack::with_busybox();
    stack.run(&["run", "-d", "--name", "it-bury-0", "busybox", "sleep", "3000"]).ok();
    let tasks = stack.path("run/io.containerd.runtime.v2.task/default");
    let first = tasks.join("it-bury-0");
    let (shim, _) = traces::processes()
        .find(|(_, line)| line.contains("ctrd-shim") && line.contains("-id it-bury-0 "))
        .expect("its shim");
    nix::sys::signal::kill(Pid::from_raw(shim as i32), nix::sys::signal::Signal::SIGKILL).expect("kill");
    let gate = stack.path("gate");
    mkfifo(&gate, Mode::S_IRWXU).expect("make a gate");
    let script = format!(
        "case \" $* \" in *\" delete \"*) read -r on <{} ;; esac\nexec {} \"$@\"",
        gate.display(),
        bin::path("ctrd-shim").display()
    );
    let slow = program(&stack.path("slow-shim"), &script);
    std::fs::write(first.join("shim-binary-path"), slow).expect("write its shim");
    for n in 1..DEAD {
        let socket = stack.path(&format!("run/s/none-{n}"));
        copy(&first, &tasks.join(format!("it-bury-{n}")), socket.to_str().expect("UTF-8"));
    }
    let _server = stack.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = stack.client().await;
        let mut asking = tokio::task::JoinSet::new();
        for n in 0..DEAD {
            let (mut tasks, id) = (client.tasks(), format!("it-bury-{n}"));
            asking.spawn(
                async move { tasks.get(GetRequest { container_id: id, exec_id: String::new() }).await },
            );
        }
        // Whatever needs a thread is done meanwhile.
        let request = CreateNamespaceRequest {
            namespace: Some(Namespace { name: "it-meanwhile".into(), ..Namespace::default() }),
        };
        let mut namespaces = client.namespaces();
        let made = tokio::time::timeout(Duration::from_secs(5), namespaces.create(request)).await;
        made.expect("nobody is held up").expect("a namespace");
        let opened = tokio::task::spawn_blocking(move || {
            let mut gate = std::fs::File::options().read(true).write(true).open(gate).expect("open the gate");
            for _ in 0..DEAD {
                std::io::Write::write_all(&mut gate, b"on\n").expect("let one on");
            }
            gate
        });
        let _gate = opened.await.expect("no panic");
        while let Some(answer) = asking.join_next().await {
            let gone = answer.expect("no panic").expect_err("it is no more");
            assert_eq!(gone.code(), tonic::Code::NotFound, "{gone}");
        }
    });
    assert_eq!(std::fs::read_dir(&tasks).expect("the tasks").count(), 0);
    stack.run(&["rm", "it-bury-0"]).ok();
}

/// What removals that were interrupted, and a state folder that was lost, have left goes while the server serves. Who
/// makes a container of such a name meanwhile has a whole one.
#[test]
fn leftovers_hold_up_nobody() {
    let stack = Stack::with_busybox();
    let home = "io.containerd.runtime.v2.task/default";
    let (state, work) = (stack.path("run").join(home), stack.path("lib").join(home));
    for n in 0..1000 {
        std::fs::create_dir_all(state.join(format!(".it-swept-{n}/rootfs"))).expect("make a leftover");
        std::fs::write(state.join(format!(".it-swept-{n}/config.json")), "{}").expect("fill it");
        std::fs::create_dir_all(work.join(format!("it-swept-{n}/restoring"))).expect("make another");
    }
    let left = |dir: &Path| {
        let entries = std::fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry"));
        entries.filter(|entry| entry.file_name().to_string_lossy().contains("it-swept-")).count()
    };
    // As somebody has it who makes a bundle: until it is let go, no work folder is taken away.
    let dir = std::fs::File::open(&state).expect("open the namespace's folder");
    let held = Flock::lock(dir, FlockArg::LockExclusive).map_err(|(_, e)| e).expect("lock it");
    let _server = stack.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let answer = async { stack.client().await.version().version(()).await };
        let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
        answer.expect("nobody is held up").expect("a version");
    });
    assert_eq!(left(&work), 1000, "it has not begun with these");
    drop(held);
    let name = "it-swept-999";
    assert_eq!(stack.run(&["run", "--rm", "--name", name, "busybox", "echo", "served"]).ok(), "served\n");
    while left(&work) + left(&state) > 0 {
        std::thread::yield_now();
    }
}

/// A root that is a folder of the bundle's own, where the runtime makes what things are mounted on.
#[test]
fn a_root_that_nobody_has_mounted_goes_with_its_task() {
    const ID: &str = "it-own-root";
    let stack = Stack::new();
    let _server = stack.serve();
    let bundle =
        Bundle::new(&["sh", "-c", "echo kept >/data/file; mkdir -p /a/b; echo own >/a/b/c"], |config| {
            config["root"] = json!({"path": "rootfs", "readonly": false});
        });
    let programs = bundle.path().join("rootfs/bin");
    let data = stack.path("data");
    std::fs::create_dir(&data).expect("make a folder");
    bundle.edit(|config| {
        let mounts = config["mounts"].as_array_mut().expect("its mounts");
        mounts.push(
            json!({"destination": "/bin", "type": "bind", "source": programs, "options": ["bind", "ro"]}),
        );
        mounts.push(json!({"destination": "/data", "type": "bind", "source": data, "options": ["rbind"]}));
    });
    let spec = std::fs::read(bundle.path().join("config.json")).expect("its specification");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = stack.client().await;
        let shim = bin::path("ctrd-shim").display().to_string();
        let container = Container {
            id: ID.into(),
            runtime: Some(container::Runtime { name: shim, options: None }),
            spec: Some(Any { type_url: "spec".into(), value: spec }),
            ..Container::default()
        };
        let create = CreateContainerRequest { container: Some(container) };
        client.containers().create(create).await.expect("a container");
        let (id, exec_id) = (|| ID.to_string(), String::new);
        let create = CreateTaskRequest { container_id: id(), ..CreateTaskRequest::default() };
        client.tasks().create(create).await.expect("a task");
        client.tasks().start(StartRequest { container_id: id(), exec_id: exec_id() }).await.expect("started");
        let wait = WaitRequest { container_id: id(), exec_id: exec_id() };
        assert_eq!(client.tasks().wait(wait).await.expect("its end").into_inner().exit_status, 0);
        let state = stack.path("run/io.containerd.runtime.v2.task/default").join(ID);
        assert_eq!(std::fs::read_to_string(state.join("rootfs/a/b/c")).expect("a file of its own"), "own\n");
        client.tasks().delete(DeleteTaskRequest { container_id: id() }).await.expect("deleted");
        assert!(!state.exists());
        while state.with_file_name(format!(".{ID}")).exists() {
            std::thread::yield_now();
        }
        client.containers().delete(DeleteContainerRequest { id: id() }).await.expect("deleted");
    });
    assert_eq!(std::fs::read_to_string(data.join("file")).expect("what it was given stays"), "kept\n");
    assert!(programs.join("busybox").exists());
    traces::none_of(&[ID]);
}
