//! Each of the times that a configuration sets is the one that is waited for: the others are an hour long.

use super::*;

const HOUR: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_millis(10);

fn limits(set: impl FnOnce(&mut Timeouts)) -> Timeouts {
    let mut limits =
        Timeouts { load: HOUR, shutdown: HOUR, cleanup: HOUR, state: HOUR, stats: HOUR, open: HOUR };
    set(&mut limits);
    limits
}

/// Long enough for anything but an hour.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work).await.expect("it waits for the wrong time")
}

#[test]
fn of_the_state_of_a_task() {
    run(async {
        let script: Script = |request| match request.method.as_str() {
            "State" => Reply::Silence,
            _ => well(request),
        };
        let p = place_with(script, limits(|limits| limits.state = SOON));
        p.create().await.unwrap();
        assert_eq!(soon(p.runtime.list("default")).await.unwrap()[0].status, 0);
    });
}

#[test]
fn of_its_figures() {
    run(async {
        let script: Script = |request| match request.method.as_str() {
            "Stats" => Reply::Silence,
            _ => well(request),
        };
        let p = place_with(script, limits(|limits| limits.stats = SOON));
        p.create().await.unwrap();
        assert!(soon(p.runtime.stats("default", |_| true)).await.unwrap().is_empty());
        assert!(p.heard.lock().unwrap().iter().any(|call| call.ends_with("Stats")));
    });
}

#[test]
fn of_the_end_of_a_shim() {
    run(async {
        let script: Script = |request| match request.method.as_str() {
            "Shutdown" => Reply::Silence,
            _ => well(request),
        };
        let p = place_with(script, limits(|limits| limits.shutdown = SOON));
        p.create().await.unwrap();
        assert_eq!(soon(p.runtime.delete("default", "web")).await.unwrap().status, 3);
        assert_eq!(p.ran(), "start delete ", "it is cleaned up after");
        assert!(p.nothing_left());
    });
}

