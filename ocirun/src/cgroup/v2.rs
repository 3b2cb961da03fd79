//! Limits in the terms of cgroup v2: `resources` of config.json, whose numbers are those of v1,
//! to files and values; pure.

use std::fmt::Display;

use anyhow::{Result, bail, ensure};
use oci_spec::runtime::{LinuxMemory, LinuxResources};

use super::dir::plain;
use super::setting::{Setting, setting};
use super::v1;

/// The controller of v2 that does what one of v1 does, if any.
pub fn controller(v1: &str) -> Option<&'static str> {
    Some(match v1 {
        "cpuset" => "cpuset",
        "memory" => "memory",
        "cpu" => "cpu",
        "pids" => "pids",
        "blkio" => "io",
        "hugetlb" => "hugetlb",
        "rdma" => "rdma",
        _ => return None,
    })
}

/// Controllers that manage threads, hence may be passed down by a cgroup that has processes.
pub fn threaded(controller: &str) -> bool {
    matches!(controller, "cpu" | "cpuset" | "perf_event" | "pids")
}

/// The settings of one controller, by its name on v1. `has` says whether a file is there, `get`
/// reads one.
pub fn settings(
    controller: &str,
    r: &LinuxResources,
    has: &dyn Fn(&str) -> bool,
    get: &dyn Fn(&str) -> Result<String>,
) -> Result<Vec<Setting>> {
    match controller {
        "cpuset" | "pids" => v1::settings(controller, r, has),
        "memory" => memory(r, get),
        "cpu" => cpu(r, get),
        "blkio" => Ok(io(r, has)),
        "hugetlb" => v1::hugepages(r, ".max", ".rsvd.max"),
        "rdma" => Ok(v1::rdma(r)),
        _ => Ok(Vec::new()),
    }
}

fn memory(r: &LinuxResources, get: &dyn Fn(&str) -> Result<String>) -> Result<Vec<Setting>> {
    let Some(memory) = r.memory() else {
        return Ok(Vec::new());
    };
    check_usage(memory, get)?;
    let mut list = Vec::new();
    let limit = memory.limit().unwrap_or(0);
    if let Some(swap) = swap_limit(limit, memory.swap().unwrap_or(0))? {
        let value = limit_word(swap);
        // Where swap is not compiled in, none and any amount come to the same.
        let idle = value == "max" || value == "0";
        list.push(setting("memory.swap.max", value).optional(idle));
    }
    if limit != 0 {
        list.push(setting("memory.max", limit_word(limit)));
    }
    if let Some(n) = memory.reservation().filter(|n| *n != 0) {
        list.push(setting("memory.low", limit_word(n)));
    }
    Ok(list)
}

/// v1 counts memory and swap together, v2 swap alone.
pub fn swap_limit(limit: i64, swap: i64) -> Result<Option<i64>> {
    match (limit, swap) {
        (-1, 0) => Ok(Some(-1)),
        (_, 0) => Ok(None),
        (_, -1) => Ok(Some(-1)),
        (0 | -1, _) => bail!("unable to set swap limit without memory limit"),
        (_, s) if s < 0 => bail!("invalid swap value: {s}"),
        (l, _) if l < 0 => bail!("invalid memory value: {l}"),
        (l, s) if s < l => bail!("memory+swap limit should be >= memory limit"),
        (l, s) => Ok(Some(s - l)),
    }
}

/// v2 takes a limit below what is used, and kills for it; who asks for this check wants the
/// refusal that v1 gives.
fn check_usage(memory: &LinuxMemory, get: &dyn Fn(&str) -> Result<String>) -> Result<()> {
    let (limit, swap) = (memory.limit().unwrap_or(0), memory.swap().unwrap_or(0));
    if memory.check_before_update() != Some(true) || limit <= 0 && swap <= 0 {
        return Ok(());
    }
    let used: i64 = get("memory.current")?.parse().unwrap_or(0);
    if swap > 0 {
        let swapped = get("memory.swap.current").unwrap_or_default();
        let both = used + swapped.parse::<i64>().unwrap_or(0);
        ensure!(swap > both, "rejecting memory+swap limit {swap} <= usage {both}");
    }
    if limit > 0 {
        ensure!(limit > used, "rejecting memory limit {limit} <= usage {used}");
    }
    Ok(())
}

