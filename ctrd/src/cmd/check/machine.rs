//! What the machine, its limits and its folders have.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access, geteuid};

use super::{Finding, limited, missing, ok};
use crate::cmd::place::Place;
use crate::shim::binary;

pub fn look(place: &Place) -> Vec<Finding> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let mut findings = vec![rights(&status), files(&limits), watches()];
    findings.push(subordinate());
    findings.extend(programs());
    findings.push(tool("criu", "checkpoint and restore are not to be had", "install criu"));
    findings.push(folder("root folder", &place.root));
    findings.push(folder("state folder", &place.state));
    findings.push(server(&place.address));
    findings
}

/// capabilities(7): the numbers of those that a launch uses.
const SYS_ADMIN: u32 = 21;
const SYS_RESOURCE: u32 = 24;

fn rights(status: &str) -> Finding {
    let held = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let held = held.and_then(|text| u64::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
    let has = |number: u32| held & (1 << number) != 0;
    match (geteuid().is_root(), has(SYS_ADMIN), has(SYS_RESOURCE)) {
        (_, true, true) => ok("rights", "CAP_SYS_ADMIN, CAP_SYS_RESOURCE"),
        (_, true, false) => limited(
            "rights",
            "without CAP_SYS_RESOURCE: limits cannot be raised, and oom_score_adj not lowered",
            "give this process CAP_SYS_RESOURCE",
        ),
        (true, false, _) => {
            missing("rights", "root without CAP_SYS_ADMIN", "give this process CAP_SYS_ADMIN")
        }
        (false, false, _) => limited(
            "rights",
            "not root",
            "run as root, or in a user namespace: unshare --user --map-auto --map-root-user",
        ),
    }
}

/// Each container costs the server and its shim descriptors.
fn files(limits: &str) -> Finding {
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let hard = line.and_then(|line| line.split_whitespace().nth(4)).unwrap_or_default();
    match hard.parse::<u64>() {
        Ok(number) if number < 4096 => {
            limited("open files", format!("at most {number}"), "raise the limit (ulimit -Hn, LimitNOFILE=)")
        }
        _ => ok("open files", format!("at most {hard}")),
    }
}

fn watches() -> Finding {
    let read = |name: &str| fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).unwrap_or_default();
    let instances = read("max_user_instances");
    match instances.trim().parse::<u64>() {
        Ok(number) if number < 128 => limited(
            "inotify",
            format!("{number} instances a user"),
            "sysctl fs.inotify.max_user_instances=1024",
        ),
        _ => ok("inotify", format!("{} instances a user", instances.trim())),
    }
}

/// For containers whose users are others than the host's.
fn subordinate() -> Finding {
    let uid = geteuid();
    let user = nix::unistd::User::from_uid(uid).ok().flatten().map(|user| user.name).unwrap_or_default();
    let has = |file: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let own = |line: &str| {
            let name = line.split(':').next().unwrap_or_default();
            (name == user && !user.is_empty()) || name == uid.to_string()
        };
        text.lines().any(own)
    };
    match has("/etc/subuid") && has("/etc/subgid") {
        true => ok("subordinate ids", format!("for {user}")),
        false => limited(
            "subordinate ids",
            format!("none for {user}"),
            "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER",
        ),
    }
}

fn programs() -> Vec<Finding> {
    let beside = |path: &Path, name: &str| {
        let beside = path.parent().map(|dir| dir.join(name)).filter(|path| path.is_file());
        beside.or_else(|| which::which(name).ok())
    };
    let shim = match binary::resolve(binary::DEFAULT) {
        Ok(path) => path,
        Err(e) => return vec![missing("shim", e.message, "install ctrd-shim beside ctrd, or on PATH")],
    };
    let mut findings = vec![ok("shim", shim.display().to_string())];
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/"));
    let runtime =
        beside(&fs::canonicalize(&shim).unwrap_or(shim), "ocirun").or_else(|| beside(&own, "ocirun"));
    match runtime {
        Some(path) => {
            findings.push(ok("runtime", path.display().to_string()));
            findings.push(match beside(&path, "ocirun-init") {
                Some(path) => ok("init", path.display().to_string()),
                None => missing(
                    "init",
                    "ocirun-init is not found",
                    "install ocirun-init beside ocirun, or on PATH",
                ),
            });
        }
        None => findings.push(missing(
            "runtime",
            "ocirun is not found",
            "install ocirun beside ctrd-shim, or on PATH",
        )),
    }
    findings
}

fn tool(name: &'static str, lack: &str, advice: &'static str) -> Finding {
    match which::which(name) {
        Ok(path) => ok(name, path.display().to_string()),
        Err(_) => limited(name, format!("not found: {lack}"), advice),
    }
}

/// The folder, or the nearest one above it that is there.
fn folder(name: &'static str, path: &Path) -> Finding {
    let there = path.ancestors().find(|path| path.exists()).unwrap_or(path);
    let shown = path.display();
    match access(there, AccessFlags::W_OK | AccessFlags::X_OK) {
        Ok(()) if there == path => ok(name, shown.to_string()),
        Ok(()) => ok(name, format!("{shown} (to be made)")),
        Err(e) => missing(name, format!("{}: {}", there.display(), e.desc()), "name another by a flag"),
    }
}

fn server(address: &Path) -> Finding {
    match UnixStream::connect(address) {
        Ok(_) => ok("server", format!("at {}", address.display())),
        Err(_) => ok("server", format!("none at {}: commands work without one", address.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn rights_and_limits() {
        assert_eq!(rights("CapEff:\t000001ffffffffff\n").state, State::Ok);
        let lacking = rights("CapEff:\t000001fffeffffff\n");
        assert!(lacking.state == State::Limited && lacking.detail.contains("SYS_RESOURCE"), "{lacking:?}");
        assert_ne!(rights("").state, State::Ok);
        let line =
            |hard: &str| format!("Limit  Soft  Hard\nMax open files            1024    {hard}    files\n");
        assert_eq!(files(&line("1024")).state, State::Limited);
        assert_eq!(files(&line("1048576")).state, State::Ok);
    }

    #[test]
    fn folders_that_can_be_made_will_do() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(folder("x", &dir.path().join("a/b")).state, State::Ok);
    }
}
