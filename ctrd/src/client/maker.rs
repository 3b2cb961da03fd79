//! Who makes a snapshot for a container that has no record yet. Should that process die before there is one, the next
//! who wants the name need not wait until the collector takes the snapshot.

use std::collections::HashMap;
use std::fmt::Write;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::clock;

/// The label that tells, as `BOOT PID-NAMESPACE PID`.
const LABEL: &str = "ctrd.maker";

/// This process as a label.
pub fn label() -> (String, String) {
    let mut text = space();
    let _ = write!(text, " {}", std::process::id());
    (LABEL.to_string(), text)
}

/// Whether a process made a thing with these labels that is known not to run any more: one of another machine, or of
/// another process namespace, may.
pub fn is_dead(labels: &HashMap<String, String>) -> bool {
    let Some((space_then, pid)) = labels.get(LABEL).and_then(|text| text.rsplit_once(' ')) else {
        return false;
    };
    let pid = pid.parse().ok().filter(|pid| *pid > 0);
    space_then == space() && pid.is_some_and(|pid| kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH))
}

/// The namespace in which the number of a process means something.
fn space() -> String {
    let namespace = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{} {}", clock::boot(), namespace.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dead_of_here_are_dead() {
        let dead = |text: String| is_dead(&HashMap::from([(LABEL.to_string(), text)]));
        assert!(!dead(label().1) && !is_dead(&HashMap::new()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert!(dead(format!("{} {pid}", space())));
        for other in
            [format!("elsewhere pid:[1] {pid}"), format!("{} -1", space()), "x".into(), String::new()]
        {
            assert!(!dead(other.clone()), "{other}");
        }
    }
}
