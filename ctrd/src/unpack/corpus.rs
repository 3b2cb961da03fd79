//! Archives that no honest tool writes, and what happens around them: whatever they are, nothing
//! outside changes, nothing is opened that must not be, and the end comes soon.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::tests::{Place, Tar};
use super::*;

/// A little of everything.
fn mixed() -> Vec<u8> {
    Tar::default()
        .dir("d")
        .file("d/a", &"text ".repeat(400))
        .link("d/b", "d/a")
        .symlink("d/l", "../outside")
        .raw("d/f", b'6', 0, "", 0o644)
        .pax(&[("path", "long/".repeat(60).as_bytes()), ("SCHILY.xattr.user.x", b"y")])
        .file("short", "long")
        .file("d/.wh.gone", "")
        .file("d/.wh..wh..opq", "")
        .pax(&[("GNU.sparse.size", b"5000"), ("GNU.sparse.map", b"0,1,4000,2")])
        .file("sparse", "abc")
        .end()
}

#[test]
fn cut_anywhere() {
    let whole = mixed();
    let place = Place::new();
    for cut in (0..whole.len()).step_by(256) {
        let got = place.apply(&whole[..cut]);
        // The end of an archive may be bare, between two members.
        assert!(got.is_ok() == (got.as_ref().is_ok_and(|a| a.size == cut as u64)), "cut at {cut}");
        assert!(cut % 512 == 0 || got.is_err(), "cut at {cut}");
        assert!(place.untouched(), "cut at {cut}");
    }
}

/// Random bytes in the place of good ones: an error, or another archive, and never a panic.
#[test]
fn flipped_anywhere() {
    let whole = mixed();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for round in 0..3000 {
        let mut tar = whole.clone();
        for _ in 0..=random() % 4 {
            let at = random() as usize % tar.len();
            tar[at] = random() as u8;
        }
        // Half of them with sums that hold, so that what is behind them is read.
        if round % 2 == 0 {
            let block = (random() as usize % (tar.len() / 512)) * 512;
            tar[block + 148..block + 156].fill(b' ');
            let sum: u32 = tar[block..block + 512].iter().map(|b| u32::from(*b)).sum();
            tar[block + 148..block + 156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
        let mut reader = TarReader::new(&tar[..]);
        let mut entries = 0;
        while let Ok(Some(_)) = reader.next_entry() {
            entries += 1;
            assert!(entries < 1000, "round {round}");
        }
        if round % 20 == 0 {
            let place = Place::new();
            let _ = place.apply(&tar);
            assert!(place.untouched(), "round {round}");
        }
    }
}

/// Somebody who can write to the snapshot swaps a folder for a link, again and again.
#[test]
fn folders_that_turn_into_links_meanwhile() {
    let mut tar = Tar::default();
    for n in 0..1000 {
        tar = tar
            .file(&format!("a/{n}"), "x")
            .file(&format!("a/.wh.canary{n}"), "")
            .file(&format!("a/d{n}/x"), "x");
    }
    let tar = tar.file("a/.wh.canary", "").end();
    let swaps = AtomicUsize::new(0);
    let done = AtomicBool::new(false);
    let (mut raced, mut rounds) = (0, 0);
    while raced < 2000 {
        let place = Place::new();
        let (root, outside) = (place.root(), place.dir.path().join("outside"));
        fs::create_dir(root.join("a")).unwrap();
        symlink(&outside, root.join("link")).unwrap();
        done.store(false, Ordering::Relaxed);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let (exchange, cwd) = (rustix::fs::RenameFlags::EXCHANGE, rustix::fs::CWD);
                    rustix::fs::renameat_with(cwd, root.join("a"), cwd, root.join("link"), exchange).unwrap();
                    swaps.fetch_add(1, Ordering::Relaxed);
                }
            });
            let before = swaps.load(Ordering::Relaxed);
            // It may fail, where a link is that leads nowhere below the root.
            let _ = place.apply(&tar);
            raced += swaps.load(Ordering::Relaxed) - before;
            done.store(true, Ordering::Relaxed);
        });
        assert!(place.untouched(), "after {raced} swaps");
        rounds += 1;
        assert!(rounds < 1000, "there is no race: {raced} swaps while {rounds} were unpacked");
    }
}

#[test]
fn names_and_times_without_measure() {
    let place = Place::new();
    let deep = "d/".repeat(4096);
    assert!(place.apply(&Tar::default().pax(&[("path", deep.as_bytes())]).dir("x").end()).is_err());
    let long = "n".repeat(300);
    assert!(place.apply(&Tar::default().pax(&[("path", long.as_bytes())]).file("x", "").end()).is_err());
    let odd = b"\xff\xfe\x01 \n";
    place.apply(&Tar::default().pax(&[("path", odd)]).file("x", "odd").end()).unwrap();
    assert_eq!(fs::read(place.root().join(std::ffi::OsStr::from_bytes(odd))).unwrap(), b"odd");
    for time in ["9223372036854775807", "-9223372036854775807", "0.999999999999", "-0.5"] {
        let tar = Tar::default().pax(&[("mtime", time.as_bytes())]).file("time", "").end();
        // Clamped by the file system, or refused by the kernel: never another file's.
        let _ = place.apply(&tar);
    }
    let many = [b'v'; 65536];
    let _ = place.apply(&Tar::default().pax(&[("SCHILY.xattr.user.big", &many)]).file("big", "").end());
    assert!(place.untouched());
}

