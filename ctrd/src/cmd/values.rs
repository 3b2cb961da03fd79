//! Values of the command line that the parser takes as they are: what cannot mean anything is wrong usage, as an unknown
//! flag is, and is told before anything is done.
//!
//! Each is read here by what reads it later. What depends on anything but its own words (whether a file is there, whether
//! a container runs) is no matter of usage.

use anyhow::{Context, Result, bail};

use super::{confine, copy, device, duration, label_changes, logs, pairs, policy, settings};
use crate::cli::*;
use crate::image::{Platform, normalize};
use crate::spec::{confine as limits, mount, resource};
use crate::{config, filter, id, listing, signal, stdio};

/// Whether all values may mean something.
pub fn check(command: &Command) -> Result<()> {
    match command {
        Command::Run(args) => run(args),
        Command::Create(args) => new_container(&args.settings),
        Command::Exec(args) => exec(args),
        Command::Start(args) => start(args),
        Command::Stop(args) | Command::Restart(args) => of_signal("signal", args.signal.as_deref()),
        Command::Kill(args) => of_signal("signal", args.signal.as_deref()),
        Command::Update(args) => update(args),
        Command::Attach(args) => keys(&args.detach_keys),
        Command::Logs(args) => logs::check(args),
        Command::Ps(list) => filters(&list.list.list),
        Command::Cp(args) => copy::check(args),
        Command::Commit(args) => name(&args.image),
        Command::Checkpoint(args) => checkpoint(args),
        Command::Restore(args) => Ok(id::validate(&args.container)?),
        Command::Tag(args) => args.names.iter().try_for_each(|one| name(one)),
        Command::Image(args) => image(args),
        Command::Container(command) => container(command),
        Command::Task(command) => task(command),
        Command::Snapshot(command) => snapshot(command),
        Command::Content(command) => content(command),
        Command::Lease(command) => lease(command),
        Command::Namespace(command) => namespace(command),
        Command::Sandbox(command) => sandbox(command),
        Command::Shim(ShimCommand::Ls(list)) => filters(list),
        Command::Events(args) => {
            let all = [&args.filter[..], &args.filters[..]].concat();
            filter::Filter::parse(&all).map(drop).context("filter")
        }
        Command::Plugins(PluginsCommand::Ls(list)) => filters(list),
        Command::Serve(args) => serve(args),
        _ => Ok(()),
    }
}

fn run(args: &Run) -> Result<()> {
    if args.settings.restart.as_deref().is_some_and(|policy| policy != "no") && !args.detach {
        bail!("--restart needs --detach: what is started again runs in the background");
    }
    keys(&args.detach_keys)?;
    logs::bounds(&args.log_opt)?;
    new_container(&args.settings)
}

fn new_container(args: &Settings) -> Result<()> {
    if let Some(name) = &args.name {
        id::validate(name)?;
    }
    args.mount.iter().try_for_each(|text| mount::parse(text).map(drop))?;
    args.volume.iter().try_for_each(|text| settings::volume_parts(text).map(drop))?;
    settings::environment(&args.env, &[])?;
    pairs(&args.label)?;
    if let Some(text) = &args.restart {
        policy::label(text)?;
    }
    let more = &args.confine;
    more.tmpfs.iter().try_for_each(|text| confine::tmpfs(text).map(drop))?;
    more.device.iter().try_for_each(|text| device::parts(text).map(drop))?;
    more.ulimit.iter().try_for_each(|text| limits::rlimit(text).map(drop))?;
    more.security_opt.iter().try_for_each(|text| confine::security(text).map(drop))?;
    limits::capabilities(&more.cap_add, &more.cap_drop, 0)?;
    pairs(&more.sysctl)?;
    pairs(&more.annotation)?;
    for text in [&more.memory_reservation, &more.shm_size].into_iter().flatten() {
        resource::bytes(text)?;
    }
    let memory = args.memory.as_deref().map(resource::bytes).transpose()?;
    let swap = more.memory_swap.as_deref().filter(|text| *text != "-1").map(resource::bytes).transpose()?;
    resource::check(memory, swap, args.pids_limit)?;
    if let Some(text) = &args.cpus {
        resource::cpus(text)?;
    }
    of_signal("stop signal", more.stop_signal.as_deref())
}

fn exec(args: &Exec) -> Result<()> {
    if let Some(name) = &args.exec_id {
        id::validate(name)?;
    }
    settings::environment(&args.env, &[])?;
    keys(&args.detach_keys)
}

fn start(args: &Start) -> Result<()> {
    if args.attach && args.containers.len() > 1 {
        bail!("--attach takes one container");
    }
    if args.checkpoint.is_some() && args.containers.len() > 1 {
        bail!("--checkpoint takes one container");
    }
    Ok(())
}

fn update(args: &Update) -> Result<()> {
    let memory = args.memory.as_deref().map(resource::bytes).transpose()?;
    resource::check(memory, None, args.pids_limit)?;
    if let Some(text) = &args.cpus {
        resource::cpus(text)?;
    }
    if let Some(text) = &args.restart {
        policy::label(text)?;
    }
    let limits = args.memory.is_some() || args.cpus.is_some() || args.cpu_shares.is_some();
    if !limits && args.cpuset_cpus.is_none() && args.pids_limit.is_none() && args.restart.is_none() {
        bail!("no limit is named, and no --restart");
    }
    Ok(())
}

