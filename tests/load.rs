//! Load: containers by the hundred, 50 at a time, from their records to their removal. The server is no larger
//! afterwards, every event of theirs has come once and in its order, and nothing is left of them.
//!
//! `CTRD_LOAD` sets how many.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use ctrd::api::event::ContainerDelete;
use ctrd::api::events::SubscribeRequest;
use ctrd::api::task::Status;
use ctrd::client::container::Wish;
use ctrd::client::process::{self, Name};
use ctrd::client::{Client, container};
use ctrd::shim::binary;
use ctrd::spec::Options;
use ctrd::stdio::Paths;
use prost::Message;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet, LocalSet};

use crate::stack::Stack;
use crate::traces;

/// So many live at the same time.
const AT_ONCE: usize = 50;

/// SQLite keeps the descriptor of a connection that is closed for the next one, as long as another has the file
/// locked: one a thread that blocks.
const KEPT: usize = ctrd::serve::BLOCKING_THREADS;

/// What the containers are called that come before it is measured.
const FIRST: &str = "it-load-first-";

/// What a container's life is in events.
const LIFE: [&str; 6] = [
    "/containers/create",
    "/tasks/create",
    "/tasks/start",
    "/tasks/exit",
    "/tasks/delete",
    "/containers/delete",
];

/// What may grow: the server's own memory in kB, its descriptors and threads; all mounts.
#[derive(Debug, Clone, Copy)]
struct Size {
    memory: u64,
    fds: usize,
    threads: usize,
    mounts: usize,
}

impl Size {
    fn of(server: u32) -> Size {
        let at = |name: &str| format!("/proc/{server}/{name}");
        let rollup = std::fs::read_to_string(at("smaps_rollup")).expect("its memory");
        let line = rollup.lines().find_map(|l| l.strip_prefix("Private_Dirty:")).expect("a field");
        Size {
            memory: line.trim().trim_end_matches(" kB").parse().expect("a number"),
            fds: std::fs::read_dir(at("fd")).expect("its descriptors").count(),
            threads: std::fs::read_dir(at("task")).expect("its threads").count(),
            mounts: std::fs::read_to_string("/proc/self/mounts").expect("the mounts").lines().count(),
        }
    }

    /// Waits until the server is no larger than this, but for what an allocator keeps.
    fn is_reached_by(self, server: u32) {
        let limit = Instant::now() + Duration::from_secs(30);
        loop {
            let now = Size::of(server);
            let small = now.memory <= self.memory + 2048 && now.threads <= self.threads.max(20);
            if small && now.fds <= self.fds + KEPT && now.mounts <= self.mounts {
                return;
            }
            assert!(Instant::now() < limit, "{now:?}, before it was {self:?}");
            std::thread::yield_now();
        }
    }
}

/// A container that has started, and its end.
async fn begin(client: Client, id: String) -> (String, JoinHandle<u32>) {
    let options = Options {
        namespace: "default".into(),
        id: id.clone(),
        args: vec!["sleep".into(), "3000".into()],
        ..Options::default()
    };
    let wish = Wish {
        options,
        image: Some("busybox".into()),
        labels: HashMap::new(),
        snapshotter: None,
        runtime: binary::DEFAULT.into(),
        runc_binary: None,
        sandbox: String::new(),
    };
    let made = container::create(&client, &wish).await.expect("create a container");
    process::create(&client, &id, made.mounts, false, &Paths::default()).await.expect("create its task");
    let (waiting, name) = (client.clone(), Name::init(&id));
    let ended = tokio::spawn(async move { process::wait(&waiting, &name).await.expect("wait") });
    process::start(&client, &Name::init(&id)).await.expect("start");
    (id, ended)
}

async fn end(client: Client, (id, ended): (String, JoinHandle<u32>)) {
    process::kill(&client, &Name::init(&id), 9, false).await.expect("kill");
    assert_eq!(ended.await.expect("an end"), 137);
    assert_eq!(process::delete(&client, &id, None).await.expect("delete"), 137);
    container::remove(&client, &id, false, false).await.expect("remove the container");
}

