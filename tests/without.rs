//! `without CALL COMMAND [ARG…]`: becomes COMMAND on a kernel that lacks a system call.
//!
//! A seccomp filter answers ENOSYS for it, in COMMAND and in all that it starts.

use std::os::unix::process::CommandExt;
use std::process::{Command, exit};

use libseccomp::{ScmpAction, ScmpFilterContext, ScmpSyscall};

fn main() {
    let mut words = std::env::args_os().skip(1);
    let (Some(call), Some(program)) = (words.next(), words.next()) else {
        eprintln!("without: usage: without CALL COMMAND [ARG…]");
        exit(2);
    };
    let call = call.to_string_lossy();
    if let Err(e) = forbid(&call) {
        eprintln!("without: {call}: {e}");
        exit(2);
    }
    let e = Command::new(&program).args(words).exec();
    eprintln!("without: exec {}: {e}", program.display());
    exit(127);
}

fn forbid(call: &str) -> Result<(), libseccomp::error::SeccompError> {
    let mut filter = ScmpFilterContext::new(ScmpAction::Allow)?;
    // What follows may still want to gain rights.
    filter.set_ctl_nnp(false)?;
    filter.add_rule(ScmpAction::Errno(libc::ENOSYS), ScmpSyscall::from_name(call)?)?;
    filter.load()
}
