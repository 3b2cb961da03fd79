//! Archives of images: OCI layouts and what `docker save` writes, from a stream or a folder.
//!
//! A stream is read once and in its own order: each blob goes to the sink as it comes, and the
//! documents are looked at in the end, when all of them are there. A file is read in the same way, but
//! for what the sink has no use for.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::document::{
    Descriptor, MAX_DOCUMENT, Manifest, gc_labels, is_index, is_manifest, media, parse, parse_config,
    parse_index,
};
use super::name::{normalize, with_base};
use super::resolve::{MAX_DEPTH, MAX_DESCRIPTORS};
use super::{Announced, BlobSink, Imported, Options, resolve, rootfs};
use crate::clock;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::unpack::{Compression, EntryKind, TarReader};

/// By this much of a stream it is known what it is.
const HEAD: u64 = 64 << 10;

/// By this much of a blob it is known what compresses it.
const MAGIC: u64 = 8;

/// So much is read at once.
const BUFFER: usize = 1 << 20;

/// More members than any archive of images has.
const MAX_MEMBERS: usize = 100_000;

pub(super) const IMAGE_NAME: &str = "io.containerd.image.name";
pub(super) const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// Reads an archive, plain or compressed, from a file or a pipe: its blobs go to `sink`, its
/// images come back. A plain root file system in a tar becomes an image of one layer.
pub fn import(source: impl Read + Send, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let mut tar = open(source)?;
    let mut head = Vec::new();
    (&mut tar).take(HEAD).read_to_end(&mut head).map_err(reading)?;
    if head.is_empty() {
        return Err(Error::invalid("read archive: it is empty"));
    }
    let is_archive = holds_images(&head)?;
    let whole = Cursor::new(head).chain(tar);
    if is_archive { stream(whole, options, sink) } else { rootfs::from_tar(whole, options, sink) }
}

/// The same from an open file, from where it stands: of one that is not compressed the blobs that the sink has already
/// are passed over.
pub fn import_file(mut file: File, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    if !is_plain(&mut file).map_err(reading)? {
        return import(file, options, sink);
    }
    let mut tar = TarReader::of_file(BufReader::with_capacity(BUFFER, file));
    Found::read(&mut tar, sink)?.images(options, sink)
}

/// Whether a file is one that can be passed over, and holds an archive of images as it is.
fn is_plain(file: &mut File) -> io::Result<bool> {
    if !file.metadata()?.is_file() {
        return Ok(false);
    }
    let (start, mut head) = (file.stream_position()?, Vec::new());
    (&mut *file).take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(start))?;
    Ok(Compression::of(&head) == Compression::None && holds_images(&head).unwrap_or(false))
}

/// Reads a folder: an OCI layout, or a root file system, which becomes an image of one layer.
pub fn import_dir(dir: &Path, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    if !dir.join("oci-layout").is_file() {
        return rootfs::import_rootfs_dir(dir, options, sink);
    }
    let mut found = Found::default();
    let at = |e: io::Error| Error::from(e).context(format!("read {}", dir.display()));
    let mut members = vec!["oci-layout".to_string(), "index.json".to_string()];
    for algorithm in std::fs::read_dir(dir.join("blobs")).map_err(at)? {
        let algorithm = algorithm.map_err(at)?;
        for blob in std::fs::read_dir(algorithm.path()).map_err(at)? {
            let (alg, blob) = (algorithm.file_name(), blob.map_err(at)?.file_name());
            members.push(format!("blobs/{}/{}", alg.to_string_lossy(), blob.to_string_lossy()));
        }
    }
    members.sort();
    for member in members {
        let file = File::open(dir.join(&member)).map_err(at)?;
        let size = file.metadata().map_err(at)?.len();
        found.member(member, size, &mut BufReader::with_capacity(BUFFER, file), sink)?;
    }
    found.images(options, sink)
}

/// The tar stream in `source`, whatever compresses it.
pub(super) fn open<'a>(mut source: impl Read + Send + 'a) -> Result<Box<dyn Read + Send + 'a>> {
    let mut head = Vec::new();
    (&mut source).take(HEAD).read_to_end(&mut head).map_err(reading)?;
    let compression = Compression::of(&head);
    let whole = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(source));
    compression.decoder(whole).map_err(reading)
}

