//! `ocirun exec`: another process in a running container.

use std::os::fd::OwnedFd;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::prctl::set_child_subreaper;
use oci_spec::runtime::{Capability, Process};
use ocirun_init::{Bootstrap, Capabilities};

use crate::cli::{Exec, Global};
use crate::fds::{self, Passed};
use crate::init::{self, Init, Start};
use crate::state::{self, Dir, State, Status};
use crate::{
    affinity, annotation, bundle, console, filter, foreground, label, launch, log, namespace, pid_file, plan,
    rlimit, seal, signal, validate,
};

pub fn exec(global: &Global, args: &Exec) -> Result<i32> {
    let (dir, state, status) = state::open(global, &args.id)?;
    match status {
        Status::Stopped => bail!("cannot exec in a stopped container"),
        Status::Creating => bail!("container does not exist"),
        Status::Paused if !args.ignore_paused => {
            bail!("cannot exec in a paused container (use --ignore-paused to override)")
        }
        _ => {}
    }
    let own = state.process.get()?;
    let process = process(args, &own)?;
    validate::process(&process)?;
    label::check(&process)?;
    let terminal = process.terminal().unwrap_or(false);
    ensure!(
        args.console_socket.is_none() || (terminal && args.detach),
        "cannot use console socket if ocirun will not detach or allocate tty"
    );
    ensure!(
        !(terminal && args.detach && args.console_socket.is_none()),
        "cannot allocate tty if ocirun will detach without setting console socket"
    );
    if !args.detach && !args.no_subreaper {
        set_child_subreaper(true).context("become a subreaper")?;
    }
    let (mut init, console) = join(global, args, &dir, (&state, &own), process)?;
    match go(args, &mut init, console) {
        Ok(status) => Ok(status),
        Err(e) => {
            init.abandon();
            if let Some(file) = &args.pid_file {
                pid_file::remove(file);
            }
            Err(init::with_hint(e, &state.rootfs))
        }
    }
}

/// From the started ocirun-init to the program's status.
fn go(args: &Exec, init: &mut Init, console: Option<OwnedFd>) -> Result<i32> {
    // Before the program's first word: its terminal is to be as it stays.
    let terminal = match console.as_ref().map(console::proxy).transpose() {
        Ok(terminal) => terminal,
        // That none came has a reason, which ocirun-init knows.
        Err(e) => return init.until_ready(|_| Ok(())).and(Err(e)),
    };
    init.until_ready(|_| Ok(()))?;
    if let Some(file) = &args.pid_file {
        pid_file::write(file, init.child.pid)?;
    }
    let signals = if args.detach { None } else { Some(signal::collect()?) };
    log::debug("setns_init: about to exec");
    init.until_exec()?;
    log::settle();
    let Some(signals) = signals else { return Ok(0) };
    foreground::wait(&init.child, &signals, terminal, None)
}

