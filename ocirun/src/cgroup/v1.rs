//! Limits in the terms of cgroup v1: `resources` of config.json to files and values; pure.
//!
//! As everywhere in `resources`, zero means unset and -1 without limit.

use anyhow::{Result, ensure};
use oci_spec::runtime::{LinuxResources, LinuxThrottleDevice};

use super::setting::{Setting, setting};

/// The controllers that take limits.
pub const CONTROLLERS: [&str; 9] =
    ["cpuset", "memory", "cpu", "pids", "blkio", "hugetlb", "net_cls", "net_prio", "rdma"];

/// The settings of one controller. `has` says whether a file is there.
pub fn settings(controller: &str, r: &LinuxResources, has: &dyn Fn(&str) -> bool) -> Result<Vec<Setting>> {
    match controller {
        "cpuset" => Ok(cpuset(r)),
        "memory" => memory(r),
        "cpu" => cpu(r),
        "pids" => Ok(pids(r)),
        "blkio" => Ok(blkio(r, has)),
        "hugetlb" => hugetlb(r),
        "net_cls" => Ok(net_cls(r)),
        "net_prio" => Ok(net_prio(r)),
        "rdma" => Ok(rdma(r)),
        _ => Ok(Vec::new()),
    }
}

fn cpuset(r: &LinuxResources) -> Vec<Setting> {
    let Some(cpu) = r.cpu() else {
        return Vec::new();
    };
    let word = |file, value: &Option<String>| {
        let value = value.as_deref().filter(|v| !v.is_empty())?;
        Some(setting(file, value))
    };
    [word("cpuset.cpus", cpu.cpus()), word("cpuset.mems", cpu.mems())].into_iter().flatten().collect()
}

/// Kernel memory is left alone: the kernel has no such limit since 5.16, and the specification
/// has deprecated it.
fn memory(r: &LinuxResources) -> Result<Vec<Setting>> {
    let Some(memory) = r.memory() else {
        return Ok(Vec::new());
    };
    let mut list = Vec::new();
    let limit = memory.limit().unwrap_or(0);
    let swap = match memory.swap().unwrap_or(0) {
        // Without a memory limit there shall be none on memory and swap together.
        0 if limit == -1 => Some((-1, true)),
        0 => None,
        n => Some((n, false)),
    };
    // Whichever order the present values ask for is found by `settle`; without limits before,
    // memory comes first.
    if limit != 0 {
        list.push(setting("memory.limit_in_bytes", limit));
    }
    if let Some((n, optional)) = swap {
        list.push(setting("memory.memsw.limit_in_bytes", n).optional(optional));
    }
    if let Some(n) = memory.reservation().filter(|n| *n != 0) {
        list.push(setting("memory.soft_limit_in_bytes", n));
    }
    if let Some(n) = memory.kernel_tcp().filter(|n| *n != 0) {
        list.push(setting("memory.kmem.tcp.limit_in_bytes", n));
    }
    if memory.disable_oom_killer() == Some(true) {
        list.push(setting("memory.oom_control", 1));
    }
    // -1, which reads as a huge number here, means as it is.
    if let Some(n) = memory.swappiness().filter(|n| *n != u64::MAX) {
        ensure!(n <= 100, "invalid memory swappiness value: {n} (valid range is 0-100)");
        list.push(setting("memory.swappiness", n));
    }
    Ok(list)
}

fn cpu(r: &LinuxResources) -> Result<Vec<Setting>> {
    let Some(cpu) = r.cpu() else {
        return Ok(Vec::new());
    };
    let mut list = Vec::new();
    let mut push = |file, value: Option<String>| {
        if let Some(value) = value {
            list.push(setting(file, value));
        }
    };
    let shares = cpu.shares().filter(|n| *n != 0);
    if let Some(n) = shares {
        // The kernel would take another value than the one asked for, and not say so.
        ensure!(n <= 262_144, "the maximum allowed cpu-shares is 262144");
        ensure!(n >= 2, "the minimum allowed cpu-shares is 2");
    }
    // An idle group has no shares, so it must be made one, or be none any more, at the right end.
    let idle = cpu.idle().map(|n| n.to_string());
    let wakes = cpu.idle() == Some(0);
    if wakes {
        push("cpu.idle", idle.clone());
    }
    if cpu.idle() != Some(1) {
        push("cpu.shares", shares.map(|n| n.to_string()));
    }
    push("cpu.cfs_period_us", nonzero(cpu.period()));
    push("cpu.cfs_quota_us", nonzero(cpu.quota()));
    push("cpu.cfs_burst_us", cpu.burst().map(|n| n.to_string()));
    push("cpu.rt_period_us", nonzero(cpu.realtime_period()));
    push("cpu.rt_runtime_us", nonzero(cpu.realtime_runtime()));
    if !wakes {
        push("cpu.idle", idle);
    }
    Ok(list)
}

