//! Labels of the security modules and the session keyring. Each is written through a procfs handle
//! that cannot be redirected, and a write that fails is fatal: a process that was to be confined
//! must not run unconfined (CVE-2019-16884, CVE-2025-52881).

use std::ffi::CString;

use anyhow::{Context, Result};
use nix::errno::Errno;
use ocirun_init::{Bootstrap, Process};

use crate::proc::Proc;
use crate::syscall;

/// What the possessor may do by default, and search, read, view and link for the user: so that a
/// process that joins the container later finds the keyring.
const KEYRING_PERMISSIONS: u32 = 0x3f1b_0000;

/// Whether [`set_exec_labels`] or [`join_keyring`] have something to write below /proc.
pub fn has_labels(process: &Process) -> bool {
    process.apparmor_profile.is_some() || process.selinux_label.is_some()
}

/// The labels that the program gets at execve. Written while all rights are still there, and
/// before no_new_privs, which forbids some transitions that are asked for later.
pub fn set_exec_labels(process: &Process, proc: &Proc) -> Result<()> {
    if let Some(profile) = &process.apparmor_profile {
        let value = format!("exec {profile}");
        let own = proc.write("thread-self/attr/apparmor/exec", &value);
        own.or_else(|error| match error.root_cause().downcast_ref() {
            // Before Linux 5.8 there is one file for all modules.
            Some(Errno::ENOENT) => proc.write("thread-self/attr/exec", &value),
            _ => Err(error),
        })
        .with_context(|| format!("apply apparmor profile {profile}"))?;
    }
    if let Some(label) = &process.selinux_label {
        proc.write("thread-self/attr/exec", label).with_context(|| format!("set selinux label {label}"))?;
    }
    Ok(())
}

/// A session keyring of the container's own: the caller's keys are not the program's.
pub fn join_keyring(boot: &Bootstrap, proc: Option<&Proc>) -> Result<()> {
    if !boot.new_keyring {
        return Ok(());
    }
    if let (Some(label), Some(proc)) = (&boot.process.selinux_label, proc) {
        proc.write("thread-self/attr/keycreate", label).context("set the keyring's label")?;
    }
    let name = CString::new(format!("_ses.{}", boot.id))?;
    match syscall::join_session_keyring(&name) {
        // A kernel without keyrings has none to protect.
        Err(Errno::ENOSYS) => Ok(()),
        Ok(_) if boot.join => Ok(()),
        Ok(key) => syscall::set_key_permissions(key, KEYRING_PERMISSIONS)
            .context("set the session keyring's permissions"),
        Err(error) => Err(error).context("join the session keyring"),
    }
}
