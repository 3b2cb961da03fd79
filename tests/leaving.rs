//! Callers who leave a server: with their deadline, by giving up, by dying. What was made for them alone is taken away
//! again, what hangs for them ends, and who stays on the same connection or comes after them notices nothing.

use std::path::PathBuf;
use std::time::Duration;

use ctrd::api::events::{PublishRequest, SubscribeRequest};
use ctrd::api::tasks::{CreateTaskRequest, GetRequest, StartRequest, WaitRequest};
use ctrd::client::Client;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use prost_types::Any;
use tokio::task::JoinSet;
use tonic::{Code, Request, Status};

use crate::shim::stalled::program;
use crate::stack::Stack;
use crate::{bin, runtime, traces};

/// How long a caller of what hangs waits.
const LIMIT: Duration = Duration::from_millis(700);

fn block_on(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test);
}

/// ocirun, which hangs where it is told to.
struct Slow {
    dir: PathBuf,
}

impl Slow {
    /// A container over it, without a task.
    fn container(stack: &Stack, id: &str) -> Self {
        let dir = stack.path("slow");
        std::fs::create_dir(&dir).expect("a folder");
        let script = format!(
            "read -r verb <{0}/hang\n\
             case \" $* \" in *\" $verb \"*) ;; *) exec {1} \"$@\" ;; esac\n\
             echo $$ >{0}/hung.new; mv {0}/hung.new {0}/hung\n\
             read -r verb <{0}/go\n\
             exec {1} \"$@\"",
            dir.display(),
            bin::path("ocirun").display()
        );
        let program = program(&dir.join("runtime"), &script);
        bin::run(std::process::Command::new("mkfifo").arg(dir.join("go"))).ok();
        let slow = Self { dir };
        slow.hangs("nothing");
        let root = stack.path("busybox-root");
        let root = ["--rootfs", root.to_str().expect("UTF-8")];
        let args = ["container", "create", "--runc-binary", &program, "--name", id];
        stack.run(&[&args[..], &root, &["sleep", "3000"]].concat()).ok();
        slow
    }

    fn hangs(&self, verb: &str) {
        let _ = std::fs::remove_file(self.dir.join("hung"));
        std::fs::write(self.dir.join("hang"), format!("{verb}\n")).expect("write");
    }

    /// The process of what hangs, once it does.
    async fn hung(&self) -> i64 {
        loop {
            if let Ok(pid) = std::fs::read_to_string(self.dir.join("hung")) {
                return pid.trim().parse().expect("a pid");
            }
            tokio::task::yield_now().await;
        }
    }

    /// What hangs goes on.
    fn goes_on(&self) {
        self.hangs("nothing");
        std::fs::write(self.dir.join("go"), "on\n").expect("let it go on");
    }
}

fn create(id: &str) -> CreateTaskRequest {
    CreateTaskRequest { container_id: id.into(), ..CreateTaskRequest::default() }
}

fn within<T>(limit: Duration, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(limit);
    request
}

/// The client's own clock may be first, which calls it so.
fn is_late<T: std::fmt::Debug>(answer: Result<T, Status>) {
    let code = answer.expect_err("it hangs").code();
    assert!(matches!(code, Code::DeadlineExceeded | Code::Cancelled), "{code}");
}

async fn has_task(client: &Client, id: &str) -> bool {
    let request = GetRequest { container_id: id.into(), exec_id: String::new() };
    client.tasks().get(request).await.is_ok()
}

/// Whoever was not told that there is a task now does not know that there is one to remove.
#[test]
fn a_task_that_nobody_waited_for_is_taken_back() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    let slow = Slow::container(&stack, "it-left");
    block_on(async {
        let client = stack.client().await;
        // With a deadline: what hangs for it is ended.
        slow.hangs("create");
        let (mut tasks, asked) = (client.tasks(), within(LIMIT, create("it-left")));
        let call = tokio::spawn(async move { tasks.create(asked).await });
        let hung = slow.hung().await;
        is_late(call.await.expect("no panic"));
        runtime::wait_exit(hung);
        slow.hangs("nothing");
        // By going away: once it is made.
        while client.tasks().create(create("it-left")).await.is_err_and(|e| e.code() == Code::AlreadyExists) {
        }
        stack.run(&["task", "delete", "--force", "it-left"]);
        slow.hangs("create");
        let mut tasks = client.tasks();
        let call = tokio::spawn(async move { tasks.create(create("it-left")).await });
        slow.hung().await;
        call.abort();
        call.await.expect_err("it was given up");
        // The server has seen it.
        client.version().version(()).await.expect("an answer");
        slow.goes_on();
        let bundle = stack.path("run/io.containerd.runtime.v2.task/default/it-left");
        while bundle.exists() {
            tokio::task::yield_now().await;
        }
        assert!(!has_task(&client, "it-left").await);
        client.tasks().create(create("it-left")).await.expect("its name is free");
    });
    stack.run(&["rm", "-f", "it-left"]).ok();
    traces::none_of(&["it-left"]);
}

