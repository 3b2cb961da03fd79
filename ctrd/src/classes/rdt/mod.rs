//! Classes of Intel RDT: shares of the last-level cache and of the memory bandwidth.
//!
//! ```yaml
//! options: {l3: {optional: true}}   # where the machine has none, what is said of it is left out
//! partitions:
//!   shared:
//!     l3Allocation: 60%             # of the cache, for this partition alone
//!     mbAllocation: [50%]
//!     classes:
//!       gold: {l3Allocation: 100%}  # of the partition's
//!       bronze:
//!         l3Allocation: {all: 40%, "1-3": "0x3"}
//!         mbAllocation: [20%, 1000MBps]
//!         kubernetes: {denyPodAnnotation: true}
//! ```
//!
//! A class is a control group of resctrl with its name. The OCI runtime makes it, by the schemata that are
//! computed here from what the machine has.

mod machine;
mod share;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::error::{Error, Result};

use machine::Machine;
use share::{Each, Share};

/// Where the kernel shows resctrl, once it is mounted.
const ROOT: &str = "/sys/fs/resctrl";

/// Another name for the root group, which all others are beside.
const ROOT_GROUP: &str = "system/default";

#[derive(Debug)]
pub struct Rdt {
    classes: BTreeMap<String, Group>,
}

/// A class: its schemata, where empty is the whole of it, and who may not name it.
#[derive(Debug, Default, PartialEq)]
struct Group {
    l3: String,
    mb: String,
    kubernetes: Kubernetes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    options: Options,
    #[serde(default)]
    partitions: BTreeMap<String, Partition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    l2: Part,
    l3: Part,
    mb: Part,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Part {
    /// Where the machine has none of it, what is said of it is left out.
    optional: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Partition {
    l2_allocation: Option<IgnoredAny>,
    l3_allocation: Option<Value>,
    mb_allocation: Option<Value>,
    #[serde(default)]
    classes: BTreeMap<String, Class>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Class {
    l2_allocation: Option<IgnoredAny>,
    l3_allocation: Option<Value>,
    mb_allocation: Option<Value>,
    #[serde(default)]
    kubernetes: Kubernetes,
}

/// By which annotations a class may not be named.
#[derive(Debug, Default, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Kubernetes {
    deny_pod_annotation: bool,
    deny_container_annotation: bool,
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

    /// `linux.intelRdt` of a class, which an annotation names: of the pod, or of the container itself.
    pub fn parameters(&self, class: &str, of_pod: bool) -> Result<Value> {
        let Group { l3, mb, kubernetes } = super::find(&self.classes, "Intel RDT", class)?;
        let (denied, whose) = match of_pod {
            true => (kubernetes.deny_pod_annotation, "pod"),
            false => (kubernetes.deny_container_annotation, "container"),
        };
        if denied {
            let text = format!("class {class:?} of Intel RDT: no annotation of a {whose} may name it");
            return Err(Error::precondition(text));
        }
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

fn classes(file: &File, machine: &Machine) -> Result<BTreeMap<String, Group>> {
    let mut out: BTreeMap<String, Group> = BTreeMap::new();
    let caches = caches(file, machine)?;
    for (name, partition) in &file.partitions {
        let within = |e: Error| e.context(format!("partition {name:?}"));
        let whole = bandwidths(file, partition.mb_allocation.as_ref(), machine).map_err(within)?;
        level2(file, &partition.l2_allocation).map_err(within)?;
        for (class, given) in &partition.classes {
            let at = |e: Error| within(e.context(format!("class {class:?}")));
            if class.is_empty() || class == ROOT_GROUP {
                tracing::warn!(class, "Intel RDT: the root group is left as it is");
                continue;
            }
            if matches!(class.as_str(), "." | "..") || class.contains(['/', '\n']) {
                return Err(at(Error::invalid("no name of a control group")));
            }
            level2(file, &given.l2_allocation).map_err(at)?;
            let l3 = match (&caches, &given.l3_allocation, &partition.l3_allocation) {
                (None, ..) | (_, None, None) => String::new(),
                (_, Some(_), None) => return Err(at(Error::invalid("l3Allocation: its partition has none"))),
                (Some(caches), own, Some(_)) => {
                    cache(&caches[name], own.as_ref(), machine).map_err(|e| at(e.context("l3Allocation")))?
                }
            };
            let own = bandwidths(file, given.mb_allocation.as_ref(), machine).map_err(at)?;
            if own.is_some() && whole.is_none() {
                return Err(at(Error::invalid("mbAllocation: its partition has none")));
            }
            let mb = bandwidth(whole.as_ref(), own.as_ref(), machine);
            let kubernetes = given.kubernetes;
            if out.insert(class.clone(), Group { l3, mb, kubernetes }).is_some() {
                return Err(at(Error::invalid("is in two partitions")));
            }
        }
    }
    Ok(out)
}

/// The specification of a container has no place for the second level.
fn level2(file: &File, given: &Option<IgnoredAny>) -> Result<()> {
    match given {
        Some(_) if !file.options.l2.optional => {
            Err(Error::invalid("l2Allocation: not supported (options.l2.optional: true leaves it out)"))
        }
        _ => Ok(()),
    }
}

/// The bits that each partition has of each of the machine's caches; none where nothing is said of caches.
fn caches(file: &File, machine: &Machine) -> Result<Option<BTreeMap<String, BTreeMap<u32, u64>>>> {
    let classes = |p: &Partition| p.classes.values().any(|class| class.l3_allocation.is_some());
    if !file.partitions.values().any(|p| p.l3_allocation.is_some() || classes(p)) {
        return Ok(None);
    }
    let Some((all, least)) = machine.l3 else {
        return match machine.split {
            _ if file.options.l3.optional => Ok(None),
            true => Err(Error::precondition("l3Allocation: this machine's cache is split (CDP)")),
            false => Err(Error::precondition("l3Allocation: this machine has no cache allocation")),
        };
    };
    let mut wanted = Vec::new();
    for (name, partition) in &file.partitions {
        let at = |e: Error| e.context(format!("partition {name:?}: l3Allocation"));
        let given = partition.l3_allocation.as_ref().map(|given| share::allocation(given, least));
        wanted.push((name.as_str(), given.transpose().map_err(at)?));
    }
    let mut out: BTreeMap<String, BTreeMap<u32, u64>> =
        file.partitions.keys().map(|name| (name.clone(), BTreeMap::new())).collect();
    for id in &machine.l3_ids {
        // One that only others are spoken of is wanted whole.
        let of = |each: &Each<Share>| each.get(*id).copied().unwrap_or(Share::Percent(100));
        let shares: Vec<_> = wanted.iter().map(|(name, each)| (*name, each.as_ref().map(of))).collect();
        let blocks = share::blocks(&shares, all, least).map_err(|e| e.context(format!("cache {id}")))?;
        for (partition, block) in out.values_mut().zip(blocks) {
            partition.insert(*id, block);
        }
    }
    Ok(Some(out))
}

fn cache(blocks: &BTreeMap<u32, u64>, own: Option<&Value>, machine: &Machine) -> Result<String> {
    let (_, least) = machine.l3.unwrap_or_default();
    let own = own.map(|given| share::allocation(given, least)).transpose()?;
    let mut parts = Vec::new();
    for (id, block) in blocks {
        let share = own.as_ref().and_then(|each| each.get(*id)).unwrap_or(&Share::Percent(100));
        parts.push(format!("{id}={:x}", share.of(*block, least)?));
    }
    Ok(format!("L3:{}", parts.join(";")))
}

/// `mbAllocation`, in what the machine counts in: a list of shares in several units, or one for each cache.
fn bandwidths(file: &File, given: Option<&Value>, machine: &Machine) -> Result<Option<Each<u64>>> {
    let Some(given) = given else { return Ok(None) };
    let at = |e: Error| e.context("mbAllocation");
    let Some((_, _, in_mbps)) = machine.mb else {
        return match file.options.mb.optional {
            true => Ok(None),
            false => Err(at(Error::precondition("this machine has no bandwidth allocation"))),
        };
    };
    let unit = if in_mbps { "MBps" } else { "%" };
    let one = |given: &Value| -> Result<u64> {
        let bad = |why: &str| Error::invalid(format!("{given:.100}: {why}"));
        let list = given.as_array().ok_or_else(|| bad("must be a list such as [50%, 1000MBps]"))?;
        for share in list {
            let text = share.as_str().ok_or_else(|| bad("must be a list such as [50%, 1000MBps]"))?;
            if let Some(number) = text.strip_suffix(unit) {
                return number
                    .trim()
                    .parse::<u32>()
                    .map(u64::from)
                    .map_err(|_| bad("no share of a bandwidth"));
            }
            if !text.ends_with('%') && !text.ends_with("MBps") {
                return Err(bad("not in % or MBps"));
            }
        }
        Err(bad(&format!("none in {unit}, which this machine counts in")))
    };
    let each = match given {
        Value::Object(each) => Each::of(each.iter().map(|(name, given)| (name.clone(), one(given)))),
        given => one(given).map(Each::all),
    };
    each.map(Some).map_err(at)
}

fn bandwidth(whole: Option<&Each<u64>>, own: Option<&Each<u64>>, machine: &Machine) -> String {
    let Some((least, step, in_mbps)) = machine.mb.filter(|_| whole.is_some()) else { return String::new() };
    let most = if in_mbps { u32::MAX.into() } else { 100 };
    let of = |shares: Option<&Each<u64>>, id: u32| {
        shares.and_then(|shares| shares.get(id)).copied().unwrap_or(most).min(most)
    };
    let parts = machine.mb_ids.iter().map(|id| {
        let (whole, own) = (of(whole, *id), of(own, *id));
        let share = if in_mbps { own.min(whole) } else { whole * own / 100 };
        let share = share.max(least).next_multiple_of(step.max(1));
        format!("{id}={}", share.min(most.max(least)))
    });
    format!("MB:{}", parts.collect::<Vec<_>>().join(";"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

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

    fn group(l3: &str, mb: &str) -> Group {
        Group { l3: l3.into(), mb: mb.into(), ..Group::default() }
    }

    #[test]
    fn shares_of_partitions_and_of_classes() {
        let rdt = load(
            "options: {l3: {optional: true}}\npartitions:\n  a:\n    l3Allocation: 60%\n    mbAllocation: [50%]\n    classes:\n      \
             gold: {}\n      bronze: {l3Allocation: {all: 40%, 1: '0x3'}, mbAllocation: [20%, 1000MBps]}\n      \
             each: {l3Allocation: {'0-1': {unified: 50%}}, mbAllocation: {0: [100%], all: [30%]}}\n      system/default: {}\n  \
             b:\n    l3Allocation: 40%\n    classes: {other: {l3Allocation: 50-100%}, bits: {l3Allocation: '0x3'}}\n",
        )
        .unwrap();
        for (class, l3, mb) in [
            ("gold", "L3:0=3f;1=3f", "MB:0=50;1=50"),
            ("bronze", "L3:0=7;1=3", "MB:0=10;1=10"),
            ("each", "L3:0=7;1=7", "MB:0=50;1=20"),
            ("other", "L3:0=380;1=380", ""),
            // Counted from the partition's first bit on.
            ("bits", "L3:0=c0;1=c0", ""),
        ] {
            assert_eq!(rdt.classes[class], group(l3, mb), "{class}");
        }
        assert_eq!(rdt.classes.len(), 5, "the root group is none of them");
        assert_eq!(
            rdt.parameters("other", false).unwrap(),
            json!({"closID": "other", "l3CacheSchema": "L3:0=380;1=380"})
        );
        for empty in ["", "{}", "partitions: {}", "# nothing\n"] {
            assert!(load(empty).unwrap().classes.is_empty(), "{empty:?}");
        }
        let whole = load("partitions: {a: {classes: {free: {}}}}").unwrap();
        assert_eq!(whole.parameters("free", true).unwrap(), json!({"closID": "free"}));
    }

    #[test]
    fn who_may_name_a_class() {
        let rdt = load(
            "partitions: {p: {classes: {a: {kubernetes: {denyPodAnnotation: true}}, \
             b: {kubernetes: {denyContainerAnnotation: true}}}}}",
        )
        .unwrap();
        assert!(rdt.parameters("a", false).is_ok() && rdt.parameters("b", true).is_ok());
        for (class, of_pod, whose) in [("a", true, "pod"), ("b", false, "container")] {
            let e = rdt.parameters(class, of_pod).unwrap_err().message;
            assert_eq!(e, format!("class {class:?} of Intel RDT: no annotation of a {whose} may name it"));
        }
    }

    /// One line that names the file, the key and the reason.
    #[test]
    fn what_means_nothing_is_refused() {
        let within = |text: &str| format!("partitions: {{p: {text}}}");
        let class = |text: &str| {
            within(&format!("{{l3Allocation: 100%, mbAllocation: [100%], classes: {{c: {{{text}}}}}}}"))
        };
        for (text, says) in [
            (
                class("l3Allocation: '0x5'"),
                "class \"c\": l3Allocation: \"0x5\": must be 2 or more bits, side by side",
            ),
            (
                class("l3Allocation: '0xc00'"),
                "class \"c\": l3Allocation: 0xc00: not in the 10 bits that there are",
            ),
            (class("l3Allocation: x"), "class \"c\": l3Allocation: \"x\": no share of a cache"),
            (class("l3Allocation: 120%"), "class \"c\": l3Allocation: \"120%\": no percentage"),
            (
                class("l3Allocation: 3"),
                "class \"c\": l3Allocation: 3: must be a text in quotes, or one for each cache",
            ),
            (
                class("l3Allocation: {x: 5%}"),
                "class \"c\": l3Allocation: \"x\": is not all, and no list such as 0-1,3",
            ),
            (
                class("l2Allocation: 5%"),
                "class \"c\": l2Allocation: not supported (options.l2.optional: true leaves it out)",
            ),
            (
                class("mbAllocation: [5]"),
                "class \"c\": mbAllocation: [5]: must be a list such as [50%, 1000MBps]",
            ),
            (
                class("mbAllocation: 5%"),
                "class \"c\": mbAllocation: \"5%\": must be a list such as [50%, 1000MBps]",
            ),
            (class("mbAllocation: [x%]"), "class \"c\": mbAllocation: [\"x%\"]: no share of a bandwidth"),
            (class("mbAllocation: [5GBps]"), "class \"c\": mbAllocation: [\"5GBps\"]: not in % or MBps"),
            (
                class("mbAllocation: [5MBps]"),
                "class \"c\": mbAllocation: [\"5MBps\"]: none in %, which this machine counts in",
            ),
            (
                within("{classes: {c: {l3Allocation: 5%}}}"),
                "class \"c\": l3Allocation: its partition has none",
            ),
            (
                within("{classes: {c: {mbAllocation: [5%]}}}"),
                "class \"c\": mbAllocation: its partition has none",
            ),
            (within("{classes: {a/b: {}}}"), "class \"a/b\": no name of a control group"),
            (within("{l3Allocation: 5-10%}"), "cache 0: partition \"p\": l3Allocation: must be no range"),
            (
                within("{mbAllocation: {x: [5%]}}"),
                "partition \"p\": mbAllocation: \"x\": is not all, and no list such as 0-1,3",
            ),
            (
                "partitions: {a: {l3Allocation: 80%}, b: {l3Allocation: 30%, classes: {c: {}}}}".into(),
                "cache 0: l3Allocation: the partitions take 110% of a cache",
            ),
            (
                "partitions: {a: {l3Allocation: 80%}, b: {classes: {c: {}}}}".into(),
                "cache 0: l3Allocation: other partitions have one, and b has none",
            ),
            (
                "partitions: {a: {classes: {c: {}}}, b: {classes: {c: {}}}}".into(),
                "partition \"b\": class \"c\": is in two partitions",
            ),
            ("partition: {}".into(), "partition"),
            ("options: {l3: {option: true}}".into(), "option"),
            (class("kubernetes: {denyPod: true}"), "denyPod"),
            ("partitions: {a: {}, a: {}}".into(), "duplicate"),
            ("partitions: [".into(), "read "),
        ] {
            let e = load(&text).unwrap_err().message;
            assert!(e.contains(says) && e.contains("/f") && !e.contains('\n'), "{text}: {e}");
        }
    }

    #[test]
    fn what_may_be_missing() {
        let machine = Machine { l3: None, split: false, mb: None, l3_ids: vec![], mb_ids: vec![] };
        let given = |optional: bool| -> File {
            let text = format!(
                "options: {{l2: {{optional: {optional}}}, l3: {{optional: {optional}}}, mb: {{optional: {optional}}}}}\n\
                 partitions: {{p: {{l2Allocation: 5%, l3Allocation: 5%, mbAllocation: [5%], classes: {{c: {{l3Allocation: 5%}}}}}}}}"
            );
            serde_saphyr::from_str(&text).unwrap()
        };
        assert_eq!(classes(&given(true), &machine).unwrap()["c"], Group::default());
        let e = classes(&given(false), &machine).unwrap_err().message;
        assert_eq!(e, "l3Allocation: this machine has no cache allocation");
        let e = classes(&given(false), &Machine { split: true, ..machine }).unwrap_err().message;
        assert_eq!(e, "l3Allocation: this machine's cache is split (CDP)");
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
