//! From an image's configuration and the user's wishes to a runtime's config.json. Pure: what
//! has to be read (the root filesystem's user files) is read by [`user::resolve`] before.
//!
//! ```no_run
//! # use ctrd::spec::{self, Options};
//! # fn f(image: &oci_spec::image::Config, root: &std::path::Path) -> ctrd::error::Result<()> {
//! let options = Options { namespace: "default".into(), id: "web".into(), ..Options::default() };
//! let user = spec::user::resolve(root, spec::user_name(&options, Some(image)))?;
//! let config = spec::config(&options, Some(image), &user)?;
//! let json = spec::to_json(&config)?;
//! # Ok(()) }
//! ```

pub mod annotation;
pub mod confine;
pub mod default;
pub mod label;
pub mod mount;
pub mod process;
pub mod resource;
pub mod seccomp;
pub mod user;

use std::collections::HashMap;
use std::path::PathBuf;

use oci_spec::image::Config as ImageConfig;
use oci_spec::runtime::{Linux, LinuxNamespaceType, Mount, Root, Spec};

use crate::error::{Error, Result};
use confine::Confinement;
use user::User;

/// The type URL under which a container's spec travels in an `Any`.
pub const TYPE_URL: &str = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
/// The type URL of a process, for an exec.
pub const PROCESS_TYPE_URL: &str = "types.containerd.io/opencontainers/runtime-spec/1/Process";
/// The type URL of resources, for an update.
pub const RESOURCES_TYPE_URL: &str = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";

/// What is asked for beside the image. Empty or `None` leaves the image's or the default value.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub namespace: String,
    pub id: String,
    /// An existing folder as the root; otherwise the bundle's `rootfs`, where snapshots are mounted.
    pub rootfs: Option<PathBuf>,
    pub read_only: bool,
    /// In place of the image's command; its entrypoint stays in front.
    pub args: Vec<String>,
    /// In place of the image's entrypoint; the image's command then goes too.
    pub entrypoint: Option<Vec<String>>,
    /// `NAME=value`, or a bare `NAME` that takes the image's away.
    pub env: Vec<String>,
    pub user: Option<String>,
    pub workdir: Option<String>,
    pub hostname: Option<String>,
    pub terminal: bool,
    /// After the default mounts; one at the same destination replaces the default one.
    pub mounts: Vec<Mount>,
    /// Bytes.
    pub memory: Option<i64>,
    pub cpus: Option<resource::Cpus>,
    /// `-1` is without limit.
    pub pids_limit: Option<i64>,
    /// Stay in the host's network namespace.
    pub host_network: bool,
    /// Share the network, IPC and UTS namespaces of this process.
    pub joined: Option<u32>,
    pub seccomp: seccomp::Choice,
    pub annotations: HashMap<String, String>,
    /// In place of the image's.
    pub stop_signal: Option<String>,
    pub confinement: Confinement,
}

/// The user that applies: the one asked for, else the image's, else none (root).
pub fn user_name<'a>(options: &'a Options, image: Option<&'a ImageConfig>) -> &'a str {
    options.user.as_deref().or_else(|| image?.user().as_deref()).unwrap_or_default()
}

/// The config.json for one container.
pub fn config(options: &Options, image: Option<&ImageConfig>, user: &User) -> Result<Spec> {
    let mut root = Root::default();
    root.set_path(options.rootfs.clone().unwrap_or_else(|| PathBuf::from("rootfs")));
    root.set_readonly(Some(options.read_only));

    let mut annotations = options.annotations.clone();
    let signal = options.stop_signal.clone().or_else(|| image.and_then(|i| i.stop_signal().clone()));
    if let Some(signal) = signal.filter(|s| !s.is_empty()) {
        annotations.entry(label::STOP_SIGNAL_ANNOTATION.to_string()).or_insert(signal);
    }

    let mut spec = Spec::default();
    spec.set_version(default::OCI_VERSION.to_string());
    spec.set_root(Some(root));
    spec.set_hostname(options.hostname.clone());
    spec.set_mounts(Some(mount::merge(
        options.confinement.mounts(default::mounts()),
        options.mounts.clone(),
    )?));
    spec.set_process(Some(process::init(options, image, user)?));
    spec.set_linux(Some(linux(options)?));
    spec.set_annotations((!annotations.is_empty()).then_some(annotations));
    Ok(spec)
}

fn linux(options: &Options) -> Result<Linux> {
    if options.namespace.is_empty() || options.id.is_empty() {
        return Err(Error::invalid("a container's spec needs its namespace and its id"));
    }
    let own = &options.confinement;
    let mut namespaces = own.namespaces(default::namespaces());
    if options.host_network {
        namespaces.retain(|n| n.typ() != LinuxNamespaceType::Network);
    }
    if let Some(pid) = options.joined {
        default::join(&mut namespaces, pid);
    }
    let mut linux = Linux::default();
    linux.set_namespaces(Some(namespaces));
    let cgroup = match &own.cgroup_parent {
        Some(parent) => format!("{}/{}", parent.trim_end_matches('/'), options.id),
        None => format!("/{}/{}", options.namespace, options.id),
    };
    linux.set_cgroups_path(Some(PathBuf::from(cgroup)));
    linux.set_resources(Some(resource::limits(options)?));
    if !own.open_paths {
        linux.set_masked_paths(Some(default::masked_paths()));
        linux.set_readonly_paths(Some(default::READONLY_PATHS.iter().map(|p| p.to_string()).collect()));
    } else {
        linux.set_masked_paths(None);
        linux.set_readonly_paths(None);
    }
    let devices: Vec<_> = own.devices.iter().map(|(device, _)| device.clone()).collect();
    linux.set_devices((!devices.is_empty()).then_some(devices));
    linux.set_sysctl((!own.sysctl.is_empty()).then(|| own.sysctl.clone()));
    linux.set_seccomp(seccomp::profile(&options.seccomp, &own.capabilities, std::env::consts::ARCH));
    Ok(linux)
}