fn checkpoint(args: &Checkpoint) -> Result<()> {
    if args.exit && !args.task && (args.rw || args.with_image) {
        bail!("--exit ends a task that is not saved (--task saves it)");
    }
    name(&args.image)
}

fn image(args: &ImageArgs) -> Result<()> {
    let Some(command) = &args.command else { return filters(&args.list.list) };
    match command {
        ImageCommand::Ls(list) => filters(&list.list),
        ImageCommand::Usage { list, .. } | ImageCommand::Check { list, .. } => filters(list),
        ImageCommand::Tag(args) => args.names.iter().try_for_each(|one| name(one)),
        ImageCommand::Label { labels, .. } => label_changes(labels).map(drop),
        ImageCommand::Import(args) => {
            args.name.iter().try_for_each(|one| name(one))?;
            args.platform.iter().try_for_each(|text| Platform::parse(text).map(drop))?;
            Ok(())
        }
        ImageCommand::Export(args) => {
            Ok(args.platform.iter().try_for_each(|text| Platform::parse(text).map(drop))?)
        }
        ImageCommand::Mount { platform, .. } => {
            Ok(platform.iter().try_for_each(|text| Platform::parse(text).map(drop))?)
        }
        _ => Ok(()),
    }
}

fn container(command: &ContainerCommand) -> Result<()> {
    match command {
        ContainerCommand::Create(args) => new_container(&args.settings),
        ContainerCommand::Ls(list) => filters(&list.list.list),
        ContainerCommand::Label { labels, .. } => label_changes(labels).map(drop),
        ContainerCommand::Checkpoint(args) => checkpoint(args),
        ContainerCommand::Restore(args) => Ok(id::validate(&args.container)?),
        _ => Ok(()),
    }
}

fn task(command: &TaskCommand) -> Result<()> {
    match command {
        TaskCommand::Start(args) => keys(&args.detach_keys),
        TaskCommand::Attach(args) => keys(&args.detach_keys),
        TaskCommand::Exec(args) => exec(args),
        TaskCommand::Kill(args) => of_signal("signal", args.signal.as_deref()),
        TaskCommand::Ls(list) => filters(&list.list),
        TaskCommand::Ps { list, .. } => filters(list),
        _ => Ok(()),
    }
}

fn snapshot(command: &SnapshotCommand) -> Result<()> {
    match command {
        SnapshotCommand::Ls { list, .. } => filters(&list.list),
        SnapshotCommand::Usage { list, .. } => filters(list),
        SnapshotCommand::Prepare { new, .. } | SnapshotCommand::View { new, .. } => {
            pairs(&new.label).map(drop)
        }
        SnapshotCommand::Commit { label, .. } => pairs(label).map(drop),
        SnapshotCommand::Label { labels, .. } => label_changes(labels).map(drop),
        _ => Ok(()),
    }
}

fn content(command: &ContentCommand) -> Result<()> {
    match command {
        ContentCommand::Ls(list) => filters(&list.list),
        ContentCommand::Active(list) => filters(list),
        ContentCommand::Label { labels, .. } => label_changes(labels).map(drop),
        ContentCommand::Ingest(args) => pairs(&args.label).map(drop),
        _ => Ok(()),
    }
}

fn lease(command: &LeaseCommand) -> Result<()> {
    match command {
        LeaseCommand::Ls(list) => filters(&list.list),
        LeaseCommand::Resources { list, .. } => filters(list),
        LeaseCommand::Create { expires, label, .. } => {
            pairs(label)?;
            duration(expires).map(drop)
        }
        _ => Ok(()),
    }
}

fn namespace(command: &NamespaceCommand) -> Result<()> {
    match command {
        NamespaceCommand::Ls(list) => filters(list),
        NamespaceCommand::Create { label, .. } => pairs(label).map(drop),
        NamespaceCommand::Label { labels, .. } => label_changes(labels).map(drop),
        NamespaceCommand::Rm { .. } => Ok(()),
    }
}

fn sandbox(command: &SandboxCommand) -> Result<()> {
    match command {
        SandboxCommand::Ls(list) => filters(&list.list),
        SandboxCommand::Run(args) | SandboxCommand::Create(args) => {
            [&args.sysctl, &args.label, &args.annotation].iter().try_for_each(|all| pairs(all).map(drop))
        }
        _ => Ok(()),
    }
}

fn serve(args: &Serve) -> Result<()> {
    let idle = args.idle_timeout.as_deref().map(config::duration).transpose().context("idle timeout")?;
    if idle.is_some_and(|time| time.is_zero()) {
        bail!("idle timeout: 0 leaves no time to connect");
    }
    Ok(())
}

fn filters(list: &List) -> Result<()> {
    Ok(listing::check(list)?)
}

fn keys(text: &str) -> Result<()> {
    stdio::keys(text).map(drop).map_err(Into::into)
}

fn name(image: &str) -> Result<()> {
    normalize(image).map(drop).map_err(Into::into)
}

fn of_signal(what: &str, text: Option<&str>) -> Result<()> {
    match text {
        Some(text) if signal::number(text).is_none() => bail!("{what} {text:?}: unknown"),
        _ => Ok(()),
    }
}
