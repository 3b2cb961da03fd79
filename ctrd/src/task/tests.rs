//! The runtime against shims that misbehave: a script for `start` and `delete`, and a ttrpc server
//! in this process.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use ctrd_shim::api::task::{CreateTaskResponse, DeleteResponse, StateResponse, WaitResponse};
use ctrd_shim::api::ttrpc::{Request, Response};
use ctrd_shim::method::{TASK_V2, TASK_V3};
use ctrd_shim::ttrpc;
use prost::Message;
use prost_types::Any;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::*;
use crate::api::containers::{Container, container};
use crate::api::tasks::CreateTaskRequest;
use crate::config::Timeouts;
use crate::store::containers;

mod timeouts;

enum Reply {
    Answer(Response),
    Silence,
    HangUp,
}

/// Method by method what the fake shim does.
type Script = fn(&Request) -> Reply;

struct Place {
    _dir: tempfile::TempDir,
    runtime: Arc<Runtime>,
    bundle: Bundle,
    heard: Arc<Mutex<Vec<String>>>,
    socket: PathBuf,
    events: crate::events::Subscription,
}

fn ok(message: &impl Message) -> Reply {
    Reply::Answer(ttrpc::success(message))
}

fn well(request: &Request) -> Reply {
    match request.method.as_str() {
        "Create" => ok(&CreateTaskResponse { pid: 41 }),
        "State" => ok(&StateResponse { id: "web".into(), pid: 41, status: 2, ..StateResponse::default() }),
        "Delete" => ok(&DeleteResponse { pid: 41, exit_status: 3, ..DeleteResponse::default() }),
        "Wait" => Reply::Silence,
        "Shutdown" => Reply::HangUp,
        _ => ok(&WaitResponse::default()),
    }
}

/// A runtime with the container `web`, whose shim plays `script`.
fn place(script: Script) -> Place {
    place_with(script, Timeouts::default())
}

/// The same that waits for shims as long as `limits` say.
fn place_with(script: Script, limits: Timeouts) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let facts = DeleteResponse { pid: 41, exit_status: 9, exited_at: None };
    std::fs::write(path("facts"), facts.encode_to_vec()).unwrap();
    let socket = path("socket");
    let script_text = format!(
        "for action; do :; done; echo $action >>{0}/ran\n\
         case $action in start) cat >/dev/null; echo '{{\"version\":3,\"address\":\"unix://{0}/socket\",\"protocol\":\"ttrpc\"}}';;\n\
         delete) cat {0}/facts;; esac\n",
        dir.path().display()
    );
    std::fs::write(path("script"), script_text).unwrap();
    // Written by a child: a fork of another test could hold it open for writing otherwise, and
    // then it would not be executable.
    let shim = path("shim");
    let made = std::process::Command::new("sh")
        .args([
            "-c",
            "printf '#!/bin/sh\\n. %s/script\\n' \"$1\" >\"$1/shim\" && chmod 755 \"$1/shim\"",
            "sh",
        ])
        .arg(dir.path())
        .status()
        .unwrap();
    assert!(made.success() && shim.metadata().unwrap().permissions().mode() & 0o100 != 0);

    let store = Arc::new(Store::open(&path("meta.db"), crate::store::PATIENCE).unwrap());
    let record = Container {
        id: "web".into(),
        runtime: Some(container::Runtime { name: shim.display().to_string(), options: None }),
        spec: Some(Any { type_url: "spec".into(), value: b"{}".to_vec() }),
        ..Container::default()
    };
    store.write(|tx| containers::create(tx, "default", record, "")).unwrap();
    let events = Exchange::default();
    let heard = Arc::new(Mutex::new(Vec::new()));
    tokio::spawn(serve(UnixListener::bind(&socket).unwrap(), script, heard.clone()));
    let subscription = events.subscribe::<&str>(&[]).unwrap();
    let runtime = Runtime::new(
        path("state"),
        path("root"),
        Caller {
            address: "/run/none.sock".into(),
            ttrpc: "/run/none.sock.ttrpc".into(),
            limits,
            ..Caller::of(&crate::config::Config::at(&path("state"), &path("root"), &path("none")))
        },
        store,
        events,
    );
    let bundle = runtime.bundles.get("default", "web").unwrap();
    Place { _dir: dir, runtime, bundle, heard, socket, events: subscription }
}

async fn serve(listener: UnixListener, script: Script, heard: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, script, heard.clone()));
    }
}

