//! What is known of a container's kills for want of memory, for those who ask how it ended.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// So many victims are named at most, the last ones.
pub const NAMED: usize = 16;

/// How far the clock of the kernel's log may be from the one that we see, in microseconds.
const APART: u64 = 2_000_000;

/// As `exit.json` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The number of processes that were killed.
    pub kills: u64,
    /// In bytes; none where the container has no limit of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The lines of memory.events, of memory.oom_control and memory.failcnt on version 1.
    pub events: BTreeMap<String, u64>,
    /// Who was killed, where the kernel's log tells it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub victims: Vec<Victim>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Victim {
    /// As the kernel counts, outside of all PID namespaces.
    pub pid: u32,
    pub name: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "killed for want of memory: {} in all", self.kills)?;
        if let Some(Victim { pid, name }) = self.victims.last() {
            write!(f, ", the last one {name} ({pid})")?;
        }
        self.limit.map_or(Ok(()), |limit| write!(f, "; the limit is {limit} bytes"))
    }
}

/// The numbers of a group and how much it may have.
pub fn numbers(dir: &Path) -> (Option<u64>, BTreeMap<String, u64>) {
    let text = |name: &str| fs::read_to_string(dir.join(name)).unwrap_or_default();
    let mut events = BTreeMap::new();
    for file in ["memory.events", "memory.oom_control"] {
        let text = text(file);
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        events.extend(lines.filter_map(|(name, n)| Some((name.to_owned(), n.trim().parse().ok()?))));
    }
    events.extend(text("memory.failcnt").trim().parse().ok().map(|n| ("failcnt".to_owned(), n)));
    let limit = ["memory.max", "memory.limit_in_bytes"].iter().find_map(|f| text(f).trim().parse().ok());
    // Version 1 says so of no limit: the largest number of whole pages.
    (limit.filter(|n| *n < u64::MAX / 4), events)
}

/// Who was killed as the log tells it, the last ones.
#[derive(Debug, Default)]
pub struct Victims {
    last: VecDeque<Victim>,
    /// How many there were in all, and how many of them before the watch began.
    all: u64,
    before: u64,
}

impl Victims {
    fn add(&mut self, victim: Victim, before: bool) {
        if self.last.len() == NAMED {
            self.last.pop_front();
        }
        self.last.push_back(victim);
        self.all += 1;
        self.before += u64::from(before);
    }

    /// Those of so many kills, the first since the watch began: what follows may be logged and not yet counted.
    pub fn counted(&self, kills: u64) -> Vec<Victim> {
        // What was counted is logged: no more than the others were before, whatever the clocks say.
        let before = self.before.min(self.all.saturating_sub(kills));
        let counted = before..before.saturating_add(kills);
        let first = self.all - self.last.len() as u64;
        let numbered = (first..).zip(&self.last);
        numbered.filter(|(n, _)| counted.contains(n)).map(|(_, victim)| victim.clone()).collect()
    }
}

/// The kernel's log, opened at the first kill and read on from there: each record is read once for a container that was
/// killed, and none for the others. To open it at the start, at its end, would be no less work: the kernel looks for the
/// first record then, through all that it keeps of those before.
#[derive(Debug, Default)]
pub struct Log(Option<File>);

impl Log {
    /// Adds who was killed in this group or below since the last look, and was not long before the watch began, `begun`
    /// microseconds after the boot. Nobody where the log may not be read.
    pub fn read_on(&mut self, group: &Path, begun: u64, victims: &mut Victims) {
        let names = below_mount(group);
        self.each(|record| {
            if let Some(kill) = Kill::parse(record)
                && kill.at.saturating_add(APART) >= begun
                && kill.is_in(&names)
            {
                victims.add(kill.victim, kill.at < begun);
            }
        });
    }

    /// Each record that was not read yet.
    fn each(&mut self, mut record: impl FnMut(&str)) {
        if self.0.is_none() {
            let opened = fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open("/dev/kmsg");
            self.0 = opened.ok();
        }
        let Some(log) = &mut self.0 else { return };
        let mut text = [0; 8192];
        loop {
            match log.read(&mut text) {
                Ok(0) => break,
                Ok(n) => record(&String::from_utf8_lossy(&text[..n])),
                // Records that were written over meanwhile.
                Err(e) if e.raw_os_error() == Some(libc::EPIPE) => {}
                Err(_) => break,
            }
        }
    }
}

/// A record of the kernel's log: `6,1234,57226944561,-;oom-kill:constraint=…,task_memcg=/group,task=sh,pid=26229,uid=0`.
struct Kill {
    /// Microseconds since the boot.
    at: u64,
    group: PathBuf,
    victim: Victim,
}

impl Kill {
    fn parse(record: &str) -> Option<Kill> {
        let (head, text) = record.split_once(';')?;
        let text = text.lines().next()?.strip_prefix("oom-kill:")?;
        let at = head.split(',').nth(2)?.parse().ok()?;
        // A group and a program may have any name: what is around them is looked for from the end.
        let (rest, uid) = text.rsplit_once(",uid=")?;
        uid.parse::<u32>().ok()?;
        let (rest, pid) = rest.rsplit_once(",pid=")?;
        let (rest, name) = rest.rsplit_once(",task=")?;
        let (_, group) = rest.split_once(",task_memcg=")?;
        let victim = Victim { pid: pid.parse().ok()?, name: name.to_owned() };
        Some(Kill { at, group: group.into(), victim })
    }

