//! Hooks that run on the host: each reads the container's state on stdin, and has its time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::memfd::{MFdFlags, memfd_create};
use oci_spec::runtime::Hook;
use serde_json::Value;

use crate::{error, pidfd};

/// Runs the hooks of one kind in order; the first that fails ends it.
pub fn run(kind: &str, hooks: &Option<Vec<Hook>>, state: &Value, bundle: &Path) -> Result<()> {
    for (n, hook) in hooks.iter().flatten().enumerate() {
        run_one(hook, state, bundle).with_context(|| format!("error running {kind} hook #{n}"))?;
    }
    Ok(())
}

fn run_one(hook: &Hook, state: &Value, bundle: &Path) -> Result<()> {
    // Files in memory, not pipes: a daemon that the hook leaves behind holds up nobody.
    let (mut input, mut output, mut errors) = (memory()?, memory()?, memory()?);
    input.write_all(state.to_string().as_bytes()).and_then(|()| input.rewind()).context("write the state")?;
    let mut command = Command::new(hook.path());
    let args = hook.args().clone().unwrap_or_default();
    if let Some((name, rest)) = args.split_first() {
        command.arg0(name).args(rest);
    }
    // One that names no environment, not even an empty one, has ours, as it always had.
    if let Some(env) = hook.env() {
        command.env_clear();
        command.envs(env.iter().map(|pair| pair.split_once('=').unwrap_or((pair, ""))));
    }
    command.current_dir(bundle);
    command.stdin(Stdio::from(input));
    command.stdout(output.try_clone().context("duplicate")?).stderr(errors.try_clone().context("duplicate")?);
    let mut child = command.spawn().with_context(|| format!("exec {}", hook.path().display()))?;
    let process = pidfd::open_child(child.id() as i32)?;
    let mut left = hook.timeout().map(|secs| secs.max(0) as u64 * 1000);
    loop {
        // One wait takes up to a minute: poll's timeout is a short number here.
        let slice = left.map(|ms| ms.min(60_000) as u16);
        if pidfd::ended(&process, slice)? {
            break;
        }
        left = left.map(|ms| ms.saturating_sub(60_000));
        if left == Some(0) {
            child.kill().context("kill a hook")?;
            child.wait().context("wait for a hook")?;
            bail!("hook ran past specified timeout of {}s", hook.timeout().unwrap_or_default());
        }
    }
    let status = child.wait().context("wait for a hook")?;
    if !status.success() {
        let (out, err) = (text(&mut output), text(&mut errors));
        let status = match status.code() {
            Some(code) => format!("exit status {code}"),
            None => error::signal(status.signal().unwrap_or_default()),
        };
        bail!("{status}, stdout: {out}, stderr: {err}");
    }
    Ok(())
}

fn memory() -> Result<File> {
    Ok(File::from(memfd_create(c"hook", MFdFlags::MFD_CLOEXEC).context("memfd_create")?))
}

/// What a hook wrote, within reason.
fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    let _ = file.seek(SeekFrom::Start(0));
    let _ = file.take(16 * 1024).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).trim_end().to_string()
}
