//! Layers whose owners are mapped for a container in a user namespace: `uidmap=` and `gidmap=` of a
//! snapshotter's mounts. A layer that belongs to root is seen to belong to the container's root, and
//! nothing on the disk is changed (Linux 5.19 for overlays, 5.12 for bind mounts).
#![allow(unsafe_code)]

use std::ffi::CString;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::mount::{MntFlags, MsFlags, umount2};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, pipe2};

const OPEN_TREE_CLONE: libc::c_uint = 1;
const AT_RECURSIVE: libc::c_uint = 0x8000;
const MOVE_MOUNT_F_EMPTY_PATH: libc::c_uint = 4;
const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;

/// Takes the maps out of a mount's options: a user namespace that has them, where there are any.
pub fn take(data: &mut Vec<String>) -> Result<Option<OwnedFd>> {
    let mut one = |key: &str| {
        let at = data.iter().position(|option| option.starts_with(key))?;
        Some(data.remove(at)[key.len()..].to_owned())
    };
    match (one("uidmap="), one("gidmap=")) {
        (None, None) => Ok(None),
        (Some(uid), Some(gid)) => user_namespace(&lines(&uid)?, &lines(&gid)?).map(Some),
        _ => bail!("uidmap and gidmap go together"),
    }
}

/// `0:100000:65536,…` as the kernel reads it.
fn lines(map: &str) -> Result<String> {
    let mut out = String::new();
    for range in map.split(',') {
        let numbers: Vec<&str> = range.split(':').collect();
        if numbers.len() != 3 || numbers.iter().any(|n| n.parse::<u32>().is_err()) {
            bail!("id map {map:?}: not CONTAINER:HOST:SIZE");
        }
        out.push_str(&format!("{}\n", numbers.join(" ")));
    }
    Ok(out)
}

/// A user namespace with these maps, that nobody lives in.
fn user_namespace(uid: &str, gid: &str) -> Result<OwnedFd> {
    let (hold, held) = pipe2(OFlag::O_CLOEXEC)?;
    let (ready, told) = pipe2(OFlag::O_CLOEXEC)?;
    // SAFETY: this process has one thread; the child makes system calls only, and never returns.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let mut byte = [0u8];
        // SAFETY: the calls take numbers, or the address of a byte that outlives them.
        unsafe {
            libc::close(held.as_raw_fd());
            libc::close(ready.as_raw_fd());
            byte[0] = u8::from(libc::unshare(libc::CLONE_NEWUSER) == 0);
            libc::write(told.as_raw_fd(), byte.as_ptr().cast(), 1);
            // Until the other end is closed, on purpose or with our parent.
            libc::read(hold.as_raw_fd(), byte.as_mut_ptr().cast(), 1);
            libc::_exit(0);
        }
    }
    let child = Pid::from_raw(Errno::result(child).context("fork")?);
    drop((hold, told));
    let made = || -> Result<OwnedFd> {
        let mut byte = [0u8];
        let n = File::from(ready).read(&mut byte)?;
        if n == 0 || byte[0] == 0 {
            bail!("make a user namespace");
        }
        for (file, map) in [("uid_map", uid), ("gid_map", gid)] {
            let path = format!("/proc/{child}/{file}");
            std::fs::write(&path, map).with_context(|| format!("write {path}"))?;
        }
        Ok(File::open(format!("/proc/{child}/ns/user"))?.into())
    };
    let made = made();
    drop(held);
    let _ = waitpid(child, None);
    made
}

/// A bind mount of `source` on `target` with the owners of a user namespace.
pub fn bind(source: &Path, target: &Path, flags: MsFlags, owners: &OwnedFd) -> Result<()> {
    attach(&tree(source, flags, owners)?, target)
}

/// Folders mounted for an overlay that is about to be, which keeps what it needs of them.
pub struct Lower {
    folders: Vec<PathBuf>,
}

impl Lower {
    /// Mounts each layer of `lowerdir` in a folder of its own in `beside`, and names them instead.
    pub fn mount(data: &mut [String], beside: &Path, owners: &OwnedFd) -> Result<Lower> {
        let mut lower = Lower { folders: Vec::new() };
        let Some(option) = data.iter_mut().find(|option| option.starts_with("lowerdir=")) else {
            return Ok(lower);
        };
        for (n, layer) in option["lowerdir=".len()..].split(':').enumerate() {
            let folder = beside.join(format!(".lower-{n}"));
            std::fs::create_dir(&folder).with_context(|| format!("create {}", folder.display()))?;
            lower.folders.push(folder.clone());
            attach(&tree(Path::new(layer), MsFlags::empty(), owners)?, &folder)?;
        }
        let names: Vec<String> = lower.folders.iter().map(|f| f.display().to_string()).collect();
        *option = format!("lowerdir={}", names.join(":"));
        Ok(lower)
    }
}