/// Whether the first member of a tar is one of an archive of images.
fn holds_images(head: &[u8]) -> Result<bool> {
    let mut tar = TarReader::new(head);
    while let Some(entry) = tar.next_entry().map_err(reading)? {
        let Some(path) = clean(&entry.path) else { return Ok(false) };
        if path.is_empty() {
            continue;
        }
        let first = path.split('/').next().unwrap_or_default();
        let known = ["blobs", "oci-layout", "index.json", "manifest.json", "repositories"];
        return Ok(known.contains(&first) || called_after(first).is_some());
    }
    Ok(false)
}

fn stream(source: impl Read, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    Found::read_stream(source, sink)?.images(options, sink)
}

impl Found {
    /// Reads an archive, and what else its stream has.
    pub(super) fn read_stream(source: impl Read, sink: &mut dyn BlobSink) -> Result<Found> {
        let mut tar = TarReader::new(BufReader::with_capacity(BUFFER, source));
        let found = Found::read(&mut tar, sink)?;
        // What is behind the end still belongs to the stream: its writer is not to be cut off.
        io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(reading)?;
        Ok(found)
    }

    /// Reads an archive to its end.
    fn read(tar: &mut TarReader<impl BufRead>, sink: &mut dyn BlobSink) -> Result<Found> {
        let mut found = Found::default();
        while let Some(entry) = tar.next_entry().map_err(reading)? {
            let Some(path) = clean(&entry.path).filter(|p| !p.is_empty()) else { continue };
            match entry.kind {
                EntryKind::File => found.member(path, entry.size, tar, sink)?,
                // Old archives of Docker have a layer that two images share once, and a link to it.
                EntryKind::Symlink => {
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let target = [folder.as_bytes(), b"/", &entry.link].concat();
                    found.links.extend(clean(&target).map(|target| (path, target)));
                }
                EntryKind::HardLink => found.links.extend(clean(&entry.link).map(|target| (path, target))),
                _ => {}
            }
        }
        Ok(found)
    }
}

/// What an archive was found to hold.
#[derive(Default)]
pub(super) struct Found {
    /// By path, each blob that was written.
    blobs: BTreeMap<String, Blob>,
    links: BTreeMap<String, String>,
    pub(super) layout: bool,
    pub(super) index: Option<Vec<u8>>,
    pub(super) docker: Option<Vec<u8>>,
}

#[derive(Clone)]
pub(super) struct Blob {
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) compression: Compression,
}

/// Makes another blob of a layer that is not compressed.
pub type Compress<'a> = dyn Fn(&Digest) -> Result<(Digest, u64)> + 'a;

/// An entry of Docker's `manifest.json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerImage {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Option<Vec<String>>,
}

impl Found {
    /// Takes one file of the archive.
    fn member(
        &mut self,
        path: String,
        size: u64,
        data: &mut dyn Read,
        sink: &mut dyn BlobSink,
    ) -> Result<()> {
        match path.as_str() {
            "index.json" => self.index = Some(document(&path, size, data)?),
            "manifest.json" => self.docker = Some(document(&path, size, data)?),
            "oci-layout" => {
                document(&path, size, data)?;
                self.layout = true;
            }
            "repositories" => {}
            _ if path.ends_with("/VERSION") || path.ends_with("/json") => {}
            _ => {
                let digest = match path.strip_prefix("blobs/") {
                    Some(rest) => Some(Digest::parse(&rest.replacen('/', ":", 1))?),
                    None => None,
                };
                if self.blobs.len() >= MAX_MEMBERS {
                    return Err(Error::invalid("read archive: too many members"));
                }
                let mut head = Vec::new();
                data.take(MAGIC).read_to_end(&mut head).map_err(reading)?;
                let compression = Compression::of(&head);
                let (digest, size) = match called_after(&path).filter(|_| digest.is_none()) {
                    Some(guess) if sink.there(&guess, size)? => (guess, size),
                    _ => {
                        let announced = Announced { name: path.clone(), digest, size: Some(size) };
                        sink.write(&announced, &mut Cursor::new(head).chain(Archived(data)))?
                    }
                };
                self.blobs.insert(path, Blob { digest, size, compression });
            }
        }
        Ok(())
    }

    fn images(&self, options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
        // What newer Dockers save is both: the layout says more.
        let mut images = match (&self.index, &self.docker) {
            (Some(index), _) if self.layout => oci_images(index, options, sink)?,
            (_, Some(docker)) => self.docker_images(docker, options, sink)?,
            _ => return Err(Error::invalid("read archive: neither an OCI layout nor one of docker save")),
        };
        if let Some(name) = &options.name {
            let target = images.first().map(|i| i.target.clone());
            if images.iter().any(|i| Some(&i.target.digest) != target.as_ref().map(|t| &t.digest)) {
                return Err(Error::invalid(format!(
                    "name archive {name}: it holds several images: {}",
                    images.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(", ")
                )));
            }
            images = target.into_iter().map(|target| Imported { name: name.clone(), target }).collect();
        }
        if images.is_empty() {
            return Err(Error::invalid("read archive: it holds no image"));
        }
        Ok(images)
    }

