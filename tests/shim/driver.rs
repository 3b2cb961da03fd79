//! A shim of a test's own: its bundle, the server it publishes to, and its methods as calls.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ctrd_shim::any::{self, OCI_PROCESS};
use ctrd_shim::api::rpc::Status;
use ctrd_shim::api::{runc, task};
use ctrd_shim::bootstrap::Reply;
use ctrd_shim::client::Client;
use ctrd_shim::method::TASK_V3;
use prost::Message;
use prost_types::Any;
use serde_json::{Value, json};

use super::server::Server;
use crate::fixture::Bundle;
use crate::{bin, caller, runtime};

/// Calls `test` with the options for each runtime that is installed: ours, and runc.
pub fn over_each(test: impl Fn(runc::Options)) {
    test(runc::Options::default());
    if bin::peer("runc") {
        test(runc::Options { binary_name: "runc".into(), ..Default::default() });
    }
}

pub struct Driven {
    pub server: Option<Server>,
    pub id: String,
    pub bundle: Bundle,
    /// The server's folder, with its two sockets.
    pub dir: tempfile::TempDir,
    pub address: String,
    pub options: runc::Options,
    pub pid: u32,
}

/// The arguments and the environment that every containerd gives.
pub fn command(bundle: &Path, dir: &Path, id: &str) -> Command {
    let mut command = bin::command("ctrd-shim");
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
    /// A shim for a container that runs `args`.
    pub fn new(id: &str, args: &[&str]) -> Self {
        Self::with(id, args, |_| {})
    }

    pub fn with(id: &str, args: &[&str], edit: impl FnOnce(&mut Value)) -> Self {
        let dir = caller::folder();
        let server = Server::listen(&events(dir.path()));
        let mut shim = Self::alone(id, args, edit, dir);
        shim.server = Some(server);
        shim
    }

    /// The same, without a server yet.
    pub fn alone(id: &str, args: &[&str], edit: impl FnOnce(&mut Value), dir: tempfile::TempDir) -> Self {
        let bundle = Bundle::new(args, |config| {
            config["linux"]["cgroupsPath"] = json!(format!("/{id}"));
            edit(config);
        });
        let printed = bin::run(command(bundle.path(), dir.path(), id).arg("start")).ok();
        let address = Reply::parse(printed.as_bytes()).expect("a reply").address;
        let mut shim = Self {
            id: id.into(),
            bundle,
            dir,
            address,
            options: runc::Options::default(),
            server: None,
            pid: 0,
        };
        let known: task::ConnectResponse = shim.ok("Connect", &task::ConnectRequest { id: id.into() });
        shim.pid = known.shim_pid;
        shim
    }

    pub fn client(&self) -> Client {
        let client = Client::connect(&self.address, "it").expect("connect to the shim");
        client.set_timeout(Some(Duration::from_secs(60))).expect("set a limit");
        client
    }

    pub fn call<A: Message + Default>(&self, method: &str, request: &impl Message) -> Result<A, Status> {
        self.client().call(TASK_V3, method, request).unwrap_or_else(|e| panic!("{method}: {e:#}"))
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
        self.ok::<()>("Shutdown", &task::ShutdownRequest { id: self.id.clone(), now: false });
        runtime::wait_exit(self.pid.into());
    }

    /// The command `delete`, as after the shim's end: what it prints.
    pub fn clean_up(&self) -> task::DeleteResponse {
        let mut command = command(self.bundle.path(), self.dir.path(), &self.id);
        let output = command.arg("delete").output().expect("run ctrd-shim");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        task::DeleteResponse::decode(output.stdout.as_slice()).expect("a response")
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        let Ok(mut client) = Client::connect(&self.address, "it") else { return };
        let _ = client.set_timeout(Some(Duration::from_secs(30)));
        let mut kill = self.kill_request("", 9);
        kill.all = true;
        let wait = task::WaitRequest { id: self.id.clone(), exec_id: String::new() };
        let _ = client.call::<()>(TASK_V3, "Resume", &task::ResumeRequest { id: self.id.clone() });
        if client.call::<()>(TASK_V3, "Kill", &kill).is_ok_and(|answer| answer.is_ok()) {
            let _ = client.call::<task::WaitResponse>(TASK_V3, "Wait", &wait);
        }
        let _ = client.call::<task::DeleteResponse>(TASK_V3, "Delete", &self.delete_request(""));
        let shutdown = task::ShutdownRequest { id: self.id.clone(), now: false };
        if client.call::<()>(TASK_V3, "Shutdown", &shutdown).is_ok_and(|answer| answer.is_ok()) {
            let mut poll = [0; 1];
            // The shim's end of the connection closes with the shim.
            let _ = std::io::Read::read(&mut client.into_socket(), &mut poll);
        }
    }
}
