//! Which device nodes a container may use: the rules of config.json and what they come to; pure.
//!
//! Everything starts out forbidden. Then come the rules of config.json in their order, and last
//! the nodes that every container has. A rule counts for the kinds of access it names, and of two
//! rules about the same the later one counts. A rule of type `a` forgets all before it.

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::{LinuxDeviceCgroup, LinuxDeviceType};

use super::setting::{Setting, setting};

pub const MKNOD: u32 = 1;
pub const READ: u32 = 2;
pub const WRITE: u32 = 4;
pub const ALL: u32 = MKNOD | READ | WRITE;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    pub allow: bool,
    pub block: bool,
    /// Without a number: every one.
    pub major: Option<u32>,
    pub minor: Option<u32>,
    pub access: u32,
}

/// What holds where no rule does, and the rules since that was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    pub allow: bool,
    pub list: Vec<Rule>,
}

/// Making any node is harmless, for using one is another matter; and the nodes are null, zero,
/// full, random, urandom, tty, ptmx, and the terminals of devpts.
const DEFAULTS: [(bool, Option<u32>, Option<u32>, u32); 10] = [
    (false, None, None, MKNOD),
    (true, None, None, MKNOD),
    (false, Some(1), Some(3), ALL),
    (false, Some(1), Some(5), ALL),
    (false, Some(1), Some(7), ALL),
    (false, Some(1), Some(8), ALL),
    (false, Some(1), Some(9), ALL),
    (false, Some(5), Some(0), ALL),
    (false, Some(5), Some(2), ALL),
    (false, Some(136), None, ALL),
];

pub fn rules(list: &[LinuxDeviceCgroup]) -> Result<Rules> {
    let mut rules = Rules { allow: false, list: Vec::with_capacity(list.len() + DEFAULTS.len()) };
    for (i, d) in list.iter().enumerate() {
        rules.add(d).with_context(|| format!("take device rule {i} ({d})"))?;
    }
    for (block, major, minor, access) in DEFAULTS {
        rules.list.push(Rule { allow: true, block, major, minor, access });
    }
    Ok(rules)
}

impl Rules {
    fn add(&mut self, d: &LinuxDeviceCgroup) -> Result<()> {
        let access = access(d.access().as_deref().unwrap_or_default())?;
        let block = match d.typ().unwrap_or_default() {
            LinuxDeviceType::A => {
                *self = Rules { allow: d.allow(), list: Vec::new() };
                return Ok(());
            }
            LinuxDeviceType::B => true,
            LinuxDeviceType::C | LinuxDeviceType::U => false,
            LinuxDeviceType::P => bail!("a FIFO is no device"),
        };
        self.list.push(Rule {
            allow: d.allow(),
            block,
            major: number(d.major())?,
            minor: number(d.minor())?,
            access,
        });
        Ok(())
    }
}

fn access(text: &str) -> Result<u32> {
    ensure!(!text.is_empty(), "no access is named");
    text.chars().try_fold(0, |bits, c| {
        Ok(bits
            | match c {
                'm' => MKNOD,
                'r' => READ,
                'w' => WRITE,
                // It is the name of a type, and of no access; some write it here all the same.
                'a' => 0,
                _ => bail!("unknown access {c:?}"),
            })
    })
}

fn number(n: Option<i64>) -> Result<Option<u32>> {
    match n {
        None | Some(-1) => Ok(None),
        // The kernel's numbers are far smaller; BPF compares signed ones.
        Some(n) => match i32::try_from(n).ok().and_then(|n| u32::try_from(n).ok()) {
            Some(n) => Ok(Some(n)),
            None => bail!("device number {n} is out of range"),
        },
    }
}

impl Rule {
    /// Whether this one is about every device that the other is about.
    pub fn covers(&self, other: &Rule) -> bool {
        self.block == other.block
            && (self.major.is_none() || self.major == other.major)
            && (self.minor.is_none() || self.minor == other.minor)
    }

    fn overlaps(&self, other: &Rule) -> bool {
        let meet = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
        self.block == other.block && meet(self.major, other.major) && meet(self.minor, other.minor)
    }

