//! What a container may do, beyond the default or below it: capabilities, devices, limits, what it
//! shares with the host. Pure.

use std::collections::HashMap;

use oci_spec::runtime::{
    Capability, LinuxDevice, LinuxDeviceCgroup, LinuxNamespace, LinuxNamespaceType, Mount, PosixRlimit,
    PosixRlimitBuilder, PosixRlimitType,
};

use super::default;
use crate::error::{Error, Result};

/// Everything of it. The default is what a container gets unless asked otherwise.
#[derive(Debug, Clone)]
pub struct Confinement {
    pub capabilities: Vec<Capability>,
    /// Every device, and nothing of /proc and /sys kept from the program.
    pub privileged: bool,
    pub devices: Vec<(LinuxDevice, String)>,
    pub rlimits: Vec<PosixRlimit>,
    pub sysctl: HashMap<String, String>,
    pub groups: Vec<u32>,
    pub oom_score_adj: Option<i32>,
    /// Bytes; -1 is without limit.
    pub memory_swap: Option<i64>,
    pub memory_reservation: Option<i64>,
    pub cpu_shares: Option<u64>,
    pub cpuset_cpus: Option<String>,
    pub cpuset_mems: Option<String>,
    pub shm_size: Option<i64>,
    pub cgroup_parent: Option<String>,
    /// Namespaces that are the host's.
    pub shared: Vec<LinuxNamespaceType>,
    pub new_privileges: bool,
    pub apparmor: Option<String>,
    /// Nothing of /proc and /sys is masked.
    pub open_paths: bool,
}

impl Default for Confinement {
    fn default() -> Self {
        Confinement {
            capabilities: default::CAPABILITIES.to_vec(),
            privileged: false,
            devices: Vec::new(),
            rlimits: Vec::new(),
            sysctl: HashMap::new(),
            groups: Vec::new(),
            oom_score_adj: None,
            memory_swap: None,
            memory_reservation: None,
            cpu_shares: None,
            cpuset_cpus: None,
            cpuset_mems: None,
            shm_size: None,
            cgroup_parent: None,
            shared: Vec::new(),
            new_privileges: false,
            apparmor: None,
            open_paths: false,
        }
    }
}

/// By their numbers (capabilities(7)).
pub const CAPABILITIES: [Capability; 41] = [
    Capability::Chown,
    Capability::DacOverride,
    Capability::DacReadSearch,
    Capability::Fowner,
    Capability::Fsetid,
    Capability::Kill,
    Capability::Setgid,
    Capability::Setuid,
    Capability::Setpcap,
    Capability::LinuxImmutable,
    Capability::NetBindService,
    Capability::NetBroadcast,
    Capability::NetAdmin,
    Capability::NetRaw,
    Capability::IpcLock,
    Capability::IpcOwner,
    Capability::SysModule,
    Capability::SysRawio,
    Capability::SysChroot,
    Capability::SysPtrace,
    Capability::SysPacct,
    Capability::SysAdmin,
    Capability::SysBoot,
    Capability::SysNice,
    Capability::SysResource,
    Capability::SysTime,
    Capability::SysTtyConfig,
    Capability::Mknod,
    Capability::Lease,
    Capability::AuditWrite,
    Capability::AuditControl,
    Capability::Setfcap,
    Capability::MacOverride,
    Capability::MacAdmin,
    Capability::Syslog,
    Capability::WakeAlarm,
    Capability::BlockSuspend,
    Capability::AuditRead,
    Capability::Perfmon,
    Capability::Bpf,
    Capability::CheckpointRestore,
];

/// The default ones with those of `add` and without those of `drop`; `ALL` stands for every one that
/// is `held`, which is a mask by their numbers.
pub fn capabilities(add: &[String], drop: &[String], held: u64) -> Result<Vec<Capability>> {
    let all = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case("all"));
    let every = || {
        CAPABILITIES
            .iter()
            .enumerate()
            .filter(|(n, _)| held & (1 << n) != 0)
            .map(|(_, c)| *c)
            .collect::<Vec<_>>()
    };
    let mut set = match (all(add), all(drop)) {
        (true, _) => every(),
        (false, true) => Vec::new(),
        (false, false) => default::CAPABILITIES.to_vec(),
    };
    for name in add.iter().filter(|name| !name.eq_ignore_ascii_case("all")) {
        let capability = capability(name)?;
        if !set.contains(&capability) {
            set.push(capability);
        }
    }
    for name in drop.iter().filter(|name| !name.eq_ignore_ascii_case("all")) {
        let capability = capability(name)?;
        set.retain(|held| *held != capability);
    }
    Ok(set)
}

