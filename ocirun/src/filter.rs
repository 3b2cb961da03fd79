//! The seccomp programs of a container: compiled once, kept beside its state for each process that
//! joins it, and handed to ocirun-init with the socket that takes the listener.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use oci_spec::runtime::{LinuxSeccomp, Spec};
use ocirun_init::Bootstrap;
use serde_json::json;

use crate::annotation::{self, Asked};
use crate::fds::Passed;
use crate::seccomp::Program;
use crate::state::{self, Dir, State};
use crate::{console, log, plan, seccomp};

/// Compiles what config.json and its annotations ask for into files of the container.
pub fn compile(spec: &Spec, asked: &Asked, dir: &Dir, state: &mut State) -> Result<()> {
    let profile = spec.linux().as_ref().and_then(|l| l.seccomp().as_ref());
    if let (Some(profile), true) = (profile, asked.seccomp_unknown) {
        seccomp::all_known(profile)?;
    }
    if let Some(program) = &asked.seccomp_bpf {
        let path = profile.and_then(|p| p.listener_path().clone()).or_else(|| asked.seccomp_receiver.clone());
        let metadata = profile.and_then(|p| p.listener_metadata().clone());
        write(&dir.seccomp(), program)?;
        state.seccomp = Some(state::Seccomp { flags: 0, listener: path.map(|path| (path, metadata)) });
    } else if let Some(profile) = profile {
        state.seccomp = Some(compile_one(profile, asked, &dir.seccomp())?);
    }
    for (number, profile) in asked.seccomp_stack.iter().enumerate() {
        let program = seccomp::compile(profile)
            .with_context(|| format!("annotation {}: profile {number}", annotation::SECCOMP_STACK))?;
        if program.listener {
            bail!(
                "annotation {}: profile {number}: only linux.seccomp may notify",
                annotation::SECCOMP_STACK
            );
        }
        write(&dir.stacked_seccomp(number), &program.bpf)?;
        state.stacked_seccomp.push(program.flags);
    }
    Ok(())
}

fn compile_one(profile: &LinuxSeccomp, asked: &Asked, file: &Path) -> Result<state::Seccomp> {
    let program = seccomp::compile(profile).context("seccomp")?;
    write(file, &program.bpf)?;
    let socket = profile.listener_path().as_ref().or(asked.seccomp_receiver.as_ref());
    let listener = match socket {
        Some(path) if program.listener => Some((path.clone(), profile.listener_metadata().clone())),
        None if program.listener => bail!("seccomp: SCMP_ACT_NOTIFY needs listenerPath"),
        _ => None,
    };
    Ok(state::Seccomp { flags: program.flags, listener })
}

// Into the container's folder of state, which root alone may enter.
#[allow(clippy::disallowed_methods)]
fn write(path: &Path, program: &[u8]) -> Result<()> {
    fs::write(path, program).with_context(|| format!("write {}", path.display()))
}

/// The profile of a container that has but this one and no listener: such a program may be compiled
/// when its descriptor is passed on already.
pub fn plain<'a>(spec: &'a Spec, asked: &Asked) -> Option<&'a LinuxSeccomp> {
    let profile = spec.linux().as_ref()?.seccomp().as_ref()?;
    (!asked.filters() && !seccomp::notifies(profile)).then_some(profile)
}

/// Passes the file that [`fill`] writes to: before ocirun-init is told its work or, if `late`, when it
/// is at it.
pub fn attach_empty(
    profile: &LinuxSeccomp,
    late: bool,
    dir: &Dir,
    boot: &mut Bootstrap,
    passed: &mut Passed,
) -> Result<()> {
    let path = dir.seccomp();
    // For reading only, as ocirun-init gets it.
    let file = fs::File::options().read(true).custom_flags(libc::O_CREAT | libc::O_EXCL).open(&path);
    let file = file.with_context(|| format!("create {}", path.display()))?;
    let flags = seccomp::plain_flags(profile);
    log::debug(&format!("seccomp filter flags: {flags}"));
    boot.seccomp =
        Some(ocirun_init::Seccomp { fd: passed.add(file.into()), late, flags, ..Default::default() });
    Ok(())
}

/// Compiles a plain profile.
pub fn fill(profile: &LinuxSeccomp, dir: &Dir, state: &mut State) -> Result<Program> {
    let program = seccomp::compile(profile).context("seccomp")?;
    take(&program, dir, state)?;
    Ok(program)
}

/// Takes the program of a plain profile.
pub fn take(program: &Program, dir: &Dir, state: &mut State) -> Result<()> {
    write(&dir.seccomp(), &program.bpf)?;
    state.seccomp = Some(state::Seccomp { flags: program.flags, listener: None });
    Ok(())
}

/// Opens the compiled programs for a new process, and the listener's socket.
pub fn attach(state: &State, dir: &Dir, boot: &mut Bootstrap, passed: &mut Passed) -> Result<()> {
    let mut open = |path: &Path, flags| -> Result<ocirun_init::Seccomp> {
        let file = fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
        Ok(ocirun_init::Seccomp { fd: passed.add(file.into()), flags, ..Default::default() })
    };
    for (number, flags) in state.stacked_seccomp.iter().enumerate() {
        boot.stacked_seccomp.push(open(&dir.stacked_seccomp(number), *flags)?);
    }
    let Some(seccomp) = &state.seccomp else { return Ok(()) };
    let mut out = open(&dir.seccomp(), seccomp.flags)?;
    let listener = if seccomp.listener.is_some() { libc::SECCOMP_FILTER_FLAG_NEW_LISTENER as u32 } else { 0 };
    log::debug(&format!("seccomp filter flags: {}", seccomp.flags | listener));
    if let Some((socket, metadata)) = &seccomp.listener {
        let connected = console::connect(socket)
            .with_context(|| format!("failed to connect with seccomp agent {}", socket.display()))?;
        out.listener_fd = Some(passed.add(connected));
        let status = if state.creating { "creating" } else { "running" };
        let about = plan::state_json(
            &state.oci_version,
            &state.id,
            status,
            state.pid,
            &state.bundle,
            json!(state.annotations),
        );
        let metadata = metadata.clone().unwrap_or_default();
        out.listener_state = json!({"ociVersion": state.oci_version, "fds": ["seccompFd"], "pid": 0,
            "metadata": metadata, "state": about});
    }
    boot.seccomp = Some(out);
    Ok(())
}

/// Tells the listener which process it is, and which is the container's first.
pub fn name_process(boot: &mut Bootstrap, pid: i32, first: i32) {
    let Some(seccomp) = boot.seccomp.as_mut().filter(|seccomp| seccomp.listener_fd.is_some()) else { return };
    seccomp.listener_state["pid"] = pid.into();
    seccomp.listener_state["state"]["pid"] = first.into();
}
