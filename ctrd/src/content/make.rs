//! A blob that is made here, and not sent: what is written becomes a blob when all of it is there.

use std::io::{self, Write};

use super::{Content, Labels, Writer};
use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// A blob that was made.
pub struct Made {
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
    /// Whether the namespace had it already: its labels are as they were.
    pub existed: bool,
}

/// A reference that no other upload has; `what` says what is made.
pub fn reference(what: &str) -> String {
    format!("{what}-{}-{:?}", clock::now(), std::thread::current().id())
}

impl Content {
    /// Makes a blob of what `fill` writes, with the labels that it returns, held by the lease. What another attempt
    /// under the same `reference` has left is written over, and of one that fails nothing stays. `step` stands in the
    /// error of one that cannot be filled.
    pub fn make(
        &self,
        ns: &str,
        lease: Option<&str>,
        reference: &str,
        step: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<Labels>,
    ) -> Result<Made> {
        let mut writer = self.writer(ns, reference, 0, None, lease)?;
        writer.truncate(0)?;
        let mut ingest = Ingest { writer: &mut writer, failure: None };
        let filled = fill(&mut ingest);
        let labels = match (filled, ingest.failure) {
            (Ok(labels), _) => labels,
            (Err(e), failure) => {
                drop(writer);
                // The first error is the one to report.
                let _ = self.abort(ns, reference, lease);
                return Err(failure.unwrap_or(e).context(step));
            }
        };
        let (digest, size) = (writer.digest(), writer.offset());
        let existed = match writer.commit(size, Some(&digest), &labels, lease) {
            Err(e) if e.kind == Kind::AlreadyExists => self.hold(ns, lease, &digest).map(|_| true)?,
            other => other.map(|_| false)?,
        };
        Ok(Made { digest, size, existed })
    }
}

/// What goes into an ingest; its failure in its own words, and not as that of the writing above it.
struct Ingest<'a> {
    writer: &'a mut Writer,
    failure: Option<Error>,
}

impl Write for Ingest<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.writer.append(buf).map_err(|e| {
            let text = e.message.clone();
            self.failure.get_or_insert(e);
            io::Error::other(text)
        })?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::{PATIENCE, Store};

    #[test]
    fn the_whole_or_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&dir.path().join("meta.db"), PATIENCE).unwrap());
        let content = Content::open(dir.path(), store).unwrap();
        let labels: Labels = [("of".to_string(), "it".to_string())].into();
        let good =
            |out: &mut dyn Write| out.write_all(b"whole").map_err(Error::from).map(|()| labels.clone());
        let failed = content.make("n", None, "r", "make it", |out| {
            out.write_all(b"half")?;
            Err(Error::unknown("no more"))
        });
        assert_eq!(failed.err().unwrap().message, "make it: no more");
        assert_eq!(content.statuses("n", |_| true).unwrap().len(), 0);
        // Left by one who died.
        content.writer("n", "r", 0, None, None).unwrap().append(b"half").unwrap();
        let made = content.make("n", None, "r", "make it", good).unwrap();
        assert_eq!((&made.digest, made.size, made.existed), (&Digest::of(b"whole"), 5, false));
        assert_eq!(content.info("n", &made.digest).unwrap().labels, labels);
        assert!(content.make("n", None, "s", "make it", good).unwrap().existed);
    }
}
