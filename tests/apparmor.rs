//! AppArmor: a profile that is loaded holds for the container's process and for what is executed in
//! it; one that is not is an error that leaves nothing. Needs a machine (`tests/vm`).

use std::process::Command;

use serde_json::{Value, json};

use crate::bin::{self, Done};
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;
use crate::traces;

/// A profile that lets everything be but a write to /tmp/forbidden; it is unloaded at the end.
struct Profile {
    name: &'static str,
    dir: tempfile::TempDir,
}

impl Profile {
    fn load(name: &'static str) -> Self {
        let profile = Self { name, dir: fixture::temp() };
        let text = format!(
            "profile {name} flags=(attach_disconnected,mediate_deleted) {{\n  file,\n  capability,\n  network,\n  \
             mount,\n  umount,\n  signal,\n  ptrace,\n  unix,\n  deny /tmp/forbidden w,\n}}\n"
        );
        std::fs::write(profile.dir.path().join("profile"), text).expect("write the profile");
        profile.parser("--replace").ok();
        profile
    }

    fn parser(&self, verb: &str) -> Done {
        let mut command = Command::new("apparmor_parser");
        bin::run(command.args(["--skip-cache", verb]).arg(self.dir.path().join("profile")))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let done = self.parser("--remove");
        assert_eq!(done.code, 0, "unload {}: {}", self.name, done.stderr);
    }
}

/// Writes both files and says what its own profile is.
const SCRIPT: &str = "for f in allowed forbidden; do (echo x >/tmp/$f) 2>/dev/null && echo $f; done; \
                      cat /proc/self/attr/apparmor/current 2>/dev/null || cat /proc/self/attr/current";

fn bundle(args: &[&str], profile: Option<&str>) -> Bundle {
    Bundle::new(args, |c| {
        c["root"]["readonly"] = json!(false);
        if let Some(profile) = profile {
            c["process"]["apparmorProfile"] = json!(profile);
        }
    })
}

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

#[test]
fn a_profile_holds_for_the_containers_process() {
    if !bin::machine() {
        return;
    }
    let _profile = Profile::load("it-aa-run");
    let runtime = Runtime::new();
    let free = bundle(&["sh", "-c", SCRIPT], None);
    let out = runtime.run(&["run", "--bundle", path(&free), "it-aa-free"]).ok();
    assert!(out.starts_with("allowed\nforbidden\n"), "without a profile: {out}");
    let bound = bundle(&["sh", "-c", SCRIPT], Some("it-aa-run"));
    for no_new_privileges in [false, true] {
        bound.edit(|c| c["process"]["noNewPrivileges"] = json!(no_new_privileges));
        let out = runtime.run(&["run", "--bundle", path(&bound), "it-aa-bound"]).ok();
        assert_eq!(out, "allowed\nit-aa-run (enforce)\n", "no new privileges: {no_new_privileges}");
    }
}

#[test]
fn a_profile_holds_for_what_is_executed() {
    if !bin::machine() {
        return;
    }
    let _profile = Profile::load("it-aa-exec");
    let _other = Profile::load("it-aa-other");
    let runtime = Runtime::new();
    let bundle = bundle(&["sleep", "3000"], Some("it-aa-exec"));
    runtime.create("it-aa-joined", bundle.path());
    runtime.run(&["start", "it-aa-joined"]).ok();
    let exec =
        |args: &[&str]| runtime.run(&[&["exec"], args, &["it-aa-joined", "sh", "-c", SCRIPT]].concat()).ok();
    assert_eq!(exec(&[]), "allowed\nit-aa-exec (enforce)\n", "the container's own");
    assert_eq!(exec(&["--apparmor", "it-aa-other"]), "allowed\nit-aa-other (enforce)\n");
    let line = runtime.run(&["exec", "--apparmor", "it-aa-none", "it-aa-joined", "true"]).fails(255);
    assert!(line.contains("apparmor profile it-aa-none"), "{line}");
}

#[test]
fn a_profile_that_is_not_loaded_is_an_error_and_leaves_nothing() {
    if !bin::machine() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = bundle(&["true"], Some("it-aa-missing"));
    for verb in ["run", "create"] {
        let line = runtime.run(&[verb, "--bundle", path(&bundle), "it-aa-gone"]).fails(1);
        assert!(line.contains("apply apparmor profile it-aa-missing: "), "{line}");
        assert!(line.ends_with("no such file or directory"), "{line}");
        let list: Value = serde_json::from_str(&runtime.run(&["list", "--format", "json"]).ok()).unwrap();
        assert!(list.as_array().is_none_or(Vec::is_empty), "{list}");
    }
    traces::none_of(&["it-aa-gone", path(&bundle)]);
}

#[test]
fn an_unconfined_container_says_so() {
    if !bin::machine() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = bundle(&["sh", "-c", SCRIPT], Some("unconfined"));
    let out = runtime.run(&["run", "--bundle", path(&bundle), "it-aa-un"]).ok();
    assert_eq!(out, "allowed\nforbidden\nunconfined\n");
}
