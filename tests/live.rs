//! What is added to a container that runs, and taken away again: mounts and devices.

mod devices;
mod mounts;

use std::io::Write;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bin::{self, Done};
use crate::fixture::Bundle;
use crate::mounts::{own, user_namespace};
use crate::runtime::Runtime;

/// Runs a command to its end, with pipes as standard streams, whose other ends come back.
pub fn piped(command: &mut Command) -> [OwnedFd; 3] {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("run ocirun");
    let pipe = "a pipe";
    let ends = [
        child.stdin.take().expect(pipe).into(),
        child.stdout.take().expect(pipe).into(),
        child.stderr.take().expect(pipe).into(),
    ];
    let status = child.wait().expect("it ends");
    assert!(status.success(), "{command:?}: {status}");
    ends
}

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

    /// One with pipes as standard streams, which CRIU can take along, and their other ends.
    /// Its process reads: CRIU has a sleep interrupted, at which not every `sleep` sleeps on.
    pub fn with_pipes(id: &'static str) -> (Self, [OwnedFd; 3]) {
        let (runtime, bundle) = (
            Runtime::new(),
            Bundle::new(&["sh", "-c", "read -r line"], |c| {
                c["root"]["readonly"] = false.into();
            }),
        );
        let ends = piped(&mut runtime.command(&["create", "--bundle", bundle.path().to_str().unwrap(), id]));
        runtime.run(&["start", id]).ok();
        (Self { runtime, bundle, id }, ends)
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
