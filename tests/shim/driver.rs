//! A shim of a test's own, ours or containerd's: its bundle, the server it publishes to, and its
//! methods as calls.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ctrd_shim::any::{self, OCI_PROCESS};
use ctrd_shim::api::bootstrap::BootstrapParams;
use ctrd_shim::api::rpc::Status;
use ctrd_shim::api::{runc, task};
use ctrd_shim::bootstrap::Reply;
use ctrd_shim::client::Client;
use ctrd_shim::method::{TASK_V2, TASK_V3};
use prost::Message;
use prost_types::Any;
use serde_json::{Value, json};

use super::server::Server;
use crate::fixture::Bundle;
use crate::{bin, caller, runtime};

/// A shim and the runtime that it is to use.
pub struct Stack {
    shim: PathBuf,
    pub options: runc::Options,
}

/// Ours over each runtime that is installed, ocirun and runc, and each of containerd's own shims over
/// runc: the one on PATH, or those in the folders that `$CTRD_CONTAINERD` lists.
pub fn stacks() -> Vec<Stack> {
    let mut stacks = vec![Stack::ours()];
    if bin::peer("runc") {
        let options = runc::Options { binary_name: "runc".into(), ..Default::default() };
        let over_runc = |shim| Stack { shim, options: options.clone() };
        let folders =
            std::env::var_os("CTRD_CONTAINERD").or_else(|| std::env::var_os("PATH")).unwrap_or_default();
        let peers = std::env::split_paths(&folders).map(|dir| dir.join("containerd-shim-runc-v2"));
        stacks.push(over_runc(bin::path("ctrd-shim")));
        stacks.extend(peers.filter(|shim| shim.is_file()).map(over_runc));
        if stacks.len() == 2 {
            bin::skip("containerd-shim-runc-v2 is not installed");
        }
    }
    stacks
}

/// Calls `test` with each of them.
pub fn over_each(test: impl Fn(&Stack)) {
    for stack in stacks() {
        // Beside a failure it stands which one it was.
        println!("over {stack}");
        test(&stack);
    }
}

impl std::fmt::Display for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let runtime = if self.options.binary_name.is_empty() { "ocirun" } else { &self.options.binary_name };
        write!(f, "{}, {runtime}", self.shim.display())
    }
}

impl Stack {
    fn ours() -> Self {
        Self { shim: bin::path("ctrd-shim"), options: runc::Options::default() }
    }

    /// Whether it is containerd's shim.
    pub fn is_peer(&self) -> bool {
        self.shim != bin::path("ctrd-shim")
    }

    /// Whether it is containerd's shim of a version that begins like this.
    pub fn is_peer_of(&self, version: &str) -> bool {
        let told = || bin::run(Command::new(&self.shim).arg("-v").stdin(Stdio::null())).stdout;
        self.is_peer()
            && told()
                .lines()
                .filter_map(|line| line.trim().strip_prefix("Version:"))
                .any(|told| told.trim().starts_with(version))
    }

    /// A shim for a container that runs `args`.
    pub fn shim(&self, id: &str, args: &[&str]) -> Driven {
        self.edited(id, args, |_| {})
    }

    pub fn edited(&self, id: &str, args: &[&str], edit: impl FnOnce(&mut Value)) -> Driven {
        let dir = caller::folder();
        let server = Server::listen(&events(dir.path()));
        let mut shim = self.start(id, args, edit, dir);
        shim.server = Some(server);
        shim
    }

    fn start(
        &self,
        id: &str,
        args: &[&str],
        edit: impl FnOnce(&mut Value),
        dir: tempfile::TempDir,
    ) -> Driven {
        // Named as containerd names it: its shim looks for the bundle by that.
        let bundle = Bundle::named(id, args, |config| {
            config["linux"]["cgroupsPath"] = json!(format!("/{id}"));
            edit(config);
        });
        // The server has it open before there is a shim.
        let log = bundle.path().join("log");
        nix::unistd::mkfifo(&log, nix::sys::stat::Mode::S_IRWXU).expect("make a FIFO");
        let log = std::fs::File::options()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(log)
            .expect("open a FIFO");
        let start = || command_of(&self.shim, bundle.path(), dir.path(), id);
        let printed = if self.is_peer() {
            // The newest take nothing else on stdin, the oldest stumble over it.
            said(start(), &params(dir.path(), id)).or_else(|_| said(start(), &[]))
        } else {
            said(start(), &[])
        };
        let printed = printed.unwrap_or_else(|e| panic!("{}: {e}", self.shim.display()));
        let reply = Reply::parse(&printed).expect("a reply");
        let mut shim = Driven {
            id: id.into(),
            bundle,
            dir,
            address: reply.address,
            service: if reply.version >= 3 { TASK_V3 } else { TASK_V2 },
            program: self.shim.clone(),
            options: self.options.clone(),
            server: None,
            pid: 0,
            log,
        };
        let known: task::ConnectResponse = shim.ok("Connect", &task::ConnectRequest { id: id.into() });
        shim.pid = known.shim_pid;
        shim
    }
}

