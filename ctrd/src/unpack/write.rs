//! Writing tar: a tree as a stream, the same bytes for the same tree.
//!
//! Names in order, each inode once and hard links after it, owners by number; PAX records only
//! where the plain header does not hold a value, so that any tar reads it.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::fcntl::readlinkat;
use nix::sys::stat::{SFlag, fstat};

use crate::error::{Error, Result};
use crate::snapshot::tree;

use super::header::{header, pad};

/// Writes what is in `dir` as a tar stream; the folder itself is its entry `./`.
pub fn tree_to_tar(dir: &Path, out: impl Write) -> Result<()> {
    let at = |e: io::Error| Error::from(e).context(format!("read {}", dir.display()));
    let root = tree::open_root(dir).map_err(at)?;
    let mut entries = Entries::new(io::BufWriter::with_capacity(1 << 20, out));
    let stat = fstat(&root).map_err(|e| at(e.into()))?;
    let own = tree::xattrs(&tree::proc_path(&root, c".")).map_err(at)?;
    header(&mut entries.out, b"./", b"", b'5', 0, &stat, &own).map_err(at)?;
    tree::walk(
        &root,
        &mut |path, step| {
            entries
                .add(tree::join(path), step)
                .map_err(|e| Error::from(e).context(format!("read {}", tree::display(path))))
        },
        &mut |_, _| Ok(()),
    )?;
    entries.finish().map_err(at)
}

/// A tar that is being written, and the names by which it has inodes with several.
pub(crate) struct Entries<W> {
    pub out: W,
    links: HashMap<(u64, u64), Vec<u8>>,
}

impl<W: Write> Entries<W> {
    pub fn new(out: W) -> Entries<W> {
        Entries { out, links: HashMap::new() }
    }

    /// Adds what is at a name, under another.
    pub fn add(&mut self, mut name: Vec<u8>, step: &tree::Step) -> io::Result<()> {
        let stat = step.stat;
        let kind = tree::kind(stat);
        let out = &mut self.out;
        if kind != SFlag::S_IFDIR
            && stat.st_nlink > 1
            && let Some(first) = self.links.get(&(stat.st_dev, stat.st_ino))
        {
            return header(out, &name, first, b'1', 0, stat, &[]);
        }
        let xattrs = tree::xattrs(&tree::proc_path(step.dir, step.name))?;
        let file = match kind {
            SFlag::S_IFREG => Some(tree::open_file(step.dir, step.name)?),
            _ => None,
        };
        // What was removed meanwhile comes not as far as this: nothing is a link to it.
        if kind != SFlag::S_IFDIR && stat.st_nlink > 1 {
            self.links.insert((stat.st_dev, stat.st_ino), name.clone());
        }
        let (flag, size) = match kind {
            SFlag::S_IFREG => (b'0', stat.st_size as u64),
            SFlag::S_IFDIR => {
                name.push(b'/');
                (b'5', 0)
            }
            SFlag::S_IFLNK => {
                let target = readlinkat(step.dir, step.name)?;
                return header(out, &name, target.as_bytes(), b'2', 0, stat, &xattrs);
            }
            SFlag::S_IFCHR => (b'3', 0),
            SFlag::S_IFBLK => (b'4', 0),
            SFlag::S_IFIFO => (b'6', 0),
            // A socket is of no use without the process that listened.
            _ => return Ok(()),
        };
        header(out, &name, b"", flag, size, stat, &xattrs)?;
        let Some(file) = file else { return Ok(()) };
        let copied = io::copy(&mut file.take(size), out)?;
        if copied < size {
            return Err(io::Error::other("it shrank while it was read"));
        }
        pad(out, size)
    }

    /// Writes the end of the archive.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&[0; 1024])?;
        self.out.flush()
    }
}
