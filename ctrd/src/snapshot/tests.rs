//! Both snapshotters on real folders: the life of a snapshot, and what is refused.

use super::*;
use crate::error::Kind as E;

fn open(native: bool) -> (tempfile::TempDir, Snapshotter) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&dir.path().join("meta.db"), crate::store::PATIENCE).unwrap());
    let made = if native { Snapshotter::native } else { Snapshotter::overlayfs };
    let snapshotter = made(dir.path(), store).unwrap();
    (dir, snapshotter)
}

fn layer(s: &Snapshotter, name: &str, parent: &str) {
    let key = format!("extract-{name}");
    let mounts = s.prepare("n", &key, parent, &Labels::new(), None).unwrap();
    let upper = mounts[0].option("upperdir").unwrap_or(&mounts[0].source);
    fs::write(Path::new(upper).join(name), name).unwrap();
    s.commit("n", name, &key, "", &Labels::new(), None).unwrap();
}

#[test]
fn overlay_mounts_by_number_of_parents() {
    let (_dir, s) = open(false);
    let none = Labels::new();
    layer(&s, "one", "");
    layer(&s, "two", "one");
    let base = s.root().join("snapshots").display().to_string();
    let bare = s.prepare("n", "a", "", &none, None).unwrap();
    assert_eq!((bare[0].kind.as_str(), &bare[0].source), ("bind", &format!("{base}/3/fs")));
    assert_eq!(bare[0].options, ["rw", "rbind"]);
    let view = s.view("n", "v", "one", &none, None).unwrap();
    assert_eq!((&view[0].source, view[0].has("ro")), (&format!("{base}/1/fs"), true));
    let both = s.view("n", "w", "two", &none, None).unwrap();
    assert_eq!(both[0].option("lowerdir").unwrap(), format!("{base}/2/fs:{base}/1/fs"));
    assert!(both[0].option("upperdir").is_none());
    let active = s.prepare("n", "b", "two", &none, None).unwrap();
    assert_eq!(active[0].option("upperdir").unwrap(), format!("{base}/6/fs"));
    assert_eq!(active[0].option("workdir").unwrap(), format!("{base}/6/work"));
    assert_eq!(s.mounts("n", "b").unwrap(), active);
    assert_eq!(s.mounts("n", "two").unwrap_err().kind, E::FailedPrecondition);
}

#[test]
fn nothing_but_a_regular_file_is_opened() {
    use nix::sys::stat::{Mode, SFlag, mknod};
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("file"), "text").unwrap();
    std::os::unix::fs::symlink("file", path("link")).unwrap();
    mknod(&path("fifo"), SFlag::S_IFIFO, Mode::S_IRWXU, 0).unwrap();
    let made = mknod(&path("null"), SFlag::S_IFCHR, Mode::S_IRWXU, nix::sys::stat::makedev(1, 3));
    let root = tree::open_root(dir.path()).unwrap();
    assert_eq!(std::io::read_to_string(tree::open_file(&root, c"file").unwrap()).unwrap(), "text");
    for (name, there) in [(c"link", true), (c"fifo", true), (c"null", made.is_ok())] {
        let e = tree::open_file(&root, name).err().unwrap();
        assert!(!there || e.to_string() == "is no regular file", "{name:?}: {e}");
    }
}

#[test]
fn settings_are_seen_in_mounts_and_labels() {
    let (_dir, s) = open(false);
    let none = Labels::new();
    layer(&s, "one", "");
    layer(&s, "two", "one");
    let s = s.with_settings(vec!["index=on".into(), "metacopy=off".into()], true);
    let active = s.prepare("n", "a", "two", &none, None).unwrap();
    assert!(active[0].has("index=on") && active[0].has("metacopy=off") && !active[0].has("index=off"));
    let upper = active[0].option("upperdir").unwrap().to_string();
    let expected: Labels = [("containerd.io/snapshot/overlay.upperdir".to_string(), upper)].into();
    assert_eq!(s.stat("n", "a").unwrap().labels, expected);
    assert_eq!(s.update("n", "a", &none, &[]).unwrap().labels, expected);
    assert!(s.list("n", |info| info.labels == expected).unwrap().len() == 1);
    // It is told, and not kept.
    assert_eq!(s.with_settings(Vec::new(), false).stat("n", "a").unwrap().labels, none);
}

#[test]
fn refuses_as_containerd_does() {
    let (_dir, s) = open(false);
    let none = Labels::new();
    layer(&s, "one", "");
    s.prepare("n", "a", "one", &none, None).unwrap();
    s.view("n", "v", "one", &none, None).unwrap();
    let target: Labels = [(REF_LABEL.to_string(), "one".to_string())].into();
    for (what, got, want) in [
        ("same key", s.prepare("n", "a", "", &none, None).err(), E::AlreadyExists),
        ("key of a committed one", s.prepare("n", "one", "", &none, None).err(), E::AlreadyExists),
        ("target is there", s.prepare("n", "x", "", &target, None).err(), E::AlreadyExists),
        ("no parent", s.prepare("n", "x", "no", &none, None).err(), E::NotFound),
        ("active parent", s.prepare("n", "x", "a", &none, None).err(), E::InvalidArgument),
        (
            "commit of a view",
            s.commit("n", "x", "v", "", &none, None).err().map(|e| vec![e]).and_then(|mut v| v.pop()),
            E::FailedPrecondition,
        ),
        ("commit to a name in use", s.commit("n", "one", "a", "", &none, None).err(), E::AlreadyExists),
        ("commit of none", s.commit("n", "x", "no", "", &none, None).err(), E::NotFound),
        ("remove with child", s.remove("n", "one", None).err(), E::FailedPrecondition),
        ("remove none", s.remove("n", "no", None).err(), E::NotFound),
        ("other namespace", s.stat("m", "one").err(), E::NotFound),
        ("no such lease", s.prepare("n", "x", "", &none, Some("l")).err(), E::NotFound),
    ] {
        assert_eq!(got.map(|e| e.kind), Some(want), "{what}");
    }
    assert_eq!(s.list("n", |_| true).unwrap().len(), 3);
    s.cleanup().unwrap();
    assert_eq!(fs::read_dir(s.root().join("snapshots")).unwrap().count(), 3);
}

