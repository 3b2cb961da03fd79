//! The commands, one file for each thing they are about; here a command line becomes a call and
//! its end an exit status.

mod attach;
mod check;
mod checkpoint;
mod commit;
mod config;
mod confine;
mod container;
mod content;
mod copy;
mod device;
mod diff;
mod events;
mod exec;
mod export;
mod extent;
mod figures;
mod fsck;
mod image;
mod import;
mod info;
mod inspect;
mod kill;
mod launch;
mod layer;
mod lease;
mod lifecycle;
mod logs;
mod mounting;
mod namespace;
mod place;
mod plugins;
mod policy;
mod processes;
mod ps;
mod restore;
mod run;
mod sandbox;
mod serve;
mod settings;
mod shim;
mod shims;
mod snapshot;
mod start;
mod stats;
mod task;
mod top;
mod trace;
mod tree;
mod update;
mod usage;
mod values;
mod version;

use std::future::Future;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};

use crate::cli::{
    Cli, Command, ConfigCommand, ContainerCommand, ContentCommand, ImageArgs, ImageCommand, ListAll,
    PluginsCommand, TaskCommand,
};
use crate::client::{Client, channel, elsewhere};
use crate::collector::Collector;
use crate::config::Log;
use crate::error::{Error, Kind};
use crate::exit;
use crate::listing::{self, Row};
use place::Place;

/// A connection to the services, and where this command's own files are.
struct Session {
    client: Client,
    place: Place,
}

impl Session {
    /// A connection to the services in this namespace.
    async fn connect(place: &Place) -> Result<Client> {
        Ok(Session::reach(place).await?.0)
    }

    /// The same, with the collector of services that are in this process.
    async fn reach(place: &Place) -> Result<(Client, Option<Collector>)> {
        let reached = channel::reach(&place.address, &place.root, &place.state)
            .await
            .with_context(|| format!("connect to {}", place.address.display()))?;
        Ok((Client::new(reached.channel, &place.namespace)?, reached.collector))
    }

    /// Prints a listing of this namespace, or of all: then with the namespace before each row.
    async fn list(
        &self,
        list: &ListAll,
        headings: &[&str],
        rows: impl AsyncFn(&Client) -> Result<Vec<Row>>,
    ) -> Result<i32> {
        if !list.all_namespaces {
            listing::print(&list.list, headings, &rows(&self.client).await?)?;
            return Ok(0);
        }
        let mut all = Vec::new();
        for name in elsewhere::namespaces(&self.client).await? {
            for mut row in rows(&self.client.in_namespace(&name)?).await? {
                row.cells.insert(0, name.clone());
                row.object["namespace"] = name.clone().into();
                all.push(row);
            }
        }
        listing::print(&list.list, &[&["NAMESPACE"], headings].concat(), &all)?;
        Ok(0)
    }

    /// Connects anew, to whatever serves by now.
    async fn again(&self) -> Result<Client> {
        Session::connect(&self.place).await
    }

