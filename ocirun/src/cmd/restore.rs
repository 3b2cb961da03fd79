//! `ocirun restore`: a container that goes on where a saved one was.
//!
//! Its cgroups and its record are made as `create` makes them; CRIU is put into the cgroups and
//! makes the rest. Whatever fails, nothing is left.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::delete;
use crate::bundle::Bundle;
use crate::cgroup::{Cgroup, move_in};
use crate::cli::{Global, Launch, Restore};
use crate::criu::external::{self, Mounts};
use crate::criu::options::{self, Folders};
use crate::criu::rpc::{CgroupRoot, InheritFd, Options, Request, kind};
use crate::criu::swrk::{Criu, Event};
use crate::criu::{self, stage};
use crate::live::Added;
use crate::namespace::Namespaces;
use crate::spawn::Child;
use crate::state::{self, Dir, State};
use crate::{
    annotation, console, error, filter, foreground, hooks, hotplug, launch, log, notify, pid_file, pidfd,
    plan, rdt, signal, validate,
};

const LOG: &str = "restore.log";

pub fn restore(global: &Global, args: &Restore) -> Result<i32> {
    if !args.detach && !args.no_subreaper {
        // A container that shares our pid namespace leaves its orphans to us.
        set_child_subreaper(true).context("become a subreaper")?;
    }
    let launch = Launch {
        bundle: args.bundle.clone(),
        config: args.config.clone(),
        console_socket: args.console_socket.clone(),
        pid_file: args.pid_file.clone(),
        no_pivot: args.no_pivot,
        id: args.id.clone(),
        ..Launch::default()
    };
    let folders = Folders::of(&args.criu);
    criu::check_rights("restore")?;
    let added = Added::saved(&folders.images)?;
    let root = state::root(global);
    let (bundle, ns, mut boot) = launch::plan_with(
        &launch,
        |_| None,
        |spec| {
            added.complete(spec);
            if added.notify { notify::add_mount(spec, &Dir::of(&root, &args.id)?) } else { Ok(()) }
        },
    )?;
    boot.devices.extend(added.devices.iter().map(|d| d.device.clone()));
    launch::check_terminal(&launch, boot.process.terminal, args.detach)?;
    // Before there is anything that a signal could leave behind.
    let signals = if args.detach { None } else { Some(signal::collect()?) };
    let dir = Dir::claim(&root, &args.id)?;
    let restored = dir.lock().and_then(|_lock| {
        let cgroup = launch::place(global, &args.id, &bundle.spec)?;
        ensure!(!cgroup.exists(), "container's cgroup is not empty");
        let linux = plan::linux(&bundle.spec);
        let rdt = linux.intel_rdt().as_ref().map(|r| rdt::plan(&args.id, r)).transpose()?;
        let (folders, bundle, ns, dir, cgroup) = (&folders, &bundle, &ns, &dir, &cgroup);
        let work = Work { args, folders, bundle, ns, dir, cgroup, rdt: rdt.as_ref(), added };
        make(&work, &boot).inspect_err(|_| launch::undo(cgroup, work.rdt, args.pid_file.as_deref()))
    });
    let (state, child, terminal) = restored.map_err(|e| {
        let _ = dir.remove();
        criu::sweep(&folders.log(LOG));
        criu::explain(e, &folders.log(LOG))
    })?;
    // It goes on where it was, and there it was ready.
    if let Err(e) = notify::ready(args.detach.then_some(child.pid)) {
        log::warn(&error::line(&e));
    }
    let Some(signals) = signals else { return Ok(0) };
    let terminal = terminal.map(console::take_over).transpose();
    let status = terminal.and_then(|terminal| foreground::wait(&child, &signals, terminal, None));
    delete::remove(&dir, &state)?;
    status
}

/// What the steps of one restore read.
struct Work<'a> {
    args: &'a Restore,
    folders: &'a Folders,
    bundle: &'a Bundle,
    ns: &'a Namespaces,
    dir: &'a Dir,
    cgroup: &'a Cgroup,
    rdt: Option<&'a rdt::Group>,
    added: Added,
}

type Restored = (State, Child, Option<OwnedFd>);

