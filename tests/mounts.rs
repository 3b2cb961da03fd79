//! The mounts of config.json, as the container finds them in its own mountinfo.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;

/// A tmpfs of the test's own on the host.
pub struct Tmpfs(pub PathBuf);

impl Tmpfs {
    pub fn new(at: &Path) -> Self {
        std::fs::create_dir_all(at).expect("create a mount point");
        bin::run(Command::new("mount").args(["-t", "tmpfs", "tmpfs"]).arg(at)).ok();
        Self(at.to_path_buf())
    }

    /// Sets the attributes of the mount, not of the file system.
    fn remount(&self, options: &str) {
        bin::run(Command::new("mount").args(["--bind", "-o", &format!("remount,{options}")]).arg(&self.0))
            .ok();
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        bin::run(Command::new("umount").args(["-R", "-l"]).arg(&self.0));
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn add(config: &mut Value, mount: Value) {
    config["mounts"].as_array_mut().expect("mounts").push(mount);
}

/// Ids from 100000 on in a user namespace, and a root filesystem that belongs to them.
pub fn user_namespace(config: &mut Value) {
    config["linux"]["namespaces"].as_array_mut().expect("namespaces").push(json!({"type": "user"}));
    let map = json!([{"containerID": 0, "hostID": 100000, "size": 65536}]);
    config["linux"]["uidMappings"] = map.clone();
    config["linux"]["gidMappings"] = map;
}

/// Gives the root filesystem to root of that namespace.
pub fn own(bundle: &Bundle) {
    let root = bundle.path().join("rootfs");
    bin::run(Command::new("chown").args(["-R", "-h", "100000:100000"]).arg(root)).ok();
}

/// The options of the mount at `/mnt` in a new container, or what was said instead.
fn options_at_mnt(
    runtime: &Runtime,
    source: &str,
    options: &[&str],
    user: bool,
) -> Result<Vec<String>, String> {
    let bundle = Bundle::new(
        &[
            "sh",
            "-c",
            "while read -r _ at _ opts _; do [ $at = /mnt ] && echo $opts; done </proc/self/mounts; true",
        ],
        |c| {
            add(c, json!({"destination": "/mnt", "type": "bind", "source": source, "options": options}));
            if user {
                user_namespace(c);
            }
        },
    );
    if user {
        own(&bundle);
    }
    let done = runtime.run(&["run", "--bundle", text(bundle.path()), "it-options"]);
    if done.code != 0 {
        return Err(done.stderr);
    }
    Ok(done.stdout.trim().split(',').map(str::to_owned).collect())
}

#[test]
fn a_bind_mount_keeps_its_sources_attributes_or_has_its_own() {
    let runtime = Runtime::new();
    let dir = fixture::temp();
    let tmpfs = Tmpfs::new(&dir.path().join("src"));
    let has = |options: &[String], words: &[&str], not: &[&str]| {
        for word in words {
            assert!(options.iter().any(|o| o == word), "{word} in {options:?}");
        }
        for word in not {
            assert!(!options.iter().any(|o| o == word), "no {word} in {options:?}");
        }
    };
    tmpfs.remount("ro,noexec,nosymfollow,nodiratime");
    let at = |options: &[&str], user| options_at_mnt(&runtime, tmpfs.path(), options, user);
    for user in [false, true] {
        has(&at(&["bind"], user).unwrap(), &["ro", "noexec", "nodiratime", "nosymfollow"], &["rw"]);
    }
    has(&at(&["bind", "dev"], false).unwrap(), &["rw", "nodiratime"], &["ro", "noexec", "nosymfollow"]);
    // In a user namespace what the host's administrator has set stays.
    has(&at(&["bind", "dev"], true).unwrap(), &["ro", "noexec", "nodiratime"], &["rw", "nosymfollow"]);
    has(&at(&["bind", "nosuid"], true).unwrap(), &["ro", "noexec", "nosuid"], &["rw"]);
    let refused = at(&["bind", "rw"], true).unwrap_err();
    assert!(refused.contains("error mounting") && refused.contains("operation not permitted"), "{refused}");
    tmpfs.remount("rw,noatime");
    has(&at(&["bind", "atime"], false).unwrap(), &["rw", "noatime"], &["relatime"]);
    has(&at(&["bind", "relatime"], false).unwrap(), &["relatime"], &["noatime"]);
}

#[test]
fn what_is_mounted_inside_does_not_reach_the_host() {
    let runtime = Runtime::new();
    let dir = fixture::temp();
    let tmpfs = Tmpfs::new(&dir.path().join("shared"));
    bin::run(Command::new("mount").args(["--make-rshared", tmpfs.path()])).ok();
    std::fs::create_dir(tmpfs.0.join("sub")).unwrap();
    for user in [false, true] {
        let bundle = Bundle::new(&["mount", "-t", "tmpfs", "inner", "/data/sub"], |c| {
            add(c, json!({"destination": "/data", "source": tmpfs.path(), "options": ["rbind"]}));
            for set in ["bounding", "effective", "permitted"] {
                c["process"]["capabilities"][set] = json!(["CAP_SYS_ADMIN"]);
            }
            if user {
                user_namespace(c);
            }
        });
        if user {
            own(&bundle);
        }
        runtime.run(&["run", "--bundle", text(bundle.path()), "it-leak"]).ok();
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        assert!(!mounts.contains(&format!("{}/sub", tmpfs.path())), "user namespace {user}: {mounts}");
    }
}

#[test]
fn a_root_on_a_shared_mount_that_the_user_namespace_may_not_walk_to() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["id", "-u"], user_namespace);
    let at = text(bundle.path());
    bin::run(Command::new("mount").args(["--bind", at, at])).ok();
    bin::run(Command::new("mount").args(["--make-shared", at])).ok();
    std::fs::set_permissions(bundle.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let done = runtime.run(&["run", "--bundle", at, "it-walk"]);
    bin::run(Command::new("umount").args(["-l", at])).ok();
    assert_eq!(done.ok(), "0\n");
}

#[test]
fn a_source_in_the_root_is_what_earlier_mounts_made_of_it() {
    let runtime = Runtime::new();
    for map in [false, true] {
        let bundle = Bundle::new(&["stat", "-c", "%u", "/final/x/file"], |_| {});
        let (root, src) = (bundle.path().join("rootfs"), bundle.path().join("src"));
        std::fs::create_dir_all(root.join("mnt")).unwrap();
        std::fs::create_dir_all(src.join("a/x")).unwrap();
        std::fs::create_dir_all(src.join("b")).unwrap();
        std::fs::write(src.join("b/file"), "").unwrap();
        bundle.edit(|c| {
            add(c, json!({"destination": "/mnt", "source": text(&src.join("a")), "options": ["bind"]}));
            add(c, json!({"destination": "/mnt/x", "source": text(&src.join("b")), "options": ["bind"]}));
            let mut last = json!({"destination": text(&root.join("final")), "source": text(&root.join("mnt")), "options": ["rbind"]});
            if map {
                last["options"] = json!(["rbind", "ridmap"]);
                user_namespace(c);
                last["uidMappings"] = json!([{"containerID": 0, "hostID": 107000, "size": 1}]);
                last["gidMappings"] = last["uidMappings"].clone();
            }
            add(c, last);
        });
        if map {
            own(&bundle);
        }
        let out = runtime.run(&["run", "--bundle", text(bundle.path()), "it-inside"]).ok();
        // 0 on disk is 107000 on the host, which is 7000 inside.
        assert_eq!(out, if map { "7000\n" } else { "0\n" });
    }
}

#[test]
fn ids_are_mapped_by_the_mounts_maps_its_option_or_the_containers() {
    let runtime = Runtime::new();
    let maps =
        json!([{"containerID": 0, "hostID": 0, "size": 1}, {"containerID": 5, "hostID": 3005, "size": 1}]);
    for (options, maps, user, want) in [
        (json!(["bind"]), Some(maps.clone()), false, "3005"),
        (json!(["bind", "idmap=uids=0-0-1#5-44-1;gids=0-0-1#5-44-1"]), None, false, "44"),
        (json!(["bind", "idmap"]), None, true, "5"),
        (json!(["bind", "ridmap=uids=@5-9-1;gids=@5-9-1"]), None, true, "9"),
        // Not mapped: nobody in the container is the host's 5.
        (json!(["bind"]), None, true, "65534"),
    ] {
        let bundle = Bundle::new(&["stat", "-c", "%u", "/data/file"], |c| {
            let mut mount = json!({"destination": "/data", "source": "source", "options": options});
            if let Some(maps) = &maps {
                mount["uidMappings"] = maps.clone();
                mount["gidMappings"] = maps.clone();
            }
            add(c, mount);
            if user {
                user_namespace(c);
            }
        });
        // By a name that only the bundle's folder gives a meaning.
        let source = bundle.path().join("source");
        std::fs::create_dir(&source).unwrap();
        std::fs::write(source.join("file"), "").unwrap();
        chown(source.join("file"), Some(5), Some(5)).unwrap();
        if user {
            own(&bundle);
        }
        let out = runtime.run(&["run", "--bundle", text(bundle.path()), "it-idmap"]).ok();
        assert_eq!(out.trim(), want, "{options}");
        assert_eq!(std::fs::metadata(source.join("file")).unwrap().uid(), 5);
    }
}

/// Without a security module that has labels, the kernel refuses the option by its name.
#[test]
fn a_label_goes_by_the_option_that_an_annotation_names() {
    if Path::new("/sys/fs/selinux/enforce").exists() {
        return bin::skip("a_label_goes_by_the_option_that_an_annotation_names: there is SELinux");
    }
    let runtime = Runtime::new();
    for (kind, want) in
        [(None, "context"), (Some("fscontext"), "fscontext"), (Some("rootcontext"), "rootcontext")]
    {
        let bundle = Bundle::new(&["true"], |c| {
            c["linux"]["mountLabel"] = json!("system_u:object_r:container_file_t:s0");
            if let Some(kind) = kind {
                c["annotations"] = json!({"run.oci.mount_context_type": kind});
            }
        });
        let line = runtime.run(&["run", "--bundle", text(bundle.path()), "it-label"]).fails(1);
        assert!(line.contains(&format!("'{want}'")), "{line}");
    }
}

#[test]
fn an_id_map_without_maps_is_refused() {
    let runtime = Runtime::new();
    for (options, kind, want) in [
        (json!(["bind", "idmap"]), "bind", "id-mapped mount without id maps"),
        (json!(["idmap=uids=0-0-1;gids=0-0-1"]), "tmpfs", "only supported for bind mounts"),
    ] {
        let bundle = Bundle::new(&["true"], |c| {
            add(c, json!({"destination": "/data", "type": kind, "source": "/tmp", "options": options}));
        });
        let said = runtime.run(&["run", "--bundle", text(bundle.path()), "it-idmap-none"]).fails(1);
        assert!(said.contains(want) && said.contains("mounts[7]"), "{said}");
    }
}

#[test]
fn links_are_followed_copied_or_mounted_as_they_are() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(
        &[
            "sh",
            "-c",
            "readlink /copied; readlink /as-it-is; cat /followed; readlink /there; ls -L /there 2>&1 | grep -c there",
        ],
        |_| {},
    );
    let at = bundle.path();
    std::fs::write(at.join("target"), "behind the link\n").unwrap();
    symlink(at.join("target"), at.join("link")).unwrap();
    symlink("/nowhere", at.join("rootfs/there")).unwrap();
    bundle.edit(|c| {
        add(c, json!({"destination": "/copied", "source": "link", "options": ["bind", "copy-symlink"]}));
        add(c, json!({"destination": "/as-it-is", "source": "link", "options": ["bind", "src-nofollow"]}));
        add(c, json!({"destination": "/followed", "source": "link", "options": ["bind"]}));
        add(c, json!({"destination": "/there", "source": "target", "options": ["bind", "dest-nofollow"]}));
    });
    let out = runtime.run(&["run", "--bundle", text(at), "it-links"]).ok();
    let target = at.join("target");
    assert_eq!(
        out,
        format!("{0}\n{0}\nbehind the link\n1\n", target.display()),
        "the last is a file now, no link"
    );
    assert!(!at.join("rootfs/nowhere").exists(), "dest-nofollow mounts on the link itself");
}

