//! Checkpoint and restore, whose work CRIU does: `criu swrk` is told over a socket what to dump or
//! restore, tells in turn when something is to be done here, and ends.
//!
//! ```text
//!   ocirun                                   criu swrk 5
//!     VERSION, FEATURE_CHECK            ──▶
//!                                       ◀──  the answers
//!     DUMP or RESTORE, with options     ──▶
//!                                       ◀──  NOTIFY setup-namespaces, orphan-pts-master, …
//!     NOTIFY, done or not               ──▶
//!                                       ◀──  DUMP or RESTORE, success or not
//! ```
//!
//! What CRIU cannot know is told in the options: which mounts lie on files of the host, which
//! namespaces are not the container's own, which pipes its standard streams are, and where its
//! cgroups are now. Images and `descriptors.json` have the names that runc and crun give them, so
//! that what one saves another can restore.

pub mod external;
pub mod mountpoint;
pub mod options;
pub mod rpc;
pub mod stage;
pub mod swrk;

use std::fs::{self, DirBuilder};
use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use crate::cgroup::in_user_namespace;
use crate::error;

/// The oldest CRIU that knows namespaces from outside and tells when memory can be asked for.
pub const OLDEST: i32 = 3_15_00;

/// The standard streams of a saved container, beside its images.
pub const DESCRIPTORS: &str = "descriptors.json";

/// Refuses whoever lacks the right that CRIU cannot do without, which no user namespace gives: it says
/// so itself, but late, and in many words.
pub fn check_rights(doing: &str) -> Result<()> {
    const CHECKPOINT_RESTORE: u32 = 40;
    const SYS_ADMIN: u32 = 21;
    let status = fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    let outside = !in_user_namespace();
    ensure!(
        outside && [CHECKPOINT_RESTORE, SYS_ADMIN].iter().any(|bit| has_capability(&status, *bit)),
        "CRIU needs CAP_CHECKPOINT_RESTORE on the host to {doing}{}",
        if outside { "" } else { ", and this is a user namespace" }
    );
    Ok(())
}

fn has_capability(status: &str, bit: u32) -> bool {
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    line.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).is_some_and(|set| set >> bit & 1 == 1)
}

/// Whether this CRIU will do.
pub fn check_version(criu: &mut swrk::Criu, least: i32) -> Result<()> {
    let version = criu.version().context("CRIU version check failed")?;
    ensure!(version >= least, "CRIU version {version} must be {least} or higher");
    Ok(())
}

/// A folder that CRIU works in, made if asked and missing; private, since memory images are.
pub fn folder(path: &Path, make: bool) -> Result<OwnedFd> {
    if make {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("mkdir {}", path.display()))?;
    }
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    open(path, flags, Mode::empty()).with_context(|| format!("open {}", path.display()))
}

/// A failure of CRIU's, with the reason from its log where it gave none itself, and the log's path:
/// one line.
pub fn explain(failure: anyhow::Error, log: &Path) -> anyhow::Error {
    let said = error::line(&failure);
    let why = if said.starts_with("criu failed: type ") { last_errors(log) } else { String::new() };
    let log: PathBuf = fs::canonicalize(log).unwrap_or_else(|_| log.into());
    match said.starts_with("criu ") && log.exists() {
        true => anyhow!("{said}{why} (log: {})", log.display()),
        false => failure,
    }
}

/// A restore that failed leaves CRIU's folder for mounts behind, which its log names: it could not be
/// removed while they were mounted.
pub fn sweep(log: &Path) {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    for name in yards(&text) {
        // Of an empty folder alone.
        let _ = fs::remove_dir(Path::new("/tmp").join(name));
    }
}

fn yards(log: &str) -> impl Iterator<Item = &str> {
    let named = |at: &str| at.starts_with(".criu.mntns.") && at.len() == ".criu.mntns.".len() + 6;
    let word = |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
    log.split("/tmp/").skip(1).map(move |rest| &rest[..word(rest)]).filter(move |at| named(at)).take(1)
}

/// The last errors of a log, as far as they tell more than that there was one: what matters comes
/// late, among its consequences, and behind complaints that mean nothing.
fn last_errors(log: &Path) -> String {
    let Ok(file) = fs::File::open(log) else { return String::new() };
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    let mut said: Vec<String> = Vec::new();
    for line in lines {
        let line = String::from_utf8_lossy(&line);
        let why = reason(&line);
        if line.contains("Error (") && !why.is_empty() && !why.ends_with("FAILED.") {
            said.push(why.to_owned());
        }
    }
    let last = &said[said.len().saturating_sub(3)..];
    if last.is_empty() { String::new() } else { format!(": {}", last.join("; ")) }
}

/// `(00.012) Error (criu/mount.c:1093): mnt: …` without time and place.
pub fn reason(line: &str) -> &str {
    let rest = line.split_once("Error (").map_or(line, |(_, rest)| rest);
    let rest = if rest.len() < line.len() { rest.split_once("): ").map_or(rest, |(_, r)| r) } else { rest };
    rest.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_for_mounts_is_found_in_the_log() {
        let log =
            "(00.1) mnt: Will mount 57 @ /tmp/.criu.mntns.Qm7L9G/mnt-57 /x\n(00.2) /tmp/.criu.mntns.Qm7L9G\n";
        assert_eq!(yards(log).collect::<Vec<_>>(), [".criu.mntns.Qm7L9G"]);
        assert_eq!(yards("/tmp/.criu.mntns./etc /tmp/x /tmp/").count(), 0);
    }

    #[test]
    fn capabilities_in_force() {
        let status = "Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t0000010000000000\n";
        assert!(has_capability(status, 40) && !has_capability(status, 21));
        assert!(!has_capability("Name:\tx\n", 40));
    }

    #[test]
    fn a_line_of_the_log_loses_time_and_place() {
        for (line, want) in [
            ("(00.049342) Error (criu/mount.c:1093): mnt: Mount 5 is lost\n", "mnt: Mount 5 is lost"),
            ("(00.04) 12: Error (criu/files.c:7): Can't open: No such file", "Can't open: No such file"),
            ("plain words", "plain words"),
        ] {
            assert_eq!(reason(line), want);
        }
    }
}
