//! `ocirun info`: what this kernel and this machine offer to containers, and what is missing.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::utsname::uname;
use serde::Serialize;

use crate::cli::{Info, InfoFormat};
use crate::probe::caller::Caller;
use crate::probe::cgroups::Hierarchies;
use crate::probe::{self, Missing};
use crate::{caps, namespace, plan, seccomp, stdout};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    version: &'static str,
    spec_version: &'static str,
    kernel: String,
    machine: String,
    uid: u32,
    capabilities: Vec<&'static str>,
    cgroup: Hierarchies,
    namespaces: Vec<&'static str>,
    seccomp_actions: Vec<&'static str>,
    seccomp_flags: Vec<&'static str>,
    /// None where the kernel does not tell.
    security_modules: Option<Vec<String>>,
    /// The program of that name.
    criu: Option<String>,
    limits: BTreeMap<&'static str, String>,
    missing: Vec<Missing>,
}

pub fn info(args: &Info) -> Result<i32> {
    let shown = look()?;
    let text = match args.format {
        InfoFormat::Json => serde_json::to_string(&shown).context("encode the answer")? + "\n",
        InfoFormat::Text => text(&shown),
    };
    stdout::print(&text)?;
    Ok(0)
}

/// Limits of the kernel's, for all processes or for those of one user.
const LIMITS: [(&str, &str); 7] = [
    ("processes", "/proc/sys/kernel/pid_max"),
    ("threads", "/proc/sys/kernel/threads-max"),
    ("user namespaces", "/proc/sys/user/max_user_namespaces"),
    ("mount namespaces", "/proc/sys/user/max_mnt_namespaces"),
    ("mounts in a namespace", "/proc/sys/fs/mount-max"),
    ("keys of root", "/proc/sys/kernel/keys/root_maxkeys"),
    ("keys of a user", "/proc/sys/kernel/keys/maxkeys"),
];

fn look() -> Result<Shown> {
    let missing = probe::missing();
    let lacks = |what: &str| missing.iter().any(|m| m.what == what);
    let system = uname().context("uname")?;
    let caller = Caller::here();
    let mut limits: BTreeMap<_, _> = LIMITS
        .iter()
        .filter_map(|(name, file)| Some((*name, fs::read_to_string(file).ok()?.trim().to_owned())))
        .collect();
    let (_, files) = getrlimit(Resource::RLIMIT_NOFILE).context("getrlimit")?;
    limits.insert("open files", files.to_string());
    Ok(Shown {
        version: env!("CARGO_PKG_VERSION"),
        spec_version: plan::SPEC_VERSION,
        kernel: system.release().to_string_lossy().into_owned(),
        machine: system.machine().to_string_lossy().into_owned(),
        uid: caller.uid,
        capabilities: caps::known()
            .iter()
            .copied()
            .filter(|name| !lacks("linux.capabilities") && !lacks(&format!("linux.capabilities.{name}")))
            .collect(),
        cgroup: Hierarchies::here(),
        namespaces: namespace::ALL
            .iter()
            .map(|(name, _, _)| *name)
            .filter(|name| !lacks(&format!("linux.namespaces.{name}")))
            .collect(),
        seccomp_actions: probe::seccomp_actions(),
        seccomp_flags: seccomp::known().supported_flags,
        security_modules: probe::security_modules(),
        criu: which::which("criu").ok().map(|path| path.display().to_string()),
        limits,
        missing,
    })
}

fn text(shown: &Shown) -> String {
    let mut rows: Vec<(&str, String)> = vec![
        ("ocirun", format!("{}, for runtime specification {}", shown.version, shown.spec_version)),
        ("kernel", format!("{} on {}", shown.kernel, shown.machine)),
        ("user", if shown.uid == 0 { "root".into() } else { format!("{}, not root", shown.uid) }),
        ("cgroups", cgroups(&shown.cgroup)),
        ("namespaces", words(&shown.namespaces)),
        ("capabilities", format!("{} of {}", shown.capabilities.len(), caps::known().len())),
        ("seccomp", words(&short(&shown.seccomp_actions, "SCMP_ACT_"))),
        ("", words(&short(&shown.seccomp_flags, "SECCOMP_FILTER_FLAG_"))),
        (
            "security",
            shown.security_modules.as_ref().map_or("not told by the kernel".into(), |m| m.join(" ")),
        ),
        ("criu", shown.criu.clone().unwrap_or("none".into())),
    ];
    let limits = shown.limits.iter().map(|(name, value)| format!("{name} {value}"));
    rows.push(("limits", limits.collect::<Vec<_>>().join(", ")));
    let mut text = String::new();
    for (name, value) in rows {
        text += &format!("{name:<14}{value}\n");
    }
    if shown.missing.is_empty() {
        return text + "\nNothing is missing.\n";
    }
    text += "\nMissing:\n";
    for Missing { what, why, hint } in &shown.missing {
        text += &format!("  {what}: {why}\n");
        if let Some(hint) = hint {
            text += &format!("      {hint}\n");
        }
    }
    text
}

fn words(words: &[&str]) -> String {
    if words.is_empty() { "none".into() } else { words.join(" ") }
}

fn short<'a>(names: &[&'a str], prefix: &str) -> Vec<&'a str> {
    names.iter().map(|name| name.strip_prefix(prefix).unwrap_or(name)).collect()
}

/// `v1 with cpu memory; v2 at /sys/fs/cgroup/unified with hugetlb`.
fn cgroups(found: &Hierarchies) -> String {
    let mut parts = Vec::new();
    if !found.v1.is_empty() {
        let names: Vec<_> = found.v1.keys().map(String::as_str).collect();
        parts.push(format!("v1 with {}", words(&names)));
    }
    if let Some(point) = &found.v2 {
        let names: Vec<_> = found.v2_controllers.iter().map(String::as_str).collect();
        parts.push(format!("v2 at {} with {}", point.display(), words(&names)));
    }
    if parts.is_empty() { "none".into() } else { parts.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hierarchies_in_words() {
        let mut found = Hierarchies::default();
        assert_eq!(cgroups(&found), "none");
        found.v2 = Some("/sys/fs/cgroup".into());
        assert_eq!(cgroups(&found), "v2 at /sys/fs/cgroup with none");
        found.v1.insert("cpu".into(), "/c".into());
        found.v2_controllers = vec!["pids".into(), "hugetlb".into()];
        assert_eq!(cgroups(&found), "v1 with cpu; v2 at /sys/fs/cgroup with pids hugetlb");
    }
}
