//! What `start` is told on stdin and what it prints: for every generation of callers.
//!
//! ```text
//!  the caller                                  it reads
//!  BootstrapParams on stdin, ours by its ids   protobuf BootstrapResult, version 3
//!  MAX_SHIM_VERSION=N in the environment       JSON, version min(N, 3)
//!  TTRPC_ADDRESS set, GRPC_ADDRESS not         the bare address
//!  a shell                                     JSON, version 3
//! ```
//!
//! A program that starts a shim parses with `Reply::parse`, which takes all three forms.

use prost::Message;
use prost_types::Any;
use serde::{Deserialize, Serialize};

use crate::any;
use crate::api::bootstrap::{BootstrapParams, BootstrapResult};
use crate::api::runc;

/// The newest version of the task service that a shim of this library serves.
pub const NEWEST: i32 = 3;

/// Longer input on stdin is no bootstrap message.
pub const MAX_INPUT: usize = 10 << 20;

/// Where the shim listens and what it speaks there. Also the content of `bootstrap.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub version: i32,
    pub address: String,
    pub protocol: String,
}

/// How a caller wants the reply written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Protobuf,
    Json(i32),
    Bare,
}

impl Reply {
    pub fn new(address: impl Into<String>) -> Reply {
        Reply { version: NEWEST, address: address.into(), protocol: "ttrpc".into() }
    }

    /// The bytes for stdout: no newline follows them, but for JSON it would do no harm.
    pub fn print(&self, form: Form) -> Vec<u8> {
        match form {
            Form::Bare => self.address.clone().into_bytes(),
            Form::Json(version) => {
                serde_json::to_vec(&Reply { version, ..self.clone() }).expect("strings and a number")
            }
            Form::Protobuf => BootstrapResult {
                version: self.version,
                address: self.address.clone(),
                protocol: self.protocol.clone(),
                ..Default::default()
            }
            .encode_to_vec(),
        }
    }

    /// Reads what any shim printed. JSON cannot be taken for protobuf: `{` opens a group there
    /// that would have to be closed by `|`. A bare address serves version 2.
    pub fn parse(output: &[u8]) -> Option<Reply> {
        let text = std::str::from_utf8(output).map(str::trim).unwrap_or_default();
        if text.starts_with('{') {
            return serde_json::from_str(text).ok().filter(|reply: &Reply| !reply.address.is_empty());
        }
        if let Ok(result) = BootstrapResult::decode(output)
            && !result.address.is_empty()
        {
            return Some(Reply {
                version: result.version,
                address: result.address,
                protocol: result.protocol,
            });
        }
        (!text.is_empty()).then(|| Reply { version: 2, address: text.into(), protocol: "ttrpc".into() })
    }
}

/// What stdin held.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Input {
    /// The message, when it was meant for this shim.
    pub params: Option<BootstrapParams>,
    /// Options for a runtime with runc's command line.
    pub options: Option<runc::Options>,
}

/// Reads stdin's bytes. An Any parses as BootstrapParams too, so it is the ids that decide.
pub fn input(bytes: &[u8], namespace: &str, id: &str) -> Input {
    if let Ok(params) = BootstrapParams::decode(bytes)
        && !params.instance_id.is_empty()
        && params.instance_id == id
        && params.namespace == namespace
    {
        let options = params.extensions.iter().filter_map(|e| e.value.as_ref()).find_map(options);
        return Input { params: Some(params), options };
    }
    Input { params: None, options: Any::decode(bytes).ok().as_ref().and_then(options) }
}

fn options(value: &Any) -> Option<runc::Options> {
    any::unpack(value).and_then(Result::ok)
}

/// Decides how to answer, from the input and three variables of the environment.
pub fn form(input: &Input, max_version: Option<&str>, ttrpc_address: bool, grpc_address: bool) -> Form {
    if input.params.is_some() {
        return Form::Protobuf;
    }
    if let Some(max) = max_version.and_then(|v| v.parse::<i32>().ok()) {
        return Form::Json(max.clamp(2, NEWEST));
    }
    if ttrpc_address && !grpc_address { Form::Bare } else { Form::Json(NEWEST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::bootstrap::Extension;

    fn params() -> BootstrapParams {
        let options = runc::Options { root: "/r".into(), ..Default::default() };
        BootstrapParams {
            instance_id: "web".into(),
            namespace: "default".into(),
            extensions: vec![Extension { value: Some(any::pack(&options)) }],
            ..Default::default()
        }
    }

    #[test]
    fn every_form_is_read_back() {
        let reply = Reply::new("unix:///run/ctrd/s/00");
        for (form, version) in [(Form::Protobuf, 3), (Form::Json(3), 3), (Form::Json(2), 2), (Form::Bare, 2)]
        {
            let read = Reply::parse(&reply.print(form)).unwrap();
            assert_eq!(read, Reply { version, ..reply.clone() }, "{form:?}");
        }
        assert_eq!(
            reply.print(Form::Json(3)),
            br#"{"version":3,"address":"unix:///run/ctrd/s/00","protocol":"ttrpc"}"#
        );
        assert_eq!(Reply::parse(b"unix:///a\n").unwrap().address, "unix:///a");
        assert_eq!(Reply::parse(b""), None);
        assert_eq!(Reply::parse(b"{\"version\":3}"), None);
    }

    #[test]
    fn the_ids_tell_params_from_options() {
        let bytes = params().encode_to_vec();
        let ours = input(&bytes, "default", "web");
        assert_eq!(ours.params, Some(params()));
        assert_eq!(ours.options.unwrap().root, "/r");
        assert_eq!(input(&bytes, "default", "db").params, None);
        assert_eq!(input(&bytes, "k8s.io", "web").params, None);

        let options = runc::Options { systemd_cgroup: true, ..Default::default() };
        let legacy = input(&any::pack(&options).encode_to_vec(), "default", "web");
        assert_eq!((legacy.params, legacy.options), (None, Some(options)));
        for nothing in [&b""[..], b"\xff\xff", b"yes\n"] {
            assert_eq!(input(nothing, "default", "web"), Input::default());
        }
    }

    #[test]
    fn each_caller_gets_its_form() {
        let new = input(&params().encode_to_vec(), "default", "web");
        let old = Input::default();
        for (input, max, ttrpc, grpc, want) in [
            (&new, Some("2"), true, true, Form::Protobuf),
            (&old, Some("2"), true, true, Form::Json(2)),
            (&old, Some("3"), true, true, Form::Json(3)),
            (&old, Some("9"), false, false, Form::Json(3)),
            (&old, None, true, false, Form::Bare),
            (&old, None, true, true, Form::Json(3)),
            (&old, None, false, false, Form::Json(3)),
            (&old, Some("x"), false, false, Form::Json(3)),
        ] {
            assert_eq!(form(input, max, ttrpc, grpc), want, "{max:?} {ttrpc} {grpc}");
        }
    }
}
