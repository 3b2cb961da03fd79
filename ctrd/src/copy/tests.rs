//! Copies in and out of roots, with what containers put in their way.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::*;

const MINE: Owners = Owners::Given { uid: 0, gid: 0 };

fn container(dir: &Path) -> Root {
    Root::container(dir, Ids::default(), Vec::new(), None).unwrap()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| format!("{}: {e}", path.display()))
}

#[test]
fn paths_as_they_are_asked_for() {
    for (text, path, folder, contents) in [
        ("/a/b", "/a/b", false, false),
        ("a//./b/", "/a/b", true, false),
        ("/a/../../b", "/b", false, false),
        ("/a/.", "/a", true, true),
        ("/", "/", true, true),
        (".", "/", true, true),
        ("a/..", "/", true, true),
        ("a/b/..", "/a", true, false),
    ] {
        let wanted = Wanted::of(text);
        assert_eq!(
            (wanted.shown().as_str(), wanted.folder, wanted.contents),
            (path, folder, contents),
            "{text}"
        );
    }
}

/// Source, target, and what is there then, or the error.
#[test]
fn what_goes_where() {
    for (source, target, outcome) in [
        ("/file", "/new", Ok("new")),
        ("/file", "/folder", Ok("folder/file")),
        ("/file", "/folder/", Ok("folder/file")),
        ("/file", "/there", Ok("there")),
        ("/file", "/link", Ok("folder/file")),
        ("/file", "/to-file", Ok("there")),
        ("/file", "/dangling", Ok("folder/nowhere")),
        ("/file", "/new/", Err("/new/: no such folder")),
        ("/file", "/none/new", Err("/none/new: No such file or directory")),
        ("/file", "/there/x", Err("/there/x: Not a directory")),
        ("/file/", "/new", Err("/file: Not a directory")),
        ("/dir", "/new", Ok("new/in")),
        ("/dir", "/new/", Ok("new/in")),
        ("/dir", "/folder", Ok("folder/dir/in")),
        ("/dir/.", "/folder", Ok("folder/in")),
        ("/dir/.", "/new", Ok("new/in")),
        ("/dir", "/there", Err("/there: is no folder")),
        ("/none", "/new", Err("/none: No such file or directory")),
        ("/", "/new", Ok("new/dir/in")),
    ] {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(from.path().join("dir")).unwrap();
        fs::write(from.path().join("file"), "text").unwrap();
        fs::write(from.path().join("dir/in"), "text").unwrap();
        fs::create_dir(to.path().join("folder")).unwrap();
        fs::write(to.path().join("there"), "old").unwrap();
        symlink("/folder", to.path().join("link")).unwrap();
        symlink("there", to.path().join("to-file")).unwrap();
        symlink("/folder/nowhere", to.path().join("dangling")).unwrap();
        let done = between(&container(from.path()), source, false, &container(to.path()), target, MINE);
        match (done, outcome) {
            (Ok(()), Ok(path)) => assert_eq!(text(&to.path().join(path)), "text", "{source} {target}"),
            (Err(e), Err(words)) => assert_eq!(e.message, words, "{source} {target}"),
            (done, _) => panic!("{source} {target}: {done:?}"),
        }
    }
}

#[test]
fn a_folder_and_a_file_do_not_take_each_others_place() {
    for (folder, reason) in [(true, "Not a directory"), (false, "Is a directory")] {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let make = |at: &Path, folder: bool| {
            fs::create_dir(at.join("d")).unwrap();
            let path = at.join("d/x");
            if folder { fs::create_dir(&path).unwrap() } else { fs::write(&path, "here").unwrap() }
        };
        make(from.path(), folder);
        make(to.path(), !folder);
        let done = between(&container(from.path()), "/d", false, &container(to.path()), "/", MINE);
        let message = done.unwrap_err().message;
        assert!(message.contains("d/x") && message.contains(reason), "{message}");
        assert_eq!(to.path().join("d/x").is_dir(), !folder);
    }
}

