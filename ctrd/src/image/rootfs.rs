//! An image of one layer out of a plain root file system.

use std::io::Read;
use std::path::Path;

use super::{BlobSink, Imported, Options};
use crate::error::Result;

/// Makes an image of a root file system in an uncompressed tar.
pub fn import_rootfs(tar: impl Read, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let _ = (tar, options, sink);
    todo!()
}

/// Makes an image of a root file system in a folder.
pub fn import_rootfs_dir(dir: &Path, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let _ = (dir, options, sink);
    todo!()
}
