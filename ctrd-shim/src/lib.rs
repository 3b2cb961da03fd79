//! What a program needs to start a shim and to talk to it.
//!
//! ```text
//!  caller                                       ctrd-shim
//!    │ exec: -namespace NS -id ID -address A start    │  stdin: bootstrap::Params, or nothing
//!    │ ◀───────── bootstrap::Reply, as the caller reads it (JSON, protobuf, bare address)
//!    │ ttrpc: method::TASK_V2 or TASK_V3 / Create … ▶ │  ◀ answers, in any order
//!    │ ◀───────── ttrpc: method::EVENTS / Forward     │  on the caller's own socket
//! ```
//!
//! `api` holds the messages, `method` the names of services and methods, `ttrpc` the frames
//! (pure), `client` a small blocking caller, `bootstrap` what goes in and comes out of `start`, `trace`
//! the lines of the launch timeline.

pub mod any;
pub mod api;
pub mod bootstrap;
pub mod client;
pub mod method;
pub mod trace;
pub mod ttrpc;
