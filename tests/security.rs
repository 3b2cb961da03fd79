//! The published attacks on container runtimes, each tried against ours: a test bears the name of
//! the attack and shows that it fails. `CTRD_RACE_SECONDS` gives the races more time than the few
//! seconds that they have by default.
//!
//! What has no test here, and why:
//! - CVE-2018-15664 is in `verbs/copy.rs`, with what a container cannot have copied out.
//! - CVE-2020-15157, GHSA-rp3h-jf77-q9p4: nothing fetches anything from a registry, nor from the `urls` of a
//!   manifest.
//! - What concerns the CRI alone (CVE-2021-43816, CVE-2022-4318, CVE-2025-47291, CVE-2022-31030 and others): there
//!   is none.
//! - CVE-2023-2431: profiles by path belong to the caller; config.json embeds the profile.
//! - CVE-2025-24965: there is no handler that leaves a configuration file in the root, and nothing
//!   else is written into one by a path.
//! - CVE-2021-43784's netlink message: there is none; the seam's own limits are in
//!   `bad_config_manymaps`, and that no value of it becomes another in the unit tests of
//!   `ocirun-init/src/seam.rs`.
//! - crun's `delegate-cgroup` and sub-cgroups of `exec`: `cgroup_path`, `annotations_do_nothing`.

mod caps;
mod cgroup;
mod config;
mod descriptors;
mod devices;
mod documents;
mod image;
mod images;
mod launched;
mod live;
mod neighbours;
mod overmounts;
mod paths;
mod peers;
mod proc;
mod programs;
mod races;
mod state;
mod terminal;
mod users;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bin::Done;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

/// A folder of the host beside the root filesystem, which no container may reach.
struct Victim(PathBuf);

impl Victim {
    fn new(bundle: &Bundle) -> Self {
        let dir = bundle.path().join("victim");
        std::fs::create_dir_all(&dir).expect("create the victim");
        Self(dir)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }

    /// Nothing was made in it and nothing is mounted on it.
    fn is_untouched(&self) {
        let found: Vec<_> = std::fs::read_dir(&self.0).expect("read the victim").flatten().collect();
        assert!(found.is_empty(), "made on the host: {found:?}");
        let mounts = std::fs::read_to_string("/proc/self/mounts").expect("mounts");
        assert!(!mounts.contains(self.path()), "mounted on the host: {mounts}");
    }
}

/// Links that lead from the top of the root filesystem to `victim` if they are followed on the
/// host: by its whole name, and upwards.
fn ways_out(victim: &Victim) -> [String; 2] {
    [victim.path().to_string(), format!("../../../../../../../..{}", victim.path())]
}

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

fn run(id: &str, bundle: &Bundle) -> Done {
    Runtime::new().run(&["run", "--bundle", path(bundle), id])
}

fn add_mount(config: &mut Value, mount: Value) {
    config["mounts"].as_array_mut().expect("mounts").push(mount);
}

fn drop_mounts(config: &mut Value, below: &str) {
    let keep = |m: &Value| !Path::new(m["destination"].as_str().expect("a path")).starts_with(below);
    config["mounts"].as_array_mut().expect("mounts").retain(keep);
}

fn drop_namespace(config: &mut Value, kind: &str) {
    config["linux"]["namespaces"].as_array_mut().expect("namespaces").retain(|n| n["type"] != kind);
}

/// Gives the program these capabilities, as config.json mostly does: nothing inheritable.
fn set_caps(config: &mut Value, caps: &[&str]) {
    let sets = ["bounding", "effective", "permitted"];
    config["process"]["capabilities"] =
        sets.iter().map(|set| (set.to_string(), json!(caps))).collect::<serde_json::Map<_, _>>().into();
}

/// How the rounds of a race ended.
#[derive(Debug, Default)]
struct Tally {
    rounds: usize,
    made: usize,
    /// What was said where no container was made, and how often.
    refused: std::collections::BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, done: Done) {
        self.rounds += 1;
        match done.code {
            0 => self.made += 1,
            _ => *self.refused.entry(done.stderr.trim().to_owned()).or_default() += 1,
        }
    }

    /// There was a race: the names were swapped all the while, and containers were made.
    fn end(&self, name: &str, swapper: Swapper) {
        let swaps = swapper.stop();
        eprintln!(
            "{name}: {} rounds, {} made, {swaps} swaps, refused: {:?}",
            self.rounds, self.made, self.refused
        );
        assert!(swaps > self.rounds && self.made > 0, "{name}: no race: {swaps} swaps, {self:?}");
    }

    /// Refusals for any other reason than these.
    fn spurious(&self, reasons: &[&str]) -> Vec<&String> {
        self.refused.keys().filter(|said| !reasons.iter().any(|reason| said.contains(reason))).collect()
    }
}

/// Repeats `round` for as long as a race may take; how often it ran.
fn race(mut round: impl FnMut(usize)) -> usize {
    let seconds = std::env::var("CTRD_RACE_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(3);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut rounds = 0;
    while Instant::now() < end {
        round(rounds);
        rounds += 1;
    }
    rounds
}

/// Swaps two names of one directory until it is dropped.
pub struct Swapper {
    stop: std::sync::Arc<std::sync::atomic::AtomicBool>,
    thread: Option<std::thread::JoinHandle<usize>>,
}

impl Swapper {
    pub fn new(one: PathBuf, other: PathBuf) -> Self {
        use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
        use std::sync::atomic::Ordering::Relaxed;
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut count = 0;
            while !seen.load(Relaxed) {
                renameat2(AT_FDCWD, &one, AT_FDCWD, &other, RenameFlags::RENAME_EXCHANGE).expect("exchange");
                count += 1;
            }
            count
        });
        Self { stop, thread: Some(thread) }
    }

    /// How often it swapped.
    pub fn stop(mut self) -> usize {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        self.thread.take().expect("a thread").join().expect("it swapped")
    }
}

impl Drop for Swapper {
    fn drop(&mut self) {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