/// Nor does anybody know of what a server was making when it died.
#[test]
fn a_task_that_a_dead_server_was_making_is_given_up() {
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    let slow = Slow::container(&stack, "it-halfway");
    slow.hangs("create");
    block_on(async {
        let mut tasks = stack.client().await.tasks();
        let call = tokio::spawn(async move { tasks.create(create("it-halfway")).await });
        let hung = slow.hung().await;
        server.kill();
        call.await.expect("no panic").expect_err("its server died");
        runtime::wait_exit(hung);
        slow.hangs("nothing");
        server = stack.serve();
        let client = stack.client().await;
        client.tasks().create(create("it-halfway")).await.expect("its name is free");
        assert!(has_task(&client, "it-halfway").await);
        stack.run(&["rm", "-f", "it-halfway"]).ok();
    });
    traces::none_of(&["it-halfway"]);
    drop(server);
}

#[test]
fn a_deadline_ends_what_hangs_for_it() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    let slow = Slow::container(&stack, "it-overdue");
    block_on(async {
        let client = stack.client().await;
        client.tasks().create(create("it-overdue")).await.expect("create");
        slow.hangs("start");
        let request = StartRequest { container_id: "it-overdue".into(), exec_id: String::new() };
        let (mut tasks, asked) = (client.tasks(), within(LIMIT, request.clone()));
        let call = tokio::spawn(async move { tasks.start(asked).await });
        let hung = slow.hung().await;
        is_late(call.await.expect("no panic"));
        runtime::wait_exit(hung);
        slow.hangs("nothing");
        client.tasks().start(request).await.expect("start");
        // Who has waited long enough is not waited for by the shim either.
        let wait = WaitRequest { container_id: "it-overdue".into(), exec_id: String::new() };
        is_late(client.tasks().wait(within(LIMIT, wait)).await);
    });
    stack.run(&["rm", "-f", "it-overdue"]).ok();
}

/// Calls that were given up before the server has looked at them are no reason to end the connection of the others.
#[test]
fn many_who_give_up_do_not_cost_the_others_their_connection() {
    let stack = Stack::with_busybox();
    let server = stack.serve();
    let pid = Pid::from_raw(server.pid() as i32);
    block_on(async {
        let client = stack.client().await;
        let request = SubscribeRequest { filters: vec![r#"topic=="/it/stays""#.into()] };
        let mut events = client.events().subscribe(request).await.expect("subscribe").into_inner();
        kill(pid, Signal::SIGSTOP).expect("stop the server");
        let mut calls = JoinSet::new();
        for _ in 0..200 {
            let version = client.version();
            calls.spawn(async move {
                let mut version = version;
                version.version(()).await
            });
        }
        // They are on their way.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        calls.shutdown().await;
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        kill(pid, Signal::SIGCONT).expect("continue the server");
        let event = Some(Any { type_url: "x".into(), value: Vec::new() });
        let publish = PublishRequest { topic: "/it/stays".into(), event };
        client.events().publish(publish).await.expect("publish");
        assert_eq!(events.message().await.expect("still connected").expect("an event").topic, "/it/stays");
    });
}

/// One connection may carry as many waiting calls as there are containers.
#[test]
fn hundreds_may_wait_on_one_connection() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    stack.run(&["run", "-d", "--name", "it-waited", "busybox", "sleep", "3000"]).ok();
    block_on(async {
        let client = stack.client().await;
        let mut waiting = JoinSet::new();
        for _ in 0..1000 {
            let wait = WaitRequest { container_id: "it-waited".into(), exec_id: String::new() };
            let mut tasks = client.tasks();
            waiting.spawn(async move { tasks.wait(wait).await });
        }
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        let version =
            tokio::time::timeout(Duration::from_secs(10), async { client.version().version(()).await });
        version.await.expect("others are served").expect("an answer");
        assert!(has_task(&client, "it-waited").await);
        stack.run(&["kill", "-s", "KILL", "it-waited"]).ok();
        while let Some(ended) = waiting.join_next().await {
            assert_eq!(ended.expect("no panic").expect("an end").into_inner().exit_status, 137);
        }
    });
    stack.run(&["rm", "it-waited"]).ok();
}
