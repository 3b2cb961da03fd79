//! A command for every container whose id a pattern matches: each has its turn, whatever became of
//! the one before it.

use anyhow::{Context, Result};
use regex_lite::Regex;

use crate::cli::Global;
use crate::report::{self, Failure};
use crate::state::{self, Dir};

/// The status of the first failure, or 0.
pub fn each(global: &Global, verb: &str, pattern: &str, act: impl Fn(&str) -> Result<i32>) -> Result<i32> {
    let regex = Regex::new(pattern).with_context(|| format!("regular expression {pattern:?}"))?;
    let root = state::root(global);
    let mut status = 0;
    for id in state::ids(global)?.iter().filter(|id| regex.is_match(id)) {
        match act(id) {
            Ok(_) => {}
            // It went away meanwhile: there is nothing any more that would match.
            Err(_) if !Dir::of(&root, id)?.exists()? => {}
            Err(error) => {
                let failed =
                    report::failure(global, &Failure { verb, id: Some(id.as_str()), plain: 1 }, &error);
                status = if status == 0 { failed } else { status };
            }
        }
    }
    Ok(status)
}
