//! sd_notify(3) through ocirun: the container says that it is ready, and whoever waits hears it.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use serde_json::json;

use crate::bin;
use crate::fixture::{Bundle, heard};
use crate::runtime::Runtime;
use crate::traces;

/// What a container runs here is this program itself, which is static, and of it this test.
#[test]
fn inside() {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET").filter(|s| s == "/run/notify/notify.sock") else {
        return;
    };
    let out = UnixDatagram::unbound().unwrap();
    out.send_to(b"STATUS=coming", &socket).unwrap();
    out.send_to(b"STATUS=there\nREADY=1\n", &socket).unwrap();
    assert!(std::fs::write("/run/notify/other", "").is_err(), "the folder is read-only");
}

fn bundle() -> Bundle {
    let bundle = Bundle::new(&["/it", "--exact", "notify::inside"], |c| {
        c["process"]["user"] = json!({"uid": 1000, "gid": 1000});
    });
    let to = bundle.path().join("rootfs/it");
    // By cp, for the reason that `fixture::rootfs` has.
    bin::run(std::process::Command::new("cp").arg(std::env::current_exe().unwrap()).arg(to)).ok();
    bundle
}

#[test]
fn start_tells_that_it_is_ready_and_the_main_process() {
    let (runtime, bundle) = (Runtime::new(), bundle());
    let path = runtime.root.path().join("host.sock");
    let host = UnixDatagram::bind(&path).unwrap();
    let command = |args: &[&str]| {
        let mut command = runtime.command(args);
        command.env("NOTIFY_SOCKET", &path).stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        command
    };
    let dir = bundle.path().to_str().unwrap();
    assert!(command(&["create", "--bundle", dir, "it-notify"]).status().unwrap().success());
    let pid = runtime.state("it-notify")["pid"].as_i64().unwrap();
    let mut start = command(&["start", "it-notify"]).spawn().unwrap();
    assert_eq!(heard(&host).unwrap(), format!("READY=1\nMAINPID={pid}"));
    assert_eq!(heard(&host).unwrap(), "BARRIER=1");
    assert!(start.wait().unwrap().success());
    runtime.run(&["delete", "--force", "it-notify"]).ok();
    traces::none_of(&["it-notify", dir]);
}

#[test]
fn run_in_the_foreground_tells_that_it_is_ready() {
    let (runtime, bundle) = (Runtime::new(), bundle());
    let name = format!("it-abstract-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let host = UnixDatagram::bind_addr(&address).unwrap();
    let dir = bundle.path().to_str().unwrap();
    let mut run = runtime.command(&["run", "--bundle", dir, "it-ready-run"]);
    let mut run =
        run.env("NOTIFY_SOCKET", format!("@{name}")).stdout(std::process::Stdio::null()).spawn().unwrap();
    assert_eq!(heard(&host).unwrap(), "READY=1");
    assert_eq!(heard(&host).unwrap(), "BARRIER=1");
    assert!(run.wait().unwrap().success());
    traces::none_of(&["it-ready-run", dir]);
}

#[test]
fn who_never_becomes_ready_ends_and_nothing_is_said() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sh", "-c", "test -S $NOTIFY_SOCKET"], |_| {});
    let path = runtime.root.path().join("host.sock");
    let host = UnixDatagram::bind(&path).unwrap();
    let dir = bundle.path().to_str().unwrap();
    let mut run = runtime.command(&["run", "--bundle", dir, "it-unnoticed"]);
    assert_eq!(bin::run(run.env("NOTIFY_SOCKET", &path)).code, 0, "the socket is there");
    host.set_nonblocking(true).unwrap();
    assert!(host.recv(&mut [0; 8]).is_err());
    let wrong = bin::run(
        runtime.command(&["run", "--bundle", dir, "it-unnoticed-bad"]).env("NOTIFY_SOCKET", "vsock:2:1"),
    );
    assert!(wrong.fails(1).contains("NOTIFY_SOCKET vsock:2:1: not a path and not abstract"));
    traces::none_of(&["it-unnoticed", "it-unnoticed-bad", dir]);
}
