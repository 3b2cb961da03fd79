//! `ctrd attach`: this command's streams joined to those of a program that runs already.

use anyhow::{Context, Result, bail};

use super::launch::{self, Outcome, Way};
use super::{Session, lifecycle, logs};
use crate::api::task::Status;
use crate::cli::Attach;
use crate::client::container;
use crate::client::process::{self, Name};
use crate::signal;
use crate::stdio::{self, Fifos, Paths};

pub async fn attach(session: &Session, args: &Attach) -> Result<i32> {
    let keys = stdio::keys(&args.detach_keys)?;
    let container = session.ask(async |client| container::get(client, &args.container).await).await?;
    let task = session.ask(async |client| process::status(client, &args.container).await).await?;
    if task.status() == Status::Stopped {
        bail!("its task has ended");
    }
    if task.stdout.is_empty() {
        bail!("its output goes nowhere");
    }
    if task.stdout.contains("://") {
        // A log cannot be written to: this is a look, and a signal ends the look alone.
        let path = logs::of(&container)?;
        logs::show(session, &args.container, &path).await?;
        return Ok(lifecycle::ended(session, &args.container).await? as i32);
    }
    let mut signals =
        signal::caught(|number| !args.no_signals || number == libc::SIGWINCH).context("catch signals")?;
    let stdin = if args.no_stdin { String::new() } else { task.stdin.clone() };
    let paths = Paths { stdin: stdin.clone(), stdout: task.stdout.clone(), stderr: task.stderr.clone() };
    let way = Way {
        detach: false,
        interactive: !stdin.is_empty(),
        terminal: task.terminal,
        keys,
        log_uri: None,
        pid_file: None,
        checkpoint: None,
    };
    let fifos = Fifos::join(&session.place.state, &paths)?;
    match launch::join(session, &Name::init(&args.container), &way, fifos, &mut signals).await? {
        Outcome::Ended(status, _) => Ok(status),
        Outcome::Left => Ok(0),
    }
}