/// `start` with these bytes on its stdin: what it prints, or says when it fails.
fn said(mut command: Command, input: &[u8]) -> Result<Vec<u8>, String> {
    command.arg("start").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("run the shim");
    // One that does not read it is no failure.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let output = child.wait_with_output().expect("its output");
    if output.status.success() { Ok(output.stdout) } else { Err(bin::done(&output).stderr) }
}

/// What the newest servers say on stdin.
fn params(dir: &Path, id: &str) -> Vec<u8> {
    BootstrapParams {
        instance_id: id.into(),
        namespace: "it".into(),
        containerd_ttrpc_address: events(dir).display().to_string(),
        containerd_grpc_address: dir.join("c.sock").display().to_string(),
        ..Default::default()
    }
    .encode_to_vec()
}

pub struct Driven {
    pub server: Option<Server>,
    pub id: String,
    pub bundle: Bundle,
    /// The server's folder, with its two sockets.
    pub dir: tempfile::TempDir,
    pub address: String,
    pub service: &'static str,
    program: PathBuf,
    pub options: runc::Options,
    pub pid: u32,
    log: std::fs::File,
}

/// The arguments and the environment that every containerd gives.
pub fn command(bundle: &Path, dir: &Path, id: &str) -> Command {
    command_of(&bin::path("ctrd-shim"), bundle, dir, id)
}

fn command_of(shim: &Path, bundle: &Path, dir: &Path, id: &str) -> Command {
    let mut command = Command::new(shim);
    command.stdin(Stdio::null()).env_remove("NOTIFY_SOCKET");
    command.args(["-namespace", "it", "-id", id, "-address"]).arg(dir.join("c.sock"));
    command.env("TTRPC_ADDRESS", events(dir)).env("GRPC_ADDRESS", dir.join("c.sock"));
    command.env("MAX_SHIM_VERSION", "3").current_dir(bundle);
    command
}

/// Where the server takes events.
pub fn events(dir: &Path) -> PathBuf {
    dir.join("c.sock.ttrpc")
}

impl Driven {
    /// Ours over ocirun, for a container that runs `args`.
    pub fn new(id: &str, args: &[&str]) -> Self {
        Stack::ours().shim(id, args)
    }

    pub fn with(id: &str, args: &[&str], edit: impl FnOnce(&mut Value)) -> Self {
        Stack::ours().edited(id, args, edit)
    }

    /// The same, without a server yet.
    pub fn alone(id: &str, args: &[&str], edit: impl FnOnce(&mut Value), dir: tempfile::TempDir) -> Self {
        Stack::ours().start(id, args, edit, dir)
    }

    pub fn client(&self) -> Client {
        let mut client = Client::connect(&self.address, "it").expect("connect to the shim");
        client.set_timeout(Some(Duration::from_secs(60))).expect("set a limit");
        client
    }

    pub fn call<A: Message + Default>(&self, method: &str, request: &impl Message) -> Result<A, Status> {
        self.client().call(self.service, method, request).unwrap_or_else(|e| panic!("{method}: {e:#}"))
    }

    pub fn ok<A: Message + Default>(&self, method: &str, request: &impl Message) -> A {
        self.call(method, request).unwrap_or_else(|s| panic!("{method}: {} (code {})", s.message, s.code))
    }

    /// The code and the words of a refusal.
    pub fn refused(&self, method: &str, request: &impl Message) -> (i32, String) {
        match self.call::<task::DeleteResponse>(method, request) {
            Ok(_) => panic!("{method} was not refused"),
            Err(status) => (status.code, status.message),
        }
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("a server")
    }

    pub fn request(&self) -> task::CreateTaskRequest {
        task::CreateTaskRequest {
            id: self.id.clone(),
            bundle: self.bundle.path().to_str().expect("UTF-8").into(),
            options: Some(any::pack(&self.options)),
            ..Default::default()
        }
    }

    pub fn create(&self) -> u32 {
        self.ok::<task::CreateTaskResponse>("Create", &self.request()).pid
    }

