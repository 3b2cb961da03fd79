//! config.json becomes the Bootstrap: what ocirun-init is to do; pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result};
use oci_spec::runtime::{self as oci, Capability, LinuxDeviceType, Spec};
use ocirun_init::{
    Bootstrap, Capabilities, ConsoleSize, Device, Hook, Hooks, IoPriority, MemoryPolicy, Mount, Process,
    Rlimit, Root, Scheduler, User, VERSION,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::Launch;
use crate::namespace::{self, Namespaces};
use crate::{idmap, loose, netdev};

/// The newest runtime specification that is followed.
pub const SPEC_VERSION: &str = "1.3.0";

/// Everything but descriptors, which need a kernel.
pub fn bootstrap(spec: &Spec, ns: &Namespaces, launch: &Launch, bundle: &Path) -> Result<Bootstrap> {
    let root = spec.root().as_ref().context("root property must not be empty")?;
    let process = spec.process().as_ref().context("process property must not be empty")?;
    let rootfs = bundle.join(root.path());
    let linux = linux(spec);
    let mounts = spec.mounts().iter().flatten().map(|m| mount(m, bundle, &rootfs)).collect::<Vec<_>>();
    let hooks = spec.hooks().clone().unwrap_or_default();
    let list = |h: &Option<Vec<oci::Hook>>| h.iter().flatten().map(hook).collect::<Vec<_>>();
    let inside = Hooks {
        create_container: list(hooks.create_container()),
        start_container: list(hooks.start_container()),
        state: Value::Null,
    };
    let inside = if inside.is_empty() {
        inside
    } else {
        Hooks { state: hook_state(spec, &launch.id, bundle, "creating", 0), ..inside }
    };
    Ok(Bootstrap {
        version: VERSION,
        id: launch.id.clone(),
        rootfs: text(&rootfs),
        rootfs_propagation: linux.rootfs_propagation().clone().filter(|p| !p.is_empty()),
        no_pivot: launch.no_pivot,
        namespaces: namespace::names(ns.new),
        // The nodes that every container has are init's to know.
        devices: linux.devices().iter().flatten().map(device).collect(),
        mounts,
        root: Root {
            readonly: root.readonly().unwrap_or(false),
            masked_paths: linux.masked_paths().clone().unwrap_or_default(),
            readonly_paths: linux.readonly_paths().clone().unwrap_or_default(),
        },
        hostname: spec.hostname().clone().filter(|h| !h.is_empty()),
        domainname: spec.domainname().clone().filter(|d| !d.is_empty()),
        sysctl: linux.sysctl().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect(),
        mount_label: linux.mount_label().clone().filter(|l| !l.is_empty()),
        new_keyring: !launch.no_new_keyring,
        process: Process {
            memory_policy: linux.memory_policy().as_ref().map(memory_policy),
            personality: linux.personality().as_ref().map(personality),
            ..self::process(process)
        },
        wait_for_hooks: waits_for_hooks(&hooks) || netdev::any(spec),
        hooks: inside,
        ..Bootstrap::default()
    })
}

/// The host's id of the program's user, where the container makes a user namespace.
pub fn cgroup_owner(spec: &Spec, ns: &Namespaces) -> Option<u32> {
    let linux = spec.linux().as_ref().filter(|_| ns.makes(libc::CLONE_NEWUSER))?;
    idmap::on_host(spec.process().as_ref()?.user().uid(), linux.uid_mappings().as_deref()?)
}

/// Whether the container is to manage its cgroup: it sees it as the top, and may write there.
pub fn manages_cgroup(spec: &Spec, ns: &Namespaces) -> bool {
    let writable = |m: &oci::Mount| {
        let is = |word: &str| m.options().iter().flatten().any(|o| o == word);
        m.typ().as_deref().is_some_and(|kind| kind == "cgroup" || kind == "cgroup2") && !is("ro")
    };
    ns.makes(libc::CLONE_NEWCGROUP) && spec.mounts().iter().flatten().any(writable)
}

/// The part for Linux; a config.json without one asks for nothing. (The default of the crate's
/// type is a whole container's.)
pub fn linux(spec: &Spec) -> Cow<'_, oci::Linux> {
    match spec.linux() {
        // Never a copy: a seccomp profile has a thousand words.
        Some(linux) => Cow::Borrowed(linux),
        None => Cow::Owned(serde_json::from_str("{}").expect("every field is optional")),
    }
}

