//! An archive as one index, for who gives its images names of his own.

use std::collections::{BTreeMap, HashSet};
use std::io::Read;

use super::BlobSink;
use super::archive::{Compress, Found, IMAGE_NAME, REF_NAME, label_documents, open, put_bytes, put_document};
use super::document::{Descriptor, Index, media, parse_index};
use crate::content::Labels;
use crate::error::{Error, Result};

/// Reads an archive and returns its index: that of an OCI layout as it is, of what `docker save`
/// wrote a new one, whose entries tell the names by annotations. With `compress` the layers of
/// the latter are compressed.
pub fn import_index(
    source: impl Read + Send,
    compress: Option<&Compress>,
    sink: &mut dyn BlobSink,
) -> Result<Descriptor> {
    let found = Found::read_stream(open(source)?, sink)?;
    let bytes = match (&found.index, &found.docker) {
        (Some(index), _) if found.layout => index,
        (_, Some(docker)) => return docker_index(&found, docker, compress, sink),
        _ => return Err(Error::invalid("read archive: neither an OCI layout nor one of docker save")),
    };
    let mut seen = HashSet::new();
    for target in &parse_index(bytes)?.manifests {
        label_documents(target, sink, &mut seen, 0)?;
    }
    put_bytes(bytes, media::INDEX, sink)
}

fn docker_index(
    found: &Found,
    text: &[u8],
    compress: Option<&Compress>,
    sink: &mut dyn BlobSink,
) -> Result<Descriptor> {
    let mut manifests = Vec::new();
    for (target, names) in found.docker_targets(text, compress, sink)? {
        if names.is_empty() {
            manifests.push(target);
            continue;
        }
        manifests
            .extend(names.into_iter().map(|name| Descriptor { annotations: named(name), ..target.clone() }));
    }
    let index =
        Index { schema_version: 2, media_type: String::new(), manifests, annotations: BTreeMap::new() };
    put_document(&index, media::INDEX, sink)
}

fn named(name: String) -> Labels {
    // The layout's own annotation holds the tag alone, where there is one.
    let last = name.rsplit('/').next().unwrap_or_default();
    let tag = match last.split_once('@') {
        Some(_) => name.clone(),
        None => last.split_once(':').map_or(name.clone(), |(_, tag)| tag.to_string()),
    };
    Labels::from([(REF_NAME.to_string(), tag), (IMAGE_NAME.to_string(), name)])
}
