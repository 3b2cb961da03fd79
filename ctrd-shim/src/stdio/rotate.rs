//! A log file that gives way to a new one before it grows too large: `web.log` becomes `web.log.1`, that
//! `web.log.2`, and so on; the last one goes. Both streams of a process write to it, each through a
//! descriptor of its own: who finds the name on another file goes on there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// No file becomes larger than so many bytes, unless one line is.
    pub size: u64,
    /// So many files, the one that is written to included.
    pub files: u32,
}

#[derive(Debug)]
pub struct Rotated {
    path: PathBuf,
    keep: Keep,
}

impl Rotated {
    pub fn new(path: &Path, keep: Keep) -> Rotated {
        Rotated { path: path.into(), keep }
    }

    /// Before `rest` is written to `writer`: the descriptor to take in its place, if there is to be
    /// another, and how much of it to write there. Lines stay whole.
    pub fn turn(&self, writer: &OwnedFd, rest: &[u8]) -> io::Result<(Option<OwnedFd>, usize)> {
        let mut file = File::from(writer.try_clone()?);
        let mut own = file.metadata()?;
        let mut moved = false;
        let named = fs::metadata(&self.path);
        if !named.is_ok_and(|named| (named.dev(), named.ino()) == (own.dev(), own.ino())) {
            file = open(&self.path)?;
            own = file.metadata()?;
            moved = true;
        }
        let mut fits = self.fits(own.len(), rest);
        if fits == 0 && own.len() > 0 {
            if self.keep.files <= 1 {
                file.set_len(0)?;
            } else {
                self.shift()?;
                file = open(&self.path)?;
                moved = true;
            }
            fits = self.fits(0, rest);
        }
        if fits == 0 {
            // One line that is larger than a file.
            fits = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        }
        Ok((moved.then(|| file.into()), fits))
    }

    /// How much of `rest`, by whole lines, a file of that length takes.
    fn fits(&self, length: u64, rest: &[u8]) -> usize {
        let room = usize::try_from(self.keep.size.saturating_sub(length)).unwrap_or(usize::MAX);
        if rest.len() <= room {
            return rest.len();
        }
        rest[..room].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
    }

    fn shift(&self) -> io::Result<()> {
        for n in (1..self.keep.files.saturating_sub(1)).rev() {
            match fs::rename(older(&self.path, n), older(&self.path, n + 1)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        fs::rename(&self.path, older(&self.path, 1))
    }
}

/// What the file was called before that is called `path` now.
fn older(path: &Path, n: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{n}"));
    name.into()
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o644).custom_flags(libc::O_NOCTTY).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// What stands in the file and in those before it, after writers in turn have written words.
    fn written(keep: Keep, words: &[&str]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut writers: Vec<OwnedFd> = (0..2).map(|_| open(&path).unwrap().into()).collect();
        for (n, word) in words.iter().enumerate() {
            let (writer, mut rest) = (&mut writers[n % 2], word.as_bytes());
            while !rest.is_empty() {
                let (other, fits) = Rotated::new(&path, keep).turn(writer, rest).unwrap();
                if let Some(other) = other {
                    *writer = other;
                }
                File::from(writer.try_clone().unwrap()).write_all(&rest[..fits]).unwrap();
                rest = &rest[fits..];
            }
        }
        let read = |path: PathBuf| fs::read_to_string(path).ok();
        [path.clone()].into_iter().chain((1..9).map(|n| older(&path, n))).map_while(read).collect()
    }

    #[test]
    fn files_give_way_to_new_ones() {
        let words = ["aaa\n", "bbb\n", "ccc\n", "ddd\n", "eee\n"];
        for (size, files, expected) in [
            (8, 3, &["eee\n", "ccc\nddd\n", "aaa\nbbb\n"][..]),
            (8, 2, &["eee\n", "ccc\nddd\n"]),
            (8, 1, &["eee\n"]),
            (4, 3, &["eee\n", "ddd\n", "ccc\n"]),
            // A line stays together, and an empty file takes any.
            (1, 2, &["eee\n", "ddd\n"]),
            (99, 2, &["aaa\nbbb\nccc\nddd\neee\n"]),
        ] {
            assert_eq!(written(Keep { size, files }, &words), expected, "{size} {files}");
        }
        // What comes at once is cut between lines.
        let keep = Keep { size: 5, files: 9 };
        assert_eq!(written(keep, &["a\nb\nc\n", "dddddd\ne"]), ["e", "dddddd\n", "c\n", "a\nb\n"]);
    }
}
