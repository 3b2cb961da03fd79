//! A mount namespace for the time of a restore.
//!
//! What has to be mounted to make mount points in one another, and what CRIU mounts on its way, lies
//! in namespaces that end with their users, and reaches no other: whatever kills us, no mount is left
//! on the host.

use anyhow::{Context, Result};
use nix::fcntl::{OFlag, open};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::Mode;
use nix::unistd::{chroot, fchdir};

use crate::namespace;

/// Runs `work` in a mount namespace of its own, and comes back. Children that it starts stay there.
pub fn inside<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let home = namespace::open_own(libc::CLONE_NEWNS)?;
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let here = |path: &str| open(path, flags, Mode::empty()).with_context(|| format!("open {path}"));
    let (root, cwd) = (here("/")?, here(".")?);
    unshare(CloneFlags::CLONE_NEWNS).context("unshare mount namespace")?;
    // Slaves still receive what the host mounts, and CRIU finds the host's mounts as their masters.
    let slave = MsFlags::MS_SLAVE | MsFlags::MS_REC;
    let cut = mount(None::<&str>, "/", None::<&str>, slave, None::<&str>).context("make / a slave");
    let result = cut.and_then(|()| work());
    // To enter a mount namespace is to be at its root.
    namespace::enter(&home, libc::CLONE_NEWNS)?;
    fchdir(&root).and_then(|()| chroot(".")).and_then(|()| fchdir(&cwd)).context("go back")?;
    result
}
