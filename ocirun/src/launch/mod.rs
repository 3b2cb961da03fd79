//! Making a container: what `create` and `run` have in common. Whatever fails, nothing is left.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::unistd::{geteuid, mkfifo};
use oci_spec::runtime::{LinuxResources, LinuxSeccomp, Spec};
use ocirun_init::{Bootstrap, Capabilities};

use crate::again::again;
use crate::annotation::{self, Asked};
use crate::bundle::{self, Bundle};
use crate::cgroup::{self, Cgroup, Join};
use crate::cli::{CgroupManager, Global, Launch, Rootless};
use crate::fds::{self, Passed};
use crate::init::{self, Init, Start};
use crate::kept::Kept;
use crate::live::Added;
use crate::namespace::{self, Namespaces};
use crate::seccomp::{self, Store};
use crate::state::{self, Dir, State};
use crate::{
    caps, console, filter, hooks, label, log, netdev, notify, pid_file, pidfd, plan, rdt, rlimit, seal,
    source, time, trace, validate,
};

/// A container whose first process waits for `start`.
pub struct Launched {
    pub dir: Dir,
    pub state: State,
    pub init: Init,
    /// Where the terminal's master comes, with a terminal in the foreground.
    pub terminal: Option<OwnedFd>,
}

/// Who lets the program go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gate {
    /// Another call, `start`: by opening the exec FIFO.
    Fifo,
    /// This one, by a word down the pipe.
    Pipe,
}

/// What config.json says, checked.
pub fn plan(launch: &Launch) -> Result<(Bundle, Namespaces, Bootstrap)> {
    plan_with(launch, |_| None, |_| Ok(()))
}

/// The same; `known` may have the program of a seccomp profile by its text, `add` adds to what is said.
pub fn plan_with(
    launch: &Launch,
    known: impl FnOnce(&[u8]) -> Option<seccomp::Program>,
    add: impl FnOnce(&mut Spec) -> Result<()>,
) -> Result<(Bundle, Namespaces, Bootstrap)> {
    validate::id(&launch.id)?;
    let mut bundle = bundle::load_with(&launch.bundle, launch.config.as_deref(), known)?;
    add(&mut bundle.spec)?;
    let wanted = plan::linux(&bundle.spec).namespaces().clone().unwrap_or_default();
    let ns = Namespaces::parse(&wanted)?;
    validate::spec(&bundle.spec, &ns)?;
    let mut boot = plan::bootstrap(&bundle.spec, &ns, launch, &bundle.path)?;
    known_caps(&mut boot);
    let root = &boot.rootfs;
    let meta = fs::metadata(root).with_context(|| format!("invalid rootfs: stat {root}"))?;
    ensure!(meta.is_dir(), "invalid rootfs: {root} is not a directory");
    boot.rootfs = fs::canonicalize(root)
        .with_context(|| format!("invalid rootfs: {root}"))?
        .to_string_lossy()
        .into_owned();
    Ok((bundle, ns, boot))
}

/// Leaves out capabilities that this kernel lacks, as runtimes do.
pub fn known_caps(boot: &mut Bootstrap) {
    let Some(sets) = &mut boot.process.capabilities else { return };
    let known = caps::known();
    let mut lacking = Vec::new();
    let Capabilities { bounding, effective, permitted, inheritable, ambient } = sets;
    for set in [bounding, effective, permitted, inheritable, ambient] {
        set.retain(|name| {
            let has = known.contains(&name.as_str());
            if !has && !lacking.contains(name) {
                lacking.push(name.clone());
            }
            has
        });
    }
    if !lacking.is_empty() {
        log::warn(&format!("ignoring unknown or unavailable capabilities: [{}]", lacking.join(" ")));
    }
}

/// Whether rights over cgroups may be missing.
pub fn rootless(global: &Global) -> bool {
    match global.rootless {
        Rootless::True => true,
        Rootless::False => false,
        Rootless::Auto => !geteuid().is_root(),
    }
}

