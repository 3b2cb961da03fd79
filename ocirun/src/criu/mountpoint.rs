//! The places in the root filesystem that a restored container's mounts are put on. CRIU expects
//! them; in a root that the container has not run in before they are missing.
//!
//! The root is the image's: each path is resolved by the kernel below the root's descriptor, as
//! ocirun-init does it.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2, readlinkat};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{Mode, mkdirat};

use crate::again::again;

/// So many links may lead to a place.
const LINKS: usize = 40;

/// So often an open is tried again.
const RETRIES: usize = 1000;

/// Opens what lies at `path` below `root`.
pub fn open_in(root: BorrowedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let how = OpenHow::new()
        .flags(OFlag::O_PATH | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    // It met a rename on its way, which is not its fault; a storm of them is somebody's.
    for _ in 0..RETRIES {
        match again(|| openat2(root, path, how)) {
            Err(Errno::EAGAIN) => {}
            opened => return opened,
        }
    }
    Err(Errno::EAGAIN)
}

/// Where `path` leads to below `root`, without links: as mountinfo would name a mount there. `top` is
/// the name of `root` itself. What is not there is taken as it is said.
pub fn resolve(root: BorrowedFd, top: &Path, path: &Path) -> String {
    let clean = clean(path);
    for at in clean.ancestors() {
        let Ok(found) = open_in(root, at) else { continue };
        let Ok(name) = fs::read_link(link(&found)) else { continue };
        let Ok(below) = name.strip_prefix(top) else { continue };
        let rest = clean.strip_prefix(at).unwrap_or(Path::new(""));
        let whole = Path::new("/").join(below).join(rest);
        // Joining nothing would leave a slash at the end.
        return whole.components().collect::<PathBuf>().to_string_lossy().into_owned();
    }
    clean.to_string_lossy().into_owned()
}

/// Makes a directory, or a file, at `path` below `root`, with all above it, where it is missing.
pub fn make(root: BorrowedFd, path: &Path, file: bool) -> Result<OwnedFd> {
    make_following(root, &clean(path), file, LINKS)
        .with_context(|| format!("make mount point {}", path.display()))
}

fn make_following(root: BorrowedFd, path: &Path, file: bool, links: usize) -> Result<OwnedFd> {
    match open_in(root, path) {
        Err(Errno::ENOENT) => {}
        Err(Errno::ENOSYS) => {
            bail!("openat2 (Linux 5.6 is needed): {}", crate::error::strerror(Errno::ENOSYS))
        }
        other => return Ok(other?),
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { bail!(Errno::ENOENT) };
    let parent_fd = make_following(root, parent, false, links)?;
    let made = if file {
        let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        openat(&parent_fd, name, flags, Mode::from_bits_truncate(0o644)).map(drop)
    } else {
        mkdirat(&parent_fd, name, Mode::from_bits_truncate(0o755))
    };
    match made {
        Ok(()) => Ok(open_in(root, path)?),
        // A link to nothing: what it means is made.
        Err(Errno::EEXIST) => {
            ensure!(links > 0, Errno::ELOOP);
            let target = readlinkat(&parent_fd, name)?;
            make_following(root, &clean(&parent.join(target)), file, links - 1)
        }
        Err(e) => Err(e.into()),
    }
}

/// Mounts `source` and all below it on an opened place.
pub fn bind(source: &Path, place: &OwnedFd) -> Result<()> {
    let kind = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(source), link(place).as_str(), None::<&str>, kind, None::<&str>)
        .with_context(|| format!("mount {}", source.display()))
}

/// Opens the folder that is the root.
pub fn open_root(path: &Path) -> Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    nix::fcntl::open(path, flags, Mode::empty()).with_context(|| format!("open {}", path.display()))
}

fn link(fd: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd())
}

/// Absolute, without `.` and `..`.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => {
                out.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_of_the_image_lead_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let (top, outside) = (dir.path().join("root"), dir.path().join("outside"));
        fs::create_dir_all(top.join("real/conf")).unwrap();
        fs::create_dir(&outside).unwrap();
        symlink("/real/conf", top.join("conf")).unwrap();
        symlink("../../../../outside", top.join("out")).unwrap();
        symlink(&outside, top.join("far")).unwrap();
        symlink("round", top.join("round")).unwrap();
        let top = fs::canonicalize(&top).unwrap();
        let root = open_root(&top).unwrap();
        let at = |path: &str| resolve(root.as_fd(), &top, Path::new(path));
        assert_eq!(at("/conf"), "/real/conf");
        assert_eq!(at("conf/a/../b/"), "/real/conf/b");
        assert_eq!(at("/none/x"), "/none/x");
        assert_eq!(at("/"), "/");

        for (path, file, made) in [
            ("/conf/a/b", false, "real/conf/a/b"),
            ("/out/x", true, "outside/x"),
            ("/new/dir/file", true, "new/dir/file"),
        ] {
            make(root.as_fd(), Path::new(path), file).unwrap();
            assert_eq!((top.join(made).is_file(), top.join(made).is_dir()), (file, !file), "{path}");
        }
        make(root.as_fd(), Path::new("/far/y"), false).unwrap();
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
        let said = make(root.as_fd(), Path::new("/round/x"), false).unwrap_err();
        assert!(crate::error::line(&said).contains("too many levels of symbolic links"), "{said:#}");
    }
}