#[test]
fn attributes_of_all_mounts_below_and_a_copied_up_directory() {
    let runtime = Runtime::new();
    let dir = fixture::temp();
    let outer = Tmpfs::new(&dir.path().join("outer"));
    let _inner = Tmpfs::new(&outer.0.join("inner"));
    let script = "touch /data/inner/x 2>&1 | grep -o Read-only; cat /up/file; stat -c %a /up/dir; touch /up/new && echo written";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        add(
            c,
            json!({"destination": "/data", "source": outer.path(), "options": ["rbind", "rro", "rnosuid"]}),
        );
        add(
            c,
            json!({"destination": "/up", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup", "mode=755"]}),
        );
    });
    let up = bundle.path().join("rootfs/up");
    std::fs::create_dir_all(up.join("dir")).unwrap();
    std::fs::set_permissions(up.join("dir"), std::fs::Permissions::from_mode(0o710)).unwrap();
    std::fs::write(up.join("file"), "from the image\n").unwrap();
    let out = runtime.run(&["run", "--bundle", text(bundle.path()), "it-all-below"]).ok();
    assert_eq!(out, "Read-only\nfrom the image\n710\nwritten\n");
    assert!(!up.join("new").exists());
}

#[test]
fn a_path_is_masked_once() {
    let runtime = Runtime::new();
    let script = "grep -c ' /hidden ' /proc/self/mountinfo; ls /hidden | wc -l; cat /secret | wc -c";
    let bundle = Bundle::new(&["sh", "-c", script], |c| {
        c["linux"]["maskedPaths"] = json!(["/hidden", "/secret", "/hidden", "/missing"]);
    });
    let root = bundle.path().join("rootfs");
    std::fs::create_dir(root.join("hidden")).unwrap();
    std::fs::write(root.join("hidden/file"), "").unwrap();
    std::fs::write(root.join("secret"), "x").unwrap();
    assert_eq!(runtime.run(&["run", "--bundle", text(bundle.path()), "it-mask"]).ok(), "1\n0\n0\n");
}
