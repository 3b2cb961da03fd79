//! `delete`: what a shim that has died has left is cleaned up, and how its container ended is
//! printed. Quick, silent, and harmless when there is nothing to do: it is also called after
//! every orderly end.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use ctrd_shim::api::task::DeleteResponse;
use prost::Message;

use crate::args::Args;
use crate::container::Exit;
use crate::log::Log;
use crate::runtime::{Runtime, ask_and_wait};
use crate::{bundle, host, mount, socket, timestamp};

pub fn delete(args: &Args) -> Result<()> {
    if !host::valid_id(&args.id) {
        bail!("delete {:?}: not a name", args.id);
    }
    let mut log = Log::open(&args.id, args.debug);
    let bundle = find(args)?;
    let runtime = Runtime::new(args, &bundle, &bundle::read_options(&bundle));
    let mut command = runtime.command("delete");
    command.arg("--force").arg(&args.id);
    match ask_and_wait(&runtime, command) {
        Ok(outcome) if outcome.is_ok() => {}
        Ok(outcome) => log.warn(format_args!("delete {}: {}", args.id, outcome.reason())),
        Err(e) => log.warn(format_args!("delete {}: {e:#}", args.id)),
    }
    if let Err(e) = mount::unmount(&bundle.join("rootfs")) {
        log.warn(format_args!("{e:#}"));
    }
    if let Ok(address) = std::fs::read_to_string(bundle.join("address"))
        && let Some(path) = address.trim().strip_prefix("unix://")
    {
        socket::remove_stale(Path::new(path));
    }
    // Whoever dies without its shim was killed: by the runtime, just now.
    let (pid, exit) = bundle::read_exit(&bundle).unwrap_or_else(|| {
        let pid = bundle::read_pid(&bundle.join("init.pid")).unwrap_or(0);
        (pid, Exit { status: 137, at: SystemTime::now() })
    });
    let response =
        DeleteResponse { pid, exit_status: exit.status, exited_at: Some(timestamp::proto(exit.at)) };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&response.encode_to_vec()).and_then(|()| stdout.flush()).context("write the reply")
}

/// The bundle is the working directory, or its sibling when a shim of a group cleans up.
fn find(args: &Args) -> Result<PathBuf> {
    if !args.bundle.is_empty() {
        return bundle::absolute(&args.bundle);
    }
    let here = std::env::current_dir().context("find the working directory")?;
    let beside = here.with_file_name(&args.id);
    Ok(if beside.join("config.json").exists() { beside } else { here })
}
