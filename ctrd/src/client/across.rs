//! An image of one namespace in another, without a registry: its blobs by their references, as the collector follows
//! them, each before what refers to it. Where namespaces share blobs, nothing of them is written again.

use std::collections::HashSet;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::runtime::Handle;

use super::upload::Sink;
use super::{Client, content, image, lease, take};
use crate::api::content::{Info, ReadContentRequest};
use crate::api::images::{CreateImageRequest, Image};
use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::image::{Announced, BlobSink};

/// What a blob refers to: `containerd.io/gc.ref.content…`, and to blobs alone.
const REFERENCE: &str = "containerd.io/gc.ref.content";
/// What it refers to of its own namespace.
const SNAPSHOTS: &str = "containerd.io/gc.ref.snapshot.";

/// So much of a blob is asked for at a time.
const PIECE: u64 = 1 << 20;

/// Copies the image of this name into the namespace of `to`, under the same name; `force` takes the name from another
/// image there.
pub async fn copy(from: &Client, to: &Client, name: &str, force: bool) -> Result<()> {
    let found = image::find(from, name).await?;
    let target = found.target.clone().unwrap_or_default();
    let held = lease::make(to, "copy").await?;
    let copied = async {
        let under = to.under_lease(&held)?;
        blobs(from, &under, &target.digest).await?;
        let made = Image { created_at: None, updated_at: None, ..found.clone() };
        if force {
            return image::store(to, made).await;
        }
        match take(
            to.images().create(CreateImageRequest { image: Some(made), source_date_epoch: None }).await,
        ) {
            Err(e) if e.kind == Kind::AlreadyExists => {
                let there = image::find(to, &found.name).await?.target.unwrap_or_default();
                match there.digest == target.digest {
                    true => Ok(()),
                    false => {
                        Err(Error::already_exists("another image has this name there (--force takes it)"))
                    }
                }
            }
            other => other.map(drop),
        }
    };
    let copied = copied.await;
    // The first error is the one to report.
    let released = lease::release(to, held, false).await;
    copied.and(released)
}

/// The blob of this digest and all that it refers to. What the source has not, as layers for other machines, the copy
/// has not either; but for the first, without which there is no image.
async fn blobs(from: &Client, to: &Client, first: &str) -> Result<()> {
    let mut found: Vec<Info> = vec![content::info(from, first).await?];
    let mut known: HashSet<String> = HashSet::from([first.to_string()]);
    let mut at = 0;
    while let Some(info) = found.get(at) {
        let below: Vec<String> = references(info).filter(|digest| known.insert(digest.clone())).collect();
        at += 1;
        for digest in below {
            match content::info(from, &digest).await {
                Err(e) if e.kind == Kind::NotFound => {}
                other => found.push(other?),
            }
        }
    }
    let (from, to, runtime) = (from.clone(), to.clone(), Handle::current());
    let written = tokio::task::spawn_blocking(move || {
        let mut sink = Sink::new(to, runtime.clone(), Arc::new(AtomicBool::new(false)), |_| ());
        // Nothing that is there lacks what it refers to.
        found.iter().rev().try_for_each(|info| {
            let digest = Digest::parse(&info.digest)?;
            let size = info.size.unsigned_abs();
            let name = digest.to_string().replace(':', "-");
            let blob = Announced { name, digest: Some(digest.clone()), size: Some(size) };
            let mut bytes =
                Bytes { from: &from, runtime: &runtime, digest: &digest, at: 0, size, piece: Vec::new() };
            sink.write(&blob, &mut bytes).map_err(|e| e.context(format!("copy {digest}")))?;
            let labels: Labels =
                info.labels.clone().into_iter().filter(|(key, _)| !key.starts_with(SNAPSHOTS)).collect();
            if labels.is_empty() { Ok(()) } else { sink.label(&digest, &labels) }
        })
    });
    written.await.map_err(|e| Error::unknown(format!("copy: {e}")))?
}

/// The blobs that a blob's labels name.
fn references(info: &Info) -> impl Iterator<Item = String> + '_ {
    let is =
        |key: &str| key.strip_prefix(REFERENCE).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    info.labels.iter().filter(move |(key, _)| is(key)).map(|(_, digest)| digest.clone())
}

/// A blob, read as it is wanted.
struct Bytes<'a> {
    from: &'a Client,
    runtime: &'a Handle,
    digest: &'a Digest,
    at: u64,
    size: u64,
    piece: Vec<u8>,
}

impl Read for Bytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() && self.at < self.size {
            let size = PIECE.min(self.size - self.at);
            let request = ReadContentRequest {
                digest: self.digest.to_string(),
                offset: self.at as i64,
                size: size as i64,
            };
            let piece = async {
                let mut stream = take(self.from.content().read(request).await)?;
                let mut piece = Vec::new();
                while let Some(part) = stream.message().await.map_err(super::failure)? {
                    piece.extend_from_slice(&part.data);
                }
                Ok::<_, Error>(piece)
            };
            self.piece = self.runtime.block_on(piece).map_err(|e| io::Error::other(e.message))?;
            self.at += self.piece.len() as u64;
        }
        let length = buf.len().min(self.piece.len());
        buf[..length].copy_from_slice(&self.piece[..length]);
        self.piece.drain(..length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_to_blobs() {
        let label = |key: &str| (key.to_string(), format!("of {key}"));
        let labels = [
            "containerd.io/gc.ref.content",
            "containerd.io/gc.ref.content.m.0",
            "containerd.io/gc.ref.contents",
            "containerd.io/gc.ref.snapshot.overlayfs",
            "containerd.io/uncompressed",
        ]
        .map(label);
        let mut found: Vec<_> = references(&Info { labels: labels.into(), ..Info::default() }).collect();
        found.sort();
        assert_eq!(found, ["of containerd.io/gc.ref.content", "of containerd.io/gc.ref.content.m.0"]);
    }
}