/// The Bootstrap of a process that joins.
pub fn join(id: &str, process: Process) -> Bootstrap {
    Bootstrap { version: VERSION, id: id.to_string(), join: true, process, ..Bootstrap::default() }
}

/// Whether ocirun has hooks of its own to run while init waits.
#[allow(deprecated)]
pub fn waits_for_hooks(hooks: &oci::Hooks) -> bool {
    [hooks.prestart(), hooks.create_runtime()].into_iter().flatten().any(|list| !list.is_empty())
}

/// The container's state as a hook reads it (runtime-spec, runtime.md, "State").
pub fn hook_state(spec: &Spec, id: &str, bundle: &Path, status: &str, pid: i32) -> Value {
    let annotations: BTreeMap<_, _> = spec.annotations().iter().flatten().collect();
    state_json(spec.version(), id, status, pid, bundle, json!(annotations))
}

pub fn state_json(
    version: &str,
    id: &str,
    status: &str,
    pid: i32,
    bundle: &Path,
    annotations: Value,
) -> Value {
    let mut state =
        json!({"ociVersion": version, "id": id, "status": status, "pid": pid, "bundle": text(bundle)});
    if annotations.as_object().is_some_and(|a| !a.is_empty()) {
        state["annotations"] = annotations;
    }
    state
}

pub fn process(p: &oci::Process) -> Process {
    Process {
        args: p.args().clone().unwrap_or_default(),
        env: p.env().clone().unwrap_or_default(),
        cwd: text(p.cwd()),
        user: User {
            uid: p.user().uid(),
            gid: p.user().gid(),
            umask: p.user().umask(),
            additional_gids: p.user().additional_gids().clone().unwrap_or_default(),
            keep_groups: false,
        },
        terminal: p.terminal().unwrap_or(false),
        console_size: p.console_size().filter(|b| b.height() > 0 && b.width() > 0).map(|b| ConsoleSize {
            height: b.height().min(u16::MAX.into()) as u16,
            width: b.width().min(u16::MAX.into()) as u16,
        }),
        capabilities: p.capabilities().as_ref().map(capabilities),
        rlimits: p
            .rlimits()
            .iter()
            .flatten()
            .map(|r| Rlimit { kind: r.typ().to_string(), soft: r.soft(), hard: r.hard() })
            .collect(),
        no_new_privileges: p.no_new_privileges().unwrap_or(false),
        apparmor_profile: p.apparmor_profile().clone().filter(|l| !l.is_empty()),
        selinux_label: p.selinux_label().clone().filter(|l| !l.is_empty()),
        scheduler: p.scheduler().as_ref().map(|s| Scheduler {
            policy: s.policy().to_string(),
            nice: s.nice().unwrap_or(0),
            priority: s.priority().unwrap_or(0),
            flags: s.flags().iter().flatten().map(|flag| loose::kernel_name(&word(flag))).collect(),
            runtime: s.runtime().unwrap_or(0),
            deadline: s.deadline().unwrap_or(0),
            period: s.period().unwrap_or(0),
        }),
        io_priority: p
            .io_priority()
            .as_ref()
            .map(|i| IoPriority { class: i.class().to_string(), priority: i.priority() as i32 }),
        cpu_affinity: None,
        personality: None,
        memory_policy: None,
    }
}

pub fn capabilities(c: &oci::LinuxCapabilities) -> Capabilities {
    Capabilities {
        bounding: caps(c.bounding()),
        effective: caps(c.effective()),
        permitted: caps(c.permitted()),
        inheritable: caps(c.inheritable()),
        ambient: caps(c.ambient()),
    }
}

fn caps(set: &Option<HashSet<Capability>>) -> Vec<String> {
    let mut names: Vec<_> = set.iter().flatten().map(|c| format!("CAP_{c}")).collect();
    names.sort();
    names
}

/// One mount, of a bundle and the root filesystem that lie there.
pub fn mount(m: &oci::Mount, bundle: &Path, rootfs: &Path) -> Mount {
    let options = m.options().clone().unwrap_or_default();
    let kind = m.typ().clone().unwrap_or_default();
    let source = m.source().as_deref().map(text).unwrap_or_default();
    let below = |path: &str| Path::new(path).strip_prefix(rootfs).ok().map(text);
    // A bind source is a host path; any other source is a mere word.
    let (source, inside) = if is_bind(&kind, &options) {
        let source = text(&bundle.join(source));
        let inside = below(&source);
        (source, inside)
    } else {
        (source, None)
    };
    let destination = text(m.destination());
    // Some name the destination as the host sees it.
    let destination = below(&destination).map_or(destination, |path| format!("/{path}"));
    Mount { destination, kind, source, inside, options, ..Mount::default() }
}

