//! Classes of block I/O.
//!
//! ```yaml
//! Classes:
//!   slow:
//!     - Weight: 80                  # without Devices: of all that no other entry names
//!     - Devices: [/dev/sd[a-z], /dev/disk/by-id/*SSD*]
//!       ThrottleReadBps: 50M        # bytes and operations a second
//!       ThrottleWriteBps: 10M
//!       ThrottleReadIOPS: 10k
//!       ThrottleWriteIOPS: 5k
//!       Weight: 50
//! ```
//!
//! Of several entries that match a device, the last that says something holds.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::sys::stat::{major, minor};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::quantity::Written;
use crate::error::{Error, Result};

#[derive(Debug)]
pub struct BlockIo {
    classes: BTreeMap<String, Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "Classes", alias = "classes", default)]
    classes: BTreeMap<String, Vec<Given>>,
}

/// An entry as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Given {
    #[serde(alias = "devices")]
    devices: Option<Vec<String>>,
    #[serde(alias = "weight")]
    weight: Option<Written>,
    #[serde(alias = "throttleReadBps")]
    throttle_read_bps: Option<Written>,
    #[serde(alias = "throttleWriteBps")]
    throttle_write_bps: Option<Written>,
    #[serde(rename = "ThrottleReadIOPS", alias = "throttleReadIOPS")]
    throttle_read_iops: Option<Written>,
    #[serde(rename = "ThrottleWriteIOPS", alias = "throttleWriteIOPS")]
    throttle_write_iops: Option<Written>,
}

/// The fields of `linux.resources.blockIO` that have an entry a device.
const THROTTLES: [&str; 4] =
    ["throttleReadBpsDevice", "throttleWriteBpsDevice", "throttleReadIOPSDevice", "throttleWriteIOPSDevice"];

#[derive(Debug)]
struct Entry {
    /// None: of all that no other entry names.
    devices: Option<Vec<String>>,
    weight: Option<u64>,
    /// In the order of [`THROTTLES`].
    throttles: [Option<u64>; 4],
}

impl BlockIo {
    /// Reads the classes of a file; one of them that means nothing is an error.
    pub fn load(file: &Path) -> Result<BlockIo> {
        let given: File = super::read(file)?;
        let mut classes = BTreeMap::new();
        for (name, entries) in given.classes {
            let several = entries.len() > 1;
            let at = |n: usize, e: Error| {
                let e = if several { e.context(format!("entry {}", n + 1)) } else { e };
                e.context(format!("{}: class {name:?}", file.display()))
            };
            let entries = entries.into_iter().enumerate();
            let read =
                entries.map(|(n, given)| entry(given).map_err(|e| at(n, e))).collect::<Result<Vec<_>>>();
            classes.insert(name.clone(), read?);
        }
        Ok(BlockIo { classes })
    }

    /// `linux.resources.blockIO` of a class, for the devices that are there now.
    pub fn parameters(&self, class: &str) -> Result<Value> {
        let entries = super::find(&self.classes, "block I/O", class)?;
        Ok(parameters(entries, &mut |patterns| {
            let found = devices(patterns);
            if found.is_empty() {
                tracing::warn!(class, "no disk is there that {} names", patterns.join(", "));
            }
            found
        }))
    }
}

fn entry(given: Given) -> Result<Entry> {
    let number = |what: &str, written: &Option<Written>| {
        let said = written.as_ref().filter(|written| !written.is_empty());
        said.map(Written::value).transpose().map_err(|e| e.context(what))
    };
    let weight = number("Weight", &given.weight)?;
    if weight.is_some_and(|weight| !(10..=1000).contains(&weight)) {
        return Err(Error::invalid("Weight: must be from 10 to 1000"));
    }
    let throttles = [
        number("ThrottleReadBps", &given.throttle_read_bps)?,
        number("ThrottleWriteBps", &given.throttle_write_bps)?,
        number("ThrottleReadIOPS", &given.throttle_read_iops)?,
        number("ThrottleWriteIOPS", &given.throttle_write_iops)?,
    ];
    if given.devices.is_none() && throttles.iter().any(Option::is_some) {
        return Err(Error::invalid("a limit without Devices"));
    }
    for pattern in given.devices.iter().flatten() {
        glob::Pattern::new(pattern).map_err(|e| Error::invalid(format!("Devices: {pattern:?}: {e}")))?;
    }
    Ok(Entry { devices: given.devices, weight, throttles })
}

type Number = (u64, u64);

fn parameters(entries: &[Entry], devices: &mut dyn FnMut(&[String]) -> BTreeSet<Number>) -> Value {
    let mut weight = None;
    let mut weights: BTreeMap<Number, u64> = BTreeMap::new();
    let mut throttles: [BTreeMap<Number, u64>; 4] = Default::default();
    for entry in entries {
        let Some(named) = &entry.devices else {
            weight = entry.weight.or(weight);
            continue;
        };
        for device in devices(named) {
            weights.extend(entry.weight.map(|weight| (device, weight)));
            for (all, one) in throttles.iter_mut().zip(entry.throttles) {
                all.extend(one.map(|rate| (device, rate)));
            }
        }
    }
    let list = |all: BTreeMap<Number, u64>, field: &str| -> Value {
        all.into_iter().map(|((major, minor), n)| json!({"major": major, "minor": minor, field: n})).collect()
    };
    let mut out = Map::new();
    out.extend(weight.map(|weight| ("weight".to_string(), json!(weight))));
    if !weights.is_empty() {
        out.insert("weightDevice".to_string(), list(weights, "weight"));
    }
    for (name, all) in THROTTLES.into_iter().zip(throttles) {
        if !all.is_empty() {
            out.insert(name.to_string(), list(all, "rate"));
        }
    }
    Value::Object(out)
}

