//! Files copied into and out of a container's root, as a tar stream between two threads.
//!
//! The container may be hostile, and may change what is copied while it is copied. Its paths are
//! resolved by the kernel as if its root were the root of all (`openat2`, `RESOLVE_IN_ROOT`), never
//! by a path of the host's; nothing enters its root, and no program or library of it is loaded
//! (CVE-2018-15664, CVE-2019-14271). What comes out is written below a descriptor of the folder that
//! it goes to, so that no link among it leads elsewhere.

mod ids;
mod pack;
mod root;

use std::ffi::CString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;

use crate::error::{Error, Kind, Result};
use crate::unpack::{Compression, EntryKind, TarReader, Tree, peek};

pub use ids::Ids;
pub use root::{Root, Wanted};

use root::Place;

/// Whose files they become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owners {
    /// Those of the source, with all that a mode, attributes and devices can grant.
    Kept,
    /// One user's, by the numbers inside of the target's root; set-id bits and privileges go.
    Given { uid: u32, gid: u32 },
}

/// Copies `source` of one root to `target` of another; `follow` a link that `source` is.
///
/// As `cp -r`: into `target` where that is a folder, or else under its name. A `source` that ends in
/// `/.` is what is in the folder.
pub fn between(
    from: &Root,
    source: &str,
    follow: bool,
    to: &Root,
    target: &str,
    owners: Owners,
) -> Result<()> {
    let wanted = Wanted::of(source);
    let node = from.node(&wanted, follow)?;
    let folder = node.is_folder();
    let goal = Wanted::of(target);
    let (dir, name) = match to.place(&goal)? {
        Place::Folder(dir) if wanted.contents => (dir, None),
        Place::Folder(dir) => (dir, wanted.base()),
        Place::File(..) if folder => return Err(Error::precondition(format!("{target}: is no folder"))),
        Place::File(dir, name) => (dir, Some(name)),
        Place::Missing(dir, name) if folder || !goal.folder => (dir, Some(name)),
        Place::Missing(..) => return Err(Error::not_found(format!("{target}: no such folder"))),
    };
    if name.is_none() && !folder {
        return Err(Error::precondition(format!("{source}: is no folder")));
    }
    let (read, write) = io::pipe()?;
    std::thread::scope(|scope| {
        let packer = std::thread::Builder::new().name("copy".into());
        let packed =
            packer.spawn_scoped(scope, || pack::pack(&node, name.as_deref(), &from.ids, owners, write))?;
        let put = put(dir, BufReader::with_capacity(1 << 18, read), &to.ids, owners);
        let packed = packed.join().unwrap_or_else(|_| Err(Error::unknown("read: the reading thread died")));
        match (packed, put) {
            // It was cut off by the other side, whose error says why.
            (Err(e), Err(reason)) if e.kind == Kind::Cancelled => Err(reason),
            (Err(e), _) => Err(e),
            (Ok(()), put) => put,
        }
    })
}

/// Writes `source` as a tar stream, under its own name.
pub fn out(from: &Root, source: &str, follow: bool, out: impl Write) -> Result<()> {
    let wanted = Wanted::of(source);
    let node = from.node(&wanted, follow)?;
    let name = if wanted.contents { None } else { wanted.base() };
    pack::pack(&node, name.as_deref(), &from.ids, Owners::Kept, out)
}

/// Unpacks a tar stream, plain, gzip or zstd, into the folder `target`. It says itself whose the files are.
pub fn into(to: &Root, target: &str, source: impl Read + Send) -> Result<()> {
    let Place::Folder(dir) = to.place(&Wanted::of(target))? else {
        return Err(Error::not_found(format!("{target}: no such folder")));
    };
    let mut source = BufReader::with_capacity(1 << 18, source);
    let compression: Compression =
        peek(&mut source).map_err(|e| Error::from(e).context("read the archive"))?;
    let plain = compression.decoder(source).map_err(|e| Error::from(e).context("read the archive"))?;
    put(dir, BufReader::with_capacity(1 << 18, plain), &to.ids, Owners::Kept)
}

/// Writes the entries of a tar stream, whose owners are numbers inside of a root, into a folder.
fn put(dir: OwnedFd, tar: impl BufRead, ids: &Ids, owners: Owners) -> Result<()> {
    let mut tree = Tree::literal(dir)?;
    let mut tar = TarReader::new(tar);
    while let Some(mut entry) = tar.next_entry().map_err(|e| Error::from(e).context("read"))? {
        let name = String::from_utf8_lossy(&entry.path).into_owned();
        if let Owners::Given { uid, gid } = owners {
            if matches!(entry.kind, EntryKind::Char | EntryKind::Block) {
                return Err(Error::precondition(format!(
                    "{name:.300}: a device is copied with --archive alone"
                )));
            }
            (entry.uid, entry.gid) = (uid, gid);
            entry.mode &= 0o1777;
            entry.xattrs.retain(|(name, _)| name.starts_with(b"user."));
        }
        let outside = ids.outside(entry.uid, entry.gid);
        (entry.uid, entry.gid) = outside.ok_or_else(|| {
            Error::invalid(format!("{name:.300}: owner {}:{} is not mapped there", entry.uid, entry.gid))
        })?;
        // What the tar itself has of its root is not the folder's that was there before.
        if entry.path.split(|b| *b == b'/').any(|part| !matches!(part, b"" | b"." | b"..")) {
            tree.add(&entry, &mut tar)?;
        }
    }
    tree.finish()
}

fn name(text: &[u8]) -> Result<CString> {
    CString::new(text).map_err(|_| Error::invalid("a path with a NUL byte in it"))
}

#[cfg(test)]
mod tests;
