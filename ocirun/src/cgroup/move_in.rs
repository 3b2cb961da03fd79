//! What CRIU is told of a container's cgroups, and how it gets into them: it is a program of its
//! own that cannot be born there, so it is moved while it waits for its work.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;

use super::Cgroup;

impl Cgroup {
    /// Each hierarchy of cgroup v1, by its controllers, and the container's directory in it.
    pub fn v1_dirs(&self) -> BTreeMap<String, PathBuf> {
        self.hierarchies.iter().filter(|h| !h.v2).map(|h| (h.name(), h.dir_path())).collect()
    }

    /// The directory that can be frozen.
    pub fn freezer_dir(&self) -> Option<PathBuf> {
        Some(self.v1("freezer").or_else(|| self.v2())?.dir_path()).filter(|dir| dir.is_dir())
    }

    /// Moves a process with one thread into the container's cgroups.
    pub fn move_in(&self, pid: i32) -> Result<()> {
        let context = || format!("adding pid {pid} to cgroups");
        let join = self.join()?;
        let write = |file: File| (&file).write_all(pid.to_string().as_bytes());
        for tasks in join.tasks {
            write(tasks.into()).with_context(context)?;
        }
        if let Some(dir) = join.into {
            let flags = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
            let procs = openat(&dir, "cgroup.procs", flags, Mode::empty()).with_context(context)?;
            write(procs.into()).with_context(context)?;
        }
        if let Some((unit, sub)) = join.attach {
            unit.attach(pid, &sub)?;
        }
        Ok(())
    }
}

/// Where a process is: controllers, one at a time, and paths. cgroup v2 has the empty name.
pub fn places(pid: i32) -> Result<Vec<(String, String)>> {
    let file = format!("/proc/{pid}/cgroup");
    Ok(parse(&fs::read_to_string(&file).with_context(|| format!("read {file}"))?))
}

fn parse(text: &str) -> Vec<(String, String)> {
    let fields = text.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
    fields
        .flat_map(|(names, path)| names.split(',').map(move |name| (name.to_owned(), path.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_that_share_a_hierarchy_are_told_one_by_one() {
        let text = "5:cpu,cpuacct:/a:b\n3:name=systemd:/s\n0::/u\n";
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        let want = [pair("cpu", "/a:b"), pair("cpuacct", "/a:b"), pair("name=systemd", "/s"), pair("", "/u")];
        assert_eq!(parse(text), want);
    }
}