    fn same(&self, other: &Rule) -> bool {
        self.covers(other) && other.covers(self)
    }

    /// `c 1:3 rwm`
    fn line(&self) -> String {
        let number = |n: Option<u32>| n.map_or("*".to_owned(), |n| n.to_string());
        let mut line =
            format!("{} {}:{} ", if self.block { 'b' } else { 'c' }, number(self.major), number(self.minor));
        for (bit, c) in [(READ, 'r'), (WRITE, 'w'), (MKNOD, 'm')] {
            if self.access & bit != 0 {
                line.push(c);
            }
        }
        line
    }
}

/// cgroup v1 keeps a default and exceptions from it, all of one kind. A rule that would make an
/// exception from an exception cannot be put that way, and is refused rather than forgotten.
fn exceptions(rules: &Rules) -> Result<Vec<Rule>> {
    let mut list: Vec<Rule> = Vec::new();
    for rule in &rules.list {
        if rule.allow != rules.allow {
            match list.iter_mut().find(|e| e.same(rule)) {
                Some(same) => same.access |= rule.access,
                None => list.push(*rule),
            }
            continue;
        }
        for e in &mut list {
            if rule.covers(e) {
                e.access &= !rule.access;
            } else if rule.overlaps(e) && rule.access & e.access != 0 {
                bail!(
                    "{} device {}: cgroup v1 cannot except it from {}",
                    if rule.allow { "allow" } else { "deny" },
                    rule.line(),
                    e.line()
                );
            }
        }
        list.retain(|e| e.access != 0);
    }
    Ok(list)
}

/// The writes for cgroup v1. With the text of `devices.list`, only what must change is written,
/// so that no moment forbids what is allowed before and after.
pub fn v1(rules: &Rules, now: Option<&str>) -> Result<Vec<Setting>> {
    const ALLOW: &str = "devices.allow";
    const DENY: &str = "devices.deny";
    let wanted = exceptions(rules)?;
    let has = now.and_then(parse_list);
    if let (false, Some(has)) = (rules.allow, has) {
        let minus = |a: &[Rule], b: &[Rule], file| -> Vec<Setting> {
            let rest = a.iter().filter_map(|x| {
                let kept = b.iter().find(|y| y.same(x)).map_or(0, |y| y.access);
                let access = x.access & !kept;
                (access != 0).then(|| setting(file, Rule { access, ..*x }.line()))
            });
            rest.collect()
        };
        let mut list = minus(&wanted, &has, ALLOW);
        list.extend(minus(&has, &wanted, DENY));
        return Ok(list);
    }
    let (first, rest) = if rules.allow { (ALLOW, DENY) } else { (DENY, ALLOW) };
    let mut list = vec![setting(first, "a")];
    list.extend(wanted.iter().map(|rule| setting(rest, rule.line())));
    Ok(list)
}

