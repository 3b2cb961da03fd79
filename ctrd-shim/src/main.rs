//! ctrd-shim: owns containers from their creation to their last event, whatever becomes of the
//! server that asked for them.

mod args;
mod bundle;
mod cgroup;
mod command;
mod connection;
mod container;
mod deadline;
mod delete;
mod host;
mod info;
mod log;
mod mount;
#[cfg(musl)]
#[path = "../../ocirun-init/src/musl.rs"]
mod musl;
mod oom;
mod pause;
mod publish;
mod reaper;
mod rpc;
mod runtime;
mod sandbox;
mod serve;
mod socket;
mod start;
mod stats;
mod stdio;
mod sys;
mod task;
mod timeline;
mod timestamp;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::{Action, Args};

fn main() -> ExitCode {
    let args = match args::parse(std::env::args_os().skip(1)) {
        Ok(args) => args,
        Err(e) => {
            let _ = write!(std::io::stderr(), "ctrd-shim: {e:#}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            let _ = writeln!(std::io::stderr(), "ctrd-shim: {}", words(&e));
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<()> {
    if args.help {
        let _ = write!(std::io::stdout(), "{}", args::USAGE);
        return Ok(());
    }
    if args.version {
        let _ = writeln!(std::io::stdout(), "ctrd-shim {}", env!("CARGO_PKG_VERSION"));
        return Ok(());
    }
    if args.info {
        return info::info(&args);
    }
    match args.action {
        Some(Action::Pause) => pause::pause(),
        _ if args.namespace.is_empty() => bail!("shim namespace cannot be empty"),
        Some(Action::Start) => timeline::of(&format!("start {}", args.id), || start::start(&args)),
        Some(Action::Delete) => timeline::of(&format!("delete {}", args.id), || delete::delete(&args)),
        None => {
            timeline::of("serve", || Ok(()))?;
            let listener = serve::listener(&args)?;
            serve::run(args, listener)
        }
    }
}

/// An error as one line, without the number that std appends to the kernel's words.
pub fn words(error: &anyhow::Error) -> String {
    strip(&format!("{error:#}"))
}

/// The same for an error of std.
pub fn reason(error: &std::io::Error) -> String {
    strip(&error.to_string())
}

fn strip(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (os error ") {
        out.push_str(before);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_number_of_an_error_is_left_out() {
        for (text, want) in [
            ("open a: No such file or directory (os error 2)", "open a: No such file or directory"),
            ("a (os error 1): b (os error 2)", "a: b"),
            ("plain", "plain"),
        ] {
            assert_eq!(super::strip(text), want);
        }
    }
}
