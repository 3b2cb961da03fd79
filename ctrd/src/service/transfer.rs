//! Transfer: what the two ends of a call are, and the one of the transfers that they make.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use prost::Message;
use prost_types::Any;
use tokio::runtime::Handle;
use tonic::{Request, Response, Status};

use crate::api::transfer::TransferRequest;
use crate::api::transfer::transfer_server;
use crate::api::types::transfer::{
    ImageExportStream, ImageImportStream, ImageStore, ReadStream, WriteStream,
};
use crate::error::{Error, Kind, Result};
use crate::transfer::stream::{Stream, Streams};
use crate::transfer::{Progress, Transfer as Engine};

use super::caller::Caller;
use super::{blocking, required};

pub struct Transfer {
    pub engine: Engine,
    pub streams: Streams,
}

/// An end of a transfer, with the stream that it names.
enum End {
    Images(ImageStore),
    Import(ImageImportStream, Stream),
    Export(ImageExportStream, Stream),
    Read(Stream),
    Write(Stream),
    /// A type that this server knows nothing to do with.
    Other,
}

impl Transfer {
    fn end(&self, namespace: &str, any: &Any) -> Result<End> {
        let stream = |name: &str| self.streams.take(namespace, name);
        let name = any.type_url.rsplit('/').next().unwrap_or_default();
        Ok(match name.strip_prefix("containerd.types.transfer.").unwrap_or_default() {
            "ImageStore" => End::Images(decode(any)?),
            "ImageImportStream" => {
                let end: ImageImportStream = decode(any)?;
                let stream = stream(&end.stream)?;
                End::Import(end, stream)
            }
            "ImageExportStream" => {
                let end: ImageExportStream = decode(any)?;
                let stream = stream(&end.stream)?;
                End::Export(end, stream)
            }
            "ReadStream" => End::Read(stream(&decode::<ReadStream>(any)?.stream)?),
            "WriteStream" => End::Write(stream(&decode::<WriteStream>(any)?.stream)?),
            _ => End::Other,
        })
    }
}

fn decode<M: Message + Default>(any: &Any) -> Result<M> {
    M::decode(any.value.as_slice())
        .map_err(|e| Error::invalid(format!("{:.200}: {e}: invalid argument", any.type_url)))
}

#[tonic::async_trait]
impl transfer_server::Transfer for Transfer {
    async fn transfer(&self, request: Request<TransferRequest>) -> Result<Response<()>, Status> {
        let caller = Caller::of(&request)?;
        let TransferRequest { source, destination, options } = request.into_inner();
        let (source, destination) = (required(source, "Source")?, required(destination, "Destination")?);
        let progress = match options.map(|o| o.progress_stream).filter(|name| !name.is_empty()) {
            Some(name) => Progress::to(Some(self.streams.take(&caller.namespace, &name)?)),
            None => Progress::default(),
        };
        let ends = (self.end(&caller.namespace, &source)?, self.end(&caller.namespace, &destination)?);
        let engine = self.engine.clone();
        let waited_for = Waited(Arc::default());
        let stop = waited_for.0.clone();
        blocking(move || {
            let begin = || engine.begin(&caller.namespace, caller.lease, stop);
            match ends {
                (End::Import(from, stream), End::Images(to)) => {
                    begin()?.import(&from, stream, &to, &progress)
                }
                (End::Images(from), End::Export(to, stream)) => {
                    begin()?.export(&from, &to, stream, &progress)
                }
                (End::Images(from), End::Images(to)) => begin()?.tag(&from, &to),
                (End::Import(_, from) | End::Read(from), End::Export(_, to) | End::Write(to)) => {
                    echo(from, to)
                }
                _ => Err(Error::new(
                    Kind::Unimplemented,
                    format!(
                        "method Transfer not implemented for {:.200} to {:.200}",
                        source.type_url, destination.type_url
                    ),
                )),
            }
        })
        .await?;
        Ok(Response::new(()))
    }
}

/// Sends back what comes, as clients do that try streams out.
fn echo(from: Stream, to: Stream) -> Result<()> {
    let runtime = Handle::current();
    io::copy(&mut from.reader(runtime.clone(), Arc::default()), &mut to.writer(runtime))?;
    Ok(())
}

/// Says so when the caller is gone.
struct Waited(Arc<AtomicBool>);

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
