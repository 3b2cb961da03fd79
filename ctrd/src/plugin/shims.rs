//! What every shim is told: the section `io.containerd.shim.v1.manager`, where containerd has it.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::error::{Error, Result};

pub const SHIM_MANAGER: &str = "io.containerd.shim.v1.manager";

/// Where the one variable stood that there was up to version 3.
const TASK: &str = "io.containerd.runtime.v2.task";

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Shims {
    /// Variables, `NAME=VALUE`, that shims find in their environment.
    env: Vec<String>,
}

impl Shims {
    /// The variables as pairs. One that is none is an error that names it.
    pub fn env(&self) -> Result<Vec<(String, String)>> {
        self.env
            .iter()
            .enumerate()
            .map(|(n, text)| pair(text).map_err(|e| at(&format!("env[{n}]"), e)))
            .collect()
    }
}

fn at(key: &str, e: Error) -> Error {
    e.context(format!("plugins.{SHIM_MANAGER:?}: {key}"))
}

fn pair(text: &str) -> Result<(String, String)> {
    let bad = |why: &str| Err(Error::invalid(format!("{text:?}: {why}")));
    let Some((name, value)) = text.split_once('=') else { return bad("is not NAME=VALUE") };
    if name.is_empty() {
        return bad("has no name");
    }
    if name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return bad("has a name with white space");
    }
    // An environment ends each of its strings so.
    if value.contains('\0') {
        return bad("has a NUL in it");
    }
    Ok((name.into(), value.into()))
}

/// Looks at one file's section, before the server begins: no shim could be started with a bad one.
pub fn check(plugins: &Table) -> Result<()> {
    let Some(section) = plugins.get(SHIM_MANAGER) else { return Ok(()) };
    let Some(section) = section.as_table() else { return Err(at("", Error::invalid("not a table"))) };
    let Some(env) = section.get("env") else { return Ok(()) };
    let Some(list) = env.as_array() else {
        return Err(at("env", Error::invalid(format!("a {} and not a list", env.type_str()))));
    };
    for (n, one) in list.iter().enumerate() {
        let one =
            one.as_str().ok_or_else(|| Error::invalid(format!("a {} and not a string", one.type_str())));
        one.and_then(pair).map_err(|e| at(&format!("env[{n}]"), e))?;
    }
    Ok(())
}

/// Up to version 3 the task plugin had a switch for what is a variable now.
pub fn sched_core_moved(_: i64, plugins: &mut Table) -> Result<()> {
    let Some(task) = plugins.get_mut(TASK).and_then(Value::as_table_mut) else { return Ok(()) };
    let Some(switch) = task.remove("sched_core") else { return Ok(()) };
    let Some(on) = switch.as_bool() else {
        let text = format!("plugins.{TASK:?}: sched_core: a {} and not true or false", switch.type_str());
        return Err(Error::invalid(text));
    };
    if task.is_empty() {
        plugins.remove(TASK);
    }
    if !on {
        return Ok(());
    }
    let section = plugins.entry(SHIM_MANAGER).or_insert_with(|| Value::Table(Table::new()));
    let env = section
        .as_table_mut()
        .map(|section| section.entry("env").or_insert_with(|| Value::Array(Vec::new())));
    // What is no list `check` tells; what names the variable already has the last word.
    if let Some(Value::Array(list)) = env
        && !list.iter().any(|one| one.as_str().is_some_and(|text| text.starts_with("SCHED_CORE=")))
    {
        list.push("SCHED_CORE=1".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(env: &str) -> Table {
        format!("[{SHIM_MANAGER:?}]\nenv = {env}\n").parse().unwrap()
    }

    #[test]
    fn variables() {
        let shims = Shims { env: ["A=1", "B=", "C=x=y z", "a.b-c=\n"].map(String::from).to_vec() };
        let pairs = [("A", "1"), ("B", ""), ("C", "x=y z"), ("a.b-c", "\n")];
        assert_eq!(shims.env().unwrap(), pairs.map(|(name, value)| (name.into(), value.into())));
        for (env, says) in [
            ("['A=1', 'B']", "env[1]: \"B\": is not NAME=VALUE"),
            ("['']", "env[0]: \"\": is not NAME=VALUE"),
            ("['=x']", "env[0]: \"=x\": has no name"),
            ("[' A=x']", "env[0]: \" A=x\": has a name with white space"),
            ("[\"A=x\\u0000y\"]", "env[0]: \"A=x\\0y\": has a NUL in it"),
            ("['A=1', 7]", "env[1]: a integer and not a string"),
            ("'A=1'", "env: a string and not a list"),
            ("{A = '1'}", "env: a table and not a list"),
        ] {
            let e = check(&section(env)).unwrap_err().message;
            assert_eq!(e, format!("plugins.{SHIM_MANAGER:?}: {says}"));
        }
        check(&section("['A=1']")).unwrap();
        check(&Table::new()).unwrap();
    }

    #[test]
    fn a_switch_became_a_variable() {
        let task = |value: &str| format!("[{TASK:?}]\nsched_core = {value}\n");
        for (text, env, left) in [
            (task("true"), Some("[\"SCHED_CORE=1\"]"), false),
            (task("true") + "platforms = ['linux/amd64']", Some("[\"SCHED_CORE=1\"]"), true),
            (task("false"), None, false),
            (
                task("true") + &format!("[{SHIM_MANAGER:?}]\nenv = ['A=1']"),
                Some("[\"A=1\", \"SCHED_CORE=1\"]"),
                false,
            ),
            (
                task("true") + &format!("[{SHIM_MANAGER:?}]\nenv = ['SCHED_CORE=']"),
                Some("[\"SCHED_CORE=\"]"),
                false,
            ),
            (String::new(), None, false),
        ] {
            let mut plugins: Table = text.parse().unwrap();
            sched_core_moved(3, &mut plugins).unwrap();
            let got = plugins.get(SHIM_MANAGER).map(|section| section["env"].to_string());
            assert_eq!((got.as_deref(), plugins.contains_key(TASK)), (env, left), "{text}");
        }
        let mut plugins: Table = task("1").parse().unwrap();
        let e = sched_core_moved(2, &mut plugins).unwrap_err().message;
        assert_eq!(e, format!("plugins.{TASK:?}: sched_core: a integer and not true or false"));
    }
}
