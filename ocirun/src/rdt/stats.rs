//! What a resctrl group tells of itself, in the shape of `runc events --stats`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::Group;

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct RdtStats {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub l3_cache_info: Option<L3CacheInfo>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub l3_cache_schema_root: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub l3_cache_schema: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mem_bw_info: Option<MemBwInfo>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mem_bw_schema_root: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mem_bw_schema: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemata: Vec<String>,
    /// One for each cache of the last level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mbm_stats: Option<Vec<Bandwidth>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmt_stats: Option<Vec<Occupancy>>,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct L3CacheInfo {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cbm_mask: String,
    pub min_cbm_bits: u64,
    pub num_closids: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct MemBwInfo {
    pub bandwidth_gran: u64,
    pub delay_linear: u64,
    pub min_bandwidth: u64,
    pub num_closids: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Bandwidth {
    pub mbm_total_bytes: u64,
    pub mbm_local_bytes: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Occupancy {
    pub llc_occupancy: u64,
}

/// What the processor can count.
pub fn features(root: &Path) -> Vec<String> {
    read(&root.join("info/L3_MON/mon_features")).split_whitespace().map(str::to_owned).collect()
}

/// The shares and counts of a container's group.
pub fn stats(group: &Group) -> Result<RdtStats> {
    let schemata = |dir: &Path| -> Result<Vec<String>> {
        let file = dir.join("schemata");
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        Ok(text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect())
    };
    let (all, own) = (schemata(&group.root)?, schemata(&group.path)?);
    let line = |lines: &[String], prefix: &str| {
        lines.iter().rfind(|l| l.starts_with(prefix)).cloned().unwrap_or_default()
    };
    let mut stats = RdtStats::default();
    let info = group.root.join("info");
    let cache = info.join("L3");
    if cache.is_dir() {
        stats.l3_cache_info = Some(L3CacheInfo {
            cbm_mask: read(&cache.join("cbm_mask")),
            min_cbm_bits: number(&cache, "min_cbm_bits"),
            num_closids: number(&cache, "num_closids"),
        });
        stats.l3_cache_schema_root = line(&all, "L3");
        stats.l3_cache_schema = line(&own, "L3");
    }
    let bandwidth = info.join("MB");
    if bandwidth.is_dir() {
        stats.mem_bw_info = Some(MemBwInfo {
            bandwidth_gran: number(&bandwidth, "bandwidth_gran"),
            delay_linear: number(&bandwidth, "delay_linear"),
            min_bandwidth: number(&bandwidth, "min_bandwidth"),
            num_closids: number(&bandwidth, "num_closids"),
        });
        stats.mem_bw_schema_root = line(&all, "MB");
        stats.mem_bw_schema = line(&own, "MB");
    }
    stats.schemata = own;
    monitored(group, &mut stats);
    Ok(stats)
}

fn monitored(group: &Group, stats: &mut RdtStats) {
    let features = features(&group.root);
    let counts = |name: &str| features.iter().any(|f| f == name);
    let dir = group.monitor.as_ref().unwrap_or(&group.path).join("mon_data");
    let mut domains: Vec<_> = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    domains.sort();
    if counts("mbm_total_bytes") || counts("mbm_local_bytes") {
        let one = |d: &std::path::PathBuf| Bandwidth {
            mbm_total_bytes: number(d, "mbm_total_bytes"),
            mbm_local_bytes: number(d, "mbm_local_bytes"),
        };
        stats.mbm_stats = Some(domains.iter().map(one).collect());
    }
    if counts("llc_occupancy") {
        let one = |d: &std::path::PathBuf| Occupancy { llc_occupancy: number(d, "llc_occupancy") };
        stats.cmt_stats = Some(domains.iter().map(one).collect());
    }
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default().trim().to_owned()
}

/// A file that this processor lacks, or one that says `Unavailable`, counts nothing.
fn number(dir: &Path, file: &str) -> u64 {
    read(&dir.join(file)).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for (file, text) in [
            ("info/L3/cbm_mask", "7ff\n"),
            ("info/L3/min_cbm_bits", "1\n"),
            ("info/L3/num_closids", "16\n"),
            ("info/MB/bandwidth_gran", "10\n"),
            ("info/MB/delay_linear", "1\n"),
            ("info/MB/min_bandwidth", "10\n"),
            ("info/MB/num_closids", "8\n"),
            ("info/L3_MON/mon_features", "llc_occupancy\nmbm_total_bytes\n"),
            ("schemata", "    MB:0=100\n    L3:0=7ff\n"),
            ("web/schemata", "    MB:0=20\n    L3:0=00f\n"),
            ("web/mon_groups/web/mon_data/mon_L3_00/llc_occupancy", "4096\n"),
            ("web/mon_groups/web/mon_data/mon_L3_00/mbm_total_bytes", "Unavailable\n"),
        ] {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let group = Group {
            root: root.into(),
            path: root.join("web"),
            own: true,
            monitor: Some(root.join("web/mon_groups/web")),
        };
        assert_eq!(
            serde_json::to_string(&stats(&group).unwrap()).unwrap(),
            "{\"l3_cache_info\":{\"cbm_mask\":\"7ff\",\"min_cbm_bits\":1,\"num_closids\":16},\
             \"l3_cache_schema_root\":\"L3:0=7ff\",\"l3_cache_schema\":\"L3:0=00f\",\
             \"mem_bw_info\":{\"bandwidth_gran\":10,\"delay_linear\":1,\"min_bandwidth\":10,\"num_closids\":8},\
             \"mem_bw_schema_root\":\"MB:0=100\",\"mem_bw_schema\":\"MB:0=20\",\
             \"schemata\":[\"MB:0=20\",\"L3:0=00f\"],\
             \"mbm_stats\":[{\"mbm_total_bytes\":0,\"mbm_local_bytes\":0}],\
             \"cmt_stats\":[{\"llc_occupancy\":4096}]}"
        );
    }
}
