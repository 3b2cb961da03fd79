//! A look into a container's root before it runs: who its users are is written in there.
//!
//! Nothing is mounted where anybody could see it. One folder is opened as it is; several layers
//! are put together in a detached mount, which goes when its descriptor is closed.

use std::ffi::CString;
use std::os::fd::OwnedFd;

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
    let text = CString::new(layers).map_err(|_| Error::invalid("a layer's path holds a NUL byte"))?;
    let mounted = || -> rustix::io::Result<OwnedFd> {
        let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
        fsconfig_set_string(&context, "lowerdir", &text)?;
        if userxattr {
            fsconfig_set_flag(&context, "userxattr")?;
        }
        fsconfig_create(&context)?;
        fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::MOUNT_ATTR_RDONLY)
    };
    mounted().map_err(|e| Error::from(std::io::Error::from(e)).context(format!("look into {layers}")))
}
