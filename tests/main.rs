//! The cross-program tests: one binary, a module per subject. Each subject's file says what it shows.
//!
//! They run as root inside `tests/sandbox`, on the real kernel, with real root filesystems; what
//! needs a peer that is not installed says so and is counted as skipped.

mod apparmor;
mod bin;
mod caller;
mod cgroup;
mod chance;
mod checkpoint;
mod commandline;
mod config;
mod console;
mod containerd;
mod ctr;
mod docker;
mod environment;
mod events;
mod failures;
mod fixture;
mod flags;
mod generated;
mod hints;
mod image;
mod info;
mod joined;
mod landlock;
mod launch;
mod live;
mod load;
mod logs;
mod matching;
mod mounts;
mod namespaces;
mod netdev;
mod notify;
mod plugins;
mod pod;
mod podman;
mod process;
mod rootless;
mod runtime;
mod seams;
mod seccomp;
mod security;
mod shim;
mod stack;
mod stale;
mod storage;
mod sweep;
mod systemd;
mod tidy;
mod timeline;
mod traces;
mod update;
mod verbs;
