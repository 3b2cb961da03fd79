//! Mounts as the API speaks of them, and mounting them where this program itself needs them.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, umount2};
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, move_mount, open_tree,
};

use crate::error::{Error, Kind, Result};

/// So many bytes of options mount(2) takes, and a little less.
const PAGE: usize = 4000;

/// One mount, to be done on a target that the mounter chooses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    pub kind: String,
    pub source: String,
    pub target: String,
    pub options: Vec<String>,
}

impl Mount {
    /// The value of the option `key=…`.
    pub fn option(&self, key: &str) -> Option<&str> {
        self.options.iter().find_map(|o| o.strip_prefix(key)?.strip_prefix('='))
    }

    pub fn has(&self, option: &str) -> bool {
        self.options.iter().any(|o| o == option)
    }

    fn flags(&self) -> MsFlags {
        let mut flags = MsFlags::empty();
        for option in &self.options {
            flags |= match option.as_str() {
                "bind" => MsFlags::MS_BIND,
                "rbind" => MsFlags::MS_BIND | MsFlags::MS_REC,
                "ro" => MsFlags::MS_RDONLY,
                "nosuid" => MsFlags::MS_NOSUID,
                "nodev" => MsFlags::MS_NODEV,
                "noexec" => MsFlags::MS_NOEXEC,
                "noatime" => MsFlags::MS_NOATIME,
                "relatime" => MsFlags::MS_RELATIME,
                _ => continue,
            };
        }
        if self.kind == "bind" { flags | MsFlags::MS_BIND } else { flags }
    }

    fn data(&self) -> impl Iterator<Item = &str> {
        const FLAGS: [&str; 9] =
            ["bind", "rbind", "ro", "rw", "nosuid", "nodev", "noexec", "noatime", "relatime"];
        // Owners as they are on the disk: maps are for who runs something there.
        let map = |o: &&str| o.starts_with("uidmap=") || o.starts_with("gidmap=");
        self.options.iter().map(String::as_str).filter(move |o| !FLAGS.contains(o) && !map(o))
    }

    pub(crate) fn mount(&self, target: &Path) -> Result<()> {
        let at = |e: std::io::Error| Error::from(e).context(format!("mount {}", target.display()));
        let flags = self.flags();
        if flags.contains(MsFlags::MS_BIND) {
            nix::mount::mount(Some(self.source.as_str()), target, None::<&str>, flags, None::<&str>)
                .map_err(|e| at(e.into()))?;
            if flags.contains(MsFlags::MS_RDONLY) {
                // A bind mount takes its flags from its source at first.
                let again = (flags | MsFlags::MS_REMOUNT) - MsFlags::MS_REC;
                nix::mount::mount(None::<&str>, target, None::<&str>, again, None::<&str>)
                    .map_err(|e| at(e.into()))?;
            }
            return Ok(());
        }
        let data = self.data().collect::<Vec<_>>().join(",");
        if data.len() < PAGE {
            return nix::mount::mount(
                Some(self.source.as_str()),
                target,
                Some(self.kind.as_str()),
                flags,
                Some(data.as_str()),
            )
            .map_err(|e| at(e.into()));
        }
        // mount(2) takes one page of options; many layers need more.
        match self.configure() {
            Ok(fs) => {
                let place = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
                move_mount(fs.as_fd(), "", rustix::fs::CWD, target, place).map_err(|e| at(e.into()))
            }
            // Before Linux 6.8 no layer is taken by itself.
            Err(e) => match self.shortened() {
                Some((from, data)) => self.mount_from(&from, &data, target).map_err(at),
                None => Err(at(e)),
            },
        }
    }

    /// The options with the layers named from their common folder, and that; none where they are too long even so.
    fn shortened(&self) -> Option<(PathBuf, String)> {
        let layers: Vec<&Path> = self.option("lowerdir")?.split(':').map(Path::new).collect();
        let mut common = layers.first()?.parent()?;
        while !layers.iter().all(|layer| layer.starts_with(common)) {
            common = common.parent()?;
        }
        let names: Option<Vec<&str>> =
            layers.iter().map(|layer| layer.strip_prefix(common).ok()?.to_str()).collect();
        let lower = format!("lowerdir={}", names?.join(":"));
        let rest = self.data().filter(|option| !option.starts_with("lowerdir="));
        let data = rest.chain([lower.as_str()]).collect::<Vec<_>>().join(",");
        (data.len() < PAGE).then(|| (common.to_path_buf(), data))
    }

    /// Mounts with these options, which are read in the folder `from`.
    fn mount_from(&self, from: &Path, data: &str, target: &Path) -> std::io::Result<()> {
        let target = std::path::absolute(target)?;
        let (source, kind) = (self.source.as_str(), self.kind.as_str());
        let attempt = || -> std::io::Result<()> {
            // The working directory of this thread alone.
            unshare(CloneFlags::CLONE_FS)?;
            std::env::set_current_dir(from)?;
            Ok(nix::mount::mount(Some(source), &target, Some(kind), self.flags(), Some(data))?)
        };
        let died = || std::io::Error::other("the thread that mounts died");
        std::thread::scope(|scope| scope.spawn(attempt).join().unwrap_or_else(|_| Err(died())))
    }