    fn docker_images(
        &self,
        text: &[u8],
        options: &Options,
        sink: &mut dyn BlobSink,
    ) -> Result<Vec<Imported>> {
        let mut out = Vec::new();
        for (target, tags) in self.docker_targets(text, None, sink)? {
            let names = match tags.as_slice() {
                [] => vec![format!("{}:latest", base_name(options))],
                names => names.to_vec(),
            };
            out.extend(names.into_iter().map(|name| Imported { name, target: target.clone() }));
        }
        Ok(out)
    }

    /// A manifest for each image of a `manifest.json`, with the full forms of its tags.
    pub(super) fn docker_targets(
        &self,
        text: &[u8],
        compress: Option<&Compress>,
        sink: &mut dyn BlobSink,
    ) -> Result<Vec<(Descriptor, Vec<String>)>> {
        let mut out = Vec::new();
        for image in parse::<Vec<DockerImage>>(text, "manifest.json")? {
            let config = self.blob(&image.config)?;
            let parsed = parse_config(&sink.read(&config.digest, MAX_DOCUMENT)?)?;
            let mut layers = Vec::new();
            for path in image.layers.unwrap_or_default() {
                let mut blob = self.blob(&path)?;
                if let (Compression::None, Some(compress)) = (blob.compression, compress) {
                    (blob.digest, blob.size) = compress(&blob.digest)?;
                    blob.compression = Compression::Gzip;
                }
                let kind = match blob.compression {
                    Compression::None => media::DOCKER_LAYER,
                    Compression::Gzip => media::DOCKER_LAYER_GZIP,
                    Compression::Zstd => media::DOCKER_LAYER_ZSTD,
                };
                layers.push(Descriptor::new(kind, blob.digest, blob.size));
            }
            if layers.len() != parsed.rootfs.diff_ids.len() {
                return Err(Error::invalid(format!(
                    "read archive: {}: {} layers but {} diff ids",
                    image.config,
                    layers.len(),
                    parsed.rootfs.diff_ids.len()
                )));
            }
            let manifest = Manifest {
                schema_version: 2,
                media_type: media::DOCKER_MANIFEST.to_string(),
                config: Descriptor::new(media::DOCKER_CONFIG, config.digest, config.size),
                layers,
                annotations: BTreeMap::new(),
            };
            let mut target = put_document(&manifest, media::DOCKER_MANIFEST, sink)?;
            target.platform = Some(parsed.platform);
            let tags = image.repo_tags.unwrap_or_default();
            out.push((target, tags.iter().map(|tag| normalize(tag)).collect::<Result<_>>()?));
        }
        Ok(out)
    }

    /// The blob at a path of the archive, through links.
    fn blob(&self, path: &str) -> Result<Blob> {
        let mut at = clean(path.as_bytes()).unwrap_or_default();
        for _ in 0..16 {
            if let Some(blob) = self.blobs.get(&at) {
                return Ok(blob.clone());
            }
            match self.links.get(&at) {
                Some(next) => at.clone_from(next),
                None => break,
            }
        }
        Err(Error::invalid(format!("read archive: {path:.200} is missing")))
    }
}

fn oci_images(index: &[u8], options: &Options, sink: &mut dyn BlobSink) -> Result<Vec<Imported>> {
    let index = parse_index(index)?;
    let mut out: Vec<Imported> = Vec::new();
    let mut seen = HashSet::new();
    let mut failed = None;
    for target in &index.manifests {
        if !is_index(&target.media_type) && !is_manifest(&target.media_type) {
            continue;
        }
        label_documents(target, sink, &mut seen, 0)?;
        // At least this platform's documents must be there.
        let mut read = |digest: &Digest| sink.read(digest, MAX_DOCUMENT);
        match resolve(target, options.platform.as_ref(), &mut read) {
            Ok(_) => {}
            Err(e) if e.kind == Kind::NotFound => {
                failed = Some(e);
                continue;
            }
            Err(e) => return Err(e),
        }
        let name = match (target.annotations.get(IMAGE_NAME), target.annotations.get(REF_NAME)) {
            (Some(name), _) if !name.is_empty() => name.clone(),
            (_, Some(tag)) if !tag.is_empty() => with_base(&base_name(options), tag),
            _ => format!("{}:latest", base_name(options)),
        };
        let fits =
            |t: &Descriptor| t.platform.as_ref().is_some_and(|p| p.is_wanted(options.platform.as_ref()));
        match out.iter_mut().find(|i| i.name == name) {
            // One name for several platforms: the one that fits.
            Some(other) if fits(target) || !fits(&other.target) => other.target = target.clone(),
            Some(_) => {}
            None => out.push(Imported { name, target: target.clone() }),
        }
    }
    match failed {
        Some(e) if out.is_empty() => Err(e),
        _ => Ok(out),
    }
}