#[test]
fn devices_are_made_and_not_opened() {
    if !nix::unistd::geteuid().is_root() || in_user_namespace() {
        return eprintln!("skipped: not root");
    }
    let place = Place::new();
    let device = |name: &str, flag: u8, numbers: (&str, &str)| {
        let mut tar = Tar::default().raw(name, flag, 0, "", 0o600).0;
        tar[329..336].copy_from_slice(numbers.0.as_bytes());
        tar[337..344].copy_from_slice(numbers.1.as_bytes());
        tar[148..156].fill(b' ');
        let sum: u32 = tar.iter().map(|b| u32::from(*b)).sum();
        tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar
    };
    // A tape that winds when it is opened, a FIFO without a reader, a disk.
    let tar = [
        device("tape", b'3', ("0000011", "0000000")),
        device("disk", b'4', ("0000376", "0000000")),
        Tar::default().raw("fifo", b'6', 0, "", 0o600).link("again", "fifo").file("fifo", "now a file").end(),
    ]
    .concat();
    place.apply(&tar).unwrap();
    let kind = |name: &str| place.root().join(name).symlink_metadata().unwrap().file_type();
    assert!(kind("tape").is_char_device() && kind("disk").is_block_device() && kind("again").is_fifo());
    assert_eq!(place.root().join("tape").symlink_metadata().unwrap().rdev(), nix::sys::stat::makedev(9, 0));
    assert_eq!(fs::read(place.root().join("fifo")).unwrap(), b"now a file");
}

/// Streams of several members, and those with something behind their end.
#[test]
fn frames_one_after_the_other() {
    let tar = mixed();
    let (first, second) = tar.split_at(tar.len() / 3);
    let zstd = [zstd::encode_all(first, 1).unwrap(), zstd::encode_all(second, 1).unwrap()].concat();
    let place = Place::new();
    assert_eq!(place.apply(&zstd).unwrap().diff_id, Digest::of(&tar));
    // Frames of somebody else's, which are passed over: `pzstd` begins with one.
    let own = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"own"].concat();
    let skipped = [own.clone(), zstd, own].concat();
    assert_eq!(place.apply(&skipped).unwrap().diff_id, Digest::of(&tar));
    let behind = [tar.clone(), vec![0; 5000]].concat();
    assert_eq!(place.apply(&behind).unwrap().diff_id, Digest::of(&behind));
    let junk = [zstd::encode_all(&tar[..], 1).unwrap(), b"junk".to_vec()].concat();
    assert!(place.apply(&junk).is_err());
}

/// A blob that is little and becomes much, and one that is much of which little is left to say.
#[test]
fn a_bomb_is_not_written_to_its_end() {
    let zeros = |size: usize| {
        let tar = Tar::default().raw("zeros", b'0', size as u64, "", 0o644).0;
        [&tar[..], &vec![0; size], &[0; 1024]].concat()
    };
    let place = Place::new();
    let bomb = zstd::encode_all(&zeros(100 << 20)[..], 1).unwrap();
    let refused = place.apply(&bomb).unwrap_err();
    assert!(refused.message.contains("grows to more than 500 times its size"), "{refused}");
    assert!(fs::metadata(place.root().join("zeros")).unwrap().len() < 70 << 20);
    place.apply(&zstd::encode_all(&zeros(40 << 20)[..], 1).unwrap()).unwrap();
    place.apply(&zeros(66 << 20)).unwrap();
}

/// A hard link brings a file of the layers below here; whiteouts after it mean that file all the same.
#[test]
fn what_was_brought_by_a_link_is_still_of_the_layers_below() {
    let lower = |place: &Place, root: &Path| {
        for name in ["d/old", "e/deep/old", "f/old"] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), "o").unwrap();
        }
        assert!(place.untouched());
    };
    let layer = Tar::default()
        .link("d/new", "d/old")
        .file("d/.wh..wh..opq", "")
        .link("x", "e/deep/old")
        .file(".wh.e", "")
        .link("f/new", "f/old")
        .file("f/.wh.old", "")
        .end();
    let names = |root: &Path| {
        let mut out = Vec::new();
        let dir = crate::snapshot::tree::open_root(root).unwrap();
        let mut visit = |path: &[std::ffi::CString], step: &crate::snapshot::tree::Step| {
            let gone = crate::snapshot::tree::kind(step.stat) == nix::sys::stat::SFlag::S_IFCHR;
            out.push(format!("{}{}", crate::snapshot::tree::display(path), if gone { "!" } else { "" }));
            Ok(())
        };
        crate::snapshot::tree::walk(&dir, &mut visit, &mut |_, _| Ok(())).unwrap();
        out
    };
    let plain = Place::new();
    lower(&plain, &plain.root());
    plain.apply(&layer).unwrap();
    assert_eq!(names(&plain.root()), ["d", "d/new", "f", "f/new", "x"]);
    let overlay = Place::new();
    lower(&overlay, &overlay.lower());
    apply(&layer[..], "", None, &overlay.overlay()).unwrap();
    assert_eq!(names(&overlay.root()), ["d", "d/new", "e!", "f", "f/new", "f/old!", "x"]);
}

