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
use ocirun_init::Capabilities;

use crate::{log, tree};

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

/// The program at `path`, as it may be executed in a container; `copied`, where a view of it would
/// show too much.
///
/// The view is a read-only mount that is detached and belongs to no namespace; it costs a fraction
/// of the copy. Who has CAP_SYS_ADMIN and reaches it through `/proc/PID/exe` could make it writable
/// (CVE-2019-5736) as long as ocirun holds it: so ocirun lets go before anybody can, and then the
/// kernel takes it for no mount any more, in which nothing can be changed. What is left is that
/// CAP_DAC_READ_SEARCH finds any file of a file system by a descriptor of one.
pub fn program(path: &Path, copied: bool) -> Result<OwnedFd> {
    if !copied && let Ok(view) = tree::open_readonly(path) {
        // runc's words for what it does in this place are what its users look for in a log.
        log::debug(&format!(
            "in the place of \"runc exeseal: using /proc/self/exe clone\" and of \"runc exeseal: using overlayfs \
             for sealed /proc/self/exe\": a read-only mount of {}",
            path.display()
        ));
        return Ok(view);
    }
    log::debug(&format!(
        "in the place of \"runc exeseal: using /proc/self/exe clone\": a sealed copy of {}",
        path.display()
    ));
    copy(path)
}

/// Whether somebody in the container could look into a process that joins it, and from its program
/// at the file system that this lies on. In a user namespace nobody can: the process was executed
/// outside of it.
pub fn shows_much(user_namespace: bool, sets: &[Option<&Capabilities>]) -> bool {
    const LOOK: [&str; 2] = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"];
    let holds = |caps: &Capabilities, name: &str| {
        [&caps.bounding, &caps.permitted, &caps.effective].iter().any(|set| set.iter().any(|c| c == name))
    };
    // Without a word about them the program has all.
    !user_namespace
        && LOOK.iter().all(|name| sets.iter().any(|caps| caps.is_none_or(|caps| holds(caps, name))))
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
    use std::os::unix::fs::OpenOptionsExt;

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

    /// As a container that reached it through `/proc/PID/exe` and has every right would.
    #[test]
    fn a_view_that_was_let_go_stays_readonly() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("program");
        std::fs::write(&path, "text").unwrap();
        let view = match tree::open_readonly(&path) {
            Err(Errno::EPERM) => return,
            view => File::from(view.unwrap()),
        };
        let reached = |flags: i32| {
            let mut options = File::options();
            options
                .read(true)
                .custom_flags(flags)
                .open(format!("/proc/self/fd/{}", view.as_raw_fd()))
                .unwrap()
        };
        let (held, read) = (reached(libc::O_PATH), reached(0));
        assert_eq!(tree::set_readonly(&held, false), Ok(()), "while it is a mount it can be changed");
        assert_eq!(tree::set_readonly(&held, true), Ok(()));
        drop(view);
        for file in [&held, &read] {
            assert_eq!(tree::set_readonly(file, false), Err(Errno::EINVAL));
            let link = format!("/proc/self/fd/{}", file.as_raw_fd());
            assert_eq!(tree::open(&link, false, true).map(drop), Err(Errno::EINVAL), "cloned");
            let refused = File::options().write(true).open(&link).unwrap_err();
            assert_eq!(refused.raw_os_error(), Some(libc::EROFS));
        }
    }

    #[test]
    fn only_who_may_look_and_search_gets_a_copy() {
        let caps = |names: &[&str]| Capabilities {
            bounding: names.iter().map(|n| n.to_string()).collect(),
            ..Capabilities::default()
        };
        let (both, look, search) = (
            caps(&["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"]),
            caps(&["CAP_SYS_PTRACE"]),
            caps(&["CAP_DAC_READ_SEARCH"]),
        );
        for (user, sets, want) in [
            (false, &[Some(&both)][..], true),
            (true, &[Some(&both)], false),
            (false, &[None], true),
            (false, &[Some(&look)], false),
            (false, &[Some(&look), Some(&search)], true),
            (false, &[Some(&search), Some(&search)], false),
        ] {
            assert_eq!(shows_much(user, sets), want, "{user} {sets:?}");
        }
    }

    /// As a container would open `/proc/PID/exe`.
    fn reopened(file: &File) -> File {
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        File::options().write(true).open(path).unwrap()
    }
}
