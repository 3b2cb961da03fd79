//! Roots that were broken by hand, checked and repaired.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::content::Labels;
use crate::digest::Digest;
use crate::store::{DIR, FILE};

struct Root {
    dir: tempfile::TempDir,
}

impl Root {
    /// An image of one layer, unpacked, and a container's snapshot on it.
    fn new() -> Root {
        let root = Root { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(root.dir.path().join(DIR)).unwrap();
        let (store, content) = root.open();
        let put = |bytes: &[u8], labels: Labels| {
            let digest = Digest::of(bytes);
            let mut writer = content.writer("n", "r", 0, Some(&digest), None).unwrap();
            writer.append(bytes).unwrap();
            writer.commit(0, None, &labels, None).unwrap();
            (digest, bytes.len())
        };
        let (layer, layer_size) = put(b"layer", Labels::new());
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":["{layer}"]}}}}"#
        );
        let (config, config_size) = put(config.as_bytes(), Labels::new());
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{config}","size":{config_size}}},
            "layers":[{{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{layer}","size":{layer_size}}}]}}"#
        );
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let labels = crate::image::gc_labels(kind, manifest.as_bytes()).unwrap();
        let (manifest, size) = put(manifest.as_bytes(), labels);
        let target = format!(r#"{{"mediaType":"{kind}","digest":"{manifest}","size":{size}}}"#);
        let sql = "INSERT INTO images (namespace, name, target, created_at, updated_at) VALUES ('n', 'i', ?1, 0, 0)";
        store.write(|tx| Ok(tx.execute(sql, [target])?)).unwrap();
        let snapshots = Snapshotter::overlayfs(root.dir.path(), store.clone()).unwrap();
        snapshots.prepare("n", "x", "", &Labels::new(), None).unwrap();
        snapshots.commit("n", "one", "x", "", &Labels::new(), None).unwrap();
        snapshots.prepare("n", "x", "one", &Labels::new(), None).unwrap();
        snapshots.commit("n", "two", "x", "", &Labels::new(), None).unwrap();
        root
    }

    fn open(&self) -> (Arc<Store>, Content) {
        let store =
            Arc::new(Store::open(&self.dir.path().join(DIR).join(FILE), crate::store::PATIENCE).unwrap());
        let content = Content::open(self.dir.path(), store.clone()).unwrap();
        (store, content)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn layer(&self) -> PathBuf {
        self.at("io.containerd.content.v1.content/blobs/sha256").join(Digest::of(b"layer").hex())
    }

    fn check(&self, repair: bool) -> Vec<String> {
        let report = check(self.dir.path(), Options { repair, hash: true }, &mut |_| ()).unwrap();
        report.findings.into_iter().map(|f| format!("{}: {}: {}", f.object, f.problem, f.repaired)).collect()
    }

    /// Finds just this, repairs it, and finds what is left.
    fn finds(&self, what: &[&str], left: &[&str]) {
        let holds = |found: &[String], wanted: &[&str]| {
            found.len() == wanted.len() && wanted.iter().all(|w| found.iter().any(|f| f.contains(w)))
        };
        let found = self.check(false);
        assert!(holds(&found, what), "{found:#?}");
        assert_eq!(found, self.check(false), "a look changed something");
        self.check(true);
        let found = self.check(false);
        assert!(holds(&found, left), "left: {found:#?}");
    }
}

#[test]
fn a_sound_root_is_sound() {
    Root::new().finds(&[], &[]);
    let nothing = tempfile::tempdir().unwrap();
    assert!(check(nothing.path(), Options::default(), &mut |_| ()).is_err());
}

#[test]
fn broken_blobs_are_forgotten_and_their_images_told() {
    for damage in [b"layEr".as_slice(), b"lay", b""] {
        let root = Root::new();
        fs::remove_file(root.layer()).unwrap();
        fs::write(root.layer(), damage).unwrap();
        root.finds(&["corrupt blob"], &["image n/i: incomplete"]);
        assert!(!root.layer().exists());
    }
    let root = Root::new();
    fs::remove_file(root.layer()).unwrap();
    root.finds(&["its file is missing"], &["image n/i: incomplete"]);
}

#[test]
fn a_row_that_is_gone_comes_back_for_who_needs_it() {
    let root = Root::new();
    let (store, content) = root.open();
    store.write(|tx| Ok(tx.execute("DELETE FROM content", [])?)).unwrap();
    root.finds(&["not known in namespace n"; 3], &[]);
    assert!(content.reader("n", &Digest::of(b"layer")).is_ok());
}

#[test]
fn labels_come_back() {
    let root = Root::new();
    let (store, _) = root.open();
    store.write(|tx| Ok(tx.execute("UPDATE content SET labels = '{}'", [])?)).unwrap();
    root.finds(&["labels do not hold"], &[]);
}

#[test]
fn what_belongs_to_nobody_goes() {
    let root = Root::new();
    let stray = root.layer().with_file_name(Digest::of(b"stray").hex());
    fs::write(&stray, "stray").unwrap();
    fs::write(root.layer().with_file_name("junk"), "junk").unwrap();
    fs::create_dir_all(root.at("io.containerd.snapshotter.v1.overlayfs/snapshots/77/fs")).unwrap();
    fs::create_dir_all(root.at("io.containerd.snapshotter.v1.overlayfs/snapshots/rm-5-x")).unwrap();
    let upload = root.at("io.containerd.content.v1.content/ingest/old");
    fs::create_dir(&upload).unwrap();
    fs::write(upload.join("updatedat"), "1").unwrap();
    fs::write(upload.join("ref"), "n/old").unwrap();
    root.finds(&["nobody has it", "no blob", "snapshots/77", "snapshots/rm-5-x", "for a day"], &[]);
    assert!(!stray.exists() && !upload.exists());
}

#[test]
fn a_snapshot_without_its_folder_goes_with_those_on_it() {
    let root = Root::new();
    fs::remove_dir_all(root.at("io.containerd.snapshotter.v1.overlayfs/snapshots/1")).unwrap();
    root.finds(&["n/one: its folder is missing", "n/two: the folder of snapshot one"], &[]);
    let root = Root::new();
    let (store, _) = root.open();
    let sql = "UPDATE snapshots SET kind = 2 WHERE key = 'two'";
    store.write(|tx| Ok(tx.execute(sql, [])?)).unwrap();
    fs::remove_dir_all(root.at("io.containerd.snapshotter.v1.overlayfs/snapshots/1")).unwrap();
    // Somebody may have written to what stands on it.
    root.finds(&["n/one", "n/two"], &["n/one", "n/two"]);
}

/// However the metadata were lost, the blobs make images again; what could be read keeps its names.
#[test]
fn metadata_are_made_anew() {
    let root = Root::new();
    assert!(rebuild(root.dir.path(), "n").unwrap_err().message.contains("sound"));
    let db = root.at(DIR).join(FILE);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", db.display()));
    }
    let rebuilt = rebuild(root.dir.path(), "n").unwrap();
    assert_eq!((rebuilt.aside, rebuilt.rows, rebuilt.images.len()), (None, 0, 1));
    let left = root.check(true);
    assert!(left.iter().all(|f| f.contains("no snapshot has it")), "{left:#?}");
    assert_eq!(root.check(false), [""; 0]);

    let root = Root::new();
    let db = root.at(DIR).join(FILE);
    let log = rusqlite::Connection::open(&db).unwrap();
    log.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(log);
    let whole = fs::read(&db).unwrap();
    // Without what was not yet in it, and with its end in pieces.
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", db.display()));
    }
    let mut broken = whole.clone();
    let end = broken.len() * 3 / 4;
    broken[end..].fill(0xa5);
    fs::write(&db, broken).unwrap();
    let rebuilt = rebuild(root.dir.path(), "n").unwrap();
    assert!(rebuilt.aside.is_some_and(|aside| aside.exists()), "it was taken for sound");
    let (store, content) = root.open();
    assert!(content.reader("n", &Digest::of(b"layer")).is_ok());
    let names = store.read(|c| crate::store::images::list(c, "n", |_| true)).unwrap();
    assert!(!names.is_empty());
}

/// Whoever may write to the store may nest an image as deep as he likes: no stack is that deep.
#[test]
fn an_image_is_looked_through_however_deep_it_is() {
    let root = Root::new();
    let (store, content) = root.open();
    let kind = "application/vnd.oci.image.index.v1+json";
    let mut below = r#"{"schemaVersion":2,"manifests":[]}"#.to_string();
    let put = |text: &str| {
        let digest = Digest::of(text.as_bytes());
        let blob = root.at("io.containerd.content.v1.content/blobs/sha256").join(digest.hex());
        fs::write(blob, text).unwrap();
        content.adopt("n", &digest).unwrap();
        let labels = crate::image::gc_labels(kind, text.as_bytes()).unwrap();
        content.update("n", &digest, &labels, &[], None).unwrap();
        digest
    };
    for _ in 0..1500 {
        let digest = put(&below);
        let size = below.len();
        below = format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{kind}","digest":"{digest}","size":{size}}}]}}"#
        );
    }
    let (digest, size) = (put(&below), below.len());
    let target = format!(r#"{{"mediaType":"{kind}","digest":"{digest}","size":{size}}}"#);
    let sql =
        "INSERT INTO images (namespace, name, target, created_at, updated_at) VALUES ('n', 'deep', ?1, 0, 0)";
    store.write(|tx| Ok(tx.execute(sql, [target])?)).unwrap();
    drop((store, content));
    assert_eq!(root.check(false), [""; 0]);
    // The lowest is needed as well.
    let lowest = Digest::of(br#"{"schemaVersion":2,"manifests":[]}"#);
    fs::remove_file(root.at("io.containerd.content.v1.content/blobs/sha256").join(lowest.hex())).unwrap();
    assert!(root.check(false).iter().any(|found| found.contains(lowest.as_str())));
}
