//! Layers onto mounts, and the difference of mounts as a layer.

use std::collections::HashMap;

use prost_types::Timestamp;
use tonic::{Request, Response, Status};

use crate::api::diff::diff_server;
use crate::api::diff::{ApplyRequest, ApplyResponse, DiffRequest, DiffResponse};
use crate::api::types::Descriptor;
use crate::client::Client;
use crate::client::remote::{Remote, answer};
use crate::content::{Content, Labels, make};
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
        let diff = blocking(move || difference(&content, &caller, request)).await?;
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

fn difference(content: &Content, caller: &Caller, request: DiffRequest) -> Result<Descriptor> {
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
    let reference = match request.r#ref.as_str() {
        "" => make::reference("diff"),
        own => own.to_string(),
    };
    let (ns, lease) = (&caller.namespace, caller.lease.as_deref());
    let (left, right) = (message::mounts_from(request.left), message::mounts_from(request.right));
    let epoch = request.source_date_epoch.map(|Timestamp { seconds, .. }| seconds);
    let mut labels: Labels = message::labels(request.labels);
    let mut own = Labels::new();
    let made = content.make(ns, lease, &reference, "compute the difference", |out| {
        let mut out = Hashing::new(Compressor::new(compression, out)?, Hasher::default());
        unpack::diff(&left, &right, epoch, &mut out)?;
        out.inner.finish()?;
        // Of one that is not compressed its name says it.
        if compression != Compression::None {
            own.insert(UNCOMPRESSED.to_string(), out.hash.finish().to_string());
            labels.extend(own.clone());
        }
        Ok(labels)
    })?;
    if made.existed && !own.is_empty() {
        content.update(ns, &made.digest, &own, &[format!("labels.{UNCOMPRESSED}")], lease)?;
    }
    Ok(Descriptor {
        media_type: media_type.to_string(),
        digest: made.digest.to_string(),
        size: made.size as i64,
        annotations: HashMap::new(),
    })
}
