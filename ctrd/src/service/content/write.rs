//! Writing a blob: a conversation in which each message is answered with how far the upload is.
//!
//! ```text
//!  client                                     server
//!    │ ref, total, expected  (STAT)        ▶    │ opens the one writer of the ref
//!    │                                     ◀    │ offset, digest, times: where to resume
//!    │ offset, data          (WRITE) …     ▶    │
//!    │                                     ◀    │ the new offset
//!    │ total, expected, labels (COMMIT)    ▶    │ verified, made a blob, held by the lease
//!    │                                     ◀    │ its digest; the stream ends
//! ```
//!
//! A client that goes away leaves what it wrote, for a later one to resume.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status, Streaming};

use crate::api::content::{WriteAction, WriteContentRequest, WriteContentResponse};
use crate::api::event::ContentCreate;
use crate::content::{Content, Writer};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::events::Exchange;
use crate::service::caller::Caller;
use crate::service::{blocking, message};

pub type Stream = ReceiverStream<Result<WriteContentResponse, Status>>;

pub fn write(
    store: Content,
    events: Exchange,
    caller: Caller,
    mut requests: Streaming<WriteContentRequest>,
) -> Response<Stream> {
    let (answers, stream) = mpsc::channel(1);
    tokio::spawn(async move {
        if let Err(status) = converse(store, events, caller, &mut requests, &answers).await {
            let _ = answers.send(Err(status)).await;
        }
    });
    Response::new(ReceiverStream::new(stream))
}

/// What is known of the upload from the messages so far.
struct Upload {
    store: Content,
    caller: Caller,
    reference: String,
    total: u64,
    expected: Option<Digest>,
    /// The answer that told the state: what it said the later ones say again, as containerd's do.
    told: WriteContentResponse,
}

async fn converse(
    store: Content,
    events: Exchange,
    caller: Caller,
    requests: &mut Streaming<WriteContentRequest>,
    answers: &mpsc::Sender<Result<WriteContentResponse, Status>>,
) -> Result<(), Status> {
    let mut next = requests.message().await?;
    let reference = next.as_ref().map(|first| first.r#ref.clone()).unwrap_or_default();
    if reference.is_empty() {
        return Err(Status::invalid_argument("first message must have a reference"));
    }
    let namespace = caller.namespace.clone();
    let mut upload =
        Upload { store, caller, reference, total: 0, expected: None, told: WriteContentResponse::default() };
    let mut writer = None;
    while let Some(request) = next {
        let last = request.action() == WriteAction::Commit;
        let (back, kept, answer) = blocking(move || {
            let (kept, answer) = step(&mut upload, writer, request)?;
            Ok((upload, kept, answer))
        })
        .await?;
        (upload, writer) = (back, kept);
        if last {
            let event = ContentCreate {
                digest: answer.digest.clone(),
                size: answer.offset,
                media_type: String::new(),
            };
            events.publish(&namespace, "/content/create", &event)?;
        }
        if answers.send(Ok(answer)).await.is_err() || last {
            return Ok(());
        }
        next = tokio::select! {
            next = requests.message() => next?,
            // Nobody waits for answers: what was written so far is for a later one.
            () = answers.closed() => return Ok(()),
        };
    }
    Ok(())
}

/// Does what one message asks for, and answers it.
fn step(
    upload: &mut Upload,
    writer: Option<Writer>,
    request: WriteContentRequest,
) -> Result<(Option<Writer>, WriteContentResponse)> {
    let ns = upload.caller.namespace.clone();
    if let Ok(total @ 1..) = u64::try_from(request.total) {
        upload.total = total;
    }
    if !request.expected.is_empty() {
        let expected = Digest::parse(&request.expected)?;
        let lease = upload.caller.lease.as_deref();
        if writer.is_some() && upload.store.has(&ns, &expected) && upload.store.hold(&ns, lease, &expected)? {
            // Another upload was faster: this one's bytes are wanted no more.
            drop(writer);
            let _ = upload.store.abort(&ns, &upload.reference, lease);
            return Err(Error::already_exists(format!("blob with expected digest {expected} exists")));
        }
        upload.expected = Some(expected);
    }
    let mut writer = match writer {
        Some(writer) => writer,
        None => {
            let (lease, expected) = (upload.caller.lease.as_deref(), upload.expected.as_ref());
            upload.store.writer(&ns, &upload.reference, upload.total, expected, lease)?
        }
    };
    let action = request.action();
    if action != WriteAction::Stat {
        let offset = u64::try_from(request.offset).unwrap_or(0);
        writer.write_at(offset, &request.data)?;
    }
    let digest = if action == WriteAction::Commit {
        let labels = message::labels(request.labels);
        let lease = upload.caller.lease.as_deref();
        writer.commit(upload.total, upload.expected.as_ref(), &labels, lease)?
    } else {
        writer.digest()
    };
    let mut answer = WriteContentResponse {
        action: request.action,
        offset: writer.offset() as i64,
        digest: digest.to_string(),
        ..upload.told.clone()
    };
    if action == WriteAction::Stat {
        let status = writer.status();
        answer.started_at = message::time(status.started_at);
        answer.updated_at = message::time(status.updated_at);
        answer.total = upload.total as i64;
        upload.told = answer.clone();
    }
    Ok((Some(writer), answer))
}
