//! The signals that a command passes on to its program: some fifty of them. tokio's way to catch a signal takes a copy of
//! all that are caught already, which is felt at a launch; here each is one call, and a byte on a pipe when it comes.
//!
//! A child of this process has the handler until it executes. A signal for all of the group that comes just then is told
//! here twice.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet};
use nix::unistd::pipe2;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

use super::RTMIN;

/// The end of the pipe that is written to; it stays open as long as this process lives.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// From now on, the signals that are `wanted` arrive here, of those that may be passed on to
/// another process. Of two calls it is the later one's that get them.
///
/// Those are not SIGCHLD, SIGPIPE and SIGURG, which concern this process alone; nor SIGTTIN and SIGTTOU,
/// by which the terminal stops a program in the background: caught, the read that raised them
/// would raise them for ever.
pub fn caught(wanted: impl Fn(i32) -> bool) -> io::Result<mpsc::UnboundedReceiver<i32>> {
    let (read, write) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
    let mut arrivals = pipe::Receiver::from_owned_fd(read)?;
    into(write);
    for number in (1..=libc::SIGSYS).chain(RTMIN..=libc::SIGRTMAX()) {
        match number {
            libc::SIGKILL | libc::SIGSTOP | libc::SIGILL | libc::SIGFPE | libc::SIGSEGV => continue,
            libc::SIGCHLD | libc::SIGPIPE | libc::SIGURG | libc::SIGTTIN | libc::SIGTTOU => continue,
            libc::SIGBUS | libc::SIGTRAP | libc::SIGABRT | libc::SIGSYS => continue,
            _ if wanted(number) => catch(number)?,
            _ => {}
        }
    }
    let (send, receive) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok(number) = arrivals.read_u8().await
            && send.send(number.into()).is_ok()
        {}
    });
    Ok(receive)
}

fn into(write: OwnedFd) {
    // A handler may be at work with the number of an earlier one, which therefore is never closed.
    PIPE.store(write.as_raw_fd(), Ordering::Relaxed);
    std::mem::forget(write);
}

extern "C" fn arrived(number: libc::c_int) {
    // What was interrupted has an error of its own in hand.
    let before = Errno::last_raw();
    let byte = number as u8;
    // SAFETY: write may be called in a handler (signal-safety(7)); it reads one byte that lives until it returns. The
    // descriptor is never closed. A pipe that is full holds more signals than anybody has sent in earnest.
    unsafe { libc::write(PIPE.load(Ordering::Relaxed), (&raw const byte).cast(), 1) };
    Errno::set_raw(before);
}

fn catch(number: i32) -> io::Result<()> {
    let action = SigAction::new(SigHandler::Handler(arrived), SaFlags::SA_RESTART, SigSet::empty());
    let action: libc::sigaction = action.into();
    // SAFETY: the handler does what a handler may; `action` lives until the call returns. nix does not know the numbers
    // of real-time signals.
    Errno::result(unsafe { libc::sigaction(number, &raw const action, std::ptr::null_mut()) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;

    use super::*;

    /// In one test, for the signals are this process's.
    #[test]
    fn what_is_wanted_arrives_in_order() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let (low, high) = (RTMIN + 3, libc::SIGRTMAX());
            let mut earlier = caught(|number| number == low).unwrap();
            let mut signals =
                caught(|number| [low, high, libc::SIGWINCH, libc::SIGCHLD].contains(&number)).unwrap();
            for number in [high, low, libc::SIGWINCH, low] {
                // SAFETY: raise takes a number, of a signal that is caught.
                unsafe { libc::raise(number) };
                assert_eq!(signals.recv().await, Some(number));
            }
            assert!(earlier.try_recv().is_err() && signals.try_recv().is_err());
            a_thread_waits_on(&mut signals).await;
        });
    }

    /// Any thread may be the one that takes a signal: one that waits for a FIFO goes on waiting.
    async fn a_thread_waits_on(signals: &mut mpsc::UnboundedReceiver<i32>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let open = |options: &mut OpenOptions| options.custom_flags(libc::O_NONBLOCK).open(&path).unwrap();
        let mut fifo = open(OpenOptions::new().read(true));
        let (tell, told) = std::sync::mpsc::channel();
        let waiting = std::thread::spawn(move || {
            tell.send(nix::unistd::gettid()).unwrap();
            crate::stdio::wait(&fifo, nix::poll::PollFlags::POLLIN);
            fifo.read(&mut [0; 8]).unwrap()
        });
        let thread = told.recv().unwrap();
        let asleep = || {
            let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).unwrap_or_default();
            waiting.is_finished() || stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S'))
        };
        for _ in 0..3 {
            while !asleep() {
                std::thread::yield_now();
            }
            assert!(!waiting.is_finished(), "it took a signal for an end");
            // SAFETY: tgkill takes numbers, of a thread of this process and of a signal that is caught.
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread.as_raw(), libc::SIGWINCH) };
            assert_eq!(signals.recv().await, Some(libc::SIGWINCH));
        }
        while !asleep() {
            std::thread::yield_now();
        }
        assert!(!waiting.is_finished(), "it took a signal for an end");
        std::io::Write::write_all(&mut open(OpenOptions::new().write(true)), b"x").unwrap();
        assert_eq!(waiting.join().unwrap(), 1);
    }
}
