//! `ocirun completion`: the definitions that are installed with this program, too.

use anyhow::Result;

use crate::cli::{Completion, Shell};
use crate::stdout;

pub fn completion(args: &Completion) -> Result<i32> {
    stdout::print(match args.shell {
        Shell::Bash => include_str!("../../../completions/bash/ocirun"),
        Shell::Zsh => include_str!("../../../completions/zsh/_ocirun"),
        Shell::Fish => include_str!("../../../completions/fish/ocirun.fish"),
    })?;
    Ok(0)
}
