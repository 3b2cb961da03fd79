//! `start`: bind the socket, start the server with it, say where it listens, and be gone. A
//! shim of the same group that runs already is told instead.

use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ctrd_shim::bootstrap::{self, Input, MAX_INPUT, Reply};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::args::Args;
use crate::bundle::{self, Config};
use crate::command::{Command, wait};
use crate::socket::{self, Bound};
use crate::{cgroup, host, sys, timeline};

pub fn start(args: &Args) -> Result<()> {
    if !host::valid_id(&args.id) {
        bail!("start {:?}: not a name", args.id);
    }
    let input = bootstrap::input(&stdin()?, &args.namespace, &args.id);
    let config = Config::read_if_there(Path::new(""))?;
    let dir = match input.params.as_ref().and_then(|p| p.socket_dir.as_deref()) {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => host::socket_dir(&args.address),
    };
    let path = host::socket_path(&dir, args, config.group(&args.id));
    let address = format!("unix://{}", path.display());
    if let Bound::Ours(listener) = socket::bind_or_find(&path)?
        && let Err(e) = launch(args, &input, &dir, listener)
    {
        let _ = bundle::remove(&path);
        return Err(e);
    }
    write_address(&address)?;
    let max = std::env::var("MAX_SHIM_VERSION").ok();
    let form = bootstrap::form(&input, max.as_deref(), is_set("TTRPC_ADDRESS"), is_set("GRPC_ADDRESS"));
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(&Reply::new(address).print(form))
        .and_then(|()| stdout.flush())
        .context("write the reply")
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|v| !v.is_empty())
}

/// A server always gives something or nothing on stdin. Somebody at a shell may have a stdin
/// that never ends, so there only what comes at once is taken.
fn stdin() -> Result<Vec<u8>> {
    let stdin = std::io::stdin();
    let from_server = ["MAX_SHIM_VERSION", "TTRPC_ADDRESS", "GRPC_ADDRESS"].into_iter().any(is_set);
    if stdin.is_terminal() || (!from_server && !readable_soon(stdin.as_fd())) {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    stdin.lock().take(MAX_INPUT as u64 + 1).read_to_end(&mut bytes).context("read stdin")?;
    if bytes.len() > MAX_INPUT {
        bail!("read stdin: more than {MAX_INPUT} bytes");
    }
    Ok(bytes)
}

fn readable_soon(fd: std::os::fd::BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::POLLIN)];
    let _ = poll(&mut fds, PollTimeout::from(100u8));
    fds[0].any().unwrap_or(false)
}

/// containerd 1.x finds a shim again by this file. Its server writes `bootstrap.json` itself.
fn write_address(address: &str) -> Result<()> {
    bundle::write(Path::new("address"), address.as_bytes())
}

fn launch(args: &Args, input: &Input, dir: &Path, listener: UnixListener) -> Result<()> {
    let link = Path::new("s");
    bundle::remove(link)
        .and_then(|()| std::os::unix::fs::symlink(dir, link))
        .context("link the sockets' folder")?;
    // A sandbox's runtime is named here alone.
    if let Some(options) = &input.options {
        bundle::write_options(Path::new(""), options)?;
    }
    if is_set("SCHED_CORE") {
        sys::share_no_core().context("ask for core scheduling")?;
    }
    let exe = std::env::current_exe().context("find our own executable")?;
    let mut command = Command::new(exe);
    command.args(["-namespace", &args.namespace, "-id", &args.id, "-address", &args.address]);
    if args.debug || input.params.as_ref().is_some_and(|p| p.log_level <= -4) {
        command.arg("-debug");
    }
    let ttrpc = input.params.as_ref().map(|p| p.containerd_ttrpc_address.as_str()).unwrap_or_default();
    if !ttrpc.is_empty() {
        command.env("TTRPC_ADDRESS", ttrpc);
    } else if !is_set("TTRPC_ADDRESS") && !args.publish_binary.is_empty() {
        command.args(["-publish-binary", &args.publish_binary]);
    }
    timeline::pass_on(&mut command);
    command.own_group().fds(vec![OwnedFd::from(listener)]);
    let pid = command.spawn().context("start the server")?;
    let settled = settle(pid, input);
    if settled.is_err() && sys::kill(pid, libc::SIGKILL as u32).is_ok() {
        let _ = wait(pid);
    }
    settled
}

/// The server's place in the system, before anybody knows it.
fn settle(pid: u32, input: &Input) -> Result<()> {
    if let Some(options) = &input.options
        && !options.shim_cgroup.is_empty()
    {
        let joined = cgroup::join(pid, &options.shim_cgroup);
        joined.with_context(|| format!("join the cgroup {}", options.shim_cgroup))?;
    }
    // It shall be killed before our caller is, and its containers before it.
    let of = |pid: &dyn std::fmt::Display| format!("/proc/{pid}/oom_score_adj");
    let parent = of(&nix::unistd::getppid());
    let score: i32 = match fs::read_to_string(&parent) {
        Ok(text) => text.trim().parse().with_context(|| format!("parse {parent}"))?,
        // A caller outside our PID namespace has no number here.
        Err(_) => 0,
    };
    let own = of(&pid);
    let raised = (score + 1).min(1000);
    let now: i32 = fs::read_to_string(&own).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0);
    if now != raised {
        fs::write(&own, raised.to_string()).with_context(|| format!("write {own}"))?;
    }
    Ok(())
}
