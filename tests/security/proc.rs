//! procfs is what it says it is, and what is written to it arrives where it was meant to.

use std::os::unix::fs::symlink;

use serde_json::json;

use super::*;
use crate::traces::none_of;

/// CVE-2015-3631, CVE-2019-16884, CVE-2019-19921: nothing over files of procfs.
#[test]
fn proc_overmount() {
    let bundle = Bundle::new(&["true"], |_| {});
    let source = bundle.path().join("fake");
    std::fs::create_dir_all(source.join("self/attr")).unwrap();
    symlink("/proc", bundle.path().join("rootfs/link")).unwrap();
    let cases = [
        ("/proc", "tmpfs"),
        ("/proc", "bind"),
        ("/proc/self/attr", "bind"),
        ("/proc/sys", "tmpfs"),
        ("/proc/sys/kernel", "bind"),
        ("/proc/1/../self/attr", "bind"),
        ("//proc/./self/attr", "bind"),
        ("/link", "tmpfs"),
        ("/link/self/attr", "bind"),
        ("/link/sys", "tmpfs"),
    ];
    let whole: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bundle.path().join("config.json")).unwrap()).unwrap();
    for (destination, kind) in cases {
        bundle.edit(|c| {
            *c = whole.clone();
            let options = if kind == "bind" { json!(["bind"]) } else { json!([]) };
            add_mount(
                c,
                json!({"destination": destination, "type": kind, "source": source, "options": options}),
            );
        });
        let line = run("it-overproc", &bundle).fails(1);
        assert!(line.contains("cannot be mounted"), "{destination} {kind}: {line}");
    }
    none_of(&["it-overproc", path(&bundle)]);
}

/// CVE-2023-27561, CVE-2023-28642, CVE-2025-54867: /proc and /sys are directories, not links.
#[test]
fn proc_symlink() {
    for (name, kind) in [("proc", "proc"), ("sys", "sysfs")] {
        let bundle = Bundle::new(&["true"], |c| drop_mounts(c, "/sys/fs"));
        let victim = Victim::new(&bundle);
        std::fs::create_dir(bundle.path().join("rootfs/inside")).unwrap();
        let place = bundle.path().join("rootfs").join(name);
        for way in ways_out(&victim).into_iter().chain(["/inside".into(), "inside".into(), "/".into()]) {
            std::fs::remove_dir(&place).or_else(|_| std::fs::remove_file(&place)).unwrap();
            symlink(&way, &place).unwrap();
            let line = run("it-proclink", &bundle).fails(1);
            assert!(
                line.contains(&format!("{kind:?} must be mounted on ordinary directory")),
                "{way}: {line}"
            );
            victim.is_untouched();
        }
        none_of(&["it-proclink", path(&bundle)]);
    }
}

/// CVE-2025-52881, CVE-2025-62596: a sysctl goes to the container's kernel settings though the
/// image has a link, or a file, in its place.
#[test]
fn sysctl_redirect() {
    const KEY: &str = "net/ipv4/ip_unprivileged_port_start";
    let script = format!("mount -t proc proc /tmp && cat /tmp/sys/{KEY}");
    let bundle = Bundle::new(&["sh", "-c", &script], |c| {
        set_caps(c, &["CAP_SYS_ADMIN"]);
        drop_mounts(c, "/proc");
        c["linux"]["maskedPaths"] = json!([]);
        c["linux"]["readonlyPaths"] = json!([]);
        c["linux"]["sysctl"] = json!({KEY.replace('/', "."): "777"});
    });
    let host = || std::fs::read_to_string(format!("/proc/sys/{KEY}")).unwrap();
    let before = host();
    let victim = bundle.path().join("victim");
    let fake = bundle.path().join("rootfs/proc/sys").join(KEY);
    std::fs::create_dir_all(fake.parent().unwrap()).unwrap();
    for link in [true, false] {
        std::fs::write(&victim, "").unwrap();
        std::fs::remove_file(&fake).ok();
        match link {
            true => symlink(&victim, &fake).unwrap(),
            false => std::fs::write(&fake, "").unwrap(),
        }
        assert_eq!(run("it-sysctl", &bundle).ok(), "777\n");
        assert_eq!(std::fs::read_to_string(&victim).unwrap() + &std::fs::read_to_string(&fake).unwrap(), "");
        assert_eq!(host(), before);
    }
}

/// CVE-2022-0811, CVE-2022-0532, GHSA-w2j5: no sysctl of the host's, however it is spelled.
#[test]
fn sysctl_of_the_host() {
    let pattern = || std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    let before = pattern();
    let cases = [
        ("kernel.core_pattern", ""),
        ("kernel/core_pattern", ""),
        ("net/../kernel/core_pattern", ""),
        ("net.ipv4/../../kernel/core_pattern", ""),
        ("net.ipv4.ip_forward+kernel.core_pattern", ""),
        ("../kernel/core_pattern", ""),
        ("/kernel/core_pattern", ""),
        ("", ""),
        ("kernel.shmmax", "ipc"),
        ("fs.mqueue.msg_max", "ipc"),
        ("net.ipv4.ip_forward", "network"),
        ("kernel.domainname", "uts"),
        ("user.max_user_namespaces", ""),
    ];
    for (key, shared) in cases {
        let bundle = Bundle::new(&["true"], |c| {
            drop_namespace(c, shared);
            if shared == "uts" {
                c["hostname"] = json!("");
            }
            c["linux"]["sysctl"] = json!({key: "|/bin/false"});
        });
        let line = run("it-hostctl", &bundle).fails(1);
        assert!(line.contains("sysctl"), "{key}: {line}");
        assert_eq!(pattern(), before, "{key}");
    }
}

/// CVE-2019-16884: a label that cannot be set is an error, not a process without it.
#[test]
fn label_is_not_dropped() {
    for key in ["apparmorProfile", "selinuxLabel"] {
        let bundle = Bundle::new(&["true"], |c| c["process"][key] = json!("it-no-such-label"));
        let line = run("it-keepslabel", &bundle).fails(1);
        assert!(line.contains("it-no-such-label"), "{line}");
    }
    none_of(&["it-keepslabel"]);
}