/// Starts ocirun-init in the container's namespaces and cgroups, and tells it what to do.
fn join(
    global: &Global,
    args: &Exec,
    dir: &Dir,
    (state, own): (&State, &Process),
    process: Process,
) -> Result<(Init, Option<OwnedFd>)> {
    let preserve = fds::preserved(args.preserve_fds)?;
    let mut passed = Passed::behind(preserve);
    let pipes = init::pipes(&mut passed)?;
    let mut boot = plan::join(&state.id, plan::process(&process));
    boot.process.personality = state.personality.as_ref().map(plan::personality);
    boot.process.memory_policy = state.memory_policy.as_ref().map(plan::memory_policy);
    boot.process.user.keep_groups = state.keep_groups;
    boot.preserve_fds = preserve;
    boot.process.env.extend(fds::listen_env());
    for name in &args.cap {
        add_cap(&mut boot, name)?;
    }
    launch::known_caps(&mut boot);
    let asked = annotation::read(
        |name| state.annotations.get(name).map(String::as_str),
        own.no_new_privileges().unwrap_or(false),
    )?;
    if asked.landlock.is_some() && !boot.process.no_new_privileges {
        bail!("annotation {} needs noNewPrivileges", annotation::LANDLOCK);
    }
    boot.landlock = asked.landlock;
    filter::attach(state, dir, &mut boot, &mut passed)?;
    let mut console = None;
    if boot.process.terminal {
        if let Some(socket) = &args.console_socket {
            boot.console_socket_fd = Some(passed.add(console::connect(socket)?));
        } else {
            let (ours, theirs) = console::pair()?;
            boot.console_socket_fd = Some(passed.add(theirs));
            boot.bare_newlines = true;
            console = Some(ours);
        }
    }
    if let Some(socket) = &args.pidfd_socket {
        boot.pidfd_socket_fd = Some(passed.add(console::connect(socket)?));
    }
    let cpus = process.exec_cpu_affinity().as_ref();
    boot.process.cpu_affinity = cpus.and_then(|c| c.cpu_affinity_final().clone());
    let initial = cpus.and_then(|c| c.initial().as_deref()).map(affinity::parse).transpose()?;

    let bits = namespace::bits(&state.namespaces);
    if bits & libc::CLONE_NEWNS == 0 {
        // Its root is a mere directory of the host's mount namespace.
        boot.rootfs = state.rootfs.to_string_lossy().into_owned();
    }
    let held = own.capabilities().as_ref().map(plan::capabilities);
    let sets = [held.as_ref(), boot.process.capabilities.as_ref()];
    let copied = seal::shows_much(bits & libc::CLONE_NEWUSER != 0, &sets);
    let exe = seal::program(&seal::find(global.init.as_deref())?, copied)?;
    let cgroups = if args.cgroup.is_empty() {
        state.cgroup.join_beside(state.pid)?
    } else {
        state.cgroup.join_sub(&args.cgroup)?
    };
    // One descriptor stands for all namespaces, and cannot mean another process's.
    let Some(target) = state.init()? else { bail!("cannot exec in a stopped container") };
    let raised = rlimit::raise(&boot.process.rlimits);
    let mut init = init::start(Start {
        exe,
        cgroups,
        new: 0,
        join: if bits == 0 { Vec::new() } else { vec![(bits, target)] },
        maps: None,
        time_offsets: None,
        oom_score_adj: process.oom_score_adj().or(own.oom_score_adj()),
        affinity: initial,
        preserve,
        passed,
        pipes,
    })?;
    drop(raised);
    if let Some(cpus) = &initial {
        log::debug(&format!("nsexec-0[{}]: affinity: {}", init.child.pid, affinity::mask(cpus)));
    }
    filter::name_process(&mut boot, init.child.pid, state.pid);
    let shared = state.rdt.as_ref().map_or(Ok(()), |group| group.add(init.child.pid));
    if let Err(e) = shared.and_then(|()| init.tell(&mut boot)) {
        return Err(init.abandon().unwrap_or(e));
    }
    Ok((init, console))
}

/// The process that is asked for: a file's, or the container's own with another program; what it
/// leaves open is as in the container.
fn process(args: &Exec, own: &Process) -> Result<Process> {
    let mut p = match &args.process {
        Some(file) => {
            let mut p = bundle::load_process(file)?;
            if p.capabilities().is_none() {
                p.set_capabilities(own.capabilities().clone());
            }
            if p.no_new_privileges().is_none() {
                p.set_no_new_privileges(own.no_new_privileges());
            }
            let empty = |s: &Option<String>| s.as_deref().is_none_or(str::is_empty);
            if empty(p.apparmor_profile()) {
                p.set_apparmor_profile(own.apparmor_profile().clone());
            }
            if empty(p.selinux_label()) {
                p.set_selinux_label(own.selinux_label().clone());
            }
            if p.rlimits().as_ref().is_none_or(Vec::is_empty) {
                p.set_rlimits(own.rlimits().clone());
            }
            if p.scheduler().is_none() {
                p.set_scheduler(own.scheduler().clone());
            }
            if p.io_priority().is_none() {
                p.set_io_priority(*own.io_priority());
            }
            return Ok(p);
        }
        None => own.clone(),
    };
    if args.args.is_empty() {
        bail!("process args cannot be empty");
    }
    p.set_args(Some(args.args.clone()));
    p.set_terminal(Some(args.tty));
    if let Some(cwd) = &args.cwd {
        p.set_cwd(cwd.into());
    }
    let mut env = p.env().clone().unwrap_or_default();
    env.extend(args.env.iter().cloned());
    p.set_env(Some(env));
    if let Some(user) = &args.user {
        let (uid, gid) = user_ids(user)?;
        p.user_mut().set_uid(uid);
        if let Some(gid) = gid {
            p.user_mut().set_gid(gid);
        }
    }
    if !args.additional_gids.is_empty() {
        let mut gids = p.user().additional_gids().clone().unwrap_or_default();
        gids.extend(&args.additional_gids);
        p.user_mut().set_additional_gids(Some(gids));
    }
    if let Some(label) = &args.process_label {
        p.set_selinux_label(Some(label.clone()));
    }
    if let Some(profile) = &args.apparmor {
        p.set_apparmor_profile(Some(profile.clone()));
    }
    if args.no_new_privs {
        p.set_no_new_privileges(Some(true));
    }
    Ok(p)
}

