//! The options of mounts: words that change nothing where they stand, and words that no file system of
//! that type takes.

use std::path::Path;

use oci_spec::runtime::{Mount, Spec};

use super::{Finding, near};
use crate::{mount_option, plan};

/// What the kernel's own file systems take (Documentation/filesystems); of others nothing is known here.
const DATA: &[(&str, &[&str])] = &[
    ("proc", &["gid", "hidepid", "pidns", "subset"]),
    ("sysfs", &[]),
    ("mqueue", &[]),
    ("devpts", &["gid", "max", "mode", "newinstance", "ptmxmode", "uid"]),
    (
        "tmpfs",
        &[
            "casefold",
            "gid",
            "huge",
            "inode32",
            "inode64",
            "mode",
            "mpol",
            "noswap",
            "nr_blocks",
            "nr_inodes",
            "quota",
            "grpquota",
            "usrquota",
            "size",
            "strict_encoding",
            "uid",
        ],
    ),
];

/// What mountLabel adds may stand there by itself as well.
const LABELS: &[&str] = &["context", "fscontext", "defcontext", "rootcontext", "seclabel"];

pub fn look(spec: &Spec, found: &mut Vec<Finding>) {
    let mounts = spec.mounts().as_deref().unwrap_or_default();
    for (number, mount) in mounts.iter().enumerate() {
        words(mount, number, found);
        identity(mount, number, found);
        hidden(mounts, number, found);
    }
}

fn words(mount: &Mount, number: usize, found: &mut Vec<Finding>) {
    let none = Vec::new();
    let words = mount.options().as_ref().unwrap_or(&none);
    let kind = mount.typ().as_deref().unwrap_or("");
    let bind = plan::is_bind(kind, words);
    for (at, word) in words.iter().enumerate() {
        let place = format!("mounts[{number}].options[{at}]");
        if let Some(later) = overruled(word, &words[at + 1..]) {
            let message = format!("{word:?} is taken back by {later:?} after it");
            found.push(Finding::ignored(place, message));
            continue;
        }
        if mount_option::known(word) {
            continue;
        }
        // One word may hold several.
        for part in word.split(',') {
            let name = part.split('=').next().unwrap_or_default();
            let known = DATA.iter().find(|(file_system, _)| *file_system == kind).map(|(_, data)| *data);
            if mount_option::known(part) || LABELS.contains(&name) {
                continue;
            }
            let all = |data: &'static [&'static str]| mount_option::ALL.iter().chain(data).copied();
            if bind {
                let meant = near::word(name, all(&[])).map(str::to_owned);
                let message = format!("{part:?} is no option of a bind mount, and is ignored");
                found.push(Finding::ignored(&place, message).meant(meant));
            } else if let Some(data) = known.filter(|data| !data.contains(&name)) {
                let meant = near::word(name, all(data)).map(str::to_owned);
                let message = format!("{part:?} is no option of {kind}");
                found.push(Finding::refused(&place, message).meant(meant));
            }
        }
    }
}

/// Of two words that say the opposite the later one counts.
fn overruled<'a>(word: &str, later: &'a [String]) -> Option<&'a String> {
    const PAIRS: [(&str, &str); 14] = [
        ("ro", "rw"),
        ("suid", "nosuid"),
        ("dev", "nodev"),
        ("exec", "noexec"),
        ("symfollow", "nosymfollow"),
        ("diratime", "nodiratime"),
        ("sync", "async"),
        ("rro", "rrw"),
        ("rsuid", "rnosuid"),
        ("rdev", "rnodev"),
        ("rexec", "rnoexec"),
        ("rsymfollow", "rnosymfollow"),
        ("noatime", "strictatime"),
        ("noatime", "relatime"),
    ];
    later.iter().find(|other| {
        PAIRS.iter().any(|(a, b)| (word, other.as_str()) == (a, b) || (other.as_str(), word) == (a, b))
    })
}

fn identity(mount: &Mount, number: usize, found: &mut Vec<Finding>) {
    let words = mount.options().as_deref().unwrap_or_default();
    let bind = plan::is_bind(mount.typ().as_deref().unwrap_or(""), words);
    let mapped = mount.uid_mappings().is_some() || mount.gid_mappings().is_some();
    if mapped && !bind {
        let message = "id-mapped mounts are only supported for bind mounts";
        found.push(Finding::refused(format!("mounts[{number}]"), message));
    }
    if mount.destination() == Path::new("/") && !words.iter().any(|word| word == "remount") {
        found.push(Finding::refused(format!("mounts[{number}].destination"), "the root is mounted already"));
    }
}

/// A mount that a later one covers is never seen.
fn hidden(mounts: &[Mount], number: usize, found: &mut Vec<Finding>) {
    let place = |mount: &Mount| crate::criu::mountpoint::clean(mount.destination());
    let own = place(&mounts[number]);
    let remounts = |mount: &Mount| mount.options().iter().flatten().any(|word| word == "remount");
    if remounts(&mounts[number]) {
        return;
    }
    let later = mounts.iter().enumerate().skip(number + 1);
    let over = later.filter(|(_, mount)| !remounts(mount)).find(|(_, mount)| {
        let top = place(mount);
        top != Path::new("/") && own.starts_with(&top)
    });
    if let Some((other, mount)) = over {
        let message = format!("it is hidden below mounts[{other}] at {}", mount.destination().display());
        found.push(Finding::ignored(format!("mounts[{number}]"), message));
    }
}
