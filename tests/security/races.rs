//! What an attacker renames while a container is made: he owns a volume that the container has, and
//! swaps what a path in it leads to as often as he can.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use serde_json::json;

use super::*;
use crate::traces::none_of;

/// A volume with a directory `dir`, to be swapped with `link`, which leads to the host's `victim`.
fn volume(bundle: &Bundle, victim: &Victim) -> PathBuf {
    let volume = bundle.path().join("volume");
    std::fs::create_dir_all(volume.join("dir")).unwrap();
    symlink(&ways_out(victim)[1], volume.join("link")).unwrap();
    volume
}

fn bind(source: &Path, destination: &str) -> Value {
    json!({"destination": destination, "type": "bind", "source": source, "options": ["bind"]})
}

/// CVE-2021-30465: a component of a mount's target is swapped while it is looked at.
#[test]
fn mount_dst_race() {
    let bundle = Bundle::new(&["cat", "/proc/self/mountinfo"], |_| {});
    let victim = Victim::new(&bundle);
    let volume = volume(&bundle, &victim);
    bundle.edit(|c| {
        add_mount(c, bind(&volume, "/volume"));
        add_mount(c, json!({"destination": "/volume/dir/a", "type": "tmpfs", "source": "tmpfs"}));
        add_mount(c, bind(Path::new("/etc"), "/volume/dir/b"));
    });
    let mut tally = Tally::default();
    let swapper = Swapper::new(volume.join("dir"), volume.join("link"));
    let runtime = Runtime::new();
    race(|_| tally.add(runtime.run(&["run", "--bundle", path(&bundle), "it-dstrace"])));
    tally.end("mount_dst_race", swapper);
    victim.is_untouched();
    assert!(tally.spurious(&[]).is_empty(), "{tally:?}");
    none_of(&["it-dstrace", path(&bundle)]);
}

/// CVE-2024-45310: the same where the target is missing, and is to be made, as a file or a folder.
#[test]
fn mount_create_race() {
    let bundle = Bundle::new(&["cat", "/proc/self/mountinfo"], |_| {});
    let victim = Victim::new(&bundle);
    let volume = volume(&bundle, &victim);
    let file = bundle.path().join("file");
    std::fs::write(&file, "").unwrap();
    bundle.edit(|c| add_mount(c, bind(&volume, "/volume")));
    let mounts = json_mounts(&bundle);
    let mut tally = Tally::default();
    let swapper = Swapper::new(volume.join("dir"), volume.join("link"));
    let runtime = Runtime::new();
    race(|round| {
        bundle.edit(|c| {
            c["mounts"] = mounts.clone();
            add_mount(c, bind(&file, &format!("/volume/dir/new{round}/deep/file")));
            let fresh = format!("/volume/dir/fresh{round}/deep");
            add_mount(c, json!({"destination": fresh, "type": "tmpfs", "source": "tmpfs"}));
        });
        tally.add(runtime.run(&["run", "--bundle", path(&bundle), "it-createrace"]));
    });
    tally.end("mount_create_race", swapper);
    victim.is_untouched();
    assert!(tally.spurious(&[]).is_empty(), "{tally:?}");
    none_of(&["it-createrace", path(&bundle)]);
}

