//! A process's standard streams: between the paths that a request names and the descriptors
//! that the runtime is started with.
//!
//! ```text
//!  container ─▶ pipe ─▶ [shim] ─▶ FIFO ─▶ client        stdout, stderr
//!  container ◀─ pipe ◀─ [shim] ◀─ FIFO ◀─ client        stdin
//!  container ◀▶ pty  ◀▶ [shim] ◀▶ both FIFOs            a terminal
//!  container ─▶ pipe ─▶ logging program                 binary://
//!  container ─▶ pipe ─▶ [shim] ─▶ file                  file://
//! ```
//!
//! Opening never waits for the other side, and neither does copying: a client that is slow,
//! stuck or gone fills its FIFO, then the container's pipe, and stops the container's writes
//! alone.

pub mod console;
pub mod copy;
pub mod fifo;
pub mod lines;
pub mod logger;
pub mod rotate;
pub mod uri;

use std::fs::File;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{Gid, Uid, fchown, pipe2};

use crate::stdio::copy::Copy;
use crate::stdio::lines::Lines;
use crate::stdio::uri::Output;

/// What a request says about streams.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Paths {
    pub stdin: String,
    pub stdout: String,
    pub stderr: String,
    pub terminal: bool,
}

/// Everything opened for one process, before it is started.
pub struct Opened {
    /// For the runtime, and through it for the process.
    pub child: [Option<OwnedFd>; 3],
    /// What the shim will copy.
    pub copies: Vec<Copy>,
    /// Our own writer of the stdin FIFO: until CloseIO a client that leaves is no end of input.
    pub stdin_writer: Option<OwnedFd>,
    pub logger: Option<logger::Started>,
    /// For a terminal: what to copy once it is there.
    pub terminal: Option<Ends>,
}

/// The far ends of a terminal.
pub struct Ends {
    input: Option<OwnedFd>,
    output: Option<fifo::Sink>,
}

impl Opened {
    /// Has pipes where nothing was asked for: a process that CRIU brings back gets them in the place of
    /// those that it had, and one with a device of the host's there could not be saved again.
    pub fn pipes(&mut self, paths: &Paths) -> Result<()> {
        if paths.terminal {
            return Ok(());
        }
        if paths.stdin.is_empty() {
            let (read, _) = pipe()?;
            self.child[0] = Some(read);
        }
        if !matches!(uri::output(&paths.stdout)?, Output::Fifo) {
            return Ok(());
        }
        for (slot, path) in [(1, &paths.stdout), (2, &paths.stderr)] {
            if path.is_empty() {
                let (read, write) = pipe()?;
                self.child[slot] = Some(write);
                self.copies.push(Copy::output(nonblocking(read)?, nowhere()?));
            }
        }
        Ok(())
    }
}

fn nowhere() -> Result<fifo::Sink> {
    let null = File::options().write(true).open("/dev/null").context("open /dev/null")?;
    Ok(fifo::Sink::file(null.into()))
}

/// Opens the streams of one process. The owner is the container's user, who may reopen them.
pub fn open(paths: &Paths, owner: (u32, u32), log: &logger::For<'_>) -> Result<Opened> {
    let output = uri::output(&paths.stdout)?;
    let mut opened = Opened {
        child: [None, None, None],
        copies: Vec::new(),
        stdin_writer: None,
        logger: None,
        terminal: None,
    };
    let input = if paths.stdin.is_empty() { None } else { Some(fifo::source(&paths.stdin)?) };
    if paths.terminal {
        let sink = match &output {
            Output::Fifo if paths.stdout.is_empty() => None,
            Output::Fifo => Some(fifo::sink(&paths.stdout)?),
            Output::File { path, lines, keep } => {
                Some(fifo::append(path, lines.then_some(Lines("stdout")), *keep)?)
            }
            Output::Binary(program) => {
                let (read, write) = pipe()?;
                // It has no standard error: an end of input at once.
                let (closed, _) = pipe()?;
                opened.logger = Some(logger::start(program, log, [read, closed])?);
                Some(fifo::Sink::pipe(nonblocking(write)?))
            }
        };
        let input = input.map(|input| {
            opened.stdin_writer = input.writer;
            input.reader
        });
        opened.terminal = Some(Ends { input, output: sink });
        return Ok(opened);
    }
    match input {
        Some(fifo::Source { reader, writer: None, .. }) => opened.child[0] = Some(reader),
        Some(fifo::Source { reader, writer }) => {
            let (read, write) = pipe()?;
            own(&read, owner)?;
            opened.child[0] = Some(read);
            opened.copies.push(Copy::input(reader, nonblocking(write)?));
            opened.stdin_writer = writer;
        }
        None => {}
    }
    let mut piped = |slot: usize, sink: fifo::Sink| -> Result<()> {
        let (read, write) = pipe()?;
        own(&write, owner)?;
        opened.child[slot] = Some(write);
        opened.copies.push(Copy::output(nonblocking(read)?, sink));
        Ok(())
    };
    match &output {
        Output::Fifo => {
            for (slot, path) in [(1, &paths.stdout), (2, &paths.stderr)] {
                if !path.is_empty() {
                    piped(slot, fifo::sink(path)?)?;
                }
            }
        }
        Output::File { path, lines, keep } => {
            piped(1, fifo::append(path, lines.then_some(Lines("stdout")), *keep)?)?;
            piped(2, fifo::append(path, lines.then_some(Lines("stderr")), *keep)?)?;
        }
        Output::Binary(program) => {
            let (out_read, out_write) = pipe()?;
            let (err_read, err_write) = pipe()?;
            own(&out_write, owner)?;
            own(&err_write, owner)?;
            opened.logger = Some(logger::start(program, log, [out_read, err_read])?);
            opened.child[1] = Some(out_write);
            opened.child[2] = Some(err_write);
        }
    }
    Ok(opened)
}

/// The two directions of a terminal whose master has come.
pub fn terminal(ends: Ends, master: &OwnedFd) -> Result<Vec<Copy>> {
    let duplicate =
        || -> Result<OwnedFd> { nonblocking(master.try_clone().context("duplicate the terminal")?) };
    let mut copies = Vec::new();
    if let Some(input) = ends.input {
        copies.push(Copy::input(input, duplicate()?).of_terminal());
    }
    // Without a reader the terminal is still drained, or its process would stop at a full one.
    let output = match ends.output {
        Some(sink) => sink,
        None => nowhere()?,
    };
    copies.push(Copy::output(duplicate()?, output).of_terminal());
    Ok(copies)
}

fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    pipe2(OFlag::O_CLOEXEC).context("create a pipe")
}

/// Only our end: the flag belongs to the open file, and the two ends are two.
fn nonblocking(fd: OwnedFd) -> Result<OwnedFd> {
    let flags = OFlag::from_bits_retain(fcntl(&fd, FcntlArg::F_GETFL)?) | OFlag::O_NONBLOCK;
    fcntl(&fd, FcntlArg::F_SETFL(flags)).context("make a descriptor non-blocking")?;
    Ok(fd)
}

fn own(pipe: &OwnedFd, (uid, gid): (u32, u32)) -> Result<()> {
    if (uid, gid) == (0, 0) {
        return Ok(());
    }
    fchown(pipe, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid))).context("change the owner of a pipe")
}
