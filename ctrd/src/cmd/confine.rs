//! What the flags about a container's confinement mean.

use std::fs;

use anyhow::{Context, Result, bail};
use oci_spec::runtime::{LinuxNamespaceType, LinuxSeccomp, Mount};

use super::{device, pairs};
use crate::cli::Confine;
use crate::spec::confine::{Confinement, capabilities, rlimit};
use crate::spec::{default, resource, seccomp};

/// What containerd's clients call the host's own.
fn shared(args: &Confine) -> Vec<LinuxNamespaceType> {
    let kinds = [
        (&args.pid, LinuxNamespaceType::Pid),
        (&args.ipc, LinuxNamespaceType::Ipc),
        (&args.uts, LinuxNamespaceType::Uts),
    ];
    kinds.into_iter().filter(|(flag, _)| flag.is_some()).map(|(_, kind)| kind).collect()
}

/// From flags to what the specification is told.
pub fn confinement(args: &Confine) -> Result<(Confinement, seccomp::Choice)> {
    let mut filter = if args.privileged { seccomp::Choice::Unconfined } else { seccomp::Choice::Default };
    let all = ["ALL".to_string()];
    let add = if args.privileged { &all[..] } else { &args.cap_add[..] };
    let mut confinement = Confinement {
        capabilities: capabilities(add, &args.cap_drop, held()?)?,
        privileged: args.privileged,
        devices: if args.privileged { device::all() } else { Vec::new() },
        rlimits: args.ulimit.iter().map(|text| rlimit(text)).collect::<Result<_, _>>()?,
        sysctl: pairs(&args.sysctl)?,
        groups: args.group_add.clone(),
        oom_score_adj: args.oom_score_adj,
        memory_swap: match args.memory_swap.as_deref() {
            Some("-1") => Some(-1),
            other => other.map(resource::bytes).transpose()?,
        },
        memory_reservation: args.memory_reservation.as_deref().map(resource::bytes).transpose()?,
        cpu_shares: args.cpu_shares,
        cpuset_cpus: args.cpuset_cpus.clone(),
        cpuset_mems: args.cpuset_mems.clone(),
        shm_size: args.shm_size.as_deref().map(resource::bytes).transpose()?,
        cgroup_parent: args.cgroup_parent.clone(),
        shared: shared(args),
        new_privileges: args.privileged,
        apparmor: None,
        open_paths: args.privileged,
    };
    for text in &args.device {
        let device = device::parse(text)?;
        confinement.devices.retain(|(known, _)| known.path() != device.0.path());
        confinement.devices.push(device);
    }
    for option in &args.security_opt {
        match security(option)? {
            Security::Unfiltered => filter = seccomp::Choice::Unconfined,
            Security::Filter(file) => filter = seccomp::Choice::Own(Box::new(profile(file)?)),
            Security::AppArmor(profile) => confinement.apparmor = Some(profile.to_string()),
            Security::NewPrivileges(may) => confinement.new_privileges = may,
            Security::OpenPaths => confinement.open_paths = true,
        }
    }
    Ok((confinement, filter))
}

/// What `--security-opt` may say.
pub enum Security<'a> {
    Unfiltered,
    /// The file of another filter.
    Filter(&'a str),
    AppArmor(&'a str),
    NewPrivileges(bool),
    OpenPaths,
}

/// One of them by its words.
pub fn security(option: &str) -> Result<Security<'_>> {
    Ok(match option.split_once('=') {
        Some(("seccomp", "unconfined")) => Security::Unfiltered,
        Some(("seccomp", file)) => Security::Filter(file),
        Some(("apparmor", profile)) if !profile.is_empty() => Security::AppArmor(profile),
        Some(("no-new-privileges", "false")) => Security::NewPrivileges(true),
        Some(("no-new-privileges", "true")) => Security::NewPrivileges(false),
        None if option == "no-new-privileges" => Security::NewPrivileges(false),
        Some(("systempaths", "unconfined")) => Security::OpenPaths,
        _ => bail!("security option {option:?}: unknown"),
    })
}

/// The capabilities that this process may hand on, by their numbers.
fn held() -> Result<u64> {
    let path = "/proc/self/status";
    let status = fs::read_to_string(path).with_context(|| format!("read {path}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("CapBnd:")).unwrap_or_default();
    u64::from_str_radix(line.trim(), 16).with_context(|| format!("read {path}: CapBnd"))
}

/// A filter in the runtime specification's form, `linux.seccomp`.
fn profile(file: &str) -> Result<LinuxSeccomp> {
    let text = fs::read(file).with_context(|| format!("seccomp profile {file}"))?;
    serde_json::from_slice(&text).with_context(|| format!("seccomp profile {file}"))
}

/// `PATH[:OPTIONS]` as memory that is mounted.
pub fn tmpfs(text: &str) -> Result<Mount> {
    let (path, options) = text.split_once(':').unwrap_or((text, ""));
    if !path.starts_with('/') || path.split('/').any(|part| part == "..") {
        bail!("tmpfs {text:?}: the path must be absolute, without ..");
    }
    let own = options.split(',').filter(|option| !option.is_empty());
    let options: Vec<&str> = ["nosuid", "nodev", "noexec"].into_iter().chain(own).collect();
    Ok(default::mount(path, "tmpfs", "tmpfs", &options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_mounted() {
        let mount = tmpfs("/tmp:size=1m,exec").unwrap();
        assert_eq!(mount.options().as_deref().unwrap(), ["nosuid", "nodev", "noexec", "size=1m", "exec"]);
        assert!(tmpfs("tmp").is_err() && tmpfs("/a/../b").is_err());
        assert!(held().unwrap() > 0);
    }
}
