//! `--device`, and with `--privileged` every device there is.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::sys::stat::{major, minor};
use oci_spec::runtime::{LinuxDevice, LinuxDeviceType};

/// What of /dev is a container's own affair, as containerd has it.
const OWN: [&str; 8] = ["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console"];

/// `HOST[:PATH][:rwm]` in its parts.
pub fn parts(text: &str) -> Result<(&str, &str, &str)> {
    let access = |word: &str| !word.is_empty() && word.chars().all(|c| "rwm".contains(c));
    let parts: Vec<&str> = text.split(':').collect();
    let (host, there, rights) = match parts[..] {
        [host] => (host, host, "rwm"),
        [host, rights] if access(rights) => (host, host, rights),
        [host, there] => (host, there, "rwm"),
        [host, there, rights] if access(rights) => (host, there, rights),
        _ => bail!("device {text:?}: must be HOST[:PATH][:rwm]"),
    };
    if !Path::new(there).is_absolute() || there.split('/').any(|part| part == "..") {
        bail!("device {text:?}: the path in the container must be absolute, without ..");
    }
    Ok((host, there, rights))
}

/// The device, and what may be done with it.
pub fn parse(text: &str) -> Result<(LinuxDevice, String)> {
    let (host, there, rights) = parts(text)?;
    let found = look(Path::new(host)).with_context(|| format!("device {host}"))?;
    let mut device = found.with_context(|| format!("device {host}: is none"))?;
    device.set_path(PathBuf::from(there));
    Ok((device, rights.to_string()))
}

/// Every device below /dev. What goes meanwhile is left out.
pub fn all() -> Vec<(LinuxDevice, String)> {
    let mut found = Vec::new();
    walk(Path::new("/dev"), &mut found);
    found.sort_by(|a, b| a.0.path().cmp(b.0.path()));
    found
}

fn walk(dir: &Path, found: &mut Vec<(LinuxDevice, String)>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if OWN.iter().any(|own| entry.file_name() == *own) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, found),
            Ok(kind) if kind.is_block_device() || kind.is_char_device() => {
                found.extend(look(&path).ok().flatten().map(|device| (device, "rwm".to_string())));
            }
            _ => {}
        }
    }
}

fn look(path: &Path) -> std::io::Result<Option<LinuxDevice>> {
    let meta = fs::metadata(path)?;
    let kind = match meta.file_type() {
        kind if kind.is_block_device() => LinuxDeviceType::B,
        kind if kind.is_char_device() => LinuxDeviceType::C,
        _ => return Ok(None),
    };
    let mut device = LinuxDevice::default();
    device.set_path(path.to_path_buf());
    device.set_typ(kind);
    device.set_major(major(meta.rdev()) as i64);
    device.set_minor(minor(meta.rdev()) as i64);
    device.set_file_mode(Some(meta.mode() & 0o7777));
    device.set_uid(Some(meta.uid()));
    device.set_gid(Some(meta.gid()));
    Ok(Some(device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_by_path() {
        let (device, access) = parse("/dev/null:/dev/nothing:rw").unwrap();
        assert_eq!((device.major(), device.minor(), access.as_str()), (1, 3, "rw"));
        assert_eq!(device.path(), Path::new("/dev/nothing"));
        assert_eq!(parse("/dev/null:r").unwrap().0.path(), Path::new("/dev/null"));
        for bad in
            ["/dev/null:relative", "/dev/null:/a/../b", "/etc", "/dev/not-there", "/dev/null:/x:z", "a:b:c:d"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(all().iter().any(|(device, _)| device.path() == Path::new("/dev/null")));
    }
}
