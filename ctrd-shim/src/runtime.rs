//! The OCI runtime, as a command line: what is run, and what its failure means. A call is a
//! child; what follows from it is a continuation.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use ctrd_shim::api::runc::Options;
use nix::sys::memfd::{MFdFlags, memfd_create};
use serde::Deserialize;

use crate::args::Args;
use crate::command::Command;
use crate::container::Exit;
use crate::rpc::Caller;
use crate::serve::Shim;
use crate::sys;
use crate::{deadline, host, timeline};

const KILL: u32 = libc::SIGKILL as u32;

/// Which runtime serves a container, and where it keeps its state.
#[derive(Debug, Clone)]
pub struct Runtime {
    program: PathBuf,
    root: PathBuf,
    log: PathBuf,
    systemd_cgroup: bool,
}

/// Whom a call is made for, and how long it may take at most.
#[derive(Debug, Default, Clone, Copy)]
pub struct Bounds {
    pub caller: Option<Caller>,
    pub limit: Option<Duration>,
}

/// The caller alone knows how long it wants to wait.
pub fn for_caller(caller: Caller) -> Bounds {
    Bounds { caller: Some(caller), limit: None }
}

/// How a call went.
pub struct Outcome {
    pub program: String,
    /// As wait reports it: 128 and the signal, if one killed it.
    pub status: u32,
    /// What it said, both streams, where they were ours to take.
    pub said: String,
    /// The last error that it wrote to its log.
    pub logged: Option<String>,
}

impl Runtime {
    pub fn new(args: &Args, bundle: &Path, options: &Options) -> Runtime {
        let root = if options.root.is_empty() {
            host::runtime_root(&args.address)
        } else {
            PathBuf::from(&options.root)
        };
        Runtime {
            program: host::runtime_program(&options.binary_name),
            root: root.join(&args.namespace),
            log: bundle.join("log.json"),
            systemd_cgroup: options.systemd_cgroup,
        }
    }

    /// Whether the runtime has a record of this container.
    pub fn knows(&self, id: &str) -> bool {
        self.root.join(id).exists()
    }

    /// The command with what comes before the verb.
    pub fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--root").arg(&self.root).arg("--log").arg(&self.log).args(["--log-format", "json"]);
        if self.systemd_cgroup {
            command.arg("--systemd-cgroup");
        }
        command.arg(verb).dies_with_us();
        // Readiness is told to the service manager by nobody down here.
        command.env_remove("NOTIFY_SOCKET");
        command
    }
}

/// Starts a call; `then` is called when it has ended. Its output is left as the command says.
pub fn run(
    shim: &mut Shim,
    runtime: &Runtime,
    mut command: Command,
    bounds: Bounds,
    then: impl FnOnce(&mut Shim, Outcome) + 'static,
) -> Result<()> {
    let program = runtime.program.clone();
    let log = LogEnd::of(&runtime.log);
    spawn(shim, &runtime.program, &mut command, bounds, move |shim, status| {
        let outcome =
            Outcome { program: name(&program), status, said: String::new(), logged: log.last_error() };
        then(shim, outcome);
    })
}

/// Like `run`, for calls whose output is an answer to us and not the container's.
pub fn ask(
    shim: &mut Shim,
    runtime: &Runtime,
    mut command: Command,
    bounds: Bounds,
    then: impl FnOnce(&mut Shim, Outcome) + 'static,
) -> Result<()> {
    let program = runtime.program.clone();
    let log = LogEnd::of(&runtime.log);
    // A file in memory, unlike a pipe, needs nobody to read it meanwhile.
    let mut output = memory("output")?;
    command.stdout(output.try_clone()?).stderr(output.try_clone()?);
    spawn(shim, &runtime.program, &mut command, bounds, move |shim, status| {
        let said = said(&mut output);
        then(shim, Outcome { program: name(&program), status, said, logged: log.last_error() });
    })
}

fn said(output: &mut File) -> String {
    let mut said = Vec::new();
    let _ = output.seek(SeekFrom::Start(0)).and_then(|_| output.read_to_end(&mut said));
    String::from_utf8_lossy(&said).into_owned()
}

fn spawn(
    shim: &mut Shim,
    program: &Path,
    command: &mut Command,
    bounds: Bounds,
    then: impl FnOnce(&mut Shim, u32) + 'static,
) -> Result<()> {
    let part = timeline::runtime(command).map(|part| (part, timeline::title(&name(program), command)));
    let pid = command.spawn().map_err(|e| missing(program, &e))?;
    deadline::waits_for(shim, bounds.caller, pid as i32);
    let timer = bounds.limit.map(|limit| shim.after(limit, Box::new(move |_| _ = sys::kill(pid, KILL))));
    let ended = move |shim: &mut Shim, exit: Exit| {
        // Before its number can be another's.
        if let Some(timer) = timer {
            shim.cancel(timer);
        }
        if let Some((part, title)) = part {
            part.end(&title);
        }
        then(shim, exit.status);
    };
    shim.children.insert(pid as i32, Box::new(ended));
    Ok(())
}

