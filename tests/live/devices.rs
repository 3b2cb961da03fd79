//! `ocirun update --device-add`: a container that runs gets a device, and loses it again.

use serde_json::{Value, json};

use super::Live;
use crate::traces;

/// May make nodes, and read the kernel's log, if its cgroup lets it.
fn able(config: &mut Value) {
    for set in ["bounding", "effective", "permitted"] {
        config["process"]["capabilities"][set] = json!(["CAP_MKNOD", "CAP_SYSLOG", "CAP_SYS_ADMIN"]);
    }
}

fn can(live: &Live, what: &str, path: &str) -> bool {
    let script = match what {
        "read" => format!(": <{path}"),
        _ => format!(": >>{path}"),
    };
    live.sh(&script).code == 0
}

#[test]
fn a_device_comes_and_goes() {
    let live = Live::new("it-devgo", false, able);
    live.sh("mknod /dev/own c 1 11").ok();
    assert!(!can(&live, "read", "/dev/own"));
    live.update(&["--device-add", "/dev/kmsg:/dev/sub/log:r"]).ok();
    assert_eq!(live.sh("stat -c '%F %t:%T' /dev/sub/log").ok(), "character special file 1:b\n");
    assert!(can(&live, "read", "/dev/sub/log") && !can(&live, "write", "/dev/sub/log"));
    // Other rules leave it alone.
    let rules = live.runtime.root.path().join("rules");
    std::fs::write(&rules, json!({"devices": [{"allow": false, "access": "rwm"}]}).to_string()).unwrap();
    live.update(&["--resources", rules.to_str().unwrap()]).ok();
    assert!(can(&live, "read", "/dev/own") && can(&live, "read", "/dev/null"));
    // A second one, and the first goes in the same call.
    live.update(&["--device-add", "/dev/kmsg:/dev/log2", "--device-remove", "/dev/sub/log"]).ok();
    assert!(can(&live, "write", "/dev/log2") && live.sh("ls /dev/sub").stdout.is_empty());
    live.update(&["--device-remove", "/dev/log2"]).ok();
    assert!(!can(&live, "read", "/dev/own") && can(&live, "write", "/dev/null"));
    assert_eq!(live.sh("ls /dev/log2").code, 1);
    live.runtime.run(&["delete", "--force", live.id]).ok();
    traces::none_of(&[live.id]);
}

/// No node can be made there: the host's own is shown.
#[test]
fn in_a_user_namespace() {
    let live = Live::new("it-dev-user", true, able);
    live.update(&["--device-add", "/dev/full:/dev/it-full", "--device-add", "/dev/zero:/dev/deep/zero:rw"])
        .ok();
    assert_eq!(live.sh("stat -c '%t:%T' /dev/it-full; echo x >/dev/it-full").stdout, "1:7\n");
    assert_eq!(live.mounted("/dev/it-full").len(), 1);
    // A container that takes the mount away has no device any more, and the rest goes as well.
    live.sh("umount /dev/deep/zero").ok();
    live.update(&["--device-remove", "/dev/it-full", "--device-remove", "/dev/deep/zero"]).ok();
    assert_eq!(live.sh("ls /dev/it-full /dev/deep/zero 2>/dev/null").stdout, "");
    assert!(live.mounted("/dev/it-full").is_empty());
}

/// What is there already stays as it was.
#[test]
fn a_node_that_is_there() {
    let live = Live::new("it-dev-there", false, able);
    live.sh("mknod /dev/own c 1 11").ok();
    live.update(&["--device-add", "/dev/kmsg:/dev/own"]).ok();
    assert!(can(&live, "read", "/dev/own"));
    let line = live.update(&["--device-add", "/dev/kmsg:/dev/own"]).fails(1);
    assert!(line.ends_with("/dev/own was added already"), "{line}");
    live.update(&["--device-remove", "/dev/own"]).ok();
    assert_eq!(live.sh("ls /dev/own").ok(), "/dev/own\n");
    assert!(!can(&live, "read", "/dev/own"));
    // Another file: nothing is done, and nothing is allowed.
    live.sh("echo >/dev/file").ok();
    let line =
        live.update(&["--device-add", "/dev/kmsg:/dev/log", "--device-add", "/dev/kmsg:/dev/file"]).fails(1);
    assert!(line.ends_with("make device /dev/file: another file is there"), "{line}");
    assert!(!can(&live, "read", "/dev/own"));
    assert_eq!(live.sh("ls /dev/log").code, 1);
    // One that the container has replaced is its own.
    live.update(&["--device-add", "/dev/kmsg:/dev/log"]).ok();
    live.sh("rm /dev/log; echo mine >/dev/log").ok();
    live.update(&["--device-remove", "/dev/log"]).ok();
    assert_eq!(live.sh("cat /dev/log").ok(), "mine\n");
}

#[test]
fn refused() {
    let live = Live::new("it-dev-no", false, |_| {});
    for (flags, words) in [
        (["--device-add", "/etc/passwd"], "device /etc/passwd: /etc/passwd is no device"),
        (["--device-add", "/dev/nonexistent"], "stat /dev/nonexistent: no such file or directory"),
        (["--device-add", "kmsg"], "\"kmsg\" is not an absolute path"),
        (["--device-add", "/dev/kmsg:/dev/x:rx"], "\"rx\" is no access"),
        (["--device-remove", "/dev/null"], "/dev/null is not a device that was added"),
    ] {
        let line = live.update(&flags).fails(1);
        assert!(line.contains("update it-dev-no: ") && line.contains(words), "{line}");
    }
}
