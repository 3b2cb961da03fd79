//! The difference of two trees as a layer: what is new or changed, and whiteouts for what is gone.
//!
//! Where the second tree is an overlay on the very layers of the first, its upper folder is the
//! difference and no more is read. Otherwise both are mounted, to be read only, and compared name by
//! name, as containerd does: by kind, owner, mode, size, time, link target and attributes. The same
//! trees give the same bytes.

use std::ffi::{CStr, CString};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::readlinkat;
use nix::sys::stat::{FileStat, fstat, makedev};

use crate::error::{Error, Result};
use crate::snapshot::{Mount, Mounted, tree};

use super::changes::Changes;

/// Writes the tar of what `right` has more, less or otherwise than `left`, which may be nothing.
/// With `epoch`, seconds since 1970, no time in it is later.
pub fn diff(left: &[Mount], right: &[Mount], epoch: Option<i64>, out: impl Write) -> Result<()> {
    if let Some(upper) = upper_of(left, right) {
        let at = |e: io::Error| Error::from(e).context(format!("read {}", upper.display()));
        let root = tree::open_root(&upper).map_err(at)?;
        if !refers_elsewhere(&root).map_err(at)? {
            let mut changes = Changes::new(out, epoch);
            changes.everything(&root, true)?;
            return changes.finish();
        }
    }
    let mounted = |mounts: &[Mount]| match mounts {
        [] => Ok(None),
        mounts => Mounted::new(&read_only(mounts)).map(Some),
    };
    let (left, right) = (mounted(left)?, mounted(right)?);
    let open = |mounted: &Option<Mounted>| match mounted {
        None => Ok(None),
        Some(at) => tree::open_root(at.path())
            .map(Some)
            .map_err(|e| Error::from(e).context(format!("read {}", at.path().display()))),
    };
    let (left, right) = (open(&left)?, open(&right)?);
    let mut changes = Changes::new(out, epoch);
    match (left, right) {
        (None, Some(right)) => changes.everything(&right, false)?,
        (Some(left), Some(right)) => compare(&left, &right, &mut changes)?,
        (Some(left), None) => gone(&left, &mut changes)?,
        (None, None) => {}
    }
    changes.finish()
}

/// The folder that is all of the difference, where `right` has one layer more than `left`.
fn upper_of(left: &[Mount], right: &[Mount]) -> Option<PathBuf> {
    let (below, all) = (layers(left)?, layers(right)?);
    match all.split_first() {
        Some((upper, rest)) if rest == below && !below.is_empty() => Some(PathBuf::from(upper)),
        _ => None,
    }
}

/// The folders that a mount shows, nearest first: of an overlay, or of a bind mount the one.
fn layers(mounts: &[Mount]) -> Option<Vec<&str>> {
    let [mount] = mounts else {
        return mounts.is_empty().then(Vec::new);
    };
    if mount.kind == "bind" || mount.has("bind") || mount.has("rbind") {
        return Some(vec![&mount.source]);
    }
    if mount.kind != "overlay" {
        return None;
    }
    // An option that is not known may change what the folders mean.
    let known = [
        "lowerdir=",
        "upperdir=",
        "workdir=",
        "index=",
        "uidmap=",
        "gidmap=",
        "volatile",
        "userxattr",
        "ro",
        "rw",
    ];
    if !mount.options.iter().all(|option| known.iter().any(|known| option.starts_with(known))) {
        return None;
    }
    let lower = mount.option("lowerdir").unwrap_or_default();
    Some(mount.option("upperdir").into_iter().chain(lower.split(':').filter(|l| !l.is_empty())).collect())
}

