//! What the container gets of the host's files: bind sources and, for user namespaces, the root
//! and device nodes. Each is opened here, as a detached mount, so that ocirun-init reads no host
//! path.

use std::fs;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::unistd::geteuid;
use oci_spec::runtime::{LinuxIdMapping, Mount as Wanted, Spec};
use ocirun_init::{Bootstrap, Mount};

use crate::fds::Passed;
use crate::namespace::Namespaces;
use crate::{idmap, plan, tree};

/// Opens everything that `boot` names by a path of the host.
pub fn open(boot: &mut Bootstrap, spec: &Spec, ns: &Namespaces, passed: &mut Passed) -> Result<()> {
    let in_user_ns = ns.has(libc::CLONE_NEWUSER);
    for (mount, wanted) in boot.mounts.iter_mut().zip(spec.mounts().iter().flatten()) {
        if plan::is_bind(&mount.kind, &mount.options) {
            let fd =
                open_bind(mount, wanted, spec).with_context(|| format!("mount {}", mount.destination))?;
            mount.fd = fd.map(|fd| passed.add(fd));
        }
    }
    if in_user_ns {
        // Root inside may be nobody outside, and then cannot walk the path of its own root.
        let root = open_tree(&boot.rootfs, true).with_context(|| format!("open {}", boot.rootfs))?;
        boot.rootfs_fd = root.map(|fd| passed.add(fd));
        for device in boot.devices.iter_mut().filter(|d| d.kind != "p") {
            let fd = open_tree(&device.path, false).with_context(|| format!("open {}", device.path))?;
            device.fd = fd.map(|fd| passed.add(fd));
        }
    }
    Ok(())
}

/// Says of each bind source whether it is a file, opening nothing: for `create --dry-run`.
pub fn describe(boot: &mut Bootstrap) {
    for mount in &mut boot.mounts {
        if plan::is_bind(&mount.kind, &mount.options) {
            mount.file = fs::metadata(&mount.source).is_ok_and(|m| !m.is_dir());
        }
    }
}

fn open_bind(mount: &mut Mount, wanted: &Wanted, spec: &Spec) -> Result<Option<OwnedFd>> {
    let has = |word: &str| mount.options.iter().any(|o| o == word);
    let what = || format!("failed to fulfil mount request: open {}", mount.source);
    mount.file = !fs::metadata(&mount.source).with_context(what)?.is_dir();
    let fd = open_tree(&mount.source, has("rbind")).with_context(what)?;
    let (idmap, ridmap) = (has("idmap"), has("ridmap"));
    if let Some((uids, gids)) = maps(wanted, spec, idmap || ridmap)? {
        let fd = fd.as_ref().context("an id-mapped mount needs root")?;
        let user_ns = idmap::user_namespace(&uids, &gids)?;
        tree::map_ids(fd, &user_ns, ridmap).with_context(|| format!("map the ids of {}", mount.source))?;
    }
    Ok(fd)
}

/// A detached mount; none for an ordinary user, whose rights begin with the container's user
/// namespace: ocirun-init then opens the path itself.
fn open_tree(path: &str, recursive: bool) -> Result<Option<OwnedFd>, Errno> {
    match tree::open(path, recursive) {
        Err(Errno::EPERM) if !geteuid().is_root() => Ok(None),
        other => other.map(Some),
    }
}

type Maps = (Vec<LinuxIdMapping>, Vec<LinuxIdMapping>);

/// The mount's own id maps, else, where an option asks for it, the container's.
fn maps(wanted: &Wanted, spec: &Spec, asked: bool) -> Result<Option<Maps>> {
    let some = |m: &Option<Vec<LinuxIdMapping>>| m.clone().filter(|m| !m.is_empty());
    if let (Some(uids), Some(gids)) = (some(wanted.uid_mappings()), some(wanted.gid_mappings())) {
        return Ok(Some((uids, gids)));
    }
    if !asked {
        return Ok(None);
    }
    let linux = spec.linux().as_ref().context("an id-mapped mount needs id maps")?;
    let own = some(linux.uid_mappings()).zip(some(linux.gid_mappings()));
    Ok(Some(own.context("an id-mapped mount needs id maps")?))
}
