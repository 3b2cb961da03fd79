//! Callers that mean harm or are broken: frames that lie, floods, answers that nobody reads, halves of
//! messages. Others are served meanwhile, and the shim keeps nothing of them.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ctrd_shim::api::task;
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK_V3, code};
use ctrd_shim::ttrpc;
use prost::Message;

use super::driver::Driven;
use super::growth::Size;
use crate::bin;

/// How long somebody else may have to wait. Everything here runs beside other tests.
const SOON: Duration = Duration::from_millis(500);

/// What one caller may make the shim keep: two messages of the longest kind.
const KEPT: u64 = 2 * (ttrpc::MAX_PAYLOAD as u64 >> 10);

pub(super) fn connect(shim: &Driven) -> UnixStream {
    let socket = UnixStream::connect(shim.address.strip_prefix("unix://").unwrap()).expect("connect");
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    socket.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    socket
}

fn frame(length: u32, stream: u32, kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    [&length.to_be_bytes()[..], &stream.to_be_bytes(), &[kind, flags], payload].concat()
}

/// A call of a method as it stands on the wire.
pub(super) fn call(stream: u32, service: &str, method: &str, request: &impl Message) -> Vec<u8> {
    let mut wire = Vec::new();
    ttrpc::encode(&mut wire, stream, ttrpc::REQUEST, &ttrpc::request(service, method, request)).unwrap();
    wire
}

fn connect_call(stream: u32) -> Vec<u8> {
    call(stream, TASK_V3, "Connect", &task::ConnectRequest::default())
}

/// The next answer: its stream, and the code of its status.
pub(super) fn answer(socket: &mut UnixStream) -> (u32, i32) {
    let mut header = [0; ttrpc::HEADER];
    socket.read_exact(&mut header).expect("an answer");
    let length = u32::from_be_bytes(header[..4].try_into().unwrap()) as usize;
    let mut payload = vec![0; length];
    socket.read_exact(&mut payload).expect("an answer");
    let response = ctrd_shim::api::ttrpc::Response::decode(payload.as_slice()).expect("a response");
    (u32::from_be_bytes(header[4..8].try_into().unwrap()), response.status.map_or(0, |s| s.code))
}

/// Another caller gets its answer at once.
fn others_are_served(shim: &Driven) {
    let begun = Instant::now();
    let mut client = Client::connect(&shim.address, "it").expect("connect");
    client.set_timeout(Some(Duration::from_secs(60))).unwrap();
    let known: Result<task::ConnectResponse, _> =
        client.call(TASK_V3, "Connect", &task::ConnectRequest::default()).expect("an answer");
    assert_eq!(known.expect("success").shim_pid, shim.pid);
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
}

#[test]
fn frames_that_lie_are_answered_or_dropped() {
    let shim = Driven::new("it-frames", &["true"]);
    others_are_served(&shim);
    let before = Size::of(&shim);
    let garbage: Vec<u8> = (0..3000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let deep: Vec<u8> = std::iter::repeat_n([0x0b, 0x0b], 100_000).flatten().collect();
    // Each with the code of its answer, or none where nothing is to be said.
    let cases: Vec<(&str, Vec<u8>, Option<i32>)> = vec![
        ("an unknown kind", frame(0, 1, 9, 0, b""), None),
        ("an answer", frame(0, 1, ttrpc::RESPONSE, 0, b""), None),
        ("data on no stream", frame(2, 1, ttrpc::DATA, 0, b"xx"), None),
        ("an even stream", frame(0, 2, ttrpc::REQUEST, 0, b""), Some(code::INVALID_ARGUMENT)),
        ("flags", frame(0, 1, ttrpc::REQUEST, 2, b""), Some(code::UNIMPLEMENTED)),
        ("nothing in it", frame(0, 1, ttrpc::REQUEST, 0, b""), Some(code::UNIMPLEMENTED)),
        ("garbage", frame(3000, 1, ttrpc::REQUEST, 0, &garbage), Some(code::INVALID_ARGUMENT)),
        ("groups in groups", frame(200_000, 1, ttrpc::REQUEST, 0, &deep), Some(code::INVALID_ARGUMENT)),
        ("a service of nobody's", call(1, "x.Y", "Z", &()), Some(code::UNIMPLEMENTED)),
        ("a method of nobody's", call(1, TASK_V3, "Z", &()), Some(code::UNIMPLEMENTED)),
        (
            "a request of garbage",
            call(1, TASK_V3, "State", &Raw(garbage.clone())),
            Some(code::INVALID_ARGUMENT),
        ),
        (
            "more than a message may have",
            frame(ttrpc::MAX_PAYLOAD as u32 + 1, 1, ttrpc::REQUEST, 0, &vec![0; ttrpc::MAX_PAYLOAD + 1]),
            Some(code::RESOURCE_EXHAUSTED),
        ),
    ];
    for (what, wire, want) in cases {
        let mut socket = connect(&shim);
        let mut end = socket.try_clone().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                end.write_all(&wire).expect("send");
                // The connection goes on, also the same stream.
                end.write_all(&connect_call(1)).expect("send");
            });
            if let Some(want) = want {
                assert_eq!(answer(&mut socket).1, want, "{what}");
            }
            assert_eq!(answer(&mut socket), (1, 0), "{what}: the next call");
        });
        others_are_served(&shim);
    }
    // One that never sends what it announces, and ones that die in the middle.
    let mut endless = connect(&shim);
    endless.write_all(&frame(u32::MAX, 1, ttrpc::REQUEST, 0, b"x")).unwrap();
    assert_eq!(answer(&mut endless).1, code::RESOURCE_EXHAUSTED);
    for cut in 1..30 {
        connect(&shim).write_all(&connect_call(1)[..cut]).unwrap();
    }
    others_are_served(&shim);
    drop(endless);
    before.is_reached_by(&shim);
}