impl Drop for Lower {
    fn drop(&mut self) {
        for folder in &self.folders {
            let _ = umount2(folder, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn tree(source: &Path, flags: MsFlags, owners: &OwnedFd) -> Result<OwnedFd> {
    let path = CString::new(source.as_os_str().as_bytes())?;
    let deep = if flags.contains(MsFlags::MS_REC) { AT_RECURSIVE } else { 0 };
    let how = OPEN_TREE_CLONE | libc::O_CLOEXEC as libc::c_uint | deep;
    // SAFETY: the path is a C string that lives until the call returns.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), how) };
    let fd = Errno::result(fd).with_context(|| format!("open {}", source.display()))?;
    // SAFETY: the kernel has just made this descriptor for us.
    let tree = unsafe { OwnedFd::from_raw_fd(fd as i32) };
    let attributes = libc::mount_attr {
        attr_set: MOUNT_ATTR_IDMAP | super::layers::attributes(flags) as u64,
        attr_clr: 0,
        propagation: 0,
        userns_fd: owners.as_raw_fd() as u64,
    };
    let empty = libc::AT_EMPTY_PATH as libc::c_uint | deep;
    // SAFETY: the attributes live until the call returns, and the size is theirs.
    let set = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            empty,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    Errno::result(set).with_context(|| format!("map the owners of {}", source.display()))?;
    Ok(tree)
}

fn attach(tree: &OwnedFd, target: &Path) -> Result<()> {
    let path = CString::new(target.as_os_str().as_bytes())?;
    // SAFETY: both paths are C strings that live until the call returns.
    let moved = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            path.as_ptr(),
            MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    Errno::result(moved).with_context(|| format!("mount on {}", target.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn maps_are_read_strictly() {
        assert_eq!(lines("0:100000:65536,70000:1:1").unwrap(), "0 100000 65536\n70000 1 1\n");
        for bad in ["", "0:1", "0:1:2:3", "a:1:2", "0:-1:2", "0:1:4294967296"] {
            assert!(lines(bad).is_err(), "{bad}");
        }
        let mut data = vec!["uidmap=0:1:1".to_owned()];
        assert!(take(&mut data).is_err());
        assert!(take(&mut vec!["index=off".to_owned()]).unwrap().is_none());
    }

    #[test]
    fn layers_show_mapped_owners() {
        if !nix::unistd::geteuid().is_root() {
            return eprintln!("skipped: not root");
        }
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["one", "two", "upper", "work", "target"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        std::fs::write(at("one/file"), "text").unwrap();
        let mount = |kind: &str, source: &str, options: &[String]| {
            let options = options
                .iter()
                .cloned()
                .chain(["uidmap=0:100000:65536", "gidmap=0:200000:65536"].map(String::from))
                .collect();
            let mount = ctrd_shim::api::types::Mount {
                r#type: kind.into(),
                source: source.into(),
                target: String::new(),
                options,
            };
            super::super::mount_all(&[mount], &at("target"))
        };
        let seen = |name: &str| {
            let meta = at("target").join(name).metadata().unwrap();
            (meta.uid(), meta.gid())
        };
        let options = [
            format!("lowerdir={}:{}", at("two").display(), at("one").display()),
            format!("upperdir={}", at("upper").display()),
            format!("workdir={}", at("work").display()),
        ];
        if let Err(e) = mount("overlay", "overlay", &options) {
            // Of the file system, which is not asked for it everywhere.
            return eprintln!("skipped: {e:#}");
        }
        let overlay = seen("file");
        super::super::unmount(&at("target")).unwrap();
        mount("bind", at("one").to_str().unwrap(), &["rbind".to_owned(), "ro".to_owned()]).unwrap();
        let bound = seen("file");
        let written = std::fs::write(at("target/file"), "other");
        super::super::unmount(&at("target")).unwrap();
        assert_eq!((overlay, bound), ((100_000, 200_000), (100_000, 200_000)));
        assert!(written.is_err());
        assert!(!dir.path().join(".lower-0").exists());
    }
}
