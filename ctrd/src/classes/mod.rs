//! Classes of block I/O and of Intel RDT: names that an administrator gives to shares of a machine's
//! disks, caches and memory bandwidth. A container names its class by an annotation; what that means is
//! written into its specification when its task is made, as the machine is then.
//!
//! The files have the form that containerd's have. They are read when the server begins.

mod blockio;
mod quantity;
mod rdt;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::spec::annotation;

pub use blockio::BlockIo;
pub use rdt::Rdt;

/// Annotations that name a container's class: the container's own, and that of all in its pod.
pub const BLOCKIO: &str = "io.kubernetes.cri.blockio-class";
const BLOCKIO_POD: &str = "blockio.resources.beta.kubernetes.io/pod";
pub const RDT: &str = "io.kubernetes.cri.rdt-class";
const RDT_POD: &str = "rdt.resources.beta.kubernetes.io/pod";

/// No file may be larger.
const MAX_FILE: u64 = 1 << 20;

/// The classes that a server knows.
#[derive(Debug, Default)]
pub struct Classes {
    pub blockio: Option<BlockIo>,
    pub rdt: Option<Rdt>,
}

impl Classes {
    /// The specification with what its classes mean; untouched where it names none.
    pub fn apply<'a>(&self, spec: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        let annotations = annotation::read(spec);
        let class = |keys: [&'static str; 2]| {
            let named = keys.iter().find_map(|key| Some((annotations.get(*key)?.as_str()?, *key)));
            named.filter(|(name, _)| !name.is_empty()).map(|(name, key)| (name.to_string(), key))
        };
        let (disk, cache) = (class([BLOCKIO, BLOCKIO_POD]), class([RDT, RDT_POD]));
        if disk.is_none() && cache.is_none() {
            return Ok(Cow::Borrowed(spec));
        }
        let mut json: Value =
            serde_json::from_slice(spec).map_err(|e| Error::invalid(format!("read the spec: {e}")))?;
        if let Some((name, _)) = disk {
            let classes = known(&self.blockio, "block I/O", &name, "blockio_config_file")?;
            json["linux"]["resources"]["blockIO"] = classes.parameters(&name)?;
        }
        if let Some((name, key)) = cache {
            let classes = known(&self.rdt, "Intel RDT", &name, "rdt_config_file")?;
            json["linux"]["intelRdt"] = classes.parameters(&name, key == RDT_POD)?;
        }
        let spec = serde_json::to_vec(&json).map_err(|e| Error::unknown(format!("write the spec: {e}")))?;
        Ok(Cow::Owned(spec))
    }
}

fn known<'a, T>(classes: &'a Option<T>, what: &str, name: &str, key: &str) -> Result<&'a T> {
    classes.as_ref().ok_or_else(|| {
        let text =
            format!("class {name:?} of {what}: this server has no such classes (its {key} names none)");
        Error::precondition(text)
    })
}

/// Classes by name, of which one is asked for.
fn find<'a, T>(classes: &'a BTreeMap<String, T>, what: &str, name: &str) -> Result<&'a T> {
    classes.get(name).ok_or_else(|| {
        let names = classes.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        Error::invalid(format!("class {name:?} of {what}: there is none (there are: {names})"))
    })
}

/// Reads a file of classes.
fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let at = |e: &dyn std::fmt::Display| Error::invalid(format!("read {}: {e}", file.display()));
    let size =
        fs::metadata(file).map_err(|e| Error::from(e).context(format!("read {}", file.display())))?.len();
    if size > MAX_FILE {
        return Err(at(&format!("{size} bytes are too many")));
    }
    let text =
        fs::read_to_string(file).map_err(|e| Error::from(e).context(format!("read {}", file.display())))?;
    // Of an empty one nothing is wanted.
    let text = if has_content(&text) { &text } else { "{}" };
    // Its messages show the place in several lines; the first says what and where.
    serde_saphyr::from_str(text).map_err(|e| at(&e.to_string().lines().next().unwrap_or_default()))
}

fn has_content(text: &str) -> bool {
    text.lines().any(|line| !matches!(line.trim_start().chars().next(), None | Some('#')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn classes_are_named_by_annotations() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("classes.yaml");
        fs::write(&file, "Classes:\n  slow:\n    - Weight: 50\n").unwrap();
        let classes = Classes { blockio: Some(BlockIo::load(&file).unwrap()), rdt: None };
        for key in [BLOCKIO, BLOCKIO_POD] {
            let spec = json!({"annotations": {key: "slow"}, "process": {"args": ["a"]}}).to_string();
            let out: Value = serde_json::from_slice(&classes.apply(spec.as_bytes()).unwrap()).unwrap();
            assert_eq!(out["linux"]["resources"]["blockIO"], json!({"weight": 50}));
            assert_eq!(out["process"]["args"][0], "a");
        }
        for same in [&b"{ \"annotations\":{}}"[..], b"no json", b"{}"] {
            assert!(matches!(classes.apply(same).unwrap(), Cow::Borrowed(_)));
        }
        for (key, class, says) in [
            (BLOCKIO, "fast", "class \"fast\" of block I/O: there is none (there are: slow)"),
            (RDT, "gold", "class \"gold\" of Intel RDT: this server has no such classes"),
        ] {
            let spec = json!({"annotations": {key: class}}).to_string();
            let e = classes.apply(spec.as_bytes()).unwrap_err();
            assert!(e.message.contains(says), "{e}");
        }
    }
}
