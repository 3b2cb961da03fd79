//! Programs launched from here: attended in the foreground, with this command's terminal, signals
//! and streams, or left to themselves.

use std::fs;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::sync::mpsc::UnboundedReceiver;

use super::Session;
use crate::api::types::{Descriptor, Mount};
use crate::client::Client;
use crate::client::process::{self, Name};
use crate::error::Kind;
use crate::exit::Interrupted;
use crate::stdio::{Copies, Event, Fifos, Paths};
use crate::{signal, terminal};

/// How a program is to be launched.
pub struct Way {
    pub detach: bool,
    pub interactive: bool,
    pub terminal: bool,
    /// The keys that leave a program at its terminal; none for no such keys.
    pub keys: Vec<u8>,
    /// Where a shim is to send the output, in place of this command.
    pub log_uri: Option<String>,
    pub pid_file: Option<PathBuf>,
    /// The saved processes that a container is to go on with.
    pub checkpoint: Option<Descriptor>,
}

/// Refuses to type at a program's terminal what comes from none: nothing would tell the program of its end.
fn typed_at(way: &Way) -> Result<()> {
    let typed = way.interactive && way.terminal && !way.detach;
    anyhow::ensure!(
        !typed || std::io::stdin().is_terminal(),
        "standard input is no terminal: leave out -t, or -i"
    );
    Ok(())
}

/// What became of it.
pub enum Outcome {
    Left,
    /// With this status, as the last of the connections that were needed tells.
    Ended(i32, Client),
}

/// The signals that this command gets from now on, in the order of their arrival.
pub type Signals = UnboundedReceiver<i32>;

/// Launches the first process of a container. An error leaves no task behind.
pub async fn task(
    session: &Session,
    id: &str,
    mounts: Vec<Mount>,
    way: &Way,
    signals: &mut Signals,
) -> Result<Outcome> {
    let client = &session.client;
    let name = Name::init(id);
    typed_at(way)?;
    let (fifos, paths) = streams(session, id, way)?;
    interrupted(signals)?;
    let step = crate::trace::step();
    let pid = process::create_from(client, id, mounts, way.terminal, &paths, way.checkpoint.clone()).await?;
    step.done("create the task");
    let started = async {
        // What goes on from what was saved has none before its start.
        if pid != 0 {
            write_pid(way, pid)?;
        }
        interrupted(signals)?;
        if let (true, Some(size)) = (way.terminal && fifos.is_some() && pid != 0, terminal::size()) {
            process::resize(client, &name, size).await?;
        }
        start(session, &name, way, fifos, signals).await
    };
    match started.await {
        Ok(outcome) => Ok(outcome),
        Err(e) => {
            session.undo(async |client| process::destroy(client, id).await.map(drop)).await;
            if let Some(file) = &way.pid_file {
                let _ = fs::remove_file(file);
            }
            Err(e)
        }
    }
}

/// Launches one more process in a running container. An error leaves none behind.
pub async fn exec(
    session: &Session,
    name: &Name,
    spec: Vec<u8>,
    way: &Way,
    signals: &mut Signals,
) -> Result<Outcome> {
    let client = &session.client;
    let exec = name.exec.as_deref().unwrap_or_default();
    typed_at(way)?;
    let (fifos, paths) = streams(session, exec, way)?;
    interrupted(signals)?;
    process::exec(client, name, spec, way.terminal, &paths).await?;
    match start(session, name, way, fifos, signals).await {
        Ok(outcome) => Ok(outcome),
        Err(e) => {
            let undo = async |client: &Client| {
                let _ = process::kill(client, name, libc::SIGKILL, false).await;
                process::delete(client, &name.container, Some(exec)).await.map(drop)
            };
            session.undo(undo).await;
            Err(e)
        }
    }
}

fn streams(session: &Session, id: &str, way: &Way) -> Result<(Option<Fifos>, Paths)> {
    if let Some(uri) = &way.log_uri {
        let paths = Paths { stdin: String::new(), stdout: uri.clone(), stderr: uri.clone() };
        return Ok((None, paths));
    }
    if way.detach && !way.interactive {
        return Ok((None, Paths::default()));
    }
    let place = &session.place;
    let fifos = Fifos::make(&place.state, &place.address, id, way.interactive, way.terminal)?;
    let paths = fifos.paths();
    Ok((Some(fifos), paths))
}

/// A signal that ends programs, come before there was one: it ends this command.
fn interrupted(signals: &mut Signals) -> Result<()> {
    while let Ok(signal) = signals.try_recv() {
        if signal::ends(signal) {
            return Err(Interrupted(signal).into());
        }
    }
    Ok(())
}

fn write_pid(way: &Way, pid: u32) -> Result<()> {
    match &way.pid_file {
        Some(file) => whole(file, &pid.to_string()),
        None => Ok(()),
    }
}