/// In lower case, as callers look for it: `no such file or directory` is exit status 127, and so
/// is what a search of PATH has found out.
fn missing(program: &Path, e: &std::io::Error) -> anyhow::Error {
    if e.kind() == std::io::ErrorKind::NotFound && program.components().count() == 1 {
        return anyhow!("exec: {:?}: executable file not found in $PATH", program.display().to_string());
    }
    anyhow!("exec {}: {}", program.display(), crate::reason(e).to_lowercase())
}

/// A file in memory with this content, to be read from its start.
pub fn input(content: &[u8]) -> Result<OwnedFd> {
    let mut file = memory("input")?;
    file.write_all(content)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file.into())
}

fn memory(name: &str) -> Result<File> {
    Ok(memfd_create(name, MFdFlags::MFD_CLOEXEC).context("create a memory file")?.into())
}

fn name(program: &Path) -> String {
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Outcome {
    pub fn is_ok(&self) -> bool {
        self.status == 0
    }

    /// The reason for a failure, as far as the runtime told one.
    pub fn reason(&self) -> String {
        if let Some(logged) = &self.logged {
            return logged.clone();
        }
        match (self.said.trim(), self.status) {
            ("", status @ 129..=192) => format!("{}: ended by signal {}", self.program, status - 128),
            ("", status) => format!("{}: exit status {status}", self.program),
            (said, _) => said.into(),
        }
    }

    /// Whether it was killed, by us when it took too long or by somebody else.
    pub fn was_killed(&self) -> bool {
        self.status == 128 + KILL
    }

    /// Everything that may hold a text that callers look for.
    pub fn words(&self) -> String {
        match &self.logged {
            Some(logged) => format!("{} {logged}", self.said),
            None => self.said.clone(),
        }
    }
}

/// How long the log was before a call. What comes after is the call's, or that of another that
/// ran beside it.
struct LogEnd {
    path: PathBuf,
    length: u64,
}

impl LogEnd {
    fn of(path: &Path) -> LogEnd {
        LogEnd { path: path.into(), length: std::fs::metadata(path).map_or(0, |m| m.len()) }
    }

    fn last_error(&self) -> Option<String> {
        let mut file = File::open(&self.path).ok()?;
        // A log that has shrunk was begun anew.
        let start = if file.metadata().ok()?.len() < self.length { 0 } else { self.length };
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        last_error(&text)
    }
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    level: String,
    #[serde(default)]
    msg: String,
}

fn last_error(log: &str) -> Option<String> {
    let lines = serde_json::Deserializer::from_str(log).into_iter::<Line>();
    lines.map_while(|l| l.ok()).filter(|l| l.level == "error").last().map(|l| l.msg.trim().to_owned())
}

/// Does what `ask` does and waits, for `delete`, which has no loop.
pub fn ask_and_wait(runtime: &Runtime, mut command: Command) -> Result<Outcome> {
    let log = LogEnd::of(&runtime.log);
    timeline::pass_on(&mut command);
    let mut output = memory("output")?;
    command.stdout(output.try_clone()?).stderr(output.try_clone()?);
    let status = command.status().map_err(|e| missing(&runtime.program, &e))?;
    Ok(Outcome {
        program: name(&runtime.program),
        status: status.code().unwrap_or(255) as u32,
        said: said(&mut output),
        logged: log.last_error(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_error_of_a_log_is_the_reason() {
        for (log, want) in [
            ("", None),
            (r#"{"level":"warning","msg":"a"}"#, None),
            (
                "{\"level\":\"error\",\"msg\":\"a\"}\n{\"level\":\"error\",\"msg\":\" b \"}\n{\"level\":\"info\"}\n",
                Some("b"),
            ),
            ("{\"level\":\"error\",\"msg\":\"a\"}\nnot json", Some("a")),
        ] {
            assert_eq!(last_error(log).as_deref(), want, "{log}");
        }
    }

    #[test]
    fn the_flags_come_before_the_verb() {
        let args =
            Args { namespace: "demo".into(), address: "/run/ctrd/ctrd.sock".into(), ..Default::default() };
        let options = Options { binary_name: "runc".into(), systemd_cgroup: true, ..Default::default() };
        let command = Runtime::new(&args, Path::new("/b"), &options).command("start");
        let line: Vec<_> = command.words().collect();
        assert_eq!(
            line.join(" "),
            "--root /run/ctrd/runtime/demo --log /b/log.json --log-format json --systemd-cgroup start"
        );
    }
}
