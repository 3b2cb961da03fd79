//! What runtimes have always let pass in config.json and in a process file, and the strict types
//! do not: set right before a second try, so that only such a file pays for it.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

/// Names of the kernel that the strict types spell in another way.
const RENAMED: &[(&str, &str)] = &[
    ("SCHED_FLAG_RESET_ON_FORK", "SCHED_RESET_ON_FORK"),
    ("SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_D_L_OVERRUN"),
];

pub const MEMORY_MODES: &[&str] = &[
    "MPOL_DEFAULT",
    "MPOL_PREFERRED",
    "MPOL_BIND",
    "MPOL_INTERLEAVE",
    "MPOL_LOCAL",
    "MPOL_PREFERRED_MANY",
    "MPOL_WEIGHTED_INTERLEAVE",
];

pub const MEMORY_FLAGS: &[&str] = &["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"];

/// `process` is the place of the process in `value`, as a JSON pointer. An error says what the
/// strict types would say in words of their own.
pub fn relax(value: &mut Value, process: &str) -> Result<()> {
    drop_nulls(value);
    if let Some(Value::Object(process)) = value.pointer_mut(process) {
        let user = process.entry("user").or_insert_with(|| json!({}));
        if let Value::Object(user) = user {
            user.entry("uid").or_insert(json!(0));
            user.entry("gid").or_insert(json!(0));
        }
        rename_flags(process);
    }
    memory_policy(value.pointer("/linux/memoryPolicy"))
}

/// The kernel's name for what the strict types spell in another way.
pub fn kernel_name(name: &str) -> String {
    let found = RENAMED.iter().find(|(_, strict)| *strict == name);
    found.map_or(name, |(kernel, _)| kernel).to_owned()
}

/// `null` is what is not there.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn rename_flags(process: &mut Map<String, Value>) {
    let flags = process.get_mut("scheduler").and_then(|s| s.get_mut("flags")).and_then(Value::as_array_mut);
    for flag in flags.into_iter().flatten() {
        if let Some((_, name)) = RENAMED.iter().find(|(name, _)| flag == name) {
            *flag = (*name).into();
        }
    }
}

fn memory_policy(policy: Option<&Value>) -> Result<()> {
    let Some(policy) = policy else { return Ok(()) };
    let mode = policy.get("mode").and_then(Value::as_str).unwrap_or_default();
    if !MEMORY_MODES.contains(&mode) {
        bail!("invalid memory policy mode {mode:?}");
    }
    for flag in policy.get("flags").and_then(Value::as_array).into_iter().flatten() {
        let flag = flag.as_str().unwrap_or_default();
        if !MEMORY_FLAGS.contains(&flag) {
            bail!("invalid memory policy flag {flag:?}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_right() {
        let mut value = json!({"process": {"user": {"uid": 5}, "env": null,
            "scheduler": {"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_RESET_ON_FORK"]}}, "mounts": null});
        relax(&mut value, "/process").unwrap();
        assert_eq!(
            value,
            json!({"process": {"user": {"uid": 5, "gid": 0},
                "scheduler": {"policy": "SCHED_OTHER", "flags": ["SCHED_RESET_ON_FORK"]}}})
        );
        let mut value = json!({"args": ["sh"]});
        relax(&mut value, "").unwrap();
        assert_eq!(value["user"], json!({"uid": 0, "gid": 0}));
    }

    #[test]
    fn memory_policies_are_refused_by_name() {
        for (policy, want) in [
            (json!({}), "invalid memory policy mode \"\""),
            (json!({"mode": "INTERLEAVE"}), "invalid memory policy mode \"INTERLEAVE\""),
            (json!({"mode": "MPOL_BIND", "flags": ["x"]}), "invalid memory policy flag \"x\""),
        ] {
            let error = relax(&mut json!({"linux": {"memoryPolicy": policy}}), "/process").unwrap_err();
            assert_eq!(error.to_string(), want);
        }
    }
}
