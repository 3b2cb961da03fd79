//! Resource Director Technology (`linux.intelRdt`): a group of the resctrl file system says how much
//! of the caches and of the memory's bandwidth a container gets, and counts what it uses.
//!
//! The file system is like a cgroup's of one level: a directory is a group, `schemata` its shares,
//! and who writes a process to `tasks` puts it there; children are born in their parent's group.
//! ocirun mounts nothing: where the file system is not, the processor, the kernel, or the host's
//! owner does not want it.

mod stats;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::statfs::{RDTGROUP_SUPER_MAGIC, statfs};
use oci_spec::runtime::LinuxIntelRdt;
use serde::{Deserialize, Serialize};

pub use self::stats::{RdtStats, stats};

/// Where it is mounted as a rule; the directory is there where the kernel has a use for it.
const USUAL: &str = "/sys/fs/resctrl";

/// The group of one container; goes into state.json before anything is made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The mount point.
    root: PathBuf,
    path: PathBuf,
    /// It is this container's alone, and goes with it. One that config.json names stays.
    own: bool,
    /// A group below it in which this container is counted apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    monitor: Option<PathBuf>,
}

/// Decides the group of container `id`; makes nothing.
pub fn plan(id: &str, rdt: &LinuxIntelRdt) -> Result<Group> {
    let root = mount().context("intelRdt is specified in config, but Intel RDT is not enabled")?;
    plan_in(&root, id, rdt)
}

/// The mount point of resctrl.
pub fn mount() -> Result<PathBuf> {
    match statfs(USUAL) {
        Ok(s) if s.filesystem_type() == RDTGROUP_SUPER_MAGIC => return Ok(USUAL.into()),
        Ok(_) => {}
        Err(_) => bail!("{USUAL} does not exist (processor or kernel lacks it)"),
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").context("read /proc/self/mountinfo")?;
    mounted(&mounts).with_context(|| format!("no resctrl file system is mounted at {USUAL} or elsewhere"))
}

fn mounted(mountinfo: &str) -> Option<PathBuf> {
    let line = mountinfo.lines().find(|line| line.contains(" - resctrl "))?;
    line.split(' ').nth(4).map(PathBuf::from)
}

fn plan_in(root: &Path, id: &str, rdt: &LinuxIntelRdt) -> Result<Group> {
    let named = rdt.clos_id().as_deref().filter(|c| !c.is_empty());
    let name = named.unwrap_or(id);
    let plain =
        !matches!(name, "." | ".." | "info" | "mon_groups" | "mon_data") && !name.contains(['/', '\0', '\n']);
    ensure!(plain, "invalid intelRdt.closID {name:?}");
    let given = |field: &Option<String>| field.as_ref().is_some_and(|s| !s.is_empty());
    has(root, "L3", given(rdt.l3_cache_schema()), "l3CacheSchema", "RDT/CAT")?;
    has(root, "MB", given(rdt.mem_bw_schema()), "memBwSchema", "RDT/MBA")?;
    #[allow(deprecated)]
    let (cmt, mbm) = (rdt.enable_cmt() == &Some(true), rdt.enable_mbm() == &Some(true));
    let features = stats::features(root);
    let counts = |prefix: &str| features.iter().any(|f| f.starts_with(prefix));
    ensure!(!cmt || counts("llc_occupancy"), "intelRdt.enableCMT is set, but Intel RDT/CMT is not enabled");
    ensure!(!mbm || counts("mbm_"), "intelRdt.enableMBM is set, but Intel RDT/MBM is not enabled");
    let apart = cmt || mbm || rdt.enable_monitoring() == &Some(true);
    has(root, "L3_MON", apart, "enableMonitoring", "RDT monitoring")?;
    let path = root.join(name);
    Ok(Group {
        own: named.is_none() && !path.exists(),
        monitor: apart.then(|| path.join("mon_groups").join(id)),
        root: root.to_owned(),
        path,
    })
}

fn has(root: &Path, part: &str, wanted: bool, field: &str, what: &str) -> Result<()> {
    ensure!(
        !wanted || root.join("info").join(part).is_dir(),
        "intelRdt.{field} is specified in config, but Intel {what} is not enabled"
    );
    Ok(())
}

impl Group {
    /// Makes the directories, and sets the shares.
    pub fn create(&self, rdt: &LinuxIntelRdt) -> Result<()> {
        let lines = lines(rdt);
        let there = self.path.is_dir();
        if !there {
            let named = self.path.display();
            ensure!(
                self.own || !lines.is_empty(),
                "intelRdt: group {named} does not exist, and no schema is given to make it"
            );
            self.mkdir(&self.path)?;
        }
        let compared = [rdt.l3_cache_schema(), rdt.mem_bw_schema()];
        if there && !self.own && rdt.schemata().as_ref().is_none_or(Vec::is_empty) {
            // Others may be in it: they keep what they have.
            for line in compared.into_iter().flatten().filter(|l| !l.is_empty()) {
                self.compare(line)?;
            }
        } else {
            self.set(&lines)?;
        }
        self.monitor.as_ref().map_or(Ok(()), |m| self.mkdir(m))
    }

    /// Puts a process into it; its children follow.
    pub fn add(&self, pid: i32) -> Result<()> {
        for dir in [Some(&self.path), self.monitor.as_ref()].into_iter().flatten() {
            self.write(&dir.join("tasks"), &pid.to_string())?;
        }
        Ok(())
    }

    /// Changes the shares of a running container.
    pub fn update(&self, l3: Option<&str>, bandwidth: Option<&str>) -> Result<()> {
        self.set(&[l3, bandwidth].into_iter().flatten().collect::<Vec<_>>())
    }

    /// Directories that are not there are no failure.
    pub fn remove(&self) -> Result<()> {
        let dir = if self.own { Some(&self.path) } else { self.monitor.as_ref() };
        let Some(dir) = dir else { return Ok(()) };
        match fs::remove_dir(dir) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                Err(e).with_context(|| format!("remove resctrl group {}", dir.display()))
            }
            _ => Ok(()),
        }
    }

    fn set(&self, lines: &[&str]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        // All in one write: the kernel takes them together.
        self.write(&self.path.join("schemata"), &(lines.join("\n") + "\n"))
    }

    fn compare(&self, line: &str) -> Result<()> {
        let file = self.path.join("schemata");
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let wanted = parse(line).with_context(|| format!("invalid schema {line:?}"))?;
        let same = text.lines().filter_map(parse).any(|(name, now)| {
            name == wanted.0 && wanted.1.iter().all(|(domain, value)| now.get(domain) == Some(value))
        });
        ensure!(same, "intelRdt: schema {line:?} does not match the group's own in {}", file.display());
        Ok(())
    }

    fn mkdir(&self, dir: &Path) -> Result<()> {
        match fs::create_dir(dir) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other.with_context(|| self.told(format!("make resctrl group {}", dir.display()))),
        }
    }

    // On a file system of the kernel's own, where there are no links.
    #[allow(clippy::disallowed_methods)]
    fn write(&self, file: &Path, text: &str) -> Result<()> {
        fs::write(file, text)
            .with_context(|| self.told(format!("write {:?} to {}", text.trim_end(), file.display())))
    }

    /// The errno alone says little: the kernel keeps a sentence about its last refusal.
    fn told(&self, doing: String) -> String {
        match fs::read_to_string(self.root.join("info/last_cmd_status")) {
            Ok(text) if !matches!(text.trim(), "" | "ok") => format!("{doing}: {}", text.trim()),
            _ => doing,
        }
    }
}

