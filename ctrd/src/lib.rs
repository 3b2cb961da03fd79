//! ctrd as a library, for its own binary and for the tests.

pub mod api;
pub mod error;
pub mod id;
pub mod spec;
pub mod store;
