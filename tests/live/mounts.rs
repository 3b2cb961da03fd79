//! `ocirun mounts`: mounts come to a container that runs, and go.

use std::os::unix::fs::{MetadataExt, chown};

use serde_json::json;

use super::Live;
use crate::bin;
use crate::fixture;
use crate::mounts::Tmpfs;
use crate::runtime::wait_exit;
use crate::traces;

#[test]
fn mounts_come_and_go() {
    for user in [false, true] {
        let live = Live::new(if user { "it-mts-user" } else { "it-mts" }, user, |_| {});
        let dir = fixture::temp();
        std::fs::write(dir.path().join("file"), "of the host\n").unwrap();
        chown(dir.path(), Some(100000), Some(100000)).unwrap();
        let file = dir.path().join("file");
        let list = json!([
            {"destination": "/data/deep", "source": dir.path(), "options": ["bind", "ro", "nosuid"]},
            {"destination": "/etc/single", "type": "bind", "source": file, "options": ["bind"]},
            {"destination": "/mem", "type": "tmpfs", "source": "tmpfs", "options": ["size=64k", "nodev", "mode=711"]},
            {"destination": "/mem/in", "type": "tmpfs", "source": "tmpfs", "options": ["ro"]},
        ]);
        assert_eq!(live.sh("ls -d /data /mem /etc/single 2>/dev/null").stdout, "");
        live.mounts("add", &list).ok();
        let script = "cat /data/deep/file /etc/single; touch /data/deep/new 2>/dev/null || echo read-only; \
            touch /mem/in/x 2>/dev/null || echo read-only; echo >/mem/x; stat -c %a /mem";
        assert_eq!(live.sh(script).ok(), "of the host\nof the host\nread-only\nread-only\n711\n");
        let options = |at| live.mounted(at)[0].split(' ').nth(5).unwrap().to_owned();
        assert!(options("/data/deep").starts_with("ro,nosuid"), "{}", options("/data/deep"));
        assert!(options("/mem").starts_with("rw,nodev"), "{}", options("/mem"));
        assert_eq!(live.listed(), list);
        let host = std::fs::read_to_string("/proc/self/mounts").unwrap();
        assert!(!host.contains("/data/deep"), "{host}");

        // One alone, and then the rest in any order that they may go in.
        live.mounts("remove", &json!([{"destination": "/etc//single/"}])).ok();
        assert_eq!(live.sh("cat /etc/single | wc -c").ok(), "0\n");
        live.mounts("remove", &json!([list[0], list[2], list[3]])).ok();
        assert!(live.mounted("/data").is_empty() && live.mounted("/mem").is_empty());
        assert_eq!(live.listed(), json!([]));
        let line = live.mounts("remove", &json!([{"destination": "/mem"}])).fails(1);
        assert!(line.ends_with("/mem is not a mount that was added"), "{line}");
        let line = live.mounts("remove", &json!([{"destination": "/proc"}])).fails(1);
        assert!(line.ends_with("/proc is not a mount that was added"), "{line}");
        live.runtime.run(&["delete", "--force", live.id]).ok();
        traces::none_of(&[live.id]);
    }
}

