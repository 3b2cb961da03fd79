//! The content store on real files: writing, resuming, sharing, deleting.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::error::Kind;

fn open() -> (tempfile::TempDir, Content) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&dir.path().join("meta.db")).unwrap());
    let content = Content::open(dir.path(), store).unwrap();
    (dir, content)
}

fn put(content: &Content, ns: &str, bytes: &[u8]) -> Result<Digest> {
    let digest = Digest::of(bytes);
    let mut writer = content.writer(ns, "r", bytes.len() as u64, Some(&digest))?;
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
    let mut writer = content.writer("b", "r", 0, Some(&digest)).unwrap();
    assert_eq!(writer.offset(), 5);
    writer.commit(5, Some(&digest), &Labels::new(), None).unwrap();
    content.delete("a", &digest).unwrap();
    assert_eq!(content.collect().unwrap(), 0);
    content.delete("b", &digest).unwrap();
    assert_eq!(content.collect().unwrap(), 5);
    assert!(!content.blob(&digest).exists());
    assert_eq!(content.delete("b", &digest).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn a_shared_blob_that_is_collected_meanwhile_is_made_again() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest)).unwrap();
    content.delete("a", &digest).unwrap();
    content.collect().unwrap();
    assert_eq!(writer.commit(5, Some(&digest), &Labels::new(), None).unwrap(), digest);
    assert_eq!(content.read("b", &digest, 10).unwrap(), b"hello");
}

#[test]
fn a_shared_writer_takes_bytes_after_truncation() {
    let (_dir, content) = open();
    let digest = put(&content, "a", b"hello").unwrap();
    let mut writer = content.writer("b", "r", 0, Some(&digest)).unwrap();
    writer.write_at(0, b"hello").unwrap();
    assert_eq!(writer.commit(5, Some(&digest), &Labels::new(), None).unwrap(), digest);
}

#[test]
fn resumes_where_it_was_left() {
    let (_dir, content) = open();
    let digest = Digest::of(b"hello world");
    let mut first = content.writer("a", "r", 11, Some(&digest)).unwrap();
    first.append(b"hello ").unwrap();
    let busy = content.writer("a", "r", 11, Some(&digest)).err().unwrap();
    assert_eq!(busy.kind, Kind::Unavailable);
    assert!(busy.message.starts_with("ref r locked"), "{busy}");
    drop(first);
    assert_eq!(content.statuses("a", |_| true).unwrap()[0].offset, 6);
    assert!(content.statuses("b", |_| true).unwrap().is_empty());
    let mut second = content.writer("a", "r", 11, Some(&digest)).unwrap();
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
    let mut writer = content.writer("a", "r", 0, None).unwrap();
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
    let mut writer = content.writer("a", "r", 0, None).unwrap();
    writer.append(b"x").unwrap();
    content.abort("a", "r").unwrap();
    assert_eq!(content.abort("a", "r").unwrap_err().kind, Kind::NotFound);
    let mut other = content.writer("a", "r", 0, None).unwrap();
    other.append(b"y").unwrap();
    // The writer whose folder went cannot commit the other's bytes.
    assert!(writer.commit(0, None, &Labels::new(), None).is_err());
    assert_eq!(other.commit(0, None, &Labels::new(), None).unwrap(), Digest::of(b"y"));
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
