//! `shims [-n ROUNDS] [-e EXECS] BUNDLE RUNTIME NAME=SHIM…`: measures shims beside each other, for tests/bench/shim.
//!
//! Every round does each work once with each shim, in rotating order, 40 ms after the one before. BUNDLE's
//! container must sleep. A line for each figure: name, figure, value; tabs between. Figures, in ms:
//!
//! - `start`: from the start of `SHIM … start` to its end, with the address on its output
//! - `wait`, `exit`: from a SIGKILL for the first process to the answer of Wait, and to the event TaskExit
//! - `wait-after`, `exit-after`: the same from its end, as a pidfd shows it
//! - `exec`: Exec, Start, Wait and Delete of `true`
//!
//! and once for each shim, in kB: `rss`, `private` and `pss` with one container while another shim of the
//! kind has another, `rss-after` … after EXECS execs.

use std::io::{Read, Write};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ctrd_shim::any::{self, OCI_PROCESS};
use ctrd_shim::api::bootstrap::BootstrapParams;
use ctrd_shim::api::ttrpc::KeyValue;
use ctrd_shim::api::{runc, task};
use ctrd_shim::bootstrap::Reply;
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK_V2, TASK_V3, topic};
use ctrd_shim::ttrpc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use prost::Message;
use prost_types::Any;

const PAUSE: Duration = Duration::from_millis(40);

/// Rounds that are not counted.
const WARM: usize = 2;

fn main() -> Result<()> {
    let (mut rounds, mut execs) = (15, 1000);
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    while let Some(option) = words.first().filter(|w| w.starts_with('-')).cloned() {
        let number: usize = words.get(1).context("a number")?.parse().context("a number")?;
        match option.as_str() {
            "-n" => rounds = number,
            "-e" => execs = number,
            _ => bail!("unknown option {option}"),
        }
        words.drain(..2);
    }
    let [bundle, runtime, shims @ ..] = &words[..] else { bail!("usage: shims BUNDLE RUNTIME NAME=SHIM…") };
    let shims: Vec<(&str, &str)> =
        shims.iter().map(|s| s.split_once('=').context("NAME=SHIM")).collect::<Result<_>>()?;
    let lab = Lab::new(Path::new(bundle), runtime)?;
    for (name, program) in &shims {
        for (figure, value) in lab.memory(program, execs)? {
            println!("{name}\t{figure}\t{value}");
        }
    }
    for round in 0..WARM + rounds {
        for n in 0..shims.len() {
            let (name, program) = shims[(n + round) % shims.len()];
            std::thread::sleep(PAUSE);
            let figures = lab.life(program).with_context(|| format!("measure {name}"))?;
            for (figure, value) in figures.iter().filter(|_| round >= WARM) {
                println!("{name}\t{figure}\t{value:.4}");
            }
        }
    }
    Ok(())
}

/// The server that all shims publish to, and the bundle of all containers.
struct Lab {
    bundle: PathBuf,
    options: Any,
    address: PathBuf,
    events: Mutex<Receiver<(String, Instant)>>,
}

