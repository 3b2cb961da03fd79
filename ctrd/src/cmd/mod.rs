//! The commands, one file for each thing they are about; here a command line becomes a call and
//! its end an exit status.

mod container;
mod content;
mod events;
mod exec;
mod export;
mod fsck;
mod image;
mod import;
mod kill;
mod launch;
mod namespace;
mod place;
mod plugins;
mod ps;
mod run;
mod serve;
mod settings;
mod shim;
mod snapshot;
mod start;
mod task;
mod trace;
mod usage;
mod version;

use std::future::Future;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{Cli, Command, ContainerCommand, ContentCommand, TaskCommand};
use crate::client::{Client, channel};
use crate::error::{Error, Kind};
use crate::exit;
use place::Place;

/// A connection to the services, and where this command's own files are.
struct Session {
    client: Client,
    place: Place,
}

impl Session {
    /// A connection to the services in this namespace.
    async fn connect(place: &Place) -> Result<Client> {
        let channel = channel::connect(&place.address, &place.root, &place.state)
            .await
            .with_context(|| format!("connect to {}", place.address.display()))?;
        Ok(Client::new(channel, &place.namespace)?)
    }

    /// Connects anew, to whatever serves by now.
    async fn again(&self) -> Result<Client> {
        Session::connect(&self.place).await
    }

    /// Undoes what a failed command has done; over a new connection, if it was the old one that
    /// failed. Of errors the first is the one to report: these are passed over.
    async fn undo(&self, act: impl AsyncFn(&Client) -> crate::error::Result<()>) {
        let broken = matches!(act(&self.client).await, Err(e) if e.kind == Kind::Unavailable);
        if broken && let Ok(client) = self.again().await {
            let _ = act(&client).await;
        }
    }
}

/// Runs the command line of this process, and returns its exit status.
pub fn main() -> i32 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return usage::report(&e),
    };
    let title = title(&cli.command);
    begin_trace(&cli);
    let launches = launches(&cli.command);
    let done = dispatch(cli);
    crate::trace::end(&title);
    match done {
        Ok(status) => status,
        Err(e) if exit::is_broken_pipe(&e) => 0,
        Err(e) => {
            eprintln!("ctrd: {title}: {}", exit::words(&e));
            exit::of_failure(&e, launches)
        }
    }
}

/// A server is no launch: it puts its calls on the timelines of its callers.
fn begin_trace(cli: &Cli) {
    let draws = matches!(cli.command, Command::Serve(_) | Command::Trace(_));
    let file = cli.global.trace_file.as_ref().filter(|file| !draws && !file.as_os_str().is_empty());
    crate::trace::begin(file.and_then(|file| std::path::absolute(file).ok()));
}

fn dispatch(cli: Cli) -> Result<i32> {
    let place = Place::of(&cli.global)?;
    if let Command::Serve(args) = cli.command {
        return serve::serve(&place, &cli.global, &args);
    }
    if let Command::Trace(args) = &cli.command {
        return trace::draw(args);
    }
    if let Command::Shim(command) = cli.command {
        return shim::command(&place, command);
    }
    if let Command::Content(ContentCommand::Fsck(args)) = &cli.command {
        return fsck::fsck(&place, args);
    }
    if cli.global.debug {
        crate::serve::log::init(true);
    }
    let runtime = runtime()?;
    let status = runtime.block_on(async {
        let step = crate::trace::step();
        let client = Session::connect(&place).await?;
        step.done("connect");
        command(&Session { client, place }, cli.command).await
    });
    // A thread that still reads a terminal must not hold up the end.
    runtime.shutdown_background();
    status
}

/// One thread is enough for the calls; what blocks has threads of its own.
fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("start the runtime")
}

async fn command(session: &Session, command: Command) -> Result<i32> {
    match command {
        Command::Run(args) => run::run(session, *args).await,
        Command::Exec(args) | Command::Task(TaskCommand::Exec(args)) => exec::exec(session, args).await,
        Command::Kill(args) | Command::Task(TaskCommand::Kill(args)) => kill::kill(session, &args).await,
        Command::Ps(list) => ps::ps(session, &list).await,
        Command::Rm(args) | Command::Container(ContainerCommand::Rm(args)) => {
            container::rm(session, &args).await
        }
        Command::Image(command) => image::command(session, command).await,
        Command::Container(command) => container::command(session, command).await,
        Command::Task(TaskCommand::Start(args)) => start::start(session, &args).await,
        Command::Task(command) => task::command(session, command).await,
        Command::Snapshot(command) => snapshot::command(session, command).await,
        Command::Content(command) => content::command(session, command).await,
        Command::Namespace(command) => namespace::command(session, command).await,
        Command::Events(args) => events::events(session, args).await,
        Command::Plugins(command) => plugins::command(session, command).await,
        Command::Version(args) => version::version(session, &args).await,
        Command::Shim(_) | Command::Serve(_) | Command::Trace(_) => unreachable!("dispatched before"),
    }
}

/// Whether the exit status is that of a program in a container.
fn launches(command: &Command) -> bool {
    use TaskCommand::{Delete, Exec, Start, Wait};
    matches!(
        command,
        Command::Run(_) | Command::Exec(_) | Command::Task(Exec(_) | Start(_) | Wait { .. } | Delete(_))
    )
}

/// The verb and what it is about, for the one line that reports a failure.
fn title(command: &Command) -> String {
    let with = |verb: &str, name: Option<&str>| match name {
        Some(name) => format!("{verb} {name}"),
        None => verb.to_string(),
    };
    match command {
        Command::Run(args) => with("run", args.settings.name.as_deref()),
        Command::Exec(args) => with("exec", Some(&args.container)),
        Command::Kill(args) => with("kill", Some(&args.container)),
        Command::Ps(_) => "ps".into(),
        Command::Rm(_) => "rm".into(),
        Command::Image(command) => with("image", Some(image::verb(command))),
        Command::Container(command) => with("container", Some(&container::title(command))),
        Command::Task(command) => with("task", Some(&task::title(command))),
        Command::Snapshot(command) => with("snapshot", Some(&snapshot::title(command))),
        Command::Content(command) => with("content", Some(content::verb(command))),
        Command::Namespace(command) => with("namespace", Some(&namespace::title(command))),
        Command::Shim(command) => with("shim", Some(&shim::title(command))),
        Command::Events(_) => "events".into(),
        Command::Plugins(_) => "plugins".into(),
        Command::Trace(_) => "trace".into(),
        Command::Version(_) => "version".into(),
        Command::Serve(_) => "serve".into(),
    }
}

/// Does the same with each name: those that fail get a line each and do not hold up the others.
async fn each<F: Future<Output = Result<(), Error>>>(
    title: &str,
    names: &[String],
    mut act: impl FnMut(String) -> F,
) -> Result<i32> {
    let mut status = 0;
    for name in names {
        if let Err(e) = act(name.clone()).await {
            let reason = e.message.strip_prefix(&format!("{name}: ")).unwrap_or(&e.message);
            eprintln!("ctrd: {title} {name}: {reason}");
            status = 1;
        }
    }
    Ok(status)
}

/// `NAME=VALUE` arguments as a map; a bare name has an empty value.
fn pairs(texts: &[String]) -> Result<std::collections::HashMap<String, String>> {
    let pair = |text: &String| match text.split_once('=') {
        Some(("", _)) => anyhow::bail!("label {text:?}: no name"),
        Some((name, value)) => Ok((name.to_string(), value.to_string())),
        None => Ok((text.clone(), String::new())),
    };
    texts.iter().map(pair).collect()
}
