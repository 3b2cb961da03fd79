//! Reading a blob: pieces of a mebibyte, the next one while the client takes the one before.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::Bytes;
use tonic::{Response, Status};

use crate::api::content::{ReadContentRequest, ReadContentResponse};
use crate::content::{Content, Reader};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::service::blocking;
use crate::service::caller::Caller;

const PIECE: u64 = 1 << 20;

/// Manifests and configurations are not larger.
const SMALL: u64 = 64 << 10;

pub type Stream = ReceiverStream<Result<ReadContentResponse, Status>>;

/// Streams `size` bytes from `offset` on; 0 is all there are, and more than there are is no error.
pub async fn read(
    store: Content,
    caller: Caller,
    request: ReadContentRequest,
) -> Result<Response<Stream>, Status> {
    let digest = Digest::parse(&request.digest)?;
    if let Some(data) = at_once(&store, &caller, &digest, &request)? {
        let (pieces, stream) = mpsc::channel(1);
        if !data.is_empty() {
            // There is room for one.
            let _ = pieces.try_send(Ok(ReadContentResponse { offset: 0, data }));
        }
        return Ok(Response::new(ReceiverStream::new(stream)));
    }
    // The first piece, which mostly is all, comes with the look at the blob.
    let (mut reader, from, end, first) = blocking(move || {
        let reader = store.reader(&caller.namespace, &digest)?;
        let (from, end) = range(&reader, &request)?;
        let (reader, first) = piece(reader, from, end)?;
        Ok((reader, from, end, first))
    })
    .await?;
    let (pieces, stream) = mpsc::channel(1);
    tokio::spawn(async move {
        let (mut at, mut data) = (from, first);
        while at < end {
            // Offsets count from where the reading began.
            let (offset, length) = ((at - from) as i64, data.len() as u64);
            let message = ReadContentResponse { offset, data };
            at += length;
            if pieces.send(Ok(message)).await.is_err() || at == end {
                return;
            }
            (reader, data) = match blocking(move || piece(reader, at, end)).await {
                Ok(next) => next,
                Err(e) => {
                    let _ = pieces.send(Err(e.into())).await;
                    return;
                }
            };
        }
    });
    Ok(Response::new(ReceiverStream::new(stream)))
}

/// What is asked for of a small blob that is in memory, which takes less than the way to another thread.
fn at_once(
    store: &Content,
    caller: &Caller,
    digest: &Digest,
    request: &ReadContentRequest,
) -> Result<Option<Bytes>> {
    let Some(reader) = store.reader_cached(&caller.namespace, digest)? else { return Ok(None) };
    if reader.size() > SMALL {
        return Ok(None);
    }
    let (from, end) = range(&reader, request)?;
    let mut buf = vec![0; (end - from) as usize];
    Ok((buf.is_empty() || reader.read_cached(&mut buf, from)).then(|| buf.into()))
}

/// From where to where is read.
fn range(reader: &Reader, request: &ReadContentRequest) -> Result<(u64, u64)> {
    let from = u64::try_from(request.offset).unwrap_or(0);
    let left = reader.size().checked_sub(from).ok_or_else(|| {
        Error::new(Kind::OutOfRange, format!("read past object length {} bytes", reader.size()))
    })?;
    Ok(match u64::try_from(request.size) {
        Ok(size) if size > 0 => (from, from + size.min(left)),
        _ => (from, from + left),
    })
}

/// The bytes at `at`, as many as go into one piece; none at the end.
fn piece(reader: Reader, at: u64, end: u64) -> Result<(Reader, Bytes)> {
    let mut buf = vec![0; PIECE.min(end - at) as usize];
    let mut done = 0;
    while done < buf.len() {
        match reader.read_at(&mut buf[done..], at + done as u64)? {
            0 => {
                let short = format!("content {}: its file ends at {}", reader.digest(), at + done as u64);
                return Err(Error::new(Kind::DataLoss, short));
            }
            n => done += n,
        }
    }
    Ok((reader, buf.into()))
}
