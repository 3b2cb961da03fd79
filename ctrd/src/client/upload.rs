//! Blobs on their way to the server, through the one `Write` call that each has: from a thread
//! that may block, since archives are read there.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use prost::bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::image::to_proto;
use super::{Client, content, failure, take};
use crate::api::content::{AbortRequest, WriteAction, WriteContentRequest, WriteContentResponse};
use crate::api::types;
use crate::clock::boot;
use crate::content::Labels;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::image::{Announced, BlobSink, gc_labels};

/// How much goes into one message.
const CHUNK: usize = 1 << 20;

/// Takes the blobs of an import and writes them through the API.
pub struct Sink<F> {
    client: Client,
    runtime: Handle,
    /// Makes the references of this import its own.
    import: String,
    /// Of an import from a file: makes references those of all imports from that file.
    file: Option<String>,
    /// Set by whoever wants the import to end before its time.
    stop: Arc<AtomicBool>,
    /// Hears how many bytes were read.
    progress: F,
}

impl<F: FnMut(u64)> Sink<F> {
    pub fn new(client: Client, runtime: Handle, stop: Arc<AtomicBool>, progress: F) -> Self {
        let import = format!("import-{}-{}", std::process::id(), crate::clock::now());
        Sink { client, runtime, import, file: None, stop, progress }
    }

    /// What the archive is read from: of a file, a blob of which an earlier import was killed or interrupted is
    /// taken up where that one stopped. Of what is no file nobody can tell that it is the same, and what is left of another
    /// might not be of the same bytes.
    pub fn from(self, source: &File) -> Self {
        let file = source.metadata().ok().filter(Metadata::is_file).map(|meta| {
            let changed = (meta.mtime(), meta.mtime_nsec());
            // In another boot what was written may not be what is there.
            let file = (meta.dev(), meta.ino(), meta.len(), changed, boot());
            format!("import-{}", &Digest::of(format!("{file:?}").as_bytes()).hex()[..16])
        });
        Sink { file, ..self }
    }

    /// Opens the upload of a blob, and says whether it is one that a later import may take up.
    fn open(&self, blob: &Announced) -> Result<(Upload, bool)> {
        let open = |reference| Upload::open(&self.client, &self.runtime, reference, blob);
        if self.import.is_empty() {
            return Ok((open(blob.name.clone())?, true));
        }
        // What is not verified at its end must be all of one.
        if let Some(file) = self.file.as_ref().filter(|_| blob.digest.is_some()) {
            match open(format!("{file}-{}", blob.name)) {
                // Somebody is importing the same right now.
                Err(e) if e.kind == Kind::Unavailable => {}
                opened => return Ok((opened?, true)),
            }
        }
        Ok((open(format!("{}-{}", self.import, blob.name))?, false))
    }

    fn fill(
        &mut self,
        mut upload: Upload,
        resumable: bool,
        blob: &Announced,
        data: &mut dyn Read,
    ) -> Result<(Digest, u64)> {
        let mut each = |n: u64| {
            (self.progress)(n);
            match self.stop.load(Ordering::Relaxed) {
                true => Err(Error::new(Kind::Cancelled, "stopped")),
                false => Ok(()),
            }
        };
        let written = upload.write(blob, data, &mut each);
        let is_kept = |e: &Error| match e.kind {
            // Told to stop, or without its server.
            Kind::Cancelled | Kind::Unavailable => resumable,
            _ => self.import.is_empty(),
        };
        if written.as_ref().is_err_and(|e| !is_kept(e)) {
            self.abort(upload);
        }
        written
    }

    /// Gives up what was written. The first error is the one to report; an upload left over expires.
    fn abort(&self, upload: Upload) {
        let request = AbortRequest { r#ref: upload.reference.clone() };
        drop(upload);
        let _ = self.runtime.block_on(self.client.content().abort(request));
    }
}

impl Sink<fn(u64)> {
    /// For a blob that has a reference of its own, under which it can be taken up again.
    pub fn named(client: Client, runtime: Handle, stop: Arc<AtomicBool>) -> Self {
        Sink { client, runtime, import: String::new(), file: None, stop, progress: |_| () }
    }
}

impl<F: FnMut(u64)> BlobSink for Sink<F> {
    fn write(&mut self, blob: &Announced, data: &mut dyn Read) -> Result<(Digest, u64)> {
        let written =
            self.open(blob).and_then(|(upload, resumable)| self.fill(upload, resumable, blob, data));
        match (written, &blob.digest) {
            (Err(e), Some(digest)) if e.kind == Kind::AlreadyExists => {
                let info = self.runtime.block_on(content::info(&self.client, digest.as_str()))?;
                let size = info.size.unsigned_abs();
                blob.is_as_large(size)?;
                (self.progress)(size);
                Ok((digest.clone(), size))
            }
            (done, _) => done,
        }
    }

    fn there(&mut self, digest: &Digest, size: u64) -> Result<bool> {
        match self.runtime.block_on(content::info(&self.client, digest.as_str())) {
            Ok(info) if info.size.unsigned_abs() == size => {}
            Err(e) if e.kind != Kind::NotFound => return Err(e),
            _ => return Ok(false),
        }
        // An upload is refused where the blob is whole, which the lease holds from then on.
        let blob = Announced { name: digest.to_string(), digest: Some(digest.clone()), size: Some(size) };
        match self.open(&blob) {
            Err(e) if e.kind == Kind::AlreadyExists => {
                (self.progress)(size);
                Ok(true)
            }
            opened => {
                self.abort(opened?.0);
                Ok(false)
            }
        }
    }