    /// The kernel names a group from its very root on, and a namespace may show us the end of that alone.
    fn is_in(&self, names: &[OsString]) -> bool {
        let group: Vec<&OsStr> = self.group.components().map(|c| c.as_os_str()).collect();
        !names.is_empty() && group.windows(names.len()).any(|some| some == names)
    }
}

/// The names on the way from where its hierarchy is mounted to a group.
fn below_mount(dir: &Path) -> Vec<OsString> {
    let device = |dir: &Path| fs::metadata(dir).map(|m| m.dev()).ok();
    let own = device(dir);
    let mut names: Vec<OsString> = dir
        .ancestors()
        .take_while(|dir| dir.parent().is_some_and(|above| device(above) == own))
        .filter_map(|dir| Some(dir.file_name()?.to_owned()))
        .collect();
    names.reverse();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_names_the_victim() {
        let kill = |group: &str, task: &str| {
            Kill::parse(&format!(
                "6,1234,57226944561,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,\
                 mems_allowed=0,oom_memcg=/a,task_memcg={group},task={task},pid=26229,uid=0\n SUBSYSTEM=x\n"
            ))
        };
        let found = kill("/a/default/web", "sh").unwrap();
        assert_eq!(found.at, 57_226_944_561);
        assert_eq!(found.victim, Victim { pid: 26229, name: "sh".into() });
        let is_in = |group: &str, names: &[&str]| {
            let names: Vec<OsString> = names.iter().map(OsString::from).collect();
            kill(group, "sh").unwrap().is_in(&names)
        };
        let group = "/a/default/web";
        assert!(is_in(group, &["a", "default", "web"]) && is_in(group, &["default", "web"]));
        assert!(is_in("/a/default/web/below", &["default", "web"]));
        assert!(!is_in(group, &["default", "we"]) && !is_in(group, &["other", "web"]) && !is_in(group, &[]));
        assert_eq!(kill("/a", "a,pid=7,uid=1").unwrap().victim.name, "a,pid=7,uid=1");
        assert!(Kill::parse("6,1,1,-;oom-killer is here").is_none());
        assert!(Kill::parse("").is_none());
    }

    #[test]
    fn a_record_is_read_once() {
        let mut log = Log::default();
        let mut numbers = || {
            let mut numbers = Vec::new();
            let number = |record: &str| record.split(',').nth(1)?.parse::<u64>().ok();
            log.each(|record| numbers.push(number(record).expect("a number")));
            numbers
        };
        let first = numbers();
        if first.is_empty() {
            return eprintln!("skipped: the kernel's log may not be read");
        }
        // What was logged meanwhile.
        let then = numbers();
        assert!(first.iter().chain(&then).is_sorted_by(|a, b| a < b), "{first:?} {then:?}");
    }

    #[test]
    fn the_counted_victims_are_named() {
        let victims = |before: u32, since: u32| {
            let mut victims = Victims::default();
            for pid in 0..before + since {
                victims.add(Victim { pid, name: "sh".into() }, pid < before);
            }
            victims
        };
        let pids = |victims: &Victims, kills| -> Vec<u32> {
            victims.counted(kills).iter().map(|victim| victim.pid).collect()
        };
        // The next one is logged, and not yet counted.
        assert_eq!(pids(&victims(0, 2), 1), [0]);
        assert_eq!(pids(&victims(2, 2), 1), [2]);
        assert_eq!(pids(&victims(1, 2), 2), [1, 2]);
        // The log's clock is behind ours.
        assert_eq!(pids(&victims(3, 0), 2), [1, 2]);
        // More than were logged, or are kept.
        assert_eq!(pids(&victims(0, 2), 9), [0, 1]);
        assert_eq!(pids(&victims(1, 40), 38), (25..39).collect::<Vec<_>>());
        assert_eq!(pids(&victims(1, 40), 40), (25..41).collect::<Vec<_>>());
    }

    #[test]
    fn a_mount_has_no_names_above_it() {
        assert_eq!(below_mount(Path::new("/proc")), [] as [&str; 0]);
        assert_eq!(below_mount(Path::new("/proc/self/task")), ["self", "task"]);
    }

    #[test]
    fn numbers_of_both_versions() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("memory.limit_in_bytes", "9223372036854771712\n");
        write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        write("memory.failcnt", "7\n");
        let (limit, events) = numbers(dir.path());
        assert_eq!((limit, events["oom_kill"], events["failcnt"]), (None, 2, 7));
        write("memory.max", "16777216\n");
        write("memory.events", "low 0\noom 3\noom_kill 4\n");
        fs::remove_file(dir.path().join("memory.oom_control")).unwrap();
        let (limit, events) = numbers(dir.path());
        assert_eq!((limit, events["oom"], events["oom_kill"]), (Some(16 << 20), 3, 4));
    }
}
