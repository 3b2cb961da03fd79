//! The terminal that a command was started from: its size, and raw mode for as long as a program
//! in a container has it.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::sys::termios::{self, SetArg, Termios};

/// Raw mode; the terminal's earlier settings come back when this is dropped.
pub struct Raw {
    saved: Termios,
}

/// Puts the terminal of standard input into raw mode: every key is the program's.
/// Without a terminal there is nothing to do.
pub fn raw() -> io::Result<Option<Raw>> {
    let stdin = io::stdin();
    let saved = match termios::tcgetattr(stdin.as_fd()) {
        Ok(saved) => saved,
        Err(nix::errno::Errno::ENOTTY | nix::errno::Errno::EBADF) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let mut settings = saved.clone();
    termios::cfmakeraw(&mut settings);
    termios::tcsetattr(stdin.as_fd(), SetArg::TCSADRAIN, &settings)?;
    Ok(Some(Raw { saved }))
}

impl Drop for Raw {
    fn drop(&mut self) {
        // The terminal may be gone by now: then nobody misses its settings.
        let _ = termios::tcsetattr(io::stdin().as_fd(), SetArg::TCSADRAIN, &self.saved);
    }
}

/// Columns and rows of the terminal that this command has, if any.
pub fn size() -> Option<(u32, u32)> {
    [io::stdout().as_fd(), io::stdin().as_fd(), io::stderr().as_fd()].into_iter().find_map(size_of)
}

fn size_of(fd: BorrowedFd) -> Option<(u32, u32)> {
    let mut window = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one `winsize`, and `window` is one that lives through the call.
    let code = unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCGWINSZ, &mut window) };
    (code == 0 && window.ws_col > 0).then(|| (window.ws_col.into(), window.ws_row.into()))
}
