//! What a container uses, in the shape of `runc events --stats`: names and order are read by
//! containerd's shim and by scripts, zeros are left out where they leave them out.

mod v1;
mod v2;

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::dir::Dir;
use super::{Cgroup, opened};
use crate::rdt::RdtStats;

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    pub cpu: Cpu,
    pub cpuset: Cpuset,
    pub memory: Memory,
    pub pids: Pids,
    pub blkio: Blkio,
    pub hugetlb: BTreeMap<String, Hugetlb>,
    /// Resource control is no business of cgroups: see [`crate::rdt`].
    pub intel_rdt: RdtStats,
    /// As always: null.
    pub network_interfaces: Option<()>,
    /// runc counts these two and prints neither.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rdma: BTreeMap<String, Rdma>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub misc: BTreeMap<String, Misc>,
}

/// What a device's handles and objects come to, and what they may; without a limit null.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rdma {
    pub hca_handles: Bounded,
    pub hca_objects: Bounded,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Bounded {
    pub current: u64,
    pub limit: Option<u64>,
}

/// A scalar resource of the host, such as the slots for encrypted virtual machines.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Misc {
    pub usage: u64,
    /// How often the limit was reached.
    pub events: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Cpu {
    pub usage: CpuUsage,
    pub throttling: Throttling,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psi: Option<Psi>,
}

/// Nanoseconds.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct CpuUsage {
    #[serde(skip_serializing_if = "zero")]
    pub total: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu_kernel: Vec<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu_user: Vec<u64>,
    pub kernel: u64,
    pub user: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Throttling {
    #[serde(skip_serializing_if = "zero")]
    pub periods: u64,
    #[serde(skip_serializing_if = "zero")]
    pub throttled_periods: u64,
    #[serde(skip_serializing_if = "zero")]
    pub throttled_time: u64,
}

