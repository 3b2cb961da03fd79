//! The root filesystem's mounts, as a snapshotter lists them: made in order below the bundle's
//! `rootfs`, and taken away again.

mod helper;
mod idmap;
mod image;
mod layers;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use ctrd_shim::api::types::Mount;
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};

/// mount(2) takes one page of options.
const PAGE: usize = 4096;

pub fn mount_all(mounts: &[Mount], rootfs: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o711).create(rootfs);
    made.with_context(|| format!("create {}", rootfs.display()))?;
    for (done, one) in mounts.iter().enumerate() {
        let outcome = target(rootfs, &one.target).and_then(|target| mount_one(one, &target));
        if let Err(e) = outcome {
            if done > 0 {
                let _ = unmount(rootfs);
            }
            return Err(e);
        }
    }
    Ok(())
}

/// A path below the root filesystem that no symbolic link leads out of.
fn target(rootfs: &Path, sub: &str) -> Result<PathBuf> {
    let mut path = rootfs.to_owned();
    for part in Path::new(sub).components() {
        match part {
            Component::RootDir | Component::CurDir => continue,
            Component::Normal(name) => path.push(name),
            _ => bail!("mount {sub}: leads out of the root filesystem"),
        }
        let meta = path.symlink_metadata().with_context(|| format!("mount {}", path.display()))?;
        if meta.is_symlink() {
            bail!("mount {}: a symbolic link", path.display());
        }
    }
    Ok(path)
}

/// One mount's options, sorted into what mount(2) wants where.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    flags: MsFlags,
    propagation: MsFlags,
    data: Vec<String>,
}

fn options(list: &[String]) -> Options {
    let mut out = Options { flags: MsFlags::empty(), propagation: MsFlags::empty(), data: Vec::new() };
    for option in list {
        let (set, flag) = match option.as_str() {
            "async" => (false, MsFlags::MS_SYNCHRONOUS),
            "atime" => (false, MsFlags::MS_NOATIME),
            "bind" => (true, MsFlags::MS_BIND),
            "defaults" => continue,
            "dev" => (false, MsFlags::MS_NODEV),
            "diratime" => (false, MsFlags::MS_NODIRATIME),
            "dirsync" => (true, MsFlags::MS_DIRSYNC),
            "exec" => (false, MsFlags::MS_NOEXEC),
            "mand" => (true, MsFlags::MS_MANDLOCK),
            "noatime" => (true, MsFlags::MS_NOATIME),
            "nodev" => (true, MsFlags::MS_NODEV),
            "nodiratime" => (true, MsFlags::MS_NODIRATIME),
            "noexec" => (true, MsFlags::MS_NOEXEC),
            "nomand" => (false, MsFlags::MS_MANDLOCK),
            "norelatime" => (false, MsFlags::MS_RELATIME),
            "nostrictatime" => (false, MsFlags::MS_STRICTATIME),
            "nosuid" => (true, MsFlags::MS_NOSUID),
            "rbind" => (true, MsFlags::MS_BIND | MsFlags::MS_REC),
            "relatime" => (true, MsFlags::MS_RELATIME),
            "remount" => (true, MsFlags::MS_REMOUNT),
            "ro" => (true, MsFlags::MS_RDONLY),
            "rw" => (false, MsFlags::MS_RDONLY),
            "strictatime" => (true, MsFlags::MS_STRICTATIME),
            "suid" => (false, MsFlags::MS_NOSUID),
            "sync" => (true, MsFlags::MS_SYNCHRONOUS),
            other => {
                match propagation(other) {
                    Some(flag) => out.propagation |= flag,
                    None => out.data.push(other.into()),
                }
                continue;
            }
        };
        out.flags.set(flag, set);
    }
    out
}

