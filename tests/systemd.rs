//! `--systemd-cgroup` with a real systemd: the container's cgroup is a scope that systemd knows, with
//! its limits, for root through the system's manager and for an ordinary user through their own.
//! Needs a machine (`tests/vm`).

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::bin::{self, Done};
use crate::fixture::Bundle;
use crate::rootless::User;
use crate::runtime::{Runtime, wait_exit};
use crate::traces;

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

/// A property of a unit as systemd tells it.
fn show(unit: &str, property: &str) -> String {
    let out = bin::run(Command::new("systemctl").args(["show", "--value", "-p", property, unit])).ok();
    out.trim().to_string()
}

fn run(runtime: &Runtime, args: &[&str]) -> Done {
    runtime.run(&[&["--systemd-cgroup"], args].concat())
}

/// A container that lives on: its streams are no pipe that the test would wait for.
fn start(runtime: &Runtime, bundle: &Bundle, id: &str) {
    let log = runtime.root.path().join("start.log");
    let file = std::fs::File::create(&log).expect("create the log");
    let mut command = runtime.command(&["--systemd-cgroup", "run", "-d", "--bundle", path(bundle), id]);
    let status = command.stdout(Stdio::null()).stderr(file).status().expect("run ocirun");
    assert!(status.success(), "{}", std::fs::read_to_string(&log).unwrap_or_default());
}

/// A bundle that sleeps in `slice:prefix:name`, with limits.
fn sleeper(cgroup: &str) -> Bundle {
    Bundle::new(&["sleep", "3000"], |c| {
        c["linux"]["cgroupsPath"] = json!(cgroup);
        c["linux"]["resources"] = json!({
            "memory": {"limit": 67108864},
            "cpu": {"shares": 512, "quota": 50000, "period": 100000},
            "pids": {"limit": 77},
        });
    })
}

#[test]
fn the_cgroup_is_a_scope_with_its_limits() {
    if !bin::machine() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = sleeper("system.slice:it-sd:one");
    start(&runtime, &bundle, "it-sd-one");
    let unit = "it-sd-one.scope";
    assert_eq!(show(unit, "ActiveState"), "active");
    assert_eq!(show(unit, "Slice"), "system.slice");
    assert_eq!(show(unit, "MemoryMax"), "67108864");
    assert_eq!(show(unit, "TasksMax"), "77");
    assert_eq!(show(unit, "CPUQuotaPerSecUSec"), "500ms");
    assert_eq!(show(unit, "Delegate"), "yes");
    let dir = Path::new("/sys/fs/cgroup/system.slice/it-sd-one.scope");
    let read = |file: &str| std::fs::read_to_string(dir.join(file)).expect("a file of the cgroup");
    assert_eq!(
        (read("memory.max"), read("pids.max"), read("cpu.max")),
        ("67108864\n".into(), "77\n".into(), "50000 100000\n".into())
    );
    assert_eq!(run(&runtime, &["exec", "it-sd-one", "cat", "/proc/self/cgroup"]).ok(), "0::/\n");

    run(&runtime, &["update", "--memory", "134217728", "--pids-limit", "99", "it-sd-one"]).ok();
    assert_eq!((show(unit, "MemoryMax"), show(unit, "TasksMax")), ("134217728".into(), "99".into()));
    assert_eq!((read("memory.max"), read("pids.max")), ("134217728\n".into(), "99\n".into()));
    // What systemd sets again by itself stays what was asked for.
    bin::run(Command::new("systemctl").arg("daemon-reload")).ok();
    assert_eq!((read("memory.max"), read("pids.max")), ("134217728\n".into(), "99\n".into()));

    run(&runtime, &["pause", "it-sd-one"]).ok();
    assert_eq!(runtime.state("it-sd-one")["status"], "paused");
    run(&runtime, &["resume", "it-sd-one"]).ok();
    let pid = runtime.state("it-sd-one")["pid"].as_i64().expect("a pid");
    run(&runtime, &["kill", "it-sd-one", "KILL"]).ok();
    wait_exit(pid);
    run(&runtime, &["delete", "it-sd-one"]).ok();
    assert_eq!(show(unit, "LoadState"), "not-found");
    traces::none_of(&["it-sd-one", path(&bundle)]);
}

