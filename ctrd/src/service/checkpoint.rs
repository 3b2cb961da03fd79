//! A saved task as blobs, as containerd's task service has them: a tar of CRIU's images, and the
//! container's specification beside it.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use prost::Message;
use prost_types::Any;

use crate::api::types::Descriptor;
use crate::clock;
use crate::content::{Content, Labels, Writer};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::image::media;
use crate::snapshot::Mount;
use crate::task::Saved;
use crate::unpack;

use super::caller::Caller;

/// An annotation of a descriptor that stands for a folder of images, in place of a blob.
pub const FROM_PATH: &str = "RestoreFromPath";

/// Makes blobs of the images in `folder` and of the specification, and describes them in this order.
pub fn keep(content: &Content, caller: &Caller, spec: &Any, folder: &Path) -> Result<Vec<Descriptor>> {
    let images = blob(content, caller, media::CHECKPOINT, |out| unpack::tree_to_tar(folder, out));
    let images = images.map_err(|e| e.context("keep the images"))?;
    let spec =
        blob(content, caller, media::CHECKPOINT_CONFIG, |out| Ok(out.write_all(&spec.encode_to_vec())?));
    Ok(vec![images, spec.map_err(|e| e.context("keep the specification"))?])
}

fn blob(
    content: &Content,
    caller: &Caller,
    media_type: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<Descriptor> {
    let (ns, lease) = (&caller.namespace, caller.lease.as_deref());
    let reference = format!("checkpoint-{}-{:?}", clock::now(), std::thread::current().id());
    let mut writer = content.writer(ns, &reference, 0, None, lease)?;
    let mut out = BufWriter::with_capacity(1 << 20, Ingest { writer: &mut writer, failure: None });
    let filled = fill(&mut out).and_then(|()| Ok(out.flush()?));
    let failure = out.get_mut().failure.take();
    // Its buffer is empty, or what is in it is not wanted.
    drop(out.into_parts());
    if let Err(e) = filled {
        drop(writer);
        // The first error is the one to report.
        let _ = content.abort(ns, &reference);
        return Err(failure.unwrap_or(e));
    }
    let (digest, size) = (writer.digest(), writer.offset());
    match writer.commit(size, Some(&digest), &Labels::new(), lease) {
        // A specification that was kept before.
        Err(e) if e.kind == Kind::AlreadyExists => drop(content.hold(ns, lease, &digest)?),
        other => drop(other?),
    }
    Ok(Descriptor {
        media_type: media_type.to_string(),
        digest: digest.to_string(),
        size: size as i64,
        annotations: HashMap::new(),
    })
}

/// What goes into an ingest; its failure in its own words, and not as that of the writing above it.
struct Ingest<'a> {
    writer: &'a mut Writer,
    failure: Option<Error>,
}

impl Write for Ingest<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.writer.append(buf).map_err(|e| {
            let text = e.message.clone();
            self.failure = Some(e);
            io::Error::other(text)
        })?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a task is to go on from that is made with this descriptor: the folder that its annotation
/// names, or the images that its blob holds.
pub fn saved(content: &Content, namespace: &str, descriptor: Descriptor) -> Result<Saved> {
    if let Some(folder) = descriptor.annotations.get(FROM_PATH) {
        return Ok(Saved::Folder(folder.clone()));
    }
    if descriptor.media_type != media::CHECKPOINT {
        return Err(Error::invalid(format!("unsupported checkpoint type {:.200?}", descriptor.media_type)));
    }
    let digest = Digest::parse(&descriptor.digest)?;
    let blob = content.reader(namespace, &digest).map_err(|e| e.context("checkpoint"))?;
    Ok(Saved::Images(Box::new(move |folder: &Path| {
        let into = Mount {
            kind: "bind".into(),
            source: folder.to_string_lossy().into_owned(),
            target: String::new(),
            options: vec!["bind".into(), "rw".into()],
        };
        let unpacked = unpack::apply(blob, "", Some(&digest), &[into]);
        unpacked.map(drop).map_err(|e| e.context(format!("unpack checkpoint {digest}")))
    })))
}
