//! Network devices that are moved into the container (`linux.netDevices`): under a new name if one
//! is given, with the addresses that mean something anywhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, ensure};
use oci_spec::runtime::{Linux, Spec};

use crate::namespace::Namespaces;
use crate::netlink::{self, Netlink};

/// Addresses of this scope mean the same in another namespace (RFC 3549).
const GLOBAL: u8 = libc::RT_SCOPE_UNIVERSE;

/// Name here and name there, in order.
fn devices(linux: &Linux) -> BTreeMap<&str, &str> {
    let devices = linux.net_devices().iter().flatten();
    devices
        .map(|(name, device)| {
            let new = device.name().as_deref().filter(|new| !new.is_empty()).unwrap_or(name);
            (name.as_str(), new)
        })
        .collect()
}

pub fn any(spec: &Spec) -> bool {
    let devices = spec.linux().as_ref().and_then(|linux| linux.net_devices().as_ref());
    devices.is_some_and(|devices| !devices.is_empty())
}

/// What is refused before anything is done.
pub fn check(linux: &Linux, ns: &Namespaces) -> Result<()> {
    let devices = devices(linux);
    if devices.is_empty() {
        return Ok(());
    }
    ensure!(ns.has(libc::CLONE_NEWNET), "unable to move network devices without a private NET namespace");
    let mut seen = Vec::new();
    for (name, new) in devices {
        netlink::check_name(name)?;
        netlink::check_name(new)?;
        ensure!(!seen.contains(&new), "duplicate network device name {new:?}");
        seen.push(new);
    }
    Ok(())
}

/// Moves them into the network namespace of process `pid`.
pub fn move_all(spec: &Spec, pid: i32) -> Result<()> {
    let Some(linux) = spec.linux().as_ref().filter(|_| any(spec)) else { return Ok(()) };
    let path = format!("/proc/{pid}/ns/net");
    let there: OwnedFd = File::open(&path).with_context(|| format!("open {path}"))?.into();
    let mut inside = netlink::open_in(&there)?;
    let mut here = Netlink::open()?;
    for (name, new) in devices(linux) {
        move_one(&mut here, &mut inside, &there, name, new)
            .with_context(|| format!("move network device {name} into the container"))?;
    }
    Ok(())
}

fn move_one(here: &mut Netlink, inside: &mut Netlink, there: &OwnedFd, name: &str, new: &str) -> Result<()> {
    let index = here.index(name).context("find it")?;
    // Before it goes down, and loses those of IPv6. The kernel drops all when it is moved.
    let addresses = here.addresses(index).context("read its addresses")?;
    here.set_up(index, false).context("bring it down")?;
    here.move_link(index, new, there).with_context(|| format!("move it as {new}"))?;
    let index = inside.index(new).context("find it inside")?;
    for address in addresses.iter().filter(|a| a.permanent && a.scope == GLOBAL) {
        inside.add_address(index, address).context("set an address")?;
    }
    inside.set_up(index, true).context("bring it up")
}
