//! Layers onto mounts.

use std::collections::HashMap;

use tonic::{Request, Response, Status};

use crate::api::diff::diff_server;
use crate::api::diff::{ApplyRequest, ApplyResponse, DiffRequest, DiffResponse};
use crate::api::types::Descriptor;
use crate::content::Content;
use crate::digest::Digest;
use crate::error::Result;
use crate::unpack;

use super::caller::Caller;
use super::{blocking, message, required};

/// What an unpacked layer is.
const TAR: &str = "application/vnd.oci.image.layer.v1.tar";

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
            unpack::apply(blob, &layer.media_type, Some(&digest), &mounts)
                .map_err(|e| e.context(format!("apply layer {digest}")))
        })
        .await?;
        let applied = Descriptor {
            media_type: TAR.to_string(),
            digest: applied.diff_id.to_string(),
            size: applied.size as i64,
            annotations: HashMap::new(),
        };
        Ok(Response::new(ApplyResponse { applied: Some(applied) }))
    }

    async fn diff(&self, request: Request<DiffRequest>) -> Result<Response<DiffResponse>, Status> {
        Caller::of(&request)?;
        Err(Status::unimplemented("compute the difference of two mounts: no differ can: not implemented"))
    }
}
