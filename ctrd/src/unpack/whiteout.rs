//! Whiteouts: names in a layer that say what is gone from the layers below.
//!
//! They speak of lower layers only, wherever in the archive they stand: what the same layer
//! brings stays, also where the whiteout comes after it.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::AtFlags;
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat, makedev, mknodat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use rustix::fs::XattrFlags;

use crate::snapshot::tree;

use super::extract::{Form, Own, Place, Tree};
use super::parents::open_plain;

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
        self.drop_copies(&place.parent, Some(name))?;
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
        self.drop_copies(&place.parent, None)?;
        match &self.form {
            Form::Plain { own, .. } => {
                for (name, _) in tree::entries(&dir)? {
                    remove_others(&dir, &name, own, 0)?;
                }
                Ok(())
            }
            // The root of an overlay shows all layers, opaque or not.
            Form::Overlay { lower, .. } if place.parent.is_empty() => {
                self.need_below()?;
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

    /// Removes what was copied up to below a folder, or to below one name in it.
    fn drop_copies(&mut self, folder: &[u8], name: Option<&CStr>) -> io::Result<()> {
        if self.copied.is_empty() {
            return Ok(());
        }
        let Some((_, mut real)) = self.walk(folder, false)? else { return Ok(()) };
        real.extend(name.map(|n| n.to_bytes().to_vec()));
        let top = real.join(&b'/');
        let below = |path: &[u8]| {
            top.is_empty() || path.strip_prefix(top.as_slice()).is_some_and(|rest| rest.starts_with(b"/"))
        };
        let within = |path: &[u8]| below(path) || (name.is_some() && path == top);
        // From below, so that folders are empty by their turn, unless the layer has written there.
        let doomed: Vec<(Vec<u8>, u64)> =
            self.copied.iter().rev().filter(|(path, _)| within(path)).map(|(p, i)| (p.clone(), *i)).collect();
        for (path, inode) in doomed {
            let Some(place) = Place::of(&path)? else { continue };
            let dir = open_plain(&self.root, &place.parent)?;
            let there = match fstatat(&dir, &*place.base, AtFlags::AT_SYMLINK_NOFOLLOW) {
                Err(Errno::ENOENT) => continue,
                other => other?,
            };
            if there.st_ino != inode {
                continue;
            }
            let how =
                if tree::is_dir(&there) { UnlinkatFlags::RemoveDir } else { UnlinkatFlags::NoRemoveDir };
            match unlinkat(&dir, &*place.base, how) {
                Ok(()) => drop(self.copied.remove(&path)),
                Err(Errno::ENOTEMPTY) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
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
fn remove_others(dir: &OwnedFd, name: &CStr, own: &Own, depth: usize) -> io::Result<()> {
    let stat = match fstatat(dir, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Err(Errno::ENOENT) => return Ok(()),
        other => other?,
    };
    let is_own = own.has(fstat(dir)?.st_ino, name, stat.st_ino);
    if !tree::is_dir(&stat) {
        return if is_own { Ok(()) } else { tree::remove_at(dir, name) };
    }
    if depth > tree::MAX_DEPTH {
        return tree::remove_at(dir, name);
    }
    let sub = tree::open_dir(dir, name)?;
    for (inner, _) in tree::entries(&sub)? {
        remove_others(&sub, &inner, own, depth + 1)?;
    }
    if is_own {
        return Ok(());
    }
    match unlinkat(dir, name, UnlinkatFlags::RemoveDir) {
        Ok(()) | Err(Errno::ENOTEMPTY) => Ok(()),
        Err(e) => Err(e.into()),
    }
}
