//! The API: each RPC as a call of the domain below it, and the domain's errors as gRPC's.
//!
//! A service holds typed handles and no state of its own. What may block runs on a thread for
//! that purpose: the one thread that serves the calls waits for no disk. A look-up by a name is done
//! where it is asked, as it takes less than the way to another thread.

pub mod caller;
pub mod checkpoint;
pub mod containers;
pub mod content;
pub mod diff;
pub mod events;
pub mod health;
pub mod images;
pub mod introspection;
pub mod leases;
pub mod message;
pub mod mounts;
pub mod namespaces;
pub mod sandbox;
pub mod snapshots;
pub mod streaming;
pub mod tasks;
pub mod transfer;
pub mod version;

use tonic::{Code, Status};

use crate::error::{Error, Kind, Result};

/// No message is larger in either direction, as in containerd.
pub const MESSAGE_MAX: usize = 16 << 20;

impl From<Error> for Status {
    fn from(e: Error) -> Status {
        let code = match e.kind {
            Kind::InvalidArgument => Code::InvalidArgument,
            Kind::NotFound => Code::NotFound,
            Kind::AlreadyExists => Code::AlreadyExists,
            Kind::FailedPrecondition => Code::FailedPrecondition,
            Kind::Unavailable => Code::Unavailable,
            Kind::Unimplemented => Code::Unimplemented,
            Kind::OutOfRange => Code::OutOfRange,
            Kind::ResourceExhausted => Code::ResourceExhausted,
            Kind::Aborted => Code::Aborted,
            Kind::DeadlineExceeded => Code::DeadlineExceeded,
            Kind::Cancelled => Code::Cancelled,
            Kind::DataLoss => Code::DataLoss,
            Kind::Unknown => Code::Unknown,
        };
        Status::new(code, e.message)
    }
}

/// Runs what may block on a thread for that purpose. It is done to its end, though its caller goes away meanwhile: what
/// belongs to a change, as its event does, goes with it.
pub async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(f).await {
        Ok(out) => out,
        // The runtime is going down: a panic would have ended the process.
        Err(e) => Err(Error::new(Kind::Cancelled, format!("call cut short: {e}"))),
    }
}

/// A part of a request without which it means nothing.
fn required<T>(field: Option<T>, name: &str) -> Result<T> {
    field.ok_or_else(|| Error::invalid(format!("{name} required: invalid argument")))
}

#[cfg(test)]
mod tests;
