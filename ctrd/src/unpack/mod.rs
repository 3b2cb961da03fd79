//! Layers: a tar stream becomes files, and files become a tar stream.
//!
//! Layers come from strangers and are written by root. Every path is resolved by the kernel
//! below the descriptor of the layer's folder, anew for each entry; nothing is ever opened,
//! changed or removed by a path that could lead out of it.

mod archive;
mod changes;
mod compress;
mod diff;
mod extract;
mod field;
mod header;
mod parents;
mod processor;
mod stream;
mod tar;
mod whiteout;
mod write;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{channel, sync_channel};

use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::snapshot::{Mount, Mounted, in_user_namespace};

pub use archive::TarWriter;
pub use compress::Compressor;
pub use diff::diff;
pub use processor::{Payloads, Processors};
pub use stream::{Compression, peek};
pub use tar::{Entry, Kind as EntryKind, Reader as TarReader};
pub use write::tree_to_tar;

pub(crate) use extract::Tree;
pub(crate) use header::{header, pad};
pub(crate) use write::Entries;

use stream::{AHEAD, Chunks, Source};

/// An option of an overlay mount to apply a layer to: it has layers below that are not there yet. A
/// layer that cannot do without them is left half done, with an error of kind `Aborted`.
pub const APART: &str = "ctrd.apart";

/// The uncompressed tar that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub diff_id: Digest,
    pub size: u64,
}

/// Applies a layer to a snapshot's mounts. `expected` is the digest of `source` as it is read,
/// compressed: a blob that turns out to be another is an error.
///
/// An overlay mount is not mounted: the layer is written to its upper folder, with whiteouts as
/// overlayfs has them. A bind mount's source is written to as it is. Anything else is mounted
/// in a folder of its own for the time.
pub fn apply(
    source: impl Read + Send,
    media_type: &str,
    expected: Option<&Digest>,
    mounts: &[Mount],
) -> Result<Applied> {
    if !(media_type.is_empty() || crate::image::is_layer(media_type)) || media_type.contains("+encrypted") {
        return Err(Error::new(
            Kind::Unimplemented,
            format!("apply layer: media type {media_type:.200} is not supported: not implemented"),
        ));
    }
    let (target, _mounted) = Target::of(mounts)?;
    let mut tree = target.open()?;
    let hash = expected.map_or_else(Hasher::default, Digest::hasher);
    let source = Source::open(source, hash)?;
    // An uncompressed layer's digest is its diff id: hashed once.
    let same = source.compression == Compression::None && expected.is_none_or(|d| d.algorithm() == "sha256");
    let (to, from) = sync_channel(AHEAD);
    let (give_back, used) = channel();
    std::thread::scope(|scope| {
        let sender = std::thread::Builder::new().name("layer".into()).spawn_scoped(scope, move || {
            let out = source.send(expected, &to, &used);
            // Seen by the receiver as an error rather than as the end of the stream.
            if let Err(e) = &out {
                let _ = to.send(Err(std::io::Error::other(e.message.clone())));
            }
            out
        })?;
        let written = write_all(&mut tree, Chunks::new(from, give_back, !same));
        let sent = match sender.join() {
            Ok(sent) => sent,
            Err(_) => Err(Error::unknown("read layer: the reading thread died")),
        };
        // An error of the sender is the reason for one of the receiver.
        let sent = sent?;
        let (hashed, size) = written?;
        let sent = sent.ok_or_else(|| Error::unknown("read layer: cut off"))?;
        let diff_id = hashed.unwrap_or(sent);
        Ok(Applied { diff_id, size })
    })
}

fn write_all(tree: &mut Tree, chunks: Chunks) -> Result<(Option<Digest>, u64)> {
    let mut tar = TarReader::new(chunks);
    while let Some(entry) = tar.next_entry().map_err(|e| Error::from(e).context("read layer"))? {
        tree.add(&entry, &mut tar)?;
    }
    tree.finish()?;
    tar.into_inner().finish().map_err(|e| Error::from(e).context("read layer"))
}

/// Where a layer goes.
enum Target {
    /// Into an upper folder, above these.
    Overlay { upper: PathBuf, lower: Vec<PathBuf>, userxattr: bool, apart: bool },
    /// Into a folder that holds all there is.
    Folder(PathBuf),
}

impl Target {
    fn of(mounts: &[Mount]) -> Result<(Target, Option<Mounted>)> {
        if let [mount] = mounts {
            if mount.kind == "overlay"
                && let Some(upper) = mount.option("upperdir")
            {
                let lower = mount.option("lowerdir").unwrap_or_default();
                let target = Target::Overlay {
                    upper: upper.into(),
                    lower: lower.split(':').filter(|l| !l.is_empty()).map(PathBuf::from).collect(),
                    userxattr: mount.has("userxattr"),
                    apart: mount.has(APART),
                };
                return Ok((target, None));
            }
            if mount.kind == "bind" || mount.has("bind") || mount.has("rbind") {
                if mount.has("ro") {
                    return Err(Error::precondition(format!(
                        "apply layer: {} is mounted read-only: failed precondition",
                        mount.source
                    )));
                }
                return Ok((Target::Folder(PathBuf::from(&mount.source)), None));
            }
        }
        let mounted = Mounted::new(mounts)?;
        Ok((Target::Folder(mounted.path().to_path_buf()), Some(mounted)))
    }

    fn open(&self) -> Result<Tree> {
        let open = |path: &Path| {
            crate::snapshot::tree::open_root(path)
                .map_err(|e| Error::from(e).context(format!("open {}", path.display())))
        };
        match self {
            Target::Folder(path) => Tree::plain(open(path)?),
            Target::Overlay { upper, lower, userxattr, apart } => {
                let lower = lower.iter().map(|l| open(l)).collect::<Result<_>>()?;
                Tree::overlay(open(upper)?, lower, *userxattr || in_user_namespace(), *apart)
            }
        }
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
