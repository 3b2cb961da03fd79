//! What has a meaning of its own, but none beside the rest of this config.json.

use std::collections::HashMap;

use oci_spec::runtime::{LinuxSeccomp, Spec};

use super::{Finding, join, near};
use crate::{annotation, plan, seccomp};

pub fn look(spec: &Spec, found: &mut Vec<Finding>) {
    version(spec, found);
    process(spec, found);
    annotations(spec, found);
    if let Some(profile) = plan::linux(spec).seccomp() {
        filter(profile, found);
    }
}

fn version(spec: &Spec, found: &mut Vec<Finding>) {
    let parts = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split(['.', '-', '+']).map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    };
    if let (Some(asked), Some(known)) = (parts(spec.version()), parts(plan::SPEC_VERSION))
        && asked.0 == known.0
        && asked > known
    {
        let message = format!("what is newer than {} has no meaning here", plan::SPEC_VERSION);
        found.push(Finding::ignored("ociVersion", message));
    }
}

fn process(spec: &Spec, found: &mut Vec<Finding>) {
    let Some(process) = spec.process() else { return };
    if process.console_size().is_some() && !process.terminal().unwrap_or(false) {
        found
            .push(Finding::ignored("process.consoleSize", "there is no terminal: process.terminal is false"));
    }
    let mut last = HashMap::new();
    let env = process.env().as_deref().unwrap_or_default();
    for (number, variable) in env.iter().enumerate().rev() {
        let name = variable.split('=').next().unwrap_or_default();
        if let Some(later) = last.insert(name, number) {
            last.insert(name, later);
            let message = format!("{name} is set again by process.env[{later}]");
            found.push(Finding::ignored(format!("process.env[{number}]"), message));
        }
    }
    let Some(sets) = process.capabilities() else { return };
    let mut ambient: Vec<_> = sets.ambient().iter().flatten().collect();
    ambient.sort_by_key(|name| name.to_string());
    for name in ambient {
        let missing: Vec<&str> = [("permitted", sets.permitted()), ("inheritable", sets.inheritable())]
            .into_iter()
            .filter(|(_, set)| set.as_ref().is_none_or(|set| !set.contains(name)))
            .map(|(set, _)| set)
            .collect();
        if !missing.is_empty() {
            let message = format!("CAP_{name} cannot be ambient, since it is not {}", missing.join(" nor "));
            found.push(Finding::ignored("process.capabilities.ambient", message));
        }
    }
}

/// Names that look like those that this program follows.
fn annotations(spec: &Spec, found: &mut Vec<Finding>) {
    let mut names: Vec<_> = spec.annotations().iter().flatten().map(|(name, _)| name).collect();
    names.sort();
    for name in names {
        let ours = name.starts_with("io.ctrd.") || name.starts_with("run.oci.");
        if ours && !annotation::ALL.contains(&name.as_str()) {
            let meant = near::word(name, annotation::ALL.iter().copied()).map(str::to_owned);
            let message = "no annotation of this name is followed";
            found.push(Finding::ignored(join("annotations", name), message).meant(meant));
        }
    }
}

fn filter(profile: &LinuxSeccomp, found: &mut Vec<Finding>) {
    let notifies = seccomp::notifies(profile);
    let listener = profile.listener_path().as_ref().is_some_and(|path| !path.as_os_str().is_empty());
    if listener && !notifies {
        let message = "no rule has the action SCMP_ACT_NOTIFY";
        found.push(Finding::ignored("linux.seccomp.listenerPath", message));
    }
    let metadata = profile.listener_metadata().as_ref().is_some_and(|text| !text.is_empty());
    if metadata && !listener {
        let message = "there is no listenerPath that it could be sent to";
        found.push(Finding::ignored("linux.seccomp.listenerMetadata", message));
    }
    for (number, call) in profile.syscalls().iter().flatten().enumerate() {
        let unknown = seccomp::unknown(profile, call.names());
        if !unknown.is_empty() {
            let message = format!("no architecture of this profile has system calls {}", unknown.join(" "));
            found.push(Finding::ignored(format!("linux.seccomp.syscalls[{number}].names"), message));
        }
    }
}