/// `1000` or `1000:100`: numbers alone, so that no file of the container is asked for a name.
fn user_ids(text: &str) -> Result<(u32, Option<u32>)> {
    let id = |kind: &str, text: &str| -> Result<u32> {
        // `+5` and an empty word are no ids; u32's own parser takes the first.
        ensure!(
            text.bytes().all(|b| b.is_ascii_digit()),
            "parsing {text} as int for {kind} failed: invalid syntax"
        );
        let n: u32 =
            text.parse().map_err(|e| anyhow::anyhow!("parsing {text} as int for {kind} failed: {e}"))?;
        // The number above means nobody to the kernel, and no change to setuid.
        ensure!(n <= i32::MAX as u32, "parsing {text} as int for {kind} failed: out of range");
        Ok(n)
    };
    match text.split_once(':') {
        Some((uid, gid)) => Ok((id("uid", uid)?, Some(id("gid", gid)?))),
        None => Ok((id("uid", text)?, None)),
    }
}

/// Adds to the bounding, effective and permitted sets, never to the inheritable one
/// (CVE-2022-29162); to the ambient one where config.json has it inheritable.
fn add_cap(boot: &mut Bootstrap, name: &str) -> Result<()> {
    let upper = name.to_ascii_uppercase();
    let name = if upper.starts_with("CAP_") { upper } else { format!("CAP_{upper}") };
    let known = serde_json::from_value::<Capability>(name.clone().into()).is_ok();
    ensure!(known, "unknown capability {name:?}");
    let sets = boot.process.capabilities.get_or_insert_with(Capabilities::default);
    for set in [&mut sets.bounding, &mut sets.effective, &mut sets.permitted] {
        if !set.contains(&name) {
            set.push(name.clone());
        }
    }
    if sets.inheritable.contains(&name) && !sets.ambient.contains(&name) {
        sets.ambient.push(name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_numbers() {
        assert_eq!(user_ids("1").unwrap(), (1, None));
        assert_eq!(user_ids("1000:100").unwrap(), (1000, Some(100)));
        for bad in [
            "",
            "root",
            "-1",
            "+1",
            "1:",
            ":1",
            "1:x",
            "4294967296",
            "4294967295",
            "2147483648",
            "1:2:3",
            " 1",
        ] {
            assert!(user_ids(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_capability_is_added_to_three_sets() {
        let mut boot = Bootstrap::default();
        add_cap(&mut boot, "net_raw").unwrap();
        add_cap(&mut boot, "CAP_NET_RAW").unwrap();
        let caps = boot.process.capabilities.as_ref().unwrap();
        assert_eq!((&caps.bounding[..], &caps.ambient[..]), (&["CAP_NET_RAW".to_string()][..], &[][..]));
        assert!(add_cap(&mut boot, "CAP_NOSUCH").is_err());

        let sets = boot.process.capabilities.as_mut().unwrap();
        sets.inheritable = vec!["CAP_KILL".to_string()];
        add_cap(&mut boot, "CAP_KILL").unwrap();
        let caps = boot.process.capabilities.as_ref().unwrap();
        assert_eq!((&caps.ambient[..], caps.inheritable.len()), (&["CAP_KILL".to_string()][..], 1));
    }

    /// CVE-2026-30892: whatever is taken for a user says its number in full.
    #[test]
    fn any_text_is_a_user_or_none() {
        crate::chance::cases(20_000, |c| {
            let text = c.text(&["0", "1", "1000", ":", "root", "+", "4294967296"]);
            if let Ok((uid, gid)) = user_ids(&text) {
                let plain = |n: &str| match n.trim_start_matches('0') {
                    "" => "0".to_owned(),
                    rest => rest.to_owned(),
                };
                let words: Vec<_> = text.split(':').map(plain).collect();
                let ids: Vec<_> = [Some(uid), gid].into_iter().flatten().map(|n| n.to_string()).collect();
                assert_eq!(words, ids, "{text:?}");
            }
        });
    }

    #[test]
    fn any_text_is_a_capability_or_none() {
        crate::chance::cases(10_000, |c| {
            let text = c.text(&["CAP_", "cap_", "NET_RAW", "chown", "_", "Sys_Admin"]);
            let mut boot = Bootstrap::default();
            if add_cap(&mut boot, &text).is_ok() {
                let sets = boot.process.capabilities.unwrap_or_default();
                assert_eq!(sets.bounding.len(), 1, "{text:?}");
                assert!(sets.inheritable.is_empty() && sets.ambient.is_empty());
            }
        });
    }
}