impl Lab {
    fn new(bundle: &Path, runtime: &str) -> Result<Lab> {
        let address = bundle.join("c.sock");
        let listener = UnixListener::bind(bundle.join("c.sock.ttrpc"))?;
        let (tell, events) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tell = tell.clone();
                std::thread::spawn(move || take_events(stream, &tell));
            }
        });
        let options = runc::Options { binary_name: runtime.into(), ..Default::default() };
        Ok(Lab { bundle: bundle.into(), options: any::pack(&options), address, events: Mutex::new(events) })
    }

    /// `start`: where the shim listens, and how long that took.
    fn start(&self, program: &str, id: &str) -> Result<(Reply, Duration)> {
        let params = BootstrapParams {
            instance_id: id.into(),
            namespace: "bench".into(),
            containerd_ttrpc_address: self.bundle.join("c.sock.ttrpc").display().to_string(),
            containerd_grpc_address: self.address.display().to_string(),
            ..Default::default()
        };
        for input in [params.encode_to_vec(), Vec::new()] {
            let mut command = Command::new(program);
            command.args(["-namespace", "bench", "-id", id, "-address"]).arg(&self.address).arg("start");
            command.env("TTRPC_ADDRESS", self.bundle.join("c.sock.ttrpc")).env("MAX_SHIM_VERSION", "2");
            command.env("GRPC_ADDRESS", &self.address).env("GOMAXPROCS", "2").current_dir(&self.bundle);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let begun = Instant::now();
            let mut child = command.spawn().with_context(|| format!("run {program}"))?;
            let _ = child.stdin.take().context("a pipe")?.write_all(&input);
            let output = child.wait_with_output()?;
            let took = begun.elapsed();
            // Shims of another age take nothing on stdin.
            if output.status.success() {
                return Ok((Reply::parse(&output.stdout).context("a reply")?, took));
            }
        }
        bail!("{program} does not start")
    }

    fn shim(&self, program: &str, id: &str) -> Result<(Shim<'_>, Duration)> {
        let (reply, took) = self.start(program, id)?;
        let service = if reply.version >= 3 { TASK_V3 } else { TASK_V2 };
        let shim = Shim { lab: self, id: id.into(), address: reply.address, service };
        Ok((shim, took))
    }

    fn memory(&self, program: &str, execs: usize) -> Result<Vec<(String, u64)>> {
        // Another one shares what can be shared, as on any machine that has two containers.
        let (other, _) = self.shim(program, "other")?;
        other.create()?;
        let (shim, _) = self.shim(program, "memory")?;
        shim.create()?;
        let pid = shim.pid()?;
        let mut figures = sizes(pid, "")?;
        let mut client = shim.client()?;
        for n in 0..execs {
            shim.exec(&mut client, &format!("e{n}"))?;
        }
        figures.extend(sizes(pid, "-after")?);
        shim.end()?;
        other.end()?;
        Ok(figures)
    }

    fn life(&self, program: &str) -> Result<Vec<(&'static str, f64)>> {
        let (shim, start) = self.shim(program, "life")?;
        let pid = shim.create()?;
        let mut client = shim.client()?;
        let begun = Instant::now();
        shim.exec(&mut client, "e")?;
        let exec = begun.elapsed();
        let fd = pidfd(pid)?;
        let events = self.events.lock().expect("one at a time");
        while events.try_recv().is_ok() {}
        let (killed, ended, answered) = std::thread::scope(|scope| -> Result<_> {
            let wait = scope.spawn(|| shim.wait_raw());
            let kernel = scope.spawn(move || {
                let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
                poll(&mut fds, PollTimeout::NONE).map(|_| Instant::now())
            });
            // Everybody waits by then.
            std::thread::sleep(PAUSE);
            let killed = Instant::now();
            nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid as i32),
                nix::sys::signal::Signal::SIGKILL,
            )?;
            let ended = kernel.join().expect("no panic")?;
            Ok((killed, ended, wait.join().expect("no panic")?))
        })?;
        let told = loop {
            let (topic, at) = events.recv_timeout(Duration::from_secs(30)).context("an event")?;
            if topic == topic::EXIT {
                break at;
            }
        };
        shim.end()?;
        let ms = |from: Instant, to: Instant| {
            to.saturating_duration_since(from).as_secs_f64() * 1e3
                - from.saturating_duration_since(to).as_secs_f64() * 1e3
        };
        Ok(vec![
            ("start", start.as_secs_f64() * 1e3),
            ("exec", exec.as_secs_f64() * 1e3),
            ("wait", ms(killed, answered)),
            ("wait-after", ms(ended, answered)),
            ("exit", ms(killed, told)),
            ("exit-after", ms(ended, told)),
        ])
    }
}

struct Shim<'a> {
    lab: &'a Lab,
    id: String,
    address: String,
    service: &'static str,
}

