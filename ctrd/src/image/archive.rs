//! Archives of images: OCI layouts and what `docker save` writes.

use std::io::Read;
use std::path::Path;

use super::{BlobSink, Imported, Options};
use crate::error::Result;

/// Reads an archive, plain or compressed, from a file or a pipe: its blobs go to `sink`, its
/// images come back. A plain root file system in a tar becomes an image of one layer.
pub fn import(source: impl Read + Send, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let _ = (source, options, sink);
    todo!()
}

/// Reads a folder: an OCI layout, or a root file system, which becomes an image of one layer.
pub fn import_dir(dir: &Path, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let _ = (dir, options, sink);
    todo!()
}
