//! The namespaces of config.json: which are made, which are joined, and in what order.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use nix::sched::{CloneFlags, setns};
use oci_spec::runtime::{LinuxNamespace, LinuxNamespaceType as Type};

/// OCI name, name below /proc/PID/ns, flag.
pub const ALL: [(&str, &str, i32); 8] = [
    // First, because the rights to enter the others may come from it.
    ("user", "user", libc::CLONE_NEWUSER),
    ("ipc", "ipc", libc::CLONE_NEWIPC),
    ("uts", "uts", libc::CLONE_NEWUTS),
    ("network", "net", libc::CLONE_NEWNET),
    ("pid", "pid", libc::CLONE_NEWPID),
    ("time", "time", libc::CLONE_NEWTIME),
    ("cgroup", "cgroup", libc::CLONE_NEWCGROUP),
    // Last, because the paths of the others are those of the old one.
    ("mount", "mnt", libc::CLONE_NEWNS),
];

/// What config.json asks for.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Namespaces {
    /// CLONE_NEW* bits of those to be made.
    pub new: i32,
    /// Those to be joined, in the order of [`ALL`].
    pub join: Vec<(i32, PathBuf)>,
}

impl Namespaces {
    pub fn parse(wanted: &[LinuxNamespace]) -> Result<Namespaces> {
        let mut out = Namespaces::default();
        for ns in wanted {
            let flag = flag(ns.typ());
            if out.has(flag) {
                bail!("malformed spec file: duplicated ns {:?}", name(flag));
            }
            match ns.path().as_ref().filter(|p| !p.as_os_str().is_empty()) {
                Some(path) => out.join.push((flag, path.clone())),
                None => out.new |= flag,
            }
        }
        out.join.sort_by_key(|(flag, _)| ALL.iter().position(|(_, _, f)| f == flag));
        Ok(out)
    }

    pub fn makes(&self, flag: i32) -> bool {
        self.new & flag != 0
    }

    pub fn joins(&self, flag: i32) -> bool {
        self.join.iter().any(|(f, _)| *f == flag)
    }

    /// The container does not share this namespace with ocirun.
    pub fn has(&self, flag: i32) -> bool {
        self.makes(flag) || self.joins(flag)
    }

    /// All bits, made and joined.
    pub fn bits(&self) -> i32 {
        self.join.iter().fold(self.new, |bits, (flag, _)| bits | flag)
    }
}

pub fn flag(kind: Type) -> i32 {
    match kind {
        Type::User => libc::CLONE_NEWUSER,
        Type::Ipc => libc::CLONE_NEWIPC,
        Type::Uts => libc::CLONE_NEWUTS,
        Type::Network => libc::CLONE_NEWNET,
        Type::Pid => libc::CLONE_NEWPID,
        Type::Time => libc::CLONE_NEWTIME,
        Type::Cgroup => libc::CLONE_NEWCGROUP,
        Type::Mount => libc::CLONE_NEWNS,
    }
}

/// The OCI names of a set of bits.
pub fn names(bits: i32) -> Vec<String> {
    ALL.iter().filter(|(_, _, flag)| bits & flag != 0).map(|(name, _, _)| name.to_string()).collect()
}

pub fn bits(names: &[String]) -> i32 {
    ALL.iter()
        .filter(|(name, _, _)| names.iter().any(|n| n == name))
        .fold(0, |bits, (_, _, flag)| bits | flag)
}

fn name(flag: i32) -> &'static str {
    ALL.iter().find(|(_, _, f)| *f == flag).map_or("?", |(name, _, _)| name)
}

/// Opens the namespaces to be joined and sees to it that each is one of its kind.
pub fn open(join: &[(i32, PathBuf)]) -> Result<Vec<(i32, OwnedFd)>> {
    join.iter()
        .map(|(flag, path)| {
            let file = File::open(path)
                .with_context(|| format!("lstat {}", path.display()))
                .with_context(|| format!("{} namespace", name(*flag)))?;
            Ok((*flag, OwnedFd::from(file)))
        })
        .collect()
}

/// Enters `join` with this process, runs `work`, and goes back.
/// This process has one thread, so nothing else can see the moment between.
pub fn inside<T>(join: &[(i32, &OwnedFd)], work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut own = Vec::new();
    for (flag, _) in join {
        own.push((*flag, open_own(*flag)?));
    }
    let mut entered = 0;
    let mut result = Ok(());
    for (flag, fd) in join {
        result = enter(fd, *flag);
        if result.is_err() {
            break;
        }
        entered += 1;
    }
    let result = result.and_then(|()| work());
    for (flag, fd) in &own[..entered] {
        enter(fd, *flag).context("go back")?;
    }
    result
}

/// Opens this process's own namespace.
pub fn open_own(flag: i32) -> Result<OwnedFd> {
    let file = ALL.iter().find(|(_, _, f)| *f == flag).map_or("?", |(_, file, _)| file);
    let path = format!("/proc/self/ns/{file}");
    Ok(File::open(&path).with_context(|| format!("open {path}"))?.into())
}

pub fn enter(fd: impl AsFd, flag: i32) -> Result<()> {
    setns(fd, CloneFlags::from_bits_retain(flag)).with_context(|| format!("join {} namespace", name(flag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Namespaces> {
        Namespaces::parse(&serde_json::from_str::<Vec<LinuxNamespace>>(json).expect("namespaces"))
    }

    #[test]
    fn made_and_joined() {
        let ns =
            parse(r#"[{"type":"mount","path":"/m"},{"type":"pid"},{"type":"user","path":"/u"},{"type":"uts","path":""}]"#)
                .unwrap();
        assert_eq!(ns.new, libc::CLONE_NEWPID | libc::CLONE_NEWUTS);
        let order: Vec<_> = ns.join.iter().map(|(_, p)| p.to_str().unwrap()).collect();
        assert_eq!(order, ["/u", "/m"]);
        assert_eq!(names(ns.bits()), ["user", "uts", "pid", "mount"]);
        assert_eq!(bits(&names(ns.bits())), ns.bits());
    }

    #[test]
    fn one_of_a_kind() {
        assert!(parse(r#"[{"type":"pid"},{"type":"pid","path":"/x"}]"#).is_err());
    }
}