/// A name that was a folder below, then a file, is a folder without those things when it becomes one again; and what is
/// a file below is no folder unless an entry says so. In either form.
#[test]
fn what_changes_its_kind_twice() {
    let lower = |root: &Path| {
        fs::create_dir_all(root.join("dir/sub")).unwrap();
        fs::write(root.join("file"), "below").unwrap();
        symlink("sub", root.join("dir/link")).unwrap();
    };
    let seen = |layer: &[u8]| {
        [false, true].map(|overlay| {
            let place = Place::new();
            lower(&if overlay { place.lower() } else { place.root() });
            let mounts = if overlay { place.overlay() } else { place.bind() };
            let applied = apply(layer, "", None, &mounts);
            assert!(place.untouched());
            let opaque = || {
                let all = crate::snapshot::tree::xattrs(&place.root().join("dir")).unwrap();
                all.iter().any(|(n, v)| n.to_bytes() == b"user.overlay.opaque" && v == b"y")
            };
            applied.is_ok() && !place.root().join("dir/sub").exists() && opaque() == overlay
        })
    };
    for (what, layer) in [
        ("a file", Tar::default().file("dir", "x")),
        ("a link", Tar::default().symlink("dir", "file")),
        ("a fifo", Tar::default().raw("dir", b'6', 0, "", 0o644)),
        ("a hard link", Tar::default().link("dir", "file")),
    ] {
        assert_eq!(seen(&layer.dir("dir").file("dir/new", "n").end()), [true, true], "{what}");
    }
    assert_eq!(seen(&Tar::default().file("file/x", "x").end()), [false, false]);
}

/// A hard link gives the inode what its own header says; and it may be to whatever a layer below has, but a folder.
#[test]
fn hard_links_to_whatever_is_there() {
    let place = Place::new();
    symlink("nowhere", place.lower().join("link")).unwrap();
    nix::unistd::mkfifo(&place.lower().join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let layer = Tar::default()
        .file("file", "x")
        .pax(&[("mtime", b"7"), ("SCHILY.xattr.user.note", b"y")])
        .raw("again", b'1', 0, "file", 0o4711)
        .pax(&[("SCHILY.xattr.user.note", b"none on a link")])
        .symlink("other", "link")
        .pax(&[("mtime", b"8")])
        .link("soft", "link")
        .raw("pipe", b'1', 0, "fifo", 0o604)
        .end();
    apply(&layer[..], "", None, &place.overlay()).unwrap();
    let root = place.root();
    let stat = |name: &str| root.join(name).symlink_metadata().unwrap();
    assert_eq!((stat("file").mode() & 0o7777, stat("file").mtime(), stat("file").nlink()), (0o4711, 7, 2));
    let attr = crate::snapshot::tree::xattrs(&root.join("file")).unwrap();
    assert!(attr.contains(&(c"user.note".into(), b"y".to_vec())), "{attr:?}");
    assert_eq!(fs::read_link(root.join("soft")).unwrap(), Path::new("nowhere"));
    assert_eq!((stat("soft").ino(), stat("soft").mtime()), (stat("link").ino(), 8));
    assert!(stat("pipe").file_type().is_fifo() && stat("pipe").mode() & 0o777 == 0o604);
    assert_eq!(stat("pipe").ino(), stat("fifo").ino());
}

/// A layer apart from those below is what it would be on them, or it says that it needs them.
#[test]
fn a_layer_apart_knows_when_it_needs_those_below() {
    let apart = |layer: &[u8]| {
        let place = Place::new();
        let options =
            vec![APART.to_string(), "userxattr".into(), format!("upperdir={}", place.root().display())];
        let mounts =
            vec![Mount { kind: "overlay".into(), source: "overlay".into(), options, ..Mount::default() }];
        apply(layer, "", None, &mounts).map(|_| place.root().join("d/.wh.x").exists())
    };
    let whole = Tar::default().dir("d").file("d/new", "n").file("d/.wh.x", "").file(".wh.y", "");
    assert!(!apart(&whole.end()).unwrap());
    for (what, layer) in [
        ("a folder", Tar::default().file("d/new", "n")),
        ("a file", Tar::default().link("new", "old")),
        ("a folder for a whiteout", Tar::default().file("d/.wh.x", "")),
        ("all names", Tar::default().file(".wh..wh..opq", "")),
    ] {
        let error = apart(&layer.end()).unwrap_err();
        assert_eq!(error.kind, Kind::Aborted, "{what}: {error}");
    }
}
