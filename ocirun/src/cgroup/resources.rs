//! Brings `resources` of config.json to the hierarchies that can serve them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result, bail};
use oci_spec::runtime::{LinuxCpu, LinuxResources};

use super::dir::Dir;
use super::property::{self, Present};
use super::setting::{Journal, settle};
use crate::log;

use super::{Cgroup, bpf, device, device_bpf, opened, v1, v2};

impl Cgroup {
    /// Everything, for a new container. `between` is called when the devices are those that it may have,
    /// and what takes longer is still to be done: all limits must be there only when its program is.
    pub fn apply(&self, r: &LinuxResources, between: impl FnOnce() -> Result<()>) -> Result<()> {
        let r = &*self.settled(r)?;
        self.tell_systemd(r, true)?;
        self.devices(r, false)?;
        between()?;
        self.limits(r, None)
    }

    /// What `r` names, for a container that runs. Without device rules these stay. Of a change that
    /// cannot be made in full nothing remains, but for what systemd was told and for devices.
    pub fn update(&self, r: &LinuxResources) -> Result<()> {
        let r = &*self.settled(r)?;
        self.tell_systemd(r, false)?;
        if has_devices(r) {
            self.devices(r, true)?;
        }
        let mut journal = Journal::default();
        self.limits(r, Some(&mut journal)).inspect_err(|_| journal.undo())
    }

    /// Before the files are written, for systemd writes them, too, and rounds.
    fn tell_systemd(&self, r: &LinuxResources, new: bool) -> Result<()> {
        let Some(unit) = &self.systemd else {
            return Ok(());
        };
        let now = self.cpu_time(r)?;
        let only_v2 = self.hierarchies.iter().all(|h| h.v2);
        let both = |c: &LinuxCpu| c.idle() == Some(1) && c.shares().is_some_and(|n| n != 0);
        if only_v2 && r.cpu().as_ref().is_some_and(both) {
            log::warn("unable to apply both cpu.weight and cpu.idle to systemd, ignoring cpu.weight");
        }
        let properties = unit.properties(r, only_v2, now, new)?;
        // On v1 systemd takes every device away before it gives back those that are allowed.
        let pause = !new && !only_v2 && has_devices(r) && !self.frozen()?;
        if pause {
            self.freeze()?;
        }
        let set = unit.set(properties);
        if pause { set.and(self.thaw()) } else { set }
    }

    /// The quota and the period that are in force, where `r` names one of them.
    fn cpu_time(&self, r: &LinuxResources) -> Result<Present> {
        if r.cpu().as_ref().is_none_or(|c| c.quota().is_none() && c.period().is_none()) {
            return Ok((None, None));
        }
        let Some((dir, is_v2)) = self.controller("cpu")? else { return Ok((None, None)) };
        let text = if is_v2 {
            dir.read("cpu.max")?
        } else {
            format!("{} {}", dir.read("cpu.cfs_quota_us")?, dir.read("cpu.cfs_period_us")?)
        };
        let (quota, period) = text.split_once(' ').unwrap_or_default();
        Ok((quota.parse().ok(), period.parse().ok()))
    }

