//! How far a transfer is, for a client that has a stream open for that.

use crate::api::types;
use crate::api::types::transfer::Progress as Message;
use crate::image::Descriptor;

use super::stream::Stream;

const PROGRESS: &str = "containerd.types.transfer.Progress";

/// Tells a client, where there is one that listens.
#[derive(Default)]
pub struct Progress(Option<Stream>);

impl Progress {
    pub fn to(stream: Option<Stream>) -> Progress {
        Progress(stream)
    }

    /// A step of the whole transfer: `Importing`.
    pub fn step(&self, event: &str) {
        self.tell(Message { event: event.into(), ..Message::default() });
    }

    /// What became of an object: `saved`, an image of that name; `extracted`, a layer.
    pub fn object(&self, event: &str, name: &str, descriptor: &Descriptor) {
        let size = descriptor.size as i64;
        self.tell(Message {
            event: event.into(),
            name: name.into(),
            progress: size,
            total: size,
            desc: Some(described(descriptor)),
            ..Message::default()
        });
    }

    fn tell(&self, message: Message) {
        if let Some(stream) = &self.0 {
            stream.tell(PROGRESS, &message);
        }
    }
}

pub(super) fn described(descriptor: &Descriptor) -> types::Descriptor {
    types::Descriptor {
        media_type: descriptor.media_type.clone(),
        digest: descriptor.digest.to_string(),
        size: descriptor.size as i64,
        annotations: descriptor.annotations.clone().into_iter().collect(),
    }
}
