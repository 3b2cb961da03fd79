//! Export: images of the store go down a client's stream as an archive.

use std::io::{BufWriter, Write};

use tokio::runtime::Handle;

use crate::api::types::transfer::{ImageExportStream, ImageStore};
use crate::digest::Digest;
use crate::error::Result;
use crate::image::{BlobSource, Descriptor, Exported, Platforms, copy_exactly, export, export_layout};
use crate::store::images;

use super::progress::Progress;
use super::stream::Stream;
use super::{Work, naming, platform};

/// As much is gathered before it goes into messages.
const BUFFER: usize = 32 << 10;

impl Work {
    /// Writes an archive of the images that `from` names into `stream`, to its end.
    pub fn export(
        &self,
        from: &ImageStore,
        to: &ImageExportStream,
        stream: Stream,
        progress: &Progress,
    ) -> Result<()> {
        progress.step("Exporting");
        let images = naming::to_look_up(from)?;
        let images = images.iter().map(|name| self.exported(name)).collect::<Result<Vec<_>>>()?;
        let platforms = match (to.all_platforms, to.platforms.as_slice()) {
            (true, _) => Platforms::All,
            (false, []) => Platforms::Host,
            (false, these) => Platforms::These(these.iter().map(platform).collect()),
        };
        let mut out = BufWriter::with_capacity(BUFFER, stream.writer(Handle::current()));
        match to.skip_compatibility_manifest {
            true => export_layout(&images, &platforms, &mut Source(self), &mut out)?,
            false => export(&images, &platforms, &mut Source(self), &mut out)?,
        }
        out.flush()?;
        progress.step("Completed export");
        Ok(())
    }

    fn exported(&self, name: &str) -> Result<Exported> {
        let target = self.store.read(|c| images::get(c, &self.namespace, name))?.target;
        let described = Descriptor {
            annotations: target.annotations,
            ..Descriptor::new(&target.media_type, Digest::parse(&target.digest)?, target.size.unsigned_abs())
        };
        Ok(Exported { name: name.into(), target: described })
    }
}

/// The blobs of the namespace.
struct Source<'a>(&'a Work);

impl BlobSource for Source<'_> {
    fn document(&mut self, digest: &Digest, limit: u64) -> Result<Vec<u8>> {
        self.0.content.read(&self.0.namespace, digest, limit)
    }

    fn copy(&mut self, digest: &Digest, size: u64, out: &mut dyn Write) -> Result<()> {
        self.0.wanted_still()?;
        let mut blob = self.0.content.reader(&self.0.namespace, digest)?;
        copy_exactly(&mut blob, size, out)
    }
}
