//! `ctrd-shim` by hand: what `start` promises, and what is there when it has answered.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use ctrd_shim::any::{self, OCI_FEATURES};
use ctrd_shim::api::bootstrap::{BootstrapParams, BootstrapResult, Extension};
use ctrd_shim::api::runc;
use ctrd_shim::api::types::RuntimeInfo;
use prost::Message;
use serde_json::{Value, json};

use super::driver;
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
    let done = start(bundle.path(), "it-oneline");
    assert_eq!(done.stderr, "");
    let line = done.ok();
    assert_eq!(line.lines().count(), 1, "{line:?}");
    let reply: Value = serde_json::from_str(&line).expect("JSON");
    assert!(reply["version"] == 2 || reply["version"] == 3, "{reply}");
    assert_eq!(reply["protocol"], "ttrpc");
    let socket = reply["address"].as_str().unwrap().strip_prefix("unix://").expect("a path").to_string();
    UnixStream::connect(&socket).expect("an address that was printed can be connected to");

    let found: Vec<_> =
        traces::processes().filter(|(_, l)| l.contains("ctrd-shim") && l.contains("it-oneline")).collect();
    let [(pid, command)] = &found[..] else { panic!("start has exited, one shim stays: {found:?}") };
    assert!(
        command.ends_with(&format!(
            "-namespace it -id it-oneline -address {}/ctrd.sock",
            bundle.path().display()
        )),
        "{command}"
    );
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    assert_eq!(fields[1], "1", "orphaned to PID 1");
    assert_eq!(fields[2], pid.to_string(), "its own process group");

    // The same id again is the same shim: no second one.
    let again: Value = serde_json::from_str(&start(bundle.path(), "it-oneline").ok()).unwrap();
    assert_eq!(again["address"], reply["address"]);

    use std::os::unix::fs::PermissionsExt;
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(Path::new(&socket)), 0o600);
    // The folder may have been made by containerd's own shim, as 0600.
    assert_eq!(mode(Path::new(&socket).parent().unwrap()) & 0o077, 0);
    delete(bundle.path(), "it-oneline");
    assert!(!Path::new(&socket).exists(), "the socket went with the shim");
    traces::none_of(&["it-oneline"]);
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

/// `command` with these bytes on its stdin; what it prints.
fn told(mut command: Command, input: &[u8]) -> Vec<u8> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("run ctrd-shim");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).expect("write stdin");
    let output = child.wait_with_output().expect("its output");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    output.stdout
}

/// The one shim whose command line has this word, with that line.
fn shim_of(word: &str) -> (u32, String) {
    let found: Vec<_> =
        traces::processes().filter(|(_, l)| l.contains("ctrd-shim") && l.contains(word)).collect();
    let [(pid, line)] = &found[..] else { panic!("one shim: {found:?}") };
    (*pid, line.clone())
}

#[test]
fn bootstrap_parameters_are_answered_in_kind() {
    let bundle = Bundle::new(&["true"], |_| {});
    let dir = crate::caller::folder();
    let group = "it-params-group";
    for hierarchy in groups() {
        std::fs::create_dir(hierarchy.join(group)).unwrap();
    }
    let options = runc::Options { shim_cgroup: format!("/{group}"), ..Default::default() };
    let mut params = BootstrapParams {
        instance_id: "it-params".into(),
        namespace: "it".into(),
        log_level: -4,
        containerd_ttrpc_address: dir.path().join("events").display().to_string(),
        extensions: vec![Extension { value: Some(any::pack(&options)) }],
        socket_dir: Some(dir.path().join("s").display().to_string()),
        ..Default::default()
    };
    let start = || {
        let mut command = driver::command(bundle.path(), dir.path(), "it-params");
        command.arg("start");
        command
    };
    let reply = BootstrapResult::decode(&*told(start(), &params.encode_to_vec())).expect("protobuf");
    assert_eq!((reply.version, reply.protocol.as_str()), (3, "ttrpc"));
    assert!(reply.address.starts_with(&format!("unix://{}/s/", dir.path().display())), "{}", reply.address);
    UnixStream::connect(reply.address.strip_prefix("unix://").unwrap()).expect("a shim");
    let (pid, line) = shim_of("it-params");
    assert!(line.ends_with(" -debug"), "{line}");
    let environment = std::fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    assert!(environment.contains(&format!("TTRPC_ADDRESS={}", params.containerd_ttrpc_address)));
    let membership = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    assert!(membership.contains(&format!("/{group}\n")), "{membership}");

    // Meant for another: not understood as parameters, so the environment decides.
    params.instance_id = "another".into();
    params.socket_dir = None;
    let json = String::from_utf8(told(start(), &params.encode_to_vec())).unwrap();
    assert!(json.starts_with("{\"version\":3,"), "{json}");
    let pids: Vec<_> = traces::processes().filter(|(_, l)| l.contains("-id it-params ")).collect();
    assert_eq!(pids.len(), 2, "that one has the socket in the usual folder: {pids:?}");
    for (pid, _) in pids {
        bin::run(Command::new("kill").arg(pid.to_string())).ok();
        crate::runtime::wait_exit(pid.into());
    }
    for hierarchy in groups() {
        std::fs::remove_dir(hierarchy.join(group)).unwrap();
    }
    traces::none_of(&["it-params"]);
}

/// Where the hierarchies are mounted.
fn groups() -> Vec<std::path::PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let lines = mounts.lines().map(|l| l.split(' ').collect::<Vec<_>>());
    lines.filter(|l| l[2].starts_with("cgroup") && !l[3].contains("cpuset")).map(|l| l[1].into()).collect()
}

