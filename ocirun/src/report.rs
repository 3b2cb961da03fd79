//! A failure as it is told: a line on standard error, an entry in the log, and the exit status that it
//! is worth.

use crate::cli::Global;
use crate::error::{self, AfterStart};
use crate::{code, log, usage};

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
    let code = code::of(&message, error::errno(why));
    let speaker = if why.is::<AfterStart>() { String::new() } else { usage::name() };
    log::error(&speaker, &message, what.id, code);
    if global.status_codes { code.status } else { what.plain }
}
