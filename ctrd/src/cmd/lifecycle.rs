//! `start`, `stop`, `restart`, `pause`, `resume` and `wait`: each over several containers.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, timeout};

use super::launch::{self, Outcome, Way};
use super::{Session, checkpoint, each, logs, plain, policy, start};
use crate::api::task::Status;
use crate::api::tasks::{PauseTaskRequest, ResumeTaskRequest};
use crate::api::types::Descriptor;
use crate::cli::{Names, Start, Stop, TaskStart};
use crate::client::process::{self, Name};
use crate::client::{Client, container, take};
use crate::error::{Error, Kind};
use crate::spec::label::STOP_SIGNAL;
use crate::{listing, signal};

/// How often a server may go while one container is waited for.
const RECONNECTS: u32 = 16;

pub async fn start(session: &Session, args: &Start) -> Result<i32> {
    let saved = async || match &args.checkpoint {
        Some(image) => checkpoint::processes(&session.client, image, args.trust).await.map(Some),
        None => Ok(None),
    };
    if !args.attach {
        return each("start", &args.containers, async |id: String| {
            in_background(session, &id, saved().await?).await?;
            listing::tell(&id)
        })
        .await;
    }
    let [id] = &args.containers[..] else { bail!("--attach takes one container") };
    // Before the last task makes way for it.
    saved().await?;
    clear(session, id).await?;
    let start = TaskStart {
        detach: false,
        interactive: args.interactive,
        detach_keys: String::new(),
        pid_file: None,
        log_uri: None,
        checkpoint: args.checkpoint.clone(),
        trust: args.trust,
        image_path: None,
        container: id.clone(),
    };
    start::start(session, &start).await
}