    /// Starts the container's first process, or an exec.
    pub fn start(&self, exec: &str) -> u32 {
        self.ok::<task::StartResponse>("Start", &self.start_request(exec)).pid
    }

    pub fn start_request(&self, exec: &str) -> task::StartRequest {
        task::StartRequest { id: self.id.clone(), exec_id: exec.into() }
    }

    pub fn exec_request(&self, exec: &str, args: &[&str]) -> task::ExecProcessRequest {
        let spec =
            json!({"args": args, "cwd": "/", "env": ["PATH=/bin:/sbin"], "user": {"uid": 0, "gid": 0}});
        task::ExecProcessRequest {
            id: self.id.clone(),
            exec_id: exec.into(),
            spec: Some(Any { type_url: OCI_PROCESS.into(), value: spec.to_string().into_bytes() }),
            ..Default::default()
        }
    }

    pub fn exec(&self, exec: &str, args: &[&str]) {
        self.ok::<()>("Exec", &self.exec_request(exec, args));
    }

    pub fn wait(&self, exec: &str) -> u32 {
        let request = task::WaitRequest { id: self.id.clone(), exec_id: exec.into() };
        let answer: task::WaitResponse = self.ok("Wait", &request);
        assert!(answer.exited_at.is_some());
        answer.exit_status
    }

    pub fn state(&self, exec: &str) -> task::StateResponse {
        self.ok("State", &task::StateRequest { id: self.id.clone(), exec_id: exec.into() })
    }

    pub fn kill_request(&self, exec: &str, signal: u32) -> task::KillRequest {
        task::KillRequest { id: self.id.clone(), exec_id: exec.into(), signal, all: false }
    }

    pub fn kill(&self, exec: &str, signal: u32) {
        self.ok::<()>("Kill", &self.kill_request(exec, signal));
    }

    pub fn delete_request(&self, exec: &str) -> task::DeleteRequest {
        task::DeleteRequest { id: self.id.clone(), exec_id: exec.into() }
    }

    pub fn delete(&self, exec: &str) -> task::DeleteResponse {
        self.ok("Delete", &self.delete_request(exec))
    }

    /// Ends the shim, and returns when it is gone.
    pub fn shutdown(&self) {
        let request = task::ShutdownRequest { id: self.id.clone(), now: false };
        let answer = self.client().call::<()>(self.service, "Shutdown", &request);
        // containerd's shim may be gone before it has answered.
        assert!(matches!(answer, Ok(Ok(()))) || self.program != bin::path("ctrd-shim"), "{answer:?}");
        runtime::wait_exit(self.pid.into());
    }

    /// The command `delete`, as after the shim's end: what it prints.
    pub fn clean_up(&self) -> task::DeleteResponse {
        let mut command = command_of(&self.program, self.bundle.path(), self.dir.path(), &self.id);
        let output = command.arg("delete").output().expect("run ctrd-shim");
        let silent = output.stderr.is_empty() || self.program != bin::path("ctrd-shim");
        assert!(output.status.success() && silent, "{output:?}");
        task::DeleteResponse::decode(output.stdout.as_slice()).expect("a response")
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut said = vec![0; 1 << 16];
            let n = std::io::Read::read(&mut self.log, &mut said).unwrap_or(0);
            println!("the shim's log: {}", String::from_utf8_lossy(&said[..n]));
        }
        let Ok(mut client) = Client::connect(&self.address, "it") else { return };
        let _ = client.set_timeout(Some(Duration::from_secs(30)));
        let mut kill = self.kill_request("", 9);
        kill.all = true;
        let wait = task::WaitRequest { id: self.id.clone(), exec_id: String::new() };
        let _ = client.call::<()>(self.service, "Resume", &task::ResumeRequest { id: self.id.clone() });
        if client.call::<()>(self.service, "Kill", &kill).is_ok_and(|answer| answer.is_ok()) {
            let _ = client.call::<task::WaitResponse>(self.service, "Wait", &wait);
        }
        let _ = client.call::<task::DeleteResponse>(self.service, "Delete", &self.delete_request(""));
        let shutdown = task::ShutdownRequest { id: self.id.clone(), now: false };
        if client.call::<()>(self.service, "Shutdown", &shutdown).is_ok_and(|answer| answer.is_ok()) {
            let mut poll = [0; 1];
            // The shim's end of the connection closes with the shim.
            let _ = std::io::Read::read(&mut client.into_socket(), &mut poll);
        }
    }
}