/// So many containers that live at the same time.
async fn batch(client: &Client, ids: impl Iterator<Item = String>) {
    let mut beginning = JoinSet::new();
    ids.for_each(|id| drop(beginning.spawn_local(begin(client.clone(), id))));
    let mut live = Vec::new();
    while let Some(begun) = beginning.join_next().await {
        live.push(begun.expect("no panic"));
    }
    let mut listed: Vec<String> = process::list(client)
        .await
        .expect("list")
        .into_iter()
        .filter(|task| task.status() == Status::Running)
        .map(|task| task.id)
        .collect();
    listed.sort();
    let mut ids: Vec<String> = live.iter().map(|(id, _)| id.clone()).collect();
    ids.sort();
    assert_eq!(listed, ids);
    let mut ending = JoinSet::new();
    live.into_iter().for_each(|one| drop(ending.spawn_local(end(client.clone(), one))));
    while let Some(ended) = ending.join_next().await {
        ended.expect("no panic");
    }
}

/// The containers' events by their ids, in their order, until the server ends; `told` once so many
/// containers are gone.
async fn hear(
    client: &Client,
    count: usize,
    told: oneshot::Sender<()>,
) -> JoinHandle<BTreeMap<String, Vec<String>>> {
    let filters = LIFE.iter().map(|topic| format!("topic=={topic:?}")).collect();
    let answer = client.events().subscribe(SubscribeRequest { filters }).await;
    let mut stream = answer.expect("subscribe").into_inner();
    tokio::spawn(async move {
        let (mut gone, mut told) = (0, Some(told));
        let mut lives: BTreeMap<String, Vec<String>> = BTreeMap::new();
        while let Ok(Some(envelope)) = stream.message().await {
            // The first field of all of them is the container's id.
            let event = envelope.event.expect("an event");
            let event = ContainerDelete::decode(event.value.as_slice()).expect("an event");
            // A server that has just started tells once more how tasks ended, to those who come back to it.
            if event.id.starts_with(FIRST) {
                continue;
            }
            gone += usize::from(envelope.topic == LIFE[5]);
            lives.entry(event.id).or_default().push(envelope.topic);
            if gone == count
                && let Some(told) = told.take()
            {
                let _ = told.send(());
            }
        }
        lives
    })
}

/// How many entries a folder has, beside what ocirun keeps for all containers.
fn entries(dir: &Path) -> usize {
    let own = |entry: &std::fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('@');
    std::fs::read_dir(dir).map_or(0, |entries| entries.flatten().filter(own).count())
}

#[test]
fn containers_by_the_hundred() {
    let count: usize = std::env::var("CTRD_LOAD").ok().map_or(100, |n| n.parse().expect("a number"));
    let stack = Stack::with_busybox();
    let mut server = stack.serve();
    let snapshots = stack.path("lib/io.containerd.snapshotter.v1.overlayfs/snapshots");
    let layers = entries(&snapshots);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let lives = LocalSet::new().block_on(&runtime, async {
        let client = stack.client().await;
        // As large as it gets, for the first time.
        batch(&client, (0..AT_ONCE).map(|n| format!("{FIRST}{n}"))).await;
        let (told, all) = oneshot::channel();
        let hearing = hear(&client, count, told).await;
        let before = Size::of(server.pid());
        for first in (0..count).step_by(AT_ONCE) {
            let ids = (first..count.min(first + AT_ONCE)).map(|n| format!("it-load-{n}"));
            batch(&client, ids).await;
        }
        all.await.expect("all events");
        before.is_reached_by(server.pid());
        assert_eq!(server.stop(), Some(0));
        hearing.await.expect("no panic")
    });
    assert_eq!(lives.len(), count);
    for (id, topics) in lives {
        assert_eq!(topics, LIFE, "{id}");
    }
    traces::none_of(&["it-load-"]);
    for dir in ["run/s", "run/fifo", "run/io.containerd.runtime.v2.task/default", "run/ocirun/default"] {
        assert_eq!(entries(&stack.path(dir)), 0, "{dir}");
    }
    assert_eq!(entries(&snapshots), layers);
}