/// Whether a folder of overlayfs has something whose content lies in another: renamed folders, and
/// files of which only the metadata was copied.
fn refers_elsewhere(root: &OwnedFd) -> io::Result<bool> {
    fn level(dir: &OwnedFd, depth: usize) -> io::Result<bool> {
        for (name, stat) in tree::entries(dir)? {
            let kind = tree::kind(&stat);
            if kind == nix::sys::stat::SFlag::S_IFREG || tree::is_dir(&stat) {
                let path = tree::proc_path(dir, &name);
                for key in [
                    "trusted.overlay.redirect",
                    "trusted.overlay.metacopy",
                    "user.overlay.redirect",
                    "user.overlay.metacopy",
                ] {
                    if rustix::fs::lgetxattr_query(&path, key).is_ok() {
                        return Ok(true);
                    }
                }
            }
            if tree::is_dir(&stat)
                && (depth > tree::MAX_DEPTH || level(&tree::open_dir(dir, &name)?, depth + 1)?)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
    level(root, 0)
}

/// The same mounts with nothing to write to: the upper folder of an overlay, which a container may
/// have mounted right now, becomes its uppermost lower one.
fn read_only(mounts: &[Mount]) -> Vec<Mount> {
    let mut out = mounts.to_vec();
    for mount in &mut out {
        let Some(upper) = mount.option("upperdir").map(str::to_string) else {
            if !mount.has("ro") {
                mount.options.retain(|option| option != "rw");
                mount.options.push("ro".into());
            }
            continue;
        };
        let lower = mount.option("lowerdir").unwrap_or_default().to_string();
        let gone = ["upperdir=", "workdir=", "lowerdir="];
        mount.options.retain(|option| option != "rw" && !gone.iter().any(|gone| option.starts_with(gone)));
        if lower.is_empty() {
            // Overlayfs wants two folders to show something.
            *mount = Mount {
                kind: "bind".into(),
                source: upper,
                target: std::mem::take(&mut mount.target),
                options: vec!["ro".into(), "rbind".into()],
            };
        } else {
            mount.options.push(format!("lowerdir={upper}:{lower}"));
        }
    }
    out
}

fn gone<W: Write>(left: &OwnedFd, changes: &mut Changes<W>) -> Result<()> {
    let names = tree::entries(left).map_err(|e| Error::from(e).context("read the tree"))?;
    names.iter().try_for_each(|(name, _)| changes.gone(std::slice::from_ref(name)))
}

/// Both trees, name by name.
fn compare<W: Write>(left: &OwnedFd, right: &OwnedFd, changes: &mut Changes<W>) -> Result<()> {
    let at = |e: io::Error| Error::from(e).context("compare the trees");
    let (old, new) = (fstat(left).map_err(Error::from)?, fstat(right).map_err(Error::from)?);
    if differs((left, c".", &old), (right, c".", &new)).map_err(at)? {
        changes.root(right, &new)?;
    }
    // A file that is unchanged in itself belongs to the layer when a changed name leads to it too.
    let mut linked = std::collections::HashSet::new();
    level(left, right, &mut Vec::new(), &mut |_, seen| {
        if let Seen::Changed { step, .. } = seen
            && step.stat.st_nlink > 1
            && !tree::is_dir(step.stat)
        {
            linked.insert((step.stat.st_dev, step.stat.st_ino));
        }
        Ok(())
    })?;
    level(left, right, &mut Vec::new(), &mut |path, seen| match seen {
        Seen::Gone => changes.gone(path),
        Seen::Changed { step, replaces } => changes.put(path, &step, replaces),
        Seen::Same(step) if linked.contains(&(step.stat.st_dev, step.stat.st_ino)) => {
            changes.put(path, &step, false)
        }
        Seen::Same(step) => changes.same(path, &step),
        Seen::Left => {
            changes.leave();
            Ok(())
        }
    })
}

/// What a comparison finds at a name.
enum Seen<'a> {
    Gone,
    /// New, or not what it was; `replaces`: a folder in the place of something that was none.
    Changed {
        step: tree::Step<'a>,
        replaces: bool,
    },
    Same(tree::Step<'a>),
    /// The end of a folder.
    Left,
}

type See<'a> = &'a mut dyn FnMut(&[CString], Seen) -> Result<()>;

fn level(left: &OwnedFd, right: &OwnedFd, path: &mut Vec<CString>, see: See) -> Result<()> {
    let at = |e: io::Error, path: &[CString]| {
        Error::from(e).context(format!("compare {:.300}", tree::display(path)))
    };
    if path.len() > tree::MAX_DEPTH {
        return Err(Error::invalid(format!("compare {:.200}: too deep", tree::display(path))));
    }
    let sorted = |dir: &OwnedFd| -> io::Result<Vec<(CString, FileStat)>> {
        let mut all = tree::entries(dir)?;
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(all)
    };
    let mut old = sorted(left).map_err(|e| at(e, path))?.into_iter().peekable();
    let mut new = sorted(right).map_err(|e| at(e, path))?.into_iter().peekable();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => a.0.cmp(&b.0),
        };
        let before = if order.is_le() { old.next() } else { None };
        let Some((name, stat)) = (if order.is_ge() { new.next() } else { None }) else {
            if let Some((name, _)) = before {
                path.push(name);
                see(path, Seen::Gone)?;
                path.pop();
            }
            continue;
        };
        path.push(name.clone());
        let step = tree::Step { dir: right, name: &name, stat: &stat };
        let folder = tree::is_dir(&stat);
        let was_folder = before.as_ref().is_some_and(|(_, old)| tree::is_dir(old));
        let changed = match &before {
            None => true,
            Some((_, old)) => differs((left, &name, old), (right, &name, &stat)).map_err(|e| at(e, path))?,
        };
        match changed {
            true => see(path, Seen::Changed { step, replaces: folder && before.is_some() && !was_folder })?,
            false => see(path, Seen::Same(step))?,
        }
        if folder {
            let sub = tree::open_dir(right, &name).map_err(|e| at(e, path))?;
            match was_folder {
                true => {
                    let old = tree::open_dir(left, &name).map_err(|e| at(e, path))?;
                    level(&old, &sub, path, see)?;
                }
                false => whole(&sub, path, see)?,
            }
            see(path, Seen::Left)?;
        }
        path.pop();
    }
}

