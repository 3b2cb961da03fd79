//! Import: an archive from a client's stream becomes blobs, snapshots and images.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::runtime::Handle;

use crate::api::types::transfer::{ImageImportStream, ImageStore};
use crate::content::{Labels, Writer};
use crate::digest::Digest;
use crate::error::{Kind, Result};
use crate::image::{self, Descriptor, MAX_DOCUMENT, Resolved, parse_index};
use crate::store::images::Target;

use super::progress::{Progress, described};
use super::sink::Sink;
use super::stream::Stream;
use super::{Work, naming, platform, unpack};

impl Work {
    /// Reads the archive that comes down `stream` and saves its images as `to` says. Of one whose client goes away all
    /// blobs and layers that are whole stay for a day, so that the next try need not bring them again; where there are
    /// none, neither does the lease.
    pub fn import(
        mut self,
        from: &ImageImportStream,
        stream: Stream,
        to: &ImageStore,
        progress: &Progress,
    ) -> Result<()> {
        let done = self.bring(from, stream, to, progress);
        if done.is_err() && self.wanted_still().is_err() && self.holds_something() {
            self.own_lease = false;
        }
        done
    }

    fn bring(
        &self,
        from: &ImageImportStream,
        stream: Stream,
        to: &ImageStore,
        progress: &Progress,
    ) -> Result<()> {
        progress.step("Importing");
        let mut sink = Sink::new(self);
        let reader = stream.reader(Handle::current(), self.stop.clone());
        let compress = |layer: &Digest| self.compress(layer);
        let compress: Option<&image::Compress> = from.force_compress.then_some(&compress);
        let index = image::import_index(reader, compress, &mut sink)?;
        for (digest, size) in &sink.written {
            self.tell_of_content(digest, *size)?;
        }
        let text = self.content.read(&self.namespace, &index.digest, MAX_DOCUMENT)?;
        let images = parse_index(&text)?.manifests;
        let wanted = self.wanted(to, &images)?;
        self.unpack(to, &wanted, progress)?;
        let labels: Labels = to.labels.clone().into_iter().collect();
        for name in naming::of_target(to, &index) {
            self.saved(name, labels.clone(), &index, progress)?;
        }
        for image in &wanted {
            for name in naming::of_annotated(to, image) {
                self.saved(name, labels.clone(), image, progress)?;
            }
        }
        progress.step("Completed import");
        Ok(())
    }

    fn saved(&self, name: String, labels: Labels, image: &Descriptor, progress: &Progress) -> Result<()> {
        let target = crate::service::message::target(described(image));
        self.save(name.clone(), labels, &Target { annotations: image.annotations.clone(), ..target })?;
        progress.object("saved", &name, image);
        Ok(())
    }

    /// The images of the archive that hold something for one of the platforms asked for.
    fn wanted(&self, to: &ImageStore, images: &[Descriptor]) -> Result<Vec<Descriptor>> {
        if to.platforms.is_empty() {
            return Ok(images.to_vec());
        }
        let mut missing = None;
        let mut wanted = Vec::new();
        let mut known = HashMap::new();
        for image in images {
            let found = known.entry((&image.digest, &image.media_type));
            let looked = matches!(found, Entry::Occupied(_));
            let found = found.or_insert(false);
            for asked in to.platforms.iter().filter(|_| !looked) {
                match self.resolve(image, &platform(asked)) {
                    Ok(_) => *found = true,
                    Err(e) if e.kind == Kind::NotFound => missing = Some(e),
                    // What is no image is kept as it is.
                    Err(e) if e.kind == Kind::InvalidArgument => *found = true,
                    Err(e) => return Err(e),
                }
            }
            if *found {
                wanted.push(image.clone());
            }
        }
        match missing {
            Some(e) if wanted.is_empty() => Err(e),
            _ => Ok(wanted),
        }
    }

    fn unpack(&self, to: &ImageStore, images: &[Descriptor], progress: &Progress) -> Result<()> {
        for request in &to.unpacks {
            let snapshotter = self.snapshotter(&request.snapshotter)?;
            let asked = request.platform.as_ref().map(platform).unwrap_or_else(image::Platform::host);
            // One image may have many names.
            let mut seen = HashSet::new();
            for image in images.iter().filter(|image| seen.insert((&image.digest, &image.media_type))) {
                self.wanted_still()?;
                match self.resolve(image, &asked) {
                    Ok(resolved) if resolved.layers().is_ok() => {
                        let tell =
                            |layer: &Descriptor| progress.object("extracted", layer.digest.as_str(), layer);
                        unpack::unpack(self, &resolved, snapshotter, tell)?;
                    }
                    // What has no layers for that platform cannot be unpacked, and need not be.
                    Ok(_) => {}
                    Err(e) if matches!(e.kind, Kind::NotFound | Kind::InvalidArgument) => {}
                    Err(e) => return Err(e),
                }
            }
        }
        Ok(())
    }

    /// The same layer as gzip; the new blob says what it is made of.
    fn compress(&self, layer: &Digest) -> Result<(Digest, u64)> {
        let ns = self.namespace.as_str();
        let mut plain = self.content.reader(ns, layer)?;
        let reference = format!("compress-blob-{layer}");
        let mut writer = self.content.writer(ns, &reference, 0, None, Some(&self.lease))?;
        writer.truncate(0)?;
        let mut gzip = GzEncoder::new(Appending(writer), Compression::default());
        io::copy(&mut plain, &mut gzip)?;
        let Appending(mut writer) = gzip.finish()?;
        let (digest, size) = (writer.digest(), writer.offset());
        let labels = Labels::from([("containerd.io/uncompressed".to_string(), layer.to_string())]);
        match writer.commit(size, Some(&digest), &labels, Some(&self.lease)) {
            Err(e) if e.kind == Kind::AlreadyExists => self.hold("content", digest.as_str())?,
            done => drop(done?),
        }
        self.tell_of_content(&digest, size)?;
        Ok((digest, size))
    }

    fn resolve(&self, target: &Descriptor, platform: &image::Platform) -> Result<Resolved> {
        let mut read = |digest: &Digest| self.content.read(&self.namespace, digest, MAX_DOCUMENT);
        image::resolve(target, Some(platform), &mut read)
    }
}

/// An upload as something to write to.
struct Appending(Writer);

impl Write for Appending {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.append(buf).map_err(|e| io::Error::other(e.message))?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
