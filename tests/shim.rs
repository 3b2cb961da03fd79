//! `ctrd-shim` by hand: what `start` promises, and what is there when it has answered.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::bin::{self, Done};
use crate::fixture::Bundle;
use crate::traces;

/// `ctrd-shim … start` in a bundle, as a script calls it.
fn start(bundle: &Path, id: &str) -> Done {
    let mut command = bin::command("ctrd-shim");
    command.args(["-namespace", "it", "-id", id, "-address"]).arg(bundle.join("ctrd.sock")).arg("start");
    bin::run(command.current_dir(bundle))
}

/// Ends a shim that has no container, and reads what `delete` prints.
fn delete(bundle: &Path, id: &str) {
    let pid = traces::processes().find(|(_, l)| l.contains("ctrd-shim") && l.contains(&format!("-id {id} ")));
    if let Some((pid, _)) = pid {
        bin::run(Command::new("kill").arg(pid.to_string())).ok();
        crate::runtime::wait_exit(pid.into());
    }
    let mut command = bin::command("ctrd-shim");
    command.args(["-namespace", "it", "-id", id, "-address"]).arg(bundle.join("ctrd.sock")).arg("delete");
    bin::run(command.current_dir(bundle)).ok();
}

#[test]
fn start_prints_one_line_that_can_be_connected_to_at_once() {
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    let done = start(bundle.path(), "it-shim");
    assert_eq!(done.stderr, "");
    let line = done.ok();
    assert_eq!(line.lines().count(), 1, "{line:?}");
    let reply: Value = serde_json::from_str(&line).expect("JSON");
    assert!(reply["version"] == 2 || reply["version"] == 3, "{reply}");
    assert_eq!(reply["protocol"], "ttrpc");
    let socket = reply["address"].as_str().unwrap().strip_prefix("unix://").expect("a path").to_string();
    UnixStream::connect(&socket).expect("an address that was printed can be connected to");

    let found: Vec<_> =
        traces::processes().filter(|(_, l)| l.contains("ctrd-shim") && l.contains("it-shim")).collect();
    let [(pid, command)] = &found[..] else { panic!("start has exited, one shim stays: {found:?}") };
    assert!(
        command
            .ends_with(&format!("-namespace it -id it-shim -address {}/ctrd.sock", bundle.path().display())),
        "{command}"
    );
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    assert_eq!(fields[1], "1", "orphaned to PID 1");
    assert_eq!(fields[2], pid.to_string(), "its own process group");

    // The same id again is the same shim: no second one.
    let again: Value = serde_json::from_str(&start(bundle.path(), "it-shim").ok()).unwrap();
    assert_eq!(again["address"], reply["address"]);

    use std::os::unix::fs::PermissionsExt;
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(Path::new(&socket)), 0o600);
    // The folder may have been made by containerd's own shim, as 0600.
    assert_eq!(mode(Path::new(&socket).parent().unwrap()) & 0o077, 0);
    delete(bundle.path(), "it-shim");
    assert!(!Path::new(&socket).exists(), "the socket went with the shim");
    traces::none_of(&["it-shim"]);
}

#[test]
fn callers_of_every_age_are_answered_in_their_own_form() {
    let bundle = Bundle::new(&["true"], |_| {});
    let address = bundle.path().join("ctrd.sock");
    let call = |env: &[(&str, &str)]| {
        let mut command = bin::command("ctrd-shim");
        command.args(["-namespace", "it", "-id", "it-ages", "-address"]).arg(&address).arg("start");
        command.current_dir(bundle.path()).envs(env.iter().copied());
        bin::run(&mut command).ok()
    };
    let v17 = call(&[("MAX_SHIM_VERSION", "2"), ("TTRPC_ADDRESS", "/x"), ("GRPC_ADDRESS", "/x")]);
    assert!(v17.contains("\"version\":2"), "{v17}");
    let v16 = call(&[("TTRPC_ADDRESS", "/x")]);
    assert!(v16.starts_with("unix:///"), "containerd 1.6 takes the bare address: {v16}");
    let shell = call(&[]);
    assert!(shell.contains("\"version\":3"), "{shell}");
    delete(bundle.path(), "it-ages");
}