fn cpu(r: &LinuxResources, get: &dyn Fn(&str) -> Result<String>) -> Result<Vec<Setting>> {
    let Some(cpu) = r.cpu() else {
        return Ok(Vec::new());
    };
    if let Some(n) = cpu.realtime_runtime().filter(|n| *n != 0) {
        bail!("set realtime runtime to {n}: cgroup v2 has no realtime limits");
    }
    let mut list = Vec::new();
    let weight = cpu.shares().filter(|n| *n != 0).map(weight);
    let wakes = cpu.idle() == Some(0);
    if wakes {
        list.push(setting("cpu.idle", 0));
    }
    if let Some(n) = weight.filter(|_| cpu.idle() != Some(1)) {
        list.push(setting("cpu.weight", n));
    }
    let quota = cpu.quota().filter(|n| *n != 0);
    let period = cpu.period().filter(|n| *n != 0);
    if quota.is_some() || period.is_some() {
        let quota = match quota {
            Some(n) => limit_word(n),
            // A period alone keeps the quota.
            None => {
                let now = get("cpu.max")?;
                now.split(' ').next().unwrap_or("max").to_owned()
            }
        };
        // A quota alone keeps the period: the kernel does so.
        let value = match period {
            Some(period) => format!("{quota} {period}"),
            None => quota,
        };
        list.push(setting("cpu.max", value));
    }
    if let Some(n) = cpu.burst() {
        list.push(setting("cpu.max.burst", n));
    }
    if let Some(n) = cpu.idle().filter(|_| !wakes) {
        list.push(setting("cpu.idle", n));
    }
    Ok(list)
}

/// Shares (2 to 262144, by default 1024) to weight (1 to 10000, by default 100): the curve
/// through these three points that runtimes have agreed on; the older straight line gave 39 for
/// the default.
pub fn weight(shares: u64) -> u64 {
    match shares {
        0..=2 => 1,
        262_144.. => 10_000,
        _ => {
            let l = (shares as f64).log2();
            let exponent = (l * l + 125.0 * l) / 612.0 - 7.0 / 34.0;
            10f64.powf(exponent).ceil() as u64
        }
    }
}

/// v1's weight, 10 to 1000, on v2's scale of 1 to 10000.
pub fn io_weight(n: u16) -> u64 {
    1 + u64::from(n).saturating_sub(10) * 9999 / 990
}

fn io(r: &LinuxResources, has: &dyn Fn(&str) -> bool) -> Vec<Setting> {
    let Some(io) = r.block_io() else {
        return Vec::new();
    };
    let mut list = Vec::new();
    // BFQ's weights have the range of v1's, 1 to 1000; the others go from 1 to 10000.
    let (file, scale): (_, fn(u16) -> u64) =
        if has("io.bfq.weight") { ("io.bfq.weight", u64::from) } else { ("io.weight", io_weight) };
    if let Some(n) = io.weight().filter(|n| *n != 0) {
        list.push(setting(file, scale(n)));
    }
    for d in io.weight_device().iter().flatten() {
        if let Some(n) = d.weight().filter(|n| *n != 0) {
            let line = format!("{}:{} {}", d.major(), d.minor(), scale(n));
            list.push(setting(file, line));
        }
    }
    let throttles = [
        ("rbps", io.throttle_read_bps_device()),
        ("wbps", io.throttle_write_bps_device()),
        ("riops", io.throttle_read_iops_device()),
        ("wiops", io.throttle_write_iops_device()),
    ];
    for (key, devices) in throttles {
        for d in devices.iter().flatten() {
            // Zero takes the limit away on v1.
            let rate = match d.rate() {
                0 => "max".to_owned(),
                n => n.to_string(),
            };
            let line = format!("{}:{} {key}={rate}", d.major(), d.minor());
            list.push(setting("io.max", line));
        }
    }
    list
}

/// The `unified` map: file names and values as they are, after all else and in name order. A
/// value of several lines is as many settings.
pub fn unified(r: &LinuxResources) -> Result<Vec<Setting>> {
    let mut list = Vec::new();
    let mut keys: Vec<_> = r.unified().iter().flatten().collect();
    keys.sort();
    for (file, value) in keys {
        ensure!(
            plain(file) && file.contains('.'),
            "unified resource {file:?} must be a file name (no slashes)"
        );
        list.extend(value.lines().filter(|line| !line.is_empty()).map(|line| setting(file, line)));
    }
    Ok(list)
}

