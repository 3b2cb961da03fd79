//! What the labels of a container say about its next start.
//!
//! ```text
//! containerd.io/restart.status               running | stopped: what is wanted; without it nothing is done
//! containerd.io/restart.policy               no | always | on-failure[:N] | unless-stopped; else always
//! containerd.io/restart.count                how often it was started again
//! containerd.io/restart.loguri               where its output goes
//! containerd.io/restart.explicitly-stopped   true: somebody stopped it on purpose
//! io.containerd.ctrd.restarting              true: its task is gone since it is being started again
//! ```

use std::collections::HashMap;

use crate::api::task::Status;
use crate::error::{Error, Result};

pub const STATUS: &str = "containerd.io/restart.status";
pub const POLICY: &str = "containerd.io/restart.policy";
pub const COUNT: &str = "containerd.io/restart.count";
pub const LOG: &str = "containerd.io/restart.loguri";
pub const STOPPED: &str = "containerd.io/restart.explicitly-stopped";
pub(super) const RESTARTING: &str = "io.containerd.ctrd.restarting";

/// What is to be done with a container.
#[derive(Debug, PartialEq)]
pub(super) enum Change {
    None,
    Stop,
    /// Start it, the so manieth time.
    Start(u64),
}

fn is_true(label: Option<&String>) -> bool {
    label.is_some_and(|text| matches!(text.as_str(), "true" | "1" | "t" | "T" | "TRUE" | "True"))
}

pub(super) fn is_revived(labels: &HashMap<String, String>) -> bool {
    let is = |key: &str, value: &str| labels.get(key).is_some_and(|text| text == value);
    is(POLICY, "always") && is(STATUS, "stopped") && is_true(labels.get(STOPPED))
}

/// Whether there is such a policy, and why not.
pub fn check(policy: &str) -> Result<()> {
    match policy.split_once(':') {
        Some(("on-failure", most)) if most.parse::<u64>().is_ok_and(|most| most > 0) => Ok(()),
        None if matches!(policy, "no" | "always" | "on-failure" | "unless-stopped") => Ok(()),
        _ => Err(Error::invalid("must be no, always, on-failure, on-failure:TIMES or unless-stopped")),
    }
}

/// What the labels want of a task that is in this state, with this exit status; `None`: there is none.
pub(super) fn change(labels: &HashMap<String, String>, state: Option<(Status, u32)>) -> Result<Change> {
    let label = |key: &str| labels.get(key).map(String::as_str).unwrap_or_default();
    let count: u64 = match label(COUNT) {
        "" => 0,
        text => text.parse().map_err(|_| Error::invalid(format!("label {COUNT}: {text:?} is no number")))?,
    };
    let (status, exit) = state.unwrap_or((Status::Unknown, 0));
    // A server that ended meanwhile has counted this start.
    let resumed = state.is_none() && is_true(labels.get(RESTARTING));
    match label(STATUS) {
        "stopped" if state.is_some() && status != Status::Stopped => return Ok(Change::Stop),
        "running" if !matches!(status, Status::Running | Status::Paused | Status::Pausing) => {}
        _ => return Ok(Change::None),
    }
    let (policy, most) = match label(POLICY).split_once(':') {
        None => (label(POLICY), 0),
        Some((policy @ "on-failure", most)) => {
            let bad = |_| Error::invalid(format!("label {POLICY}: {most:?} is no number"));
            (policy, most.parse::<u64>().map_err(bad)?)
        }
        Some(_) => return Err(Error::invalid(format!("label {POLICY}: {:?}", label(POLICY)))),
    };
    let again = match policy {
        "" | "always" => true,
        "no" => false,
        "on-failure" => resumed || (exit != 0 && (most == 0 || count < most)),
        "unless-stopped" => !is_true(labels.get(STOPPED)),
        _ => return Err(Error::invalid(format!("label {POLICY}: {policy:?} is not supported"))),
    };
    let count = if resumed { count } else { count + 1 };
    Ok(if again { Change::Start(count) } else { Change::None })
}

