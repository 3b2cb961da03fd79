//! What `ctrd serve` has beside its services: figures and the debug socket, its log, TLS, sockets that
//! are handed over, the configuration read again, and an end when nobody needs it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::bin;
use crate::fixture;
use crate::stack::{Server, Stack};

/// Serves with this configuration, in a file of the stack's.
fn serving(stack: &Stack, config: &str) -> Server {
    std::fs::write(stack.path("config.toml"), config).unwrap();
    stack.serve_with(&["--config", stack.path("config.toml").to_str().unwrap()])
}

/// The status and the page.
fn get(mut stream: impl Read + Write, method: &str, path: &str) -> (String, String) {
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, page) = answer.split_once("\r\n\r\n").expect("a head");
    (head.lines().next().unwrap().to_string(), page.to_string())
}

fn log(stack: &Stack) -> String {
    std::fs::read_to_string(stack.path("serve.log")).unwrap_or_default()
}

#[test]
fn figures_as_prometheus_reads_them() {
    let stack = Stack::with_busybox();
    let config = "version = 2\n[metrics]\naddress = '127.0.0.1:5798'\ngrpc_histogram = true\n";
    let _server = serving(&stack, config);
    stack.run(&["run", "-d", "--name", "it-fig", "-m", "64m", "busybox", "sleep", "3000"]).ok();
    let page = || TcpStream::connect("127.0.0.1:5798").unwrap();
    let (status, text) = get(page(), "GET", "/v1/metrics");
    assert!(status.ends_with("200 OK"), "{status}");
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name}: {text}")).parse().expect("a number")
    };
    let create =
        "grpc_method=\"Create\",grpc_service=\"containerd.services.tasks.v1.Tasks\",grpc_type=\"unary\"";
    assert_eq!(value(&format!("grpc_server_started_total{{{create}}}")), 1.0);
    assert_eq!(value(&format!("grpc_server_msg_received_total{{{create}}}")), 1.0);
    assert_eq!(value(&format!("grpc_server_msg_sent_total{{{create}}}")), 1.0);
    assert_eq!(value(&format!("grpc_server_handled_total{{grpc_code=\"OK\",{create}}}")), 1.0);
    assert_eq!(value(&format!("grpc_server_handling_seconds_count{{{create}}}")), 1.0);
    assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
    let container = "container_id=\"it-fig\",namespace=\"default\"";
    assert!(value(&format!("container_pids_current{{{container}}}")) >= 1.0);
    assert!(
        text.lines().any(|l| l.starts_with("container_memory_usage") && l.ends_with(" 67108864")),
        "{text}"
    );
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let number = line.rsplit(' ').next().unwrap();
        assert!(number.parse::<f64>().is_ok(), "{line}");
    }
    assert!(get(page(), "GET", "/").0.ends_with("404 Not Found"));
    assert!(get(page(), "POST", "/v1/metrics").0.contains(" 405 "));
    // What somebody does not ask for is counted as what it was.
    assert!(stack.run(&["container", "inspect", "nosuch"]).code != 0);
    let (_, text) = get(page(), "GET", "/v1/metrics");
    assert!(text.contains("grpc_code=\"NotFound\""), "{text}");
}

#[test]
fn the_debug_socket_tells_of_the_server() {
    let stack = Stack::new();
    let socket = stack.path("debug.sock");
    let config = format!("version = 3\n[debug]\naddress = {socket:?}\nuid = 7\ngid = 8\n");
    let mut server = serving(&stack, &config);
    let meta = std::fs::metadata(&socket).unwrap();
    assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o777), (7, 8, 0o660));
    let page = |path: &str| get(UnixStream::connect(&socket).unwrap(), "GET", path);
    let vars: Value = serde_json::from_str(&page("/debug/vars").1).expect("JSON");
    assert!(vars["memory"]["resident"].as_u64().unwrap() > 1 << 20, "{vars}");
    assert!(vars["plugins"]["all"].as_u64().unwrap() > 20 && vars["threads"].as_u64().unwrap() > 0, "{vars}");
    assert!(page("/debug/plugins").1.contains("io.containerd.grpc.v1.version ok\n"));
    assert!(page("/debug/pprof/cmdline").1.contains("\0serve\0"));
    assert!(page("/debug/pprof/heap").1.contains("perf record -p "));
    assert!(page("/").0.ends_with("404 Not Found"));
    assert_eq!(server.stop(), Some(0));
    assert!(!socket.exists());
}

