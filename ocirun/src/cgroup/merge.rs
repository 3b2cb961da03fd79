//! Limits over limits: what holds after an `update`; pure.

use anyhow::{Context, Result};
use oci_spec::runtime::LinuxResources;
use serde_json::{Map, Value};

/// What `update` has to know besides its own words: memory with swap, and memory alone, are limited
/// together, so that a change of one needs the other.
pub fn complete(new: &mut LinuxResources, kept: Option<&LinuxResources>) {
    let known = kept.and_then(|r| r.memory().as_ref());
    let (Some(memory), Some(known)) = (new.memory_mut(), known) else {
        return;
    };
    let named = |n: Option<i64>| n.filter(|n| *n != 0);
    match (named(memory.limit()), named(memory.swap())) {
        // No limit on memory is none on both.
        (Some(limit), None) if limit != -1 => drop(memory.set_swap(named(known.swap()))),
        (None, Some(swap)) if swap != -1 => drop(memory.set_limit(named(known.limit()))),
        _ => {}
    }
}

/// `new` over `kept`. Device rules are left out: the kernel alone keeps these.
pub fn merge(kept: Option<&LinuxResources>, new: &LinuxResources) -> Result<LinuxResources> {
    let value = |r: &LinuxResources| serde_json::to_value(r).context("encode the limits");
    let mut all = kept.map(value).transpose()?.unwrap_or_else(|| Value::Object(Map::new()));
    let over = value(new)?;
    let free = over.pointer("/memory/limit") == Some(&(-1).into()) && over.pointer("/memory/swap").is_none();
    if let Some(memory) = all.get_mut("memory").and_then(Value::as_object_mut).filter(|_| free) {
        memory.remove("swap");
    }
    lay(&mut all, over);
    if let Some(all) = all.as_object_mut() {
        all.remove("devices");
    }
    serde_json::from_value(all).context("decode the limits")
}

fn lay(below: &mut Value, over: Value) {
    match (below, over) {
        (Value::Object(below), Value::Object(over)) => {
            for (key, value) in over.into_iter().filter(|(_, v)| !v.is_null()) {
                lay(below.entry(key).or_insert(Value::Null), value);
            }
        }
        // Of two entries for one thing the later counts.
        (Value::Array(below), Value::Array(over)) => {
            below.retain(|old| !over.iter().any(|new| same(old, new)));
            below.extend(over);
        }
        (below, over) => *below = over,
    }
}

/// A device by its number, a page by its size, a priority by its interface.
fn same(a: &Value, b: &Value) -> bool {
    let keys: &[&str] = if a.get("major").is_some() { &["major", "minor"] } else { &["pageSize", "name"] };
    keys.iter().all(|key| a.get(key) == b.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> LinuxResources {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn table() {
        for (kept, new, wanted) in [
            ("{}", r#"{"pids":{"limit":3}}"#, r#"{"pids":{"limit":3}}"#),
            (
                r#"{"memory":{"limit":9,"swap":20,"reservation":1},"unified":{"a.b":"1"}}"#,
                r#"{"memory":{"limit":8},"unified":{"c.d":"2"},"devices":[{"allow":false,"access":"r"}]}"#,
                r#"{"memory":{"limit":8,"reservation":1,"swap":20},"unified":{"a.b":"1","c.d":"2"}}"#,
            ),
            (
                r#"{"memory":{"limit":9,"swap":20}}"#,
                r#"{"memory":{"limit":-1}}"#,
                r#"{"memory":{"limit":-1}}"#,
            ),
            (
                r#"{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1},{"major":8,"minor":1,"rate":1}]}}"#,
                r#"{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":2}]}}"#,
                r#"{"blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":1,"rate":1},{"major":8,"minor":0,"rate":2}]}}"#,
            ),
            (
                r#"{"hugepageLimits":[{"pageSize":"2MB","limit":1},{"pageSize":"1GB","limit":1}]}"#,
                r#"{"hugepageLimits":[{"pageSize":"2MB","limit":2}]}"#,
                r#"{"hugepageLimits":[{"pageSize":"1GB","limit":1},{"pageSize":"2MB","limit":2}]}"#,
            ),
        ] {
            let merged = merge(Some(&parse(kept)), &parse(new)).unwrap();
            assert_eq!(merged, parse(wanted), "{new} over {kept}");
        }
    }

    #[test]
    fn completed() {
        for (kept, new, wanted) in [
            (r#"{"limit":9,"swap":20}"#, r#"{"limit":8}"#, r#"{"limit":8,"swap":20}"#),
            (r#"{"limit":9,"swap":20}"#, r#"{"swap":30}"#, r#"{"limit":9,"swap":30}"#),
            (r#"{"limit":9,"swap":20}"#, r#"{"limit":-1}"#, r#"{"limit":-1}"#),
            (r#"{"limit":9,"swap":20}"#, r#"{"swap":-1}"#, r#"{"swap":-1}"#),
            (r#"{"limit":9}"#, r#"{"limit":8}"#, r#"{"limit":8}"#),
            (r#"{}"#, r#"{"swap":8}"#, r#"{"swap":8}"#),
        ] {
            let wrap = |memory: &str| parse(&format!(r#"{{"memory":{memory}}}"#));
            let mut new = wrap(new);
            complete(&mut new, Some(&wrap(kept)));
            assert_eq!(new, wrap(wanted));
        }
    }
}