#[test]
fn options_alone_on_stdin_are_of_an_older_caller() {
    let bundle = Bundle::new(&["true"], |_| {});
    let dir = crate::caller::folder();
    let options = runc::Options { shim_cgroup: "/it-nosuch-group".into(), ..Default::default() };
    let mut start = driver::command(bundle.path(), dir.path(), "it-older");
    start.env("MAX_SHIM_VERSION", "2").arg("start");
    start.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = start.spawn().unwrap();
    let input = any::pack(&options).encode_to_vec();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &input).unwrap();
    let refused = bin::done(&child.wait_with_output().unwrap()).fails(1);
    assert_eq!(refused, "ctrd-shim: join the cgroup /it-nosuch-group: No such file or directory");
    traces::none_of(&["it-older"]);
    let options = runc::Options::default();
    let mut start = driver::command(bundle.path(), dir.path(), "it-older");
    start.env("MAX_SHIM_VERSION", "2").arg("start");
    let json = String::from_utf8(told(start, &any::pack(&options).encode_to_vec())).unwrap();
    assert!(json.starts_with("{\"version\":2,"), "{json}");
    delete_of(bundle.path(), dir.path(), "it-older");
}

fn delete_of(bundle: &Path, dir: &Path, id: &str) {
    let (pid, _) = shim_of(&format!("-id {id} "));
    bin::run(Command::new("kill").arg(pid.to_string())).ok();
    crate::runtime::wait_exit(pid.into());
    bin::run(driver::command(bundle, dir, id).arg("delete")).ok();
    traces::none_of(&[id]);
}

#[test]
fn the_shim_is_killed_for_memory_before_its_caller() {
    let bundle = Bundle::new(&["true"], |_| {});
    let dir = crate::caller::folder();
    let mut start = Command::new("sh");
    let shim = bin::path("ctrd-shim").display().to_string();
    let line = format!(
        "echo 300 >/proc/$$/oom_score_adj; {shim} -namespace it -id it-score -address {} start; exit",
        dir.path().join("c.sock").display()
    );
    bin::run(start.args(["-c", &line]).current_dir(bundle.path()).env_remove("NOTIFY_SOCKET")).ok();
    let (pid, _) = shim_of("it-score");
    assert_eq!(std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap(), "301\n");
    delete_of(bundle.path(), dir.path(), "it-score");
}

#[test]
fn sched_core_gives_the_shim_a_core_group_of_its_own() {
    let bundle = Bundle::new(&["true"], |_| {});
    let dir = crate::caller::folder();
    let mut start = driver::command(bundle.path(), dir.path(), "it-core");
    std::os::unix::process::CommandExt::process_group(start.env("SCHED_CORE", "1").arg("start"), 0);
    let done = bin::run(&mut start);
    if done.code != 0 {
        // No simultaneous multithreading, or a kernel without it.
        assert!(done.stderr.starts_with("ctrd-shim: ask for core scheduling: "), "{done:?}");
        return bin::skip("the kernel has no core scheduling here");
    }
    delete_of(bundle.path(), dir.path(), "it-core");
}

#[test]
fn what_the_runtime_can_do() {
    let mut info = bin::command("ctrd-shim");
    info.arg("-info");
    let options =
        runc::Options { binary_name: bin::path("ocirun").display().to_string(), ..Default::default() };
    let given = any::pack(&options);
    let answer = RuntimeInfo::decode(&*told(info, &given.encode_to_vec())).expect("protobuf");
    assert_eq!(answer.name, "io.containerd.runc.v2");
    assert_eq!(answer.options, Some(given));
    let features = answer.features.expect("features");
    assert_eq!(features.type_url, OCI_FEATURES);
    let features: Value = serde_json::from_slice(&features.value).expect("JSON");
    assert!(features["ociVersionMax"].is_string(), "{features}");
    let version = bin::run(bin::command("ctrd-shim").arg("-v")).ok();
    assert_eq!(version, format!("ctrd-shim {}\n", answer.version.unwrap().version));
}

#[test]
fn what_cannot_start_is_told_in_one_line() {
    let bundle = Bundle::new(&["true"], |c| c["annotations"] = json!({"io.kubernetes.cri.sandbox-id": "p"}));
    let start = |args: &[&str]| bin::run(bin::command("ctrd-shim").args(args).current_dir(bundle.path()));
    for (args, want) in [
        (&["-id", "it-nostart", "start"][..], "ctrd-shim: shim namespace cannot be empty"),
        (&["-namespace", "it", "-id", "a/b", "start"], "ctrd-shim: start \"a/b\": not a name"),
        (&["-namespace", "it", "-id", "it-nostart"], "ctrd-shim: take the listening socket, descriptor 3: "),
    ] {
        let line = start(args).fails(1);
        assert!(line.starts_with(want), "{line}");
    }
    std::fs::write(bundle.path().join("config.json"), "{").unwrap();
    let line = start(&["-namespace", "it", "-id", "it-nostart", "start"]).fails(1);
    assert!(line.starts_with("ctrd-shim: parse config.json: "), "{line}");
    traces::none_of(&["it-nostart"]);
}

/// What operators send to a shim to see what it is at; and it lives on.
#[test]
fn a_signal_makes_it_tell_its_state() {
    let shim = driver::Driven::new("it-usr1", &["sleep", "3000"]);
    let reader = std::fs::File::open(shim.bundle.path().join("log")).unwrap();
    let pid = shim.create();
    let signal = nix::sys::signal::Signal::SIGUSR1;
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(shim.pid as i32), signal).unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(reader));
    let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let want = format!("it-usr1 : Created, pid {pid}, 0 streams, 0 waiting");
    assert_eq!(
        (&line["level"], &line["msg"], &line["id"]),
        (&json!("info"), &json!(want), &json!("it-usr1"))
    );
    shim.start("");
}
