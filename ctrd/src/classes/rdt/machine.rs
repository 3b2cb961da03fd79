//! What the machine has, as resctrl's `info` and its root group tell.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

pub struct Machine {
    /// The bits of each cache's mask, and how many have to be set at least; none without CAT.
    pub l3: Option<(u64, u32)>,
    /// The cache is split between code and data (CDP), and there are no shares of the whole.
    pub split: bool,
    /// The least share, the step, and whether shares are in MBps; none without MBA.
    pub mb: Option<(u64, u64, bool)>,
    pub l3_ids: Vec<u32>,
    pub mb_ids: Vec<u32>,
}

impl Machine {
    pub fn look(root: &Path) -> Result<Machine> {
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
        let split = root.join("info/L3CODE").is_dir();
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
        Ok(Machine { l3, split, mb, l3_ids: ids("L3"), mb_ids: ids("MB") })
    }
}