fn propagation(option: &str) -> Option<MsFlags> {
    Some(match option {
        "private" => MsFlags::MS_PRIVATE,
        "rprivate" => MsFlags::MS_PRIVATE | MsFlags::MS_REC,
        "shared" => MsFlags::MS_SHARED,
        "rshared" => MsFlags::MS_SHARED | MsFlags::MS_REC,
        "slave" => MsFlags::MS_SLAVE,
        "rslave" => MsFlags::MS_SLAVE | MsFlags::MS_REC,
        "unbindable" => MsFlags::MS_UNBINDABLE,
        "runbindable" => MsFlags::MS_UNBINDABLE | MsFlags::MS_REC,
        _ => return None,
    })
}

fn mount_one(one: &Mount, target: &Path) -> Result<()> {
    let context = || format!("mount {} on {}", one.source, target.display());
    // Words between a server and its snapshotters: what they ask for would not be done.
    if let Some(inner) = one.options.iter().find(|o| o.starts_with("X-containerd.")) {
        bail!("{}: option {inner} is for the server to take", context());
    }
    if let Some((program, kind)) = helper::of(&one.r#type) {
        return helper::mount(program, kind, one, target).with_context(context);
    }
    let Options { flags, propagation, mut data } = options(&one.options);
    let kind = match one.r#type.as_str() {
        "bind" | "rbind" | "" => None,
        other => Some(other),
    };
    let mut flags = flags;
    if one.r#type == "bind" || one.r#type == "rbind" {
        flags |= MsFlags::MS_BIND;
        flags.set(MsFlags::MS_REC, flags.contains(MsFlags::MS_REC) || one.r#type == "rbind");
    }
    // An overlay keeps its layers when their folders here are gone.
    let mut _lower = None;
    let mut mapped = None;
    if let Some(owners) = idmap::take(&mut data).with_context(context)? {
        if flags.contains(MsFlags::MS_BIND) {
            return idmap::bind(Path::new(&one.source), target, flags, &owners).with_context(context);
        }
        if kind == Some("overlay") {
            let beside = target.parent().unwrap_or(target);
            _lower = Some(idmap::Lower::mount(&mut data, beside, &owners).with_context(context)?);
        } else {
            mapped = Some(owners);
        }
    }
    // The device is the mount's as long as it lasts, and ours until then.
    let image = image::take(&mut data, flags).map(|how| image::attach(Path::new(&one.source), how));
    let image = image.transpose().with_context(context)?;
    let source = image.as_ref().map_or(one.source.as_str(), |device| device.path.as_str());
    // Many layers have long paths: named from their common folder they are short.
    let mut from = None;
    if kind == Some("overlay") && data.join(",").len() >= PAGE {
        let mut short = data.clone();
        from = shorten(&mut short);
        if short.join(",").len() >= PAGE {
            // Still too many: one by one, as newer kernels take them.
            return layers::mount(&one.source, &data, flags, target).with_context(context);
        }
        data = short;
    }
    let text = data.join(",");
    if text.len() >= PAGE {
        bail!("{}: {} bytes of options, more than {PAGE}", context(), text.len());
    }
    let data = (!text.is_empty()).then_some(text.as_str());
    let attempt = || mount(Some(source), target, kind, flags, data);
    match from {
        Some(dir) => in_dir(&dir, attempt)?,
        None => attempt(),
    }
    .with_context(context)?;
    if let Some(owners) = mapped {
        // Over itself.
        idmap::bind(target, target, MsFlags::empty(), &owners).with_context(context)?;
    }
    // A bind takes its flags from a second call only.
    let later = flags & !(MsFlags::MS_BIND | MsFlags::MS_REC | MsFlags::MS_REMOUNT);
    if flags.contains(MsFlags::MS_BIND) && !later.is_empty() {
        let again = flags | MsFlags::MS_REMOUNT;
        mount(None::<&str>, target, None::<&str>, again, None::<&str>).with_context(context)?;
    }
    if !propagation.is_empty() {
        mount(None::<&str>, target, None::<&str>, propagation, None::<&str>).with_context(context)?;
    }
    Ok(())
}

