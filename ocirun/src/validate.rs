//! What is refused before anything is done; pure.

use std::path::{Component, Path};

use anyhow::{Result, bail, ensure};
use oci_spec::runtime::{Hooks, Linux, Process, Spec};

use crate::namespace::Namespaces;
use crate::netdev;

/// A container's id is a file name everywhere.
pub fn id(id: &str) -> Result<()> {
    let known = |b: u8| b.is_ascii_alphanumeric() || b"_+.-".contains(&b);
    let fine = !id.is_empty() && id.len() <= 1024 && id != "." && id != ".." && id.bytes().all(known);
    ensure!(fine, "invalid container ID format");
    Ok(())
}

/// A whole config.json.
pub fn spec(spec: &Spec, ns: &Namespaces) -> Result<()> {
    version(spec.version())?;
    let Some(root) = spec.root() else { bail!("root property must not be empty") };
    ensure!(!root.path().as_os_str().is_empty(), "root.path must not be empty");
    let Some(proc) = spec.process() else { bail!("process property must not be empty") };
    process(proc)?;
    let text = |s: &Option<String>| s.as_deref().is_some_and(|s| !s.is_empty());
    if text(spec.hostname()) || text(spec.domainname()) {
        ensure!(ns.has(libc::CLONE_NEWUTS), "unable to set hostname without a private UTS namespace");
    }
    for mount in spec.mounts().iter().flatten() {
        let to = mount.destination();
        ensure!(!to.as_os_str().is_empty(), "mount destination must not be empty");
        ensure!(
            mount.uid_mappings().is_some() == mount.gid_mappings().is_some(),
            "mounts of {}: uidMappings and gidMappings go together",
            to.display()
        );
    }
    if let Some(hooks) = spec.hooks() {
        for (kind, list) in hook_lists(hooks) {
            for (n, hook) in list.iter().flatten().enumerate() {
                ensure!(
                    hook.path().is_absolute(),
                    "{kind} hook #{n}: path {} is not absolute",
                    hook.path().display()
                );
                ensure!(hook.timeout().is_none_or(|t| t > 0), "{kind} hook #{n}: timeout must be above 0");
            }
        }
    }
    match spec.linux() {
        Some(linux) => linux_part(spec, linux, ns),
        None => Ok(()),
    }
}

/// Only 1.x is known; a later 1.x only adds.
fn version(version: &str) -> Result<()> {
    let known = version.split('.').next() == Some("1") || version.starts_with("0.");
    ensure!(known, "unsupported ociVersion {version:?}");
    Ok(())
}

