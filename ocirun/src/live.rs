//! Changes in the file system of a container that runs: ocirun-init joins it, as for `exec`, adds or
//! takes away what it is told, and ends. It enters no more namespaces than the change needs, and none
//! of the container's cgroups, so that a container that is paused, or full, can be changed.

use std::fs;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::unistd::geteuid;
use oci_spec::runtime::{LinuxDeviceCgroup, Mount as Wanted, Spec};
use ocirun_init::{Bootstrap, Change, Device, Process, Unmount};
use serde::{Deserialize, Serialize};

use crate::cgroup::Join;
use crate::cli::Global;
use crate::fds::Passed;
use crate::init::{self, Start};
use crate::namespace::{self, Namespaces};
use crate::state::State;
use crate::{annotation, plan, seal, source};

/// What was added, beside the images of a checkpoint.
const SAVED: &str = "added.json";

/// What a container has beyond its config.json: goes into its state, and beside the images of a
/// checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Added {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mounted>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Shown>,
    /// The device rules in force, but for those of `devices`; none where they are config.json's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<LinuxDeviceCgroup>>,
    /// Of a checkpoint: the container has the folder of a notify socket.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notify: bool,
}

/// A mount that was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mounted {
    pub mount: Wanted,
    /// What the kernel knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
}

/// A device that was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    pub device: Device,
    pub rule: LinuxDeviceCgroup,
    /// It was not there before.
    pub made: bool,
}

impl Added {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Makes the mounts such of config.json, for whoever looks for all of them there.
    pub fn complete(&self, spec: &mut Spec) {
        if !self.mounts.is_empty() {
            let list = spec.mounts_mut().get_or_insert_with(Vec::new);
            list.extend(self.mounts.iter().map(|m| m.mount.clone()));
        }
    }

    /// Writes it beside the images of a checkpoint, where there is any; the folder is the caller's.
    #[allow(clippy::disallowed_methods)]
    pub fn save(&self, images: &Path) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let file = images.join(SAVED);
        let text = serde_json::to_vec(self).context("encode what was added")?;
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))
    }

    /// What `save` wrote; the mounts have other numbers now.
    pub fn saved(images: &Path) -> Result<Added> {
        let file = images.join(SAVED);
        let text = match fs::read(&file) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Added::default()),
            text => text.with_context(|| format!("open {}", file.display()))?,
        };
        let mut added: Added =
            serde_json::from_slice(&text).with_context(|| format!("parse {}", file.display()))?;
        added.mounts.iter_mut().for_each(|m| m.number = None);
        Ok(added)
    }
}

/// What is to be done, in this order.
#[derive(Debug, Default)]
pub struct Work {
    pub unmount: Vec<Unmount>,
    pub remove: Vec<Device>,
    pub mounts: Vec<Wanted>,
    pub devices: Vec<Device>,
}

/// What was added: the number of each mount, and of each device whether it was made.
pub type Done = (Vec<Option<u64>>, Vec<bool>);

/// Changes the container; all that is to be added, or nothing of it. `spec` is its config.json.
pub fn change(global: &Global, state: &State, bundle: &Path, spec: &Spec, work: Work) -> Result<Done> {
    let held = namespace::bits(&state.namespaces);
    ensure!(held & libc::CLONE_NEWNS != 0, "the container has no mount namespace of its own");
    let linux = plan::linux(spec);
    let ns = Namespaces::parse(&linux.namespaces().clone().unwrap_or_default())?;

    let mut passed = Passed::behind(0);
    let pipes = init::pipes(&mut passed)?;
    let Some(target) = state.init()? else { bail!("container not running") };
    let root_fd = passed.add(root_of(state)?);
    let mut boot = Bootstrap {
        rootfs_propagation: linux.rootfs_propagation().clone().filter(|p| !p.is_empty()),
        mount_label: linux.mount_label().clone().filter(|l| !l.is_empty()),
        mount_context: annotation::of(spec)?.mount_context,
        namespaces: namespace::names(ns.new),
        mounts: work.mounts.iter().map(|m| plan::mount(m, bundle, &state.rootfs)).collect(),
        devices: work.devices,
        change: Some(Change { root_fd, unmount: work.unmount, remove: work.remove }),
        ..plan::join(&state.id, Process::default())
    };
    // Without root's rights ocirun-init would have to open it, and sees the container's files alone.
    let root = geteuid().is_root();
    if let Some(device) = boot.devices.first().filter(|_| !root) {
        bail!("device {}: a device needs root", device.path);
    }
    for mount in &mut boot.mounts {
        let is = |word: &str| mount.options.iter().any(|o| o == word);
        ensure!(!is("remount"), "mount {}: remount adds nothing", mount.destination);
        let bind = plan::is_bind(&mount.kind, &mount.options);
        ensure!(!bind || root, "mount {}: a bind mount needs root", mount.destination);
        if mount.kind == "cgroup" || mount.kind == "cgroup2" {
            // Else it would be the host's, or a part of it that init cannot find from inside.
            let own = held & libc::CLONE_NEWCGROUP != 0;
            ensure!(own, "mount {}: the container has no cgroup namespace of its own", mount.destination);
            mount.cgroups = state.cgroup.mount_paths();
        }
    }
    let maps = source::open_for(&mut boot, spec, &work.mounts, &ns, &mut passed)?;
    for mount in boot.mounts.iter().filter(|m| plan::is_bind(&m.kind, &m.options)) {
        ensure!(mount.link.is_none(), "mount {}: copy-symlink adds a link, and no mount", mount.destination);
        let opened = mount.fd.is_some() || mount.inside.is_some();
        ensure!(opened, "mount {}: a bind mount needs Linux 5.2", mount.destination);
    }

    let bits = held & needed(&boot);
    let own = state.process.get()?;
    let caps = own.capabilities().as_ref().map(plan::capabilities);
    let copied = seal::shows_much(bits & libc::CLONE_NEWUSER != 0, &[caps.as_ref()]);
    let exe = seal::program(&seal::find(global.init.as_deref())?, copied)?;
    let mut init = init::start(Start {
        exe,
        cgroups: Join::default(),
        new: 0,
        join: vec![(bits, target)],
        maps: None,
        time_offsets: None,
        oom_score_adj: None,
        affinity: None,
        preserve: 0,
        passed,
        pipes,
    })?;
    init.maps = maps;
    let told = init.tell(&mut boot).and_then(|()| init.until_changed());
    told.map_err(|e| init.abandon().unwrap_or(e))
}

/// The namespaces that a change is made in: a new file system shows those of whoever mounts it.
fn needed(boot: &Bootstrap) -> i32 {
    let of = |kind: &str| match kind {
        "proc" => libc::CLONE_NEWPID,
        "sysfs" => libc::CLONE_NEWNET,
        "mqueue" => libc::CLONE_NEWIPC,
        "cgroup" | "cgroup2" => libc::CLONE_NEWCGROUP,
        _ => 0,
    };
    let base = libc::CLONE_NEWUSER | libc::CLONE_NEWNS;
    boot.mounts.iter().fold(base, |bits, mount| bits | of(&mount.kind))
}

/// The root directory as the first process has it, whatever else its mount namespace holds.
fn root_of(state: &State) -> Result<OwnedFd> {
    let path = format!("/proc/{}/root", state.pid);
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    open(path.as_str(), flags, Mode::empty()).with_context(|| format!("open {path}"))
}
