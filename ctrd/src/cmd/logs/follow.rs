//! A log that grows, until its program has ended and no more comes.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use tokio::sync::mpsc::{self, error::TrySendError};

use super::super::{Session, lifecycle};
use crate::error::Kind;
use crate::listing;

/// How long an ended program's last words may take from its pipe into the file.
const LAST: Duration = Duration::from_millis(200);

/// Passes on line by line what is there and what comes.
pub async fn follow(
    session: &Session,
    id: &str,
    path: &Path,
    reader: &mut BufReader<File>,
    print: &mut impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut changes = watch(path).with_context(|| format!("watch {}", path.display()))?;
    let mut ended = pin!(lifecycle::ended(session, id));
    let mut gone = listing::reader_gone();
    let mut over = false;
    let mut line = Vec::new();
    loop {
        whole_lines(reader, &mut line, print)?;
        if over {
            match tokio::time::timeout(LAST, changes.recv()).await {
                Ok(Some(())) => continue,
                _ => break,
            }
        }
        tokio::select! {
            Some(()) = changes.recv() => {}
            Ok(()) = &mut gone => return Ok(()),
            outcome = &mut ended => match outcome {
                Ok(_) => over = true,
                // It has gone already, with its task.
                Err(e) if e.kind == Kind::NotFound => over = true,
                Err(e) => return Err(e.into()),
            },
        }
    }
    if !line.is_empty() {
        print(&line)?;
    }
    Ok(())
}

/// What has no newline yet waits in `line`.
fn whole_lines(
    reader: &mut BufReader<File>,
    line: &mut Vec<u8>,
    print: &mut impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    loop {
        if reader.read_until(b'\n', line).context("read the log")? == 0 {
            return Ok(());
        }
        if line.ends_with(b"\n") {
            print(line)?;
            line.clear();
        }
    }
}

/// A thread waits for the kernel's word, and tells here that there was one; it ends with this process.
fn watch(path: &Path) -> io::Result<mpsc::Receiver<()>> {
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC)?;
    inotify.add_watch(path, AddWatchFlags::IN_MODIFY)?;
    let (send, changes) = mpsc::channel(1);
    let wait = move || {
        while inotify.read_events().is_ok() {
            // One that is not taken yet says enough.
            if matches!(send.try_send(()), Err(TrySendError::Closed(()))) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("watch".to_string()).spawn(wait)?;
    Ok(changes)
}