/// Makes the container. `detached`: a terminal's master goes to a socket of the caller.
pub fn create(global: &Global, launch: &Launch, detached: bool, gate: Gate) -> Result<Launched> {
    let root = state::root(global);
    let store = Store::of(&root);
    let add = |spec: &mut Spec| notify::add(spec, &Dir::of(&root, &launch.id)?);
    let (mut bundle, ns, boot) = plan_with(launch, |profile| store.find(profile), add)?;
    let asked = annotation::of(&bundle.spec)?;
    if asked.filters() {
        bundle.read_profile()?;
    }
    trace::did("read config.json");
    check_terminal(launch, boot.process.terminal, detached)?;
    bundle.spec.process().as_ref().map_or(Ok(()), label::check)?;
    let preserve = fds::preserved(launch.preserve_fds)?;
    let dir = Dir::claim(&root, &launch.id)?;
    let lock = dir.lock();
    let made = lock.and_then(|lock| {
        let cgroup = place(global, &launch.id, &bundle.spec)?;
        ensure!(!cgroup.exists(), "container's cgroup is not empty");
        // Whoever goes into it would wait there for ever, and whoever waits for that one, too.
        ensure!(!cgroup.frozen()?, "container's cgroup unexpectedly frozen");
        let linux = plan::linux(&bundle.spec);
        let rdt = linux.intel_rdt().as_ref().map(|r| rdt::plan(&launch.id, r)).transpose()?;
        let rdt = rdt.as_ref();
        let work = Work {
            global,
            launch,
            gate,
            bundle: &bundle,
            asked: &asked,
            store: &store,
            ns: &ns,
            dir: &dir,
            cgroup: &cgroup,
            rdt,
            preserve,
        };
        make(&work, boot, &lock).inspect_err(|_| undo(&cgroup, rdt, launch.pid_file.as_deref()))
    });
    // The process goes on for a moment, or waits: what it has read is not worth to be taken apart.
    std::mem::forget((bundle, asked));
    made.inspect_err(|_| {
        let _ = dir.remove();
    })
}

/// A terminal's master goes to a socket just where nobody stays to take it.
pub fn check_terminal(launch: &Launch, terminal: bool, detached: bool) -> Result<()> {
    ensure!(
        launch.console_socket.is_none() || (terminal && detached),
        "cannot use console socket if ocirun will not detach or allocate tty"
    );
    ensure!(
        !(terminal && detached && launch.console_socket.is_none()),
        "cannot allocate tty if ocirun will detach without setting console socket"
    );
    Ok(())
}

/// Decides the container's cgroups; makes nothing.
pub fn place(global: &Global, id: &str, spec: &Spec) -> Result<Cgroup> {
    let linux = plan::linux(spec);
    let path = linux.cgroups_path().as_deref();
    let systemd = match global.cgroup_manager {
        Some(CgroupManager::Disabled) => return Ok(Cgroup::default()),
        Some(manager) => manager == CgroupManager::Systemd,
        None => global.systemd_cgroup,
    };
    if !systemd {
        return cgroup::plan(id, path, rootless(global));
    }
    let annotations = spec.annotations().clone().unwrap_or_default();
    cgroup::systemd::plan(id, path, &annotations, rootless(global))
}

/// What the steps of one `create` read.
struct Work<'a> {
    global: &'a Global,
    launch: &'a Launch,
    gate: Gate,
    bundle: &'a Bundle,
    asked: &'a Asked,
    store: &'a Store,
    ns: &'a Namespaces,
    dir: &'a Dir,
    cgroup: &'a Cgroup,
    rdt: Option<&'a rdt::Group>,
    preserve: u32,
}

