//! What of a container belongs to the host, and so is not CRIU's to save: bind mounts, parts of
//! cgroup v1's hierarchies, device nodes that are shown, masks, and namespaces that were joined.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::stat::stat;
use oci_spec::runtime::{Mount as Wanted, Spec};
use ocirun_init::{Bootstrap, Mount};

use super::mountpoint;
use super::rpc::{InheritFd, JoinNamespace, Mapped, Options};
use crate::cgroup::Cgroup;
use crate::namespace::{self, Namespaces};
use crate::plan;

/// The null device, which masks files.
const NULL: &str = "/dev/null";

/// A user namespace may not make device nodes, and is shown the host's.
const SHOWN: [&str; 6] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

/// What is known of the container's mounts.
pub struct Mounts<'a> {
    /// Those that are mounts of their own.
    list: Vec<&'a Mount>,
    boot: &'a Bootstrap,
    ns: &'a Namespaces,
    cgroup: &'a Cgroup,
}

impl Mounts<'_> {
    pub fn of<'a>(
        spec: &Spec,
        boot: &'a Bootstrap,
        ns: &'a Namespaces,
        cgroup: &'a Cgroup,
    ) -> Result<Mounts<'a>> {
        let mapped = |m: &Wanted, n: &Mount| {
            m.uid_mappings().as_ref().is_some_and(|maps| !maps.is_empty())
                || n.options.iter().any(|word| word == "idmap" || word == "ridmap")
        };
        for (wanted, mount) in spec.mounts().iter().flatten().zip(&boot.mounts) {
            // It would come back without its map, and so with other owners.
            ensure!(!mapped(wanted, mount), "CRIU cannot restore the id-mapped mount {}", mount.destination);
        }
        let list = boot.mounts.iter().filter(|m| !m.options.iter().any(|word| word == "remount")).collect();
        Ok(Mounts { list, boot, ns, cgroup })
    }

    /// Names the mounts of the running container `pid` that are not to be saved.
    pub fn saved(&self, pid: i32) -> Result<Vec<Mapped>> {
        let path = format!("/proc/{pid}/root");
        let root = mountpoint::open_root(Path::new(&path))?;
        let at = |path: &Path| mountpoint::resolve(root.as_fd(), Path::new("/"), path);
        let mut out = Vec::new();
        for mount in &self.list {
            if plan::is_bind(&mount.kind, &mount.options) {
                let key = at(Path::new(&mount.destination));
                out.push(Mapped { value: key.clone(), key });
            }
        }
        out.extend(self.hierarchies().map(|(key, _)| Mapped { value: key.clone(), key }));
        for masked in &self.boot.root.masked_paths {
            let Ok(found) = mountpoint::open_in(root.as_fd(), Path::new(masked)) else { continue };
            if !is_dir(&found)? {
                out.push(Mapped { key: at(Path::new(masked)), value: NULL.into() });
            }
        }
        out.extend(self.devices().map(|(key, _)| Mapped { value: key.clone(), key }));
        Ok(out)
    }

    /// Makes the mount points below the root filesystem, at `top`, and tells what CRIU is to mount on
    /// them.
    ///
    /// Mounts may lie in one another: the outer one is put in its place, so that the place for the
    /// inner one is made in it, as it was when the container was made. Nothing takes them away again
    /// but the end of the mount namespace.
    pub fn restored(&self, top: &Path) -> Result<Vec<Mapped>> {
        let root = mountpoint::open_root(top)?;
        let mut fresh: Vec<_> = Vec::new();
        let mut out = Vec::new();
        for mount in &self.list {
            let place = mountpoint::clean(Path::new(&mount.destination));
            let bind = plan::is_bind(&mount.kind, &mount.options);
            // What lies in a file system of the container's own is saved and restored with it.
            let inside = fresh.iter().any(|above| place.starts_with(above));
            if !bind {
                fresh.push(place.clone());
            }
            let source = Path::new(&mount.source);
            let file = bind && {
                let meta = fs::metadata(source);
                !meta
                    .with_context(|| format!("failed to fulfil mount request: open {}", mount.source))?
                    .is_dir()
            };
            let key = if inside || mount.kind == "cgroup" || mount.kind == "cgroup2" {
                place.to_string_lossy().into_owned()
            } else {
                let made = mountpoint::make(root.as_fd(), &place, file)?;
                let key = mountpoint::resolve(root.as_fd(), top, &place);
                if bind {
                    mountpoint::bind(source, &made)?;
                }
                key
            };
            if bind {
                // CRIU looks for the mount of the source by the name of its last part, which a dot is not.
                let value = source.components().collect::<PathBuf>().to_string_lossy().into_owned();
                out.push(Mapped { key, value });
            }
        }
        out.extend(self.hierarchies().map(|(key, value)| Mapped { key, value }));
        if !self.boot.root.masked_paths.is_empty() {
            out.push(Mapped { key: NULL.into(), value: NULL.into() });
        }
        out.extend(self.devices().map(|(key, value)| Mapped { key, value }));
        Ok(out)
    }

    /// Without a cgroup namespace a container has its own part of each hierarchy of v1 as a bind
    /// mount: the place inside, and what lies there.
    fn hierarchies(&self) -> impl Iterator<Item = (String, String)> {
        let v1 = |m: &&Mount| m.kind == "cgroup" && !self.ns.has(libc::CLONE_NEWCGROUP);
        self.list.iter().copied().filter(v1).flat_map(|mount| {
            let place = mountpoint::clean(Path::new(&mount.destination));
            let text = |path: PathBuf| path.to_string_lossy().into_owned();
            self.cgroup.v1_dirs().into_iter().map(move |(name, dir)| (text(place.join(name)), text(dir)))
        })
    }

    /// The place of each node inside, and on the host.
    fn devices(&self) -> impl Iterator<Item = (String, String)> {
        let shown = SHOWN.iter().filter(|_| self.ns.has(libc::CLONE_NEWUSER));
        let shown = shown.map(|path| (path.to_string(), path.to_string()));
        let named = self
            .boot
            .devices
            .iter()
            .map(|device| (device.path.clone(), device.source.as_ref().unwrap_or(&device.path).clone()));
        let already = !self.boot.root.masked_paths.is_empty();
        shown.chain(named).filter(move |(path, _)| !(already && path == NULL))
    }
}

