//! A bundle for the holder of a pod's namespaces, from what the caller says of the pod.

use std::path::Path;

use anyhow::{Context, Result};
use ctrd_shim::any;
use ctrd_shim::api::pod::{NamespaceMode, PodSandboxConfig};
use ctrd_shim::api::runc;
use ctrd_shim::api::sandbox::CreateSandboxRequest;
use serde_json::{Value, json};

use crate::bundle;

pub fn write(dir: &Path, request: &CreateSandboxRequest, options: &runc::Options) -> Result<()> {
    let pod = match request.options.as_ref().and_then(any::unpack::<PodSandboxConfig>) {
        None => PodSandboxConfig::default(),
        Some(pod) => pod.context("decode the pod's configuration")?,
    };
    let exe = std::env::current_exe().context("find our own executable")?;
    std::fs::create_dir_all(dir.join("rootfs")).context("create rootfs")?;
    let config = config(request, &pod, options.systemd_cgroup, &exe);
    bundle::write(&dir.join("config.json"), &serde_json::to_vec(&config)?)
}

/// The config.json. Pure.
fn config(request: &CreateSandboxRequest, pod: &PodSandboxConfig, systemd: bool, exe: &Path) -> Value {
    let linux = pod.linux.clone().unwrap_or_default();
    let own = linux.security_context.unwrap_or_default().namespace_options.unwrap_or_default();
    let on_host = |mode: i32| mode == NamespaceMode::Node as i32;
    let mut namespaces = vec![json!({"type": "mount"})];
    if !on_host(own.network) {
        namespaces.push(json!({"type": "uts"}));
        namespaces.push(match request.netns_path.as_str() {
            "" => json!({"type": "network"}),
            path => json!({"type": "network", "path": path}),
        });
    }
    if !on_host(own.ipc) {
        namespaces.push(json!({"type": "ipc"}));
    }
    if !on_host(own.pid) {
        namespaces.push(json!({"type": "pid"}));
    }
    let mut config = json!({
        "ociVersion": "1.1.0",
        "root": {"path": "rootfs", "readonly": true},
        "process": {
            "args": ["/pause", "pause"],
            "cwd": "/",
            "user": {"uid": 65535, "gid": 65535},
            "noNewPrivileges": true,
        },
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]},
            {"destination": "/pause", "type": "bind", "source": exe, "options": ["bind", "ro", "nosuid", "nodev"]},
        ],
        "annotations": request.annotations,
        "linux": {
            "namespaces": namespaces,
            "sysctl": linux.sysctls,
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    });
    if !pod.hostname.is_empty() && !on_host(own.network) {
        config["hostname"] = json!(pod.hostname);
    }
    let parent = linux.cgroup_parent;
    if systemd {
        let slice = parent.rsplit('/').next().unwrap_or_default();
        config["linux"]["cgroupsPath"] = json!(format!("{slice}:cri-containerd:{}", request.sandbox_id));
    } else if !parent.is_empty() {
        config["linux"]["cgroupsPath"] = json!(Path::new(&parent).join(&request.sandbox_id));
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctrd_shim::api::pod::{LinuxPodSandboxConfig, LinuxSandboxSecurityContext, NamespaceOption};

    fn kinds(config: &Value) -> Vec<&str> {
        config["linux"]["namespaces"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["type"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn namespaces_follow_the_pod() {
        let request = CreateSandboxRequest {
            sandbox_id: "pod".into(),
            netns_path: "/run/netns/a".into(),
            ..Default::default()
        };
        let exe = Path::new("/bin/ctrd-shim");
        let mut pod = PodSandboxConfig { hostname: "web".into(), ..Default::default() };
        let got = config(&request, &pod, false, exe);
        assert_eq!(kinds(&got), ["mount", "uts", "network", "ipc", "pid"]);
        assert_eq!(got["linux"]["namespaces"][2]["path"], "/run/netns/a");
        assert_eq!((&got["hostname"], got["linux"].get("cgroupsPath")), (&json!("web"), None));

        let node = NamespaceMode::Node as i32;
        let namespace_options = Some(NamespaceOption { network: node, pid: node, ipc: 0 });
        pod.linux = Some(LinuxPodSandboxConfig {
            cgroup_parent: "/kubepods/x".into(),
            security_context: Some(LinuxSandboxSecurityContext { namespace_options }),
            ..Default::default()
        });
        let got = config(&request, &pod, false, exe);
        assert_eq!(kinds(&got), ["mount", "ipc"]);
        assert_eq!(got.get("hostname"), None);
        assert_eq!(got["linux"]["cgroupsPath"], "/kubepods/x/pod");
        let got = config(&request, &pod, true, exe);
        assert_eq!(got["linux"]["cgroupsPath"], "x:cri-containerd:pod");
    }
}
