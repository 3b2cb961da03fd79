//! `ctrd exec`: another program in a container that runs.

use std::os::fd::AsFd;

use anyhow::{Context, Result};
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use super::launch::{self, Outcome, Way};
use super::{Session, settings};
use crate::cli::Exec;
use crate::client::container;
use crate::client::process::{self, Name};
use crate::error::Error;
use crate::spec::user::User;
use crate::{listing, signal, spec, stdio};

pub async fn exec(session: &Session, args: Exec) -> Result<i32> {
    let mut signals = signal::caught(|_| true).context("catch signals")?;
    let container = container::get(&session.client, &args.container).await?;
    let user = match &args.user {
        Some(user) => Some(find_user(session, &args.container, user).await?),
        None => None,
    };
    let change = spec::process::Exec {
        args: args.command,
        terminal: args.tty,
        env: settings::environment(&args.env, &[])?,
        cwd: args.workdir.map(|dir| dir.display().to_string()),
        user,
    };
    let process = spec::process::exec(&container.spec.unwrap_or_default().value, &change)?;
    let exec_id = match args.exec_id {
        Some(id) => id,
        None => settings::made_up_id()?,
    };
    let way = Way {
        detach: args.detach,
        interactive: args.interactive,
        terminal: args.tty,
        keys: stdio::keys(&args.detach_keys)?,
        log_uri: None,
        pid_file: args.pid_file,
        checkpoint: None,
    };
    let name = Name { container: args.container, exec: Some(exec_id.clone()) };
    match launch::exec(session, &name, process, &way, &mut signals).await? {
        Outcome::Ended(status, _) => Ok(status),
        Outcome::Left => {
            listing::line(&exec_id)?;
            Ok(0)
        }
    }
}

/// Who a user is in the container as it is now, through the root of its first process.
async fn find_user(session: &Session, id: &str, user: &str) -> Result<User> {
    let pid = process::status(&session.client, id).await?.pid;
    let path = format!("/proc/{pid}/root");
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let root = open(path.as_str(), flags, Mode::empty())
        .map_err(Error::from)
        .with_context(|| format!("open {path}"))?;
    Ok(spec::user::resolve_at(root.as_fd(), user)?)
}
