//! `resources` and annotations of config.json in systemd's terms: properties of a unit; pure.
//!
//! systemd writes the files of a cgroup again whenever it likes (at `daemon-reload`, say), so it
//! has to know the limits. What it has no property for, and what it rounds, is in the files only.

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::LinuxResources;

use super::dbus::Value;
use super::device::{self, MKNOD, READ, Rule, Rules, WRITE};
use super::v2;

/// A name and what goes with it, as `a(sv)` has them.
pub type Property = (String, Value);

const MICROSECONDS: u64 = 1_000_000;

/// The kernel's period, where none is named.
const PERIOD: u64 = 100_000;

/// systemd keeps CPU time in hundredths of a second.
const GRAIN: u64 = 10_000;

/// What a container may not say of its own unit: where it is, which processes it takes, who owns
/// it, and which devices it reaches.
const OURS: [&str; 12] = [
    "BPFProgram",
    "BindsTo",
    "Controller",
    "Delegate",
    "DelegateControllers",
    "DeviceAllow",
    "DevicePolicy",
    "Group",
    "PIDFDs",
    "PIDs",
    "Slice",
    "User",
];

pub fn property(name: &str, value: Value) -> Property {
    (name.to_owned(), value)
}

/// The quota (none without limit) and the period of CPU time that are in force.
pub type Present = (Option<i64>, Option<u64>);

/// The limits.
pub fn limits(r: &LinuxResources, is_v2: bool, (quota, period): Present) -> Result<Vec<Property>> {
    let mut list = Vec::new();
    let mut add = |name: &str, n: u64| list.push(property(name, Value::Uint64(n)));
    if let Some(memory) = r.memory() {
        let limit = memory.limit().unwrap_or(0);
        if limit != 0 {
            add(if is_v2 { "MemoryMax" } else { "MemoryLimit" }, unlimited(limit));
        }
        if is_v2 {
            if let Some(n) = memory.reservation().filter(|n| *n != 0) {
                add("MemoryLow", unlimited(n));
            }
            if let Some(n) = v2::swap_limit(limit, memory.swap().unwrap_or(0))? {
                add("MemorySwapMax", unlimited(n));
            }
        }
    }
    if let Some(cpu) = r.cpu() {
        match cpu.shares().filter(|n| *n != 0) {
            _ if is_v2 && cpu.idle() == Some(1) => add("CPUWeight", 0),
            Some(n) if is_v2 => add("CPUWeight", v2::weight(n)),
            Some(n) => add("CPUShares", n),
            None if is_v2 && cpu.idle() == Some(0) => add("CPUWeight", 100),
            None => {}
        }
        let named = cpu.period().filter(|n| *n != 0);
        if let Some(n) = named {
            add("CPUQuotaPeriodUSec", n);
        }
        // What systemd keeps is a share, which another period makes another.
        let quota = cpu.quota().filter(|n| *n != 0).or_else(|| quota.filter(|n| named.is_some() && *n > 0));
        if let Some(n) = quota {
            add("CPUQuotaPerSecUSec", quota_per_second(n, named.or(period).unwrap_or(PERIOD)));
        }
    }
    if let Some(n) = r.pids().as_ref().map(|p| p.limit()) {
        add("TasksMax", unlimited(n).max(1));
    }
    if let Some(n) = r.block_io().as_ref().and_then(|io| io.weight()).filter(|n| *n != 0) {
        if is_v2 {
            add("IOWeight", v2::io_weight(n));
        } else {
            add("BlockIOWeight", n.into());
        }
    }
    if let Some(cpu) = r.cpu().as_ref().filter(|_| is_v2) {
        for (name, text) in [("AllowedCPUs", cpu.cpus()), ("AllowedMemoryNodes", cpu.mems())] {
            if let Some(text) = text.as_ref().filter(|t| !t.is_empty()) {
                let bits = bits(text).with_context(|| format!("take {name} {text:?}"))?;
                list.push(property(name, Value::Array("y", bits.into_iter().map(Value::Byte).collect())));
            }
        }
    }
    if is_v2 {
        list.extend(unified(r)?);
    }
    Ok(list)
}

/// Less than nothing means no limit.
fn unlimited(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn quota_per_second(quota: i64, period: u64) -> u64 {
    match u64::try_from(quota) {
        Err(_) => u64::MAX,
        // Rounded up, or the processes would get less than they were promised.
        Ok(n) => n.saturating_mul(MICROSECONDS).div_ceil(period).div_ceil(GRAIN).saturating_mul(GRAIN),
    }
}

/// The quota that systemd keeps of this one.
pub fn rounded(quota: i64, period: Option<u64>) -> i64 {
    let period = period.unwrap_or(PERIOD);
    i64::try_from(quota_per_second(quota, period).saturating_mul(period) / MICROSECONDS).unwrap_or(quota)
}

/// `0-2,9` as a set of bits, the first in the lowest place of the first byte.
fn bits(list: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in list.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) = (first.trim().parse()?, last.trim().parse()?);
        ensure!(first <= last && last < 1 << 13, "range {part:?} is out of order or out of bounds");
        bytes.resize(bytes.len().max(last / 8 + 1), 0);
        (first..=last).for_each(|n| bytes[n / 8] |= 1 << (n % 8));
    }
    Ok(bytes)
}

