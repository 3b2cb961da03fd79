//! Whiteouts: names in a layer that say what is gone from the layers below.
//!
//! They speak of lower layers only, wherever in the archive they stand: what the same layer
//! brings stays, also where the whiteout comes after it.

use std::collections::HashSet;
use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::AtFlags;
use nix::sys::stat::{FileStat, Mode, SFlag, fstatat, makedev, mknodat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use rustix::fs::XattrFlags;

use crate::snapshot::tree;

use super::extract::{Form, Place, Tree};

const PREFIX: &[u8] = b".wh.";
/// Names of AUFS's own, of which one alone has a meaning to others.
const META: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

impl Tree {
    /// Does what the entry says if it is a whiteout; whether it was one.
    pub(super) fn whiteout(&mut self, place: &Place) -> io::Result<bool> {
        let base = place.base.to_bytes();
        let Some(hidden) = base.strip_prefix(PREFIX) else {
            return Ok(false);
        };
        if base == OPAQUE {
            self.hide_all(place)?;
        } else if !base.starts_with(META) {
            if matches!(hidden, b"" | b"." | b"..") {
                return Err(io::Error::other("invalid whiteout"));
            }
            self.hide(place, &CString::new(hidden)?)?;
        }
        Ok(true)
    }

    fn hide(&mut self, place: &Place, name: &CStr) -> io::Result<()> {
        let Some(dir) = self.existing(&place.parent)? else { return Ok(()) };
        match &self.form {
            Form::Plain { own, .. } => remove_others(&dir, name, own, 0),
            Form::Overlay { .. } => match fstatat(&dir, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Err(Errno::ENOENT) => make_whiteout(&dir, name),
                Err(e) => Err(e.into()),
                Ok(stat) if tree::is_dir(&stat) => self.set_opaque(&tree::open_dir(&dir, name)?),
                Ok(_) => Ok(()),
            },
        }
    }

    fn hide_all(&mut self, place: &Place) -> io::Result<()> {
        let Some(dir) = self.existing(&place.parent)? else {
            return Ok(());
        };
        match &self.form {
            Form::Plain { own, .. } => {
                for (name, _) in tree::entries(&dir)? {
                    remove_others(&dir, &name, own, 0)?;
                }
                Ok(())
            }
            // The root of an overlay shows all layers, opaque or not.
            Form::Overlay { lower, .. } if place.parent.is_empty() => {
                for layer in lower {
                    for (name, _) in tree::entries(layer)? {
                        match fstatat(&dir, &*name, AtFlags::AT_SYMLINK_NOFOLLOW) {
                            Err(Errno::ENOENT) => make_whiteout(&dir, &name)?,
                            Err(e) => return Err(e.into()),
                            Ok(stat) if tree::is_dir(&stat) => {
                                self.set_opaque(&tree::open_dir(&dir, &name)?)?;
                            }
                            Ok(_) => {}
                        }
                    }
                }
                Ok(())
            }
            Form::Overlay { .. } => self.set_opaque(&dir),
        }
    }

    /// Whether an inode of an overlay's layer means that there is nothing.
    pub(super) fn is_whiteout(&self, stat: &FileStat) -> bool {
        matches!(self.form, Form::Overlay { .. })
            && tree::kind(stat) == SFlag::S_IFCHR
            && stat.st_rdev == makedev(0, 0)
    }

    pub(super) fn set_opaque(&self, dir: &OwnedFd) -> io::Result<()> {
        if let Form::Overlay { opaque, .. } = &self.form {
            rustix::fs::fsetxattr(dir, *opaque, b"y", XattrFlags::empty())?;
        }
        Ok(())
    }

    pub(super) fn is_opaque(&self, dir: &OwnedFd) -> io::Result<bool> {
        let Form::Overlay { opaque, .. } = &self.form else { return Ok(false) };
        let mut value = [0u8; 4];
        match rustix::fs::fgetxattr(dir, *opaque, &mut value[..]) {
            Ok(n) => Ok(&value[..n] == b"y"),
            Err(rustix::io::Errno::NODATA | rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::RANGE) => {
                Ok(false)
            }
            Err(e) => Err(e.into()),
        }
    }
}

fn make_whiteout(dir: &OwnedFd, name: &CStr) -> io::Result<()> {
    Ok(mknodat(dir, name, SFlag::S_IFCHR, Mode::empty(), makedev(0, 0))?)
}

/// Removes what this layer did not write.
fn remove_others(dir: &OwnedFd, name: &CStr, own: &HashSet<u64>, depth: usize) -> io::Result<()> {
    let stat = match fstatat(dir, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Err(Errno::ENOENT) => return Ok(()),
        other => other?,
    };
    if !tree::is_dir(&stat) {
        return if own.contains(&stat.st_ino) { Ok(()) } else { tree::remove_at(dir, name) };
    }
    if depth > tree::MAX_DEPTH {
        return tree::remove_at(dir, name);
    }
    let sub = tree::open_dir(dir, name)?;
    for (inner, _) in tree::entries(&sub)? {
        remove_others(&sub, &inner, own, depth + 1)?;
    }
    if own.contains(&stat.st_ino) {
        return Ok(());
    }
    match unlinkat(dir, name, UnlinkatFlags::RemoveDir) {
        Ok(()) | Err(Errno::ENOTEMPTY) => Ok(()),
        Err(e) => Err(e.into()),
    }
}
