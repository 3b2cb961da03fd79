//! What is executed of ocirun-init: a view of its file through a read-only mount of its own, or a
//! sealed copy in memory, so that nothing in a container can write to a file of the host through
//! `/proc/PID/exe` (CVE-2019-5736).

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::tree;

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

/// The program at `path`, as it may be executed in a container; `seen`, where others in there may
/// look at the process, or it enters a user namespace.
///
/// The mount is detached and belongs to no namespace; it costs a fraction of the copy. As long as
/// ocirun holds it, though, whoever has CAP_SYS_ADMIN and reaches it through `/proc/PID/exe` can make
/// it writable (CVE-2019-5736): so it serves only a process that is alone until ocirun has let go.
/// Who enters a user namespace gets the copy as well: there root cannot read it, and by that the
/// kernel keeps the process from the eyes of the others in the container from its first instruction
/// on (CVE-2016-9962).
pub fn program(path: &Path, seen: bool) -> Result<OwnedFd> {
    if !seen && let Ok(view) = tree::open_readonly(path) {
        return Ok(view);
    }
    copy(path)
}

/// A sealed copy of the program at `path`.
fn copy(path: &Path) -> Result<OwnedFd> {
    let mut from = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut to = File::from(memory()?);
    io::copy(&mut from, &mut to).with_context(|| format!("copy {}", path.display()))?;
    to.set_permissions(std::fs::Permissions::from_mode(0o111)).context("chmod ocirun-init's copy")?;
    seal(&to).context("seal ocirun-init's copy")?;
    Ok(to.into())
}

/// No write, growth or new seal from here on.
///
/// FUTURE_WRITE (Linux 5.1) refuses write(2) and every new writable mapping. WRITE forbids the
/// mappings that there are as well, of which nobody had the time to make one; and to know that, it
/// waits for every page that something in the kernel holds just then, up to 75 ms, and may fail.
fn seal(file: &File) -> Result<()> {
    let fixed = SealFlag::F_SEAL_SEAL | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW;
    let mut seals = fixed | SealFlag::from_bits_retain(libc::F_SEAL_FUTURE_WRITE);
    match fcntl(file.as_fd(), FcntlArg::F_ADD_SEALS(seals)) {
        Err(Errno::EINVAL) => {
            seals = fixed | SealFlag::F_SEAL_WRITE;
            fcntl(file.as_fd(), FcntlArg::F_ADD_SEALS(seals))?;
        }
        other => {
            other?;
        }
    }
    let got = fcntl(file.as_fd(), FcntlArg::F_GET_SEALS)?;
    ensure!(got & seals.bits() == seals.bits(), "the seals do not hold");
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_sealed_copy_takes_no_write_and_no_growth() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("program");
        std::fs::write(&path, "text").unwrap();
        let sealed = File::from(copy(&path).unwrap());
        for mut file in [sealed.try_clone().unwrap(), reopened(&sealed)] {
            let refused = file.write(b"x").unwrap_err();
            assert_eq!(refused.raw_os_error(), Some(libc::EPERM), "{refused}");
            assert_eq!(file.set_len(100).unwrap_err().raw_os_error(), Some(libc::EPERM));
            assert_eq!(file.set_len(0).unwrap_err().raw_os_error(), Some(libc::EPERM));
        }
    }

    #[test]
    fn a_view_takes_no_write_and_changes_nothing_for_others() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("program");
        std::fs::write(&path, "text").unwrap();
        let view = match tree::open_readonly(&path) {
            // Only root may clone a mount; others execute a copy.
            Err(Errno::EPERM) => return,
            view => File::from(view.unwrap()),
        };
        let link = format!("/proc/self/fd/{}", view.as_raw_fd());
        for refused in [
            File::options().write(true).open(&link).map(drop),
            std::fs::set_permissions(&link, std::fs::Permissions::from_mode(0o777)),
        ] {
            assert_eq!(refused.unwrap_err().raw_os_error(), Some(libc::EROFS));
        }
        assert_eq!(std::fs::read(&link).unwrap(), b"text");
        std::fs::write(&path, "other").unwrap();
    }

    /// As a container would open `/proc/PID/exe`.
    fn reopened(file: &File) -> File {
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        File::options().write(true).open(path).unwrap()
    }
}