/// All of a folder that is new.
fn whole(dir: &OwnedFd, path: &[CString], see: See) -> Result<()> {
    let see = std::cell::RefCell::new(see);
    let at = |inner: &[CString]| [path, inner].concat();
    tree::walk(
        dir,
        &mut |inner, step| {
            let step = tree::Step { dir: step.dir, name: step.name, stat: step.stat };
            (see.borrow_mut())(&at(inner), Seen::Changed { step, replaces: false })
        },
        &mut |inner, _| (see.borrow_mut())(&at(inner), Seen::Left),
    )
}

type Side<'a> = (&'a OwnedFd, &'a CStr, &'a FileStat);

/// Whether what is on the right is not what is on the left, or is not known to be the same.
fn differs(left: Side, right: Side) -> io::Result<bool> {
    let (old, new) = (left.2, right.2);
    if (old.st_dev, old.st_ino) == (new.st_dev, new.st_ino)
        && old.st_ctime == new.st_ctime
        && old.st_ctime_nsec == new.st_ctime_nsec
    {
        return Ok(false);
    }
    if (old.st_mode, old.st_uid, old.st_gid) != (new.st_mode, new.st_uid, new.st_gid) {
        return Ok(true);
    }
    use nix::sys::stat::SFlag;
    match tree::kind(new) {
        // What is made or removed in a folder changes its time, and is told by itself.
        SFlag::S_IFDIR => {}
        SFlag::S_IFLNK => {
            let target = |side: &Side| readlinkat(side.0, side.1);
            if target(&left)? != target(&right)? {
                return Ok(true);
            }
        }
        SFlag::S_IFCHR | SFlag::S_IFBLK => {
            if old.st_rdev != new.st_rdev {
                return Ok(true);
            }
        }
        _ => {
            let time = |s: &FileStat| (s.st_mtime, s.st_mtime_nsec);
            if old.st_size != new.st_size || time(old) != time(new) {
                return Ok(true);
            }
        }
    }
    let attributes = |side: &Side| -> io::Result<Vec<(CString, Vec<u8>)>> {
        let mut all = tree::xattrs(&tree::proc_path(side.0, side.1))?;
        all.retain(|(name, _)| !tree::is_overlay_xattr(name.to_bytes()));
        Ok(all)
    };
    Ok(attributes(&left)? != attributes(&right)?)
}

/// Whether an inode of overlayfs's own folders says that there is nothing.
pub(super) fn is_whiteout(stat: &FileStat) -> bool {
    tree::kind(stat) == nix::sys::stat::SFlag::S_IFCHR && stat.st_rdev == makedev(0, 0)
}

/// Whether overlayfs shows nothing of what is below this folder.
pub(super) fn is_opaque(dir: impl AsFd, name: &CStr) -> io::Result<bool> {
    let path = tree::proc_path(dir, name);
    for key in ["trusted.overlay.opaque", "user.overlay.opaque"] {
        let mut value = [0u8; 4];
        match rustix::fs::lgetxattr(&path, key, &mut value[..]) {
            Ok(n) if &value[..n] == b"y" => return Ok(true),
            Ok(_) => {}
            Err(e) => match Errno::from_raw(e.raw_os_error()) {
                Errno::ENODATA | Errno::EOPNOTSUPP | Errno::ERANGE => {}
                e => return Err(e.into()),
            },
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
