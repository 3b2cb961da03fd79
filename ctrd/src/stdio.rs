//! The FIFOs between a command and the shim of its program, and the copying through them.
//!
//! The command makes the FIFOs, the shim opens them in Create (or, for exec, in Start) and keeps
//! its ends open until the program's output has ended. Each stream is copied by a thread of its
//! own with blocking calls, so that none waits for another, and a terminal or file needs no
//! special case.

mod keys;
mod litter;

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::fcntl::{FcntlArg, Flock, OFlag, fcntl};
use nix::sys::stat::Mode;
use tokio::sync::{mpsc, oneshot};

pub use self::keys::keys;
use self::keys::{Keys, Passed};
pub use self::litter::collect;
use self::litter::{lock, prefix};
use crate::error::{Error, Result, os_text};

/// FIFOs of one process, in a folder of their own that goes when this is dropped.
pub struct Fifos {
    dir: PathBuf,
    /// Held as long as this process lives: what is not locked was left by one that was killed.
    _lock: Option<Flock<File>>,
    stdin: Option<PathBuf>,
    stdout: (PathBuf, File),
    stderr: Option<(PathBuf, File)>,
    kept: bool,
}

impl Fifos {
    /// Makes the FIFOs of process `id` of the server at `address` below `<state>/fifo`. With a terminal, output and
    /// errors are one stream.
    ///
    /// The output ends are opened for reading at once, so that the shim finds a reader.
    pub fn make(state: &Path, address: &Path, id: &str, stdin: bool, terminal: bool) -> Result<Fifos> {
        let at = |e: io::Error, path: &Path| Error::from(e).context(format!("make {}", path.display()));
        let base = state.join("fifo");
        fs::DirBuilder::new().recursive(true).mode(0o711).create(&base).map_err(|e| at(e, &base))?;
        // As long as this is held, no folder is taken for one that was left: it has no lock yet.
        let making = lock(&base);
        let dir =
            tempfile::Builder::new().prefix(&prefix(address)).tempdir_in(&base).map_err(|e| at(e, &base))?;
        let make = |name: &str| -> Result<PathBuf> {
            let path = dir.path().join(format!("{id}-{name}"));
            nix::unistd::mkfifo(&path, Mode::S_IRWXU).map_err(|e| at(e.into(), &path))?;
            Ok(path)
        };
        let reader = |name: &str| -> Result<(PathBuf, File)> {
            let path = make(name)?;
            let open = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&path);
            let file = open.map_err(|e| at(e, &path))?;
            Ok((path, file))
        };
        let stdin = if stdin { Some(make("stdin")?) } else { None };
        let stdout = reader("stdout")?;
        let stderr = if terminal { None } else { Some(reader("stderr")?) };
        let lock = lock(dir.path());
        drop(making);
        Ok(Fifos { dir: dir.keep(), _lock: lock, stdin, stdout, stderr, kept: false })
    }

    /// Opens the FIFOs of a process that runs. Those that [`Fifos::make`] has made go with the process.
    pub fn join(state: &Path, paths: &Paths) -> Result<Fifos> {
        let reader = |path: &str| -> Result<(PathBuf, File)> {
            let path = PathBuf::from(path.strip_prefix("fifo://").unwrap_or(path));
            let open = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&path);
            let file = open.map_err(|e| Error::from(e).context(format!("open {}", path.display())))?;
            Ok((path, file))
        };
        let stdin = (!paths.stdin.is_empty()).then(|| PathBuf::from(&paths.stdin));
        let stdout = reader(&paths.stdout)?;
        let stderr = if paths.stderr.is_empty() { None } else { Some(reader(&paths.stderr)?) };
        let dir = stdout.0.parent().unwrap_or(state).to_path_buf();
        let ours = dir.parent() == Some(&state.join("fifo"));
        let lock = if ours { lock(&dir) } else { None };
        Ok(Fifos { dir, _lock: lock, stdin, stdout, stderr, kept: !ours })
    }

    /// Leaves the FIFOs where they are, for whoever joins the process later: ours as long as the task of the
    /// container `id` lives.
    pub fn keep(mut self, id: &str) {
        // Nothing is written into others' folders, where a link may wait.
        if !self.kept {
            litter::reserve(&self.dir, id);
        }
        self.kept = true;
    }

    /// The paths as the API's requests take them; empty where there is no such stream.
    pub fn paths(&self) -> Paths {
        let text = |path: Option<&PathBuf>| path.map(|p| p.display().to_string()).unwrap_or_default();
        Paths {
            stdin: text(self.stdin.as_ref()),
            stdout: text(Some(&self.stdout.0)),
            stderr: text(self.stderr.as_ref().map(|(path, _)| path)),
        }
    }

    /// Copies what the process puts out. An end that nobody has opened for writing yet is waited for if the FIFOs
    /// are `new`; others look then like ones that have ended.
    pub fn copy(self, new: bool) -> Result<Copies> {
        let (send, events) = mpsc::unbounded_channel();
        let mut outputs = Vec::new();
        let out = io::stdout().as_fd().try_clone_to_owned()?;
        outputs.push(output(&self.stdout.1, File::from(out), new, send.clone())?);
        if let Some((_, file)) = &self.stderr {
            let err = io::stderr().as_fd().try_clone_to_owned()?;
            outputs.push(output(file, File::from(err), new, send.clone())?);
        }
        Ok(Copies { fifos: self, outputs, send, events })
    }
}