#[test]
fn the_log_has_the_level_and_the_form_that_are_wanted() {
    let stack = Stack::new();
    let with = |debug: &str| {
        let _ = std::fs::remove_file(stack.path("serve.log"));
        serving(&stack, &format!("version = 3\nnonsense = 1\n[debug]\n{debug}")).stop();
        log(&stack)
    };
    let text = with("format = 'text'");
    let line = text.lines().find(|line| line.contains("msg=\"serving\"")).expect("a line");
    assert!(
        line.starts_with("time=\"") && line.contains(" level=info ") && line.contains(" root=/run/"),
        "{line}"
    );
    let json = with("");
    for line in json.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(line["time"].is_string() && line["level"].is_string() && line["msg"].is_string());
    }
    assert!(json.contains("\"level\":\"warning\",\"msg\":\"configuration: nonsense: unknown\""), "{json}");
    assert_eq!(with("level = 'error'"), "");
    let _server = serving(&stack, "version = 3\n[debug]\nlevel = 'debug'\n");
    while !log(&stack).contains("\"level\":\"debug\",\"msg\":\"collected garbage\"") {
        std::thread::yield_now();
    }
}

#[test]
fn what_is_said_and_not_done_is_told() {
    let stack = Stack::new();
    let config = "version = 2\n[timeouts]\n'io.containerd.timeout.shim.load' = '3s'\n\
                  'io.containerd.timeout.cri.defercleanup' = '1m'\n\
                  [plugins.'io.containerd.nri.v1.nri']\ndisable = true\n\
                  [plugins.'io.containerd.gc.v1.scheduler']\ndeletion_threshold = 5\nstartup_delay = '1s'\n\
                  [plugins.'io.containerd.snapshotter.v1.overlayfs']\nslow_chown = true\n";
    drop(serving(&stack, config));
    let text = log(&stack);
    let told: Vec<&str> = text.lines().filter(|line| line.contains("configuration: ")).collect();
    assert_eq!(told.len(), 3, "{text}");
    for reason in [
        "timeouts: io.containerd.timeout.cri.defercleanup: not supported",
        "plugins: there is none of the name io.containerd.nri.v1.nri",
        "slow_chown: not supported",
    ] {
        assert!(told.iter().any(|line| line.contains(reason)), "{reason}: {text}");
    }
    let dump = stack.run(&["config", "dump", "--config", stack.path("config.toml").to_str().unwrap()]).ok();
    assert!(dump.contains("\"io.containerd.timeout.shim.load\" = \"3s\""), "{dump}");
}

/// Somebody who wants to know how far a server is.
struct Manager {
    socket: UnixDatagram,
    path: std::path::PathBuf,
}

impl Manager {
    fn new(stack: &Stack) -> Manager {
        let path = stack.path("manager");
        Manager { socket: UnixDatagram::bind(&path).unwrap(), path }
    }

    fn expect(&self, word: &str) {
        let heard = fixture::heard(&self.socket).unwrap();
        assert!(heard.starts_with(word), "{word}: {heard}");
    }
}