/// A payload as it is.
#[derive(Debug, Clone, PartialEq, Default)]
struct Raw(Vec<u8>);

impl Message for Raw {
    fn encode_raw(&self, buf: &mut impl prost::bytes::BufMut) {
        buf.put_slice(&self.0);
    }

    fn merge_field(
        &mut self,
        _: u32,
        _: prost::encoding::WireType,
        _: &mut impl prost::bytes::Buf,
        _: prost::encoding::DecodeContext,
    ) -> Result<(), prost::DecodeError> {
        Ok(())
    }

    fn encoded_len(&self) -> usize {
        self.0.len()
    }

    fn clear(&mut self) {}
}

#[test]
fn a_flood_leaves_room_for_others_and_no_trace() {
    let shim = Driven::new("it-flood", &["sleep", "3000"]);
    shim.create();
    let before = Size::of(&shim);
    // Small frames by the ten thousand, half messages, and as many calls that never end.
    let mut tiny = connect(&shim);
    let mut waits = connect(&shim);
    let mut halves: Vec<_> = (0..20).map(|_| connect(&shim)).collect();
    for half in &mut halves {
        half.write_all(&frame(ttrpc::MAX_PAYLOAD as u32, 1, ttrpc::REQUEST, 0, &[0; 5000])).unwrap();
    }
    let wait = task::WaitRequest { id: shim.id.clone(), exec_id: String::new() };
    std::thread::scope(|scope| {
        let flood = scope.spawn(|| {
            let wire: Vec<u8> = (0..50_000).flat_map(|_| frame(0, 1, 9, 0, b"")).collect();
            tiny.write_all(&wire).expect("send");
            tiny.write_all(&connect_call(1)).expect("send");
            assert_eq!(answer(&mut tiny), (1, 0));
        });
        let waiting = scope.spawn(|| {
            let wire: Vec<u8> = (0..10_000).flat_map(|n| call(n * 2 + 1, TASK_V3, "Wait", &wait)).collect();
            waits.write_all(&wire).expect("send");
            waits.write_all(&connect_call(20_001)).expect("send");
            assert_eq!(answer(&mut waits), (20_001, 0));
        });
        while !(flood.is_finished() && waiting.is_finished()) {
            others_are_served(&shim);
        }
        flood.join().unwrap();
        waiting.join().unwrap();
    });
    let memory = Size::of(&shim).memory;
    assert!(memory < before.memory + KEPT, "{memory} kB, before it was {before:?}");
    // They are all answered.
    shim.kill("", 9);
    for _ in 0..10_000 {
        let (stream, code) = answer(&mut waits);
        assert!(stream < 20_000 && code == 0, "{stream} {code}");
    }
    shim.delete("");
    drop((tiny, waits, halves));
    before.is_reached_but_for(1024, &shim);
}

/// Somebody who asks and asks and reads nothing is not listened to any more.
#[test]
fn answers_that_nobody_reads_do_not_pile_up() {
    let shim = Driven::new("it-unread", &["true"]);
    others_are_served(&shim);
    let before = Size::of(&shim);
    let mut deaf = connect(&shim);
    deaf.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let wire = connect_call(1).repeat(1000);
    let mut sent = 0;
    // Until it does not take any more.
    while deaf.write_all(&wire).is_ok() {
        sent += 1;
        assert!(sent < 1000, "a million calls taken");
        let memory = Size::of(&shim).memory;
        assert!(memory < before.memory + KEPT, "{memory} kB, before it was {before:?}");
    }
    others_are_served(&shim);
    // It is listened to again when it reads.
    let mut reader = deaf.try_clone().unwrap();
    for _ in 0..1000 {
        assert_eq!(answer(&mut reader), (1, 0));
    }
    drop((deaf, reader));
    before.is_reached_by(&shim);
}

