//! Classes of Intel RDT: shares of the last-level cache and of the memory bandwidth.
//!
//! ```yaml
//! partitions:
//!   shared:
//!     l3Allocation: 60%             # of the cache, for this partition alone
//!     mbAllocation: [50%]
//!     classes:
//!       gold: {l3Allocation: 100%}  # of the partition's
//!       bronze: {l3Allocation: {all: 40%, 1: "0x3"}, mbAllocation: [20%, 1000MBps]}
//! ```
//!
//! A class is a control group of resctrl with its name. The OCI runtime makes it, by the schemata that are
//! computed here from what the machine has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// Where the kernel shows resctrl, once it is mounted.
const ROOT: &str = "/sys/fs/resctrl";

#[derive(Debug)]
pub struct Rdt {
    /// The schemata of each class: of the cache, of the bandwidth; empty is the whole of it.
    classes: BTreeMap<String, (String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "options")]
    _options: Option<IgnoredAny>,
    #[serde(default)]
    partitions: BTreeMap<String, Partition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Partition {
    l3_allocation: Option<Cache>,
    mb_allocation: Option<Bandwidth>,
    #[serde(default)]
    classes: BTreeMap<String, Class>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Class {
    l3_allocation: Option<Cache>,
    mb_allocation: Option<Bandwidth>,
    #[serde(default, rename = "kubernetes")]
    _kubernetes: Option<IgnoredAny>,
}

/// A share for all caches, or for each by its number, where `all` stands for the others.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Cache {
    Same(String),
    Each(BTreeMap<Id, String>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Bandwidth {
    Same(Vec<String>),
    Each(BTreeMap<Id, Vec<String>>),
}

/// The number of a cache, or `all`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u32),
    Name(String),
}

/// What holds for a cache: what is said of it, else of all.
fn of<T>(shares: &BTreeMap<Id, T>, id: u32) -> Option<&T> {
    let named = |name: &str| shares.get(&Id::Name(name.to_string()));
    shares.get(&Id::Number(id)).or_else(|| named(&id.to_string())).or_else(|| named("all"))
}

impl Cache {
    fn of(&self, id: u32) -> Option<&str> {
        match self {
            Cache::Same(share) => Some(share),
            Cache::Each(shares) => of(shares, id).map(String::as_str),
        }
    }
}

impl Bandwidth {
    fn of(&self, id: u32) -> Option<&[String]> {
        match self {
            Bandwidth::Same(shares) => Some(shares),
            Bandwidth::Each(shares) => of(shares, id).map(Vec::as_slice),
        }
    }
}

/// What the machine has, as resctrl's `info` and its root group tell.
struct Machine {
    /// The bits of each cache's mask, and how many have to be set at least; none without CAT.
    l3: Option<(u64, u32)>,
    /// The least share, the step, and whether shares are in MBps; none without MBA.
    mb: Option<(u64, u64, bool)>,
    l3_ids: Vec<u32>,
    mb_ids: Vec<u32>,
}

impl Rdt {
    /// Reads the classes of a file, for a machine that has them.
    pub fn load(file: &Path) -> Result<Rdt> {
        Rdt::load_in(Path::new(ROOT), file)
    }

    fn load_in(root: &Path, file: &Path) -> Result<Rdt> {
        let given: File = super::read(file)?;
        let machine = Machine::look(root)?;
        let at = |e: Error| e.context(file.display());
        Ok(Rdt { classes: classes(&given, &machine).map_err(at)? })
    }

    /// `linux.intelRdt` of a class.
    pub fn parameters(&self, class: &str) -> Result<Value> {
        let (l3, mb) = super::find(&self.classes, "Intel RDT", class)?;
        let mut out = json!({"closID": class});
        if !l3.is_empty() {
            out["l3CacheSchema"] = json!(l3);
        }
        if !mb.is_empty() {
            out["memBwSchema"] = json!(mb);
        }
        Ok(out)
    }
}

impl Machine {
    fn look(root: &Path) -> Result<Machine> {
        if !root.join("schemata").exists() {
            return Err(Error::precondition(format!(
                "Intel RDT: {} is not mounted (mount -t resctrl resctrl {0}; the processor and the kernel must have it)",
                root.display()
            )));
        }
        let text = |path: PathBuf| {
            let read = fs::read_to_string(&path).map(|text| text.trim().to_string());
            read.map_err(|e| Error::from(e).context(format!("read {}", path.display())))
        };
        let number = |name: &str, base: u32| {
            let path = root.join("info").join(name);
            let bad = || Error::invalid(format!("read {}: no number", path.display()));
            u64::from_str_radix(&text(path.clone())?, base).map_err(|_| bad())
        };
        let l3 = match root.join("info/L3").is_dir() {
            true => Some((number("L3/cbm_mask", 16)?, number("L3/min_cbm_bits", 10)? as u32)),
            false => None,
        };
        let schemata = text(root.join("schemata"))?;
        let ids = |kind: &str| -> Vec<u32> {
            let line = schemata.lines().find_map(|line| line.trim().strip_prefix(kind)?.strip_prefix(':'));
            let each = line.unwrap_or_default().split(';');
            each.filter_map(|one| one.split('=').next()?.trim().parse().ok()).collect()
        };
        let mb = match root.join("info/MB").is_dir() {
            // A megabyte a second is the unit where the least share is no percentage.
            true => {
                let (least, step) = (number("MB/min_bandwidth", 10)?, number("MB/bandwidth_gran", 10)?);
                let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
                Some((least, step, mounts.lines().any(|m| m.contains(" resctrl ") && m.contains("mba_MBps"))))
            }
            false => None,
        };
        Ok(Machine { l3, mb, l3_ids: ids("L3"), mb_ids: ids("MB") })
    }
}

fn classes(file: &File, machine: &Machine) -> Result<BTreeMap<String, (String, String)>> {
    let mut out: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (name, partition) in &file.partitions {
        for (class, given) in &partition.classes {
            let at = |e: Error| e.context(format!("class {class:.100?}"));
            let l3 = cache(file, name, partition, given, machine).map_err(at)?;
            let mb = bandwidth(partition, given, machine).map_err(at)?;
            if out.insert(class.clone(), (l3, mb)).is_some() {
                return Err(Error::invalid(format!("class {class:.100?}: is in two partitions")));
            }
        }
    }
    Ok(out)
}

fn cache(file: &File, name: &str, own: &Partition, class: &Class, machine: &Machine) -> Result<String> {
    let Some((all, least)) = machine.l3 else {
        return match own.l3_allocation.is_some() || class.l3_allocation.is_some() {
            true => Err(Error::precondition("l3Allocation: this machine has no cache allocation")),
            false => Ok(String::new()),
        };
    };
    if own.l3_allocation.is_none() && class.l3_allocation.is_none() {
        return Ok(String::new());
    }
    let mut parts = Vec::new();
    for id in &machine.l3_ids {
        let base = region(file, name, *id, all, least)?;
        let share = class.l3_allocation.as_ref().and_then(|shares| shares.of(*id)).unwrap_or("100%");
        parts.push(format!("{id}={:x}", mask(share, base, least)?));
    }
    Ok(format!("L3:{}", parts.join(";")))
}

/// The bits of a partition: those that are named, or so many after those of the partitions before it.
fn region(file: &File, name: &str, id: u32, all: u64, least: u32) -> Result<u64> {
    let mut from = all.trailing_zeros();
    for (other, partition) in &file.partitions {
        let share = partition.l3_allocation.as_ref().and_then(|shares| shares.of(id));
        let relative = share.and_then(|share| share.strip_suffix('%'));
        let here = match (share, relative) {
            (None, _) => all,
            (Some(share), None) => mask(share, all, least)?,
            (Some(_), Some(percent)) => {
                let count = share_of(percent, all.count_ones())?.max(least);
                if from + count > u64::BITS - all.leading_zeros() {
                    return Err(Error::invalid("l3Allocation: the partitions take more than there is"));
                }
                from += count;
                bits(from - count, count)
            }
        };
        if other == name {
            return Ok(here);
        }
    }
    Ok(all)
}

/// A share of some bits that stand together: `40%`, `20-60%`, `0xf0`, `2-5`, `3`.
fn mask(share: &str, of: u64, least: u32) -> Result<u64> {
    let bad = || Error::invalid(format!("l3Allocation {share:.100?}: no share of a cache"));
    let (low, width) = (of.trailing_zeros(), of.count_ones());
    let found = if let Some(percent) = share.strip_suffix('%') {
        let (from, to) = match percent.split_once('-') {
            Some((from, to)) => (share_of(from, width)?, share_of(to, width)?),
            None => (0, share_of(percent, width)?),
        };
        bits(low + from.min(width.saturating_sub(least)), to.saturating_sub(from).max(least))
    } else if let Some(hex) = share.strip_prefix("0x") {
        u64::from_str_radix(hex, 16).map_err(|_| bad())?
    } else {
        let (from, to) = share.split_once('-').unwrap_or((share, share));
        let (from, to): (u32, u32) =
            (from.trim().parse().map_err(|_| bad())?, to.trim().parse().map_err(|_| bad())?);
        if to < from || to >= 64 {
            return Err(bad());
        }
        bits(from, to - from + 1)
    };
    let together = found >> found.trailing_zeros().min(63);
    match found != 0
        && found & !of == 0
        && together.checked_add(1).is_none_or(u64::is_power_of_two)
        && found.count_ones() >= least
    {
        true => Ok(found),
        false => Err(Error::invalid(format!(
            "l3Allocation {share:.100?}: must be {least} or more of the bits {of:x}, side by side"
        ))),
    }
}

fn bits(from: u32, count: u32) -> u64 {
    (0..count).fold(0, |mask, n| mask | 1u64.checked_shl(from + n).unwrap_or(0))
}

fn share_of(percent: &str, of: u32) -> Result<u32> {
    match percent.trim().parse::<u32>() {
        Ok(percent) if percent <= 100 => Ok((of * percent).div_ceil(100)),
        _ => Err(Error::invalid(format!("{percent:.100?}: no percentage"))),
    }
}

fn bandwidth(own: &Partition, class: &Class, machine: &Machine) -> Result<String> {
    let Some((least, step, in_mbps)) = machine.mb else {
        return match own.mb_allocation.is_some() || class.mb_allocation.is_some() {
            true => Err(Error::precondition("mbAllocation: this machine has no bandwidth allocation")),
            false => Ok(String::new()),
        };
    };
    if own.mb_allocation.is_none() && class.mb_allocation.is_none() {
        return Ok(String::new());
    }
    let value = |shares: Option<&Bandwidth>, id: u32| -> Result<Option<u64>> {
        let Some(shares) = shares.and_then(|shares| shares.of(id)) else { return Ok(None) };
        let unit = if in_mbps { "MBps" } else { "%" };
        let number = shares.iter().find_map(|share| share.strip_suffix(unit)?.trim().parse::<u64>().ok());
        let bad = || {
            Error::invalid(format!(
                "mbAllocation {shares:.100?}: none in {unit}, which this machine counts in"
            ))
        };
        number.map(Some).ok_or_else(bad)
    };
    let mut parts = Vec::new();
    for id in &machine.mb_ids {
        let (whole, part) =
            (value(own.mb_allocation.as_ref(), *id)?, value(class.mb_allocation.as_ref(), *id)?);
        let share = match (in_mbps, whole, part) {
            (true, whole, part) => part.or(whole).unwrap_or(u32::MAX.into()).min(whole.unwrap_or(u64::MAX)),
            (false, whole, part) => whole.unwrap_or(100).min(100) * part.unwrap_or(100).min(100) / 100,
        };
        parts.push(format!("{id}={}", share.max(least).next_multiple_of(step.max(1))));
    }
    Ok(format!("MB:{}", parts.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with two caches of ten bits each, in a folder.
    fn machine(dir: &Path) -> PathBuf {
        for (name, text) in [
            ("schemata", "    MB:0=100;1=100\n    L3:0=3ff;1=3ff\n"),
            ("info/L3/cbm_mask", "3ff\n"),
            ("info/L3/min_cbm_bits", "2\n"),
            ("info/MB/min_bandwidth", "10\n"),
            ("info/MB/bandwidth_gran", "10\n"),
        ] {
            let path = dir.join("resctrl").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir.join("resctrl")
    }

    fn load(text: &str) -> Result<Rdt> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f");
        fs::write(&file, text).unwrap();
        Rdt::load_in(&machine(dir.path()), &file)
    }

    #[test]
    fn shares_of_partitions_and_of_classes() {
        let rdt = load(
            "options: {l3: {optional: true}}\npartitions:\n  a:\n    l3Allocation: 60%\n    mbAllocation: [50%]\n    classes:\n      \
             gold: {}\n      bronze: {l3Allocation: {all: 40%, 1: '0x3'}, mbAllocation: [20%, 1000MBps]}\n  \
             b:\n    l3Allocation: 40%\n    classes: {other: {l3Allocation: 50-100%}}\n  c: {classes: {free: {}}}\n",
        )
        .unwrap();
        for (class, l3, mb) in [
            ("gold", "L3:0=3f;1=3f", "MB:0=50;1=50"),
            ("bronze", "L3:0=7;1=3", "MB:0=10;1=10"),
            ("other", "L3:0=300;1=300", ""),
            ("free", "", ""),
        ] {
            assert_eq!(rdt.classes[class], (l3.to_string(), mb.to_string()), "{class}");
        }
        assert_eq!(rdt.parameters("free").unwrap(), json!({"closID": "free"}));
        assert_eq!(
            rdt.parameters("other").unwrap(),
            json!({"closID": "other", "l3CacheSchema": "L3:0=300;1=300"})
        );
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for (l3, says) in [
            ("'0x5'", "side by side"),
            ("'0x1'", "must be 2 or more"),
            ("'0xc00'", "must be 2 or more of the bits 3ff"),
            ("x", "no share of a cache"),
            ("120%", "no percentage"),
        ] {
            let e =
                load(&format!("partitions: {{p: {{classes: {{c: {{l3Allocation: {l3}}}}}}}}}")).unwrap_err();
            assert!(e.message.contains("class \"c\"") && e.message.contains(says), "{l3}: {e}");
        }
        let e = load("partitions: {a: {l3Allocation: 80%}, b: {l3Allocation: 30%, classes: {c: {}}}}")
            .unwrap_err();
        assert!(e.message.ends_with("the partitions take more than there is"), "{e}");
        assert!(load("partition: {}").unwrap_err().message.contains("partition"));
    }

    #[test]
    fn a_machine_without_it_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f");
        fs::write(&file, "partitions: {}").unwrap();
        let e = Rdt::load_in(&dir.path().join("none"), &file).unwrap_err();
        assert!(e.message.contains("none is not mounted"), "{e}");
    }
}