#[test]
fn a_configuration_is_read_again() {
    let stack = Stack::new();
    let manager = Manager::new(&stack);
    let write = |text: &str| std::fs::write(stack.path("config.toml"), text).unwrap();
    write("version = 3\n[debug]\nlevel = 'error'\n");
    let mut server = stack
        .command(&["serve", "--config", stack.path("config.toml").to_str().unwrap()])
        .env("NOTIFY_SOCKET", &manager.path)
        .stderr(std::fs::File::create(stack.path("serve.log")).unwrap())
        .spawn()
        .unwrap();
    manager.expect("READY=1");
    assert_eq!(log(&stack), "");
    let pid = Pid::from_raw(server.id() as i32);
    let again = || {
        kill(pid, Signal::SIGHUP).unwrap();
        manager.expect("RELOADING=1\nMONOTONIC_USEC=");
        manager.expect("READY=1");
    };
    write("version = 3\n[debug]\nlevel = 'info'\n");
    again();
    assert!(log(&stack).contains("read the configuration again") && !log(&stack).contains("restart"));
    write("version = 3\noom_score = 3\n[debug]\nlevel = 'info'\n");
    again();
    assert!(log(&stack).contains("all but debug.level waits for a restart"), "{}", log(&stack));
    write("version = ");
    again();
    assert!(log(&stack).contains("read the configuration again: "), "{}", log(&stack));
    kill(pid, Signal::SIGTERM).unwrap();
    manager.expect("STOPPING=1");
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn a_socket_that_is_handed_over_is_served_until_nobody_is_there() {
    let stack = Stack::new();
    let address = stack.address();
    std::fs::create_dir_all(address.parent().unwrap()).unwrap();
    let socket = UnixListener::bind(&address).unwrap();
    // Who comes before the server waits in the queue.
    let client = stack
        .command(&["namespace", "create", "early"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let script = "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"";
    let serve = stack.command(&["serve", "--idle-timeout", "200ms"]);
    let started = |listen: &UnixListener| {
        Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(serve.get_program())
            .args(serve.get_args())
            .stdin(std::os::fd::OwnedFd::from(listen.try_clone().unwrap()))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let server = started(&socket);
    let done = client.wait_with_output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let end = server.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&end.stderr);
    assert!(end.status.code() == Some(0) && text.contains("nobody is connected"), "{end:?}");
    // The socket is the manager's: it stays, and the next who comes finds what was made.
    assert!(address.exists());
    let client = stack.command(&["namespace", "ls", "-q"]).stdout(Stdio::piped()).spawn().unwrap();
    let server = started(&socket);
    let done = client.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&done.stdout).contains("early"), "{done:?}");
    assert_eq!(server.wait_with_output().unwrap().status.code(), Some(0));
    // One that nothing listens at is told of.
    let other = UnixListener::bind(stack.path("other.sock")).unwrap();
    drop(socket);
    let end = started(&other).wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&end.stderr);
    assert!(text.contains("no address of the configuration is of") && text.contains("other.sock"), "{text}");
}