/// Each kind that a container may begin with.
#[test]
fn file_systems_of_the_containers_own_namespaces() {
    for user in [false, true] {
        let live = Live::new(if user { "it-mtk-user" } else { "it-mtk" }, user, |c| {
            let list = c["linux"]["namespaces"].as_array_mut().unwrap();
            list.retain(|n| n["type"] != "cgroup");
            list.push(json!({"type": "cgroup"}));
        });
        let list = json!([
            {"destination": "/proc2", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/queue", "type": "mqueue", "source": "mqueue", "options": ["nosuid"]},
            {"destination": "/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"]},
            {"destination": "/sysfs", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
            {"destination": "/groups", "type": "cgroup", "source": "cgroup", "options": ["ro"]},
        ]);
        live.mounts("add", &list).ok();
        assert_eq!(live.sh("ls /sysfs/class/net; ls /pts; ls /queue | wc -l").ok(), "lo\nptmx\n0\n");
        assert!(!live.mounted("/groups").is_empty());
        if !user {
            // In a user namespace the kernel refuses one beside a /proc that has masks.
            live.mounts("add", &json!([{"destination": "/proc2/p", "type": "proc"}])).ok();
            assert_eq!(live.sh("cat /proc2/p/1/comm").ok(), "sleep\n");
        }
        live.mounts("remove", &live.listed()).ok();
        assert!(live.mounted("/sysfs").is_empty() && live.mounted("/proc2").is_empty());
    }
}

#[test]
fn all_or_nothing() {
    let live = Live::new("it-mta", false, |_| {});
    let good = json!({"destination": "/first", "type": "tmpfs", "source": "tmpfs"});
    let dir = fixture::temp();
    let bound = json!({"destination": "/first/bound", "source": dir.path(), "options": ["rbind"]});
    for (bad, words) in [
        (
            json!({"destination": "/x", "source": "/nonexistent", "options": ["bind"]}),
            "open /nonexistent: no such file or directory",
        ),
        (json!({"destination": "/x", "type": "tmpfs", "options": ["size=odd"]}), "mounts[2]"),
        (json!({"destination": "/x", "type": "nosuchfs"}), "mounts[2]"),
        (json!({"destination": "/proc/sys", "type": "tmpfs"}), "inside /proc"),
        (json!({"destination": "/", "type": "tmpfs"}), "the root is mounted already"),
        (json!({"destination": "/x", "options": ["remount", "ro"]}), "remount adds nothing"),
        (json!({"destination": "x", "type": "tmpfs"}), "is not an absolute path"),
        (json!({"source": "/x"}), "missing field `destination`"),
    ] {
        let line = live.mounts("add", &json!([good, bound, bad])).fails(1);
        assert!(line.contains(words) && line.contains("mounts it-mta: "), "{line}");
        assert!(live.mounted("/first").is_empty(), "{bad}: {:?}", live.mounted("/first"));
        assert_eq!(live.listed(), json!([]));
    }
    let line = live.mounts("add", &json!({"mounts": [good]})).fails(1);
    assert!(line.ends_with("mounts must be a list"), "{line}");
    let line = live.mounts("add", &json!([])).fails(1);
    assert!(line.ends_with("no mount is named"), "{line}");
    let line = live.runtime.run(&["mounts", "add", live.id]).fails(1);
    assert!(line.ends_with("missing argument: <FILE>"), "{line}");
    let line = live.runtime.run(&["mounts", "add", live.id, "/nonexistent"]).fails(1);
    assert!(line.ends_with("open /nonexistent: no such file or directory"), "{line}");
    live.mounts("add", &json!([good, bound])).ok();
    assert_eq!(live.mounted("/first").len(), 2);

    let pid = live.pid();
    live.runtime.run(&["kill", live.id, "KILL"]).ok();
    wait_exit(pid);
    let line = live.mounts("add", &json!([good])).fails(1);
    assert!(line.ends_with("container not running"), "{line}");
    let line = live.runtime.run(&["mounts", "list", "it-mt-none"]).fails(1);
    assert!(line.ends_with("container does not exist"), "{line}");
}

#[test]
fn a_container_that_is_created_or_paused() {
    let live = Live::created("it-mtp", false, |_| {});
    live.mounts("add", &json!([{"destination": "/early", "type": "tmpfs"}])).ok();
    live.runtime.run(&["start", live.id]).ok();
    live.runtime.run(&["pause", live.id]).ok();
    live.mounts("add", &json!([{"destination": "/late", "type": "tmpfs"}])).ok();
    live.mounts("remove", &json!([{"destination": "/early"}])).ok();
    live.runtime.run(&["resume", live.id]).ok();
    assert_eq!(live.sh("grep -c -e ' /early ' -e ' /late ' /proc/mounts").ok(), "1\n");
}

#[test]
fn ids_are_mapped_and_attributes_locked() {
    let dir = fixture::temp();
    std::fs::write(dir.path().join("file"), "").unwrap();
    chown(dir.path().join("file"), Some(5), Some(5)).unwrap();
    let maps = json!([{"containerID": 5, "hostID": 3005, "size": 1}]);
    let live = Live::new("it-mti", false, |_| {});
    live.mounts(
        "add",
        &json!([{"destination": "/m", "source": dir.path(), "options": ["bind"],
        "uidMappings": maps, "gidMappings": maps}]),
    )
    .ok();
    assert_eq!(live.sh("stat -c %u /m/file").ok(), "3005\n");

    let live = Live::new("it-mti-user", true, |_| {});
    live.mounts("add", &json!([{"destination": "/m", "source": dir.path(), "options": ["bind", "idmap"]}]))
        .ok();
    assert_eq!(live.sh("stat -c %u /m/file").ok(), "5\n");
    assert_eq!(std::fs::metadata(dir.path().join("file")).unwrap().uid(), 5);
    // What is read-only on the host stays so for root of a user namespace.
    let tmpfs = Tmpfs::new(&dir.path().join("locked"));
    bin::run(std::process::Command::new("mount").args(["--bind", "-o", "remount,ro", tmpfs.path()])).ok();
    live.mounts("add", &json!([{"destination": "/l", "source": tmpfs.path(), "options": ["bind"]}])).ok();
    assert!(live.mounted("/l")[0].contains(" /l ro,"), "{:?}", live.mounted("/l"));
    let line = live
        .mounts("add", &json!([{"destination": "/w", "source": tmpfs.path(), "options": ["bind", "rw"]}]));
    assert!(line.fails(1).contains("operation not permitted"));
    assert!(live.mounted("/w").is_empty());
    live.mounts("remove", &live.listed()).ok();
}

/// Of what the container does with its mounts itself, nothing is undone.
#[test]
fn what_the_container_has_covered_or_taken_away() {
    let live = Live::new("it-mtc", false, |c| {
        for set in ["bounding", "effective", "permitted"] {
            c["process"]["capabilities"][set] = json!(["CAP_SYS_ADMIN"]);
        }
    });
    let own = json!([{"destination": "/own", "type": "tmpfs", "source": "ours"}]);
    live.mounts("add", &own).ok();
    live.sh("mount -t tmpfs theirs /own").ok();
    let line = live.mounts("remove", &own).fails(1);
    assert!(line.ends_with("unmount /own: another mount is there"), "{line}");
    assert_eq!((live.listed(), live.mounted("/own").len()), (own.clone(), 2));
    live.sh("umount /own; umount /own").ok();
    live.mounts("remove", &own).ok();
    assert_eq!(live.listed(), json!([]));
    // Two at one place: the one on top goes first.
    live.mounts("add", &own).ok();
    live.mounts("add", &json!([{"destination": "/own", "type": "tmpfs", "source": "upper"}])).ok();
    live.mounts("remove", &own).ok();
    assert!(live.mounted("/own")[0].contains(" ours "), "{:?}", live.mounted("/own"));
}

#[test]
fn without_a_cgroup_namespace_none_is_shown() {
    let live = Live::new("it-mtg", false, |c| {
        c["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "cgroup");
    });
    for kind in ["cgroup", "cgroup2"] {
        let line = live.mounts("add", &json!([{"destination": "/x", "type": kind}])).fails(1);
        assert!(line.ends_with("mount /x: the container has no cgroup namespace of its own"), "{line}");
    }
}

#[test]
fn without_a_mount_namespace_there_is_nothing_to_add_to() {
    let live = Live::new("it-mtn", false, |c| {
        c["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "mount");
        c["linux"]["maskedPaths"] = json!([]);
        c["linux"]["readonlyPaths"] = json!([]);
    });
    let line = live.mounts("add", &json!([{"destination": "/x", "type": "tmpfs"}])).fails(1);
    live.runtime.run(&["delete", "--force", live.id]).ok();
    let root = live.bundle.path().join("rootfs");
    bin::run(std::process::Command::new("umount").args(["-R", "-l"]).arg(root)).ok();
    assert!(line.ends_with("the container has no mount namespace of its own"), "{line}");
}

/// What is added goes into a checkpoint, and is there again after a restore.
#[test]
fn a_restored_container_has_what_was_added() {
    if !bin::peer("criu") {
        return;
    }
    // For CRIU's breakpoints a kernel changes its own code, at which one on QEMU's processor was seen to panic.
    if std::env::var_os("CTRD_EMULATED").is_some() {
        return bin::skip("CRIU may bring down the kernel of an emulated processor");
    }
    let (live, _streams) = Live::with_pipes("it-mtr");
    let dir = fixture::temp();
    std::fs::write(dir.path().join("file"), "of the host\n").unwrap();
    let list = json!([
        {"destination": "/data", "source": dir.path(), "options": ["bind", "ro"]},
        {"destination": "/mem", "type": "tmpfs", "source": "tmpfs"},
    ]);
    live.mounts("add", &list).ok();
    live.sh("echo kept >/mem/file").ok();
    let images = live.runtime.root.path().join("images");
    let images = images.to_str().unwrap();
    live.runtime.run(&["checkpoint", "--image-path", images, live.id]).ok();
    let bundle = live.bundle.path().to_str().unwrap();
    let args = ["restore", "--detach", "--bundle", bundle, "--image-path", images, live.id];
    let _streams = super::piped(&mut live.runtime.command(&args));
    assert_eq!(live.sh("cat /data/file /mem/file").ok(), "of the host\nkept\n");
    assert_eq!(live.listed(), list);
    live.mounts("remove", &list).ok();
    assert!(live.mounted("/data").is_empty() && live.mounted("/mem").is_empty());
}
