//! An OCI runtime: it prepares what a container needs on the host, makes its namespaces in one
//! clone, and has `ocirun-init` build the inside.

// Tests write into folders that they have made.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

pub mod affinity;
pub mod again;
pub mod annotation;
pub mod bundle;
pub mod caps;
pub mod cgroup;
#[cfg(test)]
#[path = "../../tests/chance.rs"]
mod chance;
pub mod cli;
pub mod cmd;
pub mod code;
pub mod console;
pub mod criu;
pub mod error;
pub mod fds;
pub mod filter;
pub mod foreground;
pub mod help;
pub mod hint;
pub mod hooks;
pub mod hotplug;
pub mod idmap;
pub mod init;
pub mod kept;
pub mod label;
pub mod launch;
pub mod lint;
pub mod live;
pub mod log;
pub mod loose;
pub mod mount_option;
pub mod namespace;
pub mod netdev;
pub mod netlink;
pub mod notify;
pub mod pid_file;
pub mod pidfd;
pub mod plan;
pub mod probe;
pub mod program;
pub mod rdt;
pub mod report;
pub mod rlimit;
pub mod seal;
pub mod seccomp;
pub mod signal;
pub mod source;
pub mod spawn;
pub mod spelling;
pub mod state;
pub mod stdout;
pub mod text;
pub mod time;
pub mod trace;
pub mod tree;
pub mod usage;
pub mod validate;