#[test]
fn links_of_a_container_stay_below_its_root() {
    let (host, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(host.path().join("secret"), "secret").unwrap();
    let (inside, outside) = (root.path(), host.path().to_str().unwrap());
    symlink(outside, inside.join("out")).unwrap();
    symlink(format!("{outside}/secret"), inside.join("out-file")).unwrap();
    symlink(format!("../../../../../../../../{outside}"), inside.join("up")).unwrap();
    symlink("/proc/self/root", inside.join("magic")).unwrap();
    let to = tempfile::tempdir().unwrap();
    for source in ["/out/secret", "/up/secret", "/magic/etc/passwd"] {
        let e = between(&container(inside), source, true, &container(to.path()), "/x", MINE).unwrap_err();
        assert_eq!(e.kind, Kind::Unknown, "{e:?}");
    }
    // A link is copied as one, and followed in its own root.
    between(&container(inside), "/out-file", false, &container(to.path()), "/x", MINE).unwrap();
    assert_eq!(fs::read_link(to.path().join("x")).unwrap(), host.path().join("secret"));
    assert!(between(&container(inside), "/out-file", true, &container(to.path()), "/y", MINE).is_err());
    // Into the container: neither through a link in the path, nor through one at its end.
    fs::write(to.path().join("file"), "evil").unwrap();
    for target in ["/out/new", "/up/new", "/out-file", "/out"] {
        let _ = between(&container(to.path()), "/file", false, &container(inside), target, MINE);
    }
    assert_eq!(text(&host.path().join("secret")), "secret");
    assert_eq!(fs::read_dir(host.path()).unwrap().count(), 1);
}

#[test]
fn an_archive_does_not_lead_out_of_its_folder() {
    let (host, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |kind: tar::EntryType, name: &str, link: &str, data: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        if !link.is_empty() {
            header.set_link_name_literal(link).unwrap();
        }
        header.set_size(data.len() as u64);
        header.set_mode(0o4755);
        header.set_cksum();
        tar.append(&header, data).unwrap();
    };
    let outside = host.path().to_str().unwrap();
    add(tar::EntryType::Symlink, "way", outside, b"");
    add(tar::EntryType::Regular, "way/new", "", b"x");
    add(tar::EntryType::Regular, "../../../../../../../../../../tmp/ctrd-copied-out", "", b"x");
    add(tar::EntryType::Regular, ".wh.kept", "", b"");
    add(tar::EntryType::Regular, "kept", "", b"kept");
    let tar = tar.into_inner().unwrap();
    into(&container(root.path()), "/", tar.as_slice()).unwrap();
    assert_eq!(fs::read_dir(host.path()).unwrap().count(), 0);
    assert!(!Path::new("/tmp/ctrd-copied-out").exists());
    assert_eq!(text(&root.path().join("kept")), "kept");
    assert!(root.path().join(".wh.kept").exists(), "it is no layer");
    assert_eq!(fs::metadata(root.path().join("kept")).unwrap().mode() & 0o7777, 0o4755);
    assert!(into(&container(root.path()), "/kept", tar.as_slice()).is_err());
}

#[test]
fn owners_and_what_a_mode_grants() {
    if !nix::unistd::geteuid().is_root() {
        return eprintln!("skipped: not root");
    }
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = from.path().join("file");
    fs::write(&file, "x").unwrap();
    std::os::unix::fs::chown(&file, Some(100_005), Some(100_006)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o6755)).unwrap();
    let mapped = Ids::of_spec(&[(0, 100_000, 1000)], &[(0, 100_000, 1000)]);
    let inside = || Root::container(from.path(), mapped.clone(), Vec::new(), None).unwrap();
    let owner = |path: &Path| {
        let meta = fs::metadata(path).unwrap();
        (meta.uid(), meta.gid(), meta.mode() & 0o7777)
    };
    let host = container(to.path());
    between(&inside(), "/file", false, &host, "/given", Owners::Given { uid: 7, gid: 8 }).unwrap();
    assert_eq!(owner(&to.path().join("given")), (7, 8, 0o755));
    between(&inside(), "/file", false, &host, "/kept", Owners::Kept).unwrap();
    assert_eq!(owner(&to.path().join("kept")), (5, 6, 0o6755));
    between(&host, "/given", false, &inside(), "/back", MINE).unwrap();
    assert_eq!(owner(&from.path().join("back")), (100_000, 100_000, 0o755));
    std::os::unix::fs::chown(to.path().join("kept"), Some(5000), Some(5)).unwrap();
    let e = between(&host, "/kept", false, &inside(), "/no", Owners::Kept).unwrap_err();
    assert!(e.message.contains("owner 5000:5 is not mapped there"), "{e}");
}

#[test]
fn what_is_mounted_later_is_not_taken_for_what_is_there() {
    let (root, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(root.path().join("data")).unwrap();
    symlink("data/x", root.path().join("link")).unwrap();
    symlink("/data", root.path().join("way")).unwrap();
    fs::write(to.path().join("file"), "x").unwrap();
    let ended = || Root::container(root.path(), Ids::default(), vec!["/data".into()], None).unwrap();
    for target in ["/data/new", "/data", "/link", "/way/new", "/way"] {
        let e = between(&container(to.path()), "/file", false, &ended(), target, MINE).unwrap_err();
        assert_eq!(e.message, "/data: is mounted only while the container runs", "{target}");
    }
    assert!(between(&ended(), "/data/x", false, &container(to.path()), "/y", MINE).is_err());
}

/// Two names that change places as often as they can, until it is over.
struct Swapper {
    stop: std::sync::Arc<std::sync::atomic::AtomicBool>,
    thread: std::thread::JoinHandle<usize>,
}

impl Swapper {
    fn new(one: std::path::PathBuf, other: std::path::PathBuf) -> Swapper {
        use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut count = 0;
            while !seen.load(std::sync::atomic::Ordering::Relaxed) {
                // A copy may have removed one of them for a moment.
                let swapped = renameat2(AT_FDCWD, &one, AT_FDCWD, &other, RenameFlags::RENAME_EXCHANGE);
                count += usize::from(swapped.is_ok());
            }
            count
        });
        Swapper { stop, thread }
    }

    /// There was a race: they changed places more often than there were rounds.
    fn over(self, rounds: usize) {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let count = self.thread.join().unwrap();
        assert!(count > rounds, "no race: {count} swaps in {rounds} rounds");
    }
}

