//! Sandboxes: their records, and the shims that they live in.

mod store;

pub use store::Sandboxes;
