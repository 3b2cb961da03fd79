//! Blobs of an import on their way into the content store of this process.

use std::io::Read;

use crate::clock;
use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Kind, Result};
use crate::image::{Announced, BlobSink};

use super::Work;

/// How much is read before it is written.
const PIECE: usize = 1 << 20;

/// Takes the blobs of one import.
pub struct Sink<'a> {
    work: &'a Work,
    /// Makes the references of this import its own.
    import: String,
    /// What was written: to be told of when it is over.
    pub written: Vec<(Digest, u64)>,
}

impl<'a> Sink<'a> {
    pub fn new(work: &'a Work) -> Sink<'a> {
        Sink { work, import: format!("import-{}", clock::now()), written: Vec::new() }
    }

    fn ingest(&mut self, reference: &str, blob: &Announced, data: &mut dyn Read) -> Result<(Digest, u64)> {
        let total = blob.size.unwrap_or_default();
        let mut writer = self.work.content.writer(
            &self.work.namespace,
            reference,
            total,
            blob.digest.as_ref(),
            Some(&self.work.lease),
        )?;
        // What another namespace has already need not be written, but it has to be read past.
        let skipped = std::io::copy(&mut data.take(writer.offset()), &mut std::io::sink())?;
        if skipped < writer.offset() {
            writer.truncate(skipped)?;
        }
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            self.work.wanted_still()?;
            piece.clear();
            data.take(PIECE as u64).read_to_end(&mut piece)?;
            if piece.is_empty() {
                break;
            }
            writer.append(&piece)?;
        }
        let (digest, size) = (writer.digest(), writer.offset());
        match writer.commit(total, blob.digest.as_ref(), &Labels::new(), Some(&self.work.lease)) {
            // What was not announced is known to be there only now; the lease holds it.
            Err(e) if e.kind == Kind::AlreadyExists => {}
            done => {
                done?;
                self.written.push((digest.clone(), size));
            }
        }
        Ok((digest, size))
    }
}

impl BlobSink for Sink<'_> {
    fn write(&mut self, blob: &Announced, data: &mut dyn Read) -> Result<(Digest, u64)> {
        let reference = format!("{}-{}", self.import, blob.name);
        match (self.ingest(&reference, blob, data), &blob.digest) {
            (Err(e), Some(digest)) if e.kind == Kind::AlreadyExists => {
                self.work.hold("content", digest.as_str())?;
                let size = self.work.content.info(&self.work.namespace, digest)?.size;
                blob.is_as_large(size)?;
                Ok((digest.clone(), size))
            }
            (Err(e), _) => {
                // The first error is the one to report; an ingest left over expires.
                let _ = self.work.content.abort(&self.work.namespace, &reference, Some(&self.work.lease));
                Err(e)
            }
            (done, _) => done,
        }
    }

    fn there(&mut self, digest: &Digest, size: u64) -> Result<bool> {
        let Work { content, namespace, lease, .. } = self.work;
        match content.info(namespace, digest) {
            Ok(info) if info.size == size && content.has(namespace, digest) => {
                content.hold(namespace, Some(lease), digest)
            }
            Err(e) if e.kind != Kind::NotFound => Err(e),
            _ => Ok(false),
        }
    }

    fn read(&mut self, digest: &Digest, limit: u64) -> Result<Vec<u8>> {
        self.work.content.read(&self.work.namespace, digest, limit)
    }

    fn label(&mut self, digest: &Digest, labels: &Labels) -> Result<()> {
        let paths: Vec<String> = labels.keys().map(|key| format!("labels.{key}")).collect();
        if paths.is_empty() {
            return Ok(());
        }
        self.work
            .content
            .update(&self.work.namespace, digest, labels, &paths, Some(&self.work.lease))
            .map(drop)
    }
}
