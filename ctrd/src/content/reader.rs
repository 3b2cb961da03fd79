//! Reading a blob: a file with a size, and a check that it still is what its name says.

use std::fs::File;
use std::io::{self, IoSliceMut, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::{ReadWriteFlags, preadv2};

use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};

/// An open blob. It stays readable though the blob be deleted meanwhile.
#[derive(Debug)]
pub struct Reader {
    file: File,
    digest: Digest,
    size: u64,
}

impl Reader {
    pub(super) fn open(path: &Path, digest: &Digest, size: u64) -> Result<Reader> {
        let file = File::open(path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                Error::new(Kind::DataLoss, format!("content digest {digest}: its file is missing"))
            }
            _ => Error::from(e).context(format!("open {}", path.display())),
        })?;
        let found = file.metadata()?.len();
        if found != size {
            return Err(corrupt(digest, format!("its file has {found} bytes instead of {size}")));
        }
        Ok(Reader { file, digest: digest.clone(), size })
    }

    /// A file that is known to be the blob.
    pub(super) fn of(file: File, digest: &Digest) -> Result<Reader> {
        let size = file.metadata()?.len();
        Ok(Reader { file, digest: digest.clone(), size })
    }

    /// The same without a wait for the disk; none where that, or anything else, is in the way.
    pub(super) fn open_cached(path: &Path, digest: &Digest, size: u64) -> Option<Reader> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
        let file = File::from(file);
        (file.metadata().ok()?.len() == size).then(|| Reader { file, digest: digest.clone(), size })
    }

    /// Fills `buf` from what the kernel has in memory at `offset`; whether it could.
    pub fn read_cached(&self, buf: &mut [u8], offset: u64) -> bool {
        let wanted = buf.len();
        preadv2(&self.file, &mut [IoSliceMut::new(buf)], offset, ReadWriteFlags::NOWAIT) == Ok(wanted)
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Reads at `offset` without moving the position; 0 at the end.
    pub fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buf, offset)
    }

    /// Reads all of it and verifies the digest; a blob larger than `limit` is refused.
    pub fn read_verified(&mut self, limit: u64) -> Result<Vec<u8>> {
        if self.size > limit {
            return Err(Error::invalid(format!(
                "content digest {}: {} bytes are more than the limit of {limit}",
                self.digest, self.size
            )));
        }
        let mut bytes = Vec::with_capacity(self.size as usize);
        (&self.file).take(self.size).read_to_end(&mut bytes)?;
        let mut hash = self.digest.hasher();
        hash.update(&bytes);
        self.check(hash)?;
        Ok(bytes)
    }

    /// Reads all of it and says whether it is what its name says: an error of kind `DataLoss` if not.
    pub fn verify(&self) -> Result<()> {
        self.verify_with(256 << 10, &mut |_| ())
    }

    /// The same, `step` bytes at a time, each told to `progress`.
    pub fn verify_with(&self, step: usize, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let mut hash = self.digest.hasher();
        let mut buf = vec![0; step];
        let mut at = 0;
        loop {
            match self.file.read_at(&mut buf, at)? {
                0 => return self.check(hash),
                n => {
                    hash.update(&buf[..n]);
                    progress(n as u64);
                    at += n as u64;
                }
            }
        }
    }

    fn check(&self, hash: Hasher) -> Result<()> {
        let found = hash.finish();
        if found != self.digest {
            return Err(corrupt(&self.digest, format!("its bytes are those of {found}")));
        }
        Ok(())
    }
}

fn corrupt(digest: &Digest, why: String) -> Error {
    Error::new(Kind::DataLoss, format!("content digest {digest}: corrupt blob: {why}"))
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.file.read(buf)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
