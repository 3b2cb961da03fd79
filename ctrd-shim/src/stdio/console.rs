//! A terminal on its way here: the runtime connects to our socket and sends the master.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{socket, sys};

#[derive(Debug)]
pub struct Console {
    pub path: PathBuf,
    listener: UnixListener,
}

impl Console {
    /// In the sockets' folder, since a bundle's path may be longer than an address can be.
    pub fn listen(dir: &Path, number: u64) -> Result<Console> {
        let path = dir.join(format!("pty-{}-{number}", std::process::id()));
        let _ = crate::bundle::remove(&path);
        let listener = socket::bind(&path).context("create OCI runtime console socket")?;
        listener.set_nonblocking(true)?;
        Ok(Console { path, listener })
    }

    /// The master, once the runtime has returned: it was sent before, so nothing waits here.
    pub fn take(self) -> Result<OwnedFd> {
        let (stream, _) = self.listener.accept().context("retrieve console master")?;
        match sys::receive_fd(stream.as_fd()).context("retrieve console master")? {
            Some(master) => Ok(master),
            None => bail!("retrieve console master: no descriptor was sent"),
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = crate::bundle::remove(&self.path);
    }
}