/// The keys of `unified` that systemd knows; the others are files alone.
fn unified(r: &LinuxResources) -> Result<Vec<Property>> {
    let mut list = Vec::new();
    let mut keys: Vec<_> = r.unified().iter().flatten().collect();
    keys.sort();
    for (key, value) in keys {
        let value = value.trim();
        let number = || match value {
            "max" => Ok(u64::MAX),
            text => text.parse::<u64>().with_context(|| format!("take {key} {value:?}")),
        };
        let name = match key.as_str() {
            "memory.min" => "MemoryMin",
            "memory.low" => "MemoryLow",
            "memory.high" => "MemoryHigh",
            "memory.max" => "MemoryMax",
            "memory.swap.max" => "MemorySwapMax",
            "pids.max" => "TasksMax",
            "cpu.weight" => "CPUWeight",
            "cpuset.cpus" | "cpuset.mems" => {
                let name = if key == "cpuset.cpus" { "AllowedCPUs" } else { "AllowedMemoryNodes" };
                let bits = bits(value).with_context(|| format!("take {key} {value:?}"))?;
                list.push(property(name, Value::Array("y", bits.into_iter().map(Value::Byte).collect())));
                continue;
            }
            "cpu.max" => {
                let (quota, period) = value.split_once(' ').unwrap_or((value, ""));
                let context = || format!("take {key} {value:?}");
                let period = match period.trim() {
                    "" => PERIOD,
                    text => text.parse().ok().filter(|n| *n != 0).with_context(context)?,
                };
                let quota = if quota == "max" { -1 } else { quota.parse().with_context(context)? };
                list.push(property("CPUQuotaPeriodUSec", Value::Uint64(period)));
                list.push(property("CPUQuotaPerSecUSec", Value::Uint64(quota_per_second(quota, period))));
                continue;
            }
            _ => continue,
        };
        // Some files take a form that is not a plain number (`50%`, `1G`): theirs alone.
        if let Ok(n) = number() {
            list.push(property(name, Value::Uint64(n)));
        }
    }
    Ok(list)
}

/// The devices, as a list of what is allowed: systemd has no rule that forbids. So a part that is
/// excepted is left in; the container's own device program takes it out again. `known` is the
/// text of `/proc/devices`.
pub fn devices(rules: &Rules, known: &str) -> Vec<Property> {
    let entry = |a: &str, b: &str| Value::Struct(vec![Value::text(a), Value::text(b)]);
    let none = property("DeviceAllow", Value::Array("(ss)", Vec::new()));
    if rules.allow {
        return vec![property("DevicePolicy", Value::text("auto")), none];
    }
    let mut allowed: Vec<Rule> = Vec::new();
    for rule in &rules.list {
        if rule.allow {
            allowed.push(*rule);
            continue;
        }
        for a in allowed.iter_mut().filter(|a| rule.covers(a)) {
            a.access &= !rule.access;
        }
    }
    let entries = allowed.iter().filter(|a| a.access != 0).flat_map(|a| {
        let access: String = [(READ, 'r'), (WRITE, 'w'), (MKNOD, 'm')]
            .iter()
            .filter(|(bit, _)| a.access & bit != 0)
            .map(|(_, c)| c)
            .collect();
        device_names(a, known).into_iter().map(move |name| entry(&name, &access))
    });
    vec![
        property("DevicePolicy", Value::text("strict")),
        none,
        property("DeviceAllow", Value::Array("(ss)", entries.collect())),
    ]
}

fn device_names(rule: &Rule, known: &str) -> Vec<String> {
    let kind = if rule.block { "block" } else { "char" };
    match (rule.major, rule.minor) {
        (Some(major), Some(minor)) => vec![format!("/dev/{kind}/{major}:{minor}")],
        (Some(major), None) => {
            group(known, rule.block, major).map(|g| format!("{kind}-{g}")).into_iter().collect()
        }
        // A minor number of every driver cannot be said; all of them is more than that.
        (None, _) => vec![format!("{kind}-*")],
    }
}

/// The name that a driver has in `/proc/devices`.
fn group(known: &str, block: bool, major: u32) -> Option<&str> {
    let mut in_blocks = false;
    for line in known.lines() {
        match line.trim() {
            "Character devices:" => in_blocks = false,
            "Block devices:" => in_blocks = true,
            line if in_blocks == block => {
                if let Some((n, name)) = line.split_once(' ')
                    && n.parse() == Ok(major)
                {
                    return Some(name.trim());
                }
            }
            _ => {}
        }
    }
    None
}

