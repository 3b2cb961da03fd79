//! `ocirun features`: what this runtime can do, in the form of the runtime specification.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{annotation, caps, loose, namespace, plan, seccomp, stdout};

/// Mount options that ocirun-init knows (runtime-spec, config.md, "Linux mount options").
const MOUNT_OPTIONS: [&str; 64] = [
    "async",
    "atime",
    "bind",
    "defaults",
    "dev",
    "diratime",
    "dirsync",
    "exec",
    "iversion",
    "lazytime",
    "loud",
    "mand",
    "noatime",
    "nodev",
    "nodiratime",
    "noexec",
    "noiversion",
    "nolazytime",
    "nomand",
    "norelatime",
    "nostrictatime",
    "nosuid",
    "nosymfollow",
    "private",
    "ratime",
    "rbind",
    "rdev",
    "rdiratime",
    "relatime",
    "remount",
    "rexec",
    "rnoatime",
    "rnodev",
    "rnodiratime",
    "rnoexec",
    "rnorelatime",
    "rnostrictatime",
    "rnosuid",
    "rnosymfollow",
    "ro",
    "rprivate",
    "rrelatime",
    "rro",
    "rrw",
    "rshared",
    "rslave",
    "rstrictatime",
    "rsuid",
    "rsymfollow",
    "runbindable",
    "rw",
    "shared",
    "silent",
    "slave",
    "strictatime",
    "suid",
    "symfollow",
    "sync",
    "tmpcopyup",
    "unbindable",
    "idmap",
    "ridmap",
    "acl",
    "noacl",
];

pub fn features() -> Result<i32> {
    let known = seccomp::known();
    let mut namespaces: Vec<_> = namespace::ALL.iter().map(|(name, _, _)| *name).collect();
    namespaces.sort_unstable();
    let mut options = MOUNT_OPTIONS.to_vec();
    options.sort_unstable();
    let hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];
    let features = json!({
        "ociVersionMin": "1.0.0",
        "ociVersionMax": plan::SPEC_VERSION,
        "hooks": hooks,
        "mountOptions": options,
        "linux": {
            "namespaces": namespaces,
            "capabilities": caps::known(),
            "cgroup": {"v1": true, "v2": true, "systemd": true, "systemdUser": true, "rdma": true},
            "seccomp": {
                "enabled": true,
                "actions": known.actions,
                "operators": known.operators,
                "archs": known.archs,
                "knownFlags": known.known_flags,
                "supportedFlags": known.supported_flags,
            },
            "apparmor": {"enabled": true},
            "selinux": {"enabled": true},
            "intelRdt": {"enabled": true, "schemata": true, "monitoring": true},
            "mountExtensions": {"idmap": {"enabled": true}},
            "netDevices": {"enabled": true},
            "memoryPolicy": {"modes": loose::MEMORY_MODES, "flags": loose::MEMORY_FLAGS},
        },
        "potentiallyUnsafeConfigAnnotations": annotation::ALL,
        "annotations": {
            "io.github.seccomp.libseccomp.version": libseccomp_version(),
            "org.opencontainers.runc.checkpoint.enabled": "true",
            "ocirun.version": env!("CARGO_PKG_VERSION"),
        },
    });
    let text = serde_json::to_string_pretty(&features).context("encode the features")?;
    stdout::print(&(text + "\n"))?;
    Ok(0)
}

fn libseccomp_version() -> String {
    libseccomp::ScmpVersion::current()
        .map(|v| format!("{}.{}.{}", v.major, v.minor, v.micro))
        .unwrap_or_default()
}