/// `NET_ADMIN`, `net_admin`, `CAP_NET_ADMIN`.
fn capability(name: &str) -> Result<Capability> {
    let upper = name.to_ascii_uppercase();
    let full = format!("CAP_{}", upper.strip_prefix("CAP_").unwrap_or(&upper));
    serde_json::from_value(full.into()).map_err(|_| Error::invalid(format!("capability {name:?}: unknown")))
}

/// `nofile=1024:2048`; -1 is without limit.
pub fn rlimit(text: &str) -> Result<PosixRlimit> {
    let fault = |why: &str| Error::invalid(format!("ulimit {text:?}: {why}"));
    let (name, values) = text.split_once('=').ok_or_else(|| fault("must be NAME=SOFT[:HARD]"))?;
    let full = format!("RLIMIT_{}", name.to_ascii_uppercase());
    let kind: PosixRlimitType = serde_json::from_value(full.into()).map_err(|_| fault("unknown name"))?;
    let number = |text: &str| match text {
        "-1" | "unlimited" => Ok(u64::MAX),
        number => number.parse().map_err(|_| fault("must be numbers, or -1 for no limit")),
    };
    let (soft, hard) = match values.split_once(':') {
        Some((soft, hard)) => (number(soft)?, number(hard)?),
        None => (number(values)?, number(values)?),
    };
    if soft > hard {
        return Err(fault("the soft limit is above the hard one"));
    }
    let built = PosixRlimitBuilder::default().typ(kind).soft(soft).hard(hard).build();
    built.map_err(|e| fault(&e.to_string()))
}

impl Confinement {
    /// Those asked for, in the place of default ones of the same kind.
    pub(super) fn limits(&self, mut base: Vec<PosixRlimit>) -> Vec<PosixRlimit> {
        base.retain(|limit| self.rlimits.iter().all(|own| own.typ() != limit.typ()));
        base.extend(self.rlimits.iter().cloned());
        base
    }

    pub(super) fn namespaces(&self, mut base: Vec<LinuxNamespace>) -> Vec<LinuxNamespace> {
        base.retain(|namespace| !self.shared.contains(&namespace.typ()));
        base
    }

    pub(super) fn mounts(&self, mut base: Vec<Mount>) -> Vec<Mount> {
        for mount in &mut base {
            let at = mount.destination().to_str().unwrap_or_default().to_string();
            let Some(mut options) = mount.options().clone() else { continue };
            match (at.as_str(), self.shm_size) {
                ("/dev/shm", Some(size)) => {
                    options.retain(|option| !option.starts_with("size="));
                    options.push(format!("size={size}"));
                }
                ("/sys" | "/sys/fs/cgroup", _) if self.privileged => options.retain(|option| option != "ro"),
                _ => {}
            }
            mount.set_options(Some(options));
        }
        base
    }

    /// What is allowed after everything was denied.
    pub(super) fn device_rules(&self) -> Vec<LinuxDeviceCgroup> {
        let mut rules = Vec::new();
        if self.privileged {
            let mut all = LinuxDeviceCgroup::default();
            all.set_allow(true);
            all.set_access(Some("rwm".to_string()));
            rules.push(all);
        }
        for (device, access) in &self.devices {
            let mut rule = LinuxDeviceCgroup::from(device);
            rule.set_access(Some(access.clone()));
            rules.push(rule);
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(add: &[&str], drop: &[&str]) -> Result<Vec<Capability>> {
        let strings = |list: &[&str]| list.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        capabilities(&strings(add), &strings(drop), u64::MAX)
    }

    #[test]
    fn capabilities_are_added_and_dropped() {
        assert_eq!(names(&[], &[]).unwrap(), default::CAPABILITIES);
        assert!(names(&[], &["all"]).unwrap().is_empty());
        assert_eq!(names(&["net_admin"], &["ALL"]).unwrap(), [Capability::NetAdmin]);
        let all = names(&["ALL"], &["CAP_SYS_ADMIN"]).unwrap();
        assert_eq!(all.len(), 40);
        assert!(!all.contains(&Capability::SysAdmin) && all.contains(&Capability::CheckpointRestore));
        assert_eq!(capabilities(&["ALL".into()], &[], 1 << 21).unwrap(), [Capability::SysAdmin]);
        assert!(!names(&["NET_ADMIN"], &["chown"]).unwrap().contains(&Capability::Chown));
        assert!(names(&["nothing"], &[]).is_err() && names(&[], &["CAP_"]).is_err());
    }

    #[test]
    fn limits_by_name() {
        let limit = rlimit("nofile=10:20").unwrap();
        assert_eq!((limit.typ(), limit.soft(), limit.hard()), (PosixRlimitType::RlimitNofile, 10, 20));
        assert_eq!(rlimit("core=-1").unwrap().hard(), u64::MAX);
        for bad in ["nofile", "nofile=", "nofile=2:1", "what=1", "nofile=a", "nofile=1:2:3"] {
            assert!(rlimit(bad).is_err(), "{bad}");
        }
    }
}