/// Tells the garbage collector what the documents below `at` refer to. Those of other platforms
/// may be missing.
pub(super) fn label_documents(
    at: &Descriptor,
    sink: &mut dyn BlobSink,
    seen: &mut HashSet<Digest>,
    depth: usize,
) -> Result<()> {
    if !is_index(&at.media_type) && !is_manifest(&at.media_type) || !seen.insert(at.digest.clone()) {
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Err(Error::invalid(format!("read archive: index {}: nested too deep", at.digest)));
    }
    if seen.len() > MAX_DESCRIPTORS {
        return Err(Error::invalid(format!("read archive: index {}: refers to too much", at.digest)));
    }
    let bytes = match sink.read(&at.digest, MAX_DOCUMENT) {
        Err(e) if e.kind == Kind::NotFound && depth > 0 => return Ok(()),
        other => other?,
    };
    sink.label(&at.digest, &gc_labels(&at.media_type, &bytes)?)?;
    if is_index(&at.media_type) {
        for next in &parse_index(&bytes)?.manifests {
            label_documents(next, sink, seen, depth + 1)?;
        }
    }
    Ok(())
}

/// Writes a document that is made here, with its labels.
pub(super) fn put_document(
    document: &impl serde::Serialize,
    media_type: &str,
    sink: &mut dyn BlobSink,
) -> Result<Descriptor> {
    let bytes = serde_json::to_vec(document).map_err(|e| Error::unknown(e.to_string()))?;
    put_bytes(&bytes, media_type, sink)
}

/// The same of one that is written already.
pub(super) fn put_bytes(bytes: &[u8], media_type: &str, sink: &mut dyn BlobSink) -> Result<Descriptor> {
    let digest = Digest::of(bytes);
    let size = bytes.len() as u64;
    let announced = Announced { name: digest.to_string(), digest: Some(digest.clone()), size: Some(size) };
    sink.write(&announced, &mut &*bytes)?;
    let labels = gc_labels(media_type, bytes)?;
    if !labels.is_empty() {
        sink.label(&digest, &labels)?;
    }
    Ok(Descriptor::new(media_type, digest, size))
}

/// The repository of images that came without one.
pub(super) fn base_name(options: &Options) -> String {
    match &options.base_name {
        Some(base) => base.clone(),
        None => format!("import-{}", &clock::rfc3339(clock::now())[..10]),
    }
}

fn document(path: &str, size: u64, data: &mut dyn Read) -> Result<Vec<u8>> {
    if size > MAX_DOCUMENT {
        return Err(Error::invalid(format!("read archive: {path}: {size} bytes are too many")));
    }
    let mut bytes = Vec::new();
    data.take(MAX_DOCUMENT).read_to_end(&mut bytes).map_err(reading)?;
    Ok(bytes)
}

/// The digest after which a member that promises none may be called all the same: `HEX.json` and `HEX.tar` are for most
/// who write archives of Docker's, `HEX.tar.gz` and `HEX/layer.tar` for some. For others it is a name like any other.
fn called_after(path: &str) -> Option<Digest> {
    let first = path.split('/').next()?;
    let stem = first.strip_prefix("sha256:").unwrap_or(first).split('.').next()?;
    Digest::parse(&format!("sha256:{stem}")).ok()
}

/// A member's path without `./` and the like; `None` where it is no text.
fn clean(path: &[u8]) -> Option<String> {
    let mut parts = Vec::new();
    for part in std::str::from_utf8(path).ok()?.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

pub(super) fn reading(e: io::Error) -> Error {
    let kind = match e.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
            Kind::InvalidArgument
        }
        _ => Error::from(io::Error::from(e.kind())).kind,
    };
    Error::new(kind, format!("read archive: {}", crate::error::os_text(&e)))
}

/// The bytes of a blob: whoever reads them knows only that reading failed, and not what.
struct Archived<'a>(&'a mut dyn Read);

impl Read for Archived<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).map_err(|e| io::Error::new(e.kind(), reading(e).message))
    }
}
