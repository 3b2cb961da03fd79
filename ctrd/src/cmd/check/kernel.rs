//! What the kernel has.

use std::fs;
use std::path::Path;

use rustix::mount::{FsOpenFlags, fsopen};

use super::{Finding, limited, missing, ok};

/// The oldest kernel that ctrd runs on.
const OLDEST: (u32, u32) = (5, 12);

pub fn look() -> Vec<Finding> {
    vec![
        version(&read("/proc/sys/kernel/osrelease")),
        namespaces(),
        user_namespaces(),
        cgroups(),
        seccomp(&read("/proc/self/status"), &read("/proc/sys/kernel/seccomp/actions_avail")),
        overlay(&read("/proc/filesystems")),
        mount_api(),
        security_modules(),
        devices(),
    ]
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn version(release: &str) -> Finding {
    let mut numbers = release.split(['.', '-', '+']).map_while(|part| part.trim().parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => {
            ok("kernel", format!("{} (id-mapped mounts, pidfd, mount API by its version)", release.trim()))
        }
        (Some(_), Some(_)) => missing("kernel", release.trim(), "run Linux 5.12 or newer"),
        _ => limited("kernel", format!("{:?}: cannot be told", release.trim()), "mount /proc"),
    }
}

fn namespaces() -> Finding {
    let there = |name: &&str| Path::new("/proc/self/ns").join(name).exists();
    let needed = ["mnt", "pid", "net", "ipc", "uts"];
    let wanted = ["cgroup", "user", "time"];
    let absent =
        |names: &[&'static str]| names.iter().copied().filter(|n| !there(n)).collect::<Vec<_>>().join(", ");
    match (absent(&needed), absent(&wanted)) {
        (needed, _) if !needed.is_empty() => missing(
            "namespaces",
            format!("lacks {needed}"),
            "use a kernel with CONFIG_NAMESPACES and its kinds",
        ),
        (_, wanted) if !wanted.is_empty() => {
            limited("namespaces", format!("lacks {wanted}"), "use a kernel with all kinds of namespaces")
        }
        _ => ok("namespaces", "mnt, pid, net, ipc, uts, cgroup, user, time"),
    }
}

fn user_namespaces() -> Finding {
    let name = "user namespaces";
    if read("/proc/sys/user/max_user_namespaces").trim() == "0" {
        return limited(name, "user.max_user_namespaces is 0", "sysctl user.max_user_namespaces=10000");
    }
    if read("/proc/sys/kernel/unprivileged_userns_clone").trim() == "0" {
        return limited(
            name,
            "for root alone",
            "sysctl kernel.unprivileged_userns_clone=1 to run without root",
        );
    }
    if read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").trim() == "1" {
        return limited(
            name,
            "AppArmor restricts those without root",
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0 to run without root",
        );
    }
    ok(name, "allowed")
}

/// Which controllers there are, by the mounts and not by what the kernel was built with.
fn cgroups() -> Finding {
    let mounts = read("/proc/self/mountinfo");
    let mut controllers = Vec::new();
    let (mut first, mut second) = (false, None);
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let mut after = after.split(' ');
        match (after.next(), before.split(' ').nth(4)) {
            (Some("cgroup"), _) => {
                first = true;
                let options = after.nth(1).unwrap_or_default();
                controllers
                    .extend(options.split(',').filter(|o| CONTROLLERS.contains(o)).map(str::to_string));
            }
            (Some("cgroup2"), Some(point)) if second.is_none() => second = Some(point.to_string()),
            _ => {}
        }
    }
    if let Some(point) = &second {
        let listed = read(&format!("{point}/cgroup.controllers"));
        controllers.extend(listed.split_whitespace().filter(|c| CONTROLLERS.contains(c)).map(str::to_string));
    }
    controllers.sort();
    controllers.dedup();
    let kind = match (first, &second) {
        (false, None) => return missing("cgroups", "none are mounted", "mount cgroup2 at /sys/fs/cgroup"),
        (true, None) => "version 1",
        (true, Some(_)) => "hybrid",
        (false, Some(_)) => "version 2",
    };
    let detail = format!("{kind}: {}", controllers.join(", "));
    let lacks = |name: &str| !controllers.iter().any(|c| c == name);
    match ["memory", "cpu", "pids"].iter().any(|name| lacks(name)) {
        true => limited("cgroups", detail, "enable memory, cpu and pids, or limits of containers fail"),
        false => ok("cgroups", detail),
    }
}

