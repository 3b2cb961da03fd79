//! Where the server stands with the kernel: its cgroup, and its turn when memory is short.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::error::{Error, Result};

/// Moves this process where the configuration wants it, if it wants anything.
pub fn join(config: &Config) -> Result<()> {
    if config.oom_score != 0 {
        write(Path::new("/proc/self/oom_score_adj"), &config.oom_score.to_string())?;
    }
    let Some(path) = &config.cgroup else { return Ok(()) };
    let below = path.trim_start_matches('/');
    if below.is_empty() || below.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(Error::invalid(format!("cgroup.path {path:.200?}: not the path of a cgroup")));
    }
    let mounts = fs::read_to_string("/proc/self/mounts").map_err(Error::from)?;
    let hierarchies = hierarchies(&mounts);
    if hierarchies.is_empty() {
        return Err(Error::precondition(format!("cgroup.path {path}: no cgroup is mounted")));
    }
    for hierarchy in hierarchies {
        let dir = hierarchy.join(below);
        fs::create_dir_all(&dir)
            .map_err(|e| Error::from(e).context(format!("make cgroup {}", dir.display())))?;
        // A new cpuset has no processors and no memory: its parent's are to do.
        for file in ["cpuset.cpus", "cpuset.mems"] {
            inherit(&hierarchy, below, file)?;
        }
        write(&dir.join("cgroup.procs"), "0")?;
    }
    Ok(())
}

/// Where hierarchies of cgroups are mounted, each once.
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

fn write(file: &Path, text: &str) -> Result<()> {
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

    #[test]
    fn no_way_out_of_the_hierarchy() {
        for path in ["/", "..", "/a/../b", "a//b", "./a"] {
            let mut config = Config::at(Path::new("/s"), Path::new("/r"), Path::new("/t"));
            config.cgroup = Some(path.into());
            assert!(join(&config).unwrap_err().message.contains("cgroup.path"), "{path}");
        }
    }
}