/// A task that has ended makes way for another.
async fn clear(session: &Session, id: &str) -> Result<(), Error> {
    container::get(&session.client, id).await?;
    match process::status(&session.client, id).await {
        Ok(task) if task.status() == Status::Stopped => {
            process::delete(&session.client, id, None).await.map(drop)
        }
        Ok(task) => Err(Error::precondition(format!("its task is {}", process::word(task.status())))),
        Err(e) if e.kind == Kind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

/// Starts a container anew, or with the processes of a checkpoint, and leaves it.
pub async fn in_background(session: &Session, id: &str, checkpoint: Option<Descriptor>) -> Result<(), Error> {
    clear(session, id).await?;
    let container = container::get(&session.client, id).await?;
    policy::away(&session.client, &container, false).await?;
    let mounts = container::mounts(&session.client, &container).await?;
    let terminal = start::terminal(&container);
    let way = Way {
        detach: true,
        interactive: false,
        terminal,
        keys: Vec::new(),
        log_uri: logs::begin(session, &container, terminal).await?,
        pid_file: None,
        checkpoint,
    };
    let mut signals = signal::caught(signal::ends)?;
    match launch::task(session, id, mounts, &way, &mut signals).await {
        Ok(Outcome::Left | Outcome::Ended(..)) => {
            policy::running(&session.client, &container, way.log_uri.as_deref()).await
        }
        Err(e) => Err(plain(&e)),
    }
}

pub async fn stop(session: &Session, args: &Stop) -> Result<i32> {
    ask(session, args).await;
    let until = Instant::now() + Duration::from_secs(args.time);
    each("stop", &args.containers, async |id: String| {
        end(session, args, &id, until).await?;
        policy::stopped(&session.client, &id).await?;
        listing::tell(&id)
    })
    .await
}

pub async fn restart(session: &Session, args: &Stop) -> Result<i32> {
    ask(session, args).await;
    let until = Instant::now() + Duration::from_secs(args.time);
    each("restart", &args.containers, async |id: String| {
        end(session, args, &id, until).await?;
        in_background(session, &id, None).await?;
        listing::tell(&id)
    })
    .await
}

/// Asks all at once, so that all have the whole time. What goes wrong is told by `end`.
async fn ask(session: &Session, args: &Stop) {
    for id in &args.containers {
        let Ok(signal) = stop_signal(session, args, id).await else { continue };
        if let Ok(container) = container::get(&session.client, id).await {
            let _ = policy::away(&session.client, &container, true).await;
        }
        let _ = process::kill(&session.client, &Name::init(id), signal, false).await;
        // What is frozen hears of it when it goes on.
        if process::status(&session.client, id).await.is_ok_and(|task| task.status() == Status::Paused) {
            let request = ResumeTaskRequest { container_id: id.clone() };
            let _ = session.client.tasks().resume(request).await;
        }
    }
}

async fn stop_signal(session: &Session, args: &Stop, id: &str) -> Result<i32, Error> {
    let container = container::get(&session.client, id).await?;
    let text = args.signal.as_ref().or_else(|| container.labels.get(STOP_SIGNAL));
    let text = text.map_or("SIGTERM", String::as_str);
    signal::number(text).ok_or_else(|| Error::invalid(format!("signal {text:?}: unknown")))
}

/// Waits for the end that was asked for, and forces it at last.
async fn end(session: &Session, args: &Stop, id: &str, until: Instant) -> Result<(), Error> {
    stop_signal(session, args, id).await?;
    let left = until.saturating_duration_since(Instant::now());
    match timeout(left, ended(session, id)).await {
        Ok(Err(e)) if e.kind == Kind::NotFound => return Ok(()),
        Ok(outcome) => return outcome.map(drop),
        Err(_) => {}
    }
    let client = session.again().await.map_err(|e| plain(&e))?;
    match process::kill(&client, &Name::init(id), libc::SIGKILL, true).await {
        Err(e) if !matches!(e.kind, Kind::NotFound | Kind::FailedPrecondition) => return Err(e),
        _ => {}
    }
    match ended(session, id).await {
        Err(e) if e.kind == Kind::NotFound => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// Waits for a task's end, and gives its status. A server may go meanwhile: another one, or this
/// process, finds the task again.
pub async fn ended(session: &Session, id: &str) -> Result<u32, Error> {
    ended_process(session, &Name::init(id)).await
}

/// The same of any process.
pub async fn ended_process(session: &Session, name: &Name) -> Result<u32, Error> {
    let mut client: Client = session.client.clone();
    let mut lost = 0;
    loop {
        match process::wait(&client, name).await {
            Err(e) if e.kind == Kind::Unavailable && lost < RECONNECTS => {
                lost += 1;
                client = session.again().await.map_err(|_| e)?;
            }
            outcome => return outcome,
        }
    }
}

pub async fn pause(session: &Session, args: &Names) -> Result<i32> {
    each("pause", &args.containers, async |id: String| {
        let request = PauseTaskRequest { container_id: id.clone() };
        named(session, &id, take(session.client.tasks().pause(request).await)).await
    })
    .await
}

pub async fn resume(session: &Session, args: &Names) -> Result<i32> {
    each("resume", &args.containers, async |id: String| {
        let request = ResumeTaskRequest { container_id: id.clone() };
        named(session, &id, take(session.client.tasks().resume(request).await)).await
    })
    .await
}

/// The end of a call about a task: its name, or what is missing.
async fn named(session: &Session, id: &str, reply: Result<(), Error>) -> Result<(), Error> {
    match reply {
        Ok(()) => listing::tell(id),
        Err(e) if e.kind == Kind::NotFound => Err(process::no_task(&session.client, id).await),
        Err(e) => Err(e),
    }
}

pub async fn wait(session: &Session, args: &Names) -> Result<i32> {
    each("wait", &args.containers, async |id: String| {
        let status = match ended(session, &id).await {
            Err(e) if e.kind == Kind::NotFound => Err(process::no_task(&session.client, &id).await),
            other => other,
        }?;
        listing::tell(&status.to_string())
    })
    .await
}