/// Writes a small file so that a reader sees all of it or nothing.
fn whole(path: &Path, text: &str) -> Result<()> {
    // A device or a FIFO is written to: to take its place would be the end of it.
    if path.symlink_metadata().is_ok_and(|meta| !meta.is_file()) {
        return fs::write(path, text).with_context(|| format!("write {}", path.display()));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let write = || {
        fs::write(&beside, text)?;
        fs::rename(&beside, path).inspect_err(|_| drop(fs::remove_file(&beside)))
    };
    write().with_context(|| format!("write {}", path.display()))
}

/// Starts a created process and, if it is ours, stays with it.
async fn start(
    session: &Session,
    name: &Name,
    way: &Way,
    fifos: Option<Fifos>,
    signals: &mut Signals,
) -> Result<Outcome> {
    let client = &session.client;
    // Asked for before the start, so that no end can be missed.
    let ended = match way.detach {
        true => None,
        false => Some(tokio::spawn(wait(client.clone(), name.clone()))),
    };
    let raw =
        if way.terminal && way.interactive { terminal::raw().context("set the terminal")? } else { None };
    let (left, ours) = if way.detach { (fifos, None) } else { (None, fifos) };
    let step = crate::trace::step();
    let (pid, copies) = tokio::join!(process::start(client, name), meanwhile(|| copies(ours, true)));
    let pid = pid?;
    step.done("start the program");
    let step = crate::trace::step();
    if name.exec.is_some() || way.checkpoint.is_some() {
        write_pid(way, pid)?;
    }
    let Some(ended) = ended else {
        // They are for whoever attaches later.
        left.into_iter().for_each(|fifos| fifos.keep(&name.container));
        return Ok(Outcome::Left);
    };
    let outcome = attend(session, name, way, copies?, signals, ended).await;
    drop(raw);
    step.done("stay with the program");
    let Some((status, client)) = outcome? else { return Ok(Outcome::Left) };
    match process::delete(&client, &name.container, name.exec.as_deref()).await {
        // Somebody else has tidied up before us.
        Err(e) if e.kind != Kind::NotFound => Err(e.into()),
        _ => Ok(Outcome::Ended(status, client)),
    }
}

fn copies(fifos: Option<Fifos>, new: bool) -> Result<Option<Copies>> {
    Ok(fifos.map(|fifos| fifos.copy(new)).transpose()?)
}

/// Does something while the answer to a request is awaited that was sent just before: after the tasks that bring the
/// request into the connection.
async fn meanwhile<T>(act: impl FnOnce() -> T) -> T {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
    act()
}

/// Stays with a program that runs already; when it has ended, its task is left.
pub async fn join(
    session: &Session,
    name: &Name,
    way: &Way,
    fifos: Fifos,
    signals: &mut Signals,
) -> Result<Outcome> {
    let ended = tokio::spawn(wait(session.client.clone(), name.clone()));
    let raw =
        if way.terminal && way.interactive { terminal::raw().context("set the terminal")? } else { None };
    if way.terminal {
        resize(&session.client, name).await;
    }
    let outcome = attend(session, name, way, copies(Some(fifos), false)?, signals, ended).await;
    drop(raw);
    Ok(outcome?.map_or(Outcome::Left, |(status, client)| Outcome::Ended(status, client)))
}

/// How often a server may go while one program runs.
const RECONNECTS: u32 = 16;

type Waiting = tokio::task::JoinHandle<crate::error::Result<u32>>;

async fn wait(client: Client, name: Name) -> crate::error::Result<u32> {
    process::wait(&client, &name).await
}

/// From a process's start to its end and that of its output; none where it is left.
async fn attend(
    session: &Session,
    name: &Name,
    way: &Way,
    mut copies: Option<Copies>,
    signals: &mut Signals,
    mut ended: Waiting,
) -> Result<Option<(i32, Client)>> {
    let mut client = session.client.clone();
    if let Some(copies) = &copies {
        copies.copy_input(if way.terminal { &way.keys } else { &[] })?;
    }
    if way.terminal && name.exec.is_some() {
        resize(&client, name).await;
    }
    let mut unwritten = None;
    let mut lost = 0;
    let status = loop {
        tokio::select! {
            status = &mut ended => match status? {
                Ok(status) => break status as i32,
                // The server went; its containers did not. Another one, or this process itself,
                // finds them again.
                Err(e) if lost < RECONNECTS && e.kind == Kind::Unavailable => {
                    lost += 1;
                    client = session.again().await.map_err(|_| e)?;
                    ended = tokio::spawn(wait(client.clone(), name.clone()));
                }
                Err(e) => return Err(e.into()),
            },
            Some(signal) = signals.recv() => match signal {
                libc::SIGWINCH => if way.terminal { resize(&client, name).await },
                // A program that has just ended takes no signal: its status comes next.
                _ => drop(process::kill(&client, name, signal, false).await),
            },
            event = async { copies.as_mut().expect("guarded").event().await }, if copies.is_some() => match event {
                Event::Broken(e) => {
                    // Nobody reads what the program writes: a plain program would die of SIGPIPE.
                    unwritten.get_or_insert(e);
                    drop(process::kill(&client, name, libc::SIGKILL, false).await);
                }
                Event::Left => {
                    copies.into_iter().for_each(|copies| copies.keep(&name.container));
                    return Ok(None);
                }
                Event::StdinEnded => drop(process::close_stdin(&client, name).await),
            },
        }
    };
    if let Some(copies) = copies {
        copies.finish().await;
    }
    match unwritten {
        None => Ok(Some((status, client))),
        Some(e) if e.kind() == ErrorKind::BrokenPipe => Ok(Some((0, client))),
        Some(e) => Err(e).context("write the program's output"),
    }
}

/// Tells the program's terminal the size of ours; a program that has ended does not care.
async fn resize(client: &Client, name: &Name) {
    if let Some(size) = terminal::size() {
        let _ = process::resize(client, name, size).await;
    }
}
