//! A failure as it is told: a line on standard error, an entry in the log, and the exit status that it
//! is worth.

use std::io::IsTerminal;

use nix::errno::Errno;

use crate::cli::Global;
use crate::error::{self, AfterStart};
use crate::{code, hint, log, usage};

/// What failed.
pub struct Failure<'a> {
    pub verb: &'a str,
    pub id: Option<&'a str>,
    /// The status of its failures, where no other is asked for.
    pub plain: i32,
}

/// Tells it; the exit status.
pub fn failure(global: &Global, what: &Failure, why: &anyhow::Error) -> i32 {
    let message = error::message(what.verb, what.id, why);
    let errno = error::errno(why);
    let code = code::of(&message, errno);
    let way_out = error::hint(why).or_else(|| hint::of(&message, errno));
    let hint = way_out.map_or_else(String::new, |hint| format!(" ({hint})"));
    let speaker = if why.is::<AfterStart>() { String::new() } else { usage::name() };
    // Of what is missing for a program that was let go already callers know the very line.
    let known = why.is::<AfterStart>() && error::errno(why) == Some(Errno::ENOENT);
    let short = known && !std::io::stderr().is_terminal();
    let said = format!("{message}{}", if short { "" } else { &hint });
    let facts = log::Facts { id: what.id, code, errno, hint: way_out };
    log::error(&speaker, &said, &format!("{message}{hint}"), &facts);
    if global.status_codes { code.status } else { what.plain }
}
