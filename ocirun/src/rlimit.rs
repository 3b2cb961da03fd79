//! Limits above the caller's own. A process in a user namespace has no right to raise a hard limit, be
//! it root there; so this process raises its own for a while, and the child inherits them.

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use ocirun_init::Rlimit;

/// Puts back what the limits were.
pub struct Raised(Vec<(Resource, rlim_t, rlim_t)>);

/// Raises the hard limits that are too low, as far as it may. ocirun-init sets the limits, and it is
/// the one to tell of what still is not allowed.
pub fn raise(limits: &[Rlimit]) -> Raised {
    let mut before = Vec::new();
    for limit in limits {
        let Some(resource) = resource(&limit.kind) else { continue };
        let Ok((soft, hard)) = getrlimit(resource) else { continue };
        if limit.hard > hard && setrlimit(resource, soft, limit.hard).is_ok() {
            before.push((resource, soft, hard));
        }
    }
    Raised(before)
}

impl Drop for Raised {
    fn drop(&mut self) {
        for (resource, soft, hard) in self.0.drain(..).rev() {
            // To lower a limit is allowed to everyone.
            let _ = setrlimit(resource, soft, hard);
        }
    }
}

fn resource(name: &str) -> Option<Resource> {
    Some(match name {
        "RLIMIT_AS" => Resource::RLIMIT_AS,
        "RLIMIT_CORE" => Resource::RLIMIT_CORE,
        "RLIMIT_CPU" => Resource::RLIMIT_CPU,
        "RLIMIT_DATA" => Resource::RLIMIT_DATA,
        "RLIMIT_FSIZE" => Resource::RLIMIT_FSIZE,
        "RLIMIT_LOCKS" => Resource::RLIMIT_LOCKS,
        "RLIMIT_MEMLOCK" => Resource::RLIMIT_MEMLOCK,
        "RLIMIT_MSGQUEUE" => Resource::RLIMIT_MSGQUEUE,
        "RLIMIT_NICE" => Resource::RLIMIT_NICE,
        "RLIMIT_NOFILE" => Resource::RLIMIT_NOFILE,
        "RLIMIT_NPROC" => Resource::RLIMIT_NPROC,
        "RLIMIT_RSS" => Resource::RLIMIT_RSS,
        "RLIMIT_RTPRIO" => Resource::RLIMIT_RTPRIO,
        "RLIMIT_RTTIME" => Resource::RLIMIT_RTTIME,
        "RLIMIT_SIGPENDING" => Resource::RLIMIT_SIGPENDING,
        "RLIMIT_STACK" => Resource::RLIMIT_STACK,
        _ => return None,
    })
}
