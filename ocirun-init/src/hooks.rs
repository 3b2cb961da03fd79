//! Runs the hooks whose place is inside the container's namespaces. Each reads the container's
//! state on stdin and has its own environment and no descriptor but the three streams.

use std::ffi::CString;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use ocirun_init::{Hook, Hooks};

use crate::again::again;
use crate::syscall;

/// What of a failing hook's words goes into the error.
const MOST_OUTPUT: u64 = 4096;

/// `kind` as config.json names it, `status` as the state has it at this point.
/// A hook that names no environment has `env`.
pub fn run_hooks(kind: &str, hooks: &[Hook], all: &Hooks, status: &str, env: &[CString]) -> Result<()> {
    if hooks.is_empty() {
        return Ok(());
    }
    let mut state = all.state.clone();
    if let Some(state) = state.as_object_mut() {
        state.insert("status".into(), status.into());
        state.insert("pid".into(), std::process::id().into());
    }
    let state = serde_json::to_vec(&state)?;
    for (number, hook) in hooks.iter().enumerate() {
        run_hook(hook, &state, env).with_context(|| format!("error running {kind} hook #{number}"))?;
    }
    Ok(())
}

fn run_hook(hook: &Hook, state: &[u8], env: &[CString]) -> Result<()> {
    // Files rather than pipes: a hook that reads nothing, or leaves a child behind that holds its
    // streams, keeps nobody waiting.
    let mut stdin = memory_file()?;
    stdin.write_all(state).context("write the state")?;
    stdin.rewind()?;
    let (mut stdout, mut stderr) = (memory_file()?, memory_file()?);
    // The one place where a program is started, and it is the caller's.
    #[allow(clippy::disallowed_methods)]
    let mut command = Command::new(&hook.path);
    if let Some((name, rest)) = hook.args.split_first() {
        command.arg0(name).args(rest);
    }
    command.env_clear();
    match &hook.env {
        Some(own) => command.envs(own.iter().filter_map(|entry| entry.split_once('='))),
        None => command.envs(env.iter().filter_map(|entry| entry.to_str().ok()?.split_once('='))),
    };
    command.stdin(stdin).stdout(Stdio::from(stdout.try_clone()?)).stderr(Stdio::from(stderr.try_clone()?));
    let mut child = command.spawn().with_context(|| format!("exec {}", hook.path))?;
    let status = wait(&mut child, hook.timeout)?;
    if status.success() {
        return Ok(());
    }
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, signal) => {
            let number = signal.unwrap_or_default();
            match ocirun_init::signal_words(number) {
                Some(words) => format!("signal: {words}"),
                None => format!("signal {number}"),
            }
        }
    };
    bail!("{how}, stdout: {}, stderr: {}", text(&mut stdout), text(&mut stderr))
}

fn wait(child: &mut Child, timeout: Option<u64>) -> Result<ExitStatus> {
    let Some(seconds) = timeout.filter(|&seconds| seconds > 0) else {
        return child.wait().context("wait for the hook");
    };
    let pidfd = syscall::pidfd_open(child.id() as i32).context("wait for the hook")?;
    let limit = i32::try_from(seconds.saturating_mul(1000)).unwrap_or(i32::MAX);
    let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
    let mut events = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
    if again(|| poll(&mut events, limit)).context("wait for the hook")? == 0 {
        child.kill().context("end the hook")?;
        child.wait().context("end the hook")?;
        bail!("timeout of {seconds} s passed");
    }
    child.wait().context("wait for the hook")
}

fn memory_file() -> Result<File> {
    Ok(File::from(memfd_create(c"hook", MFdFlags::MFD_CLOEXEC).context("make a memory file")?))
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    if file.rewind().is_ok() {
        file.take(MOST_OUTPUT).read_to_end(&mut bytes).ok();
    }
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}
