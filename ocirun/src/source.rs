//! What the container gets of the host's files: bind sources and, for user namespaces, the root
//! and device nodes. Each is opened here, as a detached mount, so that ocirun-init reads no host
//! path. What lies in the root filesystem itself it opens, when the mounts before have been made.

use std::fs::{self, File};
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::{Mode, fstat};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, chroot, fchdir, geteuid};
use oci_spec::runtime::{LinuxIdMapping, Mount as Wanted, Spec};
use ocirun_init::{Bootstrap, Mount};

use crate::again::again;
use crate::fds::Passed;
use crate::namespace::{self, Namespaces};
use crate::{idmap, pidfd, plan, spawn, tree};

/// Opens everything that `boot` names by a path of the host. What comes back maps the ids of those
/// sources that ocirun-init opens.
pub fn open(boot: &mut Bootstrap, spec: &Spec, ns: &Namespaces, passed: &mut Passed) -> Result<Vec<Map>> {
    open_for(boot, spec, spec.mounts().as_deref().unwrap_or_default(), ns, passed)
}

/// The same for `mounts`, which `boot` has in its own form.
pub fn open_for(
    boot: &mut Bootstrap,
    spec: &Spec,
    mounts: &[Wanted],
    ns: &Namespaces,
    passed: &mut Passed,
) -> Result<Vec<Map>> {
    let in_user_ns = ns.has(libc::CLONE_NEWUSER);
    // Before our view of the mounts changes: the maps are files of this one.
    let mut wanted_maps = Vec::new();
    for (number, wanted) in mounts.iter().enumerate() {
        let map = map(&boot.mounts[number], wanted, spec, ns).with_context(|| format!("mounts[{number}]"))?;
        wanted_maps.push(map);
    }
    let view = if in_user_ns && geteuid().is_root() { Some(LockedView::enter()?) } else { None };
    let opened = open_mounts(boot, wanted_maps, passed).and_then(|maps| {
        if in_user_ns {
            open_root(boot, passed)?;
        }
        Ok(maps)
    });
    if let Some(view) = view {
        view.leave()?;
    }
    opened
}

/// For a user namespace: its root, unless it has one, and the device nodes.
fn open_root(boot: &mut Bootstrap, passed: &mut Passed) -> Result<()> {
    if !boot.join {
        // Root inside may be nobody outside, and then cannot walk the path of its own root.
        let root = open_tree(&boot.rootfs, true, true).with_context(|| format!("open {}", boot.rootfs))?;
        boot.rootfs_fd = root.map(|fd| passed.add(fd));
    }
    for device in boot.devices.iter_mut().filter(|d| d.kind != "p") {
        let host = device.source.as_ref().unwrap_or(&device.path);
        let fd = open_tree(host, false, true).with_context(|| format!("open {host}"))?;
        device.fd = fd.map(|fd| passed.add(fd));
    }
    Ok(())
}

fn open_mounts(boot: &mut Bootstrap, wanted: Vec<Option<Map>>, passed: &mut Passed) -> Result<Vec<Map>> {
    let mut maps = Vec::new();
    for (number, map) in wanted.into_iter().enumerate() {
        let mount = &mut boot.mounts[number];
        if !plan::is_bind(&mount.kind, &mount.options) || mount.options.iter().any(|word| word == "remount") {
            continue;
        }
        if mount.inside.is_some() {
            mount.map = map.is_some();
            maps.extend(map.map(|map| Map { mount: number, ..map }));
            continue;
        }
        let fd = open_bind(mount, map).with_context(|| {
            format!(
                "error mounting {:?} to rootfs at {:?} (mounts[{number}])",
                mount.source, mount.destination
            )
        })?;
        mount.fd = fd.map(|fd| passed.add(fd));
    }
    Ok(maps)
}

/// Until it is left, this process sees the host's mounts as a user namespace would: what is cloned
/// of them keeps their attributes locked, so that root of the container cannot make writable what
/// is read-only on the host, nor look below a mount.
struct LockedView {
    mounts: OwnedFd,
    root: OwnedFd,
    directory: OwnedFd,
}

impl LockedView {
    fn enter() -> Result<LockedView> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let here = |path| again(|| nix::fcntl::open(path, flags, Mode::empty()));
        let view = LockedView {
            mounts: namespace::open_own(libc::CLONE_NEWNS)?,
            root: here("/").context("open /")?,
            directory: here(".").context("open .")?,
        };
        let child = spawn::pause_in(libc::CLONE_NEWUSER | libc::CLONE_NEWNS)?;
        let path = format!("/proc/{}/ns/mnt", child.pid);
        let entered = File::open(&path)
            .with_context(|| format!("open {path}"))
            .and_then(|mounts| namespace::enter(&mounts, libc::CLONE_NEWNS));
        pidfd::signal(&child.pidfd, libc::SIGKILL)?;
        again(|| waitpid(Pid::from_raw(child.pid), None))
            .context("wait for the process of a mount namespace")?;
        entered.map(|()| view)
    }

    fn leave(self) -> Result<()> {
        namespace::enter(&self.mounts, libc::CLONE_NEWNS)?;
        // A namespace is entered at its own root.
        fchdir(&self.root).and_then(|()| chroot(".")).context("go back to /")?;
        fchdir(&self.directory).context("go back to the working directory")
    }
}

