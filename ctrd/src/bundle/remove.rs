//! The removal of a bundle: mounts first, and never through one.
//!
//! Where nothing is mounted on the root, what lies in it is the bundle's own: what a client has put there, or what the
//! runtime has made for things to be mounted on.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{MntFlags, umount2};

use super::{Bundle, Lock};
use crate::error::{Error, Result};
use crate::snapshot::tree;

/// The folders of a bundle that was, by hidden names.
pub struct Retired([Option<PathBuf>; 2]);

impl Retired {
    pub fn remove(self) -> Result<()> {
        self.0.iter().flatten().try_for_each(|path| tree::remove(path))
    }
}

impl Bundle {
    /// Removes the bundle.
    pub fn delete(&self, lock: &Lock) -> Result<()> {
        self.retire(lock)?.remove()
    }

    /// The same, but for what is left of its folders, which is gone for everybody.
    pub fn retire(&self, _lock: &Lock) -> Result<Retired> {
        let at = |e: Error| e.context(format!("remove bundle {}", self.path.display()));
        empty(&self.rootfs()).map_err(at)?;
        // The work folder first: once the bundle's name is free, it may be another's.
        let work = hide(&self.work).map_err(at)?;
        let path = hide(&self.path).map_err(at)?;
        Ok(Retired([work, path]))
    }
}

/// Unmounts what is on the root, and removes it with what is in it.
fn empty(rootfs: &Path) -> Result<()> {
    unmount(rootfs)?;
    match fs::remove_dir(rootfs) {
        Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty => {
            for path in mounted_below(rootfs)?.iter().rev() {
                unmount(path)?;
            }
            tree::remove(rootfs)
        }
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(Error::from(e).context(format!("remove {}", rootfs.display())))
        }
        _ => Ok(()),
    }
}

/// Detaches everything that is mounted at `path`, with what is mounted below.
fn unmount(path: &Path) -> Result<()> {
    loop {
        match umount2(path, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW) {
            // Another mount may have been under it.
            Ok(()) => continue,
            // EPERM is what somebody without rights is told whether there is a mount or not; at a
            // mount that stays the removal stops.
            Err(Errno::EINVAL | Errno::ENOENT | Errno::EPERM) => return Ok(()),
            Err(e) => return Err(Error::from(e).context(format!("unmount {}", path.display()))),
        }
    }
}

/// Where this process sees something mounted below a folder, in the order in which it was.
fn mounted_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let dir = dir.canonicalize()?;
    let table = fs::read("/proc/self/mountinfo").map_err(|e| Error::from(e).context("read the mounts"))?;
    let points = table.split(|b| *b == b'\n').filter_map(|line| line.split(|b| *b == b' ').nth(4));
    Ok(points.map(unescape).filter(|point| point.starts_with(&dir) && *point != dir).collect())
}

/// The table has spaces, tabs, newlines and backslashes as a backslash and three octal digits.
fn unescape(field: &[u8]) -> PathBuf {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, after @ ..] = rest {
        let code = after
            .get(..3)
            .filter(|_| *first == b'\\')
            .and_then(|digits| u8::from_str_radix(OsStr::from_bytes(digits).to_str()?, 8).ok());
        out.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[3..] } else { after };
    }
    std::ffi::OsString::from_vec(out).into()
}

/// Renames to a hidden name, which is returned where there was something.
pub(super) fn hide(path: &Path) -> Result<Option<PathBuf>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = path.with_file_name(format!(".{name}"));
    tree::remove(&hidden)?;
    match fs::rename(path, &hidden) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        done => done?,
    }
    Ok(Some(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::tests::bundles;
    use nix::mount::{MsFlags, mount};

    /// Mounts `from` at `to`, for the test's process; whether it may.
    fn bind(from: &Path, to: &Path) -> bool {
        fs::create_dir_all(to).unwrap();
        match mount(Some(from), to, None::<&str>, MsFlags::MS_BIND, None::<&str>) {
            Err(Errno::EPERM) => {
                eprintln!("skipped: this user may not mount");
                false
            }
            done => done.map(|()| true).unwrap(),
        }
    }

    #[test]
    fn what_lies_in_its_root_goes_with_it() {
        let (dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        let guard = bundle.create(b"{}").unwrap();
        fs::create_dir_all(bundle.rootfs().join("etc/deep")).unwrap();
        fs::write(bundle.rootfs().join("etc/file"), "").unwrap();
        let outside = dir.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("precious"), "").unwrap();
        std::os::unix::fs::symlink(&outside, bundle.rootfs().join("link")).unwrap();
        bundle.delete(&guard).unwrap();
        assert!(!bundle.exists() && !bundle.work.exists());
        assert!(outside.join("precious").exists());
    }

    #[test]
    fn what_is_mounted_in_its_root_is_unmounted_and_stays() {
        let (dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        let guard = bundle.create(b"{}").unwrap();
        let outside = dir.path().join("outside");
        fs::create_dir_all(outside.join("sub")).unwrap();
        fs::write(outside.join("precious"), "").unwrap();
        let at = bundle.rootfs().join("a b\\c");
        if !bind(&outside, &at) || !bind(&outside, &at.join("sub")) || !bind(&outside, &at) {
            return;
        }
        bundle.delete(&guard).unwrap();
        assert!(!bundle.exists());
        assert!(outside.join("precious").exists() && outside.join("sub").exists());
    }

    #[test]
    fn nothing_is_removed_through_a_mount() {
        let (dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        let guard = bundle.create(b"{}").unwrap();
        let outside = dir.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("precious"), "").unwrap();
        let at = bundle.work.join("mounted");
        if !bind(&outside, &at) {
            return;
        }
        let e = bundle.delete(&guard).unwrap_err();
        assert!(e.message.ends_with("mounted: something is mounted there"), "{e}");
        assert!(outside.join("precious").exists());
        let hidden = bundle.work.with_file_name(".web").join("mounted");
        umount2(&hidden, MntFlags::MNT_DETACH).unwrap();
        // The next one of that name, or the next server, comes by.
        bundles.sweep("default").unwrap();
        assert!(outside.join("precious").exists() && !hidden.exists());
    }

    #[test]
    fn how_the_table_writes_paths() {
        for (field, path) in [
            ("/a\\040b", "/a b"),
            ("/a\\134b", "/a\\b"),
            ("/plain", "/plain"),
            ("/end\\04", "/end\\04"),
            ("/no\\999", "/no\\999"),
        ] {
            assert_eq!(unescape(field.as_bytes()), Path::new(path));
        }
    }
}