async fn answer(mut stream: UnixStream, script: Script, heard: Arc<Mutex<Vec<String>>>) {
    let mut wire = Vec::new();
    while let Ok(n) = stream.read_buf(&mut wire).await {
        if n == 0 {
            return;
        }
        while let Some((frame, taken)) = ttrpc::decode(&wire).unwrap() {
            let (id, request) = (frame.stream, Request::decode(frame.payload).unwrap());
            wire.drain(..taken);
            heard.lock().unwrap().push(format!("{} {}", request.service, request.method));
            match script(&request) {
                Reply::Answer(response) => {
                    let mut out = Vec::new();
                    ttrpc::encode(&mut out, id, ttrpc::RESPONSE, &response).unwrap();
                    stream.write_all(&out).await.unwrap();
                }
                Reply::Silence => {}
                Reply::HangUp => return,
            }
        }
    }
}

fn run<F: Future>(f: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(f)
}

impl Place {
    async fn create(&self) -> Result<u32> {
        let request = CreateTaskRequest { container_id: "web".into(), ..CreateTaskRequest::default() };
        self.runtime.create("default", request, None).await
    }

    /// Puts `web` into a sandbox whose shim is the one that plays.
    fn in_sandbox(&self) {
        let record = self.runtime.store.read(|c| containers::get(c, "default", "web")).unwrap();
        let record = Container { sandbox: "pod".into(), ..record };
        self.runtime
            .store
            .write(|tx| {
                containers::delete(tx, "default", "web")?;
                containers::create(tx, "default", record, "")
            })
            .unwrap();
        let pod = self.runtime.pods.get("default", "pod").unwrap();
        drop(pod.create(b"").unwrap());
        let reply = ctrd_shim::bootstrap::Reply::new(format!("unix://{}", self.socket.display()));
        shim::save(&pod, &reply).unwrap();
    }

    fn web(&self) -> ProcessId<'static> {
        ProcessId { namespace: "default", id: "web", exec: "" }
    }

    /// The actions that were run on the binary.
    fn ran(&self) -> String {
        std::fs::read_to_string(self.socket.with_file_name("ran")).unwrap_or_default().replace('\n', " ")
    }

    fn nothing_left(&self) -> bool {
        !self.bundle.exists() && !self.bundle.work.exists() && self.runtime.table().is_empty()
    }

    fn topics(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.events.try_recv()).map(|e| e.topic.clone()).collect()
    }
}

#[test]
fn a_whole_life() {
    run(async {
        let mut p = place(well);
        assert_eq!(p.create().await.unwrap(), 41);
        assert_eq!(p.create().await.unwrap_err().kind, Kind::AlreadyExists);
        assert_eq!(p.runtime.list("default").await.unwrap()[0].status, 2);
        let exit = p.runtime.delete("default", "web").await.unwrap();
        assert_eq!((exit.pid, exit.status), (41, 3));
        assert!(p.nothing_left());
        assert_eq!(p.ran(), "start ", "a shim that went in order needs no clean up");
        assert_eq!(p.topics(), Vec::<String>::new(), "its events are the shim's");
        assert_eq!(p.runtime.state(p.web()).await.unwrap_err().message, "task web not found");
    });
}

/// A sandbox's shim ends when the sandbox is shut down, however few containers are left in it.
#[test]
fn the_shim_of_a_sandbox_is_not_asked_to_end() {
    run(async {
        let mut p = place(well);
        p.in_sandbox();
        p.create().await.unwrap();
        assert_eq!(p.runtime.delete("default", "web").await.unwrap().status, 3);
        assert!(p.nothing_left());
        assert_eq!((p.ran(), p.topics()), (String::new(), Vec::new()), "it is neither started nor ended");
        let heard = p.heard.lock().unwrap().join(" ");
        assert!(heard.contains("Delete") && !heard.contains("Shutdown"), "{heard}");

        let p = place(|request| match request.method.as_str() {
            "Create" => Reply::Answer(ttrpc::failure(2, "OCI runtime create failed: no")),
            _ => well(request),
        });
        p.in_sandbox();
        assert_eq!(p.create().await.unwrap_err().message, "OCI runtime create failed: no");
        assert!(p.nothing_left());
        assert!(!p.heard.lock().unwrap().join(" ").contains("Shutdown"));
    });
}

#[test]
fn an_older_service_is_found_out_and_written_down() {
    run(async {
        let p = place(|request| match request.service.as_str() {
            TASK_V3 => Reply::Answer(ttrpc::failure(12, "service containerd.task.v3.Task")),
            _ => well(request),
        });
        p.create().await.unwrap();
        assert_eq!(shim::saved(&p.bundle).unwrap().unwrap().version, 2);
        p.runtime.state(p.web()).await.unwrap();
        assert_eq!(p.heard.lock().unwrap().last().unwrap(), &format!("{TASK_V2} State"));
    });
}