/// The whole disks among what the patterns match, through links.
fn devices(patterns: &[String]) -> BTreeSet<Number> {
    let matches = patterns.iter().filter_map(|pattern| glob::glob(pattern).ok()).flatten();
    let number = |path: PathBuf| {
        let meta = std::fs::metadata(path).ok().filter(|meta| meta.file_type().is_block_device())?;
        let number = (major(meta.rdev()), minor(meta.rdev()));
        // A part of a disk has no queue of its own.
        let is_part = Path::new(&format!("/sys/dev/block/{}:{}/partition", number.0, number.1)).exists();
        (!is_part).then_some(number)
    };
    matches.filter_map(|path| number(path.ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<BlockIo> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f");
        std::fs::write(&file, text).unwrap();
        BlockIo::load(&file)
    }

    #[test]
    fn the_last_entry_about_a_device_holds() {
        let classes = load(
            "Classes:\n  slow:\n    - Weight: 80\n    - Devices: ['/dev/sd[a-z]', /dev/vda]\n      \
             ThrottleReadBps: 50M\n      ThrottleWriteIOPS: \"5k\"\n      Weight: '50'\n    \
             - Devices:\n        - /dev/vda\n      ThrottleReadBps: 100M\n  fast: [{weight: 400}]\n",
        )
        .unwrap();
        let got = parameters(&classes.classes["slow"], &mut |patterns| match patterns {
            [_, _] => [(8, 0), (253, 0)].into(),
            _ => [(253, 0)].into(),
        });
        assert_eq!(
            got,
            json!({
                "weight": 80,
                "weightDevice": [
                    {"major": 8, "minor": 0, "weight": 50}, {"major": 253, "minor": 0, "weight": 50}
                ],
                "throttleReadBpsDevice": [
                    {"major": 8, "minor": 0, "rate": 50_000_000}, {"major": 253, "minor": 0, "rate": 100_000_000}
                ],
                "throttleWriteIOPSDevice": [
                    {"major": 8, "minor": 0, "rate": 5000}, {"major": 253, "minor": 0, "rate": 5000}
                ],
            })
        );
        assert_eq!(classes.parameters("fast").unwrap(), json!({"weight": 400}));
    }

    #[test]
    fn what_says_nothing_is_nothing() {
        for empty in ["", "# none\n", "{}", "Classes: {}", "classes: {}"] {
            assert!(load(empty).unwrap().classes.is_empty(), "{empty:?}");
        }
        let classes =
            load("Classes: {a: [{Weight: ''}], b: [{Devices: [], Weight: 50, ThrottleReadBps: 5}], c: []}")
                .unwrap();
        for class in ["a", "b", "c"] {
            assert_eq!(parameters(&classes.classes[class], &mut |_| BTreeSet::new()), json!({}), "{class}");
        }
    }

    /// One line that names the file, the class, the key and the reason.
    #[test]
    fn what_means_nothing_is_refused() {
        for (text, says) in [
            ("Classes: {a: [{Weight: 5}]}", "/f: class \"a\": Weight: must be from 10 to 1000"),
            ("Classes: {a: [{Weight: 1001}]}", "/f: class \"a\": Weight: must be from 10 to 1000"),
            ("Classes: {a: [{Weight: x}]}", "/f: class \"a\": Weight: \"x\": is no quantity"),
            (
                "Classes: {a: [{Weight: 50}, {Weight: x}]}",
                "/f: class \"a\": entry 2: Weight: \"x\": is no quantity",
            ),
            ("Classes: {a: [{Weight: -50}]}", "/f: class \"a\": Weight: -50: is no quantity"),
            (
                "Classes: {a: [{Devices: [/dev/x], ThrottleWriteIOPS: 5Q}]}",
                "/f: class \"a\": ThrottleWriteIOPS: \"5Q\": is no quantity",
            ),
            ("Classes: {a: [{ThrottleReadBps: 5}]}", "/f: class \"a\": a limit without Devices"),
            ("Classes: {a: [{Devices: ['/dev/[']}]}", "/f: class \"a\": Devices: \"/dev/[\""),
            ("Classes: {a: [{Wight: 5}]}", "Wight"),
            ("Class: {}", "Class"),
            ("Classes: {a: {Weight: 50}}", "/f: "),
            ("Classes: {a: [{Devices: /dev/sda}]}", "/f: "),
            ("Classes: {a: [], a: []}", "duplicate"),
            ("Classes: [", "read "),
        ] {
            let e = load(text).unwrap_err();
            assert!(e.message.contains(says) && e.message.contains("/f"), "{text}: {e}");
            assert!(!e.message.contains('\n'), "{text}: {e}");
        }
        let missing = BlockIo::load(Path::new("/nonexistent/file")).unwrap_err();
        assert_eq!(missing.message, "read /nonexistent/file: No such file or directory");
    }

    #[test]
    fn devices_are_whole_disks() {
        assert!(devices(&["/dev/null".into(), "/nonexistent/*".into(), "/etc/passwd".into()]).is_empty());
    }
}