fn make(work: &Work, mut boot: Bootstrap, _lock: &fs::File) -> Result<Launched> {
    let Work { launch, bundle, asked, ns, dir, cgroup, .. } = *work;
    let spec = &bundle.spec;
    let mut state = intent(&launch.id, bundle, ns, &boot.rootfs, cgroup)?;
    state.rdt = work.rdt.cloned();
    dir.save_synced(&state)?;
    notify::make(dir)?;

    let mut passed = Passed::behind(work.preserve);
    let pipes = init::pipes(&mut passed)?;
    match work.gate {
        Gate::Fifo => boot.start_fd = Some(passed.add(make_fifo(&dir.fifo())?)),
        Gate::Pipe => boot.wait_for_start = true,
    }
    boot.preserve_fds = work.preserve;
    boot.process.env.extend(fds::listen_env());
    boot.mount_context = asked.mount_context.clone();
    boot.landlock = asked.landlock.clone();
    let plain = filter::plain(spec, asked);
    // Who shares processes with others must not have a file of the host's open when they see it.
    let late = plain.filter(|_| ns.makes(libc::CLONE_NEWPID) && ns.join.is_empty());
    if let Some(profile) = plain {
        filter::attach_empty(profile, late.is_some(), dir, &mut boot, &mut passed)?;
    } else {
        match &bundle.program {
            Some(program) => filter::take(program, dir, &mut state)?,
            None => filter::compile(spec, asked, dir, &mut state)?,
        }
        filter::attach(&state, dir, &mut boot, &mut passed)?;
    }
    let id_maps = source::open(&mut boot, spec, ns, &mut passed)?;
    let terminal = console_of(launch, &mut boot, &mut passed)?;
    if let Some(socket) = launch.pidfd_socket.as_ref().or(asked.pidfd_receiver.as_ref()) {
        boot.pidfd_socket_fd = Some(passed.add(console::connect(socket)?));
    }
    for mount in boot.mounts.iter_mut().filter(|m| m.kind == "cgroup" || m.kind == "cgroup2") {
        mount.cgroups = cgroup.mount_paths();
    }
    // Where others see the process while it builds the container.
    let copied = !ns.makes(libc::CLONE_NEWPID);
    let exe = seal::program(&seal::find(work.global.init.as_deref())?, copied)?;
    let join = namespace::open(&ns.join)?;

    trace::did("state, descriptors, filter");
    let holder = cgroup.create(&launch.id)?;
    trace::did("make the cgroups");
    let linux = plan::linux(spec);
    if let (Some(group), Some(wanted)) = (work.rdt, linux.intel_rdt()) {
        group.create(wanted)?;
    }

    let owner = plan::cgroup_owner(spec, ns);
    if let Some(uid) = owner.filter(|_| plan::manages_cgroup(spec, ns)) {
        cgroup.give_to(uid)?;
    }
    if let Some(name) = &asked.delegate {
        boot.cgroup_fd = Some(passed.add(cgroup.delegate(name, owner)?));
    }
    let maps = linux.uid_mappings().clone().zip(linux.gid_mappings().clone());
    let starved = |e: anyhow::Error| starved(e, spec, cgroup);
    let raised = rlimit::raise(&boot.process.rlimits);
    let mut init = init::start(Start {
        exe,
        cgroups: Join { holder, ..cgroup.join()? },
        new: ns.new,
        join,
        maps: maps.filter(|_| ns.makes(libc::CLONE_NEWUSER)),
        time_offsets: time_offsets(spec),
        oom_score_adj: spec.process().as_ref().and_then(|p| p.oom_score_adj()),
        affinity: None,
        preserve: work.preserve,
        passed,
        pipes,
    })
    .map_err(starved)?;
    drop(raised);
    trace::did("start ocirun-init");
    boot.process.user.keep_groups = init.keep_groups || asked.keep_groups;
    init.maps = id_maps;
    let early = match plain {
        Some(profile) if late.is_none() => fill(work, profile, &mut state),
        _ => Ok(()),
    };
    match early.and_then(|()| finish(work, late, &mut state, &mut boot, &mut init)) {
        Ok(()) => {
            std::mem::forget(boot);
            Ok(Launched { dir: dir.clone(), state, init, terminal })
        }
        Err(e) => {
            init.abandon();
            Err(starved(e))
        }
    }
}