#[test]
fn of_the_cleanup_after_a_dead_shim() {
    run(async {
        let script: Script = |request| match request.method.as_str() {
            "Kill" => Reply::HangUp,
            _ => well(request),
        };
        let mut p = place_with(script, limits(|limits| limits.cleanup = SOON));
        p.create().await.unwrap();
        let gate = p.socket.with_file_name("gate");
        nix::unistd::mkfifo(&gate, nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::fs::write(p.socket.with_file_name("script"), format!("read -r on <{}\n", gate.display()))
            .unwrap();
        soon(p.runtime.kill(p.web(), 9, false)).await.unwrap_err();
        // What nobody can tell is not made up.
        let topics = async {
            let mut topics = Vec::new();
            while topics.len() < 2 {
                topics.push(p.events.recv().await.unwrap().topic.clone());
            }
            topics
        };
        assert_eq!(soon(topics).await, ["/tasks/exit", "/tasks/delete"]);
        assert!(!p.bundle.exists());
    });
}

#[test]
fn of_a_shim_that_was_there_before() {
    run(async {
        let script: Script = |request| match request.method.as_str() {
            "State" => Reply::Silence,
            _ => well(request),
        };
        let p = place_with(script, limits(|limits| limits.load = SOON));
        drop(p.bundle.create(b"{}").unwrap());
        let reply = ctrd_shim::bootstrap::Reply::new(format!("unix://{}", p.socket.display()));
        shim::save(&p.bundle, &reply).unwrap();
        soon(p.runtime.recover()).await;
        assert!(p.bundle.exists(), "it may be one that is well");
    });
}

/// Many that hang, each for an hour, and behind them one that is dead, one that was never finished and one that is well.
#[test]
fn of_many_shims_that_were_there_before_nobody_waits_for_the_others() {
    run(async {
        let mut p = place_with(|_| Reply::Silence, limits(|_| ()));
        let made = |id: &str, socket: Option<&std::path::Path>| {
            let bundle = p.runtime.bundles.get("default", id).unwrap();
            drop(bundle.create(b"{}").unwrap());
            shim::save_binary(&bundle, &p.socket.with_file_name("shim")).unwrap();
            if let Some(socket) = socket {
                let reply = ctrd_shim::bootstrap::Reply::new(format!("unix://{}", socket.display()));
                shim::save(&bundle, &reply).unwrap();
            }
            bundle
        };
        for n in 0..100 {
            made(&format!("hung-{n}"), Some(&p.socket));
        }
        let well_at = p.socket.with_file_name("well");
        let listener = UnixListener::bind(&well_at).unwrap();
        tokio::spawn(serve(listener, well, p.heard.clone()));
        made("zz-well", Some(&well_at));
        let dead = made("zz-dead", Some(&p.socket.with_file_name("none")));
        let unfinished = made("zz-unfinished", None);
        let runtime = p.runtime.clone();
        let recovery = tokio::spawn(async move { runtime.recover().await });
        assert_eq!(soon(p.events.recv()).await.unwrap().topic, "/tasks/exit");
        soon(async {
            while dead.exists() || unfinished.exists() || p.runtime.table().len() < 101 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert!(!recovery.is_finished(), "those that hang are still waited for");
        recovery.abort();
    });
}

/// What cleans up after a dead shim may hang as the shim did: who looks at all tasks does not wait for it.
#[test]
fn of_a_listing_while_one_is_cleaned_up_after() {
    run(async {
        let script: Script = |request| match request.method.as_str() {
            "State" => Reply::HangUp,
            _ => well(request),
        };
        let mut p = place_with(script, limits(|limits| (limits.state, limits.stats) = (SOON, SOON)));
        p.create().await.unwrap();
        p.bundle.write("init.pid", b"41", 0o600).unwrap();
        let gate = p.socket.with_file_name("gate");
        nix::unistd::mkfifo(&gate, nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::fs::write(p.socket.with_file_name("script"), format!("read -r on <{}\n", gate.display()))
            .unwrap();
        for shim in ["it dies over the question", "it is dead"] {
            let states = soon(p.runtime.list("default")).await.unwrap();
            let state = states.iter().map(|state| (state.id.as_str(), state.status, state.pid));
            assert_eq!(state.collect::<Vec<_>>(), [("web", 0, 41)], "{shim}");
            _ = std::fs::rename(&p.socket, p.socket.with_extension("away"));
        }
        assert!(soon(p.runtime.stats("default", |_| true)).await.unwrap().is_empty());
        assert!(p.bundle.exists());
        // It goes on, though nobody waits.
        tokio::task::spawn_blocking(move || std::fs::write(gate, "on\n").unwrap()).await.unwrap();
        assert_eq!(soon(p.events.recv()).await.unwrap().topic, "/tasks/exit");
        assert!(soon(p.runtime.list("default")).await.unwrap().is_empty());
    });
}

/// Nor do tasks that are heard of after it.
#[test]
fn of_those_that_are_heard_of_while_one_is_cleaned_up_after() {
    run(async {
        let p = place_with(well, limits(|_| {}));
        let gate = p.socket.with_file_name("gate");
        nix::unistd::mkfifo(&gate, nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::fs::write(
            p.socket.with_file_name("script"),
            format!("echo x >{0}.at; read -r on <{0}\n", gate.display()),
        )
        .unwrap();
        let there = p.socket.display().to_string();
        for (id, socket) in [("web", "/no/such/socket"), ("other", there.as_str())] {
            let bundle = p.runtime.bundles.get("default", id).unwrap();
            drop(bundle.create(b"{}").unwrap());
            shim::save_binary(&bundle, &p.socket.with_file_name("shim")).unwrap();
            shim::save(&bundle, &ctrd_shim::bootstrap::Reply::new(format!("unix://{socket}"))).unwrap();
        }
        let runtime = p.runtime.clone();
        tokio::spawn(async move { runtime.follow().await });
        tokio::task::yield_now().await;
        let tell = |id: &str| {
            let start = crate::api::event::TaskStart { container_id: id.into(), pid: 1 };
            p.runtime.events.publish("default", "/tasks/start", &start).unwrap();
        };
        tell("web");
        let until = async |done: &dyn Fn() -> bool| {
            while !done() {
                tokio::task::yield_now().await;
            }
        };
        soon(until(&|| gate.with_extension("at").exists())).await;
        tell("other");
        soon(until(&|| !p.runtime.table().is_empty())).await;
        tokio::task::spawn_blocking(move || std::fs::write(gate, "on\n").unwrap()).await.unwrap();
        soon(until(&|| !p.bundle.exists())).await;
    });
}
