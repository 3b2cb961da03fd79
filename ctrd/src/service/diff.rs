//! Layers onto mounts, and the difference of mounts as a layer.

use std::collections::HashMap;
use std::io::{self, Write};

use prost_types::Timestamp;
use tonic::{Request, Response, Status};

use crate::api::diff::diff_server;
use crate::api::diff::{ApplyRequest, ApplyResponse, DiffRequest, DiffResponse};
use crate::api::types::Descriptor;
use crate::client::Client;
use crate::client::remote::{Remote, answer};
use crate::clock;
use crate::content::{Content, Labels, Writer};
use crate::digest::{Digest, Hasher, Hashing};
use crate::error::{Error, Kind, Result};
use crate::image::media;
use crate::unpack::{self, Compression, Compressor, Processors};

use super::caller::Caller;
use super::{blocking, message, required};

/// The label by which a compressed layer says what is in it.
const UNCOMPRESSED: &str = "containerd.io/uncompressed";

/// Who applies layers and makes differences. Cheap to clone.
#[derive(Clone)]
pub enum Differ {
    Own {
        content: Content,
        processors: Processors,
    },
    /// A server behind a socket.
    Remote(Remote),
}

pub struct Diff {
    /// Asked in this order, until one can do it.
    pub differs: Vec<Differ>,
}

impl Differ {
    async fn apply(&self, caller: &Caller, request: ApplyRequest) -> Result<ApplyResponse> {
        let Differ::Own { content, processors } = self.clone() else {
            return answer(self.there(caller)?.diff().apply(request).await);
        };
        let layer = required(request.diff, "Diff")?;
        let digest = Digest::parse(&layer.digest)?;
        let mounts = message::mounts_from(request.mounts);
        let namespace = caller.namespace.clone();
        let applied = blocking(move || {
            let blob = content.reader(&namespace, &digest)?;
            let applied = processors.apply(blob, &layer.media_type, &request.payloads, &digest, &mounts);
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
        Ok(ApplyResponse { applied: Some(applied) })
    }

    async fn diff(&self, caller: &Caller, request: DiffRequest) -> Result<DiffResponse> {
        let Differ::Own { content, .. } = self.clone() else {
            return answer(self.there(caller)?.diff().diff(request).await);
        };
        let caller = caller.clone();
        let diff = blocking(move || make(&content, &caller, request)).await?;
        Ok(DiffResponse { diff: Some(diff) })
    }

    /// The server, in the caller's namespace and under its lease.
    fn there(&self, caller: &Caller) -> Result<Client> {
        let Differ::Remote(remote) = self else { return Err(Error::unknown("the differ is no server")) };
        let client = remote.client(&caller.namespace)?;
        match &caller.lease {
            Some(lease) => client.under_lease(lease),
            None => Ok(client),
        }
    }
}

/// The answer of the first that can do it.
macro_rules! first {
    ($differs:expr, $call:ident, $caller:expr, $request:expr) => {{
        let mut answer = Err(Error::new(Kind::Unimplemented, "no differ: not implemented"));
        for differ in $differs {
            answer = differ.$call($caller, $request.clone()).await;
            if !matches!(&answer, Err(e) if e.kind == Kind::Unimplemented) {
                break;
            }
        }
        Ok(Response::new(answer?))
    }};
}

#[tonic::async_trait]
impl diff_server::Diff for Diff {
    /// Unpacks a layer's blob, and describes the tar that was in it.
    async fn apply(&self, request: Request<ApplyRequest>) -> Result<Response<ApplyResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        first!(&self.differs, apply, &caller, request)
    }

    /// Makes a blob of the layer that leads from one set of mounts to another.
    async fn diff(&self, request: Request<DiffRequest>) -> Result<Response<DiffResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        first!(&self.differs, diff, &caller, request)
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
