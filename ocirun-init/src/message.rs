//! What the two say to each other after the Bootstrap.

use serde::{Deserialize, Serialize};

/// What init says on fd 9.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Status {
    /// A line for ocirun's log.
    Log { level: String, msg: String },
    /// The process that goes on in the sender's stead; its number is that of the namespace that
    /// the sender was started in.
    Joined { pid: i32 },
    /// All mounts stand; the hooks of this point may run. Init waits for [`Command::Go`].
    Mounted,
    /// The detached mount at this descriptor of init's, for the mount of this number: its ids are
    /// to be mapped. Init waits for [`Command::Go`].
    Map { mount: usize, fd: i32 },
    /// With `trace`: what was done so far, from when the Bootstrap was there; microseconds since
    /// 1970 UTC, which no time namespace shifts.
    Steps { began: u64, steps: Vec<Step> },
    /// All is done but execve, and the program was found.
    Ready,
    /// With `change`: all is done. Of each mount the number that the kernel knows it by, where it has
    /// one that no later mount gets; of each device whether it was made, and not there already.
    Changed { mounts: Vec<Option<u64>>, devices: Vec<bool> },
    /// What init was doing and the errno it met, 0 where there was none: `doing` then says all.
    Error { doing: String, errno: i32 },
}

/// A step of init's and when it ended; it began where the one before ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub did: String,
    pub end: u64,
}

/// What ocirun says on fd 8 after the Bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Command {
    Go,
    /// The seccomp program that was late is there. It comes before the first `go`.
    Filter,
}
