//! Enters the namespaces that the process shares with others. That is done here, and not before
//! this program is executed: whoever is in there already sees this program's sealed file at most,
//! never the host's runtime or what that has open (CVE-2016-9962, CVE-2019-5736).
//!
//! A pid namespace takes only new processes. So this one, which nobody inside can see, does all
//! that needs the host's descriptors, and then has a sibling go on: a child of the same parent that
//! uses the same memory, so that nothing is copied.

use std::convert::Infallible;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, bail};
use nix::sched::{CloneFlags, setns};
use nix::sys::prctl;
use ocirun_init::Enter;

use crate::{clone, fd, syscall};

/// By their names in config.json.
const NAMESPACES: [(&str, i32); 8] = [
    ("cgroup", libc::CLONE_NEWCGROUP),
    ("ipc", libc::CLONE_NEWIPC),
    ("mount", libc::CLONE_NEWNS),
    ("network", libc::CLONE_NEWNET),
    ("pid", libc::CLONE_NEWPID),
    ("time", libc::CLONE_NEWTIME),
    ("user", libc::CLONE_NEWUSER),
    ("uts", libc::CLONE_NEWUTS),
];

/// Enters them one after the other; the descriptors are closed then. What comes after a user
/// namespace may belong to the one before: it is tried first, with the rights of the caller.
pub fn enter(list: &[Enter]) -> Result<()> {
    let mut targets = Vec::new();
    for one in list {
        targets.push((one, bits(&one.namespaces)?, fd::take(one.fd).context("join namespaces")?));
    }
    let join = |bits: i32, target: &OwnedFd| setns(target, CloneFlags::from_bits_retain(bits));
    if targets.len() > 1 && targets.iter().any(|(_, bits, _)| bits & libc::CLONE_NEWUSER != 0) {
        targets.retain(|(_, bits, target)| bits & libc::CLONE_NEWUSER != 0 || join(*bits, target).is_err());
    }
    for (one, bits, target) in targets {
        join(bits, &target).with_context(|| format!("join {} namespace", one.namespaces.join(", ")))?;
        if bits & libc::CLONE_NEWUSER != 0 {
            // Its owner has every right in there, and is nobody until then.
            syscall::become_root().context("become root of the user namespace")?;
        }
    }
    if !list.is_empty() {
        // The kernel asked fs.suid_dumpable when the rights changed.
        prctl::set_dumpable(false).context("be undumpable")?;
    }
    Ok(())
}

fn bits(names: &[String]) -> Result<i32> {
    let mut bits = 0;
    for name in names {
        match NAMESPACES.iter().find(|(known, _)| known == name) {
            Some((_, bit)) => bits |= bit,
            None => bail!("enter {name:?}: not a namespace"),
        }
    }
    Ok(bits)
}

/// Goes on in a sibling, which learns its number here; its exit status is what `body` returns. Only
/// a failure comes back.
pub fn go_on_as_sibling(body: impl FnOnce(i32) -> i32) -> Result<Infallible> {
    let error = clone::become_sibling(body);
    Err(error).context("clone into the pid namespace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_specification() {
        let names = |list: &[&str]| list.iter().map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(bits(&names(&["pid", "mount"])).unwrap(), libc::CLONE_NEWPID | libc::CLONE_NEWNS);
        assert_eq!(bits(&names(&["net"])).unwrap_err().to_string(), "enter \"net\": not a namespace");
    }
}
