//! What is refused before anything is done; pure.

use std::path::{Component, Path};

use anyhow::{Error, Result, anyhow, bail, ensure};
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

/// A whole config.json: the first thing about it that is refused.
pub fn spec(spec: &Spec, ns: &Namespaces) -> Result<()> {
    let mut first = None;
    each(spec, ns, &mut |_, problem| {
        first.get_or_insert(problem);
    });
    first.map_or(Ok(()), Err)
}

/// Takes a place in config.json, and what is wrong there.
pub type Found<'a> = &'a mut dyn FnMut(String, Error);

/// Everything about a config.json that is refused.
pub fn each(spec: &Spec, ns: &Namespaces, found: Found) {
    see(version(spec.version()), "ociVersion", found);
    match spec.root() {
        None => found("root".into(), anyhow!("root property must not be empty")),
        Some(root) if root.path().as_os_str().is_empty() => {
            found("root.path".into(), anyhow!("root.path must not be empty"));
        }
        Some(_) => {}
    }
    match spec.process() {
        None => found("process".into(), anyhow!("process property must not be empty")),
        Some(process) => each_of_process(process, found),
    }
    for (name, value) in [("hostname", spec.hostname()), ("domainname", spec.domainname())] {
        if value.as_deref().is_some_and(|s| !s.is_empty()) && !ns.has(libc::CLONE_NEWUTS) {
            found(name.into(), anyhow!("unable to set hostname without a private UTS namespace"));
        }
    }
    for (number, mount) in spec.mounts().iter().flatten().enumerate() {
        let to = mount.destination();
        if to.as_os_str().is_empty() {
            found(format!("mounts[{number}].destination"), anyhow!("mount destination must not be empty"));
        }
        if mount.uid_mappings().is_some() != mount.gid_mappings().is_some() {
            let to = to.display();
            found(
                format!("mounts[{number}]"),
                anyhow!("mounts of {to}: uidMappings and gidMappings go together"),
            );
        }
    }
    for (kind, list) in spec.hooks().iter().flat_map(hook_lists) {
        for (n, hook) in list.iter().flatten().enumerate() {
            let path = hook.path();
            if !path.is_absolute() {
                let problem = anyhow!("{kind} hook #{n}: path {} is not absolute", path.display());
                found(format!("hooks.{kind}[{n}].path"), problem);
            }
            if hook.timeout().is_some_and(|t| t <= 0) {
                let problem = anyhow!("{kind} hook #{n}: timeout must be above 0");
                found(format!("hooks.{kind}[{n}].timeout"), problem);
            }
        }
    }
    if let Some(linux) = spec.linux() {
        linux_part(spec, linux, ns, found);
    }
}

fn see(result: Result<()>, place: impl Into<String>, found: Found) {
    if let Err(problem) = result {
        found(place.into(), problem);
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

/// The process of config.json, or of `exec`: the first thing about it that is refused.
pub fn process(process: &Process) -> Result<()> {
    let mut first = None;
    each_of_process(process, &mut |_, problem| {
        first.get_or_insert(problem);
    });
    first.map_or(Ok(()), Err)
}

fn each_of_process(process: &Process, found: Found) {
    let cwd = process.cwd();
    if cwd.as_os_str().is_empty() {
        found("process.cwd".into(), anyhow!("Cwd property must not be empty"));
    } else if !cwd.is_absolute() {
        found("process.cwd".into(), anyhow!("Cwd must be an absolute path"));
    }
    if process.args().as_ref().is_none_or(Vec::is_empty) {
        found("process.args".into(), anyhow!("args must not be empty"));
    }
    for (name, list) in [("args", process.args()), ("env", process.env())] {
        for (number, text) in list.iter().flatten().enumerate() {
            if text.contains('\0') {
                let problem = anyhow!("args and env must not contain null bytes");
                found(format!("process.{name}[{number}]"), problem);
            }
        }
    }
}

fn linux_part(spec: &Spec, linux: &Linux, ns: &Namespaces, found: Found) {
    for (name, paths) in [("maskedPaths", linux.masked_paths()), ("readonlyPaths", linux.readonly_paths())] {
        if paths.as_ref().is_some_and(|p| !p.is_empty()) && !ns.has(libc::CLONE_NEWNS) {
            let problem = anyhow!("unable to restrict sys entries without a private MNT namespace");
            found(format!("linux.{name}"), problem);
        }
    }
    for (name, maps) in [("uidMappings", linux.uid_mappings()), ("gidMappings", linux.gid_mappings())] {
        let mapped = maps.as_ref().is_some_and(|m| !m.is_empty());
        if ns.makes(libc::CLONE_NEWUSER) && !mapped {
            let problem = anyhow!("user namespaces enabled, but no uid or gid mappings found");
            found(format!("linux.{name}"), problem);
        } else if !ns.has(libc::CLONE_NEWUSER) && mapped {
            let problem =
                anyhow!("user namespace mappings specified, but user namespace isn't enabled in the config");
            found(format!("linux.{name}"), problem);
        }
    }
    if linux.time_offsets().as_ref().is_some_and(|t| !t.is_empty()) && !ns.makes(libc::CLONE_NEWTIME) {
        let problem = anyhow!("time namespace offsets specified, but no new time namespace");
        found("linux.timeOffsets".into(), problem);
    }
    if let Some(path) = linux.cgroups_path() {
        see(cgroup_path(path), "linux.cgroupsPath", found);
    }
    for key in linux.sysctl().iter().flatten().map(|(key, _)| key) {
        if let Err(problem) = sysctl(key, spec, ns) {
            found(format!("linux.sysctl[{key:?}]"), problem);
        }
    }
    let unified = linux.resources().as_ref().and_then(|r| r.unified().as_ref());
    for key in unified.into_iter().flat_map(|u| u.keys()) {
        if key.contains('/') || key.starts_with('.') {
            let problem = anyhow!("unified resource {key:?} must be a file name");
            found(format!("linux.resources.unified[{key:?}]"), problem);
        }
    }
    see(netdev::check(linux, ns), "linux.netDevices", found);
    let propagation = linux.rootfs_propagation().as_deref().unwrap_or("");
    if !PROPAGATION.contains(&propagation) {
        let problem = anyhow!("rootfsPropagation={propagation} is not supported");
        found("linux.rootfsPropagation".into(), problem);
    }
}

const PROPAGATION: [&str; 9] =
    ["", "shared", "rshared", "slave", "rslave", "private", "rprivate", "unbindable", "runbindable"];

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
            // Of several the first.
            ("", r#","sysctl":{"net.x":"1"},"rootfsPropagation":"odd""#, "host network"),
        ] {
            let e = check(&whole(ns, more)).expect_err(want).to_string();
            assert!(e.contains(want), "{e} / {want}");
        }
        assert!(check(&whole(r#",{"type":"network"}"#, r#","sysctl":{"net/core/somaxconn":"1"}"#)).is_ok());
    }

    #[test]
    fn any_text_is_one_component_or_no_id() {
        crate::chance::cases(20_000, |c| {
            let text = c.text(&["web", "..", ".", "a", "_", "+"]);
            if id(&text).is_ok() {
                let path = Path::new("/top").join(&text);
                assert_eq!(
                    (path.parent(), path.components().count()),
                    (Some(Path::new("/top")), 3),
                    "{text:?}"
                );
            }
        });
    }
}
