//! Layers: a tar stream becomes files, and files become a tar stream.

use std::io::{Read, Write};
use std::path::Path;

use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::Mount;

/// The uncompressed tar that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub diff_id: Digest,
    pub size: u64,
}

/// Applies a layer to a snapshot's mounts. `expected` is the digest of `source` as it is read,
/// compressed: a blob that turns out to be another is an error.
pub fn apply(
    source: impl Read + Send,
    media_type: &str,
    expected: Option<&Digest>,
    mounts: &[Mount],
) -> Result<Applied> {
    let _ = (source, media_type, expected, mounts);
    todo!()
}

/// Writes what is in `dir` as a tar stream, the same bytes for the same tree.
pub fn tree_to_tar(dir: &Path, out: impl Write) -> Result<()> {
    let _ = (dir, out);
    todo!()
}
