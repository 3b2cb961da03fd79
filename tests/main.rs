//! The cross-program tests: one binary, a module per subject. Each subject's file says what it shows.
//!
//! They run as root inside `tests/sandbox`, on the real kernel, with real root filesystems; what
//! needs a peer that is not installed says so and is counted as skipped.

mod bin;
mod failures;
mod fixture;
mod generated;
mod image;
mod launch;
mod mounts;
mod netdev;
mod process;
mod runtime;
mod seams;
mod security;
mod shim;
mod stack;
mod tidy;
mod traces;