/// From the running ocirun-init to a container that waits for `start`. `late`: the seccomp profile that
/// is compiled while it makes the mounts.
fn finish(
    work: &Work,
    late: Option<&LinuxSeccomp>,
    state: &mut State,
    boot: &mut Bootstrap,
    init: &mut Init,
) -> Result<()> {
    let Work { launch, bundle, dir, cgroup, .. } = *work;
    let spec = &bundle.spec;
    // Before it has a child of its own, which would stay behind.
    work.rdt.map_or(Ok(()), |group| group.add(init.child.pid))?;
    filter::name_process(boot, init.child.pid, init.child.pid);
    let wanted = plan::linux(spec).resources().clone().unwrap_or_default();
    let p = &boot.process;
    // What the kernel makes of these depends on the cpuset.
    let after = p.scheduler.is_some() || p.memory_policy.is_some();
    // Without a cgroup there is nothing that a limit could be set on.
    match work.global.cgroup_manager {
        Some(CgroupManager::Disabled) => init.tell(boot)?,
        _ if after => cgroup.apply(&wanted, || Ok(())).and_then(|()| init.tell(boot))?,
        // Devices are opened by ocirun-init. What else takes its time, and must be there only when the
        // program is, is done while it works.
        _ => cgroup.apply(&wanted, || init.tell(boot))?,
    }
    trace::did("set the limits");
    if let Some(profile) = late {
        fill(work, profile, state)?;
        init.filter()?;
    }
    state.pid = init.child.pid;
    state.start_time = pidfd::stat(init.child.pid)?.map_or(0, |s| s.start_time);
    state.keep_groups = boot.process.user.keep_groups;
    // A hook may ask for the container's state. Without any, the one that will be is written meanwhile.
    if boot.wait_for_hooks {
        dir.save(state)?;
    }
    state.creating = false;
    let prepared = if boot.wait_for_hooks { None } else { Some(dir.prepare(state)?) };
    let ready = init.until_ready(|pid| {
        netdev::move_all(spec, pid)?;
        let about = plan::hook_state(spec, &launch.id, &bundle.path, "creating", pid);
        let Some(all) = spec.hooks() else { return Ok(()) };
        for (kind, list) in &validate::hook_lists(all)[..2] {
            hooks::run(kind, list, &about, &bundle.path)?;
        }
        Ok(())
    });
    ready.map_err(|error| explain(error, spec))?;
    trace::did("until ocirun-init is ready");
    if let Some(file) = &launch.pid_file {
        pid_file::write(file, init.child.pid)?;
    }
    match prepared {
        Some(prepared) => prepared.name().map(drop),
        None => dir.save(state),
    }
}

/// Compiles the profile of a container that has but this one, and keeps the program for the next.
fn fill(work: &Work, profile: &LinuxSeccomp, state: &mut State) -> Result<()> {
    let program = filter::fill(profile, work.dir, state)?;
    if let Some(text) = &work.bundle.profile {
        work.store.keep(text, &program);
    }
    Ok(())
}

/// Says so, where the kernel has killed for want of memory.
fn starved(error: anyhow::Error, spec: &Spec, cgroup: &Cgroup) -> anyhow::Error {
    if cgroup.oom_kills().unwrap_or(0) == 0 {
        return error;
    }
    let linux = plan::linux(spec);
    let memory = linux.resources().as_ref().and_then(|r| r.memory().as_ref());
    match memory.and_then(|m| m.limit()).filter(|limit| *limit > 0) {
        Some(limit) => error.context(format!("container init was OOM-killed: memory limit {limit} bytes")),
        None => error.context("container init was OOM-killed (memory limit too low?)"),
    }
}

/// The kernel's answer to a deadline on some CPUs is only that it is not permitted.
fn explain(error: anyhow::Error, spec: &Spec) -> anyhow::Error {
    let cpus = plan::linux(spec).resources().as_ref().and_then(|r| r.cpu().as_ref()?.cpus().clone());
    let refused = crate::error::line(&error).contains("set scheduler: operation not permitted");
    match cpus.filter(|cpus| refused && !cpus.is_empty()) {
        Some(cpus) => {
            error.context(format!("process scheduler can't be used together with AllowedCPUs {cpus}"))
        }
        None => error,
    }
}

