//! The content store on real files: writing, resuming, sharing, deleting.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::error::Kind;

fn open() -> (tempfile::TempDir, Content) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&dir.path().join("meta.db"), crate::store::PATIENCE).unwrap());
    let content = Content::open(dir.path(), store).unwrap();
    (dir, content)
}

fn put(content: &Content, ns: &str, bytes: &[u8]) -> Result<Digest> {
    let digest = Digest::of(bytes);
    let mut writer = content.writer(ns, "r", bytes.len() as u64, Some(&digest), None)?;
    if writer.offset() == 0 {
        writer.append(bytes)?;
    }
    writer.commit(bytes.len() as u64, Some(&digest), &Labels::new(), None)
}

#[test]
fn writes_and_reads_back() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    assert_eq!(content.read("a", &digest, 10).unwrap(), b"hello");
    assert_eq!(content.read("a", &digest, 4).unwrap_err().kind, Kind::InvalidArgument);
    assert_eq!(content.info("b", &digest).unwrap_err().kind, Kind::NotFound);
    assert_eq!(put(&content, "a", b"hello").unwrap_err().kind, Kind::AlreadyExists);
    let mode = fs::metadata(content.blob(&digest)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o444);
    assert!(read_dir(&content.root.join("ingest")).unwrap().is_empty());
}

#[test]
fn a_blob_is_shared_and_goes_with_its_last_namespace() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest), None).unwrap();
    assert_eq!(writer.offset(), 5);
    writer.commit(5, Some(&digest), &Labels::new(), None).unwrap();
    content.delete("a", &digest, None).unwrap();
    assert_eq!(content.collect().unwrap(), 0);
    content.delete("b", &digest, None).unwrap();
    assert_eq!(content.collect().unwrap(), 5);
    assert!(!content.blob(&digest).exists());
    assert_eq!(content.delete("b", &digest, None).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn what_no_namespace_has_can_be_claimed_until_it_is_collected() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let offset =
        |content: &Content, total| content.writer("b", "r", total, Some(&digest), None).unwrap().offset();
    assert_eq!(offset(&content, 4), 0, "of another size");
    content.abort("b", "r", None).unwrap();
    content.delete("a", &digest, None).unwrap();
    assert_eq!(offset(&content.clone().isolated(), 0), 0, "only those share that are labelled so");
    content.abort("b", "r", None).unwrap();
    let mut writer = content.writer("b", "r", 5, Some(&digest), None).unwrap();
    assert_eq!(writer.offset(), 5);
    writer.commit(5, Some(&digest), &Labels::new(), None).unwrap();
    assert_eq!(content.collect().unwrap(), 0);
    assert_eq!(content.read("b", &digest, 10).unwrap(), b"hello");

    // One that did not reach the disk whole is no blob, though its name says so.
    content.delete("b", &digest, None).unwrap();
    fs::remove_file(content.blob(&digest)).unwrap();
    fs::write(content.blob(&digest), b"hel\0\0").unwrap();
    assert_eq!(offset(&content, 5), 0);
    put(&content, "b", b"hello").unwrap();
    assert_eq!(content.read("b", &digest, 10).unwrap(), b"hello");
}

#[test]
fn isolated_namespaces_must_bring_what_others_have() {
    let (_dir, content) = open();
    let content = content.isolated();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest), None).unwrap();
    assert_eq!(writer.offset(), 0);
    assert_eq!(
        writer.commit(5, Some(&digest), &Labels::new(), None).unwrap_err().kind,
        Kind::FailedPrecondition
    );
    writer.append(b"hello").unwrap();
    writer.commit(5, Some(&digest), &Labels::new(), None).unwrap();
    assert_eq!(content.read("a", &digest, 10).unwrap(), b"hello");
    let label = r#"{"containerd.io/namespace.shareable":"true"}"#;
    let sql = "UPDATE namespaces SET labels = ?1 WHERE name = 'a'";
    content.store.write(|tx| Ok(tx.execute(sql, [label])?)).unwrap();
    assert_eq!(content.writer("c", "r", 0, Some(&digest), None).unwrap().offset(), 5);
}

/// What a disk did to a blob, whoever brings it again makes good.
#[test]
fn a_blob_that_is_not_there_is_brought_again() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    for damage in [None, Some("hell")] {
        fs::remove_file(content.blob(&digest)).unwrap();
        if let Some(text) = damage {
            fs::write(content.blob(&digest), text).unwrap();
        }
        assert!(content.reader("a", &digest).is_err());
        put(&content, "a", b"hello").unwrap();
        assert_eq!(content.read("a", &digest, 10).unwrap(), b"hello");
    }
    fs::remove_file(content.blob(&digest)).unwrap();
    fs::write(content.blob(&digest), "hellO").unwrap();
    assert_eq!(put(&content, "a", b"hello").unwrap_err().kind, Kind::AlreadyExists);
    content.discard_corrupt(&digest).unwrap();
    put(&content, "a", b"hello").unwrap();
    content.discard_corrupt(&digest).unwrap();
    assert_eq!(content.read("a", &digest, 10).unwrap(), b"hello");
}