/// Without a descriptor left for them callers wait, and the shim neither turns idly nor goes.
#[test]
fn callers_wait_when_there_is_no_room_for_them() {
    let shim = Driven::new("it-crowd", &["true"]);
    let limit = format!("--nofile={}", Size::of(&shim).fds + 8);
    bin::run(Command::new("prlimit").args(["--pid", &shim.pid.to_string(), &limit])).ok();
    let mut crowd: Vec<_> = (0..30).map(|_| connect(&shim)).collect();
    for caller in &mut crowd {
        caller.write_all(&connect_call(1)).unwrap();
    }
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", shim.pid)).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').map(str::to_owned).collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    for caller in &mut crowd[..4] {
        assert_eq!(answer(caller), (1, 0));
    }
    let before = ticks();
    // The first ones go, and the last is served within a few of the pauses.
    let begun = Instant::now();
    for caller in crowd.drain(..25) {
        drop(caller);
    }
    for caller in &mut crowd {
        assert_eq!(answer(caller), (1, 0));
    }
    let (used, took) = (ticks() - before, begun.elapsed());
    assert!(used < 50, "{used} ticks in {took:?}");
}

/// Who is not our user does not come in, nor is served if the file would let it.
#[test]
fn no_abstract_socket_and_nobody_else() {
    let shim = Driven::new("it-private", &["sleep", "3000"]);
    shim.create();
    let path = shim.address.strip_prefix("unix://").unwrap();
    let table = std::fs::read_to_string("/proc/net/unix").unwrap();
    assert!(table.lines().any(|line| line.ends_with(path)), "it is there: {table}");
    for line in table.lines().filter(|line| line.contains('@')) {
        let name = line.rsplit(' ').next().unwrap();
        assert!(!["ctrd", "shim", "containerd", "it-private"].iter().any(|w| name.contains(w)), "{line}");
    }
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    // Some of containerd's shims make it without x, which root does not need.
    let (file, folder) = (mode(Path::new(path)), mode(Path::new(path).parent().unwrap()));
    assert_eq!((file, folder | 0o100), (0o600, 0o700));
    let as_nobody = |script: &str| {
        let mut command = Command::new("python3");
        bin::run(command.args(["-c", script, path]).uid(65534).gid(65534))
    };
    let script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])";
    let done = as_nobody(script);
    assert!(done.code != 0 && done.stderr.contains("PermissionError"), "{done:?}");
    let script = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); \
                  s.settimeout(60); print(s.recv(1))";
    let mut command = Command::new("setpriv");
    let anywhere = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).args(anywhere);
    let done = bin::run(command.args(["python3", "-c", script, path]));
    assert!(done.stdout == "b''\n" || done.stderr.contains("ConnectionResetError"), "{done:?}");
    others_are_served(&shim);
}

/// What others on the host may see of a container's files: nothing.
#[test]
fn state_perms() {
    let shim = Driven::new("it-modes", &["sleep", "3000"]);
    shim.create();
    shim.start("");
    shim.exec("e", &["sleep", "3001"]);
    shim.start("e");
    // As containerd makes it.
    std::fs::set_permissions(shim.bundle.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))
        .unwrap();
    for name in ["options.json", "runtime", "address", "exit.json", "init.pid", "log.json", "e.pid"] {
        let file = shim.bundle.path().join(name);
        let Ok(meta) = std::fs::metadata(&file) else { continue };
        let mode = std::os::unix::fs::PermissionsExt::mode(&meta.permissions());
        assert_eq!(mode & 0o022, 0, "{name}: {mode:o}");
        if !["init.pid", "log.json", "e.pid"].contains(&name) {
            assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
        }
    }
    let root = Path::new("/run/containerd/runc/it");
    for dir in [root, Path::new("/run/containerd/s")] {
        let mut list = Command::new("ls");
        let done = bin::run(list.arg(dir).uid(65534).gid(65534));
        assert!(done.code != 0 && done.stdout.is_empty(), "{}: {done:?}", dir.display());
    }
}

/// A caller that sends half a message keeps its connection for ten seconds, no longer.
#[test]
fn half_a_message_is_not_waited_for_for_ever() {
    let shim = Driven::new("it-half", &["true"]);
    let mut half = connect(&shim);
    half.write_all(&connect_call(1)[..12]).unwrap();
    let begun = Instant::now();
    assert_eq!(half.read_to_end(&mut Vec::new()).expect("its end"), 0);
    assert!(begun.elapsed() > Duration::from_secs(9), "{:?}", begun.elapsed());
    others_are_served(&shim);
}
