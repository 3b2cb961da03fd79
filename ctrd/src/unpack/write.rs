//! Writing tar: a tree as a stream, the same bytes for the same tree.
//!
//! Names in order, each inode once and hard links after it, owners by number; PAX records only
//! where the plain header does not hold a value, so that any tar reads it.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::fcntl::readlinkat;
use nix::sys::stat::{FileStat, SFlag, fstat};

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
                .add(tree::join(path), step, |stat| *stat)
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

    /// Adds what is at a name, under another, with what `shown` makes of its metadata.
    ///
    /// A running container may have put something else there since it was seen: of a file all is told of the one
    /// that was opened, for the mode of one with the bytes of another might grant what nobody has granted.
    pub fn add(
        &mut self,
        mut name: Vec<u8>,
        step: &tree::Step,
        shown: impl Fn(&FileStat) -> FileStat,
    ) -> io::Result<()> {
        let mut stat = *step.stat;
        let kind = tree::kind(&stat);
        let out = &mut self.out;
        if kind != SFlag::S_IFDIR
            && stat.st_nlink > 1
            && let Some(first) = self.links.get(&(stat.st_dev, stat.st_ino))
        {
            return header(out, &name, first, b'1', 0, &shown(&stat), &[]);
        }
        let file = match kind {
            SFlag::S_IFREG => Some(tree::open_file(step.dir, step.name)?),
            _ => None,
        };
        let xattrs = match &file {
            Some(file) => {
                stat = fstat(file)?;
                tree::file_xattrs(file)?
            }
            None => tree::xattrs(&tree::proc_path(step.dir, step.name))?,
        };
        // What was removed meanwhile comes not as far as this: nothing is a link to it.
        if kind != SFlag::S_IFDIR && stat.st_nlink > 1 {
            self.links.insert((stat.st_dev, stat.st_ino), name.clone());
        }
        let stat = &shown(&stat);
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use nix::sys::stat::{Mode, fstatat, makedev, mknod};

    use super::*;
    use crate::unpack::TarReader;

    /// What a container puts at a name between the look at it and the opening.
    #[test]
    fn a_name_that_was_given_to_something_else_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let (at, other) = (dir.path().join("name"), dir.path().join("other"));
        let root = tree::open_root(dir.path()).unwrap();
        let add = |swap: &dyn Fn()| -> io::Result<Vec<u8>> {
            fs::write(&at, "granted").unwrap();
            fs::set_permissions(&at, fs::Permissions::from_mode(0o4755)).unwrap();
            rustix::fs::setxattr(&at, "user.granted", b"x", rustix::fs::XattrFlags::empty()).ok();
            let stat = fstatat(&root, c"name", nix::fcntl::AtFlags::AT_SYMLINK_NOFOLLOW).unwrap();
            swap();
            let mut entries = Entries::new(Vec::new());
            let step = tree::Step { dir: &root, name: c"name", stat: &stat };
            let added = entries.add(b"name".to_vec(), &step, |stat| *stat);
            fs::remove_file(&at).unwrap();
            added.map(|()| entries.out)
        };
        // Another file: its own mode, attributes and bytes, all of them.
        let tar = add(&|| {
            fs::write(&other, "and something longer").unwrap();
            fs::rename(&other, &at).unwrap();
        });
        let tar = tar.unwrap();
        let mut reader = TarReader::new(io::BufReader::new(tar.as_slice()));
        let entry = reader.next_entry().unwrap().unwrap();
        assert_eq!((entry.mode & 0o7000, entry.size, entry.xattrs.len()), (0, 20, 0));
        assert!(tar.windows(20).any(|bytes| bytes == b"and something longer"));
        // What is none is refused, and neither read nor waited for.
        let secret = dir.path().join("secret");
        fs::write(&secret, "secret").unwrap();
        let gone = || fs::remove_file(&at).unwrap();
        let none = |swap: &dyn Fn()| {
            let refused = add(&|| {
                gone();
                swap();
            });
            assert_eq!(refused.unwrap_err().to_string(), "is no regular file");
        };
        none(&|| symlink(&secret, &at).unwrap());
        none(&|| mknod(&at, SFlag::S_IFIFO, Mode::S_IRWXU, 0).unwrap());
        if nix::unistd::geteuid().is_root() {
            none(&|| mknod(&at, SFlag::S_IFCHR, Mode::S_IRWXU, makedev(1, 5)).unwrap());
        }
    }
}
