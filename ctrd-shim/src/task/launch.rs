//! What Create, restoring and the start of an exec have in common: open the streams, wait for
//! a logging program, run the runtime, take the terminal, learn the pid.

use std::path::{Path, PathBuf};

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::bundle;
use crate::command::Command;
use crate::container::{Exit, Refusal};
use crate::deadline;
use crate::rpc::Caller;
use crate::runtime::{self, Outcome, Runtime};
use crate::serve::Shim;
use crate::stdio::console::Console;
use crate::stdio::{self, Opened, Paths, copy, logger};
use crate::sys;
use crate::task::{Io, delete, events, failure};

pub struct Launch {
    pub caller: Caller,
    pub id: String,
    pub exec: String,
    pub bundle: PathBuf,
    pub paths: Paths,
    /// Who owns the pipes.
    pub owner: (u32, u32),
    pub runtime: Runtime,
    pub pid_file: PathBuf,
    /// The verb, and its arguments before and after `--console-socket`.
    pub verb: &'static str,
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// How a failure is introduced.
    pub failing: &'static str,
}

pub struct Launched {
    pub pid: u32,
    pub io: Io,
    /// It may have ended before the runtime told its pid.
    pub exit: Option<Exit>,
}

type Done = Box<dyn FnOnce(&mut Shim, Result<Launched, Refusal>)>;

pub fn launch(shim: &mut Shim, launch: Launch, then: Done) {
    let of = logger::For { id: &launch.id, namespace: &shim.args.namespace, bundle: &launch.bundle };
    let mut opened = match stdio::open(&launch.paths, launch.owner, &of) {
        Ok(opened) => opened,
        Err(e) => return then(shim, Err(failure("create process I/O", &crate::words(&e)))),
    };
    if launch.verb == "restore"
        && let Err(e) = opened.pipes(&launch.paths)
    {
        return then(shim, Err(failure("create process I/O", &crate::words(&e))));
    }
    let Some(logger) = opened.logger.take() else { return spawn(shim, launch, opened, None, then) };
    let pid = logger.pid;
    let (id, exec) = (launch.id.clone(), launch.exec.clone());
    let gone = move |shim: &mut Shim| events::logger_gone(shim, &id, &exec, pid);
    deadline::waits_for(shim, Some(launch.caller), pid as i32);
    let path = logger.program.display().to_string();
    let ready = move |shim: &mut Shim, outcome: Result<()>| match outcome {
        // It was killed for that.
        _ if deadline::has_passed(shim, launch.caller) => {
            then(shim, Err(failure(launch.failing, "the logging program took too long")));
        }
        Ok(()) => spawn(shim, launch, opened, Some(pid), then),
        Err(e) => {
            release(shim, &[], Some(pid));
            let reason = format!("logging program {path}: {}", crate::words(&e));
            then(shim, Err(failure("create process I/O", &reason)));
        }
    };
    logger::when_ready(shim, logger, Box::new(gone), Box::new(ready));
}

fn spawn(shim: &mut Shim, launch: Launch, mut opened: Opened, logger: Option<u32>, then: Done) {
    let key = shim.new_key();
    let console = launch.paths.terminal.then(|| Console::listen(&shim.socket_dir, key)).transpose();
    let console = match console {
        Ok(console) => console,
        Err(e) => return then(shim, Err(e.into())),
    };
    let mut command = command(&launch, console.as_ref().map(|c| c.path.as_path()));
    command.streams(opened.child);
    let owner = (launch.id.clone(), launch.exec.clone());
    let streams: Vec<u64> =
        opened.copies.drain(..).map(|copy| copy::begin(shim, copy, owner.clone())).collect();
    let mut io = Io {
        paths: launch.paths.clone(),
        streams,
        stdin_writer: opened.stdin_writer,
        logger,
        ..Io::default()
    };
    let ends = opened.terminal;
    let runtime = launch.runtime.clone();
    let start = shim.strays.begin();
    // The caller must hear of a failure to exec too, so what is to follow stands in a cell.
    let then = std::rc::Rc::new(std::cell::Cell::new(Some(then)));
    let later = then.clone();
    let streams = io.streams.clone();
    let failing = launch.failing;
    let bounds = runtime::for_caller(launch.caller);
    let finish = move |shim: &mut Shim, outcome: Outcome| {
        let Some(then) = later.take() else { return };
        // Too late by a moment is too late as well.
        let wanted = !deadline::has_passed(shim, launch.caller);
        let finished = if outcome.is_ok() && wanted {
            complete(shim, &launch, console, ends, &mut io)
        } else {
            abandon(shim, &launch, &outcome);
            let reason = if wanted { outcome.reason() } else { "its caller waits no longer".into() };
            Err(failure(launch.failing, &reason))
        };
        let pid = finished.as_ref().ok().copied();
        let exit = shim.strays.end(start, pid);
        match finished {
            Ok(pid) => {
                io.logger = io.logger.filter(|pid| shim.children.contains_key(&(*pid as i32)));
                then(shim, Ok(Launched { pid, io, exit }));
            }
            Err(refusal) => {
                release(shim, &io.streams, io.logger);
                then(shim, Err(refusal));
            }
        }
    };
    if let Err(e) = runtime::run(shim, &runtime, command, bounds, finish) {
        shim.strays.end(start, None);
        release(shim, &streams, logger);
        if let Some(then) = then.take() {
            then(shim, Err(failure(failing, &crate::words(&e))));
        }
    }
}

fn command(launch: &Launch, console: Option<&Path>) -> Command {
    let mut command = launch.runtime.command(launch.verb);
    command.args(&launch.before);
    if let Some(path) = console {
        command.arg("--console-socket").arg(path);
    }
    command.args(&launch.after);
    command
}

/// The runtime has returned: the terminal was sent, the pid was written.
fn complete(
    shim: &mut Shim,
    launch: &Launch,
    console: Option<Console>,
    ends: Option<stdio::Ends>,
    io: &mut Io,
) -> Result<u32, Refusal> {
    if let (Some(console), Some(ends)) = (console, ends) {
        let master = console.take()?;
        let owner = (launch.id.clone(), launch.exec.clone());
        for copy in stdio::terminal(ends, &master)? {
            io.streams.push(copy::begin(shim, copy, owner.clone()));
        }
        io.terminal = Some(master);
    }
    Ok(bundle::read_pid(&launch.pid_file)?)
}

/// The runtime was killed over an exec, or came too late. What it may have started by then nobody would ever ask for.
fn abandon(shim: &mut Shim, launch: &Launch, outcome: &Outcome) {
    let Ok(pid) = bundle::read_pid(&launch.pid_file) else { return };
    if (outcome.was_killed() || outcome.is_ok()) && !launch.exec.is_empty() && sys::is_child(pid) {
        shim.log.warn(format_args!("{} {}: kill what a killed runtime has left", launch.id, launch.exec));
        let _ = sys::kill(pid, Signal::SIGKILL as u32);
    }
}

fn release(shim: &mut Shim, streams: &[u64], logger: Option<u32>) {
    for key in streams {
        copy::stop(shim, *key);
    }
    if let Some(pid) = logger {
        delete::end_logger(shim, pid);
    }
}
