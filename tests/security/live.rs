//! What is added to a container that runs lands below its root, whatever its processes put in the way,
//! and what is taken away was its own.

use std::os::unix::fs::symlink;

use serde_json::json;

use super::*;
use crate::live::Live;

/// Before Linux 5.2 nothing can be attached to a container that runs.
fn too_old() -> bool {
    let without = std::env::var("CTRD_WITHOUT").unwrap_or_default();
    let old = ["open_tree", "move_mount"].contains(&without.as_str());
    if old {
        crate::bin::skip(&format!("there is no {without}"));
    }
    old
}

/// CVE-2015-3627, CVE-2021-30465 and their kind, with an attacker who runs already.
#[test]
fn live_mount_symlink() {
    if too_old() {
        return;
    }
    for user in [false, true] {
        let live = Live::new(if user { "it-livelink-user" } else { "it-livelink" }, user, |_| {});
        let victim = Victim::new(&live.bundle);
        let source = live.bundle.path().join("source");
        std::fs::create_dir(&source).unwrap();
        std::fs::write(source.join("file"), "").unwrap();
        for way in ways_out(&victim) {
            live.sh(&format!(
                "rm -rf /link /real; ln -s {way} /link; mkdir /real; ln -s {way}/last /real/last"
            ))
            .ok();
            let list = json!([
                {"destination": "/link", "type": "tmpfs", "source": "it-mlive"},
                {"destination": "/link/missing/deep", "source": source, "options": ["bind"]},
                {"destination": "/link/missing/file", "source": source.join("file"), "options": ["bind"]},
                {"destination": "/bin/../real/last", "type": "tmpfs", "source": "it-mlive"},
            ]);
            live.mounts("add", &list).ok();
            victim.is_untouched();
            // Below the root there is a place of the same name, and there it is.
            assert_eq!(live.mounted(victim.path()).len(), 4, "{:?}", live.mounted(victim.path()));
            live.mounts("remove", &list).ok();
            assert!(live.mounted(victim.path()).is_empty(), "{:?}", live.mounted(victim.path()));
            victim.is_untouched();
        }
        // The last component is the mount point itself where that is asked for.
        live.mounts("add", &json!([{"destination": "/link", "source": source.join("file"), "options": ["bind", "dest-nofollow"]}])).ok();
        assert_eq!(live.mounted("/link").len(), 1);
        live.mounts("remove", &live.listed()).ok();
        victim.is_untouched();
    }
}

/// A link that the container puts there between the two calls leads to another mount: that one stays.
#[test]
fn live_unmount_symlink() {
    if too_old() {
        return;
    }
    let live = Live::new("it-liveswap", false, |_| {});
    let victim = Victim::new(&live.bundle);
    let list = json!([{"destination": "/dir/own", "type": "tmpfs", "source": "it-live"}]);
    live.mounts("add", &list).ok();
    for place in ["/proc", "/dev/shm", "/sys"] {
        let (above, name) = place.rsplit_once('/').unwrap();
        live.sh(&format!("mv /dir /aside; mkdir /dir; ln -s {above}/{name} /dir/own")).ok();
        let line = live.mounts("remove", &list).fails(1);
        assert!(line.ends_with("unmount /dir/own: another mount is there"), "{place}: {line}");
        assert!(!live.mounted(place).is_empty(), "{place}");
        live.sh("rm -r /dir; mv /aside /dir").ok();
    }
    // One that leads out of the root leads nowhere.
    live.sh(&format!("mv /dir /aside; mkdir /dir; ln -s {} /dir/own", victim.path())).ok();
    live.mounts("remove", &list).ok();
    victim.is_untouched();
    assert_eq!(live.mounted("/aside/own").len(), 1);
}

/// A component is swapped with a link to the outside while the mount is added.
#[test]
fn live_mount_race() {
    if too_old() {
        return;
    }
    let live = Live::new("it-liverace", false, |_| {});
    let victim = Victim::new(&live.bundle);
    let root = live.bundle.path().join("rootfs");
    std::fs::create_dir(root.join("dir")).unwrap();
    symlink(&ways_out(&victim)[1], root.join("link")).unwrap();
    let swapper = Swapper::new(root.join("dir"), root.join("link"));
    let (mut failed, mut kept) = (0, 0);
    let rounds = race(|_| {
        let list = json!([{"destination": "/dir/a/b", "type": "tmpfs", "source": "it-rlive"}]);
        if live.mounts("add", &list).code != 0 {
            failed += 1;
        } else if live.mounts("remove", &list).code != 0 {
            kept += 1;
        }
    });
    let swaps = swapper.stop();
    victim.is_untouched();
    eprintln!("{rounds} mounts, {swaps} swaps, {failed} refused, {kept} kept");
    assert!(swaps > rounds && failed < rounds, "no race: {failed} of {rounds}");
}

#[test]
fn live_device_symlink() {
    if too_old() {
        return;
    }
    for user in [false, true] {
        let live = Live::new(if user { "it-livedev-user" } else { "it-livedev" }, user, |_| {});
        let victim = Victim::new(&live.bundle);
        for way in ways_out(&victim) {
            live.sh(&format!("rm -f /dev/link /dev/last; ln -s {way} /dev/link; ln -s {way}/last /dev/last"))
                .ok();
            live.update(&["--device-add", "/dev/full:/dev/link/sub/full"]).ok();
            victim.is_untouched();
            live.update(&["--device-remove", "/dev/link/sub/full"]).ok();
            victim.is_untouched();
            // A link in the device's own place is another file.
            let line = live.update(&["--device-add", "/dev/full:/dev/last"]).fails(1);
            assert!(line.ends_with("make device /dev/last: another file is there"), "{line}");
            victim.is_untouched();
        }
    }
}
