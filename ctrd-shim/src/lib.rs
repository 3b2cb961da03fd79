//! What others need to talk to a shim.
pub mod api;