impl Shim<'_> {
    fn client(&self) -> Result<Client> {
        Client::connect(&self.address, "bench")
    }

    fn call<A: Message + Default>(
        &self,
        client: &mut Client,
        method: &str,
        request: &impl Message,
    ) -> Result<A> {
        let answer = client.call(self.service, method, request)?;
        answer.map_err(|status| anyhow::anyhow!("{method}: {}", status.message))
    }

    fn pid(&self) -> Result<u32> {
        let request = task::ConnectRequest { id: self.id.clone() };
        Ok(self.call::<task::ConnectResponse>(&mut self.client()?, "Connect", &request)?.shim_pid)
    }

    fn create(&self) -> Result<u32> {
        let mut client = self.client()?;
        let request = task::CreateTaskRequest {
            id: self.id.clone(),
            bundle: self.lab.bundle.display().to_string(),
            options: Some(self.lab.options.clone()),
            ..Default::default()
        };
        self.call::<task::CreateTaskResponse>(&mut client, "Create", &request)?;
        let request = task::StartRequest { id: self.id.clone(), exec_id: String::new() };
        Ok(self.call::<task::StartResponse>(&mut client, "Start", &request)?.pid)
    }

    fn exec(&self, client: &mut Client, exec: &str) -> Result<()> {
        let process = br#"{"args":["true"],"cwd":"/","env":["PATH=/bin"],"user":{"uid":0,"gid":0}}"#;
        let request = task::ExecProcessRequest {
            id: self.id.clone(),
            exec_id: exec.into(),
            spec: Some(Any { type_url: OCI_PROCESS.into(), value: process.to_vec() }),
            ..Default::default()
        };
        self.call::<()>(client, "Exec", &request)?;
        let request = task::StartRequest { id: self.id.clone(), exec_id: exec.into() };
        self.call::<task::StartResponse>(client, "Start", &request)?;
        self.wait(client, exec)?;
        self.delete(client, exec)
    }

    fn wait(&self, client: &mut Client, exec: &str) -> Result<()> {
        let request = task::WaitRequest { id: self.id.clone(), exec_id: exec.into() };
        self.call::<task::WaitResponse>(client, "Wait", &request).map(drop)
    }

    /// When the answer to Wait comes in.
    fn wait_raw(&self) -> Result<Instant> {
        let mut socket = self.client()?.into_socket();
        let wait = task::WaitRequest { id: self.id.clone(), exec_id: String::new() };
        let mut request = ttrpc::request(self.service, "Wait", &wait);
        let namespace = KeyValue { key: "containerd-namespace-ttrpc".into(), value: "bench".into() };
        request.metadata.push(namespace);
        let mut wire = Vec::new();
        ttrpc::encode(&mut wire, 1, ttrpc::REQUEST, &request)?;
        socket.write_all(&wire)?;
        socket.read_exact(&mut [0; ttrpc::HEADER])?;
        Ok(Instant::now())
    }

    fn delete(&self, client: &mut Client, exec: &str) -> Result<()> {
        let request = task::DeleteRequest { id: self.id.clone(), exec_id: exec.into() };
        self.call::<task::DeleteResponse>(client, "Delete", &request).map(drop)
    }

    /// Kills, deletes and waits until the shim is gone.
    fn end(&self) -> Result<()> {
        let mut client = self.client()?;
        let kill = task::KillRequest { id: self.id.clone(), signal: 9, all: true, ..Default::default() };
        let _ = self.call::<()>(&mut client, "Kill", &kill);
        self.wait(&mut client, "")?;
        self.delete(&mut client, "")?;
        let shim = pidfd(self.pid()?)?;
        let request = task::ShutdownRequest { id: self.id.clone(), now: false };
        // Its answer may be cut off by its end.
        let _ = self.call::<()>(&mut client, "Shutdown", &request);
        let mut fds = [PollFd::new(shim.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::NONE)?;
        Ok(())
    }
}

fn sizes(pid: u32, suffix: &str) -> Result<Vec<(String, u64)>> {
    // What is let go of after the last answer.
    std::thread::sleep(Duration::from_millis(300));
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kb = |name: &str| -> Result<u64> {
        let line = text.lines().find_map(|l| l.strip_prefix(name)).context("a field")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    };
    let private = kb("Private_Clean:")? + kb("Private_Dirty:")?;
    let named = |name: &str| format!("{name}{suffix}");
    Ok(vec![(named("rss"), kb("Rss:")?), (named("private"), private), (named("pss"), kb("Pss:")?)])
}

#[allow(unsafe_code)]
fn pidfd(pid: u32) -> Result<OwnedFd> {
    // SAFETY: pidfd_open takes numbers.
    let fd = nix::errno::Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Takes every event, and tells its topic and when it came.
fn take_events(mut stream: UnixStream, tell: &Sender<(String, Instant)>) -> Option<()> {
    loop {
        let mut header = [0; ttrpc::HEADER];
        stream.read_exact(&mut header).ok()?;
        let at = Instant::now();
        let length = u32::from_be_bytes(header[..4].try_into().ok()?);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).ok()?;
        let request = ctrd_shim::api::ttrpc::Request::decode(payload.as_slice()).ok()?;
        let forward = ctrd_shim::api::forward::ForwardRequest::decode(request.payload.as_slice()).ok()?;
        let id = u32::from_be_bytes(header[4..8].try_into().ok()?);
        let mut wire = Vec::new();
        ttrpc::encode(&mut wire, id, ttrpc::RESPONSE, &ttrpc::success(&())).ok()?;
        stream.write_all(&wire).ok()?;
        tell.send((forward.envelope?.topic, at)).ok()?;
    }
}
