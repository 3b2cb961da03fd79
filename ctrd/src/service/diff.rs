//! Layers onto mounts, and the difference of mounts as a layer.

use std::collections::HashMap;
use std::io::{self, Write};

use prost_types::Timestamp;
use tonic::{Request, Response, Status};

use crate::api::diff::diff_server;
use crate::api::diff::{ApplyRequest, ApplyResponse, DiffRequest, DiffResponse};
use crate::api::types::Descriptor;
use crate::clock;
use crate::content::{Content, Labels, Writer};
use crate::digest::{Digest, Hasher, Hashing};
use crate::error::{Error, Kind, Result};
use crate::image::media;
use crate::unpack::{self, Compression, Compressor};

use super::caller::Caller;
use super::{blocking, message, required};

/// The label by which a compressed layer says what is in it.
const UNCOMPRESSED: &str = "containerd.io/uncompressed";

pub struct Diff {
    pub content: Content,
}

#[tonic::async_trait]
impl diff_server::Diff for Diff {
    /// Unpacks a layer's blob, and describes the tar that was in it.
    async fn apply(&self, request: Request<ApplyRequest>) -> Result<Response<ApplyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let layer = required(request.diff, "Diff")?;
        let digest = Digest::parse(&layer.digest)?;
        let mounts = message::mounts_from(request.mounts);
        let content = self.content.clone();
        let applied = blocking(move || {
            let blob = content.reader(&caller.namespace, &digest)?;
            let applied = unpack::apply(blob, &layer.media_type, Some(&digest), &mounts);
            if matches!(&applied, Err(e) if e.kind == Kind::DataLoss) {
                // Of errors the first is the one to report.
                let _ = content.discard_corrupt(&digest);
            }
            applied.map_err(|e| e.context(format!("apply layer {digest}")))
        })
        .await?;
        let applied = Descriptor {
            media_type: media::LAYER.to_string(),
            digest: applied.diff_id.to_string(),
            size: applied.size as i64,
            annotations: HashMap::new(),
        };
        Ok(Response::new(ApplyResponse { applied: Some(applied) }))
    }

    /// Makes a blob of the layer that leads from one set of mounts to another.
    async fn diff(&self, request: Request<DiffRequest>) -> Result<Response<DiffResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let content = self.content.clone();
        let diff = blocking(move || make(&content, &caller, request)).await?;
        Ok(Response::new(DiffResponse { diff: Some(diff) }))
    }
}

fn make(content: &Content, caller: &Caller, request: DiffRequest) -> Result<Descriptor> {
    let media_type = if request.media_type.is_empty() { media::LAYER_GZIP } else { &request.media_type };
    let compression = match media_type {
        media::LAYER | media::DOCKER_LAYER => Compression::None,
        media::LAYER_GZIP | media::DOCKER_LAYER_GZIP => Compression::Gzip,
        media::LAYER_ZSTD | media::DOCKER_LAYER_ZSTD => Compression::Zstd,
        other => {
            let text = format!("unsupported diff media type: {other:.200}: not implemented");
            return Err(Error::new(Kind::Unimplemented, text));
        }
    };
    let own = request.r#ref.is_empty();
    let reference = match own {
        true => format!("diff-{}-{:?}", clock::now(), std::thread::current().id()),
        false => request.r#ref.clone(),
    };
    let ns = &caller.namespace;
    let mut writer = content.writer(ns, &reference, 0, None, caller.lease.as_deref())?;
    // Of another attempt under the same name nothing can be used.
    writer.truncate(0)?;
    let (left, right) = (message::mounts_from(request.left), message::mounts_from(request.right));
    let epoch = request.source_date_epoch.map(|Timestamp { seconds, .. }| seconds);
    let made = write(&mut writer, compression, |out| unpack::diff(&left, &right, epoch, out));
    let diff_id = match made {
        Ok(diff_id) => diff_id,
        Err(e) => {
            drop(writer);
            let _ = content.abort(ns, &reference);
            return Err(e.context("compute the difference"));
        }
    };
    let (digest, size) = (writer.digest(), writer.offset());
    let mut labels: Labels = message::labels(request.labels);
    labels.insert(UNCOMPRESSED.to_string(), diff_id.to_string());
    match writer.commit(size, Some(&digest), &labels, caller.lease.as_deref()) {
        // The same difference was computed before.
        Err(e) if e.kind == Kind::AlreadyExists => {
            let key = format!("labels.{UNCOMPRESSED}");
            content.update(ns, &digest, &labels, &[key], caller.lease.as_deref())?;
        }
        other => drop(other?),
    }
    Ok(Descriptor {
        media_type: media_type.to_string(),
        digest: digest.to_string(),
        size: size as i64,
        annotations: HashMap::new(),
    })
}

/// Compresses what `fill` writes into the ingest, and returns the digest of it uncompressed.
fn write(
    writer: &mut Writer,
    compression: Compression,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<Digest> {
    // Reported in its own words, and not as that of the writing above it.
    let mut failure = None;
    let ingest = Ingest { writer, failure: &mut failure };
    let outcome = (|| {
        let mut out = Hashing::new(Compressor::new(compression, ingest)?, Hasher::default());
        fill(&mut out)?;
        out.inner.finish()?;
        Ok(out.hash.finish())
    })();
    match (outcome, failure) {
        (Err(_), Some(e)) => Err(e),
        (outcome, _) => outcome,
    }
}

struct Ingest<'a> {
    writer: &'a mut Writer,
    failure: &'a mut Option<Error>,
}

impl Write for Ingest<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.writer.append(buf).map_err(|e| {
            let text = e.message.clone();
            *self.failure = Some(e);
            io::Error::other(text)
        })?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