/// Pressure stall information.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Psi {
    pub some: Pressure,
    pub full: Pressure,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Pressure {
    pub avg10: f64,
    pub avg60: f64,
    pub avg300: f64,
    pub total: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Cpuset {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpus: Vec<u16>,
    pub cpu_exclusive: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mems: Vec<u16>,
    pub mem_hardwall: u64,
    pub mem_exclusive: u64,
    pub memory_migrate: u64,
    pub memory_spread_page: u64,
    pub memory_spread_slab: u64,
    pub memory_pressure: u64,
    pub sched_load_balance: u64,
    pub sched_relax_domain_level: i64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Memory {
    #[serde(skip_serializing_if = "zero")]
    pub cache: u64,
    pub usage: Amount,
    pub swap: Amount,
    pub kernel: Amount,
    #[serde(rename = "kernelTCP")]
    pub kernel_tcp: Amount,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psi: Option<Psi>,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Amount {
    pub limit: u64,
    #[serde(skip_serializing_if = "zero")]
    pub usage: u64,
    #[serde(skip_serializing_if = "zero")]
    pub max: u64,
    pub failcnt: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Pids {
    #[serde(skip_serializing_if = "zero")]
    pub current: u64,
    /// Zero: none.
    #[serde(skip_serializing_if = "zero")]
    pub limit: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blkio {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_service_bytes_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_serviced_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_queue_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_service_time_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_wait_time_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_merged_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub io_time_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sectors_recursive: Vec<Io>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psi: Option<Psi>,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Io {
    #[serde(skip_serializing_if = "zero")]
    pub major: u64,
    #[serde(skip_serializing_if = "zero")]
    pub minor: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub op: String,
    #[serde(skip_serializing_if = "zero")]
    pub value: u64,
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Hugetlb {
    #[serde(skip_serializing_if = "zero")]
    pub usage: u64,
    #[serde(skip_serializing_if = "zero")]
    pub max: u64,
    pub failcnt: u64,
}

impl Cgroup {
    /// What the controllers at hand tell; the others' part stays zero.
    pub fn stats(&self) -> Result<Stats> {
        let mut stats = Stats::default();
        // v2 first: where both versions are, the controllers are mostly on v1 and overwrite it.
        if let Some(dir) = self.v2().map(opened).transpose()?.flatten() {
            if self.hierarchies.len() == 1 {
                v2::all(dir, &mut stats)?;
            } else {
                v2::beside(dir, &mut stats)?;
            }
        }
        for h in self.hierarchies.iter().filter(|h| !h.v2) {
            if let Some(dir) = opened(h)? {
                for controller in &h.controllers {
                    v1::controller(controller, dir, &mut stats)?;
                }
            }
        }
        Ok(stats)
    }
}

fn zero(n: &u64) -> bool {
    *n == 0
}

/// The same files on v1 and v2: lines of `mlx5_0 hca_handle=2 hca_object=2000`, `max` where there is
/// no limit.
fn rdma(dir: &Dir) -> BTreeMap<String, Rdma> {
    let mut devices: BTreeMap<String, Rdma> = BTreeMap::new();
    for (file, limits) in [("rdma.current", false), ("rdma.max", true)] {
        for line in dir.try_read(file).unwrap_or_default().lines() {
            let mut words = line.split_whitespace();
            let Some(name) = words.next() else { continue };
            let device = devices.entry(name.to_owned()).or_default();
            for (key, value) in words.filter_map(|w| w.split_once('=')) {
                let place = match key {
                    "hca_handle" => &mut device.hca_handles,
                    "hca_object" => &mut device.hca_objects,
                    _ => continue,
                };
                match value.parse().ok() {
                    limit if limits => place.limit = limit,
                    current => place.current = current.unwrap_or(0),
                }
            }
        }
    }
    devices
}

/// `sev 3` in `misc.current`, `sev.max 0` in `misc.events`; v1 and v2 alike.
fn misc(dir: &Dir) -> BTreeMap<String, Misc> {
    let mut all: BTreeMap<String, Misc> = BTreeMap::new();
    for (key, usage) in pairs(&dir.try_read("misc.current").unwrap_or_default()) {
        all.entry(key).or_default().usage = usage;
    }
    for (key, events) in pairs(&dir.try_read("misc.events").unwrap_or_default()) {
        if let Some(name) = key.strip_suffix(".max") {
            all.entry(name.to_owned()).or_default().events = events;
        }
    }
    all
}

/// The number behind a key, in a file of `key number` lines.
pub fn number(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.trim().parse().ok())
}

/// All such lines.
fn pairs(text: &str) -> BTreeMap<String, u64> {
    text.lines()
        .filter_map(|line| {
            let (key, value) = line.split_once(' ')?;
            Some((key.to_owned(), value.parse().ok()?))
        })
        .collect()
}

/// A file with one number; without a limit (`max`) all ones. Nothing if there is no such file.
fn single(dir: &Dir, file: &str) -> Option<u64> {
    let text = dir.try_read(file).ok()?;
    if text == "max" { Some(u64::MAX) } else { text.parse().ok() }
}

/// `0-2,7` as 0, 1, 2, 7.
fn list(text: &str) -> Vec<u16> {
    let mut numbers = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.trim().parse::<u16>()) {
            numbers.extend(first..=last);
        }
    }
    numbers
}

/// The page sizes that a directory has files for, `2MB` of `hugetlb.2MB.max`.
fn page_sizes() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir("/sys/kernel/mm/hugepages") else {
        return Vec::new();
    };
    let mut sizes: Vec<u64> = entries
        .filter_map(|e| {
            let name = e.ok()?.file_name().into_string().ok()?;
            name.strip_prefix("hugepages-")?.strip_suffix("kB")?.parse().ok()
        })
        .collect();
    sizes.sort();
    sizes.into_iter().map(size_word).collect()
}

fn size_word(mut kilobytes: u64) -> String {
    let mut units = ["KB", "MB", "GB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if kilobytes < 1024 {
            break;
        }
        kilobytes /= 1024;
        unit = next;
    }
    format!("{kilobytes}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape() {
        let json = serde_json::to_string(&Stats::default()).unwrap();
        assert_eq!(
            json,
            "{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},\
             \"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,\
             \"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,\
             \"sched_load_balance\":0,\"sched_relax_domain_level\":0},\
             \"memory\":{\"usage\":{\"limit\":0,\"failcnt\":0},\"swap\":{\"limit\":0,\"failcnt\":0},\
             \"kernel\":{\"limit\":0,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,\"failcnt\":0}},\
             \"pids\":{},\"blkio\":{},\"hugetlb\":{},\"intel_rdt\":{},\"network_interfaces\":null}"
        );
    }

    #[test]
    fn words() {
        assert_eq!(list("0-2,7"), [0, 1, 2, 7]);
        assert_eq!(list(""), Vec::<u16>::new());
        assert_eq!(["64", "2048", "1048576"].map(|n| size_word(n.parse().unwrap())), ["64KB", "2MB", "1GB"]);
        assert_eq!(number("low 0\noom 3\noom_kill 2\n", "oom_kill"), Some(2));
        assert_eq!(number("oom_kill_disable 0\nunder_oom 0\noom_kill 5", "oom_kill"), Some(5));
    }
}
