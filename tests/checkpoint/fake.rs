//! What CRIU is asked, by a program in its place that speaks its protocol: it keeps the request, and fails
//! it, or starts a process that it says it restored.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Stdio;

use ocirun::criu::rpc::{Options, Request};
use prost::Message;
use serde_json::{Value, json};

use super::Lab;
use crate::{bin, fixture};

const FAKE: &str = r#"#!/usr/bin/env python3
import ctypes, os, signal, socket, sys
end = socket.socket(fileno=int(sys.argv[2]))
def number(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])
while True:
    message = end.recv(65536)
    if not message:
        break
    if message[:2] == b"\x08\x0a":
        end.send(b"\x08\x0a\x10\x01\x52\x04\x08\x04\x10\x01")
        continue
    with open(os.environ["IT_REQUEST"], "wb") as file:
        file.write(message)
    if "IT_RESTORES" not in os.environ:
        end.send(bytes([8, message[1], 16, 0, 56, 5]))
        continue
    # A process of whoever asked: CLONE_PARENT.
    pid = ctypes.CDLL(None).syscall(int(os.environ["IT_RESTORES"]), 0x8000 | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os.execvp("sleep", ["sleep", "3000"])
    inner = b"\x0a\x0cpost-restore\x10" + number(pid)
    end.send(b"\x08\x06\x10\x01\x2a" + number(len(inner)) + inner)
    end.recv(65536)
    end.send(b"\x08\x02\x10\x01")
"#;

/// `ocirun` with that program in CRIU's place.
fn with_fake(lab: &Lab, args: &[&str]) -> std::process::Command {
    let folder = lab.path("fake");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(lab.path("images")).unwrap();
    let program = folder.join("criu");
    // By a shell: what this test writes itself others of its threads may hold open while it is executed.
    let copy = "printf %s \"$2\" >\"$1\"; chmod +x \"$1\"";
    bin::run(std::process::Command::new("sh").args(["-c", copy, "sh"]).arg(&program).arg(FAKE)).ok();
    assert_eq!(program.metadata().unwrap().permissions().mode() & 0o100, 0o100);
    let mut command = lab.runtime.command(args);
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    command.env("PATH", path).env("IT_REQUEST", lab.path("request"));
    command
}

fn asked(lab: &Lab) -> Options {
    let bytes = std::fs::read(lab.path("request")).expect("CRIU was asked");
    Request::decode(&bytes[..]).expect("a request").options.expect("options")
}

fn restore_args<'a>(bundle: &'a str, images: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["restore", "--bundle", bundle, "--image-path", images, "--detach"], more].concat()
}

fn mounts(options: &Options) -> Vec<(String, String)> {
    options.external_mounts.iter().map(|m| (m.key.clone(), m.value.clone())).collect()
}

fn write(dir: &Path, name: &str, text: &Value) {
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join(name), text.to_string()).unwrap();
}

#[test]
fn restore_passes_on_what_is_criu_s() {
    if !bin::peer("python3") {
        return;
    }
    let lab = Lab::new("it-fk-flags", |_| {});
    write(&lab.path("images"), "descriptors.json", &json!(["", "", ""]));
    let (bundle, images) = (lab.bundle.path().to_str().unwrap().to_owned(), lab.text("images"));
    let flags =
        ["--lsm-profile", "apparmor:other", "--lsm-mount-context", "system_u:object_r:x", "--tcp-close"];
    let args = restore_args(&bundle, &images, &[&flags[..], &[lab.id]].concat());
    let line = bin::run(&mut with_fake(&lab, &args)).fails(1);
    assert!(line.contains("criu failed: type RESTORE errno 5"), "{line}");
    let options = asked(&lab);
    assert_eq!(options.lsm_profile.as_deref(), Some("apparmor:other"));
    assert_eq!(options.lsm_mount_context.as_deref(), Some("system_u:object_r:x"));
    assert_eq!((options.tcp_close, options.restore_sibling), (Some(true), Some(true)));
    lab.gone();

    let args = restore_args(&bundle, &images, &[lab.id]);
    bin::run(&mut with_fake(&lab, &args)).fails(1);
    let options = asked(&lab);
    assert_eq!((options.lsm_profile, options.lsm_mount_context, options.tcp_close), (None, None, None));
    lab.gone();
}

