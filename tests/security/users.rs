//! Who the program of an image is: what the image says, and what its files of users make of it.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;

use super::image;
use crate::stack::Stack;
use crate::verbs::both_ways_on;

/// Names that look like numbers, each with the rights of root.
const PASSWD: &str = "root:x:0:0::/:\n1000:x:0:0::/:\n2147483648:x:0:0::/:\n4294967296:x:0:0::/:\n\
    99999999999999999999:x:0:0::/:\n-1:x:0:0::/:\nweb:x:33:34::/:\n";
const GROUP: &str = "root:x:0:\n4294967296:x:0:\n1000:x:0:\nwww:x:34:\nmore:x:77:web\n";

fn users(root: &Path) {
    std::fs::write(root.join("etc/passwd"), PASSWD).expect("write");
    std::fs::write(root.join("etc/group"), GROUP).expect("write");
}

/// CVE-2016-3697, CVE-2024-40635, CVE-2026-46680: what is written in digits is a number that is an id, and nobody's
/// name. CVE-2022-36109: the first group of a user is among his groups.
#[test]
fn a_number_is_an_id() {
    let good = [
        ("1000", "1000 0 0"),
        ("1000:1000", "1000 1000 1000"),
        ("web", "33 34 34 77"),
        ("33:0", "33 0 0 77"),
    ];
    let bad = ["2147483648", "4294967296", "99999999999999999999", "-1", "web:4294967296", "0x0", "1e3"];
    let stack = Stack::new();
    let names: Vec<(String, serde_json::Value)> = (good.iter().map(|(user, _)| *user).chain(bad))
        .enumerate()
        .map(|(n, user)| (format!("user{n}"), json!({"User": user, "Cmd": ["sh"]})))
        .collect();
    let images: Vec<(&str, serde_json::Value)> = names.iter().map(|(n, c)| (n.as_str(), c.clone())).collect();
    image::import(&stack, &images, users);
    let mut server = Some(stack.serve());
    for how in ["a server", "none"] {
        let id = "echo $(id -u; id -g; id -G)";
        for (n, (user, want)) in good.iter().enumerate() {
            let [by_image, any] = [format!("user{n}"), "user0".to_string()];
            assert_eq!(
                stack.run(&["run", "--rm", &by_image, "sh", "-c", id]).ok(),
                format!("{want}\n"),
                "{how} {user}"
            );
            let run = ["run", "--rm", "--user", user, &any, "sh", "-c", id];
            assert_eq!(stack.run(&run).ok(), format!("{want}\n"), "{how} {user}");
        }
        for (n, user) in bad.iter().enumerate() {
            let image = format!("user{}", good.len() + n);
            let run = stack.run(&["run", "--rm", &image, "sh", "-c", id]).fails(125);
            let named =
                stack.run(&["run", "--rm", &format!("--user={user}"), "user0", "sh", "-c", id]).fails(125);
            for said in [run, named] {
                assert!(said.contains(&format!("user {user:?}: ")), "{how} {user}: {said}");
            }
        }
        server.take();
    }
    assert_eq!(stack.run(&["container", "ls", "-q"]).ok(), "", "something is left");
}

/// CVE-2026-47262: files of users that are no files, or have no end, are not read: one clear line, no wait.
#[test]
fn files_of_users_are_files() {
    type Put<'a> = &'a dyn Fn(&Path);
    let fifo = |at: &Path| nix::unistd::mkfifo(at, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    let zero = |at: &Path| {
        use nix::sys::stat::{Mode, SFlag, makedev, mknod};
        mknod(at, SFlag::S_IFCHR, Mode::S_IRWXU, makedev(1, 5)).expect("a device");
    };
    let folder = |at: &Path| std::fs::create_dir(at).expect("a folder");
    let endless =
        |at: &Path| std::fs::File::create(at).and_then(|file| file.set_len(11 << 20)).expect("a file");
    let puts: [(&str, Put, &str); 4] = [
        ("fifo", &fifo, "not a regular file"),
        ("device", &zero, "not a regular file"),
        ("folder", &folder, "not a regular file"),
        ("endless", &endless, "larger than"),
    ];
    let stack = Stack::new();
    for (what, put, _) in puts {
        for file in ["passwd", "group"] {
            let config = json!({"User": "web", "Cmd": ["true"]});
            image::import(&stack, &[(&format!("{what}-{file}"), config)], |root| {
                std::fs::remove_file(root.join("etc").join(file)).expect("remove the file");
                put(&root.join("etc").join(file));
            });
        }
    }
    // What the host has under the name is not the image's.
    image::import(&stack, &[("link", json!({"User": "web", "Cmd": ["true"]}))], |root| {
        std::fs::remove_file(root.join("etc/group")).expect("remove the file");
        symlink("/dev/zero", root.join("etc/group")).expect("a link");
    });
    both_ways_on(&stack, |how| {
        for (what, _, words) in puts {
            for file in ["passwd", "group"] {
                let said = stack.run(&["run", "--rm", &format!("{what}-{file}")]).fails(125);
                let object = format!("read the image's /etc/{file}: {words}");
                assert!(said.contains(&object), "{how} {what}: {said}");
            }
        }
        stack.run(&["run", "--rm", "link"]).ok();
    });
}

/// CVE-2023-6476, CVE-2024-3154: annotations of an image (its manifest, the index, its labels) are none of the
/// container's, where a runtime might follow them.
#[test]
fn annotations_of_an_image_reach_no_runtime() {
    let stack = Stack::new();
    let dir = crate::fixture::temp();
    let root = dir.path().join("root");
    crate::fixture::rootfs(&root);
    let layout = image::Layout::new(&dir.path().join("layout"));
    let hostile = json!({
        "org.systemd.property.ExecStopPost": "'/bin/true'", "run.oci.handler": "krun", "run.oci.hooks.stderr": "/x",
        "module.wasm.image/variant": "compat", "io.ctrd.landlock": "{}", "ocirun.seccomp": "x",
        "unified.cgroup.oci/memory.max": "1", "io.containerd.runc.v2.group": "mine",
        "io.containerd.ctrd.annotation": "x",
    });
    let config = json!({"Labels": hostile, "StopSignal": "SIGINT", "Cmd": ["true"]});
    let mut manifest = layout.manifest(&layout.layer(&root), &config);
    manifest["annotations"] = hostile.clone();
    let mut target = layout.put("manifest.v1+json", manifest.to_string().as_bytes());
    target["annotations"] = hostile;
    layout.index(&target);
    stack.run(&["image", "import", "--name", "annotated", layout.path()]).ok();
    both_ways_on(&stack, |how| {
        stack.run(&["create", "--name", "it-annotated", "annotated"]).ok();
        let inspect = stack.run(&["inspect", "it-annotated"]).ok();
        let inspect: serde_json::Value = serde_json::from_str(&inspect).expect("JSON");
        let annotations = &inspect["spec"]["annotations"];
        assert_eq!(
            *annotations,
            json!({"org.opencontainers.image.stopSignal": "SIGINT"}),
            "{how}: {inspect}"
        );
        stack.run(&["rm", "it-annotated"]).ok();
        assert_eq!(stack.run(&["run", "--rm", "annotated"]).code, 0, "{how}");
    });
}
