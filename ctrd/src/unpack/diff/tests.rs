//! Two trees, their difference as a layer, and the layer on the first tree: that is the second one.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::digest::Digest;
use crate::unpack::apply;

/// Everything below a folder that a layer carries, a line for each name.
fn list(root: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let mut inodes = std::collections::HashMap::new();
    let dir = tree::open_root(root).unwrap();
    tree::walk(
        &dir,
        &mut |path, step| {
            let name = tree::display(path);
            let at = root.join(&name);
            let stat = step.stat;
            let content = match tree::is_dir(stat) {
                true => String::new(),
                false => fs::read_link(&at)
                    .map(|to| to.display().to_string())
                    .or_else(|_| fs::read_to_string(&at))
                    .unwrap_or_default(),
            };
            let first = inodes.entry(stat.st_ino).or_insert_with(|| name.clone()).clone();
            let mut own = tree::xattrs(&tree::proc_path(step.dir, step.name)).unwrap();
            own.retain(|(name, _)| !tree::is_overlay_xattr(name.to_bytes()));
            let time = if tree::is_dir(stat) { 0 } else { stat.st_mtime };
            out.push(format!("{name} {:o} {time} {first} {content:?} {own:?}", stat.st_mode));
            Ok(())
        },
        &mut |_, _| Ok(()),
    )
    .unwrap();
    out
}

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn first(root: &Path) {
    for name in
        ["same", "gone", "changed", "dir/a", "dir/b", "dir/deep/er/x", "turns/x", "other/kept", "empty/x"]
    {
        put(root, name, name);
    }
    put(root, "becomes", "a file");
    put(root, "twice", "by two names");
    symlink("same", root.join("link")).unwrap();
    put(root, "replaced/old", "old");
}

fn second(root: &Path) {
    fs::remove_file(root.join("gone")).unwrap();
    put(root, "changed", "changed!");
    fs::remove_file(root.join("dir/b")).unwrap();
    fs::remove_dir_all(root.join("turns")).unwrap();
    put(root, "turns", "a file now");
    fs::remove_file(root.join("becomes")).unwrap();
    put(root, "becomes/a/folder", "new");
    fs::remove_file(root.join("link")).unwrap();
    symlink("changed", root.join("link")).unwrap();
    fs::set_permissions(root.join("same"), fs::Permissions::from_mode(0o4711)).unwrap();
    fs::hard_link(root.join("twice"), root.join("dir/twice")).unwrap();
    fs::remove_file(root.join("empty/x")).unwrap();
    fs::set_permissions(root.join("dir/deep"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::remove_dir_all(root.join("replaced")).unwrap();
    put(root, "replaced/new", "new");
    put(root, &format!("{}/{}", "d".repeat(90), "f".repeat(90)), "long");
    rustix::fs::lsetxattr(root.join("dir/a"), c"user.note", b"kept", rustix::fs::XattrFlags::empty())
        .unwrap();
}

fn bind(dir: &Path) -> Vec<Mount> {
    let options = vec!["rbind".to_string(), "rw".to_string()];
    vec![Mount { kind: "bind".into(), source: dir.display().to_string(), options, ..Mount::default() }]
}

/// Mounts are for root alone.
fn root() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        eprintln!("skipped: not root");
    }
    root
}

fn tar(left: &[Mount], right: &[Mount], epoch: Option<i64>) -> Vec<u8> {
    let mut out = Vec::new();
    diff(left, right, epoch, &mut out).unwrap();
    out
}

#[test]
fn a_difference_leads_from_one_tree_to_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for name in ["left", "right", "made"] {
        fs::create_dir(at(name)).unwrap();
    }
    first(&at("left"));
    tree::copy(&at("left"), &at("right")).unwrap();
    tree::copy(&at("left"), &at("made")).unwrap();
    second(&at("right"));
    let layer = || {
        let mut out = Vec::new();
        let mut changes = Changes::new(&mut out, None);
        let open = |name: &str| tree::open_root(&at(name)).unwrap();
        compare(&open("left"), &open("right"), &mut changes).unwrap();
        changes.finish().unwrap();
        out
    };
    let made = layer();
    assert_eq!(Digest::of(&made), Digest::of(&layer()));
    apply(&made[..], "", None, &bind(&at("made"))).unwrap();
    assert_eq!(list(&at("made")), list(&at("right")));
    // What did not change is not in it, but for the folders on the way.
    let names: Vec<String> = tar::Archive::new(&made[..])
        .entries()
        .unwrap()
        .map(|e| e.unwrap().path().unwrap().display().to_string())
        .collect();
    for absent in ["other", "other/kept", "dir/deep/er", "dir/deep/er/x"] {
        assert!(!names.iter().any(|n| n.trim_end_matches('/') == absent), "{absent}: {names:?}");
    }
    for there in [".wh.gone", "dir/", "dir/.wh.b", "empty/", "empty/.wh.x", "twice", "dir/twice"] {
        assert!(names.iter().any(|n| n == there), "{there}: {names:?}");
    }
}

#[test]
fn the_upper_folder_of_an_overlay_is_the_difference() {
    if !root() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for name in ["lower", "upper", "work", "plain", "made"] {
        fs::create_dir(at(name)).unwrap();
    }
    first(&at("lower"));
    let overlay = Mount {
        kind: "overlay".into(),
        source: "overlay".into(),
        options: vec![
            format!("workdir={}", at("work").display()),
            format!("upperdir={}", at("upper").display()),
            format!("lowerdir={}", at("lower").display()),
        ],
        ..Mount::default()
    };
    {
        let mounted = match Mounted::new(std::slice::from_ref(&overlay)) {
            Ok(mounted) => mounted,
            Err(e) => return eprintln!("skipped: no overlay here: {e}"),
        };
        second(mounted.path());
        tree::copy(mounted.path(), &at("plain")).unwrap();
    }
    let right = std::slice::from_ref(&overlay);
    let quick = tar(&bind(&at("lower")), right, None);
    // Not as it was before, so that all is mounted and compared.
    let mut strange = overlay.clone();
    strange.options.push("xino=off".into());
    let slow = tar(&bind(&at("lower")), &[strange], None);
    for layer in [quick, slow] {
        tree::remove(&at("made")).unwrap();
        fs::create_dir(at("made")).unwrap();
        tree::copy(&at("lower"), &at("made")).unwrap();
        apply(&layer[..], "", None, &bind(&at("made"))).unwrap();
        assert_eq!(list(&at("made")), list(&at("plain")));
    }
}

#[test]
fn nothing_and_everything() {
    if !root() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for name in ["left", "made"] {
        fs::create_dir(at(name)).unwrap();
    }
    first(&at("left"));
    assert_eq!(tar(&bind(&at("left")), &bind(&at("left")), None), [0; 1024]);
    let all = tar(&[], &bind(&at("left")), Some(1000));
    apply(&all[..], "", None, &bind(&at("made"))).unwrap();
    assert_eq!(fs::metadata(at("made/dir/deep/er/x")).unwrap().mtime(), 1000);
    let none = tar(&bind(&at("left")), &[], None);
    apply(&none[..], "", None, &bind(&at("made"))).unwrap();
    assert_eq!(fs::read_dir(at("made")).unwrap().count(), 0);
}