/// What `delete --force` needs after a death of this process.
pub fn intent(id: &str, bundle: &Bundle, ns: &Namespaces, rootfs: &str, cgroup: &Cgroup) -> Result<State> {
    let spec = &bundle.spec;
    let mut process = spec.process().clone().context("process property must not be empty")?;
    if let Some(env) = process.env_mut() {
        env.retain(|variable| *variable != notify::variable());
    }
    let pipes = if process.terminal().unwrap_or(false) { Vec::new() } else { fds::stdio_pipes() };
    Ok(State {
        oci_version: spec.version().clone(),
        id: id.to_string(),
        pid: 0,
        start_time: 0,
        creating: true,
        bundle: bundle.path.clone(),
        config: bundle.config.clone(),
        rootfs: rootfs.into(),
        created: time::rfc3339_nanos(SystemTime::now()),
        annotations: spec.annotations().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect(),
        cgroup: cgroup.clone(),
        resources: limits(spec).as_ref().map(Kept::of).transpose()?,
        rdt: None,
        namespaces: namespace::names(ns.bits()),
        private_pids: ns.makes(libc::CLONE_NEWPID),
        keep_groups: false,
        process: Kept::of(&process)?,
        personality: spec.linux().as_ref().and_then(|l| l.personality().clone()),
        memory_policy: spec.linux().as_ref().and_then(|l| l.memory_policy().clone()),
        hooks: spec.hooks().clone(),
        seccomp: None,
        stacked_seccomp: Vec::new(),
        pipes,
        added: Added::default(),
    })
}

/// What `update` starts from.
fn limits(spec: &Spec) -> Option<LinuxResources> {
    let mut named = spec.linux().as_ref()?.resources().clone()?;
    // The kernel alone keeps device rules.
    named.set_devices(None);
    (named != LinuxResources::default()).then_some(named)
}

/// The FIFO whose opening for reading starts the program; root of a user namespace may write it.
fn make_fifo(path: &Path) -> Result<OwnedFd> {
    mkfifo(path, Mode::from_bits_truncate(0o622)).with_context(|| format!("mkfifo {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o622))
        .with_context(|| format!("chmod {}", path.display()))?;
    again(|| open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()))
        .with_context(|| format!("open {}", path.display()))
}

fn console_of(launch: &Launch, boot: &mut Bootstrap, passed: &mut Passed) -> Result<Option<OwnedFd>> {
    if !boot.process.terminal {
        return Ok(None);
    }
    if let Some(socket) = &launch.console_socket {
        boot.console_socket_fd = Some(passed.add(console::connect(socket)?));
        return Ok(None);
    }
    let (ours, theirs) = console::pair()?;
    boot.console_socket_fd = Some(passed.add(theirs));
    // Our own terminal adds the carriage return, if there is one.
    boot.bare_newlines = true;
    Ok(Some(ours))
}

fn time_offsets(spec: &Spec) -> Option<String> {
    let offsets = spec.linux().as_ref()?.time_offsets().as_ref().filter(|o| !o.is_empty())?;
    let line = |(clock, o): (&String, &oci_spec::runtime::LinuxTimeOffset)| {
        format!("{clock} {} {}\n", o.secs().unwrap_or(0), o.nanosecs().unwrap_or(0))
    };
    Some(offsets.iter().map(line).collect())
}

/// Takes back what the steps made on the host; the first process has been waited for.
pub fn undo(cgroup: &Cgroup, rdt: Option<&rdt::Group>, pid_file: Option<&Path>) {
    let _ = cgroup.kill(libc::SIGKILL);
    let _ = cgroup.remove();
    let _ = rdt.map(rdt::Group::remove);
    if let Some(file) = pid_file {
        pid_file::remove(file);
    }
}

#[cfg(test)]
mod tests;