fn limit_word(n: impl Display + PartialOrd + Default) -> String {
    if n < Default::default() { "max".to_owned() } else { n.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(json: &str) -> Result<Vec<String>> {
        let r: LinuxResources = serde_json::from_str(json).unwrap();
        let get = |file: &str| {
            Ok(match file {
                "memory.current" => "1000".to_owned(),
                "memory.swap.current" => "500".to_owned(),
                "cpu.max" => "20000 100000".to_owned(),
                _ => bail!("{file}"),
            })
        };
        let mut list = Vec::new();
        for c in v1::CONTROLLERS {
            list.extend(settings(c, &r, &|_| false, &get)?);
        }
        list.extend(unified(&r)?);
        Ok(list.iter().map(|s| format!("{}={}", s.file, s.value)).collect())
    }

    #[test]
    fn table() {
        let cases: &[(&str, &[&str])] = &[
            ("{}", &[]),
            (
                r#"{"memory":{"limit":100,"swap":300,"reservation":50}}"#,
                &["memory.swap.max=200", "memory.max=100", "memory.low=50"],
            ),
            (r#"{"memory":{"limit":100,"swap":100}}"#, &["memory.swap.max=0", "memory.max=100"]),
            (r#"{"memory":{"limit":100,"swap":-1}}"#, &["memory.swap.max=max", "memory.max=100"]),
            (r#"{"memory":{"limit":-1}}"#, &["memory.swap.max=max", "memory.max=max"]),
            (r#"{"memory":{"limit":1001,"checkBeforeUpdate":true}}"#, &["memory.max=1001"]),
            (
                r#"{"cpu":{"quota":50000,"period":200000,"shares":1024,"burst":5}}"#,
                &["cpu.weight=100", "cpu.max=50000 200000", "cpu.max.burst=5"],
            ),
            (r#"{"cpu":{"quota":-1}}"#, &["cpu.max=max"]),
            (r#"{"cpu":{"period":50000}}"#, &["cpu.max=20000 50000"]),
            (r#"{"cpu":{"idle":1,"shares":3}}"#, &["cpu.idle=1"]),
            (r#"{"cpu":{"cpus":"1","mems":"0"}}"#, &["cpuset.cpus=1", "cpuset.mems=0"]),
            (r#"{"pids":{"limit":-1}}"#, &["pids.max=max"]),
            (
                r#"{"blockIO":{"weight":750,"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":9}],"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":0}]}}"#,
                &["io.weight=7475", "io.max=8:0 rbps=9", "io.max=8:0 wiops=max"],
            ),
            (
                r#"{"hugepageLimits":[{"pageSize":"2MB","limit":-1}]}"#,
                &["hugetlb.2MB.max=max", "hugetlb.2MB.rsvd.max=max"],
            ),
            (
                r#"{"unified":{"pids.max":"9","memory.high":"1\n2"}}"#,
                &["memory.high=1", "memory.high=2", "pids.max=9"],
            ),
        ];
        for (json, wanted) in cases {
            assert_eq!(all(json).unwrap(), *wanted, "{json}");
        }
    }

    #[test]
    fn refused() {
        for json in [
            r#"{"memory":{"swap":100}}"#,
            r#"{"memory":{"limit":-1,"swap":100}}"#,
            r#"{"memory":{"limit":100,"swap":50}}"#,
            r#"{"memory":{"limit":1000,"checkBeforeUpdate":true}}"#,
            r#"{"memory":{"limit":1,"swap":1500,"checkBeforeUpdate":true}}"#,
            r#"{"cpu":{"realtimeRuntime":1}}"#,
            r#"{"unified":{"../../x":"1"}}"#,
            r#"{"unified":{"a/b.max":"1"}}"#,
            r#"{"unified":{"nodot":"1"}}"#,
        ] {
            assert!(all(json).is_err(), "{json}");
        }
    }

    #[test]
    fn weights() {
        for (shares, wanted) in [(2, 1), (1024, 100), (262_144, 10_000), (3333, 256)] {
            assert_eq!(weight(shares), wanted, "{shares}");
        }
    }

    #[test]
    fn any_limit_is_a_file_of_the_cgroup_or_none() {
        let full: serde_json::Value = serde_json::from_str(v1::FULL).unwrap();
        let mut taken = 0;
        crate::chance::cases(20_000, |c| {
            let mut json = full.clone();
            (0..2).for_each(|_| c.change(&mut json));
            let Ok(r) = serde_json::from_value::<LinuxResources>(json) else { return };
            taken += 1;
            let get = |_: &str| anyhow::Ok("1".to_owned());
            let both = v1::CONTROLLERS
                .iter()
                .flat_map(|name| [v1::settings(name, &r, &|_| true), settings(name, &r, &|_| true, &get)]);
            for setting in both.chain([unified(&r)]).flatten().flatten() {
                assert!(super::super::dir::plain(&setting.file), "{:?}", setting.file);
            }
        });
        assert!(taken > 1000, "{taken}");
    }
}
