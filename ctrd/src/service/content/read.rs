//! Reading a blob: pieces of a mebibyte, the next one while the client takes the one before.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status};

use crate::api::content::{ReadContentRequest, ReadContentResponse};
use crate::content::{Content, Reader};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::service::blocking;
use crate::service::caller::Caller;

const PIECE: u64 = 1 << 20;

pub type Stream = ReceiverStream<Result<ReadContentResponse, Status>>;

/// Streams `size` bytes from `offset` on; 0 is all there are, and more than there are is no error.
pub async fn read(
    store: Content,
    caller: Caller,
    request: ReadContentRequest,
) -> Result<Response<Stream>, Status> {
    let digest = Digest::parse(&request.digest)?;
    let reader = blocking(move || store.reader(&caller.namespace, &digest)).await?;
    let from = u64::try_from(request.offset).unwrap_or(0);
    let left = reader.size().checked_sub(from).ok_or_else(|| {
        Error::new(Kind::OutOfRange, format!("read past object length {} bytes", reader.size()))
    })?;
    let end = match u64::try_from(request.size) {
        Ok(size) if size > 0 => from + size.min(left),
        _ => from + left,
    };
    let (pieces, stream) = mpsc::channel(1);
    tokio::spawn(async move {
        let (mut reader, mut at) = (reader, from);
        while at < end {
            let size = PIECE.min(end - at) as usize;
            let (back, piece) = match blocking(move || piece(reader, at, size)).await {
                Ok(done) => done,
                Err(e) => {
                    let _ = pieces.send(Err(e.into())).await;
                    return;
                }
            };
            // Offsets count from where the reading began.
            let message = ReadContentResponse { offset: (at - from) as i64, data: piece.into() };
            at += size as u64;
            reader = back;
            if pieces.send(Ok(message)).await.is_err() {
                return;
            }
        }
    });
    Ok(Response::new(ReceiverStream::new(stream)))
}

fn piece(reader: Reader, at: u64, size: usize) -> Result<(Reader, Vec<u8>)> {
    let mut buf = vec![0; size];
    let mut done = 0;
    while done < size {
        match reader.read_at(&mut buf[done..], at + done as u64)? {
            0 => {
                let short = format!("content {}: its file ends at {}", reader.digest(), at + done as u64);
                return Err(Error::new(Kind::DataLoss, short));
            }
            n => done += n,
        }
    }
    Ok((reader, buf))
}
