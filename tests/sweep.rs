//! A fault at every system call of create, start, exec, run and delete, of ocirun's and of
//! ocirun-init's, and of create with a user namespace, with a terminal and with hooks: the death of
//! the process, and each errno that a full or exhausted machine gives. Whatever is hit, the command
//! ends, says one line, claims no work that was not done; and then `delete --force` leaves no
//! process, cgroup, mount, socket or state behind.
//!
//! There are thousands of such points. A plain run tries a sample of them; `CTRD_SWEEP=full` tries
//! all, `CTRD_SWEEP=create` all of one test, and `CTRD_SWEEP=create/1/17/ENOSPC` one of them.

mod inject;
mod lab;

use nix::errno::Errno;

use self::inject::{Fault, Point};
use self::lab::{Lab, With};

const FAULTS: [(&str, Fault); 7] = [
    ("KILL", Fault::Kill),
    ("ENOSPC", Fault::Fails(Errno::ENOSPC)),
    ("EMFILE", Fault::Fails(Errno::EMFILE)),
    ("EROFS", Fault::Fails(Errno::EROFS)),
    ("ENOMEM", Fault::Fails(Errno::ENOMEM)),
    ("EINTR", Fault::Fails(Errno::EINTR)),
    ("EAGAIN", Fault::Fails(Errno::EAGAIN)),
];

/// A plain run tries so many points of each command.
const SAMPLE: usize = 90;

#[test]
fn create() {
    sweep("create", "create", With::Nothing);
}

#[test]
fn start() {
    sweep("start", "start", With::Nothing);
}

#[test]
fn exec() {
    sweep("exec", "exec", With::Nothing);
}

/// Of a container that runs.
#[test]
fn delete() {
    sweep("delete", "delete --force", With::Nothing);
}

/// Of one that has ended.
#[test]
fn remove() {
    sweep("remove", "delete", With::Nothing);
}

/// A container is paused, or goes on; it is never half frozen.
#[test]
fn pause() {
    sweep("pause", "pause", With::Nothing);
}

#[test]
fn run() {
    sweep("run", "run", With::Nothing);
}

#[test]
fn user_namespace() {
    sweep("user", "create", With::User);
}

#[test]
fn terminal() {
    sweep("terminal", "create", With::Terminal);
}

/// Of all kinds, each of which leaves a word.
#[test]
fn hooks() {
    sweep("hooks", "run", With::Hooks);
}

/// What `CTRD_SWEEP` says of this test.
fn wanted(name: &str) -> Option<(bool, Option<Point>, Option<String>)> {
    let text = std::env::var("CTRD_SWEEP").unwrap_or_default();
    let mut words = text.split('/');
    match words.next().unwrap_or_default() {
        "" => Some((false, None, None)),
        "full" => Some((true, None, None)),
        word if word == name => {
            let mut number = || words.next().map(|w| w.parse().expect("a number"));
            let point = number().map(|process| Point { process, nth: number().expect("which call") });
            Some((true, point, words.next().map(str::to_owned)))
        }
        _ => None,
    }
}

fn sweep(name: &'static str, verb: &'static str, with: With) {
    let Some((full, only, errno)) = wanted(name) else { return };
    let lab = Lab::new(name, verb, with);
    let plain = lab.plain();
    let mut points = Vec::new();
    for (process, calls) in plain.calls.iter().enumerate() {
        points.extend((0..calls.len()).map(|nth| Point { process, nth }));
    }
    let mut cases: Vec<(Point, &str, Fault)> =
        points.iter().flat_map(|&point| FAULTS.map(|(name, fault)| (point, name, fault))).collect();
    cases.retain(|(point, name, fault)| {
        inject::possible(plain.calls[point.process][point.nth], *fault)
            && only.is_none_or(|only| only == *point)
            && errno.as_ref().is_none_or(|errno| errno == name)
    });
    if !full {
        // Without a common divisor with the number of faults, every step is at another fault.
        let mut step = (cases.len() / SAMPLE).max(1);
        while step.is_multiple_of(FAULTS.len()) {
            step += 1;
        }
        cases = cases.into_iter().step_by(step).collect();
    }
    let counts: Vec<_> = plain.calls.iter().map(Vec::len).collect();
    let mut dirty = Vec::new();
    let mut hits = 0;
    for (point, errno, fault) in &cases {
        let (outcome, faults) = lab.try_one(*point, *fault);
        hits += usize::from(outcome.hit);
        if !faults.is_empty() {
            let call = outcome.calls.get(point.process).and_then(|calls| calls.get(point.nth));
            let call = call.map_or("?".into(), |nr| inject::name(*nr));
            let line =
                format!("{name}/{}/{}/{errno} {call}: {}", point.process, point.nth, faults.join("; "));
            if full {
                eprintln!("{line}");
            }
            dirty.push(line);
        }
    }
    eprintln!("{name}: calls {counts:?}, {} points, {hits} hit, {} dirty", cases.len(), dirty.len());
    assert!(dirty.is_empty(), "{} dirty points: {dirty:#?}", dirty.len());
}