impl Drop for Fifos {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // Litter below a folder that a reboot empties: not worth another error.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// What the stdio fields of a request say.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    pub stdin: String,
    pub stdout: String,
    pub stderr: String,
}

/// The copying of one process's streams.
pub struct Copies {
    fifos: Fifos,
    outputs: Vec<Output>,
    send: mpsc::UnboundedSender<Event>,
    events: mpsc::UnboundedReceiver<Event>,
}

/// What may happen to the streams of a running program.
#[derive(Debug)]
pub enum Event {
    /// This command's output cannot be written: nobody reads it any more, or there is no room.
    Broken(io::Error),
    /// This command's input has ended.
    StdinEnded,
    /// The keys were typed that leave the program.
    Left,
}

impl Copies {
    /// Copies this command's input, too, if the process takes any, once the shim has opened its end.
    ///
    /// At `keys` in the input, if there are any, the process is left.
    pub fn copy_input(&self, keys: &[u8]) -> Result<()> {
        let Some(path) = &self.fifos.stdin else { return Ok(()) };
        match OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path) {
            Ok(fifo) => input(fifo, keys.to_vec(), self.send.clone()),
            // The program has ended already, and its shim's end of the FIFO with it.
            Err(e) if e.raw_os_error() == Some(libc::ENXIO) => Ok(()),
            Err(e) => Err(Error::from(e).context(format!("open {}", path.display()))),
        }
    }

    /// The next thing that happens to the streams; never, when nothing does any more.
    pub async fn event(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    /// Leaves the process, and its FIFOs where they are: see [`Fifos::keep`].
    pub fn keep(self, id: &str) {
        self.fifos.keep(id);
    }

    /// Waits until all output of an ended process has been written.
    ///
    /// A program that it left behind may hold the streams open for as long as it lives; it is
    /// not waited for once nothing has come from it for a while.
    pub async fn finish(self) {
        for mut output in self.outputs {
            while tokio::time::timeout(LINGER, &mut output.ended).await.is_err() {
                if !output.writing.load(Ordering::Relaxed) {
                    break;
                }
            }
        }
    }
}

const LINGER: Duration = Duration::from_secs(2);

struct Output {
    ended: oneshot::Receiver<()>,
    /// The thread has something in hand that the reader of this command's output has not taken.
    writing: Arc<AtomicBool>,
}

fn input(fifo: File, keys: Vec<u8>, events: mpsc::UnboundedSender<Event>) -> Result<()> {
    blocking(&fifo)?;
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    thread("input", move || {
        // A program that reads no more needs no input: not an error.
        let mut typed = Keys::new(keys);
        let copied = copy(&stdin, &fifo, &AtomicBool::new(false), |bytes| typed.pass(bytes));
        if matches!(copied, Ok(Stopped::Left)) {
            let _ = events.send(Event::Left);
            return;
        }
        drop(fifo);
        // Nobody listens once the program has ended.
        let _ = events.send(Event::StdinEnded);
    })
}

