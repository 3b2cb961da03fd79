//! The client's ends: FIFOs that it has made, or files. None of them blocks when it is opened.

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::stdio::lines::Lines;
use crate::stdio::rotate::{Keep, Rotated};
use crate::stdio::uri::fifo_path;
use crate::sys;

/// Where input comes from.
pub struct Source {
    pub reader: OwnedFd,
    /// Ours, for a FIFO.
    pub writer: Option<OwnedFd>,
}

/// Where output goes.
#[derive(Debug)]
pub struct Sink {
    pub writer: OwnedFd,
    /// Our own reader of a FIFO: a client that goes away is no broken pipe, only a full one.
    keep: Option<OwnedFd>,
    path: Option<PathBuf>,
    /// The form of a file that wants one.
    pub lines: Option<Lines>,
    /// How a file gives way to a new one.
    pub rotated: Option<Rotated>,
}

impl Sink {
    pub fn pipe(writer: OwnedFd) -> Sink {
        Sink { writer, keep: None, path: None, lines: None, rotated: None }
    }

    pub fn file(writer: OwnedFd) -> Sink {
        Sink { writer, keep: None, path: None, lines: None, rotated: None }
    }

    /// From now on the client's own end decides: without one, nothing can be written any more.
    pub fn has_client(&mut self) -> bool {
        self.keep = None;
        has_reader(self.writer.as_fd())
    }

    /// A FIFO holds what nobody has read yet, and nobody is there who could. Closed now, that
    /// would be lost. Gives the path and what must stay open.
    pub fn unread(self) -> Option<(PathBuf, OwnedFd)> {
        let path = self.path?;
        drop(self.keep);
        let left = sys::unread(self.writer.as_fd()).unwrap_or(0);
        (left > 0 && !has_reader(self.writer.as_fd())).then_some((path, self.writer))
    }
}

/// The write end of a pipe without readers is in the error state.
pub fn has_reader(writer: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(writer, PollFlags::POLLOUT)];
    let _ = poll(&mut fds, PollTimeout::ZERO);
    !fds[0].revents().is_some_and(|r| r.contains(PollFlags::POLLERR))
}

fn is_fifo(path: &Path) -> Result<bool> {
    let meta = std::fs::metadata(path).with_context(|| format!("open {}", path.display()))?;
    Ok(meta.file_type().is_fifo())
}

fn open(options: &mut OpenOptions, path: &Path) -> Result<OwnedFd> {
    let file = options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path);
    Ok(file.with_context(|| format!("open {}", path.display()))?.into())
}

pub fn source(path: &str) -> Result<Source> {
    let path = Path::new(fifo_path(path));
    if !is_fifo(path)? {
        let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
        return Ok(Source { reader: file.into(), writer: None });
    }
    // A reader never waits with O_NONBLOCK, and a writer finds that reader.
    let reader = open(OpenOptions::new().read(true), path)?;
    let writer = open(OpenOptions::new().write(true), path)?;
    Ok(Source { reader, writer: Some(writer) })
}

pub fn sink(path: &str) -> Result<Sink> {
    let path = Path::new(fifo_path(path));
    if !is_fifo(path)? {
        return Ok(Sink::file(open(OpenOptions::new().append(true), path)?));
    }
    let keep = open(OpenOptions::new().read(true), path)?;
    let writer = open(OpenOptions::new().write(true), path)?;
    Ok(Sink { keep: Some(keep), path: Some(path.to_owned()), ..Sink::pipe(writer) })
}

/// A log file, made with its folders if need be.
pub fn append(path: &Path, lines: Option<Lines>, keep: Option<Keep>) -> Result<Sink> {
    if let Some(dir) = path.parent() {
        let made = DirBuilder::new().recursive(true).mode(0o755).create(dir);
        made.with_context(|| format!("create {}", dir.display()))?;
    }
    let file = open(OpenOptions::new().append(true).create(true).mode(0o644), path)?;
    let rotated = keep.map(|keep| Rotated::new(path, keep));
    Ok(Sink { lines, rotated, ..Sink::file(file) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn fifo(dir: &Path) -> String {
        let path = dir.join("fifo");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        path.to_str().unwrap().into()
    }

    #[test]
    fn nobody_at_the_other_side_is_no_obstacle() {
        let dir = tempfile::tempdir().unwrap();
        let path = fifo(dir.path());
        let input = source(&path).unwrap();
        assert!(input.writer.is_some());
        let output = sink(&path).unwrap();
        assert!(output.unread().is_none());
        assert!(sink("/nonexistent/fifo").is_err());
    }

    #[test]
    fn what_nobody_has_read_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = fifo(dir.path());
        let output = sink(&path).unwrap();
        File::from(output.writer.try_clone().unwrap()).write_all(b"late").unwrap();
        let (_, writer) = output.unread().unwrap();
        let mut reader = File::options().read(true).open(&path).unwrap();
        assert!(has_reader(writer.as_fd()));
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "late");
    }
}
