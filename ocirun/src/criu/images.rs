//! The folders that CRIU works in, and who may read what is in them.

use std::fs::DirBuilder;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use anyhow::{Context, Result};
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::{Mode, fchmod, fstat};
use nix::unistd::{Gid, fchown};
use oci_spec::runtime::Spec;

use crate::namespace::Namespaces;
use crate::plan;

/// A folder that CRIU works in, made if asked and missing; private, since memory images are.
pub fn folder(path: &Path, make: bool) -> Result<OwnedFd> {
    if make {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("mkdir {}", path.display()))?;
    }
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    open(path, flags, Mode::empty()).with_context(|| format!("open {}", path.display()))
}

/// CRIU reads some images as root of the new user namespace: the group of that root, which nobody
/// else on the host is in, may read them, too.
pub fn open_to_inner_root(spec: &Spec, ns: &Namespaces, images: &OwnedFd) -> Result<()> {
    let linux = plan::linux(spec);
    let root = linux.gid_mappings().iter().flatten().find(|map| map.container_id() == 0);
    let Some(root) = root.filter(|_| ns.makes(libc::CLONE_NEWUSER)) else { return Ok(()) };
    let group = Some(Gid::from_raw(root.host_id()));
    let let_in = |fd: &OwnedFd| -> Result<()> {
        let stat = fstat(fd)?;
        let kind = stat.st_mode & libc::S_IFMT;
        if kind == libc::S_IFREG || kind == libc::S_IFDIR {
            fchown(fd, None, group)?;
            // To read, and of a folder what that means.
            let may = if kind == libc::S_IFDIR { 0o050 } else { 0o040 };
            fchmod(fd, Mode::from_bits_truncate(stat.st_mode & 0o7707 | may))?;
        }
        Ok(())
    };
    let_in(images)?;
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    for entry in Dir::from_fd(images.try_clone()?)?.iter() {
        let entry = entry?;
        match openat(images, entry.file_name(), flags, Mode::empty()) {
            Ok(fd) if entry.file_name() != c".." => let_in(&fd)?,
            // A link leads to earlier images; a socket cannot be opened.
            Ok(_) | Err(Errno::ELOOP | Errno::ENXIO) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}
