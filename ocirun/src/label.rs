//! Whether the security modules are there whose labels a process is to have. ocirun-init refuses a
//! label that it cannot set in any case; here the reason is said in words that people look for.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use oci_spec::runtime::Process;

/// Looks at nothing for a process without labels.
pub fn check(process: &Process) -> Result<()> {
    let set = |label: &Option<String>| label.clone().filter(|label| !label.is_empty());
    if let Some(profile) = set(process.apparmor_profile()).filter(|_| !has_apparmor()) {
        bail!("apparmor: config provided but apparmor not supported: profile {profile}");
    }
    if let Some(label) = set(process.selinux_label()).filter(|_| !has_selinux()) {
        bail!("selinux label is specified in config, but selinux is disabled or not supported: {label}");
    }
    Ok(())
}

pub fn has_selinux() -> bool {
    Path::new("/sys/fs/selinux/enforce").exists()
}

pub fn has_apparmor() -> bool {
    fs::read_to_string("/sys/module/apparmor/parameters/enabled")
        .is_ok_and(|enabled| enabled.starts_with('Y'))
}
