//! A mount of type `cgroup`: cgroup2 on a unified host; on cgroup v1 a tmpfs with one mount per
//! hierarchy and links for those that share one.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag};
use nix::sys::stat::Mode;
use nix::unistd::symlinkat;
use ocirun_init::{Bootstrap, Mount};

use crate::filesystem::Place;
use crate::options::Options;
use crate::syscall::{self, MountAttr};
use crate::{attach, filesystem, path};

/// Where every host has its hierarchies, from which a container without a cgroup namespace is
/// shown its own part.
const HOST: &str = "/sys/fs/cgroup";

/// Controllers of cgroup v1; other names are those of hierarchies without controllers.
const CONTROLLERS: &[&str] = &[
    "blkio",
    "cpu",
    "cpuacct",
    "cpuset",
    "devices",
    "freezer",
    "hugetlb",
    "memory",
    "misc",
    "net_cls",
    "net_prio",
    "perf_event",
    "pids",
    "rdma",
];

/// The directory name under which a hybrid host mounts cgroup2.
const UNIFIED: &str = "unified";

pub fn mount_cgroups(
    root: BorrowedFd,
    boot: &Bootstrap,
    spec: &Mount,
    destination: &str,
    options: &Options,
) -> Result<OwnedFd> {
    let target = path::make_dir(root, destination)?.0;
    if crate::proc::is_procfs(target.as_fd())? {
        bail!("{destination:?} cannot be mounted because it is inside /proc");
    }
    let own = boot.namespaces.iter().any(|name| name == "cgroup");
    if spec.cgroups.is_empty() || spec.kind == "cgroup2" {
        let place = Place { root, destination, target: target.as_fd() };
        return unified(&place, options, own);
    }

    // CVE-2022-0492: a writable release_agent runs programs on the host. What config.json asks
    // read-only is read-only at each level: the tmpfs and every hierarchy.
    let mut plain = options.clone();
    plain.take_readonly();
    let place = Place { root, destination, target: target.as_fd() };
    let data = ["mode=755".to_owned()];
    let tmpfs = filesystem::mount_new(&place, "tmpfs", "tmpfs", &plain, &data)?;
    for (name, own_path) in &spec.cgroups {
        let name = name.strip_prefix("name=").unwrap_or(name);
        if matches!(name, "" | "." | "..") || name.contains('/') {
            bail!("cgroup hierarchy {name:?}: not a name");
        }
        let dir = path::make_component(tmpfs.as_fd(), name)?;
        let place = Place { root: tmpfs.as_fd(), destination: name, target: dir.as_fd() };
        mount_hierarchy(&place, name, own_path, own, options)
            .with_context(|| format!("cgroup hierarchy {name}"))?;
        if name.contains(',') {
            for controller in name.split(',') {
                match symlinkat(name, &tmpfs, controller) {
                    Ok(()) | Err(Errno::EEXIST) => {}
                    Err(error) => return Err(error).with_context(|| format!("link {controller}")),
                }
            }
        }
    }
    if options.readonly() {
        let attr = MountAttr::set(libc::MOUNT_ATTR_RDONLY);
        attach::set_attributes(tmpfs.as_fd(), &attr, false).context("make it read-only")?;
    }
    Ok(tmpfs)
}

/// One hierarchy of cgroup v1.
fn mount_hierarchy(place: &Place, name: &str, own_path: &str, own: bool, options: &Options) -> Result<()> {
    if !own {
        // Without a cgroup namespace a mount of the hierarchy would show all of the host's.
        let source = format!("{HOST}/{name}{}", path::clean(own_path));
        return bind(place, &source, options).map(drop);
    }
    if name == UNIFIED {
        return unified(place, options, own).map(drop);
    }
    let data: Vec<String> = name
        .split(',')
        .map(|part| match CONTROLLERS.contains(&part) {
            true => part.to_owned(),
            false => format!("name={part}"),
        })
        .collect();
    filesystem::mount_new(place, "cgroup", "cgroup", options, &data).map(drop)
}

fn unified(place: &Place, options: &Options, own: bool) -> Result<OwnedFd> {
    match filesystem::mount_new(place, "cgroup2", "cgroup", options, &options.data) {
        // In a user namespace without a cgroup namespace the kernel mounts none; the host's can
        // be shown, but then read-only, whatever was asked (CVE-2023-25809).
        Err(error)
            if !own && (filesystem::is(&error, Errno::EPERM) || filesystem::is(&error, Errno::EBUSY)) =>
        {
            let mut readonly = options.clone();
            readonly.attr.set |= libc::MOUNT_ATTR_RDONLY;
            readonly.attr.clear &= !libc::MOUNT_ATTR_RDONLY;
            bind(place, HOST, &readonly)
        }
        made => made,
    }
}

fn bind(place: &Place, source: &str, options: &Options) -> Result<OwnedFd> {
    // Before Linux 5.2. Nothing that is to be read-only is ever seen writable: nobody runs yet.
    let by_name = || -> Result<OwnedFd> {
        let flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
        let found = path::open_at(AT_FDCWD, source, flags, Mode::empty())
            .with_context(|| format!("open {source}"))?;
        attach::bind(found.as_fd(), place.target, false).with_context(|| format!("bind {source}"))?;
        let made = path::open_in(place.root, place.destination, OFlag::O_PATH)?;
        if !options.attr.is_empty() {
            attach::set_attributes(made.as_fd(), &options.attr, false)
                .with_context(|| format!("set attributes of {source}"))?;
        }
        Ok(made)
    };
    let name = CString::new(source)?;
    let tree = match syscall::open_tree(AT_FDCWD, &name, libc::AT_RECURSIVE as u32) {
        Err(Errno::ENOSYS) => return by_name(),
        tree => tree.with_context(|| format!("open {source}"))?,
    };
    if !options.attr.is_empty() {
        attach::set_attributes(tree.as_fd(), &options.attr, true)
            .with_context(|| format!("set attributes of {source}"))?;
    }
    match syscall::move_mount(tree.as_fd(), place.target) {
        Err(Errno::ENOSYS) => by_name(),
        attached => Ok(attached.map(|()| tree)?),
    }
}
