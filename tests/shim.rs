//! `ctrd-shim` by itself, driven over ttrpc as containerd drives it, above ocirun and above runc.

mod alike;
mod checkpoint;
mod daemon;
mod driver;
mod events;
mod group;
mod growth;
mod hostile;
mod killed;
mod metrics;
mod options;
mod roots;
mod sandbox;
mod server;
pub mod stalled;
mod start;
mod stdio;
mod stuck;
mod task;
mod terminal;