    /// Asks for something, and asks once more where the server went meanwhile: nothing is changed by it.
    async fn ask<T>(&self, act: impl AsyncFn(&Client) -> crate::error::Result<T>) -> crate::error::Result<T> {
        match act(&self.client).await {
            Err(e) if e.kind == Kind::Unavailable => match self.again().await {
                Ok(client) => act(&client).await,
                Err(_) => Err(e),
            },
            outcome => outcome,
        }
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
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(e) => return usage::report(&e),
    };
    let title = title(&cli.command);
    let launches = launches(&cli.command);
    if let Err(e) = values::check(&cli.command) {
        exit::report(&format!("{title}: {}", exit::words(&e)));
        return exit::of_usage(launches && !matches!(cli.command, Command::Start(_)));
    }
    begin_trace(&cli);
    let done = dispatch(cli);
    crate::trace::end(&title);
    match done {
        Ok(status) => status,
        Err(e) if exit::is_broken_pipe(&e) => 0,
        Err(e) => {
            exit::report(&format!("{title}: {}", exit::words(&e)));
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
    if let Command::Config(command) = &cli.command {
        return config::command(&place, &cli.global, command);
    }
    if let Command::Trace(args) = &cli.command {
        return trace::draw(args);
    }
    if let Command::Check(args) = &cli.command {
        return check::check(&place, args);
    }
    if let Command::Shim(command) = cli.command {
        return shim::command(&place, command);
    }
    if let Command::Content(ContentCommand::Fsck(args)) = &cli.command {
        return fsck::fsck(&place, args);
    }
    if cli.global.debug {
        crate::serve::log::init(Log { level: tracing::Level::DEBUG, ..Log::default() });
    }
    let runtime = runtime()?;
    let status = runtime.block_on(async {
        let step = crate::trace::step();
        let (client, collector) = Session::reach(&place).await?;
        step.done("connect");
        let session = Session { client, place };
        let looks = looks(&cli.command);
        // Of what `run` removes nothing becomes garbage, but with an image that was removed meanwhile.
        let collector = collector.filter(|_| !matches!(cli.command, Command::Run(_)));
        let done = match command(&session, cli.command).await {
            // Nothing was printed yet, and another server, or this process, has the same answer.
            Err(e) if looks && plain(&e).kind == Kind::Unavailable => {
                let Session { place, .. } = session;
                let client = Session::connect(&place).await?;
                command(&Session { client, place }, Cli::read(std::env::args_os())?.command).await
            }
            // Whoever serves has no such service: that which did not begin says why.
            Err(e) if plain(&e).kind == Kind::Unimplemented && exit::words(&e).ends_with("Unimplemented") => {
                Err(plugins::failed(&session.client).await.map_or(e, Into::into))
            }
            done => done,
        };
        if let Some(collector) = collector
            && let Err(e) = collector.collect_deleted().await
        {
            exit::report(&format!("collect garbage: {e}"));
        }
        crate::tidy::done().await;
        done
    });
    match &status {
        // All is done: the kernel takes the rest back at once.
        Ok(_) => std::mem::forget(runtime),
        // A thread that still reads a terminal must not hold up the end.
        Err(_) => runtime.shutdown_background(),
    }
    status
}

/// Commands that change nothing, and print at their end alone.
fn looks(command: &Command) -> bool {
    use crate::cli::{
        ContainerCommand as C, ContentCommand, ImageCommand as I, LeaseCommand, NamespaceCommand,
        SandboxCommand,
    };
    match command {
        Command::Ps(_) | Command::Top(_) | Command::Info(_) | Command::Version(_) => true,
        Command::Plugins(_) => true,
        Command::Image(ImageArgs { command, .. }) => {
            matches!(command, None | Some(I::Ls(_) | I::Usage { .. } | I::Check { .. }))
        }
        Command::Container(command) => matches!(command, C::Ls(_)),
        Command::Task(command) => matches!(command, TaskCommand::Ls(_) | TaskCommand::Ps { .. }),
        Command::Content(command) => matches!(command, ContentCommand::Ls(_) | ContentCommand::Active(_)),
        Command::Lease(command) => matches!(command, LeaseCommand::Ls(_) | LeaseCommand::Resources { .. }),
        Command::Namespace(command) => matches!(command, NamespaceCommand::Ls(_)),
        Command::Sandbox(command) => matches!(command, SandboxCommand::Ls(_)),
        _ => false,
    }
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
        Command::Commit(args) => commit::commit(session, &args).await,
        Command::Checkpoint(args) | Command::Container(ContainerCommand::Checkpoint(args)) => {
            checkpoint::checkpoint(session, &args).await
        }
        Command::Restore(args) | Command::Container(ContainerCommand::Restore(args)) => {
            restore::restore(session, &args).await
        }
        Command::Cp(args) => copy::copy(session, &args).await,
        Command::Diff(args) => diff::diff(session, &args).await,
        Command::Create(args) => container::create(session, &args).await,
        Command::Start(args) => lifecycle::start(session, &args).await,
        Command::Stop(args) => lifecycle::stop(session, &args).await,
        Command::Restart(args) => lifecycle::restart(session, &args).await,
        Command::Pause(args) => lifecycle::pause(session, &args).await,
        Command::Resume(args) => lifecycle::resume(session, &args).await,
        Command::Wait(args) => lifecycle::wait(session, &args).await,
        Command::Update(args) => update::update(session, &args).await,
        Command::Attach(args) | Command::Task(TaskCommand::Attach(args)) => {
            attach::attach(session, &args).await
        }
        Command::Logs(args) => logs::logs(session, &args).await,
        Command::Ps(list) => ps::ps(session, &list.list).await,
        Command::Top(args) => top::top(session, &args).await,
        Command::Stats(args) => stats::stats(session, &args).await,
        Command::Tree(args) => tree::tree(session, &args).await,
        Command::Inspect(args) => inspect::inspect(session, &args).await,
        Command::Rm(args) | Command::Container(ContainerCommand::Rm(args)) => {
            container::rm(session, &args).await
        }
        Command::Image(ImageArgs { command: None, list }) => {
            image::command(session, ImageCommand::Ls(list)).await
        }
        Command::Image(ImageArgs { command: Some(command), .. }) => image::command(session, command).await,
        Command::Rmi(args) => image::command(session, ImageCommand::Rm(args)).await,
        Command::Tag(args) => image::command(session, ImageCommand::Tag(args)).await,
        Command::Lease(command) => lease::command(session, command).await,
        Command::Info(args) => info::info(session, &args).await,
        Command::Container(command) => container::command(session, command).await,
        Command::Task(TaskCommand::Start(args)) => start::start(session, &args).await,
        Command::Task(command) => task::command(session, command).await,
        Command::Snapshot(command) => snapshot::command(session, command).await,
        Command::Content(command) => content::command(session, command).await,
        Command::Namespace(command) => namespace::command(session, command).await,
        Command::Sandbox(command) => sandbox::command(session, command).await,
        Command::Events(args) => events::events(session, args).await,
        Command::Plugins(command) => plugins::command(session, command).await,
        Command::Version(args) => version::version(session, &args).await,
        Command::Shim(_) | Command::Serve(_) | Command::Config(_) | Command::Trace(_) | Command::Check(_) => {
            unreachable!("dispatched before")
        }
    }
}

/// Whether the exit status is that of a program in a container.
fn launches(command: &Command) -> bool {
    use TaskCommand::{Attach, Exec, Start, Wait};
    match command {
        Command::Run(_) | Command::Exec(_) | Command::Attach(_) => true,
        Command::Start(args) => args.attach,
        Command::Task(task) => matches!(task, Attach(_) | Exec(_) | Start(_) | Wait { .. }),
        _ => false,
    }
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
        Command::Commit(args) => with("commit", Some(&args.container)),
        Command::Checkpoint(args) => with("checkpoint", Some(&args.container)),
        Command::Restore(args) => with("restore", Some(&args.container)),
        Command::Cp(_) => "cp".into(),
        Command::Diff(args) => with("diff", Some(&args.container)),
        Command::Create(args) => with("create", args.settings.name.as_deref()),
        Command::Start(_) => "start".into(),
        Command::Stop(_) => "stop".into(),
        Command::Restart(_) => "restart".into(),
        Command::Pause(_) => "pause".into(),
        Command::Resume(_) => "resume".into(),
        Command::Wait(_) => "wait".into(),
        Command::Update(_) => "update".into(),
        Command::Attach(args) => with("attach", Some(&args.container)),
        Command::Logs(args) => with("logs", Some(&args.container)),
        Command::Top(args) => with("top", Some(&args.container)),
        Command::Stats(_) => "stats".into(),
        Command::Tree(_) => "tree".into(),
        Command::Inspect(_) => "inspect".into(),
        Command::Rmi(_) => "rmi".into(),
        Command::Tag(args) => with("tag", Some(&args.image)),
        Command::Lease(command) => with("lease", Some(&lease::title(command))),
        Command::Info(_) => "info".into(),
        Command::Check(_) => "check".into(),
        Command::Ps(_) => "ps".into(),
        Command::Rm(_) => "rm".into(),
        Command::Image(args) => with("image", Some(&args.command.as_ref().map_or("ls".into(), image::title))),
        Command::Container(command) => with("container", Some(&container::title(command))),
        Command::Task(command) => with("task", Some(&task::title(command))),
        Command::Snapshot(command) => with("snapshot", Some(&snapshot::title(command))),
        Command::Content(command) => with("content", Some(&content::title(command))),
        Command::Namespace(command) => with("namespace", Some(&namespace::title(command))),
        Command::Sandbox(command) => with("sandbox", Some(&sandbox::title(command))),
        Command::Shim(command) => with("shim", Some(&shim::title(command))),
        Command::Events(_) => "events".into(),
        Command::Plugins(PluginsCommand::Ls(_)) => "plugins ls".into(),
        Command::Trace(_) => "trace".into(),
        Command::Version(_) => "version".into(),
        Command::Config(ConfigCommand::Default) => "config default".into(),
        Command::Config(ConfigCommand::Dump(_)) => "config dump".into(),
        Command::Config(ConfigCommand::Migrate(_)) => "config migrate".into(),
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
            exit::report(&format!("{title} {name}: {reason}"));
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

/// A failure of a step as one of an object among others.
fn plain(e: &anyhow::Error) -> Error {
    let kind = e.downcast_ref::<Error>().map_or(Kind::Unknown, |e| e.kind);
    Error::new(kind, exit::words(e))
}

/// `NAME=VALUE` arguments that change labels. An empty value takes a label away; a name alone is a
/// slip.
fn label_changes(texts: &[String]) -> Result<std::collections::HashMap<String, String>> {
    if let Some(text) = texts.iter().find(|text| !text.contains('=')) {
        anyhow::bail!("label {text:?}: must be NAME=VALUE, or NAME= to take it away");
    }
    pairs(texts)
}

/// `90s`, `10m`, `2h`, `1h30m`, `500ms`; a number alone is of seconds.
fn duration(text: &str) -> Result<std::time::Duration> {
    let fault = || anyhow::anyhow!("duration {text:?}: must be such as 90s, 10m, 1h30m");
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(std::time::Duration::from_secs(seconds));
    }
    let mut rest = text;
    let mut millis = 0u64;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| fault())?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &rest[..letters] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(fault()),
        };
        millis = number.checked_mul(unit).and_then(|n| millis.checked_add(n)).ok_or_else(fault)?;
        rest = &rest[letters..];
    }
    if text.is_empty() { Err(fault()) } else { Ok(std::time::Duration::from_millis(millis)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, millis) in
            [("90", 90_000), ("90s", 90_000), ("1h30m", 5_400_000), ("500ms", 500), ("0", 0)]
        {
            assert_eq!(duration(text).unwrap().as_millis(), millis, "{text}");
        }
        for bad in ["", "x", "1x", "-1s", "1.5s", "s", "99999999999999999999h", "999999999999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_change_by_name_and_value() {
        let labels = label_changes(&["a=b".into(), "c=".into()]).unwrap();
        assert_eq!((labels["a"].as_str(), labels["c"].as_str()), ("b", ""));
        assert!(label_changes(&["a".into()]).is_err() && label_changes(&["=a".into()]).is_err());
    }
}