fn make(work: &Work, boot: &ocirun_init::Bootstrap) -> Result<Restored> {
    let Work { args, folders, bundle, ns, dir, cgroup, .. } = *work;
    let spec = &bundle.spec;
    let mut state = launch::intent(&args.id, bundle, ns, &boot.rootfs, cgroup)?;
    state.rdt = work.rdt.cloned();
    state.added = work.added.clone();
    dir.save_synced(&state)?;
    if work.added.notify {
        notify::make_folder(dir)?;
    }
    let terminal = boot.process.terminal;
    let socket = args.console_socket.as_deref().map(console::connect).transpose()?;

    let mut options = options::options(&args.criu, &state.annotations, LOG)?;
    criu::folder(&folders.images, false)?;
    options.evasive_devices = Some(true);
    options.restore_sibling = Some(true);
    options.tcp_close = args.tcp_close.then_some(true);
    options.lsm_profile = args.lsm_profile.clone().filter(|l| !l.is_empty());
    options.lsm_mount_context = args.lsm_mount_context.clone().filter(|l| !l.is_empty());
    if !terminal {
        options.inherit_fds = streams(&folders.images)?;
    }
    let joined = external::join_namespaces(ns, &mut options)?;
    // CRIU restores the filters of the processes; these are for those of `exec`.
    filter::compile(spec, &annotation::of(spec)?, dir, &mut state)?;

    let holder = cgroup.create(&args.id)?;
    let linux = plan::linux(spec);
    let mut resources = linux.resources().clone().unwrap_or_default();
    if !work.added.is_empty() {
        resources.set_devices(Some(hotplug::rules(&work.added, Some(spec))));
    }
    cgroup.apply(&resources, || Ok(()))?;
    if let (Some(group), Some(wanted)) = (work.rdt, linux.intel_rdt()) {
        group.create(wanted)?;
    }
    let mounts = Mounts::of(spec, boot, ns, cgroup)?;
    // What it mounts on the way ends with it.
    options.external_mounts = stage::inside(|| mounts.restored(Path::new(&boot.rootfs)))?;
    options.root = Some(boot.rootfs.clone());
    let joined: Vec<&OwnedFd> = joined.iter().collect();
    let (images, work_dir, mut criu) = stage::inside(|| {
        // CRIU mounts in its work folder, and can so only in its own namespace.
        let images = criu::folder(&folders.images, false)?;
        let work_dir = folders.work.as_ref().map(|path| criu::folder(path, true)).transpose()?;
        Ok((images, work_dir, Criu::start(&joined, terminal)?))
    })?;
    options.images_dir_fd = images.as_raw_fd();
    options.work_dir_fd = work_dir.as_ref().map(AsRawFd::as_raw_fd);
    let lsm = options.lsm_profile.is_some() || options.lsm_mount_context.is_some();
    criu::check_version(&mut criu, if lsm { 3_16_00 } else { criu::OLDEST })?;
    cgroup.move_in(criu.pid())?;
    drop(holder);
    // What it restores is born in its group.
    work.rdt.map_or(Ok(()), |group| group.add(criu.pid()))?;
    options.cgroup_roots = cgroup_roots(criu.pid())?;
    let (child, master) = run_criu(work, &mut state, criu, options, socket)?;
    Ok((state, child, master))
}

/// Has CRIU work, and does what it asks meanwhile; the first process, and a terminal's master that
/// is for us.
fn run_criu(
    work: &Work,
    state: &mut State,
    mut criu: Criu,
    options: Options,
    socket: Option<OwnedFd>,
) -> Result<(Child, Option<OwnedFd>)> {
    let mut master = None;
    let mut child = None;
    let request = Request { kind: kind::RESTORE, options: Some(options), ..Request::default() };
    let done = criu.work(&request, |event: Event| {
        match (event.script.as_str(), event.pid) {
            ("setup-namespaces", Some(pid)) => run_hooks(work, pid)?,
            ("post-restore", Some(pid)) => {
                child = Some(Child { pid, pidfd: pidfd::open_child(pid)? });
                record(work, state, pid)?;
            }
            ("orphan-pts-master", _) => {
                let fd = event.fd.context("a terminal came without its descriptor")?;
                match &socket {
                    Some(socket) => console::send(socket, &event.script, &fd)?,
                    None => master = Some(fd),
                }
            }
            _ => {}
        }
        Ok(())
    });
    let done = done.and_then(|()| criu.end());
    match (done, child) {
        (Ok(()), Some(child)) => Ok((child, master)),
        (Ok(()), None) => bail!("criu restored no process"),
        (Err(e), child) => {
            if let Some(child) = child {
                let _ = pidfd::signal(&child.pidfd, libc::SIGKILL);
                let _ = waitpid(Pid::from_raw(child.pid), None);
            }
            Err(e)
        }
    }
}

/// The namespaces stand, and nothing of the container's runs yet.
fn run_hooks(work: &Work, pid: i32) -> Result<()> {
    let Work { args, bundle, .. } = *work;
    let Some(all) = bundle.spec.hooks() else { return Ok(()) };
    let about = plan::hook_state(&bundle.spec, &args.id, &bundle.path, "creating", pid);
    for (kind, list) in &validate::hook_lists(all)[..2] {
        hooks::run(kind, list, &about, &bundle.path)?;
    }
    Ok(())
}

/// All processes are there, and stand still until this returns.
fn record(work: &Work, state: &mut State, pid: i32) -> Result<()> {
    let Work { args, dir, .. } = *work;
    state.pid = pid;
    state.start_time = pidfd::stat(pid)?.map_or(0, |s| s.start_time);
    state.creating = false;
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    state.keep_groups = read("setgroups").trim() == "deny";
    let time = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/time")).ok();
    // CRIU makes one, so that the clocks go on where they were.
    if time(&pid.to_string()) != time("self") && !state.namespaces.iter().any(|name| name == "time") {
        state.namespaces.push("time".into());
    }
    dir.save(state)?;
    if let Some(file) = &args.pid_file {
        pid_file::write(file, pid)?;
    }
    Ok(())
}

/// Which of our standard streams take the places of the saved ones.
fn streams(images: &Path) -> Result<Vec<InheritFd>> {
    let file = images.join(criu::DESCRIPTORS);
    let text = fs::read(&file).with_context(|| format!("open {}", file.display()))?;
    let names: Vec<String> =
        serde_json::from_slice(&text).with_context(|| format!("parse {}", file.display()))?;
    let pipes = names.into_iter().zip(0..3).filter(|(name, _)| name.starts_with("pipe:"));
    Ok(pipes.map(|(key, fd)| InheritFd { key, fd }).collect())
}

/// Where CRIU is now, the restored processes are to be.
fn cgroup_roots(pid: i32) -> Result<Vec<CgroupRoot>> {
    let root = |(controller, path)| CgroupRoot { controller: Some(controller), path };
    Ok(move_in::places(pid)?.into_iter().map(root).collect())
}
