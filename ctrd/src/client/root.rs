//! A look into a container's root before it runs: who its users are is written in there.
//!
//! Nothing is mounted where anybody could see it. One folder is opened as it is; several layers
//! are put together in a detached mount, which goes when its descriptor is closed.

use std::os::fd::{AsRawFd, OwnedFd};

use nix::fcntl::{OFlag, open as open_dir};
use nix::sys::stat::Mode;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_flag, fsconfig_set_string,
    fsmount, fsopen,
};

use crate::api::types::Mount;
use crate::error::{Error, Result};

/// Opens what `mounts` would show, without what is yet to be written there.
pub fn open(mounts: &[Mount]) -> Result<OwnedFd> {
    let Some(mount) = mounts.last() else {
        return Err(Error::invalid("the snapshot has no mounts"));
    };
    if mount.r#type != "overlay" {
        return folder(&mount.source);
    }
    let option = |name: &str| mount.options.iter().find_map(|o| o.strip_prefix(name)?.strip_prefix('='));
    let layers = option("lowerdir").unwrap_or_default();
    match layers.contains(':') {
        false => folder(layers),
        true => overlay(layers, mount.options.iter().any(|o| o == "userxattr")),
    }
}

fn folder(path: &str) -> Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    open_dir(path, flags, Mode::empty()).map_err(|e| Error::from(e).context(format!("open {path}")))
}

fn overlay(layers: &str, userxattr: bool) -> Result<OwnedFd> {
    let names: Vec<&str> = layers.split(':').collect();
    let mounted = || -> rustix::io::Result<OwnedFd> {
        let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
        // The kernel takes 256 bytes at a time: one layer (Linux 6.8), or all by their short names.
        let mut one_by_one = names.iter().map(|name| fsconfig_set_string(&context, "lowerdir+", *name));
        let mut open = Vec::new();
        if let Some(Err(_)) = one_by_one.next() {
            open = names.iter().map(|name| open_layer(name)).collect::<rustix::io::Result<_>>()?;
            let short: Vec<String> =
                open.iter().map(|fd: &OwnedFd| format!("/proc/self/fd/{}", fd.as_raw_fd())).collect();
            fsconfig_set_string(&context, "lowerdir", short.join(":"))?;
        } else {
            one_by_one.try_for_each(|set| set)?;
        }
        if userxattr {
            fsconfig_set_flag(&context, "userxattr")?;
        }
        fsconfig_create(&context)?;
        drop(open);
        fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::MOUNT_ATTR_RDONLY)
    };
    mounted().map_err(|e| Error::from(std::io::Error::from(e)).context(format!("look into {layers}")))
}

fn open_layer(path: &str) -> rustix::io::Result<OwnedFd> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    openat(CWD, path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_layers_are_seen_as_one() {
        if !nix::unistd::geteuid().is_root() {
            return eprintln!("skipped: not root");
        }
        let dir = tempfile::tempdir().unwrap();
        let layer = |n: usize| dir.path().join(format!("{n}-{}", "l".repeat(100)));
        for n in 0..30 {
            std::fs::create_dir(layer(n)).unwrap();
            std::fs::write(layer(n).join(n.to_string()), "").unwrap();
        }
        let names: Vec<String> = (0..30).map(|n| layer(n).display().to_string()).collect();
        let root = overlay(&names.join(":"), false).unwrap();
        let seen = std::fs::read_dir(format!("/proc/self/fd/{}", root.as_raw_fd())).unwrap().count();
        assert_eq!(seen, 30);
    }
}
