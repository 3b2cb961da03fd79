//! What stays and what goes, on real files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use prost::Message;

use super::graph::{Held, Labelled};
use super::*;
use crate::api::containers::{Container, container};
use crate::content::Labels;
use crate::digest::Digest;
use crate::error::Kind;

struct World {
    _dir: tempfile::TempDir,
    store: Arc<Store>,
    content: Content,
    snapshots: Snapshotter,
}

impl World {
    fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&dir.path().join("meta.db"), crate::store::PATIENCE).unwrap());
        let content = Content::open(dir.path(), store.clone()).unwrap();
        let snapshots = Snapshotter::overlayfs(dir.path(), store.clone()).unwrap();
        World { _dir: dir, store, content, snapshots }
    }

    fn blob(&self, text: &str, labels: &[(&str, &str)], lease: Option<&str>) -> Digest {
        let mut writer = self.content.writer("n", text, 0, None, None).unwrap();
        writer.append(text.as_bytes()).unwrap();
        let labels = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        writer.commit(0, None, &labels, lease).unwrap()
    }

    fn layer(&self, name: &str, parent: &str) {
        self.snapshots.prepare("n", "x", parent, &Labels::new(), None).unwrap();
        self.snapshots.commit("n", name, "x", "", &Labels::new(), None).unwrap();
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) {
        self.store.write(|tx| Ok(tx.execute(sql, values)?)).unwrap();
    }

    fn has(&self, digest: &Digest) -> bool {
        self.content.reader("n", digest).is_ok()
    }

    fn collect(&self) -> Collected {
        self.collect_and_tell(&mut |_, _| ())
    }

    fn collect_and_tell(&self, told: &mut dyn FnMut(&str, &Node)) -> Collected {
        collect(&self.store, &self.content, std::slice::from_ref(&self.snapshots), told).unwrap()
    }
}

const IMAGE: &str = "INSERT INTO images (namespace, name, target, created_at, updated_at)
    VALUES ('n', 'i', ?1, 0, 0)";

#[test]
fn an_image_keeps_its_documents_layers_and_snapshots() {
    let w = World::new();
    let layer = w.blob("layer", &[], None);
    w.layer("one", "");
    w.layer("two", "one");
    w.layer("other", "one");
    let config = w.blob("config", &[("containerd.io/gc.ref.snapshot.overlayfs", "two")], None);
    let manifest = w.blob(
        "manifest",
        &[
            ("containerd.io/gc.ref.content.config", config.as_str()),
            ("containerd.io/gc.ref.content.l.0", layer.as_str()),
        ],
        None,
    );
    let stray = w.blob("stray", &[], None);
    w.run(IMAGE, [format!("{{\"digest\":\"{manifest}\"}}")]);
    let mut told = Vec::new();
    let collected = w.collect_and_tell(&mut |ns, node| told.push((ns.to_string(), node.clone())));
    assert_eq!(collected, Collected { content: 1, snapshots: 1, leases: 0, images: 0 });
    let gone = [Node::Content(stray.to_string()), Node::Snapshot("overlayfs".into(), "other".into())];
    assert_eq!(told, gone.map(|node| ("n".to_string(), node)));
    assert!(w.has(&layer) && w.has(&config) && w.has(&manifest) && !w.has(&stray));
    assert_eq!(w.snapshots.stat("n", "other").unwrap_err().kind, Kind::NotFound);
    w.run("DELETE FROM images", []);
    assert_eq!(w.collect(), Collected { content: 3, snapshots: 2, leases: 0, images: 0 });
    assert_eq!(std::fs::read_dir(w.snapshots.root().join("snapshots")).unwrap().count(), 0);
    assert!(!Path::new(&w.content.root().join("blobs/sha256").join(layer.hex())).exists());
}

