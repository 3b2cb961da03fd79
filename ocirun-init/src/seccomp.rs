//! Loads the compiled seccomp program, and hands its listener out.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::stat::fstat;
use nix::sys::uio::pread;
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, pipe2, read, write};
use ocirun_init::{Bootstrap, Seccomp};
use serde_json::Value;

use crate::again::again;
use crate::seam::Seam;
use crate::{clone, console, fd, syscall};

/// Bytes of a `struct sock_filter`.
const INSTRUCTION: usize = 8;

/// The kernel takes no more (BPF_MAXINSNS).
const MOST_INSTRUCTIONS: usize = 4096;

/// Reads the programs that are to be loaded, but for one that is late.
pub fn read_all(boot: &Bootstrap) -> Result<Vec<Program>> {
    boot.seccomp
        .iter()
        .chain(&boot.stacked_seccomp)
        .filter(|seccomp| !seccomp.late)
        .map(Program::read)
        .collect()
}

/// Waits for a program that is late, and reads it; it comes before those that are stacked.
pub fn read_late(boot: &Bootstrap, seam: &mut Seam, programs: &mut Vec<Program>) -> Result<()> {
    if let Some(seccomp) = boot.seccomp.as_ref().filter(|seccomp| seccomp.late) {
        seam.wait_for_filter()?;
        programs.insert(0, Program::read(seccomp)?);
    }
    Ok(())
}

/// Loads the programs, the first one first; the kernel asks all of them about each call.
pub fn load_all(programs: &mut Vec<Program>) -> Result<()> {
    for (number, program) in programs.drain(..).enumerate() {
        let said = |error: anyhow::Error| match number {
            0 => error,
            number => error.context(format!("seccomp program {number} of those stacked")),
        };
        program.load().map_err(said)?;
    }
    Ok(())
}

/// A program that was read, and is loaded when its time has come.
pub struct Program {
    instructions: Vec<libc::sock_filter>,
    flags: u32,
    /// Where the notify descriptor goes, and the message that goes with it.
    listener: Option<(OwnedFd, Value)>,
}

impl Program {
    /// Tells the listener which process it is; whether that is the container's first.
    pub fn name_process(&mut self, pid: i32, first: bool) {
        let Some((_, state)) = &mut self.listener else { return };
        state["pid"] = pid.into();
        if first {
            state["state"]["pid"] = pid.into();
        }
    }

    fn read(seccomp: &Seccomp) -> Result<Self> {
        let file = fd::take(seccomp.fd).context("read the seccomp program")?;
        let instructions = read_instructions(&file).context("read the seccomp program")?;
        let mut flags = seccomp.flags;
        let listener = match seccomp.listener_fd {
            Some(number) => {
                flags |= libc::SECCOMP_FILTER_FLAG_NEW_LISTENER as u32;
                Some((fd::take(number)?, seccomp.listener_state.clone()))
            }
            None => None,
        };
        Ok(Self { instructions, flags, listener })
    }

    pub fn load(mut self) -> Result<()> {
        match self.listener.take() {
            None => {
                syscall::seccomp(&mut self.instructions, self.flags).context("load the seccomp program")?;
                Ok(())
            }
            Some((socket, state)) => self.load_with_listener(socket, serde_json::to_vec(&state)?),
        }
    }

    /// The filter may ask the listener about sendmsg itself, which would wait for an answer that
    /// nobody can give yet. So a child that shares the descriptors, and was made before the filter,
    /// sends the new one as soon as it hears its number: of the filter's calls only write(2) must
    /// not need an answer.
    fn load_with_listener(mut self, socket: OwnedFd, state: Vec<u8>) -> Result<()> {
        let (wait, tell) = pipe2(nix::fcntl::OFlag::O_CLOEXEC).context("make a pipe")?;
        let child = clone::spawn_sharing_descriptors(|| {
            let mut number = [0; 4];
            match read(&wait, &mut number) {
                Ok(4) => {}
                _ => return Errno::EPIPE as i32,
            }
            let Ok(notify) = syscall::borrow(i32::from_ne_bytes(number)) else {
                return Errno::EBADF as i32;
            };
            match console::send(socket.as_fd(), notify, &state) {
                Ok(()) => 0,
                Err(_) => Errno::ECONNREFUSED as i32,
            }
        })
        .context("start the sender of the seccomp listener")?;
        let loaded = syscall::seccomp(&mut self.instructions, self.flags);
        // On failure the child hears a number that it cannot send, and ends.
        again(|| write(&tell, &loaded.unwrap_or(-1).to_ne_bytes())).context("send the seccomp listener")?;
        let ended = again(|| waitpid(Pid::from_raw(child), None));
        let notify = syscall::adopt(loaded.context("load the seccomp program")?)?;
        match ended {
            Ok(nix::sys::wait::WaitStatus::Exited(_, 0)) => {}
            Ok(nix::sys::wait::WaitStatus::Exited(_, errno)) => {
                return Err(Errno::from_raw(errno)).context("send the seccomp listener");
            }
            Ok(status) => bail!("send the seccomp listener: {status:?}"),
            // The listener may have refused the wait; then it has the descriptor.
            Err(_) => {}
        }
        debug_assert!(notify.as_raw_fd() > 2);
        Ok(())
    }
}

fn read_instructions(file: &OwnedFd) -> Result<Vec<libc::sock_filter>> {
    let size = usize::try_from(fstat(file)?.st_size)?;
    if size == 0 || !size.is_multiple_of(INSTRUCTION) || size / INSTRUCTION > MOST_INSTRUCTIONS {
        bail!("{size} bytes are not a program");
    }
    let mut bytes = vec![0; size];
    // From the start, wherever the writer left the offset.
    if again(|| pread(file, &mut bytes, 0))? != size {
        bail!("short read");
    }
    let word = |b: &[u8]| u32::from_ne_bytes([b[0], b[1], b[2], b[3]]);
    Ok(bytes
        .chunks_exact(INSTRUCTION)
        .map(|b| libc::sock_filter {
            code: u16::from_ne_bytes([b[0], b[1]]),
            jt: b[2],
            jf: b[3],
            k: word(&b[4..]),
        })
        .collect())
}
