//! The cross-program tests: one binary, a module per subject.

mod generated;
