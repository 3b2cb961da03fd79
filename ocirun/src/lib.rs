//! ocirun
pub mod cgroup;
pub mod seccomp;