/// A lease that expires does not wait for the disk; the next boot looks at what it held.
#[test]
fn what_did_not_reach_the_disk_is_forgotten_at_the_next_boot() {
    let (dir, content) = open();
    let lease =
        r#"INSERT INTO leases VALUES ('a', 'l', '{"containerd.io/gc.expire":"2200-01-01T00:00:00Z"}', 0)"#;
    content.store.write(|tx| Ok(tx.execute(lease, [])?)).unwrap();
    let put = |text: &[u8]| {
        let mut writer = content.writer("a", "r", 0, None, Some("l")).unwrap();
        writer.append(text).unwrap();
        writer.commit(0, None, &Labels::new(), Some("l")).unwrap()
    };
    let (whole, broken, gone) = (put(b"whole"), put(b"broken"), put(b"gone"));
    let other = "UPDATE content SET unsynced = 'other' WHERE unsynced <> ''";
    assert_eq!(content.store.write(|tx| Ok(tx.execute(other, [])?)).unwrap(), 3);
    fs::remove_file(content.blob(&broken)).unwrap();
    fs::write(content.blob(&broken), "brok\0\0").unwrap();
    fs::remove_file(content.blob(&gone)).unwrap();
    let content = Content::open(dir.path(), content.store.clone()).unwrap();
    assert!(
        content.has("a", &whole) && content.info("a", &broken).is_err() && content.info("a", &gone).is_err()
    );
    assert!(!content.settle().unwrap());
}

#[test]
fn a_shared_blob_that_is_collected_meanwhile_is_made_again() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest), None).unwrap();
    content.delete("a", &digest, None).unwrap();
    content.collect().unwrap();
    assert_eq!(writer.commit(5, Some(&digest), &Labels::new(), None).unwrap(), digest);
    assert_eq!(content.read("b", &digest, 10).unwrap(), b"hello");
}

#[test]
fn it_is_made_again_though_another_writes_under_its_ref() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest), None).unwrap();
    content.delete("a", &digest, None).unwrap();
    content.collect().unwrap();
    let mut other = content.writer("b", "r", 5, Some(&digest), None).unwrap();
    other.append(b"he").unwrap();
    assert_eq!(writer.commit(5, Some(&digest), &Labels::new(), None).unwrap(), digest);
    assert_eq!(content.read("b", &digest, 10).unwrap(), b"hello");
    other.append(b"llo").unwrap();
    let late = other.commit(5, Some(&digest), &Labels::new(), None).unwrap_err();
    assert_eq!(late.kind, Kind::AlreadyExists);
    assert!(content.statuses("b", |_| true).unwrap().is_empty());
}

#[test]
fn a_shared_writer_takes_bytes_after_truncation() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest), None).unwrap();
    writer.write_at(0, b"hello").unwrap();
    assert_eq!(writer.commit(5, Some(&digest), &Labels::new(), None).unwrap(), digest);
}

#[test]
fn resumes_where_it_was_left() {
    let (_dir, content) = open();
    let digest = Digest::of(b"hello world");
    let mut first = content.writer("a", "r", 11, Some(&digest), None).unwrap();
    first.append(b"hello ").unwrap();
    let busy = content.writer("a", "r", 11, Some(&digest), None).err().unwrap();
    assert_eq!(busy.kind, Kind::Unavailable);
    assert!(busy.message.starts_with("ref r locked"), "{busy}");
    drop(first);
    assert_eq!(content.statuses("a", |_| true).unwrap()[0].offset, 6);
    assert!(content.statuses("b", |_| true).unwrap().is_empty());
    let mut second = content.writer("a", "r", 11, Some(&digest), None).unwrap();
    assert_eq!((second.offset(), second.digest()), (6, Digest::of(b"hello ")));
    assert_eq!(second.write_at(5, b"x").unwrap_err().kind, Kind::OutOfRange);
    second.write_at(6, b"world").unwrap();
    second.commit(0, None, &Labels::new(), None).unwrap();
    assert_eq!(content.status("a", "r").unwrap_err().kind, Kind::NotFound);
}

