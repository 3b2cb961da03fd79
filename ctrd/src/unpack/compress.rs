//! Compressing a layer, the same bytes for the same input.

use std::io::{self, BufWriter, Write};

use super::stream::Compression;

/// What is gathered before it is passed on: compressors write little at once.
const CHUNK: usize = 256 << 10;

/// Compresses what is written to it.
pub enum Compressor<W: Write> {
    None(BufWriter<W>),
    Gzip(flate2::write::GzEncoder<BufWriter<W>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<W>>),
}

impl<W: Write> Compressor<W> {
    pub fn new(compression: Compression, out: W) -> io::Result<Compressor<W>> {
        let out = BufWriter::with_capacity(CHUNK, out);
        Ok(match compression {
            Compression::None => Compressor::None(out),
            Compression::Gzip => {
                // Without name and time, which are of no interest and would differ.
                Compressor::Gzip(flate2::GzBuilder::new().write(out, flate2::Compression::default()))
            }
            Compression::Zstd => Compressor::Zstd(zstd::stream::write::Encoder::new(out, 0)?),
        })
    }

    /// Writes what is left.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Compressor::None(out) => Ok(out),
            Compressor::Gzip(encoder) => encoder.finish(),
            Compressor::Zstd(encoder) => encoder.finish(),
        }?
        .flush()
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Compressor::None(out) => out.write(buf),
            Compressor::Gzip(encoder) => encoder.write(buf),
            Compressor::Zstd(encoder) => encoder.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