    /// The mount, attached nowhere. Older kernels do not know all of it.
    fn detached(&self) -> std::io::Result<OwnedFd> {
        let flags = self.flags();
        if !flags.contains(MsFlags::MS_BIND) {
            return self.configure();
        }
        let mut how = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        how.set(OpenTreeFlags::AT_RECURSIVE, flags.contains(MsFlags::MS_REC));
        Ok(open_tree(rustix::fs::CWD, self.source.as_str(), how)?)
    }

    fn configure(&self) -> std::io::Result<OwnedFd> {
        let fs = fsopen(self.kind.as_str(), FsOpenFlags::FSOPEN_CLOEXEC)?;
        fsconfig_set_string(fs.as_fd(), "source", self.source.as_str())?;
        for option in self.data() {
            match option.split_once('=') {
                Some(("lowerdir", dirs)) => {
                    for dir in dirs.split(':') {
                        fsconfig_set_string(fs.as_fd(), "lowerdir+", dir)?;
                    }
                }
                Some((key, value)) => fsconfig_set_string(fs.as_fd(), key, value)?,
                None => fsconfig_set_flag(fs.as_fd(), option)?,
            }
        }
        fsconfig_create(fs.as_fd())?;
        let ro = self.flags().contains(MsFlags::MS_RDONLY);
        let attributes = if ro { MountAttrFlags::MOUNT_ATTR_RDONLY } else { MountAttrFlags::empty() };
        Ok(fsmount(fs.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
    }
}

/// Whoever mounts an overlay anew takes what is there, also where it was mounted without syncing before: the mark that
/// overlayfs leaves of that in its own folder, for such a mount to be refused, is removed.
pub fn accept(overlay: &Mount) {
    if overlay.kind == "overlay"
        && let Some(folder) = overlay.option("workdir")
    {
        // Mostly there is none.
        let _ = fs::remove_dir_all(Path::new(folder).join("work").join("incompat"));
    }
}

/// Mounts for this process; dropping it unmounts. One mount is attached nowhere, so that nothing of it
/// is left when this process is killed; several are on a folder of their own.
pub struct Mounted {
    dir: PathBuf,
    count: usize,
    detached: Option<OwnedFd>,
}

impl Mounted {
    /// Mounts all, one over the other, on a new folder below the temporary folder.
    pub fn new(mounts: &[Mount]) -> Result<Mounted> {
        if mounts.is_empty() {
            return Err(Error::new(Kind::InvalidArgument, "no mounts: invalid argument"));
        }
        mounts.iter().for_each(accept);
        if let [mount] = mounts
            && mount.target.is_empty()
            && let Ok(detached) = mount.detached()
        {
            // The folder itself, and not the link to it that procfs has.
            let dir = PathBuf::from(format!("/proc/self/fd/{}/.", detached.as_raw_fd()));
            return Ok(Mounted { dir, count: 0, detached: Some(detached) });
        }
        let dir = tempfile::Builder::new().prefix("ctrd-mount-").tempdir()?.keep();
        let mut mounted = Mounted { dir, count: 0, detached: None };
        for mount in mounts {
            let target = mounted.dir.join(mount.target.trim_start_matches('/'));
            mount.mount(&target)?;
            mounted.count += 1;
        }
        Ok(mounted)
    }

    pub fn path(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if self.detached.is_some() {
            return;
        }
        for _ in 0..self.count {
            let _ = umount2(&self.dir, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
        }
        // Not recursively: should something still be mounted there, it is not ours to empty.
        let _ = fs::remove_dir(&self.dir);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As kernels want it that take no layer by itself.
    #[test]
    fn many_layers_are_named_from_their_common_folder() {
        let dir = tempfile::tempdir().unwrap();
        let layer = |n: usize| dir.path().join("a".repeat(60)).join(n.to_string()).join("fs");
        for n in 0..100 {
            fs::create_dir_all(layer(n)).unwrap();
            fs::write(layer(n).join(format!("of-{n}")), "").unwrap();
        }
        let lower: Vec<String> = (0..100).map(|n| layer(n).display().to_string()).collect();
        let options = vec!["ro".to_string(), format!("lowerdir={}", lower.join(":"))];
        assert!(options[1].len() > PAGE);
        let overlay = Mount { kind: "overlay".into(), source: "overlay".into(), options, ..Mount::default() };
        let (from, data) = overlay.shortened().unwrap();
        assert!(from.ends_with("a".repeat(60)) && data.starts_with("lowerdir=0/fs:1/fs:"), "{data}");
        let (here, target) = (std::env::current_dir().unwrap(), dir.path().join("target"));
        fs::create_dir(&target).unwrap();
        overlay.mount_from(&from, &data, &target).unwrap();
        let found = (target.join("of-0").exists(), target.join("of-99").exists());
        umount2(&target, MntFlags::MNT_DETACH).unwrap();
        assert_eq!((found, std::env::current_dir().unwrap()), ((true, true), here));
        let far = vec![format!("lowerdir={}", vec![format!("/{}", "b".repeat(3000)); 2].join(":"))];
        assert_eq!(Mount { options: far, ..overlay }.shortened(), None);
    }
}
