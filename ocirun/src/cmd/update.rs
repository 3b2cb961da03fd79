//! `ocirun update`: other limits for a live container; what is not named stays as it is.

use std::io::Read;

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::LinuxResources;
use serde_json::{Map, Value, json};

use crate::cli::{Global, Update};
use crate::state::{self, Status};

pub fn update(global: &Global, args: &Update) -> Result<i32> {
    let (_, state, status) = state::open(global, &args.id)?;
    if matches!(status, Status::Stopped | Status::Creating) {
        bail!("container not running");
    }
    let resources = match &args.resources {
        Some(path) => {
            let mut text = String::new();
            if path.as_os_str() == "-" {
                std::io::stdin().read_to_string(&mut text).context("read standard input")?;
            } else {
                text = std::fs::read_to_string(path).with_context(|| format!("open {}", path.display()))?;
            }
            serde_json::from_str(&text).with_context(|| format!("parse {}", path.display()))?
        }
        None => given(args)?,
    };
    state.cgroup.update(&resources)?;
    Ok(0)
}

/// The flags in the form of config.json.
fn given(args: &Update) -> Result<LinuxResources> {
    let mut memory = Map::new();
    for (key, text) in
        [("limit", &args.memory), ("reservation", &args.memory_reservation), ("swap", &args.memory_swap)]
    {
        if let Some(text) = text {
            memory.insert(key.into(), bytes(text)?.into());
        }
    }
    let cpu = [
        ("shares", json!(args.cpu_share)),
        ("quota", json!(args.cpu_quota)),
        ("period", json!(args.cpu_period)),
        ("burst", json!(args.cpu_burst)),
        ("idle", json!(args.cpu_idle)),
        ("realtimeRuntime", json!(args.cpu_rt_runtime)),
        ("realtimePeriod", json!(args.cpu_rt_period)),
        ("cpus", json!(args.cpuset_cpus)),
        ("mems", json!(args.cpuset_mems)),
    ];
    let cpu: Map<String, Value> =
        cpu.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.to_string(), v)).collect();
    let mut all = Map::new();
    if !memory.is_empty() {
        all.insert("memory".into(), memory.into());
    }
    if !cpu.is_empty() {
        all.insert("cpu".into(), cpu.into());
    }
    if let Some(limit) = args.pids_limit {
        all.insert("pids".into(), json!({ "limit": limit }));
    }
    if let Some(weight) = args.blkio_weight {
        all.insert("blockIO".into(), json!({ "weight": weight }));
    }
    ensure!(!all.is_empty(), "nothing to update");
    serde_json::from_value(all.into()).context("encode the limits")
}

/// `512m` → bytes; -1 is no limit.
fn bytes(text: &str) -> Result<i64> {
    let lower = text.to_ascii_lowercase();
    let number = lower.trim_end_matches(['b', 'i']);
    let (digits, shift) = match number.as_bytes().last() {
        Some(b'k') => (&number[..number.len() - 1], 10),
        Some(b'm') => (&number[..number.len() - 1], 20),
        Some(b'g') => (&number[..number.len() - 1], 30),
        Some(b't') => (&number[..number.len() - 1], 40),
        _ => (number, 0),
    };
    let value = digits
        .parse::<i64>()
        .ok()
        .filter(|n| *n >= -1)
        .and_then(|n| if n == -1 { Some(-1).filter(|_| shift == 0) } else { n.checked_mul(1 << shift) });
    value.with_context(|| format!("invalid value {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, want) in
            [("0", 0), ("-1", -1), ("4096", 4096), ("32K", 32768), ("64m", 64 << 20), ("1GiB", 1 << 30)]
        {
            assert_eq!(bytes(text).expect(text), want);
        }
        for bad in ["", "m", "-2", "-1k", "1.5g", "99999999999t", "x"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }
}