/// The bytes of config.json: the same for the same spec, though capabilities are kept as sets.
pub fn to_json(spec: &Spec) -> Result<Vec<u8>> {
    let fault = |e: serde_json::Error| Error::unknown(format!("write config.json: {e}"));
    let mut value = serde_json::to_value(spec).map_err(fault)?;
    if let Some(sets) = value.pointer_mut("/process/capabilities").and_then(|c| c.as_object_mut()) {
        for list in sets.values_mut().filter_map(|set| set.as_array_mut()) {
            list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
    }
    serde_json::to_vec(&value).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            namespace: "default".into(),
            id: "web".into(),
            args: vec!["sh".into()],
            ..Options::default()
        }
    }

    fn json(options: &Options, image: Option<&str>) -> serde_json::Value {
        let image: Option<ImageConfig> = image.map(|i| serde_json::from_str(i).unwrap());
        let spec = config(options, image.as_ref(), &User::root()).unwrap();
        serde_json::from_slice(&to_json(&spec).unwrap()).unwrap()
    }

    #[test]
    fn defaults() {
        let v = json(&options(), None);
        assert_eq!(v["root"]["path"], "rootfs");
        assert_eq!(v["root"]["readonly"], false);
        assert_eq!(v["linux"]["cgroupsPath"], "/default/web");
        assert_eq!(v["process"]["noNewPrivileges"], true);
        assert_eq!(v["process"]["cwd"], "/");
        assert_eq!(v["process"]["rlimits"][0]["type"], "RLIMIT_NOFILE");
        assert_eq!(v["linux"]["resources"]["devices"][0]["allow"], false);
        assert_eq!(v["linux"]["resources"]["devices"][0]["access"], "rwm");
        assert_eq!(v["linux"]["namespaces"].as_array().unwrap().len(), 6);
        assert_eq!(v["linux"]["seccomp"]["defaultAction"], "SCMP_ACT_ERRNO");
        let caps = &v["process"]["capabilities"];
        assert_eq!(caps["bounding"].as_array().unwrap().len(), 14);
        assert_eq!(caps["bounding"], caps["effective"]);
        assert_eq!(caps["bounding"], caps["permitted"]);
        assert!(caps.get("inheritable").is_none() && caps.get("ambient").is_none());
        assert!(v.get("hostname").is_none() && v.get("hooks").is_none());
    }

    #[test]
    fn same_bytes_every_time() {
        let image: ImageConfig = serde_json::from_str("{}").unwrap();
        let one = || to_json(&config(&options(), Some(&image), &User::root()).unwrap()).unwrap();
        let first = one();
        assert!((0..20).all(|_| one() == first));
    }

    #[test]
    fn asked_for() {
        let o = Options {
            rootfs: Some("/srv/root".into()),
            read_only: true,
            hostname: Some("h".into()),
            terminal: true,
            host_network: true,
            memory: Some(64 << 20),
            pids_limit: Some(10),
            cpus: Some(resource::cpus("1.5").unwrap()),
            seccomp: seccomp::Choice::Unconfined,
            mounts: vec![mount::parse("type=tmpfs,dst=/dev/shm,options=size=1m").unwrap()],
            ..options()
        };
        let v = json(&o, Some(r#"{"StopSignal":"SIGQUIT"}"#));
        assert_eq!(v["root"], serde_json::json!({"path": "/srv/root", "readonly": true}));
        assert_eq!(v["hostname"], "h");
        assert_eq!(v["linux"]["resources"]["memory"]["limit"], 64 << 20);
        assert_eq!(v["linux"]["resources"]["cpu"]["quota"], 150_000);
        assert_eq!(v["linux"]["resources"]["cpu"]["period"], 100_000);
        assert_eq!(v["linux"]["resources"]["pids"]["limit"], 10);
        assert!(v["linux"].get("seccomp").is_none());
        assert_eq!(v["annotations"]["org.opencontainers.image.stopSignal"], "SIGQUIT");
        let namespaces = v["linux"]["namespaces"].as_array().unwrap();
        assert!(namespaces.iter().all(|n| n["type"] != "network"));
        let shm: Vec<_> =
            v["mounts"].as_array().unwrap().iter().filter(|m| m["destination"] == "/dev/shm").collect();
        assert_eq!(shm.len(), 1);
        assert_eq!(shm[0]["options"], serde_json::json!(["size=1m"]));
    }
}
