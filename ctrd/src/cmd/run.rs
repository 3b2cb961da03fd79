//! `ctrd run`: a container made, its program launched, its status returned.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::launch::{self, Outcome, Way};
use super::{Session, logs, policy, settings};
use crate::api::types::Mount;
use crate::cli::Run;
use crate::client::{Client, container, process};
use crate::error::Kind;
use crate::{listing, signal, stdio};

pub async fn run(session: &Session, args: Run) -> Result<i32> {
    let mut signals = signal::caught(|_| true).context("catch signals")?;
    let restarts = args.settings.restart.as_deref().is_some_and(|policy| policy != "no");
    let mut wish = settings::wish_in(&args.settings, session).await?;
    let keys = stdio::keys(&args.detach_keys)?;
    let kept = args.detach && !args.interactive && logs::can(&wish.runtime, args.settings.tty);
    let log_uri = match &args.log_uri {
        Some(uri) => Some(uri.clone()),
        None if kept => Some(logs::uri(&session.place, &wish.options.id) + &logs::bounds(&args.log_opt)?),
        None if !args.log_opt.is_empty() => bail!("log options: nothing of its output is kept"),
        None => None,
    };
    wish.labels.extend(log_uri.iter().map(|uri| (logs::LABEL.to_string(), uri.clone())));
    let cidfile = args.cidfile.as_deref().map(|path| Cidfile::write(path, &wish.options.id)).transpose()?;
    let step = crate::trace::step();
    // What is going to be removed again is worth nothing after a loss of power, nor is its removal.
    let way_of = |client: &Client| if args.remove { client.ahead() } else { client.clone() };
    let mut made = container::create(&way_of(&session.client), &wish).await?;
    step.done("create the container");
    settings::warn_of_labels(&format!("run {}", made.id), &made.dropped);
    if args.remove {
        volatile(&mut made.mounts);
    }
    let way = Way {
        detach: args.detach,
        interactive: args.interactive,
        terminal: args.settings.tty,
        keys,
        log_uri,
        pid_file: args.pid_file,
        checkpoint: None,
    };
    let begun = if kept { logs::prepare(&session.place, &made.id) } else { Ok(()) };
    let outcome = match begun {
        Err(e) => Err(e.into()),
        Ok(()) => launch::task(session, &made.id, made.mounts, &way, &mut signals).await,
    };
    let remove = async |client: &Client| -> crate::error::Result<()> {
        logs::forget(&session.place, &made.record);
        match args.remove {
            true => container::discard(&way_of(client), &made.record).await,
            false => container::forget(client, &made.record, false).await,
        }
    };
    match outcome {
        Ok(Outcome::Left) => {
            keep(cidfile);
            if restarts {
                let record = container::get(&session.client, &made.id).await?;
                policy::running(&session.client, &record, way.log_uri.as_deref()).await?;
                policy::warn(session, &format!("run {}", made.id)).await?;
            }
            // Without the id nobody finds the container again; a reader that went does not want it.
            listing::line(&made.id)?;
            Ok(0)
        }
        Ok(Outcome::Ended(status, client)) => {
            keep(cidfile);
            if args.remove {
                remove(&client).await.with_context(|| format!("remove container {}", made.id))?;
            }
            Ok(status)
        }
        Err(e) => {
            let undo = async |client: &Client| {
                // A task that could not be ended would be out of sight without its record.
                match process::status(client, &made.id).await {
                    Err(e) if e.kind == Kind::NotFound => remove(client).await,
                    other => other.map(drop),
                }
            };
            session.undo(undo).await;
            Err(e)
        }
    }
}

/// What is going to be thrown away need not be synced, which each unmount of an overlay does (Linux 5.10).
fn volatile(mounts: &mut [Mount]) {
    for mount in mounts.iter_mut().filter(|mount| mount.r#type == "overlay") {
        mount.options.push("volatile".to_string());
    }
}

/// A file with the container's id, gone again unless the container came to be.
struct Cidfile<'a> {
    path: &'a Path,
    kept: bool,
}

impl<'a> Cidfile<'a> {
    fn write(path: &'a Path, id: &str) -> Result<Cidfile<'a>> {
        let at = || format!("write {}", path.display());
        let mut file = File::create_new(path).with_context(at)?;
        let made = Cidfile { path, kept: false };
        file.write_all(id.as_bytes()).with_context(at)?;
        Ok(made)
    }
}

fn keep(cidfile: Option<Cidfile>) {
    if let Some(mut file) = cidfile {
        file.kept = true;
    }
}

impl Drop for Cidfile<'_> {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(self.path);
        }
    }
}
