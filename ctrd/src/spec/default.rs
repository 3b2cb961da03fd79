//! What a container gets unless asked otherwise: containerd's defaults as facts, and stricter
//! where that breaks nobody (a cgroup namespace on every kernel).

use std::path::{Path, PathBuf};

use oci_spec::runtime::{Capability, LinuxNamespace, LinuxNamespaceType, Mount};

pub const OCI_VERSION: &str = "1.2.0";

pub const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Most descriptors a process may open, hard and soft.
pub const NOFILE: u64 = 1024;

/// In bounding, effective and permitted; never in inheritable, which would survive an execve by
/// another user.
pub const CAPABILITIES: &[Capability] = &[
    Capability::Chown,
    Capability::DacOverride,
    Capability::Fsetid,
    Capability::Fowner,
    Capability::Mknod,
    Capability::NetRaw,
    Capability::Setgid,
    Capability::Setuid,
    Capability::Setfcap,
    Capability::Setpcap,
    Capability::NetBindService,
    Capability::SysChroot,
    Capability::Kill,
    Capability::AuditWrite,
];

/// Host state that no container has business reading: memory, keys, timers, firmware, and the
/// power meters, which tell of the neighbours' work.
const MASKED_PATHS: &[&str] = &[
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
];

/// Where the kernel shows what each processor is and does.
const PROCESSORS: &str = "/sys/devices/system/cpu";

/// [`MASKED_PATHS`], and how hot each processor gets, where they tell: that tells of the neighbours' work as well
/// (GHSA-6fw5-f8r9-fgfm). One that is switched off now is among them, for a start that comes after it was switched on:
/// what is not there when a container starts, its runtime passes over.
pub fn masked_paths() -> Vec<String> {
    MASKED_PATHS.iter().map(ToString::to_string).chain(heat(Path::new(PROCESSORS))).collect()
}

fn heat(processors: &Path) -> Vec<String> {
    let told = |name: &str| processors.join(name).join("thermal_throttle");
    // They do all, or none does: so it is one look on most machines.
    if !told("cpu0").exists() {
        return Vec::new();
    }
    let number = |name: &str| name.strip_prefix("cpu").and_then(|n| n.parse::<u32>().ok());
    let entries = std::fs::read_dir(processors).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> =
        entries.filter_map(|entry| number(entry.file_name().to_str().unwrap_or_default())).collect();
    numbers.sort_unstable();
    numbers.iter().map(|n| told(&format!("cpu{n}")).display().to_string()).collect()
}

pub const READONLY_PATHS: &[&str] =
    &["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// A namespace of each kind but user and time. The cgroup one is there on cgroup v1 too, so
/// that `/proc/self/cgroup` does not show the host's tree.
pub fn namespaces() -> Vec<LinuxNamespace> {
    [
        LinuxNamespaceType::Pid,
        LinuxNamespaceType::Ipc,
        LinuxNamespaceType::Uts,
        LinuxNamespaceType::Mount,
        LinuxNamespaceType::Network,
        LinuxNamespaceType::Cgroup,
    ]
    .into_iter()
    .map(|kind| {
        let mut namespace = LinuxNamespace::default();
        namespace.set_typ(kind);
        namespace
    })
    .collect()
}

/// Those of a pod are the ones of the process that holds them.
pub fn join(namespaces: &mut [LinuxNamespace], pid: u32) {
    for namespace in namespaces {
        let name = match namespace.typ() {
            LinuxNamespaceType::Ipc => "ipc",
            LinuxNamespaceType::Uts => "uts",
            LinuxNamespaceType::Network => "net",
            _ => continue,
        };
        namespace.set_path(Some(format!("/proc/{pid}/ns/{name}").into()));
    }
}

/// In the order in which they are mounted: parents before children.
pub fn mounts() -> Vec<Mount> {
    vec![
        mount("/proc", "proc", "proc", &["nosuid", "noexec", "nodev"]),
        mount("/dev", "tmpfs", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
        ),
        mount("/dev/shm", "tmpfs", "shm", &["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        mount("/dev/mqueue", "mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
        mount("/sys", "sysfs", "sysfs", &["nosuid", "noexec", "nodev", "ro"]),
        mount("/sys/fs/cgroup", "cgroup", "cgroup", &["ro", "nosuid", "noexec", "nodev"]),
        mount("/run", "tmpfs", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
    ]
}

/// One entry of `mounts`.
pub fn mount(destination: &str, kind: &str, source: &str, options: &[&str]) -> Mount {
    let mut mount = Mount::default();
    mount.set_destination(PathBuf::from(destination));
    mount.set_typ(Some(kind.to_string()));
    mount.set_source(Some(PathBuf::from(source)));
    mount.set_options(Some(options.iter().map(|o| o.to_string()).collect()));
    mount
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No less than what containerd's default specification has (its releases of September 2026): GHSA-7ww5-4wqc-m92c
    /// (powercap), GHSA-6fw5-f8r9-fgfm (interrupts, heat), CVE-2015-3630 (asound).
    #[test]
    fn nothing_is_left_open_that_containerd_closes() {
        let masked = [
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap",
        ];
        let readonly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
        let all = masked_paths();
        assert!(masked.iter().all(|path| all.iter().any(|known| known == path)), "{all:?}");
        assert!(readonly.iter().all(|path| READONLY_PATHS.contains(path)), "{READONLY_PATHS:?}");
        // Or what one has to itself would be the other's as well.
        assert!(READONLY_PATHS.iter().all(|path| !MASKED_PATHS.contains(path)));
    }

    #[test]
    fn every_processor_that_tells_how_hot_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["cpu0", "cpu10/thermal_throttle", "cpu2", "cpufreq", "cpuidle", "present"] {
            std::fs::create_dir_all(at(name)).unwrap();
        }
        assert_eq!(heat(dir.path()), [""; 0]);
        std::fs::create_dir(at("cpu0/thermal_throttle")).unwrap();
        let want =
            ["cpu0", "cpu2", "cpu10"].map(|name| at(name).join("thermal_throttle").display().to_string());
        assert_eq!(heat(dir.path()), want);
        assert_eq!(heat(&at("nosuch")), [""; 0]);
    }
}
