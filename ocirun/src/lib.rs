//! An OCI runtime: it prepares what a container needs on the host, makes its namespaces in one
//! clone, and has `ocirun-init` build the inside.

pub mod affinity;
pub mod annotation;
pub mod bundle;
pub mod caps;
pub mod cgroup;
pub mod cli;
pub mod cmd;
pub mod console;
pub mod criu;
pub mod error;
pub mod fds;
pub mod filter;
pub mod foreground;
pub mod hooks;
pub mod idmap;
pub mod init;
pub mod launch;
pub mod log;
pub mod loose;
pub mod namespace;
pub mod netdev;
pub mod netlink;
pub mod pidfd;
pub mod plan;
pub mod seal;
pub mod seccomp;
pub mod signal;
pub mod source;
pub mod spawn;
pub mod state;
pub mod stdout;
pub mod time;
pub mod tree;
pub mod usage;
pub mod validate;