/// A bind mount is one by its options, whatever its type says.
pub fn is_bind(kind: &str, options: &[String]) -> bool {
    kind == "bind" || options.iter().any(|o| o == "bind" || o == "rbind")
}

fn device(d: &oci::LinuxDevice) -> Device {
    Device {
        path: text(d.path()),
        kind: match d.typ() {
            LinuxDeviceType::A => "a",
            LinuxDeviceType::B => "b",
            LinuxDeviceType::C => "c",
            LinuxDeviceType::U => "u",
            LinuxDeviceType::P => "p",
        }
        .to_string(),
        major: d.major(),
        minor: d.minor(),
        file_mode: d.file_mode(),
        uid: d.uid().unwrap_or(0),
        gid: d.gid().unwrap_or(0),
        source: None,
        fd: None,
    }
}

fn hook(h: &oci::Hook) -> Hook {
    Hook {
        path: text(h.path()),
        args: h.args().clone().unwrap_or_default(),
        env: h.env().clone(),
        timeout: h.timeout().and_then(|t| u64::try_from(t).ok()),
    }
}

pub fn memory_policy(p: &oci::LinuxMemoryPolicy) -> MemoryPolicy {
    MemoryPolicy {
        mode: word(&p.mode()),
        nodes: p.nodes().clone().unwrap_or_default(),
        flags: p.flags().iter().flatten().map(word).collect(),
    }
}

/// The number of personality(2): PER_LINUX or PER_LINUX32.
pub fn personality(p: &oci::LinuxPersonality) -> u64 {
    match p.domain() {
        oci::LinuxPersonalityDomain::PerLinux => 0,
        oci::LinuxPersonalityDomain::PerLinux32 => 8,
    }
}

/// A word of the specification, as it stands in config.json.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn launch() -> Launch {
        Launch {
            bundle: PathBuf::from("."),
            config: None,
            console_socket: None,
            pidfd_socket: None,
            pid_file: None,
            no_pivot: false,
            no_new_keyring: true,
            preserve_fds: 0,
            id: "web".into(),
        }
    }

    fn plan(json: &str) -> Bootstrap {
        let spec: Spec = serde_json::from_str(json).expect("a config");
        let wanted = spec.linux().as_ref().and_then(|l| l.namespaces().clone()).unwrap_or_default();
        let ns = Namespaces::parse(&wanted).expect("namespaces");
        bootstrap(&spec, &ns, &launch(), Path::new("/b")).expect("a plan")
    }

    #[test]
    fn a_small_config() {
        let b = plan(
            r#"{"ociVersion":"1.0.2","root":{"path":"r","readonly":true},
            "process":{"user":{"uid":1,"gid":2},"cwd":"/","args":["sh"],
              "capabilities":{"bounding":["CAP_KILL","CAP_CHOWN"],"inheritable":["CAP_KILL"]}},
            "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
                      {"destination":"/d","type":"none","source":"d","options":["rbind","ro"]}],
            "hooks":{"createContainer":[{"path":"/h","timeout":3}]},
            "linux":{"namespaces":[{"type":"mount"},{"type":"network","path":"/n"}],
              "devices":[{"path":"/dev/null","type":"c","major":1,"minor":3,"uid":7}]}}"#,
        );
        assert_eq!(b.rootfs, "/b/r");
        assert_eq!(b.namespaces, ["mount"]);
        assert_eq!(b.mounts[0].source, "proc");
        assert_eq!(b.mounts[1].source, "/b/d");
        assert_eq!(b.process.capabilities.as_ref().unwrap().bounding, ["CAP_CHOWN", "CAP_KILL"]);
        assert_eq!(b.process.capabilities.as_ref().unwrap().inheritable, ["CAP_KILL"]);
        assert_eq!(b.devices.len(), 1);
        assert_eq!(b.devices[0].uid, 7);
        assert_eq!(b.hooks.create_container[0].timeout, Some(3));
        assert_eq!(b.hooks.state["status"], "creating");
        assert!(!b.wait_for_hooks && b.root.readonly);
    }
}
