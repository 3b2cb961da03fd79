//! A log that grows, until its program has ended and no more comes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use tokio::sync::mpsc::{self, error::TrySendError};

use super::super::{Session, lifecycle};
use crate::error::Kind;
use crate::listing;
use crate::logs::series;

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
    let watching = || format!("watch {}", path.display());
    let (watch, mut changes) = watch(path).with_context(watching)?;
    let mut ended = pin!(lifecycle::ended(session, id));
    let mut gone = listing::reader_gone();
    let mut over = false;
    let mut line = Vec::new();
    loop {
        whole_lines(reader, &mut line, print)?;
        // What came before a file gave way is read by now, and what came after it is watched first.
        for file in series::after(path, reader.get_ref()).context("read the log")? {
            whole_lines(reader, &mut line, print)?;
            *reader = BufReader::new(file);
            watch.add_watch(path, CHANGES).map_err(io::Error::from).with_context(watching)?;
            whole_lines(reader, &mut line, print)?;
        }
        rewind(reader).context("read the log")?;
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

/// Begins again where a file was emptied.
fn rewind(reader: &mut BufReader<File>) -> io::Result<()> {
    if reader.get_ref().metadata()?.len() < reader.stream_position()? {
        reader.rewind()?;
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

/// What happens to a file that matters here.
const CHANGES: AddWatchFlags = AddWatchFlags::IN_MODIFY.union(AddWatchFlags::IN_MOVE_SELF);

/// A thread waits for the kernel's word, and tells here that there was one; it ends with this process.
fn watch(path: &Path) -> io::Result<(Arc<Inotify>, mpsc::Receiver<()>)> {
    let inotify = Arc::new(Inotify::init(InitFlags::IN_CLOEXEC)?);
    inotify.add_watch(path, CHANGES)?;
    // The file that comes after one that gave way is made a moment later.
    inotify.add_watch(path.parent().unwrap_or(path), AddWatchFlags::IN_CREATE)?;
    let (send, changes) = mpsc::channel(1);
    let watch = inotify.clone();
    let wait = move || {
        while inotify.read_events().is_ok() {
            // One that is not taken yet says enough.
            if matches!(send.try_send(()), Err(TrySendError::Closed(()))) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("watch".to_string()).spawn(wait)?;
    Ok((watch, changes))
}
