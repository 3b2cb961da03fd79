//! Root filesystems as snapshotters describe them, besides an overlay: images behind a loop device, mapped owners,
//! and what must not be passed over in silence.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use ctrd_shim::api::{task, types};

use super::driver::{Driven, over_each};
use crate::{bin, traces};

fn mount(kind: &str, source: &Path, options: &[&str]) -> types::Mount {
    types::Mount {
        r#type: kind.into(),
        source: source.display().to_string(),
        target: String::new(),
        options: options.iter().map(|o| (*o).into()).collect(),
    }
}

/// The bundle's root as an image of ext4, in its place an empty folder. None, with the reason told, where it
/// cannot be mounted.
fn image(shim: &Driven) -> Option<std::path::PathBuf> {
    let known = std::fs::read_to_string("/proc/filesystems").unwrap().lines().any(|l| l.ends_with("\text4"));
    if !known || std::fs::File::open("/dev/loop-control").is_err() {
        bin::skip("no loop device and ext4 to be had");
        return None;
    }
    let (root, image) = (shim.bundle.path().join("rootfs"), shim.bundle.path().join("root.ext4"));
    let mut make = Command::new("/sbin/mke2fs");
    bin::run(make.args(["-q", "-t", "ext4", "-d"]).arg(&root).arg(&image).arg("16m")).ok();
    std::fs::remove_dir_all(&root).unwrap();
    Some(image)
}

/// Loop devices of this image.
fn devices(image: &Path) -> String {
    bin::run(Command::new("/sbin/losetup").arg("-j").arg(image)).ok()
}

#[test]
fn an_image_behind_a_loop_device() {
    over_each(|stack| {
        let shim =
            stack.shim("it-loop", &["sh", "-c", "touch /made 2>/dev/null && echo written >/made; exit 4"]);
        let Some(image) = image(&shim) else { return };
        shim.bundle.edit(|config| config["root"]["readonly"] = false.into());
        let mut request = shim.request();
        // What fails keeps no device.
        request.rootfs = vec![mount("ext4", &image, &["loop", "nosuchoption"])];
        shim.refused("Create", &request);
        assert_eq!(devices(&image), "");
        for options in [&["loop", "ro"][..], &["loop", "noatime"]] {
            request.rootfs = vec![mount("ext4", &image, options)];
            shim.ok::<task::CreateTaskResponse>("Create", &request);
            assert!(devices(&image).contains("root.ext4"), "{options:?}");
            shim.start("");
            assert_eq!(shim.wait(""), 4);
            let made = shim.bundle.path().join("rootfs/made").exists();
            assert_eq!(made, !options.contains(&"ro"), "{options:?}");
            shim.delete("");
            while !devices(&image).is_empty() {
                std::thread::yield_now();
            }
        }
    });
}

/// The owners of a file system that is neither an overlay nor bound: the kernel has them mapped, or says no.
#[test]
fn an_image_with_mapped_owners() {
    let shim = Driven::new("it-mapped", &["sleep", "3000"]);
    let Some(image) = image(&shim) else { return };
    shim.bundle.edit(|config| {
        let map = serde_json::json!([{"containerID": 0, "hostID": 100_000, "size": 65536}]);
        config["linux"]["namespaces"].as_array_mut().unwrap().push(serde_json::json!({"type": "user"}));
        (config["linux"]["uidMappings"], config["linux"]["gidMappings"]) = (map.clone(), map);
    });
    std::fs::set_permissions(shim.bundle.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))
        .unwrap();
    let above = shim.bundle.path().parent().unwrap();
    std::fs::set_permissions(above, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let mut request = shim.request();
    request.rootfs = vec![mount("ext4", &image, &["loop", "uidmap=0:100000:65536", "gidmap=0:100000:65536"])];
    shim.ok::<task::CreateTaskResponse>("Create", &request);
    let owner = shim.bundle.path().join("rootfs/bin/busybox").metadata().unwrap();
    assert_eq!((owner.uid(), owner.gid()), (100_000, 100_000));
    let pid = shim.start("");
    let user = std::fs::metadata(format!("/proc/{pid}")).unwrap();
    assert_eq!(user.uid(), 100_000);
    shim.kill("", 9);
    shim.wait("");
    shim.delete("");
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains("it-mapped"), "{mounts}");
    while !devices(&image).is_empty() {
        std::thread::yield_now();
    }
}

#[test]
fn what_cannot_be_mounted_is_told() {
    let shim = Driven::new("it-nomount", &["true"]);
    let source = Path::new("/nonexistent/image");
    for (one, reason) in [
        (mount("ext4", source, &["loop"]), "open /nonexistent/image: No such file or directory"),
        (mount("bind", source, &["bind", "uidmap=0:1:1"]), "uidmap and gidmap go together"),
        (
            mount("overlay", source, &["X-containerd.mkdir.path=/x"]),
            "option X-containerd.mkdir.path=/x is for the server to take",
        ),
        (mount("fuse3.nosuch", source, &[]), "mount.fuse3: "),
        (mount("nosuchfs", source, &[]), "No such device"),
    ] {
        let mut request = shim.request();
        request.rootfs = vec![one];
        let (_, words) = shim.refused("Create", &request);
        let begin = format!("mount /nonexistent/image on {}/rootfs: ", shim.bundle.path().display());
        assert!(words.starts_with(&begin) && words.contains(reason), "{words}");
    }
    traces::none_of(&[&format!("{}/rootfs", shim.bundle.path().display())]);
}