    fn read(&mut self, digest: &Digest, limit: u64) -> Result<Vec<u8>> {
        let size = self.runtime.block_on(content::info(&self.client, digest.as_str()))?.size;
        if size.unsigned_abs() > limit {
            return Err(Error::invalid(format!("{digest}: {size} bytes are too many")));
        }
        self.runtime.block_on(content::document(&self.client, digest.as_str()))
    }

    fn label(&mut self, digest: &Digest, labels: &Labels) -> Result<()> {
        let labels: HashMap<String, String> = labels.clone().into_iter().collect();
        self.runtime.block_on(content::label(&self.client, digest.as_str(), labels))
    }
}

/// Writes a small blob, with the labels that keep what it names, and describes it.
pub async fn document(client: &Client, media_type: &str, bytes: Vec<u8>) -> Result<types::Descriptor> {
    let digest = Digest::of(&bytes);
    let size = bytes.len() as u64;
    let labels = gc_labels(media_type, &bytes)?;
    let (upload, runtime) = (client.clone(), Handle::current());
    let blob = Announced { name: "document".to_string(), digest: Some(digest.clone()), size: Some(size) };
    let written = tokio::task::spawn_blocking(move || {
        let mut sink = Sink::new(upload, runtime, Arc::new(AtomicBool::new(false)), |_| ());
        sink.write(&blob, &mut bytes.as_slice())?;
        sink.label(&digest, &labels)?;
        Ok::<_, Error>(digest)
    });
    let digest = written.await.map_err(|e| Error::unknown(format!("write: {e}")))??;
    Ok(to_proto(&crate::image::Descriptor::new(media_type, digest, size)))
}

/// One call: requests go out, and each is answered in its turn.
struct Upload {
    requests: mpsc::Sender<WriteContentRequest>,
    replies: mpsc::UnboundedReceiver<Result<WriteContentResponse>>,
    unanswered: usize,
    reference: String,
    /// How much of it the server had when it was opened.
    offset: i64,
}

impl Upload {
    fn open(client: &Client, runtime: &Handle, reference: String, blob: &Announced) -> Result<Upload> {
        let (requests, outgoing) = mpsc::channel(4);
        let (send, replies) = mpsc::unbounded_channel();
        let client = client.clone();
        runtime.spawn(async move {
            let call = async {
                let mut stream = take(client.content().write(ReceiverStream::new(outgoing)).await)?;
                while let Some(reply) = stream.message().await.map_err(failure)? {
                    // Nobody listens once the upload has been given up.
                    let _ = send.send(Ok(reply));
                }
                Ok(())
            };
            if let Err(e) = call.await {
                let _ = send.send(Err(e));
            }
        });
        let mut upload = Upload { requests, replies, unanswered: 0, reference, offset: 0 };
        let request = upload.request(WriteAction::Stat);
        let (total, expected) = (blob.size.unwrap_or_default() as i64, promised(blob));
        upload.offset = upload.call(WriteContentRequest { total, expected, ..request })?.offset;
        Ok(upload)
    }

    fn write(
        &mut self,
        blob: &Announced,
        data: &mut dyn Read,
        each: &mut impl FnMut(u64) -> Result<()>,
    ) -> Result<(Digest, u64)> {
        let mut offset = self.offset;
        // What the server has already, from an upload that was cut short or by another namespace.
        let skipped = std::io::copy(&mut data.take(offset.unsigned_abs()), &mut std::io::sink())?;
        each(skipped)?;
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            data.take(CHUNK as u64).read_to_end(&mut chunk)?;
            if chunk.is_empty() {
                break;
            }
            let length = chunk.len();
            let request = self.request(WriteAction::Write);
            self.post(WriteContentRequest { offset, data: Bytes::from(chunk), ..request })?;
            offset += length as i64;
            each(length as u64)?;
        }
        // The digest of a stream is known at its end: the server has counted along.
        let expected = match blob.digest {
            Some(_) => promised(blob),
            None => self.call(self.request(WriteAction::Stat))?.digest,
        };
        let digest = Digest::parse(&expected)?;
        let commit = self.request(WriteAction::Commit);
        match self.call(WriteContentRequest { total: offset, offset, expected, ..commit }) {
            Ok(_) => {}
            Err(e) if e.kind == Kind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
        Ok((digest, offset.unsigned_abs()))
    }

    fn request(&self, action: WriteAction) -> WriteContentRequest {
        WriteContentRequest { action: action.into(), r#ref: self.reference.clone(), ..Default::default() }
    }

    /// Sends a request and takes note of the answers that are there by now.
    fn post(&mut self, request: WriteContentRequest) -> Result<()> {
        self.send(request)?;
        while let Ok(reply) = self.replies.try_recv() {
            reply?;
            self.unanswered -= 1;
        }
        Ok(())
    }

    /// Sends a request and waits for its own answer, which no one else must take before.
    fn call(&mut self, request: WriteContentRequest) -> Result<WriteContentResponse> {
        self.send(request)?;
        self.settle()
    }

    fn send(&mut self, request: WriteContentRequest) -> Result<()> {
        if self.requests.blocking_send(request).is_err() {
            return self.settle().map(drop).and(Err(ended()));
        }
        self.unanswered += 1;
        Ok(())
    }

    /// The last of all answers that are due.
    fn settle(&mut self) -> Result<WriteContentResponse> {
        let mut last = None;
        while self.unanswered > 0 {
            last = Some(self.replies.blocking_recv().ok_or_else(ended)??);
            self.unanswered -= 1;
        }
        match last {
            Some(reply) => Ok(reply),
            // The call has ended before its time: its error is all that comes.
            None => self.replies.blocking_recv().ok_or_else(ended)?,
        }
    }
}

fn promised(blob: &Announced) -> String {
    blob.digest.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn ended() -> Error {
    Error::new(Kind::Aborted, "write ended before its commit")
}