/// Makes overlay's layers relative to their longest common folder, which is given back.
fn shorten(data: &mut [String]) -> Option<PathBuf> {
    let lower = data.iter_mut().find(|o| o.starts_with("lowerdir="))?;
    let layers: Vec<&Path> = lower["lowerdir=".len()..].split(':').map(Path::new).collect();
    if !layers.iter().all(|l| l.is_absolute()) {
        return None;
    }
    let mut common = layers.first()?.parent()?.to_owned();
    while !layers.iter().all(|l| l.starts_with(&common)) {
        common = common.parent()?.to_owned();
    }
    let short: Option<Vec<&str>> =
        layers.iter().map(|l| l.strip_prefix(&common).ok()?.to_str().filter(|s| !s.is_empty())).collect();
    *lower = format!("lowerdir={}", short?.join(":"));
    Some(common)
}

/// Does something with another working directory: there is one thread, so nobody else sees it.
fn in_dir<T>(dir: &Path, act: impl FnOnce() -> T) -> Result<T> {
    let back = std::fs::File::open(".").context("open the working directory")?;
    std::env::set_current_dir(dir).with_context(|| format!("change to {}", dir.display()))?;
    let outcome = act();
    nix::unistd::fchdir(&back).context("change back to the working directory")?;
    Ok(outcome)
}

/// Takes away everything mounted on `rootfs`, also what was mounted below it.
pub fn unmount(rootfs: &Path) -> Result<()> {
    loop {
        match umount2(rootfs, MntFlags::UMOUNT_NOFOLLOW) {
            Ok(()) => {}
            // Not a mount point, any more or ever.
            Err(Errno::EINVAL | Errno::ENOENT) => return Ok(()),
            // Something is mounted below, or still used: gone from here, and ended later.
            Err(Errno::EBUSY) => {
                let flags = MntFlags::UMOUNT_NOFOLLOW | MntFlags::MNT_DETACH;
                umount2(rootfs, flags).with_context(|| format!("unmount {}", rootfs.display()))?;
            }
            Err(e) => return Err(e).with_context(|| format!("unmount {}", rootfs.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).into()).collect()
    }

    #[test]
    fn options_are_flags_propagation_and_data() {
        let got = options(&strings(&["rbind", "ro", "nosuid", "suid", "rslave", "lowerdir=/a", "index=off"]));
        assert_eq!(got.flags, MsFlags::MS_BIND | MsFlags::MS_REC | MsFlags::MS_RDONLY);
        assert_eq!(got.propagation, MsFlags::MS_SLAVE | MsFlags::MS_REC);
        assert_eq!(got.data, ["lowerdir=/a", "index=off"]);
    }

    #[test]
    fn long_layers_are_named_from_their_common_folder() {
        for (layers, want) in [
            ("/s/snapshots/2/fs:/s/snapshots/1/fs", Some(("/s/snapshots", "2/fs:1/fs"))),
            ("/s/1/fs", Some(("/s/1", "fs"))),
            ("/a/1:/b/2", Some(("/", "a/1:b/2"))),
            ("rel/1:/b", None),
        ] {
            let mut data = strings(&["workdir=/w", &format!("lowerdir={layers}")]);
            let dir = shorten(&mut data);
            let want = want.map(|(dir, short)| (PathBuf::from(dir), format!("lowerdir={short}")));
            assert_eq!(dir.map(|dir| (dir, data[1].clone())), want, "{layers}");
        }
    }

    #[test]
    fn no_target_leads_out() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("in")).unwrap();
        std::os::unix::fs::symlink("/etc", dir.path().join("link")).unwrap();
        assert_eq!(target(dir.path(), "").unwrap(), dir.path());
        assert_eq!(target(dir.path(), "/in").unwrap(), dir.path().join("in"));
        for bad in ["../x", "link", "in/../../x", "missing"] {
            assert!(target(dir.path(), bad).is_err(), "{bad}");
        }
    }
}
