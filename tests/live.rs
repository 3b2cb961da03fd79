//! What is added to a container that runs, and taken away again: mounts and devices.

mod devices;
mod mounts;

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::bin::{self, Done};
use crate::fixture::Bundle;
use crate::mounts::{own, user_namespace};
use crate::runtime::Runtime;

/// A container that sleeps, with a user namespace of its own or without.
pub struct Live {
    pub runtime: Runtime,
    pub bundle: Bundle,
    pub id: &'static str,
}

impl Live {
    pub fn new(id: &'static str, user: bool, edit: impl FnOnce(&mut Value)) -> Self {
        let live = Self::created(id, user, edit);
        live.runtime.run(&["start", id]).ok();
        live
    }

    /// One with pipes as standard streams, which CRIU can take along; their other ends are the child's.
    pub fn with_pipes(id: &'static str) -> (Self, std::process::Child) {
        let (runtime, bundle) = (
            Runtime::new(),
            Bundle::new(&["sleep", "3000"], |c| {
                c["root"]["readonly"] = false.into();
            }),
        );
        let mut create = runtime.command(&["create", "--bundle", bundle.path().to_str().unwrap(), id]);
        let piped = std::process::Stdio::piped;
        let mut child = create.stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
        // Not `wait`, which closes the input.
        while child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        runtime.run(&["start", id]).ok();
        (Self { runtime, bundle, id }, child)
    }

    /// One that was not started yet.
    pub fn created(id: &'static str, user: bool, edit: impl FnOnce(&mut Value)) -> Self {
        let runtime = Runtime::new();
        let bundle = Bundle::new(&["sleep", "3000"], |c| {
            c["root"]["readonly"] = false.into();
            if user {
                user_namespace(c);
            }
            edit(c);
        });
        if user {
            own(&bundle);
        }
        runtime.create(id, bundle.path());
        Self { runtime, bundle, id }
    }

    /// What a script in the container prints, and its status.
    pub fn sh(&self, script: &str) -> Done {
        self.runtime.run(&["exec", self.id, "sh", "-c", script])
    }

    pub fn mounts(&self, action: &str, list: &Value) -> Done {
        let mut command = self.runtime.command(&["mounts", action, self.id, "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("run ocirun");
        child.stdin.take().expect("stdin").write_all(list.to_string().as_bytes()).expect("write");
        bin::done(&child.wait_with_output().expect("it ends"))
    }

    pub fn listed(&self) -> Value {
        serde_json::from_str(&self.runtime.run(&["mounts", "list", self.id]).ok()).expect("JSON")
    }

    pub fn update(&self, flags: &[&str]) -> Done {
        self.runtime.run(&[&["update"], flags, &[self.id]].concat())
    }

    pub fn pid(&self) -> i64 {
        self.runtime.state(self.id)["pid"].as_i64().expect("a pid")
    }

    /// The lines of its mountinfo that are of mounts at or below a place.
    pub fn mounted(&self, at: &str) -> Vec<String> {
        let text = std::fs::read_to_string(format!("/proc/{}/mountinfo", self.pid())).expect("mountinfo");
        let below = format!("{at}/");
        let is = |line: &&str| {
            let place = line.split(' ').nth(4).unwrap_or_default();
            place == at || place.starts_with(&below)
        };
        text.lines().filter(is).map(str::to_owned).collect()
    }
}