/// The lines of `devices.list`; nothing if everything is allowed, for then it does not tell the
/// exceptions.
fn parse_list(text: &str) -> Option<Vec<Rule>> {
    let mut list = Vec::new();
    for line in text.lines() {
        let mut words = line.split([' ', ':']);
        let block = match words.next()? {
            "b" => true,
            "c" => false,
            _ => return None,
        };
        let mut number = || match words.next() {
            Some("*") => Some(None),
            Some(n) => n.parse().ok().map(Some),
            None => None,
        };
        let (major, minor) = (number()?, number()?);
        list.push(Rule { allow: true, block, major, minor, access: access(words.next()?).ok()? });
    }
    Some(list)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn parse(json: &str) -> Rules {
        let list: Vec<LinuxDeviceCgroup> = serde_json::from_str(json).unwrap();
        rules(&list).unwrap()
    }

    fn lines(json: &str, now: Option<&str>) -> Vec<String> {
        v1(&parse(json), now)
            .unwrap()
            .iter()
            .map(|s| format!("{} {}", s.file.trim_start_matches("devices."), s.value))
            .collect()
    }

    const BASE: [&str; 11] = [
        "deny a",
        "allow c *:* m",
        "allow b *:* m",
        "allow c 1:3 rwm",
        "allow c 1:5 rwm",
        "allow c 1:7 rwm",
        "allow c 1:8 rwm",
        "allow c 1:9 rwm",
        "allow c 5:0 rwm",
        "allow c 5:2 rwm",
        "allow c 136:* rwm",
    ];

    #[test]
    fn nothing_said() {
        assert_eq!(lines("[]", None), BASE);
        // As `spec` and docker begin the list.
        let json = r#"[{"allow":false,"access":"rwm"}]"#;
        assert_eq!(lines(json, None), BASE);
    }

    #[test]
    fn own_rules_come_first_and_merge_with_the_defaults() {
        let json = r#"[{"allow":false,"access":"rwm"},
            {"allow":true,"type":"b","major":8,"minor":0,"access":"r"},
            {"allow":true,"type":"c","major":1,"minor":3,"access":"r"},
            {"allow":true,"type":"b","major":8,"minor":-1,"access":"w"},
            {"allow":false,"type":"b","major":8,"minor":0,"access":"m"}]"#;
        let lines = lines(json, None);
        assert_eq!(lines[..4], ["deny a", "allow b 8:0 r", "allow c 1:3 rwm", "allow b 8:* w"]);
        assert_eq!(lines.len(), 13);
    }

    #[test]
    fn everything_allowed() {
        let json = r#"[{"allow":true,"access":"rwm"},
            {"allow":false,"type":"b","major":8,"minor":0,"access":"rw"}]"#;
        assert_eq!(lines(json, None), ["allow a", "deny b 8:0 rw"]);
    }

    #[test]
    fn changed_while_in_use() {
        let now = "c *:* m\nb *:* m\nc 1:3 rwm\nc 1:5 rwm\nc 1:7 rwm\nc 1:8 rwm\nc 1:9 rwm\nc 5:0 rwm\nc 5:2 rwm\nc 136:* rwm\nb 8:0 rwm";
        let json = r#"[{"allow":true,"type":"c","major":10,"minor":200,"access":"rw"},
            {"allow":true,"type":"b","major":8,"minor":0,"access":"r"}]"#;
        assert_eq!(lines(json, Some(now)), ["allow c 10:200 rw", "deny b 8:0 wm"]);
        assert_eq!(lines("[]", Some("a *:* rwm")), BASE);
    }

    #[test]
    fn refused() {
        for json in [
            r#"[{"allow":true,"type":"c","major":1,"minor":3}]"#,
            r#"[{"allow":true,"type":"c","major":1,"minor":3,"access":"x"}]"#,
            r#"[{"allow":true,"type":"c","major":-2,"minor":3,"access":"r"}]"#,
            r#"[{"allow":true,"type":"p","major":1,"minor":3,"access":"r"}]"#,
        ] {
            let list: Vec<LinuxDeviceCgroup> = serde_json::from_str(json).unwrap();
            assert!(rules(&list).is_err(), "{json}");
        }
        let hole = r#"[{"allow":true,"type":"b","major":8,"access":"rw"},
            {"allow":false,"type":"b","major":8,"minor":1,"access":"w"}]"#;
        let said = v1(&parse(hole), None).unwrap_err().to_string();
        assert_eq!(said, "deny device b 8:1 w: cgroup v1 cannot except it from b 8:* rw");
    }

    #[test]
    fn any_rules_become_programs_or_an_error() {
        let full: serde_json::Value = serde_json::from_str(
            r#"[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":1,"minor":3,"access":"rw"},
                {"allow":true,"type":"b","major":8,"minor":-1,"access":"m"},{"allow":false,"type":"c","access":"r"}]"#,
        )
        .unwrap();
        crate::chance::cases(20_000, |c| {
            let mut json = full.clone();
            (0..2).for_each(|_| c.change(&mut json));
            let Ok(list) = serde_json::from_value::<Vec<LinuxDeviceCgroup>>(json) else { return };
            let Ok(rules) = rules(&list) else { return };
            let now = c.text(&["c 1:3 rwm\n", "b 8:* m\n", "a *:* rwm\n", ":", "*"]);
            let _ = v1(&rules, Some(&now));
            super::super::device_bpf::program(&rules);
        });
    }
}
