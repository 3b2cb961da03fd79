//! Images: documents that name blobs, archives of them, and what is to be unpacked in which order.
//!
//! ```text
//! target ─▶ index ─▶ … ─▶ manifest ─▶ config   (diff ids, what to run)
//!                                 └─▶ layers   (tar, tar+gzip, tar+zstd)
//! ```
//!
//! Nothing here knows where blobs are kept: they are read through a function and written
//! through a [`BlobSink`].

mod archive;
mod document;
mod export;
mod index;
mod name;
mod resolve;
mod rootfs;

use std::io::Read;

use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Error, Result};

pub use archive::{Compress, import, import_dir, import_file};
pub use document::{
    Config, Descriptor, Index, MAX_DOCUMENT, Manifest, Platform, gc_labels, is_index, is_layer, is_manifest,
    media, parse_config, parse_index, parse_manifest,
};
pub use export::{BlobSource, Exported, Platforms, copy_exactly, export, export_layout};
pub use index::import_index;
pub use name::normalize;
pub use resolve::{MAX_DEPTH, MAX_DESCRIPTORS, Resolved, chain_ids, resolve, snapshot_labels};
pub use rootfs::{import_rootfs, import_rootfs_dir};

/// What is known of a blob before it is written.
#[derive(Debug, Clone, Default)]
pub struct Announced {
    /// For the upload's reference and for messages: unique within an import.
    pub name: String,
    /// Known where the archive names blobs by digest: the sink must verify it.
    pub digest: Option<Digest>,
    /// Known but where a stream is the source.
    pub size: Option<u64>,
}

impl Announced {
    /// A blob of the same digest is there: what is announced must be as large, or it is another.
    pub fn is_as_large(&self, size: u64) -> Result<()> {
        match self.size {
            Some(own) if own != size => Err(Error::precondition(format!(
                "{}: {own} bytes, where those of its digest are {size}",
                self.name
            ))),
            _ => Ok(()),
        }
    }
}

/// Takes the blobs of an import, in the order in which the archive has them.
pub trait BlobSink {
    /// Writes a blob to its end and returns its digest and size. One that is there already, under the digest that was
    /// announced, counts as written; `data` need not be read then. That is sound whatever `data` is: a blob was verified
    /// when it became one, and everybody refers to it by its digest, so that the bytes of the digest are what was meant.
    fn write(&mut self, blob: &Announced, data: &mut dyn Read) -> Result<(Digest, u64)>;

    /// Whether there is a blob of this digest and size: it may be taken for one that is called after it, for the same
    /// reason. Should the name have meant nothing, the image's configuration has another digest for what the layer
    /// unpacks to.
    fn there(&mut self, digest: &Digest, size: u64) -> Result<bool>;

    /// Reads back a small blob; one larger than `limit` is an error.
    fn read(&mut self, digest: &Digest, limit: u64) -> Result<Vec<u8>>;

    /// Adds labels to a blob that was written.
    fn label(&mut self, digest: &Digest, labels: &Labels) -> Result<()>;
}

/// How the images of an archive are to be called, and which of its platforms are wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The name for the one image of the archive, whatever the archive calls it.
    pub name: Option<String>,
    /// The repository for images of which the archive gives only a tag. `None`: a name with
    /// the day of the import, as `ctr` makes it.
    pub base_name: Option<String>,
    /// The platform whose blobs must be complete; `None`: this machine's.
    pub platform: Option<Platform>,
}

/// An image that an import found: to be created under this name.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub name: String,
    pub target: Descriptor,
}

#[cfg(test)]
mod tests;