    /// What of the limits can be. An idle cgroup has no weight. And the file has what systemd makes of a
    /// quota, which it writes at its next leisure, with the period that there is: systemd forgets it with
    /// the quota.
    fn settled<'r>(&self, r: &'r LinuxResources) -> Result<Cow<'r, LinuxResources>> {
        let mut out = Cow::Borrowed(r);
        let idle = |all: &HashMap<String, String>| all.get("cpu.idle").is_some_and(|v| v.trim() == "1");
        if r.unified().as_ref().is_some_and(|all| idle(all) && all.contains_key("cpu.weight")) {
            log::warn("unable to apply both cpu.weight and cpu.idle, ignoring cpu.weight");
            out.to_mut().unified_mut().as_mut().map(|all| all.remove("cpu.weight"));
        }
        let quota = r.cpu().as_ref().and_then(|c| c.quota()).filter(|n| *n != 0);
        if let (Some(_), Some(quota)) = (&self.systemd, quota) {
            let named = r.cpu().as_ref().and_then(|c| c.period()).filter(|n| *n != 0);
            let period = named.or(self.cpu_time(r)?.1);
            if let Some(cpu) = out.to_mut().cpu_mut() {
                cpu.set_quota(Some(if quota > 0 { property::rounded(quota, period) } else { quota }));
                cpu.set_period(period);
            }
        }
        Ok(out)
    }

    fn limits<'a>(&'a self, r: &LinuxResources, mut journal: Option<&mut Journal<'a>>) -> Result<()> {
        for name in v1::CONTROLLERS {
            // What asks nothing of v1 asks nothing of v2: no directory to be found for it.
            let wanted = v1::settings(name, r, &|_| false);
            if wanted.as_ref().is_ok_and(Vec::is_empty) {
                continue;
            }
            let Some((dir, is_v2)) = self.controller(name)? else {
                if self.rootless {
                    bail!("cannot set {name} limit: container could not join or create cgroup");
                }
                let Some(first) = wanted?.into_iter().next() else {
                    continue;
                };
                bail!("set {} to {}: the {name} controller is not available", first.file, first.value);
            };
            let has = |file: &str| dir.try_read(file).is_ok();
            let settings = if is_v2 {
                v2::settings(name, r, &has, &|file| dir.read(file))?
            } else {
                v1::settings(name, r, &has)?
            };
            settle(dir, &settings, journal.as_deref_mut())?;
        }
        self.unified(r, journal)
    }

    fn unified<'a>(&'a self, r: &LinuxResources, journal: Option<&mut Journal<'a>>) -> Result<()> {
        let settings = v2::unified(r)?;
        let Some(first) = settings.first() else {
            return Ok(());
        };
        let Some(dir) = self.v2().map(opened).transpose()?.flatten() else {
            bail!("invalid configuration: cannot use unified on cgroup v1");
        };
        for s in &settings {
            let name = s.file.split('.').next().unwrap_or_default();
            if self.v1(name).is_some() || name == "io" && self.v1("blkio").is_some() {
                bail!(
                    "invalid configuration: cannot use unified for {}: the controller is on cgroup v1",
                    first.file
                );
            }
            let active = dir.read("cgroup.controllers")?;
            if name != "cgroup" && dir.try_read(&s.file).is_err() {
                let lacks = !active.split(' ').any(|c| c == name);
                if lacks {
                    bail!("unified resource {:?} can't be set: controller {name:?} not available", s.file);
                }
            }
        }
        settle(dir, &settings, journal)
    }

    fn devices(&self, r: &LinuxResources, running: bool) -> Result<()> {
        let rules = device::rules(r.devices().as_deref().unwrap_or_default())?;
        // In a user namespace no node can be made, and those at hand were allowed by the host.
        let result = if let Some(h) = self.v1("devices") {
            let Some(dir) = opened(h)? else {
                return self.without_devices();
            };
            let now = running.then(|| dir.read("devices.list")).transpose()?;
            settle(dir, &device::v1(&rules, now.as_deref())?, None)
        } else if let Some(dir) = self.v2().map(opened).transpose()?.flatten() {
            attach(dir, &rules, running)
        } else {
            return self.without_devices();
        };
        match result {
            Err(_) if self.rootless || in_user_namespace() => Ok(()),
            other => other,
        }
    }

    fn without_devices(&self) -> Result<()> {
        if self.rootless {
            return Ok(());
        }
        bail!("restrict devices: the devices controller is not available");
    }
}

fn has_devices(r: &LinuxResources) -> bool {
    r.devices().as_ref().is_some_and(|d| !d.is_empty())
}

fn attach(dir: &Dir, rules: &device::Rules, replace: bool) -> Result<()> {
    bpf::attach_devices(dir.as_fd(), &device_bpf::program(rules), replace)
        .with_context(|| format!("restrict devices in {}", dir.path().display()))
}

/// Whether the ids of this process are not those of the host.
pub fn in_user_namespace() -> bool {
    fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| {
        let words: Vec<&str> = map.split_whitespace().collect();
        words != ["0", "0", "4294967295"]
    })
}
