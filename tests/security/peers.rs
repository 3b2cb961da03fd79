//! Hostile peers on ctrd's sockets: what they send ends their own connection at most, costs little
//! memory, and keeps nobody else waiting.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ctrd::api::containers::GetContainerRequest;
use ctrd::api::content::InfoRequest;
use ctrd::api::events::{PublishRequest, SubscribeRequest};
use ctrd::api::tasks::GetRequest;
use ctrd::client::{Client, channel};

use crate::stack::Stack;
use crate::{bin, traces};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const DATA: u8 = 0;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u32;
    [&length.to_be_bytes()[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn literal(name: &str, value: &str) -> Vec<u8> {
    [&[0, name.len() as u8], name.as_bytes(), &[value.len() as u8], value.as_bytes()].concat()
}

/// The headers of a call of `Version`, to this host.
fn call(authority: &str) -> Vec<u8> {
    [
        literal(":method", "POST"),
        literal(":scheme", "http"),
        literal(":path", "/containerd.services.version.v1.Version/Version"),
        [&[0x41, authority.len() as u8], authority.as_bytes()].concat(),
        literal("content-type", "application/grpc"),
        literal("te", "trailers"),
    ]
    .concat()
}

fn connect(stack: &Stack) -> UnixStream {
    let mut stream = UnixStream::connect(stack.address()).expect("connect");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set a limit");
    stream.set_write_timeout(Some(Duration::from_secs(20))).expect("set a limit");
    stream.write_all(PREFACE).expect("the preface");
    stream
}

/// Kilobytes of the server that are in memory.
fn resident(stack: &Stack) -> u64 {
    let found = traces::processes().find(|(_, line)| line.contains(" serve") && line.contains(stack.word()));
    let (pid, _) = found.expect("the server");
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("a field");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn a_host_that_is_a_path_is_served() {
    let stack = Stack::new();
    let _server = stack.serve();
    for authority in ["localhost", "%2Frun%2Fctrd%2Fctrd.sock", "%2Frun%2fctrd.sock:0"] {
        let mut stream = connect(&stack);
        stream.write_all(&frame(HEADERS, END_HEADERS, 1, &call(authority))).unwrap();
        stream.write_all(&frame(DATA, END_STREAM, 1, &[0; 5])).unwrap();
        let mut answer = Vec::new();
        let version = env!("CARGO_PKG_VERSION").as_bytes();
        while !answer.windows(version.len()).any(|window| window == version) {
            let mut piece = [0; 4096];
            let n = stream.read(&mut piece).expect("an answer");
            assert!(n > 0, "{authority}: {answer:?}");
            answer.extend_from_slice(&piece[..n]);
        }
    }
}

#[test]
fn floods_harm_nobody_else() {
    let stack = Stack::new();
    let _server = stack.serve();
    stack.run(&["namespace", "ls"]).ok();
    let before = resident(&stack);
    let block = call("x");
    let big = literal("x", &"y".repeat(100));
    let floods: [(&str, Vec<u8>); 8] = [
        ("no preface", b"GET / HTTP/1.1\r\n\r\n".repeat(1000)),
        (
            "continuations",
            [frame(HEADERS, 0, 1, &block), frame(CONTINUATION, 0, 1, &big).repeat(20_000)].concat(),
        ),
        (
            "large headers",
            [frame(HEADERS, 0, 1, &block), frame(CONTINUATION, 0, 1, &big.repeat(100)).repeat(200)].concat(),
        ),
        ("pings", frame(PING, 0, 0, &[7; 8]).repeat(50_000)),
        (
            "resets",
            (0..20_000u32)
                .flat_map(|n| {
                    [
                        frame(HEADERS, END_HEADERS, 2 * n + 1, &block),
                        frame(RESET, 0, 2 * n + 1, &[0, 0, 0, 8]),
                    ]
                    .concat()
                })
                .collect(),
        ),
        ("streams", (0..5_000u32).flat_map(|n| frame(HEADERS, END_HEADERS, 2 * n + 1, &block)).collect()),
        (
            "empty data",
            [frame(HEADERS, END_HEADERS, 1, &block), frame(DATA, 0, 1, &[]).repeat(50_000)].concat(),
        ),
        (
            "a huge message",
            [frame(HEADERS, END_HEADERS, 1, &block), frame(DATA, 0, 1, &[0, 0xff, 0xff, 0xff, 0xff, 1])]
                .concat(),
        ),
    ];
    let mut open = Vec::new();
    for (name, flood) in &floods {
        let mut stream = match *name {
            "no preface" => UnixStream::connect(stack.address()).expect("connect"),
            _ => connect(&stack),
        };
        stream.set_write_timeout(Some(Duration::from_secs(5))).expect("set a limit");
        // The server may end the connection, or stop reading: either is fine.
        let _ = stream.write_all(flood);
        open.push(stream);
        let begun = Instant::now();
        stack.run(&["namespace", "ls"]).ok();
        assert!(begun.elapsed() < Duration::from_secs(5), "{name}: {:?}", begun.elapsed());
        let grown = resident(&stack).saturating_sub(before);
        assert!(grown < 64 << 10, "{name}: {grown} kB more");
    }
    // Half a frame, for ever, from many.
    for _ in 0..200 {
        let mut stream = connect(&stack);
        stream.write_all(&frame(HEADERS, END_HEADERS, 1, &block)[..20]).unwrap();
        open.push(stream);
    }
    stack.run(&["namespace", "ls"]).ok();
    assert!(resident(&stack).saturating_sub(before) < 64 << 10);
}

#[test]
fn names_lead_nowhere() {
    let stack = Stack::new();
    let _server = stack.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let channel =
            channel::connect(&stack.address(), &stack.path("lib"), &stack.path("run")).await.unwrap();
        assert!(Client::new(channel.clone(), "../..").is_err());
        let client = Client::new(channel, "default").unwrap();
        for name in ["../../../../etc", "..", ".", "a/b", "a\0b", "-a", "", "ä", &"x".repeat(77)] {
            let task = GetRequest { container_id: name.into(), exec_id: String::new() };
            assert!(client.tasks().get(task).await.is_err(), "{name}");
            assert!(
                client.containers().get(GetContainerRequest { id: name.into() }).await.is_err(),
                "{name}"
            );
            for digest in [format!("sha256:{name}"), format!("{name}:{}", "0".repeat(64))] {
                assert!(client.content().info(InfoRequest { digest }).await.is_err(), "{name}");
            }
            // Of a topic a slash makes parts.
            let topic = format!("/{}/x", name.replace("a/b", "a b"));
            assert!(client.events().publish(PublishRequest { topic, event: None }).await.is_err(), "{name}");
        }
        // As the header of a namespace.
        for namespace in ["../..", "a/b", "."] {
            let out = bin::run(&mut stack.command(&["--namespace", namespace, "image", "ls"]));
            assert!(out.code != 0 && out.stderr.contains("identifier"), "{out:?}");
        }
    });
}

#[test]
fn who_subscribes_and_does_not_read_is_let_go() {
    let stack = Stack::new();
    let _server = stack.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connect = async || {
            let channel =
                channel::connect(&stack.address(), &stack.path("lib"), &stack.path("run")).await.unwrap();
            Client::new(channel, "default").unwrap()
        };
        let (slow, busy) = (connect().await, connect().await);
        let request = SubscribeRequest { filters: Vec::new() };
        let mut events = slow.events().subscribe(request).await.unwrap().into_inner();
        let value = vec![b'x'; 1 << 10];
        let event = prost_types::Any { type_url: "x".into(), value };
        let before = resident(&stack);
        for _ in 0..30_000 {
            let request = PublishRequest { topic: "/flood/x".into(), event: Some(event.clone()) };
            busy.events().publish(request).await.unwrap();
        }
        let grown = resident(&stack).saturating_sub(before);
        assert!(grown < 128 << 10, "{grown} kB more");
        let mut count = 0;
        let end = loop {
            match events.message().await {
                Ok(Some(_)) => count += 1,
                Ok(None) => panic!("an end without a reason after {count}"),
                Err(status) => break status,
            }
        };
        assert!(count > 1000 && end.message().contains("too slow"), "{count}: {end}");
    });
}

#[test]
fn the_sockets_are_root_s() {
    let stack = Stack::new();
    let _server = stack.serve();
    for name in ["run/ctrd.sock", "run/ctrd.sock.ttrpc"] {
        let mode = std::fs::metadata(stack.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o660, "{name}");
    }
    assert_eq!(std::fs::metadata(stack.path("lib")).unwrap().permissions().mode() & 0o777, 0o700);
}
