//! Sandboxes: their records, and the shims that they live in.

mod controller;
mod store;

pub use controller::Controllers;
pub use store::Sandboxes;
