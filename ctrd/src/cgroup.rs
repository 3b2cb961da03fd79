//! The hierarchies of control groups as they are mounted here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Where hierarchies of cgroups are mounted, each once.
pub fn mounted() -> Result<Vec<PathBuf>> {
    Ok(hierarchies(&fs::read_to_string("/proc/self/mounts").map_err(Error::from)?))
}

fn hierarchies(mounts: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for line in mounts.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [_, target, kind, options, ..] = words.as_slice() else { continue };
        let writable = options.split(',').any(|option| option == "rw");
        if matches!(*kind, "cgroup" | "cgroup2") && writable && !found.iter().any(|f| f == Path::new(target))
        {
            found.push(target.into());
        }
    }
    found
}

/// Gives a new group of v1 the processors and the memory of the one above, without which no process may be in it.
pub fn inherit_cpuset(hierarchy: &Path, below: &str) -> Result<()> {
    ["cpuset.cpus", "cpuset.mems"].iter().try_for_each(|file| inherit(hierarchy, below, file))
}

fn inherit(hierarchy: &Path, below: &str, file: &str) -> Result<()> {
    let mut dir = hierarchy.to_path_buf();
    let mut value = fs::read_to_string(dir.join(file)).unwrap_or_default();
    for part in below.split('/') {
        dir.push(part);
        match fs::read_to_string(dir.join(file)) {
            Ok(own)
                if own.trim().is_empty() && !value.trim().is_empty() && hierarchy.join("tasks").exists() =>
            {
                write(&dir.join(file), value.trim())?;
            }
            Ok(own) => value = own,
            Err(_) => {}
        }
    }
    Ok(())
}

/// Writes a setting.
pub fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).map_err(|e| Error::from(e).context(format!("write {text} to {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounted_hierarchies() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n\
                      cgroup /sys/fs/cgroup/ro cgroup ro,x 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n\
                      cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n";
        let found = hierarchies(mounts);
        assert_eq!(found, [Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup/unified")]);
    }
}
