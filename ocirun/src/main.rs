//! Parses the command line, calls the command, prints one error, exits.

#![cfg_attr(not(test), no_main)]

#[cfg(not(test))]
mod entry;
#[cfg(not(test))]
#[path = "../../ocirun-init/src/heap.rs"]
mod heap;
#[cfg(musl)]
#[path = "../../ocirun-init/src/musl.rs"]
mod musl;
#[path = "../../ocirun-init/src/pages.rs"]
mod pages;

use std::ffi::OsString;
use std::panic;
use std::process::exit;

use ocirun::cli::Command;
use ocirun::report::{self, Failure};
use ocirun::{cmd, code, fds, log, signal, trace, usage};

#[cfg(not(test))]
#[global_allocator]
static HEAP: heap::Heap = heap::Heap::new();

/// Unit tests bring an entry of their own.
#[cfg(test)]
fn main() {
    start(Vec::new());
}

/// What `entry` calls with the words of the command line.
fn start(words: Vec<OsString>) -> ! {
    #[cfg(not(test))]
    HEAP.expect(12 << 10);
    pages::fetch_stack(40 << 10);
    usage::called(&words);
    // A fault of this program is one line, too; nothing is taken back then but by `delete --force`.
    panic::set_hook(Box::new(|info| {
        let line = format!("internal error: {info}").replace('\n', " ");
        let facts = log::Facts { id: None, code: code::OTHER, errno: None, hint: None };
        log::error(&usage::name(), &line, &line, &facts);
    }));
    let cli = usage::parse(words);
    let Some(command) = cli.command else {
        exit(if cli.global.version { usage::version() } else { usage::help() });
    };
    if matches!(command, Command::Create(_) | Command::Run(_)) {
        #[cfg(not(test))]
        HEAP.expect(116 << 10);
        pages::fetch_stack(88 << 10);
    }
    let (verb, id, plain) = match &command {
        Command::Checkpoint(c) => ("checkpoint", Some(c.id.clone()), 1),
        Command::Completion(_) => ("completion", None, 1),
        Command::Create(c) => ("create", Some(c.launch.id.clone()), 1),
        Command::Delete(c) => ("delete", Some(c.id.clone()), 1),
        Command::Events(c) => ("events", Some(c.id.clone()), 1),
        Command::Exec(c) => ("exec", Some(c.id.clone()), 255),
        Command::Features(_) => ("features", None, 1),
        Command::Info(_) => ("info", None, 1),
        Command::Kill(c) => ("kill", Some(c.id.clone()), 1),
        Command::Lint(_) => ("lint", None, 1),
        Command::List(_) => ("list", None, 1),
        Command::Mounts(c) => ("mounts", Some(c.id.clone()), 1),
        Command::Pause(c) => ("pause", Some(c.id.clone()), 1),
        Command::Ps(c) => ("ps", Some(c.id.clone()), 1),
        Command::Restore(c) => ("restore", Some(c.id.clone()), 1),
        Command::Resume(c) => ("resume", Some(c.id.clone()), 1),
        Command::Run(c) => ("run", Some(c.launch.id.clone()), 1),
        Command::Spec(_) => ("spec", None, 1),
        Command::Start(c) => ("start", Some(c.id.clone()), 1),
        Command::State(c) => ("state", Some(c.id.clone()), 1),
        Command::Update(c) => ("update", Some(c.id.clone()), 1),
    };
    trace::begin(verb, id.as_deref());
    // Whatever the caller left open or ignored must not reach a hook or the container.
    let done = fds::close_on_exec().and_then(|()| signal::reset()).and_then(|()| log::open(&cli.global));
    match done.and_then(|()| cmd::call(&cli.global, command)) {
        Ok(status) => {
            log::settle();
            trace::end();
            exit(status)
        }
        Err(e) => {
            let what = Failure { verb, id: id.as_deref(), plain };
            let status = report::failure(&cli.global, &what, &e);
            trace::end();
            exit(status)
        }
    }
}