/// Where the processor has no shares to give, a restore says so as a create does, and asks nothing.
#[test]
fn shares_of_caches_are_had_or_refused() {
    if !bin::peer("python3") {
        return;
    }
    let lab = Lab::new("it-fk-rdt", |c| c["linux"]["intelRdt"] = json!({"l3CacheSchema": "L3:0=f"}));
    if ocirun::rdt::mount().is_ok() {
        return bin::skip("shares_of_caches_are_had_or_refused: this machine has them");
    }
    write(&lab.path("images"), "descriptors.json", &json!(["", "", ""]));
    let (bundle, images) = (lab.bundle.path().to_str().unwrap().to_owned(), lab.text("images"));
    let line = bin::run(&mut with_fake(&lab, &restore_args(&bundle, &images, &[lab.id]))).fails(1);
    assert!(line.contains("intelRdt is specified in config, but Intel RDT is not enabled"), "{line}");
    assert!(!lab.path("request").exists());
    lab.gone();
}

/// What was added to a container is known to CRIU on both sides, and so is its notify socket.
#[test]
fn what_was_added_is_saved_and_restored() {
    if !bin::peer("python3") {
        return;
    }
    let lab = Lab::new("it-fk-added", |c| {
        c["process"]["args"] = json!(["sleep", "3000"]);
        c["root"]["readonly"] = json!(false);
    });
    let host = lab.path("host.sock");
    let socket = UnixDatagram::bind(&host).unwrap();
    let bundle = lab.bundle.path().to_str().unwrap().to_owned();
    let mut create = lab.runtime.command(&["create", "--bundle", &bundle, lab.id]);
    create.env("NOTIFY_SOCKET", &host).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(create.status().unwrap().success());
    lab.runtime.run(&["start", lab.id]).ok();
    let list = lab.text("list.json");
    let added = json!([{"destination": "/data", "source": lab.path("images"), "options": ["bind"]}]);
    std::fs::create_dir_all(lab.path("images")).unwrap();
    std::fs::write(&list, added.to_string()).unwrap();
    lab.runtime.run(&["mounts", "add", lab.id, &list]).ok();
    lab.runtime.run(&["update", "--device-add", "/dev/full:/dev/it-fakefull", lab.id]).ok();
    let (images, work) = (lab.text("images"), lab.text("work"));
    let args = ["checkpoint", "--image-path", &images, "--work-path", &work, lab.id];
    let line = bin::run(&mut with_fake(&lab, &args)).fails(1);
    assert!(line.contains("criu failed: type DUMP errno 5"), "{line}");
    let told = mounts(&asked(&lab));
    for place in ["/data", "/run/notify", "/dev/it-fakefull"] {
        assert!(told.contains(&(place.into(), place.into())), "{place} in {told:?}");
    }
    let saved: Value =
        serde_json::from_slice(&std::fs::read(lab.path("images/added.json")).unwrap()).unwrap();
    assert_eq!(
        (&saved["mounts"][0]["mount"]["destination"], &saved["notify"]),
        (&json!("/data"), &json!(true))
    );
    lab.runtime.run(&["delete", "--force", lab.id]).ok();

    let args = restore_args(&bundle, &images, &[lab.id]);
    let mut command = with_fake(&lab, &args);
    command.env("IT_RESTORES", nix::libc::SYS_clone.to_string()).env("NOTIFY_SOCKET", &host);
    let mut restore = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let hear = || fixture::heard(&socket).expect("word of it");
    let ready = hear();
    assert_eq!(hear(), "BARRIER=1");
    assert!(restore.wait().unwrap().success());
    assert_eq!(ready, format!("READY=1\nMAINPID={}", lab.pid()));
    let told = mounts(&asked(&lab));
    let folder = lab.runtime.root.path().join("state").join(lab.id).join("notify");
    assert!(folder.is_dir());
    for (place, source) in
        [("/data", lab.path("images")), ("/run/notify", folder), ("/dev/it-fakefull", "/dev/full".into())]
    {
        assert!(told.contains(&(place.into(), source.to_str().unwrap().into())), "{place} in {told:?}");
    }
    let listed: Value =
        serde_json::from_str(&lab.runtime.run(&["mounts", "list", lab.id]).ok()).expect("JSON");
    assert_eq!(listed, added);
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
    lab.gone();
}
