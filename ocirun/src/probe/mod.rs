//! What this kernel, this machine and this caller lack of what containers may ask for: each with the
//! reason, and what to do about it. Asked by trying, where trying leaves nothing behind.

pub mod caller;
pub mod cgroups;
mod kernel;
mod namespaces;

use serde::Serialize;

pub use self::kernel::{seccomp_actions, security_modules};

/// Something that is not to be had here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    /// Its place in what `features` prints: `linux.namespaces.time`, `linux.cgroup.v2`.
    pub what: String,
    pub why: String,
    /// What to do, where something can be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Missing {
    fn new(what: impl Into<String>, why: impl Into<String>) -> Missing {
        Missing { what: what.into(), why: why.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Missing {
        Missing { hint: Some(hint.into()), ..self }
    }
}

/// Everything that is missing.
pub fn missing() -> Vec<Missing> {
    let mut out = Vec::new();
    let caller = caller::Caller::here();
    namespaces::look(&caller, &mut out);
    let user_namespaces = !out.iter().any(|m| m.what == "linux.namespaces.user");
    caller.look(user_namespaces, &mut out);
    cgroups::look(&caller, &mut out);
    kernel::look(&caller, user_namespaces, &mut out);
    out
}
