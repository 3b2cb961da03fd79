//! Where the server stands with the kernel: its cgroup, and its turn when memory is short.

use std::fs;
use std::path::Path;

use crate::cgroup::{inherit_cpuset, mounted, write};
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
        return Err(Error::invalid(format!("cgroup.path {path:?}: not the path of a cgroup")));
    }
    let hierarchies = mounted()?;
    if hierarchies.is_empty() {
        return Err(Error::precondition(format!("cgroup.path {path}: no cgroup is mounted")));
    }
    for hierarchy in hierarchies {
        let dir = hierarchy.join(below);
        fs::create_dir_all(&dir)
            .map_err(|e| Error::from(e).context(format!("make cgroup {}", dir.display())))?;
        inherit_cpuset(&hierarchy, below)?;
        write(&dir.join("cgroup.procs"), "0")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_out_of_the_hierarchy() {
        for path in ["/", "..", "/a/../b", "a//b", "./a"] {
            let mut config = Config::at(Path::new("/s"), Path::new("/r"), Path::new("/t"));
            config.cgroup = Some(path.into());
            assert!(join(&config).unwrap_err().message.contains("cgroup.path"), "{path}");
        }
    }
}