/// The annotations `org.systemd.property.NAME`, their values in GVariant's text form.
pub fn annotated<'a>(annotations: impl Iterator<Item = (&'a String, &'a String)>) -> Result<Vec<Property>> {
    let mut list = Vec::new();
    for (key, text) in annotations {
        let Some(name) = key.strip_prefix("org.systemd.property.") else {
            continue;
        };
        let context = || format!("annotation {key}={text}");
        ensure!(
            name.len() >= 3 && name.bytes().all(|b| b.is_ascii_alphabetic()),
            "annotation {key}={text}: no name of a property"
        );
        ensure!(!OURS.contains(&name), "annotation {key}={text}: this property is the runtime's to set");
        let value = gvariant(text).with_context(context)?;
        // What units write as seconds, the bus has as microseconds.
        list.push(match name.strip_suffix("Sec").filter(|n| !n.ends_with('U')) {
            Some(stem) => (format!("{stem}USec"), Value::Uint64(microseconds(&value).with_context(context)?)),
            None => property(name, value),
        });
    }
    list.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(list)
}

fn microseconds(value: &Value) -> Result<u64> {
    let seconds = match value {
        Value::Byte(n) => u64::from(*n),
        Value::Int16(n) => (*n).try_into()?,
        Value::Uint16(n) => u64::from(*n),
        Value::Int32(n) => (*n).try_into()?,
        Value::Uint32(n) => u64::from(*n),
        Value::Int64(n) => (*n).try_into()?,
        Value::Uint64(n) => *n,
        Value::Double(n) if *n >= 0.0 && *n < 1e12 => return Ok((n * MICROSECONDS as f64) as u64),
        _ => bail!("not a number of seconds"),
    };
    seconds.checked_mul(MICROSECONDS).context("out of range")
}

/// One value: `true`, `5`, `uint64 5`, `'text'`, `['a', 'b']`, `@as []`.
fn gvariant(text: &str) -> Result<Value> {
    let mut rest = text.trim();
    let value = if let Some(typed) = rest.strip_prefix("@as") {
        rest = typed.trim_start();
        strings(&mut rest)?
    } else if rest.starts_with('[') {
        strings(&mut rest)?
    } else if rest.starts_with(['\'', '"']) {
        Value::Text(quoted(&mut rest)?)
    } else {
        let (kind, word) = match rest.split_once(char::is_whitespace) {
            Some((kind, word)) => (kind, word.trim_start()),
            None if rest == "true" || rest == "false" => ("boolean", rest),
            None if rest.contains('.') => ("double", rest),
            None => ("int32", rest),
        };
        rest = "";
        scalar(kind, word)?
    };
    ensure!(rest.trim().is_empty(), "unexpected {rest:?} at its end");
    Ok(value)
}

fn scalar(kind: &str, word: &str) -> Result<Value> {
    let context = || format!("{word:?} is no {kind}");
    Ok(match kind {
        "boolean" => Value::Bool(word.parse().with_context(context)?),
        "byte" => Value::Byte(word.parse().with_context(context)?),
        "int16" => Value::Int16(word.parse().with_context(context)?),
        "uint16" => Value::Uint16(word.parse().with_context(context)?),
        "int32" => Value::Int32(word.parse().with_context(context)?),
        "uint32" => Value::Uint32(word.parse().with_context(context)?),
        "int64" => Value::Int64(word.parse().with_context(context)?),
        "uint64" => Value::Uint64(word.parse().with_context(context)?),
        "double" => Value::Double(word.parse().with_context(context)?),
        "string" => {
            let mut rest = word;
            let text = quoted(&mut rest)?;
            ensure!(rest.trim().is_empty(), "unexpected {rest:?} at its end");
            Value::Text(text)
        }
        _ => bail!("unknown type {kind:?}"),
    })
}

fn strings(rest: &mut &str) -> Result<Value> {
    let mut list = Vec::new();
    *rest = rest.strip_prefix('[').context("[ is missing")?.trim_start();
    while !rest.starts_with(']') {
        if !list.is_empty() {
            *rest = rest.strip_prefix(',').context("a comma or ] is missing")?.trim_start();
        }
        list.push(Value::Text(quoted(rest)?));
        *rest = rest.trim_start();
    }
    *rest = &rest[1..];
    Ok(Value::Array("s", list))
}

fn quoted(rest: &mut &str) -> Result<String> {
    let quote = rest.chars().next().filter(|c| "'\"".contains(*c)).context("a quote is missing")?;
    let mut text = String::new();
    let mut chars = rest[1..].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, c @ ('\\' | '\'' | '"'))) => text.push(c),
                _ => bail!("unknown escape"),
            },
            '\0' => bail!("bad character"),
            c if c == quote => {
                *rest = &rest[at + 2..];
                return Ok(text);
            }
            c => text.push(c),
        }
    }
    bail!("the closing quote is missing")
}

/// The rules of config.json, ready for [`devices`].
pub fn device_rules(r: &LinuxResources) -> Result<Rules> {
    device::rules(r.devices().as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests;
