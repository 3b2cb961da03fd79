//! Names in config.json that are written with other capitals. Programs in Go, and so their callers, take
//! `CPU` for `cpu`; a limit whose name is taken for an unknown one would be no limit, without a word.

use serde_json::{Map, Value};

/// The names of the specification's limits and of what stands around them, sorted.
const NAMES: &[&str] = &[
    "access",
    "allow",
    "annotations",
    "blockIO",
    "burst",
    "checkBeforeUpdate",
    "cpu",
    "cpus",
    "devices",
    "disableOOMKiller",
    "hcaHandles",
    "hcaObjects",
    "hugepageLimits",
    "idle",
    "kernel",
    "kernelTCP",
    "leafWeight",
    "limit",
    "linux",
    "major",
    "memory",
    "mems",
    "minor",
    "network",
    "pageSize",
    "period",
    "pids",
    "priorities",
    "quota",
    "rdma",
    "realtimePeriod",
    "realtimeRuntime",
    "reservation",
    "resources",
    "shares",
    "swap",
    "swappiness",
    "throttleReadBpsDevice",
    "throttleReadIOPSDevice",
    "throttleWriteBpsDevice",
    "throttleWriteIOPSDevice",
    "unified",
    "useHierarchy",
    "weight",
    "weightDevice",
];

/// The text with its limits spelled as the specification does: those of a config.json, or, with `limits`,
/// what is nothing but limits. What is no JSON is left to whoever parses it.
pub fn right(text: Vec<u8>, limits: bool) -> Vec<u8> {
    if !is_off(&text) {
        return text;
    }
    let first = serde_json::Deserializer::from_slice(&text).into_iter::<Value>().next();
    let Some(Ok(mut value)) = first else { return text };
    mend(&mut value, limits);
    serde_json::to_vec(&value).unwrap_or(text)
}

/// Whether some name in the text is one of those, but for its capitals. A look at the bytes alone, since
/// every container that is made is looked at.
fn is_off(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(start) = rest.iter().position(|b| *b == b'"') {
        let string = &rest[start + 1..];
        let Some(end) = end_of_string(string) else { return false };
        rest = &string[end + 1..];
        let next = rest.iter().find(|b| !b.is_ascii_whitespace());
        if next == Some(&b':') && meant(&string[..end]).is_some() {
            return true;
        }
    }
    false
}

fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].iter().position(|b| matches!(b, b'"' | b'\\'))?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
        if at > text.len() {
            return None;
        }
    }
}

/// The name that is meant by one that is spelled in another way; none where it is right or unknown.
pub fn meant(name: &[u8]) -> Option<&'static str> {
    let first = name.first()?.to_ascii_lowercase();
    let known = NAMES.iter().filter(|known| known.len() == name.len() && known.as_bytes()[0] == first);
    let found = known.into_iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name))?;
    (found.as_bytes() != name).then_some(found)
}

/// `limits`: as for `right`.
fn mend(value: &mut Value, limits: bool) {
    if limits {
        return deep(value);
    }
    let Value::Object(map) = value else { return };
    rename(map);
    if let Some(Value::Object(linux)) = map.get_mut("linux") {
        rename(linux);
        if let Some(resources) = linux.get_mut("resources") {
            deep(resources);
        }
    }
}

fn deep(value: &mut Value) {
    match value {
        Value::Object(map) => {
            rename(map);
            // Its keys are files of the kernel's.
            map.iter_mut().filter(|(name, _)| name.as_str() != "unified").for_each(|(_, value)| deep(value));
        }
        Value::Array(list) => list.iter_mut().for_each(deep),
        _ => {}
    }
}

/// What is there by its right name stays, and gets what it lacks.
fn rename(map: &mut Map<String, Value>) {
    let off: Vec<(String, &str)> =
        map.keys().filter_map(|name| Some((name.clone(), meant(name.as_bytes())?))).collect();
    for (name, right) in off {
        let Some(mut value) = map.remove(&name) else { continue };
        deep(&mut value);
        match (map.get_mut(right), value) {
            (None, value) => {
                map.insert(right.to_owned(), value);
            }
            (Some(Value::Object(there)), Value::Object(more)) => {
                rename(there);
                for (name, value) in more {
                    there.entry(name).or_insert(value);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_in_order() {
        assert!(NAMES.windows(2).all(|pair| pair[0] < pair[1]), "{NAMES:?}");
    }

    #[test]
    fn what_is_off() {
        for (text, off) in [
            (r#"{"linux": {"resources": {"CPU": {"Cpus": "0"}}}}"#, true),
            (r#"{"hugepageLimits": [{"pagesize" : "2MB"}]}"#, true),
            (r#"{"linux": {"resources": {"cpu": {"cpus": "0"}}}}"#, false),
            (r#"{"args": ["CPU", "a\"CPU:"], "x\\": 1, "what": "CPU"}"#, false),
            (r#"{"open"#, false),
            (r#"{"open\"#, false),
        ] {
            assert_eq!(is_off(text.as_bytes()), off, "{text}");
        }
    }

    #[test]
    fn limits_are_mended_and_nothing_else() {
        let mut value = json!({"Linux": {"Resources": {"CPU": {"Cpus": "0", "cpus": "1"}, "unified": {"CPU": "x"},
            "hugepageLimits": [{"pagesize": "2MB"}]}}, "process": {"CPU": 1}});
        mend(&mut value, false);
        assert_eq!(
            value,
            json!({"linux": {"resources": {"cpu": {"cpus": "1"}, "unified": {"CPU": "x"},
                "hugepageLimits": [{"pageSize": "2MB"}]}}, "process": {"CPU": 1}})
        );
        let mut value = json!({"CPU": {"Mems": "0", "Cpus": "1"}, "cpu": {"cpus": "0"}});
        mend(&mut value, true);
        assert_eq!(value, json!({"cpu": {"cpus": "0", "mems": "0"}}));
        let mut value = json!({"Memory": {"Limit": 5}});
        mend(&mut value, true);
        assert_eq!(value, json!({"memory": {"limit": 5}}));
    }

    #[test]
    fn any_bytes_come_through() {
        crate::chance::cases(20_000, |c| {
            let mut text =
                c.text(&["\"CPU\":", "{", "}", "\"", "\\", "[", "]", "\"linux\"", ":", "1"]).into_bytes();
            text.extend(c.bytes(4));
            let valid = serde_json::from_slice::<Value>(&text).is_ok();
            let after = right(text, c.one_in(2));
            assert!(!valid || serde_json::from_slice::<Value>(&after).is_ok());
        });
    }
}
