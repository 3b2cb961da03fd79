//! The devices: none but those that are listed, and all made below the root.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use serde_json::json;

use super::*;
use crate::traces::none_of;

const NODES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// GHSA-g54h-m393-cpwq: whatever the list is, what it does not name is denied.
#[test]
fn devices_default_deny() {
    let script = "mknod /dev/it-kmsg c 1 11 && (: <>/dev/it-kmsg) 2>/dev/null && echo opened; \
        head -c 3 /dev/zero | wc -c; echo x >/dev/null && echo null";
    let allowed = json!({"allow": true, "type": "c", "major": 1, "minor": 11, "access": "rwm"});
    let cases = [
        (json!(null), false),
        (json!({}), false),
        (json!({"devices": []}), false),
        (json!({"devices": [{"allow": false, "access": "rwm"}]}), false),
        (json!({"devices": [{"allow": false, "access": "rwm"}, allowed]}), true),
        (json!({"devices": [allowed]}), true),
    ];
    for (resources, open) in cases {
        let bundle = Bundle::new(&["sh", "-c", script], |c| {
            set_caps(c, &["CAP_MKNOD", "CAP_SYSLOG", "CAP_DAC_OVERRIDE"]);
            c["linux"]["resources"] = resources.clone();
        });
        let want = if open { "opened\n3\nnull\n" } else { "3\nnull\n" };
        assert_eq!(run("it-devices", &bundle).ok(), want, "{resources}");
    }
}

/// CVE-2026-41579, CVE-2026-47766: /dev itself is a link.
#[test]
fn dev_symlink() {
    for mounted in [true, false] {
        let bundle = Bundle::new(&["true"], |c| {
            if !mounted {
                drop_mounts(c, "/dev");
            }
            c["root"]["readonly"] = json!(false);
            c["linux"]["devices"] =
                json!([{"path": "/dev/it-linkeddev", "type": "c", "major": 1, "minor": 7}]);
        });
        let victim = Victim::new(&bundle);
        let dev = bundle.path().join("rootfs/dev");
        for way in ways_out(&victim) {
            std::fs::remove_dir(&dev).or_else(|_| std::fs::remove_file(&dev)).unwrap();
            symlink(way, &dev).unwrap();
            run("it-devlink", &bundle).ok();
            victim.is_untouched();
        }
        none_of(&["it-devlink", path(&bundle)]);
    }
}

/// CVE-2026-88264, CVE-2026-88265: everything that is made in /dev is a link there already.
#[test]
fn dev_nodes_symlink() {
    let bundle = Bundle::new(&["true"], |c| {
        c["root"]["readonly"] = json!(false);
        c["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/dev");
        c["linux"]["devices"] = json!([{"path": "/dev/it-extra", "type": "c", "major": 1, "minor": 7}]);
        c["linux"]["maskedPaths"] = json!([]);
    });
    let victim = Victim::new(&bundle);
    let names = NODES.iter().chain(&["pts", "shm", "mqueue", "ptmx", "fd", "stdin", "core", "it-extra"]);
    for name in names {
        for way in ways_out(&victim) {
            let place = bundle.path().join("rootfs/dev").join(name);
            std::fs::remove_dir_all(bundle.path().join("rootfs/dev")).unwrap();
            std::fs::create_dir(bundle.path().join("rootfs/dev")).unwrap();
            symlink(format!("{way}/{name}"), &place).unwrap();
            // A container or an error, as the image deserves; but nothing on the host.
            run("it-nodelink", &bundle);
            victim.is_untouched();
        }
    }
    none_of(&["it-nodelink", path(&bundle)]);
}

/// CVE-2025-52565: /dev/console is a link; the terminal is shown at that name, not behind it.
#[test]
fn console_symlink() {
    for mounted in [true, false] {
        let bundle = Bundle::new(&["sleep", "3000"], |c| {
            c["process"]["terminal"] = json!(true);
            c["root"]["readonly"] = json!(false);
            if !mounted {
                c["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/dev");
            }
        });
        let victim = Victim::new(&bundle);
        for way in ways_out(&victim) {
            let place = bundle.path().join("rootfs/dev/console");
            std::fs::remove_file(&place).ok();
            symlink(format!("{way}/console"), &place).unwrap();
            let runtime = Runtime::new();
            let socket = runtime.root.path().join("console");
            let listener = UnixListener::bind(&socket).unwrap();
            let args = ["create", "--console-socket", socket.to_str().unwrap(), "--bundle", path(&bundle)];
            let made = runtime.run(&[&args[..], &["it-console"]].concat());
            if !mounted {
                // The image's own link is refused.
                assert!(made.fails(1).contains("/dev/console"));
                victim.is_untouched();
                continue;
            }
            made.ok();
            // The terminal lives as long as its master waits in this stream.
            let _master = listener.accept().unwrap();
            runtime.run(&["start", "it-console"]).ok();
            victim.is_untouched();
            let seen = runtime.run(&["exec", "it-console", "grep", "-c", " /dev/console ", "/proc/mounts"]);
            assert_eq!(seen.ok(), "1\n");
        }
    }
}
