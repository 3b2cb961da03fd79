//! The API as the commands call it: a connection, the headers that go with every call, and the
//! errors that come back.
//!
//! The commands have no other way to images, containers and tasks than this one, whether a server
//! answers at the socket or the services run in the same process.

pub mod across;
pub mod channel;
pub mod container;
pub mod content;
pub mod elsewhere;
pub mod image;
pub mod lease;
mod maker;
pub mod process;
pub mod remote;
pub mod root;
pub mod snapshotter;
pub mod unpack;
pub mod upload;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::api::containers::containers_client::ContainersClient;
use crate::api::content::content_client::ContentClient;
use crate::api::diff::diff_client::DiffClient;
use crate::api::events::events_client::EventsClient;
use crate::api::images::images_client::ImagesClient;
use crate::api::introspection::introspection_client::IntrospectionClient;
use crate::api::leases::leases_client::LeasesClient;
use crate::api::namespaces::namespaces_client::NamespacesClient;
use crate::api::sandbox::controller_client::ControllerClient;
use crate::api::sandbox::store_client::StoreClient;
use crate::api::snapshots::snapshots_client::SnapshotsClient;
use crate::api::streaming::streaming_client::StreamingClient;
use crate::api::tasks::tasks_client::TasksClient;
use crate::api::transfer::transfer_client::TransferClient;
use crate::api::version::version_client::VersionClient;
use crate::error::{Error, Kind, Result};
use crate::service::MESSAGE_MAX;
use crate::service::caller::AHEAD;

/// A connection to the services, in one namespace.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    headers: Headers,
}

/// The headers of every call: the namespace, the lease that keeps what the call makes, and whether its
/// answer need not wait for the disk.
#[derive(Clone)]
pub struct Headers {
    namespace: MetadataValue<Ascii>,
    lease: Option<MetadataValue<Ascii>>,
    ahead: bool,
}

impl Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("containerd-namespace", self.namespace.clone());
        if let Some(lease) = &self.lease {
            request.metadata_mut().insert("containerd-lease", lease.clone());
        }
        if self.ahead {
            request.metadata_mut().insert(AHEAD, MetadataValue::from_static("yes"));
        }
        crate::trace::tell(request.metadata_mut());
        Ok(request)
    }
}

/// A connection with the headers.
pub type Service = InterceptedService<Channel, Headers>;

/// One accessor a service; the generated clients are cheap handles on the one connection.
macro_rules! services {
    ($($(#[$doc:meta])* $name:ident: $client:ident,)*) => {
        impl Client {
            $($(#[$doc])* pub fn $name(&self) -> $client<Service> {
                $client::with_interceptor(self.channel.clone(), self.headers.clone())
                    .max_decoding_message_size(MESSAGE_MAX)
                    .max_encoding_message_size(MESSAGE_MAX)
            })*
        }
    };
}

services! {
    containers: ContainersClient,
    content: ContentClient,
    diff: DiffClient,
    events: EventsClient,
    images: ImagesClient,
    introspection: IntrospectionClient,
    leases: LeasesClient,
    namespaces: NamespacesClient,
    sandbox_controller: ControllerClient,
    sandboxes: StoreClient,
    snapshots: SnapshotsClient,
    streaming: StreamingClient,
    tasks: TasksClient,
    transfer: TransferClient,
    version: VersionClient,
}

impl Client {
    pub fn new(channel: Channel, namespace: &str) -> Result<Client> {
        crate::id::validate(namespace).map_err(|e| e.context("namespace"))?;
        let namespace = ascii(namespace)?;
        Ok(Client { channel, headers: Headers { namespace, lease: None, ahead: false } })
    }

    /// The namespace that the calls are in.
    pub fn namespace(&self) -> &str {
        self.headers.namespace.to_str().unwrap_or_default()
    }

    /// The same connection, in another namespace.
    pub fn in_namespace(&self, name: &str) -> Result<Client> {
        crate::id::validate(name).map_err(|e| e.context("namespace"))?;
        let mut client = self.clone();
        client.headers.namespace = ascii(name)?;
        Ok(client)
    }

    /// The lease that the calls are under.
    pub fn lease(&self) -> Option<&str> {
        self.headers.lease.as_ref().and_then(|lease| lease.to_str().ok())
    }

    /// The same connection, every call of which is under the lease `id`.
    pub fn under_lease(&self, id: &str) -> Result<Client> {
        let mut client = self.clone();
        client.headers.lease = Some(ascii(id)?);
        Ok(client)
    }

    /// The same connection, for calls whose work is worth nothing until another one's, which waits for the disk.
    pub fn ahead(&self) -> Client {
        let mut client = self.clone();
        client.headers.ahead = true;
        client
    }
}

fn ascii(text: &str) -> Result<MetadataValue<Ascii>> {
    text.parse().map_err(|_| Error::invalid(format!("{text:?} holds what a header may not")))
}

/// The message of a reply, or the service's error in its own words.
pub fn take<T>(reply: Result<Response<T>, Status>) -> Result<T> {
    reply.map(Response::into_inner).map_err(failure)
}

/// A status as this crate's error: its kind, and its text.
pub fn failure(status: Status) -> Error {
    // Only a status that was made on this side, of a broken connection, has a cause.
    if std::error::Error::source(&status).is_some() {
        return Error::new(Kind::Unavailable, "the connection to the server broke");
    }
    let kind = match status.code() {
        Code::InvalidArgument => Kind::InvalidArgument,
        Code::NotFound => Kind::NotFound,
        Code::AlreadyExists => Kind::AlreadyExists,
        Code::FailedPrecondition => Kind::FailedPrecondition,
        Code::Unavailable => Kind::Unavailable,
        Code::Unimplemented => Kind::Unimplemented,
        Code::OutOfRange => Kind::OutOfRange,
        Code::ResourceExhausted => Kind::ResourceExhausted,
        Code::Aborted => Kind::Aborted,
        Code::DeadlineExceeded => Kind::DeadlineExceeded,
        Code::Cancelled => Kind::Cancelled,
        Code::DataLoss => Kind::DataLoss,
        _ => Kind::Unknown,
    };
    let message = match status.message() {
        "" => format!("{:?}", status.code()),
        text => text.to_string(),
    };
    Error::new(kind, message)
}
