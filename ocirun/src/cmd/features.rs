//! `ocirun features`: what this runtime can do, in the form of the runtime specification.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::cli::Features;
use crate::probe::{self, Missing};
use crate::{annotation, caps, loose, mount_option, namespace, plan, seccomp, stdout};

/// The annotation by which runc says that it can checkpoint.
const CHECKPOINT: &str = "org.opencontainers.runc.checkpoint.enabled";

pub fn features(args: &Features) -> Result<i32> {
    let known = seccomp::known();
    let mut namespaces: Vec<_> = namespace::ALL.iter().map(|(name, _, _)| *name).collect();
    namespaces.sort_unstable();
    let hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];
    let mut features = json!({
        "ociVersionMin": "1.0.0",
        "ociVersionMax": plan::SPEC_VERSION,
        "hooks": hooks,
        "mountOptions": mount_option::ALL,
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
            CHECKPOINT: "true",
            "ocirun.version": env!("CARGO_PKG_VERSION"),
        },
    });
    if args.probe {
        leave_out(&mut features, &probe::missing());
    }
    let text = serde_json::to_string_pretty(&features).context("encode the features")?;
    stdout::print(&(text + "\n"))?;
    Ok(0)
}

/// Takes away what is not to be had here. An annotation says why, under the place where it stood:
/// `io.ctrd.unavailable.linux.namespaces.time`.
fn leave_out(features: &mut Value, missing: &[Missing]) {
    for Missing { what, why, .. } in missing {
        let (place, name) = what.rsplit_once('.').unwrap_or(("", what.as_str()));
        let at = if place.is_empty() { String::new() } else { format!("/{}", place.replace('.', "/")) };
        match features.pointer_mut(&at) {
            Some(Value::Array(list)) => list.retain(|entry| entry != name),
            Some(Value::Object(map)) => match map.get_mut(name) {
                Some(Value::Object(part)) if part.contains_key("enabled") => {
                    part.retain(|_, value| value.is_boolean());
                    part.values_mut().for_each(|value| *value = false.into());
                }
                Some(Value::Bool(there)) => *there = false,
                Some(Value::Array(list)) => list.clear(),
                Some(_) => drop(map.remove(name)),
                None => {}
            },
            _ => {}
        }
        if what == "checkpoint" {
            features["annotations"][CHECKPOINT] = "false".into();
        }
        features["annotations"][format!("io.ctrd.unavailable.{what}")] = why.as_str().into();
    }
}

fn libseccomp_version() -> String {
    libseccomp::ScmpVersion::current()
        .map(|v| format!("{}.{}.{}", v.major, v.minor, v.micro))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(what: &str) -> Missing {
        Missing { what: what.into(), why: "it is so".into(), hint: None }
    }

    #[test]
    fn what_is_missing_is_left_out_with_its_reason() {
        let whole = json!({
            "mountOptions": ["ro", "rro"],
            "linux": {
                "namespaces": ["pid", "time"],
                "capabilities": ["CAP_KILL", "CAP_BPF"],
                "cgroup": {"v1": true, "v2": true},
                "seccomp": {"enabled": true, "actions": ["SCMP_ACT_LOG"]},
                "intelRdt": {"enabled": true, "schemata": true},
                "memoryPolicy": {"modes": ["MPOL_BIND"]},
            },
            "annotations": {CHECKPOINT: "true"},
        });
        for (what, place, want) in [
            ("linux.namespaces.time", "/linux/namespaces", json!(["pid"])),
            ("mountOptions.rro", "/mountOptions", json!(["ro"])),
            ("linux.cgroup.v2", "/linux/cgroup", json!({"v1": true, "v2": false})),
            ("linux.capabilities.CAP_BPF", "/linux/capabilities", json!(["CAP_KILL"])),
            ("linux.capabilities", "/linux/capabilities", json!([])),
            ("linux.seccomp", "/linux/seccomp", json!({"enabled": false})),
            ("linux.intelRdt", "/linux/intelRdt", json!({"enabled": false, "schemata": false})),
        ] {
            let mut features = whole.clone();
            leave_out(&mut features, &[missing(what)]);
            assert_eq!(features.pointer(place), Some(&want), "{what}");
            assert_eq!(features["annotations"][format!("io.ctrd.unavailable.{what}")], "it is so");
        }
        let mut features = whole.clone();
        leave_out(
            &mut features,
            &[missing("linux.memoryPolicy"), missing("checkpoint"), missing("linux.resources")],
        );
        assert!(features.pointer("/linux/memoryPolicy").is_none());
        assert_eq!(features["annotations"][CHECKPOINT], "false");
    }
}