#[test]
fn removes_and_cleans_up() {
    let (_dir, s) = open(false);
    layer(&s, "one", "");
    let orphan = s.root().join("snapshots/77");
    fs::create_dir_all(orphan.join("fs/deep")).unwrap();
    fs::create_dir_all(s.root().join("snapshots/new-x")).unwrap();
    fs::create_dir_all(s.root().join("snapshots/rm-5-x")).unwrap();
    s.cleanup().unwrap();
    assert_eq!(fs::read_dir(s.root().join("snapshots")).unwrap().count(), 1);
    s.remove("n", "one", None).unwrap();
    assert_eq!(fs::read_dir(s.root().join("snapshots")).unwrap().count(), 0);
}

#[test]
fn files_of_what_a_loss_of_power_brings_back_wait_for_the_disk() {
    for (native, committed, ahead) in
        [(false, false, false), (false, false, true), (false, true, false), (true, false, true)]
    {
        let (_dir, s) = open(native);
        match committed {
            true => layer(&s, "one", ""),
            false => drop(s.prepare("n", "one", "", &Labels::new(), None).unwrap()),
        }
        let on_disk = || {
            let (synced, entered) = s.store.synced();
            synced == entered
        };
        let mut early = None;
        let mut left = None;
        s.remove_by("n", "one", None, ahead, |doomed| {
            early = Some(!on_disk());
            left = Some(doomed);
        })
        .unwrap();
        // Only an overlay's folders that are written to are made anew after such a loss.
        let anew = !native && !committed;
        assert_eq!((early, on_disk()), (Some(anew), !(anew && ahead)), "{native} {committed} {ahead}");
        assert_eq!(s.stat("n", "one").unwrap_err().kind, E::NotFound);
        let folder =
            || fs::read_dir(s.root().join("snapshots")).unwrap().next().map(|e| e.unwrap().file_name());
        let name = folder().unwrap().into_string().unwrap();
        // What is being removed was not left over.
        assert!(!s.is_left_over(&name).unwrap());
        left.unwrap().remove().unwrap();
        assert_eq!(folder(), None);
        assert!(s.is_left_over(&name).unwrap());
    }
}

#[test]
fn rebases_what_was_prepared_on_nothing() {
    let (_dir, s) = open(false);
    let none = Labels::new();
    layer(&s, "one", "");
    s.prepare("n", "x", "", &none, None).unwrap();
    s.commit("n", "two", "x", "one", &none, None).unwrap();
    assert_eq!(s.stat("n", "two").unwrap().parent, "one");
    assert_eq!(s.usage("n", "two").unwrap().inodes, 1);
}

#[test]
fn a_committed_snapshot_has_the_labels_of_its_commit() {
    let (_dir, s) = open(false);
    let labels: Labels =
        [("containerd.io/snapshot/x", "1"), ("containerd.io/snapshot.ref", "one"), ("own", "2")]
            .map(|(k, v)| (k.to_string(), v.to_string()))
            .into();
    s.prepare("n", "x", "", &labels, None).unwrap();
    let own = Labels::from([("of".to_string(), "the commit".to_string())]);
    s.commit("n", "one", "x", "", &own, None).unwrap();
    assert_eq!(s.stat("n", "one").unwrap().labels, own);
}

#[test]
fn native_copies_its_parent() {
    let (_dir, s) = open(true);
    layer(&s, "one", "");
    let mounts = s.prepare("n", "a", "one", &Labels::new(), None).unwrap();
    let root = Path::new(&mounts[0].source);
    assert_eq!(fs::read(root.join("one")).unwrap(), b"one");
    fs::write(root.join("one"), b"changed").unwrap();
    let other = s.view("n", "b", "one", &Labels::new(), None).unwrap();
    assert_eq!(fs::read(Path::new(&other[0].source).join("one")).unwrap(), b"one");
}

#[test]
fn removes_what_is_too_deep_for_paths() {
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path().join("top");
    fs::create_dir(&top).unwrap();
    let mut at = tree::open_root(&top).unwrap();
    for _ in 0..3000 {
        nix::sys::stat::mkdirat(&at, c"d", nix::sys::stat::Mode::S_IRWXU).unwrap();
        at = tree::open_dir(&at, c"d").unwrap();
    }
    tree::remove(&top).unwrap();
    assert!(!top.exists());
}
