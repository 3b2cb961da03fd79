//! Blobs: listed, read whole or streamed, labelled.

use std::collections::HashMap;

use prost_types::FieldMask;

use super::{Client, failure, take};
use crate::api::content::{Info, InfoRequest, ListContentRequest, ReadContentRequest, UpdateRequest};
use crate::error::{Error, Kind, Result};

/// The largest blob that is read into memory: manifests and configurations.
const DOCUMENT_MAX: usize = 16 << 20;

/// Every blob of the namespace.
pub async fn list(client: &Client) -> Result<Vec<Info>> {
    let mut stream = take(client.content().list(ListContentRequest { filters: Vec::new() }).await)?;
    let mut all = Vec::new();
    while let Some(page) = stream.message().await.map_err(failure)? {
        all.extend(page.info);
    }
    Ok(all)
}

/// What is known of a blob.
pub async fn info(client: &Client, digest: &str) -> Result<Info> {
    let request = InfoRequest { digest: digest.to_string() };
    Ok(take(client.content().info(request).await)?.info.unwrap_or_default())
}

/// A whole document.
pub async fn document(client: &Client, digest: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let each = |data: &[u8]| {
        if bytes.len() + data.len() > DOCUMENT_MAX {
            return Err(Error::new(Kind::OutOfRange, format!("larger than {DOCUMENT_MAX} bytes")));
        }
        bytes.extend_from_slice(data);
        Ok(())
    };
    read(client, digest, each).await.map_err(|e| e.context(format!("read {digest}")))?;
    Ok(bytes)
}

/// Passes a blob on, piece by piece.
pub async fn read(client: &Client, digest: &str, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let request = ReadContentRequest { digest: digest.to_string(), offset: 0, size: 0 };
    let mut stream = take(client.content().read(request).await)?;
    while let Some(piece) = stream.message().await.map_err(failure)? {
        each(&piece.data)?;
    }
    Ok(())
}

/// Sets labels of a blob and leaves its others alone.
pub async fn label(client: &Client, digest: &str, labels: HashMap<String, String>) -> Result<()> {
    let paths = labels.keys().map(|key| format!("labels.{key}")).collect();
    let request = UpdateRequest {
        info: Some(Info { digest: digest.to_string(), labels, ..Info::default() }),
        update_mask: Some(FieldMask { paths }),
    };
    take(client.content().update(request).await).map(drop)
}
