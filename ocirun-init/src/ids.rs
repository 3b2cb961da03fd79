//! User, groups, limits and umask of the process, and the owner of its streams.

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::stat::{Mode, fstat, umask};
use nix::unistd::{Gid, Uid, fchown, setgroups, setresgid, setresuid};
use ocirun_init::{Rlimit, User};

use crate::{dev, syscall};

const LIMITS: &[(&str, libc::__rlimit_resource_t)] = &[
    ("RLIMIT_AS", libc::RLIMIT_AS),
    ("RLIMIT_CORE", libc::RLIMIT_CORE),
    ("RLIMIT_CPU", libc::RLIMIT_CPU),
    ("RLIMIT_DATA", libc::RLIMIT_DATA),
    ("RLIMIT_FSIZE", libc::RLIMIT_FSIZE),
    ("RLIMIT_LOCKS", libc::RLIMIT_LOCKS),
    ("RLIMIT_MEMLOCK", libc::RLIMIT_MEMLOCK),
    ("RLIMIT_MSGQUEUE", libc::RLIMIT_MSGQUEUE),
    ("RLIMIT_NICE", libc::RLIMIT_NICE),
    ("RLIMIT_NOFILE", libc::RLIMIT_NOFILE),
    ("RLIMIT_NPROC", libc::RLIMIT_NPROC),
    ("RLIMIT_RSS", libc::RLIMIT_RSS),
    ("RLIMIT_RTPRIO", libc::RLIMIT_RTPRIO),
    ("RLIMIT_RTTIME", libc::RLIMIT_RTTIME),
    ("RLIMIT_SIGPENDING", libc::RLIMIT_SIGPENDING),
    ("RLIMIT_STACK", libc::RLIMIT_STACK),
];

const DEFAULT_UMASK: u32 = 0o022;

pub fn set_limits(limits: &[Rlimit]) -> Result<()> {
    for (number, Rlimit { kind, soft, hard }) in limits.iter().enumerate() {
        let Some((_, resource)) = LIMITS.iter().find(|(name, _)| name == kind) else {
            bail!("set limit {kind} (process.rlimits[{number}]): not a limit");
        };
        syscall::set_rlimit(*resource, *soft, *hard)
            .with_context(|| format!("set limit {kind} to {soft}:{hard} (process.rlimits[{number}])"))?;
    }
    Ok(())
}

/// Gives the streams to the user, so that he may open /dev/stdout; the null device is everyone's.
pub fn own_stdio(user: &User) -> Result<()> {
    for number in 0..3 {
        let stream = syscall::stdio(number);
        let Ok(stat) = fstat(stream) else { continue };
        if stat.st_uid == user.uid || dev::is_null(&stat) {
            continue;
        }
        match fchown(stream, Some(Uid::from_raw(user.uid)), None) {
            // An id that is not mapped, or a file on a read-only mount: it works without.
            Ok(()) | Err(Errno::EINVAL | Errno::EPERM | Errno::EROFS) => {}
            Err(error) => return Err(error).with_context(|| format!("own stream {number}")),
        }
    }
    Ok(())
}

/// Groups before user: afterwards there is no right to change them.
pub fn set_user(user: &User) -> Result<()> {
    if user.keep_groups {
        // Dropping a group may raise rights where a file denies it something (CVE-2014-8989).
        if !user.additional_gids.is_empty() {
            bail!("set additional groups: the user namespace forbids it");
        }
    } else {
        let gids: Vec<Gid> = user.additional_gids.iter().map(|&gid| Gid::from_raw(gid)).collect();
        setgroups(&gids).context("set groups (process.user.additionalGids)")?;
    }
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    setresgid(gid, gid, gid).with_context(|| format!("set group {gid} (process.user.gid)"))?;
    setresuid(uid, uid, uid).with_context(|| format!("set user {uid} (process.user.uid)"))
}

pub fn set_umask(user: &User) {
    umask(Mode::from_bits_truncate(user.umask.unwrap_or(DEFAULT_UMASK) & 0o777));
}
