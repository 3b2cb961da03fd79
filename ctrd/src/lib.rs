//! ctrd as a library, for its own binary and for the tests.

pub mod api;
pub mod clock;
pub mod content;
pub mod digest;
pub mod error;
pub mod gc;
pub mod id;
pub mod snapshot;
pub mod spec;
pub mod store;
