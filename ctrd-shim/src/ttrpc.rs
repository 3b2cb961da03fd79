//! ttrpc's frames: what stands on the wire around a Request and a Response. No I/O here.
//!
//! ```text
//!  0        4          8      9       10
//!  │ length │ stream   │ kind │ flags │ payload: `length` bytes of protobuf
//!    be32     be32: odd, a client's
//! ```

use std::fmt;

use prost::Message;

use crate::api::rpc::Status;
use crate::api::ttrpc::{Request, Response};

pub const HEADER: usize = 10;

/// No payload may be longer.
pub const MAX_PAYLOAD: usize = 4 << 20;

pub const REQUEST: u8 = 1;
pub const RESPONSE: u8 = 2;
pub const DATA: u8 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    pub stream: u32,
    pub kind: u8,
    pub flags: u8,
    pub payload: &'a [u8],
}

/// A frame whose payload is past the limit. The wire can go on after `length` bytes more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    pub stream: u32,
    pub length: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message length {} exceeds the maximum of {MAX_PAYLOAD}", self.length)
    }
}

impl std::error::Error for TooLong {}

/// The first frame in `wire` and how many bytes it takes; None while it is not all there.
pub fn decode(wire: &[u8]) -> Result<Option<(Frame<'_>, usize)>, TooLong> {
    let Some((header, rest)) = wire.split_first_chunk::<HEADER>() else { return Ok(None) };
    let [a, b, c, d, e, f, g, h, kind, flags] = *header;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let stream = u32::from_be_bytes([e, f, g, h]);
    if length > MAX_PAYLOAD {
        return Err(TooLong { stream, length });
    }
    let Some(payload) = rest.get(..length) else { return Ok(None) };
    Ok(Some((Frame { stream, kind, flags, payload }, HEADER + length)))
}

/// Appends a frame to `wire`.
pub fn encode(wire: &mut Vec<u8>, stream: u32, kind: u8, message: &impl Message) -> Result<(), TooLong> {
    let length = message.encoded_len();
    if length > MAX_PAYLOAD {
        return Err(TooLong { stream, length });
    }
    wire.reserve(HEADER + length);
    wire.extend_from_slice(&(length as u32).to_be_bytes());
    wire.extend_from_slice(&stream.to_be_bytes());
    wire.extend_from_slice(&[kind, 0]);
    message.encode(wire).expect("a Vec has room");
    Ok(())
}

/// A unary call. `timeout_nano` is what the callee may use to give up early; 0 is no limit.
pub fn request(service: &str, method: &str, message: &impl Message) -> Request {
    Request {
        service: service.into(),
        method: method.into(),
        payload: message.encode_to_vec(),
        ..Default::default()
    }
}

pub fn success(message: &impl Message) -> Response {
    Response { status: None, payload: message.encode_to_vec() }
}

pub fn failure(code: i32, message: impl Into<String>) -> Response {
    Response {
        status: Some(Status { code, message: message.into(), details: Vec::new() }),
        payload: Vec::new(),
    }
}

/// What a response says: the message, or the status it failed with.
pub fn outcome<M: Message + Default>(response: Response) -> Result<Result<M, Status>, prost::DecodeError> {
    match response.status {
        Some(status) if status.code != 0 => Ok(Err(status)),
        _ => M::decode(response.payload.as_slice()).map(Ok),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::task::{ConnectRequest, ConnectResponse};

    #[test]
    fn a_frame_comes_back() {
        let call = request("s", "m", &ConnectRequest { id: "web".into() });
        let mut wire = Vec::new();
        encode(&mut wire, 7, REQUEST, &call).unwrap();
        encode(&mut wire, 9, RESPONSE, &success(&ConnectResponse::default())).unwrap();
        let (frame, taken) = decode(&wire).unwrap().unwrap();
        assert_eq!((frame.stream, frame.kind, frame.flags), (7, REQUEST, 0));
        assert_eq!(Request::decode(frame.payload).unwrap(), call);
        let (frame, rest) = decode(&wire[taken..]).unwrap().unwrap();
        assert_eq!((frame.stream, frame.kind), (9, RESPONSE));
        assert_eq!(taken + rest, wire.len());
    }

    #[test]
    fn a_part_of_a_frame_is_not_yet_one() {
        let mut wire = Vec::new();
        encode(&mut wire, 1, REQUEST, &request("s", "m", &ConnectRequest { id: "web".into() })).unwrap();
        for n in 0..wire.len() {
            assert_eq!(decode(&wire[..n]), Ok(None), "{n} bytes");
        }
    }

    #[test]
    fn the_limit_holds_both_ways() {
        let at = |length: u32| [&length.to_be_bytes()[..], &5u32.to_be_bytes(), &[1, 0]].concat();
        assert_eq!(decode(&at(MAX_PAYLOAD as u32)), Ok(None));
        let over = MAX_PAYLOAD + 1;
        assert_eq!(decode(&at(over as u32)), Err(TooLong { stream: 5, length: over }));
        let long = Response { status: None, payload: vec![0; MAX_PAYLOAD] };
        assert!(encode(&mut Vec::new(), 1, RESPONSE, &long).is_err());
    }

    #[test]
    fn a_response_is_a_message_or_a_status() {
        let good = success(&ConnectResponse { shim_pid: 4, ..Default::default() });
        assert_eq!(outcome::<ConnectResponse>(good).unwrap().unwrap().shim_pid, 4);
        let bad = outcome::<ConnectResponse>(failure(5, "container not created")).unwrap().unwrap_err();
        assert_eq!((bad.code, bad.message.as_str()), (5, "container not created"));
    }
}