/// The one limit to which zero is a number: there may be no process but the first. systemd cannot
/// say it lower than one, which comes to the same.
fn pids(r: &LinuxResources) -> Vec<Setting> {
    let limit = r.pids().map(|p| p.limit());
    let word = |n: i64| if n < 0 { "max".to_owned() } else { n.max(1).to_string() };
    limit.map(|n| setting("pids.max", word(n))).into_iter().collect()
}

fn blkio(r: &LinuxResources, has: &dyn Fn(&str) -> bool) -> Vec<Setting> {
    let Some(io) = r.block_io() else {
        return Vec::new();
    };
    let mut list = Vec::new();
    // The weights belong to the scheduler of the devices: CFQ once, BFQ today.
    let prefix = if has("blkio.weight") { "blkio." } else { "blkio.bfq." };
    if let Some(n) = io.weight().filter(|n| *n != 0) {
        list.push(setting(format!("{prefix}weight"), n));
    }
    if let Some(n) = io.leaf_weight().filter(|n| *n != 0) {
        list.push(setting("blkio.leaf_weight", n));
    }
    for d in io.weight_device().iter().flatten() {
        let device = format!("{}:{}", d.major(), d.minor());
        if let Some(n) = d.weight().filter(|n| *n != 0) {
            let file = format!("{prefix}weight_device");
            list.push(setting(file, format!("{device} {n}")));
        }
        if let Some(n) = d.leaf_weight().filter(|n| *n != 0) {
            list.push(setting("blkio.leaf_weight_device", format!("{device} {n}")));
        }
    }
    let throttles: [(&str, &Option<Vec<LinuxThrottleDevice>>); 4] = [
        ("read_bps", io.throttle_read_bps_device()),
        ("write_bps", io.throttle_write_bps_device()),
        ("read_iops", io.throttle_read_iops_device()),
        ("write_iops", io.throttle_write_iops_device()),
    ];
    for (what, devices) in throttles {
        for d in devices.iter().flatten() {
            let line = format!("{}:{} {}", d.major(), d.minor(), d.rate());
            list.push(setting(format!("blkio.throttle.{what}_device"), line));
        }
    }
    list
}

fn hugetlb(r: &LinuxResources) -> Result<Vec<Setting>> {
    hugepages(r, ".limit_in_bytes", ".rsvd.limit_in_bytes")
}

/// Pages in use and pages reserved are limited alike; the latter came with Linux 5.7.
pub fn hugepages(r: &LinuxResources, used: &str, reserved: &str) -> Result<Vec<Setting>> {
    let mut list = Vec::new();
    for h in r.hugepage_limits().iter().flatten() {
        let size = h.page_size();
        let digits = size
            .strip_suffix("KB")
            .or_else(|| size.strip_suffix("MB"))
            .or_else(|| size.strip_suffix("GB"))
            .unwrap_or("");
        ensure!(
            digits.parse::<u64>().is_ok_and(|n| n > 0),
            "invalid huge page size {size:?}: not a number and KB, MB, or GB"
        );
        let limit = if h.limit() < 0 && used == ".max" { "max".to_owned() } else { h.limit().to_string() };
        list.push(setting(format!("hugetlb.{size}{used}"), &limit));
        list.push(setting(format!("hugetlb.{size}{reserved}"), &limit).optional(true));
    }
    Ok(list)
}

fn net_cls(r: &LinuxResources) -> Vec<Setting> {
    let class = r.network().as_ref().and_then(|n| n.class_id());
    class.filter(|n| *n != 0).map(|n| setting("net_cls.classid", n)).into_iter().collect()
}

fn net_prio(r: &LinuxResources) -> Vec<Setting> {
    let Some(network) = r.network() else {
        return Vec::new();
    };
    let priorities = network.priorities().iter().flatten();
    priorities.map(|p| setting("net_prio.ifpriomap", format!("{} {}", p.name(), p.priority()))).collect()
}

/// The same file on v1 and v2.
pub fn rdma(r: &LinuxResources) -> Vec<Setting> {
    let mut lines: Vec<String> = Vec::new();
    for (device, limit) in r.rdma().iter().flatten() {
        let mut line = device.clone();
        if let Some(n) = limit.hca_handles() {
            line += &format!(" hca_handle={n}");
        }
        if let Some(n) = limit.hca_objects() {
            line += &format!(" hca_object={n}");
        }
        lines.push(line);
    }
    lines.sort();
    lines.iter().map(|l| setting("rdma.max", l)).collect()
}

fn nonzero<T: ToString + Default + PartialEq>(n: Option<T>) -> Option<String> {
    n.filter(|n| *n != T::default()).map(|n| n.to_string())
}