#[test]
fn a_failed_create_leaves_nothing() {
    run(async {
        let mut p = place(|request| match request.method.as_str() {
            "Create" => Reply::Answer(ttrpc::failure(2, "OCI runtime create failed: no")),
            _ => well(request),
        });
        let err = p.create().await.unwrap_err();
        assert_eq!((err.kind, err.message.as_str()), (Kind::Unknown, "OCI runtime create failed: no"));
        assert!(p.nothing_left());
        assert_eq!(p.ran(), "start delete ");
        assert_eq!(p.topics(), Vec::<String>::new());
    });
}

/// One that runs and says nothing that could be understood is not left behind.
#[test]
fn a_shim_that_cannot_be_reached_is_ended() {
    run(async {
        let p = place(well);
        let pid = p.socket.with_file_name("pid");
        let script = format!(
            "for action; do :; done; echo $action >>{0}/ran\n\
             case $action in start) cat >/dev/null; mkfifo {0}/never\n\
             bash -c 'exec -a /no/such/shim bash -c \"read x <{0}/never\" bash -namespace default -id web' >{0}/out 2>&1 &\n\
             echo $! >{0}/pid; while ! grep -q ^/no/such/shim /proc/$!/cmdline; do :; done; printf \"$1\";; delete) cat {0}/facts;; esac\n",
            pid.parent().unwrap().display()
        );
        for said in ["unix:///no/such/socket", r#"{\"version\":9,\"address\":\"a\",\"protocol\":\"ttrpc\"}"#]
        {
            std::fs::write(p.socket.with_file_name("script"), script.replace("\"$1\"", &format!("'{said}'")))
                .unwrap();
            p.create().await.unwrap_err();
            let pid: u32 = std::fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
            // It is killed by now, and takes a moment to go.
            let gone = || {
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
                stat.rsplit(')').next().is_none_or(|rest| rest.is_empty() || rest.trim().starts_with('Z'))
            };
            let going = async {
                while !gone() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), going).await.expect(said);
            assert!(p.nothing_left(), "{said}");
            _ = std::fs::remove_file(p.socket.with_file_name("never"));
        }
        assert_eq!(p.ran(), "start delete start delete ");
    });
}

#[test]
fn a_shim_that_dies_is_buried_and_told_of() {
    run(async {
        let mut p = place(|request| match request.method.as_str() {
            "Kill" => Reply::HangUp,
            _ => well(request),
        });
        p.create().await.unwrap();
        let waiting = tokio::spawn({
            let (runtime, web) = (p.runtime.clone(), p.web());
            async move { runtime.wait(web).await }
        });
        // The wait is under way before the shim dies.
        while !p.heard.lock().unwrap().iter().any(|call| call.ends_with("Wait")) {
            tokio::task::yield_now().await;
        }
        assert_eq!(p.runtime.kill(p.web(), 9, false).await.unwrap_err().kind, Kind::Unavailable);
        let exit = waiting.await.unwrap().unwrap();
        assert_eq!((exit.pid, exit.status), (41, 9));
        assert_eq!(p.ran(), "start delete ");
        assert_eq!(p.topics(), ["/tasks/exit", "/tasks/delete"]);
        assert!(p.nothing_left());
    });
}

#[test]
fn a_shim_that_dies_over_a_question_had_a_task_that_is_no_more() {
    run(async {
        let p = place(|request| match request.method.as_str() {
            "State" => Reply::HangUp,
            _ => well(request),
        });
        p.create().await.unwrap();
        let gone = p.runtime.state(p.web()).await.unwrap_err();
        assert_eq!((gone.kind, gone.message.as_str()), (Kind::NotFound, "task web not found"));
        assert!(p.nothing_left(), "it is buried by the time of the answer");
    });
}

#[test]
fn recovery() {
    run(async {
        let mut p = place(well);
        // A dead shim: the bundle says where it was, and nobody is there.
        std::fs::rename(&p.socket, p.socket.with_extension("away")).unwrap();
        let guard = p.bundle.create(b"{}").unwrap();
        shim::save_binary(&p.bundle, &p.socket.with_file_name("shim")).unwrap();
        let reply = ctrd_shim::bootstrap::Reply::new(format!("unix://{}", p.socket.display()));
        shim::save(&p.bundle, &reply).unwrap();
        drop(guard);
        p.runtime.recover().await;
        assert!(p.nothing_left());
        assert_eq!(p.topics(), ["/tasks/exit", "/tasks/delete"]);

        // One that was never finished is removed; one that is being made is left alone.
        let guard = p.bundle.create(b"{}").unwrap();
        p.runtime.recover().await;
        assert!(p.bundle.exists());
        drop(guard);
        p.runtime.recover().await;
        assert!(p.nothing_left());
        assert_eq!(p.topics(), Vec::<String>::new());

        // A live one is adopted.
        std::fs::rename(p.socket.with_extension("away"), &p.socket).unwrap();
        drop(p.bundle.create(b"{}").unwrap());
        shim::save(&p.bundle, &reply).unwrap();
        p.runtime.recover().await;
        assert_eq!(p.runtime.table().len(), 1);
    });
}

