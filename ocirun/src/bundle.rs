//! A bundle: the folder of config.json, and what it says.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oci_spec::runtime::{Capability, LinuxIntelRdt, LinuxResources, Process, Spec};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{log, loose, seccomp, spelling};

pub struct Bundle {
    /// Absolute, without links.
    pub path: PathBuf,
    /// Absolute: what was read in the place of its config.json.
    pub config: Option<PathBuf>,
    pub spec: Spec,
    /// The text of the seccomp profile, where it stands plainly.
    pub profile: Option<Vec<u8>>,
    /// What the profile is compiled to, if that was known: then it is not in `spec`.
    pub program: Option<seccomp::Program>,
}

impl Bundle {
    /// Reads the profile after all, for who needs to know what it says.
    pub fn read_profile(&mut self) -> Result<()> {
        if let (Some(_), Some(text)) = (self.program.take(), &self.profile) {
            let profile = serde_json::from_slice(text).context("linux.seccomp")?;
            self.spec.linux_mut().get_or_insert_default().set_seccomp(Some(profile));
        }
        Ok(())
    }
}

const CONFIG: &str = "config.json";

/// Loads the config.json of a folder, or the file that stands in for it.
pub fn load(dir: &Path, config: Option<&Path>) -> Result<Bundle> {
    load_with(dir, config, |_| None)
}

/// The same; `known` may have the program of a seccomp profile by its text.
pub fn load_with(
    dir: &Path,
    config: Option<&Path>,
    known: impl FnOnce(&[u8]) -> Option<seccomp::Program>,
) -> Result<Bundle> {
    let (path, config, text) = find(dir, config)?;
    let file = || config.clone().unwrap_or_else(|| path.join(CONFIG));
    let at = seccomp::cut::profile(&text);
    let profile = at.clone().map(|at| text[at].to_vec());
    let mut program = profile.as_deref().and_then(known);
    let mut parsed = None;
    if let (Some(at), Some(_)) = (at, &program) {
        // A failure is told of the whole text, whose lines are those of the file.
        parsed = parse_all([&text[..at.start], b"null", &text[at.end..]].concat()).ok();
    }
    let (spec, unknown) = match parsed {
        Some(parsed) => parsed,
        None => {
            program = None;
            parse_all(text).with_context(|| format!("parse {}", file().display()))?
        }
    };
    warn_of(&unknown);
    Ok(Bundle { path, config, spec, profile, program })
}

/// The text alone.
pub fn read(dir: &Path, config: Option<&Path>) -> Result<Vec<u8>> {
    find(dir, config).map(|(_, _, text)| text)
}

fn find(dir: &Path, config: Option<&Path>) -> Result<(PathBuf, Option<PathBuf>, Vec<u8>)> {
    let path = fs::canonicalize(dir).with_context(|| format!("bundle {}", dir.display()))?;
    let config = config_file(&path, config)?;
    let file = config.clone().unwrap_or_else(|| path.join(CONFIG));
    match fs::read(&file) {
        Ok(text) => Ok((path, config, text)),
        Err(e) if e.kind() == ErrorKind::NotFound && config.is_none() => {
            bail!("JSON specification file config.json not found in {}", path.display())
        }
        Err(e) => Err(e).with_context(|| format!("read {}", file.display())),
    }
}

/// What the text of a config.json says.
pub fn parse_config(text: &[u8]) -> Result<Spec> {
    parse_all(text.to_vec()).map(|(spec, _)| spec)
}

/// The same, and the capabilities in it that nobody knows.
fn parse_all(text: Vec<u8>) -> Result<(Spec, Vec<String>)> {
    let text = spelling::right(text, false);
    let (mut spec, unknown): (Spec, _) = parse(&text, "/process")?;
    if let Some(linux) = spec.linux_mut().as_mut() {
        if let Some(r) = linux.resources_mut() {
            unset_pids(r, &text, "/linux/resources");
        }
        if let Some(rdt) = linux.intel_rdt_mut() {
            old_monitors(rdt, &text);
        }
    }
    Ok((spec, unknown))
}

/// The file that `--config` names, if it is another than the bundle's config.json: one from here, or,
/// where a mere name is not here, one of the bundle's.
fn config_file(bundle: &Path, given: Option<&Path>) -> Result<Option<PathBuf>> {
    let Some(given) = given.filter(|given| *given != Path::new(CONFIG)) else { return Ok(None) };
    let beside = bundle.join(given);
    let name_alone = given.components().count() == 1;
    let file = match fs::canonicalize(given) {
        Err(e) if e.kind() == ErrorKind::NotFound && name_alone && beside.exists() => {
            fs::canonicalize(&beside).with_context(|| format!("open {}", beside.display()))?
        }
        other => other.with_context(|| format!("open {}", given.display()))?,
    };
    Ok(Some(file).filter(|file| *file != bundle.join(CONFIG)))
}

