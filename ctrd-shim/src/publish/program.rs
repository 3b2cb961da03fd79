//! Where the server has no socket for events, its own program takes them: one call an event, the
//! event as an Any on its stdin.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use prost::Message;

use super::{PATIENCE, advance, settled};
use crate::command::Command;
use crate::runtime;
use crate::serve::Shim;

/// Gives the first in the queue to the program. False: there is none, or it could not be started.
pub fn call(shim: &mut Shim) -> bool {
    if shim.publisher.program.is_empty() {
        return false;
    }
    match start(shim) {
        Ok(pid) => {
            shim.publisher.calling = true;
            shim.children.insert(pid, Box::new(|shim, exit| ended(shim, exit.status)));
            let timer =
                shim.after(PATIENCE, Box::new(move |_| _ = kill(Pid::from_raw(pid), Signal::SIGKILL)));
            shim.publisher.timer = Some(timer);
            true
        }
        Err(e) => {
            shim.log.warn(format_args!("publish an event: {e:#}"));
            false
        }
    }
}

fn start(shim: &Shim) -> anyhow::Result<i32> {
    let event = shim.publisher.queue.front().and_then(|e| e.envelope.clone()).unwrap_or_default();
    let mut command = Command::new(&shim.publisher.program);
    if !shim.args.address.is_empty() {
        command.args(["--address", &shim.args.address]);
    }
    command.args(["publish", "--topic", &event.topic, "--namespace", &event.namespace]);
    command.stdin(runtime::input(&event.event.unwrap_or_default().encode_to_vec())?);
    Ok(command.spawn()? as i32)
}

fn ended(shim: &mut Shim, status: u32) {
    shim.publisher.calling = false;
    // The timer is the one that would have killed it; settled takes it away.
    let refusal = (status != 0).then(|| format!("{}: exit status {status}", shim.publisher.program));
    settled(shim, refusal);
    advance(shim);
}
