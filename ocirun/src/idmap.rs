//! The id maps of a user namespace: written directly, or by newuidmap and newgidmap where an
//! ordinary user has subordinate ids.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, getegid, geteuid};
use oci_spec::runtime::LinuxIdMapping;

use crate::{pidfd, spawn};

/// Writes both maps of process `pid`. True where setgroups(2) is forbidden from then on.
pub fn write(pid: i32, uids: &[LinuxIdMapping], gids: &[LinuxIdMapping]) -> Result<bool> {
    if geteuid().is_root() {
        file(pid, "uid_map", &lines(uids))?;
        file(pid, "gid_map", &lines(gids))?;
        return Ok(false);
    }
    let mut denied = false;
    if is_self(uids, geteuid().as_raw()) {
        file(pid, "uid_map", &lines(uids))?;
    } else {
        helper("newuidmap", pid, uids)?;
    }
    if is_self(gids, getegid().as_raw()) {
        // Without it dropping a group could raise rights (CVE-2014-8989); the kernel asks for it.
        file(pid, "setgroups", "deny")?;
        file(pid, "gid_map", &lines(gids))?;
        denied = true;
    } else {
        helper("newgidmap", pid, gids)?;
    }
    Ok(denied)
}

/// A user namespace with these maps, for an id-mapped mount. Its one process has ended: the
/// descriptor keeps it.
pub fn user_namespace(uids: &[LinuxIdMapping], gids: &[LinuxIdMapping]) -> Result<OwnedFd> {
    let child = spawn::pause_in_user_namespace()?;
    let path = format!("/proc/{}/ns/user", child.pid);
    let opened = write(child.pid, uids, gids)
        .and_then(|_| fs::File::open(&path).with_context(|| format!("open {path}")).map(OwnedFd::from));
    pidfd::signal(&child.pidfd, libc::SIGKILL)?;
    waitpid(Pid::from_raw(child.pid), None).context("wait for the process of a user namespace")?;
    opened
}

/// The map an ordinary user may write alone: one line, of the own id.
fn is_self(map: &[LinuxIdMapping], own: u32) -> bool {
    matches!(map, [one] if one.size() == 1 && one.host_id() == own)
}

fn lines(map: &[LinuxIdMapping]) -> String {
    let mut text = String::new();
    for m in map {
        let _ = writeln!(text, "{} {} {}", m.container_id(), m.host_id(), m.size());
    }
    text
}

/// A map takes exactly one write.
fn file(pid: i32, name: &str, text: &str) -> Result<()> {
    let path = format!("/proc/{pid}/{name}");
    let mut file = fs::OpenOptions::new().write(true).open(&path).with_context(|| format!("open {path}"))?;
    let wrote = file.write(text.as_bytes()).with_context(|| format!("write {path}"))?;
    if wrote != text.len() {
        bail!("write {path}: {} mappings are too many", text.lines().count());
    }
    Ok(())
}

fn helper(program: &str, pid: i32, map: &[LinuxIdMapping]) -> Result<()> {
    let mut command = Command::new(program);
    command.arg(pid.to_string());
    for m in map {
        command.args([m.container_id(), m.host_id(), m.size()].map(|n| n.to_string()));
    }
    let out = command.output().with_context(|| format!("exec {program}"))?;
    if !out.status.success() {
        let why = String::from_utf8_lossy(&out.stderr).trim().to_string();
        bail!("{program}: {}", if why.is_empty() { out.status.to_string() } else { why });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_map() {
        let map: Vec<LinuxIdMapping> = serde_json::from_str(
            r#"[{"containerID":0,"hostID":1000,"size":1},{"containerID":1,"hostID":100000,"size":65536}]"#,
        )
        .unwrap();
        assert_eq!(lines(&map), "0 1000 1\n1 100000 65536\n");
        assert!(is_self(&map[..1], 1000) && !is_self(&map, 1000) && !is_self(&map[..1], 0));
    }
}