/// The lines for `schemata`; those that are given whole come last, and so count.
fn lines(rdt: &LinuxIntelRdt) -> Vec<&str> {
    let short = [rdt.l3_cache_schema(), rdt.mem_bw_schema()].into_iter().flatten();
    let all = short.chain(rdt.schemata().iter().flatten());
    all.map(String::as_str).filter(|l| !l.is_empty()).collect()
}

/// `L3:0=0f0;1=1F` as its name and each domain's value, written in one way.
fn parse(line: &str) -> Option<(&str, BTreeMap<&str, String>)> {
    let (name, rest) = line.trim().split_once(':')?;
    let mut values = BTreeMap::new();
    for part in rest.split(';').filter(|p| !p.trim().is_empty()) {
        let (domain, value) = part.split_once('=')?;
        let value = value.trim().trim_start_matches('0').to_ascii_lowercase();
        values.insert(domain.trim(), value);
    }
    Some((name.trim(), values))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel shows of a machine with all parts.
    fn machine(parts: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for part in parts {
            fs::create_dir_all(dir.path().join("info").join(part)).unwrap();
        }
        if parts.contains(&"L3_MON") {
            fs::write(dir.path().join("info/L3_MON/mon_features"), "llc_occupancy\nmbm_total_bytes\n")
                .unwrap();
        }
        dir
    }

    fn rdt(json: &str) -> LinuxIntelRdt {
        serde_json::from_str(json).unwrap()
    }

    fn made(root: &Path, json: &str) -> Result<Group> {
        let rdt = rdt(json);
        let group = plan_in(root, "web", &rdt)?;
        group.create(&rdt)?;
        Ok(group)
    }

    fn text(path: PathBuf) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_group_of_its_own() {
        let dir = machine(&["L3", "MB", "L3_MON"]);
        let root = dir.path();
        let group = made(root, r#"{"l3CacheSchema":"L3:0=f","memBwSchema":"MB:0=20"}"#).unwrap();
        assert_eq!(text(root.join("web/schemata")), "L3:0=f\nMB:0=20\n");
        group.add(42).unwrap();
        assert_eq!(text(root.join("web/tasks")), "42");
        group.update(Some("L3:0=3"), None).unwrap();
        assert_eq!(text(root.join("web/schemata")), "L3:0=3\n");
        // The kernel takes a group's files away with it.
        for file in ["schemata", "tasks"] {
            fs::remove_file(root.join("web").join(file)).unwrap();
        }
        group.remove().unwrap();
        assert!(!root.join("web").exists());
        group.remove().unwrap();
        let json = serde_json::to_string(&group).unwrap();
        assert_eq!(serde_json::from_str::<Group>(&json).unwrap(), group);
    }

    #[test]
    fn a_group_that_config_names_stays() {
        let dir = machine(&["L3", "MB", "L3_MON"]);
        let root = dir.path();
        let missing = made(root, r#"{"closID":"gold"}"#).unwrap_err().to_string();
        assert!(missing.contains("gold does not exist"), "{missing}");
        fs::create_dir_all(root.join("gold/mon_groups")).unwrap();
        fs::write(root.join("gold/schemata"), "    MB:0=100;1=100\n    L3:0=0ff;1=F\n").unwrap();
        let group = made(root, r#"{"closID":"gold","enableMonitoring":true}"#).unwrap();
        assert!(root.join("gold/mon_groups/web").is_dir());
        group.add(7).unwrap();
        assert_eq!(text(root.join("gold/tasks")), "7");
        assert_eq!(text(root.join("gold/mon_groups/web/tasks")), "7");
        fs::remove_file(root.join("gold/mon_groups/web/tasks")).unwrap();
        group.remove().unwrap();
        assert!(root.join("gold").is_dir() && !root.join("gold/mon_groups/web").exists());

        made(root, r#"{"closID":"gold","l3CacheSchema":"L3:1=0f;0=FF"}"#).unwrap();
        let other = made(root, r#"{"closID":"gold","l3CacheSchema":"L3:0=1"}"#).unwrap_err().to_string();
        assert!(other.contains("does not match"), "{other}");
        assert_eq!(text(root.join("gold/schemata")), "    MB:0=100;1=100\n    L3:0=0ff;1=F\n");
        made(root, r#"{"closID":"gold","schemata":["L3:0=1","MB:0=10"]}"#).unwrap();
        assert_eq!(text(root.join("gold/schemata")), "L3:0=1\nMB:0=10\n");
        // Made for the first container that names it, it stays for the next.
        let new = made(root, r#"{"closID":"new","schemata":["L3:0=1"]}"#).unwrap();
        new.remove().unwrap();
        assert!(root.join("new").is_dir());
    }

    #[test]
    fn refused() {
        let bare = machine(&[]);
        for (json, words) in [
            (r#"{"l3CacheSchema":"L3:0=f"}"#, "RDT/CAT is not enabled"),
            (r#"{"memBwSchema":"MB:0=20"}"#, "RDT/MBA is not enabled"),
            (r#"{"enableMonitoring":true}"#, "monitoring is not enabled"),
            (r#"{"closID":".."}"#, "invalid intelRdt.closID"),
            (r#"{"closID":"a/b"}"#, "invalid intelRdt.closID"),
            (r#"{"closID":"info"}"#, "invalid intelRdt.closID"),
        ] {
            let said = made(bare.path(), json).unwrap_err().to_string();
            assert!(said.contains(words), "{json}: {said}");
        }
        #[allow(deprecated)]
        for (set, words) in [
            (LinuxIntelRdt::set_enable_cmt as fn(&mut _, _) -> &mut LinuxIntelRdt, "RDT/CMT is not enabled"),
            (LinuxIntelRdt::set_enable_mbm, "RDT/MBM is not enabled"),
        ] {
            let mut rdt = LinuxIntelRdt::default();
            set(&mut rdt, Some(true));
            let said = plan_in(bare.path(), "web", &rdt).unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        }
        assert_eq!(fs::read_dir(bare.path()).unwrap().count(), 0, "nothing is left");
        let dir = machine(&["L3"]);
        fs::create_dir(dir.path().join("web")).unwrap();
        fs::create_dir(dir.path().join("web/schemata")).unwrap();
        fs::write(dir.path().join("info/last_cmd_status"), "Unknown mask\n").unwrap();
        let said = format!(
            "{:#}",
            made(dir.path(), r#"{"l3CacheSchema":"L3:0=x","schemata":["L3:0=x"]}"#).unwrap_err()
        );
        assert!(said.contains("Unknown mask"), "{said}");
    }

    #[test]
    fn mounts() {
        let mountinfo = "30 20 0:26 / /a rw - tmpfs x rw\n31 20 0:27 / /odd rw - resctrl resctrl rw\n";
        assert_eq!(mounted(mountinfo), Some("/odd".into()));
        assert_eq!(mounted("30 20 0:26 / /a rw - tmpfs resctrl rw\n"), None);
    }

    #[test]
    fn any_line_is_a_schema_or_none() {
        crate::chance::cases(10_000, |c| {
            parse(&c.text(&["L3", "MB", ":", "0=", ";", "ff", "=", "1"]));
            mounted(&c.text(&["36 35 0:5 / /sys/fs/resctrl rw", " - resctrl resctrl rw", "\n", " - "]));
        });
    }
}
