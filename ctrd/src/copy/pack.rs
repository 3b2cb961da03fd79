//! What is copied, as a tar stream: owners in it are numbers inside of the source's root.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::{FileStat, SFlag, fstat};

use super::root::{Node, reopen, target};
use super::{Ids, Owners};
use crate::error::{Error, Kind, Result};
use crate::snapshot::tree;
use crate::unpack::{Entries, header, pad};

/// Writes what `node` is under `name`; without one, what is in the folder that it is.
pub fn pack(node: &Node, name: Option<&CStr>, ids: &Ids, owners: Owners, out: impl Write) -> Result<()> {
    let mut entries = Entries::new(BufWriter::with_capacity(1 << 18, out));
    let inside = |stat: &FileStat| {
        let mut stat = *stat;
        (stat.st_uid, stat.st_gid) = ids.inside(stat.st_uid, stat.st_gid);
        stat
    };
    let written = |e: io::Error, path: &str| match e.kind() {
        io::ErrorKind::BrokenPipe => Error::new(Kind::Cancelled, "nobody reads it"),
        _ => Error::from(e).context(format!("read {path:.300}")),
    };
    let at = |e: io::Error| written(e, &node.shown);
    if !node.is_folder() {
        let name = name.ok_or_else(|| Error::from(Errno::ENOTDIR).context(&node.shown))?;
        single(node, name.to_bytes(), &inside(&node.stat), owners, &mut entries.out).map_err(at)?;
        return entries.finish().map_err(at);
    }
    let dir = reopen(&node.fd, OFlag::O_DIRECTORY).map_err(at)?;
    let top = match name {
        Some(name) => [name.to_bytes(), b"/"].concat(),
        None => b"./".to_vec(),
    };
    let xattrs = tree::xattrs(&tree::proc_path(&dir, c".")).map_err(at)?;
    header(&mut entries.out, &top, b"", b'5', 0, &inside(&node.stat), &xattrs).map_err(at)?;
    tree::walk(
        &dir,
        &mut |path, step| {
            match entries.add([top.as_slice(), &tree::join(path)].concat(), step, inside) {
                // What a running container has removed meanwhile.
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other.map_err(|e| written(e, &format!("{}/{}", node.shown, tree::display(path)))),
            }
        },
        &mut |_, _| Ok(()),
    )?;
    entries.finish().map_err(at)
}

/// Something that is no folder.
fn single(node: &Node, name: &[u8], stat: &FileStat, owners: Owners, out: &mut impl Write) -> io::Result<()> {
    match tree::kind(stat) {
        SFlag::S_IFREG => {
            let file = File::from(reopen(&node.fd, OFlag::empty())?);
            // Its size is that of now, and not of when its path was resolved.
            let size = fstat(&file)?.st_size as u64;
            header(out, name, b"", b'0', size, stat, &tree::file_xattrs(&file)?)?;
            let copied = io::copy(&mut file.take(size), out)?;
            if copied < size {
                return Err(io::Error::other("it shrank while it was read"));
            }
            pad(out, size)
        }
        SFlag::S_IFLNK => header(out, name, target(&node.fd)?.as_slice(), b'2', 0, stat, &[]),
        SFlag::S_IFIFO => header(out, name, b"", b'6', 0, stat, &[]),
        kind @ (SFlag::S_IFCHR | SFlag::S_IFBLK) if owners == Owners::Kept => {
            header(out, name, b"", if kind == SFlag::S_IFCHR { b'3' } else { b'4' }, 0, stat, &[])
        }
        SFlag::S_IFCHR | SFlag::S_IFBLK => Err(io::Error::other("a device is copied with --archive alone")),
        _ => Err(io::Error::other("is a socket")),
    }
}
