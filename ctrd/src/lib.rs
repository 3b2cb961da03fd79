//! ctrd as a library, for its own binary and for the tests.

pub mod api;
pub mod bundle;
pub mod clock;
pub mod content;
pub mod digest;
pub mod error;
pub mod events;
pub mod filter;
pub mod gc;
pub mod id;
pub mod image;
pub mod shim;
pub mod snapshot;
pub mod spec;
pub mod store;
pub mod timestamp;
pub mod unpack;