#[test]
fn a_slice_of_the_containers_own_and_properties_by_annotation() {
    if !bin::machine() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = sleeper("it-outer-inner.slice:it-sd:two");
    bundle.edit(|c| {
        c["annotations"] = json!({
            "org.systemd.property.Description": "'a container of the tests'",
            "org.systemd.property.TimeoutStopUSec": "uint64 7000000",
        });
    });
    start(&runtime, &bundle, "it-sd-two");
    let unit = "it-sd-two.scope";
    assert_eq!(show(unit, "Slice"), "it-outer-inner.slice");
    assert_eq!(show(unit, "Description"), "a container of the tests");
    assert_eq!(show(unit, "TimeoutStopUSec"), "7s");
    assert!(
        Path::new("/sys/fs/cgroup/it.slice/it-outer.slice/it-outer-inner.slice/it-sd-two.scope").is_dir()
    );
    run(&runtime, &["delete", "--force", "it-sd-two"]).ok();
    assert_eq!(show(unit, "LoadState"), "not-found");
    bin::run(Command::new("systemctl").args(["stop", "it.slice"])).ok();
}

#[test]
fn what_ends_by_itself_or_by_systemd_is_gone_from_both() {
    if !bin::machine() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = sleeper("system.slice:it-sd:three");
    bundle.edit(|c| c["process"]["args"] = json!(["sh", "-c", "exit 5"]));
    assert_eq!(run(&runtime, &["run", "--bundle", path(&bundle), "it-sd-three"]).code, 5);
    assert_eq!(show("it-sd-three.scope", "LoadState"), "not-found");
    bundle.edit(|c| c["process"]["args"] = json!(["sleep", "3000"]));
    start(&runtime, &bundle, "it-sd-three");
    let pid = runtime.state("it-sd-three")["pid"].as_i64().expect("a pid");
    bin::run(Command::new("systemctl").args(["kill", "--signal=KILL", "it-sd-three.scope"])).ok();
    wait_exit(pid);
    assert_eq!(runtime.state("it-sd-three")["status"], "stopped");
    run(&runtime, &["delete", "it-sd-three"]).ok();
    traces::none_of(&["it-sd-three", path(&bundle)]);
}

#[test]
fn a_wrong_path_is_an_error_that_names_the_form() {
    if !bin::machine() {
        return;
    }
    let runtime = Runtime::new();
    let bundle = sleeper("/not/of/systemd");
    let line = run(&runtime, &["run", "--bundle", path(&bundle), "it-sd-wrong"]).fails(1);
    assert!(line.contains("slice:prefix:name"), "{line}");
    traces::none_of(&["it-sd-wrong", path(&bundle)]);
}

/// An ordinary user with a manager of their own, which has the controllers from systemd.
#[test]
fn an_ordinary_user_asks_their_own_manager() {
    if !bin::machine() {
        return;
    }
    let user = User::named("dev");
    bin::run(Command::new("loginctl").args(["enable-linger", "dev"])).ok();
    bin::run(Command::new("systemctl").args(["start", "user@1000.service"])).ok();
    let bundle = user.bundle(&["sleep", "3000"], |c| {
        c["linux"]["cgroupsPath"] = json!("user.slice:it-sd:user");
        c["linux"]["resources"] = json!({"memory": {"limit": 67108864}, "pids": {"limit": 77}});
    });
    let ocirun = |args: &[&str]| {
        let mut command = Command::new("runuser");
        command.args(["-u", "dev", "--", "env", "XDG_RUNTIME_DIR=/run/user/1000"]);
        command.arg("DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus");
        command.args(["systemd-run", "--user", "--quiet", "--pipe", "--wait", "--collect"]);
        // What is created lives on, and must not hold the pipes.
        if args[0] == "create" {
            command.args(["sh", "-c", "exec \"$@\" >/dev/null 2>/tmp/it-sd-user.log", "sh"]);
        }
        command.arg(bin::path("ocirun")).arg("--root").arg(user.state()).arg("--systemd-cgroup").args(args);
        bin::run(&mut command)
    };
    ocirun(&["create", "--bundle", path(&bundle), "it-sd-user"]).ok();
    ocirun(&["start", "it-sd-user"]).ok();
    let dir = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/it-sd-user.scope";
    let read = |file: &str| std::fs::read_to_string(Path::new(dir).join(file)).expect("a file of the cgroup");
    assert_eq!((read("memory.max"), read("pids.max")), ("67108864\n".into(), "77\n".into()));
    assert_eq!(ocirun(&["exec", "it-sd-user", "id", "-u"]).ok(), "0\n");
    ocirun(&["update", "--pids-limit", "99", "it-sd-user"]).ok();
    assert_eq!(read("pids.max"), "99\n");
    ocirun(&["pause", "it-sd-user"]).ok();
    assert!(ocirun(&["state", "it-sd-user"]).ok().contains("paused"));
    ocirun(&["resume", "it-sd-user"]).ok();
    ocirun(&["delete", "--force", "it-sd-user"]).ok();
    assert!(!Path::new(dir).exists(), "the scope is gone");
    traces::none_of(&["it-sd-user.scope"]);
}
