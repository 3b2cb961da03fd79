//! An image of one layer out of a plain root file system: the same input, the same image.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde_json::json;

use super::archive::{base_name, open, put_document};
use super::document::{Descriptor, Manifest, Platform, media};
use super::{Announced, BlobSink, Imported, Options};
use crate::error::Result;
use crate::unpack::tree_to_tar;

/// Makes an image of a root file system in a tar, plain or compressed.
pub fn import_rootfs(
    source: impl Read + Send,
    options: &Options,
    sink: &mut dyn BlobSink,
) -> Result<Vec<Imported>> {
    from_tar(open(source)?, options, sink)
}

/// Makes an image of a root file system in a folder.
pub fn import_rootfs_dir(dir: &Path, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let (to, from) = sync_channel(4);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Err(e) = tree_to_tar(dir, Sending(&to)) {
                let _ = to.send(Err(io::Error::other(e.message)));
            }
        });
        from_tar(Received { from, chunk: Cursor::new(Vec::new()) }, options, sink)
    })
}

/// The same of an uncompressed tar.
pub(super) fn from_tar(
    mut tar: impl Read,
    options: &Options,
    sink: &mut dyn BlobSink,
) -> Result<Vec<Imported>> {
    let name = options.name.clone().unwrap_or_else(|| format!("{}:latest", base_name(options)));
    let announced = Announced { name: format!("rootfs of {name}"), digest: None, size: None };
    let (diff_id, size) = sink.write(&announced, &mut tar)?;
    let layer = Descriptor::new(media::LAYER, diff_id.clone(), size);
    let platform = options.platform.clone().unwrap_or_else(Platform::host);
    let mut config = json!({
        "architecture": platform.architecture,
        "os": platform.os,
        "config": {},
        "rootfs": { "type": "layers", "diff_ids": [diff_id] },
    });
    if !platform.variant.is_empty() {
        config["variant"] = json!(platform.variant);
    }
    let manifest = Manifest {
        schema_version: 2,
        media_type: media::MANIFEST.to_string(),
        config: put_document(&config, media::CONFIG, sink)?,
        layers: vec![layer],
        annotations: Default::default(),
    };
    let mut target = put_document(&manifest, media::MANIFEST, sink)?;
    target.platform = Some(platform);
    Ok(vec![Imported { name, target }])
}

/// What one thread writes and the other reads; an error of the writer is one of the reader.
struct Sending<'a>(&'a SyncSender<io::Result<Vec<u8>>>);

impl Write for Sending<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.send(Ok(buf.to_vec())).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Received {
    from: Receiver<io::Result<Vec<u8>>>,
    chunk: Cursor<Vec<u8>>,
}

impl Read for Received {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.chunk.read(buf)?;
        if n > 0 || buf.is_empty() {
            return Ok(n);
        }
        match self.from.recv() {
            Ok(chunk) => self.chunk = Cursor::new(chunk?),
            Err(_) => return Ok(0),
        }
        self.chunk.read(buf)
    }
}