/// What is read is a file's of the container, whatever it puts in its place: never the host's, of which links and
/// devices speak.
#[test]
fn what_changes_places_is_not_read_from_the_host() {
    let host = tempfile::tempdir().unwrap();
    let secret = host.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    type Put<'a> = &'a dyn Fn(&Path);
    let fifo = |at: &Path| nix::unistd::mkfifo(at, nix::sys::stat::Mode::S_IRWXU).unwrap();
    // Zeroes without end, if it were read.
    let zero = |at: &Path| {
        use nix::sys::stat::{Mode, SFlag, makedev, mknod};
        mknod(at, SFlag::S_IFCHR, Mode::S_IRWXU, makedev(1, 5)).unwrap();
    };
    let link = |at: &Path| symlink(&secret, at).unwrap();
    let mut puts: Vec<Put> = vec![&link, &fifo];
    if nix::unistd::geteuid().is_root() {
        puts.push(&zero);
    }
    for put in puts {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("d")).unwrap();
        fs::write(root.path().join("d/f"), "inside").unwrap();
        put(&root.path().join("other"));
        let swapper = Swapper::new(root.path().join("d/f"), root.path().join("other"));
        let mut copied = 0;
        for n in 0..300 {
            let to = tempfile::tempdir().unwrap();
            let (source, follow) = [("/d/f", false), ("/d/f", true), ("/d", false)][n % 3];
            let owners = if n % 2 == 0 { MINE } else { Owners::Kept };
            let done = between(&container(root.path()), source, follow, &container(to.path()), "/x", owners);
            let at = if source == "/d" { to.path().join("x/f") } else { to.path().join("x") };
            let Ok(meta) = fs::symlink_metadata(&at) else { continue };
            if meta.is_file() && done.is_ok() {
                assert_eq!(text(&at), "inside", "{source} {follow}");
                copied += 1;
            }
            assert!(!meta.is_file() || text(&at) != "secret", "{source} {follow}");
        }
        swapper.over(300);
        assert!(copied > 0, "nothing was ever copied");
    }
    assert_eq!(text(&secret), "secret");
}

/// What is written is written below the root of the container, whatever it puts on the way.
#[test]
fn what_changes_places_does_not_lead_a_copy_out() {
    let host = tempfile::tempdir().unwrap();
    let secret = host.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let from = tempfile::tempdir().unwrap();
    fs::create_dir(from.path().join("t")).unwrap();
    fs::write(from.path().join("t/secret"), "evil").unwrap();
    let root = tempfile::tempdir().unwrap();
    let inside = |name: &str| root.path().join(name);
    fs::create_dir_all(inside("d/t")).unwrap();
    symlink(host.path(), inside("way")).unwrap();
    fs::write(inside("f"), "").unwrap();
    symlink(&secret, inside("to")).unwrap();
    let swappers = [Swapper::new(inside("d"), inside("way")), Swapper::new(inside("f"), inside("to"))];
    let mut copied = 0;
    for n in 0..300 {
        let (source, target) =
            [("/t/.", "/d"), ("/t", "/d"), ("/t/secret", "/d/secret"), ("/t/secret", "/f")][n % 4];
        let owners = if n % 2 == 0 { MINE } else { Owners::Kept };
        let done = between(&container(from.path()), source, false, &container(root.path()), target, owners);
        copied += usize::from(done.is_ok());
    }
    for swapper in swappers {
        swapper.over(300);
    }
    assert!(copied > 0, "nothing was ever copied");
    assert_eq!(text(&secret), "secret");
    assert_eq!(fs::read_dir(host.path()).unwrap().count(), 1);
}

/// A folder that a container puts where a file is to come is not removed for it.
#[test]
fn a_folder_that_comes_meanwhile_stays() {
    let (from, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(from.path().join("f"), "new").unwrap();
    fs::create_dir(root.path().join("full")).unwrap();
    fs::write(root.path().join("full/kept"), "kept").unwrap();
    fs::write(root.path().join("f"), "old").unwrap();
    let swapper = Swapper::new(root.path().join("f"), root.path().join("full"));
    for _ in 0..300 {
        let _ = between(&container(from.path()), "/f", false, &container(root.path()), "/f", MINE);
    }
    swapper.over(300);
    let kept = |dir: &str| root.path().join(dir).join("kept").exists();
    assert!(kept("f") || kept("full"), "a folder with a file in it was removed");
}

#[test]
fn attributes_of_a_file_by_itself_come_along() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = from.path().join("f");
    fs::write(&file, "x").unwrap();
    if rustix::fs::setxattr(&file, "user.kept", b"value", rustix::fs::XattrFlags::empty()).is_err() {
        return eprintln!("skipped: no attributes here");
    }
    between(&container(from.path()), "/f", false, &container(to.path()), "/g", MINE).unwrap();
    let found = crate::snapshot::tree::xattrs(&to.path().join("g")).unwrap();
    assert!(
        found.iter().any(|(name, value)| name.as_c_str() == c"user.kept" && value == b"value"),
        "{found:?}"
    );
}
