//! What `create` would refuse, beyond the shape of things: values that contradict each other, or that no
//! kernel takes.

use oci_spec::runtime::{LinuxSeccomp, Spec};

use super::{Finding, join};
use crate::namespace::Namespaces;
use crate::{annotation, error, plan, seccomp, validate};

pub fn look(spec: &Spec, found: &mut Vec<Finding>) {
    let linux = plan::linux(spec);
    let wanted = linux.namespaces().clone().unwrap_or_default();
    match Namespaces::parse(&wanted) {
        Ok(ns) => validate::each(spec, &ns, &mut |place, why| {
            found.push(Finding::refused(place, error::line(&why)));
        }),
        Err(why) => found.push(Finding::refused("linux.namespaces", error::line(&why))),
    }
    let asked = annotation::of(spec);
    match &asked {
        Err(why) => found.push(Finding::refused("annotations", error::line(why))),
        Ok(asked) => {
            for (number, profile) in asked.seccomp_stack.iter().enumerate() {
                let at = join("annotations", annotation::SECCOMP_STACK);
                filter(profile, &format!("{at}[{number}]"), found);
            }
        }
    }
    if let Some(profile) = linux.seccomp() {
        filter(profile, "linux.seccomp", found);
    }
    process(spec, found);
    mappings(spec, found);
    for clock in linux.time_offsets().iter().flatten().map(|(clock, _)| clock) {
        if !["monotonic", "boottime"].contains(&clock.as_str()) {
            let message = "the kernel has offsets of monotonic and of boottime alone";
            found.push(Finding::refused(join("linux.timeOffsets", clock), message));
        }
    }
    // The kernel's own limit, __NEW_UTS_LEN.
    for (at, name) in [("hostname", spec.hostname()), ("domainname", spec.domainname())] {
        if name.as_ref().is_some_and(|name| name.len() > 64) {
            found.push(Finding::refused(at, "the kernel takes 64 bytes"));
        }
    }
}

fn filter(profile: &LinuxSeccomp, at: &str, found: &mut Vec<Finding>) {
    if let Err(why) = seccomp::compile(profile) {
        found.push(Finding::refused(at, error::line(&why)));
    }
}

fn process(spec: &Spec, found: &mut Vec<Finding>) {
    let Some(process) = spec.process() else { return };
    for (number, variable) in process.env().iter().flatten().enumerate() {
        let at = format!("process.env[{number}]");
        match variable.split_once('=') {
            None => found.push(Finding::refused(at, "a variable is NAME=VALUE")),
            Some(("", _)) => found.push(Finding::refused(at, "a variable has a name")),
            Some(_) => {}
        }
    }
    for (number, limit) in process.rlimits().iter().flatten().enumerate() {
        let at = format!("process.rlimits[{number}]");
        if limit.soft() > limit.hard() {
            found.push(Finding::refused(&at, "the soft limit is above the hard one"));
        }
        let mut before = process.rlimits().iter().flatten().take(number);
        if let Some(first) = before.position(|other| other.typ() == limit.typ()) {
            let message = format!("{} was limited in process.rlimits[{first}] already", limit.typ());
            found.push(Finding::refused(&at, message));
        }
    }
    if process.oom_score_adj().is_some_and(|score| !(-1000..=1000).contains(&score)) {
        found.push(Finding::refused("process.oomScoreAdj", "the kernel takes -1000 to 1000"));
    }
    let Some(sets) = process.capabilities() else { return };
    let permitted = sets.permitted().clone().unwrap_or_default();
    let effective = sets.effective().iter().flatten();
    let mut more: Vec<String> =
        effective.filter(|name| !permitted.contains(*name)).map(|name| format!("CAP_{name}")).collect();
    more.sort();
    if !more.is_empty() {
        let message = format!("not in permitted: {}", more.join(" "));
        found.push(Finding::refused("process.capabilities.effective", message));
    }
}

/// Maps of ids that overlap; the kernel then takes none of them.
fn mappings(spec: &Spec, found: &mut Vec<Finding>) {
    let linux = plan::linux(spec);
    let own = [("linux.uidMappings", linux.uid_mappings()), ("linux.gidMappings", linux.gid_mappings())];
    for (at, maps) in own {
        let maps = maps.as_deref().unwrap_or_default();
        for (number, map) in maps.iter().enumerate() {
            let place = format!("{at}[{number}]");
            if map.size() == 0 {
                found.push(Finding::refused(&place, "it maps no id"));
            }
            let meets = |a: u32, b: u32, size: u32| {
                let (a, b) = (u64::from(a), u64::from(b));
                a < b + u64::from(size) && b < a + u64::from(map.size())
            };
            let clash = maps[..number].iter().position(|other| {
                meets(map.container_id(), other.container_id(), other.size())
                    || meets(map.host_id(), other.host_id(), other.size())
            });
            if let Some(other) = clash {
                found.push(Finding::refused(&place, format!("it overlaps {at}[{other}]")));
            }
        }
    }
}