/// An authority, and certificates of it for a server and for a client: `ca`, `server`, `client`, each
/// with `.pem` and `.key`.
fn certificates(dir: &Path) {
    let openssl = |args: &[&str]| bin::run(Command::new("openssl").args(args).current_dir(dir)).ok();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    for name in ["ca", "stranger"] {
        let (pem, file) = (format!("{name}.pem"), format!("{name}.key"));
        let own = ["req", "-x509", "-subj", "/CN=authority", "-days", "2", "-out", &pem, "-keyout", &file];
        openssl(&[&own[..], &key[..]].concat());
    }
    std::fs::write(dir.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    for (name, authority) in [("server", "ca"), ("client", "ca"), ("other", "stranger")] {
        let (pem, file, request) = (format!("{name}.pem"), format!("{name}.key"), format!("{name}.csr"));
        let asked = ["req", "-subj", "/CN=somebody", "-out", &request, "-keyout", &file];
        openssl(&[&asked[..], &key[..]].concat());
        let (ca, ca_key) = (format!("{authority}.pem"), format!("{authority}.key"));
        let sign = ["x509", "-req", "-days", "2", "-in", &request, "-CA", &ca, "-CAkey", &ca_key];
        openssl(&[&sign[..], &["-CAcreateserial", "-extfile", "names", "-out", &pem]].concat());
    }
}

#[test]
fn tls_on_the_tcp_address() {
    if !bin::peer("openssl") || !bin::peer("curl") {
        return;
    }
    let stack = Stack::new();
    certificates(stack.dir.path());
    std::fs::write(stack.path("empty"), [0; 5]).unwrap();
    let file = |name: &str| stack.path(name).display().to_string();
    let config = |more: &str| {
        format!(
            "version = 2\n[grpc]\ntcp_address = '127.0.0.1:5797'\ntcp_tls_cert = {:?}\ntcp_tls_key = {:?}\n{more}",
            file("server.pem"),
            file("server.key")
        )
    };
    // An empty message to Version, and the trailers of the answer.
    let call = |authority: &str, client: Option<&str>| {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--http2", "-D", "-", "-o", "/dev/null", "--cacert", &file(authority)]);
        curl.args(["-H", "content-type: application/grpc", "-H", "te: trailers"]);
        curl.args(["--data-binary", &format!("@{}", file("empty"))]);
        if let Some(client) = client {
            curl.args(["--cert", &file(&format!("{client}.pem")), "--key", &file(&format!("{client}.key"))]);
        }
        bin::run(curl.arg("https://localhost:5797/containerd.services.version.v1.Version/Version"))
    };
    let server = serving(&stack, &config(""));
    let mut mute = std::net::TcpStream::connect("127.0.0.1:5797").unwrap();
    assert!(call("ca.pem", None).ok().contains("grpc-status: 0"));
    assert!(call("stranger.pem", None).code != 0);
    // Who connects and says nothing is let go.
    mute.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    assert_eq!(std::io::Read::read_to_end(&mut mute, &mut Vec::new()).unwrap(), 0);
    drop(server);
    let server = serving(&stack, &config(&format!("tcp_tls_ca = {:?}\n", file("ca.pem"))));
    assert!(call("ca.pem", Some("client")).ok().contains("grpc-status: 0"));
    for client in [None, Some("other")] {
        let done = call("ca.pem", client);
        assert!(done.code != 0 && !done.stdout.contains("grpc-status"), "{client:?}: {done:?}");
    }
    // Those on the Unix socket need no certificate.
    stack.run(&["namespace", "ls"]).ok();
    drop(server);
    for (text, reason) in [
        (config("").replace("server.key", "ca.key"), "TLS: "),
        (config("").replace("server.pem", "nosuch.pem"), "nosuch.pem: No such file or directory"),
        (config("tcp_tls_common_name = 'x'"), "there is no store of certificates"),
    ] {
        std::fs::write(stack.path("config.toml"), &text).unwrap();
        let done = stack.run(&["serve", "--config", &file("config.toml")]);
        let last = done.stderr.lines().last().unwrap_or_default().to_string();
        assert!(done.code == 1 && last.contains(reason), "{reason}: {done:?}");
    }
}

/// Whenever nobody has asked for anything for a while, a server lets go of what the calls before have needed.
#[test]
fn what_calls_have_needed_goes_back_when_it_is_quiet() {
    let stack = Stack::with_busybox();
    let server = stack.serve();
    let status = format!("/proc/{}/status", server.pid());
    let resident = || {
        let text = std::fs::read_to_string(&status).expect("the server's status");
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim_end_matches("kB").trim().parse::<u64>().expect("a number of kibibytes")
    };
    for _ in 0..2 {
        stack.run(&["run", "--rm", "busybox", "true"]).ok();
        let busy = resident();
        let begun = Instant::now();
        while resident() + 1024 > busy {
            assert!(begun.elapsed() < Duration::from_secs(30), "{busy} kB, and {} kB now", resident());
            std::thread::yield_now();
        }
    }
}
