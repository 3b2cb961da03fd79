//! The copy of ocirun-init that is executed: in memory and sealed, so that nothing in a container
//! can write to a file of the host through `/proc/PID/exe` (CVE-2019-5736).

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// Where ocirun-init is: as told, else beside this program, else on PATH.
pub fn find(told: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = told {
        return Ok(path.to_path_buf());
    }
    let own = std::env::current_exe().context("find this program")?;
    let beside = own.with_file_name("ocirun-init");
    if beside.is_file() {
        return Ok(beside);
    }
    which::which("ocirun-init").context("find ocirun-init beside ocirun or in $PATH")
}

/// A sealed copy of the program at `path`.
pub fn copy(path: &Path) -> Result<OwnedFd> {
    let mut from = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut to = File::from(memory()?);
    io::copy(&mut from, &mut to).with_context(|| format!("copy {}", path.display()))?;
    to.set_permissions(std::fs::Permissions::from_mode(0o111)).context("chmod ocirun-init's copy")?;
    let seals =
        SealFlag::F_SEAL_SEAL | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_WRITE;
    fcntl(to.as_fd(), FcntlArg::F_ADD_SEALS(seals)).context("seal ocirun-init's copy")?;
    let got = fcntl(to.as_fd(), FcntlArg::F_GET_SEALS).context("check the seals of ocirun-init's copy")?;
    ensure!(got & seals.bits() == seals.bits(), "ocirun-init's copy is not sealed");
    Ok(to.into())
}

/// MFD_EXEC is new in Linux 6.3, where a system may ask for it (vm.memfd_noexec).
fn memory() -> Result<OwnedFd> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let exec = flags | MFdFlags::from_bits_retain(libc::MFD_EXEC);
    match memfd_create(c"ocirun-init", exec) {
        Err(Errno::EINVAL) => memfd_create(c"ocirun-init", flags).context("memfd_create"),
        other => other.context("memfd_create"),
    }
}