/// Every limit, for tests.
#[cfg(test)]
pub const FULL: &str = r#"{"memory":{"limit":1,"reservation":2,"swap":3,"kernel":4,"kernelTCP":5,"swappiness":6,
    "disableOOMKiller":false,"useHierarchy":true,"checkBeforeUpdate":true},
    "cpu":{"shares":1,"quota":2,"burst":1,"period":3,"realtimeRuntime":4,"realtimePeriod":5,"cpus":"0","mems":"0","idle":0},
    "pids":{"limit":5},"blockIO":{"weight":10,"leafWeight":20,"weightDevice":[{"major":8,"minor":0,"weight":500,"leafWeight":300}],
    "throttleReadBpsDevice":[{"major":8,"minor":0,"rate":600}],"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":600}]},
    "hugepageLimits":[{"pageSize":"2MB","limit":9}],"network":{"classID":1,"priorities":[{"name":"eth0","priority":5}]},
    "rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":100}},
    "unified":{"memory.high":"1","cpu.max":"max 100000","cpuset.cpus":"0-1","pids.max":"max"}}"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(controller: &str, json: &str) -> Vec<String> {
        let r: LinuxResources = serde_json::from_str(json).unwrap();
        settings(controller, &r, &|_| false)
            .unwrap()
            .iter()
            .map(|s| format!("{}={}", s.file, s.value))
            .collect()
    }

    #[test]
    fn table() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("memory", "{}", &[]),
            (
                "memory",
                r#"{"memory":{"limit":100,"swap":200,"reservation":50,"swappiness":0,"kernel":7,"kernelTCP":9,"disableOOMKiller":true}}"#,
                &[
                    "memory.limit_in_bytes=100",
                    "memory.memsw.limit_in_bytes=200",
                    "memory.soft_limit_in_bytes=50",
                    "memory.kmem.tcp.limit_in_bytes=9",
                    "memory.oom_control=1",
                    "memory.swappiness=0",
                ],
            ),
            (
                "memory",
                r#"{"memory":{"limit":-1}}"#,
                &["memory.limit_in_bytes=-1", "memory.memsw.limit_in_bytes=-1"],
            ),
            ("memory", r#"{"memory":{"limit":0}}"#, &[]),
            (
                "cpu",
                r#"{"cpu":{"shares":1024,"quota":50000,"period":100000,"burst":1000,"realtimeRuntime":950000,"realtimePeriod":1000000}}"#,
                &[
                    "cpu.shares=1024",
                    "cpu.cfs_period_us=100000",
                    "cpu.cfs_quota_us=50000",
                    "cpu.cfs_burst_us=1000",
                    "cpu.rt_period_us=1000000",
                    "cpu.rt_runtime_us=950000",
                ],
            ),
            ("cpu", r#"{"cpu":{"shares":512,"idle":1}}"#, &["cpu.idle=1"]),
            ("cpu", r#"{"cpu":{"shares":512,"idle":0}}"#, &["cpu.idle=0", "cpu.shares=512"]),
            ("cpuset", r#"{"cpu":{"cpus":"0-1","mems":""}}"#, &["cpuset.cpus=0-1"]),
            ("pids", r#"{"pids":{"limit":0}}"#, &["pids.max=1"]),
            ("pids", r#"{"pids":{"limit":-1}}"#, &["pids.max=max"]),
            ("pids", r#"{"pids":{"limit":20}}"#, &["pids.max=20"]),
            (
                "blkio",
                r#"{"blockIO":{"weight":500,"weightDevice":[{"major":8,"minor":0,"weight":300}],"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1024}],"throttleWriteIOPSDevice":[{"major":8,"minor":16,"rate":5}]}}"#,
                &[
                    "blkio.bfq.weight=500",
                    "blkio.bfq.weight_device=8:0 300",
                    "blkio.throttle.read_bps_device=8:0 1024",
                    "blkio.throttle.write_iops_device=8:16 5",
                ],
            ),
            (
                "hugetlb",
                r#"{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}"#,
                &["hugetlb.2MB.limit_in_bytes=4194304", "hugetlb.2MB.rsvd.limit_in_bytes=4194304"],
            ),
            ("net_cls", r#"{"network":{"classID":1048577}}"#, &["net_cls.classid=1048577"]),
            (
                "net_prio",
                r#"{"network":{"priorities":[{"name":"eth0","priority":5}]}}"#,
                &["net_prio.ifpriomap=eth0 5"],
            ),
            (
                "rdma",
                r#"{"rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":10000},"mlx4_0":{"hcaObjects":4}}}"#,
                &["rdma.max=mlx4_0 hca_object=4", "rdma.max=mlx5_1 hca_handle=3 hca_object=10000"],
            ),
        ];
        for (controller, json, wanted) in cases {
            assert_eq!(lines(controller, json), *wanted, "{json}");
        }
    }

    #[test]
    fn refused() {
        for (controller, json) in [
            ("memory", r#"{"memory":{"swappiness":101}}"#),
            ("cpu", r#"{"cpu":{"shares":1}}"#),
            ("cpu", r#"{"cpu":{"shares":262145}}"#),
            ("hugetlb", r#"{"hugepageLimits":[{"pageSize":"../2MB","limit":1}]}"#),
        ] {
            let r: LinuxResources = serde_json::from_str(json).unwrap();
            assert!(settings(controller, &r, &|_| true).is_err(), "{json}");
        }
    }
}
