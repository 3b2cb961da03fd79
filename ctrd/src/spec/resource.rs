//! Limits: from `64m` and `1.5` to the numbers of `linux.resources`.

use oci_spec::runtime::{LinuxCpu, LinuxDeviceCgroup, LinuxMemory, LinuxPids, LinuxResources};

use super::Options;
use crate::error::{Error, Result};

/// Processor time as the kernel's scheduler counts it: `quota` of every `period` microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpus {
    pub quota: i64,
    pub period: u64,
}

const PERIOD: u64 = 100_000;
/// The kernel's least quota, one millisecond.
const LEAST_QUOTA: i64 = 1_000;

pub(super) fn limits(options: &Options) -> Result<LinuxResources> {
    let mut resources = LinuxResources::default();
    // Everything is denied first; the runtime then lets the harmless nodes (null, zero, tty,
    // random, the terminals) through, as every runtime does.
    let mut deny = LinuxDeviceCgroup::default();
    deny.set_allow(false);
    deny.set_access(Some("rwm".to_string()));
    let own = &options.confinement;
    let mut rules = vec![deny];
    rules.extend(own.device_rules());
    resources.set_devices(Some(rules));

    check(options.memory, own.memory_swap, options.pids_limit)?;
    let mut memory = LinuxMemory::default();
    memory.set_limit(options.memory);
    memory.set_swap(own.memory_swap);
    memory.set_reservation(own.memory_reservation);
    if memory != LinuxMemory::default() {
        resources.set_memory(Some(memory));
    }
    let mut cpu = LinuxCpu::default();
    if let Some(cpus) = options.cpus {
        cpu.set_quota(Some(cpus.quota));
        cpu.set_period(Some(cpus.period));
    }
    cpu.set_shares(own.cpu_shares);
    cpu.set_cpus(own.cpuset_cpus.clone());
    cpu.set_mems(own.cpuset_mems.clone());
    if cpu != LinuxCpu::default() {
        resources.set_cpu(Some(cpu));
    }
    if let Some(limit) = options.pids_limit {
        let mut pids = LinuxPids::default();
        pids.set_limit(limit);
        resources.set_pids(Some(pids));
    }
    Ok(resources)
}

/// Whether a container can have these limits: of its memory, of that with the swap space, and of its processes.
pub fn check(memory: Option<i64>, swap: Option<i64>, pids: Option<i64>) -> Result<()> {
    if let Some(limit) = memory.filter(|limit| *limit <= 0) {
        return Err(Error::invalid(format!("memory limit {limit}: must be more than 0")));
    }
    if let Some(swap) = swap.filter(|swap| *swap >= 0 && memory.is_none_or(|limit| *swap < limit)) {
        return Err(Error::invalid(format!(
            "memory and swap limit {swap}: must not be below the memory limit"
        )));
    }
    match pids {
        Some(limit) if limit == 0 || limit < -1 => {
            Err(Error::invalid(format!("pids limit {limit}: must be more than 0, or -1 for none")))
        }
        _ => Ok(()),
    }
}

/// A number of processors: `2`, `0.5`, `1.25`.
pub fn cpus(text: &str) -> Result<Cpus> {
    let fault = |why: &str| Error::invalid(format!("cpus {text:?}: {why}"));
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(fault("not a decimal number"));
    }
    let number: f64 = text.parse().map_err(|_| fault("not a decimal number"))?;
    let quota = (number * PERIOD as f64).round();
    if quota < LEAST_QUOTA as f64 {
        return Err(fault("must be 0.01 or more"));
    }
    if quota > (1u64 << 40) as f64 {
        return Err(fault("out of range"));
    }
    Ok(Cpus { quota: quota as i64, period: PERIOD })
}

/// A size in bytes: `4096`, `512k`, `64m`, `2g`, `1t`, with `b` or `iB` after it if you like.
pub fn bytes(text: &str) -> Result<i64> {
    let fault = |why: &str| Error::invalid(format!("size {text:?}: {why}"));
    let lower = text.to_ascii_lowercase();
    let digits = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let (number, unit) = lower.split_at(digits);
    let shift = match unit {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(fault("unknown unit")),
    };
    if number.is_empty() {
        return Err(fault("not a number"));
    }
    let unit = 1i64 << shift;
    // Whole numbers exactly; fractions, which only make sense with a unit, to the byte below.
    if let Ok(whole) = number.parse::<i64>() {
        return whole.checked_mul(unit).ok_or_else(|| fault("out of range"));
    }
    let value = number.parse::<f64>().map_err(|_| fault("not a number"))? * unit as f64;
    if value >= i64::MAX as f64 {
        return Err(fault("out of range"));
    }
    Ok(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, want) in [
            ("0", 0),
            ("4096", 4096),
            ("512k", 512 << 10),
            ("64m", 64 << 20),
            ("64MiB", 64 << 20),
            ("1.5g", 3 << 29),
            ("2Tb", 2 << 40),
        ] {
            assert_eq!(bytes(text).unwrap(), want, "{text}");
        }
        for text in ["", "m", "-1", "1x", "1..5m", "99999999999999999999", "9223372036854775807k", "1 m"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn processors() {
        for (text, quota) in [("1", 100_000), ("0.5", 50_000), ("1.25", 125_000), ("0.01", 1_000)] {
            assert_eq!(cpus(text).unwrap(), Cpus { quota, period: 100_000 }, "{text}");
        }
        for text in ["", "0", "-1", "0.001", "inf", "nan", "1e9", "one", "99999999999999999"] {
            assert!(cpus(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refused_limits() {
        let with = |f: fn(&mut Options)| {
            let mut o = Options::default();
            f(&mut o);
            limits(&o)
        };
        assert!(with(|o| o.memory = Some(0)).is_err());
        assert!(with(|o| o.pids_limit = Some(0)).is_err());
        assert!(with(|o| o.pids_limit = Some(-2)).is_err());
        assert!(with(|o| o.pids_limit = Some(-1)).is_ok());
    }
}
