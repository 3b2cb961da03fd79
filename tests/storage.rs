//! What is kept outlives what may happen to it: `kill -9` at every change that import, unpacking and
//! collection make, a loss of power at the same places, a full disk, and blobs that are not what they
//! were. Afterwards `ctrd content fsck` finds nothing broken, what was acknowledged is there, and the
//! same command again does the whole of its work.
//!
//! A plain run tries a sample of the places; `CTRD_SWEEP=full` tries all of them.

mod again;
mod disk;
mod kill;
mod served;
mod tasks;
mod unsynced;
mod verbs;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bin::{self, Done};
use crate::fixture;
use crate::stack::{Stack, tree};

use self::disk::Disk;

/// Shell functions that make an archive of an image in the folder `$1`: `layer FILE TYPE DIFF` for each layer, then
/// `archive NAME`.
const LAYOUT: &str = r#"
    cd "$1"
    mkdir -p blobs/sha256
    descriptor() { printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$1" "$2" "$(stat -c %s "blobs/sha256/$2")"; }
    digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
    put() { local d; d=$(digest "$1"); mv "$1" "blobs/sha256/$d"; echo "$d"; }
    layers=; diffs=
    layer() { diffs="$diffs${diffs:+,}\"sha256:$3\""; layers="$layers${layers:+,}$(descriptor "$2" "$(put "$1")")"; }
    archive() {
        printf '{"architecture":"amd64","os":"linux","config":{"Cmd":["true"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' "$diffs" >c
        printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' "$(descriptor config.v1+json "$(put c)")" "$layers" >m
        m=$(descriptor manifest.v1+json "$(put m)")
        printf '{"schemaVersion":2,"manifests":[%s,"annotations":{"io.containerd.image.name":"%s"}}]}' "${m%\}}" "$1" >index.json
        echo '{"imageLayoutVersion":"1.0.0"}' >oci-layout
        tar -cf "$1.tar" blobs index.json oci-layout
    }
"#;

/// An archive of three layers, which change and hide one another, with the name `three`.
const ARCHIVE: &str = r#"
    mkdir -p 1/bin 1/etc/deep 1/gone 2/etc 2/opt 3/etc/deep 3/opt/more
    head -c 300000 /dev/urandom >1/bin/big; echo one >1/etc/one; echo x >1/gone/x; echo old >1/etc/deep/old
    ln 1/etc/one 1/etc/hard; ln -s one 1/etc/soft
    echo two >2/etc/one; : >2/.wh.gone; head -c 100000 /dev/urandom >2/opt/two
    : >3/etc/deep/.wh..wh..opq; echo new >3/etc/deep/new; echo three >3/opt/more/three
    for n in 1 2 3; do
        tar -C $n --sort=name --mtime=@1000000000 -cf $n.tar .
        diff=$(digest $n.tar)
        gzip -n $n.tar
        layer $n.tar.gz layer.v1.tar+gzip "$diff"
    done
    archive three
"#;

fn archive(dir: &Path) -> PathBuf {
    shell(ARCHIVE, dir, &[]);
    dir.join("three.tar")
}

/// Runs a script after the functions of [`LAYOUT`]; its `$2` and on are `args`.
fn shell(script: &str, dir: &Path, args: &[String]) {
    bin::run(Command::new("bash").args(["-euc", &[LAYOUT, script].concat(), "sh"]).arg(dir).args(args)).ok();
}

/// A plain run tries so many places of a sweep.
fn places(count: usize, sample: usize) -> Vec<usize> {
    let step = match std::env::var("CTRD_SWEEP").as_deref() {
        Ok("full") => 1,
        _ => (count / sample).max(1),
    };
    (0..count).step_by(step).collect()
}

/// What a check must not find, whatever happened: something that is broken and not merely left over.
fn broken(found: &str) -> Vec<&str> {
    let left_over = ["nobody has it", "no snapshot has it", "half removed", "it was never begun"];
    found.lines().filter(|line| !left_over.iter().any(|word| line.contains(word))).collect()
}

/// The tree that the image's snapshot shows.
fn shown(stack: &Stack, image: &str) -> Vec<String> {
    let id = "shown";
    stack.run(&["container", "create", "--name", id, image]).ok();
    let target = stack.path(id);
    std::fs::create_dir_all(&target).expect("a folder to mount on");
    let mount = stack.run(&["snapshot", "mounts", target.to_str().expect("UTF-8"), id]).ok();
    bin::run(Command::new("sh").args(["-c", mount.trim()])).ok();
    let lines = tree(&target);
    bin::run(Command::new("umount").arg(&target)).ok();
    stack.run(&["container", "rm", id]).ok();
    lines
}

fn files(stack: &Stack, folder: &str) -> Vec<String> {
    let path = stack.path("lib").join(folder);
    let entries = std::fs::read_dir(&path).into_iter().flatten();
    entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

const BLOBS: &str = "io.containerd.content.v1.content/blobs/sha256";
const SNAPSHOTS: &str = "io.containerd.snapshotter.v1.overlayfs/snapshots";

#[test]
fn kill_while_importing() {
    let work = fixture::temp();
    let archive = archive(work.path());
    let import = |stack: &Stack| stack.command(&["image", "import", archive.to_str().expect("UTF-8")]);
    let whole = Stack::new();
    let count = kill::at(&import(&whole), usize::MAX).expect("the import itself works");
    let expected = shown(&whole, "three");
    assert!(count > 50, "{count} changes are too few to be all");
    let mut killed = 0;
    for place in places(count, 16) {
        let stack = Stack::new();
        killed += usize::from(kill::at(&import(&stack), place).is_none());
        let found = stack.run(&["content", "fsck"]).stdout;
        assert!(broken(&found).is_empty(), "killed at {place}: {found}");
        bin::run(&mut import(&stack)).ok();
        assert_eq!(shown(&stack, "three"), expected, "killed at {place}");
        stack.run(&["content", "fsck", "--repair"]).ok();
    }
    assert!(killed > 0);
}

#[test]
fn kill_while_collecting() {
    let work = fixture::temp();
    let archive = archive(work.path());
    let made = || {
        let stack = Stack::new();
        stack.run(&["image", "import", archive.to_str().expect("UTF-8")]).ok();
        stack
    };
    let remove = |stack: &Stack| stack.command(&["image", "rm", "--sync", "three"]);
    let whole = made();
    let count = kill::at(&remove(&whole), usize::MAX).expect("the removal itself works");
    assert!(files(&whole, BLOBS).is_empty() && files(&whole, SNAPSHOTS).is_empty());
    for place in places(count, 10) {
        let stack = made();
        let ended = kill::at(&remove(&stack), place).is_some();
        let found = stack.run(&["content", "fsck"]).stdout;
        assert!(broken(&found).is_empty(), "killed at {place}: {found}");
        // To the end, whether its name was removed by then or not.
        stack.run(&["image", "rm", "--sync", "--force", "three"]).ok();
        if !ended {
            stack.run(&["image", "import", "--no-unpack", archive.to_str().expect("UTF-8")]).ok();
            stack.run(&["image", "rm", "--sync", "three"]).ok();
        }
        let left = (files(&stack, BLOBS), files(&stack, SNAPSHOTS));
        assert!(left.0.is_empty() && left.1.is_empty(), "killed at {place}: {left:?}");
    }
}

/// The machine stops at a change, or after the end: the disk has what was synced and maybe more.
#[test]
fn power_loss_while_importing() {
    if !Disk::possible() {
        return;
    }
    let work = fixture::temp();
    let archive = archive(work.path());
    let whole = Stack::new();
    let import = |stack: &Stack| stack.command(&["image", "import", archive.to_str().expect("UTF-8")]);
    let count = kill::at(&import(&whole), usize::MAX).expect("the import itself works");
    let expected = shown(&whole, "three");
    for place in places(count, 8).into_iter().chain([usize::MAX]) {
        let stack = Stack::new();
        let lib = stack.path("lib");
        std::fs::create_dir(&lib).expect("the root's folder");
        let disk = Disk::on(work.path(), &lib);
        let acknowledged = kill::at(&import(&stack), place).is_some();
        disk.lose_power();
        // Another boot, which is how it is told that not all may have reached the disk.
        let after = |args: &[&str]| disk::in_another_boot(work.path(), &stack.command(args));
        let names = after(&["image", "ls", "-q"]);
        assert_eq!(names.code, 0, "power lost at {place}: {}", names.stderr);
        assert!(!acknowledged || names.stdout == "three\n", "power lost at {place}: {}", names.stdout);
        let found = after(&["content", "fsck"]).stdout;
        assert!(broken(&found).is_empty(), "power lost at {place}: {found}");
        let again = after(&["image", "import", archive.to_str().expect("UTF-8")]);
        assert_eq!(again.code, 0, "power lost at {place}: {}", again.stderr);
        assert_eq!(shown(&stack, "three"), expected, "power lost at {place}");
    }
}

/// A container's folders are there as its record is, though nobody waited for them; and of one that was removed
/// neither is.
#[test]
fn power_loss_after_creating_and_removing() {
    if !Disk::possible() {
        return;
    }
    let work = fixture::temp();
    let archive = archive(work.path());
    let stack = Stack::new();
    let lib = stack.path("lib");
    std::fs::create_dir(&lib).expect("the root's folder");
    let disk = Disk::on(work.path(), &lib);
    stack.run(&["image", "import", archive.to_str().expect("UTF-8")]).ok();
    // As many as it takes for the log to be written over: to sync that takes nothing else to the disk.
    let ids: Vec<String> = (10..60).map(|n| format!("c{n}")).collect();
    for id in &ids {
        stack.run(&["container", "create", "--name", id, "three"]).ok();
    }
    let (gone, ids) = ids.split_at(10);
    for id in gone {
        stack.run(&["container", "rm", id]).ok();
    }
    disk.lose_power();
    let after = |args: &[&str]| disk::in_another_boot(work.path(), &stack.command(args));
    let listed = after(&["container", "ls", "-q"]).ok();
    assert_eq!(listed.lines().collect::<Vec<_>>(), ids);
    let snapshots = after(&["snapshot", "ls", "-q"]).ok();
    assert!(gone.iter().all(|id| !snapshots.lines().any(|key| key == id)), "{snapshots}");
    let found = after(&["content", "fsck"]).stdout;
    assert!(!found.contains("missing"), "{found}");
}

/// `run --rm` waits for no disk. What a loss of power brings back of it is forgotten in the next boot.
#[test]
fn power_loss_brings_back_nothing_for_long_that_was_to_be_removed() {
    if !Disk::possible() {
        return;
    }
    let work = fixture::temp();
    let stack = Stack::new();
    let (lib, root) = (stack.path("lib"), work.path().join("root"));
    std::fs::create_dir(&lib).expect("the root's folder");
    fixture::rootfs(&root);
    let disk = Disk::on(work.path(), &lib);
    stack.run(&["image", "import", "--rootfs", "--name", "busybox", root.to_str().expect("UTF-8")]).ok();
    let mut run =
        stack.command(&["run", "--rm", "-i", "--name", "gone", "busybox", "sh", "-c", "echo up; read x"]);
    let mut run = run.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("run ctrd");
    let mut line = String::new();
    BufReader::new(run.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    assert_eq!(line, "up\n");
    // Takes the record of the other to the disk as well; the removal goes there with nothing.
    stack.run(&["container", "create", "--name", "kept", "busybox", "true"]).ok();
    drop(run.stdin.take());
    assert!(run.wait().expect("its end").code().is_some());
    assert_eq!(stack.run(&["container", "ls", "-q"]).ok(), "kept\n");
    disk.lose_power();
    let after = |args: &[&str]| disk::in_another_boot(work.path(), &stack.command(args));
    assert_eq!(after(&["container", "ls", "-q"]).ok(), "gone\nkept\n");
    let lease = after(&["lease", "create"]).ok();
    after(&["lease", "rm", "--sync", lease.trim()]).ok();
    assert_eq!(after(&["container", "ls", "-q"]).ok(), "kept\n");
    // Its snapshot goes when the time has passed in which a container may claim it.
    let found = after(&["content", "fsck"]).stdout;
    assert!(!found.contains("missing"), "{found}");
}

/// The disk says no to one change: it is not acknowledged and nothing is changed after it, but all that was is there
/// for who reads, and for the next server, from which on the disk is believed again.
#[test]
fn after_a_change_that_did_not_reach_the_disk_there_is_none() {
    let work = fixture::temp();
    let stack = Stack::new();
    let lib = stack.path("lib");
    std::fs::create_dir(&lib).expect("the root's folder");
    let disk = Disk::possible().then(|| Disk::on(work.path(), &lib));
    let config = stack.path("config.toml");
    // The collector of itself writes nothing meanwhile.
    let late = "version = 3\n[plugins.\"io.containerd.gc.v1.scheduler\"]\nstartup_delay = \"1h\"\n";
    std::fs::write(&config, late).expect("write the configuration");
    let serve = || stack.serve_with(&["--config", config.to_str().expect("UTF-8")]);
    let mut server = serve();
    let names = || {
        let all = stack.run(&["namespace", "ls", "-q"]).ok();
        all.lines().map(str::to_string).filter(|name| name != "default").collect::<Vec<_>>()
    };
    stack.run(&["namespace", "create", "kept"]).ok();
    let failing = unsynced::fail_next(server.pid());
    let line = stack.run(&["namespace", "create", "lost"]).fails(1);
    failing.join().expect("the tracer");
    let log = stack.path("lib/io.containerd.metadata.v1.sqlite/meta.db-wal");
    assert_eq!(
        line,
        format!(
            "ctrd: namespace create lost: sync {}: Input/output error: this change may be lost, \
             and none is taken until ctrd is started anew",
            log.display()
        )
    );
    for change in [&["namespace", "create", "later"][..], &["namespace", "rm", "kept"], &["lease", "create"]]
    {
        let line = stack.run(change).fails(1);
        let words = "did not reach the disk: no change is taken until ctrd is started anew";
        assert!(line.contains(words), "{change:?}: {line}");
    }
    let seen = names();
    assert!(seen.iter().any(|name| name == "kept") && !seen.iter().any(|name| name == "later"), "{seen:?}");
    assert_eq!(server.stop(), Some(0));
    let server = serve();
    stack.run(&["namespace", "create", "later"]).ok();
    assert!(["kept", "later"].iter().all(|name| names().iter().any(|other| other == name)), "{:?}", names());
    drop(server);
    if let Some(disk) = disk {
        disk.lose_power();
        let after = disk::in_another_boot(work.path(), &stack.command(&["namespace", "ls", "-q"])).ok();
        assert!(after.contains("kept\n") && after.contains("later\n"), "{after}");
    }
}

#[test]
fn a_full_disk_is_said_in_a_line_and_leaves_nothing_half() {
    let work = fixture::temp();
    let archive = archive(work.path());
    let mut full = 0;
    for kilobytes in [200, 400, 600, 800, 1000, 1200, 1500, 4000] {
        let stack = Stack::new();
        let lib = stack.path("lib");
        std::fs::create_dir(&lib).expect("the root's folder");
        let mount = |options: &str| {
            let options = format!("{options}size={kilobytes}k");
            bin::run(Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&lib)).ok();
        };
        mount("");
        let _unmount = disk::Unmount(lib.clone());
        let import = || stack.run(&["image", "import", archive.to_str().expect("UTF-8")]);
        let done: Done = import();
        if done.code != 0 {
            full += 1;
            let line = done.fails(1);
            let words = ["No space left on device", "database or disk is full", "disk I/O error"];
            assert!(words.iter().any(|word| line.contains(word)), "{kilobytes} kB: {line}");
        }
        let bigger = "remount,size=64m";
        bin::run(Command::new("mount").args(["-o", bigger]).arg(&lib)).ok();
        let found = stack.run(&["content", "fsck"]);
        assert!(broken(&found.stdout).is_empty(), "{kilobytes} kB: {}", found.stdout);
        import().ok();
        stack.run(&["content", "fsck", "--repair"]).ok();
    }
    assert!((1..8).contains(&full), "{full} of 8 disks were full");
}

/// What a disk may do to a blob: unpacking says so and leaves nothing, importing brings it again.
#[test]
fn a_damaged_blob_is_told_and_brought_again() {
    let work = fixture::temp();
    let archive = archive(work.path());
    let archive = archive.to_str().expect("UTF-8");
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("flipped", |path| {
            let mut bytes = std::fs::read(path).expect("read the blob");
            let at = bytes.len() / 2;
            bytes[at] ^= 1;
            std::fs::remove_file(path).expect("remove the blob");
            std::fs::write(path, bytes).expect("write the blob");
        }),
        ("truncated", |path| {
            let bytes = std::fs::read(path).expect("read the blob");
            std::fs::remove_file(path).expect("remove the blob");
            std::fs::write(path, &bytes[..bytes.len() / 2]).expect("write the blob");
        }),
        ("missing", |path| std::fs::remove_file(path).expect("remove the blob")),
    ];
    for (what, damage) in damages {
        let stack = Stack::new();
        stack.run(&["image", "import", "--no-unpack", archive]).ok();
        let blobs = stack.path("lib").join(BLOBS);
        let largest = std::fs::read_dir(&blobs)
            .expect("the blobs")
            .map(|e| e.expect("a blob").path())
            .max_by_key(|path| path.metadata().expect("its size").len())
            .expect("a blob");
        damage(&largest);
        let line = stack.run(&["container", "create", "--name", "c", "three"]).fails(1);
        assert!(line.contains(largest.file_name().unwrap().to_str().unwrap()), "{what}: {line}");
        assert!(stack.run(&["container", "ls", "-q"]).ok().is_empty(), "{what}");
        stack.run(&["image", "import", archive]).ok();
        assert_eq!(stack.run(&["content", "fsck"]).ok(), "", "{what}");
        stack.run(&["container", "create", "--name", "c", "three"]).ok();
        stack.run(&["container", "rm", "c"]).ok();
    }
}

/// Several import the same image and remove it again, with a collection at each removal: what one has
/// imported is whole however the others get in between.
#[test]
fn imports_and_removals_at_once() {
    let work = fixture::temp();
    let archive = archive(work.path());
    let stack = Stack::new();
    let _server = stack.serve();
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (stack, archive) = (&stack, archive.to_str().expect("UTF-8"));
            scope.spawn(move || {
                let name = format!("own-{n}");
                for _ in 0..6 {
                    stack.run(&["image", "import", "--name", &name, archive]).ok();
                    stack.run(&["container", "create", "--name", &name, &name]).ok();
                    stack.run(&["container", "rm", &name]).ok();
                    stack.run(&["image", "rm", "--sync", &name]).ok();
                }
            });
        }
    });
    stack.run(&["image", "import", "--name", "last", archive.to_str().expect("UTF-8")]).ok();
    stack.run(&["image", "rm", "--sync", "last"]).ok();
    let left = (files(&stack, BLOBS), files(&stack, SNAPSHOTS));
    assert!(left.0.is_empty() && left.1.is_empty(), "{left:?}");
}

