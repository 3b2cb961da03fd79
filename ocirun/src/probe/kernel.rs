//! What the kernel itself lacks, or was not asked to have: filters, labels, mounts, devices, CRIU.

use std::fs;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::utsname::uname;
use nix::unistd::{getegid, geteuid};
use oci_spec::runtime::LinuxIdMappingBuilder;

use super::Missing;
use super::caller::Caller;
use crate::{criu, error, idmap, label, rdt, seccomp, tree};

pub fn look(caller: &Caller, user_namespaces: bool, out: &mut Vec<Missing>) {
    filters(out);
    labels(out);
    mounts(caller, user_namespaces, out);
    if let Err(why) = rdt::mount() {
        let missing = Missing::new("linux.intelRdt", error::line(&why));
        let mountable = Path::new("/sys/fs/resctrl").exists();
        out.push(if mountable { missing.hint("mount -t resctrl resctrl /sys/fs/resctrl") } else { missing });
    }
    if !caller.is_privileged() || !caller.has("CAP_NET_ADMIN") {
        let message = "to move a device of the host takes CAP_NET_ADMIN there";
        out.push(Missing::new("linux.netDevices", message).hint("run as root"));
    }
    if !Path::new("/proc/self/numa_maps").exists() {
        let message = "this kernel has no memory policies";
        out.push(Missing::new("linux.memoryPolicy", message).hint("build the kernel with CONFIG_NUMA"));
    }
    checkpoint(caller, out);
}

/// Major and minor number of the kernel's release.
fn release() -> (u32, u32) {
    let release = uname().map(|u| u.release().to_string_lossy().into_owned()).unwrap_or_default();
    numbers(&release)
}

fn numbers(release: &str) -> (u32, u32) {
    let mut parts = release.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// The actions that the kernel's filters have, in the specification's words.
pub fn seccomp_actions() -> Vec<&'static str> {
    let text = fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail").unwrap_or_default();
    let has = |word: &str| text.split_whitespace().any(|known| known == word);
    seccomp::known().actions.into_iter().filter(|action| has(kernel_action(action))).collect()
}

/// seccomp(2): what stands in actions_avail.
fn kernel_action(action: &str) -> &'static str {
    match action {
        "SCMP_ACT_ALLOW" => "allow",
        "SCMP_ACT_ERRNO" => "errno",
        "SCMP_ACT_KILL" | "SCMP_ACT_KILL_THREAD" => "kill_thread",
        "SCMP_ACT_KILL_PROCESS" => "kill_process",
        "SCMP_ACT_LOG" => "log",
        "SCMP_ACT_NOTIFY" => "user_notif",
        "SCMP_ACT_TRACE" => "trace",
        _ => "trap",
    }
}

fn filters(out: &mut Vec<Missing>) {
    let available = seccomp_actions();
    if available.is_empty() {
        let message = "this kernel has no seccomp filters";
        out.push(Missing::new("linux.seccomp", message).hint("build the kernel with CONFIG_SECCOMP_FILTER"));
        return;
    }
    for action in seccomp::known().actions {
        if !available.contains(&action) {
            let message = format!("this kernel's filters have no {}", kernel_action(action));
            out.push(Missing::new(format!("linux.seccomp.actions.{action}"), message));
        }
    }
}

/// The kernel's security modules; none where it does not tell.
pub fn security_modules() -> Option<Vec<String>> {
    let text = fs::read_to_string("/sys/kernel/security/lsm").ok()?;
    Some(text.trim().split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn labels(out: &mut Vec<Missing>) {
    if !label::has_apparmor() {
        out.push(Missing::new("linux.apparmor", "AppArmor is not enabled in this kernel"));
    }
    if !label::has_selinux() {
        out.push(Missing::new("linux.selinux", "SELinux is not enabled in this kernel"));
    }
}

/// Words that need a newer mount API than others.
const RECURSIVE: (u32, u32) = (5, 12);
const NO_SYMLINKS: (u32, u32) = (5, 10);

fn mounts(caller: &Caller, user_namespaces: bool, out: &mut Vec<Missing>) {
    let release = release();
    let since = |(major, minor): (u32, u32)| format!("Linux {major}.{minor} is needed");
    for word in crate::mount_option::ALL {
        let recursive = word.starts_with('r')
            && !["ro", "rw", "relatime", "remount", "rbind", "ridmap"].contains(word)
            && !word.ends_with("shared")
            && !word.ends_with("slave")
            && !word.ends_with("private")
            && !word.ends_with("unbindable");
        let needs = if recursive {
            RECURSIVE
        } else if *word == "nosymfollow" {
            NO_SYMLINKS
        } else {
            continue;
        };
        if release < needs {
            out.push(Missing::new(format!("mountOptions.{word}"), since(needs)));
        }
    }
    let why = if release < RECURSIVE {
        Some(since(RECURSIVE))
    } else if !caller.is_privileged() {
        Some("it takes CAP_SYS_ADMIN outside of user namespaces".to_owned())
    } else if !user_namespaces {
        Some("there are no user namespaces that could say how".to_owned())
    } else {
        map_root().err()
    };
    if let Some(why) = why {
        for what in ["linux.mountExtensions.idmap", "mountOptions.idmap", "mountOptions.ridmap"] {
            out.push(Missing::new(what, why.clone()));
        }
    }
}

/// Maps the ids of a copy of the root mount that nobody ever sees. A file system that cannot says
/// EINVAL; others of this machine may be able to.
fn map_root() -> Result<(), String> {
    let map = |id: u32| {
        let map = LinuxIdMappingBuilder::default().container_id(0u32).host_id(id).size(1u32).build();
        map.map(|map| vec![map]).map_err(|e| e.to_string())
    };
    let (uids, gids) = (map(geteuid().as_raw())?, map(getegid().as_raw())?);
    let user_ns = idmap::user_namespace(&uids, &gids).map_err(|e| error::line(&e))?;
    let copy = tree::open("/", false, true).map_err(|e| format!("open_tree: {}", error::strerror(e)))?;
    match tree::map_ids(copy, user_ns, false) {
        Ok(()) | Err(Errno::EINVAL) => Ok(()),
        Err(e) => Err(format!("mount_setattr: {}", error::strerror(e))),
    }
}

fn checkpoint(caller: &Caller, out: &mut Vec<Missing>) {
    const WHAT: &str = "checkpoint";
    if which::which("criu").is_err() {
        let message = "the program criu is not on PATH";
        out.push(Missing::new(WHAT, message).hint("install CRIU 3.15 or newer"));
    } else if !caller.is_privileged() && !caller.has("CAP_CHECKPOINT_RESTORE") {
        out.push(Missing::new(WHAT, "CRIU needs rights over the host").hint("run as root"));
    } else if let Err(why) = criu_version() {
        out.push(Missing::new(WHAT, why).hint("install CRIU 3.15 or newer"));
    }
}

fn criu_version() -> Result<(), String> {
    let asked = criu::swrk::Criu::start(&[], true).and_then(|mut criu| {
        criu::check_version(&mut criu, criu::OLDEST)?;
        criu.end()
    });
    asked.map_err(|e| error::line(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases() {
        for (text, want) in [("6.1.0-18-amd64", (6, 1)), ("5.12", (5, 12)), ("4", (4, 0)), ("", (0, 0))] {
            assert_eq!(numbers(text), want, "{text}");
        }
    }
}
