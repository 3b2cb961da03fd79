//! `ocirun events`: what a container uses, at intervals, and each time it runs out of memory, until
//! it ends.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Serialize;

use crate::cgroup::{Stats, Watch};
use crate::cli::{Events, Global};
use crate::state::{self, State, Status};
use crate::{rdt, stdout};

/// One line. The order of its keys is read by scripts.
#[derive(Serialize)]
struct Event<'a> {
    r#type: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Stats>,
}

pub fn events(global: &Global, args: &Events) -> Result<i32> {
    let interval = duration(&args.interval)?;
    ensure!(!interval.is_zero(), "duration interval must be greater than 0");
    let (_, state, status) = state::open(global, &args.id)?;
    match status {
        Status::Creating => bail!("container does not exist"),
        Status::Stopped => bail!("container with id {} is not running", args.id),
        _ => {}
    }
    if args.stats {
        stats(&state)?;
    } else {
        stream(&state, interval)?;
    }
    Ok(0)
}

fn stats(state: &State) -> Result<bool> {
    let mut data = state.cgroup.stats()?;
    if let Some(group) = &state.rdt {
        data.intel_rdt = rdt::stats(group)?;
    }
    print(&Event { r#type: "stats", id: &state.id, data: Some(data) })
}

/// Prints until the first process has ended. What the kernel tells of memory comes before that end,
/// so it is looked at once more after it.
fn stream(state: &State, interval: Duration) -> Result<()> {
    let Some(init) = state.init()? else { return Ok(()) };
    let mut watch = state.cgroup.watch_oom()?;
    let mut next = Instant::now() + interval;
    loop {
        let left = next.saturating_duration_since(Instant::now());
        // Rounded up, or the last fraction of a millisecond would be spent turning.
        let left = PollTimeout::try_from(left + Duration::from_micros(999)).unwrap_or(PollTimeout::MAX);
        let mut fds = vec![PollFd::new(init.as_fd(), PollFlags::POLLIN)];
        fds.extend(watch.as_ref().map(Watch::poll_fd));
        match poll(&mut fds, left) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(e) => Err(e).context("wait for events")?,
        }
        let has_ended = fds[0].revents().is_some_and(|r| !r.is_empty());
        if let Some(watch) = &mut watch
            && watch.rang()?
            && !print(&Event { r#type: "oom", id: &state.id, data: None })?
        {
            return Ok(());
        }
        if has_ended {
            return Ok(());
        }
        if Instant::now() >= next {
            next += interval;
            match stats(state) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                // Its cgroup may go together with it.
                Err(e) => return if state.init()?.is_none() { Ok(()) } else { Err(e) },
            }
        }
    }
}

/// Says whether there is still somebody who reads.
fn print(event: &Event) -> Result<bool> {
    let line = serde_json::to_string(event).context("encode an event")?;
    stdout::print(&(line + "\n"))
}

/// `1m30s`, `1.5h`, `100ms`: numbers with units, as Go writes durations. A plain zero needs none.
fn duration(text: &str) -> Result<Duration> {
    let invalid = || format!("invalid duration {text:?}");
    ensure!(!text.starts_with('-'), "duration interval must be greater than 0");
    let mut rest = text;
    let mut total = 0.0;
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    ensure!(!rest.is_empty(), invalid());
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').with_context(invalid)?;
        let number: f64 = rest[..digits].parse().ok().with_context(invalid)?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += number
            * match &rest[..end] {
                "ns" => 1e-9,
                "us" | "µs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => bail!(invalid()),
            };
        rest = &rest[end..];
    }
    Duration::try_from_secs_f64(total).ok().with_context(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, milliseconds) in [
            ("5s", 5000),
            ("100ms", 100),
            ("1m30s", 90_000),
            ("1.5h", 5_400_000),
            ("0", 0),
            ("0s", 0),
            (".5s", 500),
        ] {
            assert_eq!(duration(text).expect(text).as_millis(), milliseconds, "{text}");
        }
        for bad in ["", "5", "s", "5x", "-1s", "1 s", "1s5", "1.2.3s", "99999999999999999999h", "x5s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