#[test]
fn a_container_keeps_its_snapshot() {
    let w = World::new();
    w.layer("one", "");
    w.snapshots.prepare("n", "c", "one", &Labels::new(), None).unwrap();
    w.snapshots.prepare("n", "d", "one", &Labels::new(), None).unwrap();
    let held = Held { labels: HashMap::new(), snapshotter: "overlayfs".into(), snapshot_key: "c".into() };
    w.run(
        "INSERT INTO containers (namespace, id, record, created_at, updated_at) VALUES ('n', 'c', ?1, 0, 0)",
        [held.encode_to_vec()],
    );
    assert_eq!(w.collect().snapshots, 1);
    assert!(w.snapshots.stat("n", "c").is_ok() && w.snapshots.stat("n", "one").is_ok());
}

#[test]
fn a_container_that_was_to_be_removed_does_not_outlive_its_boot() {
    let w = World::new();
    for (id, boot) in [("kept", ""), ("mine", clock::boot()), ("before", "another-boot")] {
        w.snapshots.prepare("n", id, "", &Labels::new(), None).unwrap();
        let container = Container {
            id: id.into(),
            snapshotter: "overlayfs".into(),
            snapshot_key: id.into(),
            runtime: Some(container::Runtime { name: "r".into(), options: None }),
            spec: Some(prost_types::Any::default()),
            ..Container::default()
        };
        w.store.write(|tx| containers::create(tx, "n", container, boot)).unwrap();
    }
    assert_eq!(w.collect().snapshots, 1);
    let left = w.store.read(|c| containers::list(c, "n", |_| true)).unwrap();
    assert_eq!(left.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["kept", "mine"]);
    assert!(w.snapshots.stat("n", "mine").is_ok() && w.snapshots.stat("n", "before").is_err());
}

#[test]
fn leases_hold_until_they_expire() {
    let w = World::new();
    let lease = "INSERT INTO leases (namespace, id, labels, created_at) VALUES ('n', ?1, ?2, 0)";
    w.run(lease, ["full", "{}"]);
    w.run(lease, ["flat", "{\"containerd.io/gc.flat\":\"t\"}"]);
    w.run(lease, ["old", "{\"containerd.io/gc.expire\":\"2020-01-01T00:00:00Z\"}"]);
    let (a, b) = (w.blob("a", &[], None), w.blob("b", &[], None));
    let full = w.blob("full", &[("containerd.io/gc.ref.content.0", a.as_str())], Some("full"));
    let flat = w.blob("flat", &[("containerd.io/gc.ref.content.0", b.as_str())], Some("flat"));
    let old = w.blob("old", &[], Some("old"));
    assert_eq!(w.collect(), Collected { content: 2, snapshots: 0, leases: 1, images: 0 });
    assert!(w.has(&a) && w.has(&full) && w.has(&flat) && !w.has(&b) && !w.has(&old));
}

#[test]
fn labels_make_roots_and_point_back() {
    let w = World::new();
    let root = w.blob("root", &[("containerd.io/gc.root", "t")], None);
    let future = w.blob("future", &[("containerd.io/gc.expire", "2200-01-01T00:00:00Z")], None);
    let past = w.blob("past", &[("containerd.io/gc.expire", "2000-01-01T00:00:00Z")], None);
    let back = w.blob("back", &[("containerd.io/gc.bref.content.x", root.as_str())], None);
    assert_eq!(w.collect().content, 1);
    assert!(w.has(&root) && w.has(&future) && w.has(&back) && !w.has(&past));
}

