//! A saved task as blobs, as containerd's task service has them: a tar of CRIU's images, and the
//! container's specification beside it.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::Path;

use prost::Message;
use prost_types::Any;

use crate::api::types::Descriptor;
use crate::content::{Content, Labels, make};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::image::media;
use crate::snapshot::Mount;
use crate::task::Saved;
use crate::unpack;

use super::caller::Caller;

/// An annotation of a descriptor that stands for a folder of images, in place of a blob.
pub const FROM_PATH: &str = "RestoreFromPath";

/// Makes blobs of the images in `folder` and of the specification, and describes them in this order.
pub fn keep(content: &Content, caller: &Caller, spec: &Any, folder: &Path) -> Result<Vec<Descriptor>> {
    let images = blob(content, caller, media::CHECKPOINT, "keep the images", |out| {
        let mut out = BufWriter::with_capacity(1 << 20, out);
        unpack::tree_to_tar(folder, &mut out)?;
        Ok(out.flush()?)
    })?;
    let spec = blob(content, caller, media::CHECKPOINT_CONFIG, "keep the specification", |out| {
        Ok(out.write_all(&spec.encode_to_vec())?)
    })?;
    Ok(vec![images, spec])
}

fn blob(
    content: &Content,
    caller: &Caller,
    media_type: &str,
    step: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<Descriptor> {
    let lease = caller.lease.as_deref();
    let made = content.make(&caller.namespace, lease, &make::reference("checkpoint"), step, |out| {
        fill(out).map(|()| Labels::new())
    })?;
    Ok(Descriptor {
        media_type: media_type.to_string(),
        digest: made.digest.to_string(),
        size: made.size as i64,
        annotations: HashMap::new(),
    })
}

/// What a task is to go on from that is made with this descriptor: the folder that its annotation
/// names, or the images that its blob holds.
pub fn saved(content: &Content, namespace: &str, descriptor: Descriptor) -> Result<Saved> {
    if let Some(folder) = descriptor.annotations.get(FROM_PATH) {
        return Ok(Saved::Folder(folder.clone()));
    }
    if descriptor.media_type != media::CHECKPOINT {
        return Err(Error::invalid(format!("unsupported checkpoint type {:?}", descriptor.media_type)));
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