#[allow(deprecated)]
pub fn hook_lists(hooks: &Hooks) -> [(&'static str, &Option<Vec<oci_spec::runtime::Hook>>); 6] {
    [
        ("prestart", hooks.prestart()),
        ("createRuntime", hooks.create_runtime()),
        ("createContainer", hooks.create_container()),
        ("startContainer", hooks.start_container()),
        ("poststart", hooks.poststart()),
        ("poststop", hooks.poststop()),
    ]
}

/// The process of config.json, or of `exec`.
pub fn process(process: &Process) -> Result<()> {
    let cwd = process.cwd();
    ensure!(!cwd.as_os_str().is_empty(), "Cwd property must not be empty");
    ensure!(cwd.is_absolute(), "Cwd must be an absolute path");
    ensure!(process.args().as_ref().is_some_and(|a| !a.is_empty()), "args must not be empty");
    let strings = process.args().iter().flatten().chain(process.env().iter().flatten());
    for text in strings {
        ensure!(!text.contains('\0'), "args and env must not contain null bytes");
    }
    Ok(())
}

fn linux_part(spec: &Spec, linux: &Linux, ns: &Namespaces) -> Result<()> {
    let paths = |p: &Option<Vec<String>>| p.as_ref().is_some_and(|p| !p.is_empty());
    if paths(linux.masked_paths()) || paths(linux.readonly_paths()) {
        ensure!(ns.has(libc::CLONE_NEWNS), "unable to restrict sys entries without a private MNT namespace");
    }
    let mapped = |m: &Option<Vec<_>>| m.as_ref().is_some_and(|m: &Vec<_>| !m.is_empty());
    if ns.makes(libc::CLONE_NEWUSER) {
        ensure!(
            mapped(linux.uid_mappings()) && mapped(linux.gid_mappings()),
            "user namespaces enabled, but no uid or gid mappings found"
        );
    } else if !ns.has(libc::CLONE_NEWUSER) {
        ensure!(
            !mapped(linux.uid_mappings()) && !mapped(linux.gid_mappings()),
            "user namespace mappings specified, but user namespace isn't enabled in the config"
        );
    }
    if linux.time_offsets().as_ref().is_some_and(|t| !t.is_empty()) {
        ensure!(ns.makes(libc::CLONE_NEWTIME), "time namespace offsets specified, but no new time namespace");
    }
    if let Some(path) = linux.cgroups_path() {
        cgroup_path(path)?;
    }
    for (key, _) in linux.sysctl().iter().flatten() {
        sysctl(key, spec, ns)?;
    }
    let unified = linux.resources().as_ref().and_then(|r| r.unified().as_ref());
    for key in unified.into_iter().flat_map(|u| u.keys()) {
        ensure!(!key.contains('/') && !key.starts_with('.'), "unified resource {key:?} must be a file name");
    }
    netdev::check(linux, ns)?;
    match linux.rootfs_propagation().as_deref().unwrap_or("") {
        "" | "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" | "unbindable"
        | "runbindable" => Ok(()),
        other => bail!("rootfsPropagation={other} is not supported"),
    }
}

/// No part of a cgroup's path may lead upwards.
pub fn cgroup_path(path: &Path) -> Result<()> {
    let up = path.components().any(|c| c == Component::ParentDir);
    ensure!(!up, "cgroup path {} must not contain ..", path.display());
    Ok(())
}

/// A sysctl that belongs to no namespace of the container would change the host
/// (CVE-2022-0532).
fn sysctl(key: &str, spec: &Spec, ns: &Namespaces) -> Result<()> {
    let name = if key.contains('/') && !key.contains('.') { key.replace('/', ".") } else { key.to_string() };
    ensure!(!name.split('.').any(str::is_empty), "sysctl {key:?} is not a name");
    let ipc = ["kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall"]
        .iter()
        .chain(&["kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"])
        .any(|n| *n == name);
    if ipc || name.starts_with("fs.mqueue.") {
        ensure!(ns.has(libc::CLONE_NEWIPC), "sysctl {key:?} is not allowed in the hosts ipc namespace");
        return Ok(());
    }
    if name.starts_with("net.") {
        ensure!(ns.has(libc::CLONE_NEWNET), "sysctl {key:?} not allowed in host network namespace");
        return Ok(());
    }
    if name == "kernel.domainname" {
        ensure!(ns.has(libc::CLONE_NEWUTS), "sysctl {key:?} is not allowed in the hosts UTS namespace");
        return Ok(());
    }
    if name == "kernel.hostname" {
        let set = spec.hostname().as_deref().is_some_and(|h| !h.is_empty());
        ensure!(!set, "sysctl {key:?} conflicts with the OCI spec hostname field");
        ensure!(ns.has(libc::CLONE_NEWUTS), "sysctl {key:?} is not allowed in the hosts UTS namespace");
        return Ok(());
    }
    if name.starts_with("user.") {
        ensure!(ns.has(libc::CLONE_NEWUSER), "sysctl {key:?} is not allowed in the hosts user namespace");
        return Ok(());
    }
    bail!("sysctl {key:?} is not in a separate kernel namespace")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<()> {
        let spec: Spec = serde_json::from_str(json).expect("a config");
        let wanted = spec.linux().as_ref().and_then(|l| l.namespaces().clone()).unwrap_or_default();
        super::spec(&spec, &Namespaces::parse(&wanted)?)
    }

    #[test]
    fn ids() {
        for good in ["web", "a.b_c+d-e", "...", "x"] {
            assert!(id(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a b", "ü", "a\n", &"x".repeat(1025)] {
            assert!(id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn configs() {
        let whole = |ns: &str, more: &str| {
            format!(
                r#"{{"ociVersion":"1.0.2","root":{{"path":"rootfs"}},"process":{{"user":{{}},"cwd":"/","args":["sh"]}},
                "linux":{{"namespaces":[{{"type":"mount"}}{ns}]{more}}}}}"#
            )
        };
        assert!(check(&whole("", "")).is_ok());
        for (ns, more, want) in [
            ("", r#","sysctl":{"kernel.core_pattern":"x"}"#, "separate kernel namespace"),
            ("", r#","sysctl":{"net.core.somaxconn":"1"}"#, "host network"),
            ("", r#","sysctl":{"kernel.shmmax":"1"}"#, "ipc namespace"),
            ("", r#","cgroupsPath":"/a/../b""#, ".."),
            (r#",{"type":"user"}"#, "", "mappings"),
            ("", r#","uidMappings":[{"containerID":0,"hostID":1,"size":1}]"#, "isn't enabled"),
            ("", r#","rootfsPropagation":"odd""#, "not supported"),
            ("", r#","resources":{"unified":{"../../x":"1"}}"#, "file name"),
        ] {
            let e = check(&whole(ns, more)).expect_err(want).to_string();
            assert!(e.contains(want), "{e} / {want}");
        }
        assert!(check(&whole(r#",{"type":"network"}"#, r#","sysctl":{"net/core/somaxconn":"1"}"#)).is_ok());
    }
}
