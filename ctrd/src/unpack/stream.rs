//! From a blob to the bytes of its tar: one thread reads, verifies and decompresses, the other
//! takes what comes, in chunks that go round between them.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, SyncSender};

use crate::digest::{Digest, Hasher, Hashing};
use crate::error::{Error, Kind, Result};

const CHUNK: usize = 256 << 10;

/// So many chunks are under way at most.
pub const AHEAD: usize = 4;

/// A layer that grows by more than this, once it is larger than [`BOMB_SIZE`], is one.
const BOMB_RATIO: u64 = 500;
const BOMB_SIZE: u64 = if cfg!(test) { 64 << 20 } else { 16 << 30 };

/// How a stream is compressed, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    pub fn of(magic: &[u8]) -> Compression {
        if magic.starts_with(&[0x1f, 0x8b, 0x08]) {
            Compression::Gzip
        } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) || is_skippable(magic) {
            Compression::Zstd
        } else {
            Compression::None
        }
    }

    /// The decompressed stream of `source`.
    pub fn decoder<'a>(self, source: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
        Ok(match self {
            Compression::None => Box::new(source),
            Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
            Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        })
    }
}

/// Whether zstd's bytes begin with a frame that is somebody else's and passed over (RFC 8878, 3.1.2).
fn is_skippable(magic: &[u8]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// A source with its first bytes looked at.
pub fn peek(source: &mut impl BufRead) -> io::Result<Compression> {
    // Enough for every magic, since nothing here reads less than a kilobyte at a time.
    Ok(Compression::of(source.fill_buf()?))
}

/// What goes from one thread to the other.
pub type Chunk = io::Result<Vec<u8>>;

/// A blob about to be read, its first bytes looked at.
pub struct Source<R> {
    input: io::BufReader<Hashing<Counted<R>>>,
    count: Arc<AtomicU64>,
    pub compression: Compression,
}

impl<R: Read + Send> Source<R> {
    pub fn open(source: R, hash: Hasher) -> Result<Source<R>> {
        let count = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: source, count: count.clone() };
        let mut input = io::BufReader::with_capacity(CHUNK, Hashing::new(counted, hash));
        let compression = peek(&mut input).map_err(|e| Error::from(e).context("read layer"))?;
        Ok(Source { input, count, compression })
    }

    /// Reads to the end, verifies, and sends what there is decompressed. The digest of the
    /// source comes back, or `None` where the receiver hung up: it has an error of its own.
    pub fn send(
        mut self,
        expected: Option<&Digest>,
        to: &SyncSender<Chunk>,
        used: &Receiver<Vec<u8>>,
    ) -> Result<Option<Digest>> {
        let at = |e: io::Error| Error::from(e).context("read layer");
        let pumped = pump(self.compression, &mut self.input, &self.count, to, used);
        if let Ok(false) = pumped {
            return Ok(None);
        }
        // The digest is of all bytes, also of those that the decoder did not ask for; and a blob
        // that is not what it should be explains why it cannot be read.
        let rest = io::copy(&mut self.input, &mut io::sink());
        let digest = self.input.into_inner().hash.finish();
        match expected {
            _ if rest.is_err() => {}
            Some(want) if *want != digest => {
                return Err(Error::new(
                    Kind::DataLoss,
                    format!("content digest {want}: corrupt blob: its bytes are those of {digest}"),
                ));
            }
            _ => {}
        }
        pumped.map_err(at)?;
        rest.map_err(at)?;
        Ok(Some(digest))
    }
}

/// Sends all of the decompressed stream; `false` where nobody wants it.
fn pump(
    compression: Compression,
    source: &mut (impl BufRead + Send),
    read: &AtomicU64,
    to: &SyncSender<Chunk>,
    used: &Receiver<Vec<u8>>,
) -> io::Result<bool> {
    let mut decoder = compression.decoder(source)?;
    let mut size = 0u64;
    loop {
        let mut chunk = used.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let mut n = 0;
        // A full chunk at a time: a decoder gives little at once.
        while n < CHUNK {
            match decoder.read(&mut chunk[n..]) {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        if n == 0 {
            return Ok(true);
        }
        chunk.truncate(n);
        size += n as u64;
        if size > BOMB_SIZE && size / BOMB_RATIO > read.load(Relaxed) {
            return Err(io::Error::other(format!("it grows to more than {BOMB_RATIO} times its size")));
        }
        if to.send(Ok(chunk)).is_err() {
            return Ok(false);
        }
    }
}

/// Counts what is read from it.
pub struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.fetch_add(n as u64, Relaxed);
        Ok(n)
    }
}

/// The receiving side: the chunks as one stream, hashed as they come.
pub struct Chunks {
    from: Receiver<Chunk>,
    used: Sender<Vec<u8>>,
    chunk: Vec<u8>,
    at: usize,
    /// `None` where the digest of the source is the tar's.
    hash: Option<Hasher>,
    pub size: u64,
}

impl Chunks {
    pub fn new(from: Receiver<Chunk>, used: Sender<Vec<u8>>, hash: bool) -> Chunks {
        let hash = hash.then(Hasher::default);
        Chunks { from, used, chunk: Vec::new(), at: 0, hash, size: 0 }
    }

    /// Takes what is left, and the digest of it all.
    pub fn finish(mut self) -> io::Result<(Option<Digest>, u64)> {
        while !self.fill_buf()?.is_empty() {
            self.at = self.chunk.len();
        }
        Ok((self.hash.map(Hasher::finish), self.size))
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.chunk.len()
            && let Ok(next) = self.from.recv()
        {
            let old = std::mem::replace(&mut self.chunk, next?);
            let _ = self.used.send(old);
            self.at = 0;
            self.size += self.chunk.len() as u64;
            if let Some(hash) = &mut self.hash {
                hash.update(&self.chunk);
            }
        }
        Ok(&self.chunk[self.at..])
    }

    fn consume(&mut self, n: usize) {
        self.at += n;
    }
}

impl Read for Chunks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let buf = self.fill_buf()?;
        let n = buf.len().min(out.len());
        out[..n].copy_from_slice(&buf[..n]);
        self.consume(n);
        Ok(n)
    }
}