/// The same image gives the same archive, which every other tool reads.
#[test]
fn an_export_is_the_same_twice_and_others_read_it() {
    let work = fixture::temp();
    let archive = archive(work.path());
    let stack = Stack::new();
    stack.run(&["image", "import", archive.to_str().expect("UTF-8")]).ok();
    let to = |name: &str| {
        let path = work.path().join(name);
        stack.run(&["image", "export", "-o", path.to_str().expect("UTF-8"), "three"]).ok();
        path
    };
    let (one, two) = (to("one.tar"), to("two.tar"));
    let bytes = std::fs::read(&one).expect("read the archive");
    assert!(bytes == std::fs::read(&two).expect("read the archive"));
    let other = Stack::new();
    let names = other.run(&["image", "import", one.to_str().expect("UTF-8")]).ok();
    assert_eq!(names, "three\n");
    assert_eq!(shown(&other, "three"), shown(&stack, "three"));
    let from_other = work.path().join("other.tar");
    other.run(&["image", "export", "-o", from_other.to_str().expect("UTF-8"), "three"]).ok();
    assert!(bytes == std::fs::read(&from_other).expect("read the archive"));
    // What is no plain file is written to, and stays what it is.
    let null = work.path().join("null");
    bin::run(Command::new("mknod").arg(&null).args(["c", "1", "3"])).ok();
    stack.run(&["image", "export", "-o", null.to_str().expect("UTF-8"), "three"]).ok();
    assert_eq!(bin::run(Command::new("stat").args(["-c", "%F"]).arg(&null)).ok(), "character special file\n");
    let other = work.path().join("missing.tar").display().to_string();
    let missing = stack.run(&["image", "export", "--platform", "linux/s390x", "-o", &other, "three"]);
    assert!(missing.code == 0 || missing.stderr.contains("s390x"), "{}", missing.stderr);
    if bin::peer("skopeo") {
        for form in ["oci-archive", "docker-archive"] {
            let source = format!("{form}:{}", one.display());
            bin::run(Command::new("skopeo").args(["inspect", "--raw", &source])).ok();
        }
    }
}
