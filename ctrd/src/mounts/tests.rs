//! What becomes of activations: held, deactivated, under way when their server dies.

use std::os::unix::fs::MetadataExt;

use super::*;
use crate::store::{PATIENCE, leases};

fn opened(dir: &Path) -> Mounts {
    let store = Arc::new(Store::open(&dir.join("meta.db"), PATIENCE).unwrap());
    Mounts::open(dir, dir, store).unwrap()
}

fn tmpfs() -> Vec<Mount> {
    vec![Mount { kind: "tmpfs".into(), source: "tmpfs".into(), ..Mount::default() }]
}

fn activated(mounts: &Mounts, name: &str, labels: Labels, lease: Option<&str>) {
    mounts.activate("n", name, tmpfs(), labels, true, lease).unwrap();
}

/// An activation of which the last step is yet to come.
fn halfway(mounts: &Mounts, name: &str) -> Begun {
    let begun = mounts.begin("n", name, None).unwrap();
    mounts.make(&begun.dir, Plan::of(tmpfs(), true).unwrap(), true, &mut ActivationInfo::default()).unwrap();
    begun
}

fn names(mounts: &Mounts) -> Vec<String> {
    mounts.list("n", |_| true).unwrap().into_iter().map(|info| info.name).collect()
}

fn folders(mounts: &Mounts) -> usize {
    let below = format!("{}/", mounts.targets.display());
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mounted = table.lines().filter(|line| line.contains(&below)).count();
    let folders = fs::read_dir(&mounts.targets).unwrap().count();
    assert_eq!(mounted, folders, "each of them is mounted, and nothing else");
    folders
}

fn execute(mounts: &Mounts, sql: &str) {
    mounts.store.write(|tx| Ok(tx.execute_batch(sql)?)).unwrap();
}

/// As containerd's collector has it: what a collection leaves is what is held.
#[test]
fn what_nothing_holds_is_let_go_of() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    mounts.store.write(|tx| leases::create(tx, "n", "l", Labels::new())).unwrap();
    execute(
        &mounts,
        r#"INSERT INTO images (namespace, name, target, labels, created_at, updated_at) VALUES
           ('n', 'i', '{}', '{"containerd.io/gc.ref.mount.x": "named", "containerd.io/gc.ref.mounts": "free"}', 0, 0),
           ('other', 'i', '{}', '{"containerd.io/gc.ref.mount": "free"}', 0, 0)"#,
    );
    for (name, label, lease) in [
        ("leased", "other", Some("l")),
        ("both", "containerd.io/gc.bref.image.x", Some("l")),
        ("led-to", "containerd.io/gc.bref.image", None),
        ("named", "other", None),
        ("free", "other", None),
    ] {
        activated(&mounts, name, Labels::from([(label.to_string(), "i".to_string())]), lease);
    }
    let left = || -> Vec<String> {
        mounts.collect().unwrap();
        let left = names(&mounts);
        assert_eq!(folders(&mounts), left.len());
        left
    };
    assert_eq!(left(), ["both", "leased", "led-to", "named"]);
    mounts.store.write(|tx| leases::delete(tx, "n", "l")).unwrap();
    assert_eq!(left(), ["both", "led-to", "named"]);
    mounts.deactivate("n", "both").unwrap();
    execute(&mounts, "DELETE FROM images");
    assert_eq!(left(), [] as [&str; 0]);
}

/// The labels of a container and of a sandbox lead to mounts as those of an image do.
#[test]
fn records_lead_to_mounts() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    let to = |name: &str| [("containerd.io/gc.ref.mount".to_string(), name.to_string())].into();
    let container = crate::api::containers::Container { labels: to("a"), ..Default::default() };
    let sandbox = crate::api::types::Sandbox { labels: to("b"), ..Default::default() };
    mounts
        .store
        .write(|tx| {
            let sql = "INSERT INTO containers (namespace, id, record, created_at, updated_at)
                       VALUES ('n', 'c', ?1, 0, 0)";
            tx.execute(sql, [container.encode_to_vec()])?;
            let sql = "INSERT INTO sandboxes (namespace, id, record) VALUES ('n', 's', ?1)";
            Ok(tx.execute(sql, [sandbox.encode_to_vec()])?)
        })
        .unwrap();
    ["a", "b", "c"].into_iter().for_each(|name| activated(&mounts, name, Labels::new(), None));
    mounts.collect().unwrap();
    assert_eq!(names(&mounts), ["a", "b"]);
    execute(&mounts, "DELETE FROM containers; DELETE FROM sandboxes");
    mounts.collect().unwrap();
    assert_eq!(folders(&mounts), 0);
}

#[test]
fn an_activation_whose_row_is_gone_fails_and_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    execute(&mounts, "CREATE TRIGGER lost BEFORE UPDATE ON mounts BEGIN SELECT RAISE(IGNORE); END");
    let e = mounts.activate("n", "a", tmpfs(), Labels::new(), true, None).unwrap_err();
    assert_eq!((e.kind, e.message.as_str()), (Kind::Aborted, "activate a: deactivated meanwhile"));
    assert_eq!(folders(&mounts), 0);
    execute(&mounts, "DROP TRIGGER lost");
    activated(&mounts, "a", Labels::new(), None);
}