#[test]
fn refuses_what_was_not_promised() {
    let (_dir, content) = open();
    let digest = Digest::of(b"hello");
    let mut writer = content.writer("a", "r", 0, None, None).unwrap();
    writer.append(b"jello").unwrap();
    let size = writer.commit(6, None, &Labels::new(), None).unwrap_err();
    assert_eq!(size.message, "unexpected commit size 5, expected 6: failed precondition");
    let wrong = writer.commit(5, Some(&digest), &Labels::new(), None).unwrap_err();
    assert_eq!(wrong.kind, Kind::FailedPrecondition);
    writer.write_at(0, b"hello").unwrap();
    writer.commit(5, Some(&digest), &Labels::new(), None).unwrap();
}

#[test]
fn aborts() {
    let (_dir, content) = open();
    let mut writer = content.writer("a", "r", 0, None, None).unwrap();
    writer.append(b"x").unwrap();
    content.abort("a", "r", None).unwrap();
    assert_eq!(content.abort("a", "r", None).unwrap_err().kind, Kind::NotFound);
    let mut other = content.writer("a", "r", 0, None, None).unwrap();
    other.append(b"y").unwrap();
    // The writer whose folder went cannot commit the other's bytes.
    assert!(writer.commit(0, None, &Labels::new(), None).is_err());
    assert_eq!(other.commit(0, None, &Labels::new(), None).unwrap(), Digest::of(b"y"));
}

/// One that a lease holds waits for as long as that does.
#[test]
fn an_upload_that_nobody_continues_for_a_day_is_collected() {
    let (_dir, content) = open();
    let lease = "INSERT INTO leases (namespace, id, labels, created_at) VALUES ('a', 'l', '{}', 0)";
    content.store.write(|tx| Ok(tx.execute(lease, [])?)).unwrap();
    for (reference, lease) in [("fresh", None), ("old", None), ("leased", Some("l")), ("open", None)] {
        content.writer("a", reference, 0, None, lease).unwrap().append(b"x").unwrap();
    }
    let _writer = content.writer("a", "open", 0, None, None).unwrap();
    for reference in ["old", "leased", "open"] {
        let yesterday = clock::now() - 25 * 3600 * 1_000_000_000;
        fs::write(content.ingest("a", reference).join("updatedat"), yesterday.to_string()).unwrap();
    }
    assert_eq!(content.collect().unwrap(), 1);
    let left = content.statuses("a", |_| true).unwrap();
    assert_eq!(left.iter().map(|s| s.reference.as_str()).collect::<Vec<_>>(), ["fresh", "leased", "open"]);
}

#[test]
fn an_upload_of_what_others_have_is_given_up_like_any() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let shared = || content.writer("b", "r", 0, Some(&digest), None);
    drop(shared().unwrap());
    content.abort("b", "r", None).unwrap();
    assert_eq!(content.abort("b", "r", None).unwrap_err().kind, Kind::NotFound);
    shared().unwrap().commit(0, None, &Labels::new(), None).unwrap();
    assert!(read_dir(&content.root.join("ingest")).unwrap().is_empty());
}

#[test]
fn sees_a_corrupt_blob() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let path = content.blob(&digest);
    fs::remove_file(&path).unwrap();
    assert_eq!(content.reader("a", &digest).unwrap_err().kind, Kind::DataLoss);
    fs::write(&path, b"jello").unwrap();
    assert_eq!(content.read("a", &digest, 10).unwrap_err().kind, Kind::DataLoss);
    fs::write(&path, b"hell").unwrap();
    assert_eq!(content.reader("a", &digest).unwrap_err().kind, Kind::DataLoss);
}

#[test]
fn updates_labels_by_path() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let labels = |text: &[(&str, &str)]| -> Labels {
        text.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
    };
    let paths = |text: &[&str]| -> Vec<String> { text.iter().map(|p| p.to_string()).collect() };
    for (set, at, want) in [
        (labels(&[("x", "1"), ("y", "2")]), paths(&[]), labels(&[("x", "1"), ("y", "2")])),
        (labels(&[("x", "3"), ("z", "4")]), paths(&["labels.x"]), labels(&[("x", "3"), ("y", "2")])),
        (labels(&[("x", "")]), paths(&["labels.x"]), labels(&[("y", "2")])),
        (labels(&[("q", "5")]), paths(&["labels"]), labels(&[("q", "5")])),
    ] {
        assert_eq!(content.update("a", &digest, &set, &at, None).unwrap().labels, want);
        assert_eq!(content.info("a", &digest).unwrap().labels, want);
    }
    let err = content.update("a", &digest, &Labels::new(), &paths(&["size"]), None).unwrap_err();
    assert_eq!(err.kind, Kind::InvalidArgument);
}