/// Each kind of object with a label for each kind, and what has one back to it; beside each target one that nothing
/// leads to.
#[test]
fn every_edge_keeps_what_it_leads_to() {
    let w = World::new();
    let expired = r#"{"containerd.io/gc.expire":"2001-01-01T00:00:00Z"}"#;
    let image = |name: &str, labels: &str| {
        let sql = "INSERT INTO images (namespace, name, target, labels, created_at, updated_at)
                   VALUES ('n', ?1, '{}', ?2, 0, 0)";
        w.run(sql, [name, labels]);
    };
    let target = |name: &str| -> Digest {
        w.layer(name, "");
        image(name, expired);
        w.blob(name, &[], None)
    };
    let sources = ["blob", "layer", "image", "container"];
    let mut blobs = Vec::new();
    for source in sources {
        let (kept, stray) = (format!("to-{source}"), format!("no-{source}"));
        let (digest, other) = (target(&kept), target(&stray));
        let to: Vec<(String, String)> = [
            ("content.x", digest.as_str()),
            ("snapshot.overlayfs/x", kept.as_str()),
            ("image", kept.as_str()),
        ]
        .map(|(kind, value)| (format!("containerd.io/gc.ref.{kind}"), value.to_string()))
        .into();
        let rooted = [&to[..], &[("containerd.io/gc.root".to_string(), "x".to_string())]].concat();
        let pairs: Vec<(&str, &str)> = rooted.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        match source {
            "blob" => _ = w.blob(source, &pairs, None),
            "layer" => {
                w.layer(source, "");
                w.snapshots.update("n", source, &rooted.into_iter().collect(), &[]).unwrap();
            }
            "image" => image(source, &crate::content::to_json(&to.into_iter().collect())),
            _ => {
                let labels = to.into_iter().collect();
                let held = Held { labels, snapshotter: String::new(), snapshot_key: String::new() };
                let sql = "INSERT INTO containers (namespace, id, record, created_at, updated_at)
                           VALUES ('n', ?1, ?2, 0, 0)";
                w.run(sql, params![source, held.encode_to_vec()]);
            }
        }
        let name = if source == "blob" { Digest::of(b"blob").to_string() } else { source.to_string() };
        let kind = match source {
            "blob" => "content",
            "layer" => "snapshot.overlayfs",
            other => other,
        };
        let back = |text: &str, to: &str| {
            let (key, at) = (format!("containerd.io/gc.bref.{kind}"), format!("back-{text}-{source}"));
            w.layer(&at, "");
            let labels = Labels::from([(key.clone(), to.to_string())]);
            w.snapshots.update("n", &at, &labels, &[]).unwrap();
            (w.blob(&at, &[(&key, to)], None), at)
        };
        blobs.push((source, digest, other, back("there", &name), back("nowhere", "nosuch")));
    }
    let collected = w.collect();
    assert_eq!((collected.content, collected.snapshots, collected.images), (8, 8, 4));
    for (source, kept, stray, (back, back_key), (lost, lost_key)) in blobs {
        let there = |key: &str| w.snapshots.stat("n", key).is_ok();
        assert!(w.has(&kept) && there(&format!("to-{source}")), "{source}");
        assert!(!w.has(&stray) && !there(&format!("no-{source}")), "{source}");
        assert!(w.has(&back) && there(&back_key) && !w.has(&lost) && !there(&lost_key), "{source}");
    }
}

#[test]
fn a_sandbox_keeps_what_its_labels_name() {
    let w = World::new();
    let table = "CREATE TABLE IF NOT EXISTS sandboxes (namespace TEXT, id TEXT, record BLOB)";
    w.store.write(|tx| Ok(tx.execute_batch(table)?)).unwrap();
    let (kept, stray) = (w.blob("kept", &[], None), w.blob("stray", &[], None));
    let labels = HashMap::from([("containerd.io/gc.ref.content.x".to_string(), kept.to_string())]);
    let record = Labelled { labels }.encode_to_vec();
    w.run("INSERT INTO sandboxes (namespace, id, record) VALUES ('n', 's', ?1)", [record]);
    assert_eq!(w.collect().content, 1);
    assert!(w.has(&kept) && !w.has(&stray));
}