#[test]
fn what_is_under_way_is_its_owners_until_it_dies() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    let other = opened(dir.path());
    let begun = halfway(&mounts, "a");
    for who in [&mounts, &other] {
        who.collect().unwrap();
        who.recover().unwrap();
        let e = who.activate("n", "a", tmpfs(), Labels::new(), true, None).unwrap_err();
        assert_eq!(e.kind, Kind::AlreadyExists, "{e}");
    }
    assert_eq!(folders(&mounts), 1);
    // It is undone by who makes it, and not under its hands.
    other.deactivate("n", "a").unwrap();
    other.collect().unwrap();
    assert_eq!(folders(&mounts), 1);
    assert_eq!(mounts.keep(&begun, &ActivationInfo::default()).unwrap_err().kind, Kind::Aborted);
    mounts.undo(&begun);
    assert_eq!(folders(&mounts), 0);
    // A server that is killed holds nothing any more.
    drop(halfway(&mounts, "a"));
    other.collect().unwrap();
    assert_eq!(folders(&mounts), 0);
    let rows: i64 =
        mounts.store.read(|c| Ok(c.query_row("SELECT count(*) FROM mounts", [], |r| r.get(0))?)).unwrap();
    assert_eq!(rows, 0);
    drop(halfway(&mounts, "a"));
    other.deactivate("n", "a").unwrap();
    drop(halfway(&mounts, "a"));
    activated(&other, "a", Labels::new(), None);
    assert_eq!(folders(&mounts), 1, "what it left is gone");
}

/// Two who detach one device might find it another's the second time.
#[test]
fn a_mount_is_not_removed_by_two_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    activated(&mounts, "a", Labels::new(), None);
    let folder = mounts.folder(1);
    // As who collects it, or is about to say that it is made.
    let claimed = claim(&folder).unwrap().unwrap();
    let waiter = format!(":{} ", fs::metadata(&folder).unwrap().ino());
    std::thread::scope(|scope| {
        let other = scope.spawn(|| mounts.deactivate("n", "a"));
        let waits = |line: &str| line.contains("-> FLOCK") && line.contains(&waiter);
        while !fs::read_to_string("/proc/locks").unwrap().lines().any(waits) {
            assert!(!other.is_finished(), "it does not wait");
            std::thread::yield_now();
        }
        assert_eq!((folders(&mounts), names(&mounts)), (1, vec![]));
        drop(claimed);
        other.join().unwrap().unwrap();
    });
    assert_eq!(folders(&mounts), 0);
}

/// However many mounts a namespace has.
#[test]
fn where_labels_lead_is_looked_for_once() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    ["a", "b"].into_iter().for_each(|name| activated(&mounts, name, Labels::new(), None));
    let held = |number, led: &mut Led| {
        mounts.store.read(|c| held::is_held(c, number, led, |e| panic!("{e}"))).unwrap()
    };
    let mut led = Led::default();
    assert!(!held(1, &mut led));
    execute(
        &mounts,
        r#"INSERT INTO images (namespace, name, target, labels, created_at, updated_at) VALUES
           ('n', 'i', '{}', '{"containerd.io/gc.ref.mount": "b"}', 0, 0)"#,
    );
    assert!(!held(2, &mut led), "as it was at the look");
    assert!(held(2, &mut Led::default()));
    mounts.collect().unwrap();
    assert_eq!(names(&mounts), ["b"]);
    mounts.deactivate("n", "b").unwrap();
}

#[test]
fn a_record_that_cannot_be_read_keeps_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    ["bad", "good"].into_iter().for_each(|name| activated(&mounts, name, Labels::new(), None));
    execute(&mounts, "UPDATE mounts SET record = x'ff' WHERE name = 'bad'");
    for _ in 0..2 {
        mounts.collect().unwrap();
        assert_eq!(folders(&mounts), 1, "what holds it is not known");
        assert_eq!(mounts.told.lock().unwrap().len(), 1);
    }
    assert_eq!(mounts.info("n", "good").unwrap_err().kind, Kind::NotFound);
    mounts.deactivate("n", "bad").unwrap();
    assert_eq!(folders(&mounts), 0);
}

#[test]
fn a_folder_that_cannot_be_removed_keeps_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    // A file where mounts are.
    fs::create_dir(mounts.folder(1)).unwrap();
    fs::write(mounts.folder(1).join("001"), "").unwrap();
    execute(&mounts, "INSERT INTO mounts (number, namespace, name, record) VALUES (1, 'n', 'stuck', x'')");
    activated(&mounts, "free", Labels::new(), None);
    assert!(mounts.collect().is_err());
    assert!(!mounts.folder(2).exists());
    assert_eq!(names(&mounts), [] as [&str; 0]);
}

#[test]
fn no_update_is_lost() {
    const EACH: usize = 40;
    let dir = tempfile::tempdir().unwrap();
    let mounts = opened(dir.path());
    activated(&mounts, "a", Labels::new(), None);
    std::thread::scope(|scope| {
        for who in 0..4 {
            let mounts = &mounts;
            scope.spawn(move || {
                for n in 0..EACH {
                    let key = format!("{who}-{n}");
                    let labels = [(key.clone(), "x".to_string())].into();
                    let from = ActivationInfo { name: "a".into(), labels, ..Default::default() };
                    mounts.update("n", from, &[format!("labels.{key}")]).unwrap();
                }
            });
        }
    });
    assert_eq!(mounts.info("n", "a").unwrap().labels.len(), 4 * EACH);
    mounts.deactivate("n", "a").unwrap();
}
