//! Which namespaces can be made: each is made once, by a child that ends at once.

use std::fs;
use std::path::Path;

use anyhow::Result;
use nix::errno::Errno;
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::Missing;
use super::caller::Caller;
use crate::again::again;
use crate::{error, namespace, pidfd, spawn};

pub fn look(caller: &Caller, out: &mut Vec<Missing>) {
    // An ordinary user makes the others within one of these.
    let around = if caller.is_privileged() { 0 } else { libc::CLONE_NEWUSER };
    let user = try_one(libc::CLONE_NEWUSER);
    for (name, file, flag) in namespace::ALL {
        let what = format!("linux.namespaces.{name}");
        if !Path::new("/proc/self/ns").join(file).exists() {
            let option =
                if file == "mnt" { "NAMESPACES".into() } else { format!("{}_NS", file.to_uppercase()) };
            let hint = format!("build the kernel with CONFIG_{option}");
            out.push(Missing::new(what, "this kernel has none").hint(hint));
            continue;
        }
        if flag != libc::CLONE_NEWUSER && around != 0 && user.is_err() {
            out.push(Missing::new(what, "an ordinary user needs a user namespace around it"));
            continue;
        }
        let made = if flag == libc::CLONE_NEWUSER { user } else { try_one(flag | around) };
        let Err(own) = made else { continue };
        let missing = Missing::new(what, format!("clone3: {}", error::strerror(own)));
        out.push(match hint(file, own) {
            Some(hint) => missing.hint(hint),
            None => missing,
        });
    }
}

/// What stands in the way.
fn hint(file: &str, errno: Errno) -> Option<String> {
    let limit = format!("/proc/sys/user/max_{file}_namespaces");
    let read = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned()).ok();
    if errno == Errno::ENOSPC || read(&limit).as_deref() == Some("0") {
        return Some(format!("raise the limit: sysctl user.max_{file}_namespaces, now {}", read(&limit)?));
    }
    if file != "user" {
        return (errno == Errno::EPERM).then(|| "run as root, or with a user namespace".to_owned());
    }
    for (path, wrong) in [
        ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ] {
        if read(path).as_deref() == Some(wrong) {
            let name = path.trim_start_matches("/proc/sys/").replace('/', ".");
            let right = if wrong == "0" { 1 } else { 0 };
            return Some(format!("sysctl {name}={right}, or run as root"));
        }
    }
    (errno == Errno::EPERM)
        .then(|| "a seccomp filter or a chroot around this process may forbid it".to_owned())
}

/// A child in such a namespace, which is ended.
fn try_one(flags: i32) -> Result<(), Errno> {
    let made = || -> Result<()> {
        let child = spawn::pause_in(flags)?;
        pidfd::signal(&child.pidfd, libc::SIGKILL)?;
        again(|| waitpid(Pid::from_raw(child.pid), None))?;
        Ok(())
    };
    made().map_err(|e| error::errno(&e).unwrap_or(Errno::UnknownErrno))
}
