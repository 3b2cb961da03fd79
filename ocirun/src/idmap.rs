//! The id maps of a user namespace: written directly, or by newuidmap and newgidmap where an
//! ordinary user has subordinate ids.

use std::fmt::Write as _;
use std::fs;
use std::os::fd::OwnedFd;
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::sys::wait::waitpid;
use nix::unistd::{self, Pid, getegid, geteuid};
use oci_spec::runtime::{LinuxIdMapping, LinuxIdMappingBuilder};

use crate::again::again;
use crate::{pidfd, spawn};

/// User ids and group ids.
pub type Maps = (Vec<LinuxIdMapping>, Vec<LinuxIdMapping>);

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
    let child = spawn::pause_in(libc::CLONE_NEWUSER)?;
    let path = format!("/proc/{}/ns/user", child.pid);
    let opened = write(child.pid, uids, gids)
        .and_then(|_| fs::File::open(&path).with_context(|| format!("open {path}")).map(OwnedFd::from));
    pidfd::signal(&child.pidfd, libc::SIGKILL)?;
    again(|| waitpid(Pid::from_raw(child.pid), None)).context("wait for the process of a user namespace")?;
    opened
}

/// The maps of an option's own: `uids=0-1000-1#1-2000-10;gids=…`, each part the first id on the
/// file system, the first on the host, and how many. After `@` the second is an id in the container,
/// whose maps are `uids` and `gids`.
pub fn parse(text: &str, uids: &[LinuxIdMapping], gids: &[LinuxIdMapping]) -> Result<Maps> {
    let mut maps = (Vec::new(), Vec::new());
    for list in text.split(';').filter(|list| !list.is_empty()) {
        let (list, own, into) = match list.split_once('=') {
            Some(("uids", list)) => (list, uids, &mut maps.0),
            Some(("gids", list)) => (list, gids, &mut maps.1),
            _ => bail!("idmap option {list:?}: want uids= or gids="),
        };
        for part in list.split('#').filter(|part| !part.is_empty()) {
            let part = part.trim();
            let (relative, numbers) = part.strip_prefix('@').map_or((false, part), |rest| (true, rest));
            let mut numbers = numbers.split('-').map(str::parse::<u32>);
            let (Some(Ok(inside)), Some(Ok(mut outside)), Some(Ok(size)), None) =
                (numbers.next(), numbers.next(), numbers.next(), numbers.next())
            else {
                bail!("idmap option {part:?}: want three numbers, as 0-1000-1");
            };
            if relative {
                outside = on_host(outside, own)
                    .with_context(|| format!("idmap option {part:?}: the container has no id {outside}"))?;
            }
            into.push(
                LinuxIdMappingBuilder::default()
                    .container_id(inside)
                    .host_id(outside)
                    .size(size)
                    .build()
                    .context("idmap option")?,
            );
        }
    }
    if maps.0.is_empty() || maps.1.is_empty() {
        bail!("idmap option {text:?}: want uids and gids");
    }
    Ok(maps)
}

/// The host's number of an id in a user namespace.
pub fn on_host(id: u32, map: &[LinuxIdMapping]) -> Option<u32> {
    let range = map.iter().find(|m| id >= m.container_id() && id - m.container_id() < m.size())?;
    range.host_id().checked_add(id - range.container_id())
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
    let file = fs::OpenOptions::new().write(true).open(&path).with_context(|| format!("open {path}"))?;
    let wrote = again(|| unistd::write(&file, text.as_bytes())).with_context(|| format!("write {path}"))?;
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
    fn maps_of_an_option() {
        let own: Vec<LinuxIdMapping> = serde_json::from_str(
            r#"[{"containerID":0,"hostID":0,"size":1},{"containerID":1,"hostID":2,"size":1000}]"#,
        )
        .unwrap();
        let (uids, gids) = parse("uids=0-1-10#10-11-10;gids=@1-3-10", &own, &own).unwrap();
        assert_eq!((lines(&uids), lines(&gids)), ("0 1 10\n10 11 10\n".into(), "1 4 10\n".into()));
        for bad in [
            "uids=0-1-1",
            "uids=0-1;gids=0-1-1",
            "x=1",
            "uids=@5000-5000-1;gids=0-0-1",
            "uids=0-1-1-1;gids=0-0-1",
        ] {
            assert!(parse(bad, &own, &own).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_lines_of_a_map() {
        let map: Vec<LinuxIdMapping> = serde_json::from_str(
            r#"[{"containerID":0,"hostID":1000,"size":1},{"containerID":1,"hostID":100000,"size":65536}]"#,
        )
        .unwrap();
        assert_eq!(lines(&map), "0 1000 1\n1 100000 65536\n");
        assert!(is_self(&map[..1], 1000) && !is_self(&map, 1000) && !is_self(&map[..1], 0));
    }

    #[test]
    fn any_text_is_a_map_or_none() {
        let own = parse("uids=0-4294967295-4294967295;gids=1-4294967290-10", &[], &[]).unwrap();
        crate::chance::cases(20_000, |c| {
            let text = c.text(&["uids=", "gids=", "0-0-1", "@", "-", "#", ";", "5", "4294967295"]);
            if let Ok((uids, gids)) = parse(&text, &own.0, &own.1) {
                assert!(!uids.is_empty() && !gids.is_empty(), "{text:?}");
            }
            let id = c.number() as u32;
            assert!(on_host(id, &own.1).is_none_or(|host| host >= 4_294_967_290));
        });
    }
}