/// Whether something is to be done about this task, or may be when it ends: whatever its exit status is then.
pub(super) fn is_pending(labels: &HashMap<String, String>, state: Option<(Status, u32)>) -> bool {
    match (change(labels, state), state) {
        // It waits for other labels.
        (Err(_), _) | (Ok(Change::None), None | Some((Status::Stopped, _))) => false,
        (Ok(Change::None), Some(_)) => [0, 1]
            .iter()
            .any(|exit| matches!(change(labels, Some((Status::Stopped, *exit))), Ok(Change::Start(_)))),
        (Ok(_), _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies() {
        for good in ["no", "always", "on-failure", "on-failure:3", "unless-stopped"] {
            check(good).unwrap();
        }
        for bad in ["", "on-failure:", "on-failure:0", "on-failure:x", "always:1", "sometimes"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_new_server_starts() {
        for (labels, expected) in [
            (&[(POLICY, "always"), (STATUS, "stopped"), (STOPPED, "true")][..], true),
            (&[(POLICY, "unless-stopped"), (STATUS, "stopped"), (STOPPED, "true")], false),
            (&[(POLICY, "always"), (STATUS, "stopped")], false),
            (&[(POLICY, "always"), (STATUS, "running"), (STOPPED, "true")], false),
            (&[(STATUS, "stopped"), (STOPPED, "true")], false),
        ] {
            let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(is_revived(&map), expected, "{labels:?}");
        }
    }

    #[test]
    fn whom_a_server_stays_for() {
        let (running, ended) = (Some((Status::Running, 0)), |exit| Some((Status::Stopped, exit)));
        for (labels, state, expected) in [
            (&[][..], running, false),
            (&[(STATUS, "running")], running, true),
            (&[(STATUS, "running")], Some((Status::Paused, 0)), true),
            // It waits for its next start.
            (&[(STATUS, "running"), (POLICY, "always")], ended(1), true),
            (&[(STATUS, "running"), (POLICY, "always")], None, true),
            (&[(STATUS, "running"), (POLICY, "unless-stopped")], running, true),
            (&[(STATUS, "running"), (POLICY, "unless-stopped"), (STOPPED, "true")], running, false),
            (&[(STATUS, "running"), (POLICY, "no")], running, false),
            (&[(STATUS, "running"), (POLICY, "on-failure")], running, true),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(0), false),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(1), true),
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "1")], ended(1), true),
            // Its count is used up: however it ends, that is the end.
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], running, false),
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], ended(1), false),
            (&[(STATUS, "stopped"), (STOPPED, "true")], running, true),
            (&[(STATUS, "stopped"), (STOPPED, "true")], ended(0), false),
            (&[(STATUS, "stopped"), (STOPPED, "true")], None, false),
            (&[(STATUS, "running"), (POLICY, "sometimes")], ended(1), false),
            (&[(STATUS, "running")], Some((Status::Unknown, 0)), true),
        ] {
            let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(is_pending(&map, state), expected, "{labels:?} {state:?}");
        }
    }

    #[test]
    fn what_the_labels_want() {
        let ended = |status| Some((Status::Stopped, status));
        let running = Some((Status::Running, 0));
        for (labels, state, expected) in [
            (&[][..], None, Some(Change::None)),
            (&[(STATUS, "running")], running, Some(Change::None)),
            (&[(STATUS, "running")], Some((Status::Paused, 0)), Some(Change::None)),
            (&[(STATUS, "running")], ended(0), Some(Change::Start(1))),
            (&[(STATUS, "running")], None, Some(Change::Start(1))),
            (&[(STATUS, "running"), (COUNT, "4"), (POLICY, "always")], ended(1), Some(Change::Start(5))),
            (&[(STATUS, "running"), (POLICY, "no")], ended(1), Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(0), Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "on-failure")], ended(3), Some(Change::Start(1))),
            (
                &[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "1")],
                ended(3),
                Some(Change::Start(2)),
            ),
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], ended(3), Some(Change::None)),
            // A server ended while it started it again.
            (&[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2")], None, Some(Change::None)),
            (
                &[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2"), (RESTARTING, "true")],
                None,
                Some(Change::Start(2)),
            ),
            (
                &[(STATUS, "running"), (POLICY, "on-failure:2"), (COUNT, "2"), (RESTARTING, "true")],
                ended(3),
                Some(Change::None),
            ),
            (&[(STATUS, "running"), (COUNT, "2"), (RESTARTING, "true")], None, Some(Change::Start(2))),
            (&[(STATUS, "running"), (POLICY, "no"), (RESTARTING, "true")], None, Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "unless-stopped")], ended(0), Some(Change::Start(1))),
            (
                &[(STATUS, "running"), (POLICY, "unless-stopped"), (STOPPED, "true")],
                ended(0),
                Some(Change::None),
            ),
            (&[(STATUS, "stopped")], running, Some(Change::Stop)),
            (&[(STATUS, "stopped")], ended(0), Some(Change::None)),
            (&[(STATUS, "stopped")], None, Some(Change::None)),
            (&[(STATUS, "running"), (POLICY, "always:3")], ended(0), None),
            (&[(STATUS, "running"), (POLICY, "sometimes")], ended(0), None),
            (&[(STATUS, "running"), (POLICY, "on-failure:x")], ended(1), None),
            (&[(STATUS, "running"), (COUNT, "x")], ended(1), None),
        ] {
            let map = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(change(&map, state).ok(), expected, "{labels:?} {state:?}");
        }
    }
}
