//! Who asks: root with all rights, root with some, or an ordinary user, who has them in a user namespace.

use std::fs;

use nix::unistd::geteuid;

use super::Missing;
use crate::caps;

pub struct Caller {
    pub uid: u32,
    /// The capabilities that it has and may pass on, as bits.
    pub capabilities: u64,
}

impl Caller {
    pub fn here() -> Caller {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        Caller { uid: geteuid().as_raw(), capabilities: of_status(&status) }
    }

    pub fn has(&self, name: &str) -> bool {
        caps::NAMES.iter().position(|known| *known == name).is_some_and(|n| self.capabilities >> n & 1 == 1)
    }

    /// Whether it makes namespaces without a user namespace around them.
    pub fn is_privileged(&self) -> bool {
        self.has("CAP_SYS_ADMIN")
    }

    /// The capabilities that no container of this caller can have.
    pub fn look(&self, user_namespaces: bool, out: &mut Vec<Missing>) {
        if !self.is_privileged() {
            if !user_namespaces {
                let message =
                    "this user has no capabilities, and there are no user namespaces to have them in";
                out.push(Missing::new("linux.capabilities", message).hint("run as root"));
            }
            return;
        }
        for name in caps::known().iter().filter(|name| !self.has(name)) {
            let message = "this process has not got it itself";
            out.push(Missing::new(format!("linux.capabilities.{name}"), message));
        }
    }
}

/// What is both permitted and in the bounding set, in the text of /proc/self/status.
fn of_status(status: &str) -> u64 {
    let set = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0)
    };
    set("CapPrm:") & set("CapBnd:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_read() {
        let status =
            "Name:\tx\nCapInh:\t0000000000000000\nCapPrm:\t0000000000200003\nCapBnd:\t0000000000200001\n";
        let caller = Caller { uid: 0, capabilities: of_status(status) };
        assert!(caller.has("CAP_CHOWN") && caller.is_privileged() && !caller.has("CAP_DAC_OVERRIDE"));
        let mut out = Vec::new();
        caller.look(true, &mut out);
        assert!(out.iter().any(|m| m.what == "linux.capabilities.CAP_DAC_OVERRIDE"));
        assert!(!out.iter().any(|m| m.what == "linux.capabilities.CAP_CHOWN"));
        // An ordinary user has all of them in a user namespace, and none without.
        let user = Caller { uid: 7, capabilities: of_status("") };
        let looked = |with| {
            let mut out = Vec::new();
            user.look(with, &mut out);
            out.iter().map(|m| m.what.clone()).collect::<Vec<_>>()
        };
        assert_eq!(looked(true), [""; 0]);
        assert_eq!(looked(false), ["linux.capabilities"]);
    }
}
