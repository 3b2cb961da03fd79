//! What to do about a failure whose words name the step, the place in config.json and the kernel's
//! answer, but not the way out. By the message and the errno at its root, as for [`crate::code`].

use nix::errno::Errno;
use nix::errno::Errno::{
    EACCES, EBUSY, ECONNREFUSED, EEXIST, EINVAL, EISDIR, ELOOP, ENODEV, ENOENT, ENOSPC, ENOSYS, ENOTDIR,
    EPERM, ERANGE, EROFS,
};

struct Hint {
    /// All of these words are in the message.
    words: &'static [&'static str],
    /// Empty for any, and for none.
    errnos: &'static [Errno],
    says: &'static str,
}

const fn hint(words: &'static [&'static str], errnos: &'static [Errno], says: &'static str) -> Hint {
    Hint { words, errnos, says }
}

/// The first that fits is given.
const HINTS: &[Hint] = &[
    hint(
        &["error mounting", "(mounts["],
        &[ENODEV],
        "this kernel has no file system of that type; /proc/filesystems lists those that it has",
    ),
    hint(
        &["error mounting", "move_mount"],
        &[ENOTDIR, EISDIR],
        "a directory can be mounted on a directory alone, and a file on a file",
    ),
    hint(
        &["create mountpoint"],
        &[ENOTDIR, EISDIR, EEXIST],
        "a directory can be mounted on a directory alone, and a file on a file",
    ),
    hint(&["create mountpoint"], &[ELOOP], "links on the way there lead in a circle"),
    hint(
        &["create mountpoint"],
        &[EROFS, EACCES],
        "the mount point is missing, and cannot be made in the root filesystem",
    ),
    hint(
        &["error mounting", ": mount "],
        &[EINVAL],
        "the file system takes none of this; the kernel's log may say what of its options",
    ),
    hint(
        &["error mounting", ": mount overlay"],
        &[ENOENT],
        "a folder is missing that its options name: lowerdir, upperdir or workdir",
    ),
    hint(&["error mounting", "Invalid gid"], &[EINVAL], "the user namespace maps no such id"),
    hint(&["error mounting", "Invalid uid"], &[EINVAL], "the user namespace maps no such id"),
    hint(&["runc ", "parse ", " at line "], &[], "ocirun lint names the place"),
    hint(
        &["join ", " namespace"],
        &[EINVAL],
        "the file is of another kind of namespace; see linux.namespaces",
    ),
    hint(&["set hostname "], &[EINVAL], "the kernel takes 64 bytes"),
    hint(&["set domainname "], &[EINVAL], "the kernel takes 64 bytes"),
    hint(
        &["setresuid 0"],
        &[EINVAL],
        "linux.uidMappings: a container is built by its root, so some id must be mapped to 0",
    ),
    hint(
        &["setresgid 0"],
        &[EINVAL],
        "linux.gidMappings: a container is built by its root, so some id must be mapped to 0",
    ),
    hint(
        &["set scheduler"],
        &[EINVAL],
        "process.scheduler: the priority is 1 to 99 for SCHED_FIFO and SCHED_RR, and 0 for others",
    ),
    hint(&["set memory policy "], &[EINVAL], "this machine has no such nodes, or the mode takes none"),
    hint(&["timens_offsets"], &[EINVAL], "linux.timeOffsets: the clocks are monotonic and boottime"),
    hint(
        &["cpuset."],
        &[ERANGE, EINVAL, ENODEV],
        "linux.resources.cpu: this cgroup has no such CPUs or nodes",
    ),
    hint(
        &["cpu.cfs_"],
        &[EINVAL],
        "linux.resources.cpu: quota and period are 1000 or more, and no share is above the parent's",
    ),
    hint(&["set user "], &[EINVAL], "the user namespace maps no such id; see linux.uidMappings"),
    hint(&["set group "], &[EINVAL], "the user namespace maps no such id; see linux.gidMappings"),
    hint(&["set groups "], &[EINVAL], "the user namespace maps no such id; see linux.gidMappings"),
    hint(
        &["set capabilities "],
        &[EPERM],
        "effective must lie within permitted, and that within what the caller has; see ocirun info",
    ),
    hint(
        &["set limit RLIMIT_"],
        &[EPERM],
        "to raise a hard limit takes CAP_SYS_RESOURCE, and fs.nr_open bounds RLIMIT_NOFILE",
    ),
    hint(&["set limit RLIMIT_"], &[EINVAL], "the soft limit must not be above the hard one"),
    hint(&["_map"], &[EPERM], "an ordinary user maps his own id, or those of /etc/subuid and /etc/subgid"),
    hint(&["_map"], &[EINVAL], "the maps are too many, or two of them overlap"),
    hint(&["exec newuidmap"], &[ENOENT], "it comes with the package uidmap or shadow"),
    hint(&["exec newgidmap"], &[ENOENT], "it comes with the package uidmap or shadow"),
    hint(&["oom_score_adj"], &[EACCES, EPERM], "process.oomScoreAdj: to lower it takes CAP_SYS_RESOURCE"),
    hint(&["oom_score_adj"], &[EINVAL], "process.oomScoreAdj: the kernel takes -1000 to 1000"),
    hint(&["sysctl "], &[ENOENT], "this kernel has no such setting in these namespaces"),
    hint(&["sysctl "], &[EINVAL], "the kernel does not take this value"),
    hint(&["connect to "], &[ENOENT, ECONNREFUSED], "somebody has to listen there before"),
    hint(&["mkdir /"], &[EACCES, EROFS], "--root names another folder for the state of containers"),
    hint(&["clone3"], &[EPERM], "as an ordinary user it takes a user namespace; see ocirun info"),
    hint(&["clone3"], &[ENOSPC], "there are as many namespaces as user.max_*_namespaces allows"),
    hint(&["clone3"], &[EINVAL, ENOSYS], "this kernel lacks a namespace that is asked for; see ocirun info"),
    hint(
        &["cgroup"],
        &[EACCES, EPERM, EROFS],
        "this user may not write there: use --systemd-cgroup, or --cgroup-manager disabled",
    ),
    hint(&["cgroup"], &[EBUSY], "a cgroup with processes of its own passes no controllers on"),
    hint(&["chdir to cwd"], &[EACCES], "process.cwd: the user of the container may not enter it"),
];

pub fn of(message: &str, errno: Option<Errno>) -> Option<&'static str> {
    let fits = |hint: &&Hint| {
        let errno = hint.errnos.is_empty() || errno.is_some_and(|errno| hint.errnos.contains(&errno));
        errno && hint.words.iter().all(|words| message.contains(words))
    };
    HINTS.iter().find(fits).map(|hint| hint.says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_fits() {
        for (message, errno, want) in [
            (
                "error mounting \"x\" to rootfs at \"/x\" (mounts[7]): mount nosuchfs: no such device",
                Some(ENODEV),
                Some("no file system of that type"),
            ),
            ("set user 5 (process.user.uid): invalid argument", Some(EINVAL), Some("uidMappings")),
            ("set groups (process.user.additionalGids): invalid argument", Some(EINVAL), Some("gidMappings")),
            ("set user 5 (process.user.uid): operation not permitted", Some(EPERM), None),
            ("container does not exist", None, None),
            ("runc run failed: parse /b/config.json: EOF at line 2 column 1", None, Some("lint")),
        ] {
            let found = of(message, errno);
            assert_eq!(found.is_some(), want.is_some(), "{message}: {found:?}");
            assert!(found.is_none_or(|said| said.contains(want.unwrap_or_default())), "{message}: {found:?}");
        }
    }
}
