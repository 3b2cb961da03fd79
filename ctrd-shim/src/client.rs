//! A blocking ttrpc caller, one call at a time: for scripts, tests and tools.

use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::socket::{self, AddressFamily, SockFlag, SockType, UnixAddr, socket};
use prost::Message;

use crate::api::rpc::Status;
use crate::api::ttrpc::{KeyValue, Response};
use crate::ttrpc::{self, HEADER};

pub struct Client {
    socket: UnixStream,
    stream: u32,
    namespace: String,
    limit: Option<Duration>,
}

/// So much longer than the shim may take do we wait for what it says.
const GRACE: Duration = Duration::from_secs(1);

/// A shim that hangs takes no connection from some number on: then this one is not waited for.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let socket = socket(AddressFamily::Unix, SockType::Stream, flags, None).map_err(io::Error::from)?;
    let address = UnixAddr::new(path).map_err(io::Error::from)?;
    socket::connect(socket.as_raw_fd(), &address).map_err(io::Error::from)?;
    let socket = UnixStream::from(socket);
    socket.set_nonblocking(false)?;
    Ok(socket)
}

impl Client {
    /// Connects to `unix:///path` or to a bare path.
    pub fn connect(address: &str, namespace: &str) -> Result<Client> {
        let path = address.strip_prefix("unix://").unwrap_or(address);
        let socket = connect(Path::new(path)).with_context(|| format!("connect to {path}"))?;
        Ok(Client { socket, stream: 1, namespace: namespace.into(), limit: None })
    }

    /// No answer may take longer from now on; None waits for ever. The shim is told, so that it gives up
    /// what takes longer.
    pub fn set_timeout(&mut self, limit: Option<Duration>) -> Result<()> {
        self.limit = limit;
        self.socket.set_read_timeout(limit.map(|limit| limit + GRACE)).context("set the socket's timeout")
    }

    /// The connection itself: it ends when the shim does.
    pub fn into_socket(self) -> UnixStream {
        self.socket
    }

    /// Calls a method. The inner error is the shim's own.
    pub fn call<M: Message + Default>(
        &mut self,
        service: &str,
        method: &str,
        message: &impl Message,
    ) -> Result<Result<M, Status>> {
        let mut request = ttrpc::request(service, method, message);
        request
            .metadata
            .push(KeyValue { key: "containerd-namespace-ttrpc".into(), value: self.namespace.clone() });
        request.timeout_nano = self.limit.map_or(0, |limit| limit.as_nanos() as i64);
        let stream = self.stream;
        self.stream += 2;
        let mut wire = Vec::new();
        ttrpc::encode(&mut wire, stream, ttrpc::REQUEST, &request)?;
        self.socket.write_all(&wire).with_context(|| format!("send {method}"))?;
        loop {
            let wire = self.frame().with_context(|| format!("receive the answer to {method}"))?;
            let Some((frame, _)) = ttrpc::decode(&wire)? else {
                bail!("receive the answer to {method}: cut off")
            };
            // An answer to an earlier call that timed out may still come in.
            if frame.stream == stream && frame.kind == ttrpc::RESPONSE {
                let response = Response::decode(frame.payload).context("decode the answer")?;
                return ttrpc::outcome(response).context("decode the answer");
            }
        }
    }

    fn frame(&mut self) -> Result<Vec<u8>> {
        let mut wire = vec![0; HEADER];
        self.socket.read_exact(&mut wire)?;
        ttrpc::decode(&wire)?;
        let length = u32::from_be_bytes([wire[0], wire[1], wire[2], wire[3]]) as usize;
        wire.resize(HEADER + length, 0);
        self.socket.read_exact(&mut wire[HEADER..])?;
        Ok(wire)
    }
}