fn is_dir(fd: &OwnedFd) -> Result<bool> {
    let stat = nix::sys::stat::fstat(fd).context("stat")?;
    Ok(stat.st_mode & libc::S_IFMT == libc::S_IFDIR)
}

/// Namespaces that CRIU takes as they are, from outside: the flag, its name below /proc/PID/ns, and
/// the key.
const OUTSIDE: [(i32, &str, &str); 2] =
    [(libc::CLONE_NEWNET, "net", "extRootNetNS"), (libc::CLONE_NEWPID, "pid", "extRootPidNS")];

/// Tells which namespaces of `pid` are not to be saved, because they were joined.
pub fn save_namespaces(ns: &Namespaces, pid: i32, options: &mut Options) -> Result<()> {
    for (_, name, key) in OUTSIDE.iter().filter(|(flag, ..)| ns.joins(*flag)) {
        let path = format!("/proc/{pid}/ns/{name}");
        let inode = stat(path.as_str()).with_context(|| format!("stat {path}"))?.st_ino;
        options.external.push(format!("{name}[{inode}]:{key}"));
    }
    Ok(())
}

/// Tells which namespaces are to be joined; the descriptors must reach CRIU at their numbers.
pub fn join_namespaces(ns: &Namespaces, options: &mut Options) -> Result<Vec<OwnedFd>> {
    use std::os::fd::AsRawFd;
    let mut opened = Vec::new();
    for (flag, path) in &ns.join {
        if let Some((_, _, key)) = OUTSIDE.iter().find(|(f, ..)| f == flag) {
            let mut one = namespace::open(&[(*flag, path.clone())])?;
            let Some((_, fd)) = one.pop() else { continue };
            options.inherit_fds.push(InheritFd { key: (*key).into(), fd: fd.as_raw_fd() });
            opened.push(fd);
            continue;
        }
        let (oci, name, _) =
            namespace::ALL.iter().find(|(_, _, f)| f == flag).context("a namespace of an unknown kind")?;
        if *flag == libc::CLONE_NEWCGROUP {
            bail!("CRIU cannot join a {oci} namespace: {}", path.display());
        }
        fs::metadata(path).with_context(|| format!("{oci} namespace: stat {}", path.display()))?;
        let path = path.to_string_lossy().into_owned();
        options.join_namespaces.push(JoinNamespace { kind: (*name).into(), path });
    }
    Ok(opened)
}
