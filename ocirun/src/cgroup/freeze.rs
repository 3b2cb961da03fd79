//! Stops all processes of a container at once, and lets them go on.

use std::os::fd::AsFd;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::dir::Dir;
use super::{Cgroup, opened, stats};

/// A process in an uninterruptible wait cannot be frozen before that ends.
const PATIENCE: Duration = Duration::from_secs(10);

impl Cgroup {
    pub fn freeze(&self) -> Result<()> {
        let Some((dir, v2)) = self.freezer()? else {
            bail!("freeze: the freezer controller is not available");
        };
        let frozen = if v2 { set_v2(dir, true) } else { freeze_v1(dir) };
        // Half frozen is the worst state to be left in.
        frozen.inspect_err(|_| {
            let _ = if v2 { dir.write("cgroup.freeze", "0") } else { dir.write("freezer.state", "THAWED") };
        })
    }

    pub fn thaw(&self) -> Result<()> {
        match self.freezer()? {
            Some((dir, false)) => dir.write("freezer.state", "THAWED"),
            Some((dir, true)) => set_v2(dir, false),
            None => bail!("thaw: the freezer controller is not available"),
        }
    }

    /// Whether the container was frozen (or is about to be); its ancestors do not count.
    pub fn frozen(&self) -> Result<bool> {
        let Some((dir, v2)) = self.freezer()? else { return Ok(false) };
        let (file, free) = if v2 { ("cgroup.freeze", "0") } else { ("freezer.self_freezing", "0") };
        let read = match dir.try_read(file) {
            // The top of a hierarchy of v1 has one file less.
            Err(Errno::ENOENT) if !v2 => dir.try_read("freezer.state").map(|state| state != "THAWED"),
            read => read.map(|value| value != free),
        };
        match read {
            // Removed since it was opened.
            Err(Errno::ENODEV | Errno::ENOENT) => Ok(false),
            read => read.with_context(|| format!("read {}/{file}", dir.path().display())),
        }
    }

    /// The directory that freezes; true for v2. Every cgroup of v2 can, but none of v1 can
    /// without the controller.
    fn freezer(&self) -> Result<Option<(&Dir, bool)>> {
        if let Some(h) = self.v1("freezer") {
            return Ok(opened(h)?.map(|dir| (dir, false)));
        }
        let Some(h) = self.v2() else {
            return Ok(None);
        };
        Ok(opened(h)?.map(|dir| (dir, true)))
    }
}

/// v1 tells nobody when it is done: ask again, after waits that grow. New processes may slip in
/// while it freezes, and saying FROZEN again takes them too.
fn freeze_v1(dir: &Dir) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut wait = Duration::from_micros(10);
    loop {
        dir.write("freezer.state", "FROZEN")?;
        let state = dir.read("freezer.state")?;
        if state == "FROZEN" {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("freeze {}: still {state}", dir.path().display());
        }
        sleep(wait);
        wait = (wait * 2).min(Duration::from_millis(10));
    }
}

fn set_v2(dir: &Dir, freeze: bool) -> Result<()> {
    let (word, wanted) = if freeze { ("1", 1) } else { ("0", 0) };
    dir.write("cgroup.freeze", word)?;
    if wait_event(dir, "frozen", wanted, PATIENCE)? {
        return Ok(());
    }
    if freeze {
        bail!("freeze {}: some process does not stop", dir.path().display());
    }
    // A frozen ancestor holds it; its own mark is gone, which is all that can be done here.
    Ok(())
}

/// Waits until a key of `cgroup.events` has the value; says whether it came to that. The kernel
/// marks the file with POLLPRI when anything in it changes.
pub fn wait_event(dir: &Dir, key: &str, wanted: u64, patience: Duration) -> Result<bool> {
    let context = || format!("read {}/cgroup.events", dir.path().display());
    let deadline = Instant::now() + patience;
    let events = dir.open("cgroup.events", OFlag::O_RDONLY).with_context(context)?;
    let mut buffer = [0; 256];
    loop {
        let n = match nix::sys::uio::pread(&events, &mut buffer, 0) {
            Err(Errno::EINTR) => continue,
            other => other.with_context(context)?,
        };
        let text = String::from_utf8_lossy(&buffer[..n]);
        if stats::number(&text, key) == Some(wanted) {
            return Ok(true);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        let mut fds = [PollFd::new(events.as_fd(), PollFlags::POLLPRI)];
        match poll(&mut fds, timeout) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(e) => Err(e).with_context(context)?,
        }
    }
}
