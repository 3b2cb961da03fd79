//! The folders below which everything is kept: their modes, and who may serve from them.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use nix::fcntl::{Flock, FlockArg};

use crate::config::Config;
use crate::error::{Error, Result};

/// Makes root and state. The root is closed to all others: file systems in it hold programs that
/// gain rights. The state may be entered, for containers whose root is another user, not listed.
pub fn prepare(config: &Config) -> Result<()> {
    for (dir, mode) in [(&config.root, 0o700), (&config.state, 0o711)] {
        let at = |e: std::io::Error| Error::from(e).context(format!("make {}", dir.display()));
        fs::DirBuilder::new().recursive(true).mode(mode).create(dir).map_err(at)?;
        // Folders of an earlier time may be wider.
        if fs::metadata(dir).map_err(at)?.permissions().mode() & 0o777 != mode {
            fs::set_permissions(dir, Permissions::from_mode(mode)).map_err(at)?;
        }
    }
    Ok(())
}

/// The right to serve from both folders, until it is dropped or the process dies.
pub fn lock(config: &Config) -> Result<[Flock<File>; 2]> {
    prepare(config)?;
    Ok([take(&config.root)?, take(&config.state)?])
}

fn take(dir: &Path) -> Result<Flock<File>> {
    let file = File::open(dir).map_err(|e| Error::from(e).context(format!("open {}", dir.display())))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, e)| match e {
        nix::errno::Errno::EWOULDBLOCK => {
            Error::precondition(format!("{}: another server uses this folder", dir.display()))
        }
        e => Error::from(e).context(format!("lock {}", dir.display())),
    })
}