const CONTROLLERS: [&str; 11] =
    ["blkio", "cpu", "cpuset", "devices", "freezer", "hugetlb", "io", "memory", "misc", "pids", "rdma"];

fn seccomp(status: &str, actions: &str) -> Finding {
    if !status.lines().any(|line| line.starts_with("Seccomp:")) {
        return missing("seccomp", "not in this kernel", "use a kernel with CONFIG_SECCOMP_FILTER");
    }
    match actions.split_whitespace().any(|action| action == "user_notif") {
        true => ok("seccomp", actions.trim()),
        false => limited("seccomp", "no user notifications", "use a newer kernel for SCMP_ACT_NOTIFY"),
    }
}

fn overlay(filesystems: &str) -> Finding {
    match filesystems.lines().any(|line| line.split_whitespace().last() == Some("overlay")) {
        true => ok("overlayfs", "in this kernel"),
        false => limited("overlayfs", "not loaded: layers are copied", "modprobe overlay"),
    }
}

fn mount_api() -> Finding {
    match fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC) {
        Ok(_) => ok("mount API", "allowed"),
        Err(rustix::io::Errno::PERM) => {
            limited("mount API", "not allowed to this user", "run as root, or in a user namespace")
        }
        Err(e) => missing("mount API", e.to_string(), "use a kernel, and a filter around this, with fsopen"),
    }
}

fn security_modules() -> Finding {
    let list = read("/sys/kernel/security/lsm");
    let mut found: Vec<&str> = list.trim().split(',').filter(|name| !name.is_empty()).collect();
    if read("/sys/module/apparmor/parameters/enabled").trim() == "Y" && !found.contains(&"apparmor") {
        found.push("apparmor");
    }
    if Path::new("/sys/fs/selinux/enforce").exists() && !found.contains(&"selinux") {
        found.push("selinux");
    }
    match found.iter().any(|name| matches!(*name, "apparmor" | "selinux" | "landlock")) {
        true => ok("security modules", found.join(", ")),
        false => limited(
            "security modules",
            if found.is_empty() { "none seen".to_string() } else { found.join(", ") },
            "AppArmor, SELinux or Landlock would confine containers further",
        ),
    }
}

fn devices() -> Finding {
    let absent: Vec<&str> = ["/dev/null", "/dev/ptmx", "/dev/urandom"]
        .into_iter()
        .filter(|path| !Path::new(path).exists())
        .collect();
    match absent.is_empty() {
        true => ok("devices", "null, ptmx, urandom"),
        false => missing("devices", format!("lacks {}", absent.join(", ")), "mount devtmpfs at /dev"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn what_the_kernel_says_is_understood() {
        assert_eq!(version("6.18.0-rc1+deb\n").state, State::Ok);
        assert_eq!(version("5.12").state, State::Ok);
        assert_eq!(version("5.4.0-x").state, State::Missing);
        assert_eq!(version("").state, State::Limited);
        assert_eq!(seccomp("Name:\tx\n", "").state, State::Missing);
        assert_eq!(seccomp("Seccomp:\t0\n", "kill_process errno allow").state, State::Limited);
        assert_eq!(seccomp("Seccomp:\t0\n", "errno user_notif allow").state, State::Ok);
        assert_eq!(overlay("nodev\tproc\nnodev\toverlay\n").state, State::Ok);
        assert_eq!(overlay("\text4\n").state, State::Limited);
    }
}