/// Two flags of older specifications, whose spelling the parser does not know.
#[allow(deprecated)]
fn old_monitors(rdt: &mut LinuxIntelRdt, text: &[u8]) {
    let value: Value = serde_json::from_slice(text).unwrap_or_default();
    let flag = |name: &str| value.pointer(&format!("/linux/intelRdt/{name}")).and_then(Value::as_bool);
    rdt.set_enable_cmt(flag("enableCMT"));
    rdt.set_enable_mbm(flag("enableMBM"));
}

/// A limit of zero processes is one, and no limit is none: the parser makes them the same. `at` is
/// where the resources stand in the text.
pub fn unset_pids(r: &mut LinuxResources, text: &[u8], at: &str) {
    if r.pids().is_some_and(|p| p.limit() == 0) {
        let value: Value = serde_json::from_slice(text).unwrap_or_default();
        if value.pointer(&format!("{at}/pids/limit")).is_none_or(Value::is_null) {
            r.set_pids(None);
        }
    }
}

/// Loads a process, as `exec --process` takes it.
pub fn load_process(file: &Path) -> Result<Process> {
    let text = fs::read(file).with_context(|| format!("open {}", file.display()))?;
    let (process, unknown) = parse(&text, "").with_context(|| format!("parse {}", file.display()))?;
    warn_of(&unknown);
    Ok(process)
}

fn warn_of(unknown: &[String]) {
    if !unknown.is_empty() {
        log::warn(&format!("ignoring unknown or unavailable capabilities: [{}]", unknown.join(" ")));
    }
}

/// Parses; capabilities that nobody knows are left out and returned, since a profile may be newer than
/// this program.
fn parse<T: DeserializeOwned>(text: &[u8], process: &str) -> Result<(T, Vec<String>)> {
    let strict = match serde_json::from_slice(text) {
        Ok(value) => return Ok((value, Vec::new())),
        // A name twice means one thing to one reader and another to the next.
        Err(e) if e.to_string().starts_with("duplicate field") => return Err(e.into()),
        Err(e) => e,
    };
    let Ok(mut value) = serde_json::from_slice::<Value>(text) else { return Err(strict.into()) };
    loose::relax(&mut value, process)?;
    let unknown = drop_unknown_caps(&mut value, process);
    match serde_json::from_value(value) {
        Ok(parsed) => Ok((parsed, unknown)),
        // The strict error has line and column.
        _ => Err(strict.into()),
    }
}

fn drop_unknown_caps(value: &mut Value, process: &str) -> Vec<String> {
    let mut unknown = Vec::new();
    let Some(Value::Object(sets)) = value.pointer_mut(&format!("{process}/capabilities")) else {
        return unknown;
    };
    for names in sets.values_mut().filter_map(Value::as_array_mut) {
        names.retain(|name| {
            let known = serde_json::from_value::<Capability>(name.clone()).is_ok();
            if !known {
                unknown.push(name.as_str().unwrap_or_default().to_string());
            }
            known
        });
    }
    unknown.sort();
    unknown.dedup();
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_capability_is_left_out() {
        let text = br#"{"cwd":"/","user":{},"capabilities":{"bounding":["CAP_CHOWN","CAP_NEW"]}}"#;
        let (process, unknown): (Process, _) = parse(text, "").unwrap();
        assert_eq!(unknown, ["CAP_NEW"]);
        let caps = process.capabilities().clone().unwrap();
        assert_eq!(caps.bounding().clone().unwrap().len(), 1);
    }

    #[test]
    fn other_faults_stay_errors_with_their_place() {
        let e = parse::<Process>(b"{\n \"cwd\": 5, \"user\": {} }", "").unwrap_err();
        assert!(e.to_string().contains("line 2"), "{e}");
        let e = parse::<Process>(br#"{"cwd": "/", "cwd": "/tmp", "user": null}"#, "").unwrap_err();
        assert!(e.to_string().starts_with("duplicate field `cwd`"), "{e}");
    }

    /// What the parser cannot tell apart, or does not know.
    #[test]
    fn read_twice() {
        for (text, limit) in [
            (&br#"{"pids":{"limit":0}}"#[..], Some(0)),
            (br#"{"pids":{}}"#, None),
            (br#"{"pids":{"limit":-1}}"#, Some(-1)),
        ] {
            let mut r: LinuxResources = serde_json::from_slice(text).unwrap();
            unset_pids(&mut r, text, "");
            assert_eq!(r.pids().map(|p| p.limit()), limit);
        }
        let mut rdt = LinuxIntelRdt::default();
        old_monitors(&mut rdt, br#"{"linux":{"intelRdt":{"enableCMT":true,"enableMBM":false}}}"#);
        #[allow(deprecated)]
        let flags = (*rdt.enable_cmt(), *rdt.enable_mbm());
        assert_eq!(flags, (Some(true), Some(false)));
    }
}