/// The ids of one source are to be mapped as this user namespace maps them.
pub struct Map {
    /// Which of the mounts.
    pub mount: usize,
    user_ns: OwnedFd,
    /// Of all mounts below it too.
    recursive: bool,
}

impl Map {
    /// Maps the detached mount at descriptor `fd` of process `pidfd`.
    pub fn apply(&self, process: &OwnedFd, fd: i32) -> Result<()> {
        let tree = pidfd::take_descriptor(process, fd).context("take the mount's descriptor")?;
        tree::map_ids(&tree, &self.user_ns, self.recursive).context("map ids")
    }
}

/// Says of each bind source whether it is a file, opening nothing: for `create --dry-run`.
pub fn describe(boot: &mut Bootstrap) {
    for mount in &mut boot.mounts {
        if plan::is_bind(&mount.kind, &mount.options) {
            mount.file = fs::metadata(&mount.source).is_ok_and(|m| !m.is_dir());
        }
    }
}

fn open_bind(mount: &mut Mount, map: Option<Map>) -> Result<Option<OwnedFd>> {
    let has = |word: &str| mount.options.iter().any(|o| o == word);
    let what = || format!("failed to fulfil mount request: open {}", mount.source);
    let follow = !has("src-nofollow");
    if has("copy-symlink") && fs::symlink_metadata(&mount.source).with_context(what)?.is_symlink() {
        let target = fs::read_link(&mount.source).with_context(what)?;
        mount.link = Some(target.to_str().context("copy-symlink: the link is not text")?.to_owned());
        return Ok(None);
    }
    let fd = open_tree(&mount.source, has("rbind"), follow).with_context(what)?;
    mount.file = match &fd {
        // What was opened, whatever its name means by now.
        Some(fd) => fstat(fd).with_context(what)?.st_mode & libc::S_IFMT != libc::S_IFDIR,
        None if follow => !fs::metadata(&mount.source).with_context(what)?.is_dir(),
        None => !fs::symlink_metadata(&mount.source).with_context(what)?.is_dir(),
    };
    if let Some(map) = map {
        let fd = fd.as_ref().context("an id-mapped mount needs root and Linux 5.12")?;
        tree::map_ids(fd, &map.user_ns, map.recursive)
            .with_context(|| format!("map the ids of {}", mount.source))?;
    }
    Ok(fd)
}

/// A detached mount; none for an ordinary user, whose rights begin with the container's user
/// namespace, and before Linux 5.2: ocirun-init then opens the path itself, once.
fn open_tree(path: &str, recursive: bool, follow: bool) -> Result<Option<OwnedFd>, Errno> {
    match tree::open(path, recursive, follow) {
        Err(Errno::EPERM) if !geteuid().is_root() => Ok(None),
        Err(Errno::ENOSYS) => Ok(None),
        other => other.map(Some),
    }
}

/// How the ids of a mount are mapped, if they are: by its own maps, those in its option, or, where
/// an option merely asks for it, as those of the container.
fn map(mount: &Mount, wanted: &Wanted, spec: &Spec, ns: &Namespaces) -> Result<Option<Map>> {
    let mut asked = None;
    for word in &mount.options {
        let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(n, v)| (n, Some(v)));
        if name == "idmap" || name == "ridmap" {
            asked = Some((name == "ridmap", value));
        }
    }
    let some = |m: &Option<Vec<LinuxIdMapping>>| m.clone().filter(|m| !m.is_empty());
    let own = some(wanted.uid_mappings()).zip(some(wanted.gid_mappings()));
    if asked.is_none() && own.is_none() {
        return Ok(None);
    }
    if !plan::is_bind(&mount.kind, &mount.options) {
        bail!("id-mapped mounts are only supported for bind mounts");
    }
    let recursive = asked.is_some_and(|(recursive, _)| recursive);
    let linux = plan::linux(spec);
    let container = some(linux.uid_mappings()).zip(some(linux.gid_mappings()));
    let user_ns = if let Some((uids, gids)) = own {
        idmap::user_namespace(&uids, &gids)?
    } else if let Some((_, Some(text))) = asked {
        let (uids, gids) = container.unwrap_or_default();
        let (uids, gids) = idmap::parse(text, &uids, &gids)?;
        idmap::user_namespace(&uids, &gids)?
    } else if let Some((_, path)) = ns.join.iter().find(|(flag, _)| *flag == libc::CLONE_NEWUSER) {
        File::open(path).with_context(|| format!("open {}", path.display()))?.into()
    } else if let Some((uids, gids)) = container {
        idmap::user_namespace(&uids, &gids)?
    } else {
        bail!("id-mapped mount without id maps: neither it nor the container has any");
    };
    Ok(Some(Map { mount: 0, user_ns, recursive }))
}
