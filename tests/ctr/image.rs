//! Images: imported, listed, named, mounted, exported.

use super::with_each;

#[test]
fn of_images() {
    with_each(|ctr| {
        let line = ctr.line(&["images", "ls"], "bb:busybox").unwrap();
        assert_eq!(line[1], "application/vnd.oci.image.manifest.v1+json");
        assert!(line.contains(&"linux/amd64".to_string()), "{line:?}");
        let check = ctr.line(&["images", "check"], "bb:busybox").unwrap();
        assert!(check.contains(&"complete".to_string()) && check.last().unwrap() == "true", "{check:?}");
        ctr.ok(&["images", "tag", "bb:busybox", "other:1"]);
        // From 2.0 on the server moves the name, asked to or not.
        if ctr.version < (2, 0) {
            ctr.fails(&["images", "tag", "bb:busybox", "other:1"], "already exists");
        }
        ctr.ok(&["images", "tag", "--force", "bb:busybox", "other:1"]);
        ctr.fails(&["images", "tag", "nosuch:1", "other:2"], "not found");
        assert_eq!(ctr.ok(&["images", "ls", "-q"]), "bb:busybox\nother:1\n");
        assert_eq!(ctr.ok(&["images", "ls", "-q", "name~=other"]), "other:1\n");
        ctr.ok(&["images", "label", "other:1", "k=v"]);
        assert!(ctr.line(&["images", "ls"], "other:1").unwrap().contains(&"k=v".to_string()));
        if ctr.version >= (1, 7) {
            assert!(ctr.ok(&["images", "usage", "bb:busybox"]).contains("sha256:"));
        }
        ctr.ok(&["images", "rm", "--sync", "other:1"]);
        // Which 1.6 takes for a success.
        assert!(ctr.ctr(&["images", "rm", "nosuch:1"]).stderr.contains("not found"));
        assert_eq!(ctr.ok(&["images", "ls", "-q"]), "bb:busybox\n");
    });
}

#[test]
fn of_imports() {
    with_each(|ctr| {
        ctr.ok(&["images", "import", "--digests", "--base-name", "di", "--index-name", "idx", ctr.archive()]);
        let names = ctr.ok(&["images", "ls", "-q"]);
        assert!(names.lines().any(|l| l == "idx") && names.contains("di:busybox"), "{names}");
        // 2.1 takes the flag for its opposite.
        assert!(names.contains("di@sha256:") || ctr.version >= (2, 0), "{names}");
        ctr.ok(&["images", "import", "--no-unpack", "--all-platforms", "--base-name", "np", ctr.archive()]);
        ctr.ok(&["images", "import", "--snapshotter", "native", "--base-name", "na", ctr.archive()]);
        assert!(ctr.ok(&["snapshots", "--snapshotter", "native", "ls"]).contains("Committed"));
        if ctr.version >= (2, 0) {
            ctr.ok(&["images", "import", "--local", "--base-name", "lo", ctr.archive()]);
        }
        std::fs::write(ctr.stack.path("junk"), "junk").unwrap();
        let done = ctr.ctr(&["images", "import", &ctr.path("junk")]);
        assert!(done.code != 0, "{done:?}");
    });
}

#[test]
fn of_exports() {
    with_each(|ctr| {
        let archive = ctr.path("out.tar");
        ctr.ok(&["images", "export", &archive, "bb:busybox"]);
        ctr.ok(&["images", "rm", "--sync", "bb:busybox"]);
        ctr.ok(&["images", "import", &archive]);
        assert_eq!(ctr.ok(&["run", "--rm", "bb:busybox", "it-back", "echo", "back"]), "back\n");
        ctr.fails(&["images", "export", &archive, "nosuch:1"], "not found");
    });
}

#[test]
fn of_mounts() {
    with_each(|ctr| {
        let target = ctr.path("mnt");
        std::fs::create_dir(&target).unwrap();
        ctr.ok(&["images", "mount", "bb:busybox", &target]);
        assert!(std::path::Path::new(&target).join("bin/busybox").exists());
        ctr.ok(&["images", "unmount", "--rm", &target]);
        assert!(!std::path::Path::new(&target).join("bin").exists());
        ctr.ok(&["images", "mount", "--rw", "bb:busybox", &target]);
        std::fs::write(std::path::Path::new(&target).join("new"), "x").unwrap();
        ctr.ok(&["images", "unmount", "--rm", &target]);
        ctr.fails(&["images", "mount", "nosuch:1", &target], "not found");
    });
}