fn json_mounts(bundle: &Bundle) -> Value {
    let text = std::fs::read(bundle.path().join("config.json")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["mounts"].clone()
}

/// CVE-2017-1002101, CVE-2021-25741: the source of a mount is swapped, a folder for a link to another
/// one, and a folder for a file. It is opened once: what is mounted is one of the two, and a link is
/// none where none may be followed.
#[test]
fn mount_source_race() {
    let script = "cat /a/name; cat /b/name 2>/dev/null || echo file; ls /c 2>/dev/null; true";
    let bundle = Bundle::new(&["sh", "-c", script], |_| {});
    let victim = Victim::new(&bundle);
    let volume = volume(&bundle, &victim);
    for (dir, name) in [(volume.join("dir"), "dir"), (PathBuf::from(victim.path()), "victim")] {
        std::fs::write(dir.join("name"), format!("{name}\n")).unwrap();
    }
    // Upwards from where the host has the volume.
    std::fs::remove_file(volume.join("link")).unwrap();
    symlink("../victim", volume.join("link")).unwrap();
    let kinds = bundle.path().join("kinds");
    std::fs::create_dir_all(kinds.join("dir")).unwrap();
    std::fs::write(kinds.join("dir/name"), "dir\n").unwrap();
    std::fs::write(kinds.join("file"), "").unwrap();
    bundle.edit(|c| {
        add_mount(c, bind(&volume.join("dir"), "/a"));
        add_mount(c, bind(&kinds.join("dir"), "/b"));
        let mut nofollow = bind(&volume.join("dir"), "/c");
        nofollow["options"] = json!(["bind", "src-nofollow", "dest-nofollow"]);
        add_mount(c, nofollow);
    });
    let root = bundle.path().join("rootfs");
    let mut tally = Tally::default();
    let swapper = Swapper::new(volume.join("dir"), volume.join("link"));
    let other = Swapper::new(kinds.join("dir"), kinds.join("file"));
    let runtime = Runtime::new();
    race(|_| {
        // A place for whichever kind it is.
        for place in ["b", "c"].map(|name| root.join(name)) {
            std::fs::remove_dir(&place).or_else(|_| std::fs::remove_file(&place)).ok();
        }
        let done = runtime.run(&["run", "--bundle", path(&bundle), "it-srcrace"]);
        if done.code == 0 {
            let seen: Vec<_> = done.stdout.lines().collect();
            assert!(["dir", "victim"].contains(&seen[0]), "{done:?}");
            assert!(["dir", "file"].contains(&seen[1]), "{done:?}");
        }
        tally.add(done);
    });
    other.stop();
    tally.end("mount_source_race", swapper);
    assert!(tally.spurious(&[]).is_empty(), "{tally:?}");
    none_of(&["it-srcrace", path(&bundle)]);
}

/// CVE-2025-31133: what is /dev/null is swapped in a shared /dev while containers are made.
#[test]
fn mask_devnull_race() {
    let bundle = Bundle::new(&["cat", "/proc/self/mountinfo"], |_| {});
    let dev = bundle.path().join("shared");
    std::fs::create_dir(&dev).unwrap();
    null(&dev);
    symlink("/proc/sys/kernel/core_pattern", dev.join("other")).unwrap();
    bundle.edit(|c| {
        drop_mounts(c, "/dev");
        add_mount(c, bind(&dev, "/dev"));
        c["linux"]["maskedPaths"] = json!(["/secret", "/proc/timer_list", "/proc/kcore"]);
    });
    std::fs::write(bundle.path().join("rootfs/secret"), "secret").unwrap();
    let runtime = Runtime::new();
    let mut tally = Tally::default();
    let swapper = Swapper::new(dev.join("null"), dev.join("other"));
    race(|_| {
        let done = runtime.run(&["run", "--bundle", path(&bundle), "it-nullrace"]);
        if done.code == 0 {
            let mask =
                done.stdout.lines().find(|l| l.split(' ').nth(4) == Some("/secret")).expect("it is masked");
            let source = mask.split(' ').nth(3).expect("the root of the mount");
            assert!(source.ends_with("/null") || source.ends_with("/other"), "{mask}");
            assert!(!mask.contains(" - proc "), "{mask}");
        }
        tally.add(done);
    });
    tally.end("mask_devnull_race", swapper);
    let refusal = "/dev/null is not the null device";
    assert!(tally.spurious(&[refusal]).is_empty(), "{tally:?}");
    none_of(&["it-nullrace", path(&bundle)]);
}

fn null(dev: &Path) {
    mknod(&dev.join("null"), SFlag::S_IFCHR, Mode::from_bits_truncate(0o666), makedev(1, 3)).unwrap();
}

/// CVE-2025-52565: /dev/pts and /dev/console are swapped in a shared /dev while terminals are made:
/// what is shown at /dev/console is the terminal, and it is shown nowhere else.
#[test]
fn console_race() {
    let bundle = Bundle::new(&["cat", "/proc/self/mountinfo"], |c| {
        c["process"]["terminal"] = json!(true);
    });
    let victim = Victim::new(&bundle);
    let dev = bundle.path().join("shared");
    std::fs::create_dir_all(dev.join("pts")).unwrap();
    null(&dev);
    let way = &ways_out(&victim)[1];
    symlink(way, dev.join("link")).unwrap();
    std::fs::write(dev.join("console"), "").unwrap();
    symlink(format!("{way}/console"), dev.join("other")).unwrap();
    bundle.edit(|c| {
        drop_mounts(c, "/dev/shm");
        drop_mounts(c, "/dev/mqueue");
        c["mounts"].as_array_mut().unwrap().retain(|m| m["destination"] != "/dev");
        c["mounts"].as_array_mut().unwrap().insert(1, bind(&dev, "/dev"));
    });
    let runtime = Runtime::new();
    let socket = runtime.root.path().join("console");
    let listener = UnixListener::bind(&socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut tally = Tally::default();
    let swapper = Swapper::new(dev.join("pts"), dev.join("link"));
    let other = Swapper::new(dev.join("console"), dev.join("other"));
    race(|_| {
        let socket = socket.to_str().unwrap();
        let args = ["create", "--console-socket", socket, "--bundle", path(&bundle), "it-consolerace"];
        let done = runtime.run(&args);
        if done.code == 0 {
            let pid = runtime.state("it-consolerace")["pid"].as_i64().unwrap();
            let mounts = std::fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap();
            // A mount goes along with the name that it is on.
            let field = |line: &str, n: usize| line.split(' ').nth(n).unwrap_or_default().to_owned();
            let terminals = mounts.lines().filter(|l| l.contains(" - devpts ") && field(l, 3) != "/");
            let shown: Vec<_> = terminals.map(|l| field(l, 4)).collect();
            assert!(shown == ["/dev/console"] || shown == ["/dev/other"], "{mounts}");
        }
        runtime.run(&["delete", "--force", "it-consolerace"]).ok();
        while listener.accept().is_ok() {}
        tally.add(done);
    });
    other.stop();
    tally.end("console_race", swapper);
    victim.is_untouched();
    // What is a link just then is refused: at /dev/console, and where the devpts should be.
    let refusals = ["mount /dev/console", "/dev/pts/ptmx"];
    assert!(tally.spurious(&refusals).is_empty(), "{tally:?}");
    none_of(&["it-consolerace", path(&bundle)]);
}