/// What becomes reachable while the collector looks stays, and all that it leads to.
#[test]
fn what_is_touched_meanwhile_stays() {
    let w = World::new();
    let layer = w.blob("layer", &[], None);
    let manifest = w.blob("manifest", &[("containerd.io/gc.ref.content.0", layer.as_str())], None);
    let stray = w.blob("stray", &[], None);
    w.layer("one", "");
    w.layer("two", "one");
    w.layer("other", "");
    let leased = w.blob("leased", &[], None);
    w.run("INSERT INTO leases (namespace, id, labels, created_at) VALUES ('n', 'l', '{}', 0)", []);
    let marked = || {
        w.run(IMAGE, [format!("{{\"digest\":\"{manifest}\"}}")]);
        w.snapshots.prepare("n", "c", "two", &Labels::new(), None).unwrap();
        let again = w.content.writer("n", "again", 0, Some(&leased), Some("l")).err().unwrap();
        assert_eq!(again.kind, Kind::AlreadyExists);
        Ok(())
    };
    let collected = unreachable(&w.store, marked, &mut |_, _| ());
    assert_eq!(collected.unwrap(), Collected { content: 1, snapshots: 1, ..Collected::default() });
    assert!(w.has(&layer) && w.has(&manifest) && w.has(&leased) && !w.has(&stray));
    assert!(w.snapshots.stat("n", "one").is_ok() && w.snapshots.stat("n", "other").is_err());
    let notes = "SELECT (SELECT count(*) FROM touched) + (SELECT count(*) FROM collecting)";
    assert_eq!(w.store.read(|c| Ok(c.query_row(notes, [], |r| r.get::<_, i64>(0))?)).unwrap(), 0);
}

#[test]
fn a_condition_keeps_a_snapshot_that_was_used() {
    let w = World::new();
    let used = |key: &str, at: &str| {
        w.layer(key, "");
        let labels = [("containerd.io/gc.cond.value-usedat".to_string(), at.to_string())].into();
        w.snapshots.update("n", key, &labels, &[]).unwrap();
    };
    used("fresh", &clock::rfc3339(clock::now()));
    used("stale", "2001-01-01T00:00:00Z");
    w.layer("never", "");
    let labels: Vec<(String, String)> = ["fresh", "stale", "never"]
        .map(|key| (format!("containerd.io/gc.cond.snapshot.overlayfs/{key}"), format!("usedat<48h|{key}")))
        .into();
    let labels: Vec<(&str, &str)> = labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let root = w.blob("root", &[&[("containerd.io/gc.root", "t")][..], labels.as_slice()].concat(), None);
    assert_eq!(w.collect().snapshots, 2);
    assert!(w.has(&root) && w.snapshots.stat("n", "fresh").is_ok());
}

/// A lease holds what was asked for under it, also where there was nothing to do.
#[test]
fn what_is_there_already_is_held() {
    let w = World::new();
    w.run("INSERT INTO leases (namespace, id, labels, created_at) VALUES ('n', 'l', '{}', 0)", []);
    let blob = w.blob("there", &[], None);
    w.layer("one", "");
    assert!(w.content.writer("n", "r", 0, Some(&blob), Some("l")).is_err());
    let labels = [("containerd.io/snapshot.ref".to_string(), "one".to_string())].into();
    assert!(w.snapshots.prepare("n", "x", "", &labels, Some("l")).is_err());
    // And what another has made first.
    w.layer("two", "");
    w.snapshots.prepare("n", "y", "", &Labels::new(), Some("l")).unwrap();
    let late = w.snapshots.commit("n", "two", "y", "", &Labels::new(), Some("l"));
    assert_eq!(late.unwrap_err().kind, Kind::AlreadyExists);
    assert_eq!(w.collect(), Collected::default());
    assert!(w.has(&blob) && w.snapshots.stat("n", "one").is_ok() && w.snapshots.stat("n", "two").is_ok());
}

/// Nobody waits for a collection, however much there is to look through.
#[test]
fn clients_read_and_write_while_it_looks() {
    let w = World::new();
    w.blob("stray", &[], None);
    let blob = w.blob("kept", &[("containerd.io/gc.root", "t")], None);
    let marked = || {
        // In the middle of it, from another thread, as a client's call comes.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                w.content.info("n", &blob).unwrap();
                w.content.update("n", &blob, &Labels::new(), &["labels.x".into()], None).unwrap();
            });
        });
        Ok(())
    };
    unreachable(&w.store, marked, &mut |_, _| ()).unwrap();
    assert!(w.has(&blob));
}
