//! Links in the image, or put there while the container is made, lead nowhere but below its root.

use std::os::unix::fs::symlink;

use serde_json::json;

use super::*;
use crate::traces::none_of;

/// CVE-2015-3627, CVE-2015-3629, CVE-2019-18837, CVE-2024-45310.
#[test]
fn mount_dst_symlink() {
    for (n, at) in ["/link", "/link/missing/deep", "/bin/../link/x"].iter().enumerate() {
        for bind in [true, false] {
            let id = format!("it-dst{n}{bind}");
            let bundle = Bundle::new(&["cat", "/proc/self/mountinfo"], |_| {});
            let victim = Victim::new(&bundle);
            let file = bundle.path().join("file");
            std::fs::write(&file, "").unwrap();
            for way in ways_out(&victim) {
                let link = bundle.path().join("rootfs/link");
                std::fs::remove_file(&link).ok();
                symlink(way, &link).unwrap();
                bundle.edit(|c| {
                    drop_mounts(c, "/bin");
                    drop_mounts(c, "/link");
                    let mount = match bind {
                        true => json!({"destination": format!("{at}/file"), "type": "bind", "source": file, "options": ["bind"]}),
                        false => json!({"destination": at, "type": "tmpfs", "source": "tmpfs"}),
                    };
                    add_mount(c, mount);
                });
                let mounts = run(&id, &bundle).ok();
                // Below the root there is a place of the same name, and there it is.
                assert!(mounts.lines().any(|l| l.contains(&format!(" {}", victim.path()))), "{at}: {mounts}");
                victim.is_untouched();
            }
            none_of(&[&id, path(&bundle)]);
        }
    }
}

/// CVE-2015-3630, CVE-2025-31133: what is to be masked is masked, or there is no container.
#[test]
fn mask_enforced() {
    let script = "cat /secret /proc/kcore | wc -c; ls /hidden | wc -l; \
        for f in /hidden/x /proc/sys/kernel/core_pattern /proc/sysrq-trigger /kept/file; do \
        (echo x >$f) 2>/dev/null && echo wrote $f; done; true";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["root"]["readonly"] = json!(false);
        c["linux"]["maskedPaths"] = json!(["/alias", "/proc/kcore", "/hidden", "/hidden", "/missing"]);
        c["linux"]["readonlyPaths"].as_array_mut().unwrap().push(json!("/kept"));
    });
    let root = bundle.path().join("rootfs");
    std::fs::write(root.join("secret"), "secret").unwrap();
    symlink("/secret", root.join("alias")).unwrap();
    for dir in ["hidden", "kept"] {
        std::fs::create_dir(root.join(dir)).unwrap();
        std::fs::write(root.join(dir).join("file"), "").unwrap();
    }
    assert_eq!(run("it-enforced", &bundle).ok(), "0\n0\n");
    assert_eq!(std::fs::read_to_string(root.join("secret")).unwrap(), "secret");

    // Only a missing path needs no mask: one that cannot be looked at is an error.
    symlink("loop", root.join("loop")).unwrap();
    for key in ["maskedPaths", "readonlyPaths"] {
        bundle.edit(|c| c["linux"][key] = json!(["/loop"]));
        let line = run("it-enforced", &bundle).fails(1);
        assert!(line.contains("/loop"), "{line}");
        bundle.edit(|c| c["linux"][key] = json!([]));
    }
    none_of(&["it-enforced", path(&bundle)]);
}

/// CVE-2025-31133: a /dev/null that is another file must not be what masks, or a writable file of
/// procfs would appear at a masked path.
#[test]
fn mask_devnull() {
    let bundle = Bundle::new(&["cat", "/proc/self/mountinfo"], |c| {
        drop_mounts(c, "/dev");
        c["linux"]["maskedPaths"] = json!(["/secret"]);
    });
    let root = bundle.path().join("rootfs");
    std::fs::write(root.join("secret"), "secret").unwrap();
    for target in ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/etc/passwd"] {
        let null = root.join("dev/null");
        std::fs::remove_file(&null).ok();
        symlink(target, &null).unwrap();
        let line = run("it-devnull", &bundle).fails(1);
        assert!(line.contains("null"), "{target}: {line}");
    }
    none_of(&["it-devnull", path(&bundle)]);
}