fn output(fifo: &File, to: File, new: bool, events: mpsc::UnboundedSender<Event>) -> Result<Output> {
    let from = fifo.try_clone()?;
    blocking(&from)?;
    let (send, ended) = oneshot::channel();
    let writing = Arc::new(AtomicBool::new(false));
    let flag = writing.clone();
    thread("output", move || {
        if new {
            // The kernel tells of an end only after a beginning: where there was no writer since it was opened,
            // there is nothing to be told of (pipe_poll of fs/pipe.c).
            wait(&from, nix::poll::PollFlags::POLLIN);
        }
        if let Err(e) = copy(&from, &to, &flag, whole) {
            let _ = events.send(Event::Broken(e));
            // The shim must not be held up by a full pipe while it ends its program.
            let _ = io::copy(&mut &from, &mut io::sink());
        }
        let _ = send.send(());
    })?;
    Ok(Output { ended, writing })
}

fn whole(bytes: &[u8]) -> Passed<'_> {
    Passed { bytes: Cow::Borrowed(bytes), left: false }
}

/// Why a copy has come to its end.
enum Stopped {
    End,
    Left,
}

/// Copies to the end; an error is one of writing.
fn copy(
    mut from: &File,
    to: &File,
    writing: &AtomicBool,
    mut pass: impl for<'a> FnMut(&'a [u8]) -> Passed<'a>,
) -> io::Result<Stopped> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok(Stopped::End),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            // Another program has made the terminal that this one shares non-blocking.
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                wait(from, nix::poll::PollFlags::POLLIN);
                continue;
            }
            // A terminal that is gone, or a closed stream: there is no more to read.
            Err(_) => return Ok(Stopped::End),
        };
        let passed = pass(&buffer[..n]);
        writing.store(true, Ordering::Relaxed);
        let written = write_all(to, &passed.bytes);
        writing.store(false, Ordering::Relaxed);
        written?;
        if passed.left {
            return Ok(Stopped::Left);
        }
    }
}

fn write_all(mut to: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(n) => bytes = &bytes[n..],
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => wait(to, nix::poll::PollFlags::POLLOUT),
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Waits until a file is ready, or has an error.
pub fn wait(file: &File, event: nix::poll::PollFlags) {
    let mut fds = [nix::poll::PollFd::new(file.as_fd(), event)];
    // A signal may be taken by any thread. Another error comes back from the read or write that follows.
    while nix::poll::poll(&mut fds, nix::poll::PollTimeout::NONE) == Err(nix::errno::Errno::EINTR) {}
}

fn blocking(file: &File) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(file, FcntlArg::F_GETFL)?);
    fcntl(file, FcntlArg::F_SETFL(flags - OFlag::O_NONBLOCK))?;
    Ok(())
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let spawned = std::thread::Builder::new().name(name.to_string()).spawn(work);
    spawned.map(drop).map_err(|e| Error::unknown(format!("start a thread: {}", os_text(&e))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_goes_with_its_fifos() {
        let state = tempfile::tempdir().unwrap();
        let fifos = Fifos::make(state.path(), Path::new("/s"), "web", true, false).unwrap();
        let paths = fifos.paths();
        assert!(paths.stdin.ends_with("/web-stdin") && Path::new(&paths.stderr).exists());
        drop(fifos);
        assert!(!Path::new(&paths.stdout).exists());
        assert_eq!(fs::read_dir(state.path().join("fifo")).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_written_beside_the_fifos_of_others() {
        let dir = tempfile::tempdir().unwrap();
        let others = Fifos::make(&dir.path().join("theirs"), Path::new("/s"), "web", true, false).unwrap();
        Fifos::join(&dir.path().join("ours"), &others.paths()).unwrap().keep("web");
        assert_eq!(fs::read_dir(&others.dir).unwrap().count(), 3);
    }

    #[test]
    fn a_terminal_has_one_stream() {
        let state = tempfile::tempdir().unwrap();
        let paths = Fifos::make(state.path(), Path::new("/s"), "web", false, true).unwrap().paths();
        assert!(paths.stdin.is_empty() && paths.stderr.is_empty() && !paths.stdout.is_empty());
    }
}