#[test]
fn a_shim_without_a_container_is_a_leftover() {
    run(async {
        let mut p = place(|request| match request.method.as_str() {
            "State" => Reply::Answer(ttrpc::failure(5, "container not created")),
            _ => well(request),
        });
        let guard = p.bundle.create(b"{}").unwrap();
        let reply = ctrd_shim::bootstrap::Reply::new(format!("unix://{}", p.socket.display()));
        shim::save(&p.bundle, &reply).unwrap();
        p.runtime.recover().await;
        assert!(p.bundle.exists(), "its maker is at work");
        assert_eq!(p.create().await.unwrap_err().kind, Kind::AlreadyExists);
        drop(guard);
        p.runtime.recover().await;
        assert!(p.nothing_left());

        // The name is free for a new task, too, when nobody has recovered anything.
        drop(p.bundle.create(b"{}").unwrap());
        shim::save(&p.bundle, &reply).unwrap();
        assert_eq!(p.create().await.unwrap(), 41);
        assert_eq!(p.topics(), Vec::<String>::new());
    });
}

/// Another process may be stopped while it holds the folder of a namespace: who wants something in there waits, and
/// nobody else.
#[test]
fn a_folder_that_is_held_holds_up_nobody_else() {
    run(async {
        let p = place(well);
        let left = p.runtime.bundles.get("default", "left").unwrap();
        drop(left.create(b"{}").unwrap());
        let folder = std::fs::File::open(left.path.parent().unwrap()).unwrap();
        let held = nix::fcntl::Flock::lock(folder, nix::fcntl::FlockArg::LockExclusive).unwrap();
        let (go, on) = std::sync::mpsc::channel::<()>();
        // In the end it is let go in any case, or a failure would never end.
        let holder = std::thread::spawn(move || {
            let told = on.recv_timeout(Duration::from_secs(30));
            drop(held);
            told
        });
        let (create, runtime) = (p.runtime.clone(), p.runtime.clone());
        let request = CreateTaskRequest { container_id: "web".into(), ..CreateTaskRequest::default() };
        let created = tokio::spawn(async move { create.create("default", request, None).await });
        let looked = tokio::spawn(async move { runtime.get("default", "left").await.err().unwrap().kind });
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert!(p.runtime.list("other").await.unwrap().is_empty());
        assert!(!created.is_finished() && !looked.is_finished() && left.exists());
        go.send(()).expect("the whole process was held up");
        holder.join().unwrap().unwrap();
        assert_eq!(created.await.unwrap().unwrap(), 41);
        assert_eq!(looked.await.unwrap(), Kind::NotFound);
        assert!(!left.exists());
    });
}

/// Who has heard that there is no container yet comes to its turn when there is one.
#[test]
fn what_was_finished_meanwhile_is_no_leftover() {
    static CREATED: AtomicBool = AtomicBool::new(false);
    run(async {
        let p = place(|request| match request.method.as_str() {
            "State" if !CREATED.load(Ordering::SeqCst) => {
                Reply::Answer(ttrpc::failure(5, "container not created"))
            }
            _ => well(request),
        });
        let reply = ctrd_shim::bootstrap::Reply::new(format!("unix://{}", p.socket.display()));
        let making = p.bundle.create(b"{}").unwrap();
        shim::save(&p.bundle, &reply).unwrap();
        let asked = || p.heard.lock().unwrap().iter().filter(|call| call.ends_with("State")).count();
        let created = async {
            let turn = p.runtime.turns.take(&p.bundle).await;
            while asked() < 2 {
                tokio::task::yield_now().await;
            }
            CREATED.store(true, Ordering::SeqCst);
            drop((making, turn));
        };
        let ((), (), again) = tokio::join!(created, p.runtime.recover(), p.create());
        assert_eq!(again.unwrap_err().kind, Kind::AlreadyExists);
        assert_eq!(p.runtime.state(p.web()).await.unwrap().pid, 41);
        assert!(!p.heard.lock().unwrap().join(" ").contains("Shutdown"));
    });
}

#[test]
fn a_shim_that_hangs_holds_nobody_up() {
    run(async {
        let p = place(|request| match request.method.as_str() {
            "State" => Reply::Silence,
            _ => well(request),
        });
        p.create().await.unwrap();
        p.bundle.write("init.pid", b"41", 0o600).unwrap();
        let states = p.runtime.list("default").await.unwrap();
        assert_eq!((states[0].id.as_str(), states[0].status, states[0].pid), ("web", 0, 41));
    });
}
