//! A server that runs out of descriptors: it serves again once there are some, and does not spin meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bin;
use crate::stack::Stack;

/// What an HTTP/2 client says first, with empty settings.
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// How long the server waits before it looks for a free descriptor again, at least.
const PAUSE: Duration = Duration::from_millis(50);

trait Both: Read + Write {}
impl<T: Read + Write> Both for T {}

/// Whether somebody answers as an HTTP/2 server does: with settings.
fn answers(mut stream: impl Both) -> bool {
    let mut head = [0; 9];
    stream.write_all(HELLO).and_then(|()| stream.read_exact(&mut head)).is_ok() && head[3] == 4
}

#[test]
fn a_server_without_descriptors_goes_on_when_there_are_some() {
    let stack = Stack::new();
    let config = stack.path("config.toml");
    let text = "version = 2\n[debug]\nlevel = 'debug'\n[grpc]\ntcp_address = '127.0.0.1:5795'\n\
                [metrics]\naddress = '127.0.0.1:5794'\n";
    std::fs::write(&config, text).unwrap();
    let mut server = stack.serve_with(&["--config", config.to_str().unwrap()]);
    let told = |level: &str| {
        let log = std::fs::read_to_string(stack.path("serve.log")).unwrap_or_default();
        let word = format!("\"level\":\"{level}\",\"msg\":\"accept: Too many open files\"");
        log.lines().filter(|line| line.contains(&word)).count()
    };
    let pid = server.pid().to_string();
    let limit = |soft: String| {
        bin::run(Command::new("prlimit").args(["--pid", &pid]).arg(format!("--nofile={soft}:1024"))).ok();
    };
    let tcp = |port: u16| TcpStream::connect(("127.0.0.1", port)).expect("the kernel takes it");
    let unix = || UnixStream::connect(stack.address()).expect("the kernel takes it");
    type Connect<'a> = &'a dyn Fn() -> Box<dyn Both>;
    let connect: [(&str, Connect); 3] = [
        ("unix", &|| Box::new(unix())),
        ("tcp", &|| Box::new(tcp(5795))),
        ("metrics", &|| Box::new(tcp(5794))),
    ];
    for (name, connect) in connect {
        let (warned, looked) = (told("warning"), told("debug"));
        let used = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
        let used: Vec<u32> = used.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        // The numbers below it are taken, but for three.
        let few = (0..).filter(|number| !used.contains(number)).nth(3).unwrap();
        limit(few.to_string());
        let begun = Instant::now();
        let waiting: Vec<_> = (0..40).map(|_| connect()).collect();
        while told("debug") < looked + 4 {
            let log = || std::fs::read_to_string(stack.path("serve.log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60) && !server.has_ended(), "{name}: {}", log());
            std::thread::yield_now();
        }
        // Told once, and looked at again after a pause each time.
        assert_eq!(told("warning"), warned + 1, "{name}");
        assert!(begun.elapsed() >= 4 * PAUSE, "{name}: {:?}", begun.elapsed());
        limit("1024".into());
        if name == "metrics" {
            let mut last = waiting.into_iter().next_back().unwrap();
            last.write_all(b"GET /v1/metrics HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
            let mut page = String::new();
            last.read_to_string(&mut page).unwrap();
            assert!(page.lines().next().is_some_and(|line| line.ends_with("200 OK")), "{page}");
        } else {
            // The last in the queue too.
            assert!(waiting.into_iter().rev().all(answers), "{name}");
        }
        stack.run(&["namespace", "ls"]).ok();
    }
    assert_eq!(server.stop(), Some(0));
}