/// CVE-2026-55686, CVE-2024-5154: the working directory is made below the root.
#[test]
fn cwd_symlink() {
    let bundle = Bundle::new(&["pwd"], |c| c["root"]["readonly"] = json!(false));
    let victim = Victim::new(&bundle);
    for way in ways_out(&victim) {
        let link = bundle.path().join("rootfs/link");
        std::fs::remove_file(&link).ok();
        symlink(way, &link).unwrap();
        bundle.edit(|c| c["process"]["cwd"] = json!("/link/sub"));
        assert_eq!(run("it-cwdlink", &bundle).ok(), format!("{}/sub\n", victim.path()));
        victim.is_untouched();
    }
}

/// CVE-2026-84042, CVE-2026-87766: no name leads from the container's root to the old one.
#[test]
fn oldroot() {
    let script = "cat /proc/self/mountinfo; for d in /oldroot /.pivot_root* /put_old /..; do ls -d $d$MARKER; done 2>/dev/null; true";
    let bundle = Bundle::new(&["sh", "-c", script], |_| {});
    let victim = Victim::new(&bundle);
    for name in ["oldroot", ".pivot_root", "put_old"] {
        symlink("/..", bundle.path().join("rootfs").join(name)).unwrap();
    }
    bundle.edit(|c| {
        c["process"]["env"].as_array_mut().unwrap().push(json!(format!("MARKER={}", victim.path())));
    });
    let out = run("it-oldroot", &bundle).ok();
    let roots = out.lines().filter(|l| l.split(' ').nth(4) == Some("/")).count();
    assert_eq!(roots, 1, "{out}");
    assert!(!out.lines().any(|l| l.ends_with(victim.path())), "{out}");
}

/// The same: until the container's root is the root, nothing is executed but hooks, whatever lies in
/// the image under the names of helpers.
#[test]
fn nothing_is_executed_before_pivot() {
    if !crate::bin::peer("strace") {
        return;
    }
    let hook = |word: &str| json!([{"path": "/bin/true", "args": ["true", word]}]);
    let bundle = Bundle::new(&["true", "program"], |c| {
        c["hooks"] = json!({"createRuntime": hook("createRuntime"), "createContainer": hook("createContainer"),
            "startContainer": hook("startContainer")});
    });
    let root = bundle.path().join("rootfs");
    for helper in ["mount", "umount", "newuidmap", "modprobe", "sh", "ip", "ldconfig", "oldroot"] {
        let place = root.join("bin").join(helper);
        std::fs::remove_file(&place).ok();
        std::fs::copy("/bin/busybox", place).unwrap();
    }
    let trace = bundle.path().join("trace");
    let runtime = Runtime::new();
    let command = runtime.command(&["run", "--bundle", path(&bundle), "it-execve"]);
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=execve,execveat,pivot_root", "-o"]).arg(&trace);
    crate::bin::run(strace.arg(command.get_program()).args(command.get_args())).ok();
    let text = std::fs::read_to_string(&trace).unwrap();
    // A call that another one's line interrupts ends in a line of its own; `without` is the test's.
    let others = [" resumed>", " = -1 ", " --- ", "/examples/without\", ["];
    let calls: Vec<&str> =
        text.lines().filter(|line| !others.iter().any(|other| line.contains(other))).collect();
    let kinds: Vec<&str> = calls
        .iter()
        .map(|line| match line {
            line if line.contains("pivot_root(") => "pivot_root",
            line if line.contains("\"ocirun-init\"") => "ocirun-init",
            line if line.contains("\"createRuntime\"]") => "createRuntime",
            line if line.contains("\"createContainer\"]") => "createContainer",
            line if line.contains("\"startContainer\"]") => "startContainer",
            line if line.contains("\"program\"") => "program",
            line if line.contains("\"run\"") => "ocirun",
            _ => "something else",
        })
        .collect();
    let want = [
        "ocirun",
        "ocirun-init",
        "createRuntime",
        "createContainer",
        "pivot_root",
        "startContainer",
        "program",
    ];
    assert_eq!(kinds, want, "{text}");
}
