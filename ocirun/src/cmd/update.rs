//! `ocirun update`: other limits for a live container; what is not named stays as it is.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::LinuxResources;
use serde_json::{Map, Value, json};

use crate::cgroup::merge;
use crate::cli::{Global, Update};
use crate::kept::Kept;
use crate::state::{self, Dir, State, Status};
use crate::{bundle, hotplug, log, rdt, spelling};

pub fn update(global: &Global, args: &Update) -> Result<i32> {
    let dir = Dir::of(&state::root(global), &args.id)?;
    let mut resources = asked(args)?;
    // Two changes at once would each forget the other.
    let _lock = dir.lock()?;
    let mut state = dir.load()?;
    if matches!(dir.status(&state)?, Status::Stopped | Status::Creating) {
        bail!("container not running");
    }
    let asks_devices = !args.device_add.is_empty() || !args.device_remove.is_empty();
    if asks_devices {
        hotplug::change(global, &mut state, &args.device_add, &args.device_remove)?;
        dir.save(&state)?;
    }
    shares(args, &state)?;
    if asks_devices && resources == LinuxResources::default() {
        return Ok(0);
    }
    if let Some(rules) = resources.devices().clone().filter(|list| !list.is_empty()) {
        // Those of devices that were added hold on.
        state.added.rules = Some(rules);
        resources.set_devices(Some(hotplug::rules(&state.added, None)));
    }
    let before = state.resources.as_ref().map(Kept::get).transpose()?;
    let kept = merge::merge(before.as_ref(), &resources)?;
    merge::complete(&mut resources, before.as_ref());
    state.cgroup.update(&resources)?;
    state.resources = Some(Kept::of(&kept)?);
    dir.save(&state)?;
    Ok(0)
}

/// The limits that are asked for.
fn asked(args: &Update) -> Result<LinuxResources> {
    let mut resources = match &args.resources {
        Some(path) => read(path)?,
        None => given(args)?,
    };
    if args.check_before_update {
        let memory = resources.memory_mut().as_mut();
        memory
            .context("--check-before-update without a limit of memory")?
            .set_check_before_update(Some(true));
    }
    Ok(resources)
}

/// Limits in the form of config.json.
fn read(path: &Path) -> Result<LinuxResources> {
    let mut text = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut text).context("read standard input")?;
    } else {
        text = std::fs::read(path).with_context(|| format!("open {}", path.display()))?;
    }
    let text = spelling::right(text, true);
    // What follows the object is not ours to judge, as a stream may stay open.
    let mut stream = serde_json::Deserializer::from_slice(&text).into_iter::<LinuxResources>();
    let first = stream.next().context("no JSON object in it").and_then(|r| r.map_err(Into::into));
    let mut resources = first.with_context(|| format!("parse {}", path.display()))?;
    bundle::unset_pids(&mut resources, &text, "");
    Ok(resources)
}

/// Shares of caches and bandwidth.
fn shares(args: &Update, state: &State) -> Result<()> {
    let (l3, bandwidth) = (args.l3_cache_schema.as_deref(), args.mem_bw_schema.as_deref());
    if l3.is_none() && bandwidth.is_none() {
        return Ok(());
    }
    let root = rdt::mount();
    let has = |part| root.as_ref().is_ok_and(|root| root.join("info").join(part).is_dir());
    ensure!(l3.is_none() || has("L3"), "Intel RDT/CAT: l3 cache schema is not enabled");
    ensure!(bandwidth.is_none() || has("MB"), "Intel RDT/MBA: memory bandwidth schema is not enabled");
    let group = state.rdt.as_ref();
    let group = group.context("updating a non-existent Intel RDT configuration is not supported")?;
    group.update(l3, bandwidth)
}

/// The flags in the form of config.json.
fn given(args: &Update) -> Result<LinuxResources> {
    let mut memory = Map::new();
    for (key, text) in
        [("limit", &args.memory), ("reservation", &args.memory_reservation), ("swap", &args.memory_swap)]
    {
        if let Some(text) = text {
            // An engine that has nothing to say of a limit may say so with an empty word.
            if !text.is_empty() {
                memory.insert(key.into(), bytes(text)?.into());
            }
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
    if args.kernel_memory.is_some() || args.kernel_memory_tcp.is_some() {
        log::warn("Kernel memory settings are ignored and will be removed");
    }
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

    #[test]
    fn any_text_is_a_size_or_none() {
        crate::chance::cases(20_000, |c| {
            let text = c.text(&["1", "k", "M", "g", "T", "b", "i", "9223372036854775807", "-"]);
            assert!(bytes(&text).is_ok_and(|n| n >= -1) || bytes(&text).is_err(), "{text:?}");
        });
    }
}
