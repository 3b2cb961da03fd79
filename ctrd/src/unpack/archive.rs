//! An archive of plain files and folders, without owners and times: the same bytes for the same files.

use std::io::{self, BufWriter, Write};

use crate::error::{Error, Kind, Result};

use super::header::{marker_of, pad};

/// A tar that is being written.
pub struct TarWriter<W: Write> {
    out: BufWriter<W>,
}

impl<W: Write> TarWriter<W> {
    pub fn new(out: W) -> TarWriter<W> {
        TarWriter { out: BufWriter::with_capacity(256 << 10, out) }
    }

    /// Adds a folder; its name ends in a slash.
    pub fn folder(&mut self, name: &str) -> io::Result<()> {
        marker_of(&mut self.out, name.as_bytes(), b'5', 0, 0o755)
    }

    /// Adds a file of `size` bytes, which is what `fill` must write.
    pub fn file(
        &mut self,
        name: &str,
        size: u64,
        fill: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        marker_of(&mut self.out, name.as_bytes(), b'0', size, 0o444)?;
        let mut counted = Counted { out: &mut self.out, left: size };
        fill(&mut counted)?;
        if counted.left > 0 {
            let text = format!("{name}: {} of {size} bytes are missing", counted.left);
            return Err(Error::new(Kind::DataLoss, text));
        }
        Ok(pad(&mut self.out, size)?)
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&[0; 1024])?;
        self.out.flush()
    }
}

struct Counted<'a, W: Write> {
    out: &'a mut BufWriter<W>,
    left: u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if buf.len() as u64 > self.left {
            return Err(io::Error::other("more bytes than were announced"));
        }
        let n = self.out.write(buf)?;
        self.left -= n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
