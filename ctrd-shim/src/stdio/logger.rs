//! A logging program: it reads the container's output itself, from descriptors 3 and 4, and
//! says on 5, by a byte or by closing it, that it is ready.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, read};

use crate::serve::Shim;
use crate::stdio::uri::Program;
use crate::sys::{self, Extra};

/// Whose output it is; the program is told by its environment.
pub struct For<'a> {
    pub id: &'a str,
    pub namespace: &'a str,
    pub bundle: &'a Path,
}

pub struct Started {
    pub pid: u32,
    /// Readable, or at its end, when the program is ready.
    ready: OwnedFd,
    strict: bool,
}

pub fn start(program: &Program, of: &For<'_>, [stdout, stderr]: [OwnedFd; 2]) -> Result<Started> {
    let (ready, tell) = super::pipe()?;
    let mut command = Command::new(&program.path);
    command
        .args(&program.args)
        .env_clear()
        .env("CONTAINER_ID", of.id)
        .env("CONTAINER_NAMESPACE", of.namespace)
        .current_dir(of.bundle)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    sys::prepare(&mut command, Extra { dies_with_us: false, fds: vec![stdout, stderr, tell] });
    let child =
        command.spawn().with_context(|| format!("start logging program {}", program.path.display()))?;
    Ok(Started { pid: child.id(), ready, strict: program.strict })
}

/// Goes on when the program is ready.
pub fn when_ready(shim: &mut Shim, logger: Started, then: impl FnOnce(&mut Shim, Result<()>) + 'static) {
    let Started { ready, strict, .. } = logger;
    let same = match ready.try_clone().context("duplicate a descriptor") {
        Ok(same) => same,
        Err(e) => return then(shim, Err(e)),
    };
    let go_on = move |shim: &mut Shim| {
        let told = read(&same, &mut [0]).is_ok_and(|n| n > 0);
        let outcome =
            if told || !strict { Ok(()) } else { Err(anyhow::anyhow!("logging binary did not call ready")) };
        then(shim, outcome);
    };
    shim.once(ready, Box::new(go_on));
}

pub fn signal(pid: u32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid as i32), signal);
}
